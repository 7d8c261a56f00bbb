"""Numbers for the SymPy functions of `pkmodels.laws`."""

import numpy as np
from scipy.special import expit, ndtr

from . import depots, layered, responsive, series
from .series import SPHERE_SWITCH, sphere_release, sphere_release_rate

__all__ = ["NUMERIC", "SPHERE_SWITCH", "sphere_release", "sphere_release_rate"]

#: Beyond this x less than 1e-16 of the mass is left. Forty nodes give 13 digits up to there.
_CASALINI_END = 36.8
_CASALINI_NODES, _CASALINI_WEIGHTS = (a / 2 for a in np.polynomial.legendre.leggauss(40))
_CASALINI_NODES = _CASALINI_NODES + 0.5


def since(time, lag):
    """``max(time - lag, 0)``; zero is kept a hair above zero, so that powers have derivatives."""
    return np.maximum(time - lag, 1e-200)


def heaviside(x, at_zero=0.0):
    """Step function."""
    return np.heaviside(x, at_zero)


def double_exponential(y):
    """``exp(-exp(-y))``."""
    return np.exp(-np.exp(-y))


def double_exponential_rate(y):
    """Derivative of `double_exponential`, without infinity times zero far below."""
    return np.exp(-y - np.exp(-y))


def baker_lonsdale(x):
    """Share F at which 3/2 (1 - (1 - F)^(2/3)) - F = x/2, for x from 0 to 1, where all is released.

    The cubic in the radius of the core has its middle root by an angle; what is gone of the radius
    is computed by itself, since one less something near one would lose its digits at short times.
    """
    gone = _gone(x)
    return np.minimum(gone * (3 - 3 * gone + gone**2), 1.0)


def baker_lonsdale_rate(x):
    """Derivative of `baker_lonsdale`; zero once all is released."""
    gone = _gone(x)
    return np.where(np.asarray(x) < 1, (1 - gone) / (2 * np.maximum(gone, 1e-150)), 0.0)


def open_pores(z):
    """``z Φ(z) + φ(z)``: the normal distribution function integrated up to z."""
    z = np.asarray(z, dtype=float)
    return z * ndtr(z) + np.exp(-np.square(z) / 2) / np.sqrt(2 * np.pi)


def casalini(x, beta):
    """``∫ exp(beta sqrt(1 - exp(-u))) du`` from 0 to x."""
    return _casalini(x, beta, 0)


def casalini_slope(x, beta):
    """Derivative of `casalini` with respect to beta."""
    return _casalini(x, beta, 1)


def _casalini(x, beta, power):
    """Gauss's quadrature in v = sqrt(u), which takes the root at 0 away; beyond `_CASALINI_END` the mass is gone."""
    x, beta = np.asarray(x, dtype=float), np.asarray(beta, dtype=float)
    end = np.sqrt(np.minimum(x, _CASALINI_END))
    v = end[..., None] * _CASALINI_NODES
    root = np.sqrt(-np.expm1(-(v**2)))
    inner = 2 * end * np.sum(_CASALINI_WEIGHTS * v * root**power * np.exp(beta[..., None] * root), axis=-1)
    return inner + np.maximum(x - _CASALINI_END, 0) * np.exp(beta)


def _gone(x):
    """The share of the radius that the front has passed."""
    angle = 2 / 3 * np.arcsin(np.sqrt(np.clip(x, 0, 1)))
    return np.sin(angle / 2) ** 2 + np.sqrt(0.75) * np.sin(angle)


def mean_decay(y):
    """(1 - e^-y)/y, 1 at y = 0."""
    y = np.asarray(y, dtype=float)
    near = np.abs(y) < 1e-12
    return np.where(near, 1 - y / 2, -np.expm1(-y) / np.where(near, 1.0, y))


def mean_decay_slope(y):
    """Derivative of `mean_decay`; by its series near 0, where differences would lose digits."""
    y = np.asarray(y, dtype=float)
    near = np.abs(y) < 1e-2
    series = -1 / 2 + y / 3 - y**2 / 8 + y**3 / 30 - y**4 / 144 + y**5 / 840
    far = np.where(near, 1.0, y)
    return np.where(near, series, ((1 + far) * np.exp(-far) - 1) / far**2)


NUMERIC = {
    "mean_decay": mean_decay,
    "mean_decay_slope": mean_decay_slope,
    "since": since,
    "Heaviside": heaviside,
    "until": np.minimum,
    "logistic": expit,
    "double_exponential": double_exponential,
    "double_exponential_rate": double_exponential_rate,
    "baker_lonsdale": baker_lonsdale,
    "baker_lonsdale_rate": baker_lonsdale_rate,
    **responsive.NUMERIC,
    "growth": np.expm1,
    "open_pores": open_pores,
    "casalini": casalini,
    "casalini_slope": casalini_slope,
    **{name: getattr(series, name) for name in (
        "sphere_release", "sphere_release_rate", "slab_release", "slab_release_rate", "cylinder_release",
        "cylinder_release_rate", "film_release", "film_release_rate", "film_release_slope", "bath_release",
        "bath_release_rate", "bath_release_slope")},
    **{name: getattr(depots, name) for name in (
        "gamma_share", "gamma_share_rate", "gamma_share_slope", "two_steps", "two_steps_rate")},
    **{f"{place}_release{kind}": getattr(layered, f"{place}_release{kind}")
       for place in ("core", "shell") for kind in ("", "_rate", "_slope")},
}
