"""Nonlinear models: a stiff integrator with the SymPy Jacobian, stopping at every breakpoint.

An adaptive integrator that is not stopped steps over a short stimulus without seeing it.
"""

import numpy as np

from ..errors import SolveError
from . import compiled

RELATIVE, ABSOLUTE = 1e-9, 1e-14


def states(model, values, times, environment, sensitivities=False):
    """States at ``times`` (hours, rising from 0), shape (times, states).

    With ``sensitivities`` also d state / d parameter, shape (times, states, parameters).

    Raises
    ------
    SolveError
        If no integrator comes through, with the values.
    """
    times = np.asarray(times, dtype=float)
    n, m = len(model.states), len(model.symbols)
    parameters = [values[s.name] for s in model.symbols]
    state = np.array(compiled.start(model)(*parameters), dtype=float)
    if sensitivities:
        slopes = np.array(compiled.start_gradient(model)(*parameters), dtype=float).reshape(n, m)
        state = np.concatenate([state, slopes.ravel()])
    found = np.empty((len(times), len(state)))
    found[times <= 0] = state
    end = float(times[-1]) if len(times) else 0.0
    for a, b, surroundings in environment.segments(0.0, end) if end > 0 else ():
        inside = (times > a) & (times <= b)
        stops = np.unique(np.append(times[inside], b))
        path = _integrate(model, parameters, surroundings, state, a, stops, n, m if sensitivities else 0)
        for stop, here in zip(stops, path, strict=True):
            found[np.searchsorted(times, stop): np.searchsorted(times, stop, side="right")] = here
        state = path[-1]
    return (found[:, :n], found[:, n:].reshape(len(times), n, m)) if sensitivities else found


def _integrate(model, parameters, surroundings, state, begin, stops, n, m):
    from scipy.integrate import solve_ivp  # loads slowly

    outside = [surroundings[s.name] for s in compiled.SURROUNDINGS]
    rates, jacobian = compiled.rates(model), compiled.jacobian(model)
    by_parameter, second = compiled.parameter_jacobian(model), compiled.second_jacobian(model) if m else None

    def arguments(time, x):
        return time, *outside, *x[:n], *parameters

    def right_hand_side(time, x):
        here = arguments(max(time, compiled.TIME_ZERO), x)
        change = np.array(rates(*here), dtype=float)
        if not m:
            return change
        j = np.array(jacobian(*here), dtype=float).reshape(n, n)
        p = np.array(by_parameter(*here), dtype=float).reshape(n, m)
        return np.concatenate([change, (j @ x[n:].reshape(n, m) + p).ravel()])

    def full_jacobian(time, x):
        time = max(time, compiled.TIME_ZERO)
        j = np.array(jacobian(*arguments(time, x)), dtype=float).reshape(n, n)
        if not m:
            return j
        block = np.zeros((n * (m + 1), n * (m + 1)))
        block[:n, :n] = j
        # Without the second derivatives Newton's steps fail, and the integrator creeps.
        block[n:, :n] = np.array(second(time, *outside, *x, *parameters), dtype=float).reshape(n * m, n)
        block[n:, n:] = np.kron(j, np.eye(m))
        return block

    for method in ("LSODA", "Radau"):
        solution = solve_ivp(right_hand_side, (begin, stops[-1]), state, method=method, t_eval=stops,
                             jac=full_jacobian, rtol=RELATIVE, atol=ABSOLUTE)
        if solution.success and np.all(np.isfinite(solution.y)):
            return solution.y.T
    shown = ", ".join(f"{s.name}={v:.4g}" for s, v in zip(model.symbols, parameters, strict=True))
    raise SolveError(f"{model.name} could not be solved from {begin:g} h to {stops[-1]:g} h with {shown} "
                     f"(per hour, mg, L); check these values")
