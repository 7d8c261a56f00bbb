"""Lao, Venkatraman and Peppas: burst, then release by relaxation, then diffusion, each after a lag."""

from sympy import oo, symbols

from ... import laws
from ...environment import t
from ...model import Also, Curve, Parameter

f_burst, f_relaxation = symbols("f_burst f_relaxation")
k_burst, k_relaxation, t_relaxation, t_start, t_diffusion = symbols(
    "k_burst k_relaxation t_relaxation t_start t_diffusion")

MODEL = Curve(
    name="lao_venkatraman_peppas",
    title="Burst, delayed release by relaxation of the polymer, delayed diffusion",
    released=(f_burst * laws.first_order(t, k_burst)
              + (1 - f_burst) * (
                  f_relaxation * laws.first_order(laws.since(t, t_relaxation), k_relaxation)
                  + (1 - f_relaxation) * laws.sphere_release(laws.since(t, t_start) / t_diffusion))),
    kinks=(t_relaxation, t_start),
    parameters=(
        Parameter(f_burst, 0.2, "1", (0, 1), "share of the dose in the burst"),
        Parameter(f_relaxation, 0.5, "1", (0, 1), "share of the remaining dose that relaxation releases"),
        Parameter(k_burst, 2.0, "1/day", (0, oo), "rate of the burst", scale="log"),
        Parameter(k_relaxation, 0.3, "1/day", (0, oo), "rate of release by relaxation", scale="log"),
        Parameter(t_relaxation, 4.0, "day", (0, oo), "lag before relaxation releases"),
        Parameter(t_start, 20.0, "day", (0, oo), "lag before diffusion begins"),
        Parameter(t_diffusion, 150.0, "day", (0, oo), "diffusion time, radius squared over diffusivity", scale="log"),
    ),
    ordered=((t_relaxation, t_start),),
    also=(
        Also("f_diffusion", (1 - f_burst) * (1 - f_relaxation), "1", "share of the dose that diffuses out"),
    ),
    references=("lao2008", "crank1975"),
    remarks="The three phases are those of the paper; its equations were not seen, so their form here (a sphere, "
            "first order, fixed lags) is this project's.",
)
