"""Numbers for the SymPy functions of `pkmodels.laws.responsive`."""

from functools import lru_cache

import numpy as np


def polymer_share(chi, crosslinks, made):
    """Root of the equation of Flory and Rehner by halving its bracket (0, 1)."""
    if all(np.ndim(a) == 0 for a in (chi, crosslinks, made)):
        return _one_share(float(chi), float(crosslinks), float(made))
    return _share(chi, crosslinks, made)


@lru_cache(maxsize=4096)
def _one_share(chi, crosslinks, made):
    """Kept, since an integrator asks for the same share at every step between two breakpoints."""
    return float(_share(chi, crosslinks, made))


def _share(chi, crosslinks, made):
    chi, crosslinks, made = np.broadcast_arrays(*(np.asarray(a, dtype=float) for a in (chi, crosslinks, made)))
    low, high = np.full(chi.shape, 1e-12), np.full(chi.shape, 1 - 1e-12)
    for _ in range(60):
        p = (low + high) / 2
        left = np.log1p(-p) + p + chi * p**2 + crosslinks * made * (np.cbrt(p / made) - p / (2 * made))
        low, high = np.where(left > 0, p, low), np.where(left > 0, high, p)
    return (low + high) / 2


NUMERIC = {"polymer_share": polymer_share}
