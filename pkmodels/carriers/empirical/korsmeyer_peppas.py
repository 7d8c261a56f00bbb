"""Korsmeyer and Peppas's power law."""

from sympy import oo, symbols

from ...environment import t
from ...model import Also, Curve, Parameter, share

t_full, n = symbols("t_full n")

MODEL = Curve(
    name="korsmeyer_peppas",
    title="Power law of time",
    released=(t / t_full) ** n,
    saturates=False,
    kinks=(t_full,),
    inverse=t_full * share ** (1 / n),
    parameters=(
        Parameter(t_full, 30.0, "day", (0, oo), "time at which the power law reaches the whole dose", scale="log"),
        Parameter(n, 0.5, "1", (0.05, 3), "release exponent"),
    ),
    also=(
        Also("k", t_full**-n, "1/time**n", "release constant as usually written, released = k t^n"),
    ),
    references=("korsmeyer1983", "ritger1987"),
    remarks="The exponent speaks of a mechanism only for the first 60 % of release. Written with a time scale, "
            "because the usual constant k has a unit that changes with n.",
)
