"""Diffusion out of a sphere through a film that resists."""

from sympy import oo, symbols

from ...environment import t
from ...laws import film_release
from ...model import Also, Curve, Parameter

t_diffusion, biot = symbols("t_diffusion biot")

MODEL = Curve(
    name="fick_sphere_film",
    title="Diffusion out of a sphere behind a film",
    released=film_release(t / t_diffusion, biot),
    parameters=(
        Parameter(t_diffusion, 300.0, "day", (0, oo), "diffusion time, radius squared over diffusivity", scale="log"),
        Parameter(biot, 5.0, "1", (0.001, 1000), "Biot number h R/(D K): resistance inside over that of the film",
                  scale="log"),
    ),
    also=(
        Also("diffusivity_over_radius_squared", 1 / t_diffusion, "1/day", "D/R^2"),
        Also("mean_release_time", t_diffusion * (1 / biot + 1 / 5) / 3, "day", "mean time until release"),
    ),
    size={t_diffusion: 2, biot: 1},
    references=("crank1975",),
    remarks="A large Biot number is crank_sphere; a small one is first_order with the rate 3 biot/t_diffusion, and "
            "then the two parameters cannot be told apart.",
)
