"""PLGA spheres with magnetite, which release as PLGA does."""

from .._polyester import scenario
from .plga_burst_diffusion import MODEL as PLGA_BURST_DIFFUSION

MODEL = scenario(
    PLGA_BURST_DIFFUSION, "plga_magnetite", "PLGA spheres that hold magnetite",
    "The field places the spheres and does not change their release in this scenario.",
    f_burst=0.15, d_start=2.0, k_degradation=0.08)
