"""Ion exchange of beads with a vessel: the plateau, what it says of the bead, and what it does not say of a patient."""

import math
from dataclasses import dataclass

from . import units
from .errors import PkmodelsError

#: Sodium of blood, at which the numbers of a bead are told, mol/L.
BLOOD_SALT = 0.15
#: Up to this share the sphere's far side is not felt, and the form for short times is exact in double precision.
SHORT = 0.3


@dataclass(frozen=True)
class Plateau:
    """Where a loaded bead stops in a closed vessel.

    Attributes
    ----------
    share : float
        Share of the dose that is released at equilibrium.
    beta : float
        Salt times volume over selectivity times drug.
    volume_l, salt_molar, loading : float
        The vessel, and the share of the bead's places that held drug.
    """

    share: float
    beta: float
    volume_l: float
    salt_molar: float
    loading: float

    @property
    def verdict(self):
        """What the number may be used for, in words."""
        return (f"{100 * self.share:.3g} % is where this bead stops in {1000 * self.volume_l:.4g} mL of "
                f"{self.salt_molar:.3g} mol/L salt. It is an equilibrium with that vessel: ten times the volume gives "
                f"{100 * _plateau(10 * self.beta, self.loading):.3g} %, a flow releases everything. It is no property "
                f"of the bead and must not be carried into a patient; k_exchange and v_exchange may (bead_in_tissue).")

    def __str__(self):
        return self.verdict


def exchange_plateau(*, volume, v_exchange, salt="0.15 mol/L", loading=1.0):
    """The share at which a bead stops in a closed vessel, with what it does not say.

    Parameters
    ----------
    volume : str
        Of the medium, such as ``"200 mL"``.
    v_exchange : str
        Volume of 0.15 mol/L salt that balances the loaded bead (selectivity times drug over salt), such as ``"1 L"``.
    salt : str
        Counter-ion of the medium.
    loading : float
        Share of the bead's places that hold drug at first.

    Returns
    -------
    Plateau

    Notes
    -----
    With beta = salt/(0.15 mol/L) volume/v_exchange and full loading the share is (sqrt(beta² + 4 beta) - beta)/2:
    mass action, one ion for one.
    """
    litres, exchange = _positive(volume, "L", "200 mL"), _positive(v_exchange, "L", "1 L")
    molar = _positive(salt, "mol/L", "0.15 mol/L")
    if not units.is_number(loading) or not 0 < loading <= 1:
        raise PkmodelsError(f"loading = {loading!r} is not possible; give a share above 0 and up to 1")
    beta = molar / BLOOD_SALT * litres / exchange
    if not 0 < beta < math.inf:
        raise PkmodelsError(f"'{volume}' and '{v_exchange}' are too far apart to compute with; check their units")
    return Plateau(_plateau(beta, loading), beta, litres, molar, float(loading))


def beta_of_plateau(share):
    """The beta of a fully loaded bead that stops at ``share``: share²/(1 - share)."""
    share = _share(share)
    return share**2 / (1 - share)


def boyd_time(share):
    """Boyd's B t = pi² D t/R² at which a sphere has exchanged ``share`` by diffusion inside it.

    The root of the whole series (Crank 1975), of which Boyd's two forms are approximations. Drawn against time, a
    straight line through the origin says that diffusion in the bead is what takes time.
    """
    share = _share(share)
    if share <= SHORT:
        # F = 6 sqrt(tau/pi) - 3 tau, written without the difference of two like numbers.
        return (math.pi * math.sqrt(math.pi) * share / 3 / (1 + math.sqrt(1 - math.pi * share / 3))) ** 2
    # From Boyd's form for long times, which is early everywhere, so that Newton's steps only go on.
    time = max(-math.log(math.pi**2 / 6 * (1 - share)), 0.1 * share**2)
    for _ in range(50):
        left = [math.exp(-(n * n) * time) for n in range(1, 41)]
        miss = 1 - share - 6 / math.pi**2 * sum(x / n**2 for n, x in enumerate(left, 1))
        step = miss / (6 / math.pi**2 * sum(left))
        time = max(time - step, time / 2)
        if abs(step) <= 1e-15 * time:
            break
    return time


def vermeulen_share(time):
    """Vermeulen's approximation sqrt(1 - exp(-B t)) of the share, up to 0.02 off."""
    if not units.is_number(time) or not time >= 0:
        raise PkmodelsError(f"B t = {time!r} is not possible; give a number from 0 on")
    return math.sqrt(-math.expm1(-time))


def _plateau(beta, loading):
    held = (1 / loading - 1) / beta + 1
    return 2 / (held + math.sqrt(held**2 + 4 / beta))


def _share(share):
    if not units.is_number(share) or not 0 <= share < 1:
        raise PkmodelsError(f"{share!r} is not a share below 1; give a number such as 0.21")
    return float(share)


def _positive(text, unit, example):
    number, said = units.quantity(text, unit, example)
    if not number > 0:
        raise PkmodelsError(f"'{text}' is not above zero; write for example '{example}'")
    return units.convert(number, said, unit)
