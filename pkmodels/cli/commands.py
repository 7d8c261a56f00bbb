"""What each verb does; every function takes the parsed arguments."""

from .. import units
from ..errors import PkmodelsError, PredictionError, UnitError, unknown
from . import output
from .many import alone, fit_many
from .output import remark
from .patient import asked_effect, events, exposure, invivo, products_of, regimen_of, responded, with_response

__all__ = ["batch", "cite", "compare", "completion", "coverage", "demo", "events", "exposure", "fit", "invivo", "list",
           "predict", "report", "show", "similarity"]


def fit(given):
    """Fit one model to one curve."""
    from .. import fitting

    if given.each or given.shared or given.own:
        return fit_many(given, _study(given), _assigned(given.fix))
    if given.intervals != "bootstrap":
        alone(given, "--each and --intervals bootstrap")
    study = _study(given)
    found = fitting.fit(study, given.model, fixed=_assigned(given.fix), weights=given.weights, errors=given.errors,
                        priors=given.priors, normalised=given.normalised, seed=given.seed)
    _keep(found, given)
    around = _intervals(given, found)
    if around is None:
        output.result(given, text=lambda: found.text, table=lambda: found.table, content=found.to_dict)
    else:
        output.result(given, text=lambda: f"{found.text}\n\n{around.text}", table=lambda: around.table,
                      content=lambda: {**found.to_dict(), "intervals": around.to_dict()})
    _remarks(found.verdicts)
    if given.save:
        remark("", f'next: pkmodels coverage {given.save} --drug NAME --regimen "3.6 mg every 28 days x 6" '
                   f'--window "0.5-1.2 ng/mL" (pkmodels list drugs)')


def compare(given):
    """Fit several models and rank them."""
    from .. import fitting

    study = _study(given)
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
    _remarks(best.sentences)


def batch(given):
    """Every formulation of a file."""
    from .. import fitting

    models = [m.strip() for m in given.models.split(",") if m.strip()] if given.models else None
    found = fitting.compare_each(_study(given), models, weights=given.weights, errors=given.errors,
                                 normalised=given.normalised, seed=given.seed, workers=given.workers,
                                 folder=given.folder, progress=lambda curves: output.progress(curves, "curves"))
    output.result(given, text=lambda: found.text_of(best=given.best), content=found.to_dict,
                  table=lambda: found.best if given.best else found.table)
    remark("", *found.advice)


def predict(given):
    """Predict released share and concentrations."""
    from .. import prediction

    fitted, effect = _fitted(given), asked_effect(given)
    found = _predicted(given, fitted, rows=True)
    if effect:
        found = with_response(given, found, _predicted(given, fitted))
    output.result(given, text=lambda: prediction.text(found), table=lambda: prediction.table(found),
                  content=lambda: prediction.to_dict(found))
    if "local" in found:
        remark("", prediction.local_ratio(found).text)
    if given.published:
        remark("", prediction.beside_published(_predicted(given, fitted)).text)
    _assumptions(found)


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

    populations.run(given, _fitted(given), _assigned(given.set))


def similarity(given):
    """Two release profiles by an agency's rules."""
    from .. import metrics

    rules = metrics.read_rules(given.rules)
    reference, test = (_study(given, data=getattr(given, role), formulation=getattr(given, f"{role}_formulation"))
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


def _study(given, **other):
    """The study of the arguments, or of another file or formulation."""
    from .. import studies

    named = {"data": getattr(given, "data", None), "formulation": getattr(given, "formulation", None), **other}
    study = studies.read_study(named["data"], time=given.time_unit, released=given.released_unit,
                               formulation=named["formulation"], sheet=given.sheet, columns=_columns(given.column))
    _remarks(study.notes, mark=" ")
    _remarks((*study.warnings, *study.set_aside))
    return study


def _columns(pairs):
    """'HEADER=AS' pairs as header to the header that it is read as."""
    return None if pairs is None else {name: other or name for name, _, other in (p.partition("=") for p in pairs)}


def _intervals(given, found):
    if given.intervals is None:
        return None
    settings = {} if given.intervals == "standard" else {"progress": lambda parts: output.progress(parts, "intervals")}
    return found.intervals_by(given.intervals, **settings,
                              **({"seed": given.seed, "workers": given.workers, "folder": given.folder}
                                 if given.intervals == "bootstrap" else {}))


def _fitted(given):
    """The fit that stands behind a prediction, or None for a named model with values."""
    from .. import fitting, shelf

    if given.product or given.source is None:
        return products_of(given) if given.product else None
    if given.source.split(":")[0] in shelf.names("data", "scenarios/*.toml"):
        from ..prediction.sources import as_release

        if given.model or given.set:
            raise PredictionError(f"{given.source} is a scenario and has its own model and values; leave --model and "
                                  f"--set away")
        return as_release(given.source)
    shipped = shelf.names("fits", "*.toml")
    if given.source.endswith(".toml") or (given.source in shipped and not given.model):
        if given.model or given.set:
            raise PredictionError(f"{given.source} is a saved fit and has its own model and values; "
                                  f"leave --model and --set away")
        found = fitting.load_fit(given.source)
        several = isinstance(found, fitting.GlobalFit)
        reading = ("time_unit", "released_unit", "sheet", "column")
        for name in reading if several else ("formulation", *reading):
            if getattr(given, name) is not None:
                raise PredictionError(f"{given.source} is a saved fit: --{name.replace('_', '-')} is for data files; "
                                      f"leave it away")
        if several and given.formulation is None:
            raise PredictionError(f"{given.source} is a fit of {len(found.fits)} curves ({', '.join(found.fits)}); "
                                  f"choose one with --formulation")
        return found[given.formulation] if several else found
    if not given.model:
        raise PredictionError(f"'{given.source}' is not a saved fit (.toml); if it is a data file, say with --model "
                              f"which model to fit to it (pkmodels compare {given.source} ranks them)")
    given.data = given.source
    found = fitting.fit(_study(given), given.model, fixed=_assigned(given.set), seed=given.seed)
    _remarks((f"fitted {found.model.name}: misses the points by {100 * found.statistics['rmse']:.2f} % of dose",),
             mark=" ")
    _remarks(found.verdicts)
    return found


def _predicted(given, fitted=None, rows=False):
    """The prediction: on its own dense grid, or at even times for reading."""
    from .. import prediction

    fitted = fitted or _fitted(given)
    regimen = regimen_of(given)
    if given.site and not given.drug:
        raise PredictionError(f"--site {given.site} is a tissue of a body and needs a drug; give --drug and --regimen "
                              f"as well")
    days = prediction.horizon_hours(given.days, regimen) / 24
    return prediction.predict(
        fitted if fitted is not None else given.model, drug=given.drug, regimen=regimen, days=days,
        site=_site(given), in_vivo={**_assigned(given.in_vivo)} if given.in_vivo else None,
        values=None if fitted is not None else _assigned(given.set), bioavailability=given.bioavailability,
        environment=given.environment, unreleased=given.unreleased, draws=given.draws, seed=given.seed,
        concentration_unit=given.unit,
        times=prediction.row_times(days, _step(given.every)) if rows else None,
        progress=lambda draws: output.progress(draws, "draws"))


def _site(given):
    from .. import prediction

    if given.site_set and not given.site:
        raise PredictionError("--site-set changes the numbers of a site; give --site as well, such as prostate_tumour")
    return prediction.read_site(given.site, **_assigned(given.site_set)) if given.site else None


def _covered(given):
    from .. import metrics

    predicted = _predicted(given)
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


def _assigned(pairs):
    """'k=0.099/day' pairs as name to (number, unit)."""
    found = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name.strip():
            raise UnitError(f"'{pair}' cannot be read; write NAME=VALUE, such as k=0.099/day")
        name = name.strip()
        if name in found:
            raise UnitError(f"{name} is given twice ({found[name][0]:g} and '{value.strip()}'); give it once")
        found[name] = units.assigned(name, value)
    return found


def _step(text):
    if text is None:
        return None
    number, unit = units.quantity(text, "h", "12 h")
    if number <= 0:
        raise UnitError(f"--every '{text}' is not a step; give a time above zero, such as '12 h'")
    return units.convert(number, unit, "day")


def _keep(found, given):
    if given.save is not None:
        with output.writing(given, given.save, (".toml",)) as path:
            found.save(path)


def _remarks(sentences, mark="!"):
    remark(*(f"{mark} {s}" for s in sentences))


def _assumptions(predicted):
    if predicted.attrs["assumptions"]:
        remark("", "This rests on:", *(f"  - {s}" for s in predicted.attrs["assumptions"]))


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
