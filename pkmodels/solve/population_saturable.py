"""Numbers of a population whose elimination saturates at one place (Michaelis and Menten), patient by patient.

dx/dt = A x + what is fed - rate_max x_c / (half + x_c) at the place c. Dormand and Prince's pair of orders 5 and 4
with steps of each patient's own, its quartic between them (Hairer, Norsett and Wanner, Solving Ordinary
Differential Equations I, II.5 and II.6); peaks, crossings and areas are those of the quartics. Steps end at doses,
at ends of dosing intervals and, where a release is fed, at the steps of the schedule. With numba (the extra
``fast``) it is compiled; without, the same lines run in Python, some hundred times slower.
"""

import math

import numpy as np
from scipy.integrate import RK45

from ..errors import SolveError
from .population import Numbers
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
    njit,
    side_of,
    spend,
)
from .population_numpy import EACH, WHOLE

#: Error allowed per step, relative to each store and to the largest of what is in all stores.
RELATIVE, OF_ALL = 1e-7, 1e-11
#: Steps of one patient before it is given up.
MOST = 2_000_000
_PARTS, _LAST, _OFF, _BETWEEN = RK45.A, RK45.B, RK45.E, RK45.P


def stream(matrix, entry, weights, place, rate_max, half, schedule, *, lower=-np.inf, upper=np.inf, sustained=24.0,
           sampled=()):
    """Walk all patients through a schedule.

    Parameters
    ----------
    matrix : array (n, n, patients)
        1/h, without the elimination that saturates.
    entry, weights : array (n, patients)
        What of one milligram goes where; concentration per milligram.
    place : int
        The store that is eliminated from.
    rate_max, half : array (patients,)
        mg/h, and the milligrams in that store at which half of it is reached.
    schedule : Schedule
    lower, upper, sustained, sampled
        As `pkmodels.solve.population.stream` takes them.

    Returns
    -------
    Numbers

    Raises
    ------
    SolveError
        Where a patient needs more than `MOST` steps, or values are not finite.
    """
    sampled = np.asarray(sampled, dtype=np.int64)
    kept = matrix.any(axis=(0, 2)) | weights.any(axis=1) | entry.any(axis=1)
    kept[place] = True
    at = int(np.count_nonzero(kept[:place]))
    matrix, entry, weights = matrix[np.ix_(kept, kept)], entry[kept], weights[kept]
    count = matrix.shape[-1]
    into, out_of = (np.ascontiguousarray(k) for k in np.nonzero(matrix.any(axis=-1)))
    breaks = np.unique(np.concatenate([[0], schedule.jumping, schedule.rows, [schedule.steps]])).astype(np.int64)
    if schedule.feeds is not None:
        breaks = np.arange(schedule.steps + 1)
    feeds = np.empty((0, 4, 1)) if schedule.feeds is None else np.ascontiguousarray(schedule.feeds)
    each = np.empty((len(EACH), len(schedule.rows) - 1, count))
    whole, curves = np.empty((len(WHOLE), count)), np.empty((len(sampled), count))
    order = np.argsort(sampled, kind="stable")
    given_up = _walk(np.ascontiguousarray(matrix[into, out_of]), into, out_of, np.ascontiguousarray(entry),
                     np.ascontiguousarray(weights), at, np.broadcast_to(rate_max, count).astype(float),
                     np.broadcast_to(half, count).astype(float), schedule.hours, schedule.jumps, feeds,
                     schedule.rows.astype(np.int64), breaks, float(lower), float(upper), float(sustained),
                     sampled[order], each, whole, curves)
    if given_up >= 0:
        raise SolveError(f"patient {given_up + 1} of this block could not be solved in {MOST} steps (highest rate of "
                         f"elimination {float(np.broadcast_to(rate_max, count)[given_up]):g} mg/h, fastest rate "
                         f"{float(np.abs(matrix[..., given_up]).max()):g} 1/h); check the parameters")
    curves[order] = curves.copy()
    return Numbers(dict(zip(EACH, each, strict=True)), dict(zip(WHOLE, whole, strict=True)), curves)


@njit(**OPTIONS)
def _walk(flows, into, out_of, entry, weights, place, rate_max, half, hours, jumps, feeds, rows, breaks, lower, upper,
          sustained, sampled, each, whole, curves):
    """All patients; the first that was given up, or -1."""
    n, count = entry.shape
    slopes, x, new, other = np.zeros((7, n)), np.zeros(n), np.zeros(n), np.zeros(n)
    note, poly, q = np.zeros(16), np.zeros(5), np.zeros(4)
    counted, fed = rows[-1], len(feeds) > 0
    origin, end_of_all = hours[0], hours[counted]
    lasting = min(sustained, end_of_all - origin) * (1 - 1e-12)
    for who in range(count):
        flow, own, seen = flows[:, who].copy(), entry[:, who].copy(), weights[:, who].copy()
        top, middle = rate_max[who], half[who]
        fastest = top / middle
        for j in range(len(flow)):
            fastest = max(fastest, abs(flow[j]))
        x[:] = 0.0
        row, asked, steps, area, entered, h = 0, 0, 0, 0.0, 0.0, 0.0
        for segment in range(len(breaks) - 1):
            first, last = breaks[segment], breaks[segment + 1]
            jump = jumps[first, who if jumps.shape[1] > 1 else 0]
            for i in range(n):
                x[i] += own[i] * jump
            entered += abs(jump)
            if jump != 0.0 or h == 0.0:
                h = 0.1 / fastest
            value = 0.0
            for i in range(n):
                value += seen[i] * x[i]
            if first < counted:
                begin_of(note, side_of(value, lower, upper), hours[first], first == 0, first == rows[row], lasting)
                if first == rows[row]:
                    area = 0.0
            span = hours[last] - hours[first]
            if fed:
                for j in range(4):
                    q[j] = feeds[first, j, who if feeds.shape[2] > 1 else 0]
                entered += abs(q[0] + q[1] / 2 + q[2] / 6 + q[3] / 24)
            done = 0.0  # hours since the segment began: no digits are lost late in a long regimen
            _slopes(x, 0.0, span, flow, into, out_of, own, place, top, middle, q, fed, slopes[0])
            while done < span:
                ends = done + h >= span * (1 - 1e-12)
                now = span - done if ends else h
                for stage in range(1, 6):
                    for i in range(n):
                        total = 0.0
                        for j in range(stage):
                            total += _PARTS[stage, j] * slopes[j, i]
                        other[i] = x[i] + now * total
                    at = done + now * (0.2 if stage == 1 else 0.3 if stage == 2 else 0.8 if stage == 3 else
                                       8 / 9 if stage == 4 else 1.0)
                    _slopes(other, at / span, span, flow, into, out_of, own, place, top, middle, q, fed, slopes[stage])
                for i in range(n):
                    total = 0.0
                    for j in range(6):
                        total += _LAST[j] * slopes[j, i]
                    new[i] = x[i] + now * total
                _slopes(new, (done + now) / span, span, flow, into, out_of, own, place, top, middle, q, fed, slopes[6])
                worst = 0.0
                for i in range(n):
                    off = 0.0
                    for j in range(7):
                        off += _OFF[j] * slopes[j, i]
                    allowed = RELATIVE * max(abs(x[i]), abs(new[i])) + OF_ALL * entered + 1e-300
                    worst = max(worst, abs(now * off) / allowed)
                steps += 1
                if steps > MOST or not math.isfinite(worst):
                    return who
                if worst > 1.0:
                    h = now * max(0.2, 0.9 * worst**-0.2)
                    continue
                start = hours[first] + done
                for j in range(5):
                    poly[j] = 0.0
                poly[0] = value
                last_value = 0.0
                for i in range(n):
                    last_value += seen[i] * new[i]
                    if seen[i] != 0.0:
                        for k in range(4):
                            total = 0.0
                            for j in range(7):
                                total += slopes[j, i] * _BETWEEN[j, k]
                            poly[k + 1] += now * seen[i] * total
                stop = hours[last] if ends else start + now
                while asked < len(sampled) and hours[sampled[asked]] < stop:
                    u = (hours[sampled[asked]] - start) / now
                    curves[asked, who] = poly[0] + u * (poly[1] + u * (poly[2] + u * (poly[3] + u * poly[4])))
                    asked += 1
                if first < counted:
                    area += now * (poly[0] + poly[1] / 2 + poly[2] / 3 + poly[3] / 4 + poly[4] / 5)
                    _look(note, start, now, value, last_value, poly, lower, upper, lasting)
                value = last_value
                for i in range(n):
                    x[i], slopes[0, i] = new[i], slopes[6, i]
                done = span if ends else done + now
                grown = now * min(5.0, 0.9 * max(worst, 1e-10) ** -0.2)
                h = max(h, grown) if ends else grown  # a step that was cut short says little about the next
            if row < len(rows) - 1 and last == rows[row + 1]:
                spend(note, hours[last])
                each[0, row, who], each[1, row, who], each[2, row, who] = note[IN], note[UNDER], note[OVER]
                each[3, row, who], each[4, row, who] = note[HIGH], note[WHEN] - hours[rows[row]]
                each[5, row, who], each[6, row, who], each[7, row, who] = note[LOW], value, area
                row += 1
        while asked < len(sampled):
            curves[asked, who] = value
            asked += 1
        finish(note, origin, end_of_all, lasting, whole[:, who])
    return -1


@njit(**OPTIONS)
def _slopes(x, share, span, flow, into, out_of, own, place, top, middle, q, fed, found):
    """Rates of change, mg/h."""
    for i in range(len(x)):
        found[i] = 0.0
    for j in range(len(flow)):
        found[into[j]] += flow[j] * x[out_of[j]]
    found[place] -= top * x[place] / (middle + x[place])
    if fed:
        rate = (q[0] + share * (q[1] + share * (q[2] / 2 + share * q[3] / 6))) / span
        for i in range(len(x)):
            found[i] += own[i] * rate


@njit(**OPTIONS)
def _look(note, start, length, first, last, poly, lower, upper, lasting):
    """What happens within one step: at most one turn, and crossings before it and after it."""
    slope_first, slope_last = poly[1], poly[1] + 2 * poly[2] + 3 * poly[3] + 4 * poly[4]
    turn, peak = 1.0, last
    if slope_first * slope_last < 0.0:
        turn = _root(poly, 0.0, 1.0, 0.0, 1)
        peak = poly[0] + turn * (poly[1] + turn * (poly[2] + turn * (poly[3] + turn * poly[4])))
    candidate(note, first, start)
    candidate(note, peak, start + turn * length)
    candidate(note, last, start + length)
    for piece in range(2 if turn < 1.0 else 1):
        a, b, ca, cb = (0.0, turn, first, peak) if piece == 0 else (turn, 1.0, peak, last)
        rising = cb > ca
        for order in range(2):
            low = rising == (order == 0)
            level = lower if low else upper
            before, now = (ca >= level, cb >= level) if low else (ca > level, cb > level)
            if before != now:
                x = _root(poly, a, b, level, 0)
                side = (INSIDE if now else BELOW) if low else (ABOVE if now else INSIDE)
                change_side(note, start + x * length, side, lasting)


@njit(**OPTIONS)
def _root(poly, a, b, level, order):
    """Where the quartic (order 0) or its slope (order 1) is at a level: Newton's steps that fall back on halving."""
    left, x = 0.0, a
    for k in range(80):
        if order == 0:
            value = poly[0] + x * (poly[1] + x * (poly[2] + x * (poly[3] + x * poly[4]))) - level
            slope = poly[1] + x * (2 * poly[2] + x * (3 * poly[3] + x * 4 * poly[4]))
        else:
            value = poly[1] + x * (2 * poly[2] + x * (3 * poly[3] + x * 4 * poly[4]))
            slope = 2 * poly[2] + x * (6 * poly[3] + x * 12 * poly[4])
        if value == 0.0:
            return x
        if k == 0:
            left, new = value, 0.5 * (a + b)
        else:
            if (value > 0.0) == (left > 0.0):
                a = x
            else:
                b = x
            new = x - value / slope if slope != 0.0 else a
            if not a < new < b:
                new = 0.5 * (a + b)
            if abs(new - x) <= 1e-15:
                return new
        x = new
    return x
