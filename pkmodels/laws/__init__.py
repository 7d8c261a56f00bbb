"""Laws as SymPy expressions and functions, to be used in any model."""

# ruff: noqa: F401

from .degradation import (
    autocatalytic_mass,
    by_polymer,
    degradation_pace,
    first_order_mass,
    half_order_mass,
    hydrolysis,
    hydrolysis_rate,
    mixed_mass,
)
from .diffusivity import (
    REFERENCE_RADIUS,
    acid_number,
    apparent,
    casalini,
    casalini_course,
    casalini_slope,
    growth,
    open_pores,
    pore_course,
    power_course,
    reciprocal_course,
)
from .fick import (
    bath_release,
    bath_release_rate,
    bath_release_slope,
    cylinder_release,
    cylinder_release_rate,
    film_release,
    film_release_rate,
    film_release_slope,
    slab_release,
    slab_release_rate,
    sphere_release,
    sphere_release_rate,
)
from .layers import (
    core_release,
    core_release_rate,
    core_release_slope,
    core_shell_mean_time,
    shell_release,
    shell_release_rate,
    shell_release_slope,
)
from .shapes import (
    autocatalytic,
    baker_lonsdale,
    baker_lonsdale_rate,
    double_exponential,
    double_exponential_rate,
    first_order,
    hill,
    logistic,
    mean_decay,
    mean_decay_slope,
    since,
    until,
    weibull,
)
from .surroundings import (
    BODY_TEMPERATURE,
    GAS_CONSTANT,
    ZERO_CELSIUS,
    acid_switch,
    arrhenius,
    boltzmann,
)
