"""A zero-order burst, and a rest that takes two first-order steps (triptorelin under the skin)."""

from sympy import oo, symbols

from ... import laws
from ...environment import t
from ...model import Curve, Parameter
from ._laws import two_steps

f_burst, t_burst, k_slower, k_faster = symbols("f_burst t_burst k_slower k_faster")

MODEL = Curve(
    name="burst_two_steps",
    title="Zero-order burst beside two first-order steps in a row",
    released=f_burst * laws.until(t, t_burst) / t_burst + (1 - f_burst) * two_steps(k_slower * t, k_faster * t),
    kinks=(t_burst,),
    parameters=(
        Parameter(f_burst, 0.605, "1", (0, 1), "share that the burst gives at a constant rate",
                  source="Tornøe 2007, Table 3 (Fr)"),
        Parameter(t_burst, 1.77, "h", (0, oo), "how long the burst lasts", scale="log",
                  source="Tornøe 2007, Table 3 (duration of the zero-order release)"),
        Parameter(k_slower, 0.06134, "1/day", (0, oo), "rate of the slower step", scale="log",
                  source="Tornøe 2007, Table 3: half-life 11.3 d"),
        Parameter(k_faster, 0.08752, "1/day", (0, oo), "rate of the faster step", scale="log",
                  source="Tornøe 2007, Table 3: half-life 7.92 d"),
    ),
    ordered=((k_slower, k_faster),),
    references=("tornoe2007",),
    remarks="Values: triptorelin 3.75 mg under the skin of healthy men. The two steps may be exchanged without "
            "changing the curve, so the slower one comes first.",
)
