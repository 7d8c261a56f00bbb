"""From plasma back to release: fitted in one stage through a known body."""

import html
from dataclasses import dataclass

from .. import catalogue, units
from ..errors import PredictionError
from .disposition import disposition
from .predicting import check_kinds
from .regimen import read_regimen


@dataclass(frozen=True, eq=False, repr=False)
class InVivoFit:
    """A release fitted to plasma; prints itself with what was fitted and what was taken.

    Parameters
    ----------
    model : Curve or Model
    values, stderr : dict of str to float
        In ``units``.
    units : dict of str to str
    release : Release
        For `predict`, with its uncertainty.
    table : DataFrame
        time, measured, predicted (in the data's units) and their ratio.
    statistics : dict
    taken, fitted : tuple of str
        In sentences.
    notes : tuple of str
    """

    model: object
    values: dict
    stderr: dict
    units: dict
    release: object
    table: object
    statistics: dict
    taken: tuple
    fitted: tuple
    notes: tuple

    def to_dict(self):
        """Plain numbers and texts for JSON."""
        return {"model": self.model.name, "parameters": {
            name: {"value": value, "stderr": self.stderr[name], "unit": self.units[name]}
            for name, value in self.values.items()}, "points": self.table.to_dict("records"),
            "statistics": self.statistics, "taken": list(self.taken), "fitted": list(self.fitted),
            "notes": list(self.notes)}

    def _lines(self):
        from tabulate import tabulate

        yield f"{self.model.title}, fitted to plasma through the body"
        yield tabulate([[name, f"{value:.4g}", f"{self.stderr[name]:.2g}", self.units[name],
                         self.model.parameter(name).meaning] for name, value in self.values.items()],
                       ["", "value", "standard error", "unit", ""], disable_numparse=True)
        yield tabulate(self.table.map(lambda x: f"{x:.4g}").values.tolist(), list(self.table.columns),
                       disable_numparse=True)
        yield f"misses the points by {100 * self.statistics['relative_rmse']:.3g} % of each"
        for title, said in (("taken", self.taken), ("fitted", self.fitted), ("note", self.notes)):
            yield from (f"- {title}: {each}" for each in said)

    def __repr__(self):
        return "\n".join(self._lines())

    def _repr_html_(self):
        return f"<pre>{html.escape(repr(self))}</pre>"


def fit_in_vivo(plasma, model, source, regimen, *, fixed=None, bioavailability=None, weights="1/y2", seed=1):
    """Fit a release model to plasma concentrations, the body being known (one-stage convolution).

    Every dose is a depot of its own; the body answers each exactly, so nothing is deconvolved.

    Parameters
    ----------
    plasma : Plasma
        Of one subject or a mean.
    model : str or Curve or Model
        A release model, such as ``"biexponential+plateau"``.
    source : str, Drug, PlasmaFit or Disposition
        What the body does: see `disposition`. Never the depot's own curve.
    regimen : str or Regimen
        Such as ``"62 mg once"``.
    fixed : mapping, optional
        Parameters that are known, from the vial for instance.
    bioavailability : float, optional
        Share of what is released that reaches the blood; the drug card's when not given.
    weights : {"1/y2", "1/y", "none"}
    seed : int

    Returns
    -------
    InVivoFit

    Raises
    ------
    PredictionError, FitError
    """
    body = disposition(source)
    model = catalogue.get_model(model) if isinstance(model, str) else model
    if getattr(model, "closed_vessel", ""):
        raise PredictionError(f"{model.name} cannot be fitted in a patient: {model.closed_vessel}")
    plasma, turned = in_mass(plasma, body)
    hours, measured, notes = points(plasma)
    notes += turned
    if not len(hours):
        raise PredictionError("no concentration is above zero, so there is nothing to fit")
    available = share_available(body, bioavailability)
    regimen = read_regimen(regimen) if isinstance(regimen, str) else regimen
    check_kinds(None, regimen, seed)
    if regimen is None or regimen.steady:
        raise PredictionError(f"'{regimen}' is not possible here: the release is fitted from the first dose on; give "
                              f"all doses since then, such as '62 mg every 28 days x 3'")
    doses = regimen.doses(float(hours[-1]) + 1e-9)
    if any(dose.duration_hour for dose in doses):
        raise PredictionError(f"'{regimen}' is an infusion, but a carrier is injected at once; leave 'over ...' away")
    if weights not in ("1/y2", "1/y", "none"):
        raise PredictionError(f"weights = {weights!r} is not possible; choose '1/y2', '1/y' or 'none'")
    from ..fitting.convolved import fit_release  # loads slowly

    found = fit_release(model, (body.matrix, body.entry, body.weights),
                        [(dose.time_hour, available * dose.amount_mg) for dose in doses], hours, measured, fixed=fixed,
                        weights=weights, seed=seed)
    return _result(found, model, plasma, hours, measured, body, available, regimen, fixed, weights, notes)


def _result(found, model, plasma, hours, measured, body, available, regimen, fixed, weights, notes):
    import pandas as pd

    shown = {p.name: p.unit for p in model.parameters}
    table = pd.DataFrame({
        f"time ({plasma.time_unit})": units.outside(hours, plasma.time_unit),
        f"measured ({plasma.unit})": units.outside(measured, plasma.unit),
        f"predicted ({plasma.unit})": units.outside(found.predicted, plasma.unit),
        "predicted/measured": found.predicted / measured})
    polished = found.polished
    notes += tuple(f"{name} ended at its {side} bound: these points do not tell it"
                   for name, side in polished.at_bound.items())
    taken = (f"disposition from {body.words}, clearance {body.clearance:.4g} L/h",
             f"{100 * available:.4g} % of what is released reaches the blood", f"regimen {regimen}",
             *(f"{name} = {value}" for name, value in (fixed or {}).items()))
    fitted = (f"{', '.join(polished.free)} of {model.name}, by {len(measured)} concentrations, weights {weights}",)
    return InVivoFit(model=model, values=polished.values, stderr=polished.stderr, units=shown, release=found.release,
                  table=table, statistics=found.statistics, taken=taken, fitted=fitted, notes=notes)


def share_available(body, given):
    """The share of what is released that reaches the blood: the body's, or what is given."""
    if given is None:
        return body.available
    if isinstance(given, bool) or not isinstance(given, (int, float)) or not 0 < given <= 1:
        raise PredictionError(f"bioavailability = {given!r} is not possible; give a share above 0 and up to 1")
    return float(given)


def in_mass(plasma, body):
    """The concentrations as mass, by the molar mass on the drug's card where they are molar, and what was done."""
    from ..studies import Plasma  # loads slowly

    if not isinstance(plasma, Plasma) or not plasma.molar or body.molar_mass is None:
        return plasma, ()
    found = plasma.by_mass(body.molar_mass, "of the drug card")
    return found, found.notes[-1:]


def points(plasma, zeros=False):
    """Hours and mg/L of one subject above the limit (and zeros, if asked for), and what was left out."""
    from ..studies import Plasma  # loads slowly

    if not isinstance(plasma, Plasma):
        raise PredictionError(f"concentrations are needed (read_plasma), not a {type(plasma).__name__}")
    if len(plasma.subjects) > 1:
        raise PredictionError(f"there are {len(plasma.subjects)} subjects; choose one with "
                              f"plasma.only('{plasma.subjects[0]}')")
    if plasma.molar:
        raise PredictionError("the concentrations are molar and doses are masses; read them with their molar mass")
    frame = plasma.frame
    kept = ~frame["below_limit"] & ((frame["concentration"] > 0) | zeros)
    left = int((~kept).sum())
    notes = (f"{left} samples of zero or below the limit of quantification are left out",) if left else ()
    return frame["time_hour"].to_numpy()[kept], frame["concentration"].to_numpy()[kept], notes
