"""How the errors of the points hang together: weights, and errors that add up from sample to sample."""

import numpy as np

from ..errors import FitError, unknown
from ..solve import observe

WEIGHTS = ("none", "1/y", "1/y2", "1/sd2", "pooled")
ERRORS = ("independent", "increments", "concentrations", "auto")
#: Twice the log of the likelihood ratio above which errors are not taken to be those of the concentrations measured.
CLEARLY = 2.0
#: Standard deviation of the scale of data normalised to the total recovered, assumed; and the least spread of points
#: (share of the dose) that it is held against, or a perfect fit would have none.
SCALE, SMALLEST_SPREAD = 0.03, 0.001
SCALED = f"normalised to the total recovered: the scale of each curve taken as 1 ± {SCALE:g}"
#: Shares and standard deviations below these count as these, or one point would rule the fit.
SMALLEST_SHARE, SMALLEST_SD = 0.01, 0.005


def after_start(study):
    """The study without zeros at time 0: every curve begins there, so they are no measurements."""
    idle = (study.times == 0) & (np.abs(study.released) < 1e-12)
    return study.without(idle) if idle.any() else study


def errors_of(study, errors=None):
    """The error model that was asked for; of what was measured where none was: concentrations, else shares."""
    if errors is None:
        return "independent" if study.vessel is None else "concentrations"
    if errors not in ERRORS:
        raise unknown("kind of errors", errors, ERRORS)
    return errors


def candidates(study):
    """The error models among which "auto" chooses, that of what was measured first."""
    plain = ("independent", "increments")
    return plain if study.vessel is None else ("concentrations", *plain)


def whitening(study, weights="none", errors="independent", scale=0.0):
    """What makes the points' errors equal and independent.

    Parameters
    ----------
    study : Study
        Of one formulation.
    weights : str
        ``"none"``; ``"1/y"`` and ``"1/y2"`` by the measured share; ``"1/sd2"`` by the standard deviations of the
        file or of the replicates; ``"pooled"`` by ``a² + b² y²`` fitted to the replicates' variances.
    errors : str
        ``"independent"``; ``"increments"`` for cumulative release whose every sample adds its own error; or
        ``"concentrations"``: the errors are those of the measured concentrations c, from which the released shares
        A c were calculated. Weights are then by the concentrations.
    scale : float
        Of data that were normalised to the total recovered: the standard deviation of a curve's scale over that of
        a whitened point; 0 for data that were not.

    Returns
    -------
    array (points,) or (points, points) or None, tuple of str
        And what was done, in sentences.

    Raises
    ------
    FitError
        If the data do not have what is asked for.
    """
    white, notes = _of_points(study, weights, errors)
    if not scale:
        return white, notes
    return with_scales([study], [white], scale)[0][0], (*notes, SCALED)


def _of_points(study, weights, errors):
    for given, known, kind in ((weights, WEIGHTS, "kind of weights"), (errors, ERRORS, "kind of errors")):
        if given not in known:
            raise unknown(kind, given, known)
    if errors == "increments":
        if weights != "none":
            raise FitError(f"weights {weights} are for independent errors; leave the weights away, or take "
                           f"errors='independent' (--errors independent)")
        return increments(study), ("errors add up from sample to sample: the increments were fitted",)
    if errors == "concentrations":
        return _of_concentrations(study, weights)
    if weights == "none":
        return None, ()
    variance, notes = _BY_NAME[weights](study)
    root = 1 / np.sqrt(variance)
    # A mean of one keeps weighted and plain sums of squares of like size.
    return root / np.sqrt(np.mean(root**2)), notes


def with_scales(studies, whites, scale):
    """Whitenings that take an unknown scale of every replicate out, and ln of the determinant of its covariance.

    A curve y = s F with s ~ N(1, SCALE²) has, beside its points' errors, one that runs along itself: the covariance
    I + scale² v vᵀ of white points, with v the whitened measured curve. Its inverse root has a closed form.

    Parameters
    ----------
    studies : sequence of Study
    whites : sequence of array or None
        The whitening of each study's points.
    scale : float
        As in `whitening`.

    Returns
    -------
    list of array (points, points), float
        All on one scale, with a determinant of one over all curves, so that fits can be compared.
    """
    found, log_determinant = [], 0.0
    for study, white in zip(studies, map(_matrix, whites, studies), strict=True):
        out = np.eye(len(study))
        for v in _along(study, white):
            more = scale**2 * (v @ v)
            out -= (1 - 1 / np.sqrt(1 + more)) * np.outer(v, v) / (v @ v)
            log_determinant += np.log1p(more)
        found.append(out @ white)
    level = np.exp(log_determinant / 2 / sum(map(len, studies)))
    return [level * each for each in found], log_determinant


def _matrix(white, study):
    if white is None:
        return np.eye(len(study))
    return np.diag(white) if white.ndim == 1 else white


def _along(study, white):
    replicates = study.frame["replicate"].to_numpy()
    curves = (white @ np.where(replicates == each, study.released, 0.0) for each in dict.fromkeys(replicates))
    return [curve for curve in curves if np.any(curve)]


def _bare(fit):
    """The study and the whitening of a fit without its scale."""
    study = after_start(fit.study)
    white, _ = _of_points(study, fit.weights, fit.errors)
    return study, _matrix(white, study)


def scale_of(fit):
    """The spread of a curve's scale over that of a whitened point, as a fit to the points shows it."""
    study, white = _bare(fit)
    return next_scale([study], [white], fit.scale, fit.statistics)


def next_scale(studies, whites, scale, statistics):
    """The spread of curves' scales over that of a whitened point, where a fit with ``scale`` has these statistics."""
    log_determinant = with_scales(studies, whites, scale)[1]
    spare = max(statistics["n"] - statistics["free"], 1)
    spread = np.sqrt(statistics["wss"] / spare / np.exp(log_determinant / sum(map(len, studies))))
    return SCALE / max(float(spread), SMALLEST_SPREAD)


def scale_found(fit):
    """The scales that a fit has found, in words."""
    study, white = _bare(fit)
    missed = white @ (study.released - observe(fit.model, fit.inside, study.times))
    found = [1 + fit.scale**2 * (v @ missed) / (1 + fit.scale**2 * (v @ v)) for v in _along(study, white)]
    return f"scale found: {', '.join(f'{each:.3f}' for each in found)}; the curve shown is that of scale 1"


def _of_concentrations(study, weights):
    """What turns released shares back into concentrations; its determinant is one without weights."""
    if study.vessel is None:
        raise FitError(f"errors='concentrations' needs measured concentrations and how samples were taken, and "
                       f"{study.source or 'this study'} holds released shares; leave errors away, or give "
                       f"errors='increments' where cumulative values carry the errors of all samples before")
    notes = (f"fitted to the measured concentrations ({study.vessel}), whose errors are independent; those of the "
             f"released shares hang together",)
    plain = concentrations(study)
    plain = plain / np.exp(np.linalg.slogdet(plain)[1] / len(plain))
    if weights == "none":
        return plain, notes
    variance, said = _BY_NAME[weights](study.in_vessel)
    variance = variance * np.mean(1 / variance)
    own = concentrations(study, variance)
    scale = np.exp(np.linalg.slogdet(concentrations(study))[1] / len(own))
    return own / scale, (*notes, *(f"{each} (of what was in the vessel)" for each in said))


def concentrations(study, variance=None):
    """A matrix that turns released shares back into concentrations of equal and independent errors.

    Parameters
    ----------
    study : Study
        Of one formulation, with its vessel; samples may be left out of it.
    variance : array (points,), optional
        Of the concentrations, up to a factor.

    Returns
    -------
    array (points, points)
        mg/L per share; the inverse A⁻¹ of the sampling operator where no sample is missing, otherwise that of the
        Cholesky factor of the rows of A that are left, so that what the missing samples took away keeps its error.
    """
    replicates, samples = study.frame["replicate"].to_numpy(), study.frame["sample"].to_numpy(dtype=int)
    variance = np.ones(len(samples)) if variance is None else variance
    found = np.zeros((len(samples), len(samples)))
    for each in dict.fromkeys(replicates):
        rows = np.flatnonzero(replicates == each)
        rows = rows[np.argsort(samples[rows])]
        number = samples[rows]
        # Samples before the first of these are the blanks at the start: exact, and nothing to be found from.
        every = np.arange(number[0], number[-1] + 1)
        taken = study.vessel.matrix(int(number[-1]))[number - 1, number[0] - 1:]
        spread = np.interp(every, number, variance[rows])
        factor = np.linalg.cholesky(taken * spread @ taken.T)
        found[np.ix_(rows, rows)] = np.linalg.inv(factor)
    return found


def _by_share(power):
    def variance(study):
        small = study.released < SMALLEST_SHARE
        notes = (f"weighted by 1/y{'²' if power == 2 else ''}",)
        if small.any():
            notes += (f"{small.sum()} shares below {100 * SMALLEST_SHARE:g} % were weighted as "
                      f"{100 * SMALLEST_SHARE:g} %",)
        return np.maximum(study.released, SMALLEST_SHARE) ** power, notes
    return variance


def _by_sd(study):
    sd = _spread(study)
    missing = np.isnan(sd) & (study.times > 0)
    if missing.any():
        raise FitError(f"weights 1/sd2 need a standard deviation at every time, and {missing.sum()} of {len(sd)} "
                       f"points of {study.source} have none; give a column sd or replicates, or weigh otherwise")
    small = ~(sd >= SMALLEST_SD)
    notes = ("weighted by 1/sd²",)
    if small.any():
        notes += (f"{small.sum()} standard deviations below {100 * SMALLEST_SD:g} % of dose were taken as that: "
                  f"a spread of zero is chance, not exactness",)
    return np.where(small, SMALLEST_SD, sd) ** 2, notes


def _pooled(study):
    frame = study.mean
    known = frame[(frame["sd"] > 0) & (frame["time_hour"] > 0)]
    if len(known) < 3:
        raise FitError(f"pooled weights need standard deviations at three times or more; {study.source} has "
                       f"{len(known)}")
    from scipy.optimize import nnls

    share, variance = known["released"].to_numpy(), known["sd"].to_numpy() ** 2
    # Sample variances scatter in proportion to themselves; a second pass weighs them by the first.
    fitted = np.full(len(share), variance.mean())
    for _ in range(5):
        rows = np.stack([np.ones_like(share), share**2], axis=1) / fitted[:, None]
        (constant, relative), _ = nnls(rows, variance / fitted)
        fitted = np.maximum(constant + relative * share**2, SMALLEST_SD**2)
    notes = (f"weighted by pooled standard deviations: {100 * np.sqrt(constant):.2g} % of dose and "
             f"{100 * np.sqrt(relative):.2g} % of the value",)
    return np.maximum(constant + relative * study.released**2, SMALLEST_SD**2), notes


def _spread(study):
    """Standard deviation at each point: the file's, else that of the replicates at its time."""
    if np.isfinite(study.sd).any():
        return np.asarray(study.sd, dtype=float)
    means = study.mean.set_index("time_hour")["sd"]
    return means.loc[study.times].to_numpy(dtype=float)


def increments(study):
    """Differences from sample to sample within each replicate; its determinant is one, so fits can be compared."""
    n = len(study.times)
    matrix = np.eye(n)
    last = {}
    replicates = study.frame["replicate"].to_numpy()
    for i in np.lexsort((np.arange(n), study.times)):
        if replicates[i] in last:
            matrix[i, last[replicates[i]]] = -1.0
        last[replicates[i]] = i
    return matrix


_BY_NAME = {"1/y": _by_share(1), "1/y2": _by_share(2), "1/sd2": _by_sd, "pooled": _pooled}
