"""A sphere in which drug, acid, esters and water vary along the radius: method of lines on graded finite volumes.

For checking the clocks, which take one polymer for the whole sphere, and for spheres so large that acid is caught
inside. What leaves a cell enters its neighbour, so drug is conserved to rounding error. With a constant diffusivity
the mean release time is exact (`layered`), and 60 cells, which crowd at the surface, give the release to 2e-4 of the
dose from D t/R² = 1e-4 on. LSODA (`odeint`, whose loop over the steps is compiled) gets the banded Jacobian in closed
form.

Equations, with u the drug, c the acid and e the esters over their values at the start, w the water over that outside::

    du/dt = div(D(r, M, w) grad u)             u = 0 outside
    dc/dt = div(Da grad c) + k w c e           c = 0 outside
    de/dt = -k f/(1 - f) w c e                 f: acid ends among all ends and esters at the start
    dw/dt = div(Dw grad w)                     w = 1 outside
    M = 1/(1 + (1 - e)(1 - f)/f)               number-average molecular mass over that at the start

Without diffusion of acid this is `laws.autocatalytic_mass`, with few ends the linear generation of Ford Versypt et
al. (2015), without chemistry Crank's sphere.
"""

import warnings
from dataclasses import dataclass

import numpy as np
from scipy.integrate import ODEintWarning, odeint

from ..errors import SolveError
from . import loops

CELLS = 60
#: Of the integrator; the grid's own error is larger.
RELATIVE, ABSOLUTE, MOST_STEPS = 1e-6, 1e-9, 100_000
#: The innermost cell is exp(3.5) = 33 times as wide as the outermost: more helps early release, less helps acid that
#: grows in the middle.
CROWDED = 3.5


@dataclass(frozen=True, eq=False)
class Sphere:
    """What a sphere has done by each time; arrays of shape (times,), and (times, cells) for the profiles.

    ``released`` is the share of drug, ``acid``, ``water`` and ``mass`` (of the polymer's molecules) are means over
    the sphere relative to the start (water: to outside). ``radius`` are the cells' places over R. ``balance`` is drug
    found inside and outside less the dose, at worst.
    """

    times: np.ndarray
    released: np.ndarray
    acid: np.ndarray
    water: np.ndarray
    mass: np.ndarray
    radius: np.ndarray
    acid_profile: np.ndarray
    mass_profile: np.ndarray
    balance: float

    def __str__(self):
        rows = "\n".join(f"{t:10.4g}  {f:8.4f}  {a:8.4g}  {m:8.4f}" for t, f, a, m in
                         zip(self.times, self.released, self.acid, self.mass, strict=True))
        return f"      time  released      acid      mass\n{rows}"

    def _repr_html_(self):
        return f"<pre>{self}</pre>"


def sphere(times, *, radius, diffusivity, k_degradation=0.0, d_acid=0.0, d_water=np.inf, f_ends=1e-6, cells=CELLS):
    """Solve a degrading sphere.

    Parameters
    ----------
    times : array (times,)
        Rising, from 0 or later.
    radius : float
    diffusivity : float or callable
        Of the drug, or a function of arrays (r/R, mass, water) of shape (cells,).
    k_degradation : float
        Rate at which mass falls at the start, 1/time.
    d_acid, d_water : float
        Diffusivities of acid and water; water may be infinitely fast.
    f_ends : float
        Share of acid ends among all ends and esters at the start, between 0 and 1.
    cells : int or array
        How many, or their edges in r/R from 0 to 1 (for layers with an edge between them).

    All in one set of units, such as um, day and um²/day.

    Returns
    -------
    Sphere

    Raises
    ------
    SolveError
        If a value is impossible or the integrator does not come through.
    """
    times = np.asarray(times, dtype=float)
    _check(times, radius=radius, k_degradation=k_degradation, d_acid=d_acid, d_water=d_water, f_ends=f_ends)
    law = diffusivity if callable(diffusivity) else lambda r, mass, water: np.full(r.shape, float(diffusivity))
    edges = graded(cells) if np.ndim(cells) == 0 else np.asarray(cells, dtype=float)
    if len(edges) < 3 or edges[0] != 0 or edges[-1] != 1 or np.any(np.diff(edges) <= 0):
        raise SolveError("cells must be two or more, or rising edges from 0 to 1")
    with np.errstate(divide="ignore", over="ignore"):  # no flux where nothing diffuses
        grid = _Grid(edges, radius, law, k_degradation, d_acid, d_water, f_ends / (1 - f_ends))
        found = _solved(grid, times, f"a sphere of radius {radius:g} could not be solved up to {times[-1]:g} with "
                        f"k_degradation {k_degradation:g} and d_acid {d_acid:g}; acid may grow without end, check "
                        f"these values")
    fields = found[:, :-1].reshape(len(times), -1, grid.fields)
    mean = 3 * np.einsum("tcf,c->tf", fields, grid.volumes)
    mass = grid.mass(fields[..., 2])
    return Sphere(times=times, released=found[:, -1], acid=mean[:, 1],
                  water=np.ones(len(times)) if grid.wet else mean[:, 3], mass=3 * mass @ grid.volumes,
                  radius=grid.place, acid_profile=fields[..., 1], mass_profile=mass,
                  balance=float(np.max(np.abs(mean[:, 0] + found[:, -1] - 1), initial=0.0)))


def graded(cells):
    """Edges from 0 to 1, (cells + 1,), each cell thinner than the one inside it by the same factor."""
    return np.expm1(-CROWDED * np.arange(cells + 1) / cells) / np.expm1(-CROWDED)


def _solved(grid, times, failed):
    """The state at every time, (times, states)."""
    begin = np.append(np.tile([1.0, 1.0, 1.0, 0.0][:grid.fields], len(grid.volumes)), 0.0)
    stops = times if times[0] == 0 else np.append(0.0, times)
    if len(stops) == 1:
        return begin[None]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ODEintWarning)  # said in our own words below
        found, told = odeint(grid.change, begin, stops, tfirst=True, Dfun=grid.jacobian, ml=grid.fields, mu=grid.fields,
                             rtol=RELATIVE, atol=ABSOLUTE, mxstep=MOST_STEPS, full_output=True)
    if told["message"] != "Integration successful." or not np.all(np.isfinite(found)):
        raise SolveError(failed)
    return found[len(stops) - len(times):]


class _Grid:
    """The equations on cells; a state holds drug, acid, esters (and water) cell by cell, then the released share."""

    def __init__(self, edges, radius, law, k, d_acid, d_water, ends):
        self.law, self.k, self.ends, self.wet = law, k, ends, np.isinf(d_water)
        self.fields = 3 if self.wet else 4
        self.volumes = np.diff(edges**3) / 3
        squares = np.diff(edges**5) / 5 / self.volumes
        self.place, self.every = np.sqrt(squares), np.ones_like(squares)
        # Resistances to the faces for a diffusivity of 1, exact for r²: cell to its outer face, and to its inner one.
        self.outward = radius**2 * (edges[1:] ** 2 - squares) / (2 * edges[1:] ** 3)
        self.inward = radius**2 * (squares[1:] - edges[1:-1] ** 2) / (2 * edges[1:-1] ** 3)
        self.ties = np.zeros((len(squares), self.fields))  # conductances of the outer faces; esters stay where they are
        self.ties[:, 1] = self.tied(d_acid * self.every)
        if not self.wet:
            self.ties[:, 3] = self.tied(d_water * self.every)
        self.outside = np.array([0.0, 0.0, 0.0, 1.0])[:self.fields]
        self.shares = np.repeat(1 / self.volumes[:, None], self.fields, axis=1)

    def tied(self, d):
        slow = self.every / d
        resistance = self.outward * slow
        resistance[:-1] += self.inward * slow[1:]
        return 1 / resistance

    def mass(self, esters):
        """Number-average molecular mass over that at the start."""
        return 1 / (1 + (1 - esters) / self.ends)

    def parts(self, state):
        """The state as (cells, fields), and its columns acid, esters and water; sets the conductances of the drug."""
        cells = state[:-1].reshape(-1, self.fields)
        e, w = cells[:, 2], self.every if self.wet else cells[:, 3]
        self.ties[:, 0] = self.tied(self.law(self.place, self.mass(e), w))
        return cells, cells[:, 1], e, w

    def change(self, _, state):
        if fast := loops.compiled():
            cells = state[:-1].reshape(-1, self.fields)
            d = self.every * self.law(self.place, self.mass(cells[:, 2]), self.every if self.wet else cells[:, 3])
            return fast.change(state, d, self.outside, self.outward, self.inward, self.ties, self.shares, self.k,
                               self.ends)
        cells, c, e, w = self.parts(state)
        flux = np.zeros((len(cells) + 1, self.fields))
        flux[1:] = cells
        flux[1:-1] -= cells[1:]
        flux[-1] -= self.outside
        flux[1:] *= self.ties
        found = np.empty_like(state)
        found[-1] = 3 * flux[-1, 0]
        rates = found[:-1].reshape(-1, self.fields)
        np.subtract(flux[:-1], flux[1:], out=rates)
        rates *= self.shares
        split = self.k * c * e
        if not self.wet:
            split *= w
        rates[:, 1] += split
        rates[:, 2] -= self.ends * split
        return found

    def jacobian(self, _, state):
        """Banded, as LSODA takes it: row ``fields + i - j`` of column j is d rate_i / d state_j.

        What the drug's diffusivity owes to esters and water is left out: Newton's steps find it, since neither
        depends on the drug.
        """
        _, c, e, w = self.parts(state)
        n, ties, shares = self.fields, self.ties, self.shares
        band = np.zeros((2 * n + 1, len(state)))
        own = -ties * shares
        own[1:] -= ties[:-1] * shares[1:]
        band[n, :-1] = own.ravel()
        band[0, n:-1] = (ties[:-1] * shares[:-1]).ravel()
        band[2 * n, :-1 - n] = (ties[:-1] * shares[1:]).ravel()
        band[2 * n, -1 - n] = 3 * ties[-1, 0]
        for column, slope in ((1, w * e), (2, w * c), (3, c * e))[:n - 1]:
            place = slice(column, -1, n)
            band[n + 1 - column, place] += self.k * slope
            band[n + 2 - column, place] -= self.ends * self.k * slope
        return band


def _check(times, *, f_ends, radius, **others):
    rising = times.ndim == 1 and len(times) and np.all(np.isfinite(times)) and np.all(np.diff(times) > 0)
    if not rising or times[0] < 0:
        raise SolveError("times must be one rising list of numbers from 0 on, such as [0, 1, 7, 14]")
    if not 0 < f_ends < 1:
        raise SolveError(f"f_ends = {f_ends:g} is not a share above 0 and below 1; a small one such as 0.01 is usual")
    for name, value in {"radius": radius, **others}.items():
        if not value >= 0 or (name == "radius" and not 0 < value < np.inf) or (np.isinf(value) and name != "d_water"):
            raise SolveError(f"{name} = {value:g} is not possible; give a number "
                             f"{'above 0' if name == 'radius' else 'from 0 on'}")
