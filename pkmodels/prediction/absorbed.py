"""The share of a dose that has arrived in the blood, read off a plasma curve by mass balance."""

from dataclasses import dataclass

import numpy as np

from .. import units
from ..errors import PredictionError
from ..solve import linear
from .disposition import disposition
from .in_vivo_fit import in_mass, points, share_available

METHODS = ("wagner-nelson", "loo-riegelman", "fraction of auc")


@dataclass(frozen=True, eq=False, repr=False)
class Absorbed:
    """Arrived shares at the sampling times; prints itself.

    Parameters
    ----------
    table : DataFrame
        time, share of the dose (that can arrive), share of all that had arrived by the last sample.
    method : str
    notes : tuple of str
    """

    table: object
    method: str
    notes: tuple

    @property
    def share(self):
        """Share of the dose at every time."""
        return self.table["share"].to_numpy(copy=True)

    def __repr__(self):
        from tabulate import tabulate

        rows = tabulate(self.table.map(lambda x: f"{x:.4g}").values.tolist(), list(self.table.columns),
                        disable_numparse=True)
        return "\n".join([f"arrived in the blood, by {self.method}", rows, *(f"- {note}" for note in self.notes)])


def absorbed(plasma, source, dose, *, method, bioavailability=None):
    """The share of the dose that has arrived in the blood by every sampling time.

    Wagner-Nelson (one compartment) and Loo-Riegelman (several): what is in the body plus what has left it. Between
    samples the concentration runs straight, and the peripheral compartments answer that exactly. Fraction of AUC:
    ``CL AUC(0-t)/dose``, which is what has left, so it is late by the mean residence time of the drug.

    Parameters
    ----------
    plasma : Plasma
        Of one subject or a mean, after one dose.
    source : str, Drug, PlasmaFit or Disposition
        What the body does, from an intravenous dose or a solution: see `disposition`. Never the depot's own curve.
    dose : str
        Such as ``"3.6 mg"``.
    method : {"wagner-nelson", "loo-riegelman", "fraction of auc"}
    bioavailability : float, optional
        Share of what is released that reaches the blood; the drug card's when not given.

    Returns
    -------
    Absorbed

    Raises
    ------
    PredictionError
        If the method does not fit the body, or the disposition is a depot's.
    """
    if method not in METHODS:
        raise PredictionError(f"method = {method!r} is not known; choose {', '.join(METHODS)}")
    body = disposition(source)
    if method == "wagner-nelson" and body.compartments > 1:
        raise PredictionError(f"Wagner-Nelson is for one compartment, and {body.words} has {body.compartments}; take "
                              f"'loo-riegelman', which counts what is in the others")
    plasma, turned = in_mass(plasma, body)
    hours, measured, notes = points(plasma, zeros=True)
    notes += turned
    number, unit = units.quantity(dose, "mg", "3.6 mg")
    available = share_available(body, bioavailability)
    if not number > 0:
        raise PredictionError(f"a dose of {dose} is not possible; give one above zero, such as '3.6 mg'")
    if hours[0] > 0:
        hours, measured = np.append(0.0, hours), np.append(0.0, measured)
        notes += ("no sample at time 0: the concentration there is taken as 0",)
    amount = _left(body, hours, measured) if method == "fraction of auc" else _arrived(body, hours, measured)
    if method == "fraction of auc":
        notes += (f"late by the mean residence time of the drug, {body.mean_residence_hours:.3g} h; fair only where "
                  f"release is much slower",)
    share = amount / (units.inside(number, unit) * available)
    if share.max() > 1.05:
        notes += (f"more than the dose seems to have arrived ({100 * share.max():.0f} %): clearance, bioavailability "
                  "or "
                  f"the assay do not go together with these concentrations",)
    import pandas as pd

    table = pd.DataFrame({f"time ({plasma.time_unit})": units.outside(hours, plasma.time_unit), "share": share,
                          "of all that arrived": share / share[-1] if share[-1] else np.nan})
    return Absorbed(table, method, (*notes, f"disposition from {body.words}"))


def _left(body, hours, measured):
    """Milligrams that have left the body."""
    return body.clearance * np.append(0.0, np.cumsum((measured[1:] + measured[:-1]) / 2 * np.diff(hours)))


def _arrived(body, hours, measured):
    """Milligrams that have entered where concentrations are measured, from the balance of that place.

    The states are rewritten so that the first one is what is measured, in milligrams, and only it receives drug:
    then its input is its own change, less what its equation explains.
    """
    living = [k for k in range(len(body.matrix)) if body.matrix[k, k] < 0]
    a, entry, weights = body.matrix[np.ix_(living, living)], body.entry[living], body.weights[living]
    direct = weights @ entry
    if not direct > 0:
        raise PredictionError(f"{body.words} includes absorption from the place of injection, which cannot be read off "
                              f"backwards; take a disposition without it, or fit_in_vivo")
    n = len(entry)
    first = int(np.argmax(weights * entry))
    into = np.eye(n) - np.outer(entry, weights) / direct
    into[first] = weights / direct
    a = into @ a @ np.linalg.inv(into)
    rest = [k for k in range(n) if k != first]
    central = measured / direct
    # Others y, their integrals, and the central amount running straight (value and slope), stepped exactly.
    m = len(rest)
    block = np.zeros((2 * m + 3, 2 * m + 3))
    block[:m, :m] = a[np.ix_(rest, rest)]
    block[:m, 2 * m] = a[rest, first]
    block[m:2 * m, :m] = np.eye(m)
    block[2 * m, 2 * m + 1] = 1.0
    block[2 * m + 2, 2 * m] = 1.0
    state = np.zeros(2 * m + 3)
    found = np.zeros(len(hours))
    found[0] = central[0]
    steps = np.diff(hours)
    for k, forward in enumerate(linear.exponentials(block, steps)):
        state[2 * m: 2 * m + 2] = central[k], (central[k + 1] - central[k]) / steps[k]
        state = forward @ state
        explained = a[first, first] * state[2 * m + 2] + a[first, rest] @ state[m:2 * m]
        found[k + 1] = central[k + 1] - explained
    return found
