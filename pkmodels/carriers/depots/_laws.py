"""Laws of published depots as SymPy functions; their numbers stand in `pkmodels/solve/depots.py`."""

from sympy import Function


class gamma_share(Function):
    """Share that has passed ``shape`` equal first-order steps, whole or not: the regularised P(shape, x).

    With x = (n + 1) t/MTT and shape = n + 1 the transit chain of Savic et al. 2007, with the true
    gamma function in place of Stirling's formula, so that it ends at one.
    """

    nargs = 2

    def _eval_is_zero(self):
        return self.args[0].is_zero

    def fdiff(self, argindex=1):
        return (gamma_share_rate if argindex == 1 else gamma_share_slope)(*self.args)

    def _latex(self, printer, exp=None):
        x, shape = (printer._print(a) for a in self.args)
        return rf"P\left({shape},\ {x}\right)" + (f"^{{{exp}}}" if exp else "")


class gamma_share_rate(Function):
    """Derivative of `gamma_share` with respect to x: x^(shape - 1) exp(-x)/Gamma(shape)."""

    nargs = 2


class gamma_share_slope(Function):
    """Derivative of `gamma_share` with respect to the shape."""

    nargs = 2


class two_steps(Function):
    """Share that has passed two first-order steps, ``1 - (y exp(-x) - x exp(-y))/(y - x)``, also where x = y."""

    nargs = 2

    def _eval_is_zero(self):
        return self.args[0].is_zero

    def fdiff(self, argindex=1):
        x, y = self.args if argindex == 1 else reversed(self.args)
        return two_steps_rate(x, y)

    def _latex(self, printer, exp=None):
        x, y = (printer._print(a) for a in self.args)
        return (rf"\left(1 - \frac{{{y} \exp\left(-{x}\right) - {x} \exp\left(-{y}\right)}}{{{y} - {x}}}\right)"
                + (f"^{{{exp}}}" if exp else ""))


class two_steps_rate(Function):
    """Derivative of `two_steps` with respect to its first argument."""

    nargs = 2


def transit(time, mean_time, count):
    """Share through ``count`` transit compartments and the step after them, of that mean time."""
    return gamma_share((count + 1) * time / mean_time, count + 1)
