"""Gompertz's law in time as DDSolver has it."""

from sympy import exp, log, oo, symbols

from ... import laws
from ...environment import t
from ...model import Also, Curve, Parameter, share

k, t_fastest = symbols("k t_fastest")

MODEL = Curve(
    name="ddsolver_gompertz_time",
    title="Gompertz's law in time, not zero at time 0",
    released=laws.double_exponential(k * (t - t_fastest)),
    starts_at_zero=False,
    inverse=t_fastest - log(-log(share)) / k,
    parameters=(
        Parameter(k, 0.2, "1/day", (0, oo), "rate", scale="log"),
        Parameter(t_fastest, 8.0, "day", (0, oo), "time at which release is fastest (gamma)"),
    ),
    also=(
        Also("beta", exp(k * t_fastest), "1", "of DDSolver's Gompertz 4: exp(-beta exp(-k t))"),
    ),
    references=("zhang2010",),
    remarks="As DDSolver has it; does not begin at zero, so something is released before it can be. For comparing "
            "with that program; for anything else take gompertz_time.",
)
