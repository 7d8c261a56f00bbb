"""The chain from depots to plasma: cumulative mass out of every depot, a linear body that answers it."""

import numpy as np

from .. import catalogue, units
from ..environment import Environment
from ..errors import PredictionError
from ..model import Model, join
from ..solve import inputs, linear, observed_weights

#: Hours after a dose that are as good as none.
JUST_AFTER = 1e-150


class Depots:
    """Cumulative mass (mg) that all doses together have fed into the body.

    Parameters
    ----------
    release : Release or None
        None for an infusion of drug in solution.
    doses : sequence of Dose
    environment : Environment
        In hours since the first dose.
    available : float
        Bioavailability.
    stretch : callable
        Values of the release to the factor on its share (1, or 1/eventual share).
    hours : array
        Grid of the prediction.
    """

    def __init__(self, release, doses, environment, available, stretch, hours):
        self.release, self.doses, self.environment = release, doses, environment
        self.available, self.stretch = available, stretch
        self.hours, self.nodes = hours, inputs.node_times(hours)

    def mass(self, values=None):
        """Mass at the grid's nodes, shape (steps, nodes), or (draws, steps, nodes) for drawn values."""
        leading = () if not values else (len(next(iter(values.values()))),)
        total = np.zeros((*leading, *self.nodes.shape))
        firsts = [int(np.searchsorted(self.hours, dose.time_hour)) for dose in self.doses]
        for dose, first, share in zip(self.doses, firsts, self._shares(firsts, values), strict=True):
            total[..., first:, :] += dose.amount_mg * share
        return self.available * total

    def _shares(self, firsts, values):
        """For each dose the share that is out at the nodes of all steps from its first one on."""
        if self.release is None:
            for dose, first in zip(self.doses, firsts, strict=True):
                yield np.minimum(np.maximum(self.nodes[first:] - dose.time_hour, 0.0) / dose.duration_hour, 1.0)
            return
        stretch = np.asarray(self.stretch(values))[..., None]
        if isinstance(self.release.model, Model) and self.environment.is_constant:
            # All depots are alike: one integration serves them all.
            pieces = [self._since(dose, first) for dose, first in zip(self.doses, firsts, strict=True)]
            every = self.release.share(np.concatenate(pieces), self.environment, values)
            ends = np.cumsum([len(piece) for piece in pieces])[:-1]
            for since, share in zip(pieces, np.split(every, ends, axis=-2), strict=True):
                yield np.where(since > 0, share, 0.0) * stretch
            return
        for dose, first in zip(self.doses, firsts, strict=True):
            since = self._since(dose, first)
            share = self.release.share(since, self.environment.shifted(dose.time_hour), values)
            yield np.where(since > 0, share, 0.0) * stretch

    def _since(self, dose, first):
        """Hours since a dose at the nodes of all steps from ``first`` on."""
        since = np.maximum(self.nodes[first:] - dose.time_hour, 0.0)
        # A time that stands twice is a moment before and after: what is out at once enters in between.
        return np.where((np.diff(self.hours[first:])[:, None] == 0) & (since == 0), JUST_AFTER, since)


class Body:
    """The body of a drug card: its models joined, its numbers filled in.

    Raises
    ------
    PredictionError
        If it is not linear, or the unit is not a concentration.
    """

    def __init__(self, drug, unit):
        joined = catalogue.get_model(drug.body[0], "body")
        for name in drug.body[1:]:
            joined = join(joined, catalogue.get_model(name, "body"))
        if not joined.is_linear:
            raise PredictionError(f"the body of {drug.name} is not linear; this version predicts linear bodies")
        if units.dimension(unit) != units.dimension("mg/L"):
            raise PredictionError(f"'{unit}' is not a mass concentration; write for example ng/mL")
        if joined.observed_dimension != dict(units.dimension("mg/L")) or not joined.observes_linearly:
            raise PredictionError(f"the body {' -> '.join(drug.body)} of {drug.name} does not end in a concentration "
                                  f"that is in proportion to the amounts; end it with one such as one_compartment")
        values = joined.values({name: (p.value, p.unit) for name, p in drug.parameters.items()})
        self.parameters = {name: f"{p.value:g} {p.unit}" for name, p in drug.parameters.items()}
        self.matrix = linear.matrix(joined, values, Environment().at(0.0))
        self.entry = np.array([float(s == joined.inlet) for s in joined.states])
        self.weights = observed_weights(joined, values) / units.inside(1.0, unit)

    def plasma(self, hours, mass):
        """Concentration at ``hours`` in the chosen unit when ``mass`` is fed."""
        states = inputs.fed_states(self.matrix, self.entry, hours, np.zeros(mass.shape[:-2]), mass)
        # Rounding may leave a little less than nothing before anything is released.
        return np.maximum(states @ self.weights, 0.0)
