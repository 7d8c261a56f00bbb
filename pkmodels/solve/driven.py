"""Effects driven by concentrations: many curves at once, implicit steps that a stiff effect does not slow down.

The method is RODAS3, a Rosenbrock method of order three with an embedded second order (Sandu and
others, Atmospheric Environment 31, 1997, 3459), with the SymPy Jacobian. A step never reaches over a
node of the concentration, where its slope may jump; inside it the concentration is a cubic.
"""

from functools import lru_cache
from itertools import pairwise

import numpy as np
import sympy

from ..effect import concentration
from ..errors import SolveError
from .compiled import function

RELATIVE = 1e-7
#: Rosenbrock coefficients: stage i needs the sums over j < i of A and C, and GAMMA times the slope in time.
DIAGONAL = 0.5
AT = (0.0, 0.0, 1.0, 1.0)
GAMMA = (0.5, 1.5, 0.0, 0.0)
A = ((), (0.0,), (2.0, 0.0), (2.0, 0.0, 1.0))
C = ((), (4.0,), (1.0, -1.0), (1.0, -1.0, -8.0 / 3.0))
SUM, ERROR = (2.0, 0.0, 1.0, 1.0), (0.0, 0.0, 0.0, 1.0)
#: A concentration is kept a hair above zero, so that its logarithm and powers have derivatives there.
HARDLY_ANY = 1e-100
#: An effect that needs more steps than this between two nodes does not behave.
MOST_STEPS = 20_000


@lru_cache(maxsize=64)
def _compiled(effect):
    """(concentration, quantities..., parameters...) -> rates; Jacobian and slope with concentration; start."""
    inputs = [concentration, *effect.quantities, *effect.symbols]
    rates = list(effect.changes.values())
    slopes = [*effect.jacobian, *(sympy.diff(rate, concentration) for rate in rates)]
    return (function(inputs, rates), function(inputs, slopes),
            function(list(effect.symbols), list(effect.start.values())),
            function(inputs, [each.expression for each in effect.shown]))


def responses(effect, values, times, drive, breaks=()):
    """What an effect shows under given concentrations.

    Parameters
    ----------
    effect : Effect
    values : mapping
        Parameter name to value in the units used inside.
    times : array, shape (times,)
        Hours, not falling; a time that stands twice is a jump of the concentration.
    drive : array, shape (curves, times)
        Concentrations in the units used inside, not negative.
    breaks : sequence of float
        Hours at which the concentration bends sharply (doses).

    Returns
    -------
    array, shape (shown, curves, times)

    Raises
    ------
    SolveError
        If no step is small enough.
    """
    rates, slopes, begin, shown = _compiled(effect)
    parameters = [values[s.name] for s in effect.symbols]
    times, drive = np.asarray(times, dtype=float), np.atleast_2d(np.asarray(drive, dtype=float))
    drive = np.maximum(drive, HARDLY_ANY)
    n, curves = len(effect.quantities), len(drive)
    path = np.empty((n, curves, len(times)))
    if n:
        path[..., 0] = np.array(begin(*parameters), dtype=float)[:, None]
        _walk(effect, rates, slopes, parameters, times, drive, breaks, path)
    found = shown(drive, *path, *parameters)
    return np.stack([np.broadcast_to(np.asarray(each, dtype=float), drive.shape) for each in found])


def _walk(effect, rates, slopes, parameters, times, drive, breaks, path):
    cubic = _cubics(times, drive, breaks)
    n, curves = path.shape[:2]
    size = np.abs(path[..., 0]) + 1e-300
    step = np.inf

    def rate(level, state):
        return np.stack([np.broadcast_to(r, curves) for r in rates(level, *state, *parameters)], axis=1)

    for node, width in enumerate(np.diff(times)):
        state, done, tries = path[..., node].copy(), 0.0, 0
        while done < width * (1 - 1e-12):
            h = min(step, width - done)
            level, change = _cubic(cubic[:, node], done), _slope(cubic[:, node], done)
            flat = [np.broadcast_to(s, curves) for s in slopes(level, *state, *parameters)]
            jacobian = np.stack(flat[: n * n], axis=1).reshape(curves, n, n)
            in_time = np.stack(flat[n * n:], axis=1) * change[:, None]
            ahead = _cubic(cubic[:, node], done + h)
            new, error = _step(rate, jacobian, in_time, state, (level, ahead), h)
            scale = RELATIVE * np.maximum(np.maximum(np.abs(new), np.abs(state)), 1e-3 * size)
            worst = float(np.max(np.abs(error) / scale)) if np.all(np.isfinite(new)) else np.inf
            tries += 1
            if tries > MOST_STEPS or h < 1e-12 * max(width, 1e-3):
                raise SolveError(f"{effect.name} could not be solved around {times[node] + done:g} h with these "
                                 f"values; check them (a rate or an exponent may be far too large)")
            grown = h * min(5.0, max(0.2, 0.9 * worst ** (-1 / 3) if worst > 0 else 5.0))
            if worst <= 1:
                state, done = new, done + h
                # A step cut short by the end of a node says nothing about how long the next may be.
                step = max(grown, step) if h < step and np.isfinite(step) else grown
            else:
                step = grown
        path[..., node + 1] = state


def _step(rate, jacobian, in_time, state, levels, h):
    n = jacobian.shape[-1]
    left = np.linalg.inv(np.eye(n) / (DIAGONAL * h) - jacobian)
    stages, fresh = [], None
    for i in range(4):
        if i != 1:
            moved = state + sum(a * k.T for a, k in zip(A[i], stages, strict=True)) if i else state
            fresh = rate(levels[int(AT[i])], moved)
        right = fresh + sum(c / h * k for c, k in zip(C[i], stages, strict=True)) + GAMMA[i] * h * in_time
        stages.append((left @ right[..., None])[..., 0])
    return (state + sum(m * k.T for m, k in zip(SUM, stages, strict=True)),
            sum(e * k.T for e, k in zip(ERROR, stages, strict=True)))


def _cubics(times, drive, breaks):
    """Coefficients of the time since each node, shape (4, nodes, curves); monotone between two breaks."""
    from scipy.interpolate import PchipInterpolator  # loads slowly

    found = np.zeros((4, len(times) - 1, len(drive)))
    ends = {0, len(times) - 1, *np.flatnonzero(np.isin(times, np.asarray(breaks, dtype=float))).tolist()}
    for twice in np.flatnonzero(np.diff(times) == 0).tolist():
        ends |= {twice, twice + 1}
    ends = sorted(ends)
    for a, b in pairwise(ends):
        if times[b] > times[a]:
            with np.errstate(over="ignore", under="ignore"):
                found[:, a:b] = PchipInterpolator(times[a:b + 1], drive[:, a:b + 1].T).c
    return found


def _cubic(c, since):
    return ((c[0] * since + c[1]) * since + c[2]) * since + c[3]


def _slope(c, since):
    return (3 * c[0] * since + 2 * c[1]) * since + c[2]
