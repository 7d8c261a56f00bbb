"""What `coverage` returns: numbers for every dosing interval, their intervals over draws, and a verdict in words."""

import html
from dataclasses import dataclass, field

import numpy as np

from ..errors import PredictionError, unknown
from ..windows import Window
from . import words
from .measures import MEASURES, NAMES

#: A curve is always inside when all but rounding of its time is.
ALL = 100 * (1 - 1e-9)
_SHOWN = 6
SHARES = ("inside", "below", "above")


@dataclass(frozen=True, eq=False)
class Coverage:
    """How long a concentration is inside its window; prints itself.

    Times count from the start of their row's interval: from the dose, and for 'overall' from the first dose.

    Parameters
    ----------
    window : Window
    rows : tuple of str
        'overall' and one per dosing interval.
    spans : tuple of (float, float)
        Begin and end of each row in ``time_unit``.
    numbers : ndarray, shape (rows, measures)
        Of the prediction itself, in the order of `pkmodels.metrics.measures.NAMES`.
    drawn : ndarray, shape (rows, measures, draws), or None
        The same for each draw of the parameters.
    reasons : dict of (row, measure) to str
        Why a number is NaN.
    notes : tuple of str
        What a reader must know of how this was evaluated.
    verdict : tuple of str
        The answer in sentences.
    time_unit, unit : str
        Of times and of concentrations.
    about : dict
        Drug, regimen, assumptions and other remarks of the prediction.
    """

    window: Window
    rows: tuple
    spans: tuple
    numbers: np.ndarray = field(repr=False)
    drawn: np.ndarray | None = field(repr=False)
    reasons: dict
    notes: tuple
    verdict: tuple
    time_unit: str
    unit: str
    about: dict

    @property
    def table(self):
        """A table of all numbers: a row per interval, the unit in each column's name."""
        return self._frame(self.numbers)

    @property
    def low(self):
        """The 2.5 % quantiles over draws, as `table`; None without draws. Draws without the number are left out."""
        return None if self.drawn is None else self._frame(quantile(self.drawn, 0.025))

    @property
    def high(self):
        """The 97.5 % quantiles over draws, as `table`; None without draws."""
        return None if self.drawn is None else self._frame(quantile(self.drawn, 0.975))

    @property
    def full_table(self):
        """`table` with the ends of the 95 % intervals beside each number, where there are draws."""
        import pandas as pd

        if not self.draws:
            return self.table
        parts = {"": self.table, " low": self.low, " high": self.high}
        joined = pd.concat([part.add_suffix(end) for end, part in parts.items()], axis=1)
        return joined[[f"{name}{end}" for name in self.table.columns for end in parts]]

    @property
    def units(self):
        """Measure to unit."""
        kinds = {"%": "%", "time": self.time_unit, "concentration": self.unit}
        return {measure.name: kinds[measure.kind] for measure in MEASURES}

    @property
    def draws(self):
        """How many draws there are."""
        return 0 if self.drawn is None else self.drawn.shape[2]

    @property
    def probability_always_inside(self):
        """The share of draws that never leave the window, overall; NaN without draws."""
        return float(np.mean(self.drawn[0, 0] >= ALL)) if self.draws else np.nan

    def value(self, measure, row="overall"):
        """One number, such as ``value("inside")`` or ``value("cmax", "overall")``."""
        for given, known, kind in ((measure, NAMES, "measure"), (row, self.rows, "row of this table")):
            if given not in known:
                raise unknown(kind, given, known)
        return float(self.numbers[self.rows.index(row), NAMES.index(measure)])

    def attainment(self, percent):
        """The share of draws that are inside for at least so much of the time, per row.

        Parameters
        ----------
        percent : float
            Of the interval's time, above 0 and up to 100.

        Returns
        -------
        pandas.DataFrame
            ``probability`` with the Wilson interval that the number of draws allows (``low``, ``high``).
        """
        import pandas as pd

        if not self.draws:
            raise PredictionError("attainment needs draws, and this prediction has none; predict from a fit with draws")
        if not 0 < percent <= 100:
            raise PredictionError(f"{percent!r} % of the time is not possible; give a number above 0 and up to 100")
        share = np.mean(self.drawn[:, 0] >= min(percent, ALL), axis=1)
        low, high = wilson(share, self.draws)
        return pd.DataFrame({"probability": share, "low": low, "high": high}, index=list(self.rows))

    def to_dict(self):
        """All of it as plain numbers and texts, ready for JSON; what is not computable is None with a reason.

        The overall numbers stand at the top and once more under ``overall``; shares of time are
        between 0 and 1 here.
        """
        rows = [self._row(k) for k in range(len(self.rows))]
        return {
            **{name: rows[0][name] for name in NAMES},
            "window": self.window.to_dict(),
            "overall": rows[0], "intervals": rows[1:], "draws": self.draws,
            "probability_always_inside": self.probability_always_inside if self.draws else None,
            "verdict": list(self.verdict), "notes": list(self.notes), "about": _plain(self.about),
        }

    def text(self, rows=None):
        """The table as text; the first and last intervals when ``rows`` are not named."""
        from tabulate import tabulate

        rows = self._shown() if rows is None else tuple(rows)
        return "\n".join([tabulate(self._cells(rows), ["", *rows], disable_numparse=True), *self._caption(rows)])

    @property
    def remarks(self):
        """The window's provenance and warnings, and what the prediction rests on, as sentences."""
        return tuple(self._remarks())

    def __repr__(self):
        return "\n".join([*self.verdict, "", self.text(), "", *self._remarks()])

    def _repr_html_(self):
        from tabulate import tabulate

        shown = self._shown()
        verdict = "".join(f"<li>{html.escape(each)}</li>" for each in self.verdict)
        remarks = "<br>".join(html.escape(each) for each in (*self._caption(shown), *self._remarks()))
        table = tabulate(self._cells(shown), ["", *shown], "html", disable_numparse=True)
        return f"<ul>{verdict}</ul>{table}<p>{remarks}</p>"

    def _row(self, k):
        begin, end = self.spans[k]
        low, high = (quantile(self.drawn[k], q) if self.draws else [np.nan] * len(NAMES) for q in (0.025, 0.975))
        found = {"name": self.rows[k], "begin": begin, "end": end, "time_unit": self.time_unit}
        for i, (name, unit) in enumerate(self.units.items()):
            factor, unit = (0.01, "1") if name in SHARES else (1.0, unit)
            found[name] = {"value": _plain(factor * self.numbers[k, i]), "low": _plain(factor * low[i]),
                           "high": _plain(factor * high[i]), "unit": unit}
            if (self.rows[k], name) in self.reasons:
                found[name]["reason"] = self.reasons[self.rows[k], name]
        return found

    def _frame(self, numbers):
        import pandas as pd

        names = [f"{measure.label} ({self.units[measure.name]})" for measure in MEASURES]
        return pd.DataFrame(numbers.copy(), index=pd.Index(self.rows, name="interval"), columns=names)

    def _shown(self):
        """The rows that are printed: with many doses only the first and the last ones, with one dose it is all."""
        if len(self.rows) == 2 and self.spans[0] == self.spans[1]:
            return self.rows[:1]
        return self.rows if len(self.rows) <= _SHOWN else (*self.rows[:3], *self.rows[-2:])

    def _cells(self, rows):
        kept = [self.rows.index(row) for row in rows]
        low, high = (quantile(self.drawn, q) if self.draws else None for q in (0.025, 0.975))
        for i, (name, unit) in enumerate(self.units.items()):
            cells = []
            for k in kept:
                cell = words.number(self.numbers[k, i]) or "-"
                if self.draws and not np.isnan(low[k, i]):
                    cell += f" ({words.number(low[k, i])} to {words.number(high[k, i])})"
                cells.append(cell)
            yield [f"{MEASURES[NAMES.index(name)].label} ({unit})", *cells]

    def _caption(self, rows):
        if self.draws:
            yield f"in brackets: 95 % interval over {self.draws} draws of the parameters"
        if 1 < len(rows) < len(self.rows):
            yield f"{len(self.rows) - len(rows)} more dosing intervals are in the full table"
        for reason in dict.fromkeys(self.reasons.values()):
            names = dict.fromkeys(name for (_, name), why in self.reasons.items() if why == reason)
            labels = [MEASURES[NAMES.index(name)].label for name in names]
            yield f"- {', '.join(labels)}: {reason}"

    def _remarks(self):
        yield from self.window.lines()
        yield from (f"note: {note}" for note in self.notes)
        yield from (f"{key}: {self.about[key]}" for key in ("drug", "regimen") if self.about.get(key))
        yield from (f"assumed: {each}" for each in self.about.get("assumptions", ()))


def quantile(numbers, share):
    """A quantile over the last axis, of those that are not NaN; NaN where none is. Infinity is after all else."""
    some = ~np.isnan(numbers).all(axis=-1)
    found = np.full(some.shape, np.nan)
    if some.any():
        far = np.finfo(float).max / 4
        found[some] = np.nanquantile(np.minimum(numbers[some], far), share, axis=-1)
    return np.where(found > 1e300, np.inf, found)


def wilson(share, count, z=1.959963984540054):
    """Wilson's 95 % interval of a share of ``count`` draws."""
    middle = (share + z**2 / (2 * count)) / (1 + z**2 / count)
    half = z / (1 + z**2 / count) * np.sqrt(share * (1 - share) / count + z**2 / (4 * count**2))
    return np.clip(middle - half, 0, 1), np.clip(middle + half, 0, 1)


def _plain(value):
    """Numbers and texts as JSON knows them; NaN and infinity become None."""
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [_plain(each) for each in value]
    if isinstance(value, (bool, str)) or value is None:
        return value
    if isinstance(value, (int, np.integer)):
        return int(value)
    if isinstance(value, (float, np.floating)):
        return float(value) if np.isfinite(value) else None
    return str(value)
