"""Many least-squares problems at once: one model, but data, held parameters and a target of their own.

The walk of `search.py` for what profiles and resampling need: every walker may have its own points,
its own weights and its own bounds, starts near its goal, and leaves the array once it is there.
"""

from dataclasses import dataclass, replace

import numpy as np

from ..solve import screening
from . import bounds, weighting
from .bounds import scaled, unscaled
from .problem import FAR_OFF, Problem
from .search import FLOOR, STEEPEST, TINY
from .walkers import walkers_of

STEPS = 100
#: A step that lessens the sum of squares by less than this share of it is the last.
ENOUGH = 1e-10
#: A walker that has not arrived walks on for so many times the steps.
LONGER = 10


@dataclass(frozen=True, eq=False)
class Walked:
    """Where the walkers ended: places on the parameters' own scales, sums of squares, whether each arrived."""

    place: np.ndarray
    squares: np.ndarray
    arrived: np.ndarray


def problem_of(fit):
    """The least-squares problem whose solution a fit is.

    Raises
    ------
    FitError
        If the fit cannot be posed again (weights whose standard deviations a record does not hold).
    """
    study = weighting.after_start(fit.study)
    times = study.times
    white, _ = weighting.whitening(study, fit.weights, fit.errors, fit.scale)
    box = bounds.box(fit.model, times)
    if fit.fixed:
        held = [k for k, p in enumerate(fit.model.parameters) if p.name in fit.fixed]
        arrays = [np.array(a) for a in (box.lower, box.upper, box.start_lower, box.start_upper)]
        for a in arrays:
            a[held] = [fit.inside[fit.model.parameters[k].name] for k in held]
        box = bounds.Box(*arrays, by_data=box.by_data)
    return Problem(fit.model, times, study.released, box, whitening=white, fixed=fit.fixed, priors=fit.priors)


def limits(problem, walkers):
    """Lowest and highest place of every parameter for every walker, two arrays (walkers, parameters)."""
    low, high = scaled(problem.model, problem.box.lower), scaled(problem.model, problem.box.upper)
    return tuple(np.tile(np.clip(side, -700, None), (walkers, 1)) for side in (low, high))


def hold(problem, low, high, k, place):
    """Hold parameter ``k`` at ``place`` (walkers,); a parameter ordered with it is kept on its side."""
    low[:, k] = high[:, k] = place
    for slower, faster in _pairs(problem):
        if k == faster:
            high[:, slower] = np.maximum(np.minimum(high[:, slower], place), low[:, slower])
        elif k == slower:
            low[:, faster] = np.minimum(np.maximum(low[:, faster], place), high[:, faster])


def walk(problem, start, low, high, *, measured=None, weight=None, target=None, steps=STEPS, enough=ENOUGH):
    """Levenberg's and Marquardt's steps for all walkers at once.

    Parameters
    ----------
    problem : Problem
    start, low, high : array (walkers, parameters)
        On the parameters' own scales; a held parameter has ``low == high``.
    measured : array (walkers, points), optional
        Points of their own.
    weight : array (walkers, rows), optional
        Factors on the rows (square roots of how often each is in a resample).
    target : callable, optional
        ``target(numbers, which)`` gives one more row (walkers,) and its slope by the values (walkers, parameters);
        it pulls, and does not count in the sum of squares that is returned.
    steps : int
    enough : float

    Returns
    -------
    Walked
    """
    walkers = walkers_of(problem) if target is None else None
    # Weights upon errors that hang together are no job of the engine's.
    if walkers is not None and (weight is None or walkers.job.whitening is None):
        return _on_tape(walkers, start, low, high, measured, weight, steps, enough)
    model, count = problem.model, start.shape[1]
    pairs = _pairs(problem)
    place = np.clip(_ordered(start, low, high, pairs), low, high)
    all_of = np.arange(len(place))

    def look(at, which):
        own = problem if measured is None else replace(problem, measured=measured[which])
        numbers = unscaled(model, at)
        with np.errstate(over="ignore", invalid="ignore"):
            residual, slope = own.residual(numbers), own.slope(numbers)
            if weight is not None:
                residual, slope = residual * weight[which], slope * weight[which][..., None]
            if target is not None:
                row, by = target(numbers, which)
                residual = np.concatenate([residual, row[:, None]], axis=1)
                slope = np.concatenate([slope, by[:, None, :]], axis=1)
            slope = slope * _by_scale(model, numbers)[:, None, :]
        residual = np.where(np.isfinite(residual), np.clip(residual, -FAR_OFF, FAR_OFF), FAR_OFF)
        return residual, np.clip(np.where(np.isfinite(slope), slope, 0.0), -STEEPEST, STEEPEST)

    residual, slope = look(place, all_of)
    squares = np.sum(residual**2, axis=1)
    damping, steepest = np.full(len(place), 1e-3), np.zeros_like(place)
    arrived, active = np.zeros(len(place), dtype=bool), all_of
    for _ in range(steps):
        at, s, r, j, d = place[active], squares[active], residual[active], slope[active], damping[active]
        bottom, top = low[active], high[active]
        gradient = np.einsum("wnp,wn->wp", j, r)
        held = ((at <= bottom) & (gradient >= 0)) | ((at >= top) & (gradient <= 0)) | (bottom >= top)
        free = np.where(held[:, None, :], 0.0, j)
        normal = np.matmul(free.transpose(0, 2, 1), free)
        diagonal = np.einsum("wpp->wp", normal)
        steep = np.maximum(steepest[active], diagonal)
        ridge = d[:, None] * (steep + FLOOR * steep.max(axis=1, keepdims=True)) + held + TINY
        step = np.linalg.solve(normal + ridge[:, :, None] * np.eye(count),
                               -np.where(held, 0.0, gradient)[..., None])[..., 0]
        trial = np.clip(_ordered(np.clip(at + step, bottom, top), bottom, top, pairs), bottom, top)
        trial_residual, trial_slope = look(trial, active)
        trial_squares = np.sum(trial_residual**2, axis=1)
        better = trial_squares < s
        gain = np.where(better, s - trial_squares, 0.0)
        still = np.all(held | (np.abs(trial - at) <= 1e-9 * (1 + np.abs(at))), axis=1)
        done = (better & (gain <= enough * s)) | (~better & ((d >= 1e6) | still)) | (s <= TINY)
        took = active[better]
        place[took], squares[took] = trial[better], trial_squares[better]
        residual[took], slope[took] = trial_residual[better], trial_slope[better]
        steepest[active] = steep
        damping[active] = np.where(better, np.maximum(d / 5, 1e-12), np.minimum(d * 4, 1e8))
        arrived[active[done]] = True
        active = active[~done]
        if not len(active):
            break
    own = squares if target is None else squares - residual[:, -1] ** 2
    return Walked(place, own, arrived & (np.abs(residual).max(axis=1) < FAR_OFF))


def _on_tape(walkers, start, low, high, measured, weight, steps, enough):
    """As `walk`, on the tape of the curve, whose amplitudes have the parameters themselves as places."""
    model, job = walkers.problem.model, walkers.job
    here, bottom, top = (walkers.places(unscaled(model, side)) for side in (start, low, high))
    rows = len(job.hours)
    white = job.weight
    if weight is not None:
        white = weight[:, :rows] if job.weight is None else weight[:, :rows] * job.weight
    found = screening.descend(replace(job, measured=job.measured if measured is None else measured, weight=white),
                              here, bottom, top, steps=steps, enough=enough)
    place = np.clip(scaled(model, walkers.values(found.place)), low, high)
    return Walked(place, found.squares, found.arrived & (found.squares < FAR_OFF**2))


def settled(go, starts, steps):
    """Walkers that have arrived; those that have not walk on, and what is no minimum even then counts for nothing.

    Parameters
    ----------
    go : callable
        ``go(starts, which, steps)`` gives a `Walked` for the walkers of these numbers.
    starts : array (walkers, parameters)
    steps : int

    Returns
    -------
    Walked
        The sum of squares of a walker that has not arrived is infinite.
    """
    everyone = np.arange(len(starts))
    found = go(starts, everyone, steps)
    late = everyone[~found.arrived]
    if not len(late):
        return found
    again = go(found.place[late], late, LONGER * steps)
    place, squares, arrived = found.place.copy(), found.squares.copy(), found.arrived.copy()
    place[late], squares[late], arrived[late] = again.place, again.squares, again.arrived
    return Walked(place, np.where(arrived, squares, np.inf), arrived)


def _pairs(problem):
    return [tuple(problem.names.index(s.name) for s in pair) for pair in problem.model.ordered]


def _ordered(place, low, high, pairs):
    """Ordered parameters that have changed sides meet in the middle, within their bounds."""
    for slower, faster in pairs:
        wrong = place[:, slower] > place[:, faster]
        if wrong.any():
            middle = (place[:, slower] + place[:, faster]) / 2
            bottom = np.maximum(low[:, slower], low[:, faster])
            top = np.minimum(high[:, slower], high[:, faster])
            middle = np.clip(middle, bottom, np.maximum(top, bottom))
            place = place.copy()
            place[wrong, slower], place[wrong, faster] = middle[wrong], middle[wrong]
    return place


def _by_scale(model, numbers):
    """d value / d own scale."""
    columns = []
    for k, p in enumerate(model.parameters):
        value = numbers[:, k]
        columns.append({"log": value, "logit": value * (1 - value), "linear": np.ones_like(value)}[p.scale])
    return np.stack(columns, axis=1)
