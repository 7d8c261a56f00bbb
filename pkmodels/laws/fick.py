"""Diffusion with a constant diffusivity: slab, cylinder, sphere, film and bath."""

from sympy import Function

from .typesetting import power_of


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
        return power_of(text, exp)


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


def _series(weight, rate, x, exp, roots=""):
    """One less a sum of exponentials, typeset, with the equation of its roots."""
    text = rf"1 - \sum_{{n=1}}^{{\infty}} {weight} \exp\left(- {rate} {x}\right)"
    return power_of(rf"\left({text},\ {roots}\right)" if roots else text, exp)
