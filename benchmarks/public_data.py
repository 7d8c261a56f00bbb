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


def studies(sample=None):
    """Data set to its study; with ``sample`` that many formulations of all, spread evenly over the sets."""
    if not FOLDER.is_dir():
        print(f"skipped: the public curves are kept beside the repository, in {FOLDER}, and are not here")
        sys.exit(0)
    found = {name: read_study(FOLDER / name / "release.csv") for name in SETS}
    if sample is None:
        return {name: (study, study.formulations) for name, study in found.items()}
    each = -(-sample // len(found))
    return {name: (study, [study.formulations[k] for k in np.unique(np.linspace(
        0, len(study.formulations) - 1, each).round().astype(int))]) for name, study in found.items()}
