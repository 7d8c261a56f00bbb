"""Two compartments of a drug and two of the metabolite that is made of it; shown is the metabolite."""

from sympy import oo, symbols

from ..model import Flow, Model, Parameter

central, peripheral, metabolite, stored, eliminated = symbols("central peripheral metabolite stored eliminated")
v_central, clearance, q_peripheral, v_peripheral = symbols("v_central clearance q_peripheral v_peripheral")
clearance_to_metabolite, mass_ratio, v_metabolite = symbols("clearance_to_metabolite mass_ratio v_metabolite")
clearance_metabolite, q_metabolite, v_stored = symbols("clearance_metabolite q_metabolite v_stored")

MODEL = Model(
    name="parent_metabolite",
    title="Drug and metabolite, two compartments each",
    start={central: 0, peripheral: 0, metabolite: 0, stored: 0, eliminated: 0},
    inlet=central,
    amount="mg",
    flows=(
        Flow(central, eliminated, (clearance - clearance_to_metabolite) / v_central * central),
        Flow(central, peripheral, q_peripheral / v_central * central),
        Flow(peripheral, central, q_peripheral / v_peripheral * peripheral),
        Flow(central, metabolite, clearance_to_metabolite / v_central * central),
        Flow(metabolite, stored, q_metabolite / v_metabolite * metabolite),
        Flow(stored, metabolite, q_metabolite / v_stored * stored),
        Flow(metabolite, eliminated, clearance_metabolite / v_metabolite * metabolite),
    ),
    observed=mass_ratio * metabolite / v_metabolite,
    parameters=(
        Parameter(v_central, 70.0, "L", (0, oo), "the drug's central volume", scale="log"),
        Parameter(clearance, 20.0, "L/h", (0, oo), "the drug's clearance, also into the metabolite", scale="log"),
        Parameter(q_peripheral, 25.0, "L/h", (0, oo), "the drug's flow between compartments", scale="log"),
        Parameter(v_peripheral, 90.0, "L", (0, oo), "the drug's peripheral volume", scale="log"),
        Parameter(clearance_to_metabolite, 1.4, "L/h", (0, oo), "clearance that makes the metabolite", scale="log"),
        Parameter(mass_ratio, 0.67, "1", (0, oo), "molar mass of the metabolite over that of the drug", scale="log"),
        Parameter(v_metabolite, 11.0, "L", (0, oo), "the metabolite's central volume", scale="log"),
        Parameter(clearance_metabolite, 43.0, "L/h", (0, oo), "the metabolite's clearance", scale="log"),
        Parameter(q_metabolite, 43.0, "L/h", (0, oo), "the metabolite's flow between compartments", scale="log"),
        Parameter(v_stored, 700.0, "L", (0, oo), "the metabolite's peripheral volume", scale="log"),
    ),
    ordered=((clearance_to_metabolite, clearance),),
    references=("zhu2023",),
    remarks="The stores hold the mass of drug that went into them, so that nothing is lost when its molecule shrinks.",
)
