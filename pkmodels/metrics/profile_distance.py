"""Numbers that compare two mean release profiles, or describe one. All shares in per cent, all times in hours."""

import numpy as np

#: A release of this share of the dose takes the time Td, as in the Weibull function.
TD_PERCENT = 100 * -np.expm1(-1.0)
PERCENTS = (25.0, 50.0, 75.0, 80.0, 90.0)


def f1(reference, test):
    """The difference factor, 100 sum|R - T| / sum R (Moore and Flanner 1996).

    Parameters
    ----------
    reference, test : array_like, shape (..., points)
        Mean released, per cent.

    Returns
    -------
    float or ndarray
        Per cent; NaN where nothing was released from the reference.
    """
    reference, test = np.asarray(reference, dtype=float), np.asarray(test, dtype=float)
    total = reference.sum(axis=-1)
    return 100 * np.abs(reference - test).sum(axis=-1) / np.where(total > 0, total, np.nan)


def f2(reference, test):
    """The similarity factor, 50 log10(100 / sqrt(1 + mean (R - T)^2)) (Moore and Flanner 1996, Shah 1998)."""
    return f2_of(mean_square(reference, test))


def mean_square(reference, test, extra=0.0, counted=None):
    """The mean over the points that count of (R - T)^2 + extra; all points when ``counted`` is not given."""
    squares = (np.asarray(reference, dtype=float) - np.asarray(test, dtype=float)) ** 2 + extra
    return squares.mean(axis=-1) if counted is None else np.mean(squares, axis=-1, where=counted)


def f2_of(square):
    """f2 of a mean squared difference (per cent squared); NaN from -1 downwards, where there is none."""
    square = np.asarray(square, dtype=float)
    inside = np.where(square > -1, 1 + square, np.nan)
    return 100 - 25 * np.log10(inside)


def noise(reference_sd, test_sd, reference_n, test_n):
    """The mean over the points of var(R)/n + var(T)/n: what the scatter of units adds to the mean square."""
    return np.mean(np.square(reference_sd) / reference_n + np.square(test_sd) / test_n, axis=-1)


def expected_f2(reference, test, scatter):
    """f2 as it is to be expected from means of so few units.

    Parameters
    ----------
    reference, test : array_like, shape (..., points)
        Mean released, per cent.
    scatter : float or ndarray
        Of `noise`.

    Notes
    -----
    Derived here, in the terms of Shah 1998: with independent units E(R - T)^2 = (mu_R - mu_T)^2 + var_R/n_R +
    var_T/n_T at each point, and to first order E(f2) = f2 of the expected mean square. The logarithm makes this a
    lower bound of E(f2) (Jensen). The observed means stand for the unknown ones.
    """
    return f2_of(mean_square(reference, test) + scatter)


def unbiased_f2(reference, test, scatter):
    """f2 after the scatter of units is taken off the mean square (the bias-corrected f2 of Shah 1998).

    By the same derivation as `expected_f2`: (R - T)^2 - s_R^2/n_R - s_T^2/n_T has no bias for the squared difference
    of the true means. NaN where the scatter exceeds what was observed by more than 1 (no logarithm).
    """
    return f2_of(mean_square(reference, test) - scatter)


def rescigno(times, reference, test):
    """The indices xi1 and xi2 of Rescigno 1992: 0 for equal curves, 1 where one of them is zero.

    Parameters
    ----------
    times, reference, test : array_like, shape (points,)
        The curves are straight between the points; the integrals are exact for them, also where they cross.

    Returns
    -------
    tuple of float
        ``(int |R - T|^j / int |R + T|^j)^(1/j)`` for j = 1 and 2; NaN where both are zero.
    """
    times, reference, test = (np.asarray(each, dtype=float) for each in (times, reference, test))
    parts = [_absolute(times, reference - test) / _some(_absolute(times, reference + test)),
             np.sqrt(_squared(times, reference - test) / _some(_squared(times, reference + test)))]
    return tuple(float(part) for part in parts)


def mean_dissolution_time(times, released):
    """The mean time of release of what was released by the last point, hours.

    Parameters
    ----------
    times, released : array_like, shape (points,)
        From time zero; straight between the points.
    """
    times, released = np.asarray(times, dtype=float), np.asarray(released, dtype=float)
    middles = (times[1:] + times[:-1]) / 2
    return float(np.sum(middles * np.diff(released)) / _some(released[-1] - released[0]))


def dissolution_efficiency(times, released):
    """The area under the curve in per cent of the rectangle of 100 % release over the same time."""
    times, released = np.asarray(times, dtype=float), np.asarray(released, dtype=float)
    area = np.sum(np.diff(times) * (released[1:] + released[:-1]) / 2)
    return float(area / _some(times[-1] - times[0]))


def time_of(times, released, percent):
    """The first time at which the straight line between points reaches ``percent``, hours; NaN if it never does."""
    times, released = np.asarray(times, dtype=float), np.asarray(released, dtype=float)
    reached = np.flatnonzero(np.round(released - percent, 9) >= 0)
    if not len(reached):
        return np.nan
    k = int(reached[0])
    if k == 0:
        return float(times[0])
    share = (percent - released[k - 1]) / (released[k] - released[k - 1])
    return float(times[k - 1] + share * (times[k] - times[k - 1]))


def _some(value):
    return value if value > 0 else np.nan


def _squared(times, values):
    """The exact integral of the square of a curve of straight pieces."""
    a, b = values[:-1], values[1:]
    return float(np.sum(np.diff(times) * (a * a + a * b + b * b) / 3))


def _absolute(times, values):
    """The exact integral of the absolute value of a curve of straight pieces."""
    a, b = values[:-1], values[1:]
    crossing = a * b < 0
    span = np.where(crossing, np.abs(a) + np.abs(b), 1.0)
    whole = np.where(crossing, (a * a + b * b) / (2 * span), (np.abs(a) + np.abs(b)) / 2)
    return float(np.sum(np.diff(times) * whole))
