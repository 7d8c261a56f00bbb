"""The loops of `series` and `radial` for numba; no reordered or contracted arithmetic, for the bits of NumPy."""

import math

import numpy as np
from numba import njit

from .series import _FIRST, _INVERSE_SQUARES, _SHARE, SPHERE_SWITCH

_OPTIONS = {"cache": True, "nogil": True, "error_model": "numpy"}


@njit(**_OPTIONS)
def squares(q, weights):
    """As `series._squares` from its exponentials on, (times,)."""
    last = len(weights) - 1
    total = np.empty_like(q)
    powers = np.empty(last + 1)
    for i in range(q.size):
        square = q[i] * q[i]
        powers[0] = q[i]
        for n in range(last):
            powers[n + 1] = powers[n] * square
        here = powers[last] * weights[last]
        for n in range(last - 1, -1, -1):
            here = (here + weights[n]) * powers[n]
        total[i] = here
    return total


@njit(**_OPTIONS)
def sphere(x, q):
    """As `series.sphere_release`, (times,)."""
    found = squares(q, _INVERSE_SQUARES)
    for i in range(x.size):
        found[i] = _FIRST * math.sqrt(x[i]) - 3 * x[i] if x[i] < SPHERE_SWITCH else 1 - _SHARE * found[i]
    return found


@njit(**_OPTIONS)
def change(state, d, outside, outward, inward, ties, shares, k, ends):
    """As `radial._Grid.change` once the diffusivity ``d`` of the drug is known, (states,)."""
    cells, fields = ties.shape
    found = np.empty_like(state)
    flux = np.zeros(fields)
    for i in range(cells):
        resistance = outward[i] * (1 / d[i])
        if i < cells - 1:
            resistance += inward[i] * (1 / d[i + 1])
        here = i * fields
        for f in range(fields):
            beyond = outside[f] if i == cells - 1 else state[here + fields + f]
            leaving = (state[here + f] - beyond) * (1 / resistance if f == 0 else ties[i, f])
            found[here + f] = (flux[f] - leaving) * shares[i, f]
            flux[f] = leaving
        split = k * state[here + 1] * state[here + 2]
        if fields == 4:
            split *= state[here + 3]
        found[here + 1] += split
        found[here + 2] -= ends * split
    found[-1] = 3 * flux[0]
    return found
