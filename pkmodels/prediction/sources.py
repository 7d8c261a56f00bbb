"""Where a release comes from: a fit, a record, a model of the catalogue with values."""

import shlex
from collections.abc import Mapping
from pathlib import Path

from .. import catalogue, scenarios
from ..errors import PredictionError, UnknownName
from ..model import Curve, Model
from ..solve.release import Release
from .drug import list_drugs, read_drug


def as_release(source, values=None, elsewhere=False):
    """Turn what `predict` accepts into a `Release` (or None for a drug in solution).

    One of many curves stays in the surroundings that it was measured in unless it is asked for ``elsewhere``.
    """
    if isinstance(source, Mapping):
        raise PredictionError("several products are predicted together by predict alone; give one release here")
    named = isinstance(source, (Curve, Model)) or (isinstance(source, str) and not source.endswith(".toml"))
    if values and not named:
        raise PredictionError("values are for a named model; a fit or a record has its own")
    if isinstance(source, str) and source.startswith("depot:"):
        if values:
            raise PredictionError(f"{source} has its published values; leave yours away, or name its model")
        return published_depot(source.removeprefix("depot:"))
    if source is None or isinstance(source, Release):
        return source
    if isinstance(source, (Curve, Model)):
        return _by_hand(source, values)
    from ..fitting import Fit, GlobalFit, load_fit  # loads slowly

    if isinstance(source, GlobalFit):
        raise PredictionError(f"this is a fit of {len(source.fits)} curves; choose one, such as "
                              f"fit['{next(iter(source.fits))}'], or the law at other conditions, "
                              f"such as fit.at(T=37)")
    if isinstance(source, Fit):
        return source.elsewhere if elsewhere and hasattr(source, "elsewhere") else source.release
    if isinstance(source, (str, Path)) and not (named and isinstance(source, str)):
        return as_release(load_fit(source))
    if not named:
        raise PredictionError(f"a {type(source).__name__} cannot be released from; give a fit, a record (fit.toml), "
                              f"the name of a model with values, or None for a drug in solution")
    name, _, drug = source.partition(":")
    if name in scenarios.list_scenarios():
        if values:
            raise PredictionError(f"{name} is a scenario and has its own values; for others give its model by name")
        return scenarios.read_scenario(name).release(drug or None)
    try:
        return _by_hand(catalogue.get_model(source), values)
    except UnknownName as not_a_model:
        if values:
            raise
        try:
            return as_release(load_fit(source))
        except UnknownName:
            raise not_a_model from None


def published_depot(name):
    """The `Release` of the depot that stands on a drug's card (``"triptorelin"``, ``"octreotide:kapralos_2021"``)."""
    drug = read_drug(name)
    if drug.depot is None:
        others = ", ".join(each for each in list_drugs() if read_drug(each).depot)
        raise PredictionError(f"the card of {drug.name} ({drug.set_name}) has no published depot; these have: {others}")
    return drug.depot.release


def _by_hand(model, values):
    if not isinstance(values, (Mapping, type(None))):
        raise PredictionError(f"values = {values!r} is not possible; give a mapping such as "
                              f"{{'{model.parameters[0].name}': (0.1, '1/day')}}")
    given = dict(values or {})
    # What no curve tells may be left to the model's example, and so may all of a scenario; either is said.
    taken = [p for p in model.parameters if p.name not in given and (p.measured or model.is_scenario)]
    missing = [p.name for p in model.parameters if p.name not in given and p not in taken]
    if missing:
        shown = ", ".join(f"{p.name} (such as {p.value:g} {p.unit_text})".replace(" )", ")") for p in model.parameters
                          if p.name in missing)
        words = " ".join(f"--set {shlex.quote(f'{p.name}={p.value:g} {p.unit_text}'.strip())}" for p in model.parameters
                         if p.name in missing)
        raise PredictionError(f"{model.name} needs values for {shown}; on the command line, with values to change: "
                              f"{words}")
    origin = {"given": "by hand"}
    if taken:
        origin["assumed"] = ", ".join(f"{p.name} = {p.value:g} {p.unit_text}".strip() for p in taken)
    return Release(model, model.values(given), origin=origin)
