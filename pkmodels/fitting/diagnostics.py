"""Can this fit be trusted? Residuals, prediction of what was left out, and phases that the model cannot have."""

import math
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from .. import units
from ..errors import FitError, PkmodelsError
from ..solve import observe
from . import bounds, polish, search, weighting
from .problem import Problem
from .result import Fit, _plain, in_time_unit
from .statistics import runs_probability
from .verdicts import DIGITISING
from .walking import problem_of

#: Fewer residuals than this say nothing of their distribution.
FEWEST_NORMAL = 8
DOUBTFUL = 0.05
#: A rate that falls to less than 1/1.5 of what was before and comes after is a dip between two phases.
DIP = 1.5
#: Less than this share of dose before the dip, or after it, is no phase.
AGAIN = 0.05
#: Against what a second phase is tested, and how surely it must be there.
ONE_PHASE, TWO_PHASES, SURE = "weibull", "burst_delayed_weibull", 0.01


@dataclass(frozen=True)
class Diagnostics:
    """What speaks for and against a fit.

    Attributes
    ----------
    model : str
    runs : float
        Probability of so few changes of side by chance (mean residual of each time).
    normality : float
        Shapiro and Wilk's probability of the residuals; NaN below eight points.
    leave_one_out : float
        Root mean square error (share of dose) with which each point is predicted by a fit to the others.
    last_third : float
        Root mean square error (share of dose) with which the last third of the sampling times is predicted by a
        fit to those before; NaN where they do not suffice for a fit.
    second_phase : str
        A sentence, empty where there is no second phase that the model lacks.
    """

    model: str
    rmse: float
    runs: float
    normality: float
    leave_one_out: float
    last_third: float
    second_phase: str

    @property
    def sentences(self):
        """The findings in words."""
        said = []
        if self.runs < DOUBTFUL:
            said.append(f"the residuals change side too rarely (p = {self.runs:.2g}): the model's shape is not that of "
                        f"the data")
        if self.normality < DOUBTFUL:
            said.append(f"the residuals are not normally distributed (Shapiro-Wilk p = {self.normality:.2g}): look for "
                        f"a stray point, and take intervals from a bootstrap")
        if self.leave_one_out > 3 * self.rmse and self.leave_one_out > 0.01:
            said.append(f"single points carry this fit: left out they are missed by {100 * self.leave_one_out:.1f} % "
                        f"of dose instead of {100 * self.rmse:.1f} %")
        if self.last_third > max(3 * self.rmse, 0.03):
            said.append(f"fitted to the first two thirds of the times, it misses the rest by "
                        f"{100 * self.last_third:.1f} % of dose: do not extrapolate with it")
        return (*said, *filter(None, [self.second_phase]))

    def to_dict(self):
        """Plain numbers and texts; errors in per cent of dose."""
        return {"model": self.model, "runs_p": _plain(self.runs), "normality_p": _plain(self.normality),
                "leave_one_out_percent": _plain(100 * self.leave_one_out),
                "last_third_percent": _plain(100 * self.last_third), "findings": list(self.sentences)}

    def __repr__(self):
        def shown(value, text="{:.3g}"):
            return text.format(value) if math.isfinite(value) else "too few points"

        lines = [f"{self.model}: runs p = {shown(self.runs)}, normality p = {shown(self.normality)}, "
                 f"leave-one-out {shown(100 * self.leave_one_out, '{:.2f} % of dose')}, "
                 f"last third {shown(100 * self.last_third, '{:.2f} % of dose')} (fit {100 * self.rmse:.2f} %)"]
        return "\n".join([*lines, *(f"! {s}" for s in self.sentences)])


def diagnose(fit):
    """All diagnostics of one fit; FitError for anything else.

    Parameters
    ----------
    fit : Fit

    Returns
    -------
    Diagnostics
    """
    if not isinstance(fit, Fit):
        raise FitError(f"diagnose needs a fit, not a {type(fit).__name__}; make one with fit(study, 'weibull')")
    return Diagnostics(
        model=fit.model.name, rmse=fit.statistics["rmse"], runs=residual_runs(fit), normality=normality(fit),
        leave_one_out=_root_mean_square(leave_one_out(fit)), last_third=_root_mean_square(last_third(fit)),
        second_phase=second_phase(fit))


def columns(comparison, progress=None):
    """The table of a comparison with the diagnostics of every model beside it.

    Returns
    -------
    DataFrame
        ``comparison.table`` with leave_one_out_percent, last_third_percent, runs_p and normality_p.
    """
    found = [{"leave_one_out_percent": 100 * _root_mean_square(leave_one_out(fit)),
              "last_third_percent": 100 * _root_mean_square(last_third(fit)),
              "runs_p": residual_runs(fit), "normality_p": normality(fit)}
             for fit in (progress(comparison.fits) if progress else comparison.fits)]
    return comparison.table.assign(**{name: [row[name] for row in found] for name in found[0]})


def residual_runs(fit):
    """Probability of so few runs of equal sign by chance, of the mean residual at each time."""
    times, misses = _misses(fit)
    _, at = np.unique(times, return_inverse=True)
    return runs_probability(np.bincount(at, misses) / np.bincount(at))


def normality(fit):
    """Shapiro and Wilk's probability that the residuals are normal; NaN below eight points after the start."""
    from scipy.stats import shapiro

    times, misses = _misses(fit)
    residuals = misses[times > 0]
    if len(residuals) < FEWEST_NORMAL or np.ptp(residuals) < 1e-12:
        return math.nan
    return float(shapiro(residuals).pvalue)


def _misses(fit):
    """Times and misses whose errors are independent: of the shares, or of what the errors were said to be of."""
    problem = problem_of(fit)
    if np.ndim(problem.whitening) < 2:
        return fit.study.times, fit.residuals
    numbers = np.array([fit.inside[name] for name in problem.names])
    return problem.times, problem.residual(numbers)[: len(problem.times)]


def leave_one_out(fit):
    """Error with which each point after the start is predicted by a fit to all others.

    Returns
    -------
    array (points after the start,)
        Predicted less measured share; NaN where the others do not suffice for a fit.
    """
    after = np.flatnonzero(fit.study.times > 0)
    found = np.full(len(after), np.nan)
    for k, left in enumerate(after):
        kept = np.arange(len(fit.study.times)) != left
        values = _again(fit, kept, warm=True)
        if values is not None:
            time = fit.study.times[left:left + 1]
            found[k] = observe(fit.model, values, time)[0] - fit.study.released[left]
    return found


def last_third(fit):
    """Error with which the last third of the sampling times is predicted by a fit to the times before.

    Returns
    -------
    array (points of the last third,)
        Predicted less measured share; NaN where the first two thirds do not suffice for a fit.
    """
    times = fit.study.times
    seen = np.unique(times[times > 0])
    kept = times <= seen[max(-(-2 * len(seen) // 3) - 1, 0)]
    values = _again(fit, kept, warm=False) if not kept.all() else None
    if values is None:
        return np.full(int(np.sum(~kept)), np.nan)
    return observe(fit.model, values, times[~kept]) - fit.study.released[~kept]


def second_phase(fit):
    """A sentence if release slows and rises again in a way that the model cannot follow; empty otherwise.

    Two phases must have a dip in their rate that the model lacks, and leave so much less than one phase (Weibull's
    law, their special case) and than the model that it is not chance (F-test; approximate for models that are no
    special case).
    """
    if _dip(fit)[0] > DIP or fit.model.name == TWO_PHASES:
        return ""
    try:
        rich = _refit(fit.study, TWO_PHASES, fit.weights, fit.errors, fit.seed)
        plain = fit if fit.model.name == ONE_PHASE else _refit(fit.study, ONE_PHASE, fit.weights, fit.errors, fit.seed)
    except PkmodelsError:
        return ""
    depth, time = _dip(rich)
    f, freedom, chance = _f_test(fit, rich)
    before = float(observe(rich.model, rich.inside, np.array([time]))[0])
    if depth <= DIP or before < AGAIN or not max(chance, _f_test(plain, rich)[2]) <= SURE:
        return ""
    unit = fit.study.time_unit
    return (f"a second phase is present that {fit.model.name} cannot have: release slows and rises again after about "
            f"{units.outside(time, unit):.3g} {unit} ({TWO_PHASES} misses the points by "
            f"{100 * rich.statistics['rmse']:.2f} % of dose instead of {100 * fit.statistics['rmse']:.2f} %; "
            f"F({freedom[0]}, {freedom[1]}) = {f:.3g}, p = {chance:.1g}). Take a model with two "
            f"phases, such as that one")


@lru_cache(maxsize=8)
def _refit(study, model, weights, errors, seed):
    """A ranking asks for the same two fits once per model."""
    from . import fit

    return fit(study, model, weights=weights, errors=errors, seed=seed)


def missed_phase(fit):
    """`second_phase` where the points themselves slow down and rise again, and the curve misses them."""
    if fit.statistics["rmse"] > DIGITISING and rises_again(fit.study):
        return second_phase(fit)
    return ""


def rises_again(study):
    """Whether the means slow down between two samples and then rise again, by more than noise would."""
    times, released = study.times, study.released
    seen = np.unique(np.append(times, 0.0))
    mean = np.array([released[times == time].mean() if np.any(times == time) else 0.0 for time in seen])
    rise = np.diff(mean)
    pace = rise / np.diff(seen)
    for k in range(1, len(pace) - 1):
        quicker = DIP * max(pace[k], 1e-9)
        if mean[k] > AGAIN and pace[:k].max() > quicker and rise[k + 1:][pace[k + 1:] > quicker].sum() > AGAIN:
            return True
    return False


def _f_test(simple, rich):
    """(F, degrees of freedom, probability) of the extra sum of squares; probability 1 where nothing is to compare."""
    from scipy.special import fdtrc

    more, spare = rich.statistics["free"] - simple.statistics["free"], rich.degrees_of_freedom
    least = rich.statistics["wss"]
    if more <= 0 or spare <= 0 or least <= 0:
        return math.nan, (more, spare), 1.0
    f = max((simple.statistics["wss"] - least) / more / (least / spare), 0.0)
    return f, (more, spare), float(fdtrc(more, spare, f))


def _dip(fit):
    """How deep the rate falls between two times of quicker release, as a ratio, and when (h)."""
    grid = np.linspace(0, float(fit.study.times.max()), 201)
    rate = np.maximum(np.diff(observe(fit.model, fit.inside, grid)), 1e-6)
    before, after = np.maximum.accumulate(rate), np.maximum.accumulate(rate[::-1])[::-1]
    depth = np.minimum(before, after) / rate
    deepest = int(np.argmax(depth))
    return float(depth[deepest]), float(grid[deepest])


def _again(fit, kept, *, warm):
    """Values (inside units) of the same fit to some of its points; None where they do not suffice."""
    study = fit.study
    times = study.times[kept]
    free = fit.statistics["free"]
    if len(np.unique(times[times > 0])) < max(free, 2):
        return None
    part = study.without(~kept)
    problem = Problem(fit.model, times, part.released, _box(fit, study.times), fixed=fit.fixed, priors=fit.priors,
                      whitening=weighting.whitening(part, fit.weights, fit.errors, fit.scale)[0])
    start = np.array([fit.inside[name] for name in problem.names])
    if not warm:
        found, squares = search.search(problem, fit.seed)
        if not len(found):
            return None
        start = found[np.argmin(squares)]
    shown = {p.name: in_time_unit(p.unit, study.time_unit) for p in fit.model.parameters}
    values = polish.polish(problem, start, shown).values
    return {name: units.inside(value, shown[name]) for name, value in values.items()}


def _box(fit, times):
    box = bounds.box(fit.model, times)
    arrays = [a.copy() for a in (box.lower, box.upper, box.start_lower, box.start_upper)]
    for k, p in enumerate(fit.model.parameters):
        if p.name in fit.fixed:
            for each in arrays:
                each[k] = fit.inside[p.name]
    return replace(box, lower=arrays[0], upper=arrays[1], start_lower=arrays[2], start_upper=arrays[3])


def _root_mean_square(errors):
    """NaN if any of the errors could not be computed, or there are none."""
    return float(np.sqrt(np.mean(errors**2))) if len(errors) else math.nan
