"""Diffusion out of degrading PLGA spheres into a bath that fills up."""

from sympy import symbols

from ...laws import bath_release, reciprocal_course
from ...model import Curve, Parameter
from .. import _polyester as plga

f_polymer, plateau = symbols("f_polymer plateau")

MODEL = Curve(
    name="plga_diffusion_bath",
    title="Diffusion out of degrading PLGA into a bath that fills up",
    released=plateau * bath_release(plga.REACHED, plateau / (1 - plateau)),
    clocks=plga.clocks(reciprocal_course(plga.age, plga.k_degradation, f_polymer)),
    parameters=(
        plga.D_START,
        Parameter(f_polymer, 0.4, "1", (0, 1), "share of the first diffusivity that goes with 1/Mw"),
        plga.K_DEGRADATION,
        Parameter(plateau, 0.8, "1", (0.01, 0.999), "share of the dose in the bath at equilibrium"),
        *plga.SPHERE, *plga.SURROUNDINGS,
    ),
    also=(plga.ACID,),
    references=("faisant2002", "crank1975"),
    remarks="The plateau is an equilibrium with the bath, not drug that is lost: it must not be carried over to "
            "another volume or to a body.",
)
