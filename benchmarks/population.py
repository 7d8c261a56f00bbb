"""The population job of `run.py`: what it is, our way and scipy's, and what it is by matrix exponentials alone.

Burst and sustained depot -> tissue -> two compartments, 90 days, 3 doses, hourly steps; of every patient cmax, tmax,
area, time inside, below and above a window, entry, exit and gaps, no curves kept. Ours finds them in continuous time;
peers (here and in `peers`) return concentrations, from which nothing is computed yet.
"""

import numpy as np
from scipy.integrate import odeint, solve_ivp
from scipy.linalg import expm

from pkmodels.solve.population import stream
from pkmodels.solve.population_modes import bodies
from pkmodels.solve.population_schedule import boluses

HOURS, DOSES, DOSE = np.arange(0.0, 2161.0), np.array([0.0, 720.0, 1440.0]), 100.0
TYPICAL = {"burst": 0.1, "sustained": 0.004, "tissue": 0.5, "v": 10.0, "cl": 5.0, "q": 3.0, "v2": 20.0}
LOWER, UPPER = 10.0, 40.0
#: What must hold before any time is printed: relative, relative, and shares of the whole time.
CMAX, AREA, SHARES = 1e-9, 1e-9, 1e-6


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
    return stream(bodies(*arrays(p), fast), boluses(HOURS, DOSES, [DOSE] * 3), lower=LOWER, upper=UPPER, fast=fast)


def ours_curves(p, fast):
    """The same with every hourly concentration stored."""
    return stream(bodies(*arrays(p), fast), boluses(HOURS, DOSES, [DOSE] * 3), lower=LOWER, upper=UPPER, fast=fast,
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


def reference(p, patient):
    """One patient by matrix exponentials: highest concentration, area, hours below, inside and above the window, the
    hour of the first entry, and the hourly concentrations (just after a dose at its hour)."""
    a, b, w = arrays(p)
    m, entry, weights = a[..., patient], b[:, patient], w[:, patient]
    step, slope, x, highest, area, hours = expm(m), weights @ m, np.zeros(5), 0.0, 0.0, np.zeros(3)
    entry_hour, curve = np.nan, []

    def found(place, crossed, low=0.0, high=1.0):
        """Where something becomes true after a place, by halving."""
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (low, middle) if crossed(expm(m * middle) @ place) else (middle, high)
        return high

    def side(state):
        shown = weights @ state
        return int(shown >= LOWER) + int(shown > UPPER)

    for _ in DOSES:
        x = x + DOSE * entry
        before = x.copy()
        for _hour in range(720):
            now, then = x, step @ x
            if np.isnan(entry_hour) and side(now) == 1:
                entry_hour = float(len(curve))
            curve.append(weights @ now)
            cuts, states, rising = [0.0, 1.0], [now, then], slope @ now > 0
            if (slope @ then > 0) != rising:
                turn = found(now, lambda state, rising=rising: (slope @ state > 0) != rising)
                cuts[1:1], states[1:1] = [turn], [expm(m * turn) @ now]
            for left, right, begin, end in zip(cuts[:-1], cuts[1:], states[:-1], states[1:], strict=True):
                highest = max(highest, weights @ begin, weights @ end)
                while side(begin) != side(end):
                    here = side(begin)
                    until = found(now, lambda state, here=here: side(state) != here, left, right)
                    hours[here] += until - left
                    left, begin = until, expm(m * until) @ now
                    if np.isnan(entry_hour) and side(begin) == 1:
                        entry_hour = len(curve) - 1 + until
                hours[side(end)] += right - left
            x = then
        area += weights @ np.linalg.solve(m, x - before)
    return highest, area, hours, entry_hour, np.append(curve, weights @ x)


def gates(ways):
    """The worst errors of ours of 8 people: relative of cmax and area, of shares of the time, of the first entry as a
    share of the time, and of stored curves as a share of cmax."""
    p = people(64)
    worst = []
    exact = {patient: reference(p, patient) for patient in range(0, 64, 8)}
    for fast in ways:
        found, curves = ours(p, fast), ours_curves(p, fast).curves
        each = found.each
        for patient, (cmax, area, hours, entry, curve) in exact.items():
            shares = np.array([each[name][:, patient].sum() for name in ("below", "inside", "above")])
            worst.append((abs(each["cmax"][:, patient].max() / cmax - 1), abs(each["auc"][:, patient].sum() / area - 1),
                          np.abs(shares - hours).max() / HOURS[-1],
                          abs(found.whole["first_entry"][patient] - entry) / HOURS[-1],
                          np.abs(curves[:, patient] - curve).max() / cmax))
    return np.max(worst, axis=0)
