"""Three Weibull pools side by side."""

from sympy import oo, symbols

from ... import laws
from ...environment import t
from ...model import Also, Curve, Parameter

f_first, f_second = symbols("f_first f_second")
t_first, beta_first, t_second, beta_second, t_third, beta_third = symbols(
    "t_first beta_first t_second beta_second t_third beta_third")

MODEL = Curve(
    name="triple_weibull",
    title="Three Weibull pools side by side",
    released=(f_first * laws.weibull(t, t_first, beta_first)
              + (1 - f_first) * (f_second * laws.weibull(t, t_second, beta_second)
                                 + (1 - f_second) * laws.weibull(t, t_third, beta_third))),
    parameters=(
        Parameter(f_first, 0.25, "1", (0, 1), "share of the dose in the first pool"),
        Parameter(f_second, 0.4, "1", (0, 1), "share of the remaining dose in the second pool"),
        Parameter(t_first, 0.5, "day", (0, oo), "time scale of the first pool", scale="log"),
        Parameter(beta_first, 0.8, "1", (0.1, 10), "shape of the first pool", scale="log"),
        Parameter(t_second, 8.0, "day", (0, oo), "time scale of the second pool", scale="log"),
        Parameter(beta_second, 2.0, "1", (0.1, 10), "shape of the second pool", scale="log"),
        Parameter(t_third, 35.0, "day", (0, oo), "time scale of the third pool", scale="log"),
        Parameter(beta_third, 4.0, "1", (0.1, 10), "shape of the third pool", scale="log"),
    ),
    ordered=((t_first, t_second), (t_second, t_third)),
    also=(
        Also("f_third", (1 - f_first) * (1 - f_second), "1", "share of the dose in the third pool"),
    ),
    references=("weibull1951",),
    remarks="Eight parameters: for finely sampled curves with three phases only.",
)
