"""How often 95 % intervals hold the truth: standard errors, profile likelihood and bootstrap, by simulation.

    python benchmarks/interval_coverage.py                 400 curves per case, some ten minutes
    python benchmarks/interval_coverage.py --quick         40 curves per case

Curves with known parameters get errors of 1.5 % of dose (independent) or steps of 0.8 % (a random walk, fitted
with errors="increments"); every method then gives intervals of each parameter and of t50.
"""

import argparse
import warnings
from concurrent.futures import ProcessPoolExecutor

import numpy as np

from pkmodels import catalogue, fitting, units
from pkmodels.errors import PkmodelsError
from pkmodels.fitting import derived
from pkmodels.solve import observe
from pkmodels.studies import Study

DAYS = np.array([0.25, 1, 2, 4, 7, 10, 14, 18, 22, 28, 35, 42.0])
TRUTH = {"biexponential": {"f_burst": 0.3, "k_burst": 1.0, "k_sustained": 0.06},
         "weibull+plateau": {"t_scale": 9.0, "beta": 0.9, "plateau": 0.88}}
NOISE = {"independent": 0.015, "increments": 0.008}
METHODS = {"standard": {}, "profile": {}, "bootstrap, bca": {"ends": "bca"},
           "bootstrap, percentile": {"ends": "percentile"}}
RECOMMENDED = "profile"


def one(job):
    """For one made curve: method -> {quantity: (held, below, above)}."""
    name, errors, seed, draws = job
    warnings.simplefilter("ignore")
    model = catalogue.get_model(name)
    inside = model.values(TRUTH[name])
    noise = NOISE[errors] * np.random.default_rng(seed).standard_normal(len(DAYS))
    shares = observe(model, inside, DAYS * 24) + (np.cumsum(noise) if errors == "increments" else noise)
    shares = np.maximum(shares, -0.019)
    try:
        fit = fitting.fit(Study.from_arrays(DAYS, shares, time_unit="day", source="made", formulation="x"), name,
                          errors=errors)
    except PkmodelsError:
        return None
    t50 = float(derived.values(model, np.array([[inside[p.name] for p in model.parameters]]), DAYS[-1] * 24,
                               ["t50"])["t50"][0])
    truth = {**TRUTH[name], "t50": units.outside(t50, "day")}
    found = {}
    for method, settings in METHODS.items():
        way = method.split(",")[0]
        if way == "bootstrap":
            settings = {**settings, "count": draws, "seed": seed}
        elif way == "profile":
            settings = {"quantities": list(truth)}
        try:
            intervals = fit.intervals_by(way, **settings)
        except PkmodelsError:
            continue
        found[method] = {q: (intervals[q][0] <= value <= intervals[q][1], value < intervals[q][0],
                             value > intervals[q][1]) if np.all(np.isfinite(np.nan_to_num(
                                 intervals[q], posinf=0, nan=np.inf))) else None for q, value in truth.items()}
    return found


def main():
    """Simulate and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--curves", type=int, default=400)
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    curves, draws = (40, 200) if given.quick else (given.curves, given.draws)
    print(f"{curves} curves per case, {draws} resamples; per cent of intervals that hold the truth "
          f"(binomial error {100 * np.sqrt(0.95 * 0.05 / curves):.1f})\n")
    print(f"{'model':16s} {'errors':12s} {'method':22s} " + "".join(f"{'':2s}quantity: held (below, above)")
          + "   mean   none")
    with ProcessPoolExecutor(given.workers) as pool:
        for name in TRUTH:
            for errors in NOISE:
                jobs = [(name, errors, 1000 + k, draws) for k in range(curves)]
                done = [r for r in pool.map(one, jobs, chunksize=5) if r is not None]
                for method in METHODS:
                    report(name, errors, method, [r[method] for r in done if method in r], curves)
    print(f"\n* recommended in every case: {RECOMMENDED}")


def report(name, errors, method, rows, curves):
    """One line of the table; an interval that could not be given counts as one that does not hold the truth."""
    cells, shares = [], []
    for q in rows[0]:
        some = [r[q] for r in rows]
        held = sum(bool(s and s[0]) for s in some)
        below, above = (sum(bool(s and s[k]) for s in some) for k in (1, 2))
        shares.append(100 * held / len(rows))
        cells.append(f"{q}: {shares[-1]:.1f} ({100 * below / len(rows):.1f}, {100 * above / len(rows):.1f})")
    missing = sum(s is None for r in rows for s in r.values()) + (curves - len(rows))
    mark = "*" if method == RECOMMENDED else " "
    print(f"{name:16s} {errors:12s} {mark}{method:21s} " + "  ".join(cells)
          + f"  | mean {np.mean(shares):.1f} | not given {missing}", flush=True)


if __name__ == "__main__":
    main()
