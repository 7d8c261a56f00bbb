"""Jobs of `run.py` with fits."""

import time

import numpy as np
from measuring import gate, rounds, table

import pkmodels as pk
from pkmodels import catalogue
from pkmodels.fitting import bootstrap as resample
from pkmodels.fitting import bounds, fit
from pkmodels.fitting.problem import Problem
from pkmodels.model import Curve

NOUGHT = 1e-10  # share² per curve: no curve is known so well


def _curve():
    """15 points of a burst and a sigmoid, with noise of two per cent."""
    hours = 24 * np.array([0.1, 0.25, 0.5, 1, 2, 3, 5, 7, 9, 11, 14, 17, 20, 24, 28])
    days = hours / 24
    shares = 0.25 * -np.expm1(-1.2 * days) + 0.7 / (1 + np.exp(-0.4 * (days - 12)))
    shares = np.clip(shares + 0.02 * np.random.default_rng(3).standard_normal(15), 0, None)
    return pk.Study.from_arrays(hours, shares, time_unit="h", source="made", formulation="one")


def _lmfit(model, study, starts, seed=1):
    """Plain lmfit, least_squares with numerical slopes in the same box; the least sum of squares of its starts."""
    import lmfit

    box = bounds.box(model, study.times)
    problem = Problem(model, study.times, study.released, box)
    generator, best, at = np.random.default_rng(seed), np.inf, None
    low, high = bounds.scaled(model, box.start_lower), bounds.scaled(model, box.start_upper)
    low, high = np.maximum(low, -60), np.minimum(high, 60)
    for k in range(starts):
        share = np.full(len(low), 0.5) if k == 0 else generator.random(len(low))
        start = np.clip(bounds.unscaled(model, low + share * (high - low)), box.lower, box.upper)
        given = lmfit.Parameters()
        for name, value, a, b in zip(problem.names, start, box.lower, box.upper, strict=True):
            given.add(name, value=value, min=a, max=b)

        def off(p, names=problem.names):
            return np.nan_to_num(problem.residual(np.array([p[n].value for n in names])), nan=1e3)

        try:
            found = lmfit.minimize(off, given, method="least_squares", max_nfev=2000)
        except ValueError:
            continue
        if found.chisqr < best:
            best, at = found.chisqr, np.array([found.params[n].value for n in problem.names])
    return best, at, box


def fits(given):
    """All curves of the ranking on one 15-point curve, in equal bounds."""
    study = _curve()
    names = [name for name in catalogue.list_ranked() if isinstance(catalogue.get_model(name), Curve)]
    models = [catalogue.get_model(name) for name in names]
    ours = [fit(study, model) for model in models]
    outside = 0
    for one, model in zip(ours, models, strict=True):
        box = bounds.box(model, study.times)
        inside = np.array([one.inside[s.name] for s in model.symbols])
        outside += bool(((inside < box.lower * (1 - 1e-12)) | (inside > box.upper * (1 + 1e-12))).any())
    gate("fits outside their bounds", float(outside), 0.0)
    squares = {"ours": [float(one.statistics["ss"]) for one in ours]}
    for starts in (1, 8, 40):
        squares[starts] = [_lmfit(model, study, starts)[0] for model in models]
    known = np.min(list(squares.values()), axis=0)
    rates = {name: float(np.mean(np.array(found) + NOUGHT <= (known + NOUGHT) * 1.0001))
             for name, found in squares.items()}
    print("  share of models whose least sum of squares is found (within 1e-4 of the best of all, 40 starts among "
          f"them): ours {rates['ours']:.3f}, lmfit with 1 start {rates[1]:.3f}, with 8 {rates[8]:.3f}")
    gate("misses of ours beyond those of lmfit with 8 starts", max(0.0, rates[8] - rates["ours"]), 0.0)
    count = min(3, given.rounds)
    table(f"one curve, {len(models)} models, one after the other", rounds([
        ("ours: screened, polished by lmfit, described", lambda: [fit(study, model) for model in models], 1),
        ("plain lmfit, 1 start", lambda: [_lmfit(model, study, 1) for model in models], 1),
        ("plain lmfit, 8 starts", lambda: [_lmfit(model, study, 8) for model in models], 1)], count))


def bootstrap(given):
    """1,000 replicates of a model with five parameters."""
    study = _curve()
    name = "double_weibull"
    begun = fit(study, name)
    found = resample(begun, count=1000)
    gate("share of refits that failed", found.failed / 1000, 0.01)
    begin = time.process_time()
    resample(begun, count=1000)
    print(f"  {name}, 1,000 replicates, bias-corrected ends: {time.process_time() - begin:.2f} s of one processor")
