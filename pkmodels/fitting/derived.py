"""Quantities that follow from a release curve: burst, half-life of release, plateau; with exact slopes."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from .. import units
from ..errors import SolveError
from ..model import Curve
from ..solve import compiled, observe, sensitivities, states
from ..solve.inverse import hours_of_share

#: A closed curve counts as finished here (h), a flow at so many times the last sample, as `Release.eventual` has it.
END, FLOW_END = 1e10, 100.0
#: The mean time of a curve whose last decades still carry more than this share of it is not known.
UNFINISHED = 1e-3
#: Of a plateau parameter above the whole dose.
HELD = "held at 100 % of the dose: the model's plateau lies above"
#: So many draws are looked at together, which bounds the memory.
BLOCK = 500
_PLACES, _WEIGHTS = np.polynomial.legendre.leggauss(8)
_PANEL, _PANELS = 0.35, 120


@dataclass(frozen=True)
class Quantity:
    """A derived quantity: its name, whether it is a "share" of dose or a "time", what it means."""

    name: str
    kind: str
    meaning: str
    level: float = float("nan")


QUANTITIES = (
    Quantity("burst_24h", "share", "share of the dose released within 24 h"),
    Quantity("t50", "time", "time until half of the dose is released", 0.5),
    Quantity("t80", "time", "time until 80 % of the dose are released", 0.8),
    Quantity("mean_release_time", "time", "mean time until release, of the part that is released in the end"),
    Quantity("plateau_share", "share", "share of the dose that is released in the end"),
)
NAMES = tuple(q.name for q in QUANTITIES)


def quantity(name):
    """The derived quantity of that name."""
    return QUANTITIES[NAMES.index(name)]


def values(model, numbers, last, names=NAMES):
    """Derived quantities for many sets of values at once.

    Parameters
    ----------
    model : Curve or Model
    numbers : array (draws, parameters)
        In the units used inside.
    last : float
        Last sampling time, h; flows are followed to a hundred times this.
    names : sequence of str

    Returns
    -------
    dict of str to array (draws,)
        Hours and shares; NaN where a share is never reached or a curve does not end.
    """
    numbers = np.atleast_2d(np.asarray(numbers, dtype=float))
    if len(numbers) > BLOCK:
        blocks = [values(model, numbers[k:k + BLOCK], last, names) for k in range(0, len(numbers), BLOCK)]
        return {name: np.concatenate([b[name] for b in blocks]) for name in names}
    end = _end(model, last)
    found = {}
    for name in names:
        q = quantity(name)
        if name == "mean_release_time":
            found[name] = _mean_time(model, numbers, end)[0]
        elif q.kind == "time":
            found[name] = _crossing(model, numbers, q.level, end)
        else:
            found[name] = shares(model, numbers, np.array([24.0 if name == "burst_24h" else end]))[:, 0]
    return found


def value_and_slope(model, numbers, last, name):
    """One derived quantity and its derivatives by every parameter (inside units): (draws,), (draws, parameters)."""
    numbers = np.atleast_2d(np.asarray(numbers, dtype=float))
    end, q = _end(model, last), quantity(name)
    if name == "mean_release_time":
        return _mean_time(model, numbers, end, slopes=True)
    if q.kind == "share":
        hours = np.full((len(numbers), 1), 24.0 if name == "burst_24h" else end)
        return shares(model, numbers, hours)[:, 0], _slope(model, numbers, hours)[:, 0]
    found = _crossing(model, numbers, q.level, end)
    # F(t(p), p) stays at the level: dt/dp = -(dF/dp) / (dF/dt).
    at = np.where(found > 0, found, 1.0)[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = -_slope(model, numbers, at)[:, 0] / _rate(model, numbers, at)
    return found, np.where((found > 0)[:, None] & np.isfinite(slope), slope, np.nan)


def reason(name, model, numbers, last):
    """Why a quantity has no number, in words."""
    q = quantity(name)
    if name == "mean_release_time":
        return "the curve has not ended in any time that counts"
    reached = float(values(model, numbers, last, ["plateau_share"])["plateau_share"][0])
    return f"never reached: the curve ends at {100 * reached:.3g} % of the dose, below {100 * q.level:g} %"


def beyond(name, value, last):
    """A note where a quantity of this value is read off the curve after the last sample (h), else nothing."""
    at = 24.0 if name == "burst_24h" else value if quantity(name).kind == "time" else np.nan
    return "after the last sample: extrapolated" if at > last else ""


def derived(fit):
    """Derived quantities of a fit with standard errors by exact slopes.

    Parameters
    ----------
    fit : Fit

    Returns
    -------
    list of dict
        quantity, value, stderr, unit, meaning, note; times in the study's unit.
    """
    model, last = fit.model, float(fit.study.times.max())
    numbers = np.array([[fit.inside[p.name] for p in model.parameters]])
    columns = [[p.name for p in model.parameters].index(n) for n in fit.free]
    factors = np.array([units.inside(1.0, fit.units[n]) for n in fit.free])
    known = fit.covariance.size > 0 and np.all(np.isfinite(fit.covariance)) and fit.degrees_of_freedom > 0
    rows = []
    for q in QUANTITIES:
        value, slope = value_and_slope(model, numbers, last, q.name)
        unit = fit.study.time_unit if q.kind == "time" else "1"
        scale = units.inside(1.0, unit) if q.kind == "time" else 1.0
        by_free = slope[0, columns] * factors / scale
        variance = by_free @ fit.covariance @ by_free if known else np.nan
        note = ""
        if np.isnan(value[0]):
            note = reason(q.name, model, numbers, last)
        elif beyond(q.name, value[0], last):
            note = beyond(q.name, value[0], last)
        elif q.name == "plateau_share" and fit.values.get("plateau", 0.0) > 1:
            note, variance = HELD, np.nan
        elif np.allclose(slope, 0, atol=1e-12):
            note = "given by the model, not by the data"
        rows.append({"quantity": q.name, "value": float(value[0]) / scale, "stderr": float(np.sqrt(max(variance, 0)))
                     if np.isfinite(variance) and np.isfinite(value[0]) else float("nan"),
                     "unit": unit, "meaning": q.meaning, "note": note})
    return rows


def _end(model, last):
    return END if isinstance(model, Curve) else FLOW_END * last


def _peak(model, numbers):
    """Hours at which a law that falls again is highest, (draws, 1); infinity for all others."""
    if not isinstance(model, Curve) or model.peak is None:
        return np.full((len(numbers), 1), np.inf)
    with np.errstate(all="ignore"):
        found = np.broadcast_to(np.asarray(compiled.peak(model)(*numbers.T)[0], dtype=float), len(numbers))
    return np.where(found > 0, found, np.inf)[:, None]


def _until_peak(model, numbers, hours):
    """Hours (draws, times), none behind the peak: what has been released does not go back."""
    return np.minimum(np.broadcast_to(hours, (len(numbers), np.shape(hours)[-1])), _peak(model, numbers))


def _raw(model, numbers, hours):
    """The curve as written, its highest share held; (draws, times) from ``hours`` (times,) or (draws, times)."""
    hours = _until_peak(model, numbers, hours)
    names = [p.name for p in model.parameters]
    if isinstance(model, Curve):
        return observe(model, {n: numbers[:, k, None] for k, n in enumerate(names)}, hours)
    rows = np.full(hours.shape, np.nan)
    for row, one, at in zip(rows, numbers, hours, strict=True):
        try:
            row[:] = observe(model, dict(zip(names, map(float, one), strict=True)), at)
        except SolveError:
            continue
    return rows


def shares(model, numbers, hours):
    """The share as it is predicted, between 0 and 1: (draws, times) for values (draws, parameters) and hours."""
    return np.clip(_raw(model, numbers, hours), 0.0, 1.0)


def _slope(model, numbers, hours, raw=None):
    """d share / d parameter, (draws, times, parameters); nothing where the share is held at 1."""
    # The slope in time is nothing at a peak, so that of its share is the plain one there.
    hours = _until_peak(model, numbers, hours)
    names = [p.name for p in model.parameters]
    if isinstance(model, Curve):
        found = sensitivities(model, {n: numbers[:, k, None] for k, n in enumerate(names)}, hours)
    else:
        found = np.stack([sensitivities(model, dict(zip(names, map(float, one), strict=True)), at)
                          for one, at in zip(numbers, hours, strict=True)])
    raw = _raw(model, numbers, hours) if raw is None else raw
    return np.where(((raw < 1) & (raw >= 0))[..., None] & np.isfinite(found), found, 0.0)


@lru_cache(maxsize=256)
def _rate_function(model):
    """d observed / dt as an expression of time, state and parameters."""
    if isinstance(model, Curve):
        change = sum(model.released.diff(clock) * pace for clock, pace in model.speeds.items())
        return compiled.function([*model.clocks, *compiled.SURROUNDINGS, *model.symbols], [change])
    change = model.observed.diff(compiled.t) + sum(
        model.observed.diff(s) * rate for s, rate in zip(model.states, model.right_hand_side, strict=True))
    return compiled.function([compiled.t, *compiled.SURROUNDINGS, *model.states, *model.symbols], [change])


def _rate(model, numbers, hours):
    """d observed / dt at one time per draw, (draws, 1)."""
    from ..environment import Environment
    from ..solve.closed import clock_times

    surroundings = Environment().at(0.0)
    outside = [surroundings[s.name] for s in compiled.SURROUNDINGS]
    names = [p.name for p in model.parameters]
    if isinstance(model, Curve):
        given = {n: numbers[:, k, None] for k, n in enumerate(names)}
        clocks = clock_times(model, given, hours, Environment())
        found = _rate_function(model)(*clocks, *outside, *given.values())[0]
        return np.broadcast_to(found, hours.shape)
    rows = []
    for one, at in zip(numbers, hours, strict=True):
        given = dict(zip(names, map(float, one), strict=True))
        state = states(model, given, np.array([0.0, at[0]]))[-1]
        rows.append([float(_rate_function(model)(at[0], *outside, *state, *given.values())[0])])
    return np.array(rows)


def _crossing(model, numbers, level, end):
    """First time at which the share reaches a level, h; NaN if it never does."""
    names = [p.name for p in model.parameters]
    return hours_of_share(model, {n: numbers[:, k] for k, n in enumerate(names)}, level, end,
                          lambda hours: _raw(model, numbers, hours))


def _mean_time(model, numbers, end, slopes=False):
    """The integral of what is still to come, piece by piece between kinks, on logarithmic panels.

    Returns
    -------
    array (draws,) in h, and its slopes (draws, parameters) or None
    """
    final = shares(model, numbers, np.array([end]))
    final = np.where(final > 0, final, np.nan)
    fences = _fences(model, numbers, end)
    middle = (np.arange(_PANELS) + 0.5) * _PANEL
    inward = (middle[:, None] + _PLACES * _PANEL / 2).ravel()
    weight = np.tile(_WEIGHTS * _PANEL / 2, _PANELS)
    total, tail = np.zeros(len(numbers)), np.zeros(len(numbers))
    if slopes:
        final_slope = _slope(model, numbers, np.array([end]))
        by_parameter = np.zeros_like(numbers)
    for k in range(fences.shape[1] - 1):
        begin, length = fences[:, k, None], (fences[:, k + 1] - fences[:, k])[:, None]
        if not np.any(length > 0):
            continue
        hours = begin + length * np.exp(-inward)
        part = weight * length * np.exp(-inward)
        raw = _raw(model, numbers, hours)
        share = np.clip(raw, 0.0, 1.0)
        rest = part * (1 - share / final)
        total += rest.sum(axis=1)
        tail = rest[:, inward < np.log(10)].sum(axis=1)
        if slopes:
            change = _slope(model, numbers, hours, raw) / final[..., None] - share[..., None] * final_slope / final[
                ..., None] ** 2
            by_parameter -= np.einsum("dt,dtp->dp", part, change)
    with np.errstate(invalid="ignore"):
        fine = np.isfinite(total) & ~((tail > UNFINISHED * total) & (fences[:, -1] >= end))
    return np.where(fine, total, np.nan), np.where(fine[:, None], by_parameter, np.nan) if slopes else None


def _fences(model, numbers, end):
    """0, the kinks, where the curve passes the whole dose, and the end; rising, (draws, fences)."""
    columns = [np.zeros(len(numbers))]
    if isinstance(model, Curve):
        if model.kinks:
            found = compiled.kinks(model)(*numbers.T)
            columns += [np.clip(np.nan_to_num(np.broadcast_to(k, len(numbers)).astype(float), posinf=end), 0, end)
                        for k in found]
        if model.peak is not None:
            columns.append(np.minimum(_peak(model, numbers)[:, 0], end))
        if np.any(_raw(model, numbers, np.array([end])) > 1):
            full = _crossing(model, numbers, 1.0, end)
            columns.append(np.where(np.isnan(full), end, full))
    return np.sort(np.stack([*columns, np.full(len(numbers), end)], axis=1), axis=1)
