"""A parabola in time."""

from sympy import oo, sqrt, symbols

from ... import laws
from ...environment import t
from ...model import Curve, Parameter, share

k_linear, k_quadratic = symbols("k_linear k_quadratic")

MODEL = Curve(
    name="quadratic",
    title="A parabola in time",
    released=k_quadratic * t**2 + k_linear * t,
    saturates=False,
    peak=k_linear / laws.since(-2 * k_quadratic, 0),
    inverse=2 * share / (k_linear + sqrt(k_linear**2 + 4 * k_quadratic * share)),
    parameters=(
        Parameter(k_linear, 0.03, "1/day", (0, oo), "first rate, k2 of DDSolver", scale="log"),
        Parameter(k_quadratic, 0.0003, "1/day**2", (-oo, oo), "curvature, k1 of DDSolver"),
    ),
    references=("polli1997", "zhang2010"),
    remarks="Describes points and explains nothing. With a negative k_quadratic it falls in the end; a prediction "
            "holds its highest share.",
)
