"""PLGA spheres that release for three months."""

from .._polyester import scenario
from .plga_pores import MODEL as PLGA_PORES

MODEL = scenario(
    PLGA_PORES, "plga_three_months", "PLGA spheres that release for three months",
    "Pores open around day 58.",
    f_burst=0.05, d_start=20.0, k_degradation=0.035, t_width=15.0, mass_start=60.0, mass_open=8.0)
