"""Fitting: search, polish, describe."""

import numpy as np

from .. import __version__, catalogue
from ..errors import FitError, ModelError, SolveError
from . import bounds, polish, search, statistics, verdicts
from .compare import Comparison
from .record import load_fit, save
from .result import Fit, in_time_unit, intervals

__all__ = ["Comparison", "Fit", "compare", "fit", "load_fit", "save"]

SEED = 1


def fit(study, model, *, fixed=None, seed=SEED):
    """Fit a release model to a measured curve.

    Parameters
    ----------
    study : Study
        Of one formulation; choose it with ``study.only("D")``.
    model : str or Curve or Model
        A name of the catalogue such as ``"weibull"`` or ``"weibull+lag+plateau"``, or a model of your own.
    fixed : mapping, optional
        Parameters that are known, name to a number in the model's unit or to (number, unit).
    seed : int
        Of the spread of the starts; the same seed gives the same result.

    Returns
    -------
    Fit

    Raises
    ------
    FitError
        If there are fewer points than parameters, or no curve can be fitted.
    UnknownName
        If there is no such model or parameter.
    """
    model = catalogue.get_model(model) if isinstance(model, str) else model
    study = _one_formulation(study)
    fixed = dict(fixed or {})
    times, released = study.times, study.released
    wanted = len(model.parameters) - len(fixed)
    distinct = len(np.unique(times[times > 0]))
    if distinct < wanted:
        raise FitError(f"{model.name} has {wanted} parameters to find, but {study.source} formulation "
                       f"{study.formulations[0]} has {distinct} sampling times after the start; take a simpler model")
    shown_units = {p.name: in_time_unit(p.unit, study.time_unit) for p in model.parameters}
    box = _with_fixed(bounds.box(model, times), model, fixed)
    found, _ = search.search(model, times, released, box, seed)
    if not len(found):
        raise FitError(f"no values of {model.name} within its bounds follow {study.source}; look at the data first")
    polished = polish.polish(model, times, released, box, found[0], shown_units, tuple(fixed))
    numbers = statistics.statistics(released, polished.residual, wanted)
    known = intervals(model, polished.values, polished.stderr, shown_units, numbers["n"] - wanted)
    return Fit(
        model=model, study=study, values=polished.values, stderr=polished.stderr, units=shown_units,
        free=polished.free, covariance=polished.covariance, statistics=numbers,
        verdicts=tuple(verdicts.verdicts(model, study, polished, numbers, box, shown_units, known)),
        seed=seed, at_bound=polished.at_bound, fixed=tuple(fixed), idle=polished.idle,
        version=__version__, lmfit=polished.result)


def compare(study, models=None, *, seed=SEED, progress=None):
    """Fit several models to one curve and rank them by AICc.

    Parameters
    ----------
    study : Study
        Of one formulation.
    models : sequence of str, optional
        All release models of the catalogue when not given.
    progress : callable, optional
        Wraps the sequence of models, such as ``tqdm.tqdm``.

    Returns
    -------
    Comparison
    """
    study = _one_formulation(study)
    models = catalogue.list_models("release") if models is None else models
    # Two names of one curve are one model.
    models = list(dict.fromkeys(catalogue.get_model(m) if isinstance(m, str) else m for m in models))
    fits, failed = [], {}
    for model in progress(models) if progress else models:
        try:
            fits.append(fit(study, model, seed=seed))
        except (FitError, SolveError) as problem:
            failed[model.name] = str(problem)
    if not fits:
        raise FitError("none of the models could be fitted: " + "; ".join(failed.values()))
    return Comparison.of(fits, failed)


def _one_formulation(study):
    if len(study.formulations) != 1:
        raise FitError(f"{study.source} holds {len(study.formulations)} formulations "
                       f"({', '.join(study.formulations[:12])}{', ...' if len(study.formulations) > 12 else ''}); "
                       f"choose one with study.only(...), or --formulation on the command line")
    return study


def _with_fixed(box, model, fixed):
    """The box shrunk to a point where a parameter is given."""
    if not fixed:
        return box
    values = model.values(fixed)
    arrays = [a.copy() for a in (box.lower, box.upper, box.start_lower, box.start_upper)]
    for k, p in enumerate(model.parameters):
        if p.name in fixed:
            for a in arrays:
                a[k] = values[p.name]
    if len(fixed) == len(model.parameters):
        raise ModelError(f"every parameter of {model.name} is given, so there is nothing to fit; use predict")
    return bounds.Box(*arrays, by_data=box.by_data)
