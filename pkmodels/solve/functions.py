"""Numbers for the SymPy functions of `pkmodels.laws`."""

import numpy as np

#: Where the sphere's short-time form hands over to the series; both agree there to 1e-9.
SPHERE_SWITCH = 0.05
_TERMS = np.arange(1, 11)


def since(time, lag):
    """``max(time - lag, 0)``; zero is kept a hair above zero, so that powers have derivatives."""
    return np.maximum(time - lag, 1e-200)


def heaviside(x, at_zero=0.0):
    """Step function."""
    return np.heaviside(x, at_zero)


def sphere_release(x):
    """Share released from a sphere at ``x = D t / R²``; absolute error below 1e-9.

    Crank (1975): ``6 sqrt(x/pi) - 3x`` for short times, ten terms of the series afterwards.
    """
    x = np.asarray(x, dtype=float)
    late = np.maximum(x, SPHERE_SWITCH)[..., None]
    series = 1 - 6 / np.pi**2 * np.sum(np.exp(-(_TERMS**2) * np.pi**2 * late) / _TERMS**2, axis=-1)
    return np.where(x < SPHERE_SWITCH, 6 * np.sqrt(x / np.pi) - 3 * x, series)


def sphere_release_rate(x):
    """Derivative of `sphere_release` with respect to x."""
    x = np.asarray(x, dtype=float)
    late = np.maximum(x, SPHERE_SWITCH)[..., None]
    series = 6 * np.sum(np.exp(-(_TERMS**2) * np.pi**2 * late), axis=-1)
    return np.where(x < SPHERE_SWITCH, 3 / np.sqrt(np.pi * np.maximum(x, 1e-200)) - 3, series)


NUMERIC = {
    "since": since,
    "Heaviside": heaviside,
    "sphere_release": sphere_release,
    "sphere_release_rate": sphere_release_rate,
}
