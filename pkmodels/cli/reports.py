"""The verb report: a page of everything, or the same page again."""

from ..errors import PredictionError
from . import output
from .arguments import asked_effect, prediction_of, release_of, responded, study_of

DEFAULT = "pkmodels_report.html"


def write(given):
    """Write the report and print where it is."""
    from .. import reporting

    given.out = given.out or DEFAULT
    with output.writing(given, given.out, reporting.ENDINGS) as path:
        path = _written(given, path)
    print(path)


def again(given):
    """Make a report again from its own record, and say whether it is the same."""
    from .. import reporting

    if given.source:
        raise PredictionError(f"--again takes everything from the report {given.again}; leave {given.source} away")
    if given.out is None:
        differs = reporting.report_again(given.again)
    else:
        with output.writing(given, given.out, reporting.ENDINGS) as path:
            differs = reporting.report_again(given.again, path)
    if differs:
        raise PredictionError(differs)
    print(f"{given.again} comes out the same, byte for byte")


def _written(given, path):
    from .. import metrics, reporting

    effect = asked_effect(given)
    ranked = _ranked(given) if given.rank is not None else None
    chosen = None if ranked is None else ranked[given.model] if given.model else ranked.best
    fitted = chosen or release_of(given)
    measured = fitted if hasattr(fitted, "study") else None  # a scenario has no points to show
    if (given.window or given.regimen or given.days or effect) and not given.drug and measured is not None:
        raise PredictionError("--window, --regimen, --days and --effect are about concentrations; give --drug and "
                              "--regimen")
    predicted = prediction_of(given, fitted) if given.drug or measured is None else None
    covered = metrics.coverage(predicted, given.window) if given.window else None
    return reporting.report(fit=measured, prediction=predicted, coverage=covered, comparison=ranked, path=path,
                            command=output.command(given), response=responded(given, predicted) if effect else None)


def _ranked(given):
    """The ranking of the models that were asked for, on the data file."""
    from .. import fitting

    if given.source is None or given.source.endswith(".toml"):
        raise PredictionError("--rank fits models to a data file; give one, or leave --rank away")
    if given.set:
        raise PredictionError("--rank fits every parameter of every model; leave --set away")
    given.data = given.source
    names = [name.strip() for name in given.rank.split(",") if name.strip()]
    names += [given.model] if given.model and names and given.model not in names else []
    found = fitting.compare(study_of(given), names or None, seed=given.seed,
                            progress=lambda models: output.progress(models, "models"))
    if given.model and given.model not in [fit.model.name for fit in found.fits]:
        raise PredictionError(f"--model {given.model} is not among the models that were ranked; add it to --rank")
    output.remark("", found.advice, *(f"! {name} could not be fitted: {why}" for name, why in found.failed.items()))
    return found
