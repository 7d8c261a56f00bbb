"""Two first-order pools: a burst and a sustained release."""

from sympy import oo, symbols

from ... import laws
from ...environment import t
from ...model import Also, Curve, Parameter

f_burst, k_burst, k_sustained = symbols("f_burst k_burst k_sustained")

MODEL = Curve(
    name="biexponential",
    title="Two first-order pools side by side",
    released=f_burst * laws.first_order(t, k_burst) + (1 - f_burst) * laws.first_order(t, k_sustained),
    parameters=(
        Parameter(f_burst, 0.2, "1", (0, 1), "share of the dose in the fast pool"),
        Parameter(k_burst, 2.0, "1/day", (0, oo), "rate of the fast pool", scale="log"),
        Parameter(k_sustained, 0.05, "1/day", (0, oo), "rate of the slow pool", scale="log"),
    ),
    ordered=((k_sustained, k_burst),),
    also=(
        Also("mean_release_time", f_burst / k_burst + (1 - f_burst) / k_sustained, "day", "mean time until release"),
    ),
    references=("wagner1969",),
)
