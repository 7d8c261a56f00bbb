"""The steps of `screening`, compiled: one walk after another.

Needs numba (the extra ``fast``). The compiled code is kept beside this file, so that the second process does not
compile; `tape_fast` runs the curves.
"""

import math

import numpy as np
from numba import njit

from .screening import EASIER, FAR_OFF, FLOOR, HARDER, HARDLY, LEAST, MOST, STEEPEST, TINY, TURNS, TWIN
from .screening_laws import OPTIONS
from .tape_fast import ROOTS, fetch, knows, program, run_numbers, run_points

__all__ = ["descend", "hunt", "knows", "prepared"]


def prepared(job):
    """What of a job does not depend on the measured values, as the kernels take it."""
    written, size = program(job.tape, job.amplitudes), len(job.tape.slopes)
    timely = np.empty((len(written.timely), len(job.hours)))
    if written.timely:
        nowhere = np.zeros((1, size))
        timely[:] = [np.broadcast_to(row, len(job.hours))
                     for row in job.tape.run(written.timely, nowhere, job.hours, nowhere)]
    held = np.zeros(size, dtype=np.bool_)
    held[list(job.held)] = True
    none = np.empty((0, 0))
    weight, whitening = (none if matrix is None else np.ascontiguousarray(np.atleast_2d(matrix), dtype=float)
                         for matrix in (job.weight, job.whitening))
    return (written.first, written.scalar_slopes, written.values, written.slopes, written.numbers, timely, written.rows,
            written.refs, written.amplitude_refs, written.mixed, np.array(job.amplitudes, dtype=np.int64), weight,
            whitening, np.ascontiguousarray(job.pulls, dtype=float),
            np.array(job.ordered, dtype=np.int64).reshape(-1, 2), held)


def descend(job, place, low, high, edges, steps, enough, patience):
    """As `screening.descend`; places, sums of squares, whether each arrived, and J'J."""
    count, size = place.shape
    place, squares = np.array(place, dtype=float, order="C"), np.empty(count)
    arrived, normal = np.zeros(count, dtype=np.bool_), np.zeros((count, size, size))
    low, high, edges = (_by_walker(each, place.shape) for each in (low, high, edges))
    _walks(*job.prepared, _measured(job), low, high, edges, steps, enough, patience, place, squares,
           arrived, normal)
    return place, squares, arrived, normal


def hunt(job, place, low, high, scouts, walkers, steps, enough):
    """As `screening.hunt`."""
    low, high = (_by_walker(each, place.shape) for each in (low, high))
    return _hunt(*job.prepared, _measured(job), low, high, scouts, walkers, steps, enough,
                 np.array(place, dtype=float, order="C"))


def _measured(job):
    return np.ascontiguousarray(np.atleast_2d(job.measured), dtype=float)


def _by_walker(given, shape):
    """One row for all walkers, or one for each."""
    given = np.asarray(given, dtype=float)
    return np.ascontiguousarray(given[None] if given.ndim == 1 else np.broadcast_to(given, shape))


@njit(**OPTIONS)
def _white(row, weight, whitening, spare):
    n = len(row)
    if whitening.shape[0] > 0:
        for i in range(n):
            total = 0.0
            for k in range(n):
                total += whitening[i, k] * row[k]
            spare[i] = total
        for i in range(n):
            row[i] = spare[i]
    elif len(weight) > 0:
        for i in range(n):
            row[i] *= weight[i]


@njit(**OPTIONS)
def _believe(row, limit, instead):
    for k in range(len(row)):
        if not math.isfinite(row[k]):
            row[k] = instead
        elif row[k] > limit:
            row[k] = limit
        elif row[k] < -limit:
            row[k] = -limit


@njit(**OPTIONS)
def _merge(place, low, high, ordered, edges):
    for p in range(len(ordered)):
        a, b = ordered[p, 0], ordered[p, 1]
        if place[a] > place[b] and edges[a] == edges[b]:
            bottom = max(low[a], low[b])
            top = max(min(high[a], high[b]), bottom)
            place[a] = place[b] = min(max((place[a] + place[b]) / 2.0, bottom), top)
    for k in range(len(place)):
        place[k] = min(max(place[k], low[k]), high[k])


@njit(**OPTIONS)
def _solve(normal, right):
    """Cholesky's way, in place; False where the matrix has no root."""
    n = len(right)
    for i in range(n):
        for k in range(i + 1):
            total = normal[i, k]
            for m in range(k):
                total -= normal[i, m] * normal[k, m]
            if i == k:
                if not total > 0.0:
                    return False
                normal[i, i] = math.sqrt(total)
            else:
                normal[i, k] = total / normal[k, k]
    for i in range(n):
        for k in range(i):
            right[i] -= normal[i, k] * right[k]
        right[i] /= normal[i, i]
    for i in range(n - 1, -1, -1):
        for k in range(i + 1, n):
            right[i] -= normal[k, i] * right[k]
        right[i] /= normal[i, i]
    return True


@njit(**OPTIONS)
def _judge(first, values, numbers, rows, refs, amplitude_refs, mixed, amplitudes, measured, weight, whitening, pulls,
           low, high, roots, place, off, by, cross, spare):
    """Residuals at a place whose amplitudes are put at their best; the sum of squares."""
    n, count = rows.shape[1], len(amplitudes)
    for k in range(len(place)):
        numbers[k] = place[k]
    run_numbers(first, numbers, roots)
    run_points(values, numbers, rows, roots)
    inner = off[:n]
    fetch(refs[0], numbers, rows, inner)
    for k in range(n):
        inner[k] -= measured[k]
    _white(inner, weight, whitening, spare)
    _believe(inner, FAR_OFF, FAR_OFF)
    for i in range(count):
        fetch(amplitude_refs[i], numbers, rows, by[i])
        _white(by[i], weight, whitening, spare)
        _believe(by[i], STEEPEST, 0.0)
    for m in range(len(mixed)):
        fetch(mixed[m, 2], numbers, rows, cross[m])
        _white(cross[m], weight, whitening, spare)
        _believe(cross[m], STEEPEST, 0.0)
    for _ in range(TURNS if count > 1 else min(count, 1)):
        for i in range(count):
            a, size, full = amplitudes[i], 0.0, 0.0
            for k in range(n):
                size += by[i, k] * by[i, k]
                full += inner[k] * by[i, k]
            for q in range(len(pulls)):
                if pulls[q, 0] == a:
                    size += pulls[q, 2] ** 2
                    full += pulls[q, 2] ** 2 * (place[a] - pulls[q, 1])
            move = min(max(place[a] - full / max(size, TINY), low[a]), high[a]) - place[a]
            place[a] += move
            numbers[a] = place[a]
            for k in range(n):
                inner[k] += move * by[i, k]
            for m in range(len(mixed)):
                if mixed[m, 0] == i or mixed[m, 1] == i:
                    b = mixed[m, 1] if mixed[m, 0] == i else mixed[m, 0]
                    for k in range(n):
                        by[b, k] += move * cross[m, k]
    for q in range(len(pulls)):
        off[n + q] = pulls[q, 2] * (place[int(pulls[q, 0])] - pulls[q, 1])
    total = 0.0
    for k in range(len(off)):
        total += off[k] * off[k]
    return total


@njit(**OPTIONS)
def _tilt(scalar_slopes, slopes, numbers, rows, refs, weight, whitening, pulls, held, roots, slope, spare):
    """The slopes of the residuals, one row per parameter, at the place that was judged last."""
    n = rows.shape[1]
    run_numbers(scalar_slopes, numbers, roots)
    run_points(slopes, numbers, rows, roots)
    for p in range(len(held)):
        inner = slope[p, :n]
        if held[p]:
            inner[:] = 0.0
        else:
            fetch(refs[1 + p], numbers, rows, inner)
            _white(inner, weight, whitening, spare)
            _believe(inner, STEEPEST, 0.0)
        for q in range(len(pulls)):
            slope[p, n + q] = pulls[q, 2] if pulls[q, 0] == p else 0.0


@njit(**OPTIONS)
def _normal(slope, off, place, low, high, normal, gradient, stays):
    """J'J and J'r with what is held left out."""
    count, m = slope.shape
    for p in range(count):
        total = 0.0
        for k in range(m):
            total += slope[p, k] * off[k]
        gradient[p] = total
        stays[p] = (place[p] <= low[p] and total >= 0.0) or (place[p] >= high[p] and total <= 0.0) or low[p] >= high[p]
    for p in range(count):
        for q in range(p + 1):
            total = 0.0
            if not (stays[p] or stays[q]):
                for k in range(m):
                    total += slope[p, k] * slope[q, k]
            normal[p, q] = normal[q, p] = total


@njit(**OPTIONS)
def _walks(first, scalar_slopes, values, slopes, constants, timely, height, refs, amplitude_refs, mixed, amplitudes,
           weights, whitening, pulls, ordered, held, measured, lows, highs, all_edges, steps, enough, patience, places,
           squares, arrived, normals):
    """Every walker in turn; places, sums of squares, arrivals and J'J are written into the last four."""
    count, n = places.shape[1], timely.shape[1]
    rows = np.empty((height, n))
    rows[:len(timely)] = timely
    m, numbers, roots = n + len(pulls), constants.copy(), np.full(ROOTS, np.nan)
    by, cross, spare = np.empty((len(amplitudes), n)), np.empty((len(mixed), n)), np.empty(n)
    off, trial_off, slope = np.empty(m), np.empty(m), np.empty((count, m))
    normal, gradient, stays = np.empty((count, count)), np.empty(count), np.empty(count, dtype=np.bool_)
    trial, step, steepest = np.empty(count), np.empty(count), np.empty(count)
    hard = np.ones(count, dtype=np.bool_)
    for a in amplitudes:
        hard[a] = False
    least = np.inf
    for w in range(len(places)):
        place, low, high = places[w], lows[w if len(lows) > 1 else 0], highs[w if len(highs) > 1 else 0]
        edges = all_edges[w if len(all_edges) > 1 else 0]
        points = measured[w if measured.shape[0] > 1 else 0]
        weight = weights[w if weights.shape[0] > 1 else 0] if weights.shape[0] > 0 else spare[:0]
        numbers[count:2 * count] = edges
        _merge(place, low, high, ordered, edges)
        total = _judge(first, values, numbers, rows, refs, amplitude_refs, mixed, amplitudes, points, weight, whitening,
                       pulls, low, high, roots, place, off, by, cross, spare)
        if steps == 0:
            squares[w] = total
            continue
        _tilt(scalar_slopes, slopes, numbers, rows, refs, weight, whitening, pulls, held, roots, slope, spare)
        damping, fresh = 1e-2, True
        steepest[:] = 0.0
        for _ in range(steps):
            if fresh:
                _normal(slope, off, place, low, high, normals[w], gradient, stays)
            top = 0.0
            for p in range(count):
                steepest[p] = max(steepest[p], normals[w, p, p])
                top = max(top, steepest[p])
            for p in range(count):
                for q in range(count):
                    normal[p, q] = normals[w, p, q]
                ridge = damping * (steepest[p] + FLOOR * top) if hard[p] else HARDLY * normals[w, p, p]
                normal[p, p] += ridge + TINY + (1.0 if stays[p] else 0.0)
                step[p] = 0.0 if stays[p] else -gradient[p]
            solved = _solve(normal, step)
            still = True
            for p in range(count):
                trial[p] = min(max(place[p] + (step[p] if solved else 0.0), low[p]), high[p])
            _merge(trial, low, high, ordered, edges)
            for p in range(count):
                still = still and (stays[p] or abs(trial[p] - place[p]) <= 1e-9 * (1.0 + abs(place[p])))
            found = np.inf
            if solved:
                found = _judge(first, values, numbers, rows, refs, amplitude_refs, mixed, amplitudes, points, weight,
                               whitening, pulls, low, high, roots, trial, trial_off, by, cross, spare)
            better = found < total
            done = total <= TINY or (better and total - found <= enough * total) or (
                not better and (damping >= MOST or (solved and still)))
            fresh, gain = better, total - found
            if better:
                for p in range(count):
                    place[p] = trial[p]
                for k in range(m):
                    off[k] = trial_off[k]
                total, damping = found, max(damping / EASIER, LEAST)
                _tilt(scalar_slopes, slopes, numbers, rows, refs, weight, whitening, pulls, held, roots, slope, spare)
            else:
                damping *= HARDER
            if done:
                arrived[w] = True
                break
            if patience > 0.0 and total >= least and (total - least <= TWIN * least or (
                    better and gain < patience * (total - least))):
                break
        squares[w], least = total, min(least, total)
        _normal(slope, off, place, low, high, normals[w], gradient, stays)


@njit(**OPTIONS)
def _promising(squares, count):
    """As `screening.promising`."""
    half, total = count // 2, len(squares)
    chosen = np.zeros(total, dtype=np.bool_)
    chosen[np.argsort(squares, kind="mergesort")[:half]] = True
    begin = 0
    for group in range(half):
        end = begin + total // half + (1 if group < total % half else 0)
        if end > begin:
            chosen[begin + np.argmin(squares[begin:end])] = True
        begin = end
    return np.flatnonzero(chosen)


@njit(**OPTIONS)
def _hunt(first, scalar_slopes, values, slopes, constants, timely, height, refs, amplitude_refs, mixed, amplitudes,
          weights, whitening, pulls, ordered, held, measured, low, high, scouts, walkers, steps, enough, places):
    """Judges all places, which are overwritten; what is kept of the scouts."""
    count = places.shape[1]
    edges, squares = np.zeros((1, count)), np.empty(len(places))
    arrived, normals = np.empty(len(places), dtype=np.bool_), np.empty((len(places), count, count))
    _walks(first, scalar_slopes, values, slopes, constants, timely, height, refs, amplitude_refs, mixed, amplitudes,
           weights, whitening, pulls, ordered, held, measured, low, high, edges, 0, enough, 0.0, places, squares,
           arrived, normals)
    begun = places[_promising(squares, scouts)]
    _walks(first, scalar_slopes, values, slopes, constants, timely, height, refs, amplitude_refs, mixed, amplitudes,
           weights, whitening, pulls, ordered, held, measured, low, high, edges, steps, enough, 0.0, begun,
           squares, arrived, normals)
    return begun[np.argsort(squares[:len(begun)], kind="mergesort")[:walkers]]
