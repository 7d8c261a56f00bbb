"""Higuchi's square-root law."""

from sympy import Rational, oo, symbols

from ...environment import t
from ...model import Curve, Parameter, share

k = symbols("k")

MODEL = Curve(
    name="higuchi",
    title="Diffusion from a matrix: the square root of time",
    released=k * t ** Rational(1, 2),
    saturates=False,
    kinks=(1 / k**2,),
    inverse=(share / k) ** 2,
    parameters=(
        Parameter(k, 0.15, "1/day**0.5", (0, oo), "release constant", scale="log"),
    ),
    references=("higuchi1961",),
    remarks="Holds for about the first 60 % of release; a prediction holds the share at 1 once it is reached.",
)
