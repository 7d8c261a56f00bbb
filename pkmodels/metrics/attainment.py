"""Shares of a population with the interval that the number of patients allows."""

import numpy as np


def clopper_pearson(hits, count, level=0.95):
    """The exact binomial interval of a share (Clopper and Pearson): it holds the truth at least so often.

    Parameters
    ----------
    hits : int or array
    count : int
    level : float

    Returns
    -------
    low, high : array
    """
    from scipy.special import betaincinv

    hits = np.asarray(hits, dtype=float)
    tail = (1 - level) / 2
    with np.errstate(invalid="ignore", divide="ignore"):
        low = np.where(hits > 0, betaincinv(np.maximum(hits, 1), count - hits + 1, tail), 0.0)
        high = np.where(hits < count, betaincinv(hits + 1, np.maximum(count - hits, 1), 1 - tail), 1.0)
    return low, high
