"""Written: what a cell holds beside a number, such as the unit of a time or the spread of a mean."""

import re

from . import vocabulary as v
from .cells import is_number

NUMBER = r"[-+]?\d+(?:[.,]\d+)?"
_TIMED = re.compile(rf"(?:X(?=\d))?({NUMBER})(?:(?:st|nd|rd|th)(?=[\s\-_]))?[\s\-_.]*([A-Za-zµ]+)\.?")
#: "Day 1", "D1", "Woche 2".
_TIMED_BEHIND = re.compile(rf"([^\W\d_]+)\.?(?:[\-_]|\s+)?({NUMBER})")
_LETTER = re.compile(r"[A-Za-z]\d+")
SPREAD = re.compile(rf"({NUMBER})\s*%?\s*\(?\s*(?:±|\+/-|\+-)\s*(\d+(?:[.,]\d+)?)\s*%?\s*\)?")
BRACKET = re.compile(rf"({NUMBER})\s*%?\s*[(\[]\s*(\d+(?:[.,]\d+)?)\s*%?\s*[)\]]")
_THOUSANDS = re.compile(r"[1-9]\d{0,2},\d{3}")
_IN_HOURS = {"second": 1 / 3600, "min": 1 / 60, "h": 1.0, "day": 24.0, "week": 168.0}


def in_one_unit(cells):
    """(unit, numbers) of texts such as "30 min" and 0, in hours if they have several units; ("", []) of others."""
    found = [("", 0.0) if is_zero(cell) else timed(cell) for cell in cells]
    if None in found:
        return "", []
    units = {unit for unit, _ in found if unit}
    if len(units) == 1 and units != {"second"}:
        return units.pop(), [number for _, number in found]
    return ("h", [number * _IN_HOURS[unit or "h"] for unit, number in found]) if units else ("", [])


def is_zero(cell):
    return is_number(cell) and float(str(cell).replace(",", ".")) == 0


def timed(cell):
    """(unit, number) of a text such as "30 min" or "X5.min"; None for anything else."""
    if not isinstance(cell, str):
        return None
    match, behind = _TIMED.fullmatch(cell), _TIMED_BEHIND.fullmatch(cell)
    number, word = match.groups() if match else behind.groups()[::-1] if behind else ("", "")
    unit = v.time_unit(word)
    if unit not in _IN_HOURS or _THOUSANDS.fullmatch(number) or (behind and unit == "second"):
        return None
    return unit, float(number.replace(",", "."))


def hours(cell):
    found = timed(cell)
    return found and found[1] * _IN_HOURS[found[0]]


def is_letter(cell):
    """Whether a text is a letter and a number: the name of a product rather than a time."""
    return isinstance(cell, str) and bool(_LETTER.fullmatch(cell))
