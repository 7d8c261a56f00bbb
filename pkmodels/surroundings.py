"""Surroundings in plain words or from a table: ``"37 C; 42 C for 30 min at day 1, 2, 3"``."""

import math
import re
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

from . import units
from .environment import SAID, STANDARD, Environment
from .errors import PredictionError, UnitError

EXAMPLE = "37 C; 42 C for 30 min at day 1, 2, 3; pH 7.4; pH 5 from day 2"
_NUMBER = r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?"
_HEAD = re.compile(rf"(?:(?P<name>[A-Za-z]+)\s*=?\s*)?(?P<number>{_NUMBER})(?![.,\d])\s*(?P<unit>\S*)\s*(?P<when>.*)")
_WHEN = re.compile(r"for\s+(?P<lasting>.+?)\s+at\s+(?P<at>.+)|from\s+(?P<start>.+?)\s+to\s+(?P<end>.+)|"
                   r"from\s+(?P<onward>.+)", re.IGNORECASE)
_NAMES = {"t": "T", "temperature": "T", "temp": "T", "ph": "pH", "light": "light", "nir": "light", "laser": "light",
          "salt": "salt", "flow": "flow"}
_UNITS = {"T": "degC", "pH": "1", "light": "1", "salt": "mol/L", "flow": "L/h"}
_CELSIUS = {"c", "°c", "degc", "celsius", "deg_c"}


def read_environment(source):
    """Temperature, pH, light, salt and flow around a carrier, from words, a table or numbers.

    Parameters
    ----------
    source : str, path, pandas.DataFrame, mapping or Environment
        Words: values with semicolons between. ``"37 C"`` holds from the start, ``"pH 5 from day 2"`` from then on,
        ``"42 C for 30 min at day 1, 2, 3"`` and ``"42 C from 24 h to 25 h"`` for a while, after which holds again
        what held before. Also ``"light 1 for 10 min at 24 h"`` (or NIR), ``"salt 0.15 M"``, ``"flow 2 mL/min"``.
        A table (csv file or frame): a column of times with its unit in the name (``time_h``, ``time_day``) that
        begins at 0 and columns ``T_degC``, ``pH``, ``light``, ``salt_M``, ``flow_L_per_h``; a value holds until the
        next row, an empty cell changes nothing.
        A mapping: name to a number, or to (hour, value) pairs.

    Returns
    -------
    Environment
        What is not mentioned is 37 °C, pH 7.4, dark, 0.15 mol/L of salt and without flow.

    Raises
    ------
    PredictionError
        Saying which part cannot be read and how to write it.
    """
    if isinstance(source, Environment):
        return source
    if isinstance(source, Mapping):
        return _from_mapping(source)
    if isinstance(source, Path) or (isinstance(source, str) and source.strip().lower().endswith(".csv")):
        return _from_file(Path(source))
    if isinstance(source, str):
        return _from_words(source)
    if hasattr(source, "columns"):
        return _from_frame(source, "the table")
    raise PredictionError(f"surroundings cannot be read from {type(source).__name__}; give words such as '{EXAMPLE}', "
                          f"a csv file, a DataFrame or a mapping such as {{'T': [(0, 37), (24, 42), (24.5, 37)]}}")


def _from_mapping(given):
    for name in given:
        if name not in STANDARD:
            raise PredictionError(f"'{name}' does not surround a carrier here; use {', '.join(STANDARD)}")
    return Environment(**given)


def _from_words(text):
    base, pulses = {}, {}
    for part in text.split(";"):
        if not part.strip():
            raise PredictionError(f"'{text}' has an empty part; write for example '{EXAMPLE}'")
        name, value, when = _statement(part.strip(), text)
        if when is None or when["onward"]:
            start = 0.0 if when is None else _time(when["onward"], part, text)
            if when is not None and name not in base:
                raise PredictionError(f"'{part.strip()}': say first what {_said(name)} is at the start, such as "
                                      f"'{EXAMPLE}'")
            steps = base.setdefault(name, [])
            if steps and start <= steps[-1][0]:
                raise PredictionError(f"'{part.strip()}' in '{text}': {_said(name)} already has a value from hour "
                                      f"{steps[-1][0]:g} on; give each value a later 'from'")
            steps.append((start, value))
        else:
            pulses.setdefault(name, []).extend((*span, value) for span in _spans(when, part, text))
    for name in pulses:
        if name == "light":
            base.setdefault(name, [(0.0, 0.0)])
        if name not in base:
            raise PredictionError(f"'{text}' does not say what {_said(name)} is the rest of the time; begin with it, "
                                  f"such as '{EXAMPLE}'")
    return Environment(**{name: _with_pulses(name, steps, pulses.get(name, ()), text) for name, steps in base.items()})


def _statement(part, text):
    """(symbol, value in the units of the environment, match of its when or None) of one part."""
    found = _HEAD.fullmatch(part)
    if not found:
        raise PredictionError(f"'{part}' in '{text}' cannot be read; write for example '{EXAMPLE}'")
    said, unit, rest = (found["name"] or "").lower(), found["unit"], found["when"].strip()
    if unit.lower() in ("for", "from", "at", "to"):
        unit, rest = "", f"{unit} {rest}"
    name = _NAMES.get(said) if said else "T" if unit.lower() in _CELSIUS or unit == "K" else None
    if name is None:
        raise PredictionError(f"'{part}' in '{text}' does not say of what; write '37 C', 'pH 7.4', 'light 1', "
                              f"'salt 0.15 M' or 'flow 2 mL/min'")
    when = _WHEN.fullmatch(rest) if rest else None
    if rest and not when:
        raise PredictionError(f"'{rest}' in '{part}' is not a time; write 'from day 2', 'from 24 h to 25 h' or "
                              f"'for 30 min at day 1, 2, 3'")
    return name, _value(name, float(found["number"]), unit, part), when


def _value(name, number, unit, part):
    wanted = _UNITS[name]
    if unit.lower() in _CELSIUS:
        unit = "degC"
    if not unit:
        if wanted != "1":
            such = {"T": "37 C", "salt": "salt 0.15 M", "flow": "flow 2 mL/min"}[name]
            raise PredictionError(f"'{part}' has no unit; write {_said(name)} in {SAID[name][0]}, such as '{such}'")
        return number
    try:
        return float(units.convert(number, unit, wanted))
    except UnitError as problem:
        raise PredictionError(f"'{part}': {problem}") from problem


def _spans(when, part, text):
    if when["start"]:
        start, end = _time(when["start"], part, text), _time(when["end"], part, text)
        if end <= start:
            raise PredictionError(f"'{part.strip()}' ends before it begins; exchange the two times")
        return [(start, end)]
    lasting = _time(when["lasting"], part, text)
    if lasting <= 0:
        raise PredictionError(f"'{part.strip()}' lasts no time; write for example '42 C for 30 min at day 1'")
    return [(start, start + lasting) for start in _times(when["at"], part, text)]


def _time(text, part, whole):
    times = _times(text, part, whole)
    if len(times) != 1:
        raise PredictionError(f"'{text}' in '{part.strip()}' is not one time; write for example 'day 2' or '30 min'")
    return times[0]


def _times(text, part, whole):
    """Hours of ``day 1, 2 and 3``, ``1, 2 days`` or ``24 h``."""
    text = text.strip()
    found = re.fullmatch(r"(?P<unit>[A-Za-z]+)\s+(?P<list>.*\d\.?)|(?P<list2>.*\d\.?)\s*(?P<unit2>[A-Za-z]+)", text)
    try:
        numbers = re.split(r"\s*,\s*(?:and\s+)?|\s+and\s+", found["list"] or found["list2"])
        unit = (found["unit"] or found["unit2"]).lower()
        if not all(re.fullmatch(_NUMBER, n) for n in numbers):
            raise ValueError(text)
        hours = [float(units.convert(float(n), unit, "h")) for n in numbers]
    except (TypeError, ValueError) as problem:
        raise PredictionError(f"'{text}' in '{part.strip()}' is not a time; write for example 'day 1, 2, 3', '24 h' or "
                              f"'30 min'") from problem
    if min(hours) < 0 or not math.isfinite(max(hours)):
        raise PredictionError(f"'{text}' in '{whole}' is before the start; times count from hour 0")
    return hours


def _with_pulses(name, steps, pulses, text):
    """Base steps with pulses over them; at the end of a pulse holds what the base says there."""
    pulses = sorted(pulses)
    for (_, end, _), (start, *_) in pairwise(pulses):
        if start < end:
            raise PredictionError(f"'{text}': two values of {_said(name)} overlap at hour {start:g}; make the first "
                                  f"shorter or the second later")

    def held(hour):
        return next((v for a, b, v in pulses if a <= hour < b), None)

    def base(hour):
        return [value for start, value in steps if start <= hour][-1]

    edges = sorted({0.0, *(a for a, _ in steps), *(a for a, _, _ in pulses), *(b for _, b, _ in pulses)})
    course = []
    for hour in edges:
        value = held(hour) if held(hour) is not None else base(hour)
        if not course or value != course[-1][1]:
            course.append((hour, value))
    return course


def _from_file(path):
    import pandas as pd

    try:
        frame = pd.read_csv(path)
    except (OSError, ValueError) as problem:
        raise PredictionError(f"{path} cannot be read as a csv table ({problem}); it needs columns such as time_h, "
                              f"T_degC, pH") from problem
    return _from_frame(frame, str(path))


def _from_frame(frame, source):
    columns = {str(column): _column(str(column), source) for column in frame.columns}
    times = [column for column, (name, _) in columns.items() if name == "time"]
    if len(times) != 1 or len(columns) < 2:
        raise PredictionError(f"{source} needs one column of times such as time_h or time_day and at least one of "
                              f"T_degC, pH, light, salt_M, flow_L_per_h; it has {', '.join(columns) or 'none'}")
    hours = [_cell(value, columns[times[0]][1], "h", f"{times[0]} of {source}") for value in frame[times[0]]]
    if any(math.isnan(hour) for hour in hours):
        raise PredictionError(f"{source} has a row without a time; give every row one")
    found = {}
    for column, (name, unit) in columns.items():
        if name == "time":
            continue
        if name in found:
            raise PredictionError(f"{source} has two columns for {_said(name)}; keep one")
        values = [_cell(value, unit, _UNITS[name], f"{column} of {source}") for value in frame[column]]
        course = [(hour, value) for hour, value in zip(hours, values, strict=True) if not math.isnan(value)]
        if not course:
            raise PredictionError(f"{column} of {source} is empty; fill it or leave it away")
        found[name] = course
    return Environment(**found)


def _column(column, source):
    head, _, tail = column.partition("_")
    name = "time" if head.lower() == "time" else _NAMES.get(head.lower())
    if name is None:
        raise PredictionError(f"{source} has a column '{column}' that is not known; use time_h, T_degC, pH, light, "
                              f"salt_M, flow_L_per_h")
    wanted = "h" if name == "time" else _UNITS[name]
    unit = "degC" if tail.lower() in _CELSIUS else tail.replace("_per_", "/")
    if not unit and wanted != "1":
        raise PredictionError(f"column '{column}' of {source} has no unit; call it for example {column}_"
                              f"{'h' if name == 'time' else wanted.replace('/', '_per_')}")
    return name, unit or "1"


def _cell(value, unit, wanted, where):
    if value is None:
        return math.nan
    try:
        return float(units.convert(float(value), unit, wanted))
    except (TypeError, ValueError, UnitError) as problem:
        raise PredictionError(f"{value!r} in {where} is not a number with the unit {unit} ({problem})") from problem


def _said(name):
    return SAID[name][1].split(",")[0]
