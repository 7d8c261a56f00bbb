"""Docetaxel in the PLGA core of a sphere with a thin layer around it."""

from .._polyester import scenario
from .core_shell import MODEL as CORE_SHELL

MODEL = scenario(
    CORE_SHELL, "docetaxel_core", "docetaxel in a PLGA core under a thin layer, released from day 1 to day 7",
    "The values are chosen so that about 28 % is out after one day and 90 % after seven, as a review claims of such "
    "spheres without showing a curve.",
    d_core=60.0, d_shell=0.18, r_core=25.0, thickness=0.05)
