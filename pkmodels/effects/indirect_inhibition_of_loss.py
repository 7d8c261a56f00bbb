"""Indirect response II: the drug inhibits what removes the response."""

from sympy import log, oo, symbols

from ..definition import Parameter
from ..effect import Effect, Shown, concentration
from ..laws import logistic

response = symbols("response")
baseline, k_out, inhibition_max, ec50, exponent = symbols("baseline k_out inhibition_max ec50 exponent")
drug = inhibition_max * logistic(exponent * log(concentration / ec50))
k_in = k_out * baseline

MODEL = Effect(
    name="indirect_inhibition_of_loss",
    title="Indirect response II: the drug inhibits what removes the response",
    changes={response: k_in - k_out * (1 - drug) * response},
    start={response: baseline},
    shown=(Shown("response", response, "1", "response"),),
    parameters=(
        Parameter(baseline, 1.0, "1", (0, oo), "response without drug", scale="log"),
        Parameter(k_out, 0.1, "1/h", (0, oo), "rate of loss of the response", scale="log"),
        Parameter(inhibition_max, 0.9, "1", (0, 1), "largest inhibited share"),
        Parameter(ec50, 1.0, "ng/mL", (0, oo), "concentration of half the effect", scale="log"),
        Parameter(exponent, 1.0, "1", (0.1, 20), "Hill exponent", scale="log"),
    ),
    references=("dayneka1993",),
)
