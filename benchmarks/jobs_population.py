"""Jobs of `run.py` with patients and kernels."""

import tracemalloc

import numpy as np
import peers
import population as linear
from measuring import clocked, gate, installed, rounds, table
from scipy.integrate import solve_ivp
from scipy.optimize import brentq
from scipy.special import gammainc

from pkmodels.solve.population import has_numba, stream
from pkmodels.solve.population import saturable as solve_saturable
from pkmodels.solve.population_modes import bodies
from pkmodels.solve.population_schedule import boluses

TOP, HALF = 3.0, 2.0
#: Name, package to import, what to install, class in `peers`, and points per dose with the name of what that is.
PEERS = (("myokit CVODES", "myokit", "myokit", peers.Myokit, {721: "2161 hourly"}),
         ("libroadrunner", "roadrunner", "libroadrunner", peers.Roadrunner,
          {721: "2161 hourly", 11: "10 per dose", 4: "10 in all"}),
         ("COPASI LSODA", "basico", "copasi-basico", peers.Copasi, {721: "2161 hourly"}),
         ("diffrax Tsit5, 60 patients at once", "diffrax", "diffrax", peers.Diffrax, {721: "2161 hourly"}))


def population(given):
    """Burst and sustained depot, tissue, two compartments; 90 days hourly, 3 doses; numbers only."""
    ways = [False, True] if has_numba() else [False]
    cmax, area, shares, entry, curves = linear.gates(ways)
    gate("highest concentration", cmax, linear.CMAX)
    gate("area", area, linear.AREA)
    gate("shares of time below, inside and above", shares, linear.SHARES)
    gate("first entry, as a share of the time", entry, linear.SHARES)
    gate("stored curves, as a share of the highest", curves, linear.CMAX)
    cmax, area, shares = _tied(ways)
    gate("tied rates, highest concentration", cmax, linear.CMAX)
    gate("tied rates, area", area, linear.AREA)
    gate("tied rates, share of time above", shares, linear.SHARES)
    few, two, sixty = linear.people(4000, 2), linear.people(2, 2), linear.people(60, 2)
    runs = []
    if installed("numba"):
        many = linear.people(100_000, 2)
        runs += [("ours, compiled", lambda: linear.ours(many, True), 100_000, "numbers only, no curve stored"),
                 ("ours, compiled, curves stored", lambda: linear.ours_curves(few, True), 4000, "2161 hourly, numbers")]
    runs += [("ours, NumPy", lambda: linear.ours(few, False), 4000, "numbers only, no curve stored"),
             ("scipy odeint", lambda: linear.ode(two), 2, "2161 hourly"),
             ("scipy solve_ivp LSODA", lambda: linear.ivp(two), 2, "2161 hourly")]
    peak = np.array([linear.reference(two, k)[0] for k in range(2)])
    for name, package, said, peer, points in PEERS:
        if not installed(package, said):
            continue
        try:
            made = {count: peer(count) for count in points}
            off = np.abs(made[721](two) / peak - 1).max()
        except Exception as problem:  # whatever another program misses: a compiler, a library
            print(f"  {name} is left out: it does not run here ({type(problem).__name__})")
            continue
        gate(f"{name}: highest hourly value against the peak", off, 1e-3)
        runs += [(name, lambda run=made[count]: run(sixty), 60, what) for count, what in points.items()]
    print("  mrgsolve and rxode2 are not Python: left out")
    rows = rounds([(f"{name}: {what}", run, count) for name, run, count, what in runs], given.rounds)
    table("one patient, one thread; every peer's concentrations are stored", rows)
    numpy, myokit = "ours, NumPy: numbers only, no curve stored", "myokit CVODES: 2161 hourly"
    if myokit in rows:
        print(f"  NumPy alone against myokit CVODES, hourly: {rows[myokit] / rows[numpy]:.0f} times as quick")
    if has_numba():
        seconds, wall = clocked(lambda: linear.ours(many, True), 3)
        print(f"  100,000 patients: {seconds:.2f} s of one processor, {wall:.2f} s by the clock")
        megabytes = [_memory(count) / count for count in (50_000, 100_000)]
        print(f"  memory: at most {megabytes[0]:.2f} kB per patient of 50,000 and {megabytes[1]:.2f} of 100,000")


def _memory(count):
    """The most memory in use at a time, kB, with the parameters and the matrices of all patients."""
    tracemalloc.start()
    linear.ours(linear.people(count, 2), True)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most / 1000


def _tied(ways):
    """Burst, tissue and elimination of one rate k: C = (k t)²/2 exp(-k t), highest 2/e² of the dose."""
    worst, k, level, end = [], 0.1, 0.1, 96.0
    a = np.zeros((3, 3, 1))
    area = gammainc(3, k * end) / k

    def over(t):
        return (k * t) ** 2 / 2 * np.exp(-k * t) - level

    above = brentq(over, 20.0, end, xtol=1e-14) - brentq(over, 0.0, 20.0, xtol=1e-14)
    for gap in (0.0, 1e-14, 1e-12):
        a[0, 0], a[1, 0], a[1, 1], a[2, 1], a[2, 2] = -k, k, -k * (1 + gap), k * (1 + gap), -k * (1 - gap)
        body = bodies(a, np.array([[1.0], [0], [0]]), np.array([[0.0], [0], [1.0]]))
        for fast in ways:
            each = stream(body, boluses(np.linspace(0, end, 97), [0.0], [1.0]), upper=level, fast=fast).each
            worst.append((abs(each["cmax"][0, 0] / (2 * np.exp(-2)) - 1), abs(each["auc"][0, 0] / area - 1),
                          abs(each["above"][0, 0] - above) / end))
    return np.max(worst, axis=0)


def saturable(given):
    """The same with elimination that saturates."""
    def arrays(p):
        a, b, w = linear.arrays(p)
        return a, b, w, 3, np.full(len(p["v"]), TOP), np.full(len(p["v"]), HALF)

    schedule = boluses(linear.HOURS, linear.DOSES, [linear.DOSE] * 3)

    def ours(p, fast=True):
        return solve_saturable(*arrays(p), schedule, lower=linear.LOWER, upper=linear.UPPER, fast=fast).each

    def flows(p, k):
        """Rates of change of one patient, and of the area under its curve."""
        a, b, w, place, top, half = (each if np.ndim(each) == 0 else each[..., k] for each in arrays(p))

        def change(_, y):
            rate = a @ y[:5]
            rate[place] -= top * y[place] / (half + y[place])
            return np.append(rate, w @ y[:5])

        return change, np.append(b, 0.0), w

    def hourly(p):
        """scipy's LSODA, hourly."""
        for k in range(len(p["v"])):
            (change, entry, _), x = flows(p, k), np.zeros(6)
            for _ in linear.DOSES:
                x = solve_ivp(change, (0, 720), x + linear.DOSE * entry, method="LSODA", rtol=1e-8, atol=1e-10,
                              t_eval=np.arange(0.0, 721.0)).y[:, -1]

    def exact(p, k):
        """Highest concentration, area and hours below, inside and above, by Radau with events."""
        (change, entry, w), x, highest, hours = flows(p, k), np.zeros(6), 0.0, np.zeros(3)
        events = [lambda t, y: w @ change(t, y)[:5], lambda t, y: w @ y[:5] - linear.LOWER,
                  lambda t, y: w @ y[:5] - linear.UPPER]
        for _ in linear.DOSES:
            run = solve_ivp(change, (0, 720), x + linear.DOSE * entry, method="Radau", rtol=1e-11, atol=1e-12,
                            events=events, dense_output=True)
            cuts = np.array(sorted([0.0, 720.0, *run.t_events[1], *run.t_events[2]]))
            shown = w @ run.sol((cuts[:-1] + cuts[1:]) / 2)[:5]
            np.add.at(hours, (shown >= linear.LOWER).astype(int) + (shown > linear.UPPER), np.diff(cuts))
            x, highest = run.y[:, -1], max([highest, *(w @ y[:5] for y in run.y_events[0])])
        return highest, x[5], hours

    if not has_numba():
        print("  numba is not installed: the compiled way is left out (pip install numba)")
        return
    few, worst = linear.people(6, 5), []
    found = ours(few)
    for k in range(6):
        highest, area, hours = exact(few, k)
        shares = np.array([found[name][:, k].sum() for name in ("below", "inside", "above")])
        worst.append((abs(found["cmax"][:, k].max() / highest - 1), abs(found["auc"][:, k].sum() / area - 1),
                      np.abs(shares - hours).max() / linear.HOURS[-1]))
    for what, off in zip(("highest concentration", "area", "shares of time below, inside and above"),
                         np.max(worst, axis=0), strict=True):
        gate(what, off, 1e-6)
    many, some, two = linear.people(min(given.patients, 10_000), 2), linear.people(200, 2), linear.people(2, 2)
    best = "ours, compiled, patients side by side: numbers only, no curve stored"
    rows = rounds([(best, lambda: ours(many), len(many["v"])),
                   ("ours, compiled, one by one: numbers only, no curve stored", lambda: ours(some, False), 200),
                   ("scipy solve_ivp LSODA: 2161 hourly", lambda: hourly(two), 2)], given.rounds)
    table("one patient, one thread", rows)
    print(f"  {1 / rows[best]:,.0f} patients per second and thread")
