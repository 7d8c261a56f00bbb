"""What differs from curve to curve and is not time (size, temperature, polymer mass), read with its unit."""

import math
from dataclasses import replace

from .. import units
from ..dimensions import Constant
from ..errors import FitError, UnitError


def condition_values(model, study, label, given):
    """The values of a curve's conditions in the units used inside, by name.

    Parameters
    ----------
    model : Curve
    study : Study
        Of one formulation. A value stands in a column of the file, in the toml beside it for the formulation, or
        for the whole study; its name is the condition's with the unit behind it (``size_um``), or the condition's
        own where it is a plain number (``pH``) or a text with a unit (``size = "53 um"``).
    label : str
        Of the curve, for messages.
    given : mapping
        Condition name to a mapping from curve or formulation to a number in the model's unit or (number, unit).

    Raises
    ------
    FitError
        If a value is missing, without unit, or not one number for the whole curve.
    """
    found = {}
    for symbol, unit in model.conditions.items():
        name = str(symbol)
        for each in given.get(name, {}):
            if str(each) in (label, study.formulations[0]):
                value = given[name][each]
                value, said = value if isinstance(value, tuple) else (value, unit)
                break
        else:
            value, said = _in_study(study, label, name, unit)
        if not isinstance(value, (int, float)) or not math.isfinite(value):
            raise FitError(f"{name} of {label} is {value!r}; give a number in {unit}")
        try:
            found[name] = float(units.inside(units.convert(float(value), said, unit), unit))
        except UnitError as problem:
            raise FitError(f"{name} of {label}: {problem}") from problem
    return found


def stands_in(study, name, unit):
    """Whether a study of one formulation holds a value of that name."""
    own = study.formulation_conditions.get(study.formulations[0], {})
    names = (name, "temperature") if name == "T" else (name,)
    return any(_unit_in(str(key), one, unit) is not None for one in names
               for place in (study.frame.columns, own, study.conditions) for key in place)


def told(study):
    """Temperature (°C) and pH of a study of one formulation, by symbol, as far as it tells one value of each."""
    found = {}
    for name, unit in (("T", "degC"), ("pH", "1")):
        if stands_in(study, name, unit):
            try:
                value, said = _in_study(study, study.formulations[0], name, unit)
                found[name] = float(units.convert(float(value), said, unit))
            except (FitError, UnitError, TypeError, ValueError):
                continue  # not one number: what it means is asked where it is needed
    return {name: value for name, value in found.items() if math.isfinite(value)}


def with_values(model, values):
    """The curve with its conditions put in, so that it can be drawn and predicted with like any other."""
    if not values:
        return model
    shown = {symbol: units.outside(values[str(symbol)], unit) for symbol, unit in model.conditions.items()}
    # SymPy keeps one symbol per name, so the name holds the value.
    constants = {symbol: Constant.of(f"{symbol}={shown[symbol]!r}{unit}", shown[symbol], unit)
                 for symbol, unit in model.conditions.items()}
    courses = {clock: replace(course, total=course.total.xreplace(constants))
               for clock, course in model.courses.items()}
    return replace(model, released=model.released.xreplace(constants), clocks={**model.clocks, **courses},
                   conditions={})


def _in_study(study, label, name, unit):
    """(value, unit) from the columns of the frame, else the formulation's own conditions, else the study's."""
    own = study.formulation_conditions.get(study.formulations[0], {})
    columns = {key: study.frame[key] for key in study.frame.columns}
    for place in (columns, own, study.conditions):
        for key in place:
            said = _unit_in(str(key), name, unit)
            if said is None and name == "T":
                said = _unit_in(str(key), "temperature", unit)
            if said is None:
                continue
            value = place[key]
            if place is columns:
                if value.nunique(dropna=False) != 1:
                    raise FitError(f"{key} of {label} changes on the way ({', '.join(map(str, value.unique()[:4]))}); "
                                   f"a fit of many curves takes one value for each")
                value = value.iloc[0]
            if hasattr(value, "item"):
                value = value.item()
            return _read(value, said, key, label, name, unit)
    wanted = name if unit == "1" else f"{name}_{unit}"
    raise FitError(f"{label} has no {name}, which the model needs ({unit}); write it in a column or, beside the file, "
                   f"under [formulations.{study.formulations[0] or 'NAME'}] as {wanted}, or give "
                   f"conditions={{'{name}': {{'{label}': number}}}}")


def _read(value, said, key, label, name, unit):
    if isinstance(value, str):
        try:
            number, said = units.assigned(name, value)
        except UnitError as problem:
            raise FitError(f"{key} of {label}: {problem}") from problem
        return number, said
    if said == "" and units.dimension(unit):
        raise FitError(f"{key} = {value} of {label} has no unit; call it {name}_{unit}, or write '{value} {unit}'")
    return value, said or "1"


def _unit_in(key, name, wanted):
    """The unit that a key states behind the name, "" for none, None where it is not the name at all."""
    if key.lower() == name.lower():
        return ""
    head, tail = key[: len(name) + 1].lower(), key[len(name) + 1:]
    if head != f"{name.lower()}_":
        return None
    try:
        return tail if units.dimension(tail.replace("_per_", "/")) == units.dimension(wanted) else None
    except UnitError:
        return None
