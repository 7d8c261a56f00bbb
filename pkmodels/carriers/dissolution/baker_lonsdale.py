"""Baker and Lonsdale: drug dispersed in a sphere, released from behind a moving front."""

from sympy import Rational, oo, symbols

from ... import laws
from ...environment import t
from ...model import Also, Curve, Parameter, share

t_end = symbols("t_end")

MODEL = Curve(
    name="baker_lonsdale",
    title="Diffusion from a sphere that holds more drug than dissolves in it",
    released=laws.baker_lonsdale(laws.until(t, t_end) / t_end),
    kinks=(t_end,),
    inverse=2 * t_end * (Rational(3, 2) * (1 - (1 - share) ** Rational(2, 3)) - share),
    parameters=(
        Parameter(t_end, 120.0, "day", (0, oo), "time at which the front reaches the centre", scale="log"),
    ),
    also=(
        Also("k", 1 / (2 * t_end), "1/day", "constant as usually written, 3/2 (1 - (1 - F)^(2/3)) - F = k t"),
        Also("mean_release_time", t_end / 5, "day", "mean time until release"),
    ),
    references=("baker1974",),
    remarks="Solved for the share F in closed form (the middle root of a cubic), so no root has to be searched.",
)
