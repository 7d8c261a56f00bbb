"""Records of fits of many curves: the recipe, all points and the frozen outcome."""

from dataclasses import replace

import numpy as np

from .. import catalogue, units
from ..errors import RecordError
from . import record
from .batch_running import curves
from .many import posed
from .many_describing import Alone, described, display_names, parameter_units
from .many_recipe import Recipe
from .polish import Polished


def save(fit, path):
    """Write a fit of many curves as a TOML record.

    Raises
    ------
    RecordError
        If the model is not of the catalogue, or the file cannot be written.
    """
    recipe = fit.recipe
    record.check_model(recipe.base)
    return record.write({
        "format": record.FORMAT,
        "pkmodels": fit.version,
        "recipe": {"model": recipe.base.name, "shared": list(fit.shared), "seed": fit.seed, "weights": fit.weights,
                   "errors": fit.errors, "scale": fit.scale, "notes": list(fit.notes),
                   "fixed": {name: [fit.values[name], fit.units[name]] for name in recipe.fixed},
                   "priors": [list(row) for row in fit.priors], "held": list(recipe.held),
                   "conditions": _conditions(fit)},
        "data": record.data_of(fit.study) | {"formulation": list(fit.study.frame["formulation"])},
        "outcome": {
            "parameters": {key: {"value": value, "stderr": fit.stderr[key]} for key, value in fit.values.items()},
            "free": list(fit.free), "at_bound": dict(fit.at_bound), "idle": list(fit.idle),
            "covariance": [[float(v) for v in row] for row in fit.covariance],
            "alone": [{"squares": float(each.squares), "rank": int(each.rank)} for each in fit.alone],
            "statistics": dict(fit.statistics), "verdicts": list(fit.verdicts)},
    }, path)


def _conditions(fit):
    """What is known of each curve: name to its unit and the value of every curve."""
    return {str(symbol): {"unit": unit, "values": {label: part.conditions[str(symbol)]
                                                   for label, part in fit.fits.items()}}
            for symbol, unit in getattr(fit.model, "conditions", {}).items()}


def _with_columns(study, known):
    """The study with what is known of each curve in columns of its own, as in a file."""
    columns = {name if one["unit"] == "1" else f"{name}_{one['unit']}": [
        float(one["values"][label]) for label in study.frame["formulation"]] for name, one in known.items()}
    return replace(study, frame=study.frame.assign(**columns)) if columns else study


def many_from(content):
    """The `GlobalFit` of the content of a record."""
    recipe, data, outcome = record.parts_of(content)
    base = catalogue.get_model(recipe["model"])
    known = recipe.get("conditions", {})
    study = _with_columns(record.study_of(data, data["formulation"]), known)
    each = curves(study)
    model, _ = posed(base, each, {name: {} for name in known}, [p.name for p in base.parameters if p.name not in known])
    found = Recipe(
        model=model, whole=study, each=each, conditions={}, base=base, held=tuple(recipe.get("held", ())),
        shared=tuple(recipe["shared"]),
        fixed={name: (float(value), str(unit)) for name, (value, unit) in recipe["fixed"].items()},
        weights=recipe["weights"], errors=recipe["errors"], scale=float(recipe["scale"]), seed=int(recipe["seed"]),
        priors=tuple((str(name), float(centre), float(width)) for name, centre, width in recipe["priors"]))
    block, _ = found.posed
    inner = {shown: name for name, shown in display_names(model, each).items()}
    named = {inner.get(key, key): row for key, row in outcome["parameters"].items()}
    if set(named) != set(block.names):
        raise RecordError(f"the record and the model {model.name} disagree about "
                          f"{', '.join(sorted(set(named) ^ set(block.names)))}; fit again")
    shown = parameter_units(block.model, study.time_unit)
    numbers = np.array([units.inside(float(named[name]["value"]), shown[name]) for name in block.names])
    free = tuple(inner.get(key, key) for key in outcome["free"])
    polished = Polished(
        values={name: float(named[name]["value"]) for name in block.names},
        stderr={name: float(named[name]["stderr"]) for name in block.names}, free=free,
        covariance=np.array(outcome["covariance"], dtype=float).reshape(len(free), len(free)),
        at_bound={inner.get(key, key): side for key, side in outcome["at_bound"].items()},
        idle=tuple(inner.get(key, key) for key in outcome["idle"]), difference=block.difference(numbers),
        residual=block.residual(numbers), result=None)
    record.check_outcome(model, polished.covariance, float(np.sum(polished.difference**2)),
                         float(outcome["statistics"]["ss"]))
    alone = [Alone(np.empty(0), float(one["squares"]), int(one["rank"])) for one in outcome["alone"]]
    return replace(described(found, alone, polished), notes=tuple(map(str, recipe["notes"])),
                   version=str(content["pkmodels"]))
