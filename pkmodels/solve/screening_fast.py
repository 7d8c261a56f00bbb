"""The steps of `screening`, compiled: an interpreter of tapes and one walk per walker.

Needs numba (the extra ``fast``). One compiled kernel serves every model, and it is kept beside this file, so that
the second process does not compile.
"""

import math
from functools import lru_cache
from types import SimpleNamespace

import numpy as np
from numba import njit

from . import screening_laws as laws
from . import tape as tapes
from .screening import EASIER, FAR_OFF, FLOOR, HARDER, HARDLY, LEAST, MOST, STEEPEST, TINY, TURNS
from .screening_laws import BATH, FILM, OPTIONS

_NAMES = ("add", "multiply", "subtract", "exp", "log", "reciprocal", "sqrt", "since", "until", "Heaviside", "logistic",
          "double_exponential", "double_exponential_rate", "growth", "erf", "erfc", "baker_lonsdale",
          "baker_lonsdale_rate", "mean_decay", "mean_decay_slope", "sphere_release", "sphere_release_rate",
          "slab_release", "slab_release_rate", "cylinder_release", "cylinder_release_rate", "film_release",
          "film_release_rate", "film_release_slope", "bath_release", "bath_release_rate", "bath_release_slope")
_CODES = {name: code for code, name in enumerate(_NAMES)}
_ADD, _MULTIPLY, _SUBTRACT, _EXP, _LOG, _RECIPROCAL, _SQRT = range(7)
_FILM, _BATH = _CODES["film_release"], _CODES["bath_release"]
_ROOTS = len(laws.series._ROOTS) + 2


@lru_cache(maxsize=512)
def knows(tape):
    """Whether every step of a tape has a compiled form."""
    return all(step.name in _CODES or step.name in ("number", "time", "input") for step in tape.steps)


def descend(job, place, low, high, edges, steps, enough):
    """As `screening.descend`; places, sums of squares, whether each arrived, and J'J."""
    program = _program(job.tape, job.amplitudes)
    rows = np.empty((program.rows, len(job.hours)))
    if program.timely:
        rows[: len(program.timely)] = [np.broadcast_to(r, len(job.hours))
                                       for r in job.tape.run(program.timely, place[:1], job.hours, edges[:1])]
    count, held = len(place), np.zeros(place.shape[1], dtype=np.bool_)
    held[list(job.held)] = True
    weight = np.empty((0, 0)) if job.weight is None else np.atleast_2d(job.weight)
    place, squares = place.copy(), np.empty(count)
    arrived, normal = np.zeros(count, dtype=np.bool_), np.zeros((count, place.shape[1], place.shape[1]))
    _walks(program.first, program.scalar_slopes, program.values, program.slopes, program.numbers, rows, program.refs,
           program.amplitude_refs, program.mixed, np.array(job.amplitudes, dtype=np.int64),
           np.atleast_2d(np.asarray(job.measured, dtype=float)), np.ascontiguousarray(weight, dtype=float),
           np.empty((0, 0)) if job.whitening is None else np.ascontiguousarray(job.whitening, dtype=float),
           np.ascontiguousarray(job.pulls, dtype=float), np.array(job.ordered, dtype=np.int64).reshape(-1, 2), held, low,
           high, np.ascontiguousarray(edges), steps, enough, place, squares, arrived, normal)
    return place, squares, arrived, normal


@lru_cache(maxsize=512)
def _program(tape, amplitudes):
    """A tape as arrays: steps that give one number per walker, then those that give one per point.

    A row of a program is (code, where to, argument, argument); rows of points count from 0, numbers from -1 down.
    """
    pairs = [(a, b) for i, a in enumerate(amplitudes) for b in amplitudes[i + 1:]]
    asked = (tape.value, *(tape.slopes[a] for a in amplitudes), *(tape.mixed[p] for p in pairs))
    every = tape.order((*asked, *tape.slopes))
    judged, steps = set(tape.order(asked)), tape.steps
    # What does not feel the amplitudes stands as it was computed when the place was judged.
    anew = [n for n in every if n not in judged or steps[n].inputs & set(amplitudes)]
    count = len(tape.slopes)
    alone = [n for n in every if steps[n].depends in (tapes.FIXED, tapes.PLACE) and steps[n].name != "input"]
    timely = [n for n in every if steps[n].depends == tapes.TIME]
    both = [n for n in every if steps[n].depends == tapes.BOTH]
    where = {n: -1 - k for k, n in enumerate(tape.inputs)}
    where |= {n: -1 - 2 * count - k for k, n in enumerate(alone)} | {n: k for k, n in enumerate(timely + both)}
    numbers = np.zeros(2 * count + len(alone))
    for n in alone:
        if steps[n].name == "number":
            numbers[-1 - where[n]] = steps[n].value

    def rows(wanted):
        found = []
        for n in wanted:
            if steps[n].name in ("number", "input", "time"):
                continue
            a, b = (*(where[x] for x in steps[n].arguments), 0)[:2]
            if steps[n].name in ("add", "multiply") and a >= 0 > b:
                a, b = b, a
            found.append((_CODES[steps[n].name], where[n], a, b))
        return np.array(found, dtype=np.int64).reshape(-1, 4)

    alone, both = set(alone), set(both)
    return SimpleNamespace(
        first=rows([n for n in every if n in alone and n in judged]), scalar_slopes=rows([n for n in anew if n in alone]),
        values=rows([n for n in every if n in both and n in judged]), slopes=rows([n for n in anew if n in both]),
        numbers=numbers, timely=tuple(timely), rows=max(len(timely) + len(both), 1),
        refs=np.array([where[n] for n in (tape.value, *tape.slopes)], dtype=np.int64),
        amplitude_refs=np.array([where[tape.slopes[a]] for a in amplitudes], dtype=np.int64),
        mixed=np.array([(amplitudes.index(a), amplitudes.index(b), where[tape.mixed[a, b]]) for a, b in pairs],
                       dtype=np.int64).reshape(-1, 3))


@njit(**OPTIONS)
def _one(code, x, y, roots):
    """One step for one number."""
    if code == 0:
        return x + y
    if code == 1:
        return x * y
    if code == 2:
        return x - y
    if code == 3:
        return math.exp(x)
    if code == 4:
        return math.log(x) if x > 0.0 else (-np.inf if x == 0.0 else np.nan)
    if code == 5:
        return 1.0 / x
    if code == 6:
        return math.sqrt(x) if x >= 0.0 else np.nan
    if code == 7:
        return max(x - y, 1e-200)
    if code == 8:
        return min(x, y)
    if code == 9:
        return 1.0 if x > 0.0 else (y if x == 0.0 else 0.0)
    if code == 10:
        return laws.logistic(x)
    if code == 11:
        return math.exp(-math.exp(-x))
    if code == 12:
        return laws.double_exponential_rate(x)
    if code == 13:
        return math.expm1(x)
    if code == 14:
        return math.erf(x)
    if code == 15:
        return math.erfc(x)
    if code == 16:
        return laws.baker_lonsdale(x)
    if code == 17:
        return laws.baker_lonsdale_rate(x)
    if code == 18:
        return laws.mean_decay(x)
    if code == 19:
        return laws.mean_decay_slope(x)
    if code == 20:
        return laws.sphere_release(x)
    if code == 21:
        return laws.sphere_release_rate(x)
    if code == 22:
        return laws.slab_release(x)
    if code == 23:
        return laws.slab_release_rate(x)
    if code == 24:
        return laws.cylinder_release(x)
    if code == 25:
        return laws.cylinder_release_rate(x)
    laws.find_roots(FILM if code < _BATH else BATH, y, roots)
    if code == 26:
        return laws.film_release(x, y, roots)
    if code == 27:
        return laws.film_release_rate(x, y, roots)
    if code == 28:
        return laws.film_release_slope(x, y, roots)
    if code == 29:
        return laws.bath_release(x, y, roots)
    if code == 30:
        return laws.bath_release_rate(x, y, roots)
    return laws.bath_release_slope(x, y, roots)


@njit(**OPTIONS)
def _numbers(program, numbers, roots):
    for i in range(len(program)):
        numbers[-1 - program[i, 1]] = _one(program[i, 0], numbers[-1 - program[i, 2]],
                                           numbers[max(-1 - program[i, 3], 0)], roots)


@njit(**OPTIONS)
def _points(program, numbers, rows, roots):
    """The steps that give one number per point; the plain ones in loops of their own."""
    n = rows.shape[1]
    for i in range(len(program)):
        code, a, b, out = program[i, 0], program[i, 2], program[i, 3], rows[program[i, 1]]
        if code == _MULTIPLY and a < 0:
            x, second = numbers[-1 - a], rows[b]
            for k in range(n):
                out[k] = x * second[k]
        elif code == _MULTIPLY:
            one, second = rows[a], rows[b]
            for k in range(n):
                out[k] = one[k] * second[k]
        elif code == _ADD and a < 0:
            x, second = numbers[-1 - a], rows[b]
            for k in range(n):
                out[k] = x + second[k]
        elif code == _ADD:
            one, second = rows[a], rows[b]
            for k in range(n):
                out[k] = one[k] + second[k]
        elif code == _SUBTRACT and a < 0:
            x, second = numbers[-1 - a], rows[b]
            for k in range(n):
                out[k] = x - second[k]
        elif code == _SUBTRACT and b < 0:
            one, y = rows[a], numbers[-1 - b]
            for k in range(n):
                out[k] = one[k] - y
        elif code == _SUBTRACT:
            one, second = rows[a], rows[b]
            for k in range(n):
                out[k] = one[k] - second[k]
        elif code == _EXP:
            one = rows[a]
            for k in range(n):
                out[k] = math.exp(one[k])
        else:
            for k in range(n):
                x = rows[a, k] if a >= 0 else numbers[-1 - a]
                y = rows[b, k] if b >= 0 else numbers[-1 - b]
                out[k] = _one(code, x, y, roots)


@njit(**OPTIONS)
def _fetch(ref, numbers, rows, out):
    if ref >= 0:
        for k in range(rows.shape[1]):
            out[k] = rows[ref, k]
    else:
        for k in range(rows.shape[1]):
            out[k] = numbers[-1 - ref]


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
    _numbers(first, numbers, roots)
    _points(values, numbers, rows, roots)
    inner = off[:n]
    _fetch(refs[0], numbers, rows, inner)
    for k in range(n):
        inner[k] -= measured[k]
    _white(inner, weight, whitening, spare)
    _believe(inner, FAR_OFF, FAR_OFF)
    for i in range(count):
        _fetch(amplitude_refs[i], numbers, rows, by[i])
        _white(by[i], weight, whitening, spare)
        _believe(by[i], STEEPEST, 0.0)
    for m in range(len(mixed)):
        _fetch(mixed[m, 2], numbers, rows, cross[m])
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
    _numbers(scalar_slopes, numbers, roots)
    _points(slopes, numbers, rows, roots)
    for p in range(len(held)):
        inner = slope[p, :n]
        if held[p]:
            inner[:] = 0.0
        else:
            _fetch(refs[1 + p], numbers, rows, inner)
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
def _walks(first, scalar_slopes, values, slopes, constants, rows, refs, amplitude_refs, mixed, amplitudes, measured,
           weights, whitening, pulls, ordered, held, lows, highs, edges, steps, enough, places, squares, arrived,
           normals):
    """Every walker in turn; places, sums of squares, arrivals and J'J are written into the last four."""
    count, n = places.shape[1], rows.shape[1]
    m, numbers, roots = n + len(pulls), constants.copy(), np.full(_ROOTS, np.nan)
    by, cross, spare = np.empty((len(amplitudes), n)), np.empty((len(mixed), n)), np.empty(n)
    off, trial_off, slope = np.empty(m), np.empty(m), np.empty((count, m))
    normal, gradient, stays = np.empty((count, count)), np.empty(count), np.empty(count, dtype=np.bool_)
    trial, step, steepest = np.empty(count), np.empty(count), np.empty(count)
    hard = np.ones(count, dtype=np.bool_)
    for a in amplitudes:
        hard[a] = False
    for w in range(len(places)):
        place, low, high = places[w], lows[w], highs[w]
        points = measured[w if measured.shape[0] > 1 else 0]
        weight = weights[w if weights.shape[0] > 1 else 0] if weights.shape[0] > 0 else spare[:0]
        numbers[count:2 * count] = edges[w]
        _merge(place, low, high, ordered, edges[w])
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
            _merge(trial, low, high, ordered, edges[w])
            for p in range(count):
                still = still and (stays[p] or abs(trial[p] - place[p]) <= 1e-9 * (1.0 + abs(place[p])))
            found = np.inf
            if solved:
                found = _judge(first, values, numbers, rows, refs, amplitude_refs, mixed, amplitudes, points, weight,
                               whitening, pulls, low, high, roots, trial, trial_off, by, cross, spare)
            better = found < total
            done = total <= TINY or (better and total - found <= enough * total) or (
                not better and (damping >= MOST or (solved and still)))
            fresh = better
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
        squares[w] = total
        _normal(slope, off, place, low, high, normals[w], gradient, stays)
