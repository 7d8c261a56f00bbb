"""Job of `run.py` with new processes: how long a command takes from nothing."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from measuring import gate, table

CURVE = ("kakade_2018_goserelin", "--formulation", "D")
#: What a prediction from a saved fit must not import: each costs up to a second. (pandas is imported by xarray itself.)
HEAVY = ("lmfit", "matplotlib", "numba", "scipy.stats", "scipy.integrate", "scipy.interpolate")
#: What no way around is known for: a prediction is an xarray dataset, lmfit polishes a fit, models are SymPy.
LIBRARIES = {"predict": "import sympy, pint, scipy.special, scipy.linalg, xarray",
             "fit": "import sympy, pint, scipy.special, lmfit"}
#: As on a user's machine: modules are compiled at the first start and kept.
SURROUNDINGS = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def startup(given):
    """Bare Python, help, a prediction from a saved fit, one fit and a ranking, each in a new process."""
    with tempfile.TemporaryDirectory() as folder:
        saved = str(Path(folder, "fit.toml"))
        commands = {
            "bare Python": ["-c", "pass"],
            "pkmodels --help": ["-m", "pkmodels", "--help"],
            "the libraries of a prediction, alone": ["-c", LIBRARIES["predict"]],
            "predict from a saved fit": ["-m", "pkmodels", "predict", saved, "--days", "30"],
            "the libraries of a fit, alone": ["-c", LIBRARIES["fit"]],
            "fit one model": ["-m", "pkmodels", "fit", *CURVE, "--model", "weibull"],
            "compare: every model of the ranking": ["-m", "pkmodels", "compare", *CURVE],
        }
        _run(["-m", "pkmodels", "fit", *CURVE, "--model", "weibull", "--save", saved])
        code = (f"import sys; from pkmodels.cli import main; main(['predict', {saved!r}, '--days', '30']); "
                f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)")
        told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=folder,
                              env=SURROUNDINGS)
        print(f"  imported by a prediction of what it must not: {told.stderr.splitlines()[-1]}")
        gate("heavy imports of a prediction", 0.0 if told.stderr.splitlines()[-1] == "[]" else 1.0, 0.0)
        for command in commands.values():
            _run(command)  # what is compiled once is compiled
        spent = {name: [] for name in commands}
        for _ in range(given.rounds):
            for name, command in commands.items():
                spent[name].append(_run(command))
    wall, processor = (({name: float(np.median([s[k] for s in each])) for name, each in spent.items()})
                       for k in (0, 1))
    table("a new process each, by the clock on the wall", wall)
    table("the same, of the processor", processor)
    print(f"  help takes {1e3 * (wall['pkmodels --help'] - wall['bare Python']):.0f} ms more than bare Python by the "
          f"clock, {1e3 * (processor['pkmodels --help'] - processor['bare Python']):.0f} ms of the processor")


def _run(arguments):
    """Seconds by the clock and of the processor of one process."""
    before, begin = os.times(), time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                   env=SURROUNDINGS)
    after = os.times()
    return (time.perf_counter() - begin,
            after.children_user + after.children_system - before.children_user - before.children_system)
