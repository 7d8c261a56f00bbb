"""Linear pools: exact by the matrix exponential, also for tied rates, from breakpoint to breakpoint."""

import numpy as np
from scipy.linalg import expm

from . import compiled


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


def exponentials(a, steps):
    """exp(A h) for every step, computed once per distinct step; shape (steps, n, n)."""
    rounded = np.array([float(f"{h:.13g}") for h in np.asarray(steps, dtype=float)])
    distinct, which = np.unique(rounded, return_inverse=True)
    return np.array([expm(a * h) for h in distinct])[which]


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
            found[times == stop] = state
    return found


def _parameters(model, values):
    return [values[s.name] for s in model.symbols]


def _arguments(model, values, surroundings, state):
    return [0.0, *(surroundings[s.name] for s in compiled.SURROUNDINGS), *state, *_parameters(model, values)]
