"""A sphere in which drug, acid, esters and water vary along the radius: method of lines on graded finite volumes.

For checking the clocks, which take one polymer for the whole sphere, and for spheres so large that acid is caught
inside. What leaves a cell enters its neighbour, so drug is conserved to rounding error. With a constant diffusivity
the mean release time is exact (`layered`), and 60 cells give the release to 3e-4 of the dose.

Equations, with u the drug, c the acid and e the esters over their values at the start, w the water over that outside::

    du/dt = div(D(r, M, w) grad u)             u = 0 outside
    dc/dt = div(Da grad c) + k w c e           c = 0 outside
    de/dt = -k f/(1 - f) w c e                 f: acid ends among all ends and esters at the start
    dw/dt = div(Dw grad w)                     w = 1 outside
    M = 1/(1 + (1 - e)(1 - f)/f)               number-average molecular mass over that at the start

Without diffusion of acid this is `laws.autocatalytic_mass`, with few ends the linear generation of Ford Versypt et
al. (2015), without chemistry Crank's sphere.
"""

from dataclasses import dataclass

import numpy as np
from scipy.integrate import solve_ivp

from ..errors import SolveError
from .layered import _towards_end

CELLS = 60
#: Of the integrator; the grid's own error is larger.
RELATIVE, ABSOLUTE = 1e-7, 1e-10
_FIELDS = 4


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
    edges = _towards_end(int(cells)) if np.ndim(cells) == 0 else np.asarray(cells, dtype=float)
    if len(edges) < 3 or edges[0] != 0 or edges[-1] != 1 or np.any(np.diff(edges) <= 0):
        raise SolveError("cells must be two or more, or rising edges from 0 to 1")
    volumes = np.diff(edges**3) / 3
    squares = np.diff(edges**5) / 5 / volumes
    place = np.sqrt(squares)
    # Resistances to the faces for a diffusivity of 1, exact for r²: cell to its outer face, and to its inner one.
    outward = (edges[1:] ** 2 - squares) / (2 * edges[1:] ** 3)
    inward = (squares[1:] - edges[1:-1] ** 2) / (2 * edges[1:-1] ** 3)
    ends = f_ends / (1 - f_ends)
    wet = np.isinf(d_water)

    def spread(field, d, outside):
        """div(D grad field) over R², and what leaves the sphere."""
        d = np.broadcast_to(d, field.shape)
        with np.errstate(divide="ignore", over="ignore"):  # no flux where nothing diffuses
            flux = (field[:-1] - field[1:]) / (outward[:-1] / d[:-1] + inward / d[1:])
            last = (field[-1] - outside) / (outward[-1] / d[-1])
        flux = np.append(np.where(np.isfinite(flux), flux, 0.0), last if np.isfinite(last) else 0.0) / radius**2
        change = -flux
        change[1:] += flux[:-1]
        return change / volumes, flux[-1]

    def mass_of(e):
        return 1 / (1 + (1 - e) / ends)

    def change(_, state):
        u, c, e, w = state[:-1].reshape(-1, _FIELDS).T
        drug, leaving = spread(u, law(place, mass_of(e), w), 0.0)
        acid = spread(c, d_acid, 0.0)[0] if d_acid else 0.0
        split = k_degradation * w * c * e
        water = np.zeros_like(w) if wet else spread(w, d_water, 1.0)[0]
        rates = np.stack([drug, acid + split, -ends * split, water], axis=1)
        return np.append(rates.ravel(), 3 * leaving)

    start = np.tile([1.0, 1.0, 1.0, 1.0 if wet else 0.0], len(volumes))
    found = np.empty((len(times), len(start) + 1))
    found[times <= 0] = np.append(start, 0.0)
    later = times > 0
    if later.any():
        band = 2 * _FIELDS - 1
        solved = solve_ivp(change, (0.0, times[-1]), np.append(start, 0.0), method="LSODA", t_eval=times[later],
                           rtol=RELATIVE, atol=ABSOLUTE, lband=band, uband=band)
        if not solved.success or not np.all(np.isfinite(solved.y)):
            raise SolveError(f"a sphere of radius {radius:g} could not be solved up to {times[-1]:g} with "
                             f"k_degradation {k_degradation:g} and d_acid {d_acid:g}; acid may grow without end, "
                             f"check these values")
        found[later] = solved.y.T
    fields = found[:, :-1].reshape(len(times), -1, _FIELDS)
    mean = 3 * np.einsum("tcf,c->tf", fields, volumes)
    mass = mass_of(fields[..., 2])
    return Sphere(times=times, released=found[:, -1], acid=mean[:, 1], water=mean[:, 3], mass=3 * mass @ volumes,
                  radius=place, acid_profile=fields[..., 1], mass_profile=mass,
                  balance=float(np.max(np.abs(mean[:, 0] + found[:, -1] - 1), initial=0.0)))


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
