"""The verb coverage: how long is a predicted concentration inside its window, and how sure is that?"""

from itertools import pairwise

import numpy as np

from .. import units
from ..errors import PredictionError, UnitError, unknown
from ..windows import read_window
from . import words
from .crossing import Curves, on
from .measures import NAMES, measured, missing
from .population_coverage import population_coverage, window_of
from .result import Coverage
from .verdict import verdict

_ABOUT = ("drug", "population", "regimen", "model", "body", "seed", "pkmodels_version", "citations", "assumptions")


def coverage(prediction, window=None, *, variable="plasma", sustained="24 h", target=90.0):
    """How long a predicted concentration is inside a window.

    Of a population (`predict_population`) it tells how the patients spread and how many of them are inside
    for at least ``target`` per cent of the time; its window and ``sustained`` are those it was predicted with.

    The curve between points is a monotone cubic of its own between any two doses; times and
    shares are exact for that curve and do not depend on counting points.

    Parameters
    ----------
    prediction : xarray.Dataset
        With the coordinate ``time`` (attribute ``units``), the variable over ``time`` (attributes
        ``units`` and ``analyte``), perhaps ``<variable>_draws`` over ``draw`` and ``time``, and the
        attribute ``dose_times`` in the unit of time.
    window : Window or str
        As `read_window` reads it: ``"goserelin"``, ``"0.5-1.2 ng/mL"``, ``"> 0.5 ng/mL"``. Of a population it
        may be left out.
    variable : str
    sustained : str
        How long a stay inside must last to count as the onset.
    target : float
        Of a population: per cent of the time inside that counts as attained.

    Returns
    -------
    Coverage, or PopulationCoverage of a population
        Overall and for each dosing interval, from a dose to the next. The last interval is as long
        as the one before it, or ends with the prediction.

    Raises
    ------
    PredictionError, UnitError
        If the prediction or the window cannot be used; the message says why.
    """
    if getattr(prediction, "attrs", {}).get("kind") == "population":
        known = window_of(prediction) if window is None else read_window(window)
        return population_coverage(prediction, known, target)
    values, draws, time, time_unit, unit, analyte = _series(prediction, variable)
    window = read_window(window)
    window.require(analyte)
    asked = {"window": window.to_dict(), "variable": variable, "sustained": sustained}
    window, converted = window.beside(unit, _molar_mass_of(prediction, variable))
    lower, upper = window.limits(unit)
    amount, given = units.quantity(sustained, "h", "24 h")
    if not amount > 0:
        raise PredictionError(f"sustained = '{sustained}' must be longer than zero; write for example '24 h'")
    doses, rows, spans, starts, notes = _intervals(prediction, time, time_unit)
    notes = (*converted, *_window_notes(window, variable, analyte), *notes)
    warned = ()
    if prediction.attrs.get("times") == "asked":
        warned = (f"mind: this prediction holds only the {len(time)} times that were asked for; peaks and crossings "
                  f"between them are missed. Predict without times for coverage",)

    lasting = float(units.convert(amount, given, time_unit))
    curves = Curves.through(time, np.concatenate([values[None], draws]), doses)
    stays = curves.stays(lower, upper)
    found = np.stack([measured(curves, stays, *span, since=start, sustained=lasting)
                      for span, start in zip(spans, starts, strict=True)])
    numbers, drawn = found[..., 0], found[..., 1:] if len(draws) else None
    lasting_words = words.span(lasting, time_unit)
    reasons = {(row, name): missing(name, numbers[k], lasting_words)
               for k, row in enumerate(rows) for i, name in enumerate(NAMES) if np.isnan(numbers[k, i])}
    if drawn is not None:
        drawn = _beyond(drawn)
        never = int((drawn[0, NAMES.index("inside")] == 0).sum())
        if 0 < never < drawn.shape[2]:
            notes += (f"{never} of {drawn.shape[2]} draws are never inside: their entry counts as beyond the end",)
    for array in (numbers, drawn):
        if array is not None:
            array.flags.writeable = False
    return Coverage(
        window=window, rows=rows, spans=spans, numbers=numbers, drawn=drawn, reasons=reasons, notes=notes,
        verdict=warned + verdict(window, rows, spans, numbers, drawn, time_unit, unit, lasting_words),
        time_unit=time_unit, unit=unit,
        about={"variable": variable, "analyte": analyte or window.analyte, "sustained": lasting_words, "asked": asked,
               **{key: _listed(key, prediction.attrs[key]) for key in _ABOUT if key in prediction.attrs}})


def _listed(key, value):
    """Sentences that a dataset keeps as one text with lines, as a list again."""
    return value.splitlines() if key in ("citations", "assumptions") and isinstance(value, str) else value


def _beyond(drawn):
    """Draws that never enter, or are still inside at the end, counted as later than all others and not left out."""
    drawn = drawn.copy()
    inside = drawn[:, NAMES.index("inside")] > 0
    for name in ("first_entry", "onset", "last_exit"):
        times = drawn[:, NAMES.index(name)]
        times[np.isnan(times) & (inside if name == "last_exit" else True)] = np.inf
    return drawn


def _series(prediction, variable):
    """Values, draws (perhaps none), time, its unit, the concentration's unit and the analyte."""
    if not hasattr(prediction, "data_vars"):
        raise PredictionError(f"coverage needs a prediction (an xarray.Dataset from predict), not a "
                              f"{type(prediction).__name__}")
    if variable not in prediction.data_vars:
        raise unknown("variable of this prediction", variable, list(prediction.data_vars))
    if "time" not in prediction.coords:
        raise PredictionError("the prediction has no coordinate 'time'; give what predict returns")
    series, time_unit = prediction[variable], prediction["time"].attrs.get("units")
    unit = series.attrs.get("units")
    if not time_unit or units.dimension(time_unit) != units.dimension("h"):
        raise PredictionError(f"the time of the prediction has the unit {time_unit!r}; set "
                              f"prediction.time.attrs['units'] to 'day' or 'h'")
    if not unit:
        raise PredictionError(f"'{variable}' has no unit; set prediction.{variable}.attrs['units'], such as 'ng/mL'")
    time = np.asarray(prediction["time"].values, dtype=float)
    if len(time) < 2 or not np.all(np.isfinite(time)) or np.any(np.diff(time) < 0):
        raise PredictionError("the times of the prediction must be at least two and must not fall")
    values = _checked(series, ("time",), variable, time, time_unit)
    name = f"{variable}_draws"
    if name not in prediction.data_vars:
        return values, np.empty((0, len(time))), time, time_unit, unit, series.attrs.get("analyte", "")
    draws = prediction[name]
    if draws.attrs.get("units", unit) != unit:
        raise UnitError(f"'{name}' is in {draws.attrs['units']} and '{variable}' in {unit}; give both in one unit")
    return (values, _checked(draws, ("draw", "time"), name, time, time_unit), time, time_unit, unit,
            series.attrs.get("analyte", ""))


def _checked(series, dims, name, time, time_unit):
    if set(series.dims) != set(dims):
        raise PredictionError(f"'{name}' must have the dimensions ({', '.join(dims)}), not ({', '.join(series.dims)})")
    values = np.asarray(series.transpose(*dims).values, dtype=float)
    wrong = ~np.isfinite(values)
    if wrong.any():
        first = time[np.argmax(wrong.reshape(-1, len(time)).any(axis=0))]
        raise PredictionError(f"'{name}' has {int(wrong.sum())} values that are not numbers, first at "
                              f"{first:g} {time_unit}; a share of time cannot be computed across a hole")
    if values.min() < -1e-9 * max(values.max(), 0.0):
        raise PredictionError(f"'{name}' has negative concentrations, down to {values.min():.3g}; check the prediction")
    return values


def _intervals(prediction, time, time_unit):
    """Dose times; names, spans and zero times of the rows; and notes."""
    given = np.unique(np.atleast_1d(np.asarray(prediction.attrs.get("dose_times", []), dtype=float)))
    if not np.all(np.isfinite(given)):
        raise PredictionError("dose_times of the prediction must be numbers in its unit of time")
    begin, end = float(time[0]), float(time[-1])
    doses, notes = given[given < end], []
    if len(doses) < len(given):
        notes.append(f"{len(given) - len(doses)} of {len(given)} doses are later than the prediction and are left out")
    if not len(doses):
        return doses, ("overall",), ((begin, end),), (begin,), tuple(notes)
    off = doses[(doses > begin) & ~on(time, doses)]
    if len(off):
        notes.append(f"{len(off)} doses (first at {off[0]:g} {time_unit}) are not among the predicted times, so the "
                     f"curve is smoothed across them; predict with these times for exact numbers")
    if begin > doses[0] and not on(time, doses[:1])[0]:
        notes.append(f"the prediction begins {words.span(begin - doses[0], time_unit)} after the first dose; what was "
                     f"before is not counted")
    # The last interval is as long as the regimen says; where it does not, as the one before it.
    natural = float(prediction.attrs.get("last_interval_end", 2 * given[-1] - given[-2])) if len(given) > 1 else np.inf
    if np.isfinite(natural) and natural < end * (1 - 1e-9):
        notes.append(f"the prediction goes on for {words.span(end - natural, time_unit)} after the last dosing "
                     f"interval; that time is not counted")
    elif np.isfinite(natural) and natural > end * (1 + 1e-9) and len(doses) == len(given):
        notes.append(f"the prediction ends {words.span(natural - end, time_unit)} before the last dosing interval")
    bounds = [float(each) for each in (*doses, min(end, natural))]
    rows = [(f"dose {k} ({time_unit} {a:.6g}-{b:.6g})", (max(a, begin), b), a)
            for k, (a, b) in enumerate(pairwise(bounds), 1) if b > begin]
    names, spans, starts = zip(*rows, strict=True)
    return (doses[doses >= begin], ("overall", *names), ((spans[0][0], spans[-1][1]), *spans), (bounds[0], *starts),
            tuple(notes))


def _window_notes(window, variable, analyte):
    if not window.analyte and analyte:
        yield f"the window does not say its analyte; it is taken to be of {analyte}"
    if not analyte:
        yield f"the prediction does not say its analyte; it is taken to be {window.analyte or 'that of the window'}"
    if window.matrix and window.matrix != variable:
        yield f"the window is one in {window.matrix} and is held against '{variable}'"


def _molar_mass_of(prediction, variable):
    """The molar mass of what a variable of a prediction counts, such as ``"1269 g/mol"``, or None."""
    return prediction[variable].attrs.get("molar_mass", prediction.attrs.get("molar_mass"))
