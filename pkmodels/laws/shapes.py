"""Steps in time, and shapes of curves, as SymPy functions with derivatives."""

import sympy
from sympy import Function, Heaviside

from .typesetting import power_of


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
        return power_of(rf"\frac{{1}}{{1 + \exp\left({printer._print(-self.args[0])}\right)}}", exp)


class mean_decay(Function):
    """``(1 - exp(-y))/y``, the mean of exp(-s) over s from 0 to y; 1 at y = 0, where two rates are equal."""

    nargs = 1

    def fdiff(self, argindex=1):
        return mean_decay_slope(self.args[0])

    def _latex(self, printer, exp=None):
        y = printer._print(self.args[0])
        return power_of(rf"\frac{{1 - \exp\left(-\left({y}\right)\right)}}{{{y}}}", exp)


class mean_decay_slope(Function):
    """Derivative of `mean_decay`."""

    nargs = 1


class double_exponential(Function):
    """``exp(-exp(-y))``: Gompertz's law and the distribution of largest values."""

    nargs = 1

    def fdiff(self, argindex=1):
        return double_exponential_rate(self.args[0])

    def _latex(self, printer, exp=None):
        return power_of(rf"\exp\left(- \exp\left({printer._print(-self.args[0])}\right)\right)", exp)


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
        return power_of(text, exp)


class baker_lonsdale_rate(Function):
    """Derivative of `baker_lonsdale`."""

    nargs = 1


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
