"""Verbs about concentrations in people: exposure, events, invivo."""

from ..errors import PredictionError
from . import output
from .arguments import assigned, prediction_of, regimen_of
from .output import assumptions, remark


def exposure(given):
    """Exposure analysis of plasma data or of a prediction."""
    from .. import metrics

    settings = {"method": given.method, "blq": given.blq, "terminal": given.terminal, "interval": given.interval,
                "spans": tuple(given.span), "dose": given.dose}
    if given.drug:
        if given.route or given.duration:
            raise PredictionError("a prediction knows its route by itself; leave --route and --duration away")
        predicted = prediction_of(given)
        found = metrics.exposure(predicted, **settings)
        _shown(given, found)
        assumptions(predicted)
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

    plasma = _plasma(given)
    plasma = plasma.only(given.subject) if given.subject else plasma
    found = prediction.fit_in_vivo(plasma, given.model, given.drug, regimen_of(given),
                                   fixed=assigned(given.fix), bioavailability=given.bioavailability,
                                   weights=given.weights, seed=given.seed)
    output.result(given, text=lambda: repr(found), table=lambda: found.table.set_index(found.table.columns[0]),
                  content=found.to_dict)


