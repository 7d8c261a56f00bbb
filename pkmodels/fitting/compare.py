"""Several models on one curve, ranked."""

import html
import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .. import units
from ..errors import FitError
from ..model import Curve
from .statistics import akaike_weights
from .verdicts import POOR


@dataclass(frozen=True, eq=False)
class Comparison:
    """Fits of several models to one curve, best (lowest AICc) first.

    Attributes
    ----------
    fits : tuple of Fit
    weights : tuple of float
        Akaike weights: how strongly these data speak for each of these models.
    failed : mapping of str to str
        Models that could not be fitted, with the reason.
    twins : mapping of str to str
        Models that draw the same curve as another one here, which alone carries the weight.
    """

    fits: tuple
    weights: tuple
    failed: dict
    twins: dict

    @classmethod
    def of(cls, fits, failed):
        """Rank fits by AICc (those without one, for want of points, come last, by RMSE).

        Two models that draw the same curve with as many parameters are one hypothesis: the one
        with fewer remarks keeps the weight, the other is named its twin.
        """
        def key(fit):
            aicc = fit.statistics["aicc"]
            none = math.isnan(aicc)
            return (none, round(fit.statistics["rmse"] if none else aicc, 3), fit.statistics["free"], len(fit.verdicts))

        ranked = sorted(fits, key=key)
        twins = {}
        for i, fit in enumerate(ranked):
            for other in ranked[:i]:
                if other.model.name not in twins and _same_curve(fit, other):
                    twins[fit.model.name] = other.model.name
                    break
        weights = akaike_weights([math.nan if f.model.name in twins else f.statistics["aicc"] for f in ranked])
        return cls(tuple(ranked), tuple(float(w) for w in weights), dict(failed), twins)

    @property
    def best(self):
        """The fit to use: the lowest AICc among those fit to predict with, else of all.

        Fit to predict with is a model that follows the points (RMSE within `POOR`), begins at zero and never falls.
        """
        return next((f for f in self.fits if _may_predict(f)), self.fits[0])

    def __getitem__(self, name):
        for fit in self.fits:
            if fit.model.name == name:
                return fit
        raise KeyError(name)

    @cached_property
    def table(self):
        """One row per model: RMSE, R², AICc, weight, number of remarks (a pandas DataFrame)."""
        import pandas as pd

        rows = [{"model": f.model.name, "parameters": f.statistics["free"], "rmse_percent": 100 * f.statistics["rmse"],
                 "r2_adj": f.statistics["r2_adj"], "aicc": f.statistics["aicc"], "weight": w,
                 "remarks": len(f.verdicts)}
                for f, w in zip(self.fits, self.weights, strict=True)]
        return pd.DataFrame(rows).set_index("model")

    def averaged(self, times=None):
        """The prediction of all models together, each by its Akaike weight.

        Parameters
        ----------
        times : array, optional
            In the study's time unit; 200 points from 0 to the last sample when not given.

        Returns
        -------
        DataFrame
            ``time``, ``released`` (weighted mean), ``spread`` (weighted standard deviation between the models),
            ``lowest`` and ``highest`` of the models that carry one per cent of the weight or more; shares of dose.
            As in a prediction, no model passes 100 % or falls.

        Raises
        ------
        FitError
            If no model has a weight, for want of points.
        """
        import pandas as pd

        study = self.best.study
        weights = np.array(self.weights)
        if not weights.sum() > 0:
            raise FitError(f"{study.source} has too few points for AICc, so no model has a weight to average by")
        if times is None:
            times = np.linspace(0, units.outside(float(study.times.max()), study.time_unit), 200)
        times = np.asarray(times, dtype=float)
        hours = times * units.factor(study.time_unit, "h")
        carried = [(fit, w) for fit, w in zip(self.fits, weights, strict=True) if w > 0]
        shares = np.array([fit.release.share(hours) for fit, _ in carried])
        part = np.array([w for _, w in carried])
        mean = part @ shares
        heavy = shares[part >= min(0.01, part.max())]
        return pd.DataFrame({"time": times, "released": mean, "spread": np.sqrt(part @ (shares - mean) ** 2),
                             "lowest": heavy.min(axis=0), "highest": heavy.max(axis=0)})

    @property
    def advice(self):
        """Which model to use, and why, in a few sentences."""
        best = self.best
        weight = self.weights[self.fits.index(best)]
        s = best.statistics
        if best is self.fits[0]:
            text = (f"Use {best.model.name}: of these models it explains the points best for the number of its "
                    f"parameters (misses them by {100 * s['rmse']:.2f} % of dose")
            text += "; too few points for AICc)." if math.isnan(s["aicc"]) else f"; Akaike weight {weight:.2f})."
        else:
            first = self.fits[0]
            why = (f"misses them by {100 * first.statistics['rmse']:.1f} %, too far to predict with"
                   if first.statistics["rmse"] > POOR else "does not begin at zero or falls again, which drug does not")
            text = (f"Use {best.model.name}, which misses the points by {100 * s['rmse']:.2f} % of dose. AICc ranks "
                    f"{first.model.name} first for the number of its parameters, but that {why}.")
        near = [f for f, w in zip(self.fits, self.weights, strict=True)
                if w > 0.1 and f is not best and _may_predict(f)]
        if near:
            text += (f" These points do not decide against {' and '.join(f.model.name for f in near)}: "
                     f"predict with them too and see whether the answer changes.")
        nearest = min(self.fits, key=lambda fit: fit.statistics["rmse"])
        if s["rmse"] > POOR >= nearest.statistics["rmse"]:
            near_by = nearest.statistics
            text += (f" {nearest.model.name} follows them more closely ({100 * near_by['rmse']:.2f} % of dose), "
                     f"but AICc does not take {near_by['free']} parameters for {s['n']} points as evidence; more "
                     f"samples would decide.")
        if best.verdicts:
            text += f" Mind: {best.verdicts[0]}."
        return text

    def to_dict(self):
        """Plain numbers and texts, as the command line prints with ``--json``."""
        ranking = [{**f.to_dict(), "weight": w, "twin": self.twins.get(f.model.name)}
                   for f, w in zip(self.fits, self.weights, strict=True)]
        return {"ranking": ranking, "advice": self.advice, "failed": self.failed}

    @property
    def text(self):
        """The ranking as text, without the advice."""
        from tabulate import tabulate

        return tabulate(self._rows(), headers=_HEADERS, disable_numparse=True)

    def __repr__(self):
        return "\n".join([self.text, "", self.advice,
                          *(f"! {name} could not be fitted: {why}" for name, why in self.failed.items())])

    def _repr_html_(self):
        from tabulate import tabulate

        return (tabulate(self._rows(), headers=_HEADERS, tablefmt="html", disable_numparse=True)
                + f"<p>{html.escape(self.advice)}</p>")

    def _rows(self):
        for f, w in zip(self.fits, self.weights, strict=True):
            s = f.statistics
            yield (f.model.name, s["free"], f"{100 * s['rmse']:.2f}", f"{s['r2_adj']:.4f}",
                   f"{s['aicc']:.2f}" if math.isfinite(s["aicc"]) else "too few points",
                   f"same curve as {self.twins[f.model.name]}" if f.model.name in self.twins else f"{w:.3f}",
                   len(f.verdicts) or "")


def _may_predict(fit):
    lawful = not isinstance(fit.model, Curve) or (fit.model.peak is None and fit.model.starts_at_zero)
    return lawful and fit.statistics["rmse"] <= POOR


def _same_curve(one, other):
    """Whether two fits with as many parameters draw one curve, to twice the last sample, within 1e-4 of the dose."""
    if one.statistics["free"] != other.statistics["free"] or not np.allclose(one.residuals, other.residuals, atol=1e-4):
        return False
    hours = np.linspace(0, 2 * float(one.study.times.max()), 201)
    return np.allclose(one.release.share(hours), other.release.share(hours), rtol=0, atol=1e-4)


_HEADERS = ("model", "parameters", "RMSE (% of dose)", "adjusted R²", "AICc", "weight", "remarks")
