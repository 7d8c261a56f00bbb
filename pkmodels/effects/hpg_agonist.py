"""GnRH agonist on the axis of pituitary and testis: flare, exhaustion of the LH pool, castration."""

from sympy import log, symbols

from ..definition import Parameter
from ..effect import Effect, concentration
from ..laws import logistic
from ._pituitary_testis import (
    SHOWN,
    START,
    TABLE,
    UNITS,
    changes,
    feedback,
    feedback_exponent,
    k_feedback,
    k_lh,
    k_release,
    k_testosterone,
    lh50,
    lh_baseline,
    lh_exponent,
    stimulation_max,
    testosterone_baseline,
)

drug_max, ec50, drug_exponent, relative_potency = symbols("drug_max ec50 drug_exponent relative_potency")

drug = drug_max * logistic(drug_exponent * log(relative_potency * concentration / ec50))

MODEL = Effect(
    name="hpg_agonist",
    title="GnRH agonist on pituitary and testis",
    changes=changes(1 + drug, 1 / feedback),
    start=START,
    quantity_units=UNITS,
    shown=SHOWN,
    measured_with="triptorelin",
    repeated="the model was measured after one depot; under repeated doses it lets testosterone rise again after about "
             "two months, with drug still there, which trials of agonists do not see: do not read it beyond then",
    parameters=(
        Parameter(drug_max, 1330.0, "1", (0, 1e5), "largest stimulation of the release of LH", source=TABLE),
        Parameter(ec50, 0.047, "ng/mL", (0, 1000), "triptorelin of half that stimulation", scale="log", source=TABLE),
        Parameter(drug_exponent, 4.87, "1", (0.1, 20), "Hill exponent of triptorelin", source=TABLE),
        Parameter(relative_potency, 1.0, "1", (0.001, 1000), "potency of the drug over that of triptorelin, by mass",
                  scale="log"),
        Parameter(k_release, 0.00241, "1/h", (0, 10), "release of LH from its pool", scale="log", source=TABLE),
        Parameter(k_lh, 0.0082, "1/h", (0, 100), "loss of LH (of this study)", scale="log", source=TABLE),
        Parameter(k_testosterone, 0.0901, "1/h", (0, 100), "loss of testosterone", scale="log", source=TABLE),
        Parameter(k_feedback, 0.00107, "1/h", (0, 10), "rate of the feedback (of this study)", scale="log",
                  source=TABLE),
        Parameter(feedback_exponent, 8.26, "1", (0, 20), "exponent of the feedback (of this study)", source=TABLE),
        Parameter(stimulation_max, 77.5, "1", (0, 1000), "largest stimulation of testosterone by LH", source=TABLE),
        Parameter(lh50, 5.18, "IU/L", (0, 1000), "LH of half the stimulation", scale="log", source=TABLE),
        Parameter(lh_exponent, 1.9, "1", (0.1, 10), "exponent of that stimulation", source=TABLE),
        Parameter(lh_baseline, 4.76, "IU/L", (0, 1000), "LH before treatment (of this study)", scale="log",
                  source=TABLE),
        Parameter(testosterone_baseline, 4.85, "ng/mL", (0, 100), "testosterone before treatment (of this study)",
                  scale="log", source=TABLE),
    ),
    references=("tornoe2007",),
    remarks="Healthy men, triptorelin 3.75 mg. The constants marked 'of this study' differ up to a hundredfold between "
            "the two studies of the paper. For another agonist relative_potency is an assumption: none is published "
            "for this model. Measured over one depot: under monthly doses, also of triptorelin, it lets "
            "testosterone rise above castration again after about two months, which trials of agonists do not see.",
)
