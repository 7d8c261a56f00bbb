"""Absorption through a chain of transit compartments, such as lymph on the way from a depot."""

from sympy import oo, symbols

from ..model import Flow, Model, Parameter

first, second, third, site, absorbed = symbols("first second third site absorbed")
t_transit = symbols("t_transit")

MODEL = Model(
    name="transit_absorption",
    title="Absorption through three transit compartments",
    start={first: 0, second: 0, third: 0, site: 0, absorbed: 0},
    inlet=first,
    amount="mg",
    flows=(
        Flow(first, second, 4 / t_transit * first),
        Flow(second, third, 4 / t_transit * second),
        Flow(third, site, 4 / t_transit * third),
        Flow(site, absorbed, 4 / t_transit * site),
    ),
    observed=absorbed,
    parameters=(
        Parameter(t_transit, 2.0, "h", (0, oo), "mean time from the first compartment to the blood", scale="log"),
    ),
    references=("savic2007",),
    remarks="For a number of compartments that is not whole there is the release model transit.",
)
