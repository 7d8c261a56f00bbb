"""Makoid and Banakar's law as Phoenix has it: it reaches its end at t_max and stays there."""

from sympy import exp, oo, symbols

from ... import laws
from ...environment import t
from ...model import Curve, Parameter

t_max, b = symbols("t_max b")
reached = laws.until(t, t_max) / t_max

MODEL = Curve(
    name="phoenix_makoid_banakar",
    title="Damped power law of time that levels off",
    released=reached**b * exp(b * (1 - reached)),
    kinks=(t_max,),
    parameters=(
        Parameter(t_max, 30.0, "day", (0, oo), "time at which release ends", scale="log"),
        Parameter(b, 0.7, "1", (0.05, 10), "exponent", scale="log"),
    ),
    references=("phoenix_models", "makoid1993"),
    remarks="With a plateau (phoenix_makoid_banakar+plateau) this is the law of Phoenix with its Fmax. The curve up "
            "to t_max is that of makoid_banakar.",
)
