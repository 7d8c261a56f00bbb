"""The whole chain on measured goserelin microspheres, beside what is published."""

from . import output
from .output import progress, remark, show

CURVE, FORMULATION = "kakade_2018_goserelin", "D"
DRUG, REGIMEN, WINDOW = "goserelin", "3.6 mg every 28 days x 6", "goserelin"


def run(given):
    """Fit, rank, predict, cover, report; prints each step."""
    from tabulate import tabulate

    from .. import fitting, metrics, prediction, reporting, studies

    study = studies.read_study(CURVE, formulation=FORMULATION)
    show(f"1. The curve: {study.source}, formulation {FORMULATION}, {len(study)} points\n")
    compared = fitting.compare(study, seed=given.seed, progress=lambda m: progress(m, "models"))
    show(f"2. Every model at hand, ranked\n\n{compared.text}\n\n{compared.advice}\n")
    best = compared.best
    show(f"3. The chosen fit\n\n{best!r}\n")
    predicted = prediction.predict(best, drug=DRUG, regimen=REGIMEN, seed=given.seed,
                                   progress=lambda d: progress(d, "draws"))
    covered = metrics.coverage(predicted, WINDOW)
    show(f"4. {REGIMEN} in a man; window {covered.window}\n")
    show(covered.text(dict.fromkeys(["overall", covered.rows[1], covered.rows[-1]])))
    show("\n".join(["", *covered.verdict]))
    remark("", *covered.remarks)

    constant = prediction.predict("zero_order", values={"k": (1 / 28, "1/day")}, drug=DRUG, regimen="3.6 mg once",
                                  days=28)
    steady = metrics.coverage(constant, WINDOW)
    first = covered.rows[1]
    label = {o.quantity: str(o) for o in prediction.read_drug(DRUG).observed if o.regimen == "3.6 mg once"}
    show("\n5. Beside what is known\n")
    show(tabulate(
        [("3.6 mg released evenly over 28 days: plasma", f"{steady.value('cmax'):.3f} ng/mL",
          "0.808 ng/mL (mass balance, dose / 28 days / clearance)"),
         ("    share of 28 days inside 0.5-1.2 ng/mL", f"{steady.value('inside') / 100:.4f}", "0.9905 (closed form)"),
         ("    reaches 0.5 ng/mL after", f"{24 * steady.value('first_entry'):.2f} h", "6.4 h (closed form)"),
         ("microspheres D, first 3.6 mg: highest level", f"{covered.value('cmax', first):.2f} ng/mL",
          f"{label['cmax']} (label, another depot: Zoladex)"),
         ("    on day", f"{covered.value('tmax', first):.1f}", f"{label['tmax']} (label, another depot: Zoladex)")],
        headers=("", "here", "published or in closed form"), disable_numparse=True))
    with output.writing(given, given.out, (".html",)) as path:
        path = reporting.report(fit=best, comparison=compared, prediction=predicted, coverage=covered, path=path,
                                command=f"pkmodels demo --seed {given.seed} --out {given.out}")
    show(f"\n6. The report: {path} (open it in a browser)\n")
    show(f"Next, with your own data:  pkmodels compare YOUR_FILE.csv\n"
          f"or with these:             pkmodels fit {CURVE} --formulation {FORMULATION} --model {best.model.name} "
          f"--save fit.toml")
