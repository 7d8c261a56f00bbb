"""Jobs of `run.py` with patients and kernels."""

import time

import numpy as np
import population as linear
from measuring import gate, installed, rounds, table
from scipy.integrate import solve_ivp

from pkmodels.solve.population import has_numba, stream
from pkmodels.solve.population import saturable as solve_saturable
from pkmodels.solve.population_modes import bodies
from pkmodels.solve.population_schedule import boluses

TOP, HALF = 3.0, 2.0


def population(given):
    """Burst and sustained depot, tissue, two compartments; 90 days hourly, 3 doses; numbers only."""
    ways = [False, True] if has_numba() else [False]
    cmax, area = linear.gates(ways)
    gate("highest concentration", cmax, linear.CMAX)
    gate("area", area, linear.AREA)
    gate("tied rates, highest concentration", _tied(ways), 1e-9)
    runs = []
    if installed("numba"):
        many, some = linear.people(given.patients, 2), linear.people(4000, 2)
        runs += [("ours, compiled, numbers only", lambda: linear.ours(many, True), given.patients),
                 ("ours, compiled, 2161 hourly values stored", lambda: linear.ours_curves(some, True), 4000)]
    few, two = linear.people(2000, 2), linear.people(2, 2)
    runs += [("ours, NumPy, numbers only", lambda: linear.ours(few, False), 2000),
             ("scipy odeint, hourly", lambda: linear.ode(two), 2),
             ("scipy solve_ivp LSODA, hourly", lambda: linear.ivp(two), 2)]
    if installed("roadrunner", "libroadrunner"):
        sixty = linear.people(60, 2)
        hourly, ten = linear.Roadrunner(721), linear.Roadrunner(11)
        runs += [("libroadrunner, hourly", lambda: hourly(sixty), 60),
                 ("libroadrunner, 10 per dose", lambda: ten(sixty), 60)]
    print("  myokit needs a C compiler and SUNDIALS, mrgsolve and rxode2 are not Python: left out")
    table("one patient, one thread", rounds(runs, given.rounds))
    if has_numba():
        many = linear.people(100_000, 2)
        begin = time.perf_counter(), time.process_time()
        linear.ours(many, True)
        print(f"  100,000 patients: {time.process_time() - begin[1]:.2f} s of one processor, "
              f"{time.perf_counter() - begin[0]:.2f} s by the clock")


def _tied(ways):
    """Burst, tissue and elimination of one rate: the highest is 2/e² of the dose, at 2/k."""
    worst = 0.0
    for gap in (0.0, 1e-14, 1e-12):
        k = 0.1
        a = np.zeros((3, 3, 1))
        a[0, 0], a[1, 0], a[1, 1], a[2, 1], a[2, 2] = -k, k, -k * (1 + gap), k * (1 + gap), -k * (1 - gap)
        body = bodies(a, np.array([[1.0], [0], [0]]), np.array([[0.0], [0], [1.0]]))
        for fast in ways:
            found = stream(body, boluses(np.linspace(0, 96, 97), [0.0], [1.0]), fast=fast).each["cmax"][0, 0]
            worst = max(worst, abs(found / (2 * np.exp(-2)) - 1))
    return worst


def saturable(given):
    """The same with elimination that saturates."""
    def arrays(p):
        a, b, w = linear.arrays(p)
        return a, b, w, 3, np.full(len(p["v"]), TOP), np.full(len(p["v"]), HALF)

    def ours(p):
        return solve_saturable(*arrays(p), boluses(linear.HOURS, linear.DOSES, [linear.DOSE] * 3), lower=10.0,
                               upper=40.0)

    def scipy_ivp(p, method="LSODA", rtol=1e-8, atol=1e-10, event=False):
        a, b, w, place, top, half = arrays(p)
        highest = []
        for k in range(a.shape[2]):
            m, x, most = a[..., k], np.zeros(5), 0.0

            def change(_, y, m=m, k=k):
                rate = m @ y
                rate[place] -= top[k] * y[place] / (half[k] + y[place])
                return rate

            for _ in linear.DOSES:
                x = x + linear.DOSE * b[:, k]
                found = solve_ivp(change, (0, 720), x, method=method, rtol=rtol, atol=atol,
                                  t_eval=None if event else np.arange(0.0, 721.0),
                                  events=(lambda t, y, w=w[:, k]: w @ change(t, y)) if event else None)
                x = found.y[:, -1]
                if event:
                    most = max([most, *(w[:, k] @ y for y in found.y_events[0])])
            highest.append(most)
        return np.array(highest)

    if not has_numba():
        print("  numba is not installed: the compiled way is left out (pip install numba)")
        return
    few = linear.people(6, 5)
    exact = scipy_ivp(few, "Radau", 1e-11, 1e-12, True)
    gate("highest concentration", np.abs(ours(few).each["cmax"].max(axis=0) / exact - 1).max(), 1e-6)
    many, two = linear.people(2000, 2), linear.people(2, 2)
    rows = rounds([("ours, compiled, numbers only", lambda: ours(many), 2000),
                   ("scipy solve_ivp LSODA, hourly", lambda: scipy_ivp(two), 2)], given.rounds)
    table("one patient, one thread", rows)
    print(f"  {1 / rows['ours, compiled, numbers only']:,.0f} patients per second and thread")
