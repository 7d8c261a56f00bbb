"""A stretched exponential whose clock has two speeds, below and above a transition temperature."""

from sympy import oo, symbols

from ... import laws
from ...environment import t
from ...laws.responsive import hot_share
from ...model import Curve, Parameter

t_cold, t_hot, t_middle, width, beta = symbols("t_cold t_hot t_middle width beta")

MODEL = Curve(
    name="heat_switch",
    title="Release that opens (or closes) around a transition temperature",
    released=laws.weibull(t, t_hot, beta),
    clocks={t: t_hot / t_cold + (1 - t_hot / t_cold) * hot_share(t_middle, width)},
    parameters=(
        Parameter(t_cold, 20.0, "day", (0, oo), "time at which 63.2 % is released far below the transition",
                  scale="log"),
        Parameter(t_hot, 0.5, "day", (0, oo), "the same far above it", scale="log"),
        Parameter(t_middle, 39.0, "degC", (0, 100), "temperature of the transition (LCST, melting of lipid)"),
        Parameter(width, 1.0, "K", (0.05, 20), "width of the transition", scale="log"),
        Parameter(beta, 0.9, "1", (0.05, 5), "shape: 1 is first order", scale="log"),
    ),
    references=("weibull1951", "friesen2022"),
    remarks="Neither of the two times need be the longer: gels have been measured that open above their transition and "
            "others that shut. One temperature shows only one time scale, so fit curves at several together.",
)
