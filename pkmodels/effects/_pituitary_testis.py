"""The axis of pituitary and testis (Tornoe 2007), on which agonists and antagonists act at the release of LH."""

from sympy import log, symbols

from ..effect import Shown
from ..laws import logistic

TABLE = "Tornoe 2007, Table 4, read in the transcription of the nlmixr2 model library"

feedback, pool, lh, testosterone = symbols("feedback pool lh testosterone")
k_release, k_lh, k_testosterone, k_feedback = symbols("k_release k_lh k_testosterone k_feedback")
feedback_exponent, stimulation_max, lh50, lh_exponent = symbols("feedback_exponent stimulation_max lh50 lh_exponent")
lh_baseline, testosterone_baseline = symbols("lh_baseline testosterone_baseline")

SHOWN = (Shown("testosterone", testosterone, "ng/mL", "testosterone", "288.43 g/mol"), Shown("lh", lh, "IU/L", "LH"))
UNITS = {pool: "IU/L", lh: "IU/L", testosterone: "ng/mL"}
START = {feedback: 1, pool: k_lh * lh_baseline / k_release, lh: lh_baseline, testosterone: testosterone_baseline}


def changes(of_drug, of_feedback):
    """The rates of feedback, pool of LH, LH and testosterone; drug and feedback are factors of the release."""
    release = k_release * pool * of_drug * of_feedback
    secretion, before = (1 + stimulation_max * logistic(lh_exponent * log(at / lh50)) for at in (lh, lh_baseline))
    return {
        feedback: k_feedback * ((testosterone / testosterone_baseline)**feedback_exponent - feedback),
        pool: k_lh * lh_baseline * of_feedback - release,
        lh: release - k_lh * lh,
        testosterone: k_testosterone * testosterone_baseline / before * secretion - k_testosterone * testosterone,
    }
