"""A study: measured release of one or more formulations."""

import hashlib
from dataclasses import dataclass, field, fields, replace
from functools import cached_property

import numpy as np
import pandas as pd

from .. import units
from ..errors import StudyError, unknown
from . import account, checks
from .assemble import COLUMNS
from .cells import LARGEST
from .settle import LARGEST_FRACTION, SMALLEST_PERCENT, released_from, time_from

_ATTRIBUTES = {"released": ("1", "released share of the dose"), "sd": ("1", "standard deviation of the released share"),
               "n": ("1", "number of replicates behind the value"), "time_hour": ("h", "time since the start"),
               "row": ("1", "row of the file"), "concentration_mg_per_L": ("mg/L", "measured concentration"),
               "temperature_degC": ("degC", "temperature of the medium")}


@dataclass(frozen=True, eq=False, repr=False)
class Study:
    """Measured release of one or more formulations.

    Parameters
    ----------
    frame : DataFrame
        Tidy: formulation, replicate ("" for a mean), time_hour, released (share of the dose), sd and n (NaN where
        unknown), row of the file, and conditions such as pH; sorted by formulation, then time. Not to be changed.
    time_unit : {"min", "h", "day", "week"}
        As the user wrote it, for display.
    source, sha256 : str
        Name of the file, and the hash of its content.
    citation : str
        Reference id or text; several ids stand apart by "; ".
    conditions : mapping
        Name to text or number, from the toml beside the file.
    notes : tuple of str
        What was inferred, and how.
    set_aside : tuple of str
        Cells that were not used, with row and reason.
    remarks : tuple of str
        Warnings that came up while reading; `warnings` adds those that the data show.
    formulation_conditions : mapping
        Formulation to conditions of its own.
    """

    frame: pd.DataFrame
    time_unit: str
    source: str = ""
    sha256: str = ""
    citation: str = ""
    conditions: dict = field(default_factory=dict)
    notes: tuple = ()
    set_aside: tuple = ()
    remarks: tuple = ()
    formulation_conditions: dict = field(default_factory=dict)

    @classmethod
    def from_arrays(cls, times, released, *, time_unit, released_unit="fraction", sd=None, n=None, replicate=None,
                    formulation="", source="", citation=""):
        """A study of numbers in Python, with the checks of a file.

        Parameters
        ----------
        times, released : array_like, shape (points,)
            Times in ``time_unit``; released in ``released_unit``, NaN where nothing was measured.
        time_unit : {"min", "h", "day", "week"}
        released_unit : {"fraction", "percent"}
        sd, n : array_like or float, optional
            Standard deviation in ``released_unit``, and number of replicates, of every point.
        replicate, formulation : str or sequence of str, optional
            Of all points, or of each.
        source, citation : str

        Returns
        -------
        Study

        Raises
        ------
        StudyError, UnitError
            If the numbers cannot be a release study, or a unit is unknown.
        """
        time_unit = time_from(time_unit, f"time_unit='{time_unit}'")
        divisor = {"percent": 100.0, "fraction": 1.0}[released_from(released_unit, f"released_unit='{released_unit}'")]
        times = _numbers(times, "times", None)
        points = len(times)
        frame = pd.DataFrame({
            "formulation": _texts(formulation, "formulation", points),
            "replicate": _texts(replicate, "replicate", points),
            "time_hour": times * units.factor(time_unit, "h"),
            "released": _numbers(released, "released", points) / divisor,
            "sd": _numbers(sd, "sd", points) / divisor, "n": _numbers(n, "n", points),
            "row": np.arange(1, points + 1)})
        remarks = _check_arrays(frame, times, divisor)
        gone = frame[frame["released"].isna()]
        hours = frame["time_hour"].to_numpy()
        remarks += checks.suspect_unit(hours, time_unit, lambda unit: f"write time_unit='{unit}'") if points else ()
        return cls.from_frame(
            frame[frame["released"].notna()], time_unit=time_unit, source=source, citation=citation, remarks=remarks,
            sha256=hashlib.sha256(frame.to_csv(index=False, lineterminator="\n").encode()).hexdigest(),
            set_aside=tuple(f"row {row}: released is NaN; not used, and not taken as zero" for row in gone["row"]))

    @classmethod
    def from_frame(cls, frame, **settings):
        """A study of a frame in any order; the settings are the other fields of `Study`.

        Raises
        ------
        StudyError
            If there are fewer than two points in time.
        """
        if frame["time_hour"].nunique() < 2:
            found = f"{len(frame)} value{'s' * (len(frame) != 1)} at {frame['time_hour'].nunique()} time"
            raise StudyError(f"{settings.get('source') or 'the table'} holds {found}; one point cannot be fitted, "
                             f"give at least two sampling times")
        order = {name: k for k, name in enumerate(frame["formulation"].unique())}
        frame = frame.assign(_order=frame["formulation"].map(order)).sort_values(["_order", "time_hour"], kind="stable")
        extra = [name for name in frame.columns if name not in (*COLUMNS, "_order")]
        if len(order) == 1:
            own = settings.get("formulation_conditions", {}).get(next(iter(order)), {})
            settings["conditions"] = {**settings.get("conditions", {}), **own}
        return cls(frame=frame[[*COLUMNS, *extra]].reset_index(drop=True), **settings)

    @property
    def formulations(self):
        """The names of the formulations in the order of the file."""
        return tuple(self.frame["formulation"].unique())

    @property
    def times(self):
        """Time of every point, h."""
        return self.frame["time_hour"].to_numpy(copy=True)

    @property
    def released(self):
        """Released share of the dose of every point."""
        return self.frame["released"].to_numpy(copy=True)

    @property
    def sd(self):
        """Standard deviation of every point as a share of the dose, NaN where unknown."""
        return self.frame["sd"].to_numpy(copy=True)

    @property
    def n(self):
        """Number of replicates behind every point, NaN where unknown."""
        return self.frame["n"].to_numpy(copy=True)

    @cached_property
    def warnings(self):
        """What looks wrong but was kept."""
        return (*self.remarks, *checks.look(self.frame, self.time_unit))

    @property
    def mean(self):
        """Mean, standard deviation and number over the replicates, per formulation, condition and time.

        Returns
        -------
        DataFrame
            formulation, conditions, time_hour, released, sd, n. A single value keeps the sd and n of the file.
        """
        keys = ["formulation", *checks.condition_columns(self.frame), "time_hour"]
        groups = self.frame.groupby(keys, sort=False, dropna=False)
        mean = groups.agg(released=("released", "mean"), sd=("released", "std"), n=("released", "size"),
                          own_sd=("sd", "first"), own_n=("n", "first"), replicate=("replicate", "first")).reset_index()
        single = mean["n"] == 1
        # One value without a replicate's name is a mean of unknown n, not a replicate alone.
        unnamed = mean["own_n"].where(mean["own_n"].notna() | (mean["replicate"] == ""), 1.0)
        mean = mean.assign(sd=mean["sd"].where(~single, mean["own_sd"]),
                           n=mean["n"].astype(float).where(~single, unnamed))
        return mean[[*keys, "released", "sd", "n"]]

    def only(self, formulation, **conditions):
        """The study of one formulation, if need be under some of its conditions.

        Parameters
        ----------
        formulation : str
            A name, or a name with a condition such as ``"A, pH 7.4"``.
        conditions
            Values of condition columns, such as ``pH=7.4``.

        Returns
        -------
        Study

        Raises
        ------
        UnknownName
            If there is no such formulation, condition or value; the message lists what there is.
        """
        name = str(formulation)
        if name not in self.formulations and ", " in name:
            name, condition = name.split(", ", 1)
            column, _, value = condition.replace("=", " ").rpartition(" ")
            conditions = {**conditions, column.strip(): value}
        if name not in self.formulations:
            raise unknown(f"formulation in {self.source or 'this study'}", formulation, self.formulations)
        kept = self.frame["formulation"] == name
        for column, value in conditions.items():
            kept &= self._with_condition(column, value, kept)
        others = {each.name: getattr(self, each.name) for each in fields(self) if each.name != "frame"}
        return Study.from_frame(self.frame[kept], **others)

    def without(self, rows):
        """The study without the rows of its frame that a boolean array marks."""
        return replace(self, frame=self.frame[~np.asarray(rows, dtype=bool)].reset_index(drop=True))

    @property
    def differing_conditions(self):
        """Condition columns that hold more than one value, with these values, such as ``{"pH": (5.5, 7.4)}``."""
        found = {name: tuple(self.frame[name].unique()) for name in checks.condition_columns(self.frame)}
        return {name: values for name, values in found.items() if len(values) > 1}

    def _with_condition(self, column, value, kept):
        known = checks.condition_columns(self.frame)
        if column not in known:
            raise unknown(f"condition in {self.source or 'this study'}", column, known or ["none"])
        texts = self.frame[column].map(lambda each: f"{each:g}" if isinstance(each, float) else str(each))
        wanted = f"{value:g}" if isinstance(value, (int, float)) else str(value)
        if not (kept & (texts == wanted)).any():
            raise unknown(f"{column} of this formulation", value, tuple(texts[kept].unique()))
        return texts == wanted

    def shown_as(self, *, time_unit=None, sha256=None):
        """The same data shown in another unit of time, or with the hash of the file that they came from."""
        unit = self.time_unit if time_unit is None else time_from(time_unit, f"time_unit='{time_unit}'")
        return replace(self, time_unit=unit, sha256=self.sha256 if sha256 is None else sha256)

    def to_xarray(self):
        """The points as an `xarray.Dataset` over ``point``, every variable with units and a long name."""
        import xarray

        kept = {name: ("point", self.frame[name].to_numpy(copy=True)) for name in self.frame.columns}
        data = {name: kept.pop(name) for name in ("released", "sd", "n", "concentration_mg_per_L") if name in kept}
        kept["time"] = kept.pop("time_hour")
        for name in ("formulation", "replicate"):
            kept[name] = ("point", self.frame[name].to_numpy(dtype=object))
        dataset = xarray.Dataset(data, coords=kept, attrs={
            "source": self.source, "sha256": self.sha256, "citation": self.citation, "time_unit": self.time_unit})
        for name, (unit, meaning) in _ATTRIBUTES.items():
            if (shown := {"time_hour": "time"}.get(name, name)) in dataset.variables:
                dataset[shown].attrs.update(units=unit, long_name=meaning)
        return dataset

    def __len__(self):
        return len(self.frame)

    def __repr__(self):
        return account.text(self)

    def _repr_html_(self):
        return account.as_html(self)


def _numbers(values, name, points):
    """An array of floats, one per point; NaN for what is not given."""
    if values is None:
        return np.full(points, np.nan)
    try:
        array = np.asarray(values, dtype=float)
    except (TypeError, ValueError) as problem:
        raise StudyError(f"{name} holds something that is not a number ({problem}); give numbers") from problem
    array = np.full(points, float(array)) if array.ndim == 0 and points is not None else array
    if array.ndim != 1 or (points is not None and len(array) != points):
        wanted = "one row of numbers" if points is None else f"{points} numbers, one per time"
        raise StudyError(f"{name} has shape {array.shape}; give {wanted}")
    return array


def _texts(values, name, points):
    if values is None or isinstance(values, str):
        return [values or ""] * points
    texts = ["" if each is None else str(each) for each in values]
    if len(texts) != points:
        raise StudyError(f"{name} has {len(texts)} entries for {points} times; give one text, or one per time")
    return texts


def _check_arrays(frame, times, divisor):
    """Refuse numbers that cannot be release; returns warnings."""
    for name, wrong, text in (
        ("times", ~(np.abs(times) < LARGEST), "is not a time; give a finite number"),
        ("sd", frame["sd"] < 0, "is negative; a standard deviation cannot be below 0"),
        ("times", times < 0, "is negative; count from the start of the release"),
        ("released", np.abs(frame["released"]) >= LARGEST, "is not a share; give a finite number, or NaN for none"),
        ("released", frame["released"] < -0.02, "is below -2 % of the dose; check the blank and the unit"),
    ):
        if np.any(wrong):
            k = int(np.flatnonzero(wrong)[0])
            value = times[k] if name == "times" else frame[name].iloc[k] * divisor
            more = f" (and {int(np.sum(wrong)) - 1} more)" if np.sum(wrong) > 1 else ""
            raise StudyError(f"{name}, row {k + 1}{more}: {value:g} {text}")
    largest = frame["released"].max()
    if divisor == 1.0 and largest > SMALLEST_PERCENT:
        raise StudyError(f"released is given as fractions of the dose, but the largest value is {largest:g}; if the "
                         f"values are per cent, write released_unit='percent'")
    if divisor == 100.0 and 100 * largest <= LARGEST_FRACTION and (frame["released"] != 0).sum() > 2:
        return (f"released is given as per cent, but the largest value is {100 * largest:g} %; if the values are "
                f"fractions, write released_unit='fraction'",)
    return ()
