"""The quick search: all that does not depend on the released values is prepared once per model and sampling times."""

from functools import cached_property, lru_cache

import numpy as np

from .. import units
from . import bounds, measured
from .problem import Problem
from .result import in_time_unit
from .search import LONG_WALK, QUICK, SCOUT_STEPS, how_many, search, spread
from .walkers import walkers_of

#: A walk goes on while each step brings it nearer to the best end by this share of what is missing.
PATIENCE = 0.005


class Quick:
    """A model, sampling times and starts, ready for curves; made by `prepared`.

    Parameters
    ----------
    model : Curve or Model
    times : array (points,)
        Hours.
    seed : int
    """

    def __init__(self, model, times, seed):
        self.model, self.times, self.seed = model, times, seed
        given = measured.held(model, {})[0]
        self.fixed = tuple(given)
        self.box = bounds.with_fixed(bounds.box(model, times), model, given)
        self.problem = self._problem(np.zeros_like(times))
        self.names = self.problem.names
        self.walkers, self.last = walkers_of(self.problem), walkers_of(self.problem, True)
        if self.walkers is not None:
            _, self.scouts, self.count, _ = how_many(self.problem, QUICK)
            self.begin = self.walkers.places(spread(self.problem, QUICK, seed))

    def _problem(self, released):
        return Problem(self.model, self.times, released, self.box, fixed=self.fixed)

    def least(self, released):
        """The best values (inside units), their sum of squares, and J'J by the values (zeros where one is held at a
        bound); None three times where no values can be computed."""
        if self.walkers is None:
            problem = self._problem(released)
            found, squares = search(problem, self.seed)
            if not len(found):
                return None, None, None
            slope = problem.slope(found[0])
            return found[0], squares[0], slope.T @ slope
        kept = self.walkers.hunt(released, self.begin, self.scouts, self.count, SCOUT_STEPS)
        numbers, found = self.last.walk(kept, LONG_WALK, 1e-16, released, PATIENCE)
        fine = np.isfinite(found.squares)
        if self.model.ordered:
            fine &= self.problem.in_order(numbers)
        if not fine.any():
            return None, None, None
        k = np.argmin(np.where(fine, found.squares, np.inf))
        # J'J by the places; a value moves with its place by this much.
        by = self.last.slopes(numbers[k], found.place[k])
        return numbers[k], found.squares[k], found.normal[k] / (by[:, None] * by)

    @cached_property
    def sought(self):
        """Whether each parameter is sought, (parameters,)."""
        return np.array([name not in self.fixed for name in self.names])

    @lru_cache(maxsize=4)  # noqa: B019  few are kept, see `prepared`
    def shown(self, time_unit):
        """The units in which values are shown, by name, and what one of them is inside, (parameters,)."""
        found = {p.name: in_time_unit(p.unit, time_unit) for p in self.model.parameters}
        return found, np.array([units.inside(1.0, unit) for unit in found.values()])


@lru_cache(maxsize=512)
def prepared(model, times, seed):
    """The `Quick` of a model at these sampling times (the bytes of an array): curves with the same ones share it."""
    return Quick(model, np.frombuffer(times), seed)
