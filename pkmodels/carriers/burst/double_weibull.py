"""Two Weibull pools side by side."""

from sympy import oo, symbols

from ... import laws
from ...environment import t
from ...model import Curve, Parameter

f_first, t_first, beta_first, t_second, beta_second = symbols("f_first t_first beta_first t_second beta_second")

MODEL = Curve(
    name="double_weibull",
    title="Two Weibull pools side by side",
    released=(f_first * laws.weibull(t, t_first, beta_first)
              + (1 - f_first) * laws.weibull(t, t_second, beta_second)),
    parameters=(
        Parameter(f_first, 0.3, "1", (0, 1), "share of the dose in the first pool"),
        Parameter(t_first, 1.0, "day", (0, oo), "time scale of the first pool", scale="log"),
        Parameter(beta_first, 0.8, "1", (0.1, 10), "shape of the first pool", scale="log"),
        Parameter(t_second, 20.0, "day", (0, oo), "time scale of the second pool", scale="log"),
        Parameter(beta_second, 2.0, "1", (0.1, 10), "shape of the second pool", scale="log"),
    ),
    ordered=((t_first, t_second),),
    references=("weibull1951",),
)
