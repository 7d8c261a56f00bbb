"""Bootstrap of f2: whole units are drawn again, each product from its own units."""

from dataclasses import dataclass, field

import numpy as np

from .profile_distance import f2_of, mean_square


@dataclass(frozen=True, kw_only=True)
class Interval:
    """Two-sided intervals of a number that comes from two groups of units.

    Parameters
    ----------
    value : float
        Of all units.
    percentile, bca : (float, float)
        Limits; NaN where not computable.
    error : float
        Standard deviation over the resamples.
    reason : str
        Why a limit is NaN.
    distribution : ndarray, shape (resamples,)
    """

    value: float
    percentile: tuple
    bca: tuple
    error: float
    reason: str = ""
    distribution: np.ndarray = field(default=None, repr=False)


def bootstrap_f2(reference, test, *, resamples, confidence, seed, expected=False, choose=None):
    """Intervals of f2 from resampled units.

    Parameters
    ----------
    reference, test : ndarray, shape (units, points)
        Released, per cent; at least two units each.
    resamples : int
    confidence : float
        Between 0 and 1; 0.9 leaves 5 % on either side.
    seed : int
    expected : bool
        Of the expected f2 (see `pkmodels.metrics.profile_distance.expected_f2`) in place of f2.
    choose : callable, optional
        From means of shape (resamples, points) of both products to the points that count, chosen anew in every
        resample; all points count when not given.

    Returns
    -------
    Interval

    Notes
    -----
    A resample of n units is a draw of n counts, so means and variances of all resamples are matrix products.
    The bias correction and the acceleration of the BCa limits follow Efron 1987, the latter from leaving out one unit
    of either product at a time (two samples: influence summed over both).
    """
    rng = np.random.default_rng(seed)
    # The two products in this order, so that a seed means the same everywhere.
    drawn = [_moments(units, rng.multinomial(len(units), np.full(len(units), 1 / len(units)), size=resamples))
             for units in (reference, test)]
    whole = [_moments(units, np.ones((1, len(units)))) for units in (reference, test)]
    value = float(_statistic(*whole, expected, choose)[0])
    left_out = [_moments(units, 1.0 - np.eye(len(units))) for units in (reference, test)]
    jackknife = (_statistic(left_out[0], whole[1], expected, choose),
                 _statistic(whole[0], left_out[1], expected, choose))
    return intervals(value, _statistic(*drawn, expected, choose), jackknife, confidence)


def intervals(value, distribution, jackknife, confidence):
    """Percentile and BCa limits of a number.

    Parameters
    ----------
    value : float
    distribution : ndarray, shape (resamples,)
    jackknife : sequence of ndarray, each of shape (units,)
        The number without each unit, a group for each sample.
    confidence : float

    Returns
    -------
    Interval
    """
    from scipy.special import ndtr, ndtri

    tails = np.array([(1 - confidence) / 2, (1 + confidence) / 2])
    percentile = tuple(float(each) for each in np.quantile(distribution, tails))
    error = float(np.std(distribution, ddof=1))
    kept = {"value": value, "percentile": percentile, "error": error, "distribution": distribution}
    unknown = (np.nan, np.nan)
    if np.ptp(distribution) <= 1e-9 * max(abs(value), 1.0):
        return Interval(bca=unknown, reason="all resamples give the same number: the units do not differ", **kept)
    below = (np.mean(distribution < value) + np.mean(distribution <= value)) / 2
    if below in (0.0, 1.0):
        side = "below" if below else "above"
        return Interval(bca=unknown, reason=f"all resamples lie {side} the number of all units, so its bias cannot be "
                                            f"corrected", **kept)
    shift = ndtri(below)
    acceleration = _acceleration(jackknife)
    moved = shift + ndtri(tails)
    shares = ndtr(shift + moved / (1 - acceleration * moved))
    bca = tuple(float(each) for each in np.quantile(distribution, shares))
    return Interval(bca=bca, **kept)


def _acceleration(jackknife):
    """A sixth of the skewness of the influence of single units; 0 where no unit has any."""
    cubes = squares = 0.0
    for without in jackknife:
        n = len(without)
        influence = (n - 1) * (without.mean() - without)
        cubes += np.sum(influence**3) / n**3
        squares += np.sum(influence**2) / n**2
    return cubes / (6 * squares**1.5) if squares > 0 else 0.0


def _moments(units, counts):
    """Means, and variances of the mean, of resamples given by how often each unit is in them."""
    n = counts.sum(axis=1, keepdims=True)
    centre = units.mean(axis=0)
    offset = counts @ (units - centre) / n
    # About the mean of all units: no cancellation of large squares.
    squares = counts @ (units - centre) ** 2 / n
    variance = np.clip(squares - offset**2, 0, None) / np.maximum(n - 1, 1)
    return centre + offset, variance


def _statistic(reference, test, expected, choose):
    counted = None if choose is None else choose(*np.broadcast_arrays(reference[0], test[0]))
    extra = reference[1] + test[1] if expected else 0.0
    return f2_of(mean_square(reference[0], test[0], extra, counted))
