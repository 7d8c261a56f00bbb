"""Fickian release in numbers: slab, cylinder, sphere, sphere behind a film, sphere in a finite bath.

Time is x = D t / length². Each share is a sum of ten or so exponentials, which needs too many
terms at short times; there the Laplace transform is inverted with the far side infinitely far off.
"""

from functools import lru_cache

import numpy as np
from scipy.special import erfcx, jn_zeros, rgamma

from . import loops

#: Where the short-time forms hand over to the series; both agree there to 1e-10 or better.
SPHERE_SWITCH, SLAB_SWITCH, CYLINDER_SWITCH, SURFACE_SWITCH = 0.04, 0.0125, 0.004, 0.04
#: At the switch of the sphere seven terms leave 1e-13 of the share, and the short-time form (without its image in the
#: middle, 12 sqrt(x) ierfc(1/sqrt(x))) 4e-13.
_INVERSE_SQUARES = 1 / np.arange(1.0, 8) ** 2
_ONES = np.ones(7)
_FIRST, _SHARE, _DECAY = 6 / np.sqrt(np.pi), 6 / np.pi**2, -np.pi**2
_SLAB = ((2 * np.arange(10) + 1) * np.pi) ** 2
_CYLINDER = jn_zeros(0, 30) ** 2
#: I1(z)/I0(z) for large z in powers of 1/z: what a cylinder's surface looks like at short times.
_BESSEL_RATIO = (1.0, -1 / 2, -1 / 8, -1 / 8, -25 / 128, -13 / 32, -1073 / 1024)
_TINY = 1e-200
#: Coefficients of `_third_integral` and its derivative in powers of w, highest first.
_NEAR = ((-1.0) ** np.arange(30) * rgamma((np.arange(30) + 5) / 2))[::-1]
_NEAR_SLOPE = np.polyder(_NEAR)
_ROOTS = np.arange(1, 12)


def sphere_release(x):
    """Share released from a sphere at ``x = D t / R²``; absolute error below 1e-12."""
    x = np.asarray(x, dtype=float)
    if fast := loops.compiled():
        every = x.ravel()
        return fast.sphere(every, np.exp(_DECAY * every)).reshape(x.shape)
    late = 1 - _SHARE * _squares(np.maximum(x, SPHERE_SWITCH), _INVERSE_SQUARES)
    early = np.minimum(x, SPHERE_SWITCH)
    return np.where(x < SPHERE_SWITCH, _FIRST * np.sqrt(early) - 3 * early, late)


def sphere_release_rate(x):
    """Derivative of `sphere_release` with respect to x."""
    x = np.asarray(x, dtype=float)
    late = 6 * _squares(np.maximum(x, SPHERE_SWITCH), _ONES)
    return np.where(x < SPHERE_SWITCH, 3 / np.sqrt(np.pi * np.maximum(x, _TINY)) - 3, late)


def _squares(x, weights):
    """Σ weights_n q^(n²) with q = exp(-pi² x): one exponential, since n² grows by 1, 3, 5, ... (Horner's scheme)."""
    q = np.exp(_DECAY * x)
    if fast := loops.compiled():
        return fast.squares(q.ravel(), weights).reshape(q.shape)
    square = q * q
    powers = [q]
    for _ in weights[1:]:
        powers.append(powers[-1] * square)
    total = powers[-1] * weights[-1]
    for weight, power in zip(weights[-2::-1], powers[-2::-1], strict=True):
        total += weight
        total *= power
    return total


def slab_release(x):
    """Share released through both faces of a slab of thickness L at ``x = D t / L²``."""
    x = np.asarray(x, dtype=float)
    late = 1 - 8 * _sum(1 / _SLAB, _SLAB, np.maximum(x, SLAB_SWITCH))
    return np.where(x < SLAB_SWITCH, 4 * np.sqrt(x / np.pi), late)


def slab_release_rate(x):
    """Derivative of `slab_release` with respect to x."""
    x = np.asarray(x, dtype=float)
    late = 8 * _sum(1.0, _SLAB, np.maximum(x, SLAB_SWITCH))
    return np.where(x < SLAB_SWITCH, 2 / np.sqrt(np.pi * np.maximum(x, _TINY)), late)


def cylinder_release(x):
    """Share released through the side of a long cylinder at ``x = D t / R²``."""
    x = np.asarray(x, dtype=float)
    late = 1 - 4 * _sum(1 / _CYLINDER, _CYLINDER, np.maximum(x, CYLINDER_SWITCH))
    early = np.minimum(np.maximum(x, _TINY), CYLINDER_SWITCH)
    start = sum(2 * c * early ** ((k + 1) / 2) * rgamma((k + 3) / 2) for k, c in enumerate(_BESSEL_RATIO))
    return np.where(x < CYLINDER_SWITCH, start, late)


def cylinder_release_rate(x):
    """Derivative of `cylinder_release` with respect to x."""
    x = np.asarray(x, dtype=float)
    late = 4 * _sum(1.0, _CYLINDER, np.maximum(x, CYLINDER_SWITCH))
    early = np.minimum(np.maximum(x, _TINY), CYLINDER_SWITCH)
    start = sum(2 * c * early ** ((k - 1) / 2) * rgamma((k + 1) / 2) for k, c in enumerate(_BESSEL_RATIO))
    return np.where(x < CYLINDER_SWITCH, start, late)


def film_release(x, biot):
    """Share released from a sphere through a film of Biot number ``biot`` at ``x = D t / R²``."""
    x, biot = np.asarray(x, dtype=float), np.asarray(biot, dtype=float)
    roots, b = _film_roots(biot), biot[..., None]
    weight = 6 * b**2 / (roots**2 * (roots**2 + b * (b - 1)))
    late = 1 - _sum(weight, roots**2, np.maximum(x, SURFACE_SWITCH))
    early = np.clip(x, _TINY, SURFACE_SWITCH)
    start = 3 * biot * early - 3 * biot**2 * early**1.5 * _third_integral((biot - 1) * np.sqrt(early))[0]
    return np.where(x < SURFACE_SWITCH, start, late)


def film_release_rate(x, biot):
    """Derivative of `film_release` with respect to x."""
    x, biot = np.asarray(x, dtype=float), np.asarray(biot, dtype=float)
    roots, b = _film_roots(biot), biot[..., None]
    late = _sum(6 * b**2 / (roots**2 + b * (b - 1)), roots**2, np.maximum(x, SURFACE_SWITCH))
    early = np.clip(x, _TINY, SURFACE_SWITCH)
    w = (biot - 1) * np.sqrt(early)
    # Two forms of the same, since each cancels where the other does not.
    near = biot - biot**2 * np.sqrt(early) * (2 / np.sqrt(np.pi) - w + w**2 * _third_integral(w)[0])
    far = np.abs(w) >= 1
    start = 3 * np.where(far, biot * (biot * erfcx(np.where(far, w, 1)) - 1) / np.where(far, biot - 1, 1), near)
    return np.where(x < SURFACE_SWITCH, start, late)


def film_release_slope(x, biot):
    """Derivative of `film_release` with respect to the Biot number."""
    x, biot = np.asarray(x, dtype=float), np.asarray(biot, dtype=float)
    roots, b = _film_roots(biot), biot[..., None]
    norm = roots**2 + b * (b - 1)
    moved = roots / norm
    weight = 6 * b**2 / (roots**2 * norm)
    growth = 2 / b - 2 * moved / roots - (2 * roots * moved + 2 * b - 1) / norm
    at = np.maximum(x, SURFACE_SWITCH)
    late = -_sum(weight * growth, roots**2, at) + at * _sum(2 * weight * roots * moved, roots**2, at)
    early = np.clip(x, _TINY, SURFACE_SWITCH)
    g, dg = _third_integral((biot - 1) * np.sqrt(early))
    start = 3 * early - 6 * biot * early**1.5 * g - 3 * biot**2 * early**2 * dg
    return np.where(x < SURFACE_SWITCH, start, late)


def bath_release(x, ratio):
    """Share of what is released in the end, sphere in a well-stirred bath; ``ratio`` = V/(K V_spheres)."""
    x, a = np.asarray(x, dtype=float), np.asarray(ratio, dtype=float)
    roots, b = _bath_roots(a), a[..., None]
    late = 1 - _sum(6 * b * (b + 1) / (9 + 9 * b + roots**2 * b**2), roots**2, np.maximum(x, SURFACE_SWITCH))
    released = _bath_start(np.clip(x, _TINY, SURFACE_SWITCH), a)[0]
    return np.where(x < SURFACE_SWITCH, (1 + a) / a * released, late)


def bath_release_rate(x, ratio):
    """Derivative of `bath_release` with respect to x."""
    x, a = np.asarray(x, dtype=float), np.asarray(ratio, dtype=float)
    roots, b = _bath_roots(a), a[..., None]
    weight = 6 * b * (b + 1) / (9 + 9 * b + roots**2 * b**2)
    late = _sum(weight * roots**2, roots**2, np.maximum(x, SURFACE_SWITCH))
    early = np.clip(x, _TINY, SURFACE_SWITCH)
    start = 3 / np.sqrt(np.pi * early)
    for r, other in _bath_poles(a):
        start = start + 3 * (r - 1) / (r - other) * r * erfcx(-r * np.sqrt(early))
    return np.where(x < SURFACE_SWITCH, (1 + a) / a * start, late)


def bath_release_slope(x, ratio):
    """Derivative of `bath_release` with respect to the ratio."""
    x, a = np.asarray(x, dtype=float), np.asarray(ratio, dtype=float)
    roots, b = _bath_roots(a), a[..., None]
    norm = 9 + 9 * b + roots**2 * b**2
    moved = -3 * roots / norm
    weight = 6 * b * (b + 1) / norm
    growth = 1 / b + 1 / (1 + b) - (9 + 2 * roots**2 * b + 2 * roots * moved * b**2) / norm
    at = np.maximum(x, SURFACE_SWITCH)
    late = -_sum(weight * growth, roots**2, at) + at * _sum(2 * weight * roots * moved, roots**2, at)
    released, slope = _bath_start(np.clip(x, _TINY, SURFACE_SWITCH), a)
    return np.where(x < SURFACE_SWITCH, (1 + a) / a * slope - released / a**2, late)


def _sum(weights, rates, x):
    """Σ weights exp(-rates x) over the last axis, which weights and rates have and x has not."""
    return np.sum(weights * np.exp(-rates * x[..., None]), axis=-1)


def _third_integral(w):
    """G(w) = (w² - 2w/sqrt(pi) + 1 - erfcx(w))/w³ and its derivative, without cancellation at small w."""
    w = np.asarray(w, dtype=float)
    near = np.where(np.abs(w) < 1, w, 0.0)
    g, dg = np.polyval(_NEAR, near), np.polyval(_NEAR_SLOPE, near)
    far = np.where(np.abs(w) < 1, 1.0, w)
    remaining = 1 - erfcx(far)
    g_far = (far**2 - 2 * far / np.sqrt(np.pi) + remaining) / far**3
    return (np.where(np.abs(w) < 1, g, g_far),
            np.where(np.abs(w) < 1, dg, 2 * remaining / far**2 - 3 * g_far / far))


def _bath_poles(a):
    """Roots of a z² + 3z - 3 = 0, each with the other."""
    root = np.sqrt(9 + 12 * a)
    positive, negative = 6 / (3 + root), -(3 + root) / (2 * a)
    return (positive, negative), (negative, positive)


def _bath_start(x, a):
    """Share of dose released at short times and its derivative with respect to the ratio."""
    share, slope = a, 1.0
    for r, other in _bath_poles(a):
        moved, other_moved = (-(p**2) / (2 * a * p + 3) for p in (r, other))
        weight = 3 * (r - 1) / (r * (r - other))
        growth = moved / (r - 1) - moved / r - (moved - other_moved) / (r - other)
        decay = erfcx(-r * np.sqrt(x))
        share = share + weight * decay
        slope = slope + weight * (growth * decay + moved * (2 * r * x * decay + 2 * np.sqrt(x / np.pi)))
    return share, slope


def _film_roots(biot):
    """The first roots of β cot β + Bi - 1 = 0, one in each ((n - 1)π, nπ); they have an axis of their own."""
    return _roots("film", biot.tobytes(), biot.shape)


def _bath_roots(ratio):
    """The first roots of tan q = 3q/(3 + α q²), one in each (nπ, (n + 1/2)π)."""
    return _roots("bath", ratio.tobytes(), ratio.shape)


@lru_cache(maxsize=16)
def _roots(kind, raw, shape):
    """Newton's steps that fall back on halving the bracket; kept, since value and slopes ask for the same."""
    number = np.frombuffer(raw).reshape(shape)[..., None]
    if kind == "film":
        low, high = (_ROOTS - 1) * np.pi + 0 * number, _ROOTS * np.pi + 0 * number
    else:
        low, high = _ROOTS * np.pi + 0 * number, (_ROOTS + 0.5) * np.pi + 0 * number
    sign = (-1.0) ** (_ROOTS - 1 if kind == "film" else _ROOTS)
    place = (low + high) / 2
    for _ in range(60):
        value, slope = _equation(kind, place, number)
        value, slope = value * sign, slope * sign
        # A film's left-hand side falls through its root, a bath's rises.
        before = value > 0 if kind == "film" else value < 0
        low, high = np.where(before, place, low), np.where(before, high, place)
        with np.errstate(divide="ignore", invalid="ignore"):
            step = place - value / slope
        # At the root the bracket has closed on one side, and rounding may point just beyond it.
        inside = (step >= low * (1 - 1e-9)) & (step <= high * (1 + 1e-9))
        new = np.where(inside, step, (low + high) / 2)
        done = np.all(inside & (np.abs(new - place) <= 1e-8 * new))  # the last step squares what is left
        place = new
        if done:
            break
    place.flags.writeable = False
    return place


def _equation(kind, place, number):
    sine, cosine = np.sin(place), np.cos(place)
    if kind == "film":  # divided by β, which takes the root at zero away
        sinc = sine / place
        return cosine + (number - 1) * sinc, -sine + (number - 1) * (cosine - sinc) / place
    return ((3 + number * place**2) * sine - 3 * place * cosine,
            (2 * number + 3) * place * sine + number * place**2 * cosine)
