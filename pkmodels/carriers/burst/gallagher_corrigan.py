"""Gallagher and Corrigan: a first-order burst and an autocatalytic erosion."""

from sympy import oo, symbols

from ... import laws
from ...environment import t
from ...model import Curve, Parameter

f_burst, k_burst, k_erosion, t_middle = symbols("f_burst k_burst k_erosion t_middle")

MODEL = Curve(
    name="gallagher_corrigan",
    title="First-order burst and an autocatalytic (sigmoid) erosion",
    released=(f_burst * laws.first_order(t, k_burst)
              + (1 - f_burst) * laws.autocatalytic(t, k_erosion, t_middle)),
    parameters=(
        Parameter(f_burst, 0.2, "1", (0, 1), "share of the dose in the burst"),
        Parameter(k_burst, 1.5, "1/day", (0, oo), "rate of the burst", scale="log"),
        Parameter(k_erosion, 0.3, "1/day", (0, oo), "rate of the erosion", scale="log"),
        Parameter(t_middle, 14.0, "day", (0, oo), "time at which the erosion is fastest"),
    ),
    references=("gallagher2000",),
    remarks="Normalised: the sigmoid of the original is not zero at time 0; here its value there is taken off.",
)
