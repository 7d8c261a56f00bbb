"""The verb predict_population: a release, a drug and a regimen in many patients who differ."""

from pathlib import Path

import numpy as np

from .. import __version__, units
from ..errors import PredictionError
from ..references import cited_in
from ..windows import read_window
from ..workers import check as check_workers
from . import feeding, population_dataset, population_running
from . import population_settings as settings
from .asked import asked
from .drug import read_drug
from .people import variability_of
from .population_job import Job
from .predicting import check_kinds, horizon_hours
from .regimen import read_regimen
from .sources import as_release


def predict_population(release, *, drug, regimen, patients=1000, seed=1, window=None, days=None, values=None,
                       variability=None, table=None, draws=0, bioavailability=None, unreleased="stays",
                       sustained="24 h", concentration_unit="ng/mL", times=None, keep_curves=False, band=True,
                       workers=1, client=None, folder=None, progress=None):
    """Predict concentrations in a population of patients who differ, one curve each.

    Every patient's curve of a linear body is known exactly between the steps, and its peaks and crossings are
    solved there. A body whose elimination saturates (one_compartment_saturable, two_compartment_saturable) is
    integrated in steps of the patient's own. Only numbers are kept, unless curves are asked for.

    Parameters
    ----------
    release : Fit, Release, str, path or None
        As `predict` takes it.
    drug : str or Drug
        Whose card, as far as it says so, tells how patients differ.
    regimen : str or Regimen
    patients : int
    seed : int
        Patient k is the same for the same seed, however many patients there are and whoever computes them.
    window : str, Window or (float, float), optional
        As `pkmodels.read_window` reads it, or limits in ``concentration_unit``; 0 and infinity where there is
        none. Needed for shares of time and crossings, which are found while the curves are walked.
    days, values, bioavailability, unreleased, concentration_unit
        As `predict` takes them.
    variability : mapping, optional
        What is not on the card: parameter of body or release (or ``bioavailability``) to a coefficient of
        variation, ``{"clearance": 0.3}``, or with its distribution ``{"clearance": (0.3, "normal")}``. It is
        written down as an assumption.
    table : pandas.DataFrame, optional
        Real people: a column per covariate of the drug card. Each patient is one of its rows, in turn where
        there are as many patients as rows, else drawn with replacement.
    draws : int
        Draws of the release fit, crossed with the same patients: what is not known of the formulation stays
        apart (dimension ``draw``) from how people differ (dimension ``patient``). 0 for the fit's best values.
    sustained : str
        How long a stay inside the window must last to count as its onset.
    times : array, optional
        Days at which curves are shown: bands, and all curves where they are kept.
    keep_curves : bool
        Keep every patient's curve at ``times`` (variable ``plasma``).
    band : bool
        Keep quantiles over the patients, and the share of them inside, at ``times``.
    workers : int
        Processes on this machine; the numbers are the same whatever the number. None is started where that would take
        longer than it saves.
    client : dask.distributed.Client, optional
        A cluster to do the work instead (the extra ``cluster``); the numbers are the same.
    folder : path, optional
        Where finished chunks are kept; a run that was interrupted goes on from there.
    progress : callable, optional
        Wraps a sequence, such as ``tqdm.tqdm``.

    Returns
    -------
    xarray.Dataset
        Over ``patient`` (and ``draw``): ``inside``, ``below``, ``above`` (% of time), ``first_entry``,
        ``onset``, ``last_exit``, ``longest_gap``, ``longest_gap_below``, ``cmax``, ``tmax``, ``cmin``,
        ``ctrough``, ``cavg``, ``auc``, ``fluctuation``, ``swing``, ``burst_overshoot``, ``accumulation``; with
        ``_each`` behind its name a number per dosing interval; each patient's own parameters; and where
        asked ``plasma``, ``plasma_quantiles`` and ``share_inside`` over ``time``.

    Raises
    ------
    PkmodelsError
        Saying what was given and what is possible.
    """
    window = read_window(window) if isinstance(window, str) else window
    settings.check(patients, draws, unreleased, seed, concentration_unit)
    check_workers(workers, client)
    asked_for = asked(
        release, drug=drug, regimen=regimen, patients=patients, seed=seed, window=window, days=days, values=values,
        variability=variability, table=table, draws=draws, bioavailability=bioavailability, unreleased=unreleased,
        sustained=sustained, concentration_unit=concentration_unit, times=times, keep_curves=keep_curves, band=band)
    release = as_release(release, values)
    settings.check_release(release)
    drug = read_drug(drug) if isinstance(drug, (str, Path)) else drug
    regimen = read_regimen(regimen) if isinstance(regimen, str) else regimen
    check_kinds(drug, regimen, seed)
    if drug is None or regimen is None:
        raise PredictionError("a population needs a drug, such as 'goserelin', and a regimen, such as "
                              "'3.6 mg every 28 days x 6'")
    horizon = horizon_hours(days, regimen)
    doses = settings.doses_of(release, regimen, horizon)
    typical, share = settings.typical_values(release, drug, bioavailability)
    spread = variability_of(drug, variability, {k: v for k, v in typical.items() if k not in drug.parameters},
                            settings.depot_of(release, drug))
    factors, people_said = population_dataset.covariate_factors(drug, table, patients)
    lower, upper = settings.window_limits(window, concentration_unit, drug)
    drawn = ({},)
    if draws:
        if release is None or not release.can_draw:
            raise PredictionError("draws need a release that was fitted; this one was given by hand or is an infusion. "
                                  "Leave draws away, or say with variability how its parameters differ")
        many, _ = release.draws(draws, seed)
        drawn = tuple({name: float(v[k, 0]) for name, v in many.items()} for k in range(draws))
    shown = settings.shown_hours(times, horizon, keep_curves or band)
    end = settings.counted_until(regimen, horizon, doses)
    job = Job(
        release=release, body=feeding.joined_body(drug), doses=doses, variability=spread, typical=typical,
        allowed=settings.allowed_values(release, typical), factors=factors, drawn=drawn,
        rescaled=unreleased == "rescaled", hours=settings.steps(release, doses, end, horizon, drawn, shown),
        starts=np.array([dose.time_hour for dose in doses]), until=end, shown=shown, lower=lower, upper=upper,
        sustained=settings.lasting_hours(sustained), per_mg=float(1 / units.inside(1.0, concentration_unit)), seed=seed)
    settings.check_curves(patients * max(1, draws), shown, keep_curves)
    found = population_running.run(job, patients, folder, workers=workers, client=client, progress=progress)
    said = settings.assumptions(release, drug, spread, share, draws, patients, found, people_said, regimen, doses=doses,
                                unreleased=unreleased, horizon=horizon, linear=job.body.is_linear)
    about = {
        "pkmodels_version": __version__, "kind": "population", "seed": seed, "asked": asked_for,
        "patients": patients, "draws": draws,
        **({} if drug.molar_mass is None else {"molar_mass": drug.molar_mass_text}),
        "drug": drug.name, "drug_set": drug.set_name, "population": drug.population, "analyte": drug.analyte,
        "body": " -> ".join(drug.body),
        "regimen": str(regimen), "dose_times": [dose.time_hour / 24 for dose in doses],
        "model": release.model.name if release is not None else "solution",
        "window": [lower, upper], "window_source": getattr(window, "provenance", ""), "sustained": sustained,
        "assumptions": said,
        "citations": list(dict.fromkeys([*(release.model.references if release is not None else ()),
                                         *(cited_in(str(release.origin.get("citation", ""))) if release else ()),
                                         *drug.citations]))}
    return population_dataset.dataset(found, job, drug, doses, end, bool(draws), keep_curves, band, concentration_unit,
                                      about)
