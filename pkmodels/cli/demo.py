"""The whole chain on measured goserelin microspheres, beside what is published."""

from pathlib import Path

from .output import progress, remark

CURVE, FORMULATION = "kakade_2018_goserelin", "D"
DRUG, REGIMEN, WINDOW = "goserelin", "3.6 mg every 28 days x 6", "goserelin"


def run(given):
    """Fit, rank, predict, cover, report; prints each step."""
    from tabulate import tabulate

    from .. import fitting, metrics, prediction, reporting, studies

    study = studies.read_study(CURVE, formulation=FORMULATION)
    print(f"1. The curve: {study.source}, formulation {FORMULATION}, {len(study)} points\n")
    compared = fitting.compare(study, seed=given.seed, progress=lambda m: progress(m, "models"))
    print(f"2. Every model at hand, ranked\n\n{compared.text}\n\n{compared.advice}\n")
    best = compared.best
    print(f"3. The chosen fit\n\n{best!r}\n")
    predicted = prediction.predict(best, drug=DRUG, regimen=REGIMEN, seed=given.seed,
                                   progress=lambda d: progress(d, "draws"))
    covered = metrics.coverage(predicted, WINDOW)
    last = predicted.sizes and len(predicted.attrs["dose_times"])
    print(f"4. {REGIMEN} in a man, {predicted.attrs['drug']} in the window {covered.window.limits}\n")
    print(covered.text_of(["overall", 1, last]))
    remark("", *covered.verdict, "", "This rests on:", *(f"  - {s}" for s in predicted.attrs["assumptions"]), "")

    constant = prediction.predict("zero_order", values={"k": (1 / 28, "1/day")}, drug=DRUG, regimen="3.6 mg once",
                                  days=28)
    steady = metrics.coverage(constant, WINDOW).to_dict()["overall"]
    first = covered.to_dict()["intervals"][0]
    drug = prediction.read_drug(DRUG)
    observed = "; ".join(drug.observed_text("3.6 mg depot"))
    print("\n5. Beside what is published\n")
    print(tabulate(
        [("constant release of 3.6 mg over 28 days, plasma", f"{steady['cmax']:.3f} ng/mL", "0.808 (mass balance, 3.6 mg/28 d/CL)"),
         ("  share of 28 days inside 0.5-1.2 ng/mL", f"{steady['inside']:.4f}", "0.9905 (closed form)"),
         ("  0.5 ng/mL reached after", f"{24 * steady['first_entry']:.2f} h", "6.4 h (closed form)"),
         ("microspheres D, first dose: highest, on day", f"{first['cmax']:.2f} ng/mL, {first['tmax']:.1f}", observed)],
        headers=("", "here", "published"), disable_numparse=True))
    path = reporting.report(fit=best, comparison=compared, prediction=predicted, coverage=covered, path=Path(given.out),
                            command=f"pkmodels demo --seed {given.seed} --out {given.out}")
    print(f"\n6. The report: {path} (open it in a browser)\n")
    print(f"Next, with your own data:  pkmodels compare YOUR_FILE.csv\n"
          f"or with these:             pkmodels fit {CURVE} --formulation {FORMULATION} --model {best.model.name} "
          f"--save fit.toml")
