"""A stretched exponential whose clock runs faster in acid: Henderson-Hasselbalch or Hill in pH."""

from sympy import oo, symbols

from ... import laws
from ...environment import t
from ...laws.responsive import acid_share
from ...model import Curve, Parameter

t_acid, t_neutral, pka, cooperativity, beta = symbols("t_acid t_neutral pka cooperativity beta")

MODEL = Curve(
    name="acid_switch",
    title="Release that acid speeds up (or slows down) around a pKa",
    released=laws.weibull(t, t_acid, beta),
    clocks={t: t_acid / t_neutral + (1 - t_acid / t_neutral) * acid_share(pka, cooperativity)},
    parameters=(
        Parameter(t_acid, 1.0, "day", (0, oo), "time at which 63.2 % is released far in the acid", scale="log"),
        Parameter(t_neutral, 6.0, "day", (0, oo), "the same far in the alkaline", scale="log"),
        Parameter(pka, 6.5, "1", (0, 14), "pH at which the rate is half-way"),
        Parameter(cooperativity, 1.0, "1", (0.2, 20), "groups that switch together: 1 is Henderson-Hasselbalch",
                  scale="log"),
        Parameter(beta, 0.9, "1", (0.05, 5), "shape: 1 is first order", scale="log"),
    ),
    references=("weibull1951", "menichetti2024"),
    remarks="With one group (cooperativity 1) two pH values d apart can differ in rate by 10^d at most: 7.9 times "
            "between 6.5 and 7.4. One pH shows only one time scale, so fit curves at several pH together.",
)
