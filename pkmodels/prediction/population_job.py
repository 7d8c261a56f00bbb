"""All that the numbers of a population depend on, so that any process can do a share of the work."""

from dataclasses import dataclass

import numpy as np

from ..environment import Environment
from ..errors import PredictionError
from ..solve import population, population_modes, population_schedule
from . import feeding
from .chain import Depots
from .people import people


@dataclass(frozen=True, eq=False)
class Job:
    """All that a patient's numbers depend on: plain values, so that other processes can do a share of the work.

    Parameters
    ----------
    release : Release or None
    body : Model
    doses : tuple of Dose
    variability : Variability
    typical : mapping
        Values of body, release and ``bioavailability`` in the units used inside.
    allowed : mapping
        Bounds of what may vary.
    drawn : list of mapping
        Values of the release per draw of its fit, empty mappings where there are none.
    hours : array
        Grid of the prediction.
    shown : array of int
        Points of the grid at which curves are wanted.
    """

    release: object
    body: object
    doses: tuple
    variability: object
    typical: dict
    allowed: dict
    factors: object
    drawn: tuple
    rescaled: bool
    hours: np.ndarray
    starts: np.ndarray
    until: float
    shown: np.ndarray
    lower: float
    upper: float
    sustained: float
    per_mg: float
    seed: int

    def __call__(self, piece):
        """Numbers of a (first, count) of patients."""
        return self.numbers(*piece)

    def numbers(self, first, count):
        """Numbers of patients ``first`` to ``first + count``: a dict of arrays with the patients last, draws first."""
        some, again = people(self.variability, count, self.seed, first, self.allowed)
        if self.factors is not None:
            for name, factor in self.factors(first, count, self.seed).items():
                some[name] = some.get(name, self.typical[name]) * factor
        parts = [self._of_draw(values, some, count) for values in self.drawn]
        found = {name: np.stack([part[name] for part in parts]) for name in parts[0]}
        shares = np.broadcast_to(some.get("bioavailability", 1.0), count)
        if (shares > 1).any():
            raise PredictionError("a covariate would make the bioavailability of some patients larger than 1")
        return found | {f"of {name}": values for name, values in some.items()} | {"again": np.array([again])}

    def _of_draw(self, drawn, some, count):
        values = {**self.typical, **drawn, **some}
        own = {name: np.broadcast_to(values[name], count) for name in (s.name for s in self.body.symbols)}
        saturated = not self.body.is_linear
        arrays = feeding.body_arrays(self.body, {**own, "rate_max": np.zeros(count)} if saturated else own)
        arrays, schedule = self._fed(arrays, {**drawn, **some}, count)
        matrix, entry, weights = arrays
        entry = entry * np.broadcast_to(values["bioavailability"], count)
        asked = {"lower": self.lower, "upper": self.upper, "sustained": self.sustained,
                 "sampled": self._places(schedule)}
        if saturated:
            found = population.saturable(matrix, entry, weights * self.per_mg, feeding.saturated_store(self.body),
                                         own["rate_max"], own["c_half"] * own["v_central"], schedule, **asked)
        else:
            found = population.stream(population_modes.bodies(matrix, entry, weights * self.per_mg), schedule, **asked)
        return {**found.each, **found.whole, "curves": found.curves}

    def _fed(self, arrays, changed, count):
        """The bodies, with pools in front where the release is made of such, and their schedule."""
        release, amounts = self.release, [dose.amount_mg for dose in self.doses]
        if release is not None:
            symbols = release.model.symbols
            own = {s.name: np.ravel(changed.get(s.name, release.values[s.name])) for s in symbols}
            pools = feeding.Pools.of(release.model)
            if pools is not None and pools.hold(symbols, own):
                shares, rates, at_once = pools.numbers(symbols, own)
                if self.rescaled:
                    total = shares.sum(axis=0) + at_once
                    shares, at_once = shares / total, at_once / total
                return (feeding.with_pools(*arrays, shares, rates, at_once),
                        population_schedule.boluses(self.hours, self.starts, amounts, self.until))
            varies = any(v.size > 1 for v in own.values())
            own = {name: np.broadcast_to(v, count)[:, None] if varies else np.reshape(v, (1, 1))
                   for name, v in own.items()}
        elif not any(dose.duration_hour for dose in self.doses):
            return arrays, population_schedule.boluses(self.hours, self.starts, amounts, self.until)
        else:
            own = None
        twice = np.sort(np.concatenate([self.hours, self.starts])) if release is not None else self.hours
        depots = Depots(release, self.doses, Environment(), 1.0, self._stretch, twice)
        return arrays, population_schedule.fed(twice, depots.mass(own), self.starts, self.until)

    def _stretch(self, values=None):
        if self.release is None or not self.rescaled:
            return np.ones(1)
        return 1 / np.atleast_1d(self.release.eventual(values))[..., None]

    def _places(self, schedule):
        return np.clip(np.searchsorted(schedule.hours, self.shown * (1 - 1e-15)), 0, schedule.steps)
