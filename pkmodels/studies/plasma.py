"""Concentrations in plasma over time, of one or several subjects."""

import html
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from .. import units
from ..errors import StudyError, unknown
from .settle import time_from

COLUMNS = ("subject", "time_hour", "concentration", "below_limit", "sd", "n", "dose_mg", "row")
_SHOWN = 6


@dataclass(frozen=True, eq=False, repr=False)
class Plasma:
    """Measured concentrations over time.

    Parameters
    ----------
    frame : DataFrame
        subject, time_hour, concentration (mg/L, or mol/L where the unit is molar; NaN below the limit of
        quantification), below_limit, sd, n, dose_mg (NaN where unknown), row of the file. Not to be changed.
    time_unit, unit : str
        As the user wrote them, for display.
    analyte, source, sha256 : str
    notes, set_aside : tuple of str
        What was inferred, and which cells were not used.
    """

    frame: pd.DataFrame
    time_unit: str
    unit: str
    analyte: str = ""
    source: str = ""
    sha256: str = ""
    notes: tuple = ()
    set_aside: tuple = field(default=())

    @classmethod
    def from_arrays(cls, times, concentrations, *, time_unit, unit, subject="", sd=None, dose=None, analyte="",
                    source="", molar_mass=None):
        """Concentrations of numbers in Python, with the checks of a file.

        Parameters
        ----------
        times, concentrations : array_like, shape (points,)
            In ``time_unit`` and ``unit``; a concentration that is NaN was below the limit of quantification.
        time_unit, unit : str
            Such as ``"h"`` and ``"ng/mL"``.
        subject : str or sequence of str, shape (points,)
        sd : array_like, shape (points,), optional
            Standard deviation in ``unit``.
        dose : str or mapping of str to str, optional
            ``"320 mg"``, or one for each subject.
        analyte, source : str
        molar_mass : str, optional
            Such as ``"293.25 g/mol"``, for concentrations in nM.

        Raises
        ------
        StudyError, UnitError
            If the numbers cannot be concentrations over time.
        """
        times, values = (np.asarray(each, dtype=float) for each in (times, concentrations))
        if times.ndim != 1 or times.shape != values.shape:
            raise StudyError(f"times and concentrations have the shapes {times.shape} and {values.shape}; "
                             f"give one concentration for every time")
        subjects = [subject] * len(times) if isinstance(subject, str) else [str(each) for each in subject]
        spread = np.full(len(times), np.nan) if sd is None else np.asarray(sd, dtype=float)
        if len(subjects) != len(times) or spread.shape != times.shape:
            raise StudyError("subject and sd need one entry for every time")
        time_unit = time_from(time_unit, f"time_unit='{time_unit}'")
        doses = {name: _milligrams(dose.get(name) if isinstance(dose, dict) else dose)
                 for name in dict.fromkeys(subjects)}
        frame = pd.DataFrame({
            "subject": subjects, "time_hour": times * units.factor(time_unit, "h"),
            "concentration": values, "below_limit": np.isnan(values), "sd": spread, "n": np.nan,
            "dose_mg": [doses[name] for name in subjects], "row": np.arange(1, len(times) + 1)})
        return cls.from_frame(frame, time_unit=time_unit, unit=unit, analyte=analyte, source=source,
                              molar_mass=molar_mass)

    @classmethod
    def from_frame(cls, frame, *, unit, molar_mass=None, **settings):
        """Concentrations of a frame with values in ``unit``, checked, sorted and brought to the units used inside.

        Raises
        ------
        StudyError
            For negative numbers, two values of a subject at one time, or none at all.
        """
        name = settings.get("source") or "the table"
        factor, notes = _to_inside(unit, molar_mass, name)
        if not len(frame):
            raise StudyError(f"{name} holds no concentrations; give one row per sample")
        for column, what in (("time_hour", "time"), ("concentration", "concentration"), ("sd", "standard deviation")):
            wrong = (frame[column] < 0) | np.isinf(frame[column])
            if wrong.any():
                row = frame[wrong].iloc[0]
                raise StudyError(f"{name}, row {row['row']}: the {what} {row[column]:g} is not possible; give a finite "
                                 f"number that is not negative (times count from the dose, a sample before it is at 0)")
        if frame["time_hour"].isna().any():
            raise StudyError(f"{name}, row {frame[frame['time_hour'].isna()].iloc[0]['row']}: there is no time")
        twice = frame[frame.duplicated(["subject", "time_hour"])]
        if len(twice):
            row = twice.iloc[0]
            who = f" of subject '{row['subject']}'" if row["subject"] else ""
            raise StudyError(f"{name}, row {row['row']}: a second concentration{who} at {row['time_hour']:g} h; name "
                             f"the subjects in a column 'subject', or give their mean")
        order = {each: k for k, each in enumerate(frame["subject"].unique())}
        frame = frame.assign(
            concentration=frame["concentration"] * factor, sd=frame["sd"] * factor,
            _order=frame["subject"].map(order)).sort_values(["_order", "time_hour"], kind="stable")
        settings["notes"] = (*settings.get("notes", ()), *notes)
        shown = "mg/L" if notes and molar_mass else unit
        return cls(frame=frame[list(COLUMNS)].reset_index(drop=True), unit=shown, **settings)

    @property
    def subjects(self):
        """The names of the subjects in the order of the file; one empty name where there is no such column."""
        return tuple(self.frame["subject"].unique())

    @property
    def molar(self):
        """Whether the concentrations are amounts of substance, for want of a molar mass."""
        return units.dimension(self.unit) != units.dimension("mg/L")

    def by_mass(self, molar_mass, whose):
        """Molar concentrations as mass by the molar mass of ``whose``; concentrations by mass stay what they are."""
        if not self.molar:
            return self
        factor, (said,) = _to_inside(self.unit, molar_mass, self.source or "the table")
        kept = self.frame.assign(**{name: self.frame[name] / units.inside(1.0, self.unit) * factor
                                    for name in ("concentration", "sd")})
        return replace(self, frame=kept, unit="mg/L", notes=(*self.notes, f"{said} ({whose})"))

    def only(self, subject):
        """The data of one subject.

        Raises
        ------
        UnknownName
            If there is none of that name.
        """
        if str(subject) not in self.subjects:
            raise unknown(f"subject in {self.source or 'this table'}", subject, self.subjects)
        return replace(self, frame=self.frame[self.frame["subject"] == str(subject)].reset_index(drop=True))

    def until(self, time):
        """The samples up to a time such as ``"24 h"``, this one included."""
        number, unit = units.quantity(time, "h", "24 h")
        kept = self.frame["time_hour"] <= units.inside(number, unit) * (1 + 1e-12)
        if not kept.any():
            raise StudyError(f"there is no sample up to {time}; the first is at {self.frame['time_hour'].min():g} h")
        return replace(self, frame=self.frame[kept].reset_index(drop=True))

    def __len__(self):
        return len(self.frame)

    def _lines(self):
        low, high = (units.outside(each, self.time_unit) for each in
                     (self.frame["time_hour"].min(), self.frame["time_hour"].max()))
        many = len(self.subjects)
        yield (f"Plasma of {self.source or 'a table'}: {many} subject{'s' * (many != 1)}, {len(self)} points, "
               f"{low:.4g} to {high:.4g} {self.time_unit}")
        for subject in self.subjects[:_SHOWN]:
            part = self.frame[self.frame["subject"] == subject]
            peak = units.outside(part["concentration"].max(), self.unit)
            below = int(part["below_limit"].sum())
            dose = part["dose_mg"].iloc[0]
            yield (f"  {subject or '(no name)'}: {len(part)} points, highest {peak:.4g} {self.unit}"
                   + (f", {below} below the limit of quantification" if below else "")
                   + (f", dose {dose:g} mg" if np.isfinite(dose) else ""))
        if many > _SHOWN:
            yield f"  and {many - _SHOWN} more subjects"
        yield from (f"  read as: {note}" for note in self.notes)
        yield from (f"  set aside: {note}" for note in self.set_aside)

    def __repr__(self):
        return "\n".join(self._lines())

    def _repr_html_(self):
        first, *others = self._lines()
        return f"<p>{html.escape(first)}</p><ul>{''.join(f'<li>{html.escape(each)}</li>' for each in others)}</ul>"


def _to_inside(unit, molar_mass, name):
    """The factor from the unit of the file to the one inside, and what was done."""
    kind = units.dimension(unit)
    if molar_mass is not None:
        if kind != units.dimension("mol/L"):
            raise StudyError(f"{name} is in {unit}, which is no molar concentration; leave molar_mass away")
        mass, per = units.quantity(molar_mass, "g/mol", "293.25 g/mol")
        if not mass > 0:
            raise StudyError(f"a molar mass of {molar_mass} is not possible; write for example '293.25 g/mol'")
        return units.inside(1.0, unit) * units.inside(mass, per), (f"{unit} turned into mg/L by {molar_mass}",)
    if kind not in (units.dimension("mg/L"), units.dimension("mol/L")):
        raise StudyError(f"'{unit}' in {name} is not a concentration; write for example ng/mL or nM")
    return units.inside(1.0, unit), ()


def _milligrams(dose):
    if dose is None:
        return np.nan
    number, unit = units.quantity(dose, "mg", "320 mg")
    if not number > 0:
        raise StudyError(f"a dose of {dose} is not possible; write for example '320 mg'")
    return units.inside(number, unit)
