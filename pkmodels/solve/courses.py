"""Clocks that run along another clock, through surroundings that change in steps.

On a piece of constant surroundings the other clock runs evenly, so the integral is a difference of
two values of the course. Where the two lie close together (the polymer has all but stopped to degrade,
in the cold) that difference loses its digits, and Gauss's quadrature of the slope takes its place.
"""

import numpy as np

from . import compiled

#: Pieces shorter than this share of what the clock shows are integrated by quadrature, to rounding error.
NEAR = 1e-3
_NODES, _WEIGHTS = (a / 2 for a in np.polynomial.legendre.leggauss(6))
_NODES = _NODES + 0.5


def along(curve, clock, inputs, pieces, gradient):
    """What a clock with a course shows, and its derivatives by the parameters (None without ``gradient``).

    Parameters
    ----------
    curve : Curve
    clock : Symbol
    inputs : list of number or array
        Values of the curve's parameters, then of its conditions.
    pieces : list of (spent, paces, slopes of the paces, length)
        Hours spent in each piece by each time, and what holds there.
    """
    names = list(curve.clocks)
    own, other, count = names.index(clock), names.index(curve.courses[clock].along), len(curve.symbols)
    total, moved = 0.0, [0.0] * count
    age, age_moved = 0.0, [0.0] * count
    for spent, pace, by, length in pieces:
        p, q = pace[other], pace[own]
        p_j = by[other * count:(other + 1) * count] if gradient else ()
        q_j = by[own * count:(own + 1) * count] if gradient else ()
        found = _piece(curve, clock, inputs, spent, (p, p_j), (age, age_moved), gradient)
        total = total + q * found[0]
        if gradient:
            moved = [m + q * x + dq * found[0] for m, x, dq in zip(moved, found[1], q_j, strict=True)]
            age_moved = [a + (dp * length if length < np.inf else 0.0) for a, dp in zip(age_moved, p_j, strict=True)]
        age = age + (p * length if length < np.inf else 0.0)
    return total, moved if gradient else None


def _piece(curve, clock, inputs, spent, pace, begin, gradient):
    """Hours by the course of one piece, and their derivatives."""
    (p, p_j), (before, before_j) = pace, begin
    after = before + p * spent
    near = np.asarray(p * spent <= NEAR * after)
    shape = np.broadcast_shapes(near.shape, *(np.shape(x) for x in inputs))
    count = len(curve.symbols) if gradient else 0
    shown, moved = np.zeros(shape), [np.zeros(shape) for _ in range(count)]
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        if not near.all():
            high = _course(curve, clock, 0, after, inputs, gradient)
            low = _course(curve, clock, 0, before, inputs, gradient)
            # No clock runs backwards; where it hardly runs, rounding may say so.
            shown = np.maximum((high[0] - low[0]) / p, 0.0) + 0 * shown
            for j in range(count):
                rise = high[1 + j] - low[1 + j] + _by_clock(high, before_j[j] + spent * p_j[j])
                moved[j] = (rise - _by_clock(low, before_j[j])) / p - shown * p_j[j] / p
        if near.any():
            mean, mean_j = 0.0, [0.0] * count
            for node, weight in zip(_NODES, _WEIGHTS, strict=True):
                here = _course(curve, clock, 1, before + node * p * spent, inputs, gradient)
                mean = mean + weight * here[0]
                for j in range(count):
                    shift = before_j[j] + node * spent * p_j[j]
                    mean_j[j] = mean_j[j] + weight * (here[1 + j] + _by_clock(here, shift))
            shown = np.where(near, spent * mean, shown)
            moved = [np.where(near, spent * m, old) for m, old in zip(mean_j, moved, strict=True)]
        if np.isnan(shown).any():
            # Beyond the largest number before this piece began, so all was over: nothing is added.
            over = np.isinf(_course(curve, clock, 0, before, inputs, gradient)[0])
            shown, *moved = (np.where(over, 0.0, each) for each in (shown, *moved))
    return shown, moved


def _by_clock(parts, shift):
    """What a moved clock adds; nothing where it does not move, even if the course is steep without end there."""
    return np.where(np.equal(shift, 0), 0.0, parts[-1] * shift)


def _course(curve, clock, order, at, inputs, gradient):
    at = np.maximum(at, compiled.TIME_ZERO)
    kind = compiled.course if gradient else compiled.course_value
    return kind(curve, clock, order)(at, *inputs)
