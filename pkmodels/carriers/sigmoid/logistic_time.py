"""A logistic curve in time, measured from its value at time 0."""

from sympy import log, oo, symbols

from ... import laws
from ...environment import t
from ...model import Curve, Parameter, share

k, t_middle = symbols("k t_middle")
begin = laws.logistic(-k * t_middle)

MODEL = Curve(
    name="logistic_time",
    title="Logistic (autocatalytic) course in time",
    released=laws.autocatalytic(t, k, t_middle),
    inverse=t_middle + log((begin + share * (1 - begin)) / ((1 - share) * laws.logistic(k * t_middle))) / k,
    parameters=(
        Parameter(k, 0.3, "1/day", (0, oo), "rate", scale="log"),
        Parameter(t_middle, 14.0, "day", (0, oo), "time at which release is fastest (gamma)"),
    ),
    references=("prout_tompkins1944", "zhang2010"),
    remarks="Normalised: the published curve is not zero at time 0; here its value there is taken off. "
            "ddsolver_logistic_time has it as published.",
)
