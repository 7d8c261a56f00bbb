"""The criteria of an agency's rules, and the answer in sentences."""

import numpy as np

from .profile_distance import f2
from .similarity_result import Criterion, readable
from .unit_profiles import shown


def exemption(rules, reference, test, decimals, unit):
    """Whether f2 is not needed because both products are released within minutes."""
    within = np.round(60 * reference.times, 9) <= rules.exemption_minutes
    asked = f"more than {rules.bound:g} % within {rules.exemption_minutes:g} min"
    name = "exemption from f2"
    if not within.any():
        return Criterion(name=name, passed=False, needed=False,
                         found=f"{asked} cannot be shown, the first point is at {shown(reference.times[0], unit)}")
    if rules.exemption == "units":
        if reference.units is None or test.units is None:
            return Criterion(name=name, passed=None, needed=False, advice="give the values of the units",
                             found=f"{asked} is asked of every unit, and only means are known")
        lowest = [each.units[:, within].max(axis=1).min() for each in (reference, test)]
        what = "slowest unit"
    else:
        lowest = [each.mean[within].max() for each in (reference, test)]
        what = "mean"
    passed = bool(rules.above(np.array(lowest), decimals).all())
    values = [readable(value, rules.bound) for value in lowest]
    return Criterion(name=name, passed=passed, needed=False,
                     found=f"{asked} is asked of each {what}: reference {values[0]} %, test {values[1]} %")


def requirements(rules, reference, test, counted, unit):
    """The criteria that must pass before f2 of the means may be used: units, points, variation."""
    return (_units(rules, reference, test), _points(rules, counted, reference.times, unit),
            _variation(rules, reference, test, unit))


def similarity_factor(rules, reference, test, counted_by, unit):
    """The criterion f2, in every reading of which points count."""
    passed, found = [], []
    for reading, counted in counted_by.items():
        value = float(f2(reference.mean[counted], test.mean[counted]))
        passed.append(round(value, 9) >= rules.f2_least)
        found.append(f"f2 = {readable(value, rules.f2_least)} over {_list(reference.times[counted], unit)}"
                     + (f" ({rules.described(reading)})" if len(counted_by) > 1 else ""))
    state = all(passed) if len(set(passed)) == 1 else None
    advice = {True: "", False: "the products release differently; look at the largest difference",
              None: "the readings of the rule disagree; ask the agency which points count"}[state]
    return Criterion(name="f2", passed=state, found=f"{'; '.join(found)}; at least {rules.f2_least:g} is asked",
                     advice=advice)


def resampled(rules, lows, reason, confidence):
    """The criterion that takes the place of f2 of the means where units vary too much.

    Parameters
    ----------
    rules : Rules
    lows : dict of str to float
        Lower limits by what they are; NaN where not computable.
    reason : str
        Why there is none at all.
    confidence : float

    Returns
    -------
    Criterion
    """
    name = "bootstrap f2"
    known = {key: low for key, low in lows.items() if np.isfinite(low)}
    if not known:
        return Criterion(name=name, passed=None, found=f"not computable: {reason}",
                         advice="give the values of at least two units of each product")
    states = {bool(low >= rules.f2_least) for low in known.values()}
    found = (f"lower limits of the {100 * confidence:g} % intervals " + ", ".join(
        f"{readable(low, rules.f2_least)} ({key})" for key, low in known.items())
        + f"; at least {rules.f2_least:g} is asked of each")
    state = states.pop() if len(states) == 1 else None
    advice = {True: "", False: "the data do not show similarity; find what makes units vary, or test more units",
              None: "the limits disagree; test more units"}[state]
    return Criterion(name=name, passed=state, found=found, advice=advice)


def answer(rules, exempt, required, factor, boot, multivariate):
    """Outcome and sentences.

    Parameters
    ----------
    rules : Rules
    exempt, factor, boot : Criterion
        ``boot`` is None where f2 of the means may be used.
    required : tuple of Criterion
    multivariate : str
        What the Mahalanobis distance says, or empty.

    Returns
    -------
    str, tuple of str
    """
    by = f"by the rules of {rules.title}"
    units, points, variation = required
    if exempt.passed:
        if not units.passed:
            return "undecided", (f"undecided {by}: f2 would not be needed ({exempt.found}), but units: {units.found}",
                                 f"to do: {units.advice}")
        return "similar", (f"similar {by}: f2 not needed, {exempt.found}",)
    stops = [each for each in (units, points) if not each.passed]
    if stops:
        return "undecided", (
            f"undecided {by}: {'; '.join(f'{each.name}: {each.found}' for each in stops)}",
            *(f"to do: {each.advice}" for each in stops), f"for what it is worth: {factor.found}")
    if variation.passed is None:
        return "undecided", (f"undecided {by}: {variation.found}", f"to do: {variation.advice}",
                             f"for what it is worth: {factor.found}")
    judged, how = (factor, "") if variation.passed else (boot, "; bootstrap f2 is used in place of f2 of the means, "
                                                               "because the units vary too much")
    outcome = {True: "similar", False: "not similar", None: "undecided"}[judged.passed]
    said = [f"{outcome} {by}: {judged.found}{how}"]
    if not variation.passed:
        said.append(f"variation: {variation.found}")
        said += [multivariate] if multivariate else []
    if judged.advice:
        said.append(f"to do: {judged.advice}")
    return outcome, tuple(said)


def _units(rules, reference, test):
    counts = [each.count for each in (reference, test)]
    known = all(np.isfinite(counts))
    words = [f"{count:g}" if np.isfinite(count) else "an unknown number" for count in counts]
    passed = None if not known else bool(min(counts) >= rules.units)
    advice = "" if passed else (f"test {rules.units} units of each product" if known else
                                "say how many units stand behind the means (column n)")
    return Criterion(name="units", passed=passed, advice=advice,
                     found=f"{words[0]} of the reference and {words[1]} of the test, {rules.units} of each are asked")


def _points(rules, counted, times, unit):
    count = int(counted.sum())
    passed = count >= rules.least_points
    advice = "" if passed else f"sample earlier, so that {rules.least_points} points lie before that"
    return Criterion(name="points", passed=passed, advice=advice,
                     found=f"{count} of {len(times)} count ({rules.described()}), {rules.least_points} are asked")


def _variation(rules, reference, test, unit):
    over, unknown = [], False
    for role, profile in (("reference", reference), ("test", test)):
        variation, limits = profile.variation, rules.limits(profile.times)
        wrong = rules.too_varied(variation, profile.times)
        over += [f"{role} {readable(variation[k], limits[k])} % at {shown(profile.times[k], unit)} (limit "
                 f"{limits[k]:g} %)" for k in np.flatnonzero(wrong)]
        unknown |= bool((np.isnan(variation) & (profile.mean > 0)).any())
    name = "variation"
    if over:
        return Criterion(name=name, passed=False, found=f"coefficient of variation too large: {'; '.join(over)}",
                         advice="f2 of the means may not be used; see bootstrap f2 and the distance of the units")
    if unknown:
        return Criterion(name=name, passed=None, found="the coefficient of variation is unknown",
                         advice="give the values of the units, or standard deviations")
    return Criterion(name=name, passed=True, found="coefficients of variation within the limits at every point")


def _list(hours, unit):
    words = [shown(each, unit).removesuffix(f" {unit}") for each in hours]
    if len(words) > 8:
        words = [*words[:3], "...", *words[-2:]]
    return f"{len(hours)} point{'s' * (len(hours) != 1)} ({', '.join(words)} {unit})"
