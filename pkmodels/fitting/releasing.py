"""A fit as a release that can be predicted with: which values its points allow."""

import numpy as np

from .. import units
from ..environment import SAID
from ..errors import FitError, UnitError, unknown
from ..model import Curve
from ..solve import observe
from ..solve.release import Release, scale_slope
from . import bounds, undecided
from .conditions import with_values
from .weighting import after_start, whitening

#: A process over before the first sample (20 e-folds) may be so much slower (3 e-folds) or faster.
SLOWER, FASTER = 20 / 3, 50.0


def release_of(fit):
    """The release of a fit, from whose covariance draws are made."""
    parameters = [fit.model.parameter(n) for n in fit.free]
    slopes = np.array([scale_slope(fit.inside[p.name], p) * units.inside(1.0, fit.units[p.name]) for p in parameters])
    known = fit.covariance.size > 0 and np.all(np.isfinite(fit.covariance)) and fit.degrees_of_freedom > 0
    return Release(fit.model, fit.inside, fit.free, fit.covariance * np.outer(slopes, slopes) if known else None,
                   freedom=float(fit.degrees_of_freedom), spread=_open(fit),
                   plausible=lambda values: _plausible(fit, values), measured_until=float(fit.study.times.max()),
                   undecided=None if hasattr(fit, "conditions") else lambda around: undecided.alone(fit, around),
                   origin={"fit_of": fit.study.source, "formulation": fit.study.formulations[0],
                           "sha256": fit.study.sha256, "seed": fit.seed, "citation": fit.study.citation,
                           "rmse": fit.statistics["rmse"], "version": fit.version, "verdicts": list(fit.verdicts),
                           **({"taken_at": _said(fit.conditions, fit.model)} if getattr(fit, "conditions", None)
                              else {})})


def release_at(fit, given):
    """The release of a fit of many curves under conditions that need not be among the measured ones.

    All curves share all parameters, so any of them holds the law's values and covariance.
    """
    wanted = {str(symbol): unit for symbol, unit in getattr(fit.model, "conditions", {}).items()}
    if not wanted:
        raise FitError(f"{fit.model.name} has no condition that differs from curve to curve; predict with one of its "
                       f"curves, such as fit['{next(iter(fit.fits))}']")
    own = [p.name for p in fit.model.parameters if p.name not in (*fit.shared, *fit.fixed)]
    if own:
        raise FitError(f"{', '.join(own)} has a value for each curve, so the law says nothing of other conditions; "
                       f"share it, or predict with one of the curves")
    for name in given:
        if name not in wanted:
            raise FitError(unknown("condition", name, wanted))
    missing = [name for name in wanted if name not in given]
    if missing:
        raise FitError(f"say also at which {', '.join(missing)}, such as at({missing[0]}=...)")
    at = {name: _condition(name, given[name], unit) for name, unit in wanted.items()}
    part = next(iter(fit.fits.values()))
    found = release_of(part)
    verdicts = list(dict.fromkeys(v for each in fit.fits.values() for v in each.verdicts if "extrapolation" not in v))
    for name, value in at.items():
        seen = [each.conditions[name] for each in fit.fits.values()]
        if not min(seen) <= value <= max(seen):
            verdicts.append(f"{name} = {value:g} lies outside the {min(seen):g} to {max(seen):g} {wanted[name]} that "
                            f"were measured: there the law itself is extrapolated".replace(" 1 that", " that"))
    inside = {name: float(units.inside(value, wanted[name])) for name, value in at.items()}
    verdicts += undecided.at(fit, inside, _said(at, fit.model))
    bound = with_values(fit.model, inside)
    return Release(bound, found.values, found.free, found.covariance, freedom=found.freedom, spread=found.spread,
                   origin={**found.origin, "formulation": f"{len(fit.fits)} curves together",
                           "verdicts": verdicts, "taken_at": _said(at, fit.model)})


def _condition(name, value, unit):
    try:
        number, said = units.assigned(name, value) if isinstance(value, str) else (value, unit)
        number = float(units.convert(float(number), said or "1", unit))
    except (UnitError, TypeError, ValueError) as problem:
        raise FitError(f"{name} = {value!r} is not possible; give a number in {unit} or a text with its unit "
                       f"({problem})") from problem
    if not np.isfinite(number):
        raise FitError(f"{name} = {value!r} is not possible; give a number in {unit}")
    return number


def _said(conditions, model):
    """What the curve was taken at, in words; a curve with its conditions put in has lost the units of its own."""
    known = {str(symbol): unit for symbol, unit in getattr(model, "conditions", {}).items()}
    known = known | {name: unit for name, (unit, _) in SAID.items()}
    return ", ".join(f"{name} = {value:g} {known.get(name, '')}".removesuffix(" 1").strip()
                     for name, value in conditions.items())


def _open(fit):
    """Processes that are only known to be fast, with the range (inside units) that the points allow them."""
    limits = bounds.box(fit.model, fit.study.times)
    found = {}
    for k, p in enumerate(fit.model.parameters):
        side = fit.at_bound.get(p.name)
        if side not in ("lower", "upper") or not limits.by_data[k][int(side == "upper")] or p.scale != "log":
            continue
        rate = dict(units.dimension(p.unit))["[time]"] < 0
        if rate == (side == "upper"):
            value = fit.inside[p.name]
            slow, fast = (value / SLOWER, value * FASTER) if rate else (value * SLOWER, value / FASTER)
            found[p.name] = (min(slow, fast), max(slow, fast))
    return found


def _plausible(fit, values):
    """Whether the curves of drawn values (draws, 1) lie where the points allow, to 99.9 %."""
    from scipy.special import fdtri

    used = after_start(fit.study)
    white, _ = whitening(used, fit.weights, fit.errors, fit.scale)
    if isinstance(fit.model, Curve):
        difference = observe(fit.model, values, used.times) - used.released
    else:
        rows = [{n: float(v[i, 0]) for n, v in values.items()} for i in range(len(next(iter(values.values()))))]
        difference = np.array([observe(fit.model, row, used.times) for row in rows]) - used.released
    if white is not None:
        difference = difference * white if white.ndim == 1 else difference @ white.T
    count, freedom = max(len(fit.free), 1), fit.degrees_of_freedom
    limit = fit.statistics["wss"] * (1 + count / freedom * fdtri(count, freedom, 0.999))
    return np.sum(difference**2, axis=-1) <= limit + 1e-12
