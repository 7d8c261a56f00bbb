"""Two sigmoid phases, one after the other."""

from sympy import oo, symbols

from ... import laws
from ...environment import t
from ...model import Curve, Parameter

f_first, k_first, t_first, k_second, t_second = symbols("f_first k_first t_first k_second t_second")

MODEL = Curve(
    name="double_sigmoid",
    title="Two logistic phases",
    released=(f_first * laws.autocatalytic(t, k_first, t_first)
              + (1 - f_first) * laws.autocatalytic(t, k_second, t_second)),
    parameters=(
        Parameter(f_first, 0.4, "1", (0, 1), "share of the dose in the first phase"),
        Parameter(k_first, 1.0, "1/day", (0, oo), "rate of the first phase", scale="log"),
        Parameter(t_first, 3.0, "day", (0, oo), "time at which the first phase is fastest"),
        Parameter(k_second, 0.4, "1/day", (0, oo), "rate of the second phase", scale="log"),
        Parameter(t_second, 20.0, "day", (0, oo), "time at which the second phase is fastest"),
    ),
    ordered=((t_first, t_second),),
    references=("duvvuri2006",),
    remarks="Sigmoid equations for PLGA microspheres are Duvvuri's idea; the equations of that paper were not seen. "
            "These are two logistic curves, each taken to begin at zero.",
)
