"""The time at which a share is released: in closed form where there is one, else by a bracketed root."""

from dataclasses import dataclass

import numpy as np

from ..errors import SolveError
from ..model import Curve
from . import compiled, observe

#: Shares whose times are usually reported (T25 to T90).
USUAL = (0.25, 0.5, 0.75, 0.8, 0.9)
#: Where a curve without a closed inverse is looked at first, in hours: from a few microseconds to a million years.
_GRID = np.concatenate([[0.0], np.geomspace(1e-9, 1e10, 1200)])
#: Earliest time (h) by which a crossing of many curves at once is bracketed.
EARLIEST = 1e-4
#: Flows have to be integrated, so they are looked at less densely and for no more than a century.
_FLOW_GRID = np.concatenate([[0.0], np.geomspace(1e-4, 24 * 36525.0, 240)])


@dataclass(frozen=True)
class Reached:
    """When a share is released: ``hours``, or NaN with the ``reason``."""

    hours: float
    reason: str = ""


def time_of_share(model, values, share):
    """Hours until ``share`` of the dose is released; NaN where it never is.

    Parameters
    ----------
    model : Curve or Model
        A release model, in constant standard surroundings.
    values : mapping
        Parameter name to value in the units used inside, as ``model.values(...)`` gives them.
    share : float
        Above 0, up to 1.

    Raises
    ------
    SolveError
        If ``share`` is not a share of dose.
    """
    return reach(model, values, share).hours


def times_of_shares(model, values, shares=USUAL):
    """Share to `Reached` for several shares, such as T25 to T90."""
    return {share: reach(model, values, share) for share in shares}


def reach(model, values, share):
    """Like `time_of_share`, with the reason where the share is never released."""
    share = float(share)
    if not 0 < share <= 1:
        raise SolveError(f"{share:g} is not a share of the dose; give a number above 0 and up to 1, such as 0.5")
    values = {name: np.float64(value) for name, value in values.items()}
    if float(observe(model, values, np.zeros(1))[0]) >= share:
        return Reached(0.0)
    if isinstance(model, Curve) and model.inverse is not None:
        hours = float(compiled.inverse(model)(np.float64(share), *[values[s.name] for s in model.symbols])[0])
        return Reached(hours) if np.isfinite(hours) else _never(model, share, _highest(model, values))
    return _searched(model, values, share)


def hours_of_share(model, values, share, end, observed):
    """Like `time_of_share` for many sets of values at once, up to a last time.

    Parameters
    ----------
    model : Curve or Model
    values : mapping of str to array (sets,)
        In the units used inside.
    share : float
    end : float
        Hours up to which a curve without a closed inverse is searched.
    observed : callable
        From hours (times,) or (sets, times) to the curves as they are written, (sets, times); NaN where one cannot
        be computed.

    Returns
    -------
    array (sets,)
        Hours; 0 where the share is there from the start, NaN where it is never released.
    """
    begun = observed(np.zeros(1))[:, 0] >= share
    if isinstance(model, Curve) and model.inverse is not None:
        ordered = [np.asarray(values[s.name], dtype=float) for s in model.symbols]
        with np.errstate(all="ignore"):
            found = compiled.inverse(model)(np.float64(share), *ordered)[0]
        found = np.broadcast_to(np.asarray(found, dtype=float), begun.shape)
        found = np.where(np.isfinite(found) & (found >= 0), found, np.nan)
    else:
        found = _first_crossings(observed, share, end, len(begun))
    return np.where(begun, 0.0, found)


def _first_crossings(observed, share, end, sets):
    """From a grid three times into 32 parts of the bracket, then a straight line: parts in 1e11."""
    grid, every = np.concatenate([[0.0], np.geomspace(EARLIEST, end, 200)]), np.arange(sets)
    with np.errstate(invalid="ignore"):
        over = observed(grid) >= share
    reached, first = over.any(axis=1), over.argmax(axis=1)
    left, right = grid[np.maximum(first - 1, 0)], grid[first]
    for turn in range(3):
        nodes = left[:, None] + (right - left)[:, None] * np.linspace(0, 1, 33)
        shown = observed(nodes)
        with np.errstate(invalid="ignore"):
            k = np.clip((shown >= share).argmax(axis=1), 1, 32)
        left, right = nodes[every, k - 1], nodes[every, k]
        if turn == 2:
            low, high = shown[every, k - 1], shown[every, k]
            with np.errstate(divide="ignore", invalid="ignore"):
                part = np.where(high > low, (share - low) / (high - low), 1.0)
            right = left + np.clip(part, 0, 1) * (right - left)
    return np.where(reached, right, np.nan)


def _searched(model, values, share):
    """The first crossing: a bracket from a grid, then Brent's method."""
    from scipy.optimize import brentq

    grid = _grid(model, values)
    shown = observe(model, values, grid)
    above = np.flatnonzero(shown >= share)
    if not len(above):
        return _never(model, share, float(np.max(shown)))
    low, high = grid[above[0] - 1], grid[above[0]]
    return Reached(float(brentq(lambda hour: float(observe(model, values, np.array([hour]))[0]) - share, low, high,
                                xtol=1e-300, rtol=1e-14)))


def _grid(model, values):
    if not isinstance(model, Curve):
        return _FLOW_GRID
    grid = _GRID
    if model.kinks:
        kinks = np.array(compiled.kinks(model)(*[values[s.name] for s in model.symbols]), dtype=float)
        grid = np.union1d(grid, kinks[np.isfinite(kinks) & (kinks > 0)])
    if model.peak is not None:
        peak = float(compiled.peak(model)(*[values[s.name] for s in model.symbols])[0])
        if peak > 0:
            grid = np.append(grid[grid < peak], peak)
    return grid


def _highest(model, values):
    return float(np.nanmax(observe(model, values, _grid(model, values))))


def _never(model, share, highest):
    return Reached(float("nan"), f"{model.name} does not reach {100 * share:g} % of the dose with these values; "
                                 f"it ends at {100 * highest:.4g} %")
