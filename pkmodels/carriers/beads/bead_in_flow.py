"""An ion-exchange bead in an apparatus: volume, film and flow (USP II, flow-through, a still tube) as they are."""

from sympy import oo, sqrt, symbols

from ...dimensions import Constant
from ...environment import flow, salt
from ...model import Also, Flow, Model, Parameter

bead, medium, carried = symbols("bead medium carried")
k_exchange, v_exchange, loading, v_medium, q_film = symbols("k_exchange v_exchange loading v_medium q_film")
relative_salt = salt / Constant.of("blood_salt", 0.15, "mol/L")
taking = k_exchange * v_exchange * (1 / loading - bead)
beta = v_medium / v_exchange
held = (1 / loading - 1) / beta + 1

MODEL = Model(
    name="bead_in_flow",
    title="Ion exchange of a bead with a medium that may flow",
    start={bead: 1, medium: 0, carried: 0},
    flows=(
        Flow(bead, medium, q_film * (k_exchange * relative_salt * bead - taking * medium / v_medium)
             / (q_film + taking)),
        Flow(medium, carried, flow / v_medium * medium),
    ),
    observed=medium + carried,
    parameters=(
        Parameter(k_exchange, 0.1, "1/h", (0, oo), "rate at which 0.15 mol/L of salt takes the place of drug",
                  scale="log"),
        Parameter(v_exchange, 1.0, "L", (0, oo), "volume of 0.15 mol/L salt that balances the loaded bead, "
                  "selectivity times drug over salt", scale="log"),
        Parameter(loading, 1.0, "1", (0.01, 1), "share of the bead's places that hold drug at first"),
        Parameter(v_medium, 0.1, "L", (0, oo), "volume of the medium around the bead", scale="log"),
        Parameter(q_film, 100.0, "L/h", (0, oo), "conductance of the film around the beads", scale="log"),
    ),
    also=(
        Also("plateau", 2 / (held + sqrt(held**2 + 4 / beta)), "1", "share released without flow in 0.15 mol/L"),
        Also("beta", beta, "1", "salt times volume over selectivity times drug, in 0.15 mol/L"),
    ),
    references=("gonzalez2008", "debaere2016"),
    closed_vessel="bead_in_flow is an apparatus; take bead_in_tissue with the k_exchange and v_exchange of the bead",
    remarks="k_exchange, v_exchange and loading belong to the bead; v_medium, q_film and the flow and salt of the "
            "surroundings to the apparatus. With flow everything is released in the end, without it the plateau.",
)
