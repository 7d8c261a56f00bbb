"""Least squares for many walkers at once: Levenberg's and Marquardt's steps with amplitudes projected out.

A parameter in which the curve is linear is no place to search: wherever the others stand, its best value within its
bounds follows in one division. So every place is judged with the amplitudes at their best, and only the others are
damped (variable projection: Golub and Pereyra 1973, in the form of Kaufman 1975). A parameter at its bound that wants
to go further is held, and let go once it wants back. `descend` takes the compiled way where numba is installed
and the curve's laws have a compiled form; the same steps in NumPy are below.
"""

from copy import copy
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import numpy as np

#: What a walker that cannot be computed is taken to be off by, and the steepest slope that is believed.
FAR_OFF, STEEPEST = 1e6, 1e12
#: Least damping of a flat direction, as a share of the steepest one.
FLOOR, TINY = 1e-6, 1e-300
#: Damping of an amplitude, which must only keep the equations solvable; rounds in which several take turns.
HARDLY, TURNS = 1e-9, 4
#: Less damping after a step that helped, more after one that did not, and when to give up.
EASIER, HARDER, LEAST, MOST = 5.0, 4.0, 1e-12, 1e6
#: Ends whose sums of squares differ by less than this share are the same one.
TWIN = 1e-7


@dataclass(frozen=True, eq=False)
class Job:
    """One model and points of one or of many walkers.

    Parameters
    ----------
    tape : Tape
    hours : array (points,)
    measured : array (points,) or (walkers, points)
    weight : array (points,) or (walkers, points), optional
        Factors on the residuals.
    whitening : array (points, points), optional
        Instead of weights: a matrix that makes the errors of the points independent.
    pulls : array (rows, 3)
        Further rows ``factor * (place[k] - centre)``, each as (k, centre, factor).
    ordered : tuple of (int, int)
        Parameters whose coordinates keep their order, lower first; both of one kind. Where they are `tape.LEFT`,
        this counts for walkers of which both have the same edge.
    held : tuple of int
        Parameters that stay where they are.
    """

    tape: object
    hours: np.ndarray
    measured: np.ndarray
    weight: np.ndarray | None = None
    whitening: np.ndarray | None = None
    pulls: np.ndarray = field(default_factory=lambda: np.empty((0, 3)))
    ordered: tuple = ()
    held: tuple = ()

    @cached_property
    def amplitudes(self):
        """The parameters that are projected out: linear, free, and in no order with others."""
        bound = {k for pair in self.ordered for k in pair}
        return tuple(k for k in self.tape.amplitudes if k not in bound and k not in self.held)

    @cached_property
    def prepared(self):
        """What the compiled way makes of this once, whatever is measured; None where there is no such way."""
        kernels = _compiled()
        return kernels.prepared(self) if kernels is not None and kernels.knows(self.tape) else None

    def on(self, measured):
        """This job with other measured values (points,); nothing else is prepared again."""
        _ = self.prepared
        other = copy(self)
        vars(other)["measured"] = measured
        return other

    def of(self, which):
        """The same for some of the walkers."""
        return (self.measured if self.measured.ndim == 1 else self.measured[which],
                self.weight if self.weight is None or self.weight.ndim == 1 else self.weight[which])


@dataclass(frozen=True, eq=False)
class Descended:
    """Where walkers ended, by walker: places, sums of squares, whether each arrived, and J'J there (with zeros in
    the rows of parameters that are held at a bound)."""

    place: np.ndarray
    squares: np.ndarray
    arrived: np.ndarray
    normal: np.ndarray


@lru_cache(maxsize=1)
def _compiled():
    """The compiled kernels, or None without numba."""
    try:
        from . import screening_fast
    except ImportError:
        return None
    return screening_fast


def descend(job, place, low, high, *, edges=None, steps=60, enough=1e-10, patience=0.0, fast=None):
    """Walk downhill from every place.

    Parameters
    ----------
    job : Job
    place, low, high : array (walkers, parameters)
        On the tape's coordinates.
    edges : array (walkers, parameters), optional
        The times that `tape.LEFT` coordinates count back from.
    steps : int
        0 gives the sums of squares with the amplitudes at their best.
    enough : float
        A step that lessens the sum of squares by less than this share of it is the last.
    patience : float
        Where only the best end counts: a walker gives up (and does not arrive) when a step brings it nearer to the
        least sum of squares of the others by less than this share of what is missing, or when it comes to the same
        end. 0 when every walker is to arrive.
    fast : bool, optional
        Whether to take the compiled way; where it is there when not given.

    Returns
    -------
    Descended
    """
    edges = np.zeros(place.shape[1]) if edges is None else edges
    if fast is not False and job.prepared is not None:
        return Descended(*_compiled().descend(job, place, low, high, edges, steps, enough, patience))
    place = np.clip(place, low, high)
    low, high, edges = (np.broadcast_to(each, place.shape) for each in (low, high, edges))
    return Descended(*_descend(job, place, low, high, edges, steps, enough, patience))


def hunt(job, place, low, high, *, scouts, walkers, steps, enough=1e-10, fast=None):
    """Judge many places, walk some steps from the most promising ones, and keep the best ends.

    Parameters
    ----------
    job : Job
        Of one curve, measured (points,), without `tape.LEFT` coordinates.
    place : array (places, parameters)
    low, high : array (parameters,)
    scouts : int
        How many of the places walk, see `promising`.
    walkers : int
        How many ends are kept.
    steps, enough, fast
        As in `descend`.

    Returns
    -------
    array (walkers at most, parameters), best first
    """
    if fast is not False and job.prepared is not None:
        return _compiled().hunt(job, place, low, high, scouts, walkers, steps, enough)
    judged = descend(job, place, low, high, steps=0, fast=False)
    begun = descend(job, judged.place[promising(judged.squares, scouts)], low, high, steps=steps, enough=enough,
                    fast=False)
    return begun.place[np.argsort(begun.squares, kind="stable")[:walkers]]


def promising(squares, count):
    """The nearest of all places, and as many that are each the nearest of a handful, so that no valley is left out."""
    half = count // 2
    nearest = np.argsort(squares, kind="stable")[:half]
    groups = np.array_split(np.arange(len(squares)), half)
    others = [group[np.argmin(squares[group])] for group in groups if len(group)]
    return np.unique(np.concatenate([nearest, others]))


def _descend(job, place, low, high, edges, steps, enough, patience):
    """As `descend`, in NumPy."""
    count = place.shape[1]
    judge = _Judge(job, edges)
    place = merged(place, low, high, job.ordered, edges)
    everyone = np.arange(len(place))
    place, residual = judge.projected(place, low, high, everyone)
    squares = np.sum(residual**2, axis=1)
    arrived, normals = np.zeros(len(place), dtype=bool), np.zeros((len(place), count, count))
    if steps == 0:
        return place, squares, arrived, normals
    slope = judge.slopes(place, everyone)
    damping, steepest, active = np.full(len(place), 1e-2), np.zeros_like(place), everyone
    soft = np.ones(count)
    soft[list(job.amplitudes)] = 0.0
    for _ in range(steps):
        at, s, r, j, d = place[active], squares[active], residual[active], slope[active], damping[active]
        bottom, top = low[active], high[active]
        gradient = np.matmul(r[:, None, :], j)[:, 0, :]
        held = _held(at, bottom, top, gradient)
        free = np.where(held[:, None, :], 0.0, j)
        normal = np.matmul(free.transpose(0, 2, 1), free)
        diagonal = np.einsum("wpp->wp", normal)
        steep = steepest[active] = np.maximum(steepest[active], diagonal)
        ridge = (d[:, None] * (steep + FLOOR * steep.max(axis=1, keepdims=True)) * soft + HARDLY * diagonal * (1 - soft)
                 + held + TINY)
        step = np.linalg.solve(normal + ridge[:, :, None] * np.eye(count),
                               -np.where(held, 0.0, gradient)[..., None])[..., 0]
        trial = merged(at + step, bottom, top, job.ordered, edges[active])
        still = np.all(held | (np.abs(trial - at) <= 1e-9 * (1 + np.abs(at))), axis=1)
        trial, trial_residual = judge.projected(trial, bottom, top, active)
        trial_squares = (trial_residual**2).sum(axis=1)
        better = trial_squares < s
        gain = np.where(better, s - trial_squares, 0.0)
        done = (better & (gain <= enough * s)) | (~better & ((d >= MOST) | still)) | (s <= TINY)
        took = active[better]
        place[took], residual[took], squares[took] = trial[better], trial_residual[better], trial_squares[better]
        if len(took):
            slope[took] = judge.slopes(trial[better], took)
        damping[active] = np.where(better, np.maximum(d / EASIER, LEAST), d * HARDER)
        arrived[active[done]] = True
        if patience > 0:
            behind = squares[active] - squares.min()
            best = active == np.argmin(squares)
            done |= ~best & ((behind <= TWIN * squares.min()) | (better & (gain < patience * behind)))
        active = active[~done]
        if not len(active):
            break
    gradient = np.matmul(residual[:, None, :], slope)[:, 0, :]
    free = np.where(_held(place, low, high, gradient)[:, None, :], 0.0, slope)
    return place, squares, arrived, np.matmul(free.transpose(0, 2, 1), free)


def _held(place, low, high, gradient):
    return ((place <= low) & (gradient >= 0)) | ((place >= high) & (gradient <= 0)) | (low >= high)


def merged(place, low, high, pairs, edges):
    """Places within their bounds, where ordered parameters that have changed sides meet in the middle."""
    place = _within(place, low, high)
    for slower, faster in pairs:
        wrong = np.nonzero((place[:, slower] > place[:, faster]) & (edges[:, slower] == edges[:, faster]))[0]
        if len(wrong):
            bottom = np.maximum(low[wrong, slower], low[wrong, faster])
            top = np.maximum(np.minimum(high[wrong, slower], high[wrong, faster]), bottom)
            middle = np.clip((place[wrong, slower] + place[wrong, faster]) / 2, bottom, top)
            place[wrong, slower] = place[wrong, faster] = middle
    return _within(place, low, high) if pairs else place


class _Judge:
    """Residuals and slopes of a job, whitened, with the rows that pull."""

    def __init__(self, job, edges):
        self.job, self.edges, tape = job, edges, job.tape
        self.amplitudes = job.amplitudes
        pairs = [(a, b) for i, a in enumerate(self.amplitudes) for b in self.amplitudes[i + 1:]]
        self.mixed = {pair: tape.mixed[pair] for pair in pairs}
        self.asked = (tape.value, *(tape.slopes[a] for a in self.amplitudes), *self.mixed.values())

    def _rows(self, wanted, place, which):
        shape = (len(place), len(self.job.hours))
        rows = self.job.tape.run(wanted, place, self.job.hours, self.edges[which])
        return [row if np.shape(row) == shape else np.broadcast_to(np.asarray(row, dtype=float), shape)
                for row in rows]

    def _white(self, rows, which):
        if self.job.whitening is not None:
            return rows @ self.job.whitening.T
        weight = self.job.of(which)[1]
        return rows if weight is None else rows * weight

    def projected(self, place, low, high, which):
        """Places with their amplitudes at their best, and the residuals there (walkers, rows)."""
        rows = self._rows(self.asked, place, which)
        with np.errstate(all="ignore"):
            off = self._white(rows[0] - self.job.of(which)[0], which)
            off = np.where(np.isfinite(off), _within(off, -FAR_OFF, FAR_OFF), FAR_OFF)
            by = {a: _believed(self._white(row, which)) for a, row in zip(self.amplitudes, rows[1:], strict=False)}
            cross = {pair: _believed(self._white(row, which))
                     for pair, row in zip(self.mixed, rows[1 + len(by):], strict=True)}
        place = place.copy()
        for _ in range(TURNS if len(by) > 1 else 1):
            for a in by:
                size = (by[a] ** 2).sum(axis=1)
                full = (off * by[a]).sum(axis=1)
                for k, centre, factor in self.job.pulls:
                    if int(k) == a:
                        size, full = size + factor**2, full + factor**2 * (place[:, a] - centre)
                move = _within(place[:, a] - full / np.maximum(size, TINY), low[:, a], high[:, a]) - place[:, a]
                place[:, a] += move
                off = off + move[:, None] * by[a]
                for (one, other), row in cross.items():
                    if a in (one, other):
                        b = other if a == one else one
                        by[b] = by[b] + move[:, None] * row
        pulled = [factor * (place[:, int(k)] - centre) for k, centre, factor in self.job.pulls]
        return place, np.concatenate([off, np.stack(pulled, axis=1)], axis=1) if pulled else off

    def slopes(self, place, which):
        """d residual / d coordinate, (walkers, rows, parameters)."""
        tape, job = self.job.tape, self.job
        rows = self._rows(tape.slopes, place, which)
        with np.errstate(all="ignore"):
            found = np.stack([_believed(self._white(row, which)) for row in rows], axis=-1)
        found[:, :, list(job.held)] = 0.0
        if not len(job.pulls):
            return found
        pulls = np.zeros((len(place), len(job.pulls), place.shape[1]))
        for row, (k, _, factor) in enumerate(job.pulls):
            pulls[:, row, int(k)] = factor
        return np.concatenate([found, pulls], axis=1)


def _believed(rows):
    return _within(np.where(np.isfinite(rows), rows, 0.0), -STEEPEST, STEEPEST)


def _within(values, low, high):
    """As np.clip, which takes longer than this for few values."""
    return np.minimum(np.maximum(values, low), high)
