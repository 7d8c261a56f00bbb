"""Settling units: everything that states one must state the same; nothing is assumed in silence."""

import re
from typing import NamedTuple

from .. import units
from ..errors import StudyError, UnitError
from .vocabulary import IN_WORDS, RELEASED, released_unit, split_unit, time_unit, words

_NO_FIXED_UNIT = {"second": "seconds are finer than a release study needs; write minutes",
                  "month": "months differ in length; write days", "year": "years differ in length; write days"}
LARGEST_FRACTION = 1.05
SMALLEST_PERCENT = 1.5
TELLING = 0.1


class Said(NamedTuple):
    """A unit and where it was stated."""

    unit: str
    where: str


def time_from(text, where):
    """The unit of time in a text that must name one."""
    found = time_unit(str(text))
    if not found or found in _NO_FIXED_UNIT:
        reason = f": {_NO_FIXED_UNIT[found]}" if found else ""
        raise UnitError(f"{where} is not a unit of time that can be used{reason}; "
                        f"write {', '.join(units.TIME_UNITS[:-1])} or {units.TIME_UNITS[-1]}")
    return found


def released_from(text, where):
    """ "percent" or "fraction" from a text that must name one of them."""
    found = released_unit(str(text))
    if found not in ("percent", "fraction"):
        raise UnitError(f"{where} is not a unit of release; write 'percent' or 'fraction'")
    return found


def settle_time(column, stated, file, row):
    """The unit of a time column.

    Parameters
    ----------
    column : Column
    stated : sequence of Said
        By the argument and the toml file.
    file : str
    row : int
        Of the header.

    Returns
    -------
    Said

    Raises
    ------
    StudyError
        If nothing states the unit, or two statements differ.
    """
    said = [*_from_column(column), *stated]
    if not said:
        bare, _, unknown = str(column.header).partition("(")
        bare, unknown = bare.strip() or column.header, unknown.rstrip(") ")
        what = f"has the unit '{unknown}', which is none of min, h, day, week" if unknown else "has no unit"
        raise StudyError(f"{file}, row {row}: the time column '{column.header}' {what}; write "
                         f"'{bare} (h)' or '{bare} (day)' in the header, or pass time='h' "
                         f"(command line: --time-unit h)")
    if said[0].unit in _NO_FIXED_UNIT:
        raise StudyError(f"{file}, row {row}: {said[0].where} gives the time in {said[0].unit}s; "
                         f"{_NO_FIXED_UNIT[said[0].unit]}")
    return _agreed(said, "the time", file)


def settle_released(columns, stated, values, file):
    """The unit of the released columns: "percent" or "fraction".

    Parameters
    ----------
    columns : sequence of Column
    stated : sequence of Said
    values : ndarray
        As the file has them.
    file : str

    Returns
    -------
    (str, tuple of str, tuple of str)
        Unit, notes, warnings.

    Raises
    ------
    StudyError
        If two statements differ, if nothing states the unit and the values leave it open, or if fractions exceed 1.5.
    """
    said = [each for column in columns for each in _from_column(column)] + list(stated)
    largest = max(values, default=0.0)
    if not said:
        return _inferred(largest, file)
    unit, where = _agreed(said, "the release", file)
    if unit == "fraction" and largest > SMALLEST_PERCENT:
        raise StudyError(f"{file}: {where} says fractions of the dose, but the largest value is {largest:g}; "
                         f"if the values are per cent, {_remedy(where, 'percent')}")
    notes = (f"values read as {IN_WORDS[unit]} (from {where})",)
    if unit == "percent" and largest <= LARGEST_FRACTION and sum(value != 0 for value in values) > 2:
        return unit, notes, (f"{where} says per cent, but the largest value is {largest:g} %: less than about one "
                             f"hundredth of the dose; if the values are fractions, {_remedy(where, 'fraction')}",)
    return unit, notes, ()


def _remedy(where, unit):
    """What to do where the unit of release was stated."""
    if where.startswith("released="):
        return f"pass released='{unit}'"
    if ".toml" in where:
        return f"write released_unit = \"{unit}\" there"
    return f"write '{'%' if unit == 'percent' else 'fraction'}' there"


def from_titles(titles):
    """What a title above a table says of the unit of release, such as "Cumulative release (%)"."""
    for row, text in reversed(titles):
        name, unit = split_unit(text)
        if unit in ("percent", "fraction") and set(words(name)) & RELEASED and not re.search(r"\d\s*%", text):
            return (Said(unit, f"the title '{text}' in row {row}"),)
    return ()


def _inferred(largest, file):
    if largest > SMALLEST_PERCENT:
        unit = "percent"
    elif TELLING < largest <= LARGEST_FRACTION:
        unit = "fraction"
    else:
        raise StudyError(f"{file}: the released values have no unit and the largest is {largest:g}, which may be a "
                         f"fraction or per cent; write 'released (%)' or 'released_fraction' in the header, or pass "
                         f"released='percent' or released='fraction'")
    return unit, (f"values read as {IN_WORDS[unit]} (the largest is {largest:g}; no unit was given)",), ()


def _from_column(column):
    said = [Said(column.unit, f"the header '{column.header}'")] if column.unit else []
    return said + ([Said(column.unit_row, f"the row of units below '{column.header}'")] if column.unit_row else [])


def _agreed(said, what, file):
    first = said[0]
    for other in said[1:]:
        if other.unit != first.unit:
            raise StudyError(f"{file}: {first.where} gives {what} in {IN_WORDS.get(first.unit, first.unit)}, but "
                             f"{other.where} in {IN_WORDS.get(other.unit, other.unit)}; make them agree")
    return first
