"""PLGA spheres that release for one month."""

from .._polyester import scenario
from .plga_pores import MODEL as PLGA_PORES

MODEL = scenario(
    PLGA_PORES, "plga_one_month", "PLGA spheres that release for one month",
    "Pores open around day 13.",
    f_burst=0.1, d_start=20.0, k_degradation=0.1, t_width=5.0, mass_start=30.0, mass_open=8.0)
