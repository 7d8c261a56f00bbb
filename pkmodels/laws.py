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


class until(Function):
    """Time up to an end: ``min(time, end)``, with derivatives."""

    same_unit = True
    nargs = 2

    def fdiff(self, argindex=1):
        step = Heaviside(self.args[0] - self.args[1], 1)
        return 1 - step if argindex == 1 else step

    def _latex(self, printer, exp=None):
        time, end = (printer._print(a) for a in self.args)
        return rf"\min\left({time}, {end}\right)" + (f"^{{{exp}}}" if exp else "")


class logistic(Function):
    """``1/(1 + exp(-y))``, which neither overflows nor loses its derivative far below."""

    nargs = 1

    def fdiff(self, argindex=1):
        return logistic(self.args[0]) * logistic(-self.args[0])

    def _latex(self, printer, exp=None):
        return _power(rf"\frac{{1}}{{1 + \exp\left({printer._print(-self.args[0])}\right)}}", exp)


class mean_decay(Function):
    """``(1 - exp(-y))/y``, the mean of exp(-s) over s from 0 to y; 1 at y = 0, where two rates are equal."""

    nargs = 1

    def fdiff(self, argindex=1):
        return mean_decay_slope(self.args[0])

    def _latex(self, printer, exp=None):
        y = printer._print(self.args[0])
        return _power(rf"\frac{{1 - \exp\left(-\left({y}\right)\right)}}{{{y}}}", exp)


class mean_decay_slope(Function):
    """Derivative of `mean_decay`."""

    nargs = 1


class double_exponential(Function):
    """``exp(-exp(-y))``: Gompertz's law and the distribution of largest values."""

    nargs = 1

    def fdiff(self, argindex=1):
        return double_exponential_rate(self.args[0])

    def _latex(self, printer, exp=None):
        return _power(rf"\exp\left(- \exp\left({printer._print(-self.args[0])}\right)\right)", exp)


class double_exponential_rate(Function):
    """Derivative of `double_exponential`."""

    nargs = 1


class baker_lonsdale(Function):
    """Share F at which 3/2 (1 - (1 - F)^(2/3)) - F = x/2, for x from 0 to 1, where all is released."""

    nargs = 1

    def fdiff(self, argindex=1):
        return baker_lonsdale_rate(self.args[0])

    def _latex(self, printer, exp=None):
        text = (rf"F:\ \tfrac{{3}}{{2}}\left(1 - (1 - F)^{{2/3}}\right) - F = "
                rf"\tfrac{{1}}{{2}} {printer._print(self.args[0])}")
        return _power(text, exp)


class baker_lonsdale_rate(Function):
    """Derivative of `baker_lonsdale`."""

    nargs = 1


class _FromRest(Function):
    """Share released by diffusion at the time x = D t/length², which is nothing at x = 0."""

    def _eval_is_zero(self):
        return self.args[0].is_zero


class sphere_release(_FromRest):
    r"""Share released from a sphere with constant diffusivity into a perfect sink.

    ``1 - 6/pi² Σ exp(-n² pi² x)/n²`` with x = D t/R² (Crank, The Mathematics of Diffusion, 1975).
    """

    nargs = 1

    def fdiff(self, argindex=1):
        return sphere_release_rate(self.args[0])

    def _latex(self, printer, exp=None):
        return _series(r"\frac{6}{n^{2} \pi^{2}}", r"n^{2} \pi^{2}", printer._print(self.args[0]), exp)


class sphere_release_rate(Function):
    """Derivative of `sphere_release`: ``6 Σ exp(-n² pi² x)``."""

    nargs = 1

    def _latex(self, printer, exp=None):
        text = rf"6 \sum_{{n=1}}^{{\infty}} \exp\left(- n^{{2}} \pi^{{2}} {printer._print(self.args[0])}\right)"
        return _power(text, exp)


class slab_release(_FromRest):
    """Share released through both faces of a slab of thickness L, x = D t/L² (Crank 1975)."""

    nargs = 1

    def fdiff(self, argindex=1):
        return slab_release_rate(self.args[0])

    def _latex(self, printer, exp=None):
        return _series(r"\frac{8}{(2n-1)^{2} \pi^{2}}", r"(2n-1)^{2} \pi^{2}", printer._print(self.args[0]), exp)


class slab_release_rate(Function):
    """Derivative of `slab_release`."""

    nargs = 1


class cylinder_release(_FromRest):
    """Share released through the side of a long cylinder, x = D t/R² (Crank 1975)."""

    nargs = 1

    def fdiff(self, argindex=1):
        return cylinder_release_rate(self.args[0])

    def _latex(self, printer, exp=None):
        return _series(r"\frac{4}{a_{n}^{2}}", r"a_{n}^{2}", printer._print(self.args[0]), exp,
                       r"J_{0}(a_{n}) = 0")


class cylinder_release_rate(Function):
    """Derivative of `cylinder_release`."""

    nargs = 1


class film_release(_FromRest):
    """Share released from a sphere behind a film of Biot number Bi = h R/(D K), x = D t/R² (Crank 1975)."""

    nargs = 2

    def fdiff(self, argindex=1):
        return film_release_rate(*self.args) if argindex == 1 else film_release_slope(*self.args)

    def _latex(self, printer, exp=None):
        x, number = (printer._print(a) for a in self.args)
        weight = (rf"\frac{{6 {number}^{{2}}}}{{q_{{n}}^{{2}}\left(q_{{n}}^{{2}} + {number}({number} - 1)\right)}}")
        return _series(weight, r"q_{n}^{2}", x, exp, rf"q_{{n}} \cot q_{{n}} = 1 - {number}")


class film_release_rate(Function):
    """Derivative of `film_release` with respect to x."""

    nargs = 2


class film_release_slope(Function):
    """Derivative of `film_release` with respect to the Biot number."""

    nargs = 2


class bath_release(_FromRest):
    """Released share of what leaves a sphere in the end in a bath of ``ratio`` = V/(K V_spheres) (Crank 1975)."""

    nargs = 2

    def fdiff(self, argindex=1):
        return bath_release_rate(*self.args) if argindex == 1 else bath_release_slope(*self.args)

    def _latex(self, printer, exp=None):
        x, ratio = (printer._print(a) for a in self.args)
        a = rf"\left({ratio}\right)"
        weight = rf"\frac{{6 {a}\left({a} + 1\right)}}{{9 + 9 {a} + q_{{n}}^{{2}} {a}^{{2}}}}"
        return _series(weight, r"q_{n}^{2}", x, exp,
                       rf"\tan q_{{n}} = \frac{{3 q_{{n}}}}{{3 + {a} q_{{n}}^{{2}}}}")


class bath_release_rate(Function):
    """Derivative of `bath_release` with respect to x."""

    nargs = 2


class bath_release_slope(Function):
    """Derivative of `bath_release` with respect to the ratio."""

    nargs = 2


def _power(text, exp):
    return rf"\left({text}\right)^{{{exp}}}" if exp else text


def _series(weight, rate, x, exp, roots=""):
    """One less a sum of exponentials, typeset, with the equation of its roots."""
    text = rf"1 - \sum_{{n=1}}^{{\infty}} {weight} \exp\left(- {rate} {x}\right)"
    return _power(rf"\left({text},\ {roots}\right)" if roots else text, exp)


def weibull(time, t_scale, shape):
    """Share released by Weibull's law, ``1 - exp(-(time/t_scale)^shape)``."""
    return 1 - sympy.exp(-((time / t_scale) ** shape))


def first_order(time, rate):
    """Share released by a first-order process."""
    return 1 - sympy.exp(-rate * time)


def autocatalytic(time, rate, t_middle):
    """Share converted by dE/dt = k E (1 - E), measured from its value at time 0, so that it begins at zero."""
    begin = logistic(-rate * t_middle)
    return (logistic(rate * (time - t_middle)) - begin) / logistic(rate * t_middle)


def hill(time, t_half, exponent):
    """Share released by Hill's law, ``time^h/(t_half^h + time^h)``."""
    return logistic(exponent * sympy.log(time / t_half))


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
