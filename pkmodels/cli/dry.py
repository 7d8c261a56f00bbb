"""``--dry-run``: what a command would read, compute and write. Files are read and words checked; nothing is done."""

from pathlib import Path

from ..errors import PredictionError, unknown
from . import output
from .arguments import asked_effect, assigned, regimen_of, site_of, step_of, study_of

_FITTING = ("fit", "compare", "batch")


def tell(given):
    """Say what the command would do.

    Raises
    ------
    PkmodelsError
        As the command itself would, for what can be known beforehand.
    """
    what = _again if getattr(given, "again", None) else _fitting if given.verb in _FITTING else _predicting
    output.show("\n".join([*what(given), *_files(given), "nothing was computed, and nothing was written"]))


def _again(given):
    yield f"would make {given.again} again from its record"


def _fitting(given):
    study = study_of(given)
    yield _read(study)
    if given.verb == "fit":
        yield f"would fit {_model(given.model, given.fix)}"
        return
    names = _names(given.models, study)
    yield f"would fit and rank {len(names)} models: {', '.join(names)}"


def _predicting(given):
    yield from _release(given)
    if given.drug is None:
        if given.regimen or given.site or getattr(given, "window", None):
            raise PredictionError("--regimen, --site and --window are about concentrations; give --drug as well")
        yield f"would predict the release{_lasting(given)}"
        return
    yield from _body(given)


def _release(given):
    from .. import fitting, prediction, shelf

    source = given.source
    if source is None or source.split(":")[0] in shelf.names("data", "scenarios/*.toml"):
        release = prediction.as_release(source or given.model, assigned(given.set) or None)
        yield "no carrier: a drug in solution" if release is None else f"release: {release.model.title}"
    elif source.endswith(".toml") or (source in shelf.names("fits", "*.toml") and not given.model):
        found = fitting.load_fit(source)
        yield f"saved fit of {found.model.name} to {found.study.source}"
    else:
        given.data, rank = source, getattr(given, "rank", None)
        study = study_of(given)
        yield _read(study)
        if rank is not None:
            yield f"would fit and rank {len(_names(rank, study))} models"
        elif not given.model:
            raise PredictionError(f"'{source}' is a data file; say with --model which model to fit to it (pkmodels "
                                  f"compare {source} ranks them)")
        else:
            yield f"would fit {_model(given.model, given.set)}"


def _body(given):
    from .. import prediction, surroundings
    from ..windows import read_window

    drug, regimen = prediction.read_drug(given.drug), regimen_of(given)
    if regimen is None:
        raise PredictionError("concentrations need a regimen; give --regimen, such as '3.6 mg every 28 days x 6'")
    hours = prediction.horizon_hours(given.days, regimen)
    yield (f"would predict {drug.analyte} in {drug.population or 'people'} ({drug.name}, {drug.set_name}) over "
           f"{hours / 24:g} days, {len(regimen.doses(hours))} doses: {regimen}")
    site = site_of(given)
    if site is not None:
        yield f"in the tissue {site.name}: {site.title}"
    if given.environment:
        yield f"surroundings: {surroundings.read_environment(given.environment)}"
    if getattr(given, "window", None):
        window = read_window(given.window)
        if not (hasattr(given, "effect") and asked_effect(given)):
            window.require(drug.analyte)
        yield f"held against the window {window}"
    if getattr(given, "patients", None):
        yield f"in {given.patients} patients"


def _lasting(given):
    from .. import prediction

    step_of(getattr(given, "every", None))
    return f" over {prediction.horizon_hours(given.days, None) / 24:g} days" if given.days else ""


def _files(given):
    from ..reporting import ENDINGS

    endings = {"save": (".toml",), "plot": (".png", ".pdf", ".svg"), "report": ENDINGS,
               "out": ENDINGS if given.verb == "report" else (".csv", ".xlsx")}
    for name, allowed in endings.items():
        path = getattr(given, name, None)
        if path is None or (name == "save" and getattr(given, "each", False)):
            continue
        output.check(given, Path(path), allowed)
        yield f"would {'replace' if Path(path).exists() else 'write'} {path}"


def _read(study):
    return (f"read {study.source}: {len(study.frame)} points of {len(study.formulations)} "
            f"formulation{'s' * (len(study.formulations) > 1)} ({', '.join(map(str, study.formulations))})")


def _model(name, pairs):
    from .. import catalogue

    model, known = catalogue.get_model(name), assigned(pairs)
    names = [p.name for p in model.parameters]
    for each in known:
        if each not in names:
            raise unknown(f"parameter of {model.name}", each, names)
    free = [each for each in names if each not in known]
    return f"{model.name}: {', '.join(free)}" + (f"; given: {', '.join(known)}" if known else "")


def _names(text, study):
    from .. import catalogue
    from ..fitting import ranked

    names = [each.strip() for each in (text or "").split(",") if each.strip()]
    for name in names:
        catalogue.get_model(name)
    return names or list(ranked(study))
