"""A study: measured release of one or more formulations."""

import hashlib
from dataclasses import dataclass, field, fields, replace
from functools import cached_property

import numpy as np
import pandas as pd

from .. import units
from ..errors import StudyError, unknown
from . import account, checks
from .arrays import check_arrays, numbers, texts
from .assemble import COLUMNS
from .concentrations import CONCENTRATION, CONCENTRATION_SD, through_vessel
from .settle import released_from, time_from
from .vessel import Vessel

_ATTRIBUTES = {"released": ("1", "released share of the dose"), "sd": ("1", "standard deviation of the released share"),
               "n": ("1", "number of replicates behind the value"), "time_hour": ("h", "time since the start"),
               "row": ("1", "row of the file"), "concentration_mg_per_L": ("mg/L", "measured concentration"),
               "concentration_sd_mg_per_L": ("mg/L", "standard deviation of the measured concentration"),
               "sample": ("1", "number of the sample taken from its vessel"),
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
    vessels : mapping of str to Vessel
        Formulation to how its samples were taken, where concentrations were measured.
    normalised : bool
        Whether the shares are of the total recovered (the last point made 100 %), not of the dose.
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
    vessels: dict = field(default_factory=dict)
    normalised: bool = False

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
        times = numbers(times, "times", None)
        points = len(times)
        frame = pd.DataFrame({
            "formulation": texts(formulation, "formulation", points),
            "replicate": texts(replicate, "replicate", points),
            "time_hour": times * units.factor(time_unit, "h"),
            "released": numbers(released, "released", points) / divisor,
            "sd": numbers(sd, "sd", points) / divisor, "n": numbers(n, "n", points),
            "row": np.arange(1, points + 1)})
        remarks = check_arrays(frame, times, divisor)
        gone = frame[frame["released"].isna()]
        hours = frame["time_hour"].to_numpy()
        remarks += checks.suspect_unit(hours, time_unit, lambda unit: f"write time_unit='{unit}'") if points else ()
        return cls.from_frame(
            frame[frame["released"].notna()], time_unit=time_unit, source=source, citation=citation, remarks=remarks,
            sha256=hashlib.sha256(frame.to_csv(index=False, lineterminator="\n").encode()).hexdigest(),
            set_aside=tuple(f"row {row}: released is NaN; not used, and not taken as zero" for row in gone["row"]))

    @classmethod
    def from_concentrations(cls, times, concentrations, *, time_unit, concentration_unit, vessel_volume, dose,
                            sample_volume=None, replacement="fresh", sd=None, n=None, replicate=None, formulation="",
                            source="", citation=""):
        """A study of measured concentrations, of which every sample took drug away.

        Parameters
        ----------
        times, concentrations : array_like, shape (samples,)
            All samples that were taken, in any order.
        time_unit : {"min", "h", "day", "week"}
        concentration_unit : str
            Such as ``"ug/mL"``.
        vessel_volume, sample_volume, dose : str
            With unit: ``"10 mL"``, ``"2 mL"``, ``"1.25 mg"`` (the drug in the vessel at the start).
        replacement : {"fresh", "none", "full"}
            What follows a sample: fresh medium, nothing, or an exchange of the whole medium.
        sd, n, replicate, formulation, source, citation
            As in `from_arrays`; sd in ``concentration_unit``.

        Returns
        -------
        Study
            Released shares, and the concentrations beside them, to which `fit` fits.

        Raises
        ------
        StudyError, UnitError
            As `from_arrays`, and if the vessel cannot be.
        """
        vessel = Vessel.of(vessel_volume=vessel_volume, sample_volume=sample_volume, dose=dose,
                           replacement=replacement)
        factor = units.factor(concentration_unit, "mg/L")
        measured = numbers(concentrations, "concentrations", len(numbers(times, "times", None))) * factor
        if not np.all(np.isfinite(measured)):
            raise StudyError(f"concentrations, row {int(np.argmin(np.isfinite(measured))) + 1}: what this sample took "
                             f"away is needed for all later ones; give a number")
        # Zeros in place of the shares until the vessel has been gone through; the other numbers are checked on the way.
        empty = cls.from_arrays(times, np.zeros(len(measured)), time_unit=time_unit, n=n, replicate=replicate,
                                formulation=formulation, source=source, citation=citation)
        place = empty.frame["row"].to_numpy() - 1
        frame = empty.frame.assign(**{CONCENTRATION: measured[place],
                                      "sd": numbers(sd, "sd", len(measured))[place] * factor})
        vessels = dict.fromkeys(empty.formulations, vessel)
        frame = through_vessel(frame, vessels)
        check_arrays(frame, empty.times, 100.0)
        digest = hashlib.sha256(frame.to_csv(index=False, lineterminator="\n").encode()).hexdigest()
        return replace(empty, frame=frame, vessels=vessels, sha256=digest,
                       notes=(f"released share calculated from concentrations ({vessel})",))

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
    def vessel(self):
        """How the samples of this one formulation were taken; None where released shares were given."""
        one = self.formulations[0] if len(self.formulations) == 1 else None
        return self.vessels.get(one) if CONCENTRATION in self.frame else None

    @property
    def in_vessel(self):
        """The study with what was in the vessel at each sample (share of the dose) in place of what was released."""
        per_share = self.vessel.dose / self.vessel.vessel_volume
        return replace(self, frame=self.frame.assign(released=self.frame[CONCENTRATION] / per_share,
                                                     sd=self.frame[CONCENTRATION_SD] / per_share))

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
        data = {name: kept.pop(name) for name in ("released", "sd", "n", CONCENTRATION, CONCENTRATION_SD, "sample")
                if name in kept}
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
