"""Reading concentrations over time: one row per sample, units in the headers, a column of subjects."""

import numpy as np
import pandas as pd

from .. import shelf, units
from ..errors import StudyError
from .cells import Problems, decimal_mark, missing, number, shown
from .layout import explain_no_table, find_layout
from .plasma import COLUMNS, Plasma
from .reading import grids_of, locate
from .settle import Said, settle_time, time_from
from .vocabulary import words

_SUBJECT = {"subject", "subjects", "subj", "id", "usubjid", "subjid", "patient", "animal", "rat", "person", "proband",
            "tier", "individual"}
_VALUE = {"concentration", "conc", "konzentration", "cp", "dv", "plasma", "serum", "blood", "level", "mean"}
#: Columns side by side that are named so are no subjects.
_PLACES = {"plasma", "serum", "blood", "tissue", "tumour", "tumor", "liver", "muscle", "urine", "mean", "average",
           "median", "min", "max", "free", "total", "unbound", "metabolite"}
_DOSE = {"dose", "dosis", "amt"}


def read_plasma(path, *, time=None, unit=None, analyte="", molar_mass=None, sheet=None):
    """Read concentrations in plasma from a csv, tsv or xlsx file.

    Parameters
    ----------
    path : str or Path
        One row per sample: a time (``"time (h)"``), a concentration (``"conc (ng/mL)"``), perhaps ``"subject"``,
        ``"dose (mg)"``, ``"sd"`` and ``"n"``. BLQ, <LLOQ and the like are kept as below the limit.
    time : {"min", "h", "day", "week"}, optional
        Unit of the times, where the header does not say it.
    unit : str, optional
        Unit of the concentrations, where the header does not say it.
    analyte : str
        What was measured.
    molar_mass : str, optional
        Such as ``"293.25 g/mol"``, to turn molar concentrations into mass.
    sheet : str, optional
        Of a workbook.

    Returns
    -------
    Plasma

    Raises
    ------
    StudyError, UnitError
        If the file cannot be read without guessing; the message names file, row and what to write.
    """
    path = locate(path)
    grids, notes = grids_of(path, sheet)
    problems = Problems(path.name)
    tables = [(grid, layout) for grid in grids if (layout := find_layout(grid, problems))]
    if not tables:
        raise explain_no_table(max(grids, key=lambda grid: len(grid.rows)))
    if len(tables) > 1:
        raise StudyError(f"{path.name} has {len(tables)} sheets with a table; choose one with "
                         f"sheet='{tables[0][0].sheet}'")
    grid, layout = tables[0]
    said = () if time is None else (Said(time_from(time, f"time='{time}'"), f"time='{time}'"),)
    chosen = _Columns(layout, path.name)
    unit_of_time = settle_time(chosen.time, said, path.name, layout.header_row)
    frame, set_aside = _rows(grid, layout, chosen, problems)
    problems.check()
    frame["time_hour"] *= units.factor(unit_of_time.unit, "h")
    notes = (*notes, *grid.notes, *chosen.notes, f"time in {unit_of_time.unit} ({unit_of_time.where})")
    return Plasma.from_frame(
        frame, time_unit=unit_of_time.unit, unit=_unit(chosen.value, unit, path.name, layout.header_row),
        molar_mass=molar_mass, analyte=analyte, source=path.name, sha256=shelf.sha256(path), notes=notes,
        set_aside=tuple(set_aside))


class _Columns:
    """The columns of a table by what they hold."""

    def __init__(self, layout, file):
        left = [c for c in layout.columns if c.role != "time"]
        self.time = next(c for c in layout.columns if c.role == "time")
        self.subject = self._one(left, lambda c, found: found & _SUBJECT and not found & _VALUE and not
                                 _is_concentration(c.unit or c.unit_row), "the subject", file)
        self.sd = self._one(left, lambda c, found: c.role == "sd", "the standard deviation", file)
        self.n = self._one(left, lambda c, found: c.role == "n", "the number of subjects", file)
        self.dose = self._one(left, lambda c, found: bool(found & _DOSE), "the dose", file)
        self.sem = self._one(left, lambda c, found: c.role == "sem", "the standard error", file)
        spread = [c for c in (self.sd, self.sem, self.n) if c is not None]
        others = [c for c in left if c not in spread]
        values = [c for c in others if c.role == "concentration" or _is_concentration(c.unit or c.unit_row)]
        values = values or [c for c in others if set(words(c.header)) & _VALUE]
        wide = len(values) > 1 and self.subject is None and not spread and self._side_by_side(values)
        if len(values) != 1 and not wide:
            headers = ", ".join(f"'{c.header}'" for c in values or layout.columns)
            fault = "no column holds a concentration" if not values else "several columns hold concentrations"
            raise StudyError(f"{file}, row {layout.header_row}: {fault} ({headers}); write one row per sample with one "
                             f"column such as 'conc (ng/mL)' and the names of the subjects in a column 'subject'")
        self.value, self.values, self.notes = values[0], values, ()
        self._settle_spread()
        if wide:
            self.notes += (f"columns read as subjects: {', '.join(self.name(c) for c in values)}",)
        if self.dose is not None and not self._is_mass(self.dose):
            self.notes += (f"column '{self.dose.header}' is not a mass with its unit and was not used; write 'dose "
                           "(mg)', "
                           f"or give the dose in the call",)
            self.dose = None
        used = [self.time, *self.values, self.subject, self.sd, self.sem, self.n, self.dose]
        idle = [f"'{c.header}'" for c in layout.columns if c not in used and f"'{c.header}'" not in str(self.notes)]
        self.notes += (f"columns not used: {', '.join(idle)}",) if idle else ()

    @staticmethod
    def name(column):
        """The subject whose concentrations a column holds."""
        return column.label or column.header

    def _side_by_side(self, values):
        """Whether columns are subjects side by side: one unit, names of their own, none of them a place."""
        names = [self.name(c) for c in values]
        return (len({c.unit or c.unit_row for c in values}) == 1 and len(set(names)) == len(names)
                and not any(set(words(each)) & _PLACES for each in names))

    def _settle_spread(self):
        """Which of standard deviation, standard error and number are used, and what is said of them."""
        if self.sd is not None and (self.sd.unit or self.sd.unit_row) in ("percent", "fraction"):
            self.notes += (f"not used: '{self.sd.header}' (a share; give the standard deviation in the unit of "
                           f"'{self.value.header}')",)
            self.sd = None
        if self.sem is not None and (self.sd is not None or self.n is None):
            why = "there is a standard deviation" if self.sd is not None else "it needs the number of subjects, 'n'"
            self.notes += (f"not used: the standard error '{self.sem.header}' ({why})",)
            self.sem = None
        for column, what in ((self.sd, "standard deviation"), (self.sem, "standard error"),
                             (self.n, "number of subjects")):
            self.notes += () if column is None else (f"'{column.header}' read as the {what} of '{self.value.header}'",)

    @staticmethod
    def _one(columns, test, what, file):
        found = [c for c in columns if test(c, set(words(c.header)))]
        if len(found) > 1:
            raise StudyError(f"{file}: the columns {' and '.join(repr(c.header) for c in found)} both name {what}; "
                             f"keep one of them")
        return found[0] if found else None

    @staticmethod
    def _is_mass(column):
        unit = column.unit or column.unit_row
        known = bool(unit) and unit not in ("percent", "fraction", "rate")
        return known and units.dimension(unit) == units.dimension("mg")


def _is_concentration(unit):
    if not unit or unit in ("percent", "fraction", "rate"):
        return False
    return units.dimension(unit) in (units.dimension("mg/L"), units.dimension("mol/L"))


def _unit(column, given, file, row):
    """The unit of the concentrations, from the header or the call."""
    own = column.unit or column.unit_row
    own = own if _is_concentration(own) else ""
    if not own and given is None:
        raise StudyError(f"{file}, row {row}: the column '{column.header}' has no unit; write '{column.header} "
                         "(ng/mL)' "
                         f"in the header, or pass unit='ng/mL'")
    if own and given is not None and units.unit(own) != units.unit(given):
        raise StudyError(f"{file}, row {row}: the header says {own} and the call says {given}; leave one of them away")
    return own or given


def _own_factor(column, value, file):
    """What turns a spread in its own unit into the unit of the concentrations; 1 where it has none."""
    own, other = (c and (c.unit or c.unit_row) for c in (column, value))
    if not _is_concentration(own) or not _is_concentration(other):
        return 1.0
    if units.dimension(own) != units.dimension(other):
        raise StudyError(f"{file}: '{column.header}' is in {own} and '{value.header}' in {other}; give both in one "
                         f"unit")
    return units.factor(own, other)


def _rows(grid, layout, chosen, problems):
    """The frame, numbers as the file has them, and what was set aside."""
    numeric = [c for c in (chosen.time, *chosen.values, chosen.sd, chosen.sem, chosen.n, chosen.dose) if c is not None]
    mark = decimal_mark(((row.number, row.cell(c.index)) for row in layout.rows for c in numeric), grid.file)

    def read(row, column):
        cell = "" if column is None else row.cell(column.index)
        if missing(cell):
            return np.nan
        value, wrong = number(cell, mark)
        if wrong:
            problems.add(row.number, column.header, wrong)
        return value

    def spread(row):
        """The standard deviation in the unit of the concentrations."""
        sd = read(row, chosen.sd) * _own_factor(chosen.sd, chosen.value, grid.file)
        return sd if chosen.sem is None else (read(row, chosen.sem) * np.sqrt(read(row, chosen.n))
                                              * _own_factor(chosen.sem, chosen.value, grid.file))

    rows, set_aside = [], []
    wide = len(chosen.values) > 1
    for column, row in ((column, row) for column in chosen.values for row in layout.rows):
        why = missing(row.cell(column.index))
        below = "limit of quantification" in why
        if why and not below:
            set_aside.append(f"row {row.number}{f', {column.header}' if wide else ''}: {why}")
            continue
        rows.append({
            "subject": shown(row.cell(chosen.subject.index)) if chosen.subject else chosen.name(column) if wide else "",
            "time_hour": read(row, chosen.time), "concentration": np.nan if below else read(row, column),
            "below_limit": below, "sd": spread(row), "n": read(row, chosen.n),
            "dose_mg": read(row, chosen.dose), "row": row.number})
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    if chosen.dose is not None:
        frame["dose_mg"] *= units.inside(1.0, chosen.dose.unit or chosen.dose.unit_row)
    return frame, set_aside
