"""Diffusion out of a sphere into a perfect sink, with a constant diffusivity."""

from sympy import oo, symbols

from ...environment import t
from ...laws import sphere_release
from ...model import Also, Curve, Parameter

t_diffusion = symbols("t_diffusion")

MODEL = Curve(
    name="crank_sphere",
    title="Diffusion out of a sphere of constant diffusivity",
    released=sphere_release(t / t_diffusion),
    parameters=(
        Parameter(t_diffusion, 400.0, "day", (0, oo), "diffusion time, radius squared over diffusivity", scale="log"),
    ),
    also=(
        Also("diffusivity_over_radius_squared", 1 / t_diffusion, "1/day", "D/R^2"),
        Also("mean_release_time", t_diffusion / 15, "day", "mean time until release"),
    ),
    size={t_diffusion: 2},
    references=("crank1975",),
    remarks="One release curve shows R²/D only. Multiply by the measured radius to have a diffusivity.",
)
