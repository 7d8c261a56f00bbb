"""A fit as a release that can be predicted with: which values its points allow."""

import numpy as np

from .. import units
from ..model import Curve
from ..solve import observe
from ..solve.release import Release, scale_slope
from . import bounds
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
                   origin={"fit_of": fit.study.source, "formulation": fit.study.formulations[0],
                           "sha256": fit.study.sha256, "seed": fit.seed, "citation": fit.study.citation,
                           "rmse": fit.statistics["rmse"], "version": fit.version, "verdicts": list(fit.verdicts)})


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
