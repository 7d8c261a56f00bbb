"""Hixson and Crowell's cube-root law: particles dissolve and keep their shape."""

from sympy import Rational, oo, symbols

from ... import laws
from ...environment import t
from ...model import Also, Curve, Parameter, share

t_end = symbols("t_end")

MODEL = Curve(
    name="hixson_crowell",
    title="Particles that dissolve from their surface: the cube-root law",
    released=1 - (laws.since(t_end, t) / t_end) ** 3,
    kinks=(t_end,),
    inverse=t_end * (1 - (1 - share) ** Rational(1, 3)),
    parameters=(
        Parameter(t_end, 40.0, "day", (0, oo), "time at which the particles are gone", scale="log"),
    ),
    also=(
        Also("k", 1 / t_end, "1/day", "rate constant as usually written, 1 - (1 - k t)^3"),
        Also("mean_release_time", t_end / 4, "day", "mean time until release"),
    ),
    references=("hixson1931",),
    remarks="The same curve as hopfenberg with n = 3.",
)
