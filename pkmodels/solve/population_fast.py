"""The same numbers as `population_numpy`, compiled: patients are the lanes of the processor's vectors.

Needs numba (the extra ``fast``). The compiled code is cached beside this file, so that the second start
is quick. A lane's arithmetic does not depend on its neighbours, so neither block nor threads change numbers.
"""

import math

import numpy as np
from numba import njit

from .population_numpy import EACH, FLAT, HIGHER, WHOLE

#: Patients walked side by side, and steps between two looks at whether something happened.
LANES, STRIDE = 16, 32
_BELOW, _INSIDE, _ABOVE = 0, 1, 2
_FLAT, _HIGHER = FLAT, HIGHER
_MEASURES, _WHOLE = len(EACH), len(WHOLE)
_options = {"cache": True, "nogil": True, "fastmath": {"contract"}, "error_model": "numpy"}


def measured(bodies, schedule, lower, upper, sustained, sampled):
    """As `pkmodels.solve.population_numpy.measured`, for bodies that are all exact sums of exponentials."""
    lengths, which = schedule.lengths
    each = np.empty((_MEASURES, len(schedule.rows) - 1, bodies.count))
    whole = np.empty((_WHOLE, bodies.count))
    curves = np.empty((len(sampled), bodies.count))
    order = np.argsort(sampled, kind="stable")
    breaks = np.unique(np.concatenate([[0], schedule.jumping, schedule.rows, [schedule.steps]]))
    feeds = np.empty((0, 4, 1)) if schedule.feeds is None else np.ascontiguousarray(schedule.feeds)
    _walk(np.ascontiguousarray(bodies.rates), np.ascontiguousarray(bodies.amplitudes), schedule.hours, lengths,
          which.astype(np.int64), schedule.jumps, feeds, schedule.rows.astype(np.int64), breaks.astype(np.int64),
          schedule.entered, float(lower), float(upper), float(sustained), sampled[order].astype(np.int64), each, whole,
          curves)
    curves[order] = curves.copy()
    return each, whole, curves


@njit(**_options)
def _answers(y, out):
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


@njit(**_options)
def _at(x, state, theta, own, q, fed, phi, out):
    """Value and two derivatives by x within a step."""
    value = first = second = 0.0
    if not fed:
        for i in range(len(state)):
            part = state[i] * math.exp(theta[i] * x)
            value += part
            part *= theta[i]
            first += part
            second += part * theta[i]
    else:
        rate = q[0] + x * (q[1] + x * (q[2] / 2 + x * q[3] / 6))
        bend = q[1] + x * (q[2] + x * q[3] / 2)
        for i in range(len(state)):
            y = theta[i] * x
            _answers(y, phi)
            fill = q[0] * phi[0] + x * (q[1] * phi[1] + x * (q[2] * phi[2] + x * q[3] * phi[3]))
            part = state[i] * math.exp(y) + own[i] * x * fill
            value += part
            part = theta[i] * part + own[i] * rate
            first += part
            second += theta[i] * part + own[i] * bend
    out[0], out[1], out[2] = value, first, second


@njit(**_options)
def _root(a, b, falling, level, order, state, theta, own, q, fed, phi, out):
    """Newton's steps that fall back on halving: where the value (order 0) or the slope (order 1) is at a level."""
    x = 0.5 * (a + b)
    for _ in range(200):
        _at(x, state, theta, own, q, fed, phi, out)
        value = out[order] - level
        if value == 0.0:
            return x
        if (value > 0) == falling:
            a = x
        else:
            b = x
        new = x - value / out[order + 1]
        if not (a < new < b):
            new = 0.5 * (a + b)
        moved = abs(new - x)
        x = new
        if moved <= 1e-15:
            break
    return x


@njit(**_options)
def _side(value, lower, upper):
    return (1 if value >= lower else 0) + (1 if value > upper else 0)


@njit(**_options)
def _trend(begin, end):
    slack = _FLAT * max(abs(begin), abs(end))
    return 1 if end - begin > slack else (-1 if begin - end > slack else 0)


# What is known of a patient so far: indices into its row of notes.
_SIDE, _MARK, _STAY, _OUT, _FIRST, _ONSET, _LEAVES, _GAP, _GAP_BELOW, _IN, _UNDER, _OVER, _HIGH, _LOW, _WHEN, _THEN = \
    range(16)


@njit(**_options)
def _change(note, time, side, lasting):
    """The curve goes to another side of the window."""
    _spend(note, time)
    old = int(note[_SIDE])
    _stayed(note, time, old, lasting)
    if side == _INSIDE:
        if math.isnan(note[_FIRST]):
            note[_FIRST] = time
        else:
            note[_GAP] = max(note[_GAP], time - note[_OUT])
    elif old == _INSIDE:
        note[_OUT] = time
    note[_STAY], note[_SIDE] = time, side


@njit(**_options)
def _stayed(note, time, old, lasting):
    if old == _INSIDE:
        note[_LEAVES] = time
        if math.isnan(note[_ONSET]) and time - note[_STAY] >= lasting:
            note[_ONSET] = note[_STAY]
    elif old == _BELOW and not math.isnan(note[_FIRST]):
        note[_GAP_BELOW] = max(note[_GAP_BELOW], time - note[_STAY])


@njit(**_options)
def _spend(note, time):
    """Hours since the last mark go to the side where they were spent."""
    side = int(note[_SIDE])
    note[_UNDER if side == _BELOW else (_IN if side == _INSIDE else _OVER)] += time - note[_MARK]
    note[_MARK] = time


@njit(**_options)
def _candidate(note, value, time):
    """A value that may be the highest or the lowest of its interval."""
    if value > note[_HIGH]:
        note[_HIGH] = value
    if value < note[_LOW]:
        note[_LOW] = value
    if note[_THEN] < value - _HIGHER * abs(value):
        note[_THEN], note[_WHEN] = value, time


@njit(**_options)
def _look(note, start, length, first, last, state, theta, own, q, fed, phi, out, lower, upper, lasting):
    """Solve what happens within one step of one patient."""
    _at(0.0, state, theta, own, q, fed, phi, out)
    slope_first = out[1]
    _at(1.0, state, theta, own, q, fed, phi, out)
    slope_last = out[1]
    slack = _FLAT * max(abs(first), abs(last))
    turn, peak = 1.0, last
    turns = (slope_first > slack and slope_last < -slack) or (slope_first < -slack and slope_last > slack)
    if turns:
        turn = _root(0.0, 1.0, slope_first > 0, 0.0, 1, state, theta, own, q, fed, phi, out)
        _at(turn, state, theta, own, q, fed, phi, out)
        peak = out[0]
    _candidate(note, first, start)
    _candidate(note, peak, start + turn * length)
    _candidate(note, last, start + length)
    for piece in range(2 if turns else 1):
        a, b, ca, cb = (0.0, turn, first, peak) if piece == 0 else (turn, 1.0, peak, last)
        rising = cb > ca
        for order in range(2):
            # The lower limit: a value on it is inside. So it is on the upper one.
            if rising == (order == 0):
                if (ca >= lower) != (cb >= lower):
                    x = _root(a, b, ca >= lower, lower, 0, state, theta, own, q, fed, phi, out)
                    _change(note, start + x * length, _INSIDE if cb >= lower else _BELOW, lasting)
            elif (ca > upper) != (cb > upper):
                x = _root(a, b, ca >= upper, upper, 0, state, theta, own, q, fed, phi, out)
                _change(note, start + x * length, _ABOVE if cb > upper else _INSIDE, lasting)


@njit(**_options)
def _walk(rates, amplitudes, hours, lengths, which, jumps, feeds, rows, breaks, entered, lower, upper, sustained,
          sampled, each, whole, curves):
    count = rates.shape[1]
    for begin in range(0, count, LANES):
        _lanes(begin, min(LANES, count - begin), rates, amplitudes, hours, lengths, which, jumps, feeds, rows, breaks,
               entered, lower, upper, sustained, sampled, each, whole, curves)


@njit(**_options)
def _lanes(offset, used, rates, amplitudes, hours, lengths, which, jumps, feeds, rows, breaks, entered, lower, upper,
           sustained, sampled, each, whole, curves):
    """One vector of patients through the whole schedule; lanes that are not used repeat the first patient."""
    m, fed, steps = rates.shape[0], feeds.shape[0] > 0, len(which)
    counted, origin = rows[-1], hours[0]
    end_of_all = hours[counted]
    lasting = min(sustained, end_of_all - origin) * (1 - 1e-12)
    rate, own = np.empty((m, LANES)), np.empty((m, LANES))
    for i in range(m):
        for p in range(LANES):
            rate[i, p] = rates[i, offset + (p if p < used else 0)]
            own[i, p] = amplitudes[i, offset + (p if p < used else 0)]
    decay, answer = np.empty((len(lengths), m, LANES)), np.empty((len(lengths) if fed else 0, 4, m, LANES))
    phi, out, theta = np.empty(4), np.empty(3), np.empty(m)
    for k in range(len(lengths)):
        for i in range(m):
            for p in range(LANES):
                decay[k, i, p] = math.exp(rate[i, p] * lengths[k])
                if fed:
                    _answers(rate[i, p] * lengths[k], phi)
                    for j in range(4):
                        answer[k, j, i, p] = own[i, p] * phi[j]
    z, kept, began = np.zeros((m, LANES)), np.empty((m, LANES)), np.zeros((m, LANES))
    shown, q = np.zeros((STRIDE + 2, LANES)), np.zeros(4)
    notes = np.zeros((LANES, 16))
    state, mine = np.empty(m), np.empty(m)
    busy, trends, before = np.zeros(LANES), np.zeros(LANES), np.zeros(LANES)
    row, asked = 0, 0
    for segment in range(len(breaks) - 1):
        first, last = breaks[segment], breaks[segment + 1]
        # What enters at once at the beginning of a segment.
        for p in range(LANES):
            jump = jumps[first, offset + (p if p < used else 0) if jumps.shape[1] > 1 else 0]
            total = 0.0
            for i in range(m):
                z[i, p] += own[i, p] * jump
                total += z[i, p]
            shown[0, p] = total
            trends[p] = 9.0  # the first step of a segment is always looked into
        if first == rows[row] and first < counted:
            for i in range(m):
                for p in range(LANES):
                    began[i, p] = z[i, p]
        if first < counted:
            for p in range(used):
                side = _side(shown[0, p], lower, upper)
                if first == 0:
                    notes[p, :] = 0.0
                    notes[p, _SIDE], notes[p, _MARK], notes[p, _STAY] = side, origin, origin
                    notes[p, _FIRST] = origin if side == _INSIDE else np.nan
                    notes[p, _ONSET], notes[p, _LEAVES] = np.nan, np.nan
                elif side != int(notes[p, _SIDE]):
                    _change(notes[p], hours[first], side, lasting)
                if first == rows[row]:
                    notes[p, _HIGH], notes[p, _LOW], notes[p, _THEN] = -np.inf, np.inf, -np.inf
                    notes[p, _IN] = notes[p, _UNDER] = notes[p, _OVER] = 0.0
        k0 = first
        while k0 < last:
            k1 = min(k0 + STRIDE, last)
            peek = 1 if k1 < last else 0
            for i in range(m):
                for p in range(LANES):
                    kept[i, p] = z[i, p]
            for k in range(k0, k1 + peek):
                w = which[k]
                total = shown[k - k0 + 1]
                for p in range(LANES):
                    total[p] = 0.0
                for i in range(m):
                    zi, di = z[i], decay[w, i]
                    if k < k1:
                        if not fed:
                            for p in range(LANES):
                                new = zi[p] * di[p]
                                zi[p] = new
                                total[p] += new
                        else:
                            _feed(zi, di, answer[w, :, i], feeds[k], offset, used, zi)
                            for p in range(LANES):
                                total[p] += zi[p]
                    elif not fed:
                        for p in range(LANES):
                            total[p] += zi[p] * di[p]
                    else:
                        _feed(zi, di, answer[w, :, i], feeds[k], offset, used, busy)
                        for p in range(LANES):
                            total[p] += busy[p]
            while asked < len(sampled) and sampled[asked] < k1:
                for p in range(used):
                    curves[asked, offset + p] = shown[sampled[asked] - k0, p]
                asked += 1
            if first < counted:
                for p in range(LANES):
                    before[p] = trends[p]
                _flag(shown, k1 - k0, peek, trends, lower, upper, busy)
                for p in range(used):
                    if busy[p] != 0.0 or k1 == last:
                        for i in range(m):
                            state[i], mine[i] = kept[i, p], own[i, p]
                        previous = int(before[p])
                        column = offset + p if feeds.shape[2] > 1 else 0
                        for k in range(k0, k1):
                            a, b = shown[k - k0, p], shown[k - k0 + 1, p]
                            now = _trend(a, b)
                            coming = _trend(b, shown[k - k0 + 2, p]) if k + 1 < k1 + peek else 9
                            if fed:
                                for j in range(4):
                                    q[j] = feeds[k, j, column]
                            if now != previous or now != coming or _side(a, lower, upper) != _side(b, lower, upper):
                                for i in range(m):
                                    theta[i] = rate[i, p] * lengths[which[k]]
                                _look(notes[p], hours[k], hours[k + 1] - hours[k], a, b, state, theta, mine, q, fed, phi,
                                      out, lower, upper, lasting)
                            previous = now
                            for i in range(m):
                                new = state[i] * decay[which[k], i, p]
                                if fed:
                                    for j in range(4):
                                        new += answer[which[k], j, i, p] * q[j]
                                state[i] = new
                for p in range(LANES):
                    trends[p] = _trend(shown[k1 - k0 - 1, p], shown[k1 - k0, p])
            for p in range(LANES):
                shown[0, p] = shown[k1 - k0, p]
            k0 = k1
        if row < len(rows) - 1 and last == rows[row + 1]:
            for p in range(used):
                note, who = notes[p], offset + p
                _spend(note, hours[last])
                area = 0.0
                for i in range(m):
                    gained = entered[row, who if entered.shape[1] > 1 else 0] * own[i, p]
                    area += (z[i, p] - began[i, p] - gained) / rate[i, p]
                each[0, row, who], each[1, row, who], each[2, row, who] = note[_IN], note[_UNDER], note[_OVER]
                each[3, row, who], each[4, row, who] = note[_HIGH], note[_WHEN] - hours[rows[row]]
                each[5, row, who], each[6, row, who], each[7, row, who] = note[_LOW], shown[0, p], area
            row += 1
    while asked < len(sampled):
        for p in range(used):
            curves[asked, offset + p] = shown[0, p]
        asked += 1
    for p in range(used):
        note, who = notes[p], offset + p
        side = int(note[_SIDE])
        _stayed(note, end_of_all, side, lasting)
        never = math.isnan(note[_FIRST])
        if side != _INSIDE and not never:
            note[_GAP] = max(note[_GAP], end_of_all - note[_OUT])
        whole[0, who], whole[1, who] = note[_FIRST] - origin, note[_ONSET] - origin
        whole[2, who] = np.nan if never or side == _INSIDE else note[_LEAVES] - origin
        whole[3, who] = np.nan if never else note[_GAP]
        whole[4, who] = np.nan if never else note[_GAP_BELOW]


@njit(**_options)
def _feed(zi, di, answers, feed, offset, used, out):
    """One step of one exponential of all lanes with what is fed."""
    if feed.shape[1] == 1:
        q0, q1, q2, q3 = feed[0, 0], feed[1, 0], feed[2, 0], feed[3, 0]
        for p in range(LANES):
            out[p] = zi[p] * di[p] + (answers[0, p] * q0 + answers[1, p] * q1 + answers[2, p] * q2 + answers[3, p] * q3)
    else:
        for p in range(LANES):
            k = offset + (p if p < used else 0)
            out[p] = zi[p] * di[p] + (answers[0, p] * feed[0, k] + answers[1, p] * feed[1, k]
                                      + answers[2, p] * feed[2, k] + answers[3, p] * feed[3, k])


@njit(**_options)
def _flag(shown, steps, peek, trends, lower, upper, busy):
    """Which lanes turn or change sides within these steps."""
    for p in range(LANES):
        busy[p] = 0.0
    for k in range(steps + peek):
        a, b = shown[k], shown[k + 1]
        for p in range(LANES):
            slack = _FLAT * max(abs(a[p]), abs(b[p]))
            trend = (1.0 if b[p] - a[p] > slack else 0.0) - (1.0 if a[p] - b[p] > slack else 0.0)
            crossed = (1.0 if (a[p] >= lower) != (b[p] >= lower) else 0.0) + \
                (1.0 if (a[p] > upper) != (b[p] > upper) else 0.0)
            busy[p] += abs(trend - trends[p]) + crossed
            trends[p] = trend
