"""Molecular mass that falls by weak acid ends, which act by the root of their number."""

from ..laws import half_order_mass
from ..model import Curve
from ._pieces import CLOCKS, K_DEGRADATION, REMARK, SURROUNDINGS, age, k_degradation

MODEL = Curve(
    name="mass_half_order",
    title="Fall of the molecular mass by weak acid ends",
    released=1 - half_order_mass(age, k_degradation),
    clocks=CLOCKS,
    parameters=(K_DEGRADATION, *SURROUNDINGS),
    references=("fordversypt2013",),
    remarks=REMARK,
)
