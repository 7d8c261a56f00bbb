"""Jobs of `run.py` with several processes, by the clock on the wall."""

import contextlib
import io
import os
import time
from dataclasses import replace

import numpy as np
from measuring import gate, installed

import pkmodels as pk
from pkmodels import workers as spreading

#: Seconds of one worker's work, so that the start of another counts for little.
SECONDS = 40.0


def workers(given):
    """Patients whose elimination saturates: in one process, in two, in two of which one is killed, on a cluster."""
    _timed(8)  # what is compiled once is compiled
    per_patient = _timed(8192)[0] / 8192
    patients = int(min(1_000_000, max(20_000, SECONDS / per_patient)))
    print(f"  {patients:,} patients; {os.cpu_count()} processors")
    begun = _processors()
    one, alone = _timed(patients)
    between = _processors()
    two, together = _timed(patients, workers=2)
    more = (_processors() - between) / (between - begun) - 1
    gate("numbers of one and of two workers differ by", _differ(alone, together), 0.0)
    killed = []
    third, survived = _timed(patients, workers=2, progress=lambda things: _killing(things, killed))
    gate("workers that were not killed though they should have been", float(not killed), 0.0)
    gate("numbers after a worker was killed differ by", _differ(alone, survived), 0.0)
    print(f"  one worker {one:.1f} s, two {two:.1f} s ({one / two:.2f} times as quick, the start of a process "
          f"included), two of which one was killed {third:.1f} s; two take {100 * more:.1f} % more of "
          f"the processors' time than one")
    if not installed("distributed"):
        return
    from distributed import Client, LocalCluster

    with (contextlib.redirect_stderr(io.StringIO()),
          LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0") as cluster,
          Client(cluster) as client):
        client.run(_ready)  # a cluster has its libraries loaded, in every worker
        dask, on_cluster = _timed(patients, client=client)
    gate("numbers of the cluster differ by", _differ(alone, on_cluster), 0.0)
    print(f"  dask with two workers {dask:.1f} s, {dask / two:.2f} times as long as two processes")


def _drug():
    """A card of the shelf as if its elimination saturated."""
    drug = pk.read_drug("goserelin")
    volume = drug.parameters["v_central"]
    return replace(drug, body=("one_compartment_saturable",), parameters={
        "v_central": volume, "rate_max": replace(volume, value=0.2, unit="mg/h"),
        "c_half": replace(volume, value=0.2, unit="mg/L")})


def _processors():
    """Processor seconds of this process and of those that have ended (on Windows of this process alone)."""
    return sum(os.times()[:4])


def _timed(patients, **spread):
    begin = time.perf_counter()
    found = pk.predict_population("biexponential", values={"f_burst": 0.2, "k_burst": (1.0, "1/day"),
                                                           "k_sustained": (0.05, "1/day")},
                                  drug=_drug(), regimen="100 mg every 28 days x 3", patients=patients, band=False,
                                  window=(100, 500), variability={"v_central": 0.3, "rate_max": 0.3}, **spread)
    return time.perf_counter() - begin, found


def _ready():
    _timed(8)


def _differ(one, other):
    return 0.0 if all(np.array_equal(one[name], other[name], equal_nan=True) for name in one.data_vars) else 1.0


def _killing(things, killed):
    """Passes things on, and kills the first process that was started once a tenth of them is done."""
    started, launch = [], spreading.subprocess.Popen

    def noted(*given, **settings):
        started.append(launch(*given, **settings))
        return started[-1]

    spreading.subprocess.Popen = noted
    try:
        for k, thing in enumerate(things):
            yield thing
            if started and not killed and k > len(things) / 10:
                started[0].kill()
                killed.append(started[0].pid)
    finally:
        spreading.subprocess.Popen = launch
