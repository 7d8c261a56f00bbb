"""The bootstrap: the spread of fits to resampled points, all walked at once."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from .. import units
from ..errors import FitError, unknown
from ..kept import resumed
from . import derived, weighting
from .band import banded
from .bounds import scaled, unscaled
from .result import CONFIDENCE
from .uncertainty import Intervals, informative
from .walking import limits, problem_of, walk

KINDS, ENDS = ("residual", "case", "replicate"), ("bca", "percentile")
#: Fewer whole replicates than these cannot stand for all that might have been.
FEWEST_REPLICATES = 3
#: Fewer successful refits than these have no 2.5 % tail.
FEWEST_DRAWS = 40
#: With fewer points to spare, or replicates, bootstrap intervals hold the truth too seldom; with more nobody counted.
ENOUGH_SPARE, ENOUGH_REPLICATES = 20, 20
#: So many data sets are walked together, which bounds the memory and moves the progress bar.
BLOCK = 500
_TAILS = ((1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2)


@dataclass(frozen=True, eq=False, repr=False)
class Bootstrap(Intervals):
    """Intervals by bootstrap, and the draws behind them.

    Attributes
    ----------
    draws : mapping of str to array (draws,)
        Every parameter (fixed ones too) in the units used inside; only refits that succeeded.
    derived_draws : mapping of str to array (draws,)
        Hours and shares.
    failed : int
        Resamples that could not be fitted.
    """

    draws: Mapping = field(default_factory=dict)
    derived_draws: Mapping = field(default_factory=dict)
    failed: int = 0

    @property
    def release(self):
        """The fit as a release whose draws are these draws."""
        from dataclasses import replace

        return replace(self.fit.release, sampled=self.draws)

    def curve(self, times=None):
        """The fitted curve with a pointwise 95 % band between quantiles of the draws; see `band.banded`."""
        numbers = np.stack([self.draws[p.name] for p in self.fit.model.parameters], axis=1)
        return banded(self.fit, times, lambda hours, _: np.nanquantile(
            derived.shares(self.fit.model, numbers, hours), _TAILS, axis=0))


def bootstrap(fit, *, kind="residual", count=1000, ends="bca", seed=1, workers=1, client=None,
              folder=None, progress=None):
    """95 % intervals of parameters and derived quantities from fits to resampled points.

    Parameters
    ----------
    fit : Fit
    kind : {"residual", "case", "replicate"}
        Put resampled residuals (whitened, centred, widened by ``sqrt(n/(n - p))``) on the fitted curve;
        resample the points; or resample whole replicates, which keeps what belongs together.
    count : int
        Of resamples.
    ends : {"bca", "percentile"}
        Bias-corrected and accelerated (Efron 1987), or plain quantiles.
    seed : int
    workers, client
        Processes on this machine, or a dask.distributed.Client: see `pkmodels.workers.spread`. The intervals are the
        same whoever makes the fits.
    folder : path, optional
        Where finished blocks of fits are kept; a run that was interrupted goes on from there.
    progress : callable, optional
        Wraps the sequence of blocks of resamples, such as ``tqdm.tqdm``.

    Returns
    -------
    Bootstrap

    Raises
    ------
    FitError
        If there are too few replicates or points for this, or nearly every refit fails.
    UnknownName
        If there is no such kind of resampling or of interval.
    """
    begun = time.perf_counter()
    for given, known, what in ((kind, KINDS, "kind of bootstrap"), (ends, ENDS, "kind of ends")):
        if given not in known:
            raise unknown(what, given, known)
    if not isinstance(count, int) or not FEWEST_DRAWS <= count <= 1_000_000:
        raise FitError(f"count = {count!r} is not possible; give a whole number from {FEWEST_DRAWS} up, such as 1000")
    problem = problem_of(fit)
    numbers = np.array([fit.inside[n] for n in problem.names])
    counts_in = informative(problem, numbers)
    spare = int(counts_in.sum()) - (len(numbers) - len(fit.fixed))
    if spare < 1:
        raise FitError(f"{int(counts_in.sum())} points for {len(numbers) - len(fit.fixed)} parameters leave nothing to "
                       f"resample; take a simpler model or more samples")
    generator = np.random.default_rng(seed)
    measured, often, possible = _resamples(fit, problem, numbers, counts_in, spare, kind, count, generator)
    asked = {"what": "bootstrap", "kind": kind, "count": count, "seed": seed}
    found, arrived = _refit(problem, numbers, measured, often, folder, asked, workers=workers, client=client,
                            progress=progress)
    fine = arrived & possible
    failed = int(count - fine.sum())
    if fine.sum() < FEWEST_DRAWS:
        raise FitError(f"only {int(fine.sum())} of {count} resamples could be fitted, too few for an interval; take "
                       f"profile likelihood (method='profile') or a simpler model")
    found = found[fine]
    last = float(fit.study.times.max())
    follows = derived.values(fit.model, found, last)
    influence = _jackknife(fit, problem, numbers, counts_in, kind, last) if ends == "bca" else None
    rows = _rows(fit, problem, numbers, found, follows, influence, last)
    seconds = time.perf_counter() - begun
    draws = {name: found[:, k] for k, name in enumerate(problem.names)}
    settings = {"kind": kind, "count": count, "ends": ends, "seed": seed, "failed": failed,
                "seconds": round(seconds, 2)}
    return Bootstrap(fit, "bootstrap", tuple(rows), _notes(fit, settings, spare), settings, draws, follows, failed)


def _narrow(fit, settings, spare):
    """Where these intervals hold the truth less often than they say; the shares stand in docs/intervals.md."""
    if settings["kind"] == "replicate":
        count = len(np.unique(_replicates(fit)))
        if count < ENOUGH_REPLICATES:
            yield (f"intervals from {count} resampled replicates are likely too narrow: of 95 % intervals from six "
                   f"made vessels 84 to 88 % held the truth. Prefer profile likelihood")
    elif spare < ENOUGH_SPARE:
        held = {"residual": "88 to 91", "case": "89 to 95"}[settings["kind"]]
        yield (f"with {spare} points to spare these intervals are likely too narrow: of 95 % intervals of made curves "
               f"with 9 to spare {held} % held the truth. Prefer profile likelihood")


def _notes(fit, settings, spare):
    words = {"residual": "resampled residuals", "case": "resampled points", "replicate": "resampled replicates"}
    notes = [f"{settings['count']} fits to {words[settings['kind']]}, {settings['ends']} ends, seed "
             f"{settings['seed']}, {settings['seconds']:.1f} s"]
    if settings["failed"]:
        notes.append(f"{settings['failed']} of these could not be fitted and are not in the intervals")
    if fit.priors:
        notes.append("priors were held where they are: their own uncertainty is not resampled")
    return (*notes, *_narrow(fit, settings, spare))


def _resamples(fit, problem, numbers, counts_in, spare, kind, count, generator):
    """Points of their own (count, points) or None, factors on rows (count, rows) or None, and which are possible."""
    n = len(problem.times)
    every = np.ones(count, dtype=bool)
    if kind == "residual":
        white = -problem.residual(numbers)[:n]  # measured less modelled: a skew stays on its side
        pool = white[counts_in]
        pool = (pool - pool.mean()) * np.sqrt(len(pool) / spare)
        drawn = np.zeros((count, n))
        drawn[:, counts_in] = generator.choice(pool, (count, len(pool)))
        noise = _unwhitened(problem.whitening, drawn)
        return problem.measured + problem.difference(numbers) + noise, None, every
    weight = np.zeros((count, n))
    if kind == "case":
        pick = generator.integers(0, counts_in.sum(), (count, counts_in.sum()))
        tally = np.apply_along_axis(np.bincount, 1, pick, minlength=counts_in.sum())
        weight[:, counts_in] = tally
        free = len(numbers) - len(fit.fixed)
        times = problem.times[counts_in]
        shown = np.stack([(tally[:, times == t] > 0).any(axis=1) for t in np.unique(times)], axis=1)
        every = shown.sum(axis=1) >= free
    else:
        names, which = np.unique(_replicates(fit), return_inverse=True)
        pick = generator.integers(0, len(names), (count, len(names)))
        weight[:] = np.apply_along_axis(np.bincount, 1, pick, minlength=len(names))[:, which]
    rows = np.ones((count, n + len(fit.priors)))
    rows[:, :n] = np.sqrt(weight)
    return None, rows, every


def _replicates(fit):
    names = weighting.after_start(fit.study).frame["replicate"].astype(str).to_numpy()
    found = len(np.unique(names))
    if found < FEWEST_REPLICATES or "" in names:
        raise FitError(f"resampling replicates needs {FEWEST_REPLICATES} or more, and {fit.study.source} formulation "
                       f"{fit.study.formulations[0]} has {0 if '' in names else found}; use kind='residual' "
                       f"(--resample residual), or give a column replicate")
    return names


def _unwhitened(whitening, rows):
    if whitening is None:
        return rows
    return rows / whitening if whitening.ndim == 1 else np.linalg.solve(whitening, rows.T).T


def _refit(problem, numbers, measured, often, folder=None, asked=None, **spreading):
    """Values (inside units) fitted to every resample, and whether each arrived."""
    count = len(measured if measured is not None else often)
    blocks = [tuple(None if each is None else each[begin: begin + BLOCK] for each in (measured, often))
              for begin in range(0, count, BLOCK)]
    names = [f"block_{k:06d}" for k in range(len(blocks))]
    walked = dict(resumed(folder, asked, _Walk(problem, numbers), blocks, names, **spreading))
    places, arrived = (np.concatenate([walked[k][name] for k in range(len(blocks))]) for name in ("place", "arrived"))
    found = unscaled(problem.model, places)
    return found, arrived & np.all(np.isfinite(found), axis=1)


@dataclass(frozen=True, eq=False)
class _Walk:
    """Fits to a block of resamples, from the same beginning."""

    problem: object
    numbers: np.ndarray

    def __call__(self, block):
        measured, often = block
        size = len(measured if measured is not None else often)
        centre = np.clip(scaled(self.problem.model, self.numbers), -700, None)
        walked = walk(self.problem, np.tile(centre, (size, 1)), *limits(self.problem, size), measured=measured,
                      weight=often, enough=1e-8)
        return {"place": walked.place, "arrived": walked.arrived}


def _jackknife(fit, problem, numbers, counts_in, kind, last):
    """Every quantity without each point (or replicate) in turn, for the acceleration."""
    n = len(problem.times)
    if kind == "replicate":
        names = _replicates(fit)
        keep = np.stack([names != one for one in np.unique(names)])
    else:
        keep = ~np.eye(n, dtype=bool)[counts_in]
    weight = np.ones((len(keep), n + len(fit.priors)))
    weight[:, :n] = keep
    found, _ = _refit(problem, numbers, None, weight)
    return {**{name: found[:, k] for k, name in enumerate(problem.names)}, **derived.values(fit.model, found, last)}


def _rows(fit, problem, numbers, found, follows, influence, last):
    for k, name in enumerate(problem.names):
        unit, scale = fit.units[name], units.inside(1.0, fit.units[name])
        if name in fit.fixed:
            yield {"quantity": name, "value": fit.values[name], "low": np.nan, "high": np.nan, "unit": unit,
                   "note": "given"}
            continue
        low, high, note = _ends(found[:, k], numbers[k], influence and influence[name])
        notes = [note] * bool(note) + [f"{100 * share:.0f} % of draws at the {side} bound"
                                       for side, share in _piled(problem, k, found[:, k]) if share > 0.01]
        yield {"quantity": name, "value": fit.values[name], "low": float(low / scale), "high": float(high / scale),
               "unit": unit, "note": "; ".join(notes)}
    centre = derived.values(fit.model, numbers[None], last)
    for name in derived.NAMES:
        q = derived.quantity(name)
        unit = fit.study.time_unit if q.kind == "time" else "1"
        scale = units.inside(1.0, unit) if q.kind == "time" else 1.0
        value, drawn = float(centre[name][0]), follows[name]
        missing = np.isnan(drawn).mean()
        note = ""
        if np.isnan(value):
            low = high = np.nan
            note = derived.reason(name, fit.model, numbers[None], last)
        else:
            # Never reached is later than any time.
            low, high, note = _ends(np.where(np.isnan(drawn), np.inf, drawn), value, influence and influence[name])
            what = "has no end" if name == "mean_release_time" else "never reached"
            missed = f"{what} in {100 * missing:.2g} % of draws" if missing > 0 else ""
            note = "; ".join(filter(None, [derived.beyond(name, value, last), note, missed]))
        yield {"quantity": name, "value": value / scale, "low": float(low / scale), "high": float(high / scale),
               "unit": unit, "note": note}


def _ends(draws, value, influence):
    low, high = ends_of(draws, value, influence)
    if influence is not None and not low <= value <= high:
        return *ends_of(draws, value), "plain quantiles: the corrected ends miss the value"
    return low, high, ""


def _piled(problem, k, draws):
    for side, bound in (("lower", problem.box.lower[k]), ("upper", problem.box.upper[k])):
        yield side, float(np.mean(np.abs(draws - bound) <= 1e-6 * max(abs(bound), 1e-12)))


def ends_of(draws, value, influence=None):
    """Interval of a quantity: quantiles of its draws, bias-corrected and accelerated with a jackknife.

    Parameters
    ----------
    draws : array (draws,)
    value : float
        Of the fit itself.
    influence : array (left out,), optional
        Values without each point in turn; without it plain quantiles.

    Returns
    -------
    float, float
    """
    shares = np.array(_TAILS)
    if influence is not None and np.ptp(draws[np.isfinite(draws)]) > 0:
        from scipy.special import ndtr, ndtri

        below = np.mean(draws < value) + np.mean(draws == value) / 2
        shift = ndtri(np.clip(below, 0.5 / len(draws), 1 - 0.5 / len(draws)))
        known = influence[np.isfinite(influence)]
        away = known.mean() - known if len(known) > 1 else np.zeros(1)
        spread = np.sum(away**2) ** 1.5
        acceleration = np.sum(away**3) / (6 * spread) if spread > 0 else 0.0
        moved = shift + ndtri(shares)
        shares = ndtr(shift + moved / (1 - acceleration * moved))
    with np.errstate(invalid="ignore"):
        found = np.quantile(draws, shares, method="linear" if np.all(np.isfinite(draws)) else "closest_observation")
    return float(found[0]), float(found[1])
