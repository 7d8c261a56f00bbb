"""The exposure analysis of one curve after one dose."""

from dataclasses import dataclass, field

import numpy as np

from ..solve import areas
from .exposure_measures import MEASURES
from .exposure_terminal import Terminal, terminal

FLIP_FLOP = ("after a depot the end of the curve shows how fast the drug is released or absorbed, not how fast it is "
             "eliminated (flip-flop); take it from an intravenous dose or a solution")
RELEASED = ("the release is over by then, so the end of the curve shows neither how fast drug is released nor anything "
            "that was measured: it is the elimination of the drug card")
NOT_DEPOT = ("clearance and volume are not taken from a depot's curve: its terminal slope is that of release "
             "(flip-flop), "
             "and dose over area is a clearance only where the whole dose was released; take them from an intravenous "
             "dose or a solution")
BLQ = ("dropped", "zero")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How a curve is analysed; hours and milligrams. Below ``faint`` of the peak a computed curve is rounding."""

    route: str
    method: str
    dose: float = np.nan
    duration: float = 0.0
    blq: str = "dropped"
    chosen: object = None
    include_peak: bool = False
    interval: float | None = None
    spans: tuple = ()
    molar: bool = False
    faint: float = 0.0


@dataclass
class Found:
    """Numbers and reasons while they are gathered."""

    numbers: dict = field(default_factory=dict)
    reasons: dict = field(default_factory=dict)
    notes: list = field(default_factory=list)

    def none(self, why, *names):
        """Say why there are no such numbers."""
        for name in names:
            self.numbers[name] = np.nan
            self.reasons.setdefault(name, why)


def analysed(times, values, settings):
    """All measures of one curve.

    Parameters
    ----------
    times : array (points,)
        Hours since the dose.
    values : array (points,)
        Inside units; NaN below the limit of quantification.
    settings : Settings

    Returns
    -------
    Found
    """
    found = Found()
    kept, shown = _quantified(np.asarray(times, float), np.asarray(values, float), settings, found)
    t, c = kept
    if not (c > 0).any():
        found.none("no concentration is above the limit of quantification", *[m.name for m in MEASURES])
        return found
    if len(t) < 2:
        found.none("there is one sample only", *[m.name for m in MEASURES])
        return found
    t, c, back = _from_zero(t, c, settings, found)
    last = int(np.flatnonzero(c > 0)[-1])
    # The first time that the peak is reached; a plateau counts from where it begins.
    peak = int(np.argmax(c >= c.max() * (1 - 1e-6)))
    _observed(found, t, c, last, peak, settings, back)
    first = peak if settings.route == "bolus" or settings.include_peak else peak + 1
    if back:
        first = max(first, 1)
    clear = t[: last + 1][c[: last + 1] > settings.faint * c.max()]
    ended = last if settings.chosen is not None else int(np.searchsorted(t, clear[-1], side="right")) - 1
    line = terminal(t[:ended + 1], c[:ended + 1], first=first, chosen=settings.chosen)
    area, moment = (each.sum() for each in areas.pieces(t[:last + 1], c[:last + 1], settings.method))
    _slope(found, line, settings)
    _areas(found, area, moment, t, c, last, line, settings, shown, back)
    _disposition(found, settings)
    _interval(found, t, c, last, line, settings)
    for begin, end in settings.spans:
        found.numbers[(begin, end)] = _span(found, (begin, end), t, c, last, line, settings)
    return found


def _quantified(t, c, settings, found):
    """Points to analyse, and all points with zeros for what was below the limit."""
    below = np.isnan(c)
    zeros = np.where(below, 0.0, c)
    if not below.any() or below.all():
        return (t, zeros), (t, zeros)
    first = int(np.argmax(~below))
    leading = np.arange(len(t)) < first
    drop = below & ~leading if settings.blq == "dropped" else np.zeros_like(below)
    rule = "dropped" if settings.blq == "dropped" else "taken as 0"
    found.notes.append(f"{int(below.sum())} below the limit of quantification: before the first quantified sample "
                       "taken "
                       f"as 0, later ones {rule}")
    return (t[~drop], zeros[~drop]), (t, zeros)


def _from_zero(t, c, settings, found):
    """The curve from time 0 on, and whether its first point was put there by extrapolation."""
    if t[0] > 0:
        if settings.route != "bolus":
            found.notes.append("no sample at time 0: the concentration there is taken as 0")
            return np.append(0.0, t), np.append(0.0, c), False
        falls = len(c) > 1 and 0 < c[1] < c[0]
        start = c[0] * (c[0] / c[1]) ** (t[0] / (t[1] - t[0])) if falls else c[0]
        found.notes.append("no sample at time 0: extrapolated by the first two concentrations" if falls else
                           "no sample at time 0 and no fall between the first two: the first concentration is taken")
        return np.append(0.0, t), np.append(start, c), True
    return t, c, False


def _observed(found, t, c, last, peak, settings, back):
    numbers = found.numbers
    own = peak if not (back and peak == 0) else 1 + int(np.argmax(c[1:]))
    numbers |= {"cmax": c[own], "tmax": t[own], "clast": c[last], "tlast": t[last]}
    if settings.route == "bolus":
        numbers["c0"] = c[0]
    if settings.route in ("extravascular", "depot"):
        above = int(np.argmax(c > 0))
        numbers["tlag"] = t[above - 1] if above else 0.0
    numbers["cmax_per_dose"] = c[own] / settings.dose
    if np.isnan(settings.dose):
        found.none("no dose was given", "cmax_per_dose")


def _slope(found, line, settings):
    names = {"lambda_z": line.rate, "half_life": np.log(2) / line.rate}
    if settings.route == "depot":
        found.none(FLIP_FLOP, *names)
        names = {"release_slope": line.rate, "release_half_life": np.log(2) / line.rate}
    found.numbers |= names | {
        "lambda_z_points": line.points, "lambda_z_begin": line.begin, "lambda_z_end": line.end, "r2": line.r2,
        "r2_adjusted": line.r2_adjusted, "correlation": line.correlation}
    if line.reason:
        found.none(line.reason, *names, "lambda_z_points", "lambda_z_begin", "lambda_z_end", "r2", "r2_adjusted",
                   "correlation")


def _areas(found, area, moment, t, c, last, line, settings, shown, back):
    numbers, rate = found.numbers, line.rate
    numbers |= {"auc_last": area, "aumc_last": moment, "auc_all": area}
    later = shown[0] > t[last]
    if later.any():
        end_t, end_c = np.append(t[last], shown[0][later]), np.append(c[last], shown[1][later])
        numbers["auc_all"] = area + areas.pieces(end_t, end_c, "linear")[0].sum()
    numbers["mrt_last"] = moment / area - settings.duration / 2
    start = areas.pieces(t[:2], c[:2], settings.method)[0].sum() if back else 0.0
    # On the line at the time of the last quantified sample, which need not be among the points of the line.
    on_line = line.last * np.exp(-rate * (t[last] - line.end))
    for ending, value in (("", c[last]), ("_predicted", on_line)):
        whole = area + value / rate
        moments = moment + value * t[last] / rate + value / rate**2
        numbers |= {
            f"auc_infinity{ending}": whole, f"extrapolated{ending}": 100 * (1 - area / whole),
            f"aumc_infinity{ending}": moments, f"aumc_extrapolated{ending}": 100 * (1 - moment / moments),
            f"mrt_infinity{ending}": moments / whole - settings.duration / 2}
        if settings.route == "bolus":
            numbers[f"back_extrapolated{ending}"] = 100 * start / whole
    numbers["auc_infinity_per_dose"] = numbers["auc_infinity"] / settings.dose
    if np.isnan(settings.dose):
        found.none("no dose was given", "auc_infinity_per_dose")
    if line.reason:
        found.none(f"there is no terminal slope: {line.reason}", *[name for name in numbers if "infinity" in name
                                                                  or "extrapolated" in name])


def _disposition(found, settings):
    numbers = found.numbers
    intravenous = settings.route in ("bolus", "infusion")
    names = [m.name for m in MEASURES if m.kind in ("clearance", "volume") and settings.route in m.routes]
    if settings.route == "depot":
        return found.none(NOT_DEPOT, *names)
    if settings.molar:
        return found.none("the concentrations are molar and the dose is a mass; give the molar mass", *names,
                          "cmax_per_dose", "auc_infinity_per_dose")
    if np.isnan(settings.dose):
        return found.none("no dose was given", *names)
    for ending in ("", "_predicted"):
        clearance = settings.dose / numbers[f"auc_infinity{ending}"]
        extra = "" if intravenous else "_f"
        numbers[f"clearance{extra}{ending}"] = clearance
        numbers[f"v_z{extra}{ending}"] = clearance / numbers["lambda_z"]
        if intravenous:
            numbers[f"v_steady{ending}"] = clearance * numbers[f"mrt_infinity{ending}"]
    if np.isnan(numbers["lambda_z"]):
        found.none(found.reasons["lambda_z"], *names)
    return None


def _interval(found, t, c, last, line, settings):
    """What describes one dosing interval."""
    names = [m.name for m in MEASURES if m.steady]
    if settings.interval is None:
        return found.none("no dosing interval was given", *names)
    tau, numbers = settings.interval, found.numbers
    numbers["auc_tau"] = _span(found, (0.0, tau), t, c, last, line, settings)
    inside = (t >= 0) & (t <= tau * (1 + 1e-12))
    end = _value(tau, t, c, last, line, settings)
    values = np.append(c[inside], end)
    high, low = np.nanmax(values), np.nanmin(values)
    average = numbers["auc_tau"] / tau
    numbers |= {"cavg": average, "cmin": low, "ctrough": end, "fluctuation": 100 * (high - low) / average,
                "swing": 100 * (high - low) / low if low > 0 else np.nan,
                "peak_trough": high / end if end > 0 else np.nan,
                "accumulation_predicted": 1 / -np.expm1(-line.rate * tau)}
    if "auc_tau" in found.reasons:
        found.none(found.reasons["auc_tau"], "cavg", "ctrough", "fluctuation", "peak_trough")
    if not low > 0:
        found.none("the lowest concentration is zero", "swing")
    if not end > 0:
        found.none("the concentration at the end is zero", "peak_trough")
    if line.reason or settings.route == "depot":
        found.none(line.reason or FLIP_FLOP, "accumulation_predicted")
    found.none("it compares two intervals; give several doses in a prediction", "accumulation")
    return None


def _span(found, span, t, c, last, line, settings):
    """The area of a span; beyond the last quantified sample by the terminal slope, before the first from zero."""
    begin, end = span
    name = "auc_tau" if span == (0.0, settings.interval) else span
    if end <= t[last]:
        return areas.between(begin, end, t, c, settings.method)
    if line.reason:
        found.none(f"the last quantified sample is before its end, and there is no terminal slope: {line.reason}", name)
        return np.nan
    found.notes.append(f"beyond the last quantified sample ({t[last]:g} h) the curve goes on by its terminal slope")
    inner = areas.between(begin, t[last], t, c, settings.method) if begin < t[last] else 0.0
    ahead = max(begin - t[last], 0.0)
    return inner + c[last] / line.rate * (np.exp(-line.rate * ahead) - np.exp(-line.rate * (end - t[last])))


def _value(time, t, c, last, line: Terminal, settings):
    if time <= t[last]:
        return areas.at(time, t, c, settings.method)
    return c[last] * np.exp(-line.rate * (time - t[last]))
