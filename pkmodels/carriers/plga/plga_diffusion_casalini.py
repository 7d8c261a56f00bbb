"""Diffusion out of degrading PLGA spheres by the law of Casalini and colleagues."""

from sympy import symbols

from ...laws import casalini_course, sphere_release
from ...model import Curve, Parameter
from .. import _polyester as plga

beta = symbols("beta")

MODEL = Curve(
    name="plga_diffusion_casalini",
    title="Diffusion out of degrading PLGA, D = Dp exp(beta sqrt(1 - Mn/Mn(0)))",
    released=sphere_release(plga.REACHED),
    clocks=plga.clocks(casalini_course(plga.age, plga.k_degradation, beta)),
    parameters=(
        plga.D_START, plga.K_DEGRADATION,
        Parameter(beta, 2.5, "1", (0, 10), "ln of the last diffusivity over the first",
                  source="value in the public code of the model",
                  measured="one release curve does not tell it from the rate of degradation"),
        *plga.SPHERE, *plga.SURROUNDINGS,
    ),
    also=(plga.ACID,),
    size={plga.radius: 1},
    references=("casalini2014", "crank1975"),
    remarks="The paper solves for water, oligomers and mass along the radius. With one mass for the whole sphere, "
            "falling as exp(-k t), the release is within 1 % of the dose of that after the first week.",
)
