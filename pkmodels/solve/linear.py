"""Linear pools: exact by the matrix exponential, also for tied rates, from breakpoint to breakpoint."""

import numpy as np
from scipy.linalg import expm

from ..environment import Environment
from . import compiled

#: Condition of the eigenvectors below which no more than five digits are lost to them.
WELL_APART = 1e5


def matrix(model, values, surroundings):
    """The constant matrix A of ``d state/dt = A state`` (1/h), shape (states, states)."""
    n = len(model.states)
    arguments = _arguments(model, values, surroundings, np.zeros(n))
    return np.array(compiled.jacobian(model)(*arguments), dtype=float).reshape(n, n)


def states(model, values, times, environment):
    """The states at ``times`` (hours, rising from 0), shape (times, states)."""
    begin = np.array(compiled.start(model)(*_parameters(model, values)), dtype=float)
    return _walk(begin, times, environment, lambda surroundings: matrix(model, values, surroundings))


def states_and_sensitivities(model, values, times, environment):
    """States, shape (times, states), and d state / d parameter, shape (times, states, parameters).

    The sensitivities are linear pools themselves: ``dS/dt = A S + (dA/dp) x``.
    """
    n, m = len(model.states), len(model.symbols)

    def both(surroundings):
        a = matrix(model, values, surroundings)
        block = np.zeros((n * (m + 1), n * (m + 1)))
        block[:n, :n] = a
        for k, unit_state in enumerate(np.eye(n)):
            arguments = _arguments(model, values, surroundings, unit_state)
            slopes = np.array(compiled.parameter_jacobian(model)(*arguments), dtype=float).reshape(n, m)
            for p in range(m):
                block[n * (p + 1): n * (p + 2), k] = slopes[:, p]
        for p in range(m):
            block[n * (p + 1): n * (p + 2), n * (p + 1): n * (p + 2)] = a
        return block

    parameters = _parameters(model, values)
    begin = np.array(compiled.start(model)(*parameters), dtype=float)
    slopes = np.array(compiled.start_gradient(model)(*parameters), dtype=float).reshape(n, m)
    found = _walk(np.concatenate([begin, slopes.T.ravel()]), times, environment, both)
    return found[:, :n], found[:, n:].reshape(len(times), m, n).transpose(0, 2, 1)


def states_of_many(model, values, times):
    """The states for many values at once, in surroundings that do not change.

    By eigenvalues, which share all work between times; where two rates are (nearly) tied and the
    eigenvectors too, by the matrix exponential.

    Parameters
    ----------
    model : Model
        Linear.
    values : mapping of str to array (rows,)
    times : array
        Hours, rising.

    Returns
    -------
    array (rows, times, states)
    """
    times = np.asarray(times, dtype=float)
    rows, n = len(next(iter(values.values()))), len(model.states)
    surroundings = Environment().at(0.0)
    entries = compiled.jacobian(model)(*_arguments(model, values, surroundings, np.zeros(n)))
    a = np.stack([np.broadcast_to(e, rows) for e in entries], axis=-1).reshape(rows, n, n).astype(float)
    begin = np.stack([np.broadcast_to(b, rows) for b in compiled.start(model)(*_parameters(model, values))], axis=-1)
    found = np.empty((rows, len(times), n))
    rates, vectors = np.linalg.eig(a)
    apart = np.linalg.cond(vectors) < WELL_APART
    for i in np.flatnonzero(~apart):
        found[i] = _walk(begin[i], times, Environment(), lambda _, i=i: a[i])
    if apart.any():
        weights = np.linalg.solve(vectors[apart], begin[apart][..., None])[..., 0]
        courses = np.exp(rates[apart][:, None, :] * times[:, None]) * weights[:, None, :]
        found[apart] = np.einsum("rtk,rnk->rtn", courses, vectors[apart]).real
    return found


def exponentials(a, steps):
    """exp(A h) for every step, computed once per distinct step; shape (steps, n, n)."""
    rounded = np.array([float(f"{h:.13g}") for h in np.asarray(steps, dtype=float)])
    distinct, which = np.unique(rounded, return_inverse=True)
    return exponential(a * distinct[:, None, None])[which]


def exponential(a):
    """exp(A) of one matrix or a stack of them, shape (..., n, n).

    SciPy takes a short cut for triangular matrices that divides by the difference of neighbouring
    eigenvalues, and with nearly tied rates loses half its digits there. A full block of two beside
    the matrix, which does not touch it, keeps it off that path.
    """
    n = a.shape[-1]
    beside = np.zeros((*a.shape[:-2], n + 2, n + 2))
    beside[..., :n, :n] = a
    beside[..., n, n + 1] = beside[..., n + 1, n] = 0.5
    return expm(beside)[..., :n, :n]


def _walk(begin, times, environment, matrix_in):
    times = np.asarray(times, dtype=float)
    end = float(times[-1]) if len(times) else 0.0
    found = np.empty((len(times), len(begin)))
    found[times <= 0] = begin
    state = begin
    for a, b, surroundings in environment.segments(0.0, end) if end > 0 else ():
        inside = (times > a) & (times <= b)
        stops = np.unique(np.append(times[inside], b))
        for stop, step in zip(stops, exponentials(matrix_in(surroundings), np.diff(stops, prepend=a)), strict=True):
            state = step @ state
            found[np.searchsorted(times, stop): np.searchsorted(times, stop, side="right")] = state
    return found


def _parameters(model, values):
    return [values[s.name] for s in model.symbols]


def _arguments(model, values, surroundings, state):
    return [0.0, *(surroundings[s.name] for s in compiled.SURROUNDINGS), *state, *_parameters(model, values)]
