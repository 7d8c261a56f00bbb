"""Diffusion out of degrading PLGA spheres: the diffusivity goes with a power of one over the molecular mass."""

from sympy import symbols

from ...laws import power_course, sphere_release
from ...model import Curve, Parameter
from .. import _polyester as plga

power = symbols("power")

MODEL = Curve(
    name="plga_diffusion_power",
    title="Diffusion out of degrading PLGA, D proportional to a power of 1/Mw",
    released=sphere_release(plga.REACHED),
    clocks=plga.clocks(power_course(plga.age, plga.k_degradation, power)),
    parameters=(
        plga.D_START, plga.K_DEGRADATION,
        Parameter(power, 1.0, "1", (0.01, 10), "power of 1/Mw in the diffusivity",
                  measured="one release curve shows the product of this power and the rate of degradation only"),
        *plga.SPHERE, *plga.SURROUNDINGS,
    ),
    also=(plga.ACID,),
    size={plga.radius: 1},
    references=("faisant2002", "crank1975"),
    remarks="With a power of 1 this is plga_diffusion without a part that stays.",
)
