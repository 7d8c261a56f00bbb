"""Gompertz's law in the logarithm of time."""

from sympy import log, oo, symbols

from ... import laws
from ...environment import t
from ...model import Also, Curve, Parameter, share, time_unit

t_scale, b = symbols("t_scale b")

MODEL = Curve(
    name="gompertz",
    title="Gompertz's law in the logarithm of time",
    released=laws.double_exponential(b * log(t / t_scale)),
    inverse=t_scale * (-log(share)) ** (-1 / b),
    parameters=(
        Parameter(t_scale, 8.0, "day", (0, oo), "time at which 36.8 % is released", scale="log"),
        Parameter(b, 1.2, "1", (0.1, 20), "steepness", scale="log"),
    ),
    also=(
        Also("alpha", (t_scale / time_unit) ** b, "1",
             "of DDSolver's Gompertz law: exp(-alpha exp(-beta log10(time)))"),
        Also("beta", b * log(10), "1", "of the same, per decade of time (logarithm to the base 10)"),
    ),
    references=("gompertz1825", "zhang2010"),
    remarks="exp(-(t_scale/t)^b), which is Frechet's distribution. It begins very flat and ends very slowly.",
)
