"""PSA that is made in proportion to testosterone and lost slowly; driven by a predicted testosterone."""

from sympy import oo, symbols

from ..definition import Parameter
from ..effect import Effect, Shown, concentration

psa = symbols("psa")
psa_baseline, k_out, testosterone_baseline, testosterone50, f_independent = symbols(
    "psa_baseline k_out testosterone_baseline testosterone50 f_independent")
occupied = concentration / (concentration + testosterone50)
occupied_before = testosterone_baseline / (testosterone_baseline + testosterone50)
production = k_out * psa_baseline * (f_independent + (1 - f_independent) * occupied / occupied_before)

MODEL = Effect(
    name="psa_turnover",
    title="PSA made in proportion to testosterone",
    changes={psa: production - k_out * psa},
    start={psa: psa_baseline},
    quantity_units={psa: "ng/mL"},
    shown=(Shown("psa", psa, "ng/mL", "PSA"),),
    measured_with="testosterone",
    parameters=(
        Parameter(psa_baseline, 20.0, "ng/mL", (0, oo), "PSA before treatment (a scenario)", scale="log"),
        Parameter(k_out, 0.00813, "1/day", (0, oo), "loss of PSA", scale="log",
                  source="Wilbaux 2015, read in the transcription of the nlmixr2 model library"),
        Parameter(testosterone_baseline, 4.85, "ng/mL", (0, oo), "testosterone before treatment", scale="log",
                  source="Tornoe 2007, Table 4, read in the transcription of the nlmixr2 model library"),
        Parameter(testosterone50, 1.0, "ng/mL", (0, oo), "testosterone of half the production (assumed)", scale="log"),
        Parameter(f_independent, 0.05, "1", (0, 1), "share of the production that needs no testosterone (assumed)"),
    ),
    references=("wilbaux2015",),
    remarks="A scenario: how PSA production depends on testosterone is assumed, only the rate of loss is published.",
)
