"""How the molecular mass of a polyester falls: shares of the mass at the start, at an age in standard surroundings.

Number-average masses: the number of chains is one over the mass. An age is time at 37 °C and pH 7.4; in other
surroundings the age runs at the pace of `arrhenius` and `hydrolysis`.
"""

import sympy

from ..environment import pH
from .surroundings import arrhenius


def first_order_mass(age, rate):
    """``exp(-rate age)``: every ester is split with the same chance, few of them so far."""
    return sympy.exp(-rate * age)


def autocatalytic_mass(age, rate, f_ends):
    """Split esters become acid chain ends that split more: dC/dt = k C (E0 + C0 - C), exactly.

    Parameters
    ----------
    age : Expr
    rate : Expr
        At the start, k E0. With few ends it stays so, which is `first_order_mass`.
    f_ends : Expr
        C0/(E0 + C0), the ends' share of all ends and esters at the start: the mass falls to it in the end.
    """
    return f_ends + (1 - f_ends) * sympy.exp(-rate * age / (1 - f_ends))


def half_order_mass(age, rate):
    """Weak acid ends catalyse by the root of their number: dC/dt = k E0 sqrt(C), with k E0/sqrt(C0) = rate."""
    return (1 + rate * age / 2) ** -2


def mixed_mass(age, rate, k_acid, f_ends):
    """Splitting by water alone and by acid ends: dC/dt = (rate' + k_acid C/S)(S - C), S = E0 + C0, exactly.

    ``rate`` is the rate by water at the start in the units of `first_order_mass`, so rate' = rate f/(1 - f) with
    f = ``f_ends``; ``k_acid`` is that of the acid ends if all esters were ends.
    """
    by_water = rate * f_ends / (1 - f_ends)
    total = by_water + k_acid
    left = sympy.exp(-total * age)
    esters = total * (1 - f_ends) * left / (by_water + k_acid * f_ends + k_acid * (1 - f_ends) * left)
    return f_ends / (1 - esters)


def hydrolysis(acid_ratio, base_ratio, acidity=pH):
    """Factor on a rate relative to pH 7.4: k = kN + kH 10^(-pH) + kOH 10^(pH - 14).

    Parameters
    ----------
    acid_ratio, base_ratio : Expr
        Rates by acid and by base over that by water alone, all at pH 7.4.
    """
    standard = sympy.Rational(37, 5)
    return ((1 + acid_ratio * 10 ** (standard - acidity) + base_ratio * 10 ** (acidity - standard))
            / (1 + acid_ratio + base_ratio))


def hydrolysis_rate(k_neutral, k_acid, k_base, acidity=pH):
    """The rate itself, ``k_neutral + k_acid 10^(-pH) + k_base 10^(pH - 14)``."""
    return k_neutral + k_acid * 10**-acidity + k_base * 10 ** (acidity - 14)


def by_polymer(rate, *effects):
    """A rate for another polymer, ``rate · exp(Σ slope (value - reference))``.

    Parameters
    ----------
    rate : Expr
        Of the reference polymer.
    *effects : (value, reference, slope)
        Of the glycolide share, an end group (0 or 1), the logarithm of a mass: whatever ln(rate) is linear in.
    """
    return rate * sympy.exp(sum(slope * (value - reference) for value, reference, slope in effects))


def degradation_pace(ea_degradation, acid_ratio, base_ratio):
    """Pace of an age: Arrhenius' law times the effect of pH."""
    return arrhenius(ea_degradation) * hydrolysis(acid_ratio, base_ratio)
