"""Numbers for the SymPy functions of `pkmodels.laws.responsive`."""

from functools import lru_cache

import numpy as np
from scipy.special import gammainc, gammaln, xlogy

#: Step of the derivative by the number of steps of a chain: its error is of the order of 1e-9.
_STEP = 1e-4


def transit_release(n, x):
    """Regularised incomplete gamma function."""
    return gammainc(n, np.maximum(x, 0.0))


def transit_release_rate(n, x):
    """``x^(n-1) exp(-x)/Γ(n)``."""
    return np.exp(xlogy(n - 1, x) - x - gammaln(n))


def transit_release_slope(n, x):
    """Derivative by ``n``: there is no elementary form, so central differences of fourth order."""
    h = _STEP * n
    near = transit_release(n + h, x) - transit_release(n - h, x)
    far = transit_release(n + 2 * h, x) - transit_release(n - 2 * h, x)
    return (8 * near - far) / (12 * h)


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


NUMERIC = {name: globals()[name] for name in (
    "transit_release", "transit_release_rate", "transit_release_slope", "polymer_share")}
