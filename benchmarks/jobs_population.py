"""Jobs of `run.py` with patients and kernels."""

import time

import mpmath
import numpy as np
import population as linear
from measuring import gate, installed, rounds, table
from scipy.integrate import solve_ivp

import pkmodels as pk
from pkmodels.solve.population import has_numba, stream
from pkmodels.solve.population import saturable as solve_saturable
from pkmodels.solve.population_modes import bodies
from pkmodels.solve.population_schedule import boluses
from pkmodels.solve.series import sphere_release

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


def sphere(given):
    """A sphere whose diffusivity grows, D = D0 (1 + a (exp(k t) - 1)), at 100 times."""
    hours = np.linspace(1.0, 1000.0, 100)
    d, grow, k = 1e-4, 0.3, 0.003

    def ours():
        return sphere_release(d * ((1 - grow) * hours + grow * np.expm1(k * hours) / k))

    with mpmath.workdps(30):
        def exact(t):
            x = mpmath.mpf(d) * ((1 - mpmath.mpf(grow)) * t + mpmath.mpf(grow) * mpmath.expm1(mpmath.mpf(k) * t) / k)
            return 1 - 6 / mpmath.pi**2 * mpmath.nsum(lambda n: mpmath.exp(-(n * mpmath.pi) ** 2 * x) / n**2,
                                                      [1, mpmath.inf])
        off = max(abs(float(exact(mpmath.mpf(float(t)))) - v) for t, v in list(zip(hours, ours(), strict=True))[::7])
    gate("share released", off, 1e-9)

    def lines():
        """Finite volumes, 100 shells of equal width, LSODA."""
        edge = np.linspace(0, 1, 101)
        volume, gap = np.diff(edge**3) / 3, 0.01

        def change(t, c):
            flow = np.append(edge[1:-1] ** 2 * np.diff(c) / gap, -c[-1] / (gap / 2))
            return d * ((1 - grow) + grow * np.exp(k * t)) * np.diff(flow, prepend=0.0) / volume

        found = solve_ivp(change, (0, 1000), np.ones(100), method="LSODA", t_eval=hours, lband=1, uband=1, rtol=1e-6,
                          atol=1e-9)
        return 1 - 3 * volume @ found.y

    print(f"  100 shells are off by {np.abs(lines() - ours()).max():.1e}")
    table("one curve of 100 times", rounds([
        ("ours, series and short-time form", lambda: [ours() for _ in range(200)], 200),
        ("scipy LSODA, 100 shells, banded", lines, 1)], given.rounds))


def workers(given):
    """The same population in one and in two processes, by the clock."""
    def run(count, patients=100_000):
        begin = time.perf_counter()
        found = pk.predict_population("biexponential", values={"f_burst": 0.2, "k_burst": (1.0, "1/day"),
                                                               "k_sustained": (0.05, "1/day")},
                                      drug="goserelin", regimen="3.6 mg every 28 days x 3", patients=patients,
                                      window=pk.read_window("0.5-1.2 ng/mL"), band=False, workers=count)
        return time.perf_counter() - begin, found

    run(1, 100)
    (one, alone), (two, together) = run(1), run(2)
    same = all(np.array_equal(alone[name], together[name], equal_nan=True) for name in alone.data_vars)
    gate("numbers of one and of two workers differ by", 0.0 if same else 1.0, 0.0)
    print(f"  100,000 patients: one worker {one:.1f} s, two {two:.1f} s by the clock: {one / two:.2f} times as quick "
          f"(the start of two processes included)")
