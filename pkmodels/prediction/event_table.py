"""The rows of an event table as numbers: columns found by name, units settled, nothing judged yet."""

import math
from dataclasses import dataclass
from pathlib import Path

from .. import units
from ..errors import RegimenError, StudyError, UnitError
from ..studies.delimited import read_text
from ..studies.vocabulary import split_unit, time_unit

COLUMNS = ("ID", "TIME", "AMT", "RATE", "DUR", "II", "ADDL", "SS", "EVID", "MDV", "CMT", "DV")
_NOTHING = ("", ".", "NA", "na")


@dataclass(frozen=True)
class Row:
    """One row; times in hours, amounts in milligrams, ``rate`` as written where it is a code (-1, -2)."""

    number: int
    id: str
    time: float
    amount: float
    rate: float
    dur: float
    ii: float
    addl: int
    ss: int
    evid: int
    mdv: int | None
    cmt: str
    dv: float

    @property
    def is_dose(self):
        """Whether the row gives a dose."""
        return self.evid in (1, 4)

    @property
    def is_observation(self):
        """Whether the row holds an observation."""
        return self.evid == 0 and self.mdv != 1

    @property
    def duration(self):
        """Hours over which the dose is given."""
        return self.dur if self.dur > 0 else self.amount / self.rate if self.rate > 0 else 0.0


@dataclass(frozen=True)
class Table:
    """The rows of a table, and which columns it has."""

    rows: tuple
    columns: tuple
    notes: tuple
    source: str


def read_table(table, *, time=None, amount=None):
    """Read a csv file or a DataFrame.

    Raises
    ------
    RegimenError
        If a column or a unit is missing, or a cell is not a number.
    """
    source, header, rows = _cells(table)
    found, said = {}, {}
    for k, text in enumerate(header):
        name, unit = split_unit(str(text))
        name = name.strip().upper()
        if name in COLUMNS:
            if name in found:
                raise RegimenError(f"{source}: there are two columns {name}; keep one")
            found[name], said[name] = k, unit
    for name in ("TIME", "AMT"):
        if name not in found:
            raise RegimenError(f"{source} has no column {name}; its columns are {', '.join(map(str, header))}. An "
                               "event "
                               f"table needs TIME and AMT, and as far as needed {', '.join(COLUMNS)}")
    hours, mg = _units(source, said, time, amount)
    notes = tuple(f"column {text} is not used" for text in header
                  if split_unit(str(text))[0].strip().upper() not in COLUMNS)
    if "EVID" not in found:
        notes += ("there is no column EVID: rows with AMT above 0 are taken as doses, all others as observations",)
    if "ID" not in found:
        notes += ("there is no column ID: all rows are taken to be of one person",)
    read = tuple(_row(number, cells, found, source, hours, mg) for number, cells in rows)
    if not read:
        raise RegimenError(f"{source} holds no rows")
    return Table(read, tuple(found), notes, source)


def _cells(table):
    if hasattr(table, "columns"):
        rows = [(k, tuple(row)) for k, row in enumerate(table.itertuples(index=False), 1)]
        return "the table", list(table.columns), rows
    path = Path(table)
    if not path.is_file():
        raise RegimenError(f"{table} does not exist; name a .csv file with an event table")
    try:
        grid = read_text(path.read_bytes(), path.name)
    except StudyError as problem:
        raise RegimenError(str(problem)) from None
    if not grid.rows:
        raise RegimenError(f"{path.name} is empty")
    return path.name, list(grid.rows[0].cells), [(row.number, row.cells) for row in grid.rows[1:]]


def _units(source, said, time, amount):
    """Hours per unit of TIME, and milligrams per unit of AMT."""
    for name, given, kind, example in (("TIME", time, "h", "TIME (h)"), ("AMT", amount, "mg", "AMT (mg)")):
        own = said.get(name, "")
        if not own and given is None:
            word = "time" if name == "TIME" else "amount"
            raise RegimenError(f"{source}: {name} has no unit, and a table in days that is read as hours is wrong "
                               f"without a word; write '{example}' in the header, or pass {word}='{kind}' (command "
                               f"line: --event-{word}-unit {kind})")
        if own and given is not None and units.unit(own) != units.unit(given):
            raise RegimenError(f"{source}: the header says {name} is in {own}, the call says {given}; leave one away")
    hour = said.get("TIME") or time_unit(str(time)) or str(time)
    mass = said.get("AMT") or amount
    try:
        return units.factor(hour, "h"), units.factor(mass, "mg")
    except UnitError as problem:
        raise RegimenError(f"{source}: {problem}; TIME needs a unit of time and AMT one of mass") from None


def _row(number, cells, found, source, hours, mg):
    def text(name):
        if name not in found or found[name] >= len(cells):
            return ""
        cell = cells[found[name]]
        return "" if isinstance(cell, float) and math.isnan(cell) else str(cell).strip()

    def value(name, otherwise=0.0):
        given = text(name)
        if given in _NOTHING:
            return otherwise
        try:
            return float(given)
        except ValueError:
            hint = "; give elapsed time as a number, not a clock time or date" if name == "TIME" else ""
            raise RegimenError(f"{source}, row {number}: {name} '{given}' is not a number{hint}") from None

    def whole(name, otherwise=0):
        given = value(name, otherwise)
        if given is not None and given != int(given):
            raise RegimenError(f"{source}, row {number}: {name} {given:g} is not a whole number")
        return given if given is None else int(given)

    time, amount, rate = value("TIME", math.nan), value("AMT"), value("RATE")
    if not math.isfinite(time):
        raise RegimenError(f"{source}, row {number}: there is no TIME; give elapsed time as a number")
    evid = whole("EVID", 1 if amount > 0 else 0) if "EVID" in found else int(amount > 0)
    name = text("ID").removesuffix(".0") or "1"
    return Row(number, name, time * hours, amount * mg, rate * mg / hours if rate > 0 else rate, value("DUR") * hours,
               value("II") * hours, whole("ADDL"), whole("SS"), evid, whole("MDV", None),
               text("CMT").removesuffix(".0"),
               value("DV", math.nan))
