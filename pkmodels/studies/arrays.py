"""Arrays given in Python: the checks that a file has, in the words of the call."""

import numpy as np

from ..errors import StudyError
from .cells import LARGEST
from .settle import LARGEST_FRACTION, SMALLEST_PERCENT


def numbers(values, name, points):
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


def texts(values, name, points):
    if values is None or isinstance(values, str):
        return [values or ""] * points
    texts = ["" if each is None else str(each) for each in values]
    if len(texts) != points:
        raise StudyError(f"{name} has {len(texts)} entries for {points} times; give one text, or one per time")
    return texts


def check_arrays(frame, times, divisor):
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
