"""A nonlinear body that is fed: the same question as `inputs` answers for linear ones.

Radau IIA of order 5 (Hairer and Wanner, Solving Ordinary Differential Equations II) with the
SymPy Jacobian, all rows of a batch at once. Its weights integrate the polynomial through the fed
mass exactly and it keeps every sum that the flows keep, so no mass is lost, whatever the step.
"""

from itertools import pairwise

import numpy as np

from ..environment import Environment
from ..errors import SolveError
from . import compiled
from .inputs import COEFFICIENTS

_ROOT = np.sqrt(6)
_PLACES = np.array([(4 - _ROOT) / 10, (4 + _ROOT) / 10, 1.0])
_WEIGHTS = np.array([[(88 - 7 * _ROOT) / 360, (296 - 169 * _ROOT) / 1800, (-2 + 3 * _ROOT) / 225],
                     [(296 + 169 * _ROOT) / 1800, (88 + 7 * _ROOT) / 360, (-2 - 3 * _ROOT) / 225],
                     [(16 - _ROOT) / 36, (16 + _ROOT) / 36, 1 / 9]])
_ERROR = np.array([-13 - 7 * _ROOT, -13 + 7 * _ROOT, -1]) / 3
#: The weights' inverse has one real eigenvalue and a pair; in their directions Newton's three systems come apart.
_INVERSE = np.linalg.inv(_WEIGHTS)
_VALUES, _VECTORS = np.linalg.eig(_INVERSE)
_ONE, _UPPER = int(np.argmin(np.abs(_VALUES.imag))), int(np.argmax(_VALUES.imag))
_REAL, _PAIR = _VALUES[_ONE].real, _VALUES[_UPPER]
_FROM_REAL, _FROM_PAIR = _VECTORS[:, _ONE].real, _VECTORS[:, _UPPER]
_TO_REAL, _TO_PAIR = np.linalg.inv(_VECTORS)[_ONE].real, np.linalg.inv(_VECTORS)[_UPPER]
#: Error allowed per step, relative to the largest state; the estimate is of a lower order than the step itself.
RELATIVE = 1e-8
_SOLVED, _TRIES, _SHORTEST = 1e-12, 10, 1e-12


def fed_states(model, parameters, entry, grid, mass_at_start, mass_at_nodes, begin=None, sums=None):
    """States of a fed body whose flows need not be in proportion to the amounts.

    Parameters
    ----------
    model : Model
        In milligrams.
    parameters : sequence of float or array (rows,)
        Values in the units used inside, in the order of ``model.symbols``.
    entry : array (n,)
        Where mass enters.
    grid : array (steps + 1,)
        Hours, rising.
    mass_at_start : array (...)
        Mass fed at ``grid[0]``, mg.
    mass_at_nodes : array (..., steps, nodes)
        Cumulative mass at `inputs.node_times`, mg.
    begin : array (..., n + m), optional
        States at ``grid[0]`` with what was fed until then; the model's own start when not given.
    sums : array (m, n), optional
        Rows of weights: their integrals over time stand behind the states.

    Returns
    -------
    array (..., steps + 1, n + m)

    Raises
    ------
    SolveError
        Where no step is short enough.
    """
    shape = np.shape(mass_at_start)
    rows = int(np.prod(shape, dtype=int))
    n = len(entry)
    sums = np.zeros((0, n)) if sums is None else sums
    fed = np.reshape(np.broadcast_to(mass_at_start, shape), rows).astype(float)
    nodes = np.reshape(mass_at_nodes, (rows, *np.shape(mass_at_nodes)[-2:]))
    if begin is None:
        start = np.array(compiled.start(model)(*parameters), dtype=float)
        state = np.hstack([start + fed[:, None] * entry, np.zeros((rows, len(sums)))])
    else:
        state = np.reshape(begin, (rows, -1)).copy()
    body = _Body(model, parameters, entry, rows)
    found = np.empty((rows, len(grid), state.shape[1]))
    found[:, 0] = state
    stride = np.inf
    for i, (a, b) in enumerate(pairwise(grid)):
        rise = nodes[:, i] - fed[:, None]
        fed = nodes[:, i, -1]
        if b == a:
            state = state.copy()
            state[:, :n] += rise[:, -1:] * entry
        else:
            state, stride = _across(body, state, a, b - a, rise @ COEFFICIENTS.T, sums, stride)
        found[:, i + 1] = state
    return found.reshape(*shape, len(grid), state.shape[1])


def free_states(model, parameters, times):
    """States of a model that nothing is fed to, for many values at once, (rows, times, states).

    Parameters
    ----------
    parameters : sequence of float or array (rows,)
        In the order of ``model.symbols``.
    times : array
        Hours, rising, from 0.

    Raises
    ------
    SolveError
        Where no step that suits all rows is short enough.
    """
    rows, n = max(np.size(p) for p in parameters), len(model.states)
    state = np.stack([np.broadcast_to(s, rows) for s in compiled.start(model)(*parameters)], axis=-1).astype(float)
    body = _Body(model, parameters, np.zeros(n), rows)
    nothing = np.zeros((rows, 4))
    found = np.empty((rows, len(times), n))
    now, end, stride = 0.0, float(times[-1]), float(times[-1]) * 1e-6
    found[:, times <= 0] = state[:, None]
    while now < end:
        h = min(stride, end - now)
        stages, error = _step(body, state, now, h, nothing)
        if error > 1:
            stride = _shorter(body, now, h, error)
            continue
        later = end if h == end - now else now + h
        inside = slice(np.searchsorted(times, now, side="right"), np.searchsorted(times, later, side="right"))
        places = (times[inside] - now) / h
        # The polynomial through the step's places: of the order of the error that is allowed.
        found[:, inside] = np.einsum("tj,rjn->rtn", _through(places), np.concatenate([state[:, None], stages], axis=1))
        state, now, stride = stages[:, 2], later, _longer(h, error)
    return found


def _through(places):
    """Lagrange's weights of 0 and the three places at other places, (places, 4)."""
    at = np.concatenate([[0.0], _PLACES])
    return np.stack([np.prod([(places - other) / (own - other) for k, other in enumerate(at) if k != j], axis=0)
                     for j, own in enumerate(at)], axis=-1)


def _shorter(body, now, h, error):
    """The next step after one that was not good enough."""
    shorter = h * (0.25 if not np.isfinite(error) else max(0.2, 0.9 * error**-0.25))
    if shorter < _SHORTEST * max(now, 1.0):
        shown = ", ".join(f"{s.name}={p[0]:.4g}" for s, p in zip(body.model.symbols, body.one, strict=True))
        raise SolveError(f"{body.model.name} could not be solved at {now:g} h with {shown} (per hour, mg, L); "
                         f"check these values")
    return shorter


def _longer(h, error):
    """The next step after a good one."""
    return h * min(8.0, 0.9 * max(error, 1e-8) ** -0.25)


class _Body:
    """Right-hand side and Jacobian for all rows at once."""

    def __init__(self, model, parameters, entry, rows):
        surroundings = Environment().at(0.0)
        self.outside = [surroundings[s.name] for s in compiled.SURROUNDINGS]
        self.rates, self.slopes = compiled.rates(model), compiled.jacobian(model)
        self.one = [np.reshape(p, (-1,)) for p in parameters]
        self.three = [np.reshape(p, (-1, 1)) for p in parameters]
        self.entry, self.n, self.rows, self.model = entry, len(entry), rows, model

    def change(self, time, states):
        """Rates of change at (rows, 3, n) states and (3,) times, without what is fed."""
        columns = self.rates(np.maximum(time, compiled.TIME_ZERO), *self.outside,
                             *np.moveaxis(states, -1, 0), *self.three)
        found = np.empty(states.shape)
        for i, column in enumerate(columns):
            found[..., i] = column
        return found

    def jacobian(self, time, state):
        """(rows, n, n)."""
        parts = self.slopes(max(time, compiled.TIME_ZERO), *self.outside, *state.T, *self.one)
        found = np.empty((self.rows, self.n * self.n))
        for i, part in enumerate(parts):
            found[:, i] = part
        return found.reshape(self.rows, self.n, self.n)


def _across(body, state, begin, span, coefficients, sums, stride):
    """The state after one step of the grid, in as many pieces as it needs, and the length of the last good one."""
    done, n = 0.0, body.n
    powers = np.arange(coefficients.shape[1])
    slopes = coefficients * (powers + 1) / span
    while done < 1:
        piece = min(1 - done, stride / span)
        if 1 - done - piece < 1e-9:
            piece = 1 - done
        places = done + piece * np.concatenate([[0.0], _PLACES])
        fed = slopes @ places ** powers[:, None]
        stages, error = _step(body, state[:, :n], begin + done * span, piece * span, fed)
        if error > 1:
            stride = _shorter(body, begin, piece * span, error)
            continue
        summed = piece * span * np.einsum("j,rjn,mn->rm", _WEIGHTS[2], stages, sums)
        state = np.hstack([stages[:, 2], state[:, n:] + summed])
        done = 1.0 if piece == 1 - done else done + piece
        stride = _longer(piece * span, error)
    return state, stride


def _step(body, state, time, h, fed):
    """States at the three places of one step, (rows, 3, n), and the error over what is allowed."""
    rows, n = state.shape
    slopes = body.jacobian(time, state)
    scale = np.max(np.abs(state), axis=1) + h * np.max(np.abs(fed), axis=1) + 1e-30
    try:
        real = np.linalg.inv(_REAL / h * np.eye(n) - slopes)
        paired = np.linalg.inv(_PAIR / h * np.eye(n) - slopes)
    except np.linalg.LinAlgError:
        return None, np.inf
    gone = np.zeros((rows, 3, n))
    feeding = fed[:, 1:, None] * body.entry
    times = time + h * _PLACES
    for _ in range(_TRIES):
        change = body.change(times, state[:, None] + gone) + feeding
        left = np.einsum("ij,rjn->rin", _INVERSE, gone) / h - change
        alone, together = np.einsum("j,rjn->rn", _TO_REAL, left), np.einsum("j,rjn->rn", _TO_PAIR, left)
        move = (_FROM_REAL[:, None] * np.einsum("rab,rb->ra", real, alone)[:, None]
                + 2 * (_FROM_PAIR[:, None] * np.einsum("rab,rb->ra", paired, together)[:, None]).real)
        gone = gone - move
        size = np.max(np.abs(move), axis=(1, 2)) / scale
        if not np.all(np.isfinite(size)):
            return None, np.inf
        if np.all(size < _SOLVED):
            break
    else:
        return None, np.inf
    first = body.change(np.full(1, time), state[:, None])[:, 0] + fed[:, :1] * body.entry
    error = np.einsum("rab,rb->ra", real, first + np.einsum("j,rjn->rn", _ERROR, gone) / h)
    return state[:, None] + gone, float(np.max(np.abs(error) / (RELATIVE * scale[:, None])))
