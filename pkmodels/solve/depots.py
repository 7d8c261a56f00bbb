"""Numbers for the SymPy functions of `pkmodels/carriers/depots`."""

import numpy as np
from scipy.special import gammainc, gammaln


def gamma_share(x, shape):
    """The regularised lower incomplete gamma function P(shape, x)."""
    return gammainc(shape, np.maximum(x, 0.0))


def gamma_share_rate(x, shape):
    """Its derivative with respect to x."""
    x = np.maximum(x, 1e-200)
    return np.exp((shape - 1) * np.log(x) - x - gammaln(shape))


def gamma_share_slope(x, shape, step=2e-3):
    """Its derivative with respect to the shape: differences over six neighbours, good to 1e-10."""
    return sum(c * (gamma_share(x, shape + k * step) - gamma_share(x, shape - k * step))
               for k, c in ((1, 0.75), (2, -0.15), (3, 1 / 60))) / step


def two_steps(x, y):
    """``1 - (y exp(-x) - x exp(-y))/(y - x)`` without division by zero or overflow."""
    low, high = np.minimum(x, y), np.maximum(x, y)
    gap = high - low
    mean = np.where(gap > 1e-12, -np.expm1(-gap) / np.where(gap > 1e-12, gap, 1.0), 1.0)
    return -np.expm1(-low) - low * np.exp(-low) * mean


def two_steps_rate(x, y):
    """Derivative of `two_steps` with respect to x: ``y exp(-x) (z - 1 + exp(-z))/z²``, z = y - x."""
    z = y - x
    near = np.abs(z) < 0.01
    far = np.where(near, 1.0, z)
    # Both forms are the same; the second keeps exp(-x) exp(-z) = exp(-y) from overflowing.
    series = np.exp(-x) * (1 / 2 - z / 6 + z**2 / 24 - z**3 / 120 + z**4 / 720)
    return y * np.where(near, series, (np.exp(-x) * (far - 1) + np.exp(-np.where(near, x + 1, y))) / far**2)
