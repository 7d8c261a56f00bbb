"""An ion-exchange bead in a shell of tissue that little blood reaches."""

from sympy import oo, symbols

from ...dimensions import Constant
from ...environment import salt
from ...model import Flow, Model, Parameter

bead, tissue, released = symbols("bead tissue released")
k_exchange, v_exchange, loading, v_tissue, q_tissue = symbols("k_exchange v_exchange loading v_tissue q_tissue")
relative_salt = salt / Constant.of("blood_salt", 0.15, "mol/L")
taking = k_exchange * v_exchange * (1 / loading - bead)

MODEL = Model(
    name="bead_in_tissue",
    title="Ion exchange of a bead with the tissue around it, washed by little blood",
    start={bead: 1, tissue: 0, released: 0},
    flows=(
        Flow(bead, tissue, k_exchange * relative_salt * bead - taking * tissue / v_tissue),
        Flow(tissue, released, q_tissue / v_tissue * tissue),
    ),
    observed=released,
    parameters=(
        Parameter(k_exchange, 0.1, "1/h", (0, oo), "rate at which 0.15 mol/L of salt takes the place of drug",
                  scale="log"),
        Parameter(v_exchange, 1.0, "L", (0, oo), "volume of 0.15 mol/L salt that balances the loaded bead",
                  scale="log"),
        Parameter(loading, 1.0, "1", (0.01, 1), "share of the bead's places that hold drug at first"),
        Parameter(v_tissue, 5.0, "mL", (0, oo), "volume of the shell of tissue times its partition", scale="log"),
        Parameter(q_tissue, 2.0, "mL/h", (0, oo), "blood that washes the shell", scale="log"),
    ),
    references=("gonzalez2008", "zhang2017"),
    remarks="released is what has reached the blood. The bead takes drug back from tissue that is little washed, so it "
            "lasts for weeks where a vessel is done in hours. v_tissue and q_tissue are assumed, not measured.",
)
