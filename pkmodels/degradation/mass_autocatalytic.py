"""Molecular mass that falls faster as acid ends appear."""

from ..laws import autocatalytic_mass
from ..model import Curve
from ._pieces import CLOCKS, F_ENDS, K_DEGRADATION, REMARK, SURROUNDINGS, age, f_ends, k_degradation

MODEL = Curve(
    name="mass_autocatalytic",
    title="Autocatalytic fall of the molecular mass",
    released=1 - autocatalytic_mass(age, k_degradation, f_ends),
    clocks=CLOCKS,
    parameters=(K_DEGRADATION, F_ENDS, *SURROUNDINGS),
    references=("antheunis2010",),
    remarks=REMARK,
)
