"""Fit records: a TOML file that holds the recipe, the measured points and the frozen outcome."""

import math
from dataclasses import asdict, replace

import numpy as np

from .. import catalogue, shelf
from ..errors import PkmodelsError, RecordError
from ..studies import Study
from ..studies.vessel import Vessel
from .result import Fit

FORMAT = 1
_MEASURED = ("concentration_mg_per_L", "concentration_sd_mg_per_L")
#: Statistics that older records call by a name that does not say whose they are.
_FORMERLY = {"aic": "aic_lmfit", "bic": "bic_lmfit"}


def save(fit, path):
    """Write a fit as a TOML record.

    Raises
    ------
    RecordError
        If the file cannot be written.
    """
    return write(record_of(fit), path)


def record_of(fit):
    """The record of a fit as a mapping; refuses a model that it could not name."""
    check_model(fit.model)
    study = fit.study
    return {
        "format": FORMAT,
        "pkmodels": fit.version,
        "recipe": {"model": fit.model.name, "seed": fit.seed, "weights": fit.weights, "errors": fit.errors,
                   "scale": fit.scale,
                   "notes": list(fit.notes),
                   "fixed": {n: [fit.values[n], fit.units[n]] for n in fit.fixed},
                   "priors": [list(row) for row in fit.priors]},
        "data": data_of(study) | {"formulation": study.formulations[0]},
        "outcome": {
            "parameters": {n: {"value": fit.values[n], "stderr": fit.stderr[n], "unit": fit.units[n]}
                           for n in fit.values},
            "free": list(fit.free),
            "at_bound": dict(fit.at_bound),
            "idle": list(fit.idle),
            "covariance": [[float(v) for v in row] for row in fit.covariance],
            "statistics": dict(fit.statistics),
            "verdicts": list(fit.verdicts),
        },
    }


def check_model(model):
    """Refuse a model that a record could not name."""
    known = catalogue.knows(model.name)
    if not known or catalogue.get_model(model.name) is not model:
        raise RecordError(f"{model.name} is not a model of the catalogue, so a record could not be loaded again; "
                          f"put it into a file of its own under carriers/ first")


def write(record, path):
    """A record as a TOML file; returns its path."""
    import tomli_w

    path = shelf.as_path(path, RecordError, "fit.toml")
    try:
        path.write_text(tomli_w.dumps(record), encoding="utf-8", newline="\n")
    except OSError as problem:
        raise RecordError(f"{path} cannot be written ({problem.strerror}); choose another place") from problem
    return path


def load_fit(path):
    """Load a fit from a record: the path of a TOML file, or the name of a record that ships.

    Raises
    ------
    RecordError
        If the file is not a fit record, naming what is missing.
    """
    path = shelf.as_path(path, RecordError, "fit.toml")
    if not path.suffix:
        path = shelf.find("fits", "*.toml", str(path), "fit record")
    record = shelf.read_toml(path)
    try:
        if "shared" in record["recipe"]:
            from .many_record import many_from

            return many_from(record)
        return fit_of(record)
    except PkmodelsError as problem:
        raise RecordError(f"{path.name}: {problem}") from problem
    except (KeyError, TypeError, IndexError, ValueError, ArithmeticError, AttributeError) as problem:
        raise RecordError(f"{path.name} is not a complete fit record: {problem} is missing or of the wrong kind; "
                          f"make it again with pkmodels fit --save") from problem


def parts_of(record):
    """Recipe, data and outcome of a record of this format."""
    if record["format"] != FORMAT:
        raise RecordError(f"this record has format {record['format']}, this version reads {FORMAT}; make it again")
    return record["recipe"], record["data"], record["outcome"]


def fit_of(record):
    """The fit of a record."""
    recipe, data, outcome = parts_of(record)
    parameters = outcome["parameters"]
    free = tuple(outcome["free"])
    model = catalogue.get_model(recipe["model"])
    missing = {p.name for p in model.parameters} ^ set(parameters)
    if missing:
        raise RecordError(f"the record and the model {model.name} disagree about {', '.join(sorted(missing))}; "
                          f"make it again with pkmodels fit --save")
    for p in model.parameters:
        p.check(parameters[p.name]["value"], parameters[p.name]["unit"])
    study = study_of(data, data["formulation"])
    fit = Fit(
        model=model, study=study,
        values={n: float(p["value"]) for n, p in parameters.items()},
        stderr={n: float(p["stderr"]) for n, p in parameters.items()},
        units={n: str(p["unit"]) for n, p in parameters.items()},
        free=free, covariance=np.array(outcome["covariance"], dtype=float).reshape(len(free), len(free)),
        statistics={_FORMERLY.get(k, k): v if isinstance(v, int) else _number(v)
                    for k, v in outcome["statistics"].items()},
        verdicts=tuple(map(str, outcome["verdicts"])), seed=int(recipe["seed"]),
        at_bound=dict(outcome["at_bound"]), fixed=tuple(recipe["fixed"]), idle=tuple(outcome["idle"]),
        weights=recipe["weights"], errors=recipe["errors"], scale=float(recipe.get("scale", 0.0)),
        notes=tuple(recipe["notes"]),
        priors=tuple((str(name), float(centre), float(width)) for name, centre, width in recipe.get("priors", ())),
        version=str(record["pkmodels"]))
    check_outcome(model, fit.covariance, float(np.sum(fit.residuals**2)), fit.statistics["ss"])
    return fit


def data_of(study):
    """The points of a study, and where they come from, as a record holds them."""
    frame = study.frame
    return {"source": study.source, "sha256": study.sha256, "citation": study.citation, "time_unit": study.time_unit,
            **{name: [float(v) for v in frame[name]] for name in ("time_hour", "released", "sd", "n")},
            "replicate": [str(v) for v in frame["replicate"]], **sampled(study)}


def study_of(data, formulation):
    """The study of `data_of`; ``formulation`` one name or one per point."""
    study = Study.from_arrays(
        np.array(data["time_hour"], dtype=float), np.array(data["released"], dtype=float), time_unit="h",
        replicate=data["replicate"], sd=data.get("sd"), n=data.get("n"), formulation=formulation,
        source=data["source"], citation=data["citation"])
    return with_sampling(replace(study, time_unit=data["time_unit"], sha256=data["sha256"]), data)


def sampled(study):
    """The concentrations of a study and how its samples were taken, as a record holds them; empty without."""
    if not study.vessels:
        return {}
    columns = {name: [float(v) for v in study.frame[name]] for name in _MEASURED}
    return columns | {"sample": [int(v) for v in study.frame["sample"]],
                      "vessels": {name: asdict(vessel) for name, vessel in study.vessels.items()}}


def with_sampling(study, data):
    """The study with what `sampled` has kept of it."""
    if "vessels" not in data:
        return study
    columns = {name: np.array(data[name], dtype=float) for name in _MEASURED}
    return replace(study, frame=study.frame.assign(**columns, sample=np.array(data["sample"], dtype=int)),
                   vessels={name: Vessel(**vessel) for name, vessel in data["vessels"].items()})


def check_outcome(model, covariance, found, said):
    """Refuse a covariance or a sum of squares that does not belong to the values of a record."""
    known = covariance[np.isfinite(covariance)]
    whole = known.size == covariance.size
    if known.size and (not whole or np.linalg.eigvalsh(covariance).min() < -1e-9 * known.max()):
        raise RecordError("its covariance is not one: it was changed by hand. Fit again")
    if not math.isclose(found, said, rel_tol=1e-6, abs_tol=1e-12):
        raise RecordError(f"with the values of this record {model.name} misses its points by another sum of squares "
                          f"({found:.6g}) than the record says ({said:.6g}): it was changed by hand or made by another "
                          f"version. Fit again")


def _number(value):
    return float(value) if value is not None else math.nan
