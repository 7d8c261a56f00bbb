"""How temperature and pH change a rate."""

import sympy

from ..dimensions import Constant
from ..environment import T, pH

#: Molar gas constant (CODATA 2018, exact by definition of the SI).
GAS_CONSTANT = Constant.of("gas_constant", 8.31446261815324, "J/mol/K")
ZERO_CELSIUS = Constant.of("zero_celsius", 273.15, "K")
BODY_TEMPERATURE = Constant.of("body_temperature", 310.15, "K")


def arrhenius(activation_energy, temperature=T):
    """Factor on a rate relative to 37 °C, ``exp(-Ea/R (1/T - 1/310.15 K))``."""
    inverse = 1 / (temperature + ZERO_CELSIUS) - 1 / BODY_TEMPERATURE
    return sympy.exp(-activation_energy / GAS_CONSTANT * inverse)


def boltzmann(low, high, middle, width, temperature=T):
    """A rate that goes from ``low`` to ``high`` around ``middle`` within a few ``width`` (LCST and the like)."""
    return low + (high - low) / (1 + sympy.exp(-(temperature - middle) / width))


def acid_switch(low, high, pka, cooperativity=1, acidity=pH):
    """A rate that goes from ``low`` (alkaline) to ``high`` (acid) around ``pka``; Henderson–Hasselbalch for 1."""
    return low + (high - low) / (1 + 10 ** (cooperativity * (acidity - pka)))
