"""Tapes for the compiled way: as arrays of numbers, and the interpreter that runs them for one walker.

Needs numba (the extra ``fast``). One compiled interpreter serves every model, and it is kept beside this file, so
that the second process does not compile.
"""

import math
from functools import lru_cache
from types import SimpleNamespace

import numpy as np
from numba import njit

from . import screening_laws as laws
from . import tape as tapes
from .screening_laws import BATH, FILM, OPTIONS

#: The steps that have a compiled form, by their codes; `_one` says what each does.
_NAMES = ("add", "multiply", "subtract", "exp", "log", "reciprocal", "sqrt", "since", "until", "Heaviside", "logistic",
          "double_exponential", "double_exponential_rate", "growth", "erf", "erfc", "baker_lonsdale",
          "baker_lonsdale_rate", "mean_decay", "mean_decay_slope", "sphere_release", "sphere_release_rate",
          "slab_release", "slab_release_rate", "cylinder_release", "cylinder_release_rate", "film_release",
          "film_release_rate", "film_release_slope", "bath_release", "bath_release_rate", "bath_release_slope")
_CODES = {name: code for code, name in enumerate(_NAMES)}
_ADD, _MULTIPLY, _SUBTRACT, _EXP, _LOG, _RECIPROCAL, _SQRT = range(7)
_FILM, _BATH = _CODES["film_release"], _CODES["bath_release"]
#: Room for the roots of a series, what they belong to, and which series.
ROOTS = len(laws.series._ROOTS) + 2


@lru_cache(maxsize=512)
def knows(tape):
    """Whether every step of a tape has a compiled form."""
    return all(step.name in _CODES or step.name in ("number", "time", "input") for step in tape.steps)


@lru_cache(maxsize=512)
def program(tape, amplitudes):
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
        first=rows([n for n in every if n in alone and n in judged]),
        scalar_slopes=rows([n for n in anew if n in alone]),
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
def run_numbers(program, numbers, roots):
    for i in range(len(program)):
        numbers[-1 - program[i, 1]] = _one(program[i, 0], numbers[-1 - program[i, 2]],
                                           numbers[max(-1 - program[i, 3], 0)], roots)


@njit(**OPTIONS)
def run_points(program, numbers, rows, roots):
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
def fetch(ref, numbers, rows, out):
    if ref >= 0:
        for k in range(rows.shape[1]):
            out[k] = rows[ref, k]
    else:
        for k in range(rows.shape[1]):
            out[k] = numbers[-1 - ref]
