"""Molecular mass that falls at a constant rate."""

from ..laws import first_order_mass
from ..model import Curve
from ._pieces import CLOCKS, K_DEGRADATION, REMARK, SURROUNDINGS, age, k_degradation

MODEL = Curve(
    name="mass_first_order",
    title="Molecular mass falling at a constant rate",
    released=1 - first_order_mass(age, k_degradation),
    clocks=CLOCKS,
    parameters=(K_DEGRADATION, *SURROUNDINGS),
    references=("fordversypt2013",),
    remarks=REMARK,
)
