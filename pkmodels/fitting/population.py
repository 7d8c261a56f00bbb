"""A curve fitted to several people at once: typical values and how they vary, by approximate maximum likelihood.

Lindstrom and Bates (lindstrom1990): in turn, penalised least squares for typical values and everybody's deviations with
the variances held, and a linear mixed-effects likelihood for the variances around them.
"""

from dataclasses import dataclass

import numpy as np

from .. import units
from ..errors import FitError, unknown
from ..solve import observe, sensitivities
from ..studies import Plasma
from . import bounds, polish, search
from .plasma_curves import plasma_curve
from .plasma_fit import dose_of
from .problem import Problem

ROUNDS, STEPS = 100, 50
CONVERGED = 1e-7


@dataclass(frozen=True, eq=False, repr=False)
class PopulationFit:
    """Typical values and their variation between people; prints itself.

    Parameters
    ----------
    curve : Curve
    typical : dict of str to float
        In ``units``: the value of somebody without deviation.
    centre, centre_error : dict of str to float
        The same on the scale of the effects (natural logarithm, or the number itself), and its standard error.
    variation : dict of str to float
        Standard deviation between people on that scale.
    plain : tuple of str
        Parameters whose effects are on the numbers themselves.
    effects : DataFrame
        Everybody's deviations.
    residual : float
        Standard deviation of a measurement, in ``unit``.
    log_likelihood : float
        Of the linear approximation at the end.
    units : dict of str to str
    unit, source : str
    points : int
    """

    curve: object
    typical: dict
    centre: dict
    centre_error: dict
    variation: dict
    plain: tuple
    effects: object
    residual: float
    log_likelihood: float
    units: dict
    unit: str
    source: str
    points: int

    @property
    def table(self):
        """Typical value, centre with standard error, and variation of every parameter."""
        import pandas as pd

        return pd.DataFrame({name: {
            "typical": self.typical[name], "unit": self.units[name], "centre": self.centre[name],
            "standard error": self.centre_error[name], "sd between people": self.variation.get(name, np.nan),
            "scale": "plain" if name in self.plain else "log"} for name in self.typical}).T

    def __repr__(self):
        from tabulate import tabulate

        rows = [[name, f"{self.typical[name]:.5g}", self.units[name], f"{self.centre[name]:.5g}",
                 f"{self.centre_error[name]:.2g}", f"{self.variation[name]:.4g}" if name in self.variation else "",
                 "plain" if name in self.plain else "log"] for name in self.typical]
        return "\n".join([
            f"{self.curve.title}, {len(self.effects)} people of {self.source or 'a table'}",
            tabulate(rows, ["", "typical", "unit", "centre", "standard error", "sd between people", "scale"],
                     disable_numparse=True),
            f"standard deviation of a measurement {self.residual:.4g} {self.unit}; log likelihood "
            f"{self.log_likelihood:.4f} of {self.points} points (linear approximation around everybody's curve)"])


def fit_population(plasma, curve, *, random, plain=(), dose=None, seed=1):
    """Fit a closed curve to several people at once, with variation between them.

    ``parameter_i = exp(centre + deviation_i)`` (or ``centre + deviation_i`` for those in ``plain``), deviations normal
    and independent of one another, equal normal errors of all measurements; maximum likelihood by the linear
    approximation of Lindstrom and Bates, as R's nlme with ``pdDiag`` has it.

    Parameters
    ----------
    plasma : Plasma
        Of several subjects.
    curve : str or Curve
        As for `fit_plasma`.
    random : sequence of str
        Parameters that vary between people.
    plain : sequence of str
        Parameters whose effects are on the number itself and not on its logarithm.
    dose : str or mapping of str to str, optional
        One for all, or one per subject; the dose column of the data when not given.
    seed : int
        Of the search for the start, all people taken as one.

    Returns
    -------
    PopulationFit

    Raises
    ------
    FitError
        If there are too few people, or the rounds do not come to rest.

    """
    curve = plasma_curve(curve)
    names = [p.name for p in curve.parameters]
    for name in (*random, *plain):
        if name not in names:
            raise unknown(f"parameter of {curve.name}", name, names)
    if not isinstance(plasma, Plasma) or len(plasma.subjects) < 3:
        raise FitError("a population needs concentrations (read_plasma) of at least three subjects; fit one subject "
                       "with fit_plasma")
    if np.ptp(plasma.frame["concentration"]) == 0:
        raise FitError("all concentrations are the same, so there is no scatter to tell apart; look at the data first")
    if not random:
        raise FitError(f"say which parameters vary between people, such as random=('{names[-1]}',)")
    people = _People(plasma, curve, tuple(random), tuple(plain), dose)
    centre, theta = people.start(seed), np.zeros(len(random))
    deviations = np.zeros((len(people.each), len(random)))
    for _ in range(ROUNDS):
        before = np.concatenate([centre, theta])
        centre, deviations = people.penalised(centre, deviations, np.exp(-theta))
        theta, found = people.linear(centre, deviations, theta)
        if np.max(np.abs(np.concatenate([found["centre"], theta]) - before)) < CONVERGED:
            break
        centre, deviations = found["centre"], found["deviations"]
    else:
        raise FitError(f"the fit did not come to rest in {ROUNDS} rounds; let fewer parameters vary")
    return _result(people, found, theta, plasma)


def _result(people, found, theta, plasma):
    import pandas as pd

    sigma = found["sigma"]
    typical = {name: units.outside(float(value), p.unit) for name, value, p in zip(
        people.names, people.values(found["centre"]), people.curve.parameters, strict=True)}
    return PopulationFit(
        curve=people.curve, typical=typical, centre=dict(zip(people.names, map(float, found["centre"]), strict=True)),
        centre_error=dict(zip(people.names, map(float, found["error"]), strict=True)),
        variation={name: float(sigma * np.exp(t)) for name, t in zip(people.random, theta, strict=True)},
        plain=people.plain, effects=pd.DataFrame(found["deviations"], index=plasma.subjects, columns=people.random),
        residual=float(units.outside(sigma, plasma.unit)), log_likelihood=float(found["log_likelihood"]),
        units={p.name: p.unit for p in people.curve.parameters}, unit=plasma.unit, source=plasma.source,
        points=people.points)


class _People:
    """The data of all people, and the curve with its slopes on the scale of the effects."""

    def __init__(self, plasma, curve, random, plain, dose):
        self.curve, self.random, self.plain = curve, random, plain
        self.names = [p.name for p in curve.parameters]
        self.columns = [self.names.index(name) for name in random]
        self.is_plain = np.array([name in plain for name in self.names])
        self.each = []
        for subject in plasma.subjects:
            part = plasma.only(subject)
            kept = part.frame[~part.frame["below_limit"]]
            given = dose.get(subject) if isinstance(dose, dict) else dose
            self.each.append((kept["time_hour"].to_numpy(), kept["concentration"].to_numpy(),
                              dose_of(part, given, curve)))
        self.points = sum(len(times) for times, _, _ in self.each)

    def start(self, seed):
        """Centres of all people taken as one."""
        times, values = (np.concatenate([one[k] for one in self.each]) for k in (0, 1))
        doses = np.concatenate([np.full(len(one[0]), one[2]) for one in self.each])
        conditions = {"dose": doses} if self.curve.conditions else {}
        problem = Problem(self.curve, times, values, bounds.box(self.curve, times), conditions=conditions)
        found, _ = search.search(problem, seed)
        polished = polish.polish(problem, found[0], {p.name: p.unit for p in self.curve.parameters})
        inside = np.array([units.inside(polished.values[p.name], p.unit) for p in self.curve.parameters])
        return np.where(self.is_plain, inside, np.log(inside))

    def values(self, effects):
        """Numbers (inside units) of effects."""
        return np.where(self.is_plain, effects, np.exp(np.clip(np.where(self.is_plain, 0.0, effects), -700, 700)))

    def curves(self, centre, deviations):
        """Misses and slopes by the effects of every person."""
        for (times, measured, dose), deviation in zip(self.each, deviations, strict=True):
            effects = centre.copy()
            effects[self.columns] += deviation
            numbers = self.values(effects)
            values = dict(zip(self.names, numbers, strict=True)) | ({"dose": dose} if self.curve.conditions else {})
            slopes = sensitivities(self.curve, values, times) * np.where(self.is_plain, 1.0, numbers)
            yield measured - observe(self.curve, values, times), slopes

    def penalised(self, centre, deviations, precision):
        """Centres and deviations that minimise the squared misses and the squared deviations times their precision."""
        p, (m, q) = len(centre), deviations.shape
        place = np.concatenate([centre, deviations.ravel()])
        cost = self._cost(place, p, precision)
        for _ in range(STEPS):
            rows, misses = [], []
            pairs = self.curves(place[:p], place[p:].reshape(m, q))
            for i, (miss, slope) in enumerate(pairs):
                row = np.zeros((len(miss), len(place)))
                row[:, :p] = slope
                row[:, p + i * q: p + (i + 1) * q] = slope[:, self.columns]
                rows.append(row)
                misses.append(miss)
            penalty = np.zeros((m * q, len(place)))
            penalty[:, p:] = np.diag(np.tile(precision, m))
            rows.append(penalty)
            misses.append(-np.tile(precision, m) * place[p:])
            step = np.linalg.lstsq(np.concatenate(rows), np.concatenate(misses), rcond=None)[0]
            size = 1.0
            while (trial := self._cost(place + size * step, p, precision)) > cost and size > 1e-9:
                size /= 2
            if size <= 1e-9:
                break
            place, gain, cost = place + size * step, cost - trial, trial
            if gain <= 1e-14 * cost:
                break
        return place[:p], place[p:].reshape(m, q)

    def _cost(self, place, p, precision):
        deviations = place[p:].reshape(len(self.each), -1)
        with np.errstate(over="ignore", invalid="ignore"):
            total = sum(float(miss @ miss) for miss, _ in self.curves(place[:p], deviations))
        total += float(np.sum((deviations * precision) ** 2))
        return total if np.isfinite(total) else np.inf

    def linear(self, centre, deviations, theta):
        """The variances (logarithms of the deviations' standard deviations over that of a measurement) that make the
        linearised measurements likeliest, and centres and deviations with them."""
        from scipy.optimize import minimize  # loads slowly

        linearised = [(miss + slope @ centre + slope[:, self.columns] @ deviation, slope, slope[:, self.columns])
                      for (miss, slope), deviation in zip(self.curves(centre, deviations), deviations, strict=True)]
        best = minimize(lambda at: -self._likelihood(at, linearised)["log_likelihood"], theta, method="BFGS",
                        options={"gtol": 1e-9})
        return best.x, self._likelihood(best.x, linearised)

    def _likelihood(self, theta, linearised):
        """The likelihood of the linear model with these variances, centres and residual at their best."""
        variances = np.exp(2 * np.clip(theta, -20, 20))
        normal, right, logs, solved = 0.0, 0.0, 0.0, []
        for w, x, z in linearised:
            whole = np.eye(len(w)) + (z * variances) @ z.T
            inverse = np.linalg.inv(whole)
            logs += np.linalg.slogdet(whole)[1]
            normal, right = normal + x.T @ inverse @ x, right + x.T @ inverse @ w
            solved.append(inverse)
        centre = np.linalg.solve(normal, right)
        rest = [w - x @ centre for w, x, _ in linearised]
        n = self.points
        square = sum(float(r @ inverse @ r) for r, inverse in zip(rest, solved, strict=True)) / n
        deviations = np.array([variances * (z.T @ inverse @ r) for (_, _, z), inverse, r in zip(
            linearised, solved, rest, strict=True)])
        return {"centre": centre, "deviations": deviations, "sigma": np.sqrt(square),
                "error": np.sqrt(square * np.diag(np.linalg.inv(normal))),
                "log_likelihood": -n / 2 * (np.log(2 * np.pi * square) + 1) - logs / 2}
