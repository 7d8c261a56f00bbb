"""What `exposure` returns: a row per subject or dosing interval, reasons for what is not computable, a summary."""

import html
from dataclasses import dataclass, field

import numpy as np

from .. import units
from ..errors import PredictionError, unknown
from . import words
from .exposure_measures import BY_NAME, MEASURES, unit_of
from .result import _plain, quantile

#: What is printed; the table holds all.
SHOWN = ("c0", "cmax", "tmax", "auc_last", "auc_infinity", "extrapolated", "lambda_z", "half_life", "release_slope",
         "release_half_life", "mrt_infinity", "clearance", "v_z", "v_steady", "clearance_f", "v_z_f", "auc_tau", "cavg",
         "cmin", "ctrough", "fluctuation", "swing", "peak_trough", "accumulation")
_ROWS = 8


@dataclass(frozen=True, eq=False, repr=False)
class Exposure:
    """Exposure of every subject, or of every dosing interval of a prediction; prints itself.

    Parameters
    ----------
    rows : tuple of str
    names : tuple of str
        Measures, then spans such as ``"auc 0 to 24 h"``.
    numbers : ndarray, shape (rows, names)
        In the units of ``units``.
    drawn : ndarray, shape (rows, names, draws), or None
    reasons : dict of (row, name) to str
        Why a number is NaN.
    units : dict of name to str
    route, method : str
    notes : tuple of str
    about : dict
    """

    rows: tuple
    names: tuple
    numbers: np.ndarray
    drawn: np.ndarray | None
    reasons: dict
    units: dict
    route: str
    method: str
    notes: tuple
    about: dict = field(default_factory=dict)

    @classmethod
    def of(cls, rows, *, route, method, spans, time_unit, unit, about, draws=(), notes=()):
        """Gather what was found in each row, in the units of the user."""
        names, shown = {}, {}
        for m in MEASURES:
            if route in m.routes:
                names[m.name], shown[m.name] = m.name, unit_of(m.kind, time_unit, unit)
        for span in spans:
            begin, end = (units.outside(each, time_unit) for each in span)
            names[f"auc {begin:g} to {end:g} {time_unit}"] = span
            shown[f"auc {begin:g} to {end:g} {time_unit}"] = unit_of("area", time_unit, unit)
        factors = np.array([units.outside(1.0, _plain_unit(each)) for each in shown.values()])

        def table(found):
            rows = [[each.numbers.get(key, np.nan) for key in names.values()] for each in found.values()]
            return np.array(rows) * factors

        reasons = {(row, name): found.reasons[key] for row, found in rows.items() for name, key in names.items()
                   if key in found.reasons and np.isnan(found.numbers[key])}
        said = [f"{row}: {note}" if len(rows) > 1 else note for row, found in rows.items()
                for note in dict.fromkeys(found.notes)]
        drawn = np.stack([table(each) for each in draws], axis=-1) if draws else None
        return cls(rows=tuple(rows), names=tuple(names), numbers=table(rows), drawn=drawn, reasons=reasons, units=shown,
                   route=route, method=method, notes=(*notes, *_together(said, len(rows))), about=about)

    def value(self, name, row=None):
        """One number; ``row`` may be left away where there is one only.

        Raises
        ------
        UnknownName
            If there is no such measure or row.
        """
        if row is None:
            if len(self.rows) > 1:
                raise PredictionError(f"there are {len(self.rows)} rows; say which: {', '.join(self.rows[:12])}")
            row = self.rows[0]
        for given, known, kind in ((name, self.names, "measure"), (row, self.rows, "row of this table")):
            if given not in known:
                raise unknown(kind, given, known)
        return float(self.numbers[self.rows.index(row), self.names.index(name)])

    def reason(self, name, row=None):
        """Why a number is NaN; empty where it is not."""
        return self.reasons.get((row or self.rows[0], name), "")

    @property
    def table(self):
        """All numbers: a row per subject, name and unit in each column's name."""
        return self._frame(self.numbers, [f"{name} ({self.units[name]})" for name in self.names])

    @property
    def low(self):
        """The 2.5 % quantiles over draws, as `table`; None without draws."""
        return None if self.drawn is None else self._frame(quantile(self.drawn, 0.025), self.table.columns)

    @property
    def high(self):
        """The 97.5 % quantiles over draws, as `table`; None without draws."""
        return None if self.drawn is None else self._frame(quantile(self.drawn, 0.975), self.table.columns)

    @property
    def cdisc(self):
        """The numbers that have a CDISC code, with the codes (PPTESTCD) as columns."""
        coded = [(k, code) for k, name in enumerate(self.names) if (code := self.code(name))]
        return self._frame(self.numbers[:, [k for k, _ in coded]], [code for _, code in coded])

    def code(self, name):
        """The CDISC code of a measure; empty where there is none."""
        return BY_NAME[name].code_for(self.route) if name in BY_NAME else ""

    @property
    def long(self):
        """One line per subject and measure: row, measure, code, value, unit, reason."""
        import pandas as pd

        return pd.DataFrame([
            {"row": row, "measure": name, "PPTESTCD": self.code(name), "value": self.numbers[i, k],
             "unit": self.units[name], "reason": self.reasons.get((row, name), "")}
            for i, row in enumerate(self.rows) for k, name in enumerate(self.names)])

    @property
    def summary(self):
        """Over the rows: n, mean, sd, geometric mean and its cv, median, lowest and highest of every measure."""
        import pandas as pd

        found = {}
        for k, name in enumerate(self.names):
            some = self.numbers[:, k][np.isfinite(self.numbers[:, k])]
            logs = np.log(some) if len(some) and (some > 0).all() else np.full(1, np.nan)
            spread = np.std(logs, ddof=1) if len(logs) > 1 else np.nan
            found[f"{name} ({self.units[name]})"] = {
                "n": len(some), "mean": some.mean() if len(some) else np.nan,
                "sd": some.std(ddof=1) if len(some) > 1 else np.nan, "geometric mean": np.exp(logs.mean()),
                "geometric cv (%)": 100 * np.sqrt(np.expm1(spread**2)),
                "median": np.median(some) if len(some) else np.nan,
                "lowest": some.min(initial=np.inf) if len(some) else np.nan,
                "highest": some.max(initial=-np.inf) if len(some) else np.nan}
        return pd.DataFrame(found).T

    def to_dict(self):
        """All of it as plain numbers and texts for JSON; what is not computable is None with a reason."""
        rows = []
        for i, row in enumerate(self.rows):
            found = {"name": row}
            for k, name in enumerate(self.names):
                found[name] = {"value": _plain(self.numbers[i, k]), "unit": self.units[name], "code": self.code(name)}
                if (row, name) in self.reasons:
                    found[name]["reason"] = self.reasons[row, name]
                if self.drawn is not None:
                    low, high = (float(quantile(self.drawn[i, k][None], q)[0]) for q in (0.025, 0.975))
                    found[name] |= {"low": _plain(low), "high": _plain(high)}
            rows.append(found)
        return {"route": self.route, "method": self.method, "rows": rows, "notes": list(self.notes),
                "about": _plain(self.about)}

    @property
    def remarks(self):
        """Reasons and notes as sentences."""
        said = {}
        for (row, name), why in self.reasons.items():
            if name in self._printed():
                said.setdefault(why, {}).setdefault(name, []).append(row)
        for why, names in said.items():
            rows = next(iter(names.values()))
            more = ", ..." if len(rows) > 4 else ""
            whose = "" if len(rows) == len(self.rows) else f" of {', '.join(rows[:4])}{more}"
            yield f"{', '.join(names)}{whose}: {why}"
        yield from self.notes

    @property
    def text(self):
        """The table as text; the first rows where there are many, with their summary."""
        from tabulate import tabulate

        return tabulate(*self._cells(), disable_numparse=True)

    def __repr__(self):
        head = f"exposure, {self.route}, {self.method} trapezoids"
        source = " ".join(str(self.about[key]) for key in ("drug", "regimen", "source") if self.about.get(key))
        head += f": {source}" if source else ""
        return "\n".join([head, "", self.text, "", *(f"- {remark}" for remark in self.remarks)])

    def _repr_html_(self):
        from tabulate import tabulate

        cells, headers = self._cells()
        remarks = "".join(f"<li>{html.escape(each)}</li>" for each in self.remarks)
        return f"{tabulate(cells, headers, 'html', disable_numparse=True)}<ul>{remarks}</ul>"

    def _printed(self):
        plain = [name for name in SHOWN if name in self.names]
        if len(self.rows) > 1 and "dose 1" in self.rows:
            # Of several doses what is not said of an interval is not computable, and a note says so.
            plain = [name for name in plain if not np.isnan(self.numbers[:, self.names.index(name)]).all()]
        steady = [name for name in plain if BY_NAME[name].steady]
        if np.isnan(self.numbers[:, [self.names.index(name) for name in steady]]).all():
            plain = [name for name in plain if name not in steady]
        return [*plain, *(name for name in self.names if name not in BY_NAME)]

    def _cells(self):
        rows = range(min(len(self.rows), _ROWS))
        several = len(self.rows) > 2
        summary = self.summary if several else None
        cells = []
        for name in self._printed():
            k = self.names.index(name)
            label = f"{name} ({self.units[name]})" if self.units[name] != "1" else name
            line = [label, self.code(name)]
            for i in rows:
                cell = words.number(self.numbers[i, k]) or "-"
                if self.drawn is not None and np.isfinite(self.numbers[i, k]):
                    low, high = (float(quantile(self.drawn[i, k][None], q)[0]) for q in (0.025, 0.975))
                    cell += f" ({words.number(low)} to {words.number(high)})"
                line.append(cell)
            if several:
                row = summary.loc[f"{name} ({self.units[name]})"]
                line.append(f"{words.number(row['mean']) or '-'} ± {words.number(row['sd']) or '-'}")
            cells.append(line)
        more = f" (of {len(self.rows)})" if len(self.rows) > _ROWS else ""
        return cells, ["", "CDISC", *(self.rows[i] for i in rows), *([f"mean ± sd{more}"] if several else [])]

    def _frame(self, numbers, columns):
        import pandas as pd

        return pd.DataFrame(numbers.copy(), index=pd.Index(self.rows, name="row"), columns=list(columns))


def _plain_unit(unit):
    return "1" if unit in ("1", "%") else unit


def _together(said, rows):
    """Notes that all rows have are said once."""
    counts = {}
    for note in said:
        counts.setdefault(note.split(": ", 1)[-1], []).append(note)
    return tuple(text if len(notes) == rows and rows > 1 else note for text, notes in counts.items()
                 for note in (notes[:1] if len(notes) == rows else notes))
