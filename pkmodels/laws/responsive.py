"""Laws of carriers that answer their surroundings: acid, heat, light, salt."""

import sympy
from sympy import Function

from ..environment import T, pH
from .shapes import logistic

#: The pH at which an acid-labile linker has the rate of its model.
BLOOD_PH = sympy.Rational(37, 5)


class polymer_share(Function):
    """Volume share p of polymer in a swollen gel by Flory and Rehner.

    ``ln(1 - p) + p + chi p² + N p0 ((p/p0)^(1/3) - p/(2 p0)) = 0`` with the interaction parameter ``chi``, the density
    of crosslinks ``N`` (molar volume of the solvent times crosslinks per dry volume) and the share ``p0`` at which
    the gel was made. Of several roots one is given.
    """

    nargs = 3

    def fdiff(self, argindex=1):
        chi, crosslinks, made = self.args
        p = self
        ratio = p / made
        by_p = -1 / (1 - p) + 1 + 2 * chi * p + crosslinks * (ratio ** sympy.Rational(-2, 3) / 3 - sympy.Rational(1, 2))
        by = {1: p**2, 2: made * (ratio ** sympy.Rational(1, 3) - ratio / 2),
              3: crosslinks * 2 * ratio ** sympy.Rational(1, 3) / 3}[argindex]
        return -by / by_p


def acid_share(pka, cooperativity=1, acidity=pH):
    """Share that is protonated, ``1/(1 + 10^(n (pH - pKa)))``; Henderson and Hasselbalch for n = 1, else Hill."""
    return logistic(sympy.log(10) * cooperativity * (pka - acidity))


def hot_share(middle, width, temperature=T):
    """Share that has passed a transition at ``middle``, Boltzmann's ``1/(1 + exp(-(T - middle)/width))``."""
    return logistic((temperature - middle) / width)


def acid_cleavage(acidity=pH):
    """Factor on the rate of an acid-labile linker relative to pH 7.4: ten times for each unit of pH."""
    return 10 ** (BLOOD_PH - acidity)


def obstruction(polymer):
    """Factor on a diffusivity among polymer of volume share ``polymer``, ``((1 - p)/(1 + p))²``."""
    return ((1 - polymer) / (1 + polymer)) ** 2


def exchange_release(time, beta, loading):
    """Share that an ion exchanger has given to a closed vessel; ``time`` in units of its first-order uptake of salt.

    dF/dt = 1 - F - F (F + 1/loading - 1)/beta (mass action, one for one), solved exactly. ``beta`` is salt times volume
    over selectivity times drug; ``loading`` the share of the bead's places that held drug at first.
    """
    held = (1 / loading - 1) / beta + 1
    root = sympy.sqrt(held**2 + 4 / beta)
    plateau = 2 / (held + root)
    gone = sympy.exp(-root * time)
    return plateau * (1 - gone) / (1 + plateau**2 / beta * gone)
