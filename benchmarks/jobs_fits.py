"""Jobs of `run.py` with fits."""

import contextlib
import time
import warnings

import numpy as np
from measuring import gate, rounds, table

import pkmodels as pk
from pkmodels import catalogue, units
from pkmodels.fitting import bootstrap as resample
from pkmodels.fitting import bounds, fit, screen
from pkmodels.fitting.problem import Problem
from pkmodels.model import Curve

NOUGHT, STARTS = 1e-10, 16  # share² per curve: no curve is known so well; starts of the reference


def _curve():
    """15 points of a burst and a sigmoid, with noise of two per cent."""
    hours = 24 * np.array([0.1, 0.25, 0.5, 1, 2, 3, 5, 7, 9, 11, 14, 17, 20, 24, 28])
    days = hours / 24
    shares = 0.25 * -np.expm1(-1.2 * days) + 0.7 / (1 + np.exp(-0.4 * (days - 12)))
    shares = np.clip(shares + 0.02 * np.random.default_rng(3).standard_normal(15), 0, None)
    return pk.Study.from_arrays(hours, shares, time_unit="h", source="made", formulation="one")


def _lmfit(model, study, starts, seed=1):
    """Plain lmfit, least_squares with numerical slopes in the same box: after every start the least sum of squares
    so far and the seconds of a processor so far, each (starts,)."""
    import lmfit

    box = bounds.box(model, study.times)
    problem = Problem(model, study.times, study.released, box)
    generator, best, begin, found = np.random.default_rng(seed), np.inf, time.process_time(), []
    low, high = bounds.scaled(model, box.start_lower), bounds.scaled(model, box.start_upper)
    low, high = np.maximum(low, -60), np.minimum(high, 60)
    for k in range(starts):
        share = np.full(len(low), 0.5) if k == 0 else generator.random(len(low))
        start = np.clip(bounds.unscaled(model, low + share * (high - low)), box.lower, box.upper)
        given = lmfit.Parameters()
        for name, value, a, b in zip(problem.names, start, box.lower, box.upper, strict=True):
            given.add(name, value=value, min=a, max=b)
        _order(given, model, problem, box)

        def off(p, names=problem.names):
            return np.nan_to_num(problem.residual(np.array([p[n].value for n in names])), nan=1e3)

        with contextlib.suppress(ValueError):
            best = min(best, lmfit.minimize(off, given, method="least_squares", max_nfev=500).chisqr)
        found.append((best, time.process_time() - begin))
    return np.array(found).T


def _order(given, model, problem, box):
    """The order of two parameters as lmfit can keep it: the later one is a share of the way from the earlier one to
    its bound."""
    for slower, faster in model.ordered:
        low, high = sorted((given[slower.name].value, given[faster.name].value))
        top, log = float(box.upper[problem.names.index(faster.name)]), model.parameter(faster.name).scale == "log"
        share = np.log(high / low) / np.log(top / low) if log else (high - low) / (top - low)
        given[slower.name].value = low
        given.add(f"share_{faster}", value=min(share, 1.0), min=0, max=1)
        given[faster.name].expr = (f"{slower} * ({top!r} / {slower})**share_{faster}" if log else
                                   f"{slower} + share_{faster} * ({top!r} - {slower})")


def fits(given):
    """All curves of the ranking on one 15-point curve, in equal bounds."""
    warnings.simplefilter("ignore")  # of lmfit, about slopes at bounds
    study = _curve()
    models = [model for model in map(catalogue.get_model, catalogue.list_ranked()) if isinstance(model, Curve)]
    ours, screened = [fit(study, model) for model in models], screen(study, models)
    screened = [screened["one", model.name] for model in models]
    found = {"fits": (ours, [float(one.statistics["ss"]) for one in ours]),
             "screened": (screened, [one.ss for one in screened])}
    theirs = np.array([_lmfit(model, study, STARTS) for model in models])
    known = np.min([theirs[:, 0, -1], *(squares for _, squares in found.values())], axis=0)
    with_8 = _hits(theirs[:, 0, 7], known)
    print(f"  share of models whose least sum of squares is found (within 1e-4 of the best of ours and {STARTS} starts "
          f"of lmfit): lmfit with 1 start {_hits(theirs[:, 0, 0], known):.3f}, with 8 {with_8:.3f}")
    for name, (values, squares) in found.items():
        outside = sum(_outside(one, model, study) for one, model in zip(values, models, strict=True))
        gate(f"{name} outside their bounds", float(outside), 0.0)
        print(f"  share found by {name}: {_hits(squares, known):.3f}")
        gate(f"optima missed by {name}", 1 - _hits(squares, known), 0.01)
        gate(f"hits of lmfit with 8 starts beyond {name}", max(0.0, with_8 - _hits(squares, known)), 0.0)
    gate("standard errors of screened and of fitted values, relative", _errors_apart(screened, ours), 1e-4)
    rows = rounds([("screened: optimum and covariance", lambda: screen(study, models), len(models)),
                   ("fitted: polished by lmfit, described", lambda: [fit(study, m) for m in models], len(models))],
                  given.rounds)
    rows |= {f"plain lmfit, {k} start{'s' if k > 1 else ''} (once)": float(theirs[:, 1, k - 1].mean()) for k in (1, 8)}
    table(f"one of {len(models)} models on one curve of 15 points", rows)


def _hits(squares, known):
    return float(np.mean(np.asarray(squares) + NOUGHT <= (known + NOUGHT) * 1.0001))


def _outside(one, model, study):
    """Whether a value lies outside the bounds that all were given, by more than its unit's rounding."""
    box = bounds.box(model, study.times)
    inside = np.array([units.inside(one.values[s.name], one.units[s.name]) for s in model.symbols])
    return bool(((inside < box.lower * (1 - 1e-12)) | (inside > box.upper * (1 + 1e-12))).any())


def _errors_apart(screened, ours):
    """The largest relative difference of a standard error that both give."""
    apart = [abs(one.stderr[name] / other.stderr[name] - 1) for one, other in zip(screened, ours, strict=True)
             for name in one.free if np.isfinite(one.stderr[name]) and np.isfinite(other.stderr[name])]
    return max(apart)


def bootstrap(given):
    """1,000 replicates of a model with five parameters."""
    study = _curve()
    name = "double_weibull"
    begun = fit(study, name)
    found = resample(begun, count=1000)
    gate("share of refits that failed (left out of the intervals, which say so)", found.failed / 1000, 0.05)
    begin = time.process_time()
    resample(begun, count=1000)
    print(f"  {name}, 1,000 replicates, bias-corrected ends: {time.process_time() - begin:.2f} s of one processor")
