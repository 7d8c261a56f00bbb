"""A core in a shell: diffusion through two layers by the eigenmodes of a conservative grid.

Lengths are in radii of the whole sphere, times in x = D_shell t/R². What flows between two cells is taken so
that the steady profile of a source in the core (r² inside, 1/r in the shell) is met by the mean values of
the cells exactly: the mean release time of drug in the core is right to rounding error whatever the grid, and
no cell ever falls below zero. The grid is fine where a profile is steep: at the surface and on both sides of
the interface.
"""

from functools import lru_cache

import numpy as np

#: Cells of the core and of the shell. Many more change a release by less than 1e-3 of the dose.
CORE_CELLS, SHELL_CELLS = 40, 40
#: Relative step of the slopes by geometry: the modes are good to 1e-13, so central differences are to 1e-8.
STEP = 1e-5


def core_release(x, core, speed, partition, biot):
    """Share released of a drug that starts in the core.

    Parameters
    ----------
    x : array
        D_shell t/R², R the radius of the whole.
    core : array
        Radius of the core over R, between 0 and 1.
    speed : array
        D_core/D_shell.
    partition : array
        Concentration on the core's side of the interface over that on the shell's.
    biot : array
        h R/D_shell of a film outside; infinity for a perfect sink.
    """
    return _released("core", 0, x, core, speed, partition, biot)


def core_release_rate(x, core, speed, partition, biot):
    """Derivative of `core_release` with respect to x."""
    return _released("core", 1, x, core, speed, partition, biot)


def core_release_slope(which, x, core, speed, partition, biot):
    """Derivative of `core_release` with respect to its argument number ``which`` (2: core, ... 5: biot)."""
    return _slope("core", which, x, core, speed, partition, biot)


def shell_release(x, core, speed, partition, biot):
    """Share released of a drug that starts in the shell; arguments as in `core_release`."""
    return _released("shell", 0, x, core, speed, partition, biot)


def shell_release_rate(x, core, speed, partition, biot):
    """Derivative of `shell_release` with respect to x."""
    return _released("shell", 1, x, core, speed, partition, biot)


def shell_release_slope(which, x, core, speed, partition, biot):
    """Derivative of `shell_release` with respect to its argument number ``which``."""
    return _slope("shell", which, x, core, speed, partition, biot)


def _slope(place, which, x, *geometry):
    k = int(which) - 2
    value = np.asarray(geometry[k], dtype=float)
    if k == 3:
        # An infinite Biot number has no slope, and a large one next to none.
        value = np.minimum(value, 1e12)
    # A core must stay inside its sphere.
    step = STEP * (np.minimum(value, 1 - value) if k == 0 else value)
    up, down = ([*geometry[:k], value + s, *geometry[k + 1:]] for s in (step, -step))
    return (_released(place, 0, x, *up) - _released(place, 0, x, *down)) / (2 * step)


def _released(place, order, x, *geometry):
    x = np.asarray(x, dtype=float)
    geometry = np.broadcast_arrays(*(np.asarray(g, dtype=float) for g in geometry))
    flat = np.stack([g.ravel() for g in geometry], axis=-1)
    if len(flat) == 1:
        return _one(place, order, x.ravel(), flat[0]).reshape(np.broadcast_shapes(x.shape, geometry[0].shape))
    kinds, which = np.unique(flat, axis=0, return_inverse=True)
    shape = np.broadcast_shapes(x.shape, geometry[0].shape)
    which, x = np.broadcast_to(which.reshape(geometry[0].shape), shape), np.broadcast_to(x, shape)
    found = np.empty(shape)
    for k, kind in enumerate(kinds):
        found[which == k] = _one(place, order, x[which == k], kind)
    return found


def _one(place, order, times, kind):
    if not np.all(np.isfinite(kind[:3])) or not (0 < kind[0] < 1) or min(kind[1:]) <= 0:
        return np.full(times.shape, np.nan)
    rates, core, shell = modes(*map(float, kind))
    weights = core if place == "core" else shell
    with np.errstate(over="ignore", under="ignore"):
        if order:
            return np.exp(-times[:, None] * rates) @ (weights * rates)
        return -np.expm1(-times[:, None] * rates) @ weights


@lru_cache(maxsize=4096)
def modes(core, speed, partition, biot, cells=(CORE_CELLS, SHELL_CELLS)):
    """Rates (per x) and the weights in the release of a drug from the core and from the shell.

    The amounts m of the cells obey dm/dt = -A m. Scaled by the root of what each cell holds at equilibrium, A is
    symmetric; its inverse is known without solving anything, since what leaves cell i passes every resistance from
    there outwards, and the modes of the inverse are the time constants. So slow modes are right to rounding error even
    where the fastest are a million million times as fast.
    """
    edges, volumes, capacity, between, out = grid(core, speed, partition, biot, cells)
    outwards = np.cumsum(1 / np.append(between, out)[::-1])[::-1]
    root = np.sqrt(capacity)
    place = np.arange(len(root))
    delays, vectors = np.linalg.eigh(outwards[np.maximum.outer(place, place)] * np.outer(root, root))
    rates = 1 / np.maximum(delays, 1e-15 * delays[-1])
    inside = edges[1:] <= core * (1 + 1e-12)
    found = []
    for filled in (inside, ~inside):
        start = np.where(filled, volumes, 0.0) / volumes[filled].sum()
        weights = (vectors.T @ root) * (vectors.T @ (start / root))
        found.append(weights / weights.sum())
    for array in (rates, *found):
        array.flags.writeable = False
    return rates, *found


def grid(core, speed, partition, biot, cells=(CORE_CELLS, SHELL_CELLS)):
    """Edges, volumes, capacities (volume times partition) of the cells, conductances between them and to the outside.

    Volumes are in units of 4 pi R³, conductances in 4 pi R D_shell.
    """
    n, m = cells
    inner = core * _towards_end(n)
    outer = core + (1 - core) * _towards_both(m)
    edges = np.append(inner, outer[1:])
    volumes = np.diff(edges**3) / 3
    low, high = edges[:-1], edges[1:]
    squares = np.diff(edges**5) / 5 / volumes
    inverse = (low + high) / 2 * (high - low) / volumes  # the mean of 1/r, without cancellation
    # In the core the flux of a source in it is r³/3, in the shell constant.
    squared = squares[:n]
    in_core = edges[1:n] ** 3 * speed * 2 / np.diff(squared) if n > 1 else np.empty(0)
    to_interface = core**3 * speed * 2 / (core**2 - squared[-1])
    in_shell = -1 / np.diff(inverse[n:])
    from_interface = 1 / (1 / core - inverse[n])
    # In terms of concentration over partition, which is continuous.
    across = 1 / (1 / (partition * to_interface) + 1 / from_interface)
    between = np.concatenate([partition * in_core, [across], in_shell])
    out = 1 / ((inverse[-1] - 1) + 1 / biot)
    capacity = volumes * np.where(np.arange(n + m) < n, partition, 1.0)
    return edges, volumes, capacity, between, out


def _towards_end(n):
    """Edges from 0 to 1 that crowd at 1."""
    return 1 - (1 - np.arange(n + 1) / n) ** 2


def _towards_both(n):
    """Edges from 0 to 1 that crowd at both ends."""
    s = np.arange(n + 1) / n
    return s**2 / (s**2 + (1 - s) ** 2)
