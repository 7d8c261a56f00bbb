"""A logistic curve in time as DDSolver has it."""

from sympy import log, oo, symbols

from ... import laws
from ...environment import t
from ...model import Curve, Parameter, share

k, t_middle = symbols("k t_middle")

MODEL = Curve(
    name="ddsolver_logistic_time",
    title="Logistic course in time, not zero at time 0",
    released=laws.logistic(k * (t - t_middle)),
    starts_at_zero=False,
    inverse=t_middle + log(share / (1 - share)) / k,
    parameters=(
        Parameter(k, 0.3, "1/day", (0, oo), "rate", scale="log"),
        Parameter(t_middle, 14.0, "day", (0, oo), "time at which half is released (gamma)"),
    ),
    references=("zhang2010",),
    remarks="As DDSolver has it; does not begin at zero, so something is released before it can be. For comparing "
            "with that program; for anything else take logistic_time.",
)
