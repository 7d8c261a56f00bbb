"""Molecular mass that falls by water alone and by acid ends."""

from sympy import oo

from ..laws import mixed_mass
from ..model import Curve, Parameter
from ._pieces import CLOCKS, F_ENDS, K_DEGRADATION, REMARK, SURROUNDINGS, age, f_ends, k_acid, k_degradation

MODEL = Curve(
    name="mass_mixed",
    title="Fall of the molecular mass by water and by acid ends",
    released=1 - mixed_mass(age, k_degradation, k_acid, f_ends),
    clocks=CLOCKS,
    parameters=(
        K_DEGRADATION, F_ENDS,
        Parameter(k_acid, 0.1, "1/day", (0, oo), "rate of splitting by acid ends if all esters were ends", scale="log"),
        *SURROUNDINGS,
    ),
    references=("antheunis2010",),
    remarks=REMARK,
)
