"""PLGA spheres with a burst, whose other drug waits until the degrading matrix opens its pores."""

from sympy import log, symbols

from ...laws import pore_course, sphere_release
from ...model import Also, Curve, Parameter
from .. import _polyester as plga

mass_start, mass_open, t_width = symbols("mass_start mass_open t_width")
t_open = log(mass_start / mass_open) / plga.k_degradation

MODEL = Curve(
    name="plga_pores",
    title="Burst, then diffusion through pores that open as PLGA degrades",
    released=plga.with_burst(sphere_release(plga.REACHED)),
    clocks=plga.clocks(pore_course(plga.age, t_open, t_width), burst=True),
    parameters=(
        *plga.BURST, plga.D_START, plga.K_DEGRADATION,
        Parameter(t_width, 4.0, "day", (0.01, 1000), "spread of the times at which pores open", scale="log"),
        Parameter(mass_start, 30.0, "kDa", (0.5, 1000), "molecular mass at the start", scale="log",
                  measured="one release curve shows when pores open, not the masses behind it"),
        Parameter(mass_open, 8.0, "kDa", (0.1, 1000), "molecular mass at which half of the pores are open (assumed)",
                  scale="log", measured="one release curve shows when pores open, not the masses behind it"),
        *plga.SPHERE, *plga.SURROUNDINGS,
    ),
    also=(Also("t_open", t_open, "day", "age at which half of the pores are open"),),
    size={plga.radius: 1},
    references=("rothstein2011", "crank1975"),
    remarks="The diffusivity is that of open pores. Published regressions of the diffusivity on the radius and of "
            "mass_open on the drug's mass were not seen, so none ships: both are to be given.",
)
