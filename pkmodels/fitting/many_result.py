"""The result of a fit of many curves: a table, a labelled dataset, one view per curve; it prints itself."""

import html
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from .. import units
from . import undecided
from .result import Fit, _plain

SIGNIFICANT = 0.05


@dataclass(frozen=True, eq=False, repr=False)
class Part(Fit):
    """One curve of a fit of many: a `Fit` whose intervals know of all curves' points.

    ``freedom`` are the degrees of freedom of the whole; ``conditions`` what differs in this curve, in the
    model's units. The model of a curve whose surroundings (temperature, pH) the study tells stays in them;
    ``law`` is the one that follows them, with values ``known`` of this curve (inside units) besides; it is open
    where several of it fit all curves alike.
    """

    freedom: int = 0
    conditions: Mapping = field(default_factory=dict)
    law: object = None
    known: Mapping = field(default_factory=dict)
    law_open: bool = False

    @property
    def elsewhere(self):
        """This curve as a release that follows whatever surroundings are given."""
        found = self.release
        if self.law is None:
            return found
        origin = {name: value for name, value in found.origin.items() if name != "taken_at"}
        if self.law_open:
            origin["verdicts"] = [*origin["verdicts"], undecided.ELSEWHERE]
        return replace(found, model=self.law, values={**found.values, **self.known}, origin=origin, plausible=None if (
            found.plausible is None) else lambda some: found.plausible({n: some[n] for n in found.values}))

    @property
    def degrees_of_freedom(self):
        """Of the whole fit: all points less all parameters."""
        return self.freedom

    def save(self, path):
        """Not possible: a record must be able to fit again, which needs all curves."""
        from ..errors import RecordError

        raise RecordError(f"one curve of a fit of many cannot be fitted again from its own points, so it is not kept "
                          f"as a record ({path}); save fit(study.only(...), ...) instead")


@dataclass(frozen=True)
class Sharing:
    """Whether these data support one value for all curves: shared against own values.

    ``squares_*`` are the (weighted) sums of squares, ``free_*`` the numbers of parameters that the points decide.
    """

    shared: tuple
    curves: int
    points: int
    squares_shared: float
    squares_own: float
    free_shared: int
    free_own: int

    @property
    def f(self):
        """F statistic of the extra sum of squares; NaN where there is nothing to compare."""
        more, spare = self.free_own - self.free_shared, self.points - self.free_own
        if more <= 0 or spare <= 0 or self.squares_own <= 0:
            return math.nan
        return (self.squares_shared - self.squares_own) / more / (self.squares_own / spare)

    @property
    def p(self):
        """Probability of such an F or more if the shared values were true."""
        from scipy.special import fdtrc

        if math.isnan(self.f):
            return math.nan
        return float(fdtrc(self.free_own - self.free_shared, self.points - self.free_own, max(self.f, 0.0)))

    @property
    def aicc(self):
        """(AICc with shared, AICc with own values); NaN for want of points."""
        return tuple(self._aicc(s, p) for s, p in ((self.squares_shared, self.free_shared),
                                                   (self.squares_own, self.free_own)))

    @property
    def text(self):
        """The answer in words."""
        names = " and ".join(filter(None, (", ".join(self.shared[:-1]), self.shared[-1])))
        if math.isnan(self.f):
            return (f"Whether sharing {names} is supported cannot be said: {self.points} points over {self.curves} "
                    f"curves leave nothing to compare with curves fitted alone ({self.free_own} parameters).")
        numbers = (f"F({self.free_own - self.free_shared}, {self.points - self.free_own}) = {self.f:.3g}, "
                   f"p = {self.p:.2g}")
        shared, own = self.aicc
        if math.isfinite(own):
            numbers += f"; AICc {shared:.1f} shared, {own:.1f} own"
        by_test, by_aicc = self.p >= SIGNIFICANT, shared <= own if math.isfinite(own) else None
        if by_test and by_aicc is not False:
            return f"One value of {names} for all {self.curves} curves is supported by these data ({numbers})."
        if not by_test and not by_aicc:
            return (f"One value of {names} for all {self.curves} curves is not supported: values of their own fit "
                    f"clearly better ({numbers}).")
        return (f"These data do not decide whether the {self.curves} curves share {names}: the F-test and AICc "
                f"disagree ({numbers}).")

    def to_dict(self):
        """Plain numbers and the sentence."""
        return {"shared": list(self.shared), "f": _plain(self.f), "p": _plain(self.p),
                "aicc_shared": _plain(self.aicc[0]), "aicc_own": _plain(self.aicc[1]), "verdict": self.text}

    def _aicc(self, squares, free):
        n, variances = self.points, free + 1
        if n <= variances + 1:
            return math.nan
        return n * math.log(max(squares, 1e-200) / n) + 2 * variances + 2 * variances * (variances + 1) / (
            n - variances - 1)


@dataclass(frozen=True, eq=False, repr=False)
class GlobalFit:
    """One model fitted to several curves at once.

    Attributes
    ----------
    model : Curve or Model
    study : Study
        All curves, each under its own name.
    shared : tuple of str
        Parameters with one value for all curves.
    fits : mapping of str to Part
        One view per curve, with residuals, curve and band; each can be predicted with.
    values, stderr, intervals : mapping
        By ``"k"`` for a shared parameter, ``"k of A"`` for one of a curve's own; in ``units``.
    units : mapping of str to str
        By the model's parameter name.
    free : tuple of str
    covariance : array (free, free)
    statistics : mapping
        Over all points.
    verdicts : tuple of str
    sharing : Sharing or None
        Shared against own values; None where nothing is shared.
    notes : tuple of str
        What was done to the points' errors, and priors, in sentences.
    recipe : Recipe
        What makes this fit again.
    """

    model: object
    study: object
    shared: tuple
    fits: Mapping
    values: Mapping
    stderr: Mapping
    intervals: Mapping
    units: Mapping
    free: tuple
    covariance: np.ndarray
    statistics: Mapping
    verdicts: tuple
    sharing: Sharing | None
    seed: int
    at_bound: Mapping = field(default_factory=dict)
    fixed: tuple = ()
    weights: str = "none"
    errors: str = "independent"
    version: str = ""
    idle: tuple = ()
    priors: tuple = ()
    scale: float = 0.0
    notes: tuple = ()
    recipe: object = field(default=None, repr=False)
    alone: tuple = ()
    lmfit: object = field(default=None, repr=False)

    @property
    def problem(self):
        """The least-squares problem that was solved, and its solution (inside units)."""
        block, _ = self.recipe.posed
        inner = [units.inside(self.values[key], self.units[key.split(" of ", 1)[0]])
                 for key in self._keys(block.names)]
        return block, np.array(inner)

    def _keys(self, names):
        """The names of a block's parameters as they are shown."""
        from .many_describing import display_names

        shown = display_names(self.model, self.recipe.each)
        return [shown.get(name, name) for name in names]

    def save(self, path):
        """Write this fit as a TOML record that can be loaded and fitted again; returns the path."""
        from .many_record import save

        return save(self, path)

    def at(self, **conditions):
        """The release under conditions that need not be measured ones, for `predict`: ``fit.at(T=37)``, ``pH="6.8"``.

        Raises
        ------
        FitError
            If a condition is missing, unknown or impossible, or a parameter has a value for each curve.
        """
        from .releasing import release_at

        return release_at(self, conditions)

    def __getitem__(self, curve):
        if curve not in self.fits:
            from ..errors import unknown

            raise unknown("curve", curve, list(self.fits))
        return self.fits[curve]

    @cached_property
    def table(self):
        """A DataFrame indexed by parameter and curve ("all" for a shared one)."""
        import pandas as pd

        rows = []
        for p in self.model.parameters:
            for curve in ("all",) if p.name in self.shared else self.fits:
                key = p.name if curve == "all" and p.name in self.shared else f"{p.name} of {curve}"
                low, high = self.intervals[key]
                rows.append({"parameter": p.name, "curve": curve, "value": self.values[key],
                             "stderr": self.stderr[key], "low": low, "high": high, "unit": self.units[p.name],
                             "meaning": p.meaning, "note": self._note(key)})
        return pd.DataFrame(rows).set_index(["parameter", "curve"])

    def to_xarray(self):
        """Values as an `xarray.Dataset` over ``curve`` and ``parameter``; a shared value repeats along ``curve``."""
        import xarray

        names, curves = [p.name for p in self.model.parameters], list(self.fits)
        keys = [[n if n in self.shared else f"{n} of {c}" for n in names] for c in curves]
        dims = ("curve", "parameter")
        data = {"value": [[self.values[k] for k in row] for row in keys],
                "stderr": [[self.stderr[k] for k in row] for row in keys],
                "low": [[self.intervals[k][0] for k in row] for row in keys],
                "high": [[self.intervals[k][1] for k in row] for row in keys]}
        meaning = {"value": "fitted value", "stderr": "standard error", "low": "lower end of the 95 % interval",
                   "high": "upper end of the 95 % interval"}
        found = xarray.Dataset(
            {name: (dims, np.array(rows, dtype=float), {"units": "see coordinate unit", "long_name": meaning[name]})
             for name, rows in data.items()},
            coords={"curve": np.array(curves, dtype=object), "parameter": np.array(names, dtype=object),
                    "unit": ("parameter", np.array([self.units[n] for n in names], dtype=object)),
                    "shared": ("parameter", [n in self.shared for n in names])},
            attrs={"model": self.model.name, "source": self.study.source, "sha256": self.study.sha256,
                   "citation": self.study.citation, "seed": self.seed, "version": self.version})
        found["rmse"] = ("curve", [f.statistics["rmse"] for f in self.fits.values()],
                         {"units": "1", "long_name": "root mean square miss as a share of the dose"})
        for name, unit in {str(s): u for s, u in getattr(self.model, "conditions", {}).items()}.items():
            found = found.assign_coords({name: ("curve", [f.conditions[name] for f in self.fits.values()],
                                                {"units": unit})})
        return found

    def to_dict(self):
        """Plain numbers and texts."""
        return {
            "model": self.model.name, "curves": list(self.fits), "shared": list(self.shared),
            "parameters": [{"parameter": name, "curve": curve, "value": row["value"], "stderr": _plain(row["stderr"]),
                            "low": _plain(row["low"]), "high": _plain(row["high"]), "unit": row["unit"]}
                           for (name, curve), row in self.table.iterrows()],
            "statistics": {k: _plain(v) for k, v in self.statistics.items()},
            "rmse": {curve: f.statistics["rmse"] for curve, f in self.fits.items()},
            "sharing": self.sharing.to_dict() if self.sharing else None,
            "verdicts": list(self.verdicts), "weights": self.weights, "errors": self.errors,
            "normalised": self.scale > 0, "notes": list(self.notes),
            "data": {"source": self.study.source, "sha256": self.study.sha256, "citation": self.study.citation},
            "seed": self.seed, "version": self.version}

    @property
    def text(self):
        """Head, parameters and quality as text, without the verdicts."""
        from tabulate import tabulate

        s = self.statistics
        worst = max(self.fits, key=lambda curve: self.fits[curve].statistics["rmse"])
        return "\n".join([
            f"{self.model.title} ({self.model.name}), fitted to {len(self.fits)} curves of {self.study.source} at "
            f"once, {s['n']} points, {s['free']} parameters", "",
            tabulate(self._rows(), headers=_HEADERS, disable_numparse=True), "",
            f"misses the points by {100 * s['rmse']:.2f} % of dose (RMSE; worst {worst}, "
            f"{100 * self.fits[worst].statistics['rmse']:.2f} %), R² {s['r2']:.5f}, AICc {s['aicc']:.2f}",
            *self.notes, *([self.sharing.text] if self.sharing else [])])

    def __repr__(self):
        return "\n".join([self.text, "", *([f"! {v}" for v in self.verdicts] or ["nothing speaks against this fit"])])

    def _repr_html_(self):
        from tabulate import tabulate

        said = "".join(f"<li>{html.escape(v)}</li>" for v in self.verdicts) or "<li>nothing speaks against it</li>"
        return (f"<p><b>{html.escape(self.model.title)}</b> ({self.model.name}), {len(self.fits)} curves of "
                f"{html.escape(self.study.source)}</p>"
                + tabulate(self._rows(), headers=_HEADERS, tablefmt="html", disable_numparse=True)
                + (f"<p>{html.escape(self.sharing.text)}</p>" if self.sharing else "") + f"<ul>{said}</ul>")

    def _rows(self):
        for (name, curve), row in self.table.iterrows():
            yield (name, curve, f"{row['value']:.4g}",
                   f"± {row['stderr']:.2g}" if math.isfinite(row["stderr"]) else row["note"],
                   f"{row['low']:.3g} to {row['high']:.3g}" if math.isfinite(row["high"]) else "",
                   "" if row["unit"] == "1" else row["unit"], row["meaning"])

    def _note(self, key):
        if key in self.at_bound:
            return "merged" if self.at_bound[key] == "merged" else f"at {self.at_bound[key]} bound"
        if key in self.fixed:
            return "given"
        return "" if math.isfinite(self.stderr[key]) else "not identifiable"


_HEADERS = ("parameter", "curve", "value", "± std error", "95 % interval", "unit", "meaning")
