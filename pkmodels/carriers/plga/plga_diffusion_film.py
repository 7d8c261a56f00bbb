"""Diffusion out of degrading PLGA spheres behind a film that resists."""

from sympy import symbols

from ...laws import REFERENCE_RADIUS, film_release, reciprocal_course
from ...model import Curve, Parameter
from .. import _polyester as plga

f_polymer, biot = symbols("f_polymer biot")

MODEL = Curve(
    name="plga_diffusion_film",
    title="Diffusion out of degrading PLGA behind a film",
    released=film_release(plga.REACHED, biot * plga.radius / REFERENCE_RADIUS),
    clocks=plga.clocks(reciprocal_course(plga.age, plga.k_degradation, f_polymer)),
    parameters=(
        plga.D_START,
        Parameter(f_polymer, 0.4, "1", (0, 1), "share of the first diffusivity that goes with 1/Mw"),
        plga.K_DEGRADATION,
        Parameter(biot, 20.0, "1", (0.001, 1000), "Biot number h R/(D K) of spheres of 25 um radius", scale="log",
                  measured="a film shows as a smaller diffusivity unless it is thick"),
        *plga.SPHERE, *plga.SURROUNDINGS,
    ),
    also=(plga.ACID,),
    size={plga.radius: 1},
    references=("faisant2002", "crank1975"),
    remarks="The film degrades as the polymer does, so that the Biot number stays in time; it grows with the radius, "
            "since a film hinders small spheres most.",
)
