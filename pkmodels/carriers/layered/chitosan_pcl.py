"""Albumin in chitosan microspheres with a shell of polycaprolactone."""

from sympy import oo, symbols

from ...environment import t
from ...laws import arrhenius, core_release
from ...model import Curve, Parameter
from ._pieces import MEASURED, d_core, ea_diffusion, partition, r_core, r_whole

f_initial, shell_speed = symbols("f_initial shell_speed")
SOURCE = "layered_spheres, fit of a numerical model to measured release"
VALUES = {"r_core": 5.1, "thickness": 1.25}

MODEL = Curve(
    name="chitosan_pcl",
    title="Chitosan core in a shell of polycaprolactone, with a burst",
    released=f_initial + (1 - f_initial) * core_release(
        shell_speed * d_core * t / r_whole**2, r_core / r_whole, 1 / shell_speed, partition, oo),
    initial=f_initial,
    clocks={t: arrhenius(ea_diffusion)},
    parameters=(
        Parameter(f_initial, 0.03859, "1", (0, 1), "share of the dose that is released at once", source=SOURCE),
        Parameter(d_core, 0.025153, "um^2/day", (0, oo), "diffusivity in the core", scale="log", source=SOURCE),
        Parameter(shell_speed, 1000.0, "1", (0.001, 1e6), "diffusivity in the shell over that in the core", scale="log",
                  source=SOURCE, measured="a shell that is much faster than the core does not show in the curve"),
        *(Parameter(p.symbol, VALUES.get(p.name, p.value), p.unit, p.bounds, p.meaning, scale=p.scale,
                    measured=p.measured) for p in MEASURED),
    ),
    references=("layered_spheres", "carr2018"),
    remarks="The authors tied the shell's diffusivity to the core's, since their curve does not tell it. The "
            "activation energy is assumed.",
)
