"""Diffusion out of a slab through both faces, with a constant diffusivity."""

from sympy import oo, symbols

from ...environment import t
from ...laws import slab_release
from ...model import Also, Curve, Parameter

t_diffusion = symbols("t_diffusion")

MODEL = Curve(
    name="fick_slab",
    title="Diffusion out of a slab of constant diffusivity",
    released=slab_release(t / t_diffusion),
    parameters=(
        Parameter(t_diffusion, 300.0, "day", (0, oo), "diffusion time, thickness squared over diffusivity",
                  scale="log"),
    ),
    also=(
        Also("diffusivity_over_thickness_squared", 1 / t_diffusion, "1/day", "D/L^2"),
        Also("mean_release_time", t_diffusion / 12, "day", "mean time until release"),
    ),
    references=("crank1975", "kalosakas2023"),
    remarks="The whole thickness counts, with release through both faces. A film on a backing releases like the half "
            "of a slab of twice its thickness.",
)
