"""Zero order: the same share of the dose every hour, until it is spent."""

from sympy import oo, symbols

from ...environment import t
from ...model import Curve, Parameter, share

k = symbols("k")

MODEL = Curve(
    name="zero_order",
    title="Constant rate of release",
    released=k * t,
    saturates=False,
    kinks=(1 / k,),
    inverse=share / k,
    parameters=(
        Parameter(k, 0.05, "1/day", (0, oo), "share of the dose released per time", scale="log"),
    ),
    references=("wagner1969",),
    remarks="As written the share passes 1 at t = 1/k; a prediction holds it at 1 from there on.",
)
