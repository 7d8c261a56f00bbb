"""The same numbers as `population_numpy`, compiled, of bodies into which a release is fed.

Patients are the lanes of the processor's vectors. Needs numba (the extra ``fast``). The compiled code is cached beside
this file, so that the second start is quick. A lane's arithmetic does not depend on its neighbours, so neither block
nor threads change numbers.
"""

import math

import numpy as np
from numba import njit

from .population_notes import (
    HIGH,
    IN,
    LOW,
    OPTIONS,
    OVER,
    UNDER,
    WHEN,
    answers,
    begin_of,
    finish,
    look,
    side_of,
    spend,
    trend_of,
)
from .population_numpy import EACH, WHOLE

#: Patients walked side by side, and steps between two looks at whether something happened.
LANES, STRIDE = 16, 16
_MEASURES, _WHOLE = len(EACH), len(WHOLE)


def measured(bodies, schedule, lower, upper, sustained, sampled):
    """As `pkmodels.solve.population_numpy.measured`, for exact bodies into which something is fed."""
    lengths, which = schedule.lengths
    each = np.empty((_MEASURES, len(schedule.rows) - 1, bodies.count))
    whole = np.empty((_WHOLE, bodies.count))
    curves = np.empty((len(sampled), bodies.count))
    order = np.argsort(sampled, kind="stable")
    breaks = np.unique(np.concatenate([[0], schedule.jumping, schedule.rows, [schedule.steps]]))
    _walk(np.ascontiguousarray(bodies.rates), np.ascontiguousarray(bodies.amplitudes), schedule.hours, lengths,
          which.astype(np.int64), schedule.jumps, np.ascontiguousarray(schedule.feeds), schedule.rows.astype(np.int64),
          breaks.astype(np.int64), schedule.entered, float(lower), float(upper), float(sustained),
          sampled[order].astype(np.int64), each, whole, curves)
    curves[order] = curves.copy()
    return each, whole, curves


@njit(**OPTIONS)
def _walk(rates, amplitudes, hours, lengths, which, jumps, feeds, rows, breaks, entered, lower, upper, sustained,
          sampled, each, whole, curves):
    count = rates.shape[1]
    for begin in range(0, count, LANES):
        _lanes(begin, min(LANES, count - begin), rates, amplitudes, hours, lengths, which, jumps, feeds, rows, breaks,
               entered, lower, upper, sustained, sampled, each, whole, curves)


@njit(**OPTIONS)
def _lanes(offset, used, rates, amplitudes, hours, lengths, which, jumps, feeds, rows, breaks, entered, lower, upper,
           sustained, sampled, each, whole, curves):
    """One vector of patients through the whole schedule; lanes that are not used repeat its first patient."""
    m = rates.shape[0]
    three = 3 * ((m + 2) // 3)  # exponentials are added up in threes; those that fill up are zero
    counted, origin = rows[-1], hours[0]
    end_of_all = hours[counted]
    lasting = min(sustained, end_of_all - origin) * (1 - 1e-12)
    rate, own = np.full((three, LANES), -1.0), np.zeros((three, LANES))
    for i in range(m):
        for p in range(LANES):
            rate[i, p] = rates[i, offset + (p if p < used else 0)]
            own[i, p] = amplitudes[i, offset + (p if p < used else 0)]
    decay, answer = _steps(rate, own, lengths)
    z, began = np.zeros((three, LANES)), np.zeros((three, LANES))
    table = np.empty((three, STRIDE + 1, LANES))  # what each exponential is after each step of a stride
    shown, busy, change = np.zeros((STRIDE + 3, LANES)), np.zeros(LANES), np.zeros(LANES)
    notes = np.zeros((LANES, 16))
    state, after, mine, theta = np.empty(m), np.empty(m), np.empty(m), np.empty(m)
    q, phi, out = np.zeros(4), np.empty(4), np.empty(3)
    row, asked = 0, 0
    for segment in range(len(breaks) - 1):
        first, last = breaks[segment], breaks[segment + 1]
        _enter(z, own, jumps[first], offset, used, shown[0])
        change[:] = 0.0  # the first step of a segment is always looked into
        if first < counted:
            if first == rows[row]:
                began[:] = z
            for p in range(used):
                side = side_of(shown[0, p], lower, upper)
                begin_of(notes[p], side, hours[first], first == 0, first == rows[row], lasting)
        k0 = first
        while k0 < last:
            steps = min(STRIDE, last - k0)
            more = steps + (1 if k0 + steps < last else 0)  # a look ahead: whether the curve turns there
            _states(z, table, decay, answer, which[k0: k0 + more], feeds[k0: k0 + more], offset, used)
            _shown(table, shown, more)
            while asked < len(sampled) and sampled[asked] < k0 + steps:
                for p in range(used):
                    curves[asked, offset + p] = shown[sampled[asked] - k0, p]
                asked += 1
            if first < counted:
                _flag(shown, more, change, lower, upper, busy)
                for p in range(used):
                    if busy[p] > 0.0 and k0 + steps < last:
                        continue
                    column = offset + p if feeds.shape[2] > 1 else 0
                    previous = 9 if k0 == first else trend_of(shown[STRIDE + 2, p], shown[0, p])
                    for k in range(steps):
                        a, b = shown[k, p], shown[k + 1, p]
                        now = trend_of(a, b)
                        coming = trend_of(b, shown[k + 2, p]) if k + 1 < more else 9
                        if now != previous or now != coming or side_of(a, lower, upper) != side_of(b, lower, upper):
                            length = lengths[which[k0 + k]]
                            for i in range(m):
                                state[i], after[i] = z[i, p] if k == 0 else table[i, k - 1, p], table[i, k, p]
                                theta[i], mine[i] = rate[i, p] * length, own[i, p]
                            for j in range(4):
                                q[j] = feeds[k0 + k, j, column]
                            look(notes[p], hours[k0 + k], length, a, b, state, after, theta, mine, q, phi, out, lower,
                                 upper, lasting)
                        previous = now
            _advance(z, table, shown, change, steps)
            k0 += steps
        if row < len(rows) - 1 and last == rows[row + 1]:
            for p in range(used):
                note, who = notes[p], offset + p
                spend(note, hours[last])
                area = 0.0
                for i in range(m):
                    gained = entered[row, who if entered.shape[1] > 1 else 0] * own[i, p]
                    area += (z[i, p] - began[i, p] - gained) / rate[i, p]
                each[0, row, who], each[1, row, who], each[2, row, who] = note[IN], note[UNDER], note[OVER]
                each[3, row, who], each[4, row, who] = note[HIGH], note[WHEN] - hours[rows[row]]
                each[5, row, who], each[6, row, who], each[7, row, who] = note[LOW], shown[0, p], area
            row += 1
    while asked < len(sampled):
        for p in range(used):
            curves[asked, offset + p] = shown[0, p]
        asked += 1
    for p in range(used):
        finish(notes[p], origin, end_of_all, lasting, whole[:, offset + p])


@njit(**OPTIONS)
def _steps(rate, own, lengths):
    """What becomes of each exponential in a step of each length, and its answer to a feed."""
    decay = np.empty((len(lengths), *rate.shape))
    answer, phi = np.empty((len(lengths), 4, *rate.shape)), np.empty(4)
    for k in range(len(lengths)):
        for i in range(rate.shape[0]):
            for p in range(rate.shape[1]):
                decay[k, i, p] = math.exp(rate[i, p] * lengths[k])
                answers(rate[i, p] * lengths[k], phi)
                for j in range(4):
                    answer[k, j, i, p] = own[i, p] * phi[j]
    return decay, answer


@njit(**OPTIONS)
def _enter(z, own, jumps, offset, used, shown):
    """What enters at once."""
    shown[:] = 0.0
    for p in range(len(shown)):
        jump = jumps[offset + (p if p < used else 0) if len(jumps) > 1 else 0]
        for i in range(len(z)):
            z[i, p] += own[i, p] * jump
            shown[p] += z[i, p]


@njit(**OPTIONS)
def _states(z, table, decay, answer, which, feeds, offset, used):
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


@njit(**OPTIONS)
def _shown(table, shown, steps):
    """Concentrations after every step."""
    for i in range(0, len(table), 3):
        for k in range(steps):
            t0, t1, t2, total = table[i, k], table[i + 1, k], table[i + 2, k], shown[k + 1]
            for p in range(len(total)):
                total[p] = (0.0 if i == 0 else total[p]) + t0[p] + t1[p] + t2[p]


@njit(**OPTIONS)
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


@njit(**OPTIONS)
def _advance(z, table, shown, change, steps):
    """To the end of a stride; the last row of ``shown`` keeps the point before it."""
    for i in range(len(z)):
        for p in range(z.shape[1]):
            z[i, p] = table[i, steps - 1, p]
    for p in range(z.shape[1]):
        shown[STRIDE + 2, p] = shown[steps - 1, p]
        change[p] = shown[steps, p] - shown[steps - 1, p]
        shown[0, p] = shown[steps, p]
