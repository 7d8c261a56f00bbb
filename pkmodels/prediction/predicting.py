"""The verb predict: from a release to concentrations, every dose its own depot."""

import json
from pathlib import Path

import numpy as np

from .. import __version__, units
from ..errors import PredictionError
from ..references import cited_in
from ..surroundings import read_environment
from . import products
from .answers import amounts as whereabouts
from .answers import concentrations
from .assumptions import assumptions, too_much
from .chain import Body
from .drug import Drug, read_drug
from .in_vivo import carried, read_in_vivo
from .lines import storable
from .ratio import advice, eventual_ratio
from .regimen import Regimen, read_regimen
from .site import read_site

SEED, DRAWS = 1, 200
LONGEST = 36525
MOST_DOSES = 500


def predict(release, *, drug=None, regimen=None, days=None, site=None, values=None, environment=None, in_vivo=None,
            bioavailability=None, unreleased="stays", draws=DRAWS, seed=SEED, concentration_unit="ng/mL", times=None,
            amounts=False, progress=None):
    """Predict released share and, with a drug and a regimen, concentrations in plasma and in a tissue.

    Parameters
    ----------
    release : Fit, Release, str, path, mapping or None
        A fit; a saved record (path or shipped name); a scenario ("docetaxel_il12:IL-12"); the name of a release
        model, with ``values``; or None for a drug in solution ("100 mg over 1 h", "100 mg bolus"). Of several products
        a mapping of their names to these, ``{"monthly": fit, "quarterly": other}``; the regimen says which dose is of
        which.
    drug : str or Drug, optional
        Such as ``"goserelin"`` or ``"goserelin:female"``. Without one only the release is predicted.
    regimen : str or Regimen, optional
        Such as ``"3.6 mg every 28 days x 6"``; needed with a drug.
    days : float, optional
        How long to predict; to the end of the regimen's last interval when not given.
    site : str, path or Site, optional
        The tissue that the carrier lies in, such as ``"prostate_tumour"``; it exchanges drug with the
        body's blood. `read_site` changes its numbers.
    values : mapping, optional
        Parameters of a named model: name to a number in the model's unit or a (number, unit) pair.
    environment : Environment, str, DataFrame or path, optional
        Of the depots, counted from the first dose, as `read_environment` takes it: "37 C; 42 C for 30 min at day 1".
        The scenario's own, else 37 °C and pH 7.4, when not given.
    in_vivo : mapping or InVivo, optional
        How release in the body differs from release in the vial: ``{"scale": 2, "power": 1, "shift": "12 h",
        "plateau": 0.9}`` for t_vivo = scale t_vitro^power + shift (in days) and an end of its own. The same
        as in the vial when not given, which the assumptions say.
    bioavailability : float, optional
        Share of the released drug that reaches the body; the drug card's when not given, and 1 in a site.
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
    amounts : bool
        Also ``amounts(store, time)``: where the drug is, in mg, from carrier to eliminated.
    progress : callable, optional
        Wraps a sequence, such as ``tqdm.tqdm``.

    Returns
    -------
    xarray.Dataset
        ``released(time)`` (of several products the share of all drug injected so far), ``plasma(time)``, and where
        draws were made ``released_draws(draw, time)``, ``plasma_draws(draw, time)``, each with ``units`` and
        ``long_name``; attributes say model, drug, regimen, assumptions, version, seed and citations. With a site also
        ``local(time)``, ``ratio(time)`` and the ratios of areas and peaks that `local_ratio` puts together.

    Raises
    ------
    PkmodelsError
        Saying what was given and what is possible.
    """
    _check(unreleased, draws, drug, regimen, site, amounts)
    check_kinds(drug, regimen, seed)
    in_vivo = read_in_vivo(in_vivo)
    releases = products.releases_of(release, values, elsewhere=environment is not None)
    if environment is None:
        environment = releases[""].origin.get("environment", {}) if "" in releases else {}
    environment = read_environment(environment)
    for each in releases.values():
        _check_surroundings(each, environment)
        if drug is not None and each.model.closed_vessel:
            raise PredictionError(f"this release cannot be carried into a patient: {each.model.closed_vessel}")
    releases = {name: carried(each, in_vivo) for name, each in releases.items()}
    drug = read_drug(drug) if isinstance(drug, (str, Path)) else drug
    regimen = read_regimen(regimen) if isinstance(regimen, str) else regimen
    site = None if site is None else read_site(site)
    _check_in_vivo(releases, in_vivo, unreleased)
    horizon = horizon_hours(days, regimen)
    doses = regimen.doses(horizon) if regimen else ()
    _check_doses(releases, doses, regimen)
    shown = asked_hours(times, horizon)
    drawn, refused = products.drawn_of(releases, draws, seed)
    hours = products.hours_of(releases, doses, horizon, environment, drawn, shown, site)

    def stretch(release, chosen=None):
        """The factor on the share released: 1, or what stretches the curve to the whole dose."""
        if release is None or unreleased == "stays":
            return np.ones(1)
        return 1 / np.atleast_1d(release.eventual(chosen))[..., None] if chosen else np.array([1 / release.eventual()])

    variables, stores, available, body = {}, None, 1.0, None
    if drug is not None:
        available = _available(drug, bioavailability, site if releases else None)
    depots = products.AllDepots(releases, doses, environment, available, stretch, hours)
    if releases:
        variables |= products.released(releases, depots, stretch, hours, environment, drawn, progress)
    attributes = _attributes(releases, drug, regimen, doses, seed, site)
    if drug is not None:
        body = Body(drug, concentration_unit, site, into_blood=not releases)
        variables |= concentrations(body, depots, drawn, concentration_unit, progress)
        if amounts:
            variables["amounts"], stores = whereabouts(body, depots)
        attributes |= {"bioavailability": available, "body_parameters": json.dumps(body.parameters)}
        attributes |= _of_site(body, drug, concentration_unit, not releases)
    attributes["assumptions"] = assumptions(
        releases=releases, drug=drug, available=available, unreleased=unreleased, horizon=horizon,
        environment=environment, draws=draws if drawn else 0, refused=refused, in_vivo=in_vivo, site=site,
        linear=drug is None or body.is_linear, doses=doses)
    attributes["assumptions"] += regimen.assumptions if regimen else ()
    if site is not None:
        attributes["assumptions"] += too_much(variables["local"][1], concentration_unit, site.tissue)
    if shown is not None:
        attributes["times"] = "asked"
    return _dataset(hours, shown, variables, attributes, stores)


def horizon_hours(days, regimen):
    """How long to predict, in hours."""
    if days is None:
        if regimen is None or regimen.end_hour is None:
            why = "there is no regimen with an end" if regimen is None else f"'{regimen}' has no end of its own"
            raise PredictionError(f"how long? {why}; say for how many days to predict, such as days=28 "
                                  f"(command line: --days 28)")
        return regimen.end_hour
    if not isinstance(days, (int, float)) or not 0 < days <= LONGEST:
        raise PredictionError(f"days = {days!r} is not possible; give a number above 0 and up to {LONGEST} (100 years)")
    return float(days) * 24


def _check(unreleased, draws, drug, regimen, site, amounts):
    if unreleased not in ("stays", "rescaled"):
        raise PredictionError(f"unreleased = {unreleased!r} is not possible; choose 'stays' or 'rescaled'")
    if not isinstance(draws, int) or draws < 0:
        raise PredictionError(f"draws = {draws!r} is not possible; give a whole number, 0 for no interval")
    if (drug is None) != (regimen is None):
        missing = "a drug, such as goserelin," if drug is None else "a regimen, such as '3.6 mg every 28 days x 6',"
        raise PredictionError(f"concentrations need both a drug and a regimen; {missing} is missing")
    if amounts and drug is None:
        raise PredictionError("amounts are followed through a body; give a drug and a regimen as well")
    if site is not None and drug is None:
        raise PredictionError("a site needs a drug and a regimen to exchange with the blood; give drug and regimen, or "
                              "leave the site away")


def _check_surroundings(release, environment):
    """Refuse surroundings in which the fit behind a release says nothing."""
    if release.undecided is None or not set(release.model.surroundings) & set(environment.changed):
        return
    problem = release.undecided(environment)
    if problem:
        raise PredictionError(f"surroundings {environment}: {problem}")


def _check_in_vivo(releases, in_vivo, unreleased):
    if in_vivo is not None and not releases:
        raise PredictionError("in_vivo is about a carrier; a drug in solution has no vial to differ from")
    if in_vivo is not None and in_vivo.plateau is not None and unreleased == "rescaled":
        raise PredictionError("in_vivo gives a plateau, and unreleased='rescaled' another (all of the dose); give one")


def check_kinds(drug, regimen, seed):
    """Refuse what is of another kind than it can be, before anything is computed."""
    for name, given, kinds, wanted in (
        ("drug", drug, (str, Path, Drug, type(None)), "a name such as 'goserelin', or a drug card of read_drug"),
        ("regimen", regimen, (str, Regimen, type(None)), "a text such as '3.6 mg every 28 days x 6'"),
    ):
        if hasattr(given, "regimens"):
            raise PredictionError(f"{name} is an event table, not the regimen of it; give events.regimen, or "
                                  f"events.of(ID) of one person")
        if not isinstance(given, kinds):
            raise PredictionError(f"{name} = {given!r} is not possible; give {wanted}")
    if not hasattr(seed, "__index__") or isinstance(seed, bool) or seed < 0:
        raise PredictionError(f"seed = {seed!r} is not possible; give a whole number from 0 on")


def _check_doses(releases, doses, regimen):
    if regimen is not None and not doses:
        raise PredictionError(f"no dose of '{regimen}' falls within the predicted time; predict for longer")
    if len(doses) > MOST_DOSES:
        raise PredictionError(f"'{regimen}' gives {len(doses)} doses within the predicted time; at most {MOST_DOSES} "
                              f"can be predicted at once. Predict a shorter time: at steady state the doses are alike")
    products.check_products(releases, doses, regimen)
    for dose in doses:
        if releases and dose.duration_hour:
            raise PredictionError(f"'{regimen}' is an infusion, but a carrier is injected at once; leave 'over ...' "
                                  f"away, or predict a drug in solution without a release")
    if not releases and doses and regimen.lacks_duration:
        raise PredictionError(f"'{regimen}' without a carrier needs its duration, such as '100 mg over 1 h', or the "
                              f"word that it is given at once, '100 mg bolus'; or give a release: a fit, a record or a "
                              f"model")
    if not releases and regimen is None:
        raise PredictionError("there is nothing to predict; give a release (a fit, a record or a model), "
                              "or a drug in solution such as '100 mg over 1 h' or '100 mg bolus'")


def asked_hours(times, horizon):
    """The hours that were asked for, or None for the grid."""
    if times is None:
        return None
    try:
        hours = np.asarray(times, dtype=float) * 24
    except (TypeError, ValueError):
        hours = np.zeros(0)
    rising = hours.ndim == 1 and len(hours) > 0 and np.all(np.diff(hours) > 0)
    if not rising or not (hours[0] >= 0 and hours[-1] <= horizon):
        raise PredictionError("times must be rising numbers of days between 0 and 'days'")
    return hours


def _available(drug, given, site):
    """The share of what is released that arrives; the card's belongs to its own route, not to a tissue."""
    if given is None:
        return 1.0 if site is not None else float(drug.bioavailability)
    if isinstance(given, bool) or not isinstance(given, (int, float)) or not 0 < given <= 1:
        raise PredictionError(f"bioavailability = {given!r} is not possible; give a share above 0 and up to 1")
    return float(given)


def _of_site(body, drug, unit, into_blood):
    """What the attributes say of the tissue."""
    site = body.site
    if site is None:
        return {}
    alone = Body(drug, unit).area_per_mg()
    here = site.at(0.0)
    found = {"site": site.name, "tissue": site.tissue,
             "site_parameters": json.dumps({name: str(number) for name, number in site.parameters.items()}),
             "exchange_flow_L_per_h": here["q_exchange"],
             "advice": advice(body, None if alone is None else float(1 / alone[0]), into_blood)}
    if site.parameters["partition"].evidence != "assumed":
        found["partition"] = here["partition"]
    eventual = eventual_ratio(body)
    return found | ({} if eventual is None else {"ratio_eventual": eventual})


def _attributes(releases, drug, regimen, doses, seed, site):
    found = {"pkmodels_version": __version__, "dose_times": [d.time_hour / 24 for d in doses], "seed": seed}
    cited, told = [], {}
    for name, release in releases.items():
        shown = {p.name: [units.outside(release.values[p.name], p.unit), p.unit] for p in release.model.parameters}
        told[name] = (release.model.name, release.model.title, shown, dict(release.origin))
        cited += [*release.model.references, *cited_in(str(release.origin.get("citation", "")))]
    if "" in told:
        model, title, shown, origin = told[""]
        found |= {"model": model, "title": title, "parameters": json.dumps(shown), "origin": json.dumps(origin)}
    elif told:
        found |= {"model": "; ".join(f"{name}: {each[0]}" for name, each in told.items()),
                  "title": "; ".join(f"{name}: {each[1]}" for name, each in told.items()),
                  "parameters": json.dumps({f"{name}: {key}": value for name, each in told.items()
                                            for key, value in each[2].items()}),
                  "products": json.dumps({name: each[3] for name, each in told.items()})}
    if drug is not None:
        if regimen.end_hour is not None and len(doses) == len(regimen.doses()):
            found["last_interval_end"] = regimen.end_hour / 24
        found |= {"drug": drug.name, "drug_set": drug.set_name, "population": drug.population, "analyte": drug.analyte,
                  "body": " -> ".join(drug.body), "regimen": str(regimen)}
        if drug.molar_mass is not None:
            found["molar_mass"] = drug.molar_mass_text
        cited += drug.citations
    cited += [] if site is None else site.citations
    found["citations"] = list(dict.fromkeys(cited))
    return found


def _highest(hours, shown, numbers):
    """The highest value within the times that are shown, and its day."""
    within = np.flatnonzero((hours >= shown[0]) & (hours <= shown[-1]))
    top = within[np.argmax(numbers[within])]
    return {"highest": float(numbers[top]), "highest_at": float(hours[top] / 24)}


def _dataset(hours, shown, variables, attributes, stores):
    import xarray as xr

    kept = slice(None) if shown is None else np.searchsorted(hours, shown, side="right") - 1
    if shown is not None:
        # Times that were asked for may pass the peak by.
        variables = {name: (dims, numbers, attrs | _highest(hours, shown, numbers) if name in ("plasma", "local") else
                            attrs) for name, (dims, numbers, attrs) in variables.items()}
    found = xr.Dataset(
        {name: xr.Variable(dims, numbers[..., kept] if "time" in dims else numbers, attrs)
         for name, (dims, numbers, attrs) in variables.items()},
        coords={"time": ("time", hours[kept] / 24, {"units": "day", "long_name": "time since the first dose"})},
        attrs={name: storable(value) for name, value in attributes.items()})
    if stores is not None:
        found = found.assign_coords(store=("store", stores))
    if "draw" in found.sizes:
        found = found.assign_coords(draw=("draw", np.arange(found.sizes["draw"]), {"long_name": "draw of the fit"}))
    return found
