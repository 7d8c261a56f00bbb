"""What the carriers of PLGA and PLA share: their clocks, and the parameters that no single curve can tell."""

from dataclasses import replace

from sympy import oo, symbols

from ..environment import t
from ..errors import ModelError
from ..laws import apparent, arrhenius, degradation_pace, first_order
from ..model import Also, Course, Parameter

#: Age of the polymer in hours of 37 °C and pH 7.4; hours of diffusion at a fixed diffusivity.
age, path = symbols("age path")
radius, size_exponent, d_start, k_degradation = symbols("radius size_exponent d_start k_degradation")
ea_degradation, ea_diffusion, acid_ratio, base_ratio = symbols("ea_degradation ea_diffusion acid_ratio base_ratio")

DEGRADATION_PACE = degradation_pace(ea_degradation, acid_ratio, base_ratio)
#: D t/R² on the clock of diffusion.
REACHED = apparent(d_start, radius, size_exponent) * path / radius**2

_SIZE = "one release curve shows D/R^2 only, so the radius must be measured"
_TEMPERATURE = "curves at one temperature show no activation energy"
_ACIDITY = "curves at one pH show no effect of pH"
RADIUS = Parameter(radius, 25.0, "um", (0.05, 5000), "radius of the spheres", scale="log", measured=_SIZE)
SIZE_EXPONENT = Parameter(size_exponent, 0.0, "1", (-1, 4),
                          "power of the radius in the diffusivity, 0 for plain diffusion",
                          measured="spheres of one size do not show how size changes the diffusivity")
D_START = Parameter(d_start, 2.0, "um^2/day", (0, oo), "diffusivity at the start in spheres of 25 um radius",
                    scale="log")
K_DEGRADATION = Parameter(k_degradation, 0.1, "1/day", (0, oo), "rate at which the polymer's mass falls", scale="log")
EA_DEGRADATION = Parameter(ea_degradation, 95.0, "kJ/mol", (0, 300), "activation energy of degradation (assumed)",
                           measured=_TEMPERATURE)
EA_DIFFUSION = Parameter(ea_diffusion, 95.0, "kJ/mol", (0, 300), "activation energy of diffusion (assumed)",
                         measured=_TEMPERATURE)
ACID_RATIO = Parameter(acid_ratio, 0.0, "1", (0, 1), "rate of hydrolysis by acid over that by water, at pH 7.4",
                       measured=_ACIDITY)
BASE_RATIO = Parameter(base_ratio, 0.0, "1", (0, 1), "rate of hydrolysis by base over that by water, at pH 7.4",
                       measured=_ACIDITY)
SURROUNDINGS = (EA_DEGRADATION, EA_DIFFUSION, ACID_RATIO, BASE_RATIO)
SPHERE = (RADIUS, SIZE_EXPONENT)
#: Share of the drug that is washed out of the surface, not diffused out of the polymer.
f_burst, k_burst = symbols("f_burst k_burst")
BURST = (Parameter(f_burst, 0.1, "1", (0, 1), "share of the dose at the surface"),
         Parameter(k_burst, 2.0, "1/day", (0, oo), "rate of the burst", scale="log"))
ACID = Also("acid_number", radius * (k_degradation / apparent(d_start, radius, size_exponent)) ** 0.5, "1",
            "R sqrt(k/D), with the drug's diffusivity for the acid's")


def clocks(course, burst=False):
    """The clocks of a degrading sphere: its age, diffusion along that age, and plain time for a burst."""
    found = {age: DEGRADATION_PACE, path: Course(course, along=age, pace=arrhenius(ea_diffusion))}
    return found | {t: 1} if burst else found


def with_burst(share):
    """A burst of first order in plain time beside a share that comes later."""
    return f_burst * first_order(t, k_burst) + (1 - f_burst) * share


def scenario(curve, name, title, remarks, **values):
    """A curve under another name with assumed values; nothing of it was measured."""
    parameters = tuple(replace(p, value=values.pop(p.name, p.value)) for p in curve.parameters)
    if values:
        raise ModelError(f"{curve.name} has no parameter {', '.join(values)}")
    return replace(curve, name=name, title=f"Scenario: {title}", parameters=parameters,
                   remarks=f"All values are assumed, no release curve was read. {remarks}")
