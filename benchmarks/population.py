"""How quick is a population? Ours against scipy's integrators and libroadrunner, after the accuracy is checked.

    python benchmarks/population.py --rounds 5

The job: burst and sustained depot -> tissue -> two compartments, 90 days, 3 doses, hourly steps, per thread;
cmax, tmax, area, time inside, below and above a window, entry, exit and gaps of every patient, no curves kept.
Ours finds them in continuous time; peers return hourly concentrations (or ten per dose, where said), from
which nothing is computed yet. Nothing is timed before cmax and area agree with matrix exponentials. Times are
medians of rounds in which all take turns, warm. Peers that are not installed are left out with a sentence.
"""

import argparse
import importlib.util
import os
import time

import numpy as np
from scipy.integrate import odeint, solve_ivp
from scipy.linalg import expm

from pkmodels.solve.population import has_numba, stream
from pkmodels.solve.population_modes import bodies
from pkmodels.solve.population_schedule import boluses

HOURS, DOSES, DOSE = np.arange(0.0, 2161.0), np.array([0.0, 720.0, 1440.0]), 100.0
TYPICAL = {"burst": 0.1, "sustained": 0.004, "tissue": 0.5, "v": 10.0, "cl": 5.0, "q": 3.0, "v2": 20.0}
LOWER, UPPER = 10.0, 40.0
#: What must hold before any time is printed.
CMAX, AREA = 1e-9, 1e-9


def people(count, seed=1):
    """Parameters of patients, each with a coefficient of variation of about 30 %."""
    rng = np.random.default_rng(seed)
    return {name: value * np.exp(0.3 * rng.standard_normal(count)) for name, value in TYPICAL.items()}


def arrays(p):
    """Matrix, entry and weights (µg/L) of the five stores."""
    count = len(p["v"])
    a, w, b = np.zeros((5, 5, count)), np.zeros((5, count)), np.zeros((5, count))
    a[0, 0], a[1, 1], a[2, 0], a[2, 1], a[2, 2], a[3, 2] = (
        -p["burst"], -p["sustained"], p["burst"], p["sustained"], -p["tissue"], p["tissue"])
    a[3, 3], a[4, 3] = -(p["cl"] + p["q"]) / p["v"], p["q"] / p["v"]
    a[3, 4], a[4, 4] = p["q"] / p["v2"], -p["q"] / p["v2"]
    b[0], b[1], w[3] = 0.2, 0.8, 1000 / p["v"]
    return a, b, w


def ours(p, fast):
    """Everything from parameters to numbers."""
    return stream(bodies(*arrays(p)), boluses(HOURS, DOSES, [DOSE] * 3), lower=LOWER, upper=UPPER, fast=fast)


def ours_curves(p, fast):
    """The same with every hourly concentration stored."""
    return stream(bodies(*arrays(p)), boluses(HOURS, DOSES, [DOSE] * 3), lower=LOWER, upper=UPPER, fast=fast,
                  sampled=np.arange(len(HOURS)))


def ivp(p, method="LSODA"):
    """scipy.integrate.solve_ivp, hourly, patient by patient."""
    a, b, _ = arrays(p)
    for k in range(a.shape[2]):
        m, x = a[..., k], np.zeros(5)
        for _dose in DOSES:
            x = x + DOSE * b[:, k]
            found = solve_ivp(lambda t, y, m=m: m @ y, (0, 720), x, method=method,
                              jac=lambda t, y, m=m: m, t_eval=np.arange(0.0, 721.0), rtol=1e-8, atol=1e-10)
            x = found.y[:, -1]


def ode(p):
    """scipy.integrate.odeint, hourly, patient by patient."""
    a, b, _ = arrays(p)
    for k in range(a.shape[2]):
        m, x = a[..., k], np.zeros(5)
        for _dose in DOSES:
            x = odeint(lambda y, t, m=m: m @ y, x + DOSE * b[:, k], np.arange(0.0, 721.0), Dfun=lambda y, t, m=m: m,
                       rtol=1e-8, atol=1e-10)[-1]


class Roadrunner:
    """libroadrunner: the model compiled once, parameters set patient by patient."""

    def __init__(self, points):
        import roadrunner

        self.points, self.runner = points, roadrunner.RoadRunner(_sbml())
        self.runner.integrator.relative_tolerance, self.runner.integrator.absolute_tolerance = 1e-8, 1e-10
        self.runner.timeCourseSelections = ["time", "central"]

    def __call__(self, p):
        r = self.runner
        for k in range(len(p["v"])):
            r.resetAll()
            for name, values in p.items():
                r[name] = values[k]
            for n in range(3):
                r["fast"], r["slow"] = r["fast"] + 0.2 * DOSE, r["slow"] + 0.8 * DOSE
                r.simulate(720.0 * n, 720.0 * (n + 1), self.points)

    def cmax(self, p):
        """Highest hourly concentration of the first patient, for the gate."""
        r = self.runner
        r.resetAll()
        for name, values in p.items():
            r[name] = values[0]
        highest = 0.0
        for n in range(3):
            r["fast"], r["slow"] = r["fast"] + 0.2 * DOSE, r["slow"] + 0.8 * DOSE
            found = np.array(r.simulate(720.0 * n, 720.0 * (n + 1), 721))
            highest = max(highest, found[:, 1].max())
        return highest * 1000 / p["v"][0]


def _sbml():
    """The job as SBML, level 3."""
    flows = (("fast", "tissues", ("burst", "fast")), ("slow", "tissues", ("sustained", "slow")),
             ("tissues", "central", ("tissue", "tissues")), ("central", None, ("cl", "central", "/v")),
             ("central", "deep", ("q", "central", "/v")), ("deep", "central", ("q", "deep", "/v2")))
    species = "".join(
        f'<species id="{s}" compartment="c" initialAmount="0" hasOnlySubstanceUnits="true" boundaryCondition="false" '
        f'constant="false"/>' for s in ("fast", "slow", "tissues", "central", "deep"))
    parameters = "".join(f'<parameter id="{n}" value="{v}" constant="false"/>' for n, v in TYPICAL.items())
    one = '<speciesReference species="{}" stoichiometry="1" constant="true"/>'
    reactions = ""
    for k, (source, target, factors) in enumerate(flows):
        products = f"<listOfProducts>{one.format(target)}</listOfProducts>" if target else ""
        reactions += (f'<reaction id="r{k}" reversible="false" fast="false"><listOfReactants>{one.format(source)}'
                      f"</listOfReactants>{products}{_law(factors)}</reaction>")
    return ('<?xml version="1.0"?><sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1">'
            '<model id="m"><listOfCompartments><compartment id="c" size="1" spatialDimensions="3" constant="true"/>'
            f"</listOfCompartments><listOfSpecies>{species}</listOfSpecies><listOfParameters>{parameters}"
            f"</listOfParameters><listOfReactions>{reactions}</listOfReactions></model></sbml>")


def _law(factors):
    """A product of names as MathML; a name behind a slash divides."""
    tree = f"<ci>{factors[0]}</ci>"
    for each in factors[1:]:
        kind = "divide" if each.startswith("/") else "times"
        tree = f"<apply><{kind}/>{tree}<ci>{each.lstrip('/')}</ci></apply>"
    return f'<kineticLaw><math xmlns="http://www.w3.org/1998/Math/MathML">{tree}</math></kineticLaw>'


def reference(p, patient):
    """Highest concentration and area of one patient by matrix exponentials: the peak by golden section."""
    a, b, w = arrays(p)
    m, entry, weights = a[..., patient], b[:, patient], w[:, patient]
    step, x, highest, area = expm(m), np.zeros(5), 0.0, 0.0
    for _ in DOSES:
        x = x + DOSE * entry
        before, places = x.copy(), []
        for _hour in range(720):
            places.append(x)
            x = step @ x
        area += weights @ np.linalg.solve(m, x - before)
        shown = np.array(places) @ weights
        k = max(int(shown.argmax()) - 1, 0)
        low, high = 0.0, 2.0
        for _ in range(200):  # halving on the sign of the slope
            middle = (low + high) / 2
            low, high = (middle, high) if weights @ m @ expm(m * middle) @ places[k] > 0 else (low, middle)
        highest = max(highest, weights @ expm(m * low) @ places[k])
    return highest, area


def gates(ways):
    """Stop unless every way is accurate; returns the worst errors of ours."""
    p = people(64)
    worst = []
    for fast in ways:
        found = ours(p, fast)
        for patient in range(0, 64, 4):
            cmax, area = reference(p, patient)
            worst.append((abs(found.each["cmax"][:, patient].max() / cmax - 1),
                          abs(found.each["auc"][:, patient].sum() / area - 1)))
    cmax, area = np.max(worst, axis=0)
    if cmax > CMAX or area > AREA:
        raise SystemExit(f"not accurate: cmax off by {cmax:.1e} (allowed {CMAX:g}), area by {area:.1e} ({AREA:g})")
    return cmax, area


def timed(function, *given):
    """Seconds on this thread's clock: other work on the machine does not count, which is fair to all alike."""
    begin = time.perf_counter(), time.process_time()
    function(*given)
    return time.perf_counter() - begin[0], time.process_time() - begin[1]


def main():
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--patients", type=int, default=100_000)
    given.add_argument("--rounds", type=int, default=5)
    given = given.parse_args()
    ways = [False, True] if has_numba() else [False]
    cmax, area = gates(ways)
    print(f"accuracy against matrix exponentials: cmax {cmax:.1e}, area {area:.1e}")
    runs = [("ours, NumPy", lambda p: ours(p, False), 2000), ("scipy odeint, hourly", ode, 4),
            ("scipy solve_ivp LSODA, hourly", ivp, 4)]
    if has_numba():
        runs[:0] = [("ours, compiled", lambda p: ours(p, True), given.patients),
                    ("ours, compiled, hourly curves stored", lambda p: ours_curves(p, True), 4000)]
    else:
        print("numba is not installed: the compiled way is left out")
    if importlib.util.find_spec("roadrunner"):
        hourly, ten = Roadrunner(721), Roadrunner(11)
        p = people(1)
        off = abs(hourly.cmax(p) / reference(p, 0)[0] - 1)
        print(f"libroadrunner's highest hourly value is off by {off:.1e} from the true peak")
        runs += [("libroadrunner, hourly", hourly, 60), ("libroadrunner, 10 per dose", ten, 60)]
    else:
        print("libroadrunner is not installed: left out (pip install libroadrunner)")
    if not importlib.util.find_spec("myokit"):
        print("myokit is left out: it needs a C compiler and SUNDIALS when it runs")
    spent = {name: [] for name, _, _ in runs}
    data = {name: people(count, seed=2) for name, _, count in runs}
    for _, run, _ in runs:
        run(people(2))
    for _ in range(given.rounds):
        for name, run, count in runs:
            spent[name].append([seconds / count for seconds in timed(run, data[name])])
    best = np.median(spent[runs[0][0]], axis=0)[1]
    print(f"\n{'':<40}{'patients':>9}{'µs per patient':>16}{'of it processor':>17}{'ratio':>9}")
    for name, _, count in runs:
        wall, processor = np.median(spent[name], axis=0)
        print(f"{name:<40}{count:>9}{1e6 * wall:>16.2f}{1e6 * processor:>17.2f}{processor / best:>9.1f}")
    load = np.median(spent[runs[0][0]], axis=0)
    print(f"\nratios are of processor time; by the clock all of it took {load[0] / load[1]:.2f} times as long "
          f"(other work on the {os.cpu_count()} processors of this machine)")


if __name__ == "__main__":
    main()
