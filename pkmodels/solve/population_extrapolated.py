"""The same as `population_saturable`, compiled, patients side by side, for doses that enter at once.

What flows into the stores that exchange with the place of elimination is known exactly, as a sum of exponentials, so
that few equations are left. Their steps are Euler's, linearly implicit, in 1, 2, ... `ROWS` parts, extrapolated to
infinitely many (Hairer and Wanner, Solving Ordinary Differential Equations II, IV.9): steps may be as long as the
solution is smooth, whatever the rates. Every patient has steps of its own, chosen by an estimate of their error and of
that of the polynomial between them: its slopes, bends, mean and moment are extrapolated too.

Arrays of rows are flat, as `population_roots` describes; the place of elimination is the first of the stores.
"""

import math

import numpy as np
from numba import njit

from .population_notes import HIGH, IN, LOW, OPTIONS, OVER, UNDER, WHEN, begin_of, finish, side_of, spend
from .population_polynomials import look_into
from .population_roots import exponential

#: Patients side by side, parts of the finest row of a step, and steps of one patient before it is given up.
LANES, ROWS, MOST = 32, 8, 200_000
#: Error allowed per step: of the stores (relative to each, and to what has entered) and of the curve between.
RELATIVE, OF_ALL, BETWEEN = 1e-7, 1e-10, 6e-7
#: What has an error of first, second, ... order in the parts' lengths goes to none: weights of rows 1 to 8, and of
#: rows 2 to 8 alone, whose difference from the former estimates the error.
_WEIGHTS = np.array([math.prod(j / (j - i) for i in range(1, ROWS + 1) if i != j) for j in range(1, ROWS + 1)])
_FEWER = np.array([0.0, *(math.prod(j / (j - i) for i in range(2, ROWS + 1) if i != j) for j in range(2, ROWS + 1))])
#: Rows of what is known of a lane: its step in hours, rate_max, half; then what the stores show, their matrix and the
#: rates of what flows in.
_H, _TOP, _HALF, _SEEN = 0, 1, 2, 3
#: Rows of what a step finds: mean of the curve and of it times 2u - 1 (u from 0 to 1), value at the end, slope and
#: bend there (times the step and its square); stores; the last again by fewer rows.
_MEAN, _MOMENT, _VALUE, _SLOPE, _BEND, _NEW = 0, 1, 2, 3, 4, 5


@njit(**OPTIONS)
def walk(flowing, rates, entry, matrix, seen, rate_max, half, hours, jumps, rows, breaks, lower, upper, sustained,
         sampled, each, whole, curves, stores, inputs):
    """All patients through a schedule; the first that was given up, or -1.

    ``flowing`` and ``rates`` (inputs, patients) are the exponentials of what flows into the first store after a dose
    of one milligram, ``entry`` and ``seen`` (stores, patients) what else of it enters and what the stores show;
    ``matrix`` (stores, stores, patients) is 1/h. ``stores`` and ``inputs`` are tuples as long as there are such.
    """
    g, flows = len(stores), len(inputs)
    count = rates.shape[1]
    known = np.zeros((_SEEN + g + g * g + flows) * LANES)
    y, parts = np.empty(g * LANES), np.empty(flows * LANES)
    found = np.empty((_NEW + 2 * g) * LANES)
    work = np.empty((5 + 2 * g + 2 * flows + 2 * g * g) * LANES)
    room = np.empty((7, LANES))  # taken row by row: rows of an unpacked array do not become vectors
    h, done, value, slope, bend, area, entered = room[0], room[1], room[2], room[3], room[4], room[5], room[6]
    notes, poly = np.empty((LANES, 16)), np.empty(8)
    asked, steps = np.zeros(LANES, dtype=np.int64), np.zeros(LANES, dtype=np.int64)
    origin, end = hours[0], hours[rows[-1]]
    lasting = min(sustained, end - origin) * (1 - 1e-12)
    for offset in range(0, count, LANES):
        used = min(LANES, count - offset)
        _load(known, offset, used, rates, matrix, seen, rate_max, half, stores, inputs)
        y[:] = parts[:] = entered[:] = h[:] = 0.0
        asked[:] = steps[:] = 0
        row = 0
        for segment in range(len(breaks) - 1):
            first, last = breaks[segment], breaks[segment + 1]
            start, span = hours[first], hours[last] - hours[first]
            counted = first < rows[-1]
            for p in range(LANES):
                who = offset + (p if p < used else 0)
                jump = jumps[first, who if jumps.shape[1] > 1 else 0]
                entered[p] += abs(jump)
                fastest = known[_TOP * LANES + p] / known[_HALF * LANES + p]
                for k in range(flows):
                    parts[k * LANES + p] += jump * flowing[k, who]
                    fastest = max(fastest, -rates[k, who])
                for i in range(g):
                    y[i * LANES + p] += jump * entry[i, who]
                    fastest = max(fastest, -matrix[i, i, who])
                h[p] = 0.3 / fastest if jump != 0.0 or h[p] == 0.0 else h[p]
                value[p], slope[p], bend[p] = _beginning(p, y, parts, known, stores, inputs)
                if counted and p < used:
                    side = side_of(value[p], lower, upper)
                    begin_of(notes[p], side, start, first == 0, first == rows[row], lasting)
                    if first == rows[row]:
                        area[p] = 0.0
                done[p] = 0.0 if p < used else span
            while True:
                waiting = 0
                for p in range(LANES):
                    left = span - done[p]
                    known[_H * LANES + p] = left if h[p] >= left * (1 - 1e-12) else h[p]
                    waiting += left > 0.0
                if waiting == 0:
                    break
                _step(y, parts, known, found, work, stores, inputs)
                for p in range(used):
                    if done[p] >= span:
                        continue
                    now, worst, steps[p] = known[_H * LANES + p], 0.0, steps[p] + 1
                    for i in range(g):
                        old, new = y[i * LANES + p], found[(_NEW + i) * LANES + p]
                        allowed = RELATIVE * max(abs(old), abs(new)) + OF_ALL * entered[p] + 1e-300
                        worst = max(worst, abs(new - found[(_NEW + g + i) * LANES + p]) / allowed)
                    mean = found[_MEAN * LANES + p]
                    off = _between(poly, value[p], slope[p] * now, bend[p] * now * now, found[_VALUE * LANES + p],
                                   found[_SLOPE * LANES + p], found[_BEND * LANES + p], mean,
                                   found[_MOMENT * LANES + p])
                    worst = max(worst, off / (BETWEEN * abs(mean) + 1e-12 * abs(value[p]) + 1e-300))
                    if steps[p] > MOST or not math.isfinite(worst):
                        return offset + p
                    if worst > 1.0:
                        h[p] = now * max(0.2, 0.9 * worst ** (-1.0 / ROWS))
                        continue
                    ends = done[p] + now >= span
                    begin, stop = start + done[p], hours[last] if ends else start + done[p] + now
                    while asked[p] < len(sampled) and hours[sampled[asked[p]]] < stop:
                        u, total = (hours[sampled[asked[p]]] - begin) / now, 0.0
                        for j in range(7, -1, -1):
                            total = total * u + poly[j]
                        curves[asked[p], offset + p] = total
                        asked[p] += 1
                    if counted:
                        area[p] += now * mean
                        look_into(notes[p], begin, now, value[p], found[_VALUE * LANES + p], poly, lower, upper,
                                  lasting)
                    value[p], slope[p] = found[_VALUE * LANES + p], found[_SLOPE * LANES + p] / now
                    bend[p] = found[_BEND * LANES + p] / (now * now)
                    for i in range(g):
                        y[i * LANES + p] = found[(_NEW + i) * LANES + p]
                    for k in range(flows):
                        rate = known[(_SEEN + g + g * g + k) * LANES + p]
                        parts[k * LANES + p] *= exponential(rate * now)
                    done[p] = span if ends else done[p] + now
                    grown = now * min(4.0, 0.9 * max(worst, 1e-12) ** (-1.0 / ROWS))
                    h[p] = max(h[p], grown) if ends else grown  # a step that was cut short says little of the next
            if row < len(rows) - 1 and last == rows[row + 1]:
                for p in range(used):
                    note, who = notes[p], offset + p
                    spend(note, hours[last])
                    each[0, row, who], each[1, row, who], each[2, row, who] = note[IN], note[UNDER], note[OVER]
                    each[3, row, who], each[4, row, who] = note[HIGH], note[WHEN] - hours[rows[row]]
                    each[5, row, who], each[6, row, who], each[7, row, who] = note[LOW], value[p], area[p]
                row += 1
        for p in range(used):
            curves[asked[p]:, offset + p] = value[p]
            finish(notes[p], origin, end, lasting, whole[:, offset + p])
    return -1


@njit(**OPTIONS)
def _load(known, offset, used, rates, matrix, seen, rate_max, half, stores, inputs):
    """What is known of the patients of these lanes; lanes that are not used repeat the first."""
    g = len(stores)
    for p in range(LANES):
        who = offset + (p if p < used else 0)
        known[_TOP * LANES + p], known[_HALF * LANES + p] = rate_max[who], half[who]
        for i in range(g):
            known[(_SEEN + i) * LANES + p] = seen[i, who]
            for j in range(g):
                known[(_SEEN + g + i * g + j) * LANES + p] = matrix[i, j, who]
        for k in range(len(inputs)):
            known[(_SEEN + g + g * g + k) * LANES + p] = rates[k, who]


@njit(**OPTIONS)
def _beginning(p, y, parts, known, stores, inputs):
    """Value, slope and bend of the curve at the beginning of a segment."""
    g, value, slope, bend = len(stores), 0.0, 0.0, 0.0
    rate, faster = np.empty(g), 0.0
    top, half, first = known[_TOP * LANES + p], known[_HALF * LANES + p], y[p]
    for i in range(g):
        rate[i] = 0.0
        for j in range(g):
            rate[i] += known[(_SEEN + g + i * g + j) * LANES + p] * y[j * LANES + p]
    rate[0] -= top * first / (half + first)
    for k in range(len(inputs)):
        rate[0] += parts[k * LANES + p]
        faster += known[(_SEEN + g + g * g + k) * LANES + p] * parts[k * LANES + p]
    for i in range(g):
        weight, change = known[(_SEEN + i) * LANES + p], 0.0
        for j in range(g):
            change += known[(_SEEN + g + i * g + j) * LANES + p] * rate[j]
        if i == 0:
            change += faster - top * half / (half + first) ** 2 * rate[0]
        value += weight * y[i * LANES + p]
        slope += weight * rate[i]
        bend += weight * change
    return value, slope, bend


@njit(**OPTIONS)
def _between(poly, first, slope, bend, last, slope_last, bend_last, mean, moment):
    """The polynomial with these values, slopes and bends at 0 and 1, mean and moment; how much the moment says.

    A quintic, and on it b(u) = u³ (1 - u)³ and b(u) (2u - 1), whose mean is 1/140 and whose moment is 1/1260.
    """
    rise, more, most = last - first - slope - bend / 2, slope_last - slope - bend, bend_last - bend
    poly[0], poly[1], poly[2] = first, slope, bend / 2
    poly[3] = 10 * rise - 4 * more + most / 2
    poly[4], poly[5] = -15 * rise + 7 * more - most, 6 * rise - 3 * more + most / 2
    for k in range(6):
        mean -= poly[k] / (k + 1)
        moment -= poly[k] * (2 / (k + 2) - 1 / (k + 1))
    even, odd = 140 * mean, 1260 * moment
    poly[3] += even - odd
    poly[4] += 5 * odd - 3 * even
    poly[5] += 3 * even - 9 * odd
    poly[6], poly[7] = 7 * odd - even, -2 * odd
    return 0.00372 * abs(odd)  # the largest of b(u) |2u - 1|


@njit(**OPTIONS)
def _step(y, parts, known, found, work, stores, inputs):
    """One step of every lane, extrapolated from all rows."""
    g, flows = len(stores), len(inputs)
    state, part, factor, answer, forward, inverse = _rows_of(stores, inputs)
    rates = _SEEN + g + g * g
    found[:] = 0.0
    for row in range(1, ROWS + 1):
        share = 1.0 / row
        _parts_of(share, y, known, work, stores, inputs)
        for p in range(LANES):
            value = 0.0
            for i in range(g):
                work[(state + i) * LANES + p] = y[i * LANES + p]
                value += known[(_SEEN + i) * LANES + p] * y[i * LANES + p]
            for k in range(flows):
                work[(part + k) * LANES + p] = parts[k * LANES + p]
                rate = known[(rates + k) * LANES + p]
                work[(factor + k) * LANES + p] = exponential(rate * known[_H * LANES + p] * share)
            work[p], work[LANES + p], work[2 * LANES + p] = 0.0, 0.0, value
            work[3 * LANES + p], work[4 * LANES + p] = 0.0, 0.0
        for now in range(1, row + 1):
            middle = 2.0 * now * share - 1.0
            for p in range(LANES):
                first, value = work[state * LANES + p], 0.0
                flow = -known[_TOP * LANES + p] * first / (known[_HALF * LANES + p] + first)
                for k in range(flows):
                    fed = work[(part + k) * LANES + p] * work[(factor + k) * LANES + p]
                    work[(part + k) * LANES + p] = fed
                    flow += fed
                for i in range(g):
                    new = flow * work[(answer + i) * LANES + p]
                    for j in range(g):
                        old = first if j == 0 else work[(state + j) * LANES + p]
                        new += work[(forward + i * g + j) * LANES + p] * old
                    work[(inverse + i) * LANES + p] = new  # all stores are old until all are known
                for i in range(g):
                    new = work[(inverse + i) * LANES + p]
                    work[(state + i) * LANES + p] = new
                    value += known[(_SEEN + i) * LANES + p] * new
                work[p], work[LANES + p], work[2 * LANES + p] = work[LANES + p], work[2 * LANES + p], value
                work[3 * LANES + p] += value
                work[4 * LANES + p] += middle * value
        weight, fewer = _WEIGHTS[row - 1], _FEWER[row - 1]
        for p in range(LANES):
            oldest, old, new = work[p], work[LANES + p], work[2 * LANES + p]
            found[_MEAN * LANES + p] += weight * share * work[3 * LANES + p]
            found[_MOMENT * LANES + p] += weight * share * work[4 * LANES + p]
            found[_VALUE * LANES + p] += weight * new
            found[_SLOPE * LANES + p] += weight * row * (new - old)
            found[_BEND * LANES + p] += fewer * row * row * (new - 2 * old + oldest)
            for i in range(g):
                found[(_NEW + i) * LANES + p] += weight * work[(state + i) * LANES + p]
                found[(_NEW + g + i) * LANES + p] += fewer * work[(state + i) * LANES + p]


@njit(**OPTIONS)
def _rows_of(stores, inputs):
    """Rows of the work, after the values at the last three parts and two sums: the compiler knows them."""
    g, flows = len(stores), len(inputs)
    answer = 5 + g + 2 * flows
    return 5, 5 + g, 5 + g + flows, answer, answer + g, answer + g + g * g


@njit(**OPTIONS)
def _parts_of(share, y, known, work, stores, inputs):
    """What a part of a step makes of the stores, I + l (I - l J)^-1 A, and of a flow into the first, l (I - l J)^-1 e.

    A is the matrix without what saturates, J the one with its slope where the step begins, l the length of a part.
    The inverse is that of Gauss and Jordan without exchanges: the matrix is dominated by its diagonal.
    """
    g, matrix = len(stores), _SEEN + len(stores)
    _, _, _, answer, forward, inverse = _rows_of(stores, inputs)
    for p in range(LANES):
        length, room = known[_H * LANES + p] * share, known[_HALF * LANES + p] + y[p]
        slope = known[_TOP * LANES + p] * known[_HALF * LANES + p] / (room * room)
        for i in range(g):
            for j in range(g):
                k = (i * g + j) * LANES + p
                jacobian = known[matrix * LANES + k] - (slope if i == 0 and j == 0 else 0.0)
                work[inverse * LANES + k] = (1.0 if i == j else 0.0) - length * jacobian
    for p in range(LANES):
        for k in range(g):
            pivot = 1.0 / work[(inverse + k * g + k) * LANES + p]
            work[(inverse + k * g + k) * LANES + p] = 1.0
            for j in range(g):
                work[(inverse + k * g + j) * LANES + p] *= pivot
            for i in range(g):
                if i != k:
                    times = work[(inverse + i * g + k) * LANES + p]
                    work[(inverse + i * g + k) * LANES + p] = 0.0
                    for j in range(g):
                        work[(inverse + i * g + j) * LANES + p] -= times * work[(inverse + k * g + j) * LANES + p]
    for p in range(LANES):
        length = known[_H * LANES + p] * share
        for i in range(g):
            work[(answer + i) * LANES + p] = length * work[(inverse + i * g) * LANES + p]
            for j in range(g):
                total = 0.0
                for k in range(g):
                    total += work[(inverse + i * g + k) * LANES + p] * known[(matrix + k * g + j) * LANES + p]
                work[(forward + i * g + j) * LANES + p] = (1.0 if i == j else 0.0) + length * total
