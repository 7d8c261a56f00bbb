"""Most of the dose at first order, the rest through transit compartments (leuprolide, 3-month depot)."""

from sympy import oo, symbols

from ...model import Flow, Model, Parameter

immediate, first, second, third, fourth, site, released = symbols("immediate first second third fourth site released")
f_immediate, k_immediate, t_transit, k_delayed = symbols("f_immediate k_immediate t_transit k_delayed")

MODEL = Model(
    name="first_order_and_delayed",
    title="First-order share beside one delayed by three transit compartments",
    start={immediate: f_immediate, first: 1 - f_immediate, second: 0, third: 0, fourth: 0, site: 0, released: 0},
    flows=(
        Flow(immediate, released, k_immediate * immediate),
        Flow(first, second, 4 / t_transit * first),
        Flow(second, third, 4 / t_transit * second),
        Flow(third, fourth, 4 / t_transit * third),
        Flow(fourth, site, 4 / t_transit * fourth),
        Flow(site, released, k_delayed * site),
    ),
    observed=released,
    parameters=(
        Parameter(f_immediate, 0.92, "1", (0, 1), "share absorbed at once", source="Lim 2026, Table 2 (FRAC)"),
        Parameter(k_immediate, 0.441, "1/day", (0, oo), "its rate", scale="log", source="Lim 2026, Table 2 (Ka1)"),
        Parameter(t_transit, 34.1, "day", (0, oo), "mean time in the transit compartments", scale="log",
                  source="Lim 2026, Table 2 (MTT, N = 3 fixed)"),
        Parameter(k_delayed, 0.00879, "1/day", (0, oo), "rate of the delayed share", scale="log",
                  source="Lim 2026, Table 2 (Ka2)"),
    ),
    references=("lim2026", "savic2007"),
    remarks="Values: leuprolide acetate 3-month depot in children. The paper wrote 3! by Stirling's formula, 5.8362 "
            "for 6, so its delayed share is 2.81 % larger than here, where drug is neither made nor lost.",
)
