"""Where the public curves are that the benchmarks run over, and how to take an even sample of them."""

import sys
from pathlib import Path

import numpy as np

from pkmodels.studies import read_study

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data"
#: Folder of a data set, and the reference of it.
SETS = {"plga_microparticles": "Bao et al. 2025, 10.1038/s41597-025-04621-9",
        "long_acting_injectables": "Bannigan et al. 2023, 10.1038/s41467-022-35343-w",
        "liposomes": "Yanes et al. 2025"}


def studies(sample=None, seed=None):
    """Data set to its study; with ``sample`` that many formulations of all.

    Spread evenly over the sets, or with ``seed`` drawn at random from the others: curves that no setting was tuned to.
    """
    if not FOLDER.is_dir():
        print(f"skipped: the public curves are kept beside the repository, in {FOLDER}, and are not here")
        sys.exit(0)
    found = {name: read_study(FOLDER / name / "release.csv") for name in SETS}
    if sample is None:
        return {name: (study, study.formulations) for name, study in found.items()}
    each = -(-sample // len(found))
    even = {name: _even(study.formulations, each) for name, study in found.items()}
    if seed is None:
        return {name: (study, even[name]) for name, study in found.items()}
    generator = np.random.default_rng(seed)
    chosen = {}
    for name, study in found.items():
        tuned = {*_even(study.formulations, 3), *_even(study.formulations, 20), *even[name]}
        others = [one for one in study.formulations if one not in tuned]
        chosen[name] = study, [others[k] for k in generator.permutation(len(others))[:each]]
    return chosen


def _even(names, count):
    return [names[k] for k in np.unique(np.linspace(0, len(names) - 1, count).round().astype(int))]
