"""One compartment with a target that binds the drug and takes it along (quasi-steady state)."""

from sympy import oo, sqrt, symbols

from ..model import Flow, Model, Parameter

central, eliminated, target = symbols("central eliminated target")
v_central, clearance = symbols("v_central clearance")
c_half, target_start, k_turnover, k_internal = symbols("c_half target_start k_turnover k_internal")

_TOTAL = central / v_central
_FREE = (_TOTAL - target - c_half + sqrt((_TOTAL - target - c_half) ** 2 + 4 * c_half * _TOTAL)) / 2
_BOUND = _TOTAL - _FREE

MODEL = Model(
    name="target_mediated",
    title="One compartment with target-mediated elimination",
    start={central: 0, eliminated: 0, target: target_start},
    inlet=central,
    amount="mg",
    flows=(
        Flow(central, eliminated, clearance * _FREE + k_internal * _BOUND * v_central),
    ),
    changes={target: k_turnover * (target_start - target) - (k_internal - k_turnover) * _BOUND},
    quantity_units={target: "mg/L"},
    observed=_FREE,
    parameters=(
        Parameter(v_central, 3.0, "L", (0, oo), "volume of distribution", scale="log"),
        Parameter(clearance, 0.01, "L/h", (0, oo), "clearance of free drug", scale="log"),
        Parameter(c_half, 0.1, "mg/L", (0, oo), "free drug that holds half of the target", scale="log"),
        Parameter(target_start, 1.0, "mg/L", (0, oo), "target at rest, as the drug that it can bind", scale="log"),
        Parameter(k_turnover, 0.02, "1/h", (0, oo), "turnover of free target", scale="log"),
        Parameter(k_internal, 0.05, "1/h", (0, oo), "rate at which bound drug is taken in", scale="log"),
    ),
    references=("gibiansky2008",),
    remarks="Binding is taken to be in balance with internalisation at all times. Shown is free drug. Not linear: "
            "doses do not add up, and predict does not take it; join it to a release and solve it.",
)
