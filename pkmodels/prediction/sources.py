"""Where a release comes from: a fit, a record, a model of the catalogue with values."""

from pathlib import Path

from .. import catalogue
from ..errors import PredictionError, UnknownName
from ..fitting import Fit, load_fit
from ..model import Curve, Model
from ..solve.release import Release


def as_release(source, values=None):
    """Turn what `predict` accepts into a `Release` (or None for a drug in solution)."""
    named = isinstance(source, (Curve, Model)) or (isinstance(source, str) and not source.endswith(".toml"))
    if values and not named:
        raise PredictionError("values are for a named model; a fit or a record has its own")
    if source is None or isinstance(source, Release):
        return source
    if isinstance(source, Fit):
        return source.release
    if isinstance(source, (Curve, Model)):
        return _by_hand(source, values)
    if isinstance(source, Path) or not named:
        return load_fit(source).release
    try:
        return _by_hand(catalogue.get_model(source), values)
    except UnknownName as not_a_model:
        if values:
            raise
        try:
            return load_fit(source).release
        except UnknownName:
            raise not_a_model from None


def _by_hand(model, values):
    given = dict(values or {})
    # What no curve tells may be left to the model's example, and so may all of a scenario; either is said.
    taken = [p for p in model.parameters if p.name not in given and (p.measured or model.is_scenario)]
    missing = [p.name for p in model.parameters if p.name not in given and p not in taken]
    if missing:
        shown = ", ".join(f"{p.name} (such as {p.value:g} {p.unit_text})".replace(" )", ")") for p in model.parameters
                          if p.name in missing)
        raise PredictionError(f"{model.name} needs values for {shown}")
    origin = {"given": "by hand"}
    if taken:
        origin["assumed"] = ", ".join(f"{p.name} = {p.value:g} {p.unit_text}".strip() for p in taken)
    return Release(model, model.values(given), origin=origin)
