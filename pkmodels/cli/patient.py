"""Verbs about concentrations in people (exposure, events, invivo), event tables as regimens, and effects."""

from ..errors import PredictionError
from . import output
from .output import remark


def exposure(given):
    """Exposure analysis of plasma data or of a prediction."""
    from .. import metrics

    settings = {"method": given.method, "blq": given.blq, "terminal": given.terminal, "interval": given.interval,
                "spans": tuple(given.span), "dose": given.dose}
    if given.drug:
        from .commands import _assumptions, _predicted

        if given.route or given.duration:
            raise PredictionError("a prediction knows its route by itself; leave --route and --duration away")
        predicted = _predicted(given)
        found = metrics.exposure(predicted, **settings)
        _shown(given, found)
        _assumptions(predicted)
        return
    if not given.source:
        raise PredictionError("name a file with concentrations, or give --drug and --regimen for a prediction")
    found = metrics.exposure(_plasma(given), route=given.route, duration=given.duration, **settings)
    _shown(given, found)


def _shown(given, found):
    output.result(given, text=lambda: found.text, table=lambda: found.cdisc if given.cdisc else found.table,
                  content=found.to_dict)
    remark("", *(f"- {each}" for each in found.remarks))


def _plasma(given):
    from .. import studies

    plasma = studies.read_plasma(given.source, time=given.time_unit, unit=given.plasma_unit, sheet=given.sheet,
                                 molar_mass=given.molar_mass)
    remark(*(f"  {each}" for each in plasma.notes), *(f"! {each}" for each in plasma.set_aside))
    return plasma


def events(given):
    """Read an event table, say its regimens, and what is risky in it."""
    from .. import prediction

    found = prediction.read_events(given.source, time=given.time_unit, amount=given.amount_unit)
    if given.json:
        output.as_json(found.to_dict())
        return
    for name, regimen in found.regimens.items():
        print(f"{name}\t{regimen}")
    remark(*(f"  {each}" for each in found.notes), *(f"! {each}" for each in found.findings))


def invivo(given):
    """Fit a release model to plasma through the body of a drug card."""
    from .. import prediction
    from .commands import _assigned

    plasma = _plasma(given)
    plasma = plasma.only(given.subject) if given.subject else plasma
    found = prediction.fit_in_vivo(plasma, given.model, given.drug, regimen_of(given),
                                   fixed=_assigned(given.fix), bioavailability=given.bioavailability,
                                   weights=given.weights, seed=given.seed)
    output.result(given, text=lambda: repr(found), table=lambda: found.table.set_index(found.table.columns[0]),
                  content=found.to_dict)


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


def responded(given, predicted):
    """What the predicted concentration does by the effect that was asked for."""
    from .. import prediction
    from .commands import _assigned

    return prediction.respond(predicted, given.effect, variable=given.driven_by, values=_assigned(given.effect_set))


def asked_effect(given):
    """Whether an effect was asked for; its settings alone are refused."""
    if given.effect is None and (given.effect_set or given.driven_by != "plasma"):
        raise PredictionError("--effect-set and --driven-by are about an effect; give --effect as well, such as "
                              "hpg_agonist (pkmodels list effects)")
    return given.effect is not None


def with_response(given, rows, predicted):
    """The rows of a prediction with the response beside them, read off its whole course."""
    response = responded(given, predicted)
    # A dose time stands twice, before and after its jump; what the drug does runs through without one.
    kept = response.drop_duplicates("time").interp(time=rows["time"].values, method="pchip")
    return rows.assign({name: (kept[name].dims, kept[name].values, kept[name].attrs) for name in kept.data_vars
                        }).assign_attrs(response.attrs)
