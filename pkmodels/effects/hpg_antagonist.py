"""GnRH antagonist on the axis of pituitary and testis: castration without flare."""

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

inhibition_max, ic50, drug_exponent = symbols("inhibition_max ic50 drug_exponent")

drug = inhibition_max * logistic(drug_exponent * log(concentration / ic50))

MODEL = Effect(
    name="hpg_antagonist",
    title="GnRH antagonist on pituitary and testis",
    changes=changes(1 - drug, feedback),
    start=START,
    quantity_units=UNITS,
    shown=SHOWN,
    measured_with="degarelix",
    parameters=(
        Parameter(inhibition_max, 0.942, "1", (0, 1), "largest inhibition of the release of LH", source=TABLE),
        Parameter(ic50, 1.49, "ng/mL", (0, 1e4), "degarelix of half that inhibition", scale="log", source=TABLE),
        Parameter(drug_exponent, 1.97, "1", (0.1, 20), "Hill exponent of degarelix", source=TABLE),
        Parameter(k_release, 0.00241, "1/h", (0, 10), "release of LH from its pool", scale="log", source=TABLE),
        Parameter(k_lh, 0.535, "1/h", (0, 100), "loss of LH (of this study)", scale="log", source=TABLE),
        Parameter(k_testosterone, 0.0901, "1/h", (0, 100), "loss of testosterone", scale="log", source=TABLE),
        Parameter(k_feedback, 0.00497, "1/h", (0, 10), "rate of the feedback (of this study)", scale="log",
                  source=TABLE),
        Parameter(feedback_exponent, 0.56, "1", (0, 20), "exponent of the feedback (of this study)", source=TABLE),
        Parameter(stimulation_max, 77.5, "1", (0, 1000), "largest stimulation of testosterone by LH", source=TABLE),
        Parameter(lh50, 5.18, "IU/L", (0, 1000), "LH of half the stimulation", scale="log", source=TABLE),
        Parameter(lh_exponent, 1.9, "1", (0.1, 10), "exponent of that stimulation", source=TABLE),
        Parameter(lh_baseline, 6.98, "IU/L", (0, 1000), "LH before treatment (of this study)", scale="log",
                  source=TABLE),
        Parameter(testosterone_baseline, 3.21, "ng/mL", (0, 100), "testosterone before treatment (of this study)",
                  scale="log", source=TABLE),
    ),
    references=("tornoe2007",),
    remarks="Men with prostate cancer, degarelix 120 to 320 mg. The constants marked 'of this study' differ up to a "
            "hundredfold between the two studies of the paper.",
)
