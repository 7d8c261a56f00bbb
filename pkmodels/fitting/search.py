"""The search: many starts, spread evenly and always the same, each walked downhill within the bounds.

Closed curves walk all together on their tape (`walkers.py`; those on clocks of their own as one array here); flows,
which must be integrated, are fewer. What is found here is polished and described by lmfit (`polish.py`).
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import least_squares

from ..model import Curve
from ..solve.screening import promising
from .bounds import scaled, unscaled
from .problem import FAR_OFF
from .starts import _anew, _around, _spread
from .walkers import CLOSEST, is_lag, walkers_of

STARTS, SCOUTS, WALKERS, SCOUT_STEPS, STEPS = 2048, 160, 32, 15, 60
#: Ends within this factor of the best are walked on to the last digit.
NEAR = 1.01
#: Walkers that go on to the end, and the steps of a walk from a start that somebody gave.
LAST, LONG_WALK = 8, 1000
#: Rounds of new places at most; at least two from so many parameters on, more while one is worth this share of the
#: squares.
ROUNDS, MANY, WORTH = 5, 5, 1e-4
FLOW_STARTS, FLOW_WALKERS, FLOW_STEPS = 40, 4, 60
#: Steepest slope that is believed; more is a walker at the edge of what numbers can hold.
STEEPEST = 1e12
#: Least damping of a flat direction, as a share of the steepest one.
FLOOR, TINY = 1e-6, 1e-300


@dataclass(frozen=True)
class Effort:
    """How hard a curve is searched: rounds of new places at most, and starts, scouts and walkers by the number of
    parameters that bend the curve (those in which it is linear follow from the others)."""

    rounds: int
    numbers: tuple


THOROUGH = Effort(ROUNDS, ((2, 2, 2), (128, 12, 4), (256, 24, 8), (1024, 64, 16), (2048, 160, 32), (8192, 480, 96)))
QUICK = Effort(0, ((2, 2, 2), (32, 4, 2), (128, 12, 4), (256, 24, 6), (512, 48, 12), (1024, 96, 16)))


def search(problem, seed, start=None, effort=THOROUGH):
    """The best values found, best first.

    Parameters
    ----------
    problem : Problem
    seed : int
    start : array (parameters,), optional
        Values (inside units) to begin from and to spread around, instead of the whole box.
    effort : Effort
        Of a search without a start, of a curve that has a tape.

    Returns
    -------
    array (walkers, parameters) in the units used inside, and their sums of squares (walkers,)
    """
    if start is not None:
        return _search_around(problem, seed, np.asarray(start, dtype=float))
    if not isinstance(problem.model, Curve):
        starts = _spread(problem, FLOW_STARTS, seed)
        starts = starts[problem.in_order(starts)]
        return _in_rank(*_possible(problem, *_walk(problem, _nearest(starts, problem.squares(starts), FLOW_WALKERS))))
    _, scouts, walkers, fewer = how_many(problem, effort)
    around = spread(problem, effort, seed)
    starts, squares = _walk(problem, _scouts(*_judged(problem, around), scouts), SCOUT_STEPS)
    found, squares = _possible(problem, *_walk(problem, _nearest(starts, squares, walkers)))
    if not len(found):
        return found, squares
    many, before = len(problem.names) - len(problem.fixed) >= MANY, np.inf
    for turn in range(effort.rounds):
        again = _anew(problem, found, squares, around, fewer, seed + turn, moved=squares.min() < before)
        before = squares.min()
        other, other_squares = _possible(problem, *_walk(problem, again, in_gaps=True))
        found, squares = np.concatenate([found, other]), np.concatenate([squares, other_squares])
        if squares.min() >= before * (1 - WORTH) and (turn or not many):
            break
    last, squares = _possible(problem, *_walk(problem, _last(found, squares), in_gaps=True))
    near = squares <= squares.min(initial=np.inf) * NEAR
    return _in_rank(*_possible(problem, *_walk(problem, last[near], LONG_WALK, in_gaps=True)))


def spread(problem, effort, seed):
    """The starts of a search in the whole box."""
    starts = _spread(problem, how_many(problem, effort)[0], seed)
    return starts[problem.in_order(starts)]


def how_many(problem, effort):
    """Starts, scouts and walkers, and by how much fewer places are tried anew, for what a problem has to find."""
    walkers = walkers_of(problem)
    if walkers is None:
        # A line and a plane are soon searched; from four parameters on there are full numbers.
        fewer = 2 ** max(0, 4 - len(problem.names) + len(problem.fixed))
        return STARTS // fewer, SCOUTS // fewer, WALKERS, fewer
    bent = walkers.bent
    return *effort.numbers[min(bent, len(effort.numbers) - 1)], 2 ** max(0, 4 - bent)


def _search_around(problem, seed, start):
    """Around a start that somebody gave: of equally good places (pools that have exchanged their names) the one that
    the start leads to, by steps that are damped in every parameter."""
    closed = isinstance(problem.model, Curve)
    count, walkers = (STARTS, WALKERS) if closed else (FLOW_STARTS, FLOW_WALKERS)
    starts = _around(problem, start, count, seed)
    starts = starts[problem.in_order(starts)]
    squares = problem.squares(starts)
    if closed:
        starts, squares = _walk_alike(problem, _scouts(starts, squares, SCOUTS), SCOUT_STEPS)
    found, squares = _possible(problem, *_walk_alike(problem, _nearest(starts, squares, walkers)))
    own, own_squares = _walk_alike(problem, start[None], LONG_WALK)
    if not np.min(squares, initial=np.inf) < 0.999 * own_squares[0]:
        return own, own_squares
    alike = squares <= squares.min() * 1.01
    away = np.sum(np.abs(found - start) / (np.abs(start) + np.abs(found) + TINY), axis=1)
    return _walk_alike(problem, found[np.lexsort((away, ~alike))][:1], LONG_WALK)


def _scouts(starts, squares, count):
    return starts[promising(squares, count)]


def _nearest(starts, squares, count):
    return starts[np.argsort(squares, kind="stable")[:count]]


def _in_rank(found, squares):
    order = np.argsort(squares, kind="stable")
    return found[order], squares[order]


def _possible(problem, found, squares):
    fine = np.isfinite(squares) & problem.in_order(found)
    return found[fine], squares[fine]


def _last(found, squares):
    """The best places that differ from each other by their sums of squares."""
    order = np.argsort(squares, kind="stable")
    ranked = squares[order]
    new = np.append(True, np.diff(ranked) > 1e-9 * ranked[1:])
    return found[order[new][:LAST]]


def _judged(problem, starts):
    """Starts and their sums of squares; parameters in which the curve is linear are put at their best at once."""
    walkers = walkers_of(problem)
    if walkers is None:
        return starts, problem.squares(starts)
    numbers, found = walkers.walk(starts, 0, 0.0)
    return numbers, found.squares


def _walk(problem, starts, steps=STEPS, in_gaps=False):
    walkers = walkers_of(problem, in_gaps)
    if walkers is None:
        return _walk_alike(problem, starts, steps, in_gaps)
    numbers, found = walkers.walk(starts, steps, 1e-10 if steps < LONG_WALK else 1e-16)
    return numbers, found.squares


def _walk_alike(problem, starts, steps=STEPS, in_gaps=False):
    """Walkers that treat every parameter alike: for curves without a tape, given starts, stores and flows."""
    if isinstance(problem.model, Curve):
        return _walk_together(problem, starts, steps, in_gaps)
    return _walk_alone(problem, starts)


def _walk_together(problem, starts, steps, in_gaps=False):
    """Levenberg's and Marquardt's steps for all walkers at once, kept within the bounds.

    With ``in_gaps`` every lag keeps to the gap between samples in which it starts, and walks there by the logarithm
    of what is left until the next sample: release that begins a hair before a sample is steep in anything else.
    """
    ground = _Ground(problem, starts, in_gaps)
    model, low, high = problem.model, ground.low, ground.high
    place = np.clip(ground.place, low, high)
    everyone = np.arange(len(place))
    numbers = ground.numbers(place, everyone)
    residual, slope = _off(problem, numbers), ground.slope(numbers, everyone)
    squares = np.sum(residual**2, axis=-1)
    damping, active = np.full(len(place), 1e-2), everyone
    one = np.eye(place.shape[1])
    steepest = np.zeros_like(place)
    enough = 1e-10 if steps < LONG_WALK else 1e-16
    for _ in range(steps):
        at, r, j, d = place[active], residual[active], slope[active], damping[active]
        bottom, top = (low[active], high[active]) if low.ndim == 2 else (low, high)
        gradient = np.matmul(r[:, None, :], j)[:, 0, :]
        # A parameter at its bound that wants to go further stays where it is.
        held = ((at <= bottom) & (gradient > 0)) | ((at >= top) & (gradient < 0))
        free = np.where(held[:, None, :], 0.0, j)
        normal = np.matmul(free.transpose(0, 2, 1), free)
        # Marquardt's scaling with the steepest slope seen so far, so that units do not matter.
        steep = steepest[active] = np.maximum(steepest[active], np.einsum("wpp->wp", normal))
        ridge = d[:, None] * (steep + FLOOR * steep.max(axis=1, keepdims=True)) + held + TINY
        downhill = -np.where(held, 0.0, gradient)
        step = np.linalg.solve(normal + ridge[:, :, None] * one, downhill[..., None])[..., 0]
        trial = np.clip(at + step, bottom, top)
        numbers = ground.numbers(trial, active)
        trial_residual = _off(problem, numbers)
        trial_squares = np.sum(trial_residual**2, axis=-1)
        better = trial_squares < squares[active]
        if model.ordered:
            better &= problem.in_order(numbers)
        gain = np.where(better, squares[active] - trial_squares, 0)
        damping[active] = np.where(better, np.maximum(d / 5, 1e-12), np.minimum(d * 4, 1e8))
        took = active[better]
        done = (gain <= enough * squares[active]) & (better | (d >= 1e6)) | (squares[active] <= TINY)
        if len(took):
            place[took], residual[took], squares[took] = trial[better], trial_residual[better], trial_squares[better]
            going = better & ~done
            if going.any():
                slope[active[going]] = ground.slope(numbers[going], active[going])
        active = active[~done]
        if not len(active):
            break
    return ground.numbers(place, everyone), squares


class _Ground:
    """What walkers walk on: the parameters' own scales, or for a lag the logarithm of the time to the next sample."""

    def __init__(self, problem, starts, in_gaps):
        self.problem, model, box = problem, problem.model, problem.box
        self.low, self.high = scaled(model, box.lower), scaled(model, box.upper)
        self.place, self.lags = scaled(model, starts), ()
        if in_gaps:
            bends = {s for kink in getattr(model, "kinks", ()) for s in kink.free_symbols}
            self.lags = [k for k, p in enumerate(model.parameters)
                         if is_lag(p) and p.symbol in bends and p.name not in problem.fixed]
        if not self.lags:
            return
        self.low, self.high = (np.tile(side, (len(starts), 1)) for side in (self.low, self.high))
        edges = np.unique([0.0, *problem.times, 2 * problem.times.max()])
        gap = np.clip(np.searchsorted(edges, starts[:, self.lags], side="right"), 1, len(edges) - 1)
        self.next = edges[gap]
        left = np.maximum(self.next - starts[:, self.lags], CLOSEST * self.next)
        self.place[:, self.lags] = np.log(left)
        self.low[:, self.lags] = np.log(CLOSEST * self.next)
        self.high[:, self.lags] = np.log(self.next - edges[gap - 1])

    def numbers(self, place, which):
        found = unscaled(self.problem.model, place)
        if len(self.lags):
            box, lags = self.problem.box, self.lags
            found[:, lags] = np.clip(self.next[which] - np.exp(place[:, lags]), box.lower[lags], box.upper[lags])
        return found

    def slope(self, numbers, which):
        by = _inside_slope(self.problem.model, numbers)
        if len(self.lags):
            by[:, self.lags] = numbers[:, self.lags] - self.next[which]
        return _tilt(self.problem, numbers, by)


def _walk_alone(problem, starts):
    """scipy's trust region for each start: its steps cost little beside an integration."""
    model, box = problem.model, problem.box
    low, high = scaled(model, box.lower), scaled(model, box.upper)
    room = 1e-9 * (high - low)
    found = []
    for start in starts:
        begin = np.clip(scaled(model, start), low + room, high - room)
        walked = least_squares(lambda place: _residual(problem, place[None])[0], begin,
                               jac=lambda place: _slope(problem, place[None])[0],
                               bounds=(low, high + (high == low)), x_scale="jac", ftol=1e-8, xtol=1e-8,
                               max_nfev=FLOW_STEPS)
        found.append(unscaled(model, np.clip(walked.x, low, high)))
    found = np.array(found).reshape(-1, len(low))
    return found, problem.squares(found)


def _residual(problem, place):
    return _off(problem, unscaled(problem.model, place))


def _slope(problem, place):
    """The slopes of the residuals on the parameters' own scales."""
    numbers = unscaled(problem.model, place)
    return _tilt(problem, numbers, _inside_slope(problem.model, numbers))


def _off(problem, numbers):
    """Residuals; a walker that lost its footing counts as far off, so its step is taken back."""
    with np.errstate(over="ignore", invalid="ignore"):
        residual = problem.residual(numbers)
    return np.where(np.isfinite(residual), np.clip(residual, -FAR_OFF, FAR_OFF), FAR_OFF)


def _tilt(problem, numbers, by):
    """The slopes of the residuals, ``by`` being d value / d place."""
    with np.errstate(over="ignore", invalid="ignore"):
        slope = problem.slope(numbers) * by[:, None, :]
    return np.clip(np.where(np.isfinite(slope), slope, 0.0), -STEEPEST, STEEPEST)


def _inside_slope(model, numbers):
    """d value / d own scale."""
    columns = []
    for k, p in enumerate(model.parameters):
        value = numbers[..., k]
        columns.append({"log": value, "logit": value * (1 - value), "linear": np.ones_like(value)}[p.scale])
    return np.stack(columns, axis=-1)
