"""The terminal slope: which points, and what it is the slope of."""

from dataclasses import dataclass

import numpy as np

from .. import units
from ..errors import PredictionError

#: Among fits whose adjusted r² is within this of the best one, the one with the most points is taken.
ALIKE = 1e-4
FEWEST = 3
#: A fall of the logarithm by less than this, over all points of a line, is rounding: the curve is level.
LEVEL = 1e-6


@dataclass(frozen=True)
class Terminal:
    """A straight line through the logarithms of the last concentrations.

    ``rate`` (1/h) is above zero; ``last`` is the concentration on the line at the last of its points. Where there
    is no line all numbers are NaN and ``reason`` says why.
    """

    rate: float = np.nan
    r2: float = np.nan
    r2_adjusted: float = np.nan
    correlation: float = np.nan
    points: float = np.nan
    begin: float = np.nan
    end: float = np.nan
    last: float = np.nan
    reason: str = ""


def terminal(times, values, *, first, chosen=None):
    """The line by the usual rule, or through the points that the user chose.

    Parameters
    ----------
    times, values : array (points,)
        Hours, and concentrations up to the last one above the limit of quantification.
    first : int
        Index of the first point that may be used: after the peak, or at it after an intravenous bolus.
    chosen : (float, float) or int, optional
        First and last hour of the points to use, or how many of the last ones.

    Returns
    -------
    Terminal
    """
    usable = values > 0
    if chosen is not None:
        return _chosen(times, values, usable, chosen)
    kept = usable & (np.arange(len(times)) >= first)
    t, y = times[kept], np.log(values[kept])
    if len(t) < FEWEST:
        return Terminal(reason=f"fewer than {FEWEST} concentrations above zero after the peak")
    lines = [_line(t[-n:], y[-n:]) for n in range(FEWEST, len(t) + 1)] if len(t) <= 200 else _many(t, y)
    falling = [line for line in lines if _falls(line)]
    if not falling:
        return Terminal(reason="the last concentrations do not fall")
    best = max(line.r2_adjusted for line in falling)
    return max((line for line in falling if line.r2_adjusted > best - ALIKE), key=lambda line: line.points)


def read_choice(text, times):
    """What the user wrote for the points: ``"last 4"`` or ``"9 h to 24 h"``."""
    if isinstance(text, str):
        words = text.split()
        if len(words) == 2 and words[0] == "last" and words[1].isdigit() and int(words[1]) >= FEWEST:
            return int(words[1])
        ends = text.split(" to ")
        if len(ends) == 2:
            begin, end = (units.inside(*units.quantity(each.strip(), "h", "9 h")) for each in ends)
            if begin < end:
                return begin, end
    raise PredictionError(f"the terminal points {text!r} cannot be read; write for example 'last 4' (at least "
                          f"{FEWEST}) or "
                          f"'9 h to 24 h'")


def _chosen(times, values, usable, chosen):
    if isinstance(chosen, int):
        kept = np.flatnonzero(usable)[-chosen:]
    else:
        room = 1e-9 * (times[-1] or 1.0)
        kept = np.flatnonzero(usable & (times >= chosen[0] - room) & (times <= chosen[1] + room))
    if len(kept) < FEWEST:
        return Terminal(reason=f"only {len(kept)} of the chosen points are above zero; at least {FEWEST} are needed")
    line = _line(times[kept], np.log(values[kept]))
    return line if _falls(line) else Terminal(reason="the chosen concentrations do not fall")


def _falls(line):
    return line.rate > 0 and line.rate * (line.end - line.begin) > LEVEL


def _line(t, y):
    n, middle, height = len(t), t.mean(), y.mean()
    sxx, syy, sxy = ((t - middle) ** 2).sum(), ((y - height) ** 2).sum(), ((t - middle) * (y - height)).sum()
    return _described(n, middle, height, sxx, syy, sxy, t)


def _many(t, y):
    """The same lines by running sums from the end, for predictions with a thousand points."""
    x, z = t - t[-1], y - y[-1]
    counts = np.arange(1, len(t) + 1)
    sums = [np.cumsum(each[::-1]) for each in (x, z, x * x, z * z, x * z)]
    found = []
    # Some three hundred lines, as dense as the points are at the end, are as good as all.
    for n in np.unique(np.concatenate([np.arange(FEWEST, 60), np.geomspace(60, len(t), 240).astype(int)])):
        sx, sz, sxx, szz, sxz = (each[n - 1] for each in sums)
        found.append(_described(counts[n - 1], sx / n + t[-1], sz / n + y[-1], sxx - sx**2 / n, szz - sz**2 / n,
                                sxz - sx * sz / n, t[-n:]))
    return found


def _described(n, middle, height, sxx, syy, sxy, t):
    if not (sxx > 0 and syy > 0):
        return Terminal(rate=0.0, reason="the last concentrations do not change")
    slope, r = sxy / sxx, sxy / np.sqrt(sxx * syy)
    r2 = min(r**2, 1.0)
    return Terminal(rate=-float(slope), r2=float(r2), r2_adjusted=float(1 - (1 - r2) * (n - 1) / (n - 2)),
                    correlation=float(r), points=float(n), begin=float(t[0]), end=float(t[-1]),
                    last=float(np.exp(height + slope * (t[-1] - middle))))
