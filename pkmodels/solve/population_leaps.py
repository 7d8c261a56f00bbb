"""The same numbers as `population_numpy`, compiled, for doses that enter at once: from dose to dose in few leaps.

After a dose the slope of a curve is Σ c_i exp(λ_i t). Its zeros at t > 0 are at most as many as the sums
c_1, c_1 + c_2, ... (slowest exponential first) change their sign, and differ from that by an even number
(Laguerre's extension of Descartes' rule of signs; Jameson, Math. Gazette 90, 2006, 223). So with no change
of sign a curve goes one way to the next dose and with one it turns once: then its turn and its crossings are
sought in the whole span at once. Only with more is it walked step by step, until no more than one is left.

Spans of all patients of a group are solved side by side: halving by exponentials that are made by squaring,
then Halley's steps from the cubic between the ends of the bracket.
"""

import math

import numpy as np
from numba import njit

from .population_notes import (
    ABOVE,
    BELOW,
    HIGH,
    IN,
    INSIDE,
    LOW,
    OPTIONS,
    OVER,
    UNDER,
    WHEN,
    begin_of,
    candidate,
    change_side,
    finish,
    side_of,
    spend,
)
from .population_numpy import EACH, FLAT, WHOLE
from .population_roots import LEVEL, NOTHING, SIGN, SPANS, X, exponentials, room_for, roots

#: Patients side by side.
LANES = 32
_MEASURES, _WHOLE, _FLAT = len(EACH), len(WHOLE), FLAT
#: A slope whose sign is certain; the exponent of a slowest exponential of which nothing is left.
_CERTAIN, _DECAYED = 1e300, -300.0


def measured(bodies, schedule, lower, upper, sustained):
    """As `pkmodels.solve.population_numpy.measured` without curves, for exact bodies and no feeds."""
    lengths, which = schedule.lengths
    each = np.empty((_MEASURES, len(schedule.rows) - 1, bodies.count))
    whole = np.empty((_WHOLE, bodies.count))
    breaks = np.unique(np.concatenate([[0], schedule.jumping, schedule.rows]))
    breaks = breaks[breaks <= schedule.rows[-1]]
    _leap(np.ascontiguousarray(bodies.rates), np.ascontiguousarray(bodies.amplitudes), schedule.hours, lengths,
          which.astype(np.int64), schedule.jumps, schedule.rows.astype(np.int64), breaks.astype(np.int64),
          schedule.entered, float(lower), float(upper), float(sustained), each, whole)
    return each, whole


@njit(**OPTIONS)
def _leap(rates, amplitudes, hours, lengths, which, jumps, rows, breaks, entered, lower, upper, sustained, each,
          whole):
    m, count = rates.shape
    bits = np.empty((2, m, SPANS))  # for exponentials
    turns, crossings = room_for(m), room_for(m)
    span = _spans(m)
    rate, own = np.empty((m, LANES)), np.empty((m, LANES))
    z, began, ended = np.empty((m, LANES)), np.empty((m, LANES)), np.empty((m, LANES))
    scaled = np.empty((m, LANES))
    notes = np.empty((LANES, 16))
    for offset in range(0, count, LANES):
        used = min(LANES, count - offset)
        for p in range(LANES):
            who = offset + (p if p < used else 0)
            for i in range(m):  # slowest first
                k = i
                while k > 0 and rate[k - 1, p] < rates[i, who]:
                    rate[k, p], own[k, p] = rate[k - 1, p], own[k - 1, p]
                    k -= 1
                rate[k, p], own[k, p] = rates[i, who], amplitudes[i, who]
        z[:] = 0.0
        _group(offset, used, rate, own, z, began, ended, scaled, notes, bits, turns, crossings, span, hours, lengths,
               which, jumps, rows, breaks, entered, lower, upper, sustained, each, whole)


@njit(**OPTIONS)
def _spans(m):
    """Arrays for spans: states at begin, at the turn and θ; numbers; patients."""
    return (np.empty((m, SPANS)), np.empty((m, SPANS)), np.empty((m, SPANS)), np.empty((12, SPANS)),
            np.empty(SPANS, dtype=np.int64))


#: Rows of the numbers of a span: its begin and length in hours, values and slopes at its ends, turn, peak; then
#: where the lower and the upper limit are crossed before the turn and after it (NaN where they are not).
_START, _LENGTH, _ONE, _TWO, _SLOPE_ONE, _SLOPE_TWO, _TURN, _PEAK, _CROSS = 0, 1, 2, 3, 4, 5, 6, 7, 8


@njit(**OPTIONS)
def _group(offset, used, rate, own, z, began, ended, scaled, notes, bits, turns, crossings, span, hours, lengths,
           which, jumps, rows, breaks, entered, lower, upper, sustained, each, whole):
    """One group of patients through the whole schedule."""
    m, row, counted, origin = len(rate), 0, rows[-1], hours[0]
    end_of_all = hours[counted]
    lasting = min(sustained, end_of_all - origin) * (1 - 1e-12)
    for segment in range(len(breaks) - 1):
        first, last = breaks[segment], breaks[segment + 1]
        for p in range(LANES):
            jump = jumps[first, offset + (p if p < used else 0) if jumps.shape[1] > 1 else 0]
            for i in range(m):
                z[i, p] += own[i, p] * jump
        if first == rows[row]:
            began[:] = z
        whole_span = hours[last] - hours[first]
        for i in range(m):
            for p in range(LANES):
                scaled[i, p] = rate[i, p] * whole_span
        exponentials(scaled, ended, bits, LANES)
        for i in range(m):
            for p in range(LANES):
                ended[i, p] *= z[i, p]
        filled = 0
        for p in range(used):
            value = 0.0
            for i in range(m):
                value += z[i, p]
            begin_of(notes[p], side_of(value, lower, upper), hours[first], first == 0, first == rows[row], lasting)
            k = first
            coming = _changes(rate, z, p)
            while k < last and coming > 1:
                if filled == SPANS:
                    _solve(span, filled, turns, crossings, bits, notes, lower, upper, lasting)
                    filled = 0
                length = lengths[which[k]]
                for i in range(m):
                    span[0][i, filled] = z[i, p]
                    z[i, p] *= math.exp(rate[i, p] * length)
                value = _put(span, filled, p, hours[k], length, value, z, rate, -1)
                filled += 1
                k += 1
                coming = _changes(rate, z, p)
            if k < last:
                if filled == SPANS:
                    _solve(span, filled, turns, crossings, bits, notes, lower, upper, lasting)
                    filled = 0
                for i in range(m):
                    span[0][i, filled] = z[i, p]
                value = _put(span, filled, p, hours[k], hours[last] - hours[k], value, ended, rate, coming)
                filled += 1
        _solve(span, filled, turns, crossings, bits, notes, lower, upper, lasting)
        z[:] = ended
        if row < len(rows) - 1 and last == rows[row + 1]:
            for p in range(used):
                note, who = notes[p], offset + p
                spend(note, hours[last])
                area, trough = 0.0, 0.0
                for i in range(m):
                    gained = entered[row, who if entered.shape[1] > 1 else 0] * own[i, p]
                    area += (z[i, p] - began[i, p] - gained) / rate[i, p]
                    trough += z[i, p]
                each[0, row, who], each[1, row, who], each[2, row, who] = note[IN], note[UNDER], note[OVER]
                each[3, row, who], each[4, row, who] = note[HIGH], note[WHEN] - hours[rows[row]]
                each[5, row, who], each[6, row, who], each[7, row, who] = note[LOW], trough, area
            row += 1
    for p in range(used):
        finish(notes[p], origin, end_of_all, lasting, whole[:, offset + p])


@njit(**OPTIONS)
def _changes(rate, z, p):
    """How often the sums of the slope's parts, slowest first, change their sign."""
    total, size, sign, found = 0.0, 0.0, 0.0, 0
    last = len(rate) - 1
    for i in range(last + 1):
        part = rate[i, p] * z[i, p]
        total += part
        size += abs(part)
        if i == last and abs(total) <= NOTHING * size:
            break
        if total != 0.0:
            if sign * total < 0.0:
                found += 1
            sign = total
    return found


@njit(**OPTIONS)
def _put(span, place, p, start, length, value, after, rate, turns):
    """The rest of what is known of a span whose begin is there; returns the value at its end.

    ``turns`` is 0 or 1 where it is certain, else -1.
    """
    begin, theta, numbers, who = span[0], span[2], span[3], span[4]
    one = two = last = slowest = 0.0
    for i in range(len(begin)):
        theta[i, place] = rate[i, p] * length
        part = theta[i, place] * begin[i, place]
        one += part
        slowest = part if slowest == 0.0 else slowest
        two += theta[i, place] * after[i, p]
        last += after[i, p]
    if turns >= 0:
        # How often it turns is known: once to come means that the slope begins with the sign that the slowest part
        # does not have, and has turned where it ends with that sign, as it does where all but nothing is left.
        sign = math.copysign(_CERTAIN, slowest)
        one = -sign if turns == 1 else 0.0
        two = sign if rate[0, p] * length < _DECAYED else math.copysign(_CERTAIN, two)
    who[place] = p
    numbers[_START, place], numbers[_LENGTH, place] = start, length
    numbers[_ONE, place], numbers[_TWO, place] = value, last
    numbers[_SLOPE_ONE, place], numbers[_SLOPE_TWO, place] = one, two
    return last


@njit(**OPTIONS)
def _solve(span, filled, turns, crossings, bits, notes, lower, upper, lasting):
    """Turns and crossings of all spans, then the notes of their patients in the order of time."""
    begin, peaks, theta, numbers, who = span
    m, found = len(begin), 0
    for s in range(filled):
        one, two = numbers[_SLOPE_ONE, s], numbers[_SLOPE_TWO, s]
        slack = _FLAT * max(abs(numbers[_ONE, s]), abs(numbers[_TWO, s]))
        numbers[_TURN, s], numbers[_PEAK, s] = 1.0, numbers[_TWO, s]
        if (one > slack and two < -slack) or (one < -slack and two > slack):
            for i in range(m):
                turns[0][i, found], turns[1][i, found] = theta[i, s] * begin[i, s], theta[i, s]
            turns[4][LEVEL, found], turns[4][SIGN, found], turns[5][0, found] = 0.0, one, s
            found += 1
    if found:
        roots(turns, found, bits)
        c, at = turns[1], turns[3]
        for i in range(m):
            for p in range(found):
                at[i, p] = c[i, p] * turns[4][X, p]
        exponentials(at, at, bits, found)
        for p in range(found):
            s, total = turns[5][0, p], 0.0
            for i in range(m):
                peaks[i, s] = begin[i, s] * at[i, p]
                total += peaks[i, s]
            numbers[_TURN, s], numbers[_PEAK, s] = turns[4][X, p], total
    numbers[_CROSS:, :filled] = np.nan
    found = 0
    for s in range(filled):
        turn = numbers[_TURN, s]
        for piece in range(2 if turn < 1.0 else 1):
            ca, cb = (numbers[_ONE, s], numbers[_PEAK, s]) if piece == 0 else (numbers[_PEAK, s], numbers[_TWO, s])
            for high in range(2):
                level = upper if high else lower
                if (ca > level) != (cb > level) if high else (ca >= level) != (cb >= level):
                    if found == SPANS:
                        _cross(crossings, found, bits, numbers)
                        found = 0
                    share = turn if piece == 0 else 1.0 - turn
                    for i in range(m):
                        crossings[0][i, found] = begin[i, s] if piece == 0 else peaks[i, s]
                        crossings[1][i, found] = theta[i, s] * share
                    crossings[4][LEVEL, found], crossings[4][SIGN, found] = level, ca - cb
                    crossings[5][0, found], crossings[5][1, found] = s, 2 * piece + high
                    found += 1
    _cross(crossings, found, bits, numbers)
    for s in range(filled):
        _write(notes[who[s]], numbers[:, s], lower, upper, lasting)


@njit(**OPTIONS)
def _cross(crossings, found, bits, numbers):
    if found:
        roots(crossings, found, bits)
    for p in range(found):
        s, what, x = crossings[5][0, p], crossings[5][1, p], crossings[4][X, p]
        turn = numbers[_TURN, s]
        numbers[_CROSS + what, s] = x * turn if what < 2 else turn + x * (1.0 - turn)


@njit(**OPTIONS)
def _write(note, numbers, lower, upper, lasting):
    """What happened within a span goes into the notes of its patient."""
    start, length, turn = numbers[_START], numbers[_LENGTH], numbers[_TURN]
    first, peak, last = numbers[_ONE], numbers[_PEAK], numbers[_TWO]
    candidate(note, first, start)
    candidate(note, peak, start + turn * length)
    candidate(note, last, start + length)
    for piece in range(2 if turn < 1.0 else 1):
        rising = peak > first if piece == 0 else last > peak
        for order in range(2):
            high = rising != (order == 0)
            x = numbers[_CROSS + 2 * piece + (1 if high else 0)]
            if not math.isnan(x):
                side = (ABOVE if rising else INSIDE) if high else (INSIDE if rising else BELOW)
                change_side(note, start + x * length, side, lasting)
