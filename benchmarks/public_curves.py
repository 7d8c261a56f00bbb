"""All public release curves with all models: nothing may fail, and the fits must be good.

    python benchmarks/public_curves.py                      every curve (569), half an hour of one processor
    python benchmarks/public_curves.py --sample 30          so many, spread evenly
    python benchmarks/public_curves.py --keep rows.jsonl    goes on where it was interrupted

Fails if a fit raises, if fewer than 93 % of the PLGA curves are met to 3 % of dose (root mean square) by the
model that is chosen (`compare(...).best`; that with the lowest AICc stands beside it), or if one of the published
Weibull fits of liposomes has a smaller sum of squares than ours.
"""

import argparse
import csv
import json
import multiprocessing
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import public_data

from pkmodels.fitting.batch import compare_each

GOOD = 0.03
WANTED = {"plga_microparticles": 0.93}
WAYS = ("chosen", "lowest AICc", "nearest")
#: Sums of squares are taken as equal to this share: the published parameters have a finite number of digits.
EQUAL = 1e-9


def one(task):
    """All models on one curve.

    Returns a mapping: data set, curve, seconds, failures, and for a curve that could be fitted the RMSE and name of
    the chosen model (`Comparison.best`), of that with the lowest AICc and of the nearest, and the sum of squares of
    weibull.
    """
    name, study, models = task
    warnings.simplefilter("error")
    began = time.process_time()
    found = compare_each(study, models)
    spent = time.process_time() - began
    curve = study.formulations[0]
    row = {"set": name, "curve": curve, "seconds": spent, "weibull": None,
           "failed": [[model, why] for (_, model), why in found.failed.items()]}
    if curve not in found.comparisons:
        return row | {way: [np.inf, ""] for way in WAYS}
    ranked = found.comparisons[curve]
    ways = {"chosen": ranked.best, "lowest AICc": ranked.fits[0],
            "nearest": min(ranked.fits, key=lambda fit: fit.statistics["rmse"])}
    row |= {way: [float(fit.statistics["rmse"]), fit.model.name] for way, fit in ways.items()}
    ss = {fit.model.name: float(fit.statistics["ss"]) for fit in ranked.fits}
    return row | {"weibull": ss.get("weibull"), "spare": ranked.best.degrees_of_freedom, "advice": ranked.advice}


def published():
    """Curve to (alpha, beta) of the published fits of liposomes, in hours and per cent."""
    with open(public_data.FOLDER / "liposomes" / "published_weibull_fits.csv", newline="") as file:
        return {row["ID"]: (float(row["alpha"]), float(row["beta"])) for row in csv.DictReader(file)}


def main():
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--sample", type=int, help="how many curves; all when not given")
    given.add_argument("--models", help="names with commas between; all when not given")
    given.add_argument("--processes", type=int, default=1)
    given.add_argument("--keep", type=Path, help="a file of rows, one curve each, that a later run goes on with")
    given.add_argument("--worst", type=int, default=0, help="print the advice for so many curves, worst first")
    given = given.parse_args()
    models = given.models.split(",") if given.models else None
    sets = public_data.studies(given.sample)
    tasks = [(name, study.only(curve), models) for name, (study, chosen) in sets.items() for curve in chosen]
    rows = [json.loads(line) for line in given.keep.read_text().splitlines()] if given.keep and given.keep.exists() \
        else []
    done = {(row["set"], row["curve"]) for row in rows}
    tasks = [task for task in tasks if (task[0], task[1].formulations[0]) not in done]
    with multiprocessing.Pool(given.processes) as pool:
        for row in pool.imap_unordered(one, tasks, chunksize=2):
            rows.append(row)
            if given.keep:
                with given.keep.open("a") as file:
                    file.write(json.dumps(row) + "\n")
    wrong = [*_quality(rows), *_failures(rows), *_weibull(rows, sets["liposomes"][0])]
    seconds = np.array([row["seconds"] for row in rows])
    print(f"{len(rows)} curves, {seconds.mean():.2f} s each (processor time), {seconds.max():.1f} s at most")
    for row in sorted(rows, key=lambda row: -row["chosen"][0])[:given.worst]:
        print(f"{row['set']} {row['curve']}: {row.get('advice', 'could not be fitted')}")
    print(*(f"! {sentence}" for sentence in wrong), sep="\n")
    sys.exit(1 if wrong else 0)


def _quality(rows):
    for name in public_data.SETS:
        mine = [row for row in rows if row["set"] == name]
        print(f"{name}: {len(mine)} curves; within {100 * GOOD:g} % of dose (RMSE), and median RMSE:")
        for way in WAYS:
            rmse = np.array([row[way][0] for row in mine])
            print(f"   {way:12s} {np.sum(rmse < GOOD):4d} ({100 * np.mean(rmse < GOOD):5.1f} %)  "
                  f"{100 * np.median(rmse):.2f} %")
        chosen = [row["chosen"][1] for row in mine]
        print("   chosen: " + ", ".join(f"{model} {chosen.count(model)}" for model in sorted(
            {c for c in chosen if c}, key=chosen.count, reverse=True)))
        print(f"   chosen with fewer than 3 points to spare: {sum(row.get('spare', 9) < 3 for row in mine)}")
        print("   not so near: " + ", ".join(f"{row['curve']} ({row['chosen'][1]} {100 * row['chosen'][0]:.1f} %)"
                                             for row in sorted(mine, key=lambda row: -row["chosen"][0])
                                             if row["chosen"][0] >= GOOD))
        share = np.mean([row["chosen"][0] < GOOD for row in mine])
        if share < WANTED.get(name, 0):
            yield f"{name}: {100 * share:.1f} % of the curves are met to {100 * GOOD:g} %, wanted are " \
                  f"{100 * WANTED[name]:g} %"


def _failures(rows):
    few = 0
    for row in rows:
        for model, why in row["failed"]:
            if "sampling times after the start" in why:
                few += 1
            else:
                yield f"{row['set']} {row['curve']} {model}: {why}"
    print(f"fits refused for want of points: {few}")


def _weibull(rows, study):
    ours = {row["curve"]: row["weibull"] for row in rows if row["set"] == "liposomes" and row["weibull"] is not None}
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
