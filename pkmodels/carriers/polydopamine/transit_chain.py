"""Release at the end of a chain of equal steps: late, and never before its time."""

from sympy import oo, symbols

from ...environment import t
from ...model import Also, Curve, Parameter
from ..depots._laws import gamma_share

n, t_mean = symbols("n t_mean")

MODEL = Curve(
    name="transit_chain",
    title="A chain of equal first-order steps",
    released=gamma_share(n * t / t_mean, n),
    parameters=(
        Parameter(n, 9.4, "1", (0.2, 200), "number of steps (need not be whole)", scale="log"),
        Parameter(t_mean, 13.2, "day", (0, oo), "mean time until release", scale="log"),
    ),
    also=(
        Also("t_step", t_mean / n, "day", "mean time of one step"),
        Also("mean_release_time", t_mean, "day", "mean time until release"),
    ),
    references=("savic2007",),
    remarks="The gamma law (Erlang's for whole n): one step is first_order, many are a lag. A smooth lag that never "
            "turns negative.",
)
