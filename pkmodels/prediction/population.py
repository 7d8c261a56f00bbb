"""The verb predict_population: a release, a drug and a regimen in many patients who differ."""

import json
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .. import __version__, units
from ..environment import Environment
from ..errors import PredictionError
from ..references import cited_in
from ..solve import population, population_modes, population_schedule
from . import feeding, population_dataset
from .chain import JUST_AFTER, Depots
from .drug import read_drug
from .grid import grid, since_dose
from .people import CHUNK, people, variability_of
from .predicting import horizon_hours
from .regimen import read_regimen
from .sources import as_release

#: The most patients times draws of one call, the most curves that are kept, and times of a band when not told.
MOST, MOST_CURVES, BAND_TIMES = 10_000_000, 20_000_000, 241


@dataclass(frozen=True, eq=False)
class Job:
    """All that a patient's numbers depend on: plain values, so that other processes can do a share of the work.

    Parameters
    ----------
    release : Release or None
    body : Model
    doses : tuple of Dose
    variability : Variability
    typical : mapping
        Values of body, release and ``bioavailability`` in the units used inside.
    allowed : mapping
        Bounds of what may vary.
    drawn : list of mapping
        Values of the release per draw of its fit, empty mappings where there are none.
    hours : array
        Grid of the prediction.
    shown : array of int
        Points of the grid at which curves are wanted.
    """

    release: object
    body: object
    doses: tuple
    variability: object
    typical: dict
    allowed: dict
    factors: object
    drawn: tuple
    rescaled: bool
    hours: np.ndarray
    starts: np.ndarray
    until: float
    shown: np.ndarray
    lower: float
    upper: float
    sustained: float
    per_mg: float
    seed: int

    def numbers(self, first, count):
        """Numbers of patients ``first`` to ``first + count``: a dict of arrays with the patients last, draws first."""
        some, again = people(self.variability, count, self.seed, first, self.allowed)
        if self.factors is not None:
            for name, factor in self.factors(first, count, self.seed).items():
                some[name] = some.get(name, self.typical[name]) * factor
        parts = [self._of_draw(values, some, count) for values in self.drawn]
        found = {name: np.stack([part[name] for part in parts]) for name in parts[0]}
        shares = np.broadcast_to(some.get("bioavailability", 1.0), count)
        if (shares > 1).any():
            raise PredictionError("a covariate would make the bioavailability of some patients larger than 1")
        return found | {f"of {name}": values for name, values in some.items()} | {"again": np.array([again])}

    def _of_draw(self, drawn, some, count):
        values = {**self.typical, **drawn, **some}
        arrays = feeding.body_arrays(self.body, {name: np.broadcast_to(values[name], count)
                                                 for name in (s.name for s in self.body.symbols)})
        arrays, schedule = self._fed(arrays, {**drawn, **some}, count)
        matrix, entry, weights = arrays
        entry = entry * np.broadcast_to(values["bioavailability"], count)
        bodies = population_modes.bodies(matrix, entry, weights * self.per_mg)
        found = population.stream(bodies, schedule, lower=self.lower, upper=self.upper, sustained=self.sustained,
                                  sampled=self._places(schedule))
        return {**found.each, **found.whole, "curves": found.curves}

    def _fed(self, arrays, changed, count):
        """The bodies, with pools in front where the release is made of such, and their schedule."""
        release, amounts = self.release, [dose.amount_mg for dose in self.doses]
        if release is not None:
            symbols = release.model.symbols
            own = {s.name: np.ravel(changed.get(s.name, release.values[s.name])) for s in symbols}
            pools = feeding.Pools.of(release.model)
            if pools is not None and pools.hold(symbols, own):
                shares, rates, at_once = pools.numbers(symbols, own)
                if self.rescaled:
                    total = shares.sum(axis=0) + at_once
                    shares, at_once = shares / total, at_once / total
                return (feeding.with_pools(*arrays, shares, rates, at_once),
                        population_schedule.boluses(self.hours, self.starts, amounts, self.until))
            varies = any(v.size > 1 for v in own.values())
            own = {name: np.broadcast_to(v, count)[:, None] if varies else np.reshape(v, (1, 1))
                   for name, v in own.items()}
        else:
            own = None
        twice = np.sort(np.concatenate([self.hours, self.starts])) if release is not None else self.hours
        depots = Depots(release, self.doses, Environment(), 1.0, self._stretch, twice)
        return arrays, population_schedule.fed(twice, depots.mass(own), self.starts, self.until)

    def _stretch(self, values=None):
        if self.release is None or not self.rescaled:
            return np.ones(1)
        return 1 / np.atleast_1d(self.release.eventual(values))[..., None]

    def _places(self, schedule):
        return np.clip(np.searchsorted(schedule.hours, self.shown * (1 - 1e-15)), 0, schedule.steps)


def predict_population(release, *, drug, regimen, patients=1000, seed=1, window=None, days=None, values=None,
                       variability=None, table=None, draws=0, bioavailability=None, unreleased="stays",
                       sustained="24 h", concentration_unit="ng/mL", times=None, keep_curves=False, band=True,
                       workers=1, folder=None, progress=None):
    """Predict concentrations in a population of patients who differ, one curve each.

    Bodies are linear. Every patient's curve is known exactly between the steps, and its peaks and crossings
    are solved there. Only its numbers are kept, unless curves are asked for.

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
    window : Window or (float, float), optional
        As `pkmodels.read_window` gives it, or limits in ``concentration_unit``; 0 and infinity where there is
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
        Processes on this machine; the numbers are the same whatever the number.
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
    from . import population_running

    _check(patients, draws, unreleased, workers, seed, keep_curves)
    release = as_release(release, values)
    drug = read_drug(drug) if isinstance(drug, (str, Path)) else drug
    regimen = read_regimen(regimen) if isinstance(regimen, str) else regimen
    if drug is None or regimen is None:
        raise PredictionError("a population needs a drug, such as 'goserelin', and a regimen, such as "
                              "'3.6 mg every 28 days x 6'")
    horizon = horizon_hours(days, regimen)
    doses = _doses(release, regimen, horizon)
    typical, share = _typical(release, drug, bioavailability)
    spread = variability_of(drug, variability, {k: v for k, v in typical.items() if k not in drug.parameters})
    factors, people_said = population_dataset.covariate_factors(drug, table, patients)
    lower, upper = _limits(window, concentration_unit, drug.analyte)
    drawn = ({},)
    if draws:
        if release is None or not release.can_draw:
            raise PredictionError("draws need a release that was fitted; this one was given by hand or is an infusion. "
                                  "Leave draws away, or say with variability how its parameters differ")
        many, _ = release.draws(draws, seed)
        drawn = tuple({name: float(v[k, 0]) for name, v in many.items()} for k in range(draws))
    shown = _shown(times, horizon, keep_curves or band)
    end = _counted_until(regimen, horizon, doses)
    job = Job(release=release, body=feeding.joined_body(drug), doses=doses, variability=spread, typical=typical,
              allowed=_allowed(release, typical), factors=factors, drawn=drawn, rescaled=unreleased == "rescaled",
              hours=_grid(release, doses, end, horizon, drawn, shown), shown=shown, lower=lower, upper=upper,
              starts=np.array([dose.time_hour for dose in doses]), until=end, sustained=_hours(sustained),
              per_mg=float(1 / units.inside(1.0, concentration_unit)), seed=seed)
    if units.dimension(concentration_unit) != units.dimension("mg/L"):
        raise PredictionError(f"'{concentration_unit}' is not a mass concentration; write for example ng/mL")
    if keep_curves and patients * max(1, draws) * len(shown) > MOST_CURVES:
        raise PredictionError(f"{patients} patients x {max(1, draws)} draws x {len(shown)} times are too many curves to "
                              f"keep; give fewer times, or leave keep_curves away: bands and numbers need none")
    fingerprint = json.dumps({"release": _plain(release), "drug": [drug.name, drug.set_name, drug.sha256],
                              "regimen": str(regimen), "horizon": horizon, "typical": typical, "seed": seed,
                              "draws": draws, "variability": [spread.names, spread.scales, spread.covariance.tolist()],
                              "window": [lower, upper], "sustained": sustained, "unit": concentration_unit,
                              "unreleased": unreleased, "shown": shown.tolist(), "version": __version__,
                              "table": people_said, "patients": patients if table is not None else None})
    found = population_running.run(job, patients, workers, folder, fingerprint, progress)
    said = _assumptions(release, drug, spread, share, draws, patients, found, people_said, regimen)
    about = {
        "pkmodels_version": __version__, "kind": "population", "seed": seed, "patients": patients, "draws": draws,
        "drug": drug.name, "population": drug.population, "analyte": drug.analyte, "body": " -> ".join(drug.body),
        "regimen": str(regimen), "dose_times": [dose.time_hour / 24 for dose in doses],
        "model": release.model.name if release is not None else "solution",
        "window": [lower, upper], "sustained": sustained, "assumptions": said,
        "citations": list(dict.fromkeys([*(release.model.references if release is not None else ()),
                                         *(cited_in(str(release.origin.get("citation", ""))) if release else ()),
                                         *drug.citations]))}
    return population_dataset.dataset(found, job, drug, doses, end, bool(draws), keep_curves, band, concentration_unit,
                                      about)


def _check(patients, draws, unreleased, workers, seed, keep_curves):
    for name, value, least in (("patients", patients, 1), ("draws", draws, 0), ("workers", workers, 1),
                               ("seed", seed, 0)):
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
            raise PredictionError(f"{name} = {value!r} is not possible; give a whole number from {least} on")
    if patients * max(1, draws) > MOST:
        raise PredictionError(f"{patients} patients x {max(1, draws)} draws are more than {MOST}; take fewer: quantiles "
                              f"of 10000 patients are known to about one per cent of them")
    if unreleased not in ("stays", "rescaled"):
        raise PredictionError(f"unreleased = {unreleased!r} is not possible; choose 'stays' or 'rescaled'")
    if not isinstance(keep_curves, bool):
        raise PredictionError(f"keep_curves = {keep_curves!r} is not possible; it is True or False")


def _doses(release, regimen, horizon):
    doses = regimen.doses(horizon)
    if not doses:
        raise PredictionError(f"no dose of '{regimen}' falls within the predicted time; predict for longer")
    if len(doses) > 500:
        raise PredictionError(f"'{regimen}' gives {len(doses)} doses within the predicted time; at most 500 can be "
                              f"predicted at once. Predict a shorter time: at steady state the doses are alike")
    if release is not None and any(dose.duration_hour for dose in doses):
        raise PredictionError(f"'{regimen}' is an infusion, but a carrier is injected at once; leave 'over ...' away, "
                              f"or give None as the release for a drug in solution")
    if release is None and not all(dose.duration_hour for dose in doses):
        raise PredictionError(f"'{regimen}' without a carrier needs its duration, such as '100 mg over 1 h'; or give a "
                              f"release: a fit, a record or a model")
    return doses


def _typical(release, drug, bioavailability):
    """Values of everything that may vary, in the units used inside, and the bioavailability."""
    share = drug.bioavailability if bioavailability is None else bioavailability
    if isinstance(share, bool) or not isinstance(share, (int, float)) or not 0 < share <= 1:
        raise PredictionError(f"bioavailability = {share!r} is not possible; give a share above 0 and up to 1")
    found = {name: float(units.inside(p.value, p.unit)) for name, p in drug.parameters.items()}
    found["bioavailability"] = float(share)
    if release is not None:
        clash = sorted({*release.values} & {*found})
        if clash:
            raise PredictionError(f"release and body both have {', '.join(clash)}; they cannot be told apart here")
        found |= {name: float(value) for name, value in release.values.items()}
    return found, float(share)


def _allowed(release, typical):
    found = {"bioavailability": (0.0, 1.0)}
    for p in release.model.parameters if release is not None else ():
        low, high = (float(units.inside(float(b), p.unit)) for b in p.bounds)
        found[p.name] = (min(low, typical[p.name]), max(high, typical[p.name]))
    return found


def _limits(window, unit, analyte):
    """The limits in a unit of concentration, minus infinity and infinity where there is none."""
    if window is None:
        return -np.inf, np.inf
    if hasattr(window, "limits"):
        window.require(analyte)
        lower, upper = window.limits(unit)
    elif isinstance(window, str) or np.ndim(window) != 1 or len(window) != 2:
        raise PredictionError(f"window = {window!r} is not possible here; read it first, as in "
                              f"window=pkmodels.read_window('0.5-1.2 ng/mL'), or give limits such as (0.5, 1.2)")
    else:
        lower, upper = (float(each) for each in window)
    if not (0 <= lower < upper) or (lower == 0 and math.isinf(upper)):
        raise PredictionError(f"the window from {lower:g} to {upper:g} {unit} holds nothing or everything; give limits "
                              f"that rise, such as (0.5, 1.2)")
    return (lower if lower > 0 else -np.inf), upper


def _hours(sustained):
    amount, given = units.quantity(sustained, "h", "24 h")
    if not amount > 0:
        raise PredictionError(f"sustained = '{sustained}' must be longer than zero; write for example '24 h'")
    return float(units.convert(amount, given, "h"))


def _shown(times, horizon, wanted):
    """Hours at which curves are shown."""
    if times is None:
        return np.linspace(0.0, horizon, BAND_TIMES) if wanted else np.empty(0)
    hours = np.asarray(times, dtype=float) * 24
    if hours.ndim != 1 or len(hours) < 1 or hours[0] < 0 or np.any(np.diff(hours) <= 0) or not hours[-1] <= horizon:
        raise PredictionError("times must be rising numbers of days between 0 and 'days'")
    return hours


def _counted_until(regimen, horizon, doses):
    """The end of the time that counts: that of the last dosing interval, or of the prediction."""
    natural = regimen.end_hour if regimen.ends else None
    return horizon if natural is None or not math.isfinite(natural) or (len(doses) == 1 and natural <= 0) \
        else min(horizon, natural)


def _grid(release, doses, end, horizon, drawn, shown):
    """The hours of the steps: dense after doses and where a release bends."""
    starts = [dose.time_hour for dose in doses]
    fixed = [*shown[(shown > 0) & (shown < horizon)], end]
    if release is None:
        stops = [dose.time_hour + dose.duration_hour for dose in doses]
        return grid(horizon, starts, since_dose(np.zeros_like, horizon), [*fixed, *stops])
    some = None
    if drawn[0]:
        chosen = drawn[:: max(1, len(drawn) // 8)]
        some = {name: np.array([[each[name]] for each in chosen]) for name in chosen[0]}

    def share(since):
        central = release.share(since)[None]
        return np.concatenate([central, release.share(since, None, some)]) if some else central

    return grid(horizon, starts, since_dose(share, horizon, release.kinks), fixed)


def _plain(release):
    if release is None:
        return None
    return [release.model.name, {name: float(value) for name, value in release.values.items()}]


def _assumptions(release, drug, spread, share, draws, patients, found, people_said, regimen):
    """What the prediction takes for granted, in sentences."""
    said = []
    if release is not None:
        said.append("Release in the body is taken to be the release in the vial: same times, same extent.")
        eventual = float(release.eventual())
        if eventual < 0.995:
            said.append(f"The curve ends at {100 * eventual:.1f} % of the dose; see 'unreleased' for the rest.")
    said.append(f"Of what is released {100 * share:.4g} % reaches the blood (bioavailability).")
    said.append("The body answers in proportion to the dose, and doses add up (linear kinetics of the drug card).")
    said += spread.remarks
    if not spread.names:
        said.append("Nothing varies between patients: the card gives no spread and none was declared, so all are alike.")
    said += people_said
    again = int(found["again"].sum())
    if again > 0.01 * patients:
        said.append(f"{100 * again / patients:.1f} % of the patients were drawn again, because a parameter was beyond "
                    f"its bounds; the spread is a little narrower than declared.")
    if draws:
        said.append(f"The uncertainty of the release fit is in {draws} draws of its parameters, each with the same "
                    f"{patients} patients.")
    else:
        said.append("The release is taken at its best values: the uncertainty of its fit is not in the spread.")
    return [*said, *regimen.assumptions]


def chunks(patients):
    """(first, count) of the chunks in which people are drawn."""
    return [(first, min(CHUNK, patients - first)) for first in range(0, patients, CHUNK)]


__all__ = ["JUST_AFTER", "Job", "chunks", "predict_population"]
