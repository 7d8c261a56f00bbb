"""Jobs of `run.py` with the physics of one carrier: spheres by series, degrading spheres along their radius."""

import mpmath
import numpy as np
from measuring import gate, installed, rounds, table
from scipy.integrate import solve_ivp

from pkmodels.solve import radial
from pkmodels.solve.series import sphere_release

#: Total error of the release (share of the dose) that ours and the peer of `autocatalytic` may have.
SAME_ERROR = 1e-4


def sphere(given):
    """A sphere whose diffusivity grows, D = D0 (1 + a (exp(k t) - 1)), at 100 times; the integral of D is counted."""
    if installed("numba"):
        import numba  # noqa: F401 - loaded, so that small loops go by it
    hours = np.linspace(1.0, 1000.0, 100)
    d, grow, k = 1e-4, 0.3, 0.003

    def ours():
        return sphere_release(d * (1 - grow) * hours + d * grow / k * np.expm1(k * hours))

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


DAYS = np.linspace(1.0, 42.0, 42)
RADIUS, K, ACID, ENDS, DRUG = 60.0, 0.1, 8.64, 0.02, 0.8


def autocatalytic(given):
    """Drug, acid and esters along the radius: acid makes acid and diffuses out, the drug speeds up as mass falls."""
    if installed("numba"):
        import numba  # noqa: F401

    def ours(cells=radial.CELLS):
        return radial.sphere(DAYS, radius=RADIUS, diffusivity=lambda r, mass, water: DRUG / mass, k_degradation=K,
                             d_acid=ACID, f_ends=ENDS, cells=cells).released

    # Acid alone, while hardly any ester is spent, has a series (Ford Versypt et al. 2015).
    early = np.array([0.05, 0.1, 0.5])
    grown = radial.sphere(early, radius=1.0, diffusivity=1.0, k_degradation=15.0, d_acid=1.0, f_ends=1e-9).acid
    gate("acid of the linear theory, relative", np.abs(grown / _linear(early, 15.0) - 1).max(), 1e-3)
    # Equal shells of two widths, freed of the error that goes with the square of the width.
    coarse, fine = (_equal(n, "LSODA", 1e-9, banded=True) for n in (600, 1200))
    exact = (4 * fine - coarse) / 3
    gate("share released, 60 graded cells", np.abs(ours() - exact).max(), SAME_ERROR)
    shells = next(n for n in range(300, 600, 5)
                  if np.abs(_equal(n, "LSODA", 1e-7, banded=True) - exact).max() <= 0.98 * SAME_ERROR)
    gate(f"share released, {shells} equal shells", np.abs(_equal(shells, "BDF", 1e-4) - exact).max(), SAME_ERROR)
    table("one curve of 42 times", rounds([
        ("ours, 60 graded cells, banded", lambda: [ours() for _ in range(10)], 10),
        (f"scipy BDF, {shells} equal shells, dense", lambda: _equal(shells, "BDF", 1e-4), 1),
        (f"scipy LSODA, {shells} equal shells, banded", lambda: _equal(shells, "LSODA", 1e-6, banded=True), 1)],
        given.rounds))


def _linear(times, k):
    """Mean acid of dC/dt = div grad C + k C, C = 1 at the start and 0 at the surface of a unit sphere."""
    n = np.arange(1, 400)[:, None] * np.pi
    return (6 / n**2 * np.exp((k - n**2) * times)).sum(axis=0)


def _equal(shells, method, tolerance, banded=False):
    """The same equations on shells of equal width, as one would write them down."""
    edge = np.linspace(0, 1, shells + 1)
    volume, gap, ends = np.diff(edge**3) / 3, 1 / shells, ENDS / (1 - ENDS)
    area = edge[1:] ** 2 / RADIUS**2

    def change(_, state):
        u, c, e = state.reshape(shells, 3).T if banded else state.reshape(3, shells)
        d = DRUG * (1 + (1 - e) / ends)
        drug = area * np.append(-2 / (1 / d[:-1] + 1 / d[1:]) * np.diff(u) / gap, d[-1] * u[-1] / (gap / 2))
        acid = area * ACID * np.append(-np.diff(c) / gap, c[-1] / (gap / 2))
        split = K * c * e
        rates = (-np.diff(drug, prepend=0.0) / volume, -np.diff(acid, prepend=0.0) / volume + split, -ends * split)
        return np.stack(rates, axis=1).ravel() if banded else np.concatenate(rates)

    found = solve_ivp(change, (0, DAYS[-1]), np.ones(3 * shells), method=method, t_eval=DAYS, rtol=tolerance,
                      atol=tolerance / 100, **({"lband": 5, "uband": 5} if banded else {}))
    return 1 - 3 * volume @ (found.y[::3] if banded else found.y[:shells])
