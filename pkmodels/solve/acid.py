"""Whether a degrading sphere keeps its acid: generation against escape."""

import math
from dataclasses import dataclass

from .. import units
from ..errors import SolveError

#: Of R sqrt(k/D): beyond it the acid in a sphere with a clean surface grows without end (in the linear theory).
CRITICAL = math.pi


@dataclass(frozen=True)
class AcidCriterion:
    """The number ``R sqrt(k/D)``, the radius (um) at which it is pi, and what that means in words."""

    number: float
    critical_radius_um: float
    verdict: str

    def __str__(self):
        return self.verdict

    def _repr_html_(self):
        return f"<p>{self.verdict}</p>"


def acid_criterion(*, radius, k_degradation, d_acid):
    """Say whether acid is caught inside a sphere and speeds its degradation from within.

    The acid obeys dC/dt = D div grad C + k C with C = 0 at the surface (Ford Versypt et al. 2015); its slowest mode
    goes as exp((k - pi² D/R²) t), so it grows beyond R sqrt(k/D) = pi.

    Parameters
    ----------
    radius, k_degradation, d_acid : str
        With units: ``"53 um"``, ``"0.1 1/day"``, ``"1e-12 cm^2/s"`` (the acid's, in the wet polymer).

    Returns
    -------
    AcidCriterion

    Raises
    ------
    UnitError, SolveError
        For a wrong unit or a number that is not above 0.
    """
    given = {"radius": (radius, "um", "53 um"), "k_degradation": (k_degradation, "1/day", "0.1 1/day"),
             "d_acid": (d_acid, "um^2/day", "1e-12 cm^2/s")}
    inside = {}
    for name, (text, kind, example) in given.items():
        number, unit = units.quantity(text, kind, example)
        if not 0 < number < math.inf:
            raise SolveError(f"{name} = {text} is not possible; give a number above 0, such as '{example}'")
        inside[name] = units.convert(number, unit, kind)
    number = inside["radius"] * math.sqrt(inside["k_degradation"] / inside["d_acid"])
    critical = CRITICAL * math.sqrt(inside["d_acid"] / inside["k_degradation"])
    return AcidCriterion(number, critical, acid_verdict(number, critical))


def acid_verdict(number, critical=None):
    """The verdict on a number ``R sqrt(k/D)``; with the critical radius (um) if it is known."""
    at = "" if critical is None else f" (at {critical:.3g} um radius)"
    if number < CRITICAL:
        return (f"R sqrt(k/D) = {number:.3g} is below pi{at}: acid escapes faster than it forms, so the sphere "
                f"degrades evenly and one mass for the whole of it is fair")
    return (f"R sqrt(k/D) = {number:.3g} is above pi{at}: acid forms faster than it escapes, so the inside degrades "
            f"first and one mass for the whole sphere is not fair; solve it along the radius (solve.radial)")
