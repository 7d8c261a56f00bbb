"""An effect that lags behind the concentration: Hill's law in an effect compartment."""

from sympy import log, oo, symbols

from ..definition import Parameter
from ..effect import Effect, Shown, concentration
from ..laws import logistic

at_effect = symbols("at_effect")
k_effect, baseline, effect_max, ec50, exponent = symbols("k_effect baseline effect_max ec50 exponent")

MODEL = Effect(
    name="effect_compartment",
    title="Effect compartment (Hill)",
    changes={at_effect: k_effect * (concentration - at_effect)},
    start={at_effect: 0},
    quantity_units={at_effect: "mg/L"},
    shown=(Shown("response", baseline + effect_max * logistic(exponent * log(at_effect / ec50)), "1", "response"),
           Shown("at_effect", at_effect, "ng/mL", "drug at the site of effect")),
    parameters=(
        Parameter(k_effect, 0.1, "1/h", (0, oo), "rate of exchange with the effect compartment", scale="log"),
        Parameter(baseline, 0.0, "1", (-oo, oo), "response without drug"),
        Parameter(effect_max, 1.0, "1", (-oo, oo), "largest change of the response"),
        Parameter(ec50, 1.0, "ng/mL", (0, oo), "concentration of half the effect", scale="log"),
        Parameter(exponent, 1.0, "1", (0.1, 20), "Hill exponent", scale="log"),
    ),
    references=("hill1910",),
)
