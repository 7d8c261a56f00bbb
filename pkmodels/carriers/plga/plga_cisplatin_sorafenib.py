"""Cisplatin beside sorafenib in PLGA spheres."""

from .._polyester import scenario
from .plga_burst_diffusion import MODEL as PLGA_BURST_DIFFUSION

MODEL = scenario(
    PLGA_BURST_DIFFUSION, "plga_cisplatin_sorafenib", "cisplatin in PLGA spheres that also hold sorafenib",
    "The soluble drug of the pair, with a large burst; for the other one take plga_sorafenib.",
    f_burst=0.35, k_burst=3.0, d_start=4.0, k_degradation=0.06)
