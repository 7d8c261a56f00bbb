"""Goserelin in PLGA spheres of 50 to 80 um diameter."""

from .._polyester import scenario
from .plga_pores import MODEL as PLGA_PORES

MODEL = scenario(
    PLGA_PORES, "plga_goserelin",
    "goserelin in PLGA spheres of 50 to 80 um, a burst in the first day, release over one to three months",
    "The diameter and the phases are those that a review claims; a measured product differs (a burst of 0.5 % in two "
    "hours).",
    f_burst=0.1, k_burst=3.0, d_start=10.0, k_degradation=0.05, t_width=10.0, mass_start=40.0, mass_open=10.0,
    radius=32.5)
