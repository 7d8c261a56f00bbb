"""Assembling: from the rows of a table to the tidy frame."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from .. import units
from ..errors import StudyError
from .cells import Percent, decimal_mark, is_number, missing, number, shown
from .concentrations import CONCENTRATION_SD, from_concentrations
from .headers import condition_name
from .settle import LARGEST_FRACTION, TELLING, from_titles, settle_released, settle_time
from .vocabulary import IN_WORDS

COLUMNS = ("formulation", "replicate", "time_hour", "released", "sd", "n", "row")
_LOWEST = -0.02
#: Days of the years 2000 to 2100 as a spreadsheet counts them.
_DATES = (36526, 73050)


@dataclass
class Gathered:
    """What the tables of one file have in common while they are read; whole tables and curves set aside stand apart."""

    problems: object
    tables: list = field(default_factory=list)
    set_aside: list = field(default_factory=list)
    notes: list = field(default_factory=list)
    warnings: list = field(default_factory=list)
    vessels: dict = field(default_factory=dict)


def records(grid, layout, chosen, gathered):
    """One record per measured value, numbers as the file has them.

    Parameters
    ----------
    grid : Grid
    layout : Layout
    chosen : Chosen
    gathered : Gathered
        Takes up problems and what is set aside.

    Returns
    -------
    DataFrame
        With the columns of a study's frame, ``time`` and ``value`` in place of the converted numbers.
    """
    reader = _Reader(grid, layout, chosen, gathered)
    rows = [record for row in layout.rows for record in reader.row(row)]
    plain = ["formulation", "replicate", "time", "value", "sd", "sem", "n", "row"]
    extra = list(dict.fromkeys(key for record in rows for key in record if key not in plain))
    return pd.DataFrame(rows, columns=plain + extra)


class _Reader:
    """Reads the rows of one table; remembers the formulation that blank cells repeat."""

    def __init__(self, grid, layout, chosen, gathered):
        self.chosen, self.gathered = chosen, gathered
        self.place = f"sheet '{grid.sheet}', " if grid.sheet else ""
        numbers = [chosen.time, *chosen.values, *chosen.spreads.values()]
        self.mark = decimal_mark(((row.number, row.cell(c.index)) for row in layout.rows for c in numbers), grid.file)
        if self.mark == ",":
            gathered.notes.append("decimal commas read as such")
        for (role, _), column in chosen.spreads.items():
            if role == "rsd":
                gathered.notes.append(f"sd calculated from '{column.header}' and the mean")
        self.last = {}
        self._check_formats(layout.rows, [*chosen.values, *(column for (role, _), column in chosen.spreads.items()
                                                            if role in ("sd", "sem"))])

    def _check_formats(self, rows, columns):
        """Refuse cells shown as percentages among others: 0.2 shown as 20 % and 0.01 beside it are not alike."""
        cells = [(row.number, column, cell) for row in rows for column in columns
                 if isinstance(cell := row.cell(column.index), float) and cell]
        if any(isinstance(cell, Percent) for _, _, cell in cells):
            for row, column, cell in cells:
                if not isinstance(cell, Percent):
                    self.gathered.problems.add(row, column.header, f"{cell:g} is not formatted as a percentage, other "
                                               f"cells of the table are; format all of them alike", self.place)

    def row(self, row):
        chosen = self.chosen
        cells = [row.cell(column.index) for column in chosen.values]
        time = self._number(row, chosen.time, needed=any(not missing(cell) for cell in cells))
        if time < 0:
            self.gathered.problems.add(row.number, chosen.time.header, f"the time {time:g} is negative; count from the "
                                       f"start of the release", self.place)
        formulation = self._formulation(row)
        replicate = shown(row.cell(chosen.replicate.index)) if chosen.replicate else ""
        for column in chosen.values:
            value = self._number(row, column, needed=False)
            if np.isnan(value):
                continue
            spread = {role: self._spread(row, role, column) for role in ("sd", "sem", "n")}
            relative = self._spread(row, "rsd", column)
            if np.isnan(spread["sd"]) and not np.isnan(relative):
                spread["sd"] = abs(value) * relative / 100
            if np.isnan(spread["n"]):
                spread["n"] = column.count
            yield {"formulation": " ".join(filter(None, (formulation, column.formulation))),
                   "replicate": " ".join(filter(None, (replicate, column.replicate))),
                   "time": time, "value": value, **spread, "row": row.number, **self._conditions(row)}

    def _number(self, row, column, needed):
        """A time or value; missing values are set aside, other texts become problems."""
        cell = row.cell(column.index)
        reason = missing(cell)
        if reason and needed:
            self.gathered.problems.add(row.number, column.header, f"the time is missing ({reason}), but the row has "
                                       f"values; write the time", self.place)
        elif reason and column.role != "time":
            self.gathered.set_aside.append(f"{self.place}row {row.number}, column '{column.header}': {reason}; "
                                           f"not used, and not taken as zero")
        if reason:
            return np.nan
        value, problem = number(cell, self.mark, optional=column.role != "time")
        if problem:
            self.gathered.problems.add(row.number, column.header, problem, self.place)
        return value

    def _spread(self, row, role, column):
        spread = self.chosen.spreads.get((role, column.formulation))
        cell = row.cell(spread.index) if spread else ""
        if missing(cell):
            return np.nan
        value, problem = number(cell, self.mark)
        if not problem and value < 0:
            problem = f"'{shown(cell)}' is negative; {spread.header} cannot be below 0"
        if problem:
            self.gathered.problems.add(row.number, spread.header, problem, self.place)
        return value

    def _formulation(self, row):
        if not self.chosen.formulation:
            return ""
        return shown(self._merged(row, self.chosen.formulation))

    def _merged(self, row, column):
        """A name or condition that stands in the first of its rows alone, as merged cells leave it."""
        cell, above = row.cell(column.index), self.last.get(column.index, "")
        if cell == "" and above != "":
            note = f"blank cells in '{column.header}' read as what stands above them"
            if note not in self.gathered.notes:
                self.gathered.notes.append(note)
        self.last[column.index] = above if cell == "" else cell
        return self.last[column.index]

    def _conditions(self, row):
        cells = [*((column, self._merged(row, column)) for column in self.chosen.conditions),
                 *((column, row.cell(column.index)) for column in self.chosen.unknown)]
        return {condition_name(column): self._plain(cell) for column, cell in cells}

    def _plain(self, cell):
        """A condition: a number where it is one, text otherwise."""
        value = number(cell, self.mark)[0] if is_number(cell) else np.nan
        return cell if np.isnan(value) else value


def convert(found, grid, layout, chosen, gathered, sidecar, asked):
    """Settle the units of a table and put hours and shares of dose in place of its numbers.

    Parameters
    ----------
    found : DataFrame
        Of `records`.
    grid, layout, chosen, gathered
        As in `records`.
    sidecar : Sidecar
    asked : tuple
        (tuple of Said on time, tuple of Said on release) from the call.

    Returns
    -------
    (DataFrame, Said)
        The frame and the unit of time.
    """
    time = settle_time(chosen.time, (*asked[0], *sidecar.time), grid.file, layout.header_row)
    gathered.notes.append(f"time read as {IN_WORDS[time.unit]} (from {time.where})")
    if found["time"].between(*_DATES).all():
        raise StudyError(f"{grid.file}: the times in '{chosen.time.header}', from {found['time'].min():g}, are dates "
                         f"as a spreadsheet counts them; write the times since the start of the release")
    frame = found.assign(time_hour=found["time"].astype(float) * units.factor(time.unit, "h"))
    if chosen.concentrations:
        frame = from_concentrations(frame, grid, layout, chosen, gathered, sidecar)
    else:
        said = (*asked[1], *sidecar.released)
        title = () if said or any(c.unit or c.unit_row for c in chosen.values) else from_titles(layout.titles)
        unit, notes, warnings = settle_released(chosen.values, said or title, found["value"].to_numpy(), grid.file)
        if title and warnings:
            raise StudyError(f"{grid.file}: {warnings[0]}, or pass released='percent' or released='fraction'")
        gathered.notes += notes
        gathered.warnings += [*warnings, *(_unlike(frame, chosen) if unit == "percent" else ())]
        divisor = 100.0 if unit == "percent" else 1.0
        frame = frame.assign(released=frame["value"] / divisor, sd=frame["sd"] / divisor, sem=frame["sem"] / divisor)
    _check_range(frame, gathered, grid)
    frame = _with_standard_errors(frame, chosen, gathered)
    return _tidy_conditions(frame, chosen, gathered), time


def _unlike(frame, chosen):
    """Curves below a hundredth of the dose beside others, where not every header states a unit: fractions, perhaps."""
    if all(column.unit or column.unit_row for column in chosen.values):
        return []
    highest = frame.groupby("formulation", sort=False)["value"].max()
    low = highest[(highest > TELLING) & (highest <= LARGEST_FRACTION)]
    return [f"'{name}' reaches {value:g} and '{highest.idxmax()}' {highest.max():g}; both are read as per cent; if one "
            f"of them is in fractions, write the unit into its header" for name, value in low.items()
            if highest.max() > LARGEST_FRACTION]


def _check_range(frame, gathered, grid):
    place = f"sheet '{grid.sheet}', " if grid.sheet else ""
    for record in frame[frame["released"] < _LOWEST].itertuples():
        gathered.problems.add(record.row, "", f"released is {100 * record.released:.4g} % of the dose; values below "
                              f"-2 % are not noise, check the blank and the unit", place)
    gathered.problems.check()


def _with_standard_errors(frame, chosen, gathered):
    """Standard errors turned into standard deviations where n is known."""
    if frame["sem"].notna().any():
        if frame["n"].notna().all():
            frame = frame.assign(sd=frame["sd"].fillna(frame["sem"] * np.sqrt(frame["n"])))
            if "sem_of_concentration" in frame:
                frame[CONCENTRATION_SD] = frame[CONCENTRATION_SD].fillna(
                    frame["sem_of_concentration"] * np.sqrt(frame["n"]))
            gathered.notes.append("sd calculated from the standard error and n")
        else:
            gathered.warnings.append("the standard error was not used, because n is not given; add a column 'n'")
    return frame.drop(columns=["sem", "sem_of_concentration"], errors="ignore")


def _tidy_conditions(frame, chosen, gathered):
    """Temperatures in degrees Celsius; columns nobody understands kept only where they tell formulations apart."""
    if "temperature_K" in frame:
        frame = frame.assign(temperature_degC=frame["temperature_K"] - 273.15).drop(columns="temperature_K")
        gathered.notes.append("temperatures converted from K")
    for column in chosen.conditions:
        if condition_name(column) == "temperature_degC" and not column.unit:
            gathered.notes.append(f"'{column.header}' read as degrees Celsius")
    for column in chosen.unknown:
        name = condition_name(column)
        keys = [*("formulation", "replicate", "time_hour"), *map(condition_name, chosen.conditions)]
        if frame.duplicated(keys).any() and not frame.duplicated([*keys, name]).any():
            gathered.notes.append(f"'{column.header}' tells curves apart and was read as a condition")
        elif frame.groupby("formulation")[name].nunique(dropna=False).max() > 1:
            frame = frame.drop(columns=name)
            gathered.warnings.append(f"the column '{column.header}' was not understood and is not used; conditions are "
                                     f"named pH, temperature (degC), medium and the like")
    return frame

