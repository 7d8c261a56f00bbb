"""Several models on one curve, ranked."""

import html
import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .. import catalogue
from ..errors import FitError
from ..model import Curve
from .band import study_times
from .shown import in_words
from .statistics import LABELS, akaike_weights
from .verdicts import DIGITISING, POOR, UNOBSERVED


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
        Models that draw the same curve as another one here, or are another form of its law; that one alone carries
        the weight.
    """

    fits: tuple
    weights: tuple
    failed: dict
    twins: dict

    @classmethod
    def of(cls, fits, failed):
        """Rank fits by AICc; those without one, for want of points, come last, the fewest parameters first.

        Two models that draw the same curve with as many parameters are one hypothesis: the one
        with fewer remarks keeps the weight, the other is named its twin.
        """
        def key(fit):
            s, remarks = fit.statistics, len(fit.verdicts)
            if math.isnan(s["aicc"]):
                return (True, s["free"], round(s["rmse"], 6), remarks)
            return (False, round(s["aicc"], 3), s["free"], remarks)

        ranked = sorted(fits, key=key)
        here = {fit.model.name for fit in ranked}
        twins = {name: lawful for name in here if (lawful := _lawful_form(name, here))}
        for i, fit in enumerate(ranked):
            for other in ranked[:i]:
                if other.model.name not in twins and _same_curve(fit, other):
                    twins[fit.model.name] = other.model.name
                    break
        weights = akaike_weights([math.nan if f.model.name in twins else f.statistics["aicc"] for f in ranked])
        return cls(tuple(ranked), tuple(float(w) for w in weights), dict(failed), twins)

    @property
    def best(self):
        """The fit to use: the lowest AICc among those fit to predict with.

        Fit to predict with is a model that follows the points (RMSE within `POOR`), begins at zero, never falls and
        has no plateau above the dose that no point shows.
        Where none is, the nearest to the points of those that begin at zero and never fall, else of all.
        """
        lawful = [f for f in self.fits if _lawful(f)] or self.fits
        return next((f for f in lawful if f.statistics["rmse"] <= POOR),
                    min(lawful, key=lambda f: f.statistics["rmse"]))

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
        times, hours = study_times(study, times)
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
        best, s = self.best, self.best.statistics
        text = f"Use {best.model.name}{self._why()}"
        near = [f for f, w in zip(self.fits, self.weights, strict=True)
                if w > 0.1 and f is not best and _lawful(f) and f.statistics["rmse"] <= POOR]
        if near:
            text += (f" These points do not decide against {' and '.join(f.model.name for f in near)}: "
                     f"predict with them too and see whether the answer changes.")
        simple = self._simpler()
        if simple:
            text += (f" If the points were read off a figure, which is good to about {100 * DIGITISING:g} % of its "
                     f"axis, {simple.model.name} with {simple.statistics['free']} instead of {s['free']} parameters "
                     f"({100 * simple.statistics['rmse']:.2f} %) says as much.")
        untried = in_words(best, {part for f in self.fits for part in f.model.name.split("+")[1:]})
        text += untried
        spare = s["n"] - s["free"]
        if spare < FEW:
            text += (f" It has {s['free']} parameters for {s['n']} points, so its nearness to them proves little; "
                     f"more samples would decide.")
        remarks = [v for v in best.verdicts if not (untried and v.startswith("the points "))]
        if remarks:
            text += f" Mind: {remarks[0].removesuffix('; compare ranks them')}."
        text += "".join(f" And {v}." for v in remarks[1:] if v.startswith(UNOBSERVED))
        return text

    def _simpler(self):
        """The model of fewest parameters that is as near to the points as they are measured, or None."""
        best = self.best.statistics
        close = DIGITISING * min(float(self.best.study.released.max()), 1.0)
        near = [f for f in self.fits if _lawful(f) and f.statistics["free"] < best["free"]
                and f.statistics["rmse"] <= close]
        if best["rmse"] > close or not near:
            return None
        return min(near, key=lambda f: (f.statistics["free"], f.statistics["rmse"]))

    def _why(self):
        """What speaks for the chosen model, after its name."""
        best, first, s = self.best, self.fits[0], self.best.statistics
        misses = f"misses the points by {100 * s['rmse']:.2f} % of dose"
        if s["rmse"] > POOR:
            return (f" if you must: it {misses}, which is too far to predict with, and none of these models that begin "
                    f"at zero and do not fall comes nearer.")
        if best is first and math.isnan(s["aicc"]):
            return (f": of the models that follow the points it has the fewest parameters ({misses}; too few points "
                    f"for AICc).")
        weight = self.weights[self.fits.index(best)]
        if best is first:
            return (f": of these models it explains the points best for the number of its parameters ({misses}; lowest "
                    f"AICc, Akaike weight {weight:.2f}).")
        before = self.fits[:self.fits.index(best)]
        far = [f for f in before if f.statistics["rmse"] > POOR]
        wrong = len(before) - len(far)
        reasons = [f"{_these(far, before, 'misses', 'miss')} them by more than {100 * POOR:g} % "
                   f"({far[0].model.name} by {100 * far[0].statistics['rmse']:.1f} %), too far to predict with,"
                   ] if far else []
        if wrong:
            s_ = "s" if wrong == 1 else ""
            reasons.append(f"{_these(range(wrong), before, 'begins', 'begin')} above zero, fall{s_} again or end{s_} "
                           f"above the dose, which drug does not")
        ranked = f"{first.model.name}" if len(before) == 1 else f"{len(before)} models, {first.model.name} first,"
        text = f", which {misses}. By AICc {ranked} would come before it, but {' and '.join(reasons).rstrip(',')}."
        if math.isfinite(s["aicc"]):
            return text + f" Of the models that remain it has the lowest AICc ({s['aicc']:.2f})."
        return text + " Of the models that remain it has the fewest parameters; there are too few points for its AICc."

    def to_dict(self):
        """Plain numbers and texts, as the command line prints with ``--json``."""
        ranking = [{**f.to_dict(), "weight": w, "twin": self.twins.get(f.model.name)}
                   for f, w in zip(self.fits, self.weights, strict=True)]
        return {"ranking": ranking, "chosen": self.best.model.name, "advice": self.advice, "failed": self.failed,
                "meaning": LABELS}

    @property
    def text(self):
        """The ranking as text, without the advice."""
        from tabulate import tabulate

        return "\n".join([tabulate(self._rows(), headers=_HEADERS, disable_numparse=True), "", _FOOT])

    def __repr__(self):
        return "\n".join([self.text, "", self.advice,
                          *(f"! {name} could not be fitted: {why}" for name, why in self.failed.items())])

    def _repr_html_(self):
        from tabulate import tabulate

        return (tabulate(self._rows(), headers=_HEADERS, tablefmt="html", disable_numparse=True)
                + f"<p>{html.escape(_FOOT)}</p><p>{html.escape(self.advice)}</p>")

    def _rows(self):
        best = self.best
        for f, w in zip(self.fits, self.weights, strict=True):
            s, name = f.statistics, f.model.name
            yield (f"{name} (chosen)" if f is best else name, s["free"], f"{100 * s['rmse']:.2f}",
                   f"{s['r2_adj']:.4f}",
                   f"{s['aicc']:.2f}" if math.isfinite(s["aicc"]) else "too few points",
                   f"same curve as {self.twins[f.model.name]}" if f.model.name in self.twins else f"{w:.3f}",
                   len(f.verdicts) or "")


def _these(some, of, one, several):
    """The subject of a sentence about some of these models, with its verb."""
    if len(some) == len(of):
        return f"that {one}" if len(of) == 1 else f"these all {several}"
    return f"{len(some)} of these {one if len(some) == 1 else several}"


def _lawful(fit):
    """Whether a model begins at zero, never falls and does not end above the dose where no point does."""
    if fit.values.get("plateau", 0.0) > 1 and fit.study.released.max() <= 1:
        return False
    return not isinstance(fit.model, Curve) or (fit.model.peak is None and fit.model.starts_at_zero)


def _lawful_form(name, here):
    """Of a law that has released something at time 0: the model here that is its form that has not, if any."""
    if not catalogue.knows(name) or getattr(catalogue.get_model(name), "starts_at_zero", True):
        return None
    return next((other for _, other in catalogue.same_as(name) if other in here), None)


def _same_curve(one, other):
    """Whether two fits with as many parameters draw one curve, to twice the last sample, within 1e-4 of the dose."""
    if one.statistics["free"] != other.statistics["free"] or not np.allclose(one.residuals, other.residuals, atol=1e-4):
        return False
    hours = np.linspace(0, 2 * float(one.study.times.max()), 201)
    return np.allclose(one.release.share(hours), other.release.share(hours), rtol=0, atol=1e-4)


#: Points to spare below which nearness to the points proves little.
FEW = 3
_HEADERS = ("model", "parameters", "RMSE (% of dose)", "adjusted R²", "AICc", "weight", "remarks")
_FOOT = f"AICc: {LABELS['aicc']}; weight: Akaike weight from it. Other programs' AIC stands in fit.statistics."
