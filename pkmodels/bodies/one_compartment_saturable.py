"""One compartment whose elimination saturates (Michaelis-Menten)."""

from sympy import oo, symbols

from ..model import Also, Flow, Model, Parameter

central, eliminated = symbols("central eliminated")
v_central, rate_max, c_half = symbols("v_central rate_max c_half")

MODEL = Model(
    name="one_compartment_saturable",
    title="One compartment with saturable elimination",
    start={central: 0, eliminated: 0},
    inlet=central,
    amount="mg",
    flows=(
        Flow(central, eliminated, rate_max * central / (c_half * v_central + central)),
    ),
    observed=central / v_central,
    parameters=(
        Parameter(v_central, 20.0, "L", (0, oo), "volume of distribution", scale="log"),
        Parameter(rate_max, 10.0, "mg/h", (0, oo), "highest rate of elimination", scale="log"),
        Parameter(c_half, 2.0, "mg/L", (0, oo), "concentration at half that rate", scale="log"),
    ),
    also=(Also("clearance_low", rate_max / c_half, "L/h", "clearance at low concentrations"),),
    references=("michaelis1913",),
    remarks="Not linear: doses do not add up.",
)
