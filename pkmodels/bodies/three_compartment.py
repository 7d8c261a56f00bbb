"""A central compartment with a shallow and a deep peripheral one."""

from sympy import oo, symbols

from ..model import Flow, Model, Parameter

central, peripheral, deep, eliminated = symbols("central peripheral deep eliminated")
v_central, clearance = symbols("v_central clearance")
q_peripheral, v_peripheral, q_deep, v_deep = symbols("q_peripheral v_peripheral q_deep v_deep")

MODEL = Model(
    name="three_compartment",
    title="Three compartments",
    start={central: 0, peripheral: 0, deep: 0, eliminated: 0},
    inlet=central,
    amount="mg",
    flows=(
        Flow(central, eliminated, clearance / v_central * central),
        Flow(central, peripheral, q_peripheral / v_central * central),
        Flow(peripheral, central, q_peripheral / v_peripheral * peripheral),
        Flow(central, deep, q_deep / v_central * central),
        Flow(deep, central, q_deep / v_deep * deep),
    ),
    observed=central / v_central,
    parameters=(
        Parameter(v_central, 10.0, "L", (0, oo), "volume of the central compartment", scale="log"),
        Parameter(clearance, 30.0, "L/h", (0, oo), "clearance", scale="log"),
        Parameter(q_peripheral, 5.0, "L/h", (0, oo), "flow to the shallow compartment", scale="log"),
        Parameter(v_peripheral, 8.0, "L", (0, oo), "volume of the shallow compartment", scale="log"),
        Parameter(q_deep, 12.0, "L/h", (0, oo), "flow to the deep compartment", scale="log"),
        Parameter(v_deep, 200.0, "L", (0, oo), "volume of the deep compartment", scale="log"),
    ),
    references=("paalzow1995",),
)
