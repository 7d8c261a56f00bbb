"""Areas under a measured or computed curve, piece by piece: straight lines, or exponentials where it falls.

Pieces: straight, ``(c1 + c2) h / 2``; exponential, ``(c1 - c2) h / ln(c1/c2)``, both with their first moments.
For x = ln(c1/c2) near nothing, series take the place of differences.
"""

import numpy as np

METHODS = ("linear", "linear up log down", "log")
_SMALL = 1e-2


def pieces(times, values, method):
    """Area and first moment of every piece between neighbouring points.

    Parameters
    ----------
    times : array (points,)
        Rising.
    values : array (points,) or (..., points)
        Not negative.
    method : {"linear", "linear up log down", "log"}
        Where pieces are exponential: nowhere, where the curve falls, or wherever both ends are above zero.

    Returns
    -------
    areas, moments : array (..., points - 1)
    """
    times, values = np.asarray(times, dtype=float), np.asarray(values, dtype=float)
    begin, h = times[:-1], np.diff(times)
    first, last = values[..., :-1], values[..., 1:]
    areas = (first + last) * h / 2
    # By convention the trapezoid of t c, not the integral of t times the straight line.
    moments = (times[:-1] * first + times[1:] * last) * h / 2
    curved = exponential(first, last, method)
    if curved.any():
        with np.errstate(divide="ignore", invalid="ignore"):
            x = np.where(curved, np.log(np.where(curved, first, 1.0) / np.where(curved, last, 1.0)), 0.0)
        area = h * first * _phi1(x)
        moment = begin * area + h**2 * first * _phi2(x)
        areas, moments = np.where(curved, area, areas), np.where(curved, moment, moments)
    return areas, moments


def exponential(first, last, method):
    """Whether a piece from ``first`` to ``last`` is an exponential by the method."""
    if method == "linear":
        return np.zeros(np.shape(first), dtype=bool)
    positive = (first > 0) & (last > 0)
    return positive & (last < first) if method == "linear up log down" else positive & (last != first)


def at(time, times, values, method):
    """The curve between its points by the same pieces as `pieces`; NaN outside."""
    if not times[0] <= time <= times[-1]:
        return np.nan
    k = min(int(np.searchsorted(times, time, side="right")) - 1, len(times) - 2)
    share = (time - times[k]) / (times[k + 1] - times[k]) if times[k + 1] > times[k] else 0.0
    first, last = values[k], values[k + 1]
    if exponential(first, last, method):
        return float(first * (last / first) ** share)
    return float(first + share * (last - first))


def between(begin, end, times, values, method):
    """The area from ``begin`` to ``end``, both within the times, with the ends put in by `at`."""
    inside = (times > begin) & (times < end)
    t = np.concatenate([[begin], times[inside], [end]])
    c = np.concatenate([[at(begin, times, values, method)], values[inside], [at(end, times, values, method)]])
    return float(pieces(t, c, method)[0].sum())


def _phi1(x):
    """(1 - e^-x)/x."""
    near = np.abs(x) < 1e-12
    return np.where(near, 1.0, -np.expm1(-x) / np.where(near, 1.0, x))


def _phi2(x):
    """(1 - (1 + x) e^-x)/x², the integral of s e^(-x s) over s from 0 to 1."""
    near = np.abs(x) < _SMALL
    series = 1 / 2 - x / 3 + x**2 / 8 - x**3 / 30 + x**4 / 144 - x**5 / 840
    y = np.where(near, 1.0, x)
    return np.where(near, series, (1 - (1 + y) * np.exp(-y)) / y**2)
