"""The verb similarity: do a test product and a reference release alike, by an agency's rules?"""

from functools import partial
from numbers import Real

import numpy as np

from ..errors import PkmodelsError, StudyError
from . import similarity_numbers as numbers
from . import similarity_verdict as judge
from .bootstrap import bootstrap_f2
from .mahalanobis import mahalanobis
from .similarity_result import Similarity
from .similarity_rules import read_rules
from .unit_profiles import read_profile, shown

_CITATIONS = ("moore_flanner1996", "shah1998", "tsong1996", "hoffelder2016", "rescigno1992", "efron1987")
_LEAST_RESAMPLES = 100
_FAR_ABOVE = 110.0
_NEAR_BOUND = 0.5


def similarity(reference, test, *, rules, seed=1, bootstrap=5000, confidence=0.9, difference=10.0, decimals=None,
               reselect=False, times=None, time_unit=None, released_unit="fraction"):
    """Compare a test release profile with a reference, by the rules of an agency.

    Parameters
    ----------
    reference, test : Study or array_like, shape (units, points)
        One formulation each, the units as replicates; or matrices of units with ``times``, ``time_unit`` and
        ``released_unit``. Means (with sd and n) will do for f1 and f2.
    rules : {"ema", "fda", "who", "anvisa", "canada"} or Rules
        There is no default: agencies differ in which points count.
    seed : int
        Of the resampling.
    bootstrap : int
        How many resamples; 0 for none.
    confidence : float
        Of bootstrap intervals and of the region of Tsong 1996, two-sided.
    difference : float
        The largest tolerable difference at every point for the multivariate methods, per cent.
    decimals : int, optional
        To which means are rounded before they are held against 85 %; not rounded when not given.
    reselect : bool
        Whether each resample chooses by its own means which points count. It makes f2 of resamples jump where a mean
        is near 85 %, so the points of all units are kept unless asked.

    Returns
    -------
    Similarity

    Raises
    ------
    StudyError
        If the two were sampled at different times, or are not one product each.
    UnknownName
        If there are no such rules.

    References
    ----------
    Moore and Flanner 1996; Shah 1998; Tsong 1996; Hoffelder 2016; Rescigno 1992; Efron 1987.
    """
    rules = read_rules(rules)
    _check_settings(bootstrap, confidence, difference, decimals, seed)
    given = {"times": times, "time_unit": time_unit, "released_unit": released_unit}
    (first, unit), (second, _) = (read_profile(study, role, **given)
                                  for study, role in ((reference, "reference"), (test, "test")))
    _same_times(first, second, unit)
    counted_by = {reading: rules.counted(first.mean, second.mean, reading=reading, decimals=decimals)
                  for reading in rules.late_points}
    counted = counted_by[rules.late_points[0]]

    no_boot = _no_bootstrap(first, second, bootstrap)
    boots = {} if no_boot else _bootstraps(
        first, second, counted_by, resamples=bootstrap, confidence=confidence, seed=seed,
        choose=rules.counted if reselect else None, decimals=decimals)
    apart, no_distance = _distance(first, second, counted, difference, confidence, unit)
    required = judge.requirements(rules, first, second, counted, unit)
    exempt = judge.exemption(rules, first, second, decimals, unit)
    factor = judge.similarity_factor(rules, first, second, counted_by, unit)
    boot = None
    if required[2].passed is False:
        boot = judge.resampled(rules, _lower_limits(boots, counted_by), no_boot, confidence)
    outcome, verdict = judge.answer(rules, exempt, required, factor, boot, numbers.in_words(apart, difference))
    return Similarity(
        rules=rules, reference=first, test=second, time_unit=unit, counted=tuple(bool(each) for each in counted),
        numbers=(*numbers.factors(rules, first, second, counted_by),
                 *numbers.resampled(boots, rules.late_points, no_boot), *numbers.multivariate(apart, no_distance),
                 *numbers.shapes(first, second, unit)),
        criteria=(exempt, *required, factor, *((boot,) if boot else ())), outcome=outcome, verdict=verdict,
        notes=tuple(_notes(rules, first, second, decimals, unit, bool(boots), reselect)),
        about={"rules": rules.name, "seed": int(seed), "bootstrap": int(bootstrap), "confidence": float(confidence),
               "difference": float(difference), "decimals": decimals, "reselect": bool(reselect)},
        citations=_CITATIONS)


def _check_settings(bootstrap, confidence, difference, decimals, seed):
    def whole(value, least):
        return not isinstance(value, bool) and isinstance(value, (int, np.integer)) and value >= least

    def real(value):
        return not isinstance(value, bool) and isinstance(value, Real)

    if not whole(bootstrap, 0) or 0 < bootstrap < _LEAST_RESAMPLES:
        raise PkmodelsError(f"bootstrap = {bootstrap!r} is not possible; give 0 for none, or at least "
                            f"{_LEAST_RESAMPLES} resamples such as 5000")
    if not real(confidence) or not 0.5 <= confidence < 1:
        raise PkmodelsError(f"confidence = {confidence!r} is not possible; give a share from 0.5 to below 1, such as "
                            f"0.9")
    if not real(difference) or not 0 < difference < 100:
        raise PkmodelsError(f"difference = {difference!r} % is not possible; give per cent of the dose, such as 10")
    if decimals is not None and (not whole(decimals, 0) or decimals > 6):
        raise PkmodelsError(f"decimals = {decimals!r} is not possible; give 0 to 6, or nothing so that means are not "
                            f"rounded")
    if not whole(seed, 0):
        raise PkmodelsError(f"seed = {seed!r} is not possible; give a whole number from 0 on")


def _same_times(first, second, unit):
    """Refuse profiles that were sampled at different times, naming them."""
    known = [{round(float(each), 9): each for each in profile.times} for profile in (first, second)]
    only = [[shown(known[k][each], unit) for each in sorted(known[k].keys() - known[1 - k].keys())] for k in (0, 1)]
    if only[0] or only[1]:
        said = "; ".join(f"only the {role}: {', '.join(each[:8])}{' ...' if len(each) > 8 else ''}"
                         for role, each in zip(("reference", "test"), only, strict=True) if each)
        raise StudyError(f"reference and test were sampled at different times ({said}); every rule asks for the same "
                         f"times: leave these points away, or measure them in both")


def _no_bootstrap(first, second, bootstrap):
    """Why units cannot be resampled, or nothing."""
    if not bootstrap:
        return "no resamples were asked for"
    for role, profile in (("reference", first), ("test", second)):
        if not profile.scattered:
            what = "only means are known" if profile.units is None else "there is one unit only"
            return f"{what} of the {role}, and resampling needs at least two units of each product"
    return ""


def _bootstraps(first, second, counted_by, *, choose, decimals, **settings):
    found = {}
    for reading, counted in counted_by.items():
        if choose is None:
            matrices, points = (first.units[:, counted], second.units[:, counted]), None
        else:
            matrices, points = (first.units, second.units), partial(choose, reading=reading, decimals=decimals)
        for name in ("f2", "f2_expected"):
            found[reading, name] = bootstrap_f2(*matrices, choose=points, expected=name == "f2_expected", **settings)
    return found


def _lower_limits(boots, counted_by):
    """Lower limits of f2 by what they are."""
    found = {}
    for reading in counted_by if boots else ():
        more = f", points by {reading}" if len(counted_by) > 1 else ""
        interval = boots[reading, "f2"]
        found |= {f"percentile{more}": interval.percentile[0], f"BCa{more}": interval.bca[0]}
    return found


def _distance(first, second, counted, difference, confidence, unit):
    if first.units is None or second.units is None:
        return None, "only means are known; the distance needs the values of the units"
    labels = [shown(time, unit) for time in first.times[counted]]
    found = mahalanobis(first.units[:, counted], second.units[:, counted], difference=difference,
                        confidence=confidence, level=numbers.LEVEL, labels=labels)
    return found, found.reason


def _notes(rules, first, second, decimals, unit, resampled, reselect):
    yield from rules.silent
    yield "variation is judged at all points, also at those that do not count for f2"
    rounding = "as they are" if decimals is None else f"rounded to {decimals} decimals"
    yield f"means are held against {rules.bound:g} % {rounding}; {rules.bound:g} % itself is not above"
    for role, profile in (("reference", first), ("test", second)):
        for k in np.flatnonzero(np.abs(profile.mean - rules.bound) < _NEAR_BOUND):
            other = {bool(rules.above(profile.mean[k], digits)) for digits in (None, 2, 1, 0)}
            change = "; rounding (decimals) decides whether it is above" if len(other) > 1 else ""
            yield (f"the mean of the {role} at {shown(profile.times[k], unit)} is {profile.mean[k]:.3f} %, near "
                   f"{rules.bound:g} %{change}")
        highest = profile.mean if profile.units is None else profile.units.max(axis=0)
        for k in np.flatnonzero(highest > _FAR_ABOVE)[:1]:
            yield (f"the {role} is released up to {highest.max():.4g} % of the dose (above {_FAR_ABOVE:g} % first at "
                   f"{shown(profile.times[k], unit)}); nothing was clipped: check dose, assay and unit")
    if np.isfinite([first.count, second.count]).all() and first.count != second.count:
        yield (f"the reference has {first.count:g} units and the test {second.count:g}; each is resampled and pooled "
               f"with its own number")
    if resampled:
        yield ("resampling draws whole units; " + ("each resample chooses anew which points count" if reselect else
                                                   "the points that count for the means of all units are kept"))
    yield ("f1 is given and not judged; a point at time zero is left out of f1 and f2; integrals and times of release "
           "begin at (0, 0) and are straight between the means")
