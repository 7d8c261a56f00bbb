"""The search: many starts, spread evenly and always the same, each walked downhill within the bounds.

Closed curves walk all together as one array; flows, which must be integrated, one after another.
What is found here is polished and described by lmfit (`polish.py`).
"""

import numpy as np
from scipy.optimize import least_squares

from ..errors import SolveError
from ..model import Curve
from ..solve import observe, sensitivities
from .bounds import scaled, unscaled

STARTS, WALKERS, STEPS = 512, 24, 80
FLOW_STARTS, FLOW_WALKERS = 40, 4


def search(model, times, released, box, seed):
    """The best values found, best first.

    Parameters
    ----------
    model : Curve or Model
    times, released : array (points,)
        Hours and shares.
    box : Box
    seed : int

    Returns
    -------
    array (walkers, parameters) in the units used inside, and their sums of squares (walkers,)
    """
    starts = _spread(model, box, STARTS if isinstance(model, Curve) else FLOW_STARTS, seed)
    starts = starts[_in_order(model, starts)]
    if isinstance(model, Curve):
        found, squares = _walk_together(model, times, released, box, _best(model, times, released, starts, WALKERS))
    else:
        found, squares = _walk_alone(model, times, released, box, _best(model, times, released, starts, FLOW_WALKERS))
    fine = np.isfinite(squares) & _in_order(model, found)
    order = np.argsort(squares[fine], kind="stable")
    return found[fine][order], squares[fine][order]


def _spread(model, box, count, seed):
    """A Latin hypercube on the parameters' own scales, inside units, shape (count, parameters)."""
    generator = np.random.default_rng(seed)
    size = len(model.parameters)
    strata = np.stack([generator.permutation(count) for _ in range(size)], axis=1)
    places = (strata + generator.random((count, size))) / count
    low, high = scaled(model, box.start_lower), scaled(model, box.start_upper)
    return np.clip(unscaled(model, low + places * (high - low)), box.lower, box.upper)


def _in_order(model, numbers):
    names = [p.name for p in model.parameters]
    fine = np.ones(len(numbers), dtype=bool)
    for slower, faster in model.ordered:
        fine &= numbers[:, names.index(slower.name)] <= numbers[:, names.index(faster.name)]
    return fine


def _named(model, numbers):
    return {p.name: numbers[..., k, None] for k, p in enumerate(model.parameters)}


def _best(model, times, released, starts, count):
    if isinstance(model, Curve):
        squares = np.sum((observe(model, _named(model, starts), times) - released) ** 2, axis=-1)
    else:
        squares = np.array([_squares_of_flow(model, one, times, released) for one in starts])
    return starts[np.argsort(np.where(np.isfinite(squares), squares, np.inf), kind="stable")[:count]]


def _squares_of_flow(model, numbers, times, released):
    try:
        shown = observe(model, {p.name: float(v) for p, v in zip(model.parameters, numbers, strict=True)}, times)
    except SolveError:
        return np.inf
    return float(np.sum((shown - released) ** 2))


def _walk_together(model, times, released, box, starts):
    """Levenberg and Marquardt's steps for all walkers at once, kept within the bounds."""
    low, high = scaled(model, box.lower), scaled(model, box.upper)
    place = np.clip(scaled(model, starts), low, high)
    residual, slope = _residual_and_slope(model, times, released, place)
    squares = np.sum(residual**2, axis=-1)
    damping = np.full(len(place), 1e-2)
    size = place.shape[1]
    for _ in range(STEPS):
        gradient = np.einsum("wnp,wn->wp", slope, residual)
        # A parameter at its bound that wants to go further stays where it is.
        held = ((place <= low) & (gradient > 0)) | ((place >= high) & (gradient < 0))
        free = np.where(held[:, None, :], 0.0, slope)
        normal = np.einsum("wnp,wnq->wpq", free, free)
        diagonal = np.einsum("wpp->wp", normal)
        ridge = damping[:, None] * (diagonal + 1e-12 + 1e-3 * diagonal.max(axis=1, keepdims=True)) + held
        downhill = -np.where(held, 0.0, gradient)
        step = np.linalg.solve(normal + ridge[:, :, None] * np.eye(size), downhill[..., None])[..., 0]
        trial = np.clip(place + step, low, high)
        trial_residual, trial_slope = _residual_and_slope(model, times, released, trial)
        trial_squares = np.sum(trial_residual**2, axis=-1)
        ordered = _in_order(model, unscaled(model, trial))
        better = (trial_squares < squares) & ordered
        gain = np.where(better, squares - np.where(better, trial_squares, 0), 0)
        damping = np.where(better, np.maximum(damping / 5, 1e-12), np.minimum(damping * 4, 1e8))
        place = np.where(better[:, None], trial, place)
        residual = np.where(better[:, None], trial_residual, residual)
        slope = np.where(better[:, None, None], trial_slope, slope)
        done = (gain <= 1e-10 * squares) & (better | (damping >= 1e6))
        squares = np.where(better, trial_squares, squares)
        if np.all(done):
            break
    return unscaled(model, place), squares


def _residual_and_slope(model, times, released, place):
    numbers = unscaled(model, place)
    values = _named(model, numbers)
    residual = observe(model, values, times) - released
    slope = sensitivities(model, values, times) * _inside_slope(model, numbers)[:, None, :]
    # A walker that lost its footing counts as far off, so its step is taken back.
    return np.where(np.isfinite(residual), np.clip(residual, -1e6, 1e6), 1e6), \
        np.clip(np.where(np.isfinite(slope), slope, 0.0), -1e12, 1e12)


def _inside_slope(model, numbers):
    """d value / d own scale."""
    columns = []
    for k, p in enumerate(model.parameters):
        value = numbers[..., k]
        columns.append({"log": value, "logit": value * (1 - value), "linear": np.ones_like(value)}[p.scale])
    return np.stack(columns, axis=-1)


def _walk_alone(model, times, released, box, starts):
    low, high = scaled(model, box.lower), scaled(model, box.upper)
    names = [p.name for p in model.parameters]

    def values(place):
        return dict(zip(names, map(float, unscaled(model, place)), strict=True))

    def residual(place):
        return observe(model, values(place), times) - released

    def slope(place):
        return sensitivities(model, values(place), times) * _inside_slope(model, unscaled(model, place))

    found, squares = [], []
    for start in starts:
        begin = np.clip(scaled(model, start), low + 1e-9, high - 1e-9)
        try:
            walked = least_squares(residual, begin, jac=slope, bounds=(low, high), x_scale="jac",
                                   ftol=1e-8, xtol=1e-8, max_nfev=60)
        except SolveError:
            continue
        found.append(unscaled(model, walked.x))
        squares.append(2 * walked.cost)
    return np.array(found).reshape(-1, len(names)), np.array(squares)
