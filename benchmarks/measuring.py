"""Gates, rounds and tables of `run.py`."""

import importlib.util
import os
import time

import numpy as np


class GateError(Exception):
    """Our numbers are not as accurate as is claimed: no time is printed."""


def probe():
    """How the machine is: seconds of a fixed piece of arithmetic by the processor's clock and by the wall's."""
    begin = time.perf_counter(), time.process_time()
    x = np.linspace(0.0, 1.0, 2000)
    for _ in range(1500):
        x = np.sin(x) + 0.1
    wall, processor = time.perf_counter() - begin[0], time.process_time() - begin[1]
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return (f"machine: {os.cpu_count()} processors{load}; a fixed sum took {processor:.3f} s of a processor in "
            f"{wall:.3f} s")


def rounds(runs, count):
    """Medians of processor seconds per piece of work: {name: seconds}; ``runs`` are (name, function, pieces)."""
    for _, function, _ in runs:
        function()  # warm
    spent = {name: [] for name, _, _ in runs}
    for _ in range(count):
        for name, function, pieces in runs:
            begin = time.process_time()
            function()
            spent[name].append((time.process_time() - begin) / pieces)
    return {name: float(np.median(values)) for name, values in spent.items()}


def clocked(function, count):
    """The least of some runs: seconds of the processor, seconds by the clock."""
    spent = []
    for _ in range(count):
        begin = time.process_time(), time.perf_counter()
        function()
        spent.append((time.process_time() - begin[0], time.perf_counter() - begin[1]))
    return min(spent)


def table(job, rows):
    """Print what took how long and how many times as long as the first row."""
    print(f"\n{job}\n{'':<70}{'µs':>12}{'ratio':>9}")
    first = next(iter(rows.values()))
    for name, seconds in rows.items():
        print(f"  {name:<68}{1e6 * seconds:>12.2f}{seconds / first:>9.1f}")


def gate(what, error, allowed):
    """Print an accuracy; stop the job where it is not what is claimed."""
    print(f"  accuracy: {what} {error:.1e} (allowed {allowed:g})")
    if not error <= allowed:
        raise GateError(f"{what} is off by {error:.1e}, more than {allowed:g}: not timed")


def installed(package, said=""):
    """Whether a peer is here; says so where it is not."""
    here = importlib.util.find_spec(package) is not None
    if not here:
        print(f"  {package} is not installed: left out (pip install {said or package})")
    return here
