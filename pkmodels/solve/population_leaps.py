"""Numbers of patients who are fed by doses that enter at once: from dose to dose in one leap, by NumPy alone.

Between two doses a curve and its slope are sums Σ c_i exp(θ_i x), x from 0 to 1. Such a sum has no more zeros than
the sums c_1, c_1 + c_2, ... (slowest exponential first) change their sign (Laguerre's extension of Descartes' rule
of signs; Jameson, Math. Gazette 90, 2006, 223). Between two of its zeros lies one of the sum that is left when it is
divided by one of its exponentials and derived (Rolle); that of a term whose sign is not that of the term before, so
that signs change less often. So all turns are found, one sum helping the next, however long the leap is, and between
two turns a curve meets a limit no more than once.

A zero in a bracket is halved in by exponentials that are made by squaring, then Halley's steps follow from the cubic
between the ends of the last half. `population_numpy` is the plain form, step by step, of which this is the quick one.
"""

from itertools import pairwise

import numpy as np

from .population_numpy import ABOVE, BELOW, EACH, HIGHER, INSIDE, root, shares, side_of, stays

#: Halvings of a leap, and Halley's steps after them.
HALVINGS, STEPS = 10, 2
#: Halley's error cubes itself: with so little left before the last step (in last halves) it ends below rounding.
SMALL_STEP = 1e-5
#: A sum that is smaller than this share of its parts is nothing but rounding.
NOTHING = 1e-14


def measured(bodies, schedule, lower, upper, sustained):
    """As `pkmodels.solve.population_numpy.measured` without curves, for exact bodies and no feeds."""
    rates, own = slowest_first(bodies)
    hours, rows = schedule.hours, list(schedule.rows)
    each = np.empty((len(EACH), len(rows) - 1, bodies.count))
    everyone, state, side, changes = np.arange(bodies.count), np.zeros_like(own), None, []
    for first, last in pairwise(leaps(schedule)):
        state = state + schedule.jumps[first] * own
        start, length = hours[first], hours[last] - hours[first]
        if first in rows:
            row, area = rows.index(first), 0.0
            top, peak, when = np.full((3, bodies.count), -np.inf)
            lowest = np.full(bodies.count, np.inf)
        theta = rates * length
        ended = state * np.exp(theta)
        x, values = _monotone(state, ended, theta)
        now = side_of(values[0], lower, upper)
        some = everyone if side is None else np.flatnonzero(now != side)
        changes.append((some, np.full(len(some), start), now[some]))
        who, at, new = _crossings(state, theta, x, values, lower, upper)
        changes.append((who, start + at * length, new))
        side = side_of(values[-1], lower, upper)
        for place, value in zip(x, values, strict=True):
            later = value - HIGHER * np.abs(value) > peak
            peak, when = np.where(later, value, peak), np.where(later, start + place * length, when)
            top, lowest = np.maximum(top, value), np.minimum(lowest, value)
        area = area + (state * np.expm1(theta) / rates).sum(axis=0)
        state = ended
        if last == rows[row + 1]:
            each[3:, row] = top, when - hours[rows[row]], lowest, values[-1], area
    who, when, new = (np.concatenate(part) for part in zip(*changes, strict=True))
    order = np.lexsort((when, who))
    changes = who[order], when[order], new[order].astype(int)
    each[:3] = shares(*changes, hours[rows], bodies.count)
    return each, stays(*changes, hours[0], hours[rows[-1]], sustained, bodies.count)


def curves(bodies, schedule, sampled):
    """Concentrations of exact bodies at points of ``schedule.hours``, (points, patients): just after a dose at its."""
    found, wanted = np.empty((len(sampled), bodies.count)), {}
    for place, k in enumerate(sampled):
        wanted.setdefault(int(k), []).append(place)
    (lengths, which), jumping = schedule.lengths, {*schedule.jumping}
    decay, state = np.exp(bodies.rates * lengths[:, None, None]), np.zeros_like(bodies.rates)
    for k in range(schedule.steps + 1):
        if k in jumping:
            state = state + schedule.jumps[k] * bodies.amplitudes
        if k in wanted:
            found[wanted[k]] = state.sum(axis=0)
        if k < schedule.steps:
            state = state * decay[which[k]]
    return found


def leaps(schedule):
    """The steps at which something enters or an interval begins or ends, up to the end of what is counted."""
    found = np.unique(np.concatenate([[0], schedule.jumping, schedule.rows]))
    return found[found <= schedule.rows[-1]]


def slowest_first(bodies):
    """Rates and amplitudes of exact bodies, each (n, patients); terms that are zero come last."""
    rates = np.where(bodies.amplitudes == 0, bodies.rates.min(axis=0), bodies.rates)
    order = np.argsort(-rates, axis=0, kind="stable")
    return np.take_along_axis(rates, order, axis=0), np.take_along_axis(bodies.amplitudes, order, axis=0)


def _monotone(state, ended, theta):
    """Places from 0 to 1 between which each curve goes one way, and its values there, each (places, patients)."""
    turns = _zeros(theta * state, theta)
    x = np.concatenate([np.zeros((1, theta.shape[1])), turns, np.ones((1, theta.shape[1]))])
    values = np.empty_like(x)
    values[0], values[1:] = state.sum(axis=0), ended.sum(axis=0)
    for place, value in zip(x[1:-1], values[1:-1], strict=True):
        some = np.flatnonzero(place < 1)
        value[some] = (state[:, some] * np.exp(theta[:, some] * place[some])).sum(axis=0)
    return x, values


def _zeros(c, theta):
    """Where Σ c_i exp(θ_i x) is zero between 0 and 1, (most, patients): rising, ones where there are no more."""
    changes = _changes(c)
    some = np.flatnonzero(changes)
    if not len(some):
        return np.ones((0, len(changes)))
    theta = theta - theta[0]  # the sum divided by its slowest exponential: nothing of it fades away
    bounds = np.ones((2, len(changes)))
    bounds[0] = 0.0
    many = np.flatnonzero(changes > 1)
    if len(many):
        between = _zeros(*_derived(c[:, many], theta[:, many]))
        bounds = np.insert(bounds, 1, np.ones((len(between), 1)), axis=0)
        bounds[1: -1, many] = between
    c, theta, bounds = c[:, some], theta[:, some], bounds[:, some]
    positive = np.empty(bounds.shape, dtype=bool)
    positive[0] = _begins_positive(c, theta)
    for k in range(1, len(bounds)):
        positive[k] = (c * np.exp(theta * bounds[k])).sum(axis=0) > 0
    gap, which = np.nonzero(positive[1:] != positive[:-1])
    found = np.ones((len(bounds) - 1, len(changes)))
    found[gap, some[which]] = roots(c[:, which], theta[:, which], np.zeros(len(which)), bounds[gap, which],
                                    bounds[gap + 1, which], positive[gap, which])
    found.sort(axis=0)
    return found[(found < 1).any(axis=1)]


def _derived(c, theta):
    """What is left of sums whose signs change, divided by the last term that brings a change, and derived."""
    sign, last = np.sign(c[0]), np.zeros_like(c[0])
    for each, rate in zip(c, theta, strict=True):
        last = np.where(each * sign < 0, rate, last)
        sign = np.where(each == 0, sign, np.sign(each))
    return c * (theta - last), theta


def _changes(c):
    """How often the sums c_1, c_1 + c_2, ... change their sign, (patients,)."""
    sums = np.cumsum(c, axis=0)
    sums[-1, np.abs(sums[-1]) <= NOTHING * np.abs(c).sum(axis=0)] = 0.0
    found, sign = np.zeros(c.shape[1], dtype=int), np.sign(sums[0])
    for each in sums[1:]:
        found += each * sign < 0
        sign = np.where(each == 0, sign, np.sign(each))
    return found


def _begins_positive(c, theta):
    """Whether a sum is positive just after 0: the first of its derivatives that is not nothing says so."""
    found, known = np.zeros(c.shape[1], dtype=bool), np.zeros(c.shape[1], dtype=bool)
    for _ in range(len(c)):
        total = c.sum(axis=0)
        clear = ~known & (np.abs(total) > NOTHING * np.abs(c).sum(axis=0))
        found[clear] = total[clear] > 0
        known |= clear
        if known.all():
            break
        c = c * theta
    return found


def _crossings(state, theta, x, values, lower, upper):
    """Patient, place and new side of every crossing of a limit, those of one patient in the order of time."""
    found = []
    for a, b, first, last in zip(x[:-1], x[1:], values[:-1], values[1:], strict=True):
        rising = last > first
        for order in (0, 1):
            low = rising == (order == 0)  # the lower limit: a value on it is inside; so it is on the upper one
            level = np.where(low, lower, upper)
            before, after = (np.where(low, v >= level, v > level) for v in (first, last))
            who = np.flatnonzero(before != after)
            side = np.where(low, np.where(after, INSIDE, BELOW), np.where(after, ABOVE, INSIDE))
            found.append((who, level[who], a[who], b[who], before[who], side[who]))
    who, level, a, b, before, side = (np.concatenate(part) for part in zip(*found, strict=True))
    return who, roots(state[:, who], theta[:, who], level, a, b, before), side


def roots(c, theta, level, a, b, falling):
    """Where Σ c_i exp(θ_i x) is at a level between a and b, for all at once; it passes it once there.

    Parameters
    ----------
    c, theta : array (n, roots)
    level, a, b : array (roots,)
    falling : array of bool (roots,)
        Whether the sum comes from above.

    Returns
    -------
    array (roots,)
    """
    step = 2.0**-HALVINGS
    factors = [np.exp(theta * step)]
    for _ in range(HALVINGS - 1):
        factors.append(factors[-1] ** 2)
    begin, width, parts = np.zeros(len(level)), 1.0, c
    for factor in reversed(factors):
        width /= 2
        middle, there = begin + width, parts * factor
        before = (middle <= a) | (middle < b) & ((there.sum(axis=0) > level) == falling)
        begin, parts = np.where(before, middle, begin), np.where(before, there, parts)
    after = parts * factors[0]
    value, gap = parts.sum(axis=0) - level, (after - parts).sum(axis=0)
    first, last = step * (theta * parts).sum(axis=0), step * (theta * after).sum(axis=0)
    two, three = 3 * gap - 2 * first - last, first + last - 2 * gap
    with np.errstate(all="ignore"):
        u = -value / gap
        for _ in range(2):
            u = u - (value + u * (first + u * (two + u * three))) / (first + u * (2 * two + u * 3 * three))
        x = np.clip(begin + step * np.clip(u, 0.0, 1.0), a, b)
        for _ in range(STEPS):
            parts = c * np.exp(theta * x)
            slopes = theta * parts
            value, first, second = parts.sum(axis=0) - level, slopes.sum(axis=0), (theta * slopes).sum(axis=0)
            new = np.clip(x - 2 * value * first / (2 * first * first - value * second), a, b)
            off, x = np.abs(value / first), new
        at_zero = (begin == 0) & (np.abs(c.sum(axis=0) - level) <= NOTHING * np.abs(c).sum(axis=0))
        some = np.flatnonzero(~((off < SMALL_STEP * step) & (a < x) & (x < b)) | at_zero)
    # Curves that are nearly flat, or turn fast within the last half: bracket after bracket.
    c, theta, level = c[:, some], theta[:, some], level[some]

    def at(place, k):
        parts = c[:, k] * np.exp(theta[:, k] * place)
        return parts.sum(axis=0) - level[k], (theta[:, k] * parts).sum(axis=0)

    x[some] = root(at, a[some], b[some], falling[some])
    return x
