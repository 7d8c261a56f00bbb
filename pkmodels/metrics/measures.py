"""The numbers that describe curves in one interval, each with its unit and what to say where there is none."""

from dataclasses import dataclass

import numpy as np

from .crossing import BELOW, INSIDE, ROUNDING


@dataclass(frozen=True)
class Measure:
    """Name, kind of unit (``"%"``, ``"time"`` or ``"concentration"``) and meaning of a number."""

    name: str
    label: str
    kind: str
    meaning: str


MEASURES = (
    Measure("inside", "inside", "%", "share of the time inside the window"),
    Measure("below", "below", "%", "share of the time below it"),
    Measure("above", "above", "%", "share of the time above it"),
    Measure("first_entry", "first entry", "time", "first time inside"),
    Measure("onset", "onset", "time", "first entry after which it stays inside without a break"),
    Measure("last_exit", "last exit", "time", "last time inside"),
    Measure("longest_gap", "longest gap", "time", "longest time outside after the first entry"),
    Measure("longest_gap_below", "longest gap below", "time", "longest time below after the first entry"),
    Measure("cmax", "cmax", "concentration", "highest concentration"),
    Measure("tmax", "tmax", "time", "time of the highest concentration"),
    Measure("cmin", "cmin", "concentration", "lowest concentration"),
    Measure("ctrough", "ctrough", "concentration", "concentration at the end"),
    Measure("cavg", "cavg", "concentration", "average: area under the curve over length"),
    Measure("fluctuation", "fluctuation", "%", "100 (cmax - cmin) / cavg"),
    Measure("swing", "swing", "%", "100 (cmax - cmin) / cmin"),
)
NAMES = tuple(measure.name for measure in MEASURES)


def measured(curves, stays, begin, end, *, since, sustained):
    """All measures of all curves between two times.

    Parameters
    ----------
    curves : Curves
    stays : list of (edges, sides)
        As `Curves.stays` gives them.
    begin, end : float
    since : float
        The dose: times count from here.
    sustained : float
        How long the curve must stay inside from its onset on.

    Returns
    -------
    numbers : ndarray, shape (measures, curves)
        NaN where there is no such number.
    """
    length = end - begin
    times, values = curves.corners(begin, end)
    high, low = values.max(axis=0), values.min(axis=0)
    # The first time that the peak is reached; a plateau counts from where it begins.
    peak = times[(values >= high - 1e-6 * np.abs(high)).argmax(axis=0)] - since
    average = curves.integral(begin, end) / length
    sides = np.array([_sides(*each, begin, end, since, sustained) for each in stays]).T
    range_ = np.where(high - low > ROUNDING * high, high - low, 0.0)
    concentration = np.stack([
        high, peak, low, curves.at(end, "left"), average,
        100 * _ratio(range_, average), 100 * _ratio(range_, np.where(low > ROUNDING * high, low, 0.0))])
    return np.concatenate([sides, concentration])


def missing(name, numbers, sustained_words):
    """Why a measure of one curve is NaN, in words."""
    if name == "swing":
        return "the lowest concentration is zero"
    if name == "fluctuation":
        return "the average concentration is zero"
    if numbers[NAMES.index("inside")] == 0:
        return "never inside the window"
    if name == "last_exit":
        return "still inside at the end"
    return f"never inside for {sustained_words} without a break"


def _sides(edges, sides, begin, end, since, sustained):
    """The first eight measures of one curve."""
    kept = (edges[1:] > begin) & (edges[:-1] < end)
    sides, starts, ends = sides[kept], np.maximum(edges[:-1][kept], begin), edges[1:][kept]
    lengths = np.minimum(ends, end) - starts
    share = [100 * float(lengths[sides == side].sum()) / (end - begin) for side in (INSIDE, BELOW, -BELOW)]
    visits = np.flatnonzero(sides == INSIDE)
    if not len(visits):
        return [*share, *[np.nan] * 5]
    first, last = visits[0], visits[-1]
    # A stay that goes on beyond the interval counts in full: the interval did not end it.
    lasting = visits[(ends - starts)[visits] >= min(sustained, end - begin) * (1 - ROUNDING)]
    onset = starts[lasting[0]] - since if len(lasting) else np.nan
    leaves = ends[last] - since if last + 1 < len(sides) else np.nan
    below = lengths[first:][sides[first:] == BELOW].max(initial=0.0)
    return [*share, starts[first] - since, onset, leaves, _longest_outside(lengths[first:], sides[first:]), below]


def _longest_outside(lengths, sides):
    """Below and above may follow each other: a jump from one to the other is one gap."""
    longest = running = 0.0
    for length, side in zip(lengths, sides, strict=True):
        running = 0.0 if side == INSIDE else running + length
        longest = max(longest, running)
    return longest


def _ratio(part, whole):
    out = np.full(np.shape(part), np.nan)
    return np.divide(part, whole, out=out, where=np.asarray(whole) > 0)
