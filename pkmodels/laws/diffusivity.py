"""Diffusivities that grow as the polymer degrades, as the integral of D(age)/D(0): hours of diffusion at the first D.

Each is a closed form in the age (except Casalini's law, a quadrature) and so the ``total`` of a `Course`.
"""

import sympy
from sympy import Function

from ..dimensions import Constant
from .typesetting import power_of

#: Diffusivities that depend on the size of the spheres are given for this radius.
REFERENCE_RADIUS = Constant.of("radius_of_25_um", 25.0, "um")


class growth(Function):
    """``exp(x) - 1`` without loss of digits at small x."""

    nargs = 1

    def fdiff(self, argindex=1):
        return sympy.exp(self.args[0])

    def _eval_is_zero(self):
        return self.args[0].is_zero

    @classmethod
    def eval(cls, x):
        return sympy.Integer(0) if x == 0 else None

    def _latex(self, printer, exp=None):
        return power_of(rf"\left(e^{{{printer._print(self.args[0])}}} - 1\right)", exp)


class open_pores(Function):
    """``z Φ(z) + φ(z)``, the integral of the normal distribution function up to z."""

    nargs = 1

    def fdiff(self, argindex=1):
        return (1 + sympy.erf(self.args[0] / sympy.sqrt(2))) / 2

    def _latex(self, printer, exp=None):
        z = printer._print(self.args[0])
        return power_of(rf"\int_{{-\infty}}^{{{z}}} \Phi(z)\,dz", exp)


class casalini(Function):
    """``∫ exp(beta sqrt(1 - exp(-u))) du`` from 0 to x: diffusion in a polymer whose mass falls as exp(-x)."""

    nargs = 2

    def fdiff(self, argindex=1):
        x, beta = self.args
        return sympy.exp(beta * sympy.sqrt(-growth(-x))) if argindex == 1 else casalini_slope(x, beta)

    @classmethod
    def eval(cls, x, beta):
        return sympy.Integer(0) if x == 0 else None

    def _latex(self, printer, exp=None):
        x, beta = (printer._print(a) for a in self.args)
        return power_of(rf"\int_0^{{{x}}} e^{{{beta} \sqrt{{1 - e^{{-u}}}}}} du", exp)


class casalini_slope(Function):
    """Derivative of `casalini` with respect to beta."""

    nargs = 2

    def fdiff(self, argindex=1):
        if argindex == 2:
            raise sympy.core.function.ArgumentIndexError(self, argindex)
        x, beta = self.args
        root = sympy.sqrt(-growth(-x))
        return root * sympy.exp(beta * root)

    def _latex(self, printer, exp=None):
        x, beta = (printer._print(a) for a in self.args)
        return power_of(rf"\int_0^{{{x}}} \sqrt{{1 - e^{{-u}}}} e^{{{beta} \sqrt{{1 - e^{{-u}}}}}} du", exp)


def reciprocal_course(age, rate, f_polymer):
    """D = D0 + kM/Mw with Mw falling as exp(-rate age) (Faisant, Siepmann and Benoit 2002).

    ``f_polymer`` is the share of the first diffusivity that goes with 1/Mw.
    """
    return (1 - f_polymer) * age + f_polymer * growth(rate * age) / rate


def power_course(age, rate, power):
    """D proportional to Mw^(-power), Mw falling as exp(-rate age)."""
    return growth(power * rate * age) / (power * rate)


def casalini_course(age, rate, beta):
    """D = Dp exp(beta sqrt(1 - Mn/Mn0)), Mn falling as exp(-rate age) (Casalini et al. 2014)."""
    return casalini(rate * age, beta) / rate


def pore_course(age, t_open, t_width):
    """Pores open around ``t_open`` within a few ``t_width``: D(age) = D Φ((age - t_open)/t_width) (Rothstein et al.).

    The one course that counts in hours at the last diffusivity, that of open pores.
    """
    return t_width * (open_pores((age - t_open) / t_width) - open_pores(-t_open / t_width))


def apparent(diffusivity, radius, size_exponent):
    """Diffusivity in spheres of a radius, ``diffusivity (radius/25 um)^size_exponent``; 0 for plain diffusion.

    With 2 the release does not depend on the size at all: larger spheres keep their acid and open up faster.
    """
    return diffusivity * (radius / REFERENCE_RADIUS) ** size_exponent


def acid_number(radius, rate, diffusivity):
    """``R sqrt(k/D)``: how far generation of acid outruns its escape; beyond pi the acid in a sphere grows."""
    return radius * sympy.sqrt(rate / diffusivity)
