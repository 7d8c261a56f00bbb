"""Hopfenberg's law: a slab, cylinder or sphere eroded from its surface."""

from sympy import oo, symbols

from ... import laws
from ...environment import t
from ...model import Also, Curve, Parameter, share

t_scale, n = symbols("t_scale n")

MODEL = Curve(
    name="hopfenberg",
    title="Erosion of a slab (n = 1), cylinder (2) or sphere (3) from its surface",
    released=1 - (laws.since(n * t_scale, t) / (n * t_scale)) ** n,
    kinks=(n * t_scale,),
    inverse=n * t_scale * (1 - (1 - share) ** (1 / n)),
    parameters=(
        Parameter(t_scale, 14.0, "day", (0, oo), "time in which the dose would leave at the first rate", scale="log"),
        Parameter(n, 3.0, "1", (0.2, 1e5), "shape: 1 slab, 2 cylinder, 3 sphere", scale="log"),
    ),
    also=(
        Also("k", 1 / (n * t_scale), "1/day", "rate constant as usually written, 1 - (1 - k t)^n"),
        Also("t_end", n * t_scale, "day", "time at which all has eroded"),
        Also("mean_release_time", n * t_scale / (n + 1), "day", "mean time until release"),
    ),
    references=("hopfenberg1976",),
    remarks="Give n (fixed) where the shape is known: k and n together are hardly identifiable. Large n is "
            "first_order with the rate 1/t_scale; n = 1 is zero order up to the dose; n = 3 is hixson_crowell.",
)
