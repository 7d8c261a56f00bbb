"""Second order: a rate in proportion to the square of what is left."""

from sympy import oo, symbols

from ...environment import t
from ...model import Also, Curve, Parameter, share

k = symbols("k")

MODEL = Curve(
    name="second_order",
    title="Rate in proportion to the square of the drug that is left",
    released=k * t / (1 + k * t),
    inverse=share / (k * (1 - share)),
    parameters=(
        Parameter(k, 0.1, "1/day", (0, oo), "rate", scale="log"),
    ),
    also=(
        Also("t_half", 1 / k, "day", "time at which half is released (Km of the Michaelis-Menten form)"),
    ),
    references=("michaelis1913",),
    remarks="dF/dt = k (1 - F)^2. With a plateau P it is P k t/(1 + k t), often written P^2 k' t/(1 + P k' t) with "
            "k' = k/P. The same curve as t/(t_half + t) and as hill with h = 1.",
)
