"""Molecular mass that falls at a rate that depends on what the polymer is made of."""

from sympy import log, symbols

from ..dimensions import Constant
from ..laws import by_polymer, first_order_mass
from ..model import Curve, Parameter
from ._pieces import CLOCKS, K_DEGRADATION, REMARK, SURROUNDINGS, age, k_degradation

glycolide, acid_end, mass_start = symbols("glycolide acid_end mass_start")
by_glycolide, by_end, by_mass = symbols("by_glycolide by_end by_mass")
REFERENCE_MASS = Constant.of("mass_of_30_kDa", 30.0, "kDa")
_POLYMER, _EFFECT = "a property of the polymer, to be measured", "one polymer does not show how another one differs"

MODEL = Curve(
    name="mass_by_polymer",
    title="Molecular mass falling at a rate that depends on the polymer",
    released=1 - first_order_mass(age, by_polymer(
        k_degradation, (glycolide, 0.5, by_glycolide), (acid_end, 1, by_end),
        (log(mass_start / REFERENCE_MASS), 0, by_mass))),
    clocks=CLOCKS,
    parameters=(
        K_DEGRADATION,
        Parameter(glycolide, 0.5, "1", (0, 1), "share of glycolide among the monomers", measured=_POLYMER),
        Parameter(acid_end, 1.0, "1", (0, 1), "1 for free acid ends, 0 for capped ones", measured=_POLYMER),
        Parameter(mass_start, 30.0, "kDa", (0.5, 1000), "molecular mass at the start", scale="log", measured=_POLYMER),
        Parameter(by_glycolide, 0.0, "1", (-20, 20), "change of ln(rate) per unit of glycolide", measured=_EFFECT),
        Parameter(by_end, 0.0, "1", (-10, 10), "ln(rate) of free over capped ends", measured=_EFFECT),
        Parameter(by_mass, 0.0, "1", (-5, 5), "change of ln(rate) per factor e in mass", measured=_EFFECT),
        *SURROUNDINGS,
    ),
    references=("fordversypt2013",),
    remarks=REMARK + " The rate is that of 50:50, acid-ended, 30 kDa; how it changes is yours to measure or to assume, "
    "and no value ships.",
)
