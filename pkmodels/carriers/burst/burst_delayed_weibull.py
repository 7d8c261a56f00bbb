"""A first-order burst, then a Weibull release that begins after a lag."""

from sympy import oo, symbols

from ... import laws
from ...environment import t
from ...model import Curve, Parameter

f_burst, k_burst, t_lag, t_scale, beta = symbols("f_burst k_burst t_lag t_scale beta")

MODEL = Curve(
    name="burst_delayed_weibull",
    title="First-order burst and a Weibull release after a lag",
    released=(f_burst * laws.first_order(t, k_burst)
              + (1 - f_burst) * laws.weibull(laws.since(t, t_lag), t_scale, beta)),
    kinks=(t_lag,),
    parameters=(
        Parameter(f_burst, 0.2, "1", (0, 1), "share of the dose in the burst"),
        Parameter(k_burst, 2.0, "1/day", (0, oo), "rate of the burst", scale="log"),
        Parameter(t_lag, 2.0, "day", (0, oo), "lag before the sustained release begins"),
        Parameter(t_scale, 15.0, "day", (0, oo), "time scale of the sustained release, from the lag on", scale="log"),
        Parameter(beta, 1.2, "1", (0.1, 10), "shape of the sustained release", scale="log"),
    ),
    references=("weibull1951",),
)
