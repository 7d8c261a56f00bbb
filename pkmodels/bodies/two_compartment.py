"""A central and a peripheral compartment, elimination from the central one."""

from sympy import oo, symbols

from ..model import Flow, Model, Parameter

central, peripheral, eliminated = symbols("central peripheral eliminated")
v_central, clearance, q_peripheral, v_peripheral = symbols("v_central clearance q_peripheral v_peripheral")

MODEL = Model(
    name="two_compartment",
    title="Two compartments",
    start={central: 0, peripheral: 0, eliminated: 0},
    inlet=central,
    amount="mg",
    flows=(
        Flow(central, eliminated, clearance / v_central * central),
        Flow(central, peripheral, q_peripheral / v_central * central),
        Flow(peripheral, central, q_peripheral / v_peripheral * peripheral),
    ),
    observed=central / v_central,
    parameters=(
        Parameter(v_central, 10.0, "L", (0, oo), "volume of the central compartment", scale="log"),
        Parameter(clearance, 5.0, "L/h", (0, oo), "clearance", scale="log"),
        Parameter(q_peripheral, 3.0, "L/h", (0, oo), "flow between the compartments", scale="log"),
        Parameter(v_peripheral, 20.0, "L", (0, oo), "volume of the peripheral compartment", scale="log"),
    ),
    references=("paalzow1995",),
)
