"""Goodness of fit, as the field prints it and as a ranking needs it."""

import math

import numpy as np

#: Every criterion by its key: three programs call three different numbers AIC. Only differences of one and the same
#: criterion mean anything, and only between fits to the same points with the same weights.
LABELS = {
    "aicc": "n ln(WSS/n) + 2k + 2k(k+1)/(n-k-1), k = parameters + 1 (the variance counts); ranks models here",
    "aic_lmfit": "n ln(WSS/n) + 2p, p = parameters; what lmfit prints as AIC",
    "bic_lmfit": "n ln(WSS/n) + p ln n; what lmfit prints as BIC",
    "aic_ddsolver": "N ln(WSS) + 2p, shares in per cent, N with the zeros at time 0; what DDSolver prints as AIC",
    "msc": "ln(SS_total/WSS) - 2p/N, as DDSolver prints it",
}
#: Above so many signs the runs test is approximate.
MANY = 200
#: Root mean square (share of dose) that nobody measures: points nearer than this to a curve were computed, and what is
#: left is their rounding.
EXACT = 1e-7


def aicc(wss, n, free):
    """The criterion that ranks models, of a sum of squares over ``n`` points; NaN where there are too few.

    Misses below `EXACT` count as that: of models that all draw the points to their last digit the smallest is first.
    """
    k = free + 1  # the variance counts
    if n <= k + 1:
        return math.nan
    return n * math.log(max(wss / n, EXACT**2)) + 2 * k + 2 * k * (k + 1) / (n - k - 1)


def statistics(measured, difference, free, residual=None, zeros=0):
    """Statistics of a least-squares fit of released shares.

    Parameters
    ----------
    measured : array (points,)
        Released shares.
    difference : array (points,)
        Fitted less measured.
    free : int
        Number of fitted parameters, p.
    residual : array (points,), optional
        The weighted differences whose squares were summed; the differences when not given.
    zeros : int
        Points at time 0 that are zero and were left out; DDSolver counts them, so its numbers (R², adjusted R²,
        MSE, AIC, MSC) do here.

    Returns
    -------
    dict
        ``ss`` (shares²), ``wss`` (the weighted sum), ``rmse`` (share; ``sqrt(ss/n)``),
        ``mse_root`` (``sqrt(ss/(n - p))``), ``r2``, ``r2_adj``, ``r`` (correlation of measured and fitted),
        and the criteria of `LABELS`, no two of which may be compared with each other: ``aicc`` (the variance counts
        as a parameter; ranks models here), ``aic_lmfit``, ``bic_lmfit``, ``aic_ddsolver`` and ``msc``, the last
        without points at zero in its total, but with them in its mean (as DDSolver's sheets show). NaN where a number
        cannot be computed.
    """
    n, p = len(measured), free
    residual = difference if residual is None else residual
    ss, wss = float(np.sum(difference**2)), float(np.sum(residual**2))
    everything = np.concatenate([np.zeros(zeros), measured])
    total = float(np.sum((everything - np.mean(everything)) ** 2))
    # DDSolver leaves zeros out of this sum, but not out of its mean.
    total_released = float(np.sum((measured[measured != 0] - np.mean(everything)) ** 2))
    shown = np.concatenate([np.zeros(zeros), measured + difference])
    floor = max(wss, 1e-200)
    every = n + zeros
    nan = math.nan
    return {
        "n": n,
        "free": p,
        "ss": ss,
        "wss": wss,
        "rmse": math.sqrt(ss / n),
        "mse_root": math.sqrt(ss / (every - p)) if every > p else nan,
        "r2": 1 - ss / total if total > 0 else nan,
        "r2_adj": 1 - ss / total * (every - 1) / (every - p) if total > 0 and every > p else nan,
        "r": float(np.corrcoef(everything, shown)[0, 1]) if np.ptp(everything) > 0 and np.ptp(shown) > 0 else nan,
        "aic_lmfit": n * math.log(floor / n) + 2 * p,
        "aicc": aicc(wss, n, p),
        "bic_lmfit": n * math.log(floor / n) + p * math.log(n),
        "aic_ddsolver": every * math.log(1e4 * floor) + 2 * p,
        "msc": math.log(total_released / floor) - 2 * p / every if total_released > 0 else nan,
    }


def akaike_weights(values):
    """Weights from AICc values; NaN gets none."""
    values = np.asarray(values, dtype=float)
    if np.all(np.isnan(values)):
        return np.zeros(len(values))
    raw = np.exp(-(values - np.nanmin(values)) / 2)
    raw = np.where(np.isnan(raw), 0.0, raw)
    return raw / raw.sum()


def runs_probability(residual):
    """Probability of so few runs of equal sign, or fewer, if the signs came by chance (exact)."""
    signs = np.sign(residual[np.abs(residual) > 0])
    plus, minus = int(np.sum(signs > 0)), int(np.sum(signs < 0))
    if plus == 0 or minus == 0:
        return math.nan
    runs = 1 + int(np.sum(signs[1:] != signs[:-1]))
    if plus + minus > MANY:
        # Wald and Wolfowitz's normal approximation: exact counts of many signs are huge numbers.
        total, product = plus + minus, 2 * plus * minus
        mean, variance = 1 + product / total, product * (product - total) / (total**2 * (total - 1))
        return 0.5 * math.erfc((mean - runs - 0.5) / math.sqrt(2 * variance))
    ways = sum(_ways(r, plus, minus) for r in range(2, runs + 1))
    return ways / math.comb(plus + minus, plus)


def _ways(runs, plus, minus):
    half = runs // 2
    if runs % 2 == 0:
        return 2 * math.comb(plus - 1, half - 1) * math.comb(minus - 1, half - 1)
    return (math.comb(plus - 1, half) * math.comb(minus - 1, half - 1)
            + math.comb(plus - 1, half - 1) * math.comb(minus - 1, half))
