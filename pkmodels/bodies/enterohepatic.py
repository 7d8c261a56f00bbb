"""One compartment from which a share of what is cleared comes back with bile through the gut."""

from sympy import oo, symbols

from ..model import Also, Flow, Model, Parameter

gut, central, bile, eliminated = symbols("gut central bile eliminated")
k_absorption, v_central, clearance, f_bile, k_bile = symbols("k_absorption v_central clearance f_bile k_bile")

MODEL = Model(
    name="enterohepatic",
    title="One compartment with enterohepatic recycling",
    start={gut: 0, central: 0, bile: 0, eliminated: 0},
    inlet=gut,
    amount="mg",
    flows=(
        Flow(central, eliminated, (1 - f_bile) * clearance / v_central * central),
        Flow(gut, central, k_absorption * gut),
        Flow(central, bile, f_bile * clearance / v_central * central),
        Flow(bile, gut, k_bile * bile),
    ),
    observed=central / v_central,
    parameters=(
        Parameter(k_absorption, 2.5, "1/h", (0, oo), "last step of absorption", scale="log"),
        Parameter(v_central, 200.0, "L", (0, oo), "volume of distribution", scale="log"),
        Parameter(clearance, 8.0, "L/h", (0, oo), "what leaves the blood, also into bile", scale="log"),
        Parameter(f_bile, 0.5, "1", (0, 1), "share of that which goes into bile"),
        Parameter(k_bile, 0.9, "1/h", (0, oo), "rate at which bile is emptied into the gut", scale="log"),
    ),
    also=(Also("clearance_net", (1 - f_bile) * clearance, "L/h", "clearance for good: dose over area"),),
    references=("jain2011",),
    remarks="Bile is emptied all the time, not with meals: levels are right on average, a second peak is missing.",
)
