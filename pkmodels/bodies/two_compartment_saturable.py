"""Two compartments with a constant clearance beside one that saturates."""

from sympy import oo, symbols

from ..model import Flow, Model, Parameter

central, peripheral, eliminated = symbols("central peripheral eliminated")
v_central, clearance, rate_max, c_half = symbols("v_central clearance rate_max c_half")
q_peripheral, v_peripheral = symbols("q_peripheral v_peripheral")

MODEL = Model(
    name="two_compartment_saturable",
    title="Two compartments with linear and saturable elimination",
    start={central: 0, peripheral: 0, eliminated: 0},
    inlet=central,
    amount="mg",
    flows=(
        Flow(central, eliminated,
             clearance / v_central * central + rate_max * central / (c_half * v_central + central)),
        Flow(central, peripheral, q_peripheral / v_central * central),
        Flow(peripheral, central, q_peripheral / v_peripheral * peripheral),
    ),
    observed=central / v_central,
    parameters=(
        Parameter(v_central, 3.0, "L", (0, oo), "volume of the central compartment", scale="log"),
        Parameter(clearance, 0.01, "L/h", (0, oo), "clearance that does not saturate", scale="log"),
        Parameter(rate_max, 0.1, "mg/h", (0, oo), "highest rate of the elimination that saturates", scale="log"),
        Parameter(c_half, 1.0, "mg/L", (0, oo), "concentration at half that rate", scale="log"),
        Parameter(q_peripheral, 0.03, "L/h", (0, oo), "flow between the compartments", scale="log"),
        Parameter(v_peripheral, 3.0, "L", (0, oo), "volume of the peripheral compartment", scale="log"),
    ),
    references=("michaelis1913",),
    remarks="Not linear: doses do not add up.",
)
