"""The same numbers as `population_numpy`, compiled: patients are the lanes of the processor's vectors.

Needs numba (the extra ``fast``). The compiled code is cached beside this file, so that the second start
is quick. A lane's arithmetic does not depend on its neighbours, so neither block nor threads change numbers.
"""

import math

import numpy as np
from numba import njit

from .population_numpy import EACH, FLAT, HIGHER, WHOLE

#: Patients walked side by side, and steps between two looks at whether something happened.
LANES, STRIDE = 16, 16
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
def _guess(a, b, ca, cb, sa, sb, level, order):
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


@njit(**_options)
def _root(x, a, b, falling, level, order, state, theta, own, q, fed, phi, out):
    """Newton's steps that fall back on halving: where the value (order 0) or the slope (order 1) is at a level."""
    for _ in range(200):
        _at(x, state, theta, own, q, fed, phi, out)
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
def _look(note, start, length, first, last, state, after, theta, own, q, fed, phi, out, lower, upper, lasting):
    """Solve what happens within one step of one patient."""
    slope_first = slope_last = 0.0
    for i in range(len(state)):
        slope_first += theta[i] * state[i] + own[i] * q[0]
        slope_last += theta[i] * after[i] + own[i] * (q[0] + q[1] + q[2] / 2 + q[3] / 6)
    slack = _FLAT * max(abs(first), abs(last))
    turn, peak = 1.0, last
    turns = (slope_first > slack and slope_last < -slack) or (slope_first < -slack and slope_last > slack)
    if turns:
        turn = _guess(0.0, 1.0, first, last, slope_first, slope_last, 0.0, 1)
        turn = _root(turn, 0.0, 1.0, slope_first > 0, 0.0, 1, state, theta, own, q, fed, phi, out)
        _at(turn, state, theta, own, q, fed, phi, out)
        peak = out[0]
    _candidate(note, first, start)
    _candidate(note, peak, start + turn * length)
    _candidate(note, last, start + length)
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
                x = _guess(a, b, ca, cb, sa, sb, level, 0)
                x = _root(x, a, b, ca >= level, level, 0, state, theta, own, q, fed, phi, out)
                side = (_INSIDE if now else _BELOW) if low else (_ABOVE if now else _INSIDE)
                _change(note, start + x * length, side, lasting)


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
    """One vector of patients through the whole schedule; lanes that are not used repeat its first patient."""
    m, fed = rates.shape[0], feeds.shape[0] > 0
    three = 3 * ((m + 2) // 3)  # exponentials are added up in threes; those that fill up are zero
    counted, origin = rows[-1], hours[0]
    end_of_all = hours[counted]
    lasting = min(sustained, end_of_all - origin) * (1 - 1e-12)
    rate, own = np.full((three, LANES), -1.0), np.zeros((three, LANES))
    for i in range(m):
        for p in range(LANES):
            rate[i, p] = rates[i, offset + (p if p < used else 0)]
            own[i, p] = amplitudes[i, offset + (p if p < used else 0)]
    decay, answer = _steps(rate, own, lengths, fed)
    z, began = np.zeros((three, LANES)), np.zeros((three, LANES))
    # Without feeds: what an exponential of one has become after each step of a stride. With feeds: what each is.
    table, tabled = np.empty((three, STRIDE + 1, LANES)), -1
    shown, busy, change = np.zeros((STRIDE + 3, LANES)), np.zeros(LANES), np.zeros(LANES)
    notes = np.zeros((LANES, 16))
    state, after, mine, theta = np.empty(m), np.empty(m), np.empty(m), np.empty(m)
    q, phi, out = np.zeros(4), np.empty(4), np.empty(3)
    row, asked = 0, 0
    skips = not fed and len(sampled) == 0
    slow_first = np.empty((m, LANES), dtype=np.int64)
    for p in range(LANES):
        slow_first[:, p] = np.argsort(-rate[:m, p])
    for segment in range(len(breaks) - 1):
        first, last = breaks[segment], breaks[segment + 1]
        _enter(z, own, jumps[first], offset, used, shown[0])
        change[:] = 0.0  # the first step of a segment is always looked into
        if first < counted:
            if first == rows[row]:
                began[:] = z
            for p in range(used):
                _begin(notes[p], _side(shown[0, p], lower, upper), hours[first], first == 0, first == rows[row], lasting)
        k0 = first
        while k0 < last:
            steps = min(STRIDE, last - k0)
            more = steps + (1 if k0 + steps < last else 0)  # a look ahead: whether the curve turns there
            if fed:
                _fed_states(z, table, decay, answer, which[k0: k0 + more], feeds[k0: k0 + more], offset, used)
            else:
                tabled = _powers(table, decay, which[k0: k0 + more], tabled)
            _shown(z, table, shown, more, fed)
            while asked < len(sampled) and sampled[asked] < k0 + steps:
                for p in range(used):
                    curves[asked, offset + p] = shown[sampled[asked] - k0, p]
                asked += 1
            if first < counted:
                _flag(shown, more, change, lower, upper, busy)
                for p in range(used):
                    if not (busy[p] <= 0.0 or k0 + steps == last):
                        continue
                    column = offset + p if feeds.shape[2] > 1 else 0
                    previous = 9 if k0 == first else _trend(shown[STRIDE + 2, p], shown[0, p])
                    for k in range(steps):
                        a, b = shown[k, p], shown[k + 1, p]
                        now = _trend(a, b)
                        coming = _trend(b, shown[k + 2, p]) if k + 1 < more else 9
                        if now != previous or now != coming or _side(a, lower, upper) != _side(b, lower, upper):
                            length = lengths[which[k0 + k]]
                            for i in range(m):
                                at_begin = 1.0 if fed else z[i, p]
                                state[i] = z[i, p] if k == 0 else table[i, k - 1, p] * at_begin
                                after[i] = table[i, k, p] * at_begin
                                theta[i], mine[i] = rate[i, p] * length, own[i, p]
                            if fed:
                                for j in range(4):
                                    q[j] = feeds[k0 + k, j, column]
                            _look(notes[p], hours[k0 + k], length, a, b, state, after, theta, mine, q, fed, phi, out,
                                  lower, upper, lasting)
                        previous = now
            _advance(z, table, shown, change, steps, fed)
            k0 += steps
            if skips and k0 < last and first < counted and _monotone(slow_first, rate, z):
                for p in range(used):
                    span, total = hours[last] - hours[k0], 0.0
                    for i in range(m):
                        theta[i], mine[i], state[i] = rate[i, p] * span, own[i, p], z[i, p]
                        after[i] = state[i] * math.exp(theta[i])
                        z[i, p] = after[i]
                        total += after[i]
                    _look(notes[p], hours[k0], span, shown[0, p], total, state, after, theta, mine, q, fed, phi, out,
                          lower, upper, lasting)
                    shown[0, p] = total
                k0 = last
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
        _finish(notes[p], origin, end_of_all, lasting, whole[:, offset + p])


@njit(**_options)
def _monotone(slow_first, rate, z):
    """Whether no curve turns any more: Σ_k s_k (e_k - e_(k+1)) + s_n e_n has one sign if all partial sums s_k have.

    The slope is Σ λ_i z_i e_i with e_i = exp(λ_i t), slowest first, so that each e_k - e_(k+1) is positive.
    """
    for p in range(z.shape[1]):
        total, sign = 0.0, 0.0
        for i in range(slow_first.shape[0]):
            j = slow_first[i, p]
            total += rate[j, p] * z[j, p]
            if total != 0.0:
                if sign * total < 0.0:
                    return False
                sign = total
    return True


@njit(**_options)
def _steps(rate, own, lengths, fed):
    """What becomes of each exponential in a step of each length, and its answer to a feed."""
    decay = np.empty((len(lengths), *rate.shape))
    answer, phi = np.empty((len(lengths) if fed else 0, 4, *rate.shape)), np.empty(4)
    for k in range(len(lengths)):
        for i in range(rate.shape[0]):
            for p in range(rate.shape[1]):
                decay[k, i, p] = math.exp(rate[i, p] * lengths[k])
                if fed:
                    _answers(rate[i, p] * lengths[k], phi)
                    for j in range(4):
                        answer[k, j, i, p] = own[i, p] * phi[j]
    return decay, answer


@njit(**_options)
def _enter(z, own, jumps, offset, used, shown):
    """What enters at once."""
    shown[:] = 0.0
    for p in range(len(shown)):
        jump = jumps[offset + (p if p < used else 0) if len(jumps) > 1 else 0]
        for i in range(len(z)):
            z[i, p] += own[i, p] * jump
            shown[p] += z[i, p]


@njit(**_options)
def _begin(note, side, time, of_all, of_row, lasting):
    """A patient's notes at the beginning of a segment."""
    if of_all:
        note[:] = 0.0
        note[_SIDE], note[_MARK], note[_STAY] = side, time, time
        note[_FIRST] = time if side == _INSIDE else np.nan
        note[_ONSET], note[_LEAVES] = np.nan, np.nan
    elif side != int(note[_SIDE]):
        _change(note, time, side, lasting)
    if of_row:
        note[_HIGH], note[_LOW], note[_THEN] = -np.inf, np.inf, -np.inf
        note[_IN] = note[_UNDER] = note[_OVER] = 0.0


@njit(**_options)
def _finish(note, origin, end, lasting, whole):
    """The numbers of `WHOLE` from a patient's notes."""
    side, never = int(note[_SIDE]), math.isnan(note[_FIRST])
    _stayed(note, end, side, lasting)
    if side != _INSIDE and not never:
        note[_GAP] = max(note[_GAP], end - note[_OUT])
    whole[0], whole[1] = note[_FIRST] - origin, note[_ONSET] - origin
    whole[2] = np.nan if never or side == _INSIDE else note[_LEAVES] - origin
    whole[3] = np.nan if never else note[_GAP]
    whole[4] = np.nan if never else note[_GAP_BELOW]


@njit(**_options)
def _powers(table, decay, which, tabled):
    """Fill the table for steps of these lengths; returns the length of all its steps, or -1 where they differ."""
    alike = which[0]
    for w in which:
        if w != alike:
            alike = -1
    if alike >= 0 and alike == tabled:
        return tabled
    for i in range(table.shape[0]):
        table[i, 0] = decay[which[0], i]
        # A table of one length is filled to its end: the next stride may be longer.
        for k in range(1, table.shape[1] if alike >= 0 else len(which)):
            before, now, factor = table[i, k - 1], table[i, k], decay[alike if alike >= 0 else which[k], i]
            for p in range(len(now)):
                now[p] = before[p] * factor[p]
    return alike


@njit(**_options)
def _fed_states(z, table, decay, answer, which, feeds, offset, used):
    """Fill the table with every exponential after every step, with what is fed."""
    for i in range(table.shape[0]):
        before = z[i]
        for k in range(len(which)):
            now, factor = table[i, k], decay[which[k], i]
            a0, a1, a2, a3 = (answer[which[k], 0, i], answer[which[k], 1, i], answer[which[k], 2, i],
                              answer[which[k], 3, i])
            if feeds.shape[2] == 1:
                q0, q1, q2, q3 = feeds[k, 0, 0], feeds[k, 1, 0], feeds[k, 2, 0], feeds[k, 3, 0]
                for p in range(len(now)):
                    now[p] = before[p] * factor[p] + (a0[p] * q0 + a1[p] * q1 + a2[p] * q2 + a3[p] * q3)
            else:
                for p in range(len(now)):
                    c = offset + (p if p < used else 0)
                    now[p] = before[p] * factor[p] + (a0[p] * feeds[k, 0, c] + a1[p] * feeds[k, 1, c]
                                                      + a2[p] * feeds[k, 2, c] + a3[p] * feeds[k, 3, c])
            before = now


@njit(**_options)
def _shown(z, table, shown, steps, fed):
    """Concentrations after every step."""
    for i in range(0, len(z), 3):
        z0, z1, z2 = z[i], z[i + 1], z[i + 2]
        for k in range(steps):
            t0, t1, t2, total = table[i, k], table[i + 1, k], table[i + 2, k], shown[k + 1]
            if fed and i == 0:
                for p in range(len(total)):
                    total[p] = t0[p] + t1[p] + t2[p]
            elif fed:
                for p in range(len(total)):
                    total[p] += t0[p] + t1[p] + t2[p]
            elif i == 0:
                for p in range(len(total)):
                    total[p] = z0[p] * t0[p] + z1[p] * t1[p] + z2[p] * t2[p]
            else:
                for p in range(len(total)):
                    total[p] += z0[p] * t0[p] + z1[p] * t1[p] + z2[p] * t2[p]


@njit(**_options)
def _flag(shown, steps, change, lower, upper, busy):
    """Make ``busy`` not positive in lanes that turn or touch a limit within these steps; none is overlooked."""
    busy[:] = np.inf
    for k in range(steps):
        a, b = shown[k], shown[k + 1]
        for p in range(len(busy)):
            step = b[p] - a[p]
            least = min(step * change[p], (a[p] - lower) * (b[p] - lower))
            least = min(least, (a[p] - upper) * (b[p] - upper))
            busy[p] = min(busy[p], least)
            change[p] = step


@njit(**_options)
def _advance(z, table, shown, change, steps, fed):
    """To the end of a stride; the last row of ``shown`` keeps the point before it."""
    for i in range(len(z)):
        for p in range(z.shape[1]):
            z[i, p] = table[i, steps - 1, p] if fed else z[i, p] * table[i, steps - 1, p]
    for p in range(z.shape[1]):
        shown[STRIDE + 2, p] = shown[steps - 1, p]
        change[p] = shown[steps, p] - shown[steps - 1, p]
        shown[0, p] = shown[steps, p]
