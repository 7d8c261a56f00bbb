"""Microspheres whose payload is decay: the share of all decays that has happened."""

from sympy import exp, log, oo, symbols

from ...environment import t
from ...model import Also, Curve, Parameter, share

half_life = symbols("half_life")

MODEL = Curve(
    name="radioactive_decay",
    title="Share of the decays of a nuclide",
    released=1 - exp(-log(2) * t / half_life),
    inverse=-half_life * log(1 - share) / log(2),
    parameters=(
        Parameter(half_life, 64.2, "h", (0, oo), "physical half-life: 64.2 h for yttrium-90, 26.8 h for holmium-166",
                  scale="log", source="eanm_microspheres"),
    ),
    also=(Also("mean_release_time", half_life / log(2), "h", "mean life"),),
    references=("eanm_microspheres",),
    closed_vessel="radioactive_decay counts decays, and nothing leaves these spheres; take pkmodels.absorbed_dose for "
                  "the dose where they lie",
    remarks="Nothing is released: what is delivered is absorbed dose, in this share of its end value. The dose itself: "
            "pkmodels.absorbed_dose. The same curve as first_order.",
)
