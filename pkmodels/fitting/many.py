"""All curves of a study at once: some parameters common to all, the others one value per curve."""

from dataclasses import replace

import numpy as np

from ..environment import SYMBOLS
from ..errors import FitError
from ..model import Curve
from ..modifiers import varied
from ..studies import Study
from . import bounds, measured, polish, search, verdicts, weighting
from . import conditions as conditions_of
from .asked import checked_mapping, checked_model, checked_names, checked_seed, checked_study
from .batch_running import curves
from .errors_of_points import likeliest
from .many_describing import Alone, described, parameter_units
from .many_recipe import Recipe
from .priors import priors as prior_rows

#: Of what surrounds a carrier, by name.
UNITS = {symbol.name: unit for symbol, unit in SYMBOLS.items()}
#: Places of the shared parameters, and places of a curve's own that are tried with each of them.
SHARED_STARTS, OWN_STARTS = 192, 64
#: Walkers, and their steps; fewer where there are many curves, whose slopes would fill the memory.
WALKERS, STEPS, MANY = 16, 60, 80
#: Of a scale that is held against the spread of the points, which depends on it in turn.
SCALE_ROUNDS = 2


def fit_many(study, model, *, shared=(), own=(), conditions=None, fixed=None, weights="none", errors=None,
             priors=None, normalised=None, seed=1, progress=None):
    """Fit one model to all formulations (and conditions) of a study at once.

    Parameters
    ----------
    study : Study
        Of two curves or more.
    model : str or Curve or Model
        A Curve with ``conditions`` takes their values from the study (a column ``size_um``, or the toml beside it), and
        so it does for those of its parameters that must be measured, such as a radius. So does one that follows
        temperature, pH or another symbol of its surroundings (``temperature_degC``, ``pH``).
    shared, own : sequence of str
        Parameters with one value for all curves, and those with one per curve. Name either or both; what is not
        named is of the other kind. A parameter that must be measured is sought only if it is named here.
    conditions : mapping, optional
        Values that the study does not hold: name to a mapping from curve to number or (number, unit). A parameter
        that is named here, such as a radius, is known for each curve and no longer fitted.
    fixed : mapping, optional
        Parameters that are known, as in `fit`; the same for all curves.
    weights : {"none", "1/y", "1/y2", "1/sd2", "pooled"}
    errors : {"independent", "increments", "concentrations", "auto"}, optional
        As in `fit`.
    priors : mapping or "public", optional
        As in `fit`: once for a shared parameter, for every curve for one of its own.
    normalised : bool, optional
        As in `fit`: every curve has a scale of its own.
    seed : int
    progress : callable, optional
        Wraps the sequence of curves while they are searched one by one, such as ``tqdm.tqdm``.

    Returns
    -------
    GlobalFit

    Raises
    ------
    FitError
        If there is one curve only, a condition is missing, or there are more parameters than points.
    UnknownName
        If there is no such model or parameter.
    """
    checked_study(study)
    model, seed = checked_model(model), checked_seed(seed)
    fixed = checked_mapping(fixed, "fixed", "{'beta': 1.0}")
    conditions = checked_mapping(conditions, "conditions", "{'size': {'A': 20.0}}")
    each = [(label, weighting.after_start(one)) for label, one in curves(study)]
    if len(each) < 2:
        raise FitError(f"{study.source} holds one curve; a fit of many needs two or more, take fit for one")
    named = (*checked_names(shared, "shared"), *checked_names(own, "own"))
    for name in (*named, *fixed):
        model.parameter(name)
    base = model
    model, around = posed(base, each, conditions, (*named, *fixed))
    fixed, said = measured.held(model, fixed, named, many=True)
    shared = _roles(model, shared, own, fixed)
    said = (*said, *around)
    rows, declared = prior_rows(model, priors)
    recipe = Recipe(model=model, whole=_as_one(study, each), each=each, conditions=conditions, fixed=fixed,
                    shared=shared, weights=weights, errors=_errors_of(each, errors), priors=rows, seed=seed,
                    declared=declared, held=said, base=base)
    normalised = study.normalised if normalised is None else normalised
    if recipe.errors != "auto":
        return _fit_many(recipe, normalised, progress)
    kinds = ("independent", "increments")
    kinds = ("concentrations", *kinds) if all(one.vessel for _, one in each) else kinds
    return likeliest([_fit_many(replace(recipe, errors=kind), normalised, progress) for kind in kinds])


def _fit_many(recipe, normalised, progress):
    block, _ = recipe.posed
    _enough(recipe.model, block, recipe.each, recipe.fixed)
    alone = [_alone(problem, recipe.seed) for problem in (progress(block.problems) if progress else block.problems)]
    start = _searched(block, alone, recipe.seed)
    found = _polished(recipe, alone, start)
    for _ in range(SCALE_ROUNDS if normalised else 0):
        scale = weighting.next_scale([one for _, one in recipe.each], recipe.unscaled[0], recipe.scale,
                                     found.statistics)
        recipe = replace(recipe, scale=scale)
        block, _ = recipe.posed
        alone = [_alone(problem, recipe.seed) for problem in block.problems]
        found = _polished(recipe, alone, _searched(block, alone, recipe.seed))
    return found


def _polished(recipe, alone, start):
    block, _ = recipe.posed
    return described(recipe, alone, polish.polish(block, start, parameter_units(block.model, recipe.whole.time_unit)))


def posed(base, each, given, kept):
    """The model as it is fitted to these curves, and what is said of its surroundings.

    What the study (or ``given``) knows of each curve is a condition of it, and no parameter or surroundings; the
    names ``kept`` stay parameters.
    """
    return _varied(measured.known_per_curve(base, each, given, kept), each, given)


def _varied(model, each, given):
    """The model with what differs from curve to curve as conditions, and what is said of its surroundings."""
    if not getattr(model, "surroundings", ()) and not given:
        return model, ()
    told = [name for name in sorted(getattr(model, "surroundings", ()))
            if name in given or any(conditions_of.stands_in(one, name, UNITS[name]) for _, one in each)]
    known = [name for name in given if name in [p.name for p in model.parameters]]
    return varied(model, known, told), tuple(verdicts.of_surroundings(model, told))


def _roles(model, shared, own, fixed):
    """The names of the shared parameters."""
    shared, own = checked_names(shared, "shared"), checked_names(own, "own")
    names = [p.name for p in model.parameters]
    for name in (*shared, *own, *fixed):
        model.parameter(name)
    both = set(shared) & set(own)
    if both:
        raise FitError(f"{', '.join(sorted(both))} is named as shared and as own; it can be one of them")
    if shared and own:
        left = [n for n in names if n not in (*shared, *own, *fixed)]
        if left:
            raise FitError(f"{', '.join(left)} of {model.name} is neither in shared nor in own; name it, or leave one "
                           f"of the two lists away")
    if not shared:
        # A model that knows how the curves differ has one set of values for all of them.
        shared = [n for n in names if n not in own] if own or getattr(model, "conditions", None) else ()
    return tuple(n for n in names if n in (*shared, *fixed))


def _errors_of(each, errors):
    """The error model for all curves; of measured concentrations only where every curve has them."""
    models = {weighting.errors_of(one, errors) for _, one in each}
    return models.pop() if len(models) == 1 else "independent"


def _as_one(study, each):
    """All curves in one study, each under its own name, one after the other."""
    import pandas as pd

    frame = pd.concat([one.frame.assign(formulation=label) for label, one in each], ignore_index=True)
    vessels = {label: one.vessel for label, one in each if one.vessel is not None}
    return Study.from_frame(frame, time_unit=study.time_unit, source=study.source, sha256=study.sha256,
                            citation=study.citation, conditions=dict(study.conditions), notes=study.notes,
                            vessels=vessels)


def _enough(model, block, each, fixed):
    points, wanted = sum(len(one) for _, one in each), len(block.names) - len(block.fixed)
    if points < wanted:
        raise FitError(f"{model.name} has {wanted} parameters to find over {len(each)} curves, but there are {points} "
                       f"points; share more of them")
    alone = len(model.parameters) - len(block.shared)
    for label, one in each:
        distinct = len(np.unique(one.times[one.times > 0]))
        if distinct < alone:
            raise FitError(f"{label} has {distinct} sampling times after the start for {alone} parameters of its own; "
                           f"share more of them, or leave it out")


def _alone(problem, seed):
    found, squares = search.search(problem, seed)
    if not len(found):
        return Alone(np.empty(0), np.inf, 0)
    slope = search._slope(problem, bounds.scaled(problem.model, found[:1]))[0]
    free = [k for k, name in enumerate(problem.names) if name not in problem.fixed]
    singular = np.linalg.svd(slope[:, free], compute_uv=False)
    return Alone(found[0], float(squares[0]), int(np.sum(singular > 1e-6 * singular.max(initial=1e-300))))


def _searched(block, alone, seed):
    """The best place of all parameters: shared places from single fits and spread, each with the best own ones."""
    problems, places, size = block.problems, block.places, len(block.names)
    closed = isinstance(problems[0].model, Curve)
    shared = [k for k, p in enumerate(problems[0].model.parameters) if p.name in block.shared]
    own = [k for k in range(len(problems[0].names)) if k not in shared]
    single = np.array([a.values for a in alone if len(a.values)]).reshape(-1, len(problems[0].names))
    count = SHARED_STARTS if closed else 4
    # Spread within the box of all curves together.
    first = replace(problems[0], box=_local(block, 0), times=np.concatenate([p.times for p in problems]))
    spread = search._spread(first, max(count, OWN_STARTS), seed)
    middle = bounds.unscaled(first.model, np.median(bounds.scaled(first.model, single), axis=0)[None]) if len(
        single) else single
    candidates = np.concatenate([single, middle, spread[:count]])
    starts, total = np.zeros((len(candidates), size)), np.zeros(len(candidates))
    for problem, place, mine in zip(problems, places, alone, strict=True):
        others = np.concatenate([mine.values[None] if len(mine.values) else single[:0], middle,
                                 spread[:OWN_STARTS if closed else 2]]) if own else candidates[:1]
        tried = np.repeat(candidates[:, None], len(others), axis=1)
        tried[..., own] = others[None][..., own]
        squares = np.where(problem.in_order(tried), problem.squares(tried), np.inf)
        best = np.argmin(squares, axis=1)
        rows = np.arange(len(candidates))
        starts[:, place], total = tried[rows, best], total + squares[rows, best]
    starts = np.clip(starts, block.box.lower, block.box.upper)
    walkers = WALKERS if closed and size < MANY else 4
    order = np.argsort(total, kind="stable")[:walkers]
    order = order[np.isfinite(total[order])]
    if not len(order):
        raise FitError(f"no values of {problems[0].model.name} within its bounds follow all curves; fit them one by "
                       f"one first")
    walk = search._walk_together if closed else (lambda b, s, _: search._walk_alone(b, s))
    found, squares = walk(block, starts[order], STEPS)
    best = np.argsort(np.where(block.in_order(found), squares, np.inf), kind="stable")[:3 if closed else 1]
    if closed:
        found, squares = walk(block, found[best], search.LONG_WALK)
        best = np.argsort(np.where(block.in_order(found), squares, np.inf), kind="stable")
    return found[best[0]]


def _local(block, i):
    box, place = block.box, block.places[i]
    return bounds.Box(*(b[place] for b in (box.lower, box.upper, box.start_lower, box.start_upper, box.by_data)))
