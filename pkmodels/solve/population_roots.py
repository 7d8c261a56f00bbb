"""Roots of many sums of exponentials side by side, compiled: the arithmetic behind `population_leaps`.

Halving by exponentials that are made by squaring, then Halley's steps from the cubic between the bracket's ends.
"""

import numpy as np
from numba import njit

from .population_notes import OPTIONS, root

#: Roots that are solved at a time, halvings before Halley's steps, and of these so many.
SPANS, HALVINGS, STEPS = 96, 10, 2
_MAGIC, _LOG2E = 1.5 * 2.0**52, 1.4426950408889634
_LN2_HIGH, _LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
#: Halley's error cubes itself: after a last step this small (in brackets) what is left is below rounding.
_SMALL_STEP = 1e-5
#: The slope just after a dose may be nothing but rounding.
NOTHING = 1e-14
#: The exponent of an exponential of which less than rounding is left.
_DEAD = -55.0
#: Rows of the numbers of a root: level, sign of the function at the begin, place, bracket's begin, last step, ends.
LEVEL, SIGN, X, _AT, _MOVED, _VALUE, _RISE, _AFTER = 0, 1, 2, 3, 4, 5, 6, 7


@njit(**OPTIONS)
def room_for(m):
    """Arrays for roots: amplitudes, θ, halving factors, where they are, levels, results; and integers."""
    return (np.empty((m, SPANS)), np.empty((m, SPANS)), np.empty((HALVINGS + 1, m, SPANS)), np.empty((m, SPANS)),
            np.empty((8, SPANS)), np.empty((2, SPANS), dtype=np.int64))


@njit(**OPTIONS)
def exponentials(y, found, bits, count):
    """exp of every element where y <= 0, to about one unit in the last place, without a branch."""
    m = len(y)
    whole = bits[0]
    whole_bits, scale_bits, scale = bits[0].view(np.int64), bits[1].view(np.int64), bits[1]
    for i in range(m):
        for p in range(count):
            at = y[i, p] if y[i, p] > -700.0 else -700.0  # exp(-700) is as good as nothing
            turned = at * _LOG2E + _MAGIC
            whole[i, p] = turned
            n = turned - _MAGIC
            r = (at - n * _LN2_HIGH) - n * _LN2_LOW
            total = 1.0 / 6227020800.0
            total = total * r + 1.0 / 479001600.0
            total = total * r + 1.0 / 39916800.0
            total = total * r + 1.0 / 3628800.0
            total = total * r + 1.0 / 362880.0
            total = total * r + 1.0 / 40320.0
            total = total * r + 1.0 / 5040.0
            total = total * r + 1.0 / 720.0
            total = total * r + 1.0 / 120.0
            total = total * r + 1.0 / 24.0
            total = total * r + 1.0 / 6.0
            total = total * r + 0.5
            total = total * r + 1.0
            found[i, p] = total * r + 1.0
        for p in range(count):
            scale_bits[i, p] = (whole_bits[i, p] + 1023) << 52
        for p in range(count):
            found[i, p] *= scale[i, p]


@njit(**OPTIONS)
def roots(room, count, bits):
    """Where Σ c_i exp(θ_i x) is at a level, for all at once; x from 0 to 1, with exactly one change of sign."""
    c, theta, factors, at, numbers = room[0], room[1], room[2], room[3], room[4]
    m = len(c)
    step = 1.0 / 2.0**HALVINGS
    for i in range(m):
        for p in range(count):
            at[i, p] = theta[i, p] * step
    exponentials(at, factors[HALVINGS], bits, count)
    for j in range(HALVINGS, 1, -1):
        for i in range(m):
            for p in range(count):
                factors[j - 1, i, p] = factors[j, i, p] * factors[j, i, p]
    level, sign, x, moved = numbers[LEVEL], numbers[SIGN], numbers[X], numbers[_MOVED]
    begin, value, rise, after = numbers[_AT], numbers[_VALUE], numbers[_RISE], numbers[_AFTER]
    x[:count] = 0.0
    for i in range(m):
        for p in range(count):
            at[i, p] = c[i, p]
    width = 1.0
    for j in range(1, HALVINGS + 1):
        width *= 0.5
        for p in range(count):
            value[p] = -level[p]
        for i in range(m):
            for p in range(count):
                value[p] += at[i, p] * factors[j, i, p]
        for p in range(count):
            value[p] = 1.0 if value[p] * sign[p] > 0.0 else 0.0  # still before it
            x[p] += width * value[p]
        for i in range(m):
            for p in range(count):
                at[i, p] *= factors[j, i, p] if value[p] > 0.5 else 1.0
    # The cubic with the values and slopes at the bracket's ends.
    for p in range(count):
        begin[p] = x[p]
        value[p], after[p] = -level[p], -level[p]
        rise[p] = moved[p] = 0.0
    for i in range(m):
        for p in range(count):
            now = at[i, p] * factors[HALVINGS, i, p]
            value[p] += at[i, p]
            after[p] += now
            rise[p] += theta[i, p] * step * at[i, p]
            moved[p] += theta[i, p] * step * now
    for p in range(count):
        gap = after[p] - value[p]
        two, three = 3.0 * gap - 2.0 * rise[p] - moved[p], rise[p] + moved[p] - 2.0 * gap
        u = -value[p] / gap
        u = u - (value[p] + u * (rise[p] + u * (two + u * three))) / (rise[p] + u * (2.0 * two + u * 3.0 * three))
        u = u - (value[p] + u * (rise[p] + u * (two + u * three))) / (rise[p] + u * (2.0 * two + u * 3.0 * three))
        u = u if u > 0.0 else 0.0
        u = u if u < 1.0 else 1.0
        x[p] = begin[p] + step * u
    for _ in range(STEPS):
        for i in range(m):
            for p in range(count):
                at[i, p] = theta[i, p] * x[p]
        exponentials(at, at, bits, count)
        for p in range(count):
            value[p], rise[p], after[p] = -level[p], 0.0, 0.0
        for i in range(m):
            for p in range(count):
                part = c[i, p] * at[i, p]
                value[p] += part
                part *= theta[i, p]
                rise[p] += part
                after[p] += theta[i, p] * part
        for p in range(count):
            new = x[p] - 2.0 * value[p] * rise[p] / (2.0 * rise[p] * rise[p] - value[p] * after[p])
            new = new if new > 0.0 else 0.0
            new = new if new < 1.0 else 1.0
            moved[p] = abs(new - x[p])
            x[p] = new
    for p in range(count):
        # Nearly flat curves, and such with a rate far beyond their bracket: bracket after bracket.
        # So are those that begin with a zero, which is not the one that is sought.
        size = 0.0
        if begin[p] == 0.0:
            value[p] = -level[p]
            for i in range(m):
                value[p] += c[i, p]
                size += abs(c[i, p])
        if (not (moved[p] < _SMALL_STEP * step and abs(x[p] - begin[p]) <= 2.0 * step)
                or (begin[p] == 0.0 and abs(value[p]) <= NOTHING * size)):
            x[p] = _carefully(c[:, p], theta[:, p], level[p], sign[p] > 0.0)


@njit(**OPTIONS)
def _carefully(c, theta, level, falling):
    state, rates, nothing, phi, out = c.copy(), theta.copy(), np.zeros(4), np.empty(4), np.empty(3)
    until = min(1.0, _DEAD / theta[0])  # nothing of the slowest exponential is left behind that
    return root(0.5 * until, 0.0, until, falling, level, 0, state, rates, nothing, nothing, False, phi, out)
