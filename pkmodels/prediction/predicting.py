"""The verb predict: from a release to concentrations, every dose its own depot."""

import json
from pathlib import Path

import numpy as np

from .. import __version__, units
from ..errors import PredictionError
from ..references import cited_in
from ..surroundings import read_environment
from .assumptions import assumptions
from .chain import JUST_AFTER, Body, Depots
from .drug import read_drug
from .grid import after_steps, grid, since_dose
from .regimen import read_regimen
from .sources import as_release

SEED, DRAWS = 1, 200
#: Draws are computed in blocks of this many, so that memory stays small.
BLOCK = 25
LONGEST = 36525
MOST_DOSES = 500


def predict(release, *, drug=None, regimen=None, days=None, values=None, environment=None, bioavailability=None,
            unreleased="stays", draws=DRAWS, seed=SEED, concentration_unit="ng/mL", times=None, progress=None):
    """Predict released share and, with a drug and a regimen, concentrations.

    Parameters
    ----------
    release : Fit, Release, str, path or None
        A fit; a saved record (path or shipped name); a scenario ("docetaxel_il12:IL-12"); the name of a release
        model, with ``values``; or None for a drug in solution that is infused ("100 mg over 1 h").
    drug : str or Drug, optional
        Such as ``"goserelin"`` or ``"goserelin:female"``. Without one only the release is predicted.
    regimen : str or Regimen, optional
        Such as ``"3.6 mg every 28 days x 6"``; needed with a drug.
    days : float, optional
        How long to predict; to the end of the regimen's last interval when not given.
    values : mapping, optional
        Parameters of a named model: name to a number in the model's unit or a (number, unit) pair.
    environment : Environment, str, DataFrame or path, optional
        Of the depots, counted from the first dose, as `read_environment` takes it: "37 C; 42 C for 30 min at day 1".
        The scenario's own, else 37 °C and pH 7.4, when not given.
    bioavailability : float, optional
        Share of the released drug that reaches the body; the drug card's when not given.
    unreleased : {"stays", "rescaled"}
        What becomes of the share that the curve never releases: it stays in the carrier, or the
        curve is stretched so that all of the dose is released.
    draws : int
        Draws of the fit's parameters for intervals; 0 for none.
    seed : int
        Of the draws.
    concentration_unit : str
    times : array, optional
        Days at which to report; a grid that is dense where concentrations change when not given,
        which is what `coverage` needs.
    progress : callable, optional
        Wraps a sequence, such as ``tqdm.tqdm``.

    Returns
    -------
    xarray.Dataset
        ``released(time)``, ``plasma(time)``, and where draws were made ``released_draws(draw, time)``,
        ``plasma_draws(draw, time)``, each with ``units`` and ``long_name``; attributes say model,
        drug, regimen, assumptions, version, seed and citations.

    Raises
    ------
    PkmodelsError
        Saying what was given and what is possible.
    """
    _check(unreleased, draws, drug, regimen)
    release = as_release(release, values)
    if environment is None:
        environment = {} if release is None else release.origin.get("environment", {})
    environment = read_environment(environment)
    if release is not None and drug is not None and release.model.closed_vessel:
        raise PredictionError(f"this release cannot be carried into a patient: {release.model.closed_vessel}")
    drug = read_drug(drug) if isinstance(drug, (str, Path)) else drug
    regimen = read_regimen(regimen) if isinstance(regimen, str) else regimen
    horizon = horizon_hours(days, regimen)
    doses = regimen.doses(horizon) if regimen else ()
    _check_doses(release, doses, regimen)
    shown = _asked(times, horizon)
    drawn, refused = release.draws(int(draws), seed) if _can_draw(release, draws) else (None, 0.0)
    hours = _grid(release, doses, horizon, environment, drawn, shown)

    def stretch(chosen=None):
        """The factor on the share released: 1, or what stretches the curve to the whole dose."""
        if release is None or unreleased == "stays":
            return np.ones(1)
        return 1 / np.atleast_1d(release.eventual(chosen))[..., None] if chosen else np.array([1 / release.eventual()])

    variables, available = {}, None
    if release is not None:
        text = "share of the dose released since its injection"
        variables["released"] = _variable(stretch() * release.share(hours, environment), "1", text)
        if drawn:
            rows = [stretch(some) * release.share(hours, environment, some) for some in _blocks(drawn, progress)]
            variables["released_draws"] = _variable(np.concatenate(rows), "1", text)
    if drug is not None:
        available = _share(drug.bioavailability if bioavailability is None else bioavailability)
        body = Body(drug, concentration_unit)
        depots = Depots(release, doses, environment, available, stretch, hours)
        text = f"{drug.analyte} in plasma"
        variables["plasma"] = _variable(body.plasma(hours, depots.mass()), concentration_unit, text, drug.analyte)
        if drawn:
            rows = [body.plasma(hours, depots.mass(some)) for some in _blocks(drawn, progress)]
            variables["plasma_draws"] = _variable(np.concatenate(rows), concentration_unit, text, drug.analyte)
    attributes = _attributes(release, drug, regimen, doses, seed)
    if drug is not None:
        attributes |= {"bioavailability": available, "body_parameters": json.dumps(body.parameters)}
    attributes["assumptions"] = assumptions(
        release=release, drug=drug, available=available, unreleased=unreleased, horizon=horizon,
        environment=environment, draws=draws if drawn else 0, refused=refused)
    attributes["assumptions"] += regimen.assumptions if regimen else ()
    if shown is not None:
        attributes["times"] = "asked"
    return _dataset(hours, shown, variables, attributes)


def horizon_hours(days, regimen):
    """How long to predict, in hours."""
    if days is None:
        if regimen is None or regimen.end_hour is None:
            why = "there is no regimen with an end" if regimen is None else f"'{regimen}' has no end of its own"
            raise PredictionError(f"how long? {why}; say for how many days to predict, such as 28")
        return regimen.end_hour
    if not isinstance(days, (int, float)) or not 0 < days <= LONGEST:
        raise PredictionError(f"days = {days!r} is not possible; give a number above 0 and up to {LONGEST} (100 years)")
    return float(days) * 24


def _check(unreleased, draws, drug, regimen):
    if unreleased not in ("stays", "rescaled"):
        raise PredictionError(f"unreleased = {unreleased!r} is not possible; choose 'stays' or 'rescaled'")
    if not isinstance(draws, int) or draws < 0:
        raise PredictionError(f"draws = {draws!r} is not possible; give a whole number, 0 for no interval")
    if (drug is None) != (regimen is None):
        missing = "a drug, such as goserelin," if drug is None else "a regimen, such as '3.6 mg every 28 days x 6',"
        raise PredictionError(f"concentrations need both a drug and a regimen; {missing} is missing")


def _check_doses(release, doses, regimen):
    if regimen is not None and not doses:
        raise PredictionError(f"no dose of '{regimen}' falls within the predicted time; predict for longer")
    if len(doses) > MOST_DOSES:
        raise PredictionError(f"'{regimen}' gives {len(doses)} doses within the predicted time; at most {MOST_DOSES} "
                              f"can be predicted at once. Predict a shorter time: at steady state the doses are alike")
    for dose in doses:
        if release is not None and dose.duration_hour:
            raise PredictionError(f"'{regimen}' is an infusion, but a carrier is injected at once; leave 'over ...' "
                                  f"away, or predict a drug in solution without a release")
        if release is None and not dose.duration_hour:
            raise PredictionError(f"'{regimen}' without a carrier needs its duration, such as '100 mg over 1 h'; "
                                  f"or give a release: a fit, a record or a model")
    if release is None and regimen is None:
        raise PredictionError("there is nothing to predict; give a release (a fit, a record or a model), "
                              "or a drug with an infusion such as '100 mg over 1 h'")


def _asked(times, horizon):
    """The hours that were asked for, or None for the grid."""
    if times is None:
        return None
    hours = np.asarray(times, dtype=float) * 24
    if hours.ndim != 1 or len(hours) < 1 or hours[0] < 0 or np.any(np.diff(hours) <= 0) or hours[-1] > horizon:
        raise PredictionError("times must be rising numbers of days between 0 and 'days'")
    return hours


def _grid(release, doses, horizon, environment, drawn, shown):
    """The hours at which everything is computed."""
    starts = [d.time_hour for d in doses] or [0.0]
    fixed = [*after_steps(horizon, environment.breakpoints), *([] if shown is None else shown)]
    if release is None:
        ends = [d.time_hour + d.duration_hour for d in doses]
        return grid(horizon, starts, since_dose(np.zeros_like, horizon), [*fixed, *after_steps(horizon, ends)])
    # The surroundings of the first dose stand for those of all: their steps are on the grid anyway.
    some = {name: values[:: max(1, len(values) // 8)] for name, values in drawn.items()} if drawn else None

    def share(since):
        central = release.share(since, environment)[None]
        return np.concatenate([central, release.share(since, environment, some)]) if some else central

    hours = grid(horizon, starts, since_dose(share, horizon, release.kinks), fixed)
    if release.share(np.array([JUST_AFTER]))[0] > 0:
        # Drug that is out at once makes a jump: the time of the dose stands before and after it.
        hours = np.sort(np.concatenate([hours, starts]))
    return hours


def _can_draw(release, draws):
    return release is not None and draws > 0 and release.can_draw


def _share(value):
    if not isinstance(value, (int, float)) or not 0 < value <= 1:
        raise PredictionError(f"bioavailability = {value!r} is not possible; give a share above 0 and up to 1")
    return float(value)


def _blocks(drawn, progress):
    count = len(next(iter(drawn.values())))
    begins = range(0, count, BLOCK)
    for begin in progress(begins) if progress else begins:
        yield {name: numbers[begin: begin + BLOCK] for name, numbers in drawn.items()}


def _variable(numbers, unit, text, analyte=None):
    attributes = {"units": unit, "long_name": text} | ({"analyte": analyte} if analyte else {})
    return ("draw", "time")[-numbers.ndim:], numbers, attributes


def _attributes(release, drug, regimen, doses, seed):
    found = {"pkmodels_version": __version__, "dose_times": [d.time_hour / 24 for d in doses], "seed": seed}
    cited = []
    if release is not None:
        shown = {p.name: [units.outside(release.values[p.name], p.unit), p.unit] for p in release.model.parameters}
        found |= {"model": release.model.name, "title": release.model.title, "parameters": json.dumps(shown),
                  "origin": json.dumps(dict(release.origin))}
        cited += [*release.model.references, *cited_in(str(release.origin.get("citation", "")))]
    if drug is not None:
        found |= {"drug": drug.name, "population": drug.population, "analyte": drug.analyte,
                  "body": " -> ".join(drug.body), "regimen": str(regimen)}
        cited += drug.citations
    found["citations"] = list(dict.fromkeys(cited))
    return found


def _dataset(hours, shown, variables, attributes):
    import xarray as xr

    kept = slice(None) if shown is None else np.searchsorted(hours, shown, side="right") - 1
    found = xr.Dataset(
        {name: xr.Variable(dims, numbers[..., kept], attrs) for name, (dims, numbers, attrs) in variables.items()},
        coords={"time": ("time", hours[kept] / 24, {"units": "day", "long_name": "time since the first dose"})},
        attrs=attributes)
    if "draw" in found.sizes:
        found = found.assign_coords(draw=("draw", np.arange(found.sizes["draw"]), {"long_name": "draw of the fit"}))
    return found
