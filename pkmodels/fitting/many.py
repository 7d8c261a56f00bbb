"""All curves of a study at once: some parameters common to all, the others one value per curve."""

from dataclasses import dataclass, replace

import numpy as np

from .. import __version__, catalogue, units
from ..errors import FitError
from ..model import Curve
from ..solve.release import Release
from ..studies import Study
from . import bounds, conditions, measured, polish, search, statistics, verdicts, weighting
from .batch import curves
from .block import Block
from .many_result import GlobalFit, Part, Sharing
from .problem import Problem
from .result import in_time_unit, intervals

#: Places of the shared parameters, and places of a curve's own that are tried with each of them.
SHARED_STARTS, OWN_STARTS = 192, 64
#: Walkers, and their steps; fewer where there are many curves, whose slopes would fill the memory.
WALKERS, STEPS, MANY = 16, 60, 80


def fit_many(study, model, *, shared=(), own=(), conditions=None, fixed=None, weights="none", errors="independent",
             seed=1, progress=None):
    """Fit one model to all formulations (and conditions) of a study at once.

    Parameters
    ----------
    study : Study
        Of two curves or more.
    model : str or Curve or Model
        A Curve with ``conditions`` takes their values from the study (a column ``size_um``, or the toml beside it), and
        so it does for those of its parameters that must be measured, such as a radius.
    shared, own : sequence of str
        Parameters with one value for all curves, and those with one per curve. Name either or both; what is not
        named is of the other kind. A parameter that must be measured is sought only if it is named here.
    conditions : mapping, optional
        Values that the study does not hold: name to a mapping from curve to number or (number, unit).
    fixed : mapping, optional
        Parameters that are known, as in `fit`; the same for all curves.
    weights : {"none", "1/y", "1/y2", "1/sd2", "pooled"}
    errors : {"independent", "increments"}
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
    model = catalogue.get_model(model) if isinstance(model, str) else model
    if errors == "auto":
        raise FitError("errors='auto' chooses for one curve; for several give 'independent' or 'increments'")
    each = [(label, weighting.after_start(one)) for label, one in curves(study)]
    if len(each) < 2:
        raise FitError(f"{study.source} holds one curve; a fit of many needs two or more, take fit for one")
    named = (*([shared] if isinstance(shared, str) else shared), *([own] if isinstance(own, str) else own))
    for name in (*named, *(fixed or {})):
        model.parameter(name)
    model = measured.known_per_curve(model, each, conditions or {}, (*named, *(fixed or {})))
    fixed, said = measured.held(model, fixed or {}, named)
    shared = _roles(model, shared, own, fixed)
    whole = _as_one(study, each)
    problems = _problems(model, each, whole, conditions or {}, fixed, weights, errors)
    block = Block(problems, shared)
    _enough(model, block, each, fixed)
    alone = [_alone(problem, seed) for problem in (progress(problems) if progress else problems)]
    polished = polish.polish(block, _searched(block, alone, seed), _units(block.model, study.time_unit))
    return _described(model, whole, each, block, alone, polished,
                      shared=shared, weights=weights, errors=errors, seed=seed, held=said)


def _roles(model, shared, own, fixed):
    """The names of the shared parameters."""
    shared, own = ((names,) if isinstance(names, str) else tuple(names) for names in (shared, own))
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


def _as_one(study, each):
    """All curves in one study, each under its own name, one after the other."""
    import pandas as pd

    frame = pd.concat([one.frame.assign(formulation=label) for label, one in each], ignore_index=True)
    return Study.from_frame(frame, time_unit=study.time_unit, source=study.source, sha256=study.sha256,
                            citation=study.citation, conditions=dict(study.conditions), notes=study.notes)


def _problems(model, each, whole, given, fixed, weights, errors):
    from . import _with_fixed

    white = _whitening(each, whole, weights, errors)
    found = []
    for (label, one), part in zip(each, white, strict=True):
        known = conditions.condition_values(model, one, label, given) if getattr(model, "conditions", None) else {}
        times = one.times
        found.append(Problem(model, times, one.released, _with_fixed(bounds.box(model, times), model, fixed),
                             whitening=part, fixed=tuple(fixed),
                             conditions={name: np.full(len(times), value) for name, value in known.items()}))
    return tuple(found)


def _whitening(each, whole, weights, errors):
    """One whitening per curve, on one scale for all of them."""
    if errors == "increments" or weights == "none":
        return [weighting.whitening(one, weights, errors)[0] for _, one in each]
    if weights == "1/sd2":
        spread = np.concatenate([weighting._spread(one) for _, one in each])
        whole = replace(whole, frame=whole.frame.assign(sd=spread))
    root = weighting.whitening(whole, weights, errors)[0]
    return np.split(root, np.cumsum([len(one) for _, one in each])[:-1])


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


@dataclass(frozen=True)
class _Alone:
    """One curve by itself: the best place and its sum of squares, and how many parameters these points decide."""

    values: np.ndarray
    squares: float
    rank: int


def _alone(problem, seed):
    found, squares = search.search(problem, seed)
    if not len(found):
        return _Alone(np.empty(0), np.inf, 0)
    slope = search._slope(problem, bounds.scaled(problem.model, found[:1]))[0]
    free = [k for k, name in enumerate(problem.names) if name not in problem.fixed]
    singular = np.linalg.svd(slope[:, free], compute_uv=False)
    return _Alone(found[0], float(squares[0]), int(np.sum(singular > 1e-6 * singular.max(initial=1e-300))))


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


def _units(model, time_unit):
    return {p.name: in_time_unit(p.unit, time_unit) for p in model.parameters}


def _described(model, whole, each, block, alone, polished, *, shared, weights, errors, seed, held):
    """The result: statistics over all points, one part per curve, verdicts with the curves' names."""
    shown = _units(block.model, whole.time_unit)
    wanted = len(block.names) - len(block.fixed)
    rows = np.cumsum([len(one) for _, one in each])[:-1]
    numbers = statistics.statistics(whole.released, polished.difference, wanted, polished.residual)
    freedom = numbers["n"] - wanted
    known = intervals(block.model, polished.values, polished.stderr, shown, freedom)
    parts = {}
    for i, ((label, one), difference, residual) in enumerate(zip(
            each, np.split(polished.difference, rows), np.split(polished.residual, rows), strict=True)):
        parts[label] = _part(model, one, label, i, block, polished, difference, residual, freedom=freedom,
                             shared=shared, weights=weights, errors=errors, seed=seed, curves=len(each))
    names = {f"{p.name}__c{i}": f"{p.name} of {label}" for i, (label, _) in enumerate(each) for p in model.parameters}
    said = [*verdicts.of_parameters(block.model, polished, block.box, shown, known),
            *verdicts.few_points(numbers), *held]
    return GlobalFit(
        model=model, study=whole, shared=shared, fits=parts, covariance=polished.covariance,
        free=tuple(names.get(n, n) for n in polished.free), statistics=numbers, units=_units(model, whole.time_unit),
        values={names.get(n, n): v for n, v in polished.values.items()},
        stderr={names.get(n, n): v for n, v in polished.stderr.items()},
        intervals={names.get(n, n): v for n, v in known.items()},
        at_bound={names.get(n, n): v for n, v in polished.at_bound.items()}, fixed=block.fixed,
        verdicts=(*(_named(sentence, names) for sentence in said),
                  *(f"{label}: {sentence}" for label, part in parts.items() for sentence in part.verdicts)),
        sharing=_sharing(block, alone, polished, numbers, shared), weights=weights, errors=errors, seed=seed,
        version=__version__, lmfit=polished.result)


def _named(sentence, names):
    for name in sorted(names, key=len, reverse=True):
        sentence = sentence.replace(name, names[name])
    return sentence


def _part(model, one, label, i, block, polished, difference, residual, *, freedom, shared, weights, errors, seed,
          curves):
    """One curve of the fit, as a fit of its own that can be drawn and predicted with."""
    known = {name: float(np.ravel(value)[0]) for name, value in block.problems[i].conditions.items()}
    bound = conditions.with_values(model, known)
    local = {p.name: block.names[k] for p, k in zip(model.parameters, block.places[i], strict=True)}
    free = [name for name in local if local[name] in polished.free]
    at = [polished.free.index(local[name]) for name in free]
    numbers = statistics.statistics(one.released, difference, len(local) - len(block.fixed), residual)
    inside = {name: units.inside(polished.values[local[name]], in_time_unit(model.parameter(name).unit, one.time_unit))
              for name in local}
    eventual = float(Release(bound, inside, measured_until=float(one.times.max())).eventual())
    together = f"fitted together with {curves - 1} other curves of {one.source}"
    notes = (f"{together}, {', '.join(shared)} shared" if shared else together,)
    return Part(
        model=bound, study=one, units=_units(model, one.time_unit),
        values={name: polished.values[local[name]] for name in local},
        stderr={name: polished.stderr[local[name]] for name in local}, free=tuple(free),
        covariance=polished.covariance[np.ix_(at, at)], statistics=numbers,
        verdicts=tuple(verdicts.of_points(one, difference, numbers, eventual)), seed=seed,
        at_bound={name: polished.at_bound[local[name]] for name in local if local[name] in polished.at_bound},
        fixed=block.fixed, idle=tuple(name for name in local if local[name] in polished.idle), weights=weights,
        errors=errors, notes=notes, version=__version__, freedom=freedom,
        conditions={name: units.outside(value, unit) for (symbol, unit) in getattr(model, "conditions", {}).items()
                    for name, value in known.items() if name == str(symbol)})


def _sharing(block, alone, polished, numbers, shared):
    """Shared against own values of the shared parameters, where each curve can be fitted by itself."""
    named = tuple(name for name in shared if name not in block.fixed)
    if not named:
        return None
    rows = np.cumsum([len(p.times) for p in block.problems])[:-1]
    together = [float(np.sum(part**2)) for part in np.split(polished.residual, rows)]
    apart = sum(min(a.squares, both) for a, both in zip(alone, together, strict=True))
    return Sharing(shared=named, curves=len(together), points=numbers["n"], squares_shared=sum(together),
                   squares_own=apart, free_shared=numbers["free"], free_own=sum(a.rank for a in alone))


