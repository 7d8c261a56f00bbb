"""A well-mixed tissue that exchanges drug with the blood that flows through it."""

from sympy import oo, symbols

from ..model import Flow, Model, Parameter

tissue, blood, lost_locally = symbols("tissue blood lost_locally")
v_tissue, v_blood, q_exchange, partition, clearance_local = symbols(
    "v_tissue v_blood q_exchange partition clearance_local")

#: What leaves with blood or is lost is in step with the concentration that blood would have in equilibrium.
leaving = tissue / (partition * v_tissue)

MODEL = Model(
    name="tissue",
    title="Well-mixed perfused tissue",
    start={tissue: 0, blood: 0, lost_locally: 0},
    inlet=tissue,
    amount="mg",
    flows=(
        Flow(tissue, lost_locally, clearance_local * leaving),
        Flow(tissue, blood, q_exchange * leaving),
        Flow(blood, tissue, q_exchange * blood / v_blood),
    ),
    observed=tissue / v_tissue,
    parameters=(
        Parameter(v_tissue, 0.02, "L", (0, oo), "volume of the tissue", scale="log"),
        Parameter(v_blood, 5.0, "L", (0, oo), "volume in which the blood's drug is found", scale="log"),
        Parameter(q_exchange, 0.3, "L/h", (0, oo), "flow of blood that is cleared of drug in one passage"),
        Parameter(partition, 1.0, "1", (0, oo), "concentration in tissue over that in plasma at rest", scale="log"),
        Parameter(clearance_local, 0.01, "L/h", (0, oo), "loss within the tissue"),
    ),
    references=("crone1963",),
    remarks="Released drug enters the tissue. In a prediction `blood` is the compartment of the drug's body in which "
            "plasma is measured. q_exchange is perfusion x volume x (1 - exp(-PS/Q)).",
)
