"""Sorafenib in PLGA spheres."""

from .._polyester import scenario
from .plga_burst_diffusion import MODEL as PLGA_BURST_DIFFUSION

MODEL = scenario(
    PLGA_BURST_DIFFUSION, "plga_sorafenib", "sorafenib in PLGA spheres",
    "Poorly soluble drug, small burst: release over weeks.",
    f_burst=0.05, d_start=1.0, k_degradation=0.06)
