"""Diffusion with first-order loss around a sphere that gives off drug, without or with neighbours.

With u = r C and x = r - R the equation is that of a slab, with the flux at R as a boundary of the
third kind. One sphere alone: inverse Laplace transform of exp(-p x)/(s (p + 1/R)), p = √((s + k)/D).
Among equal neighbours: no flux at b, the radius of the tissue that belongs to one (a Krogh cell);
eigenfunctions cos αx + sin αx/(αR). Everything is per milligram or per milligram and hour.
"""

import numpy as np
from scipy.special import erfc, erfcx

#: Below this D t/(b - R)² no neighbour is felt; above it so many terms of the series are exact.
_EARLY, _TERMS = 0.005, 40
#: Where loss and curvature weigh alike to so much, the formula's limit is taken.
_ALIKE = 1e-4


def cell_radius(count, volume):
    """Radius b of the tissue that belongs to each of ``count`` spheres in ``volume``, (3 V/(4 pi n))^(1/3)."""
    return (3 * volume / (4 * np.pi * count)) ** (1 / 3)


def steady(x, radius, diffusion, loss, wall=None):
    """Concentration at a constant release of 1 mg/h after endless time, mg/L; infinite where nothing takes drug away.

    Parameters
    ----------
    x : array
        Distance from the surface, dm.
    radius, diffusion, loss : float
        dm, dm²/h, 1/h.
    wall : float, optional
        Radius of the no-flux cell, dm.
    """
    x = np.asarray(x, dtype=float)
    r, phi = radius + x, np.sqrt(loss / diffusion)
    if wall is None:
        return np.exp(-phi * x) / (4 * np.pi * diffusion * r * (1 + phi * radius))
    if loss == 0:
        return np.full(x.shape, np.inf)

    def shape(distance):
        """Solution without flux at the wall and its slope, less the factor exp(phi (b - R))."""
        near, far = np.exp(phi * (radius - wall + distance)), np.exp(phi * (radius - wall - distance))
        cosh, sinh = (near + far) / 2, (near - far) / 2
        return phi * wall * cosh - sinh, phi * cosh - phi**2 * wall * sinh

    at_surface, slope = shape(wall - radius)
    return shape(wall - r)[0] / (at_surface / radius - slope) / (4 * np.pi * radius * diffusion * r)


def step_response(x, time, radius, diffusion, loss, wall=None):
    """Concentration (mg/L) when 1 mg/h has been released for ``time`` hours, shape (times, points).

    Parameters
    ----------
    x : array (points,)
        Distance from the surface, dm.
    time : array (times,)
        Hours; nothing is there up to 0.
    radius, diffusion, loss, wall
        As in `steady`.
    """
    return _in_time(x, time, radius, diffusion, loss, wall, _alone, _among)


def impulse_response(x, time, radius, diffusion, loss, wall=None):
    """Concentration (mg/L) ``time`` hours after 1 mg was released at once; arguments as in `step_response`."""
    return _in_time(x, time, radius, diffusion, loss, wall, _alone_at_once, _among_at_once)


def _in_time(x, time, radius, diffusion, loss, wall, alone, among):
    """The form for early times, when no neighbour is felt, and the one for late times, each where it holds."""
    x, time = np.atleast_1d(np.asarray(x, dtype=float)), np.atleast_1d(np.asarray(time, dtype=float))
    found = np.zeros((len(time), len(x)))
    until = np.inf if wall is None else _EARLY * (wall - radius) ** 2 / diffusion
    early, late = (time > 0) & (time <= until), time > until
    if early.any():
        found[early] = alone(x, time[early][:, None], radius, diffusion, loss)
    if late.any():
        found[late] = among(x, time[late][:, None], radius, diffusion, loss, wall)
    return found


def _alone_at_once(x, time, radius, diffusion, loss):
    reach = np.sqrt(diffusion * time)
    bell = np.exp(-(x**2) / (4 * diffusion * time) - loss * time)
    width = 1 / np.sqrt(np.pi) - reach / radius * erfcx(x / (2 * reach) + reach / radius)
    return bell * width / (4 * np.pi * radius * reach * (radius + x))


def _among_at_once(x, time, radius, diffusion, loss, wall):
    rates, weights = _modes(x, radius, diffusion, loss, wall)
    return np.exp(-time * rates) @ weights


def _alone(x, time, radius, diffusion, loss):
    h, phi = 1 / radius, np.sqrt(loss / diffusion)
    reach = np.sqrt(diffusion * time)
    bell = np.exp(-(x**2) / (4 * diffusion * time) - loss * time)

    def tail(b):
        """exp(b x + (b² D - k) t) erfc(x/(2 √(D t)) + b √(D t)), which does not overflow."""
        return bell * erfcx(x / (2 * reach) + b * reach)

    arrived = np.exp(-phi * x) * erfc(x / (2 * reach) - phi * reach) / (2 * (phi + h))
    if abs(h - phi) > _ALIKE * h:
        rest = (tail(phi) / 2 - h / (h + phi) * tail(h)) / (h - phi)
    else:
        middle = (h + phi) / 2
        place = x / (2 * reach) + middle * reach
        bend = bell * reach * (2 * place * erfcx(place) - 2 / np.sqrt(np.pi))
        rest = -(phi / (middle + phi) ** 2 * tail(middle) + middle / (middle + phi) * bend)
    return (arrived + rest) / (4 * np.pi * radius * diffusion * (radius + x))


def _among(x, time, radius, diffusion, loss, wall):
    rates, weights = _modes(x, radius, diffusion, loss, wall)
    if loss > 0:
        return steady(x, radius, diffusion, loss, wall) - (np.exp(-time * rates) / rates) @ weights
    # Without loss the whole cell fills at one rate, under a profile that stands still.
    r, volume = radius + x, (wall**3 - radius**3) / 3
    filling = 1 / (4 * np.pi * volume)
    square, inverse = filling / (6 * diffusion), filling * wall**3 / (3 * diffusion)
    level = -(square * (wall**5 - radius**5) / 5 + inverse * (wall**2 - radius**2) / 2) / volume
    fading = (np.exp(-time * rates[1:]) / rates[1:]) @ weights[1:]
    return filling * time + square * r**2 + inverse / r + level - fading


def _modes(x, radius, diffusion, loss, wall):
    """Rates (terms,) and weights (terms, points) of the decay after an impulse."""
    from scipy.optimize import brentq  # loads slowly

    span = wall - radius
    theta = np.array([brentq(lambda q: (1 + q**2 * wall * radius / span**2) * np.sin(q) - q * np.cos(q),
                             n * np.pi, (n + 0.5) * np.pi, xtol=1e-14) for n in range(1, _TERMS + 1)])[:, None]
    alpha = theta / span
    lean = 1 / (alpha * radius)
    norm = (span / 2 * (1 + lean**2) + (1 - lean**2) * np.sin(2 * theta) / (4 * alpha)
            + lean * np.sin(theta) ** 2 / alpha)
    waves = np.cos(alpha * x) + lean * np.sin(alpha * x)
    flat = np.full(np.shape(x), 3 / (4 * np.pi * (wall**3 - radius**3)))
    weights = np.vstack([flat[None], waves / (4 * np.pi * radius * norm * (radius + x))])
    return np.append(loss, diffusion * alpha[:, 0] ** 2 + loss), weights
