"""Walkers of one problem on the tape of its curve: from values to places and back.

The arithmetic is that of `solve.screening`; here is what a fit knows: bounds, orders, priors, and lags, which keep to
the gap between two samples in which they start.
"""

from functools import cached_property, lru_cache

import numpy as np

from .. import units
from ..model import Curve
from ..solve import screening, tape
from ..solve.compiled import TIME_ZERO
from .problem import Problem

#: Nearest that a lag comes to the next sample, as a share of that sample's time.
CLOSEST = 1e-12
#: Logarithms of shares of nothing, and logits of all or nothing, are kept within these.
FURTHEST = 700.0


class Walkers:
    """What walks for a problem, in values (inside units); made by `walkers_of`."""

    def __init__(self, problem, written, lags):
        self.problem, self.tape, self.lags = problem, written, lags
        kinds = np.array(written.coordinates)
        self.logs, self.logits = np.flatnonzero(kinds == tape.LOG), np.flatnonzero(kinds == tape.LOGIT)
        names = problem.names
        white = problem.whitening
        matrix = white is not None and white.ndim == 2
        self.job = screening.Job(
            written, np.where(problem.times == 0, TIME_ZERO, problem.times), np.asarray(problem.measured, dtype=float),
            weight=None if matrix else white, whitening=white if matrix else None,
            pulls=np.array([(names.index(name), centre, problem.noise / width)
                            for name, centre, width in problem.priors]).reshape(-1, 3),
            ordered=tuple(self._pair(*(names.index(s.name) for s in pair)) for pair in problem.model.ordered),
            held=tuple(names.index(name) for name in problem.fixed))

    def _pair(self, slower, faster):
        return (faster, slower) if slower in self.lags else (slower, faster)

    @property
    def bent(self):
        """How many free parameters there are in which the curve is not linear."""
        return len(self.problem.names) - len(self.problem.fixed) - len(self.job.amplitudes)

    @cached_property
    def sides(self):
        """The bounds as places, two arrays (parameters,)."""
        return tuple(self.places(side[None])[0] for side in (self.problem.box.lower, self.problem.box.upper))

    @cached_property
    def samples(self):
        """The edges of the gaps between samples."""
        times = self.problem.times
        return np.unique([0.0, *times, 2 * times.max()])

    def places(self, numbers):
        """Values (walkers, parameters) on the tape's coordinates, lags as they are."""
        place = np.array(numbers, dtype=float)
        with np.errstate(divide="ignore"):
            place[:, self.logs] = np.maximum(np.log(place[:, self.logs]), -FURTHEST)
            if len(self.logits):
                share = place[:, self.logits]
                place[:, self.logits] = np.clip(np.log(share / (1 - share)), -FURTHEST, FURTHEST)
        return place

    def values(self, place):
        """Back from places, lags as they are."""
        numbers = place.copy()
        numbers[:, self.logs] = np.exp(place[:, self.logs])
        if len(self.logits):
            numbers[:, self.logits] = 1 / (1 + np.exp(-place[:, self.logits]))
        return numbers

    def slopes(self, numbers, place):
        """d value / d place, of the values' shape."""
        by = np.ones_like(numbers)
        by[..., self.logs] = numbers[..., self.logs]
        by[..., self.logits] = numbers[..., self.logits] * (1 - numbers[..., self.logits])
        if self.lags:
            by[..., list(self.lags)] = -np.exp(place[..., list(self.lags)])
        return by

    def hunt(self, measured, place, scouts, walkers, steps):
        """As `screening.hunt`, from places to values (walkers, parameters), of these measured values."""
        return self.values(screening.hunt(self.job.on(measured), place, *self.sides, scouts=scouts, walkers=walkers,
                                          steps=steps))

    def walk(self, starts, steps, enough, measured=None, patience=0.0):
        """Walk from values (walkers, parameters), 0 steps to judge them only; measured values, if given, are taken in
        place of the problem's.

        Returns
        -------
        array (walkers, parameters), Descended
        """
        place, (low, high), edges = self.places(starts), self.sides, None
        if self.lags:
            low, high = (np.tile(side, (len(place), 1)) for side in (low, high))
            edges, lags, samples = np.zeros_like(place), list(self.lags), self.samples
            gap = np.clip(np.searchsorted(samples, starts[:, lags], side="right"), 1, len(samples) - 1)
            edges[:, lags] = samples[gap]
            left = np.maximum(samples[gap] - starts[:, lags], CLOSEST * samples[gap])
            place[:, lags], low[:, lags] = np.log(left), np.log(CLOSEST * samples[gap])
            high[:, lags] = np.log(samples[gap] - samples[gap - 1])
        job = self.job if measured is None else self.job.on(measured)
        found = screening.descend(job, place, low, high, edges=edges, steps=steps, enough=enough, patience=patience)
        numbers = self.values(found.place)
        if self.lags:
            numbers[:, lags] = edges[:, lags] - np.exp(found.place[:, lags])
        box = self.problem.box
        return np.clip(numbers, box.lower, box.upper), found


@lru_cache(maxsize=8)
def walkers_of(problem, in_gaps=False):
    """The walkers of a problem, or None where its model has no tape.

    Parameters
    ----------
    problem : Problem
    in_gaps : bool
        Whether lags keep to the gap between samples in which they start, and walk there by the logarithm of what is
        left until the next sample: release that begins a hair before a sample is steep in anything else.
    """
    model = problem.model
    # A problem of another type computes its rows in another way.
    if type(problem) is not Problem or not isinstance(model, Curve) or problem.conditions:
        return None
    lags = lags_of(problem) if in_gaps else ()
    if in_gaps and not lags:
        return walkers_of(problem)
    names = [name for name, *_ in problem.priors]
    written = tape.of(model, tuple(model.parameters[k].name for k in lags))
    if written is None:
        return None
    # A prior is a row on the parameter's own scale, which must be the one that is walked on.
    own = {"linear": tape.ITSELF, "log": tape.LOG}
    for name in names:
        k = problem.names.index(name)
        if own.get(model.parameters[k].scale) != written.coordinates[k]:
            return None
    return Walkers(problem, written, lags)


def lags_of(problem):
    """The free parameters (by number) at which the curve bends and that are times."""
    bends = {s for kink in getattr(problem.model, "kinks", ()) for s in kink.free_symbols}
    return tuple(k for k, p in enumerate(problem.model.parameters)
                 if is_lag(p) and p.symbol in bends and p.name not in problem.fixed)


def is_lag(parameter):
    """Whether a parameter is a time that may be zero."""
    return parameter.scale == "linear" and dict(units.dimension(parameter.unit)) == {"[time]": 1.0}
