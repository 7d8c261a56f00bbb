"""A direct effect: Hill's law on the concentration."""

from sympy import log, oo, symbols

from ..definition import Parameter
from ..effect import Effect, Shown, concentration
from ..laws import logistic

baseline, effect_max, ec50, exponent = symbols("baseline effect_max ec50 exponent")

MODEL = Effect(
    name="direct",
    title="Direct effect (Hill)",
    shown=(Shown("response", baseline + effect_max * logistic(exponent * log(concentration / ec50)), "1", "response"),),
    parameters=(
        Parameter(baseline, 0.0, "1", (-oo, oo), "response without drug"),
        Parameter(effect_max, 1.0, "1", (-oo, oo), "largest change of the response"),
        Parameter(ec50, 1.0, "ng/mL", (0, oo), "concentration of half the effect", scale="log"),
        Parameter(exponent, 1.0, "1", (0.1, 20), "Hill exponent", scale="log"),
    ),
    references=("hill1910",),
)
