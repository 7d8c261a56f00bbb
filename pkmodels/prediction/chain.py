"""The chain from depots to tissue and plasma: cumulative mass out of every depot, a body that answers it."""

import numpy as np

from .. import catalogue, units
from ..environment import Environment
from ..errors import PredictionError
from ..model import Model
from ..solve import inputs, linear, observed_weights
from ..solve.fed import fed_states as fed_nonlinear
from .composed import body_of, with_tissue

#: Hours after a dose that are as good as none.
JUST_AFTER = 1e-150
#: Concentrations that are as good as none, in any unit.
NOTHING = 1e-100


def _molar(drug, unit):
    """What a molar unit would be, where the card knows."""
    if units.dimension(unit) != units.dimension("mol/L") or drug.molar_mass is None:
        return ""
    one = units.convert(1.0, "ng/mL", "g/L") / units.convert(drug.molar_mass.value, drug.molar_mass.unit, "g/mol")
    return (f" (1 ng/mL of {drug.name} is {units.convert(one, 'mol/L', unit):.4g} {unit}, at {drug.molar_mass_text}; a "
            f"window may be given in {unit})")


class Depots:
    """Cumulative mass (mg) that all doses together have fed into the body.

    Parameters
    ----------
    release : Release or None
        None for drug in solution, infused or at once.
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
                since = self._since(dose, first)
                yield np.minimum(since / dose.duration_hour, 1.0) if dose.duration_hour else (since > 0) * 1.0
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
    """The body of a drug card, and a tissue where there is one: models joined, numbers filled in.

    Parameters
    ----------
    drug : Drug
    unit : str
        Of the concentrations.
    site : Site, optional
        The tissue that drug is released into.
    into_blood : bool
        Whether drug enters as the card says, though there is a tissue (an infusion).

    Raises
    ------
    PredictionError
        If it does not end in a concentration, or the unit is not one.
    """

    def __init__(self, drug, unit, site=None, *, into_blood=False):
        alone = body_of(drug)
        self._check(drug, alone, unit)
        self.drug, self.site, self.per_unit = drug, site, units.inside(1.0, unit)
        self.model = alone if site is None else with_tissue(alone, catalogue.get_model("tissue", "body"),
                                                            into_blood=into_blood)
        self.parameters = {name: f"{p.value:g} {p.unit}" for name, p in drug.parameters.items()}
        self.entry = np.array([float(s == self.model.inlet) for s in self.model.states])
        self.stores = [s.name for s in self.model.stores]
        #: What holds from which hour on: (hour, values, rows of weights for plasma and tissue in mg/L).
        self.pieces = [(hour, *self._at(hour)) for hour in (0.0, *(site.breakpoints if site else ()))]
        #: The matrix and the weights of the first piece; a body without a tissue has no other.
        self.matrix = self._matrix(self.pieces[0][1]) if self.is_linear else None
        self.weights = self.pieces[0][2][0] / self.per_unit

    @property
    def is_linear(self):
        """Whether it answers in proportion to what is fed."""
        return self.model.is_linear

    @staticmethod
    def _check(drug, joined, unit):
        if units.dimension(unit) != units.dimension("mg/L"):
            raise PredictionError(f"'{unit}' is not a mass concentration; write for example ng/mL"
                                  + _molar(drug, unit))
        if joined.observed_dimension != dict(units.dimension("mg/L")) or not joined.observes_linearly:
            raise PredictionError(f"the body {' -> '.join(drug.body)} of {drug.name} does not end in a concentration "
                                  f"that is in proportion to the amounts; end it with one such as one_compartment")
        if joined.inlet is None:
            raise PredictionError(f"the body {' -> '.join(drug.body)} of {drug.name} has no inlet for drug")

    def _at(self, hour):
        given = {name: (p.value, p.unit) for name, p in self.drug.parameters.items()}
        if self.site is not None:
            here = self.site.at(hour)
            given |= {"v_tissue": (here["volume"], "L"), "q_exchange": (here["q_exchange"], "L/h"),
                      "partition": here["partition"], "clearance_local": (here.get("clearance_local", 0.0), "L/h")}
        values = self.model.values(given)
        rows = [observed_weights(self.model, values)]
        if self.site is not None:
            rows.append(np.array([float(s.name == "tissue") for s in self.model.states]) / values["v_tissue"])
        return values, np.array(rows)

    def _matrix(self, values):
        return linear.matrix(self.model, values, Environment().at(0.0))

    def states(self, hours, mass):
        """States (mg) at ``hours`` when ``mass`` is fed, and the areas under plasma and tissue up to then (mg h/L).

        Returns
        -------
        array (..., times, states), array (..., times, 1 or 2)
        """
        n, m = len(self.entry), len(self.pieces[0][2])
        edges = [int(np.searchsorted(hours, hour)) for hour, *_ in self.pieces]
        found = np.zeros((*mass.shape[:-2], len(hours), n + m))
        fed, begin = np.zeros(mass.shape[:-2]), None
        for (_, values, rows), first, last in zip(self.pieces, edges, [*edges[1:], len(hours) - 1], strict=True):
            last = min(last, len(hours) - 1)
            if last <= first:
                continue
            part = found[..., first: last + 1, :]
            part[...] = self._piece(values, rows, hours[first: last + 1], fed, mass[..., first:last, :], begin)
            fed, begin = mass[..., last - 1, -1], part[..., -1, :].copy()
        return found[..., :n], found[..., n:]

    def _piece(self, values, rows, hours, fed, mass, begin):
        """States and areas while nothing but the fed mass changes."""
        n, m = len(self.entry), len(rows)
        if not self.is_linear:
            numbers = [values[s.name] for s in self.model.symbols]
            weights = np.hstack([rows, np.zeros((m, n - rows.shape[1]))])
            return fed_nonlinear(self.model, numbers, self.entry, hours, fed, mass, begin, weights)
        whole = np.zeros((n + m, n + m))
        whole[:n, :n], whole[n:, :n] = self._matrix(values), rows
        return inputs.fed_states(whole, np.append(self.entry, np.zeros(m)), hours, fed, mass, begin)

    def concentrations(self, hours, states):
        """Concentrations in plasma, and in the tissue where there is one, in the chosen unit, (..., times) each."""
        starts = np.array([hour for hour, *_ in self.pieces])
        which = np.clip(np.searchsorted(starts, hours, side="right") - 1, 0, None)
        rows = np.array([weights for *_, weights in self.pieces])[which] / self.per_unit
        found = [np.einsum("...tn,tn->...t", states, rows[:, k]) for k in range(rows.shape[1])]
        # Rounding may leave a little less than nothing before anything is released, and `JUST_AFTER` next to nothing.
        return [np.where(each < NOTHING, 0.0, each) for each in found]

    def plasma(self, hours, mass):
        """Concentration in plasma at ``hours`` in the chosen unit when ``mass`` is fed."""
        return self.concentrations(hours, self.states(hours, mass)[0])[0]

    def area_per_mg(self, piece=-1):
        """Areas under plasma and tissue (mg h/L) that one milligram leaves in the end; None for a nonlinear body.

        Infinite for a store that drug cannot leave.
        """
        if not self.is_linear:
            return None
        _, values, rows = self.pieces[piece]
        a = self._matrix(values)
        leaves = np.diag(a) < 0
        with np.errstate(divide="ignore", invalid="ignore"):
            if np.any(self.entry[~leaves]):
                return np.where(rows @ self.entry > 0, np.inf, 0.0)
            return rows[:, leaves] @ np.linalg.solve(-a[np.ix_(leaves, leaves)], self.entry[leaves])
