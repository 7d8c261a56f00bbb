"""What `similarity` returns: numbers, criteria and a verdict in words."""

import html
import math
from dataclasses import dataclass

import numpy as np

from .. import references
from ..errors import unknown
from .similarity_rules import Rules
from .unit_profiles import Profile, shown

_STATES = {True: "pass", False: "fail", None: "open"}
_NO_UNIT = "1"


@dataclass(frozen=True, kw_only=True)
class Number:
    """One number of a comparison.

    Parameters
    ----------
    name, label : str
    value, low, high : float
        NaN where not computable, or without an interval.
    unit : str
    reason : str
        Why it is NaN.
    """

    name: str
    label: str
    value: float
    low: float = math.nan
    high: float = math.nan
    unit: str = "1"
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Criterion:
    """One requirement of the rules.

    Parameters
    ----------
    name : str
    passed : bool or None
        None where the data cannot tell.
    found : str
        What was found, beside what is asked.
    advice : str
        What to do; empty where it passed.
    needed : bool
        False for one that spares the others when it passes, and harms nothing when it does not.
    """

    name: str
    passed: bool | None
    found: str
    advice: str = ""
    needed: bool = True

    @property
    def state(self):
        """In a word: pass, fail or open (the data cannot tell); "no" where nothing depends on it."""
        return "no" if not self.needed and self.passed is False else _STATES[self.passed]

    def __str__(self):
        return f"{self.state:4}  {self.name}: {self.found}" + (f"; {self.advice}" if self.advice else "")


@dataclass(frozen=True, eq=False, kw_only=True)
class Similarity:
    """Whether two release profiles are similar by an agency's rules; prints itself.

    Parameters
    ----------
    rules : Rules
    reference, test : Profile
    time_unit : str
        Of the user.
    counted : tuple of bool
        Which points count for f2 by these rules.
    numbers : tuple of Number
    criteria : tuple of Criterion
    outcome : {"similar", "not similar", "undecided"}
    verdict : tuple of str
        The answer in sentences: what, why, and what to do.
    notes : tuple of str
        What a reader must know of how this was computed.
    about : dict
        Seed, resamples, confidence and the other settings.
    citations : tuple of str
    """

    rules: Rules
    reference: Profile
    test: Profile
    time_unit: str
    counted: tuple
    numbers: tuple
    criteria: tuple
    outcome: str
    verdict: tuple
    notes: tuple
    about: dict
    citations: tuple

    @property
    def table(self):
        """All numbers: index ``number``; columns label, value, low, high, unit, reason."""
        import pandas as pd

        columns = ("label", "value", "low", "high", "unit", "reason")
        return pd.DataFrame([[getattr(each, column) for column in columns] for each in self.numbers], columns=columns,
                            index=pd.Index([each.name for each in self.numbers], name="number"))

    @property
    def points(self):
        """The profiles: a row per time with means and coefficients of variation (%), their limit, and what counts."""
        import pandas as pd

        from .. import units

        limits = self.rules.limits(self.reference.times)
        return pd.DataFrame({
            f"time ({self.time_unit})": [units.outside(float(each), self.time_unit) for each in self.reference.times],
            "reference (%)": self.reference.mean, "test (%)": self.test.mean,
            "difference (%)": self.test.mean - self.reference.mean,
            "CV reference (%)": self.reference.variation, "CV test (%)": self.test.variation,
            "CV limit (%)": limits, "counts": list(self.counted)})

    def number(self, name):
        """One `Number`, such as ``number("f2_bca")``."""
        found = {each.name: each for each in self.numbers}
        if name not in found:
            raise unknown("number of this comparison", name, found)
        return found[name]

    def value(self, name):
        """The value of one number, such as ``value("f2")``."""
        return self.number(name).value

    def to_dict(self):
        """All of it as plain numbers and texts, ready for JSON; what is not computable is None with a reason."""
        return {
            "rules": self.rules.name, "agency": self.rules.title, "outcome": self.outcome,
            "verdict": list(self.verdict),
            "criteria": [{"name": each.name, "passed": each.passed, "needed": each.needed, "found": each.found,
                          "advice": each.advice} for each in self.criteria],
            "numbers": {each.name: {key: _plain(getattr(each, key)) for key in (
                "label", "value", "low", "high", "unit", "reason")} for each in self.numbers},
            "points": [{key: _plain(value) for key, value in row.items()} for row in self.points.to_dict("records")],
            "reference": self.reference.name, "test": self.test.name, "time_unit": self.time_unit,
            "notes": list(self.notes), "about": dict(self.about), "citations": list(self.citations),
        }

    def text(self):
        """Points and numbers as text."""
        from tabulate import tabulate

        headers, rows = self._points_cells()
        numbers = tabulate(self._number_cells(), ["", "value", f"{self._percent} interval", "unit"],
                           disable_numparse=True)
        return "\n".join([tabulate(rows, headers, disable_numparse=True), "", numbers, *self._reasons()])

    @property
    def remarks(self):
        """Notes and sources, as sentences."""
        return (*(f"note: {each}" for each in self.notes), *references.cite(self.citations).splitlines())

    def __repr__(self):
        return "\n".join([*self.verdict, "", *(f"  {each}" for each in self.criteria), "", self.text(), "",
                          *self.remarks])

    def _repr_html_(self):
        from tabulate import tabulate

        verdict = "".join(f"<li>{html.escape(each)}</li>" for each in self.verdict)
        criteria = tabulate([[each.state, each.name, each.found, each.advice] for each in self.criteria],
                            ["", "criterion", "found", "to do"], "html", disable_numparse=True)
        headers, rows = self._points_cells()
        points = tabulate(rows, headers, "html", disable_numparse=True)
        numbers = tabulate(self._number_cells(), ["", "value", f"{self._percent} interval", "unit"], "html",
                           disable_numparse=True)
        remarks = "<br>".join(html.escape(each) for each in (*self._reasons(), *self.remarks))
        return f"<ul>{verdict}</ul>{criteria}{points}{numbers}<p>{remarks}</p>"

    @property
    def _percent(self):
        return f"{100 * self.about['confidence']:g} %"

    def _points_cells(self):
        rows = []
        for k, time in enumerate(self.reference.times):
            cells = [shown(time, self.time_unit)]
            for profile in (self.reference, self.test):
                cells += [f"{profile.mean[k]:.2f}", f"{profile.variation[k]:.1f}" if np.isfinite(profile.variation[k])
                          else "-"]
            rows.append([*cells, f"{self.rules.limits(self.reference.times)[k]:g}",
                         "yes" if self.counted[k] else "no"])
        return ["time", "reference %", "CV %", "test %", "CV %", "limit %", "counts"], rows

    def _number_cells(self):
        for each in self.numbers:
            interval = f"{each.low:.2f} to {each.high:.2f}" if np.isfinite(each.low) else ""
            yield [each.label, readable(each.value), interval, "" if each.unit == _NO_UNIT else each.unit]

    def _reasons(self):
        reasons = {}
        for each in self.numbers:
            if each.reason:
                reasons.setdefault(each.reason, []).append(each.label)
        return [f"- {', '.join(labels)}: {reason}" for reason, labels in reasons.items()]


def readable(value, bound=None):
    """A number with two decimals, or four digits where it is small; more where rounding would move it across ``bound``.

    So an f2 of 49.996 never reads 50.00.
    """
    if value is None or not math.isfinite(value):
        return "-"
    text = f"{value:.2f}" if abs(value) >= 1 or value == 0 else f"{value:.4g}"
    if bound is not None:
        for digits in range(2, 13):
            text = f"{value:.{digits}f}"
            if (float(text) >= bound) == (value >= bound) and (float(text) > bound) == (value > bound):
                break
    return text


def _plain(value):
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (float, np.floating)):
        return float(value) if math.isfinite(value) else None
    return value
