"""A linear body that is fed: exact in the fed mass, accurate in its course, for any release curve.

Only cumulative mass is asked of the release, never its rate, which may be infinite at time 0.
"""

import math

import numpy as np

from .linear import exponential

#: Places within a step where the cumulative mass is asked for (Chebyshev; the last is the step's end).
NODES = (1 - np.cos(np.pi * np.arange(1, 5) / 4)) / 2
#: From the mass at the nodes to the coefficients of s, s², ... of the polynomial through them and 0 at s = 0.
COEFFICIENTS = np.linalg.inv(NODES[:, None] ** np.arange(1, len(NODES) + 1))


def node_times(grid):
    """The hours at which the cumulative mass is needed, shape (steps, nodes)."""
    grid = np.asarray(grid, dtype=float)
    nodes = grid[:-1, None] + np.diff(grid)[:, None] * NODES
    nodes[:, -1] = grid[1:]
    return nodes


def fed_states(a, entry, grid, mass_at_start, mass_at_nodes, begin=None):
    """States of a body that is fed; it is empty before, or begins with given states.

    Within a step the cumulative mass is taken as the polynomial through its nodes, and the
    body answers that polynomial exactly (matrix exponential of the augmented system), so the
    error depends on how smooth the release is and not on how fast the body is.

    Parameters
    ----------
    a : array (n, n)
        Matrix of the body, 1/h.
    entry : array (n,)
        Where mass enters.
    grid : array (steps + 1,)
        Hours, rising.
    mass_at_start : array (..., )
        Mass fed at ``grid[0]`` (a bolus, for instance), mg.
    mass_at_nodes : array (..., steps, nodes)
        Cumulative mass at `node_times`, mg.
    begin : array (..., n), optional
        States at ``grid[0]``, with what was fed until then.

    Returns
    -------
    array (..., steps + 1, n)
    """
    steps = np.array([float(f"{h:.13g}") for h in np.diff(grid)])
    distinct, which = np.unique(steps, return_inverse=True)
    kernels = [_kernel(a, entry, h) for h in distinct]
    before = np.concatenate([np.asarray(mass_at_start)[..., None], mass_at_nodes[..., :-1, -1]], axis=-1)
    rise = mass_at_nodes - before[..., None]
    state = np.asarray(mass_at_start)[..., None] * entry if begin is None else begin
    found = np.empty((*np.shape(mass_at_start), len(grid), len(entry)))
    found[..., 0, :] = state
    for i, k in enumerate(which):
        forward, answer = kernels[k]
        state = state @ forward.T + rise[..., i, :] @ answer.T
        found[..., i + 1, :] = state
    return found


def _kernel(a, entry, h):
    """exp(A h), and the answer to the mass at each node of one step, shape (n, nodes)."""
    n, m = len(entry), len(NODES)
    # State, then the input rate and its derivatives; rate = sum of k c_k s^(k-1) on s in (0, 1).
    chain = np.zeros((n + m, n + m))
    chain[:n, :n] = a * h
    chain[:n, n] = entry
    chain[n: n + m - 1, n + 1:] = np.eye(m - 1)
    whole = exponential(chain)
    derivatives = np.diag([math.factorial(k) for k in range(1, m + 1)])
    return whole[:n, :n], whole[:n, n:] @ derivatives @ COEFFICIENTS
