"""Fit records: a TOML file that holds the recipe, the measured points and the frozen outcome."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np

from .. import catalogue, shelf
from ..errors import PkmodelsError, RecordError
from ..studies import Study
from .result import Fit

FORMAT = 1
#: Statistics that older records call by a name that does not say whose they are.
_FORMERLY = {"aic": "aic_lmfit", "bic": "bic_lmfit"}


def save(fit, path):
    """Write a fit as a TOML record.

    Raises
    ------
    RecordError
        If the file cannot be written.
    """
    import tomli_w

    known = fit.model.name.split("+")[0] in catalogue.list_models()
    if not known or catalogue.get_model(fit.model.name) is not fit.model:
        raise RecordError(f"{fit.model.name} is not a model of the catalogue, so a record could not be loaded again; "
                          f"put it into a file of its own under carriers/ first")
    study = fit.study
    frame = study.frame
    record = {
        "format": FORMAT,
        "pkmodels": fit.version,
        "recipe": {"model": fit.model.name, "seed": fit.seed, "weights": fit.weights, "errors": fit.errors,
                   "notes": list(fit.notes),
                   "fixed": {n: [fit.values[n], fit.units[n]] for n in fit.fixed},
                   "priors": [list(row) for row in fit.priors]},
        "data": {
            "source": study.source, "sha256": study.sha256, "formulation": study.formulations[0],
            "citation": study.citation, "time_unit": study.time_unit,
            "time_hour": [float(v) for v in frame["time_hour"]],
            "released": [float(v) for v in frame["released"]],
            "replicate": [str(v) for v in frame["replicate"]],
            "sd": [float(v) for v in frame["sd"]],
            "n": [float(v) for v in frame["n"]],
        },
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
    path = Path(path)
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
    path = Path(path)
    if not path.suffix:
        path = shelf.find("fits", "*.toml", str(path), "fit record")
    record = shelf.read_toml(path)
    try:
        return _fit(record)
    except PkmodelsError as problem:
        raise RecordError(f"{path.name}: {problem}") from problem
    except (KeyError, TypeError, IndexError, ValueError, ArithmeticError, AttributeError) as problem:
        raise RecordError(f"{path.name} is not a complete fit record: {problem} is missing or of the wrong kind; "
                          f"make it again with pkmodels fit --save") from problem


def _fit(record):
    if record["format"] != FORMAT:
        raise RecordError(f"this record has format {record['format']}, this version reads {FORMAT}; make it again")
    recipe, data, outcome = record["recipe"], record["data"], record["outcome"]
    parameters = outcome["parameters"]
    free = tuple(outcome["free"])
    model = catalogue.get_model(recipe["model"])
    missing = {p.name for p in model.parameters} ^ set(parameters)
    if missing:
        raise RecordError(f"the record and the model {model.name} disagree about {', '.join(sorted(missing))}; "
                          f"make it again with pkmodels fit --save")
    for p in model.parameters:
        p.check(parameters[p.name]["value"], parameters[p.name]["unit"])
    study = Study.from_arrays(
        np.array(data["time_hour"], dtype=float), np.array(data["released"], dtype=float), time_unit="h",
        replicate=data["replicate"], sd=data.get("sd"), n=data.get("n"), formulation=data["formulation"],
        source=data["source"], citation=data["citation"])
    study = replace(study, time_unit=data["time_unit"], sha256=data["sha256"])
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
        weights=recipe["weights"], errors=recipe["errors"], notes=tuple(recipe["notes"]),
        priors=tuple((str(name), float(centre), float(width)) for name, centre, width in recipe.get("priors", ())),
        version=str(record["pkmodels"]))
    known = fit.covariance[np.isfinite(fit.covariance)]
    whole = known.size == fit.covariance.size
    if known.size and (not whole or np.linalg.eigvalsh(fit.covariance).min() < -1e-9 * known.max()):
        raise RecordError("its covariance is not one: it was changed by hand. Fit again")
    ss = float(np.sum(fit.residuals**2))
    if not math.isclose(ss, fit.statistics["ss"], rel_tol=1e-6, abs_tol=1e-12):
        raise RecordError(f"with the values of this record {model.name} misses its points by another sum of squares "
                          f"({ss:.6g}) than the record says ({fit.statistics['ss']:.6g}): it was changed by hand or "
                          f"made by another version. Fit again")
    return fit


def _number(value):
    return float(value) if value is not None else math.nan
