"""Drug that comes off polydopamine while some of it binds for good."""

from sympy import oo, symbols

from ...model import Also, Flow, Model, Parameter

bound, fixed, released = symbols("bound fixed released")
k_off, k_fixed = symbols("k_off k_fixed")

MODEL = Model(
    name="pda_irreversible",
    title="Desorption beside irreversible binding",
    start={bound: 1, fixed: 0, released: 0},
    flows=(
        Flow(bound, released, k_off * bound),
        Flow(bound, fixed, k_fixed * bound),
    ),
    observed=released,
    parameters=(
        Parameter(k_off, 0.3, "1/day", (0, oo), "rate of coming off", scale="log"),
        Parameter(k_fixed, 0.1, "1/day", (0, oo), "rate of binding for good", scale="log"),
    ),
    also=(Also("plateau", k_off / (k_off + k_fixed), "1", "share that is ever released"),),
    references=("menichetti2024",),
    remarks="What stays is bound for good: the plateau is k_off/(k_off + k_fixed). The same curve as "
            "first_order+plateau.",
)
