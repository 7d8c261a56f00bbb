"""Two zones in one sphere, each with its own law; each drug is spread over them in its own way."""

from sympy import oo, symbols

from ... import laws
from ...environment import t
from ...model import Also, Curve, Parameter

f_first, t_first, beta_first, t_second, beta_second = symbols("f_first t_first beta_first t_second beta_second")

MODEL = Curve(
    name="janus",
    title="Two zones side by side",
    released=f_first * laws.weibull(t, t_first, beta_first) + (1 - f_first) * laws.weibull(t, t_second, beta_second),
    ordered=((t_first, t_second),),
    parameters=(
        Parameter(f_first, 0.8, "1", (0, 1), "share of this drug in the quick zone"),
        Parameter(t_first, 1.0, "day", (0, oo), "time scale of the quick (hydrophilic) zone", scale="log"),
        Parameter(beta_first, 0.8, "1", (0.1, 5), "shape of the quick zone", scale="log"),
        Parameter(t_second, 12.0, "day", (0, oo), "time scale of the slow (hydrophobic) zone", scale="log"),
        Parameter(beta_second, 1.2, "1", (0.1, 5), "shape of the slow zone", scale="log"),
    ),
    also=(Also("f_second", 1 - f_first, "1", "share of this drug in the slow zone"),),
    references=("weibull1951",),
    remarks="Two drugs in one sphere are two curves that share the zones and differ in f_first: "
            "fit_many(study, 'janus', own='f_first'). With f_first 1 and 0 each drug keeps to its zone.",
)
