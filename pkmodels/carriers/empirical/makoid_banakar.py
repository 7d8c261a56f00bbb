"""Makoid and Banakar's law as DDSolver has it: a power of time that is damped."""

from sympy import exp, oo, symbols

from ...environment import t
from ...model import Also, Curve, Parameter

t_full, n, c = symbols("t_full n c")

MODEL = Curve(
    name="makoid_banakar",
    title="Power law of time, damped exponentially",
    released=(t / t_full) ** n * exp(-c * t),
    saturates=False,
    peak=n / c,
    parameters=(
        Parameter(t_full, 30.0, "day", (0, oo), "time at which the undamped power law reaches the dose", scale="log"),
        Parameter(n, 0.6, "1", (0.05, 3), "exponent"),
        Parameter(c, 0.01, "1/day", (0, oo), "rate of damping", scale="log"),
    ),
    also=(
        Also("k", t_full**-n, "1/time**n", "constant as usually written, k t^n exp(-c t)"),
        Also("t_peak", n / c, "day", "time at which the law has its highest share"),
    ),
    references=("makoid1993", "zhang2010"),
    remarks="As written it falls after n/c, which drug does not; a prediction holds the highest share from there on. "
            "phoenix_makoid_banakar levels off instead. Without damping it is korsmeyer_peppas.",
)
