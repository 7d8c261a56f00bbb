"""Diffusion out of a core in a shell, as SymPy functions; the numbers come from eigenmodes (`solve.layered`)."""

from sympy import Function, Integer

from .fick import _FromRest


class core_release(_FromRest):
    """Share released of a drug that starts in the core.

    Arguments: x = D_shell t/R² (R of the whole sphere), radius of the core over R, D_core/D_shell, concentration on
    the core's side of the interface over that on the shell's, Biot number h R/D_shell (``oo``: a perfect sink).
    """

    nargs = 5

    def fdiff(self, argindex=1):
        return core_release_rate(*self.args) if argindex == 1 else core_release_slope(Integer(argindex), *self.args)

    def _latex(self, printer, exp=None):
        return _named(r"F_{\mathrm{core}}", self.args, printer)


class core_release_rate(Function):
    """Derivative of `core_release` with respect to x."""

    nargs = 5


class core_release_slope(Function):
    """Derivative of `core_release` with respect to the argument whose number stands first."""

    nargs = 6


class shell_release(_FromRest):
    """Share released of a drug that starts in the shell; arguments as in `core_release`."""

    nargs = 5

    def fdiff(self, argindex=1):
        return shell_release_rate(*self.args) if argindex == 1 else shell_release_slope(Integer(argindex), *self.args)

    def _latex(self, printer, exp=None):
        return _named(r"F_{\mathrm{shell}}", self.args, printer)


class shell_release_rate(Function):
    """Derivative of `shell_release` with respect to x."""

    nargs = 5


class shell_release_slope(Function):
    """Derivative of `shell_release` with respect to the argument whose number stands first."""

    nargs = 6


def core_shell_mean_time(r_core, r_whole, d_core, d_shell, partition):
    """Mean time until a drug in the core is released into a perfect sink, in closed form."""
    return (r_core**2 / (15 * d_core)
            + ((r_whole**2 - r_core**2) / 2 + (partition - 1) * r_core**3 * (1 / r_core - 1 / r_whole)) / (3 * d_shell))


def _named(name, arguments, printer):
    return rf"{name}\left({', '.join(printer._print(a) for a in arguments)}\right)"
