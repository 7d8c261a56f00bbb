"""Intervals of parameters and of what follows from them: one shape of result for every method."""

import html
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from ..errors import unknown
from .derived import derived, quantity
from .result import CONFIDENCE, student

METHODS = ("standard", "profile", "bootstrap")
_HEADERS = ("quantity", "value", f"{100 * CONFIDENCE:g} % interval", "unit", "note")
_WORDS = {"standard": "from standard errors", "profile": "by profile likelihood", "bootstrap": "by bootstrap"}


@dataclass(frozen=True, eq=False, repr=False)
class Intervals:
    """95 % intervals of the parameters of a fit and of derived quantities.

    Attributes
    ----------
    fit : Fit
    method : {"standard", "profile", "bootstrap"}
    rows : tuple of dict
        quantity, value, low, high, unit, note; infinite where nothing closes an interval, NaN where there is none.
    notes : tuple of str
        How they were made, and what went wrong on the way.
    settings : mapping
        What makes the same intervals again.
    """

    fit: object
    method: str
    rows: tuple
    notes: tuple = ()
    settings: Mapping = field(default_factory=dict)

    def __getitem__(self, name):
        """(low, high) of a parameter or derived quantity."""
        for row in self.rows:
            if row["quantity"] == name:
                return row["low"], row["high"]
        raise unknown("quantity of these intervals", name, [row["quantity"] for row in self.rows])

    @cached_property
    def table(self):
        """One row per quantity: value, low, high, unit, method, note (a pandas DataFrame)."""
        import pandas as pd

        frame = pd.DataFrame([{**row, "method": self.method} for row in self.rows])
        columns = [c for c in ("value", "stderr", "low", "high", "unit", "method", "note") if c in frame.columns]
        return frame.set_index("quantity")[columns]

    def to_dict(self):
        """Plain numbers and texts; what is infinite or not known is None."""
        def plain(value):
            return None if isinstance(value, float) and not math.isfinite(value) else value

        return {"method": self.method, "confidence": CONFIDENCE, "notes": list(self.notes),
                "settings": {k: plain(v) for k, v in self.settings.items()},
                "quantities": {row["quantity"]: {k: plain(v) for k, v in row.items() if k != "quantity"}
                               for row in self.rows}}

    @property
    def text(self):
        """The table and how it was made."""
        from tabulate import tabulate

        head = f"{100 * CONFIDENCE:g} % intervals {_WORDS[self.method]}, {self.fit.model.name}"
        return "\n".join([head, "", tabulate(self._shown(), headers=_HEADERS, disable_numparse=True),
                          *(["", *self.notes] if self.notes else [])])

    def __repr__(self):
        return self.text

    def _repr_html_(self):
        from tabulate import tabulate

        return (tabulate(self._shown(), headers=_HEADERS, tablefmt="html", disable_numparse=True)
                + "".join(f"<p>{html.escape(n)}</p>" for n in self.notes))

    def _shown(self):
        for row in self.rows:
            low, high = row["low"], row["high"]
            span = "" if math.isnan(low) or math.isnan(high) else f"{low:.3g} to {high:.3g}"
            value = "" if math.isnan(row["value"]) else f"{row['value']:.4g}"
            yield row["quantity"], value, span, "" if row["unit"] == "1" else row["unit"], row["note"]


def by_method(fit, method, settings):
    """The intervals of a method by its name."""
    from .bootstrap import bootstrap
    from .profile import profile

    ways = {"standard": standard, "profile": profile, "bootstrap": bootstrap}
    if method not in ways:
        raise unknown("method of intervals", method, METHODS)
    return ways[method](fit, **settings)


def standard(fit):
    """Intervals from standard errors: Student's t on each quantity's own scale (times: log, shares: linear).

    Returns
    -------
    Intervals
    """
    rows = []
    for name, value in fit.values.items():
        low, high = fit.intervals[name]
        rows.append({"quantity": name, "value": value, "stderr": fit.stderr[name], "low": low, "high": high,
                     "unit": fit.units[name], "note": fit.table.loc[name, "note"]})
    freedom = fit.degrees_of_freedom
    for row in derived(fit):
        low = high = math.nan
        if math.isfinite(row["stderr"]) and freedom > 0:
            half = student(freedom) * row["stderr"]
            if quantity(row["quantity"]).kind == "time" and row["value"] > 0:
                low, high = (row["value"] * math.exp(s * min(half / row["value"], 700)) for s in (-1, 1))
            else:
                low, high = max(row["value"] - half, 0.0), min(row["value"] + half, 1.0)
        rows.append({**{k: row[k] for k in ("quantity", "value", "stderr")}, "low": low, "high": high,
                     "unit": row["unit"], "note": row["note"]})
    notes = ("symmetric on each quantity's own scale; as good as the curve is straight within them",)
    return Intervals(fit, "standard", tuple(rows), notes)


def informative(problem, numbers):
    """Which points a curve can miss at all: a sample at time 0 of a curve that begins at 0 says nothing."""
    slope = np.abs(problem.slope(numbers)[: len(problem.times)] * np.maximum(np.abs(numbers), 1e-300))
    free = [k for k, name in enumerate(problem.names) if name not in problem.fixed]
    largest = slope[:, free].max(axis=1)
    return (problem.times > 0) | (largest > 1e-6 * largest.max())
