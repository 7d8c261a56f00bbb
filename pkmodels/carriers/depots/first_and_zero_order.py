"""One share absorbed at first order, the other at a constant rate (lenvatinib by mouth)."""

from sympy import oo, symbols

from ... import laws
from ...environment import t
from ...model import Curve, Parameter

f_first, k_first, t_zero = symbols("f_first k_first t_zero")

MODEL = Curve(
    name="first_and_zero_order",
    title="First-order and zero-order input side by side",
    released=f_first * laws.first_order(t, k_first) + (1 - f_first) * laws.until(t, t_zero) / t_zero,
    kinks=(t_zero,),
    parameters=(
        Parameter(f_first, 0.5, "1", (0, 1), "share absorbed at first order"),
        Parameter(k_first, 1.02, "1/h", (0, oo), "its rate", scale="log", source="Gupta 2016, Table 2 (Ka)"),
        Parameter(t_zero, 1.22, "h", (0, oo), "how long the constant input lasts", scale="log",
                  source="Gupta 2016, Table 2 (D1)"),
    ),
    references=("gupta2016",),
    remarks="How lenvatinib is shared out between the two was not found; a half is assumed.",
)
