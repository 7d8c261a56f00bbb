"""What a fit means, in words: each verdict says what is the matter and what to do."""

import numpy as np

from .. import units
from ..environment import SAID, STANDARD
from ..solve import also, compiled, observe
from ..solve.acid import CRITICAL, acid_verdict
from ..solve.release import Release
from .early import beyond_mechanism
from .shown import UNSEEN, begun, falling, level, remedy
from .statistics import EXACT, runs_probability
from .weighting import increments

#: Digitised curves differ by 0.5 to 1.5 % of dose between two readings of one figure.
DIGITISING = 0.01
POOR = 0.03
UNOBSERVED = "the plateau was not observed"
#: A rise by this share of dose more than the gaps on either side would lead one to expect, in so many parts of a gap
#: between samples that is looked at in so many.
STEP, STRETCH, PARTS = 0.10, 10, 40
DISTINCT = 0.98
#: Slower than this per day (half-life of two days) is no burst.
BURST = 0.35
#: Half-width of an interval on the log scale beyond which a parameter is only known to a factor of three.
VAGUE = 1.1
#: From one end of an interval to the other: by then any number would do.
UNKNOWN = 1e30
#: Twice the log of the likelihood ratio above which errors that add up are the better story (of 200 made curves with
#: independent errors 3 pass it, of 200 with errors that add up 107), and the spare points that are needed to tell.
ADDED_UP, SURE, SPARE_FOR_ERRORS = 0.0, 4.0, 5


def verdicts(model, study, polished, statistics, problem, shown_units, intervals):
    """All verdicts on a fit, gravest first, as sentences.

    ``intervals`` maps a parameter name to its (low, high) 95 % interval in the unit of display.
    """
    unit = study.time_unit
    inside = {name: units.inside(value, shown_units[name]) for name, value in polished.values.items()}
    eventual = float(Release(model, inside, measured_until=float(study.times.max())).eventual())
    last = units.outside(float(study.times.max()), unit)
    own = polished.residual[: statistics["n"]] if np.ndim(problem.whitening) == 2 else polished.difference
    return (*_before(model, study, inside), *_misfit(study, statistics, own),
            *_random_walk(study, statistics, polished, problem), *_steps(model, study, inside),
            *_bounds(model, polished, problem.box, shown_units),
            *_idle(model, polished), *_slow_burst(polished, shown_units),
            *(() if _saturated(study, statistics) else _vague(model, polished, shown_units, intervals)),
            *_indistinguishable(polished), *_local(model, study, polished, shown_units),
            *few_points(statistics, study),
            *_unseen(model, study, last, eventual), *_beyond_dose(study, polished.difference, unit),
            *_falling(model, polished, shown_units, unit, last), *_begun(model),
            *beyond_mechanism(model, study), *_too_good(statistics), *_acid(model, inside))


def of_parameters(model, polished, box, shown_units, intervals):
    """Verdicts on the parameters of a fit of many curves."""
    return (*_bounds(model, polished, box, shown_units), *_idle(model, polished),
            *_vague(model, polished, shown_units, intervals), *_indistinguishable(polished))


#: A temperature (K) or pH this close to the body's is taken for it.
NEAR_BODY = {"T": 1.0, "pH": 0.5}


def of_surroundings(model, told=()):
    """Verdict on curves of a model that follows its surroundings where no study tells them (but those ``told``)."""
    felt = [f"{SAID[name][1].split(',')[0]} {STANDARD[name]:g} {SAID[name][0]}".strip() for name in STANDARD
            if name in getattr(model, "surroundings", ()) and name not in told]
    if felt:
        yield (f"what was measured was taken to be at {' and '.join(felt)}, which {model.name} follows; what changes "
               f"with the surroundings needs curves in several of them at once (fit_many)")


def away(told):
    """Of the temperature and pH that a study tells (by symbol), those that are not the body's."""
    return {name: value for name, value in told.items() if abs(value - STANDARD[name]) > NEAR_BODY[name]}


def measured_elsewhere(model, told):
    """Verdicts on one curve whose study tells a temperature or a pH (by symbol) other than that of the body."""
    for name, value in told.items():
        what = SAID[name][1]
        here, body = (f"{what} {number:g} {SAID[name][0]}".strip() for number in (value, STANDARD[name]))
        if name in getattr(model, "surroundings", ()):
            yield (f"measured at {here}, but one curve is fitted as if it were at {body}: the parameters of "
                   f"{model.name}, which follows {what}, do not hold at {body}, and neither does a prediction. Fit "
                   f"curves at several at once (fit_many), or take a model that does not follow {what}")
        else:
            yield f"measured at {here}: a release at {body}, as in the body, is another one"


def of_points(model, study, difference, statistics, eventual):
    """Verdicts on one of many curves: whether its points are followed, and what they do not show."""
    unit = study.time_unit
    last = units.outside(float(study.times.max()), unit)
    return (*_misfit(study, statistics, difference), *_unseen(model, study, last, eventual),
            *_beyond_dose(study, difference, unit))


def _before(model, study, inside):
    """Points that no release draws; a model that is at zero where the points are not."""
    if lost := falling(study):
        yield f"the points {lost}"
    share = begun(study)
    if share and float(observe(model, inside, np.zeros(1))[0]) < share / 4:
        other = remedy(model, "initial", "a model with an initial share, such as biexponential+initial")
        yield (f"the points begin at {100 * share:.0f} % of the dose at time 0, where the curve begins at zero: it has "
               f"nothing to follow them with. {other}, or look at that sample")


def _misfit(study, statistics, difference):
    if statistics["rmse"] > POOR:
        yield (f"the curve misses the points by {100 * statistics['rmse']:.1f} % of the dose (root mean square): "
               f"too far to predict with; choose a model with another shape")
    if statistics["rmse"] < EXACT:
        return
    # Replicates of one time share their error of shape: one mean residual per time is judged.
    _, at = np.unique(study.times, return_inverse=True)
    chance = runs_probability(np.bincount(at, difference) / np.bincount(at))
    if chance < 0.05:
        yield (f"the points lie above and below the curve in long stretches (so few changes of side happen by chance "
               f"in {100 * chance:.1f} % of cases): the model's shape is not that of the data. Take one with "
               f"another shape; compare ranks them")


def _random_walk(study, statistics, polished, problem):
    if problem.whitening is not None and problem.whitening.ndim == 2:
        return
    spare = statistics["n"] - statistics["free"]
    own = polished.residual[: statistics["n"]]
    added = increments(study) @ polished.difference
    if spare < SPARE_FOR_ERRORS or statistics["rmse"] < EXACT or not np.any(own) or not np.any(added):
        return
    # Without fitting again the increments are a little too large: this errs on the side of silence.
    weights = 0.0 if problem.whitening is None else 2 * np.sum(np.log(problem.whitening))
    gain = statistics["n"] * np.log(np.sum(own**2) / np.sum(added**2)) - weights
    if gain > ADDED_UP:
        are = "are" if gain > SURE else "may be"
        yield (f"the misses hang together from sample to sample as if errors added up (2 ln of the likelihood ratio "
               f"{gain:.1f}): the standard errors {are} too small. Fit again with errors='increments' (--errors "
               f"increments), or take another shape if the curve misses the points")


def _steps(model, study, inside):
    """Steps between two samples: the points are the same wherever in the gap they are. A burst is another matter."""
    edges = np.unique(study.times)
    if len(edges) < 2:
        return
    grid = edges[:-1, None] + np.diff(edges)[:, None] * np.linspace(0, 1, PARTS + 1)
    # The end of a gap is the sample itself, to the last digit: release may begin a hair before it.
    grid[:, -1] = edges[1:]
    shares = np.reshape(observe(model, inside, grid.ravel()), grid.shape)
    rises = shares[:, STRETCH:] - shares[:, :-STRETCH]
    pace = np.diff(shares[:, [0, -1]])[:, 0] / np.diff(edges)
    # Before the first sample the curve comes from zero; right after time 0 a rise is a burst, not a step.
    earlier = np.append(shares[0, 0] / edges[0] if edges[0] > 0 else np.inf, pace[:-1])
    expected = np.maximum(earlier, np.append(pace[1:], 0.0)) * np.diff(edges) * STRETCH / PARTS
    for gap, rise in enumerate(rises):
        at = int(np.argmax(rise))
        if rise[at] - max(expected[gap], 0.0) > STEP:
            begin, end, before, after = (f"{units.outside(float(h), study.time_unit):.4g}" for h in (
                grid[gap, at], grid[gap, at + STRETCH], edges[gap], edges[gap + 1]))
            yield (f"the curve rises by {100 * rise[at]:.0f} % of dose between {begin} and {end} "
                   f"{study.time_unit}, where there is no sample (none lies between {before} and {after}): when it "
                   f"does so, and how steeply, is the model's guess. Sample in between, or take a model without a step")


def _bounds(model, polished, box, shown_units):
    names = [p.name for p in model.parameters]
    for slower, faster in model.ordered:
        if polished.at_bound.get(slower.name) == "merged":
            yield (f"{slower.name} and {faster.name} have become equal: these points show one process where the model "
                   f"has two. Take the model with one")
    for name, side in polished.at_bound.items():
        if side == "merged":
            continue
        p, k = model.parameter(name), names.index(name)
        value = f"{name} = {polished.values[name]:.4g} {'' if shown_units[name] == '1' else shown_units[name]}".strip()
        rate = dict(units.dimension(p.unit)).get("[time]", 0.0)
        by_data = box.by_data[k][0 if side == "lower" else 1]
        fast = (rate < 0) == (side == "upper")
        if by_data and fast:
            yield (f"{value} is as fast as these points can show: {p.meaning} is over before the first sample; "
                   f"only its size is known. Sample earlier to see its course")
        elif by_data:
            yield (f"{value} is as slow as these points can show: {p.meaning} has not begun to act by the last sample. "
                   f"Take a model without it, or sample longer")
        else:
            yield (f"{value} is at its {side} bound, so it has no standard error and the others are given as if it "
                   f"were known ({p.meaning}). The model may be too rich for these data: take one without it")


def _idle(model, polished):
    for name in polished.idle:
        yield (f"{name} has no effect at these values ({model.parameter(name).meaning}), so the data say nothing "
               f"about it: take a model without it")


def _slow_burst(polished, shown_units):
    if "k_burst" in polished.values and "k_burst" not in (*polished.idle, *polished.at_bound):
        rate = units.inside(polished.values["k_burst"], shown_units["k_burst"]) * 24
        share = polished.values.get("f_burst", 0)
        if rate < BURST and share > 0.05:
            yield (f"the part that the model calls burst is none: {100 * share:.0f} % of the dose leave with a "
                   f"half-life of {np.log(2) / rate:.1f} days. Read it as a second sustained part")


def _vague(model, polished, shown_units, intervals):
    for name in polished.free:
        low, high = intervals[name]
        p = model.parameter(name)
        if not np.isfinite(low) or not np.isfinite(high) or (p.scale == "log" and low > 0 and high / low > UNKNOWN):
            yield f"{name} is not identifiable from these points: many values fit equally well. Fix it or leave it out"
            continue
        wide = (np.log(high / low) / 2 > VAGUE if p.scale == "log" and low > 0
                else (high - low) / 2 > 0.5 * max(abs(polished.values[name]), 1e-12))
        if wide:
            unit = "" if shown_units[name] == "1" else " " + shown_units[name]
            yield (f"{name} is only known to lie between {low:.3g} and {high:.3g}{unit}: "
                   f"these points hardly determine it ({p.meaning}). Fix it where it is known, sample where it acts, "
                   f"or take a model without it")


def _indistinguishable(polished):
    if len(polished.free) < 2 or not np.all(np.isfinite(polished.covariance)):
        return
    sd = np.sqrt(np.diag(polished.covariance))
    if np.any(sd == 0):
        return
    correlation = polished.covariance / np.outer(sd, sd)
    for i in range(len(sd)):
        for j in range(i):
            if abs(correlation[i, j]) > DISTINCT:
                yield (f"{polished.free[j]} and {polished.free[i]} cannot be told apart (correlation "
                       f"{correlation[i, j]:.3f}): a change in one is made good by the other. Fix one of them")


def _local(model, study, polished, shown_units):
    """Lags: the sum of squares has a corner at every sample, so a standard error knows nothing beyond the next one."""
    bends = {s for kink in getattr(model, "kinks", ()) for s in kink.free_symbols}
    for p in model.parameters:
        if p.name not in polished.free or p.symbol not in bends or p.scale != "linear":
            continue
        if np.isfinite(polished.stderr[p.name]):
            edges = units.outside(np.unique([0.0, *study.times]), shown_units[p.name])
            after = int(np.searchsorted(edges, polished.values[p.name], side="right"))
            where = (f"between the samples at {edges[after - 1]:.4g} and {edges[after]:.4g}" if after < len(edges)
                     else f"after the sample at {edges[-1]:.4g}")
            yield (f"the standard error of {p.name} is a local one, good {where} {shown_units[p.name]} at most; take "
                   f"its interval by profile likelihood (intervals_by('profile'), --intervals profile)")


def _saturated(study, statistics):
    return len(np.unique(study.times[study.times > 0])) <= statistics["free"]


def few_points(statistics, study=None):
    """Too little to judge a fit by; of one curve also whether its times are as few as its parameters."""
    if study is not None and _saturated(study, statistics):
        yield (f"as many parameters as sampling times ({statistics['free']}): the curve passes through the points "
               f"whatever they are, so nothing is left to judge it by and there are no standard errors. Take a "
               f"simpler model")
        return
    spare = statistics["n"] - statistics["free"]
    if spare < 3:
        yield (f"{statistics['n']} points for {statistics['free']} parameters leave {spare} to judge the fit by: "
               f"standard errors mean little. Take a simpler model or more samples")


def _unseen(model, study, last, eventual):
    unit, steady = study.time_unit, level(study)
    end = float(study.released[study.times == study.times.max()].mean())
    open_end = eventual - end > UNSEEN + 1e-9 and not falling(study)
    if open_end and steady and "plateau" not in model.name.split("+"):
        other = remedy(model, "plateau", "a model with a plateau, such as weibull+plateau")
        yield (f"the points {steady.words(unit)}, but the model goes on to {100 * eventual:.0f} %: what comes after "
               f"the last sample, at {last:.4g} {unit}, is the model's. {other}, or sample longer if the rest is known "
               f"to come out")
    elif open_end:
        yield (f"{UNOBSERVED}: the last sample, at {last:.4g} {unit}, shows {100 * end:.0f} % of the "
               f"dose. What comes after, up to {100 * eventual:.0f} %, is the model's extrapolation. Sample until it "
               f"levels off, or use the curve up to that time only")
    seen = study.times[study.times > 0]
    if study.times.max() > 7 * 24 and seen.min() > 24 * 1.05:
        first = units.outside(float(seen.min()), unit)
        yield (f"the first sample after the start is at {first:.4g} {unit}: a burst within the first day cannot be "
               f"told from a fast release. Sample at 1, 4 and 24 h")


def _beyond_dose(study, difference, unit):
    shown = study.released + difference
    if np.any(shown > 1.005):
        first = units.outside(float(study.times[shown > 1.005].min()), unit)
        alike = study.released.max() > 1.005 and shown.max() < study.released.max() + DIGITISING
        what = "The points do too: " if alike else "Take a model that levels off, and "
        yield (f"the fitted curve passes 100 % of the dose (by {first:.4g} {unit}, "
               f"up to {100 * shown.max():.0f} %): a prediction holds it at 100 %. {what}check the dose")


def _falling(model, polished, shown_units, unit, last):
    if getattr(model, "peak", None) is None:
        return
    inside = {n: np.float64(units.inside(v, shown_units[n])) for n, v in polished.values.items()}
    peak = units.outside(float(compiled.peak(model)(*[inside[s.name] for s in model.symbols])[0]), unit)
    if 0 < peak < last:
        yield (f"the fitted curve falls after {peak:.4g} {unit}, which drug does not: a prediction holds its highest "
               f"share. Take a model that levels off")


def _acid(model, inside):
    if "acid_number" in [a.name for a in model.also]:
        number = also(model, inside)["acid_number"]
        if number > CRITICAL:
            yield f"if acid diffused as the drug does: {acid_verdict(number)}"


def _begun(model):
    if not getattr(model, "starts_at_zero", True):
        yield ("this law, as published, has released something at time 0; it is here for comparison with other "
               "programs; for anything else take the form that begins at zero")


def _too_good(statistics):
    if statistics["rmse"] < DIGITISING and statistics["n"] - statistics["free"] <= 3:
        yield (f"the curve follows the points to {100 * statistics['rmse']:.2f} % of the dose with few points to "
               f"spare; closer than 1 % it follows the reading error of a figure, not the release. Take a model with "
               f"fewer parameters")
