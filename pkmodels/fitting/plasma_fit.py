"""Least squares of a closed curve to the concentrations of one subject."""

import html
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .. import units
from ..errors import FitError, unknown
from ..solve import also, observe
from ..studies import Plasma
from . import bounds, polish, search
from .plasma_curves import plasma_curve
from .problem import Problem

WEIGHTS = ("none", "1/y", "1/y2")


@dataclass(frozen=True, eq=False, repr=False)
class PlasmaFit:
    """A curve through concentrations; prints itself.

    Parameters
    ----------
    curve : Curve
    plasma : Plasma
        Of one subject.
    values, stderr : dict of str to float
        In ``units``; the standard error is NaN where there is none.
    covariance : ndarray, shape (free, free)
        Of the parameters in ``free``, in their units.
    free : tuple of str
    units : dict of str to str
    dose_mg : float
    statistics : dict
        n, freedom, ss (sum of squares as it was minimised), rse (residual standard error).
    weights : str
    notes : tuple of str
    """

    curve: object
    plasma: Plasma
    values: dict
    stderr: dict
    covariance: np.ndarray
    free: tuple
    units: dict
    dose_mg: float
    statistics: dict
    weights: str
    notes: tuple

    @cached_property
    def inside(self):
        """The values in the units used inside, with the dose where the curve needs one."""
        found = {name: units.inside(value, self.units[name]) for name, value in self.values.items()}
        return found | ({"dose": self.dose_mg} if self.curve.conditions else {})

    def predict(self, hours):
        """Concentrations at ``hours``, in the unit of the data."""
        return units.outside(observe(self.curve, self.inside, np.asarray(hours, dtype=float)), self.plasma.unit)

    @property
    def table(self):
        """Value, standard error, coefficient of variation and unit of every parameter."""
        import pandas as pd

        rows = {name: {"value": value, "standard error": self.stderr[name],
                       "cv (%)": 100 * self.stderr[name] / abs(value) if value else np.nan, "unit": self.units[name],
                       "meaning": self.curve.parameter(name).meaning} for name, value in self.values.items()}
        return pd.DataFrame(rows).T

    def to_dict(self):
        """Plain numbers and texts for JSON."""
        return {"curve": self.curve.name, "source": self.plasma.source, "weights": self.weights,
                "parameters": {name: {"value": value, "stderr": None if np.isnan(self.stderr[name])
                                      else self.stderr[name], "unit": self.units[name]}
                               for name, value in self.values.items()},
                "statistics": self.statistics, "notes": list(self.notes)}

    def _lines(self):
        from tabulate import tabulate

        n, freedom = self.statistics["n"], self.statistics["freedom"]
        subject = self.plasma.subjects[0]
        whose = f", subject {subject}" if subject else ""
        yield f"{self.curve.title} fitted to {self.plasma.source or 'a table'}{whose}"
        rows = [[name, f"{value:.5g}", f"{self.stderr[name]:.2g}", self.units[name], self.curve.parameter(name).meaning]
                for name, value in self.values.items()]
        further = also(self.curve, self.inside) if self.curve.also else {}
        rows += [[a.name, f"{units.outside(further[a.name], a.unit):.5g}", "", a.unit, a.meaning]
                 for a in self.curve.also]
        yield tabulate(rows, ["", "value", "standard error", "unit", ""], disable_numparse=True)
        yield (f"residual standard error {self.statistics['rse']:.4g} on {freedom} degrees of freedom, {n} points, "
               f"weights {self.weights}")
        yield from (f"- {note}" for note in self.notes)

    def __repr__(self):
        return "\n".join(self._lines())

    def _repr_html_(self):
        return f"<pre>{html.escape(repr(self))}</pre>"


def fit_plasma(plasma, curve, *, dose=None, weights="none", seed=1):
    """Fit a closed curve to the concentrations of one subject by least squares.

    Parameters
    ----------
    plasma : Plasma
        Of one subject: ``plasma.only("1")``.
    curve : str or Curve
        ``"absorption"``, ``"one_exponential"``, ``"two_exponentials"``, ``"three_exponentials"``, or a curve of your
        own in mg/L.
    dose : str, optional
        Such as ``"320 mg"``, for a curve that needs it; the dose column of the data when not given.
    weights : {"none", "1/y", "1/y2"}
        By the measured concentration.
    seed : int
        Of the spread of the starts.

    Returns
    -------
    PlasmaFit

    Raises
    ------
    FitError
        If there are several subjects, too few points, or no dose where one is needed.
    """
    curve = plasma_curve(curve)
    if weights not in WEIGHTS:
        raise unknown("kind of weights", weights, WEIGHTS)
    if not isinstance(plasma, Plasma):
        raise FitError(f"fit_plasma needs concentrations (read_plasma), not a {type(plasma).__name__}")
    if len(plasma.subjects) > 1:
        raise FitError(f"there are {len(plasma.subjects)} subjects; choose one with "
                       f"plasma.only('{plasma.subjects[0]}')")
    if plasma.molar:
        raise FitError("the concentrations are molar; read them with their molar mass")
    times, values, notes = _points(plasma, weights)
    wanted = len(curve.parameters)
    if len(np.unique(times)) <= wanted:
        raise FitError(f"{curve.name} has {wanted} parameters, and there are {len(np.unique(times))} sampling times; "
                       f"take a simpler curve")
    amount = dose_of(plasma, dose, curve)
    conditions = {"dose": np.full(len(times), amount)} if curve.conditions else {}
    whitening = None if weights == "none" else values ** (-0.5 if weights == "1/y" else -1.0)
    problem = Problem(curve, times, values, bounds.box(curve, times), whitening=whitening, conditions=conditions)
    found, _ = search.search(problem, seed)
    if not len(found):
        raise FitError(f"no values of {curve.name} follow these concentrations; look at the data first")
    shown = {p.name: p.unit for p in curve.parameters}
    polished = polish.polish(problem, found[0], shown)
    ss = float(np.sum(polished.residual**2))
    freedom = len(times) - len(polished.free)
    if curve.name == "absorption":
        notes += ("a curve alone cannot tell absorption from elimination (flip-flop): the faster rate is called "
                  "absorption",)
    notes += tuple(f"{name} ended at its {side} bound: these points do not tell it"
                   for name, side in polished.at_bound.items())
    return PlasmaFit(curve=curve, plasma=plasma, values=polished.values, stderr=polished.stderr, free=polished.free,
                     covariance=polished.covariance, units=shown, dose_mg=amount, weights=weights, notes=notes,
                     statistics={"n": len(times), "freedom": freedom, "ss": ss, "rse": float(np.sqrt(ss / freedom))})


def _points(plasma, weights):
    """Times and concentrations that are fitted, and what was left out."""
    frame = plasma.frame
    kept = ~frame["below_limit"]
    notes = (f"{int((~kept).sum())} samples below the limit of quantification are left out",) if not kept.all() else ()
    if weights != "none" and (zero := kept & (frame["concentration"] == 0)).any():
        notes += (f"{int(zero.sum())} concentrations of zero have no weight {weights} and are left out",)
        kept &= frame["concentration"] > 0
    return frame["time_hour"].to_numpy()[kept], frame["concentration"].to_numpy()[kept], notes


def dose_of(plasma, given, curve):
    """Milligrams, from the call or the dose column; NaN for a curve that needs none."""
    if not curve.conditions:
        return np.nan
    if given is not None:
        number, unit = units.quantity(given, "mg", "320 mg")
        amount = units.inside(number, unit)
    else:
        amount = float(plasma.frame["dose_mg"].iloc[0])
    if not amount > 0:
        raise FitError(f"{curve.name} needs the dose; give for example dose='320 mg'")
    return amount
