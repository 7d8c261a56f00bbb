"""The answer of a population: how its patients spread, how many reach a target, and a verdict in words."""

import html
import json
from dataclasses import dataclass, field

import numpy as np

from ..errors import PredictionError, unknown
from ..windows import Window
from . import words
from .attainment import clopper_pearson

#: The measures in the order in which they are shown.
SHOWN = ("inside", "below", "above", "first_entry", "onset", "last_exit", "longest_gap", "cmax", "tmax", "cmin",
         "ctrough", "cavg", "fluctuation", "burst_overshoot", "accumulation")
#: Times of patients who never come there count as later than all others.
_LATER = ("first_entry", "onset", "last_exit")
QUANTILES = (0.025, 0.25, 0.5, 0.75, 0.975)
_ALL = 100 * (1 - 1e-9)


@dataclass(frozen=True, eq=False)
class PopulationCoverage:
    """How long the patients of a population are inside a window; prints itself.

    Parameters
    ----------
    window : Window
    target : float
        Per cent of the time inside that counts as attained.
    numbers : mapping of str to array (draws, patients)
        Overall, in the units of ``units``; infinity for what never comes. One draw where there are none.
    each : array (draws, intervals, patients)
        Per cent of the time inside, per dosing interval.
    units : mapping of str to str
    spans : array (intervals, 2)
        Days.
    about : mapping
        Drug, regimen, assumptions and other remarks.
    verdict : tuple of str
    """

    window: Window
    target: float
    numbers: dict = field(repr=False)
    each: np.ndarray = field(repr=False)
    units: dict = field(repr=False)
    spans: np.ndarray = field(repr=False)
    about: dict = field(repr=False)
    verdict: tuple = ()

    @property
    def patients(self):
        """How many."""
        return self.each.shape[2]

    @property
    def draws(self):
        """How many draws of the release fit; 0 where its best values were taken."""
        return self.each.shape[0] if self.about.get("draws") else 0

    @property
    def table(self):
        """Quantiles over the patients (all draws together) of every measure, as a DataFrame."""
        import pandas as pd

        rows = {f"{name} ({self.units[name]})": [_quantile(values, share) for share in QUANTILES]
                for name, values in self.numbers.items()}
        return pd.DataFrame(rows, index=[f"{100 * share:g} %" for share in QUANTILES]).T

    def attainment(self, percent=None):
        """The share of patients inside for at least so much of the time: overall, and per dosing interval.

        Parameters
        ----------
        percent : float, optional
            Of the time, above 0 and up to 100; the target when not given.

        Returns
        -------
        pandas.DataFrame
            ``probability`` with the Clopper-Pearson 95 % interval that the number of patients allows (``low``,
            ``high``); with draws the mean over them, the interval of that number of patients, and the range in
            which 95 % of the draws lie (``draws low``, ``draws high``): what is not known of the formulation.
        """
        import pandas as pd

        percent = self.target if percent is None else _percent(percent)
        inside = np.concatenate([self.numbers["inside"][:, None], self.each], axis=1)
        hits = np.count_nonzero(inside >= min(percent, _ALL), axis=2)
        share = hits.mean(axis=0) / self.patients
        low, high = clopper_pearson(np.round(share * self.patients), self.patients)
        found = {"probability": share, "low": low, "high": high}
        if self.draws:
            found["draws low"], found["draws high"] = np.quantile(hits / self.patients, [0.025, 0.975], axis=0)
        return pd.DataFrame(found, index=["overall", *(f"day {a:.6g}-{b:.6g}" for a, b in self.spans)])

    def to_dict(self):
        """Plain numbers and texts, ready for JSON; what never comes or is not computable is None."""
        quantiles = {name: {"unit": self.units[name], **{f"{100 * share:g}%": _plain(_quantile(values, share))
                                                         for share in QUANTILES}}
                     for name, values in self.numbers.items()}
        attained = self.attainment().reset_index(names="interval").to_dict("records")
        return {"window": self.window.to_dict(), "target": self.target, "patients": self.patients, "draws": self.draws,
                "quantiles": quantiles, "attainment": attained, "verdict": list(self.verdict),
                "about": json.loads(json.dumps(self.about, default=str))}

    def text(self, form="simple"):
        """The table as text, or in another form of the library tabulate."""
        from tabulate import tabulate

        # Ratios have no unit.
        rows = [[f"{name} ({self.units[name]})" if self.units[name] != "1" else name,
                 *(words.number(_quantile(values, share)) or "-" for share in QUANTILES)]
                for name, values in self.numbers.items()]
        return tabulate(rows, ["over the patients", *(f"{100 * s:g} %" for s in QUANTILES)], form,
                        disable_numparse=True)

    @property
    def remarks(self):
        """The window's provenance, and what the prediction rests on, as sentences."""
        return (*self.window.lines(),
                *(f"{key}: {self.about[key]}" for key in ("drug", "regimen") if key in self.about),
                *(f"assumed: {each}" for each in self.about.get("assumptions", ())))

    def __repr__(self):
        return "\n".join([*self.verdict, "", self.text(), "", *self.remarks])

    def _repr_html_(self):
        said = "".join(f"<li>{html.escape(each)}</li>" for each in self.verdict)
        return f"<ul>{said}</ul>{self.text('html')}<p>{'<br>'.join(map(html.escape, self.remarks))}</p>"


def population_coverage(prediction, window, target=90.0):
    """`PopulationCoverage` of what `predict_population` returned.

    Parameters
    ----------
    prediction : xarray.Dataset
    window : Window
        The one it was predicted with.
    target : float
        Per cent of the time inside that counts as attained.

    Raises
    ------
    PredictionError
        If it was predicted with another window or none.
    """
    target = _percent(target)
    lower, upper = (float(each) for each in prediction.attrs["window"])
    unit, analyte = prediction["cmax"].attrs["units"], prediction["cmax"].attrs.get("analyte", "")
    window.require(analyte)
    window, _ = window.beside(unit, prediction.attrs.get("molar_mass"))
    wanted = window.limits(unit)
    if "inside" not in prediction or not np.allclose(wanted, (max(lower, 0.0), upper), rtol=1e-12):
        had = f"between {max(lower, 0.0):g} and {upper:g} {unit}" if "inside" in prediction else "without a window"
        raise PredictionError(f"this population was predicted {had} and only its numbers were kept; predict it again "
                              f"with window='{window.bounds}'")
    numbers, known = {}, {}
    for name in SHOWN:
        values = prediction[name].values
        values = values if values.ndim == 2 else values[None]
        if name in _LATER:
            values = np.where(np.isnan(values), np.inf, values)
        if name == "cmin":
            # Before the first dose there is nothing; what a sum of exponentials leaves there is rounding.
            values = np.where(values < 1e-12 * prediction["cmax"].values.max(), 0.0, values)
        if name == "last_exit":
            values = np.where(prediction["inside"].values.reshape(values.shape) > 0, values, np.nan)
        numbers[name], known[name] = values, prediction[name].attrs["units"]
    each = prediction["inside_each"].values
    each = each if each.ndim == 3 else each[None]
    spans = np.stack([prediction["interval_begin"].values, prediction["interval_end"].values], axis=1)
    found = PopulationCoverage(window, target, numbers, each, known, spans, dict(prediction.attrs))
    return PopulationCoverage(window, target, numbers, each, known, spans, found.about, tuple(_verdict(found, unit)))


def _verdict(found, unit):
    numbers, count = found.numbers, found.patients
    length = words.span(float(found.spans[-1, 1] - found.spans[0, 0]), "day")

    def middle(name, form):
        low, half, high = (_quantile(numbers[name], share) for share in (0.025, 0.5, 0.975))
        return f"{form(half)} (95 % of patients: {form(low)} to {form(high)})"

    def time(value):
        return words.span(value, "day") if np.isfinite(value) else "beyond the end"

    attained = found.attainment()
    whole, last = attained.iloc[0], attained.iloc[-1]
    yield (f"{_share(whole)} of {count} patients are inside {found.window} for at least {found.target:g} % of {length}"
           f"{_of_draws(found, whole)}")
    if len(attained) > 2:
        yield f"in the last dosing interval ({attained.index[-1]}) {_share(last)} are{_of_draws(found, last)}"
    yield f"time inside, median: {middle('inside', words.percent)}"
    never = float(np.mean(numbers["inside"] == 0))
    if never:
        yield f"{words.percent(100 * never)} of the patients are never inside"
    yield f"first inside, median: {middle('first_entry', time)}"
    for side in ("below", "above"):
        some = float(np.mean(numbers[side] > 0))
        if some:
            yield (f"{words.percent(100 * some)} of the patients are {side} the window at some time; time {side}, "
                   f"median: {middle(side, words.percent)}")
    yield f"highest concentration, median: {middle('cmax', lambda v: f'{v:.3g}')} {unit}"
    yield (f"burst overshoot (highest over average of the first interval), median: "
           f"{middle('burst_overshoot', lambda v: f'{v:.3g}')}")
    if np.isfinite(numbers["accumulation"]).any():
        yield (f"accumulation (area of the last interval over that of the first), median: "
               f"{middle('accumulation', lambda v: f'{v:.3g}')}")


def _share(row):
    return f"{words.percent(100 * row['probability'])} (95 % interval {words.percent(100 * row['low'])} to " \
           f"{words.percent(100 * row['high'])}, Clopper-Pearson)"


def _of_draws(found, row):
    if not found.draws:
        return ""
    return f"; over {found.draws} draws of the release fit {words.percent(100 * row['draws low'])} to " \
           f"{words.percent(100 * row['draws high'])}"


def _percent(value):
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value <= 100:
        raise PredictionError(f"{value!r} % of the time is not possible; give a number above 0 and up to 100")
    return float(value)


def _quantile(values, share):
    """Over all that is a number; infinity counts as later than all else."""
    kept = values[~np.isnan(values)]
    if not len(kept):
        return np.nan
    return float(np.quantile(kept, share, method="inverted_cdf"))


def _plain(value):
    return value if np.isfinite(value) else None


def window_of(prediction):
    """The window with which a population was predicted."""
    lower, upper = (float(each) for each in prediction.attrs["window"])
    if "inside" not in prediction:
        raise unknown("variable of this population", "inside", list(prediction.data_vars))
    return Window(lower=max(lower, 0.0), upper=upper, unit=prediction["cmax"].attrs["units"],
                  analyte=prediction["cmax"].attrs.get("analyte", ""))
