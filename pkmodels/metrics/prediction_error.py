"""How far predicted exposure is off the observed one, beside the limits of an agency."""

import html
from dataclasses import dataclass

import numpy as np

from ..errors import PredictionError

#: Per cent: of each formulation and on average (internal), and of each (external), as gastroplus_ivivc states them.
EACH, MEAN, EXTERNAL = 15.0, 10.0, 10.0


@dataclass(frozen=True, eq=False, repr=False)
class PredictionErrors:
    """Prediction errors in per cent; prints itself with a verdict.

    Parameters
    ----------
    table : DataFrame
        A row per formulation and measure: observed, predicted, error (%).
    kind : {"internal", "external"}
    verdict : {"met", "not met"}
    words : tuple of str
    """

    table: object
    kind: str
    verdict: str
    words: tuple

    def __repr__(self):
        from tabulate import tabulate

        return "\n".join([tabulate(self.table, headers="keys", floatfmt=".4g"), *(f"- {each}" for each in self.words)])

    def _repr_html_(self):
        words = "".join(f"<li>{html.escape(each)}</li>" for each in self.words)
        return f"{self.table.to_html()}<ul>{words}</ul>"


def prediction_errors(observed, predicted, *, kind):
    """Prediction errors of peak and area: ``100 |observed - predicted|/observed``.

    Judged by the limits for level A correlations of oral extended-release products. Internal, of the formulations that
    made the correlation: each below 15 %, on average below 10 %. External: each below 10 %. They are taken from
    gastroplus_ivivc; the document behind them is fda1997_ivivc, whose text was not read here. For injected depots
    there is no guidance of their own.

    Parameters
    ----------
    observed, predicted : mapping of str to mapping of str to float
        Formulation to measure to number, such as ``{"fast": {"cmax": 4.14, "auc": 56.95}}``, in the same unit.
    kind : {"internal", "external"}

    Returns
    -------
    PredictionErrors

    Raises
    ------
    PredictionError
        If the two do not hold the same, or an observed number is not above zero.
    """
    import pandas as pd

    if kind not in ("internal", "external"):
        raise PredictionError(f"kind = {kind!r}: say 'internal' for the formulations that made the correlation, "
                              f"'external' for others")
    rows = []
    for name, numbers in observed.items():
        if name not in predicted or set(predicted[name]) != set(numbers):
            raise PredictionError(f"'{name}' needs the same measures in both, observed {', '.join(numbers)}; predicted "
                                  f"{', '.join(predicted.get(name, {})) or 'nothing'}")
        for measure, seen in numbers.items():
            told = predicted[name][measure]
            if not (np.isfinite(seen) and seen > 0 and np.isfinite(told)):
                raise PredictionError(f"{measure} of '{name}' is {seen:g} observed and {told:g} predicted; give "
                                      "numbers, "
                                      f"the observed one above zero")
            rows.append({"formulation": name, "measure": measure, "observed": seen, "predicted": told,
                         "error (%)": 100 * abs(seen - told) / seen})
    if not rows:
        raise PredictionError("there is nothing to compare; give observed and predicted numbers of a formulation")
    table = pd.DataFrame(rows).set_index(["formulation", "measure"])
    return PredictionErrors(table, kind, *_judged(table["error (%)"], kind))


def _judged(errors, kind):
    worst, means = float(errors.max()), errors.groupby("measure").mean()
    mean = float(means.max())
    about = ("limits for level A correlations of oral extended release (FDA's guidance of 1997, as others restate it); "
             "injected depots have none of their own")
    if kind == "internal":
        verdict = "met" if worst < EACH and mean < MEAN else "not met"
        return verdict, (f"{verdict}: largest error {worst:.3g} % (each below {EACH:g} %), mean of {means.idxmax()} "
                         f"{mean:.3g} % (below {MEAN:g} %)", about)
    verdict = "met" if worst < EXTERNAL else "not met"
    return verdict, (f"{verdict}: largest error {worst:.3g} % (each below {EXTERNAL:g} %)", about)
