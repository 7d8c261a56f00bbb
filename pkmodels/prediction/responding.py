"""The verb respond: what a predicted concentration does to a hormone or another response."""

import json

import numpy as np

from .. import __version__, catalogue, units
from ..effect import Effect
from ..errors import ModelError, PredictionError
from ..solve.driven import responses
from .asked import as_json
from .lines import lines, storable

_CARRIED = ("drug", "population", "regimen", "model", "body", "dose_times", "last_interval_end", "seed")


def respond(prediction, effect, *, variable="plasma", values=None):
    """Let a predicted concentration drive an effect.

    The effect does not change the concentration. Between the prediction's points the concentration
    is a monotone cubic of its own between any two doses, as in `coverage`; the effect starts at its
    steady state without drug.

    Parameters
    ----------
    prediction : xarray.Dataset
        From `predict` (or from `respond`: testosterone may drive PSA), with ``variable`` over
        ``time`` and perhaps ``<variable>_draws`` over ``draw`` and ``time``.
    effect : str or Effect
        Such as ``"hpg_agonist"``, ``"direct"``, ``"effect_compartment"``,
        ``"indirect_inhibition_of_production"``; `list_models("effect")` names all.
    variable : str
        What drives it.
    values : mapping, optional
        Parameters of the effect: name to a number in its unit or a (number, unit) pair.

    Returns
    -------
    xarray.Dataset
        Over the same times each quantity that the effect shows, with ``units`` and ``analyte``, and
        ``<name>_draws`` where the concentration has draws. `coverage` takes it with ``variable=``.

    Raises
    ------
    PredictionError
        If the prediction cannot drive this effect.
    ModelError, UnknownName
        If the effect or a value is not possible.
    """
    import xarray as xr

    effect = _effect(effect)
    if effect.quantities and "from steady state" in str(getattr(prediction, "attrs", {}).get("regimen", "")):
        raise PredictionError(f"the prediction begins at steady state, but {effect.name} starts without drug: it takes "
                              f"time of its own to answer. Predict from the first dose, for as long as that takes")
    time, hours, drive = _drive(prediction, variable, effect)
    given = dict(values or {})
    inside = effect.values(given)
    breaks = units.convert(np.asarray(prediction.attrs.get("dose_times", ()), dtype=float), time.attrs["units"], "h")
    source = prediction[variable]
    kept = {}
    for name, array in {variable: source, f"{variable}_draws": prediction.get(f"{variable}_draws")}.items():
        if array is None:
            continue
        rows = array.values.reshape(-1, len(hours))
        found = responses(effect, inside, hours, drive(rows), breaks)
        for shown, numbers in zip(effect.shown, found, strict=True):
            label = shown.name if name == variable else f"{shown.name}_draws"
            about = {"units": shown.unit, "analyte": shown.analyte,
                     "long_name": shown.analyte if shown.unit != "1" else "response"}
            about |= {"molar_mass": shown.molar_mass} if shown.molar_mass else {}
            kept[label] = (array.dims, units.outside(numbers, shown.unit).reshape(array.shape), about)
    parameters = {p.name: [units.outside(inside[p.name], p.unit), p.unit] for p in effect.parameters}
    attributes = {key: prediction.attrs[key] for key in _CARRIED if key in prediction.attrs}
    attributes |= {"effect": effect.name, "effect_parameters": json.dumps(parameters), "driven_by": variable,
                   "asked": as_json({"effect": effect.name, "variable": variable, "values": given}),
                   "pkmodels_version": __version__,
                   "assumptions": storable([*lines(prediction.attrs, "assumptions"),
                                             *_assumptions(effect, source, given, len(breaks))]),
                   "citations": storable(list(dict.fromkeys([*lines(prediction.attrs, "citations"),
                                                           *effect.references])))}
    shared = ("time", "draw", "patient")
    return xr.Dataset(kept, coords={name: c for name, c in prediction.coords.items() if name in shared},
                      attrs=attributes)


def _effect(effect):
    if isinstance(effect, Effect):
        return effect
    if not isinstance(effect, str):
        raise ModelError(f"{effect!r} is not an effect; give a name such as 'hpg_agonist' or an Effect")
    return catalogue.get_model(effect, "effect")


def _drive(prediction, variable, effect):
    """The time coordinate, its hours, and what turns numbers of the variable into units inside."""
    if variable not in getattr(prediction, "data_vars", ()):
        known = ", ".join(getattr(prediction, "data_vars", ())) or "nothing"
        raise PredictionError(f"there is no '{variable}' to drive {effect.name}; the prediction holds {known}. "
                              f"Predict with a drug and a regimen, or name another variable")
    given = prediction[variable].attrs["units"]
    if units.dimension(given) != units.dimension(effect.driver_unit):
        raise PredictionError(f"{effect.name} is driven by a concentration such as {effect.driver_unit}, and "
                              f"'{variable}' is in {given or 'plain numbers'}")
    time = prediction["time"]
    hours = units.convert(time.values.astype(float), time.attrs["units"], "h")
    if len(hours) < 2 or prediction.attrs.get("times") == "asked":
        raise PredictionError("an effect needs the whole course of the concentration; predict without times, "
                              "and pick times from the response")

    def drive(rows):
        if not np.all(np.isfinite(rows)) or np.any(rows < 0):
            raise PredictionError(f"'{variable}' holds a concentration that is negative or not a number")
        return units.inside(rows, given)

    return time, hours, drive


def _assumptions(effect, source, given, doses):
    yield f"The effect '{effect.title}' answers to {source.attrs.get('long_name', source.name)} and not back on it."
    driven_by = source.attrs.get("analyte", "")
    if effect.measured_with and driven_by and effect.measured_with.lower() != driven_by.lower():
        words = (f"The effect's parameters were measured with {effect.measured_with} and are used for {driven_by}: an "
                 f"assumption")
        potency = next((p for p in effect.parameters if p.name == "relative_potency"), None)
        if potency is not None:
            value = given.get("relative_potency", potency.value)
            value = value[0] if isinstance(value, tuple) else value
            how = "as given" if "relative_potency" in given else "nothing else being said"
            words += f", with {value:g} times its potency ({how}); show how the answer changes with relative_potency"
        yield words + "."
    if "patient" in source.dims:
        yield (f"The concentration of every patient is known at {source.sizes['time']} times and taken to run smoothly "
               f"between them: a burst that falls between two of them is not felt.")
    if effect.repeated and doses > 1:
        yield f"Mind: {effect.repeated}."
    yield "The interval holds no variation of the effect between people."
