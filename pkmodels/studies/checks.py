"""Checks: what looks wrong in measured release but is kept, in words that name the rows."""

from itertools import pairwise

import numpy as np

from .. import units

_SHOWN = 5
_FALL = 0.02
_FULL = 1.005
_FAR_ABOVE = 1.10
#: Replicates whose standard deviation is more than this share of the dose, on average over time, may be something else.
_APART = 0.10
_DAY = 24.0
_USUAL_DAYS = {7, 14, 21, 28, 35, 42, 49, 56, 60, 63, 70, 77, 84, 90}
_USUAL_HOURS = {24, 48, 72, 96, 120, 144, 168, 240, 336, 504, 672}
_CONCENTRATION = "concentration_mg_per_L"
_BASE = ("formulation", "replicate", "time_hour", "released", "sd", "n", "row", _CONCENTRATION,
         "concentration_sd_mg_per_L", "sample")


def condition_columns(frame):
    """The names of the condition columns of a study's frame."""
    return [name for name in frame.columns if name not in _BASE]


def curve_ids(frame):
    """The number of the curve to which every row belongs, in order of appearance.

    A curve is one replicate of one formulation under one set of conditions. Conditions whose times do not
    overlap belong to one run: the pH was changed on the way.
    """
    keys = ["formulation", "replicate"]
    run = frame.groupby(keys, sort=False, dropna=False).ngroup().to_numpy()
    names = condition_columns(frame)
    if not names or not len(frame):
        return run
    ids = frame.groupby(keys + names, sort=False, dropna=False).ngroup().to_numpy(copy=True)
    times = frame["time_hour"].to_numpy()
    for each in np.unique(run):
        parts = np.unique(ids[run == each])
        spans = sorted((times[ids == part].min(), times[ids == part].max()) for part in parts)
        if all(end <= start for (_, end), (start, _) in pairwise(spans)):
            ids[run == each] = parts[0]
    return np.unique(ids, return_inverse=True)[1]


def look(frame, time_unit):
    """Warnings on the curves of a study.

    Parameters
    ----------
    frame : DataFrame
        As in `Study`.
    time_unit : str
        In which times are shown.

    Returns
    -------
    tuple of str
        One per kind of finding, the first places named and the others counted.
    """
    view = _View(frame, time_unit)
    checks = (_parallel_conditions, _order, _duplicates, _single_points, _negative, _falls, _not_cumulative, _above,
              _far_above, _far_apart, _no_zero, _no_first_day)
    return tuple(text for text in (check(view) for check in checks) if text)


class _View:
    """A frame as arrays, with its curves and their orders."""

    def __init__(self, frame, time_unit):
        self.frame, self.unit = frame, time_unit
        self.time, self.released = frame["time_hour"].to_numpy(), frame["released"].to_numpy()
        self.row, self.ids = frame["row"].to_numpy(), curve_ids(frame)
        self.first = np.unique(self.ids, return_index=True)[1]
        self.curves = len(self.first)
        self.by_row = np.lexsort((self.row, self.ids))
        self.by_time = np.lexsort((self.row, self.time, self.ids))
        ends = np.cumsum(np.bincount(self.ids, minlength=self.curves))[:-1]
        self.points = np.split(self.by_time, ends)
        self.varied = [name for name in ("formulation", "replicate", *condition_columns(frame))
                       if frame[name].nunique(dropna=False) > 1]

    def steps(self, order):
        """Neighbours within a curve in an order: indices before and after."""
        before, after = order[:-1], order[1:]
        same = self.ids[before] == self.ids[after]
        return before[same], after[same]

    def times_of(self, curve):
        return self.time[self.points[curve]]

    def name(self, k):
        """The curve of a point in words, as far as the study holds several."""
        cells = {name: self.frame[name].iloc[k] for name in self.varied}
        formulation = [f"'{cells.pop('formulation')}'"] if "formulation" in cells else []
        return ", ".join(formulation + [f"{name} {_plain(value)}" for name, value in cells.items()])

    def place(self, k):
        return f"row {self.row[k]}" + (f" of {self.name(k)}" if self.varied else "")

    def at(self, k):
        return f"{units.outside(self.time[k], self.unit):.7g} {self.unit}"

    def share(self, k):
        return f"{100 * self.released[k]:.4g} %"

    def say(self, what, hits, place, advice):
        """A sentence on the points that were hit, or nothing; ``place`` puts the k-th hit into words."""
        hits = np.asarray(hits, dtype=int)
        if not len(hits):
            return ""
        many = f" in {len(np.unique(self.ids[hits]))} of {self.curves} curves" if self.curves > 1 else ""
        shown = "; ".join(filter(None, (place(k) for k in range(min(len(hits), _SHOWN)))))
        more = f"; and {len(hits) - _SHOWN} more" if len(hits) > _SHOWN else ""
        return f"{what}{many}" + (f" ({shown}{more})" if shown else "") + f"; {advice}"

    def say_values(self, what, hits, advice):
        return self.say(what, hits, lambda k: f"{self.place(hits[k])}: {self.share(hits[k])}", advice)

    def say_curves(self, what, curves, advice):
        hits = [self.first[curve] for curve in curves]
        return self.say(what, hits, lambda k: self.name(hits[k]), advice)


def _plain(value):
    return f"{value:g}" if isinstance(value, float) else str(value)


def _once_per_row(view, before, after):
    """Pairs of points, one per row of the file: replicates in columns share their times."""
    _, first = np.unique(view.row[after], return_index=True)
    return before[first], after[first]


def _parallel_conditions(view):
    """Pooling what was measured at two pH values would fit a curve that nobody measured."""
    places, example = [], ""
    for name in condition_columns(view.frame):
        for formulation, part in view.frame.groupby("formulation", sort=False):
            cells = part[name].dropna().unique()
            starts = part[name].iloc[np.unique(view.ids[part.index], return_index=True)[1]]
            if starts.nunique() > 1:
                places.append(f"'{formulation}' at {name} {', '.join(map(_plain, cells))}")
                example = example or f"only('{formulation}, {name} {_plain(cells[0])}')"
    more = f"; and {len(places) - _SHOWN} more" if len(places) > _SHOWN else ""
    return places and (f"formulations measured under several conditions ({'; '.join(places[:_SHOWN])}{more}); "
                       f"choose one before a fit, such as {example}")


def _order(view):
    before, after = view.steps(view.by_row)
    wrong = view.time[after] < view.time[before]
    before, after = _once_per_row(view, before[wrong], after[wrong])
    return view.say("times out of order", after,
                    lambda k: f"row {view.row[after[k]]} with {view.at(after[k])} after {view.at(before[k])}",
                    "sorted by time")


def _duplicates(view):
    before, after = view.steps(view.by_time)
    same = view.time[after] == view.time[before]
    before, after = _once_per_row(view, before[same], after[same])
    return view.say("the same time twice", after,
                    lambda k: f"rows {view.row[before[k]]} and {view.row[after[k]]}, both {view.at(after[k])}",
                    "both kept; if they are replicates, name them in a column 'replicate'")


def _single_points(view):
    if view.curves < 2:
        return ""
    curves = [each for each in range(view.curves) if len(np.unique(view.times_of(each))) < 2]
    return view.say_curves("only one sampling time", curves, "one point cannot be fitted")


def _negative(view):
    return view.say_values("slightly negative values", np.flatnonzero(view.released < 0), "kept; check the blank")


def _falls(view):
    before, after = view.steps(view.by_time)
    drop = (view.time[after] > view.time[before]) & (view.released[before] - view.released[after] > _FALL + 1e-12)
    before, after = before[drop], after[drop]
    advice = "cumulative release cannot fall; " + (
        "the concentrations fall faster than the stated samples explain, check the volumes and the replacement, "
        "or whether drug is lost in the medium" if _CONCENTRATION in view.frame else
        "check whether the values are per interval, whether drug is lost in the medium, or whether replicates have "
        "no column of their own")
    return view.say("falls by more than 2 % of the dose", after,
                    lambda k: f"{view.place(after[k])}: {view.share(before[k])} to {view.share(after[k])}", advice)


def _not_cumulative(view):
    """Amounts per interval fall again and again and end far below their largest value."""
    before, after = view.steps(view.by_time)
    down = view.released[after] < view.released[before]
    steps = np.bincount(view.ids[after], minlength=view.curves)
    falls = np.bincount(view.ids[after][down], minlength=view.curves)
    suspects = np.flatnonzero((steps >= 3) & (falls > steps / 2))
    curves = [each for each in suspects
              if view.released[view.points[each]][-1] < 0.6 * view.released[view.points[each]].max()]
    return view.say_curves("falls at most steps", curves,
                           "these look like amounts per interval, not cumulative release; add them up")


def _above(view):
    return view.say_values("above 100.5 % of the dose", np.flatnonzero(view.released > _FULL), "kept, not cut")


def _far_above(view):
    return view.say_values("above 110 % of the dose, more than noise explains",
                           np.flatnonzero(view.released > _FAR_ABOVE),
                           "check the dose, the volumes and the unit before a fit")


def _far_apart(view):
    """Columns with numbers are read as replicates; two formulations that are not would be fitted as their mean."""
    later, found = view.frame[view.time > 0], []
    for _, part in later.groupby(["formulation", *condition_columns(later)], sort=False, dropna=False):
        spread = part.groupby("time_hour")["released"].std().mean() if part["replicate"].nunique() > 1 else 0.0
        if spread > _APART:
            found.append(f"'{part['formulation'].iloc[0]}': standard deviation {100 * spread:.0f} % of the dose")
    more = [f"and {len(found) - _SHOWN} more"] if len(found) > _SHOWN else []
    return (f"replicates lie far apart ({'; '.join([*found[:_SHOWN], *more])}, on average over time); if they are "
            f"formulations or batches of their own, give them names without running numbers, or a column "
            f"'formulation'" if found else "")


def _no_zero(view):
    curves = [each for each in range(view.curves) if view.times_of(each).min() > 0]
    return view.say_curves("no sample at time zero", curves, "nothing was added in its place")


def _no_first_day(view):
    curves = []
    for each in range(view.curves):
        times = view.times_of(each)
        if times.max() > 7 * _DAY and not np.any((times > 0) & (times <= _DAY)):
            curves.append(each)
    return view.say_curves("no sample in the first 24 h of a study of more than 7 days", curves,
                           "a burst cannot be seen")


def suspect_unit(hours, time_unit, remedy):
    """A warning where the numbers of the times are usual in another unit than the one stated.

    Parameters
    ----------
    hours : ndarray
        Times of all samples.
    time_unit : str
        As stated.
    remedy : callable
        The suspected unit to what the user should do.

    Returns
    -------
    tuple of str
        Empty, or one warning.
    """
    numbers = np.unique(np.round(hours / units.factor(time_unit, "h"), 9))
    late = numbers[numbers >= 1]
    if not len(late):
        return ()
    shown = ", ".join(f"{each:g}" for each in late[:8]) + (", ..." if len(late) > 8 else "")
    if np.all(late == np.round(late)):
        found = {int(each) for each in late}
        weekly, weeks = found & _USUAL_DAYS, [each for each in found if each >= 7]
        if time_unit == "h" and late[-1] <= 120 and 2 <= len(weekly) >= len(weeks) / 2 and not found & {24, 48, 72}:
            return (f"the times {shown} are the usual sampling days, but the unit is hours; if they are days, "
                    f"{remedy('day')}",)
        if time_unit == "day" and len(found & _USUAL_HOURS) >= 4 and late[0] >= 4:
            return (f"the times {shown} are usual sampling hours, but the unit is days; if they are hours, "
                    f"{remedy('h')}",)
    if time_unit in ("day", "week") and hours.max() > 3 * 365 * _DAY:
        return (f"the last time, {numbers[-1]:g} {time_unit}, is more than 3 years; if the times are hours, "
                f"{remedy('h')}",)
    return ()
