"""Transit compartments, whole or not, with one rate (tablets; Savic et al. 2007)."""

from sympy import oo, symbols

from ...environment import t
from ...model import Also, Curve, Parameter
from ._laws import transit

t_transit, n = symbols("t_transit n")

MODEL = Curve(
    name="transit",
    title="Chain of transit compartments",
    released=transit(t, t_transit, n),
    parameters=(
        Parameter(t_transit, 10.0, "h", (0, oo), "mean time until release", scale="log"),
        Parameter(n, 3.0, "1", (0, 60), "number of transit compartments, before the step that releases"),
    ),
    also=(Also("k_transit", (n + 1) / t_transit, "1/h", "rate of every step"),),
    references=("savic2007",),
    remarks="n need not be whole: the share is the incomplete gamma function P(n + 1, (n + 1) t/t_transit), "
            "exact where Stirling's formula for n! releases a little more than the dose. n = 0 is first order.",
)
