"""A product as its release units: a matrix of units by times, or means where no more is known."""

from dataclasses import dataclass, field

import numpy as np

from .. import units as measures
from ..errors import StudyError
from ..studies import Study


@dataclass(frozen=True, eq=False, kw_only=True)
class Profile:
    """Release of one product after time zero.

    Parameters
    ----------
    name : str
    times : ndarray, shape (points,)
        Hours, above zero and rising.
    mean, sd, n : ndarray, shape (points,)
        Per cent, per cent, and number of units; NaN where unknown.
    units : ndarray, shape (units, points), or None
        Per cent; None where only means are known.
    """

    name: str
    times: np.ndarray = field(repr=False)
    mean: np.ndarray = field(repr=False)
    sd: np.ndarray = field(repr=False)
    n: np.ndarray = field(repr=False)
    units: np.ndarray | None = field(repr=False)

    @property
    def count(self):
        """The number of units, the smallest over the points; NaN where unknown."""
        return float(self.n.min())

    @property
    def variation(self):
        """The coefficient of variation at each point, per cent; NaN where unknown or nothing was released."""
        return 100 * self.sd / np.where(self.mean > 0, self.mean, np.nan)

    @property
    def scattered(self):
        """Whether there are units enough to resample."""
        return self.units is not None and len(self.units) > 1

    def from_zero(self):
        """Times and means with the start of release, (0, 0), before them."""
        return np.concatenate([[0.0], self.times]), np.concatenate([[0.0], self.mean])


def read_profile(given, role, *, times, time_unit, released_unit):
    """The profile of a study with one formulation, or of a matrix of units.

    Parameters
    ----------
    given : Study or array_like, shape (units, points)
    role : str
        "reference" or "test", for messages.
    times, time_unit, released_unit
        Of a matrix, as in `Study.from_arrays`.

    Returns
    -------
    Profile, str
        And the unit of time of the user.

    Raises
    ------
    StudyError
        If it is not one product, or a unit misses a time.
    """
    if isinstance(given, Study):
        if times is not None or time_unit is not None:
            raise StudyError(f"the {role} is a study and has its own times; leave times and time_unit away")
        study = given
    else:
        study = _study_of(given, role, times, time_unit, released_unit)
    if len(study.formulations) != 1:
        raise StudyError(f"the {role} holds {len(study.formulations)} formulations ({', '.join(study.formulations)}); "
                         f"choose one, for example study.only('{study.formulations[0]}') "
                         f"(--reference-formulation and --test-formulation on the command line)")
    frame = study.frame[study.frame["time_hour"] > 0]
    name = study.formulations[0] or role
    _no_duplicates(frame, role, name, study.time_unit)
    if (frame["replicate"] == "").all():
        return _of_means(frame, name), study.time_unit
    return _of_units(frame, role, name, study.time_unit), study.time_unit


def shown(hours, unit):
    """A time in words, in the user's unit."""
    return f"{measures.outside(float(hours), unit):.6g} {unit}"


def _study_of(given, role, times, time_unit, released_unit):
    if times is None or time_unit is None:
        raise StudyError(f"the {role} is a matrix of units; say times=[...] and time_unit='min' (or 'h', 'day') too, "
                         f"or give a Study")
    try:
        matrix = np.atleast_2d(np.asarray(given, dtype=float))
        times = np.asarray(times, dtype=float)
    except (TypeError, ValueError) as problem:
        raise StudyError(f"the {role} holds something that is not a number ({problem}); give a matrix of units by "
                         f"times") from problem
    if matrix.ndim != 2 or times.ndim != 1 or matrix.shape[1] != len(times):
        raise StudyError(f"the {role} has shape {matrix.shape} for {times.size} times; give one row per unit and one "
                         f"column per time")
    count, points = matrix.shape
    return Study.from_arrays(
        np.tile(times, count), matrix.ravel(), time_unit=time_unit, released_unit=released_unit, formulation=role,
        replicate=np.repeat([str(k + 1) for k in range(count)], points))


def _no_duplicates(frame, role, name, unit):
    twice = frame.duplicated(["replicate", "time_hour"])
    if twice.any():
        row = frame[twice].iloc[0]
        what = f"unit {row['replicate']}" if row["replicate"] else "a value without the name of its unit"
        raise StudyError(f"the {role} '{name}' has {what} twice at {shown(row['time_hour'], unit)} (row "
                         f"{row['row']:.0f}); name the units in a column 'replicate', and give one value for each")


def _of_means(frame, name):
    columns = {key: frame[column].to_numpy(copy=True) for key, column in (
        ("times", "time_hour"), ("mean", "released"), ("sd", "sd"), ("n", "n"))}
    return Profile(name=name, times=columns["times"], mean=100 * columns["mean"], sd=100 * columns["sd"],
                   n=columns["n"], units=None)


def _of_units(frame, role, name, unit):
    names = frame["replicate"].unique()
    table = frame.pivot(index="replicate", columns="time_hour", values="released").reindex(names)
    missing = np.argwhere(table.isna().to_numpy())
    if len(missing):
        unit_at, time_at = missing[0]
        more = f" (and {len(missing) - 1} more values are missing)" if len(missing) > 1 else ""
        raise StudyError(f"unit {names[unit_at]} of the {role} '{name}' has no value at "
                         f"{shown(table.columns[time_at], unit)}{more}; every unit must be measured at every time: "
                         f"leave that unit or that time away")
    matrix = 100 * table.to_numpy(dtype=float)
    points = matrix.shape[1]
    sd = matrix.std(axis=0, ddof=1) if len(matrix) > 1 else np.full(points, np.nan)
    return Profile(name=name, times=table.columns.to_numpy(dtype=float), mean=matrix.mean(axis=0), sd=sd,
                   n=np.full(points, float(len(matrix))), units=matrix)
