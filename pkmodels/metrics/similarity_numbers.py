"""All numbers of a comparison of two release profiles, with labels, intervals, and reasons where there is none."""

import numpy as np

from .. import units
from . import profile_distance as distance
from .similarity_result import Number, readable

#: Of Hoffelder's test of equivalence.
LEVEL = 0.05


def factors(rules, first, second, counted_by):
    """f1 and f2 of all points and of those that count, and f2 with the scatter of units in mind."""
    yield Number(name="f1_all", label="f1, all points", value=float(distance.f1(first.mean, second.mean)), unit="%",
                 reason="" if first.mean.sum() > 0 else "nothing was released from the reference")
    yield Number(name="f2_all", label="f2, all points", value=float(distance.f2(first.mean, second.mean)))
    for k, (reading, counted) in enumerate(counted_by.items()):
        means = first.mean[counted], second.mean[counted]
        ending = f"_{reading}" if k else ""
        label = f"counted points{f', {rules.described(reading)}' if k else ''}"
        value = float(distance.f1(*means))
        yield Number(name=f"f1{ending}", label=f"f1, {label}", value=value, unit="%",
                     reason="" if np.isfinite(value) else "nothing was released from the reference")
        yield Number(name=f"f2{ending}", label=f"f2, {label}", value=float(distance.f2(*means)))
    counted = next(iter(counted_by.values()))
    means = first.mean[counted], second.mean[counted]
    scatter = distance.noise(first.sd[counted], second.sd[counted], first.n[counted], second.n[counted])
    no_scatter = "" if np.isfinite(scatter) else "the scatter of the units is unknown"
    yield Number(name="f2_expected", label="f2 expected of means of so few units", reason=no_scatter,
                 value=float(distance.expected_f2(*means, scatter)))
    corrected = float(distance.unbiased_f2(*means, scatter))
    yield Number(name="f2_unbiased", label="f2 corrected for the scatter of units", value=corrected,
                 reason=no_scatter or _unless(np.isfinite(corrected), "the units scatter more than the means differ"))


def resampled(boots, readings, reason):
    """Bootstrap intervals.

    Parameters
    ----------
    boots : dict of (str, str) to Interval
        By reading and by "f2" or "f2_expected"; empty where nothing was resampled.
    readings : sequence of str
        Which points count, the governing one first.
    reason : str
        Why nothing was resampled.
    """
    for reading in readings:
        ending = "" if reading == readings[0] else f"_{reading}"
        for name, label in (("f2", "f2"), ("f2_expected", "expected f2")):
            found = boots.get((reading, name))
            for kind, words in (("percentile", "percentile"), ("bca", "BCa")):
                low, high = getattr(found, kind) if found else (np.nan, np.nan)
                yield Number(name=f"{name}{ending}_{kind}", value=found.value if found else np.nan, low=low, high=high,
                             label=f"{label}{ending and f', points by {reading}'}, bootstrap ({words})",
                             reason=_unless(np.isfinite(low), found.reason if found else reason))


def multivariate(found, reason):
    """The distance of Tsong 1996 and the test of Hoffelder 2016."""
    rows = (("mahalanobis", "Mahalanobis distance (Tsong)", "distance"),
            ("mahalanobis_limit", "its limit", "limit"), ("hotelling_t2", "Hotelling's T2", "t2"),
            ("f_statistic", "F of T2", "f"), ("f_equivalence", "F below which profiles are equivalent (Hoffelder)",
                                              "f_equivalence"),
            ("p_equivalence", "p of the equivalence test (Hoffelder)", "p_equivalence"))
    for name, label, field in rows:
        interval = {"low": found.low, "high": found.high} if found and field == "distance" else {}
        yield Number(name=name, label=label, value=getattr(found, field) if found else np.nan, reason=reason,
                     **interval)


def in_words(found, difference):
    """What the multivariate methods say, in a sentence; empty where they say nothing."""
    if found is None or found.reason:
        return ""
    tsong = "within" if found.high <= found.limit else "beyond"
    hoffelder = "equivalent" if found.p_equivalence < LEVEL else "not shown to be equivalent"
    return (f"beside it: the Mahalanobis distance reaches up to {readable(found.high)}, {tsong} its limit of "
            f"{readable(found.limit)} for {difference:g} % at every point (Tsong); {hoffelder} by the T2 test "
            f"(Hoffelder, p = {found.p_equivalence:.3g})")


def shapes(first, second, unit):
    """Rescigno's indices, and what describes each curve alone; times in the user's unit."""
    curves = [profile.from_zero() for profile in (first, second)]
    one, two = distance.rescigno(curves[0][0], curves[0][1], curves[1][1])
    empty = _unless(np.isfinite(one), "nothing was released from either product")
    yield Number(name="rescigno_1", label="Rescigno's xi1", value=one, reason=empty)
    yield Number(name="rescigno_2", label="Rescigno's xi2", value=two, reason=empty)
    for role, (times, mean) in zip(("reference", "test"), curves, strict=True):
        middle = distance.mean_dissolution_time(times, mean)
        yield Number(name=f"mdt_{role}", label=f"mean dissolution time, {role}", unit=unit,
                     value=float(units.outside(middle, unit)), reason=_unless(np.isfinite(middle),
                                                                              "nothing was released"))
        yield Number(name=f"efficiency_{role}", label=f"dissolution efficiency, {role}", unit="%",
                     value=distance.dissolution_efficiency(times, mean))
        for name, percent in (*((f"t{each:.0f}", each) for each in distance.PERCENTS), ("td", distance.TD_PERCENT)):
            value = float(units.outside(distance.time_of(times, mean, percent), unit))
            yield Number(name=f"{name}_{role}", label=f"{name.capitalize()}, {role}", value=value, unit=unit,
                         reason=_unless(np.isfinite(value), f"the mean never reached {percent:.3g} % of the dose"))


def _unless(fine, reason):
    return "" if fine else reason
