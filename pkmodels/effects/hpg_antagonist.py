"""GnRH antagonist on the axis of pituitary and testis: castration without flare."""

from sympy import log, symbols

from ..definition import Parameter
from ..effect import Effect, Shown, concentration
from ..laws import logistic

TABLE = "Tornoe 2007, Table 4, read in the transcription of the nlmixr2 model library"

feedback, pool, lh, testosterone = symbols("feedback pool lh testosterone")
k_release, k_lh, k_testosterone, k_feedback = symbols("k_release k_lh k_testosterone k_feedback")
feedback_exponent, stimulation_max, lh50, lh_exponent = symbols("feedback_exponent stimulation_max lh50 lh_exponent")
lh_baseline, testosterone_baseline = symbols("lh_baseline testosterone_baseline")
inhibition_max, ic50, drug_exponent = symbols("inhibition_max ic50 drug_exponent")

drug = inhibition_max * logistic(drug_exponent * log(concentration / ic50))
held_back = feedback
release = k_release * pool * (1 - drug) * held_back
secretion = 1 + stimulation_max * logistic(lh_exponent * log(lh / lh50))
secretion_before = 1 + stimulation_max * logistic(lh_exponent * log(lh_baseline / lh50))
k_production = k_testosterone * testosterone_baseline / secretion_before

MODEL = Effect(
    name="hpg_antagonist",
    title="GnRH antagonist on pituitary and testis",
    changes={
        feedback: k_feedback * ((testosterone / testosterone_baseline)**feedback_exponent - feedback),
        pool: k_lh * lh_baseline * held_back - release,
        lh: release - k_lh * lh,
        testosterone: k_production * secretion - k_testosterone * testosterone,
    },
    start={feedback: 1, pool: k_lh * lh_baseline / k_release, lh: lh_baseline, testosterone: testosterone_baseline},
    quantity_units={pool: "IU/L", lh: "IU/L", testosterone: "ng/mL"},
    shown=(Shown("testosterone", testosterone, "ng/mL", "testosterone", "288.43 g/mol"), Shown("lh", lh, "IU/L", "LH")),
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
