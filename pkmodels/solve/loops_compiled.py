"""The loops of `series` and `radial` for numba; no reordered or contracted arithmetic, for the bits of NumPy."""

import math

import numpy as np
from numba import njit

from .series import _FIRST, _INVERSE_SQUARES, _SHARE, SPHERE_SWITCH

_OPTIONS = {"cache": True, "nogil": True, "error_model": "numpy"}


@njit(**_OPTIONS)
def _square(q, weights):
    """As `series._squares` for one exponential. Written out, the seven terms go for several times at once."""
    square = q * q
    third = q * square
    fifth = third * square
    seventh = fifth * square
    ninth = seventh * square
    eleventh = ninth * square
    total = eleventh * square * weights[6]
    total = (total + weights[5]) * eleventh
    total = (total + weights[4]) * ninth
    total = (total + weights[3]) * seventh
    total = (total + weights[2]) * fifth
    total = (total + weights[1]) * third
    return (total + weights[0]) * q


@njit(**_OPTIONS)
def squares(q, weights):
    """As `series._squares` from its exponentials on, (times,)."""
    total = np.empty_like(q)
    for i in range(q.size):
        total[i] = _square(q[i], weights)
    return total


@njit(**_OPTIONS)
def sphere(x, q):
    """As `series.sphere_release`, (times,)."""
    found = np.empty_like(x)
    for i in range(x.size):
        early = _FIRST * math.sqrt(x[i]) - 3 * x[i]
        late = 1 - _SHARE * _square(q[i], _INVERSE_SQUARES)
        found[i] = early if x[i] < SPHERE_SWITCH else late
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
