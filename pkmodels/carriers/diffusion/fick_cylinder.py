"""Diffusion out of a long cylinder through its side, with a constant diffusivity."""

from sympy import oo, symbols

from ...environment import t
from ...laws import cylinder_release
from ...model import Also, Curve, Parameter

t_diffusion = symbols("t_diffusion")

MODEL = Curve(
    name="fick_cylinder",
    title="Diffusion out of a long cylinder of constant diffusivity",
    released=cylinder_release(t / t_diffusion),
    parameters=(
        Parameter(t_diffusion, 200.0, "day", (0, oo), "diffusion time, radius squared over diffusivity", scale="log"),
    ),
    also=(
        Also("diffusivity_over_radius_squared", 1 / t_diffusion, "1/day", "D/R^2"),
        Also("mean_release_time", t_diffusion / 8, "day", "mean time until release"),
    ),
    references=("crank1975", "kalosakas2023"),
    remarks="Nothing leaves through the ends: for rods that are long against their radius.",
)
