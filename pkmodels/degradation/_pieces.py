"""What the laws of degradation share: the age of the polymer, and what one curve does not tell."""

from sympy import oo, symbols

from ..laws import degradation_pace
from ..model import Parameter

age = symbols("age")
k_degradation, f_ends, k_acid = symbols("k_degradation f_ends k_acid")
ea_degradation, acid_ratio, base_ratio = symbols("ea_degradation acid_ratio base_ratio")

CLOCKS = {age: degradation_pace(ea_degradation, acid_ratio, base_ratio)}
K_DEGRADATION = Parameter(k_degradation, 0.1, "1/day", (0, oo), "rate at which the polymer's mass falls", scale="log")
F_ENDS = Parameter(f_ends, 0.02, "1", (1e-5, 0.5), "share of acid ends among all ends and esters at the start",
                   scale="log")
SURROUNDINGS = (
    Parameter(ea_degradation, 95.0, "kJ/mol", (0, 300), "activation energy of degradation (assumed)",
              measured="curves at one temperature show no activation energy"),
    Parameter(acid_ratio, 0.0, "1", (0, 1), "rate of hydrolysis by acid over that by water, at pH 7.4",
              measured="curves at one pH show no effect of pH"),
    Parameter(base_ratio, 0.0, "1", (0, 1), "rate of hydrolysis by base over that by water, at pH 7.4",
              measured="curves at one pH show no effect of pH"),
)
REMARK = ("What is shown is the share of the molecular mass that is lost, 1 - M/M(0). Give measured masses over the "
          "first of them.")
