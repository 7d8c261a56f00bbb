"""What each verb does; every function takes the parsed arguments."""

from ..errors import FitError, PkmodelsError, PredictionError, unknown
from . import output
from .arguments import asked_effect, assigned, prediction_of, release_of, responded, study_of, with_response
from .many import alone, fit_many
from .output import assumptions, remark, remarks
from .patient import events, exposure, invivo

__all__ = ["batch", "cite", "compare", "completion", "coverage", "demo", "events", "exposure", "fit", "invivo", "list",
           "predict", "report", "show", "similarity"]


def fit(given):
    """Fit one model to one curve."""
    from .. import fitting

    if given.each or given.shared or given.own:
        return fit_many(given, study_of(given), assigned(given.fix))
    if given.intervals != "bootstrap":
        alone(given, "--each and --intervals bootstrap")
    study = study_of(given)
    found = fitting.fit(study, given.model, fixed=assigned(given.fix), weights=given.weights, errors=given.errors,
                        priors=given.priors, normalised=given.normalised, seed=given.seed)
    _keep(found, given)
    around = _intervals(given, found)
    if around is None:
        output.result(given, text=lambda: found.text, table=lambda: found.table, content=found.to_dict)
    else:
        output.result(given, text=lambda: f"{found.text}\n\n{around.text}", table=lambda: around.table,
                      content=lambda: {**found.to_dict(), "intervals": around.to_dict()})
    remarks(found.verdicts)
    if given.save:
        remark("", f'next: pkmodels coverage {given.save} --drug NAME --regimen "3.6 mg every 28 days x 6" '
                   f'--window "0.5-1.2 ng/mL" (pkmodels list drugs)')


def compare(given):
    """Fit several models and rank them."""
    from .. import fitting

    study = study_of(given)
    models = [m.strip() for m in given.models.split(",") if m.strip()] if given.models else None
    found = fitting.compare(study, models, weights=given.weights, errors=given.errors, normalised=given.normalised,
                            seed=given.seed,
                            progress=lambda m: output.progress(m, "models"))
    _keep(found.best, given)
    if given.diagnostics:
        _diagnosed(given, found)
    else:
        output.result(given, text=lambda: found.text, table=lambda: found.table, content=found.to_dict)
    remark("", found.advice, *(f"! {name} could not be fitted: {why}" for name, why in found.failed.items()))
    if not given.save:
        chosen = f"{_file(given)} --model {found.best.model.name}"
        remark("", f"next: pkmodels fit {chosen} --save fit.toml")


def _file(given):
    """The data file and how it was read, as they were typed."""
    import shlex

    words = [given.data]
    for name in ("formulation", "time_unit", "released_unit", "sheet"):
        if getattr(given, name) is not None:
            words += [f"--{name.replace('_', '-')}", getattr(given, name)]
    for pair in given.column or ():
        words += ["--column", pair]
    return shlex.join(words)


def _diagnosed(given, found):
    """The ranking with two columns more, and what the best model's residuals say."""
    from tabulate import tabulate

    from ..fitting import diagnostics

    table = diagnostics.columns(found, lambda fits: output.progress(fits, "models left out"))
    shown = table[["parameters", "rmse_percent", "aicc", "weight", "leave_one_out_percent", "last_third_percent"]]
    headers = ("model", "parameters", "RMSE (% of dose)", "AICc", "weight", "leave-one-out (%)", "last third (%)")
    best = diagnostics.diagnose(found.best)
    output.result(given, table=lambda: table, text=lambda: tabulate(
        shown.reset_index().values.tolist(), headers=headers, floatfmt=("", ".0f", ".2f", ".2f", ".3f", ".2f", ".2f"),
        missingval=""), content=lambda: {**found.to_dict(), "diagnostics": {
            "best": best.to_dict(), "models": table.reset_index().to_dict("records")}})
    remarks(best.sentences)


def batch(given):
    """Every formulation of a file."""
    from .. import fitting

    models = [m.strip() for m in given.models.split(",") if m.strip()] if given.models else None
    found = fitting.compare_each(study_of(given), models, weights=given.weights, errors=given.errors,
                                 normalised=given.normalised, seed=given.seed, workers=given.workers,
                                 folder=given.folder, progress=lambda curves: output.progress(curves, "curves"))
    output.result(given, text=lambda: found.text_of(best=given.best), content=found.to_dict,
                  table=lambda: found.best if given.best else found.table)
    remark("", *found.advice)


def predict(given):
    """Predict released share and concentrations."""
    from .. import prediction

    fitted, effect = release_of(given), asked_effect(given)
    found = prediction_of(given, fitted, rows=True)
    if effect:
        found = with_response(given, found, prediction_of(given, fitted))
    output.result(given, text=lambda: prediction.text(found), table=lambda: prediction.table(found),
                  content=lambda: prediction.to_dict(found))
    if "local" in found:
        remark("", prediction.local_ratio(found).text)
    if given.published:
        remark("", prediction.beside_published(prediction_of(given, fitted)).text)
    assumptions(found)


def coverage(given):
    """Share of time inside a window."""
    found, prediction = _covered(given)
    output.result(given, text=found.text, table=lambda: found.full_table, content=lambda: {
        **found.to_dict(), "assumptions": [*prediction.attrs["assumptions"]]})
    remark("", *found.verdict, "", *found.remarks)
    if not asked_effect(given) and given.variable == "plasma":
        remark("", "next: the same words behind pkmodels report write all of it on one page")


def population(given):
    """Many patients who differ."""
    from . import populations

    populations.run(given, release_of(given), assigned(given.set))


def similarity(given):
    """Two release profiles by an agency's rules."""
    from .. import metrics

    rules = metrics.read_rules(given.rules)
    reference, test = (study_of(given, data=getattr(given, role), formulation=getattr(given, f"{role}_formulation"))
                       for role in ("reference", "test"))
    found = metrics.similarity(reference, test, rules=rules, seed=given.seed, bootstrap=given.bootstrap,
                               decimals=given.decimals)
    output.result(given, text=found.text, table=lambda: found.table, content=found.to_dict)
    remark("", *found.verdict, "", *(f"  {each}" for each in found.criteria), "", *found.remarks)


def report(given):
    """Write the page."""
    from .reports import again, write

    again(given) if given.again else write(given)


def cite(given):
    """Print sources."""
    from .. import references

    ids = [i for name in given.names for i in _cited_by(name)] if given.names else references.references()
    print("\n\n".join(references.reference(i).bibtex for i in dict.fromkeys(ids)) if given.bibtex
          else references.cite(dict.fromkeys(ids)))


def app(given):
    """Serve the page."""
    from .. import app as page

    raise SystemExit(page.start(given.port, browser=not given.no_browser))


def completion(given):
    """Print the script of a shell."""
    from .completion import script

    print(script(given.shell))


def doctor(given):
    """What is installed."""
    from . import doctor as examination

    found = examination.examined()
    output.result(given, text=lambda: examination.text(found), table=None, content=lambda: found)


def demo(given):
    """The whole chain on measured goserelin microspheres."""
    from .demo import run

    run(given)


def list(given):  # noqa: A001  (the verb's name)
    """List what ships."""
    from .shelves import rows

    headers, found = rows(given.kind)
    if given.json:
        output.as_json([dict(zip(headers, row, strict=True)) for row in found])
        return
    from tabulate import tabulate

    output.show(tabulate(found, headers=headers, disable_numparse=True))
    remark(f"\nsee one with: pkmodels show {given.kind.removesuffix('s').replace('bodie', 'body')} NAME")


def show(given):
    """Show one thing that ships."""
    from .shelves import card

    text, content = card(given.kind, given.name)
    output.as_json(content) if given.json else output.show(text)


def _intervals(given, found):
    chosen = {"kind": given.resample, "ends": given.ends}
    if given.intervals != "bootstrap" and any(chosen.values()):
        raise FitError("--resample and --ends are about a bootstrap; give --intervals bootstrap as well")
    if given.intervals is None:
        return None
    settings = {} if given.intervals == "standard" else {"progress": lambda parts: output.progress(parts, "intervals")}
    return found.intervals_by(given.intervals, **settings,
                              **({"seed": given.seed, "workers": given.workers, "folder": given.folder,
                                  **{name: each for name, each in chosen.items() if each}}
                                 if given.intervals == "bootstrap" else {}))


def _covered(given):
    from .. import metrics

    predicted = prediction_of(given)
    if "plasma" not in predicted:
        raise PredictionError("a window is about concentrations; give --drug and --regimen")
    if asked_effect(given):
        predicted = responded(given, predicted)
        variable = given.variable or next(iter(predicted.data_vars))
        return metrics.coverage(predicted, given.window, variable=variable), predicted
    given.variable = given.variable or "plasma"
    if given.variable not in predicted:
        raise PredictionError(f"this prediction has no '{given.variable}'; give --site"
                              + (" and --site-set f_unbound=..." if given.variable == "local_free" else ""))
    return metrics.coverage(predicted, given.window, variable=given.variable), predicted


def _keep(found, given):
    if given.save is not None:
        with output.writing(given, given.save, (".toml",)) as path:
            found.save(path)


def _cited_by(name):
    """The reference ids behind a name: a reference, model, drug, curve, window or fit."""
    from .shelves import citations

    found = citations(name)
    if found is None:
        from .. import references
        from .shelves import every_name

        raise unknown("reference, model, drug, curve, window or fit", name, [*references.references(), *every_name()])
    if not found:
        raise PkmodelsError(f"{name} has no reference of its own")
    return found
