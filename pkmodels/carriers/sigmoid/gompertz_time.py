"""Gompertz's law in time, measured from its value at time 0."""

from sympy import exp, log, oo, symbols

from ... import laws
from ...environment import t
from ...model import Also, Curve, Parameter, share

k, t_fastest = symbols("k t_fastest")
begin = laws.double_exponential(-k * t_fastest)

MODEL = Curve(
    name="gompertz_time",
    title="Gompertz's law in time",
    released=(laws.double_exponential(k * (t - t_fastest)) - begin) / (1 - begin),
    inverse=t_fastest - log(-log(begin + share * (1 - begin))) / k,
    parameters=(
        Parameter(k, 0.2, "1/day", (0, oo), "rate", scale="log"),
        Parameter(t_fastest, 8.0, "day", (0, oo), "time at which release is fastest (gamma)"),
    ),
    also=(
        Also("beta", exp(k * t_fastest), "1", "of DDSolver's Gompertz 4: exp(-beta exp(-k t))"),
    ),
    references=("gompertz1825", "zhang2010"),
    remarks="Normalised: the published curve is not zero at time 0; here its value there is taken off. "
            "ddsolver_gompertz_time has it as published.",
)
