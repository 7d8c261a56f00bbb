"""Laws as SymPy expressions and functions, to be used in any model."""

import sympy
from sympy import Function, Heaviside

from .dimensions import Constant
from .environment import T, pH

#: Molar gas constant (CODATA 2018, exact by definition of the SI).
GAS_CONSTANT = Constant.of("gas_constant", 8.31446261815324, "J/mol/K")
ZERO_CELSIUS = Constant.of("zero_celsius", 273.15, "K")
BODY_TEMPERATURE = Constant.of("body_temperature", 310.15, "K")


class since(Function):
    """Time since a lag: ``max(time - lag, 0)``, with derivatives."""

    same_unit = True
    nargs = 2

    def fdiff(self, argindex=1):
        step = Heaviside(self.args[0] - self.args[1], 0)
        return step if argindex == 1 else -step

    def _latex(self, printer, exp=None):
        time, lag = (printer._print(a) for a in self.args)
        return rf"\left({time} - {lag}\right)_{{+}}" + (f"^{{{exp}}}" if exp else "")


class sphere_release(Function):
    r"""Share released from a sphere with constant diffusivity into a perfect sink.

    ``1 - 6/pi² Σ exp(-n² pi² x)/n²`` with x = D t/R² (Crank, The Mathematics of Diffusion, 1975).
    """

    nargs = 1

    def fdiff(self, argindex=1):
        return sphere_release_rate(self.args[0])

    def _eval_is_zero(self):
        return self.args[0].is_zero

    def _latex(self, printer, exp=None):
        x = printer._print(self.args[0])
        text = (rf"1 - \frac{{6}}{{\pi^{{2}}}} \sum_{{n=1}}^{{\infty}} \frac{{1}}{{n^{{2}}}} "
                rf"\exp\left(- n^{{2}} \pi^{{2}} {x}\right)")
        return rf"\left({text}\right)^{{{exp}}}" if exp else text


class sphere_release_rate(Function):
    """Derivative of `sphere_release`: ``6 Σ exp(-n² pi² x)``."""

    nargs = 1

    def _latex(self, printer, exp=None):
        text = rf"6 \sum_{{n=1}}^{{\infty}} \exp\left(- n^{{2}} \pi^{{2}} {printer._print(self.args[0])}\right)"
        return rf"\left({text}\right)^{{{exp}}}" if exp else text


def weibull(time, t_scale, shape):
    """Share released by Weibull's law, ``1 - exp(-(time/t_scale)^shape)``."""
    return 1 - sympy.exp(-((time / t_scale) ** shape))


def first_order(time, rate):
    """Share released by a first-order process."""
    return 1 - sympy.exp(-rate * time)


def autocatalytic(time, rate, t_middle):
    """Share converted by dE/dt = k E (1 - E), measured from its value at time 0, so that it begins at zero."""
    begin = 1 / (1 + sympy.exp(rate * t_middle))
    now = 1 / (1 + sympy.exp(-rate * (time - t_middle)))
    return (now - begin) / (1 - begin)


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
