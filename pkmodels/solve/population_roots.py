"""Zeros of many sums of exponentials side by side, compiled: the arithmetic behind `population_leaps_fast`.

Patients are the lanes of the processor's vectors. An array of rows is kept flat, row after row of `LANES` numbers, and
how many exponentials there are is the length of a tuple: so the compiler knows every distance, and loops over lanes
become vectors. No lane's arithmetic depends on its neighbours.
"""

import math

from numba import njit, types
from numba.extending import intrinsic

from .population_leaps import HALVINGS, NOTHING, SMALL_STEP, STEPS
from .population_notes import OPTIONS

#: Patients side by side.
LANES = 32
_MAGIC, _LOG2E = 1.5 * 2.0**52, 1.4426950408889634
_LN2_HIGH, _LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
#: Rows of what is asked of a zero: level, bracket, 1 or -1 for a sum that comes from above or below; 1 where asked.
LEVEL, LEFT, RIGHT, SIGN, ASKED = 0, 1, 2, 3, 4
#: Rows of the work: where it is, how far it may be off, where the last half begins; the parts there.
X, _OFF, _BEGIN, _PARTS = 0, 1, 2, 3


@intrinsic
def _bits(context, number):
    """The bits of a float as an integer."""
    def generate(context, builder, signature, given):
        return builder.bitcast(given[0], context.get_value_type(types.int64))
    return types.int64(types.float64), generate


@intrinsic
def _float(context, number):
    """The float that has these bits."""
    def generate(context, builder, signature, given):
        return builder.bitcast(given[0], context.get_value_type(types.float64))
    return types.float64(types.int64), generate


@njit(**OPTIONS)
def scaled(y):
    """A power of two s and a number r with exp(y) = s + s r and exp(y) - 1 = (s - 1) + s r, for y <= 0; no branch.

    Good to about one unit in the last place.
    """
    y = y if y > -700.0 else -700.0  # exp(-700) is as good as nothing
    turned = y * _LOG2E + _MAGIC
    n = turned - _MAGIC
    r = (y - n * _LN2_HIGH) - n * _LN2_LOW
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
    return _float((_bits(turned) + 1023) << 52), total * r


@njit(**OPTIONS)
def exponential(y):
    """exp(y) for y <= 0."""
    s, r = scaled(y)
    return s + s * r


@njit(**OPTIONS)
def powers(theta, table, modes):
    """exp(θ_i 2^-j) for j from 0 to `HALVINGS`, by squaring."""
    n, smallest = len(modes), 2.0**-HALVINGS
    last = HALVINGS * n * LANES
    for p in range(LANES):
        for i in range(n):
            table[last + i * LANES + p] = exponential(theta[i * LANES + p] * smallest)
    for j in range(HALVINGS, 0, -1):
        for k in range(n * LANES):
            half = table[j * n * LANES + k]
            table[(j - 1) * n * LANES + k] = half * half


@njit(**OPTIONS)
def _within(x, least, most):
    x = x if x > least else least
    return x if x < most else most


@njit(**OPTIONS)
def roots(c, theta, table, ask, work, modes):
    """Where Σ c_i exp(θ_i x) is at a level between two places, for all lanes; it passes it once there.

    ``table`` holds the `powers` of θ. Where it is comes into the row `X` of ``work``.
    """
    n, step, width = len(modes), 2.0**-HALVINGS, 1.0
    for p in range(LANES):
        work[_BEGIN * LANES + p] = 0.0
        for i in range(n):
            work[(_PARTS + i) * LANES + p] = c[i * LANES + p]
    for j in range(1, HALVINGS + 1):
        width *= 0.5
        row = j * n * LANES
        for p in range(LANES):
            middle, total = work[_BEGIN * LANES + p] + width, -ask[LEVEL * LANES + p]
            for i in range(n):
                total += work[(_PARTS + i) * LANES + p] * table[row + i * LANES + p]
            ahead = (total * ask[SIGN * LANES + p] > 0.0) & (middle < ask[RIGHT * LANES + p])
            ahead = ahead | (middle <= ask[LEFT * LANES + p])
            on = 1.0 if ahead else 0.0
            work[_BEGIN * LANES + p] += on * width
            for i in range(n):  # a choice between numbers would become a store under a mask, which is slow
                work[(_PARTS + i) * LANES + p] *= on * table[row + i * LANES + p] + (1.0 - on)
    # The cubic with the values and slopes at the ends of the last half.
    row = HALVINGS * n * LANES
    for p in range(LANES):
        value = after = -ask[LEVEL * LANES + p]
        first = last = 0.0
        for i in range(n):
            part = work[(_PARTS + i) * LANES + p]
            then, rate = part * table[row + i * LANES + p], theta[i * LANES + p] * step
            value += part
            after += then
            first += rate * part
            last += rate * then
        gap = after - value
        two, three = 3.0 * gap - 2.0 * first - last, first + last - 2.0 * gap
        u = -value / gap
        u = u - (value + u * (first + u * (two + u * three))) / (first + u * (2.0 * two + u * 3.0 * three))
        u = u - (value + u * (first + u * (two + u * three))) / (first + u * (2.0 * two + u * 3.0 * three))
        x = work[_BEGIN * LANES + p] + step * _within(u, 0.0, 1.0)
        work[X * LANES + p] = _within(x, ask[LEFT * LANES + p], ask[RIGHT * LANES + p])
    for _ in range(STEPS):
        for p in range(LANES):
            x, value, first, second = work[X * LANES + p], -ask[LEVEL * LANES + p], 0.0, 0.0
            for i in range(n):
                rate = theta[i * LANES + p]
                part = c[i * LANES + p] * exponential(rate * x)
                value += part
                part *= rate
                first += part
                second += part * rate
            new = x - 2.0 * value * first / (2.0 * first * first - value * second)
            work[_OFF * LANES + p] = abs(value / first)
            work[X * LANES + p] = _within(new, ask[LEFT * LANES + p], ask[RIGHT * LANES + p])
    _settle(c, theta, ask, work, modes)


@njit(**OPTIONS)
def _settle(c, theta, ask, work, modes):
    """Nearly flat curves, and such that turn within the last half, go bracket after bracket."""
    n, step = len(modes), 2.0**-HALVINGS
    for p in range(LANES):
        if ask[ASKED * LANES + p] == 0.0:
            continue
        x, left, right = work[X * LANES + p], ask[LEFT * LANES + p], ask[RIGHT * LANES + p]
        settled = work[_OFF * LANES + p] < SMALL_STEP * step and left < x < right
        if settled and work[_BEGIN * LANES + p] == 0.0:  # it may begin with a zero, which is not the one that is sought
            total, size = -ask[LEVEL * LANES + p], 0.0
            for i in range(n):
                total += c[i * LANES + p]
                size += abs(c[i * LANES + p])
            settled = abs(total) > NOTHING * size
        if not settled:
            work[X * LANES + p] = _carefully(c[p::LANES], theta[p::LANES], ask[LEVEL * LANES + p], left, right,
                                             ask[SIGN * LANES + p] > 0.0)


@njit(**OPTIONS)
def _carefully(c, theta, level, left, right, falling):
    """Newton's steps that fall back on halving."""
    x = 0.5 * (left + right)
    for _ in range(200):
        value, slope = -level, 0.0
        for i in range(len(c)):
            part = c[i] * math.exp(theta[i] * x)
            value += part
            slope += theta[i] * part
        if value == 0.0:
            break
        if (value > 0.0) == falling:
            left = x
        else:
            right = x
        new = x - value / slope
        if not left < new < right:
            new = 0.5 * (left + right)
        moved, x = abs(new - x), new
        if moved <= 1e-15:
            break
    return x
