"""Diffusion out of spheres into a stirred bath of limited volume."""

from sympy import oo, symbols

from ...environment import t
from ...laws import bath_release
from ...model import Also, Curve, Parameter

t_diffusion, plateau = symbols("t_diffusion plateau")

MODEL = Curve(
    name="fick_sphere_bath",
    title="Diffusion out of spheres into a bath that fills up",
    released=plateau * bath_release(t / t_diffusion, plateau / (1 - plateau)),
    parameters=(
        Parameter(t_diffusion, 300.0, "day", (0, oo), "diffusion time, radius squared over diffusivity", scale="log"),
        Parameter(plateau, 0.8, "1", (0.01, 0.999), "share of the dose in the bath at equilibrium"),
    ),
    also=(
        Also("volume_ratio", plateau / (1 - plateau), "1", "alpha = V/(K V_spheres)"),
        Also("diffusivity_over_radius_squared", 1 / t_diffusion, "1/day", "D/R^2"),
    ),
    references=("crank1975",),
    remarks="The plateau is an equilibrium with the bath, not drug that is lost: it must not be carried over to "
            "another volume or to a body.",
)
