"""All public release curves with all models: nothing may fail, and the fits must be good.

    python benchmarks/public_curves.py                      every curve (569), about ten minutes
    python benchmarks/public_curves.py --sample 30          so many, spread evenly

Fails if a fit raises, if fewer than 93 % of the PLGA curves are met to 3 % of dose (root mean square) by the
model that is chosen, or if one of the published Weibull fits of liposomes has a smaller sum of squares than ours.
"""

import argparse
import csv
import multiprocessing
import sys
import time
import warnings

import numpy as np
import public_data

from pkmodels.fitting.batch import compare_each

GOOD = 0.03
WANTED = {"plga_microparticles": 0.93}
#: Sums of squares are taken as equal to this share: the published parameters have a finite number of digits.
EQUAL = 1e-9


def one(task):
    """All models on one curve.

    Returns data set, curve, RMSE of the chosen model, its name, the least RMSE of all models, sum of squares of
    weibull, failures, and seconds.
    """
    name, study, models = task
    warnings.simplefilter("error")
    began = time.process_time()
    found = compare_each(study, models)
    spent = time.process_time() - began
    curve = study.formulations[0]
    if curve not in found.comparisons:
        return name, curve, None, None, None, None, found.failed, spent
    ranked = found.comparisons[curve]
    ss = {f.model.name: float(f.statistics["ss"]) for f in ranked.fits}
    least = min(f.statistics["rmse"] for f in ranked.fits)
    return (name, curve, ranked.best.statistics["rmse"], ranked.best.model.name, least, ss.get("weibull"), found.failed,
            spent)


def published():
    """Curve to (alpha, beta) of the published fits of liposomes, in hours and per cent."""
    with open(public_data.FOLDER / "liposomes" / "published_weibull_fits.csv", newline="") as file:
        return {row["ID"]: (float(row["alpha"]), float(row["beta"])) for row in csv.DictReader(file)}


def main():
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--sample", type=int, help="how many curves; all when not given")
    given.add_argument("--models", help="names with commas between; all when not given")
    given.add_argument("--processes", type=int, default=1)
    given = given.parse_args()
    models = given.models.split(",") if given.models else None
    sets = public_data.studies(given.sample)
    tasks = [(name, study.only(curve), models) for name, (study, chosen) in sets.items() for curve in chosen]
    with multiprocessing.Pool(given.processes) as pool:
        rows = list(pool.imap_unordered(one, tasks, chunksize=2))
    wrong = [*_quality(rows), *_failures(rows), *_weibull(rows, sets["liposomes"][0])]
    print(f"{len(rows)} curves, {np.mean([row[-1] for row in rows]):.2f} s each")
    print(*(f"! {sentence}" for sentence in wrong), sep="\n")
    sys.exit(1 if wrong else 0)


def _quality(rows):
    for name in public_data.SETS:
        mine = [row for row in rows if row[0] == name]
        rmse = np.array([row[2] if row[2] is not None else np.inf for row in mine])
        least = np.array([row[4] if row[4] is not None else np.inf for row in mine])
        chosen = [row[3] for row in mine]
        share = np.mean(rmse < GOOD)
        print(f"{name}: {len(mine)} curves, chosen model within {100 * GOOD:g} % of dose in {np.sum(rmse < GOOD)} "
              f"({100 * share:.1f} %), median RMSE {100 * np.median(rmse):.2f} %; the nearest model of all in "
              f"{np.sum(least < GOOD)} ({100 * np.mean(least < GOOD):.1f} %)")
        print("   chosen: " + ", ".join(f"{model} {chosen.count(model)}" for model in sorted(
            {c for c in chosen if c}, key=chosen.count, reverse=True)))
        print("   not so near: " + ", ".join(f"{row[1]} ({100 * row[2]:.1f} %)" for row in sorted(
            mine, key=lambda row: -(row[2] or 0)) if row[2] is not None and row[2] >= GOOD))
        if share < WANTED.get(name, 0):
            yield f"{name}: {100 * share:.1f} % of the curves are met to {100 * GOOD:g} %, wanted are " \
                  f"{100 * WANTED[name]:g} %"


def _failures(rows):
    few = 0
    for row in rows:
        for (curve, model), why in row[6].items():
            if "sampling times after the start" in why:
                few += 1
            else:
                yield f"{row[0]} {curve} {model}: {why}"
    print(f"fits refused for want of points: {few}")


def _weibull(rows, study):
    ours = {row[1]: row[5] for row in rows if row[0] == "liposomes" and row[5] is not None}
    met = beaten = 0
    for curve, (alpha, beta) in published().items():
        if curve not in ours:
            continue
        one = study.only(curve)
        theirs = float(np.sum((one.released - (1 - np.exp(-(one.times**beta) / alpha))) ** 2))
        beaten += ours[curve] < theirs * 0.999
        met += ours[curve] <= theirs * (1 + EQUAL)
        if ours[curve] > theirs * (1 + EQUAL):
            yield f"liposomes {curve}: published SS {theirs:.8g} (alpha {alpha:.4g}, beta {beta:.4g}), " \
                  f"ours {ours[curve]:.8g}"
    print(f"published Weibull fits met: {met}, of these beaten by more than 0.1 %: {beaten}")


if __name__ == "__main__":
    main()
