"""The same numbers as `population_leaps`, compiled, patients side by side (see there for the mathematics).

Arrays of rows are flat, as `population_roots` describes. The compiled code is cached beside this file, so that the
second start is quick. No lane's arithmetic depends on its neighbours, so neither block nor threads change numbers.
"""

import numpy as np
from numba import njit

from .population_leaps import NOTHING, leaps
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
from .population_numpy import EACH, WHOLE
from .population_roots import ASKED, HALVINGS, LANES, LEFT, LEVEL, RIGHT, SIGN, X, exponential, powers, roots, scaled


def measured(bodies, schedule, lower, upper, sustained):
    """As `pkmodels.solve.population_leaps.measured`."""
    rates, amplitudes = bodies.rates.copy(), bodies.amplitudes.copy()
    _slowest_first(rates, amplitudes)
    each = np.empty((len(EACH), len(schedule.rows) - 1, bodies.count))
    whole = np.empty((len(WHOLE), bodies.count))
    _walk(rates, amplitudes, schedule.hours, schedule.jumps, schedule.rows.astype(np.int64),
          leaps(schedule).astype(np.int64), float(lower), float(upper), float(sustained), each, whole,
          (0,) * len(rates))
    return each, whole


def curves(bodies, schedule, sampled):
    """As `pkmodels.solve.population_leaps.curves`."""
    found = np.empty((len(sampled), bodies.count))
    (lengths, which), order = schedule.lengths, np.argsort(sampled, kind="stable")
    _sample(np.ascontiguousarray(bodies.rates), np.ascontiguousarray(bodies.amplitudes), lengths,
            which.astype(np.int64), schedule.jumps, sampled[order].astype(np.int64), found, (0,) * len(bodies.rates))
    return found if (np.diff(sampled) >= 0).all() else found[np.argsort(order)]


@njit(**OPTIONS)
def _sample(rates, amplitudes, lengths, which, jumps, sampled, found, modes):
    n, count = rates.shape
    state, own, decay = np.empty(n * LANES), np.empty(n * LANES), np.empty((len(lengths), n * LANES))
    value = np.empty(LANES)
    for offset in range(0, count, LANES):
        used, asked = min(LANES, count - offset), 0
        for i in range(n):
            for p in range(LANES):
                who = offset + (p if p < used else 0)
                own[i * LANES + p] = amplitudes[i, who]
                for k in range(len(lengths)):
                    decay[k, i * LANES + p] = exponential(rates[i, who] * lengths[k])
        state[:] = 0.0
        for k in range(len(which) + 1):
            if k < len(which):
                for p in range(LANES):
                    jump = jumps[k, offset + (p if p < used else 0) if jumps.shape[1] > 1 else 0]
                    if jump != 0.0:
                        for i in range(n):
                            state[i * LANES + p] += jump * own[i * LANES + p]
            if asked < len(sampled) and sampled[asked] == k:
                for p in range(LANES):
                    total = 0.0
                    for i in range(n):
                        total += state[i * LANES + p]
                    value[p] = total
                while asked < len(sampled) and sampled[asked] == k:
                    found[asked, offset: offset + used] = value[:used]
                    asked += 1
            if k < len(which):
                factor = decay[which[k]]
                for q in range(n * LANES):
                    state[q] *= factor[q]


@njit(**OPTIONS)
def _slowest_first(rates, amplitudes):
    """As `population_leaps.slowest_first`, in place: patient by patient, by insertion."""
    n, count = rates.shape
    for p in range(count):
        least = rates[0, p]
        for i in range(1, n):
            least = min(least, rates[i, p])
        for i in range(n):
            rate, own = least if amplitudes[i, p] == 0.0 else rates[i, p], amplitudes[i, p]
            k = i
            while k > 0 and rates[k - 1, p] < rate:
                rates[k, p], amplitudes[k, p] = rates[k - 1, p], amplitudes[k - 1, p]
                k -= 1
            rates[k, p], amplitudes[k, p] = rate, own


@njit(**OPTIONS)
def _walk(rates, amplitudes, hours, jumps, rows, breaks, lower, upper, sustained, each, whole, modes):
    """All patients, group by group; the length of ``modes`` is the number of exponentials."""
    n, count = rates.shape
    room = np.empty((8, n * LANES))  # taken row by row: rows of an unpacked array do not become vectors
    rate, own, state, ended = room[0], room[1], room[2], room[3]
    theta, decay, gain, shifted = room[4], room[5], room[6], room[7]
    room = np.empty((4, (n + 2) * LANES))
    bounds, values, signs, found = room[0], room[1], room[2], room[3]
    tables = np.empty((2, (HALVINGS + 1) * n * LANES))  # of the exponentials, and of them divided by the slowest
    chain = np.zeros((n + 1, n * LANES))
    crossed, ask, work = np.empty(2 * (n + 1) * LANES), np.empty(5 * LANES), np.empty((3 + n) * LANES)
    area, jump, notes = np.empty(LANES), np.empty(LANES), np.empty((LANES, 16))
    origin, end = hours[0], hours[rows[-1]]
    lasting = min(sustained, end - origin) * (1 - 1e-12)
    for offset in range(0, count, LANES):
        used = min(LANES, count - offset)
        for i in range(n):
            for p in range(LANES):  # lanes that are not used repeat the first patient
                rate[i * LANES + p] = rates[i, offset + (p if p < used else 0)]
                own[i * LANES + p] = amplitudes[i, offset + (p if p < used else 0)]
        state[:] = 0.0
        row, tabled = 0, -1.0
        for segment in range(len(breaks) - 1):
            first, last = breaks[segment], breaks[segment + 1]
            start, length = hours[first], hours[last] - hours[first]
            if length != tabled:
                _prepare(rate, length, theta, decay, gain, shifted, modes)
                powers(theta, tables[0], modes)
                powers(shifted, tables[1], modes)
                tabled = length
            if first == rows[row]:
                area[:] = 0.0
            for p in range(LANES):
                jump[p] = jumps[first, offset + (p if p < used else 0) if jumps.shape[1] > 1 else 0]
            _enter(state, own, jump, decay, gain, chain[0], theta, ended, area, modes)
            turns = _turns(chain, shifted, tables[1], bounds, signs, found, ask, work, modes)
            _values(state, ended, theta, bounds, values, work, turns, modes)
            for k in range(turns + 1):
                for high in range(2):
                    _cross(k, high, upper if high else lower, state, theta, tables[0], bounds, values, crossed, ask,
                           work, modes)
            for p in range(used):
                note = notes[p]
                begin_of(note, side_of(values[p], lower, upper), start, first == 0, first == rows[row], lasting)
                _write(note, p, turns, start, length, bounds, values, crossed, lower, upper, lasting)
            state[:] = ended
            if last == rows[row + 1]:
                for p in range(used):
                    note, who = notes[p], offset + p
                    spend(note, hours[last])
                    each[0, row, who], each[1, row, who], each[2, row, who] = note[IN], note[UNDER], note[OVER]
                    each[3, row, who], each[4, row, who] = note[HIGH], note[WHEN] - hours[rows[row]]
                    each[5, row, who], each[6, row, who] = note[LOW], values[(turns + 1) * LANES + p]
                    each[7, row, who] = area[p]
                row += 1
        for p in range(used):
            finish(notes[p], origin, end, lasting, whole[:, offset + p])


@njit(**OPTIONS)
def _prepare(rate, length, theta, decay, gain, shifted, modes):
    """What a leap of this length makes of each exponential, and the area under it."""
    for p in range(LANES):
        for i in range(len(modes)):
            k = i * LANES + p
            y = rate[k] * length
            s, r = scaled(y)
            theta[k], decay[k], gain[k] = y, s + s * r, ((s - 1.0) + s * r) / rate[k]
            shifted[k] = y - rate[p] * length


@njit(**OPTIONS)
def _enter(state, own, jump, decay, gain, slopes, theta, ended, area, modes):
    """What enters at once, and where it leads."""
    for p in range(LANES):
        for i in range(len(modes)):
            k = i * LANES + p
            z = state[k] + jump[p] * own[k]
            state[k], ended[k], slopes[k] = z, z * decay[k], theta[k] * z
            area[p] += z * gain[k]


@njit(**OPTIONS)
def _turns(chain, shifted, table, bounds, signs, found, ask, work, modes):
    """Where slopes are zero goes into the rows of ``bounds`` from 1 on, rising; how many rows that are."""
    most, depth = _changes(chain[0], signs, modes), 0
    while most > 1:
        _derive(chain[depth], chain[depth + 1], shifted, signs, modes)
        depth += 1
        most = _changes(chain[depth], signs, modes)
    between = 0
    bounds[:LANES] = 0.0
    for level in range(depth, -1, -1):
        bounds[(between + 1) * LANES: (between + 2) * LANES] = 1.0
        _signs(chain[level], shifted, table, bounds, signs, between, modes)
        rows = 0
        for gap in range(between + 1):
            asked = 0.0
            for p in range(LANES):
                left, right = signs[gap * LANES + p], signs[(gap + 1) * LANES + p]
                ask[LEVEL * LANES + p], ask[SIGN * LANES + p] = 0.0, left
                ask[LEFT * LANES + p], ask[RIGHT * LANES + p] = bounds[gap * LANES + p], bounds[(gap + 1) * LANES + p]
                ask[ASKED * LANES + p] = 1.0 if left != right else 0.0
                asked += ask[ASKED * LANES + p]
            if asked == 0.0:
                continue
            roots(chain[level], shifted, table, ask, work, modes)
            for p in range(LANES):  # into its place: lanes without a zero here keep theirs at the end
                new = work[X * LANES + p] if ask[ASKED * LANES + p] == 1.0 else 1.0
                for k in range(rows):
                    old = found[k * LANES + p]
                    found[k * LANES + p] = old if old < new else new
                    new = new if old < new else old
                found[rows * LANES + p] = new
            rows += 1
        bounds[LANES: (rows + 1) * LANES] = found[:rows * LANES]
        between = rows
    bounds[(between + 1) * LANES: (between + 2) * LANES] = 1.0
    return between


@njit(**OPTIONS)
def _changes(c, found, modes):
    """How often the sums c_1, c_1 + c_2, ... change their sign in each lane, and the most of it."""
    n, most = len(modes), 0.0
    for p in range(LANES):
        size = 0.0
        for i in range(n):
            size += abs(c[i * LANES + p])
        total = sign = changes = 0.0
        for i in range(n):
            total += c[i * LANES + p]
            shown = 0.0 if i == n - 1 and abs(total) <= NOTHING * size else total
            changes += 1.0 if shown * sign < 0.0 else 0.0
            sign = sign if shown == 0.0 else (1.0 if shown > 0.0 else -1.0)
        found[p] = changes
    for p in range(LANES):
        most = found[p] if found[p] > most else most
    return most


@njit(**OPTIONS)
def _derive(c, derived, shifted, changes, modes):
    """What is left of sums, divided by the last term that brings a change of sign, and derived."""
    n = len(modes)
    for p in range(LANES):
        sign = last = 0.0
        for i in range(n):
            value = c[i * LANES + p]
            last = shifted[i * LANES + p] if value * sign < 0.0 else last
            sign = sign if value == 0.0 else (1.0 if value > 0.0 else -1.0)
        for i in range(n):
            left = c[i * LANES + p] * (shifted[i * LANES + p] - last)
            derived[i * LANES + p] = left if changes[p] > 1.0 else 0.0


@njit(**OPTIONS)
def _signs(c, shifted, table, bounds, signs, between, modes):
    """1 or -1 for the sign of a sum just after 0, at the places between, and at 1."""
    n, nothing = len(modes), 0.0
    for p in range(LANES):
        total = size = 0.0
        for i in range(n):
            total += c[i * LANES + p]
            size += abs(c[i * LANES + p])
        signs[p] = 0.0 if abs(total) <= NOTHING * size else (1.0 if total > 0.0 else -1.0)
    for p in range(LANES):
        nothing += 1.0 if signs[p] == 0.0 else 0.0
    for k in range(1, n if nothing > 0.0 else 1):  # the first derivative that is not nothing
        for p in range(LANES):
            total = size = 0.0
            for i in range(n):
                part = c[i * LANES + p] * shifted[i * LANES + p] ** k
                total += part
                size += abs(part)
            now = 0.0 if abs(total) <= NOTHING * size else (1.0 if total > 0.0 else -1.0)
            signs[p] = now if signs[p] == 0.0 else signs[p]
    for p in range(LANES):
        signs[p] = 1.0 if signs[p] > 0.0 else -1.0
    for row in range(1, between + 1):
        for p in range(LANES):
            total = 0.0
            for i in range(n):
                total += c[i * LANES + p] * exponential(shifted[i * LANES + p] * bounds[row * LANES + p])
            signs[row * LANES + p] = 1.0 if total > 0.0 else -1.0
    for p in range(LANES):
        total = 0.0
        for i in range(n):
            total += c[i * LANES + p] * table[i * LANES + p]
        signs[(between + 1) * LANES + p] = 1.0 if total > 0.0 else -1.0


@njit(**OPTIONS)
def _values(state, ended, theta, bounds, values, work, turns, modes):
    """The curves at their turns and at the ends of the leap."""
    n = len(modes)
    for p in range(LANES):
        first = last = 0.0
        for i in range(n):
            first += state[i * LANES + p]
            last += ended[i * LANES + p]
        values[p], values[(turns + 1) * LANES + p] = first, last
    for row in range(1, turns + 1):
        for p in range(LANES):
            x, total = bounds[row * LANES + p], 0.0
            for i in range(n):
                total += state[i * LANES + p] * exponential(theta[i * LANES + p] * x)
            work[p] = total
        for p in range(LANES):
            last = values[(turns + 1) * LANES + p]
            values[row * LANES + p] = work[p] if bounds[row * LANES + p] < 1.0 else last


@njit(**OPTIONS)
def _cross(k, high, level, state, theta, table, bounds, values, crossed, ask, work, modes):
    """Where the k-th pieces of the curves cross a limit."""
    asked = 0.0
    for p in range(LANES):
        first, last = values[k * LANES + p], values[(k + 1) * LANES + p]
        before, after = (first > level, last > level) if high else (first >= level, last >= level)
        ask[LEVEL * LANES + p], ask[SIGN * LANES + p] = level, 1.0 if before else -1.0
        ask[LEFT * LANES + p], ask[RIGHT * LANES + p] = bounds[k * LANES + p], bounds[(k + 1) * LANES + p]
        ask[ASKED * LANES + p] = 1.0 if before != after else 0.0
        asked += ask[ASKED * LANES + p]
    row = (2 * k + high) * LANES
    crossed[row: row + LANES] = np.nan
    if asked > 0.0:
        roots(state, theta, table, ask, work, modes)
        for p in range(LANES):
            crossed[row + p] = work[X * LANES + p] if ask[ASKED * LANES + p] == 1.0 else np.nan


@njit(**OPTIONS)
def _write(note, p, turns, start, length, bounds, values, crossed, lower, upper, lasting):
    """What happened within a leap goes into the notes of its patient."""
    candidate(note, values[p], start)
    for k in range(turns + 1):
        first, last = values[k * LANES + p], values[(k + 1) * LANES + p]
        rising = last > first
        for order in range(2):
            high = rising != (order == 0)
            x = crossed[(2 * k + high) * LANES + p]
            if x == x:
                side = (ABOVE if rising else INSIDE) if high else (INSIDE if rising else BELOW)
                change_side(note, start + x * length, side, lasting)
        candidate(note, last, start + bounds[(k + 1) * LANES + p] * length)
