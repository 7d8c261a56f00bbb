"""One patient's step of a fed body, compiled: where its curve turns and crosses; and the notes of any patient.

The arithmetic is that of `population_numpy`; `population_fast` calls it where something happens.
"""

import math

import numpy as np

try:
    from numba import njit
except ImportError:  # the same lines in Python
    def njit(**_options):
        return lambda function: function

from .population_numpy import FLAT, HIGHER

#: Compiled code is kept beside the source. Contracting a*b + c to one rounding is allowed, nothing else is.
OPTIONS = {"cache": True, "nogil": True, "fastmath": {"contract"}, "error_model": "numpy"}
BELOW, INSIDE, ABOVE = 0, 1, 2
_FLAT, _HIGHER = FLAT, HIGHER


@njit(**OPTIONS)
def answers(y, out):
    """φ_1 to φ_4, as `population_walk.answers_to_feed`."""
    if abs(y) < 1.0:
        fourth = 0.0
        for j in range(18, -1, -1):
            fourth = fourth * y / (j + 5) + 1.0
        fourth /= 24.0
        out[3] = fourth
        out[2] = y * fourth + 1 / 6
        out[1] = y * out[2] + 0.5
        out[0] = y * out[1] + 1.0
    else:
        out[0] = math.expm1(y) / y
        out[1] = (out[0] - 1.0) / y
        out[2] = (out[1] - 0.5) / y
        out[3] = (out[2] - 1 / 6) / y


@njit(**OPTIONS)
def value_at(x, state, theta, own, q, phi, out):
    """Value and two derivatives by x within a step."""
    value = first = second = 0.0
    rate = q[0] + x * (q[1] + x * (q[2] / 2 + x * q[3] / 6))
    bend = q[1] + x * (q[2] + x * q[3] / 2)
    for i in range(len(state)):
        y = theta[i] * x
        answers(y, phi)
        fill = q[0] * phi[0] + x * (q[1] * phi[1] + x * (q[2] * phi[2] + x * q[3] * phi[3]))
        part = state[i] * math.exp(y) + own[i] * x * fill
        value += part
        part = theta[i] * part + own[i] * rate
        first += part
        second += theta[i] * part + own[i] * bend
    out[0], out[1], out[2] = value, first, second


@njit(**OPTIONS)
def guess(a, b, ca, cb, sa, sb, level, order):
    """Where the cubic with these ends and slopes is at the level (order 0) or turns (order 1): Newton's start."""
    width = b - a
    sa, sb, rise = sa * width, sb * width, cb - ca
    c2, c3 = 3 * rise - 2 * sa - sb, sa + sb - 2 * rise
    x = (level - ca) / rise if order == 0 else sa / (sa - sb)
    if order == 0 and level > 0 and min(ca, cb) > 0 and max(ca, cb) > 1.5 * min(ca, cb):
        return a + width * math.log(level / ca) / math.log(cb / ca)  # far apart: straight on a logarithmic scale
    for _ in range(4):
        if order == 0:
            x -= (ca - level + x * (sa + x * (c2 + x * c3))) / (sa + x * (2 * c2 + x * 3 * c3))
        else:
            x -= (sa + x * (2 * c2 + x * 3 * c3)) / (2 * c2 + x * 6 * c3)
    return a + width * (x if 0.0 < x < 1.0 else 0.5)


@njit(**OPTIONS)
def root(x, a, b, falling, level, order, state, theta, own, q, phi, out):
    """Newton's steps that fall back on halving: where the value (order 0) or the slope (order 1) is at a level."""
    for _ in range(200):
        value_at(x, state, theta, own, q, phi, out)
        value = out[order] - level
        if value == 0.0:
            return x
        if (value > 0) == falling:
            a = x
        else:
            b = x
        if order == 0 and out[0] > 0 and level > 0:
            # The logarithm of a curve that falls like an exponential is nearly straight.
            new = x - math.log(out[0] / level) * out[0] / out[1]
        else:
            new = x - value / out[order + 1]
        newton = a < new < b
        if not newton:
            new = 0.5 * (a + b)
        moved = abs(new - x)
        x = new
        # Newton's error squares itself: what is left after a step this small is below rounding.
        if moved <= (1e-9 if newton else 1e-15):
            break
    return x


@njit(**OPTIONS)
def side_of(value, lower, upper):
    return (1 if value >= lower else 0) + (1 if value > upper else 0)


@njit(**OPTIONS)
def trend_of(begin, end):
    slack = _FLAT * max(abs(begin), abs(end))
    return 1 if end - begin > slack else (-1 if begin - end > slack else 0)


# What is known of a patient so far: indices into its row of notes.
SIDE, MARK, STAY, OUT, FIRST, ONSET, LEAVES, GAP, GAP_BELOW, IN, UNDER, OVER, HIGH, LOW, WHEN, THEN = \
    range(16)


@njit(**OPTIONS)
def change_side(note, time, side, lasting):
    """The curve goes to another side of the window."""
    spend(note, time)
    old = int(note[SIDE])
    stayed(note, time, old, lasting)
    if side == INSIDE:
        if math.isnan(note[FIRST]):
            note[FIRST] = time
        else:
            note[GAP] = max(note[GAP], time - note[OUT])
    elif old == INSIDE:
        note[OUT] = time
    note[STAY], note[SIDE] = time, side


@njit(**OPTIONS)
def stayed(note, time, old, lasting):
    if old == INSIDE:
        note[LEAVES] = time
        if math.isnan(note[ONSET]) and time - note[STAY] >= lasting:
            note[ONSET] = note[STAY]
    elif old == BELOW and not math.isnan(note[FIRST]):
        note[GAP_BELOW] = max(note[GAP_BELOW], time - note[STAY])


@njit(**OPTIONS)
def spend(note, time):
    """Hours since the last mark go to the side where they were spent."""
    side = int(note[SIDE])
    note[UNDER if side == BELOW else (IN if side == INSIDE else OVER)] += time - note[MARK]
    note[MARK] = time


@njit(**OPTIONS)
def candidate(note, value, time):
    """A value that may be the highest or the lowest of its interval."""
    if value > note[HIGH]:
        note[HIGH] = value
    if value < note[LOW]:
        note[LOW] = value
    if note[THEN] < value - _HIGHER * abs(value):
        note[THEN], note[WHEN] = value, time


@njit(**OPTIONS)
def look(note, start, length, first, last, state, after, theta, own, q, phi, out, lower, upper, lasting):
    """Solve what happens within one step of one patient."""
    slope_first = slope_last = 0.0
    for i in range(len(state)):
        slope_first += theta[i] * state[i] + own[i] * q[0]
        slope_last += theta[i] * after[i] + own[i] * (q[0] + q[1] + q[2] / 2 + q[3] / 6)
    slack = _FLAT * max(abs(first), abs(last))
    turn, peak = 1.0, last
    turns = (slope_first > slack and slope_last < -slack) or (slope_first < -slack and slope_last > slack)
    if turns:
        turn = guess(0.0, 1.0, first, last, slope_first, slope_last, 0.0, 1)
        turn = root(turn, 0.0, 1.0, slope_first > 0, 0.0, 1, state, theta, own, q, phi, out)
        value_at(turn, state, theta, own, q, phi, out)
        peak = out[0]
    candidate(note, first, start)
    candidate(note, peak, start + turn * length)
    candidate(note, last, start + length)
    for piece in range(2 if turns else 1):
        a, b, ca, cb = (0.0, turn, first, peak) if piece == 0 else (turn, 1.0, peak, last)
        sa, sb = slope_first if piece == 0 else 0.0, slope_last if piece == 1 or not turns else 0.0
        rising = cb > ca
        for order in range(2):
            # The lower limit: a value on it is inside. So it is on the upper one.
            low = rising == (order == 0)
            level = lower if low else upper
            before, now = (ca >= level, cb >= level) if low else (ca > level, cb > level)
            if before != now:
                x = guess(a, b, ca, cb, sa, sb, level, 0)
                x = root(x, a, b, ca >= level, level, 0, state, theta, own, q, phi, out)
                side = (INSIDE if now else BELOW) if low else (ABOVE if now else INSIDE)
                change_side(note, start + x * length, side, lasting)


@njit(**OPTIONS)
def begin_of(note, side, time, of_all, of_row, lasting):
    """A patient's notes at the beginning of a segment."""
    if of_all:
        note[:] = 0.0
        note[SIDE], note[MARK], note[STAY] = side, time, time
        note[FIRST] = time if side == INSIDE else np.nan
        note[ONSET], note[LEAVES] = np.nan, np.nan
    elif side != int(note[SIDE]):
        change_side(note, time, side, lasting)
    if of_row:
        note[HIGH], note[LOW], note[THEN] = -np.inf, np.inf, -np.inf
        note[IN] = note[UNDER] = note[OVER] = 0.0


@njit(**OPTIONS)
def finish(note, origin, end, lasting, whole):
    """The numbers of `WHOLE` from a patient's notes."""
    side, never = int(note[SIDE]), math.isnan(note[FIRST])
    stayed(note, end, side, lasting)
    if side != INSIDE and not never:
        note[GAP] = max(note[GAP], end - note[OUT])
    whole[0], whole[1] = note[FIRST] - origin, note[ONSET] - origin
    whole[2] = np.nan if never or side == INSIDE else note[LEAVES] - origin
    whole[3] = np.nan if never else note[GAP]
    whole[4] = np.nan if never else note[GAP_BELOW]
