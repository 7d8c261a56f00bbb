"""What the points of a curve show by themselves, before any model: where they begin, and whether they level off."""

from dataclasses import dataclass

import numpy as np

from .. import catalogue, units
from ..errors import PkmodelsError

#: A model that rises by more than this share of dose after the last sample has an end that nobody saw.
UNSEEN = 0.05
#: Points that fall by more than this share of dose do so for a reason.
FALLEN = 0.03
#: A lag shows where two samples or more after the start are below this part of the end, and the next one rises
#: so many times as fast as they did.
HARDLY, SETS_IN = 0.05, 3.0
#: More than this share of the dose at time 0 is no error of an assay: something was out before the first sample.
BEGUN = 0.03
#: What can begin there; a ranking of such points that names no models tries these too.
WITH_INITIAL = tuple(f"{name}+initial" for name in (
    "zero_order", "first_order", "higuchi", "korsmeyer_peppas", "weibull", "hill", "biexponential"))
#: Points level off that rise by less than these parts of their end in the second half of the time, or in its last third
#: with so many samples,
STEADY, STEADIER, SAMPLES = 0.05, 0.025, 3
#: and leave the rest open where they end below this share of the dose.
WHOLE = 0.95
#: As many parameters has weibull+plateau.
SIMPLE = 3


@dataclass(frozen=True)
class Level:
    """Points that hardly rise in the second half of the time: from ``before`` at ``hour`` to ``end`` (shares)."""

    hour: float
    before: float
    end: float

    def words(self, unit):
        """Such as: level off at 82 % of the dose (80 % at 12 h)."""
        return (f"level off at {100 * self.end:.0f} % of the dose ({100 * self.before:.0f} % at "
                f"{units.outside(self.hour, unit):.4g} {unit})")


def _means(study):
    """Sampling times (h), and the mean of the replicates at each."""
    times, at = np.unique(study.times, return_inverse=True)
    return times, np.bincount(at, study.released) / np.bincount(at)


def begun(study):
    """Share that is out at time 0 (mean of the replicates), or 0 where that is no more than an error of measurement."""
    first = study.released[study.times == 0]
    share = float(first.mean()) if len(first) else 0.0
    return share if share > BEGUN else 0.0


def ranked(study):
    """The models that a ranking of these points tries when none are named."""
    return (*catalogue.list_ranked(), *(WITH_INITIAL if begun(study) else ()))


def level(study):
    """Where the points level off below the whole dose, or None."""
    times, mean = _means(study)
    end = float(mean[-1])
    if not 0 < end < WHOLE:
        return None
    for since, rise, samples in ((1 / 2, STEADY, 2), (2 / 3, STEADIER, SAMPLES)):
        late = times >= since * times[-1]
        if late.sum() >= samples and np.ptp(mean[late]) <= rise * end:
            return Level(float(times[late][0]), float(mean[late][0]), end)
    return None


def silent(study):
    """Hour and share of the last of two or more samples after the start before release sets in, or None."""
    times, mean = _means(study)
    times, mean = times[times > 0], mean[times > 0]
    out = np.flatnonzero(mean > HARDLY * mean[-1])
    if not len(out) or out[0] < 2:
        return None
    last = out[0] - 1
    before = max(mean[last], 0.0) / times[last]
    after = (mean[last + 1] - mean[last]) / (times[last + 1] - times[last])
    return (float(times[last]), float(mean[last])) if after >= SETS_IN * before else None


def fallen(study):
    """(hour and share of the highest point, share of the last) where that lies clearly below, or None."""
    times, mean = _means(study)
    top = int(np.argmax(mean))
    return (float(times[top]), float(mean[top]), float(mean[-1])) if mean[top] - mean[-1] > FALLEN else None


def falling(study):
    """What points that fall show, and what to do, after the words "the points"; nothing where they do not."""
    lost = fallen(study)
    if not lost:
        return ""
    hour, before, end = lost
    at = f"{units.outside(hour, study.time_unit):.4g} {study.time_unit}"
    return (f"fall from {100 * before:.0f} % of the dose at {at} to {100 * end:.0f} %, which release does not: drug is "
            f"lost after that (it degrades, sticks, precipitates), or the values are no running total. Find out which "
            f"before a model is used")


def in_words(fit, tried):
    """What the points show that the chosen fit does not have, as sentences for an advice.

    Parameters
    ----------
    fit : Fit
    tried : set of str
        Modifiers among the models that were ranked.
    """
    study, said = fit.study, []
    unit, first, lag, lost, steady = study.time_unit, begun(study), silent(study), falling(study), level(study)
    if lost:
        said.append(f"The points {lost}.")
    if first and "initial" not in tried:
        said.append(f"The points begin at {100 * first:.0f} % of the dose at time 0, where these models begin at zero: "
                    f"rank models with an initial share (biexponential+initial, weibull+initial).")
    if lag and "lag" not in tried:
        hour, share = lag
        said.append(f"By {units.outside(hour, unit):.4g} {unit} {max(100 * share, 0):.2g} % of the dose were out, then "
                    f"release sets in: rank models with a lag too (weibull+lag, first_order+lag, hill+lag).")
    if steady and not lost:
        eventual = fit.release.eventual()
        if "plateau" not in tried and eventual - steady.end > UNSEEN:
            said.append(f"The points {steady.words(unit)}, but {fit.model.name} goes on to {100 * eventual:.0f} %: "
                        f"rank models with a plateau too (weibull+plateau, first_order+plateau, hill+plateau).")
        elif "plateau" not in tried and fit.statistics["free"] > SIMPLE:
            said.append(f"The points {steady.words(unit)}: a model with a plateau may say it with fewer than "
                        f"{fit.statistics['free']} parameters (weibull+plateau, first_order+plateau, hill+plateau).")
        said.append(f"Whether the {100 * (1 - steady.end):.0f} % that are not out come out later, as from a polymer "
                    f"that erodes, these points do not say.")
    return "".join(f" {sentence}" for sentence in said)


def remedy(model, modifier, otherwise):
    """What to take for a model that lacks ``modifier``: it with that on, or else ``otherwise``."""
    name = f"{model.name}+{modifier}"
    try:
        catalogue.get_model(name)
    except PkmodelsError:
        return f"Take {otherwise}"
    return f"Take {name}"
