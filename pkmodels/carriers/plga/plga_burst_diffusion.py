"""PLGA spheres with a burst, then diffusion that quickens as the polymer degrades."""

from ...laws import power_course, sphere_release
from ...model import Curve
from .. import _polyester as plga

MODEL = Curve(
    name="plga_burst_diffusion",
    title="Burst, then diffusion out of degrading PLGA, D proportional to 1/Mw",
    released=plga.with_burst(sphere_release(plga.REACHED)),
    clocks=plga.clocks(power_course(plga.age, plga.k_degradation, 1), burst=True),
    parameters=(*plga.BURST, plga.D_START, plga.K_DEGRADATION, *plga.SPHERE, *plga.SURROUNDINGS),
    also=(plga.ACID,),
    size={plga.radius: 1},
    references=("faisant2002", "crank1975"),
    remarks="The burst washes out at a pace of its own, which neither temperature nor pH changes.",
)
