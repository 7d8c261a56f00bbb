"""Probit in the logarithm of time: release times with a log-normal distribution."""

from sympy import Integer, erfc, erfinv, exp, log, oo, sqrt, symbols

from ...environment import t
from ...model import Also, Curve, Parameter, share, time_unit

t_half, sigma = symbols("t_half sigma")
root_two = sqrt(Integer(2))

MODEL = Curve(
    name="probit",
    title="Release times with a log-normal distribution (probit)",
    released=erfc(-log(t / t_half) / (sigma * root_two)) / 2,
    inverse=t_half * exp(sigma * root_two * erfinv(2 * share - 1)),
    parameters=(
        Parameter(t_half, 10.0, "day", (0, oo), "time at which half is released", scale="log"),
        Parameter(sigma, 0.9, "1", (0.02, 10), "spread of the natural logarithm of the release times", scale="log"),
    ),
    also=(
        Also("alpha", -log(t_half / time_unit) / sigma, "1",
             "of DDSolver's probit law: the normal distribution function of alpha + beta log10(time)"),
        Also("beta", log(10) / sigma, "1", "of the same, per decade of time (logarithm to the base 10)"),
        Also("mean_release_time", t_half * exp(sigma**2 / 2), "day", "mean time until release"),
    ),
    references=("zhang2010",),
)
