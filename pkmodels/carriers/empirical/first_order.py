"""First order: a rate in proportion to what is left."""

from sympy import log, oo, symbols

from ... import laws
from ...environment import t
from ...model import Curve, Parameter, share

k = symbols("k")

MODEL = Curve(
    name="first_order",
    title="Rate in proportion to the drug that is left",
    released=laws.first_order(t, k),
    inverse=-log(1 - share) / k,
    parameters=(
        Parameter(k, 0.1, "1/day", (0, oo), "release rate", scale="log"),
    ),
    references=("wagner1969", "gibaldi1967"),
)
