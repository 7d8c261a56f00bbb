"""Cells: a number, a value that is missing for a reason, or a problem to be reported."""

import math
import re
from datetime import timedelta

from ..errors import StudyError
from .vocabulary import unit

_NUMBER = re.compile(r"[-+]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][-+]?\d+)?")
_THOUSANDS = re.compile(r"[-+]?[1-9]\d{0,2},\d{3}")
_BELOW = re.compile(r"<(l?lo[qd]|bg|ng|\d+([.,]\d+)?%?)|(b|l|bl)?lo[qd]|blq|bql")
_ABSENT = {"nan", "nd", "n/d", "na", "n/a", "nn", "nb", "notdetected", "notdetermined", "nichtbestimmt", "missing"}
_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}([./-])\d{1,2}\1\d{2,4}")
_CLOCK = re.compile(r"\d{1,3}:\d{2}(:\d{2}(\.\d+)?)?(\s*[ap]m)?", re.IGNORECASE)
_DASHES = re.compile(r"[-–—]+")
SHOWN = 5
LARGEST = 1e12


class Percent(float):
    """A number that a workbook shows as a percentage."""


class Problems:
    """The cells of one file that cannot be read, gathered so that they are reported together."""

    def __init__(self, file):
        self.file = file
        self.found = {}

    def add(self, row, column, text, place=""):
        """Note what is wrong with a cell; one report per cell."""
        where = f"row {row}" + (f", column '{column}'" if column else "")
        self.found.setdefault((place, row, column), f"{place}{where}: {text}")

    def check(self):
        """Raise one StudyError that lists the first problems and counts the others."""
        found = list(self.found.values())
        if not found:
            return
        if len(found) == 1:
            raise StudyError(f"{self.file}, {found[0]}")
        more = [f"and {len(found) - SHOWN} more"] if len(found) > SHOWN else []
        raise StudyError("\n  ".join([f"{self.file}: {len(found)} cells cannot be read", *found[:SHOWN], *more]))


def clean(cell):
    """A cell as a number, or as text without stray blanks and with a plain minus sign."""
    if cell is None:
        return ""
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return cell if isinstance(cell, Percent) else float(cell)
    if isinstance(cell, timedelta):
        seconds = round(cell.total_seconds())
        return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    text = str(cell).replace("\u00a0", " ").replace("\u2212", "-").strip()
    # An apostrophe before a number is how spreadsheets are told that it is text.
    return text[1:] if text[:1] == "'" and is_number(text[1:]) else text


def shown(cell):
    """A cell as text, whole numbers without a decimal point."""
    return f"{cell:.12g}" if isinstance(cell, float) else cell


def is_number(cell):
    """Whether a cell looks like a number, with decimal point or comma."""
    return isinstance(cell, float) or bool(_NUMBER.fullmatch(cell))


def missing(cell):
    """Why a value is missing, in words; empty text for a cell that holds something else."""
    if isinstance(cell, float):
        return ""
    plain = re.sub(r"[\s.]", "", cell.lower()) if not re.search(r"\d", cell) else re.sub(r"\s", "", cell)
    if not plain:
        return "empty cell"
    if _DASHES.fullmatch(plain) or plain.strip("()[]") in _ABSENT:
        return f"'{cell}', not detected or not determined"
    if _BELOW.fullmatch(plain.strip("()[]")):
        return f"'{cell}', below the limit of quantification"
    return ""


def decimal_mark(cells, file):
    """The decimal mark of a table, "." or ",", from its number cells.

    Parameters
    ----------
    cells : iterable of (row, text)
        Cells of the number columns.
    file : str
        For messages.

    Raises
    ------
    StudyError
        If both marks occur, or "1,000" may be one or one thousand.
    """
    texts = [(row, cell) for row, cell in cells if isinstance(cell, str) and _NUMBER.fullmatch(cell)]
    commas = [(row, cell) for row, cell in texts if "," in cell]
    points = [(row, cell) for row, cell in texts if "." in cell]
    if not commas:
        return "."
    (row, cell), thousands = commas[0], all(_THOUSANDS.fullmatch(cell) for _, cell in commas)
    if thousands:
        whole, rest = cell.split(",")
        raise StudyError(f"{file}, row {row}: '{cell}' may be {whole}{rest} or {whole}.{rest}; "
                         f"write numbers without a separator for thousands, such as {whole}{rest} or {whole}.{rest}")
    if points:
        raise StudyError(f"{file}: row {row} has a decimal comma ('{cell}') and row {points[0][0]} a decimal point "
                         f"('{points[0][1]}'); use one of them throughout")
    return ","


def number(cell, mark, optional=True):
    """A cell as a float.

    Parameters
    ----------
    cell : float or str
    mark : {".", ","}
        The decimal mark of the table.
    optional : bool
        Whether the cell may be left empty, as the message then says.

    Returns
    -------
    (float, str)
        The number and "", or NaN and what is wrong.
    """
    if isinstance(cell, str) and _NUMBER.fullmatch(cell) and not (mark == "." and "," in cell):
        cell = float(cell.replace(",", "."))
    if isinstance(cell, float):
        return (cell, "") if abs(cell) < LARGEST else (math.nan, f"{cell:g} is too large to have been measured; "
                                                                 f"write the number")
    return math.nan, _advice(cell, "; write a number, or leave the cell empty (or n.d.) if nothing was measured"
                             if optional else "; write a number")


def _advice(cell, otherwise):
    plain = cell.lower().lstrip("+-")
    if cell.startswith("="):
        return (f"the formula '{cell}' has no stored value and formulas are never run here; open the file in a "
                f"spreadsheet program and save it, or write the number")
    if plain in ("nan", "inf", "infinity", "∞"):
        return f"'{cell}' is not a finite number{otherwise}"
    if _DATE.match(cell) or _CLOCK.fullmatch(cell):
        return (f"'{cell}' is a date or a time of day; write the time since the start of the release as a number, with "
                f"its unit in the header")
    if re.fullmatch(r"[\d.,\s'’]+", cell):
        return f"'{cell}' is not a plain number; write it without separators for thousands, such as 1000 or 0.96"
    if "±" in cell or "+/-" in cell or "+-" in cell:
        return f"'{cell}' is a mean with its spread; write the mean here and the spread into a column 'sd' of its own"
    with_unit = re.fullmatch(rf"({_NUMBER.pattern})\s*([A-Za-zµ%°]+)", cell)
    if with_unit and unit(with_unit[2]):
        return f"'{cell}' is a number with a unit; write {with_unit[1]} and put '{with_unit[2]}' in the header"
    return f"'{cell}' is not a number{otherwise}"
