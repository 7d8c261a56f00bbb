"""How often 95 % intervals hold the truth: standard errors, profile likelihood and bootstrap, by simulation.

    python benchmarks/interval_coverage.py                               400 curves per case, all methods
    python benchmarks/interval_coverage.py --quick                       40 curves per case
    python benchmarks/interval_coverage.py --methods standard,profile    only these

Curves with known parameters get errors of 1.5 % of dose (independent) or steps of 0.8 % (a random walk, fitted
with errors="increments"), or are six vessels with errors of 3 % each; every method then gives intervals of each
parameter and of t50. Ends with 1 if the recommended method holds the truth in less than 92 or more than 98 %.
"""

import argparse
import sys
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
#: Error model of the points to its size and the number of vessels.
ERRORS = {"independent": (0.015, 1), "increments": (0.008, 1), "vessels": (0.03, 6)}
METHODS = {"standard": {}, "profile": {}, "bootstrap residual bca": {"kind": "residual", "ends": "bca"},
           "bootstrap residual percentile": {"kind": "residual", "ends": "percentile"},
           "bootstrap case bca": {"kind": "case", "ends": "bca"},
           "bootstrap case percentile": {"kind": "case", "ends": "percentile"},
           "bootstrap replicate percentile": {"kind": "replicate", "ends": "percentile"}}
RECOMMENDED = "profile"
LEAST, MOST = 92.0, 98.0


def made(name, errors, seed):
    """A study with known parameters and errors of that kind."""
    model = catalogue.get_model(name)
    size, vessels = ERRORS[errors]
    noise = size * np.random.default_rng(seed).standard_normal((vessels, len(DAYS)))
    noise = np.cumsum(noise, axis=1) if errors == "increments" else noise
    shares = np.maximum(observe(model, model.values(TRUTH[name]), DAYS * 24) + noise, -0.019)
    return Study.from_arrays(np.tile(DAYS, vessels), shares.ravel(), time_unit="day", source="made", formulation="x",
                             replicate=[str(v) for v in range(vessels) for _ in DAYS] if vessels > 1 else None)


def one(job):
    """For one made curve: method -> {quantity: (held, below, above)}."""
    name, errors, seed, draws, methods = job
    warnings.simplefilter("ignore")
    model = catalogue.get_model(name)
    inside = model.values(TRUTH[name])
    try:
        fit = fitting.fit(made(name, errors, seed), name,
                          errors="increments" if errors == "increments" else "independent")
    except PkmodelsError:
        return None
    t50 = float(derived.values(model, np.array([[inside[p.name] for p in model.parameters]]), DAYS[-1] * 24,
                               ["t50"])["t50"][0])
    truth = {**TRUTH[name], "t50": units.outside(t50, "day")}
    found = {}
    for method in methods:
        settings, way = METHODS[method], method.split()[0]
        if settings.get("kind") == "replicate" and errors != "vessels":
            continue
        if way == "bootstrap":
            settings = {**settings, "count": draws, "seed": seed}
        elif way == "profile":
            settings = {"quantities": list(truth)}
        try:
            intervals = fit.intervals_by(way, **settings)
        except PkmodelsError:
            found[method] = dict.fromkeys(truth)
            continue
        found[method] = {q: None if np.isnan(intervals[q]).any() else (
            intervals[q][0] <= value <= intervals[q][1], value < intervals[q][0], value > intervals[q][1])
            for q, value in truth.items()}
    return found


def main():
    """Simulate and print the table, as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--curves", type=int, default=400)
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1000, help="of the first curve; the others count on from it")
    parser.add_argument("--methods", help="names with commas between; all when not given")
    parser.add_argument("--models", help="of the made curves, with commas between; all when not given")
    parser.add_argument("--errors", help="error models with commas between; all when not given")
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    curves, draws = (40, 200) if given.quick else (given.curves, given.draws)
    methods = given.methods.split(",") if given.methods else list(METHODS)
    print(f"{curves} curves per case, seeds from {given.seed}, {draws} resamples; per cent of intervals that hold the "
          f"truth (truth below, above the interval); binomial standard error "
          f"{100 * np.sqrt(0.95 * 0.05 / curves):.1f}\n")
    print("| model | errors | method | held (truth below, above) | not given |\n|---|---|---|---|---|")
    missed = []
    with ProcessPoolExecutor(given.workers) as pool:
        for name in given.models.split(",") if given.models else TRUTH:
            for errors in given.errors.split(",") if given.errors else ERRORS:
                jobs = [(name, errors, given.seed + k, draws, methods) for k in range(curves)]
                done = [r for r in pool.map(one, jobs, chunksize=5) if r is not None]
                for method in methods:
                    rows = [r[method] for r in done if method in r]
                    missed += report(name, errors, method, rows, curves) if rows else []
    print(*(f"! {sentence}" for sentence in missed), sep="\n")
    sys.exit(1 if missed and not given.quick else 0)


def report(name, errors, method, rows, curves):
    """Print the line of one method; returns what the recommended one misses.

    An interval that could not be given counts as one that does not hold the truth.
    """
    missed, cells, none = [], [], 0
    for q in rows[0]:
        some = [r[q] for r in rows]
        held, below, above = (100 * sum(bool(s and s[k]) for s in some) / curves for k in range(3))
        none += curves - len(rows) + sum(s is None for s in some)
        cells.append(f"{q} {held:.1f} ({below:.1f}, {above:.1f})")
        if method == RECOMMENDED and not LEAST <= held <= MOST:
            missed.append(f"{name}, {errors}, {q}: {method} holds the truth in {held:.1f} %")
    best = "**" if method == RECOMMENDED else ""
    print(f"| {name} | {errors} | {best}{method}{best} | {'; '.join(cells)} | {none} |", flush=True)
    return missed


if __name__ == "__main__":
    main()
