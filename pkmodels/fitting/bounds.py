"""Bounds of a fit: the model's own, narrowed to what the sampling times can show."""

from dataclasses import dataclass

import numpy as np

from .. import units
from ..errors import ModelError
from ..solve.release import from_scale, to_scale

#: A process faster than this many times the first sampling time is over before it is seen.
FASTEST = 20.0
#: A process slower than this many times the last sampling time has not begun to be seen.
SLOWEST = 1e14
#: Starts are spread up to this many times the last sampling time.
SPREAD = 1e3
#: A parameter without bounds of its own or of the times is sought within this factor of its typical value, and
#: started within the root of its root.
UNBOUNDED = 1e12


@dataclass(frozen=True)
class Box:
    """Bounds of one fit in the units used inside, and the smaller box in which starts are spread.

    Arrays of shape (parameters,), in the order of the model's parameters; ``by_data`` says for
    each lower and upper bound whether it comes from the sampling times.
    """

    lower: np.ndarray
    upper: np.ndarray
    start_lower: np.ndarray
    start_upper: np.ndarray
    by_data: np.ndarray


def box(model, times):
    """The bounds for fitting ``model`` to samples at ``times`` (hours)."""
    seen = np.unique(times[times > 0])
    first, last = float(seen[0]), float(seen[-1])
    rows = [_bounds(p, first, last) for p in model.parameters]
    return Box(*(np.array([row[k] for row in rows], dtype=float) for k in range(4)),
               by_data=np.array([row[4] for row in rows]))


def with_fixed(box, model, fixed):
    """The box shrunk to a point where a parameter is given."""
    if not fixed:
        return box
    values = model.values(fixed)
    arrays = [a.copy() for a in (box.lower, box.upper, box.start_lower, box.start_upper)]
    for k, p in enumerate(model.parameters):
        if p.name in fixed:
            for a in arrays:
                a[k] = values[p.name]
    if len(fixed) == len(model.parameters):
        raise ModelError(f"every parameter of {model.name} is given, so there is nothing to fit; use predict")
    return Box(*arrays, by_data=box.by_data)


def _bounds(parameter, first, last):
    low, high = (units.inside(float(b), parameter.unit) for b in parameter.bounds)
    power = dict(units.dimension(parameter.unit)).get("[time]", 0.0)
    start_low, start_high, by_data = low, high, [False, False]
    if power and len(units.dimension(parameter.unit)) == 1:
        if parameter.scale == "linear" and power < 0:
            # A rate that may be negative: as fast as can be seen, to either side.
            fastest = (first / FASTEST) ** power
            by_data = [bool(np.isinf(low)), bool(np.isinf(high))]
            low, high = max(low, -fastest), min(high, fastest)
            start_low, start_high = max(low, -(last**power)), min(high, last**power)
        elif parameter.scale == "linear":
            if np.isinf(high):
                high, by_data[1] = (2 * last) ** power, True
            start_low, start_high = max(low, 0.0), min(high, last**power)
        else:
            widest = sorted(((first / FASTEST) ** power, (last * SLOWEST) ** power))
            usual = sorted(((first / FASTEST) ** power, (last * SPREAD) ** power))
            by_data = [low < widest[0], high > widest[1]]
            low, high = max(low, widest[0]), min(high, widest[1])
            start_low, start_high = max(low, usual[0]), min(high, usual[1])
    return *_finite(parameter, low, high), *_finite(parameter, start_low, start_high, 4), by_data


def _finite(parameter, low, high, root=1):
    """Bounds between which starts can be spread, where neither nature nor the samples give any."""
    typical, factor = units.inside(float(parameter.value), parameter.unit), UNBOUNDED ** (1 / root)
    if parameter.scale == "log":
        return (low if low > 0 else typical / factor), (high if np.isfinite(high) else typical * factor)
    reach = factor * (abs(typical) or 1.0)
    return (low if np.isfinite(low) else typical - reach), (high if np.isfinite(high) else typical + reach)


def scaled(model, numbers):
    """An array of values (inside units; the last axis is parameters) on the parameters' own scales."""
    with np.errstate(divide="ignore"):
        return np.stack([to_scale(numbers[..., k], p) for k, p in enumerate(model.parameters)], axis=-1)


def unscaled(model, scales):
    """Back from the parameters' own scales."""
    return np.stack([from_scale(scales[..., k], p) for k, p in enumerate(model.parameters)], axis=-1)
