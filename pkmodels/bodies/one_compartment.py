"""One compartment with first-order elimination."""

from sympy import log, oo, symbols

from ..model import Also, Flow, Model, Parameter

central, eliminated = symbols("central eliminated")
v_central, clearance = symbols("v_central clearance")

MODEL = Model(
    name="one_compartment",
    title="One compartment",
    start={central: 0, eliminated: 0},
    inlet=central,
    amount="mg",
    flows=(
        Flow(central, eliminated, clearance / v_central * central),
    ),
    observed=central / v_central,
    parameters=(
        Parameter(v_central, 20.0, "L", (0, oo), "volume of distribution", scale="log"),
        Parameter(clearance, 5.0, "L/h", (0, oo), "clearance", scale="log"),
    ),
    also=(Also("half_life", log(2) * v_central / clearance, "h", "elimination half-life"),),
    references=("paalzow1995",),
)
