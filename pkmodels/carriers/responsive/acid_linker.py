"""A drug bound by an acid-labile linker: ten times the rate for each unit of pH."""

from sympy import log, oo, symbols

from ... import laws
from ...environment import t
from ...laws.responsive import acid_cleavage
from ...model import Also, Curve, Parameter

k_blood = symbols("k_blood")

MODEL = Curve(
    name="acid_linker",
    title="First-order cleavage of an acid-labile linker",
    released=laws.first_order(t, k_blood),
    clocks={t: acid_cleavage()},
    parameters=(
        Parameter(k_blood, 0.02, "1/day", (0, oo), "rate of cleavage at pH 7.4", scale="log"),
    ),
    also=(Also("half_life_blood", log(2) / k_blood, "day", "half-life of the linker at pH 7.4"),),
    references=("wagner1969",),
    remarks="Specific acid catalysis, k = k_H 10^-pH: 251 times as fast at pH 5.0 as at 7.4. Assumed for the linker, "
            "not measured on one. Drug that is not bound: acid_linker+initial.",
)
