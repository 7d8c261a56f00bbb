"""Curves over a study's time, with their bands: one table for fits, bootstraps and averaged models."""

import numpy as np

from .. import units
from ..solve import observe, sensitivities

#: Times of a curve for which none are given.
POINTS = 200


def study_times(study, times=None):
    """Times in the study's unit (`POINTS` from 0 to the last sample when not given), and the same in hours."""
    if times is None:
        times = np.linspace(0, units.outside(float(study.times.max()), study.time_unit), POINTS)
    times = np.asarray(times, dtype=float)
    return times, times * units.factor(study.time_unit, "h")


def banded(fit, times, ends):
    """The fitted curve with a pointwise 95 % band.

    Parameters
    ----------
    fit : Fit
    times : array or None
        In the study's time unit; 200 points from 0 to the last sample when None.
    ends : callable
        Hours and fitted shares to the lower and the upper end of the band.

    Returns
    -------
    DataFrame
        ``time`` (study's unit), ``released``, ``low``, ``high`` (shares of dose).
    """
    import pandas as pd

    times, hours = study_times(fit.study, times)
    shown = observe(fit.model, fit.inside, hours)
    low, high = ends(hours, shown)
    return pd.DataFrame({"time": times, "released": shown, "low": low, "high": high})


def standard_error(fit, hours):
    """Standard error of the fitted share at times (hours), from the covariance; NaN where there is none."""
    if not fit.free or not np.all(np.isfinite(fit.covariance)) or fit.degrees_of_freedom < 1:
        return np.full(len(hours), np.nan)
    names = [p.name for p in fit.model.parameters]
    columns = [names.index(n) for n in fit.free]
    factors = np.array([units.inside(1.0, fit.units[n]) for n in fit.free])
    slope = np.nan_to_num(sensitivities(fit.model, fit.inside, hours))[:, columns] * factors
    return np.sqrt(np.maximum(np.einsum("tp,pq,tq->t", slope, fit.covariance, slope), 0))
