"""What the layered spheres share: lengths that must be measured, one clock for both layers."""

from sympy import oo, symbols

from ...environment import t
from ...laws import arrhenius, core_release, core_shell_mean_time, shell_release
from ...model import Also, Parameter

r_core, thickness, d_core, d_shell, partition, f_core, ea_diffusion = symbols(
    "r_core thickness d_core d_shell partition f_core ea_diffusion")
r_whole = r_core + thickness
GEOMETRY = (d_shell * t / r_whole**2, r_core / r_whole, d_core / d_shell, partition, oo)
FROM_CORE, FROM_SHELL = core_release(*GEOMETRY), shell_release(*GEOMETRY)
CLOCKS = {t: arrhenius(ea_diffusion)}

_LENGTH = "one release curve shows diffusivities over squared lengths only, so lengths must be measured"
DIFFUSIVITIES = (
    Parameter(d_core, 2.0, "um^2/day", (0, oo), "diffusivity in the core", scale="log"),
    Parameter(d_shell, 0.5, "um^2/day", (0, oo), "diffusivity in the shell", scale="log"),
)
MEASURED = (
    Parameter(r_core, 20.0, "um", (0.05, 5000), "radius of the core", scale="log", measured=_LENGTH),
    Parameter(thickness, 5.0, "um", (0.005, 2000), "thickness of the shell", scale="log", measured=_LENGTH),
    Parameter(partition, 1.0, "1", (0.001, 1000), "concentration in the core over that in the shell where they touch",
              scale="log", measured="a slow shell and one that takes up little drug release alike"),
    Parameter(ea_diffusion, 50.0, "kJ/mol", (0, 300), "activation energy of diffusion in both layers (assumed)",
              measured="curves at one temperature show no activation energy"),
)
MEAN_TIME = Also("mean_release_time", core_shell_mean_time(r_core, r_whole, d_core, d_shell, partition), "day",
                 "mean time until release of drug in the core")
