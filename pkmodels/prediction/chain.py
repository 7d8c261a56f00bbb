"""The chain from depots to plasma: cumulative mass out of every depot, a linear body that answers it."""

import numpy as np

from .. import catalogue, units
from ..environment import Environment
from ..errors import PredictionError
from ..model import join
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
        for dose in self.doses:
            first = int(np.searchsorted(self.hours, dose.time_hour))
            total[..., first:, :] += dose.amount_mg * self._share(dose, first, values)
        return self.available * total

    def _share(self, dose, first, values):
        """Share of a dose that is out at the nodes of all steps from ``first`` on."""
        since = np.maximum(self.nodes[first:] - dose.time_hour, 0.0)
        if self.release is None:
            return np.minimum(since / dose.duration_hour, 1.0)
        # A time that stands twice is a moment before and after: what is out at once enters in between.
        since = np.where((np.diff(self.hours[first:])[:, None] == 0) & (since == 0), JUST_AFTER, since)
        share = self.release.share(since, self.environment.shifted(dose.time_hour), values)
        share = np.where(since > 0, share, 0.0)
        return share * np.asarray(self.stretch(values))[..., None]


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
