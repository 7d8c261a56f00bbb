"""Multivariate distance of two groups of release profiles: the region of Tsong 1996 and the test of Hoffelder 2016."""

from dataclasses import dataclass

import numpy as np

#: A correlation matrix whose smallest eigenvalue is below this share of the largest has no usable inverse.
_SINGULAR = 1e-10


@dataclass(frozen=True, kw_only=True)
class Distance:
    """The Mahalanobis distance of two mean profiles, with its limit.

    Parameters
    ----------
    distance, low, high : float
        Of the means, and the extremes over their confidence region; NaN where not computable.
    limit : float
        The distance of two profiles that differ by ``difference`` at every point.
    t2, f, f_critical : float
        Hotelling's T2, the F of it, and the quantile that bounds the region.
    noncentrality, f_equivalence, p_equivalence : float
        Of Hoffelder's test; p is the probability of so small an F at the limit.
    degrees : (int, int)
    scale : float
        K of Tsong 1996: n R n T / (n R + n T) times (n R + n T - p - 1) / ((n R + n T - 2) p).
    reason : str
        Why there is no number.
    """

    distance: float = np.nan
    low: float = np.nan
    high: float = np.nan
    limit: float = np.nan
    t2: float = np.nan
    f: float = np.nan
    f_critical: float = np.nan
    noncentrality: float = np.nan
    f_equivalence: float = np.nan
    p_equivalence: float = np.nan
    degrees: tuple = (0, 0)
    scale: float = np.nan
    reason: str = ""


def mahalanobis(reference, test, *, difference=10.0, confidence=0.9, level=0.05, labels=None):
    """The distance of two mean profiles in units of the pooled scatter of their units.

    Parameters
    ----------
    reference, test : ndarray, shape (units, points)
        Released, per cent.
    difference : float
        The largest tolerable difference at every point, per cent.
    confidence : float
        Of the region of the mean differences.
    level : float
        Of the equivalence test.
    labels : sequence of str, optional
        The points in words.

    Returns
    -------
    Distance

    Notes
    -----
    D = sqrt(d' S^-1 d) with the pooled covariance S (Tsong 1996). The region K (y - d)' S^-1 (y - d) <= F is an
    ellipsoid about d whose axes D measures, so its extremes lie on the line through zero and d: D -/+ sqrt(F / K), and
    zero where the region holds zero. Similar when the upper one stays within the limit.
    Hoffelder 2016 rejects dissimilarity when F is below the ``level`` quantile of the noncentral F distribution at
    the same limit.
    """
    from scipy import stats

    (first, points), second = reference.shape, len(test)
    labels = labels or [f"point {k + 1}" for k in range(points)]
    if reason := _no_distance(reference, test, labels):
        return Distance(reason=reason)
    difference_of_means = test.mean(axis=0) - reference.mean(axis=0)
    pooled = _pooled(reference, test)
    distance, limit = (_length(vector, pooled) for vector in (difference_of_means, np.full(points, difference)))
    degrees = (points, first + second - points - 1)
    weight = first * second / (first + second)
    scale = weight * degrees[1] / ((first + second - 2) * points)
    f_critical = float(stats.f.ppf(confidence, *degrees))
    reach = np.sqrt(f_critical / scale)
    f_value, noncentrality = scale * distance**2, weight * limit**2
    return Distance(
        distance=distance, low=max(distance - reach, 0.0), high=distance + reach, limit=limit,
        t2=weight * distance**2, f=f_value, f_critical=f_critical, noncentrality=noncentrality, degrees=degrees,
        scale=scale, **equivalence(f_value, degrees, noncentrality, level))


def equivalence(f_value, degrees, noncentrality, level):
    """Critical value and p of Hoffelder's test by the noncentral F distribution, as a dictionary."""
    from scipy import stats

    return {"f_equivalence": float(stats.ncf.ppf(level, *degrees, noncentrality)),
            "p_equivalence": float(stats.ncf.cdf(f_value, *degrees, noncentrality))}


def _pooled(reference, test):
    centred = np.concatenate([reference - reference.mean(axis=0), test - test.mean(axis=0)])
    return centred.T @ centred / (len(reference) + len(test) - 2)


def _length(vector, covariance):
    """sqrt(v' S^-1 v) by the correlation matrix, which is the better conditioned."""
    sd = np.sqrt(np.diag(covariance))
    scaled = vector / sd
    return float(np.sqrt(scaled @ np.linalg.solve(covariance / np.outer(sd, sd), scaled)))


def _no_distance(reference, test, labels):
    """Why the covariance cannot be inverted, or nothing."""
    units, points = len(reference) + len(test), reference.shape[1]
    if min(len(reference), len(test)) < 2:
        return "one unit has no scatter; test at least two units of each product"
    if units < points + 2:
        return (f"{units} units in all are too few for the covariance of {points} points; test at least {points + 2}, "
                f"or sample at fewer times")
    pooled = _pooled(reference, test)
    sd = np.sqrt(np.diag(pooled))
    still = sd <= 1e-9 * np.maximum(np.abs(reference).max(axis=0), 1.0)
    if still.any():
        return (f"the units do not differ at {', '.join(np.asarray(labels)[still])}, so the pooled covariance is "
                f"singular")
    eigenvalues = np.linalg.eigvalsh(pooled / np.outer(sd, sd))
    if eigenvalues[0] < _SINGULAR * eigenvalues[-1]:
        return "the pooled covariance is singular: one point follows from the others in every unit"
    return ""
