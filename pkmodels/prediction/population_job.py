"""All that the numbers of a population depend on, so that any process can do a share of the work."""

from dataclasses import dataclass

import numpy as np

from ..environment import Environment
from ..errors import PredictionError
from ..solve import compiled, population, population_modes, population_schedule
from . import feeding
from .chain import Depots
from .grid import NEAR, SUDDEN, after_steps, distinct
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
        """Numbers of all patients with one draw of the release; who has bends of their own has steps of their own."""
        bends = self._bends({**drawn, **some})
        if bends.shape[1] == 1:
            return self._measured(drawn, some, count, self._steps(bends[:, 0]))
        people = [{name: values[k: k + 1] if np.size(values) > 1 else values for name, values in some.items()}
                  for k in range(count)]
        parts = [self._measured(drawn, one, 1, self._steps(own)) for one, own in zip(people, bends.T, strict=True)]
        return {name: np.concatenate([part[name] for part in parts], axis=-1) for name in parts[0]}

    def _bends(self, changed):
        """Hours since a dose at which the release bends sharply, (bends, patients), (bends, 1) where all are alike.

        Those of the typical release are steps already.
        """
        model = self.release.model if self.release is not None else None
        kinks = getattr(model, "kinks", ())
        if not {s.name for kink in kinks for s in kink.free_symbols} & {*changed}:
            return np.empty((0, 1))
        found = compiled.kinks(model)(*[changed.get(s.name, self.release.values[s.name]) for s in model.symbols])
        return np.array([np.ravel(each) for each in np.broadcast_arrays(*found)])

    def _steps(self, bends):
        """The hours of the steps, with those of bends after every dose."""
        if not len(bends):
            return self.hours
        horizon, bends = self.hours[-1], bends[np.isfinite(bends) & (bends > 0)]
        bends = (self.starts[:, None] + bends).ravel()
        own = np.concatenate([after_steps(horizon, bends), (bends[:, None] + SUDDEN).ravel()])
        own = own[(own > 0) & (own < horizon)]
        place = np.clip(np.searchsorted(self.hours, own), 1, len(self.hours) - 1)
        apart = np.minimum(own - self.hours[place - 1], self.hours[place] - own)
        return np.sort(np.concatenate([self.hours, distinct(own[apart > NEAR])]))

    def _measured(self, drawn, some, count, hours):
        values = {**self.typical, **drawn, **some}
        own = {name: np.broadcast_to(values[name], count) for name in (s.name for s in self.body.symbols)}
        saturated = not self.body.is_linear
        arrays = feeding.body_arrays(self.body, {**own, "rate_max": np.zeros(count)} if saturated else own)
        arrays, schedule = self._fed(arrays, {**drawn, **some}, count, hours)
        matrix, entry, weights = arrays
        entry = entry * np.broadcast_to(values["bioavailability"], count)
        asked = {"lower": self.lower, "upper": self.upper, "sustained": self.sustained,
                 "sampled": self._places(schedule)}
        if saturated:
            found = population.saturable(matrix, entry, weights * self.per_mg, feeding.saturated_store(self.body),
                                         own["rate_max"], own["c_half"] * own["v_central"], schedule, **asked)
        else:
            first = float(schedule.hours[schedule.rows[1]] - schedule.hours[schedule.rows[0]])
            bodies = population_modes.bodies(matrix, entry, weights * self.per_mg, earliest=first)
            found = population.stream(bodies, schedule, **asked)
        return {**found.each, **found.whole, "curves": found.curves}

    def _fed(self, arrays, changed, count, hours):
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
                        population_schedule.boluses(hours, self.starts, amounts, self.until))
            varies = any(v.size > 1 for v in own.values())
            own = {name: np.broadcast_to(v, count)[:, None] if varies else np.reshape(v, (1, 1))
                   for name, v in own.items()}
        elif not any(dose.duration_hour for dose in self.doses):
            return arrays, population_schedule.boluses(hours, self.starts, amounts, self.until)
        else:
            own = None
        twice = np.sort(np.concatenate([hours, self.starts])) if release is not None else hours
        depots = Depots(release, self.doses, Environment(), 1.0, self._stretch, twice)
        return arrays, population_schedule.fed(twice, depots.mass(own), self.starts, self.until)

    def _stretch(self, values=None):
        if self.release is None or not self.rescaled:
            return np.ones(1)
        return 1 / np.atleast_1d(self.release.eventual(values))[..., None]

    def _places(self, schedule):
        return np.clip(np.searchsorted(schedule.hours, self.shown * (1 - 1e-15)), 0, schedule.steps)
