"""Weibull's law with its time scale."""

from sympy import gamma, log, oo, symbols

from ... import laws
from ...environment import t
from ...model import Also, Curve, Parameter, share

t_scale, beta = symbols("t_scale beta")

MODEL = Curve(
    name="weibull",
    title="Stretched exponential",
    released=laws.weibull(t, t_scale, beta),
    inverse=t_scale * (-log(1 - share)) ** (1 / beta),
    parameters=(
        Parameter(t_scale, 14.0, "day", (0, oo), "time at which 63.2 % is released", scale="log"),
        Parameter(beta, 0.9, "1", (0.02, 10), "shape: below 1 it begins steeply, above 1 it is S-shaped", scale="log"),
    ),
    also=(
        Also("alpha", t_scale**beta, "time**beta", "scale as often written, 1 - exp(-t^beta/alpha)"),
        Also("mean_release_time", t_scale * gamma(1 + 1 / beta), "day", "mean time until release"),
    ),
    references=("weibull1951", "langenbucher1972"),
)
