"""How often 95 % intervals hold the truth when concentrations were measured, of which samples took drug away.

    python benchmarks/concentration_coverage.py            400 vessels per case, some four minutes
    python benchmarks/concentration_coverage.py --quick    40 vessels per case

First-order release (0.15 per day, plateau 85 %) into 10 mL, 12 samples in 28 days, an error of 1 % of the dose in every
concentration. Each vessel is fitted as it was measured, as released shares with independent errors, and with "auto"
(once from the concentrations, once from the released shares alone).
"""

import argparse

import numpy as np

from pkmodels import fitting
from pkmodels.studies import Study
from pkmodels.studies.sampling import sampling_matrix

DAYS = np.array([0.25, 0.5, 1, 2, 3, 5, 7, 10, 14, 18, 22, 28.0])
TRUTH = {"k": 0.15, "plateau": 0.85}
NOISE = 1.0
WAYS = {"concentrations": "concentrations", "shares as independent": "independent", "auto": "auto",
        "auto, shares alone": "auto"}


def vessels(replacement, count):
    """Made studies of concentrations (mg/L) out of 10 mL with 1 mg."""
    operator = sampling_matrix(len(DAYS), vessel_volume=0.010, sample_volume=0.002, replacement=replacement)
    exact = np.linalg.solve(operator, TRUTH["plateau"] * (1 - np.exp(-TRUTH["k"] * DAYS)))
    for seed in range(count):
        seen = np.maximum(exact + NOISE * np.random.default_rng(seed).standard_normal(len(DAYS)), -1.5)
        yield Study.from_concentrations(DAYS, seen, time_unit="day", concentration_unit="mg/L", dose="1 mg",
                                        vessel_volume="10 mL", sample_volume="2 mL", replacement=replacement)


def main():
    """Simulate and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true")
    count = 40 if parser.parse_args().quick else 400
    print(f"{count} vessels per case; per cent of intervals that hold the truth (binomial error "
          f"{100 * np.sqrt(0.95 * 0.05 / count):.1f})\n")
    print(f"{'medium':20s} {'fitted':24s} {'k':>6s} {'plateau':>8s}   errors chosen")
    for replacement, words in (("full", "exchanged whole"), ("fresh", "a fifth replaced")):
        made = list(vessels(replacement, count))
        for way, errors in WAYS.items():
            held, chosen = np.zeros(2), {}
            for study in made:
                if way == "auto, shares alone":
                    study = Study.from_arrays(DAYS, np.maximum(study.released, -0.019), time_unit="day")
                fit = fitting.fit(study, "first_order+plateau", errors=errors)
                chosen[fit.errors] = chosen.get(fit.errors, 0) + 1
                held += [fit.intervals[name][0] <= true <= fit.intervals[name][1] for name, true in TRUTH.items()]
            k, plateau = 100 * held / count
            print(f"{words:20s} {way:24s} {k:6.1f} {plateau:8.1f}   "
                  f"{', '.join(f'{name} {number}' for name, number in chosen.items())}", flush=True)


if __name__ == "__main__":
    main()
