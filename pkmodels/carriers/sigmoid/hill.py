"""Hill's law: logistic in the logarithm of time."""

from sympy import log, oo, symbols

from ... import laws
from ...environment import t
from ...model import Also, Curve, Parameter, share, time_unit

t_half, h = symbols("t_half h")

MODEL = Curve(
    name="hill",
    title="Hill's law, logistic in the logarithm of time",
    released=laws.hill(t, t_half, h),
    inverse=t_half * (share / (1 - share)) ** (1 / h),
    parameters=(
        Parameter(t_half, 10.0, "day", (0, oo), "time at which half is released", scale="log"),
        Parameter(h, 1.5, "1", (0.1, 20), "steepness", scale="log"),
    ),
    also=(
        Also("alpha", -h * log(t_half / time_unit), "1",
             "of DDSolver's logistic law: y = alpha + beta log10(time), exp(y)/(1 + exp(y))"),
        Also("beta", h * log(10), "1", "of the same, per decade of time (logarithm to the base 10)"),
    ),
    references=("hill1910", "zhang2010"),
    remarks="t^h/(t_half^h + t^h). DDSolver's logistic 1 and the reciprocal powered time law are the same curve with "
            "other constants.",
)
