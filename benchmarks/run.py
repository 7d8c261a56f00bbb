"""Every speed that is claimed, in one command: ratios against other programs, after accuracy is checked.

    python benchmarks/run.py                        all jobs
    python benchmarks/run.py --jobs population fits --rounds 3

Each job has gates: nothing of it is timed before our numbers agree with a way of their own. The tables say how many
outputs each way gives and whether curves are stored. Times are those of the
processor (other work on the machine counts as little as it can), the medians of rounds in which all take turns. A
peer that is not installed is left out with a sentence: pip install pkmodels[bench]. Only `workers` and
`startup` are measured by the clock on the wall as well.
"""

import argparse

import jobs_fits
import jobs_mechanisms
import jobs_population
import jobs_scale
import jobs_startup
from measuring import GateError, probe

JOBS = {"population": jobs_population, "saturable": jobs_population, "sphere": jobs_mechanisms,
        "autocatalytic": jobs_mechanisms, "fits": jobs_fits, "bootstrap": jobs_fits, "startup": jobs_startup,
        "workers": jobs_scale}


def main():
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--jobs", nargs="+", choices=[*JOBS], default=[*JOBS])
    given.add_argument("--rounds", type=int, default=5)
    given.add_argument("--patients", type=int, default=20_000)
    given = given.parse_args()
    print(probe())
    failed = 0
    for job in given.jobs:
        print(f"\n== {job}")
        try:
            getattr(JOBS[job], job)(given)
        except GateError as problem:
            failed += 1
            print(f"  {problem}")
    print(f"\n{probe()}")
    raise SystemExit(1 if failed else 0)


if __name__ == "__main__":
    main()
