"""A stretched exponential whose clock follows Arrhenius."""

from sympy import oo, symbols

from ... import laws
from ...environment import t
from ...model import Curve, Parameter

t_scale, activation_energy, beta = symbols("t_scale activation_energy beta")

MODEL = Curve(
    name="arrhenius_release",
    title="Release whose rate follows Arrhenius in temperature",
    released=laws.weibull(t, t_scale, beta),
    clocks={t: laws.arrhenius(activation_energy)},
    parameters=(
        Parameter(t_scale, 14.0, "day", (0, oo), "time at which 63.2 % is released at 37 °C", scale="log"),
        Parameter(activation_energy, 95.0, "kJ/mol", (0, 2000), "activation energy"),
        Parameter(beta, 0.9, "1", (0.05, 5), "shape: 1 is first order", scale="log"),
    ),
    references=("weibull1951",),
    remarks="The activation energy needs curves at two temperatures or more. Across a glass transition one energy "
            "does not hold. Several hundred kJ/mol are no barrier of one molecule but the foot of a transition, beyond "
            "which the rate stops rising (heat_switch).",
)
