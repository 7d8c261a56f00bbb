"""Two compartments and a tumour of interstitium and cells, reached by unbound drug."""

from sympy import oo, symbols

from ..model import Flow, Model, Parameter

central, peripheral, interstitium, cells, eliminated = symbols("central peripheral interstitium cells eliminated")
v_central, clearance, q_peripheral, v_peripheral = symbols("v_central clearance q_peripheral v_peripheral")
q_tumour, v_interstitium, v_cells = symbols("q_tumour v_interstitium v_cells")
permeability_surface, partition, f_unbound = symbols("permeability_surface partition f_unbound")

MODEL = Model(
    name="tumour_two_compartment",
    title="Two compartments and a tumour",
    start={central: 0, peripheral: 0, interstitium: 0, cells: 0, eliminated: 0},
    inlet=central,
    amount="mg",
    flows=(
        Flow(central, eliminated, clearance / v_central * central),
        Flow(central, peripheral, q_peripheral / v_central * central),
        Flow(peripheral, central, q_peripheral / v_peripheral * peripheral),
        Flow(central, interstitium, q_tumour * f_unbound / v_central * central),
        Flow(interstitium, central, q_tumour / v_interstitium * interstitium),
        Flow(interstitium, cells, permeability_surface / v_interstitium * interstitium),
        Flow(cells, interstitium, permeability_surface / (partition * v_cells) * cells),
    ),
    observed=central / v_central,
    parameters=(
        Parameter(v_central, 70.0, "L", (0, oo), "volume of the central compartment", scale="log"),
        Parameter(clearance, 20.0, "L/h", (0, oo), "clearance", scale="log"),
        Parameter(q_peripheral, 25.0, "L/h", (0, oo), "flow between the compartments", scale="log"),
        Parameter(v_peripheral, 90.0, "L", (0, oo), "volume of the peripheral compartment", scale="log"),
        Parameter(q_tumour, 0.06, "L/h", (0, oo), "plasma flow through the tumour", scale="log"),
        Parameter(v_interstitium, 2.0, "mL", (0, oo), "interstitial volume of the tumour", scale="log"),
        Parameter(v_cells, 8.0, "mL", (0, oo), "volume of the tumour's cells", scale="log"),
        Parameter(permeability_surface, 0.05, "L/h", (0, oo), "permeability times surface of the cells", scale="log"),
        Parameter(partition, 3.0, "1", (0, oo), "cells over interstitium at rest", scale="log"),
        Parameter(f_unbound, 0.35, "1", (0, 1), "share of the drug in plasma that is not bound"),
    ),
    references=("zhu2023",),
    remarks="The paper takes all drug in plasma with the flow but lets only the unbound share into the tumour, so that "
            "a little is lost on the way; here what does not enter stays in the plasma.",
)
