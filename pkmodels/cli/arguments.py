"""What the arguments of a command mean: data, release, regimen, tissue, prediction, effect."""

from .. import units
from ..errors import PredictionError, UnitError
from . import output
from .output import remark, remarks


def study_of(given, **other):
    """The study of the arguments, or of another file or formulation."""
    from .. import studies

    named = {"data": getattr(given, "data", None), "formulation": getattr(given, "formulation", None), **other}
    study = studies.read_study(named["data"], time=given.time_unit, released=given.released_unit,
                               formulation=named["formulation"], sheet=given.sheet, columns=_columns(given.column))
    remarks(study.notes, mark=" ")
    remarks((*study.warnings, *study.set_aside))
    return study


def _columns(pairs):
    """'HEADER=AS' pairs as header to the header that it is read as."""
    return None if pairs is None else {name: other or name for name, _, other in (p.partition("=") for p in pairs)}


def release_of(given):
    """The fit that stands behind a prediction, or None for a named model with values."""
    from .. import fitting, shelf

    if given.product or given.source is None:
        return products_of(given) if given.product else None
    if given.source.split(":")[0] in shelf.names("data", "scenarios/*.toml"):
        from ..prediction.sources import as_release

        if given.model or given.set:
            raise PredictionError(f"{given.source} is a scenario and has its own model and values; leave --model and "
                                  f"--set away")
        return as_release(given.source)
    shipped = shelf.names("fits", "*.toml")
    if given.source.endswith(".toml") or (given.source in shipped and not given.model):
        if given.model or given.set:
            raise PredictionError(f"{given.source} is a saved fit and has its own model and values; "
                                  f"leave --model and --set away")
        found = fitting.load_fit(given.source)
        several = isinstance(found, fitting.GlobalFit)
        reading = ("time_unit", "released_unit", "sheet", "column")
        for name in reading if several else ("formulation", *reading):
            if getattr(given, name) is not None:
                raise PredictionError(f"{given.source} is a saved fit: --{name.replace('_', '-')} is for data files; "
                                      f"leave it away")
        if several and given.formulation is None:
            raise PredictionError(f"{given.source} is a fit of {len(found.fits)} curves ({', '.join(found.fits)}); "
                                  f"choose one with --formulation")
        return found[given.formulation] if several else found
    if not given.model:
        raise PredictionError(f"'{given.source}' is not a saved fit (.toml); if it is a data file, say with --model "
                              f"which model to fit to it (pkmodels compare {given.source} ranks them)")
    given.data = given.source
    found = fitting.fit(study_of(given), given.model, fixed=assigned(given.set), seed=given.seed)
    remarks((f"fitted {found.model.name}: misses the points by {100 * found.statistics['rmse']:.2f} % of dose",),
             mark=" ")
    remarks(found.verdicts)
    return found


def prediction_of(given, fitted=None, rows=False):
    """The prediction: on its own dense grid, or at even times for reading."""
    from .. import prediction

    fitted = fitted or release_of(given)
    regimen = regimen_of(given)
    if given.site and not given.drug:
        raise PredictionError(f"--site {given.site} is a tissue of a body and needs a drug; give --drug and --regimen "
                              f"as well")
    days = prediction.horizon_hours(given.days, regimen) / 24
    return prediction.predict(
        fitted if fitted is not None else given.model, drug=given.drug, regimen=regimen, days=days,
        site=site_of(given), in_vivo={**assigned(given.in_vivo)} if given.in_vivo else None,
        values=None if fitted is not None else assigned(given.set), bioavailability=given.bioavailability,
        environment=given.environment, unreleased=given.unreleased, draws=given.draws, seed=given.seed,
        concentration_unit=given.unit,
        times=prediction.row_times(days, step_of(given.every)) if rows else None,
        progress=lambda draws: output.progress(draws, "draws"))


def site_of(given):
    from .. import prediction

    if given.site_set and not given.site:
        raise PredictionError("--site-set changes the numbers of a site; give --site as well, such as prostate_tumour")
    return prediction.read_site(given.site, **assigned(given.site_set)) if given.site else None


def assigned(pairs):
    """'k=0.099/day' pairs as name to (number, unit)."""
    found = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name.strip():
            raise UnitError(f"'{pair}' cannot be read; write NAME=VALUE, such as k=0.099/day")
        name = name.strip()
        if name in found:
            raise UnitError(f"{name} is given twice ({found[name][0]:g} and '{value.strip()}'); give it once")
        found[name] = units.assigned(name, value)
    return found


def step_of(text):
    if text is None:
        return None
    number, unit = units.quantity(text, "h", "12 h")
    if number <= 0:
        raise UnitError(f"--every '{text}' is not a step; give a time above zero, such as '12 h'")
    return units.convert(number, unit, "day")


def products_of(given):
    """NAME=SOURCE pairs as product to release."""
    from ..prediction.sources import as_release

    if given.source or given.model or given.set:
        raise PredictionError("--product gives the release of each product; leave the source, --model and --set away")
    found = {}
    for pair in given.product:
        name, equals, source = (part.strip() for part in pair.partition("="))
        if not (name and equals and source) or name in found:
            raise PredictionError(f"--product '{pair}' cannot be read; write NAME=FIT.toml, such as monthly=fit.toml, "
                                  f"once for each product")
        found[name] = as_release(source)
    return found


def regimen_of(given):
    """The regimen of plain words, or of an event table: FILE.csv, or FILE.csv:ID for one person of several."""
    from .. import prediction

    text, said = given.regimen, {"time": given.event_time_unit, "amount": given.event_amount_unit}
    if text is None:
        return None
    path, colon, who = text.rpartition(":") if ".csv:" in text.lower() else (text, "", "")
    if not path.lower().endswith(".csv"):
        if any(said.values()):
            raise PredictionError("--event-time-unit and --event-amount-unit are about an event table (--regimen "
                                  "FILE.csv); leave them away")
        return prediction.read_regimen(text)
    found = prediction.read_events(path, **said)
    remark(*(f"  {each}" for each in found.notes), *(f"! {each}" for each in found.findings))
    if not colon and len(set(found.regimens.values())) > 1:
        raise PredictionError(f"{path} holds different regimens of {len(found.regimens)} people; choose one person, "
                              f"such as {path}:{next(iter(found.regimens))}")
    return found.of(who) if colon else found.regimen


def asked_effect(given):
    """Whether an effect was asked for; its settings alone are refused."""
    if given.effect is None and (given.effect_set or given.driven_by != "plasma"):
        raise PredictionError("--effect-set and --driven-by are about an effect; give --effect as well, such as "
                              "hpg_agonist (pkmodels list effects)")
    return given.effect is not None


def responded(given, predicted):
    """What the predicted concentration does by the effect that was asked for."""
    from .. import prediction

    return prediction.respond(predicted, given.effect, variable=given.driven_by, values=assigned(given.effect_set))


def with_response(given, rows, predicted):
    """The rows of a prediction with the response beside them, read off its whole course."""
    response = responded(given, predicted)
    # A dose time stands twice, before and after its jump; what the drug does runs through without one.
    kept = response.drop_duplicates("time").interp(time=rows["time"].values, method="pchip")
    return rows.assign({name: (kept[name].dims, kept[name].values, kept[name].attrs) for name in kept.data_vars
                        }).assign_attrs(response.attrs)
