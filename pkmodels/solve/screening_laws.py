"""The laws of `series` and `functions` for one number at a time, compiled; each is tested against its NumPy form."""

import math

import numpy as np
from numba import njit
from scipy.special import rgamma

from . import series

#: Compiled code is kept beside the source.
OPTIONS = {"cache": True, "nogil": True, "fastmath": {"contract"}, "error_model": "numpy"}
_SPHERE, _SLAB, _CYLINDER, _SURFACE = (series.SPHERE_SWITCH, series.SLAB_SWITCH, series.CYLINDER_SWITCH,
                                       series.SURFACE_SWITCH)
_PI, _ROOT_PI = math.pi, math.sqrt(math.pi)
_SLAB_RATES, _CYLINDER_RATES = series._SLAB, series._CYLINDER
#: I1/I0 in powers of 1/z gives powers of the root of time; the last ones of value and slope.
_CYLINDER_START = np.array([2 * c * rgamma((k + 3) / 2) for k, c in enumerate(series._BESSEL_RATIO)])
_CYLINDER_SLOPE = np.array([2 * c * rgamma((k + 1) / 2) for k, c in enumerate(series._BESSEL_RATIO)])
_NEAR, _NEAR_SLOPE = np.array(series._NEAR), np.array(series._NEAR_SLOPE)
_COUNT, _TERMS = len(series._ROOTS), len(series._ONES)
FILM, BATH = 0, 1


@njit(**OPTIONS)
def logistic(y):
    return 1.0 / (1.0 + math.exp(-y))


@njit(**OPTIONS)
def double_exponential_rate(y):
    return math.exp(-y - math.exp(-y))


@njit(**OPTIONS)
def _gone(x):
    angle = 2.0 / 3.0 * math.asin(math.sqrt(min(max(x, 0.0), 1.0)))
    return math.sin(angle / 2.0) ** 2 + math.sqrt(0.75) * math.sin(angle)


@njit(**OPTIONS)
def baker_lonsdale(x):
    gone = _gone(x)
    return min(gone * (3.0 - 3.0 * gone + gone * gone), 1.0)


@njit(**OPTIONS)
def baker_lonsdale_rate(x):
    gone = _gone(x)
    return (1.0 - gone) / (2.0 * max(gone, 1e-150)) if x < 1.0 else 0.0


@njit(**OPTIONS)
def mean_decay(y):
    return 1.0 - y / 2.0 if abs(y) < 1e-12 else -math.expm1(-y) / y


@njit(**OPTIONS)
def mean_decay_slope(y):
    if abs(y) < 1e-2:
        return -0.5 + y * (1 / 3 - y * (1 / 8 - y * (1 / 30 - y * (1 / 144 - y / 840))))
    return ((1.0 + y) * math.exp(-y) - 1.0) / (y * y)


@njit(**OPTIONS)
def sphere_release(x):
    if x < _SPHERE:
        return 6.0 / _ROOT_PI * math.sqrt(x) - 3.0 * x
    q, total = math.exp(-_PI * _PI * x), 0.0
    for n in range(_TERMS, 0, -1):
        total = (total * q ** (2 * n + 1) if n < _TERMS else 0.0) + 1.0 / (n * n)
    return 1.0 - 6.0 / (_PI * _PI) * q * total


@njit(**OPTIONS)
def sphere_release_rate(x):
    if x < _SPHERE:
        return 3.0 / math.sqrt(_PI * max(x, 1e-200)) - 3.0
    q, total = math.exp(-_PI * _PI * x), 0.0
    for n in range(_TERMS, 0, -1):
        total = (total * q ** (2 * n + 1) if n < _TERMS else 0.0) + 1.0
    return 6.0 * q * total


@njit(**OPTIONS)
def _sum(rates, x, inverse):
    total = 0.0
    for rate in rates:
        if rate * x > 745.0:
            break
        total += math.exp(-rate * x) / (rate if inverse else 1.0)
    return total


@njit(**OPTIONS)
def slab_release(x):
    return 4.0 * math.sqrt(x / _PI) if x < _SLAB else 1.0 - 8.0 * _sum(_SLAB_RATES, x, True)


@njit(**OPTIONS)
def slab_release_rate(x):
    return 2.0 / math.sqrt(_PI * max(x, 1e-200)) if x < _SLAB else 8.0 * _sum(_SLAB_RATES, x, False)


@njit(**OPTIONS)
def cylinder_release(x):
    if x >= _CYLINDER:
        return 1.0 - 4.0 * _sum(_CYLINDER_RATES, x, True)
    root, total = math.sqrt(max(x, 1e-200)), 0.0
    for c in _CYLINDER_START[::-1]:
        total = total * root + c
    return total * root


@njit(**OPTIONS)
def cylinder_release_rate(x):
    if x >= _CYLINDER:
        return 4.0 * _sum(_CYLINDER_RATES, x, False)
    root, total = math.sqrt(max(x, 1e-200)), 0.0
    for c in _CYLINDER_SLOPE[::-1]:
        total = total * root + c
    return total / root


@njit(**OPTIONS)
def erfcx(x):
    """exp(x²) erfc(x); for large x by its continued fraction, where the product would lose digits and then all."""
    if x < 6.0:
        return math.exp(x * x) * math.erfc(x)
    below = x
    for k in range(30, 0, -1):
        below = x + k / 2.0 / below
    return 1.0 / (_ROOT_PI * below)


@njit(**OPTIONS)
def _equation(kind, place, number):
    sine, cosine = math.sin(place), math.cos(place)
    if kind == FILM:
        sinc = sine / place
        return cosine + (number - 1.0) * sinc, -sine + (number - 1.0) * (cosine - sinc) / place
    return ((3.0 + number * place**2) * sine - 3.0 * place * cosine,
            (2.0 * number + 3.0) * place * sine + number * place**2 * cosine)


@njit(**OPTIONS)
def find_roots(kind, number, roots):
    """The roots of `series._equation` into ``roots``, whose last two entries say what stands there."""
    if roots[_COUNT] == number and roots[_COUNT + 1] == kind:
        return
    for k in range(_COUNT):
        n = k + 1
        low = (n - 1) * _PI if kind == FILM else n * _PI
        high = n * _PI if kind == FILM else (n + 0.5) * _PI
        sign = 1.0 if (n - 1 if kind == FILM else n) % 2 == 0 else -1.0
        place = (low + high) / 2.0
        for _ in range(60):
            value, slope = _equation(kind, place, number)
            value, slope = value * sign, slope * sign
            if (value > 0.0) if kind == FILM else (value < 0.0):
                low = place
            else:
                high = place
            step = place - value / slope
            inside = low * (1 - 1e-9) <= step <= high * (1 + 1e-9)
            new = step if inside else (low + high) / 2.0
            done = inside and abs(new - place) <= 1e-8 * new
            place = new
            if done:
                break
        roots[k] = place
    roots[_COUNT], roots[_COUNT + 1] = number, kind


@njit(**OPTIONS)
def _third_integral(w):
    if abs(w) < 1.0:
        value = slope = 0.0
        for c in _NEAR:
            value = value * w + c
        for c in _NEAR_SLOPE:
            slope = slope * w + c
        return value, slope
    remaining = 1.0 - erfcx(w)
    value = (w * w - 2.0 * w / _ROOT_PI + remaining) / w**3
    return value, 2.0 * remaining / (w * w) - 3.0 * value / w


@njit(**OPTIONS)
def film_release(x, b, roots):
    if x < _SURFACE:
        early = max(x, 1e-200)
        return 3.0 * b * early - 3.0 * b * b * early**1.5 * _third_integral((b - 1.0) * math.sqrt(early))[0]
    total = 0.0
    for q in roots[:_COUNT]:
        total += 6.0 * b * b / (q * q * (q * q + b * (b - 1.0))) * math.exp(-q * q * x)
    return 1.0 - total


@njit(**OPTIONS)
def film_release_rate(x, b, roots):
    if x < _SURFACE:
        root = math.sqrt(max(x, 1e-200))
        w = (b - 1.0) * root
        if abs(w) >= 1.0:
            return 3.0 * b * (b * erfcx(w) - 1.0) / (b - 1.0)
        return 3.0 * (b - b * b * root * (2.0 / _ROOT_PI - w + w * w * _third_integral(w)[0]))
    total = 0.0
    for q in roots[:_COUNT]:
        total += 6.0 * b * b / (q * q + b * (b - 1.0)) * math.exp(-q * q * x)
    return total


@njit(**OPTIONS)
def film_release_slope(x, b, roots):
    if x < _SURFACE:
        early = max(x, 1e-200)
        g, dg = _third_integral((b - 1.0) * math.sqrt(early))
        return 3.0 * early - 6.0 * b * early**1.5 * g - 3.0 * b * b * early * early * dg
    total = 0.0
    for q in roots[:_COUNT]:
        norm = q * q + b * (b - 1.0)
        moved = q / norm
        growth = 2.0 / b - 2.0 * moved / q - (2.0 * q * moved + 2.0 * b - 1.0) / norm
        total += 6.0 * b * b / (q * q * norm) * (2.0 * x * q * moved - growth) * math.exp(-q * q * x)
    return total


@njit(**OPTIONS)
def _bath_start(x, a):
    """Share of dose released at short times, its slopes by x and by the ratio."""
    root, early = math.sqrt(9.0 + 12.0 * a), math.sqrt(x)
    poles = (6.0 / (3.0 + root), -(3.0 + root) / (2.0 * a))
    share, rate, slope = a, 3.0 / math.sqrt(_PI * x), 1.0
    for i in range(2):
        r, other = poles[i], poles[1 - i]
        moved, other_moved = -r * r / (2.0 * a * r + 3.0), -other * other / (2.0 * a * other + 3.0)
        weight = 3.0 * (r - 1.0) / (r * (r - other))
        growth = moved / (r - 1.0) - moved / r - (moved - other_moved) / (r - other)
        decay = erfcx(-r * early)
        share += weight * decay
        rate += weight * r * r * decay
        slope += weight * (growth * decay + moved * (2.0 * r * x * decay + 2.0 * math.sqrt(x / _PI)))
    return share, rate, slope


@njit(**OPTIONS)
def bath_release(x, a, roots):
    if x < _SURFACE:
        return (1.0 + a) / a * _bath_start(max(x, 1e-200), a)[0]
    total = 0.0
    for q in roots[:_COUNT]:
        total += 6.0 * a * (a + 1.0) / (9.0 + 9.0 * a + q * q * a * a) * math.exp(-q * q * x)
    return 1.0 - total


@njit(**OPTIONS)
def bath_release_rate(x, a, roots):
    if x < _SURFACE:
        return (1.0 + a) / a * _bath_start(max(x, 1e-200), a)[1]
    total = 0.0
    for q in roots[:_COUNT]:
        total += 6.0 * a * (a + 1.0) / (9.0 + 9.0 * a + q * q * a * a) * q * q * math.exp(-q * q * x)
    return total


@njit(**OPTIONS)
def bath_release_slope(x, a, roots):
    if x < _SURFACE:
        share, _, slope = _bath_start(max(x, 1e-200), a)
        return (1.0 + a) / a * slope - share / (a * a)
    total = 0.0
    for q in roots[:_COUNT]:
        norm = 9.0 + 9.0 * a + q * q * a * a
        moved = -3.0 * q / norm
        growth = 1.0 / a + 1.0 / (1.0 + a) - (9.0 + 2.0 * q * q * a + 2.0 * q * moved * a * a) / norm
        total += 6.0 * a * (a + 1.0) / norm * (2.0 * x * q * moved - growth) * math.exp(-q * q * x)
    return total
