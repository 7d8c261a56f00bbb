"""Diffusion out of degrading PLGA spheres: part of the diffusivity goes with one over the molecular mass."""

from sympy import symbols

from ...laws import reciprocal_course, sphere_release
from ...model import Also, Curve, Parameter
from .. import _polyester as plga

f_polymer = symbols("f_polymer")

MODEL = Curve(
    name="plga_diffusion",
    title="Diffusion out of degrading PLGA, D = D0 + kM/Mw",
    released=sphere_release(plga.REACHED),
    clocks=plga.clocks(reciprocal_course(plga.age, plga.k_degradation, f_polymer)),
    parameters=(
        plga.D_START,
        Parameter(f_polymer, 0.4, "1", (0, 1), "share of the first diffusivity that goes with 1/Mw"),
        plga.K_DEGRADATION, *plga.SPHERE, *plga.SURROUNDINGS,
    ),
    also=(
        Also("d_polymer", plga.d_start * f_polymer, "um^2/day", "kM/Mw(0)"),
        plga.ACID,
    ),
    size={plga.radius: 1},
    references=("faisant2002", "siepmann2005", "crank1975"),
    remarks="The mass falls as exp(-k t). A curve alone hardly tells k_degradation from f_polymer: measure the mass, "
            "or fit curves of several sizes together.",
)
