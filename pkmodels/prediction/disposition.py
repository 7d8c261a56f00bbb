"""What the body does with drug that has arrived: from a drug card, or from a curve after an intravenous dose."""

from dataclasses import dataclass

import numpy as np

from .. import catalogue, units
from ..environment import Environment
from ..errors import PredictionError
from ..model import join
from ..solve import linear, observed_weights
from .drug import Drug, read_drug

FROM_A_DEPOT = ("a depot's curve shows how fast the drug is released, not how fast it leaves the body (flip-flop), so "
                "no "
                "disposition is taken from it; give a drug card, or data after an intravenous dose or a solution")


@dataclass(frozen=True, eq=False)
class Disposition:
    """A linear body: amounts in its states, and the concentration that they make.

    Parameters
    ----------
    matrix : array (n, n)
        1/h.
    entry, weights : array (n,)
        Where drug enters, and mg/L per mg in every state.
    clearance : float
        L/h (over bioavailability where ``available`` was not known).
    available : float
        Bioavailability.
    compartments : int
        In which drug in the body is found, the place of injection not counted.
    words : str
        Where it was taken from.
    molar_mass : str, optional
        Of what is measured, for concentrations in moles.
    """

    matrix: np.ndarray
    entry: np.ndarray
    weights: np.ndarray
    clearance: float
    available: float
    compartments: int
    words: str
    molar_mass: str | None = None

    def _repr_html_(self):
        import html

        return (f"<p>{html.escape(self.words)}: clearance {self.clearance:.4g} L/h, bioavailability "
                f"{self.available:.4g}, {self.compartments} compartments</p>")

    @property
    def mean_residence_hours(self):
        """Mean time that drug stays in the body: the area of its response times time, over its area."""
        kept = self._living
        inverse = np.linalg.inv(self.matrix[np.ix_(kept, kept)])
        area = -self.weights[kept] @ inverse @ self.entry[kept]
        return float(self.weights[kept] @ inverse @ inverse @ self.entry[kept] / area)

    @property
    def _living(self):
        """States from which drug goes on; what has been eliminated is none."""
        return [k for k in range(len(self.matrix)) if self.matrix[k, k] < 0]


def disposition(source, *, route=None, dose=None):
    """The disposition of a drug card or of a fitted curve.

    Parameters
    ----------
    source : str, Drug or PlasmaFit
        A drug card, or a curve fitted to plasma after a single dose.
    route : {"bolus", "solution"}
        Of a fitted curve: exponentials after an intravenous bolus, or ``"absorption"`` after a solution at the place
        where the depot goes; then the disposition includes absorption from there, and bioavailability is its own.
    dose : str
        Of the fitted curve, where it does not know it.

    Raises
    ------
    PredictionError
        For a depot's curve, or a body that is not linear.
    """
    if isinstance(source, Disposition):
        return source
    from ..fitting import PlasmaFit  # loads slowly

    if isinstance(source, PlasmaFit):
        return _of_fit(source, route, dose)
    drug = source if isinstance(source, Drug) else read_drug(source)
    return _of_drug(drug)


def linear_body(drug):
    """Matrix, entry and weights (mg/L per mg) of a drug card's body.

    Raises
    ------
    PredictionError
        If it is not linear, or does not end in a concentration.
    """
    joined = catalogue.get_model(drug.body[0], "body")
    for name in drug.body[1:]:
        joined = join(joined, catalogue.get_model(name, "body"))
    if not joined.is_linear or not joined.observes_linearly:
        raise PredictionError(f"the body {' -> '.join(drug.body)} of {drug.name} is not linear, so doses do not add "
                              "up; "
                              f"choose a set with a linear body")
    values = joined.values({name: (p.value, p.unit) for name, p in drug.parameters.items()})
    entry = np.array([float(state == joined.inlet) for state in joined.states])
    return linear.matrix(joined, values, Environment().at(0.0)), entry, observed_weights(joined, values)


def _of_drug(drug):
    matrix, entry, weights = linear_body(drug)
    kept = [k for k in range(len(matrix)) if matrix[k, k] < 0]
    area = -weights[kept] @ np.linalg.solve(matrix[np.ix_(kept, kept)], entry[kept])
    site = "injection_site" in drug.body
    return Disposition(matrix, entry, weights, float(1 / area), drug.bioavailability, len(kept) - site,
                       f"the drug card of {drug.name} (set {drug.set_name}: {drug.title})"
                       + (", apparent (CL/F, V/F)" if drug.apparent else ""), drug.molar_mass_text)


def _of_fit(fit, route, dose):
    if route == "depot":
        raise PredictionError(FROM_A_DEPOT)
    if route not in ("bolus", "solution"):
        raise PredictionError(f"route = {route!r}: say how the dose behind the curve was given, 'bolus' (intravenous) "
                              "or "
                              f"'solution'; {FROM_A_DEPOT}")
    if (fit.curve.name == "absorption") != (route == "solution"):
        raise PredictionError(f"after a {route} fit "
                              f"{'the curve absorption' if route == 'solution' else 'exponentials'}, "
                              f"not {fit.curve.name}")
    words = f"{fit.curve.title.lower()} fitted to {fit.plasma.source or 'plasma'} after a {route}"
    v = fit.inside
    if route == "solution":
        k, ka, clearance = v["k_elimination"], v["k_absorption"], v["clearance"]
        return Disposition(np.array([[-ka, 0.0], [ka, -k]]), np.array([1.0, 0.0]), np.array([0.0, k / clearance]),
                           clearance, 1.0, 1, words)
    if dose is None:
        raise PredictionError("give the dose of the bolus, such as dose='25 mg'")
    amount = units.inside(*units.quantity(dose, "mg", "25 mg"))
    if not amount > 0:
        raise PredictionError(f"a dose of {dose} is not possible; write for example '25 mg'")
    phases = [name.removeprefix("k_") for name in v if name.startswith("k_")]
    rates, heights = (np.array([v[f"{letter}_{phase}"] for phase in phases]) for letter in "kc")
    return Disposition(np.diag(-rates), np.ones(len(rates)), heights / amount, float(amount / np.sum(heights / rates)),
                       1.0, len(rates), words)
