"""Is the least sum of squares found? Every fit against many random starts of scipy's own least squares.

    python benchmarks/search_quality.py --curves 60 --starts 200 --processes 2 --keep references.json
    python benchmarks/search_quality.py --curves 15 --random 7          curves that no setting was tuned to

The reference walks from random places of the same box with the same residuals and slopes; half of its
starts lie in the box in which our search spreads its own, half in the whole one. A fit counts as a hit when
its sum of squares is at most 1.0001 times the best of them. Models with as many parameters as a curve has sampling
times are left out, as `compare` does: they pass through any points in many ways.
"""

import argparse
import json
import multiprocessing
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import public_data
from scipy.optimize import least_squares

from pkmodels import catalogue, fitting
from pkmodels.errors import PkmodelsError
from pkmodels.fitting import bounds
from pkmodels.fitting.problem import Problem
from pkmodels.fitting.search import _residual, _slope
from pkmodels.model import Curve
from pkmodels.studies import Study

ENOUGH = 1.0001
#: Sums of squares below this (share², per point) are nought: no curve is known so well.
NOUGHT = 1e-10
#: Flows must be integrated; so many starts are what can be waited for.
FLOW_STARTS = 5
#: So many of the nearest ends are walked on to the last digit.
BEST = 5


def reference(model, study, starts, seed=20):
    """The best sum of squares over random starts."""
    times = study.times
    box = bounds.box(model, times)
    problem = Problem(model, times, study.released, box)
    low, high = bounds.scaled(model, box.lower), bounds.scaled(model, box.upper)
    usual = bounds.scaled(model, box.start_lower), bounds.scaled(model, box.start_upper)
    generator = np.random.default_rng(seed)
    ends = []
    # A share of nothing has no place on a log scale; begin a hair above.
    for k in range(starts if isinstance(model, Curve) else FLOW_STARTS):
        begin, end = usual if k % 2 else (low, high)
        begin, end = np.maximum(begin, -60), np.minimum(end, 60)
        place = np.clip(begin + generator.random(len(low)) * (end - begin), low + 1e-9, high - 1e-9)
        for slower, faster in model.ordered:
            pair = [problem.names.index(s.name) for s in (slower, faster)]
            place[pair] = np.sort(place[pair])
        ends.append(_descend(problem, place, low, high, 1e-8, 100))
    # scipy knows no order; an end that breaks it is no fit of this model.
    ends = sorted((end for end in ends if end is not None and problem.in_order(bounds.unscaled(model, end[1]))),
                  key=lambda end: end[0])[:BEST]
    # The nearest ones again, to the last digit.
    again = [_descend(problem, np.clip(place, low + 1e-12, high - 1e-12), low, high, 1e-13, 500) for _, place in ends]
    again = [end for end in again if end is not None and problem.in_order(bounds.unscaled(model, end[1]))]
    return min((end[0] for end in [*ends, *again]), default=np.inf)


def _descend(problem, place, low, high, tolerance, most):
    """Sum of squares and place at the end of one walk of scipy's; None where its numbers fail."""
    try:
        found = least_squares(lambda p: _residual(problem, p[None])[0], place,
                              jac=lambda p: _slope(problem, p[None])[0], bounds=(low, high),
                              x_scale="jac", ftol=tolerance, xtol=tolerance, gtol=tolerance, max_nfev=most)
    except (ValueError, np.linalg.LinAlgError):
        return None
    return 2 * found.cost, found.x


def one(task):
    """One curve and one model: (key, our sum of squares, the reference's, seconds of ours)."""
    key, name, times, released, starts, known = task
    warnings.simplefilter("ignore")
    study = Study.from_arrays(times, released, time_unit="h", source=key, formulation="x")
    model = catalogue.get_model(name)
    began = time.process_time()
    try:
        ours = float(fitting.fit(study, model).statistics["ss"])
    except PkmodelsError:
        return key, None, None, 0.0
    spent = time.process_time() - began
    return key, ours, reference(model, study, starts) if known is None else known, spent


def main():
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--curves", type=int, default=60)
    given.add_argument("--random", type=int, metavar="SEED", help="curves drawn at random instead of an even sample")
    given.add_argument("--starts", type=int, default=200)
    given.add_argument("--models", help="names with commas between; all when not given")
    given.add_argument("--processes", type=int, default=1)
    given.add_argument("--keep", type=Path, help="a JSON file in which the references are kept from run to run")
    given = given.parse_args()
    names = given.models.split(",") if given.models else catalogue.list_ranked()
    kept = json.loads(given.keep.read_text()) if given.keep and given.keep.exists() else {}
    tasks = []
    for name, (study, chosen) in public_data.studies(given.curves, given.random).items():
        for formulation in chosen:
            curve = study.only(formulation)
            times = np.unique(curve.times[curve.times > 0])
            for model in names:
                if len(catalogue.get_model(model).parameters) == len(times):
                    continue
                key = f"{name} {formulation} {model}"
                tasks.append((key, model, curve.times, curve.released, given.starts, kept.get(key)))
    rows = []
    with multiprocessing.Pool(given.processes) as pool:
        for row in pool.imap_unordered(one, tasks, chunksize=4):
            rows.append(row)
            if row[1] is not None:
                kept[row[0]] = row[2]
            if given.keep and len(rows) % 100 == 0:
                given.keep.write_text(json.dumps(kept))
    if given.keep:
        given.keep.write_text(json.dumps(kept))
    missed = report(rows, names)
    sys.exit(1 if missed else 0)


def report(rows, names):
    """Print the hit rate of every model and every miss; returns the number of misses."""
    total = 0
    print(f"{'model':<28}{'fits':>6}{'hits':>6}{'rate':>8}{'worst':>10}{'better':>8}{'ms':>8}")
    for name in names:
        fitted = [r for r in rows if r[0].split()[-1] == name and r[1] is not None]
        ratios = np.array([(r[1] + NOUGHT) / (r[2] + NOUGHT) for r in fitted])
        hits = int(np.sum(ratios <= ENOUGH))
        total += len(fitted) - hits
        print(f"{name:<28}{len(fitted):>6}{hits:>6}{100 * hits / max(len(fitted), 1):>7.1f}%"
              f"{ratios.max(initial=0):>10.4f}{int(np.sum(ratios < 1 / ENOUGH)):>8}"
              f"{1e3 * np.mean([r[3] for r in fitted] or [0]):>8.0f}")
    for key, ours, theirs, _ in sorted(r for r in rows if r[1] is not None):
        if (ours + NOUGHT) / (theirs + NOUGHT) > ENOUGH:
            print(f"missed: {key}: {ours:.6g} against {theirs:.6g} (ratio {ours / theirs:.4f})")
    return total


if __name__ == "__main__":
    main()
