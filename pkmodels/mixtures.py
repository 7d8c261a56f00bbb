"""Curves made of curves: spheres of many sizes, and two things measured on one carrier."""

from dataclasses import replace
from math import inf

import sympy
from numpy.polynomial.hermite import hermgauss
from sympy import Integer, Symbol, exp, sqrt, symbols

from .definition import Also, Parameter
from .errors import ModelError
from .model import Curve

sigma_sizes = symbols("sigma_sizes")
SIGMA = Parameter(sigma_sizes, 0.3, "1", (0, 1), "standard deviation of ln(radius)")
#: Nodes of the quadrature over log-normal sizes: errors below 3e-4 of the dose up to a spread of 0.8.
NODES = 15
OBSERVED = Symbol("observed")


def log_normal_sizes(curve, nodes=NODES):
    """The release of spheres whose radii are log-normal, by Gauss's and Hermite's quadrature.

    Volume, and so drug, is what is weighed: the radius (or diffusion time) of the curve is that of the median of
    volume. A median by number is smaller, ``ln Rv = ln Rn + 3 sigma²``. A spread of 0 is the curve itself.

    Parameters
    ----------
    curve : Curve
        One that says how it changes with size (its ``size``).
    nodes : int

    Raises
    ------
    ModelError
        If the curve does not say how it changes with size.
    """
    _check(curve)
    places, weights = hermgauss(nodes)
    factors = [exp(sqrt(2) * float(x) * sigma_sizes) for x in places]
    number = Also("number_median_over_volume_median", exp(-3 * sigma_sizes**2), "1",
                  "median radius by number over that by volume")
    return _mixed(curve, factors, [float(w) for w in weights / weights.sum()], (SIGMA,), number)


def with_sizes(curve, radii, shares, *, weighting="volume"):
    """The release of spheres of measured sizes, a histogram.

    Parameters
    ----------
    curve : Curve
        One that says how it changes with size. Its radius (or diffusion time) is then that of the mean radius by
        volume of these spheres, which is given as a further quantity.
    radii, shares : sequence of float
        Radii in any one unit, and how much of the spheres has them; shares need not add up to one.
    weighting : {"volume", "number"}
        What the shares count. Drug goes with volume, so numbers are weighed by the cube of the radius.

    Returns
    -------
    Curve
        Under the name of the curve with ``_of_sizes`` behind it.

    Raises
    ------
    ModelError
        If the curve does not say how it changes with size, or the histogram is none.
    """
    _check(curve)
    try:
        radii, shares = [float(r) for r in radii], [float(s) for s in shares]
    except (TypeError, ValueError):
        raise ModelError("radii and shares must be lists of numbers") from None
    if not radii or len(radii) != len(shares):
        raise ModelError(f"{len(radii)} radii and {len(shares)} shares are no histogram; give one share per radius")
    if not all(0 < r < inf for r in radii) or not all(0 <= s < inf for s in shares) or not any(shares):
        raise ModelError("radii must be above 0, and shares 0 or more with one of them above 0")
    if weighting not in ("volume", "number"):
        raise ModelError(f"weighting = {weighting!r} is not possible; give 'volume' or 'number'")
    if weighting == "number":
        shares = [s * r**3 for s, r in zip(shares, radii, strict=True)]
    shares = [s / sum(shares) for s in shares]
    mean = sum(s * r for s, r in zip(shares, radii, strict=True))
    mixed = _mixed(curve, [r / mean for r in radii], shares, (),
                   Also("mean_radius", sympy.Float(mean), "1", "mean radius by volume, as given"))
    return replace(mixed, name=f"{curve.name}_of_sizes", title=f"{curve.title}, out of spheres of measured sizes")


def either(release, other, *, name=None):
    """One curve for two things that are measured on the same carrier, with the parameters that they share.

    Parameters
    ----------
    release : Curve
    other : Curve
        Such as the share of molecular mass that is lost (`degradation/`).
    name : str, optional

    Returns
    -------
    Curve
        With a condition ``observed``, 0 for release and 1 for the other: a fit of many curves takes it from the
        study. Parameters of one name are one parameter.

    Raises
    ------
    ModelError
        If parameters of one name differ in unit or bounds, or the curves run on different clocks of one name.
    """
    if OBSERVED in {*release.inputs, *other.inputs}:
        raise ModelError(f"{release.name} and {other.name} tell things apart by 'observed' already")
    mine = {p.name: p for p in release.parameters}
    for p in other.parameters:
        if p.name in mine and (mine[p.name].unit, mine[p.name].bounds) != (p.unit, p.bounds):
            raise ModelError(f"{p.name} of {release.name} and of {other.name} differ in unit or bounds; rename one")
    for clock in set(release.clocks) & set(other.clocks):
        if release.clocks[clock] != other.clocks[clock]:
            raise ModelError(f"the clock {clock} of {release.name} and of {other.name} runs differently; rename one")
    return Curve(
        name=name or f"{release.name}_and_{other.name}", title=f"{release.title}; {other.title}",
        released=(1 - OBSERVED) * release.released + OBSERVED * other.released,
        clocks={**release.clocks, **other.clocks},
        parameters=(*release.parameters, *(p for p in other.parameters if p.name not in mine)),
        conditions={**release.conditions, **other.conditions, OBSERVED: "1"},
        kinks=(*release.kinks, *other.kinks), ordered=tuple(dict.fromkeys((*release.ordered, *other.ordered))),
        references=tuple(dict.fromkeys((*release.references, *other.references))),
        remarks="observed = 0 shows the release, 1 the other.")


def _check(curve):
    if not isinstance(curve, Curve) or not curve.size:
        raise ModelError(f"{curve.name} does not say how it changes with the size of the spheres, so it cannot be put "
                         f"together for many sizes; take crank_sphere, fick_sphere_film or a plga model")


def _mixed(curve, factors, shares, parameters, also):
    total = Integer(0)
    for factor, part in zip(factors, shares, strict=True):
        scaled = {symbol: symbol * factor**power for symbol, power in curve.size.items()}
        total += part * curve.released.xreplace(scaled)
    kept = tuple(a for a in curve.also if a.name != "mean_release_time")
    return replace(curve, released=total, parameters=(*curve.parameters, *parameters), also=(*kept, also), size={},
                   inverse=None)
