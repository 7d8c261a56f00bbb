"""The verb exposure: areas, peaks, slopes, clearance and volumes without a model of the body (NCA)."""

from itertools import pairwise

import numpy as np

from .. import units
from ..errors import PredictionError, unknown
from ..solve.areas import METHODS
from ..studies import Plasma
from .exposure_measures import MEASURES, ROUTES
from .exposure_profile import BLQ, FLIP_FLOP, RELEASED, Settings, analysed
from .exposure_result import Exposure
from .exposure_terminal import read_choice

#: Released along the terminal line, over the area there, below which the line is one of elimination.
ELIMINATION = 0.1
#: Concentrations below this share of the peak are not looked at; slopes this near to one another are one.
FAINT, ALIKE = 1e-9, 0.02
SEVERAL = "other doses' drug is on board: slope and area to infinity belong to a single dose"


def exposure(data, *, dose=None, route=None, duration=None, method="linear up log down", blq="dropped", terminal=None,
             include_peak=False, interval=None, spans=(), variable="plasma"):
    """Exposure analysis (non-compartmental) of measured or predicted concentrations.

    Parameters
    ----------
    data : Plasma or xarray.Dataset
        What `read_plasma` or `predict` returns. A prediction brings its doses and route with it; with several
        doses there is a row for every dosing interval.
    dose : str or mapping of str to str, optional
        Such as ``"320 mg"``, or one per subject; the dose column of the data when not given.
    route : {"bolus", "infusion", "extravascular", "depot"}
        Of measured data. After a ``"depot"`` the terminal slope is one of release: it is named so, and
        clearance and volume are refused.
    duration : str, optional
        Of an infusion, such as ``"15 min"``.
    method : {"linear up log down", "linear", "log"}
        Of the trapezoids.
    blq : {"dropped", "zero"}
        What becomes of samples below the limit of quantification after the first quantified one; those before
        it are zero.
    terminal : str or mapping of str to str, optional
        Points of the terminal slope, ``"last 4"`` or ``"9 h to 24 h"``. When not given: of all sets of last points,
        at least three and (but for a bolus) after the peak, the one with the best adjusted r², and among those
        within 1e-4 of it the largest.
    include_peak : bool
        Whether the peak itself may be among them.
    interval : str, optional
        The dosing interval for average, fluctuation, swing and the like, such as ``"24 h"``.
    spans : sequence of str
        Further areas, such as ``("0 h to 24 h",)``.
    variable : str
        Of a prediction.

    Returns
    -------
    Exposure

    Raises
    ------
    PredictionError, UnitError
        For what is missing or impossible.
    """
    for given, known, kind in ((method, METHODS, "method"), (blq, BLQ, "rule for BLQ")):
        if given not in known:
            raise unknown(kind, given, known)
    common = {"method": method, "blq": blq, "include_peak": bool(include_peak),
              "interval": None if interval is None else _hours(interval, "interval"),
              "spans": tuple(_between(each) for each in spans)}
    if isinstance(data, Plasma):
        return _of_data(data, dose, route, duration, terminal, common)
    if not hasattr(data, "data_vars"):
        raise PredictionError(f"exposure needs plasma data (read_plasma) or a prediction, not a {type(data).__name__}")
    for given, name in ((route, "route"), (duration, "duration")):
        if given is not None:
            raise PredictionError(f"a prediction knows its {name} by itself; leave {name} away")
    return _of_prediction(data, variable, dose, terminal, common)


def _of_data(data, dose, route, duration, chosen, common):
    if route not in ROUTES:
        raise PredictionError(f"route = {route!r}: say how the drug was given: {', '.join(ROUTES)}")
    if (route == "infusion") != (duration is not None):
        raise PredictionError("an infusion needs its duration, such as '15 min'" if route == "infusion" else
                              f"a duration is for an infusion, not for route='{route}'; leave it away")
    hours = _hours(duration, "duration") if duration is not None else 0.0
    rows = {}
    for subject in data.subjects:
        part = data.frame[data.frame["subject"] == subject]
        times, values = part["time_hour"].to_numpy(), part["concentration"].to_numpy()
        points = _per_subject(chosen, subject, "terminal")
        settings = Settings(route=route, duration=hours, molar=data.molar, dose=_dose(dose, subject, part),
                            chosen=None if points is None else read_choice(points, times), **common)
        rows[subject or "all"] = analysed(times, values, settings)
    about = {"source": data.source, "analyte": data.analyte}
    return Exposure.of(rows, route=route, method=common["method"], spans=common["spans"], time_unit=data.time_unit,
                       unit=data.unit, about=about)


def _of_prediction(data, variable, dose, chosen, common):
    if variable not in data.data_vars:
        raise unknown("variable of this prediction", variable, list(data.data_vars))
    series, time_unit, unit = data[variable], data["time"].attrs["units"], data[variable].attrs["units"]
    hours = np.asarray(data["time"].values, dtype=float) * units.factor(time_unit, "h")
    factor = units.inside(1.0, unit)
    curves = [np.asarray(series.values, dtype=float) * factor]
    if f"{variable}_draws" in data:
        curves += list(np.asarray(data[f"{variable}_draws"].values, dtype=float) * factor)
    doses = np.atleast_1d(np.asarray(data.attrs.get("dose_times", [0.0]), float)) * units.factor(time_unit, "h")
    amounts = data.attrs.get("dose_amounts_mg", [np.nan] * len(doses))
    lasting = data.attrs.get("dose_durations_hour", [0.0] * len(doses))
    route = "depot" if "model" in data.attrs else "infusion" if np.any(lasting) else "bolus"
    if dose is not None:
        amounts = [_dose(dose, "", None)] * len(doses)
    if len(doses) > 1 and common["interval"] is not None:
        raise PredictionError("a prediction with several doses has its own dosing intervals; leave interval away")
    until = data.attrs.get("last_interval_end")
    until = None if until is None else float(until) * units.factor(time_unit, "h")
    every = [_rows(hours, values, doses, amounts, lasting, until, route, chosen, common) for values in curves]
    if route == "depot" and len(doses) == 1:
        _check_slopes(every, hours - doses[0], np.asarray(data["released"].values, dtype=float), curves)
    notes = (f"several doses: {SEVERAL}",) if len(doses) > 1 else ()
    if data.attrs.get("times") == "asked":
        notes += (f"mind: this prediction holds only the {len(hours)} times that were asked for; areas and peaks "
                 "between "
                 f"them are those of trapezoids. Predict without times for exact ones",)
    about = {key: data.attrs[key] for key in ("drug", "population", "regimen", "model", "analyte", "assumptions")
             if key in data.attrs}
    return Exposure.of(every[0], draws=every[1:], route=route, method=common["method"], spans=common["spans"],
                       time_unit=time_unit, unit=unit, about=about, notes=notes)


def _rows(hours, values, doses, amounts, lasting, until, route, chosen, common):
    """Row name to what was found, of one curve of a prediction."""
    def settings(k, **more):
        points = None if chosen is None else read_choice(chosen, hours)
        return Settings(route=route, dose=float(amounts[k]), duration=float(lasting[k]), chosen=points, faint=FAINT,
                        **common | more)

    if len(doses) == 1:
        kept = hours >= doses[0]
        return {"single dose": analysed(*_after_jump(hours[kept] - doses[0], values[kept], route), settings(0))}
    # The last interval is as long as the regimen says, else as the one before it, or ends with the prediction.
    ends = [*doses[1:], min(2 * doses[-1] - doses[-2] if until is None else until, hours[-1])]
    rows = {}
    for k, (begin, end) in enumerate(zip(doses, ends, strict=True)):
        if end <= begin:
            continue
        kept = (hours >= begin) & (hours <= end)
        t, c = hours[kept] - begin, values[kept]
        if (np.diff(t) == 0).any() and t[-1] == t[-2]:
            t, c = t[:-1], c[:-1]  # the next dose's jump is not this interval's
        found = analysed(*_after_jump(t, c, route), settings(k, interval=float(end - begin), spans=()))
        found.none(SEVERAL, *[m.name for m in MEASURES if not m.steady and m.name not in (
            "cmax", "tmax", "clast", "tlast", "cmax_per_dose", "auc_last", "auc_all", "aumc_last")])
        for name in ("accumulation_predicted",):
            found.numbers[name] = np.nan
            found.reasons[name] = FLIP_FLOP if route == "depot" else SEVERAL
        rows[f"dose {k + 1}"] = found
    first = next(iter(rows.values()))
    for found in rows.values():
        found.numbers["accumulation"] = found.numbers["auc_tau"] / first.numbers["auc_tau"]
        found.reasons.pop("accumulation", None)
    return rows


def _after_jump(t, c, route):
    """The curve without the moment before a bolus."""
    return (t[1:], c[1:]) if route == "bolus" and len(t) > 1 and t[0] == t[1] else (t, c)


def _check_slopes(rows, hours, released, curves):
    """Take the slope of release away where it is that of elimination.

    As long as release rules the end of a curve, the share that is released along the terminal line is about the share
    of the area there; where next to none is released, what leaves was in the body before.
    """
    for row, curve in zip(rows, curves, strict=True):
        found = row["single dose"]
        rate = found.numbers.get("release_slope", np.nan)
        if not np.isfinite(rate):
            continue
        area = np.append(0.0, np.cumsum(np.diff(hours) * (curve[1:] + curve[:-1]) / 2))
        # Where the curve takes its terminal slope, which the line may sit far behind, among rounding.
        seen = np.flatnonzero((curve > FAINT * curve.max()) & (np.arange(len(hours)) >= np.argmax(curve)))
        with np.errstate(divide="ignore", invalid="ignore"):
            slopes = -np.diff(np.log(curve[seen])) / np.diff(hours[seen])
        other = np.flatnonzero(~(np.abs(slopes / rate - 1) < ALIKE))
        begin = seen[other[-1] + 1 if len(other) else 0]
        fed, gone = (1 - each[begin] / each[-1] for each in (released, area))
        if fed < ELIMINATION * gone:
            found.reasons |= dict.fromkeys(("lambda_z", "half_life"), RELEASED)
            found.none(RELEASED, "release_slope", "release_half_life")


def _dose(given, subject, part):
    given = _per_subject(given, subject, "dose")
    if given is not None:
        number, unit = units.quantity(given, "mg", "320 mg")
        if not number > 0:
            raise PredictionError(f"a dose of {given} is not possible; write for example '320 mg'")
        return units.inside(number, unit)
    doses = [] if part is None else part["dose_mg"].dropna().unique()
    if len(doses) > 1:
        raise PredictionError(f"subject '{subject}' has {len(doses)} doses in the dose column; exposure is of one "
                              "dose, "
                              f"so split the data by dose")
    return float(doses[0]) if len(doses) else np.nan


def _per_subject(given, subject, what):
    if not isinstance(given, dict):
        return given
    if subject not in given and what == "dose":
        raise unknown("subject in the doses that were given", subject, list(given))
    return given.get(subject)


def _hours(text, what):
    number, unit = units.quantity(text, "h", "24 h")
    if not number > 0:
        raise PredictionError(f"{what} = '{text}' must be longer than zero; write for example '24 h'")
    return units.inside(number, unit)


def _between(text):
    ends = str(text).split(" to ")
    hours = [units.inside(*units.quantity(each.strip(), "h", "24 h")) for each in ends]
    if len(hours) != 2 or not 0 <= hours[0] < hours[1] or any(b <= a for a, b in pairwise(hours)):
        raise PredictionError(f"the span '{text}' cannot be read; write for example '0 h to 24 h'")
    return tuple(hours)
