"""Numbers of a population whose elimination saturates at one place (Michaelis and Menten), patient by patient.

dx/dt = A x + what is fed - rate_max x_c / (half + x_c) at the place c. Two ways, with the same numbers to their error:

- `population_extrapolated`, for doses that enter at once: compiled, patients side by side.
- The plain form, here, for whatever is fed: Dormand and Prince's pair of orders 5 and 4 with steps of each patient's
  own, its quartic between them (Hairer, Norsett and Wanner, Solving Ordinary Differential Equations I, II.5 and II.6);
  peaks, crossings and areas are those of the quartics. Steps end at doses, at ends of dosing intervals and, where a
  release is fed, at the steps of the schedule. Without numba (the extra ``fast``) the same lines run in Python, some
  hundred times slower.
"""

import math

import numpy as np
from scipy.integrate import RK45

from ..errors import SolveError
from .population import Numbers, has_numba
from .population_modes import Bodies, bodies
from .population_notes import HIGH, IN, LOW, OPTIONS, OVER, UNDER, WHEN, begin_of, finish, njit, side_of, spend
from .population_numpy import EACH, WHOLE
from .population_polynomials import look_into

#: Error allowed per step, relative to each store and to the largest of what is in all stores.
RELATIVE, OF_ALL = 1e-7, 1e-11
#: Steps of one patient before it is given up.
MOST = 2_000_000
_PARTS, _LAST, _OFF, _BETWEEN = RK45.A, RK45.B, RK45.E, RK45.P


def stream(matrix, entry, weights, place, rate_max, half, schedule, *, lower=-np.inf, upper=np.inf, sustained=24.0,
           sampled=(), fast=None):
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
    fast : bool, optional
        Whether patients may go side by side, which needs numba; where it is installed when not given.

    Returns
    -------
    Numbers

    Raises
    ------
    SolveError
        Where a patient needs too many steps, or values are not finite.
    """
    sampled = np.asarray(sampled, dtype=np.int64)
    kept = matrix.any(axis=(0, 2)) | weights.any(axis=1) | entry.any(axis=1)
    kept[place] = True
    place = int(np.count_nonzero(kept[:place]))
    matrix, entry, weights = matrix[np.ix_(kept, kept)], entry[kept], weights[kept]
    count = matrix.shape[-1]
    rate_max, half = (np.broadcast_to(each, count).astype(float) for each in (rate_max, half))
    each, curves = np.empty((len(EACH), len(schedule.rows) - 1, count)), np.empty((len(sampled), count))
    whole, order = np.empty((len(WHOLE), count)), np.argsort(sampled, kind="stable")
    fast = has_numba() if fast is None else fast
    inflow = _inflow(matrix, entry, weights, place) if fast and schedule.feeds is None else None
    side_by_side = np.zeros(count, dtype=bool) if inflow is None else inflow[0].exact
    breaks = np.unique(np.concatenate([[0], schedule.jumping, schedule.rows, [schedule.steps]])).astype(np.int64)
    for way in (True, False):
        here = np.flatnonzero(side_by_side == way)
        if not len(here):
            continue
        asked = schedule.rows.astype(np.int64), float(lower), float(upper), float(sustained), sampled[order]
        found = each[..., here], whole[..., here], curves[..., here]
        some = matrix[..., here], entry[..., here], weights[..., here], rate_max[here], half[here]
        way = _side_by_side if way else _one_by_one
        own = None if inflow is None else (inflow[0].only(here), inflow[1])
        given_up = way(*some, place, own, schedule.only(here), breaks, asked, found)
        if given_up >= 0:
            who = here[given_up]
            raise SolveError(f"patient {who + 1} of this block could not be solved: too many steps (highest rate of "
                             f"elimination {rate_max[who]:g} mg/h, fastest rate {np.abs(matrix[..., who]).max():g} "
                             f"1/h); check the parameters")
        each[..., here], whole[..., here], curves[..., here] = found
    curves[order] = curves.copy()
    return Numbers(dict(zip(EACH, each, strict=True)), dict(zip(WHOLE, whole, strict=True)), curves)


def _inflow(matrix, entry, weights, place):
    """What flows into the place as bodies of their own, and the stores that exchange with it, the place first.

    None where stores beyond these are seen, or fed from outside in another place than this one.
    """
    flows, n = (matrix != 0).any(axis=-1), len(matrix)
    reach = flows.T | np.eye(n, dtype=bool)
    for k in range(n):
        reach |= reach[:, [k]] & reach[[k], :]
    together = reach[place] & reach[:, place]
    before = reach[:, place] & ~together
    if weights[~together].any() or matrix[np.ix_(together & (np.arange(n) != place), before)].any():
        return None
    stores = np.array([place, *np.flatnonzero(together & (np.arange(n) != place))])
    if not entry[before].any():
        nothing = np.zeros((1, matrix.shape[-1]))
        return Bodies(-nothing[None], nothing, nothing, nothing - 1, nothing, nothing[0] == 0), stores
    return bodies(matrix[np.ix_(before, before)], entry[before], matrix[place, before], fast=True), stores


def _side_by_side(matrix, entry, weights, rate_max, half, _place, inflow, schedule, breaks, asked, found):
    from . import population_extrapolated  # compiled code loads slowly

    flowing, stores = inflow
    rows, lower, upper, sustained, sampled = asked
    return population_extrapolated.walk(
        flowing.amplitudes, flowing.rates, entry[stores], matrix[np.ix_(stores, stores)], weights[stores], rate_max,
        half, schedule.hours, schedule.jumps, rows, breaks, lower, upper, sustained, sampled, *found,
        (0,) * len(stores), (0,) * len(flowing.rates))


def _one_by_one(matrix, entry, weights, rate_max, half, place, _inflow, schedule, breaks, asked, found):
    into, out_of = (np.ascontiguousarray(k) for k in np.nonzero(matrix.any(axis=-1)))
    if schedule.feeds is not None:
        breaks = np.arange(schedule.steps + 1)
    feeds = np.empty((0, 4, 1)) if schedule.feeds is None else np.ascontiguousarray(schedule.feeds)
    rows, lower, upper, sustained, sampled = asked
    return _walk(np.ascontiguousarray(matrix[into, out_of]), into, out_of, entry, weights, place, rate_max, half,
                 schedule.hours, schedule.jumps, feeds, rows, breaks, lower, upper, sustained, sampled, *found)


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
                    look_into(note, start, now, value, last_value, poly, lower, upper, lasting)
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
