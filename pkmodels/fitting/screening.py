"""Screening: many models on many curves at once, before a few of them are fitted."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .. import catalogue
from ..errors import FitError, PkmodelsError
from . import weighting
from .asked import checked_models, checked_seed, checked_study, saturated
from .batch_running import curves
from .polish import AT_BOUND
from .quick import prepared
from .statistics import aicc


@dataclass(frozen=True, eq=False)
class Screened:
    """The least squares of one model on one curve.

    Attributes
    ----------
    curve, model : str
    values, stderr : mapping of str to float
        In ``units``; the error of a parameter at its bound, or of one that moves nothing, is NaN.
    units : mapping of str to str
    covariance : array (free, free)
        Of the parameters ``free``, in ``units``.
    free : tuple of str
    at_bound : tuple of str
    ss : float
        Share of dose, squared.
    aicc : float
        As `statistics.LABELS` says.
    points : int
    """

    curve: str
    model: str
    values: dict
    stderr: dict
    units: dict
    covariance: np.ndarray
    free: tuple
    at_bound: tuple
    ss: float
    aicc: float
    points: int


@dataclass(frozen=True, eq=False, repr=False)
class Screening:
    """What a screening found.

    Attributes
    ----------
    found : tuple of Screened
        Curve by curve, the lowest AICc first; where there is none for want of points, by the sum of squares, last.
    failed : mapping of (str, str) to str
        Curve and model that could not be screened, with the reason.
    """

    found: tuple
    failed: dict

    def __getitem__(self, key):
        """Of one curve and model, ``screening["A", "weibull"]``."""
        for one in self.found:
            if (one.curve, one.model) == tuple(key):
                return one
        raise FitError(f"{key} was not screened" + (f": {self.failed[key]}" if key in self.failed else ""))

    @cached_property
    def table(self):
        """One row per curve and model (a pandas DataFrame)."""
        import pandas as pd

        rows = [{"curve": f.curve, "model": f.model, "parameters": len(f.free) + len(f.at_bound),
                 "rmse_percent": 100 * (f.ss / f.points) ** 0.5, "aicc": f.aicc, "at_bound": ", ".join(f.at_bound)}
                for f in self.found]
        return pd.DataFrame(rows, columns=["curve", "model", "parameters", "rmse_percent", "aicc", "at_bound"]
                            ).set_index(["curve", "model"])

    def __repr__(self):
        failed = [f"! {curve} {model} was not screened: {why}" for (curve, model), why in self.failed.items()]
        return "\n".join([self.table.to_string(), *failed])


def screen(study, models=None, *, seed=1, progress=None):
    """The least squares of many models on every curve of a study: quick, for choosing what to `fit`.

    Independent errors, plain least squares, fewer starts than `fit` takes and one walk to the end: of public curves
    97 in 100 sums of squares are the least that is known (of models with up to five parameters 99), and nothing is
    said of what the values mean. What is kept is to be fitted.

    Parameters
    ----------
    study : Study
        Of any number of formulations and conditions.
    models : sequence of str, optional
        Those of `catalogue.list_ranked` when not given, save those with as many parameters as a curve has samples.
    seed : int
    progress : callable, optional
        Wraps the sequence of curves, such as ``tqdm.tqdm``.

    Returns
    -------
    Screening
    """
    checked_study(study)
    unasked, seed = models is None, checked_seed(seed)
    models = checked_models(catalogue.list_ranked() if unasked else models)
    found, failed, each = [], {}, curves(study)
    for label, one in progress(each) if progress else each:
        points, rows = _Points(label, one), []
        for model in models:
            try:
                rows.append(_screened(points, model, seed, unasked))
            except PkmodelsError as problem:
                failed[label, model.name] = str(problem)
        found += sorted(rows, key=lambda row: (np.isnan(row.aicc), row.aicc if row.aicc == row.aicc else row.ss))
    return Screening(tuple(found), failed)


class _Points:
    """What every model asks of a curve, read once."""

    def __init__(self, label, study):
        used = weighting.after_start(study)
        self.label, self.study, self.times, self.released = label, study, used.times, used.released
        self.distinct = len(np.unique(self.times[self.times > 0]))
        self.design = self.times.tobytes()


def _screened(points, model, seed, unasked):
    if getattr(model, "conditions", None):
        raise FitError(f"{model.name} needs {', '.join(map(str, model.conditions))} for each curve; take fit_many")
    quick = prepared(model, points.design, seed)
    wanted = int(quick.sought.sum())
    if points.distinct < wanted:
        raise FitError(f"{model.name} has {wanted} parameters to find, but {points.label} has {points.distinct} "
                       f"sampling times after the start; take a simpler model")
    if unasked and points.distinct == wanted:
        raise FitError(saturated(points.study, model))
    best, ss, normal = quick.least(points.released)
    if best is None:
        raise FitError(f"no values of {model.name} within its bounds follow {points.label}; look at the data first")
    return _described(points, quick, best, ss, normal, wanted)


def _described(points, quick, best, ss, normal, wanted):
    """The best values with their covariance; what stands at a bound or moves nothing is held."""
    box, names, n = quick.box, quick.names, len(points.times)
    reach = AT_BOUND * np.maximum(np.abs(best), 1e-300)
    stuck = quick.sought & ((best - box.lower <= np.where(box.lower, reach, AT_BOUND)) | (
        box.upper - best <= np.where(box.upper, reach, AT_BOUND)))
    shown, factors = quick.shown(points.study.time_unit)
    free = np.flatnonzero(quick.sought & ~stuck)
    by = factors[free]
    covariance = _covariance(normal[free[:, None], free] * (by[:, None] * by), ss, n)
    errors = np.full(len(names), np.nan)
    errors[free] = np.sqrt(covariance.diagonal())
    return Screened(points.label, quick.model.name, dict(zip(names, (best / factors).tolist(), strict=True)),
                    dict(zip(names, errors.tolist(), strict=True)), dict(shown), covariance,
                    tuple(names[k] for k in free), tuple(names[k] for k in np.flatnonzero(stuck)), float(ss),
                    aicc(float(ss), n, wanted), n)


def _covariance(normal, ss, n):
    """Of a least-squares optimum; NaN where a parameter moves nothing or two cannot be told apart."""
    count = len(normal)
    size = np.sqrt(normal.diagonal())
    if n <= count or not np.all(size > 0):
        return np.full((count, count), np.nan)
    both = size[:, None] * size
    try:
        whole = np.linalg.inv(normal / both)
    except np.linalg.LinAlgError:
        return np.full((count, count), np.nan)
    if np.any(whole.diagonal() < 0) or np.any(whole.diagonal() > 1 / np.finfo(float).eps):
        return np.full((count, count), np.nan)
    return whole / both * ss / (n - count)
