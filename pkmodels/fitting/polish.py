"""lmfit: the last, exact steps of a fit, and its covariance."""

from dataclasses import dataclass

import numpy as np

from .. import units
from ..solve import observe, sensitivities

#: A parameter this close to a bound, as a share of the bound's distance, is taken to be at it.
AT_BOUND = 1e-6
TOLERANCE = 1e-14


@dataclass(frozen=True, eq=False)
class Polished:
    """What lmfit found, in the units of display.

    ``values`` and ``stderr`` by parameter name (NaN for a parameter held at a bound);
    ``covariance`` of the ``free`` parameters; ``at_bound`` by name: "lower" or "upper"; ``idle``
    parameters do not move the curve at these values.
    """

    values: dict
    stderr: dict
    free: tuple
    covariance: np.ndarray
    at_bound: dict
    idle: tuple
    residual: np.ndarray
    result: object


def polish(model, times, released, box, start, shown_units, fixed=()):
    """Minimise the sum of squares with lmfit from ``start`` (inside units) and describe the minimum.

    Parameters that end at a bound are held there, so that the others' standard errors are right.

    Parameters
    ----------
    model : Curve or Model
    times, released : array (points,)
    box : Box
    start : array (parameters,)
    shown_units : dict
        Parameter name to the unit in which it is reported.
    fixed : tuple of str
        Names that are held at their start.
    """
    import lmfit

    factors = {name: units.inside(1.0, unit) for name, unit in shown_units.items()}
    names = [p.name for p in model.parameters]
    lower = dict(zip(names, box.lower, strict=True))
    upper = dict(zip(names, box.upper, strict=True))
    for slower, faster in model.ordered:
        middle = _between(start[names.index(slower.name)], start[names.index(faster.name)])
        upper[slower.name], lower[faster.name] = middle, middle

    parameters = lmfit.Parameters()
    for name, value in zip(names, start, strict=True):
        f = factors[name]
        parameters.add(name, value=value / f, min=lower[name] / f, max=upper[name] / f, vary=name not in fixed)

    def inside(current):
        return {name: current[name].value * factors[name] for name in names}

    def residual(current):
        return observe(model, inside(current), times) - released

    def slope(current):
        columns = sensitivities(model, inside(current), times)
        columns = np.where(np.isfinite(columns), columns, 0.0)
        return np.stack([columns[:, k] * factors[n] for k, n in enumerate(names) if current[n].vary], axis=1)

    def minimise(current):
        for p in current.values():
            if p.vary:
                # A start on a bound cannot be left by the trust region; begin a hair inside.
                room = 1e-9 * (p.max - p.min if np.isfinite(p.max - p.min) else max(abs(p.value), 1.0))
                p.value = min(max(p.value, p.min + room), p.max - room)
        return lmfit.Minimizer(residual, current).minimize(
            method="least_squares", jac=slope, x_scale="jac", ftol=TOLERANCE, xtol=TOLERANCE, gtol=TOLERANCE)

    held = {}
    for name in names:
        side = _side(parameters[name])
        if side and parameters[name].vary:
            held[name] = side
            parameters[name].set(value=getattr(parameters[name], "min" if side == "lower" else "max"), vary=False)
    result = minimise(parameters) if any(p.vary for p in parameters.values()) else _as_it_is(residual, parameters)
    for _ in names:
        late = {n: s for n, p in result.params.items() if p.vary and (s := _side(p))}
        if not late:
            break
        held |= late
        current = result.params.copy()
        for name, side in late.items():
            current[name].set(value=current[name].min if side == "lower" else current[name].max, vary=False)
        result = minimise(current) if any(p.vary for p in current.values()) else _as_it_is(residual, current)

    free = tuple(n for n in names if result.params[n].vary)
    idle = _without_effect(slope(result.params), free)
    if idle:
        # What does not move the curve (the rate of a pool of size zero) would spoil everyone's standard error.
        current = result.params.copy()
        for name in idle:
            current[name].vary = False
        free = tuple(n for n in free if n not in idle)
        result = minimise(current) if free else _as_it_is(residual, current)
    covariance = getattr(result, "covar", None)
    if covariance is None or not np.all(np.isfinite(covariance)) or np.any(np.diag(covariance) < 0):
        covariance = np.full((len(free), len(free)), np.nan)
    stderr = dict.fromkeys(names, float("nan")) | dict(zip(free, np.sqrt(np.diag(covariance)), strict=True))
    return Polished(
        values={n: float(result.params[n].value) for n in names}, stderr={n: float(v) for n, v in stderr.items()},
        free=free, covariance=np.asarray(covariance), at_bound=held,
        residual=np.asarray(residual(result.params)), result=result)


def _without_effect(slope, free):
    """The free parameters whose column of the Jacobian is nothing."""
    size = np.linalg.norm(slope, axis=0)
    return [name for name, one in zip(free, size, strict=True) if one <= 1e-12 * size.max(initial=0) or one == 0]


def _between(slow, fast):
    return float(np.sqrt(slow * fast)) if slow > 0 else (slow + fast) / 2


def _side(p):
    """Which bound a parameter sits on, if any."""
    for side, bound in (("lower", p.min), ("upper", p.max)):
        if np.isfinite(bound):
            reach = AT_BOUND * max(abs(bound), abs(p.value) if bound else 1.0, 0.0 if bound else 1.0)
            if abs(p.value - bound) <= reach:
                return side
    return None


def _as_it_is(residual, parameters):
    """Every parameter is held: nothing to minimise, the result is where it stands."""
    import lmfit

    result = lmfit.minimizer.MinimizerResult(params=parameters, residual=residual(parameters), covar=np.empty((0, 0)))
    return result
