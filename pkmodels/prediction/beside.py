"""A prediction beside what was published of the same dose: the values that a drug card holds to compare with."""

import html
import re
from dataclasses import dataclass

import numpy as np

from .. import units
from ..errors import PkmodelsError, PredictionError
from .drug import read_drug
from .regimen import read_regimen

#: Ends of the 95 % interval, and the middle.
_QUANTILES = (0.025, 0.5, 0.975)


@dataclass(frozen=True, eq=False, repr=False)
class Beside:
    """Published and predicted values of one dose; prints itself.

    Parameters
    ----------
    table : DataFrame
        quantity, published, predicted, low, high, predicted/published, what, source; one row per published value.
    unit : str
        Of the predicted concentrations.
    among : str
        What low and high are: ``"patients"``, ``"draws of the fit"``, or empty where there are none.
    notes : tuple of str
    """

    table: object
    unit: str
    among: str
    notes: tuple

    def _lines(self):
        from tabulate import tabulate

        rows = []
        for row in self.table.to_dict("records"):
            about = "" if np.isnan(row["low"]) else f" ({row['low']:.3g} to {row['high']:.3g})"
            ratio = "" if np.isnan(row["predicted/published"]) else f"{row['predicted/published']:.2f}"
            rows.append([row["quantity"], row["published"], f"{row['predicted']:.3g}{about} {row['unit']}", ratio,
                         row["what"], row["source"]])
        middle = f"predicted (95 % of {self.among})" if self.among else "predicted"
        if rows:
            yield tabulate(rows, ["", "published", middle, "ratio", "of what", "source"], disable_numparse=True)
        yield from (f"- {note}" for note in self.notes)

    @property
    def text(self):
        """The table and its notes."""
        return "\n".join(self._lines())

    def __repr__(self):
        return self.text

    def _repr_html_(self):
        return f"<pre>{html.escape(self.text)}</pre>"

    def __len__(self):
        return len(self.table)


def beside_published(prediction, drug=None):
    """Hold a prediction against the published values on the card of its drug.

    Only values of the same dose are compared: of a single dose with the time until the second one, averages of an
    interval with the last interval of the same length.

    Parameters
    ----------
    prediction : xarray.Dataset
        Of `predict` or `predict_population`, with plasma.
    drug : str or Drug, optional
        Whose card; that of the prediction when not given, which a card of your own needs.

    Returns
    -------
    Beside
        Empty where the card holds nothing of this dose.

    Raises
    ------
    PredictionError
    """
    import pandas as pd

    said = getattr(prediction, "attrs", {})
    if "drug" not in said or not ("plasma" in prediction or "cmax_each" in prediction):
        raise PredictionError("a prediction of plasma is needed (predict or predict_population with a drug)")
    if said.get("times") == "asked":
        raise PredictionError("a few asked times do not hold a peak; predict without 'times'")
    drug = read_drug(drug) if drug is not None else read_drug(f"{said['drug']}:{said['drug_set']}")
    curves = _Curves(prediction)
    rows = []
    for each in drug.observed:
        found = _predicted(each, curves, said)
        if found is None:
            continue
        values, kind = found
        unit = curves.unit if kind == "concentration" else each.unit
        low, middle, high = (float(units.convert(v, curves.unit if kind == "concentration" else "day", unit))
                             for v in values)
        published = None if each.value is None else float(units.convert(each.value, each.unit, unit))
        rows.append({"quantity": each.quantity, "published": str(each), "predicted": middle,
                     "low": low if curves.among else np.nan, "high": high if curves.among else np.nan, "unit": unit,
                     "predicted/published": middle / published if published else np.nan, "what": each.label,
                     "source": f"{each.source} ({each.evidence})"})
    columns = ["quantity", "published", "predicted", "low", "high", "unit", "predicted/published", "what", "source"]
    notes = () if rows else (f"the card of {drug.name} ({drug.set_name}) holds no published value of "
                             f"'{said['regimen']}'",)
    return Beside(pd.DataFrame(rows, columns=columns), curves.unit, curves.among, notes)


class _Curves:
    """What can be read off a prediction, as (low, middle, high)."""

    def __init__(self, prediction):
        self.of_patients = "cmax_each" in prediction
        self.prediction = prediction
        self.unit = prediction["cmax" if self.of_patients else "plasma"].attrs["units"]
        has_draws = not self.of_patients and "plasma_draws" in prediction
        self.among = "patients" if self.of_patients else "draws of the fit" if has_draws else ""
        if not self.of_patients:
            draws = prediction["plasma_draws"].values if has_draws else np.empty((0, prediction.sizes["time"]))
            self.days = prediction["time"].values
            self.rows = np.vstack([prediction["plasma"].values, draws])

    def between(self, what, begin, end, dose):
        """Peak, its day, or average between two days, in the interval of a dose."""
        if self.of_patients:
            numbers = self.prediction[f"{what}_each"].isel(interval=dose).values.ravel()
            return tuple(np.quantile(numbers - (begin if what == "tmax" and dose else 0), _QUANTILES))
        inside = (self.days >= begin) & (self.days <= end)
        days, rows = self.days[inside], self.rows[:, inside]
        if what == "cavg":
            return self._spread(np.trapezoid(rows, days, axis=1) / (end - begin))
        return self._spread(rows.max(axis=1) if what == "cmax" else days[rows.argmax(axis=1)] - begin)

    def at(self, day):
        """The concentration on a day; None where it is not known."""
        if not self.of_patients:
            if day > self.days[-1]:
                return None
            return self._spread(np.array([np.interp(day, self.days, row) for row in self.rows]))
        if "plasma_quantiles" not in self.prediction or day > float(self.prediction["time"][-1]):
            return None
        return tuple(float(np.interp(day, self.prediction["time"], self.prediction["plasma_quantiles"].sel(quantile=q)))
                     for q in _QUANTILES)

    def _spread(self, numbers):
        if len(numbers) == 1:
            return (numbers[0],) * 3
        low, high = np.quantile(numbers[1:], (0.025, 0.975))
        return low, numbers[0], high


def _predicted(observed, curves, said):
    """((low, middle, high), "concentration" or "time") of what was published, or None where it is not comparable."""
    if not observed.regimen:
        return None
    try:
        published, given = read_regimen(observed.regimen), read_regimen(said["regimen"])
    except PkmodelsError:
        return None
    days = list(said["dose_times"])
    end = float(curves.prediction["time"][-1]) if "time" in curves.prediction.sizes else np.inf
    first, own = published.parts[0], given.parts[0]
    if abs(own.amount_mg / first.amount_mg - 1) > 1e-9 or own.product or own.duration_hour or own.steady:
        return None
    kind = "time" if observed.quantity == "tmax" else "concentration"
    if first.interval_hour is not None:
        if observed.quantity != "cavg" or len(given.parts) > 1 or own.interval_hour != first.interval_hour:
            return None
        last = days[-1]
        return curves.between("cavg", last, min(last + first.interval_hour / 24, end), len(days) - 1), kind
    until = days[1] if len(days) > 1 else end
    if observed.quantity in ("cmax", "tmax"):
        return curves.between(observed.quantity, days[0], until, 0), kind
    found = re.fullmatch(r"concentration at ([\d.]+) (\w+)", observed.quantity)
    day = None if not found else float(units.convert(float(found[1]), found[2].rstrip("s"), "day"))
    values = None if day is None or day > until else curves.at(day)
    return None if values is None else (values, kind)
