"""The result of a fit: frozen, and it prints itself."""

import html
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from .. import units
from ..definition import time_unit
from ..solve import also, observe
from ..solve.inverse import times_of_shares
from ..solve.release import from_scale, scale_slope, to_scale
from .band import banded, standard_error
from .releasing import release_of

CONFIDENCE = 0.95


@dataclass(frozen=True, eq=False)
class Fit:
    """A release model fitted to a measured curve.

    Attributes
    ----------
    model : Curve or Model
    study : Study
        The one formulation that was fitted.
    values, stderr : mapping of str to float
        In ``units``; a parameter held at a bound or fixed has no standard error (NaN).
    units : mapping of str to str
        The unit of each parameter, with the time unit of the study.
    free : tuple of str
        The parameters that were fitted and are not at a bound.
    covariance : array (free, free)
    statistics : mapping
        See `pkmodels.fitting.statistics.statistics`.
    verdicts : tuple of str
    seed : int
        Of the search's starts.
    at_bound : mapping of str to {"lower", "upper", "merged"}
    fixed : tuple of str
        Parameters that were given, not fitted.
    idle : tuple of str
        Parameters that do not move the curve at these values.
    weights, errors : str
        As they were asked for.
    notes : tuple of str
        What was done to the points' errors, and priors, in sentences.
    priors : tuple of (str, float, float)
        Rows of prior knowledge as `Problem.priors` has them.
    scale : float
        Of data normalised to the total recovered, as `weighting.whitening` has it; 0 for others.
    lmfit : lmfit.minimizer.MinimizerResult or None
        lmfit's own result, untouched; None for a fit loaded from a record.
    """

    model: object
    study: object
    values: Mapping
    stderr: Mapping
    units: Mapping
    free: tuple
    covariance: np.ndarray
    statistics: Mapping
    verdicts: tuple
    seed: int
    at_bound: Mapping = field(default_factory=dict)
    fixed: tuple = ()
    idle: tuple = ()
    weights: str = "none"
    errors: str = "independent"
    notes: tuple = ()
    priors: tuple = ()
    scale: float = 0.0
    version: str = ""
    lmfit: object = field(default=None, repr=False)

    @cached_property
    def inside(self):
        """The values in the units used inside (h, mg, L)."""
        return {name: units.inside(value, self.units[name]) for name, value in self.values.items()}

    @cached_property
    def intervals(self):
        """95 % interval of every parameter in its unit, from the standard error on the parameter's own scale."""
        return intervals(self.model, self.values, self.stderr, self.units, self.degrees_of_freedom)

    @property
    def degrees_of_freedom(self):
        """Points less fitted parameters."""
        return self.statistics["n"] - self.statistics["free"]

    @property
    def points(self):
        """How many points the study has; those at time 0 that are zero say nothing and are not counted in ``n``."""
        return len(self.study.times)

    @cached_property
    def table(self):
        """One row per parameter: value, standard error, 95 % interval, unit, meaning (a pandas DataFrame)."""
        import pandas as pd

        rows = [{"parameter": p.name, "value": self.values[p.name], "stderr": self.stderr[p.name],
                 "low": self.intervals[p.name][0], "high": self.intervals[p.name][1],
                 "unit": self.units[p.name], "meaning": p.meaning, "note": self._note(p.name)}
                for p in self.model.parameters]
        return pd.DataFrame(rows).set_index("parameter")

    @cached_property
    def also(self):
        """Further quantities that follow from the parameters, as a DataFrame like `table`."""
        import pandas as pd

        rows = {}
        found = also(self.model, self.inside, units.factor(self.study.time_unit, "h"))
        for a in self.model.also:
            value, unit = self._shown(a, found[a.name])
            rows[a.name] = {"value": value, "unit": unit, "meaning": a.meaning}
        return pd.DataFrame.from_dict(rows, orient="index", columns=["value", "unit", "meaning"])

    @cached_property
    def ddsolver(self):
        """The same curve with the constants that DDSolver prints; None for a model that it does not have."""
        from .ddsolver import ddsolver_form

        return ddsolver_form(self)

    @cached_property
    def release_times(self):
        """When 25, 50, 75, 80 and 90 % of the dose are released, in the study's time unit (a DataFrame).

        NaN where that never happens, with the reason in the column ``note``, which also names what lies behind the
        last sample.
        """
        import pandas as pd

        last, rows = float(self.study.times.max()), {}
        for share, reached in times_of_shares(self.model, self.inside).items():
            note = reached.reason or ("after the last sample" if reached.hours > last else "")
            rows[f"t{100 * share:.0f}"] = {"time": units.outside(reached.hours, self.study.time_unit), "note": note}
        return pd.DataFrame.from_dict(rows, orient="index", columns=["time", "note"])

    @cached_property
    def derived(self):
        """Burst, half-life of release, mean time and plateau with standard errors and 95 % intervals (a DataFrame)."""
        from .uncertainty import standard

        table = standard(self).table
        return table[~table.index.isin(self.values)]

    def intervals_by(self, method="profile", **settings):
        """95 % intervals of parameters and derived quantities.

        Parameters
        ----------
        method : {"standard", "profile", "bootstrap"}
            From standard errors; by the likelihood ratio; by fitting resampled points.
        settings
            Of `pkmodels.fitting.profile.profile` or `pkmodels.fitting.bootstrap.bootstrap`.

        Returns
        -------
        Intervals

        Raises
        ------
        UnknownName
            If there is no such method.
        """
        from .uncertainty import by_method

        return by_method(self, method, settings)

    @property
    def residuals(self):
        """Measured less fitted share at every point of the study."""
        return self.study.released - observe(self.model, self.inside, self.study.times)

    def curve(self, times=None):
        """The fitted curve with its 95 % confidence band from the standard errors; see `band.banded`."""
        def ends(hours, shown):
            half = student(self.degrees_of_freedom) * standard_error(self, hours)
            return np.maximum(shown - half, 0), np.where(np.isnan(half), np.nan,
                                                         np.minimum(shown + half, max(1, shown.max())))

        return banded(self, times, ends)

    @property
    def release(self):
        """This fit as a release that can be predicted with."""
        return release_of(self)

    def save(self, path):
        """Write this fit as a TOML record that can be loaded, re-run and predicted from; returns the path."""
        from .record import save

        return save(self, path)

    def to_dict(self):
        """Plain numbers and texts, as the command line prints with ``--json``."""
        return {
            "model": self.model.name,
            "formulation": self.study.formulations[0],
            "n": self.points,
            "parameters": {n: {"value": self.values[n], "stderr": _plain(self.stderr[n]), "unit": self.units[n],
                               "low": _plain(self.intervals[n][0]), "high": _plain(self.intervals[n][1])}
                           for n in self.values},
            "also": {name: {"value": row["value"], "unit": row["unit"]} for name, row in self.also.iterrows()},
            "ddsolver": self.ddsolver.to_dict() if self.ddsolver else None,
            "release_times": {name: _plain(float(row["time"])) for name, row in self.release_times.iterrows()},
            "statistics": {k: _plain(v) for k, v in self.statistics.items()},
            "verdicts": list(self.verdicts),
            "weights": self.weights,
            "errors": self.errors,
            "normalised": self.scale > 0,
            "notes": list(self.notes),
            "data": {"source": self.study.source, "sha256": self.study.sha256, "citation": self.study.citation,
                     "vessel": str(self.study.vessel) if self.study.vessel else None},
            "seed": self.seed,
            "version": self.version,
        }

    @property
    def text(self):
        """Head, parameter table and quality as text, without the verdicts."""
        from tabulate import tabulate

        s = self.statistics
        lines = [f"{self.model.title} ({self.model.name}), fitted to {self.study.source}, "
                 f"formulation {self.study.formulations[0]}, {self.points} points", "",
                 tabulate(self._rows(), headers=_HEADERS, disable_numparse=True)]
        if len(self.also):
            lines += ["", "from these: " + "; ".join(
                f"{n} = {r['value']:.4g} {'' if r['unit'] == '1' else r['unit']}".strip()
                for n, r in self.also.iterrows())]
        lines += ["", str(self.ddsolver)] if self.ddsolver else []
        lines += ["", f"released: {self._times()}"]
        lines += ["", *self.notes] if self.notes else []
        return "\n".join([*lines, "", f"misses the points by {100 * s['rmse']:.2f} % of dose (RMSE), R² {s['r2']:.5f}, "
                                      f"adjusted R² {s['r2_adj']:.5f}", _criteria(s)])

    def __repr__(self):
        return "\n".join([self.text, "", *([f"! {v}" for v in self.verdicts] or ["nothing speaks against this fit"])])

    def _repr_html_(self):
        from tabulate import tabulate

        s = self.statistics
        verdicts = "".join(f"<li>{html.escape(v)}</li>" for v in self.verdicts) or "<li>nothing speaks against it</li>"
        return (f"<p><b>{html.escape(self.model.title)}</b> ({self.model.name}), "
                f"{html.escape(self.study.source)} {html.escape(self.study.formulations[0])}, {self.points} points</p>"
                + tabulate(self._rows(), headers=_HEADERS, tablefmt="html", disable_numparse=True)
                + (f"<p>{html.escape(str(self.ddsolver))}</p>" if self.ddsolver else "")
                + f"<p>Released: {self._times()}</p>"
                + f"<p>RMSE {100 * s['rmse']:.2f} % of dose, R² {s['r2']:.5f}; {_criteria(s)}</p>"
                  f"<ul>{verdicts}</ul>")

    def _rows(self):
        for p in self.model.parameters:
            low, high = self.intervals[p.name]
            error = self.stderr[p.name]
            unit = "" if self.units[p.name] == "1" else self.units[p.name]
            yield (p.name, f"{self.values[p.name]:.4g}",
                   f"± {error:.2g}" if math.isfinite(error) else self._note(p.name),
                   f"{low:.3g} to {high:.3g}" if math.isfinite(high) else "", unit, p.meaning)

    def _times(self):
        def said(name, row):
            if not math.isfinite(row["time"]):
                return f"{name[1:]} % never"
            note = f" ({row['note']})" if row["note"] else ""
            return f"{name[1:]} % by {self.study.time_unit} {row['time']:.4g}{note}"

        return ", ".join(said(name, row) for name, row in self.release_times.iterrows())

    def _note(self, name):
        if name in self.at_bound:
            return "merged" if self.at_bound[name] == "merged" else f"at {self.at_bound[name]} bound"
        if name in self.fixed:
            return "given"
        if name in self.idle:
            return "no effect"
        return "" if math.isfinite(self.stderr[name]) else "not identifiable"

    def _shown(self, quantity, value):
        """A quantity in the study's time unit; 'time**beta' takes the power from the values."""
        if time_unit in quantity.expression.free_symbols:
            return value, quantity.unit.replace("time", self.study.time_unit)
        unit = in_time_unit(quantity.unit, self.study.time_unit)
        if "time**" in unit:
            head, _, exponent = unit.partition("time**")
            power = self.values[exponent] * (-1 if head.startswith("1/") else 1)
            return value * units.factor("h", self.study.time_unit) ** power, unit.replace("time", self.study.time_unit)
        return units.outside(value, unit), unit


_HEADERS = ("parameter", "value", "± std error", "95 % interval", "unit", "meaning")


def intervals(model, values, stderr, shown_units, freedom):
    """(low, high) by name: symmetric on the parameter's own scale, cut at what is possible; NaN where unknown."""
    found = {}
    for p in model.parameters:
        value, error = values[p.name], stderr[p.name]
        if not math.isfinite(error) or freedom < 1 or (value <= 0 and p.scale != "linear"):
            found[p.name] = (math.nan, math.nan)
            continue
        half = student(freedom) * error * scale_slope(value, p)
        low, high = (from_scale(to_scale(value, p) + sign * half, p) for sign in (-1, 1))
        bounds = [units.outside(units.inside(float(b), p.unit), shown_units[p.name]) for b in p.bounds]
        found[p.name] = (float(max(low, bounds[0])), float(min(high, bounds[1])))
    return found


def student(freedom):
    """Half-width of a 95 % interval in standard errors (Student's t); NaN without a point to spare."""
    from scipy.special import stdtrit

    return float(stdtrit(freedom, 0.5 + CONFIDENCE / 2)) if freedom > 0 else math.nan


def _criteria(s):
    """The criteria that three programs call AIC, each by its name."""
    aicc = f"{s['aicc']:.2f} (the variance counts as a parameter)" if math.isfinite(s["aicc"]) \
        else "not computable (too few points)"
    return (f"AICc {aicc}, lmfit's AIC {s['aic_lmfit']:.2f}, "
            f"DDSolver's AIC {s['aic_ddsolver']:.2f} and MSC {s['msc']:.3f}")


def in_time_unit(unit, time_unit):
    """A parameter's unit with days exchanged for the time unit of the study."""
    return unit.replace("day", time_unit)


def _plain(value):
    """JSON knows no NaN."""
    return None if isinstance(value, float) and not math.isfinite(value) else value
