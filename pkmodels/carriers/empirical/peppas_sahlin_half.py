"""Peppas and Sahlin's law with the exponent of a film, m = 1/2."""

from sympy import Rational, oo, sqrt, symbols

from ... import laws
from ...environment import t
from ...model import Curve, Parameter, share

k_fickian, k_relaxation = symbols("k_fickian k_relaxation")

MODEL = Curve(
    name="peppas_sahlin_half",
    title="Square root of time and time itself, added",
    released=k_fickian * t ** Rational(1, 2) + k_relaxation * t,
    saturates=False,
    peak=(k_fickian / laws.since(-2 * k_relaxation, 0)) ** 2,
    inverse=(2 * share / (k_fickian + sqrt(k_fickian**2 + 4 * k_relaxation * share))) ** 2,
    parameters=(
        Parameter(k_fickian, 0.1, "1/day**0.5", (0, oo), "Fickian constant, k1", scale="log"),
        Parameter(k_relaxation, 0.005, "1/day", (-oo, oo), "constant of relaxation, k2"),
    ),
    references=("peppas1989",),
    remarks="With a negative k_relaxation the law falls in the end; a prediction holds its highest share. Without "
            "relaxation it is higuchi.",
)
