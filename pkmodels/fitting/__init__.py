"""Fitting: search, polish, describe."""

from dataclasses import replace

import numpy as np

from .. import __version__
from ..errors import FitError, SolveError
from . import bounds, diagnostics, errors_of_points, measured, polish, search, statistics, verdicts, weighting
from . import conditions as conditions_of
from .asked import checked_mapping, checked_model, checked_models, checked_seed, checked_study, saturated
from .batch import Batch, compare_each, fit_each
from .bootstrap import bootstrap
from .compare import Comparison
from .diagnostics import diagnose
from .early import compare_early, mechanism
from .many import fit_many
from .many_result import GlobalFit
from .plasma_fit import PlasmaFit, fit_plasma
from .population import PopulationFit, fit_population
from .priors import priors as prior_rows
from .problem import Problem
from .profile import profile
from .record import load_fit, save
from .result import Fit, in_time_unit, intervals
from .screening import Screening, screen
from .shown import ranked
from .uncertainty import Intervals, standard

__all__ = ["Batch", "Comparison", "Fit", "GlobalFit", "Intervals", "PlasmaFit", "PopulationFit", "Screening",
           "bootstrap", "compare", "compare_each", "compare_early", "diagnose", "fit", "fit_each", "fit_many",
           "fit_plasma", "fit_points", "fit_population", "load_fit", "mechanism", "profile", "ranked", "save", "screen",
           "standard"]

SEED = 1
SCALE_ROUNDS = 3


def fit(study, model, *, fixed=None, weights="none", errors=None, priors=None, normalised=None,
        seed=SEED):
    """Fit a release model to a measured curve.

    Parameters
    ----------
    study : Study
        Of one formulation; choose it with ``study.only("D")``.
    model : str or Curve or Model
        A name of the catalogue such as ``"weibull"`` or ``"weibull+lag+plateau"``, or a model of your own.
    fixed : mapping, optional
        Parameters that are known, name to a number in the model's unit or to (number, unit).
    weights : {"none", "1/y", "1/y2", "1/sd2", "pooled"}
        See `pkmodels.fitting.weighting.whitening`.
    errors : {"independent", "increments", "concentrations", "auto"}, optional
        Whether each point has an error of its own, cumulative values carry the errors of all samples before,
        or errors are those of the measured concentrations; "auto" takes what these points make likelier. When
        not given, what was measured: concentrations where the study has them, else released shares.
    priors : mapping or "public", optional
        See `pkmodels.fitting.priors.priors`.
    normalised : bool, optional
        Whether the shares are of the total recovered (the last point made 100 %) and not of the dose: then the
        scale of every curve is uncertain by 3 %. When not given, as the study says.
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
    model, seed = checked_model(model), checked_seed(seed)
    study = _one_formulation(study)
    errors = weighting.errors_of(study, errors)
    if errors == "auto":
        given = {"fixed": fixed, "weights": weights, "priors": priors, "normalised": normalised, "seed": seed}
        return errors_of_points.likeliest([fit(study, model, **given, errors=each)
                                           for each in weighting.candidates(study)])
    given = {"fixed": checked_mapping(fixed, "fixed", "{'beta': 1.0}"), "weights": weights, "errors": errors,
             "priors": priors, "seed": seed}
    found = _fit(study, model, **given)
    if study.normalised if normalised is None else normalised:
        # How uncertain the scale is beside the points is only known once their spread is.
        for _ in range(SCALE_ROUNDS):
            found = _fit(study, model, **given, scale=weighting.scale_of(found))
        found = replace(found, notes=(*found.notes, weighting.scale_found(found)))
    phase = diagnostics.missed_phase(found)
    return replace(found, verdicts=(phase, *found.verdicts)) if phase else found


def _fit(study, model, *, fixed, weights, errors, priors, seed, scale=0.0):
    """One search and polish; ``scale`` as in `weighting.whitening`."""
    if getattr(model, "conditions", None):
        raise FitError(f"{model.name} needs {', '.join(map(str, model.conditions))} for each curve; take fit_many")
    fixed, said = measured.held(model, fixed)
    used = weighting.after_start(study)
    times, released = used.times, used.released
    if not np.any(released > 0):
        raise FitError(f"nothing was released in {study.source} formulation {study.formulations[0]}: no value is above "
                       f"zero, so every model fits and none says anything")
    wanted = len(model.parameters) - len(fixed)
    distinct = len(np.unique(times[times > 0]))
    if distinct < wanted:
        raise FitError(f"{model.name} has {wanted} parameters to find, but {study.source} formulation "
                       f"{study.formulations[0]} has {distinct} sampling times after the start; take a simpler model")
    shown_units = {p.name: in_time_unit(p.unit, study.time_unit) for p in model.parameters}
    white, notes = weighting.whitening(used, weights, errors, scale)
    rows, declared = prior_rows(model, priors)
    problem = Problem(model, times, released, bounds.with_fixed(bounds.box(model, times), model, fixed),
                      whitening=white, fixed=tuple(fixed), priors=rows)
    found, _ = search.search(problem, seed)
    if not len(found):
        raise FitError(f"no values of {model.name} within its bounds follow {study.source}; look at the data first")
    polished = polish.polish(problem, found[0], shown_units)
    if distinct <= wanted:
        polished = polished.without_errors()
    numbers = statistics.statistics(released, polished.difference, wanted, polished.residual[: len(released)],
                                    zeros=len(study.times) - len(times))
    known = intervals(model, polished.values, polished.stderr, shown_units, numbers["n"] - wanted)
    away = verdicts.away(conditions_of.told(study))
    return Fit(
        model=model, study=study, values=polished.values, stderr=polished.stderr, units=shown_units,
        free=polished.free, covariance=polished.covariance, statistics=numbers,
        verdicts=(*verdicts.verdicts(model, used, polished, numbers, problem, shown_units, known),
                  *verdicts.of_surroundings(model, away), *verdicts.measured_elsewhere(model, away), *said),
        seed=seed, at_bound=polished.at_bound, fixed=tuple(fixed), idle=polished.idle, weights=weights, errors=errors,
        notes=(*notes, *declared), priors=rows, scale=scale, version=__version__, lmfit=polished.result)


def fit_points(curve, x, y, *, start, conditions=None, seed=SEED):
    """Least squares of any curve on any points from a start, without a study around it.

    Parameters
    ----------
    curve : Curve
        In ``t``; values and slopes in the units used inside.
    x, y : array (points,)
    start : mapping
        Parameter name to value, in the parameter's own unit.
    conditions : mapping of str to array (points,), optional
        What differs from point to point, by the name of the curve's condition.

    Returns
    -------
    Polished
        ``values``, ``stderr``, ``covariance``, ``residual``, and lmfit's own ``result``.
    """
    low, high = (np.array([float(p.bounds[side]) for p in curve.parameters]) for side in (0, 1))
    box = bounds.Box(low, high, low, high, np.zeros((len(low), 2), dtype=bool))
    problem = Problem(curve, np.asarray(x, float), np.asarray(y, float), box, conditions=conditions or {})
    begin = np.array([start[name] for name in problem.names], dtype=float)
    found, _ = search.search(problem, seed, begin)
    return polish.polish(problem, found[0], {p.name: p.unit for p in curve.parameters})


def compare(study, models=None, *, weights="none", errors=None, normalised=None, seed=SEED, progress=None):
    """Fit several models to one curve and rank them by AICc.

    Parameters
    ----------
    study : Study
        Of one formulation.
    models : sequence of str, optional
        Those of `catalogue.list_ranked` when not given, save those with as many parameters as sampling times; and
        some with an initial share where the points begin above zero.
    weights, errors, normalised
        As in `fit`.
    progress : callable, optional
        Wraps the sequence of models, such as ``tqdm.tqdm``.

    Returns
    -------
    Comparison
    """
    study = _one_formulation(study)
    unasked = models is None
    models = ranked(study) if unasked else models
    # Two names of one curve are one model.
    models = checked_models(models)
    if not models:
        raise FitError("there are no models to compare; give some, such as ['weibull', 'first_order'], or leave models "
                       "away for all of the catalogue")
    fits, failed = [], {}
    for model in progress(models) if progress else models:
        if unasked and (why := saturated(study, model)):
            failed[model.name] = why
            continue
        try:
            fits.append(fit(study, model, weights=weights, errors=errors, normalised=normalised, seed=seed))
        except (FitError, SolveError) as problem:
            failed[model.name] = str(problem)
    if not fits:
        raise FitError("none of the models could be fitted: " + "; ".join(dict.fromkeys(failed.values())))
    return Comparison.of(fits, failed)


def _one_formulation(study):
    checked_study(study)
    if len(study.formulations) != 1:
        raise FitError(f"{study.source} holds {len(study.formulations)} formulations "
                       f"({', '.join(study.formulations[:12])}{', ...' if len(study.formulations) > 12 else ''}); "
                       f"choose one with study.only(...), or --formulation on the command line; fit_each and "
                       f"compare_each take all of them (pkmodels batch)")
    for name, values in study.differing_conditions.items():
        raise FitError(f"formulation {study.formulations[0]} of {study.source} was measured at {name} "
                       f"{' and '.join(map(str, values))}, which are different curves; choose one, such as "
                       f"'{study.formulations[0]}, {name} {values[0]}'")
    return study
