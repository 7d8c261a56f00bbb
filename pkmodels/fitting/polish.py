"""lmfit: the last, exact steps of a fit, and its covariance."""

from dataclasses import dataclass, replace

import numpy as np

from .. import units

#: A parameter this close to a bound, as a share of the bound's distance, is taken to be at it.
AT_BOUND = 1e-6
#: A parameter that moves the curve by less than this share of dose per e-fold has no effect.
NO_EFFECT = 1e-9
TOLERANCE = 1e-14


@dataclass(frozen=True, eq=False)
class Polished:
    """What lmfit found, in the units of display.

    ``values`` and ``stderr`` by parameter name (NaN for a parameter held at a bound);
    ``covariance`` of the ``free`` parameters; ``at_bound`` by name: "lower", "upper", or "merged" for two
    ordered parameters that have become equal; ``idle``
    parameters do not move the curve at these values; ``difference`` is modelled less measured,
    ``residual`` the rows whose squares were summed.
    """

    values: dict
    stderr: dict
    free: tuple
    covariance: np.ndarray
    at_bound: dict
    idle: tuple
    difference: np.ndarray
    residual: np.ndarray
    result: object

    def without_errors(self):
        """The same minimum where nothing can be said of its errors."""
        return replace(self, stderr=dict.fromkeys(self.stderr, float("nan")),
                       covariance=np.full_like(self.covariance, np.nan))


def polish(problem, start, shown_units):
    """Minimise the sum of squares with lmfit from ``start`` (inside units) and describe the minimum.

    Parameters that end at a bound, and those that do not move the curve, are held where they
    are, so that the others' standard errors are right.

    Parameters
    ----------
    problem : Problem
    start : array (parameters,)
    shown_units : dict
        Parameter name to the unit in which it is reported.

    Returns
    -------
    Polished
    """
    shown = _Shown(problem, shown_units)
    current = shown.parameters(start)
    # An ordered pair that begins at one bound of both leaves the one behind no room, so lmfit never sees it move.
    at_bound = {n: "lower" if begin <= low else "upper"
                for n, begin, low in zip(problem.names, start, problem.box.lower, strict=True)
                if not current[n].vary and n not in problem.fixed}
    idle = []
    for _ in problem.names:
        current, late = _held_at_bounds(current)
        at_bound |= late
        result = shown.minimise(current)
        current = result.params
        if not any(p.vary and _side(p) for p in current.values()):
            break
    for slower, faster in problem.model.ordered:
        # Two ordered rates that meet sit on the line between them, which is no bound of nature.
        if {slower.name, faster.name} <= set(at_bound) and current[slower.name].value == current[faster.name].value:
            at_bound |= {slower.name: "merged", faster.name: "merged"}
    without = shown.without_effect(current)
    if without:
        idle = without
        current = current.copy()
        for name in idle:
            current[name].vary = False
        result = shown.minimise(current)

    free = tuple(n for n in problem.names if result.params[n].vary)
    covariance = np.asarray(getattr(result, "covar", np.empty((0, 0))))
    if covariance.shape != (len(free),) * 2 or not np.all(np.isfinite(covariance)) or np.any(np.diag(covariance) < 0):
        covariance = np.full((len(free), len(free)), np.nan)
    errors = dict(zip(free, map(float, np.sqrt(np.diag(covariance))), strict=True))
    return Polished(
        values={n: float(result.params[n].value) for n in problem.names},
        stderr=dict.fromkeys(problem.names, float("nan")) | errors, free=free, covariance=covariance,
        at_bound=at_bound, idle=tuple(idle), difference=problem.difference(shown.numbers(result.params)),
        residual=np.asarray(shown.residual(result.params)), result=result)


class _Shown:
    """The problem as lmfit sees it: parameters in the units of display."""

    def __init__(self, problem, shown_units):
        self.problem, self.names = problem, problem.names
        self.factors = {name: units.inside(1.0, shown_units[name]) for name in self.names}

    def parameters(self, start):
        """lmfit parameters with bounds; of two ordered rates each keeps to its side of the middle."""
        import lmfit

        box = self.problem.box
        lower, upper = (dict(zip(self.names, b, strict=True)) for b in (box.lower, box.upper))
        begin = dict(zip(self.names, start, strict=True))
        for slower, faster in self.problem.model.ordered:
            slow, fast = begin[slower.name], begin[faster.name]
            middle = float(np.sqrt(slow * fast)) if slow > 0 else (slow + fast) / 2
            upper[slower.name] = min(upper[slower.name], middle)
            lower[faster.name] = max(lower[faster.name], middle)
        found = lmfit.Parameters()
        for name in self.names:
            f = self.factors[name]
            if name in self.problem.fixed or not lower[name] < upper[name]:
                found.add(name, value=begin[name] / f, vary=False)
            else:
                found.add(name, value=begin[name] / f, min=lower[name] / f, max=upper[name] / f)
        return found

    def numbers(self, current):
        return np.array([current[name].value * self.factors[name] for name in self.names])

    def residual(self, current):
        return self.problem.residual(self.numbers(current))

    def slope(self, current):
        columns = self.problem.slope(self.numbers(current))
        return np.stack([columns[:, k] * self.factors[n] for k, n in enumerate(self.names) if current[n].vary], axis=1)

    def minimise(self, current):
        import lmfit

        current = current.copy()
        if not any(p.vary for p in current.values()):
            return lmfit.minimizer.MinimizerResult(params=current, residual=self.residual(current))
        for p in current.values():
            if p.vary:
                # The trust region cannot leave a bound that it starts on; begin a hair (of the value) inside.
                room = 1e-9 * min(p.max - p.min, abs(p.value) or 1.0)
                p.value = min(max(p.value, p.min + room), p.max - room)
        # A perfect fit has a covariance of nothing, of which lmfit takes correlations.
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
            return lmfit.Minimizer(self.residual, current).minimize(
                method="least_squares", jac=self.slope, x_scale="jac", ftol=TOLERANCE, xtol=TOLERANCE, gtol=TOLERANCE)

    def without_effect(self, current):
        """The varied parameters whose column of the Jacobian is nothing (the rate of a pool of size zero)."""
        varied = [n for n in self.names if current[n].vary]
        if not varied:
            return []
        size = np.linalg.norm(self.slope(current) * [max(abs(current[n].value), 1e-300) for n in varied], axis=0)
        return [name for name, one in zip(varied, size, strict=True) if one <= NO_EFFECT]


def _held_at_bounds(current):
    """The same parameters with those that sit on a bound held there, and which side each is on."""
    held = {name: side for name, p in current.items() if p.vary and (side := _side(p))}
    current = current.copy()
    for name, side in held.items():
        current[name].set(value=current[name].min if side == "lower" else current[name].max, vary=False)
    return current, held


def _side(p):
    """Which bound a parameter sits on, if any."""
    for side, bound in (("lower", p.min), ("upper", p.max)):
        if np.isfinite(bound):
            reach = AT_BOUND * (max(abs(bound), abs(p.value)) if bound else 1.0)
            if abs(p.value - bound) <= reach:
                return side
    return None
