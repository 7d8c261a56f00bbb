"""The search: many starts, spread evenly and always the same, each walked downhill within the bounds.

Closed curves walk all together as one array; flows, which must be integrated, are fewer.
What is found here is polished and described by lmfit (`polish.py`).
"""

import numpy as np
from scipy.optimize import least_squares

from ..model import Curve
from .bounds import scaled, unscaled
from .problem import FAR_OFF

STARTS, WALKERS, STEPS = 512, 24, 100
#: Of a walk from a start that somebody gave.
LONG_WALK = 1000
FLOW_STARTS, FLOW_WALKERS, FLOW_STEPS = 40, 4, 60
#: Steepest slope that is believed; more is a walker at the edge of what numbers can hold.
STEEPEST = 1e12
#: Least damping of a flat direction, as a share of the steepest one.
FLOOR, TINY = 1e-6, 1e-300


def search(problem, seed, start=None):
    """The best values found, best first.

    Parameters
    ----------
    problem : Problem
    seed : int
    start : array (parameters,), optional
        Values (inside units) to begin from and to spread around, instead of the whole box.

    Returns
    -------
    array (walkers, parameters) in the units used inside, and their sums of squares (walkers,)
    """
    closed = isinstance(problem.model, Curve)
    count, walkers = (STARTS, WALKERS) if closed else (FLOW_STARTS, FLOW_WALKERS)
    starts = _spread(problem, count, seed) if start is None else _around(problem, start, count, seed)
    starts = starts[problem.in_order(starts)]
    order = np.argsort(problem.squares(starts), kind="stable")[:walkers]
    found, squares = _walk(problem, starts[order])
    fine = np.isfinite(squares) & problem.in_order(found)
    found, squares = found[fine], squares[fine]
    if start is not None:
        # Of equally good places (pools that have exchanged their names) the one that the start leads to.
        own, own_squares = _walk(problem, np.asarray(start, dtype=float)[None], LONG_WALK)
        if not np.min(squares, initial=np.inf) < 0.999 * own_squares[0]:
            return own, own_squares
        alike = squares <= squares.min() * 1.01
        away = np.sum(np.abs(found - start) / (np.abs(start) + np.abs(found) + TINY), axis=1)
        return _walk(problem, found[np.lexsort((away, ~alike))][:1], LONG_WALK)
    order = np.argsort(squares, kind="stable")
    return found[order], squares[order]


def _walk(problem, starts, steps=STEPS):
    if isinstance(problem.model, Curve):
        return _walk_together(problem, starts, steps)
    return _walk_alone(problem, starts)


def _spread(problem, count, seed):
    """A Latin hypercube on the parameters' own scales, inside units, shape (count, parameters)."""
    box, model = problem.box, problem.model
    low, high = scaled(model, box.start_lower), scaled(model, box.start_upper)
    places = _hypercube(count, len(problem.names), seed)
    return np.clip(unscaled(model, low + places * (high - low)), box.lower, box.upper)


def _around(problem, start, count, seed):
    """The start itself, then starts that differ from it by up to a factor of 30 up and down."""
    places = _hypercube(count - 1, len(problem.names), seed)
    factors = np.concatenate([np.ones((1, len(start))), 30.0 ** (2 * places - 1)])
    return np.clip(start * factors, problem.box.lower, problem.box.upper)


def _hypercube(count, size, seed):
    generator = np.random.default_rng(seed)
    strata = np.stack([generator.permutation(count) for _ in range(size)], axis=1)
    return (strata + generator.random((count, size))) / count


def _walk_together(problem, starts, steps):
    """Levenberg's and Marquardt's steps for all walkers at once, kept within the bounds."""
    model, box = problem.model, problem.box
    low, high = scaled(model, box.lower), scaled(model, box.upper)
    place = np.clip(scaled(model, starts), low, high)
    residual, slope = _residual_and_slope(problem, place)
    squares = np.sum(residual**2, axis=-1)
    damping = np.full(len(place), 1e-2)
    size = place.shape[1]
    steepest = np.zeros_like(place)
    enough = 1e-10 if steps < LONG_WALK else 1e-16
    for _ in range(steps):
        gradient = np.einsum("wnp,wn->wp", slope, residual)
        # A parameter at its bound that wants to go further stays where it is.
        held = ((place <= low) & (gradient > 0)) | ((place >= high) & (gradient < 0))
        free = np.where(held[:, None, :], 0.0, slope)
        normal = np.einsum("wnp,wnq->wpq", free, free)
        diagonal = np.einsum("wpp->wp", normal)
        # Marquardt's scaling with the steepest slope seen so far, so that units do not matter.
        steepest = np.maximum(steepest, diagonal)
        ridge = damping[:, None] * (steepest + FLOOR * steepest.max(axis=1, keepdims=True)) + held + TINY
        downhill = -np.where(held, 0.0, gradient)
        step = np.linalg.solve(normal + ridge[:, :, None] * np.eye(size), downhill[..., None])[..., 0]
        trial = np.clip(place + step, low, high)
        trial_residual, trial_slope = _residual_and_slope(problem, trial)
        trial_squares = np.sum(trial_residual**2, axis=-1)
        better = (trial_squares < squares) & problem.in_order(unscaled(model, trial))
        gain = np.where(better, squares - np.where(better, trial_squares, 0), 0)
        damping = np.where(better, np.maximum(damping / 5, 1e-12), np.minimum(damping * 4, 1e8))
        place = np.where(better[:, None], trial, place)
        residual = np.where(better[:, None], trial_residual, residual)
        slope = np.where(better[:, None, None], trial_slope, slope)
        done = (gain <= enough * squares) & (better | (damping >= 1e6))
        squares = np.where(better, trial_squares, squares)
        if np.all(done):
            break
    return unscaled(model, place), squares


def _walk_alone(problem, starts):
    """scipy's trust region for each start: its steps cost little beside an integration."""
    model, box = problem.model, problem.box
    low, high = scaled(model, box.lower), scaled(model, box.upper)
    room = 1e-9 * (high - low)
    found = []
    for start in starts:
        begin = np.clip(scaled(model, start), low + room, high - room)
        walked = least_squares(lambda place: _residual_and_slope(problem, place[None])[0][0], begin,
                               jac=lambda place: _residual_and_slope(problem, place[None])[1][0],
                               bounds=(low, high + (high == low)), x_scale="jac", ftol=1e-8, xtol=1e-8,
                               max_nfev=FLOW_STEPS)
        found.append(unscaled(model, np.clip(walked.x, low, high)))
    found = np.array(found).reshape(-1, len(low))
    return found, problem.squares(found)


def _residual_and_slope(problem, place):
    """Residuals, and their slopes on the parameters' own scales."""
    numbers = unscaled(problem.model, place)
    with np.errstate(over="ignore", invalid="ignore"):
        residual = problem.residual(numbers)
        slope = problem.slope(numbers) * _inside_slope(problem.model, numbers)[:, None, :]
    # A walker that lost its footing counts as far off, so its step is taken back.
    residual = np.where(np.isfinite(residual), np.clip(residual, -FAR_OFF, FAR_OFF), FAR_OFF)
    return residual, np.clip(np.where(np.isfinite(slope), slope, 0.0), -STEEPEST, STEEPEST)


def _inside_slope(model, numbers):
    """d value / d own scale."""
    columns = []
    for k, p in enumerate(model.parameters):
        value = numbers[..., k]
        columns.append({"log": value, "logit": value * (1 - value), "linear": np.ones_like(value)}[p.scale])
    return np.stack(columns, axis=-1)
