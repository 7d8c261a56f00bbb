"""The result of a fit of many curves: statistics, one view per curve, verdicts with the curves' names."""

from dataclasses import dataclass, replace

import numpy as np

from .. import __version__, units
from ..solve.release import Release
from . import conditions, statistics, undecided, verdicts
from .many_result import GlobalFit, Part, Sharing
from .result import in_time_unit, intervals


@dataclass(frozen=True)
class Alone:
    """One curve by itself: the best place and its sum of squares, and how many parameters these points decide."""

    values: np.ndarray
    squares: float
    rank: int


def parameter_units(model, time_unit):
    """The unit of every parameter with the time unit of the study."""
    return {p.name: in_time_unit(p.unit, time_unit) for p in model.parameters}


def described(recipe, alone, polished):
    """The result: statistics over all points, one part per curve, verdicts with the curves' names.

    Parameters
    ----------
    recipe : Recipe
    alone : sequence of Alone
    polished : Polished
        Of the block of the recipe.

    Returns
    -------
    GlobalFit
    """
    model, whole, each = recipe.model, recipe.whole, recipe.each
    block, notes = recipe.posed
    shown = parameter_units(block.model, whole.time_unit)
    wanted = len(block.names) - len(block.fixed)
    rows = np.cumsum([len(one) for _, one in each])[:-1]
    own = block.of_points(polished.residual)
    inner = np.array([units.inside(polished.values[name], shown[name]) for name in block.names])
    law_open = len(undecided.directions(block, inner, polished.free)) > 0
    numbers = statistics.statistics(whole.released, polished.difference, wanted, np.concatenate(own))
    freedom = numbers["n"] - wanted
    known = intervals(block.model, polished.values, polished.stderr, shown, freedom)
    parts = {}
    for i, ((label, one), difference, residual) in enumerate(zip(
            each, np.split(polished.difference, rows), own, strict=True)):
        part = _part(recipe, one, i, block, polished, difference, residual, freedom, notes)
        parts[label] = replace(part, law_open=law_open)
    names = display_names(model, each)
    said = [*verdicts.of_parameters(block.model, polished, block.box, shown, known),
            *verdicts.few_points(numbers), *recipe.held]
    sharing = None if recipe.priors else _sharing(block, alone, own, numbers, recipe.shared)
    if recipe.priors and recipe.shared:
        notes = (*notes, "whether sharing is supported is not judged with priors")
    return GlobalFit(
        model=model, study=whole, shared=recipe.shared, fits=parts, covariance=polished.covariance,
        free=tuple(names.get(n, n) for n in polished.free), statistics=numbers,
        units=parameter_units(model, whole.time_unit),
        values={names.get(n, n): v for n, v in polished.values.items()},
        stderr={names.get(n, n): v for n, v in polished.stderr.items()},
        intervals={names.get(n, n): v for n, v in known.items()},
        at_bound={names.get(n, n): v for n, v in polished.at_bound.items()}, fixed=block.fixed,
        idle=tuple(names.get(n, n) for n in polished.idle),
        verdicts=(*(_named(sentence, names) for sentence in said),
                  *(f"{label}: {sentence}" for label, part in parts.items() for sentence in part.verdicts)),
        sharing=sharing, weights=recipe.weights, errors=recipe.errors, seed=recipe.seed, priors=recipe.priors,
        scale=recipe.scale, notes=(*notes, *recipe.declared), version=__version__, recipe=recipe, alone=tuple(alone),
        lmfit=polished.result)


def display_names(model, each):
    """``k__c0`` to ``k of A``."""
    return {f"{p.name}__c{i}": f"{p.name} of {label}" for i, (label, _) in enumerate(each) for p in model.parameters}


def _named(sentence, names):
    for name in sorted(names, key=len, reverse=True):
        sentence = sentence.replace(name, names[name])
    return sentence


def _part(recipe, one, i, block, polished, difference, residual, freedom, notes):
    """One curve of the fit, as a fit of its own that can be drawn and predicted with."""
    model, shared = recipe.model, recipe.shared
    known = {name: float(np.ravel(value)[0]) for name, value in block.problems[i].conditions.items()}
    bound = conditions.with_values(model, known)
    local = {p.name: block.names[k] for p, k in zip(model.parameters, block.places[i], strict=True)}
    free = [name for name in local if local[name] in polished.free]
    at = [polished.free.index(local[name]) for name in free]
    numbers = statistics.statistics(one.released, difference, len(local) - len(block.fixed), residual)
    inside = {name: units.inside(polished.values[local[name]], in_time_unit(model.parameter(name).unit, one.time_unit))
              for name in local}
    eventual = float(Release(bound, inside, measured_until=float(one.times.max())).eventual())
    together = f"fitted together with {len(recipe.each) - 1} other curves of {one.source}"
    notes = (f"{together}, {', '.join(shared)} shared" if shared else together, *notes, *recipe.declared)
    return Part(
        model=bound, study=one, units=parameter_units(model, one.time_unit),
        values={name: polished.values[local[name]] for name in local},
        stderr={name: polished.stderr[local[name]] for name in local}, free=tuple(free),
        covariance=polished.covariance[np.ix_(at, at)], statistics=numbers,
        verdicts=tuple(verdicts.of_points(
            bound, one, residual if np.ndim(block.problems[i].whitening) == 2 else difference, numbers, eventual)),
        seed=recipe.seed,
        at_bound={name: polished.at_bound[local[name]] for name in local if local[name] in polished.at_bound},
        fixed=block.fixed, idle=tuple(name for name in local if local[name] in polished.idle),
        weights=recipe.weights, errors=recipe.errors, scale=recipe.scale, notes=notes,
        version=__version__, freedom=freedom,
        conditions={name: units.outside(value, unit) for (symbol, unit) in getattr(model, "conditions", {}).items()
                    for name, value in known.items() if name == str(symbol)},
        **_everywhere(recipe.base, known))


def _everywhere(base, known):
    """The law of one curve in whatever surroundings, and what is known of that curve in it."""
    if not base.surroundings & {*known}:
        return {}
    own = {str(symbol) for symbol in base.conditions}
    return {"law": conditions.with_values(base, {name: value for name, value in known.items() if name in own}),
            "known": {p.name: known[p.name] for p in base.parameters if p.name in known}}


def _sharing(block, alone, own, numbers, shared):
    """Shared against own values of the shared parameters, where each curve can be fitted by itself."""
    named = tuple(name for name in shared if name not in block.fixed)
    if not named:
        return None
    together = [float(np.sum(part**2)) for part in own]
    apart = sum(min(a.squares, both) for a, both in zip(alone, together, strict=True))
    return Sharing(shared=named, curves=len(together), points=numbers["n"], squares_shared=sum(together),
                   squares_own=apart, free_shared=numbers["free"], free_own=sum(a.rank for a in alone))
