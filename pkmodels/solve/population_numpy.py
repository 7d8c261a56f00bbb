"""Numbers of every patient's curve without its points being kept: the way that needs NumPy alone.

Only steps in which something happens are looked into: the curve turns, leaves or enters the window, or a
dosing interval begins or ends. There its peaks and crossings are solved to rounding.
"""

import numpy as np

from .population_walk import Exponentials, Matrices

#: Changes of a curve below this share of it are rounding, not a turn.
FLAT = 4e-15
#: A later peak must be higher by more than this share to be the highest.
HIGHER = 1e-9
BELOW, INSIDE, ABOVE = 0, 1, 2
#: Per interval, then over all of them.
EACH = ("inside", "below", "above", "cmax", "tmax", "cmin", "ctrough", "auc")
WHOLE = ("first_entry", "onset", "last_exit", "longest_gap", "longest_gap_below")


def measured(bodies, schedule, lower, upper, sustained, sampled):
    """All numbers of one block of patients.

    Parameters
    ----------
    bodies : Bodies
        All of them exact, or none.
    schedule : Schedule
    lower, upper : float
        Of the window; minus infinity and infinity where there is no such limit.
    sustained : float
        Hours that a stay must last to be the onset.
    sampled : array of int
        Points of ``schedule.hours`` at which the curve is wanted.

    Returns
    -------
    each : array (measures, intervals, patients)
        In the order of `EACH`; times in hours since the interval's begin.
    whole : array (measures, patients)
        In the order of `WHOLE`; hours since the first point, NaN where there is none.
    curves : array (points, patients)
        Just after a dose at its own time.
    """
    way = (Exponentials if bodies.exact.all() else Matrices)(bodies, schedule)
    begin, end = way.walk()
    curves = np.concatenate([begin, end[-1:]])[sampled]
    counted = slice(schedule.rows[-1])
    begin, end = begin[counted], end[counted]
    patient, step = np.nonzero(_eventful(begin, end, schedule, lower, upper).T)
    at = way.within(step, patient)
    first, last = begin[step, patient], end[step, patient]
    turn = _turns(at, first, last)
    peak = np.where(np.isnan(turn), last, at(np.where(np.isnan(turn), 1.0, turn))[0])

    rows = schedule.rows
    hours = schedule.hours[:rows[-1] + 1]
    start, length = hours[step], np.diff(hours)[step]
    row = np.searchsorted(rows, step, side="right") - 1
    each = np.empty((len(EACH), len(rows) - 1, bodies.count))
    each[3:6] = _extremes(patient, row, first, peak, last, start, np.where(np.isnan(turn), 1.0, turn) * length,
                          length, each.shape[1:])
    each[4] -= hours[rows[:-1], None]
    each[6] = end[rows[1:] - 1]
    each[7] = way.areas()
    crossed = _crossings(at, np.where(np.isnan(turn), 1.0, turn), first, peak, last, lower, upper)
    changes = _changes(crossed, patient, start, length, begin, end, schedule, lower, upper)
    each[:3] = shares(*changes, hours[rows], bodies.count)
    whole = stays(*changes, hours[0], hours[-1], sustained, bodies.count)
    return each, whole, curves


def side_of(values, lower, upper):
    return (values >= lower).astype(np.int8) + (values > upper)


def _eventful(begin, end, schedule, lower, upper):
    """The steps to look into, (steps, patients)."""
    slack = FLAT * np.maximum(np.abs(begin), np.abs(end))
    trend = (end - begin > slack).astype(np.int8) - (begin - end > slack)
    turns = trend[1:] != trend[:-1]
    found = side_of(begin, lower, upper) != side_of(end, lower, upper)
    found[1:] |= turns
    found[:-1] |= turns
    found[schedule.jumping[schedule.jumping < len(found)]] = True
    found[schedule.rows[:-1]] = True
    found[schedule.rows[1:] - 1] = True
    return found


def _turns(at, first, last):
    """Where within its step each curve turns, NaN where it does not."""
    slope_first, slope_last = at(np.zeros(len(first)))[1], at(np.ones(len(first)))[1]
    slack = FLAT * np.maximum(np.abs(first), np.abs(last))
    turning = ((slope_first > slack) & (slope_last < -slack)) | ((slope_first < -slack) & (slope_last > slack))
    found = np.full(len(first), np.nan)
    some = np.flatnonzero(turning)
    found[some] = root(lambda x, k: at(x, some[k])[1:], np.zeros(len(some)), np.ones(len(some)), slope_first[some] > 0)
    return found


def _crossings(at, turn, first, peak, last, lower, upper):
    """Index of the event, x and the new side of every crossing, in the order of time within each step."""
    found = []
    for a, b, ca, cb in ((np.zeros(len(turn)), turn, first, peak), (turn, np.ones(len(turn)), peak, last)):
        rising = cb > ca
        for order in (0, 1):
            level = np.where(rising == (order == 0), lower, upper)
            above = rising == (order == 0)  # the lower limit: a value on it is inside; on the upper one too
            before, after = (np.where(above, v >= level, v > level) for v in (ca, cb))
            some = np.flatnonzero(before != after)
            x = root(lambda x, k, some=some, level=level: _off(at(x, some[k]), level[some[k]]), a[some], b[some],
                      ca[some] >= level[some])
            up = after[some]
            side = np.where(above[some], np.where(up, INSIDE, BELOW), np.where(up, ABOVE, INSIDE))
            found.append((some, x, side))
    return tuple(map(np.concatenate, zip(*found, strict=True)))


def _off(values, level):
    return values[0] - level, values[1]


def root(function, a, b, falling):
    """Newton's steps that fall back on halving the bracket, for all roots at once."""
    a, b = a.copy(), b.copy()
    x, left = (a + b) / 2, np.arange(len(a))
    for _ in range(200):
        if not len(left):
            break
        value, slope = function(x[left], left)
        before = (value > 0) == falling[left]  # the root is still to come
        a[left], b[left] = np.where(before, x[left], a[left]), np.where(before, b[left], x[left])
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            new = x[left] - value / slope
        newton = (new > a[left]) & (new < b[left])
        new = np.where(newton, new, (a[left] + b[left]) / 2)
        # Newton's error squares itself: what is left after a step this small is below rounding.
        done = (np.abs(new - x[left]) <= np.where(newton, 1e-9, 1e-15)) | (value == 0)
        x[left] = np.where(value == 0, x[left], new)
        left = left[~done]
    return x


def _extremes(patient, row, first, peak, last, start, turn, length, shape):
    """Highest value, its time and lowest value per interval and patient; events are sorted by patient and time."""
    group = patient * shape[0] + row
    heads = np.flatnonzero(np.diff(group, prepend=-1))
    highest = np.maximum.reduceat(np.maximum(np.maximum(first, peak), last), heads)
    lowest = np.minimum.reduceat(np.minimum(np.minimum(first, peak), last), heads)
    enough = np.repeat(highest - HIGHER * np.abs(highest), np.diff(np.append(heads, len(group))))
    time = np.where(first >= enough, start, np.where(peak >= enough, start + turn, np.where(
        last >= enough, start + length, np.inf)))
    return np.stack([each.reshape(shape[::-1]).T for each in (highest, np.minimum.reduceat(time, heads), lowest)])


def _changes(crossed, patient, start, length, begin, end, schedule, lower, upper):
    """Patient, hour and new side of every change of side, sorted by patient and time; each patient begins with one."""
    event, x, side = crossed
    count = begin.shape[1]
    found = [(np.arange(count), np.full(count, schedule.hours[0]), side_of(begin[0], lower, upper)),
             (patient[event], start[event] + x * length[event], side)]
    for k in schedule.jumping[(schedule.jumping > 0) & (schedule.jumping < len(begin))]:
        before, after = (side_of(v, lower, upper) for v in (end[k - 1], begin[k]))
        some = np.flatnonzero(before != after)
        found.append((some, np.full(len(some), schedule.hours[k]), after[some]))
    who, when, what = (np.concatenate(part) for part in zip(*found, strict=True))
    order = np.lexsort((when, who))
    return who[order], when[order], what[order].astype(int)


def shares(who, when, side, bounds, count):
    """Hours inside, below and above per interval and patient, (3, intervals, patients)."""
    rows = len(bounds) - 1
    cut = np.repeat(np.arange(count), rows - 1), np.tile(bounds[1:-1], count)
    every = np.concatenate([who, cut[0]])
    times = np.concatenate([when, cut[1]])
    known = np.concatenate([np.arange(len(who)), np.full(len(cut[0]), -1)])
    order = np.lexsort((known < 0, times, every))
    every, times, known = every[order], times[order], np.maximum.accumulate(known[order])
    until = np.append(times[1:], bounds[-1])
    until[:-1][np.diff(every) != 0] = bounds[-1]
    row = np.clip(np.searchsorted(bounds, times, side="right") - 1, 0, rows - 1)
    spent = np.bincount((side[known] * count + every) * rows + row, until - times, minlength=3 * count * rows)
    below, inside, above = spent.reshape(3, count, rows).transpose(0, 2, 1)
    return np.stack([inside, below, above])


def stays(who, when, side, begin, end, sustained, count):
    """The numbers of `WHOLE` from the changes of side."""
    until = np.append(when[1:], end)
    until[:-1][np.diff(who) != 0] = end
    inside = side == INSIDE
    first, onset = np.full(count, np.inf), np.full(count, np.inf)
    np.minimum.at(first, who[inside], when[inside])
    lasting = inside & (until - when >= min(sustained, end - begin) * (1 - 1e-12))
    np.minimum.at(onset, who[lasting], when[lasting])
    leaves = np.full(count, -np.inf)
    np.maximum.at(leaves, who[inside], until[inside])
    # Below and above may follow each other: a jump from one to the other is one gap.
    heads = np.flatnonzero(np.append(True, (np.diff(who) != 0) | (inside[1:] != inside[:-1])))
    gaps = np.add.reduceat(until - when, heads)
    gap, below = np.zeros(count), np.zeros(count)
    after = ~inside[heads] & (when[heads] >= first[who[heads]])
    np.maximum.at(gap, who[heads][after], gaps[after])
    low = (side == BELOW) & (when >= first[who])
    np.maximum.at(below, who[low], (until - when)[low])
    never = np.isinf(first)
    gap[never] = below[never] = np.nan
    return np.stack([np.where(never, np.nan, first - begin), np.where(np.isinf(onset), np.nan, onset - begin),
                     np.where(never | (leaves >= end), np.nan, leaves - begin), gap, below])
