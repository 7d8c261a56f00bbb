"""The verb population."""

from pathlib import Path

from ..errors import PredictionError, RecordError
from . import output
from .arguments import regimen_of

PICTURES = (".png", ".pdf", ".svg")


def run(given, fitted, values):
    """Predict a population, print how it covers the window, and draw it where asked."""
    from .. import metrics, prediction, reporting
    from ..windows import read_window

    if not given.drug or not given.regimen:
        raise PredictionError("a population needs --drug and --regimen")
    for option, value in (("--site", given.site), ("--in-vivo", given.in_vivo), ("--environment", given.environment)):
        if value:
            raise PredictionError(f"a population is predicted in plasma, with release as in the vial at 37 C and pH "
                                  f"7.4; leave {option} away, or take pkmodels predict")
    for path, endings in ((given.plot, PICTURES), (given.report, reporting.ENDINGS)):
        if path is not None:
            output.check(given, Path(path), endings)
    window = read_window(given.window)
    found = prediction.predict_population(
        fitted if fitted is not None else given.model, drug=given.drug, regimen=regimen_of(given),
        days=given.days, values=None if fitted is not None else values, patients=given.patients, seed=given.seed,
        window=window, variability=_varied(given.vary), table=_people(given.people), draws=given.draws,
        bioavailability=given.bioavailability, unreleased=given.unreleased, concentration_unit=given.unit,
        workers=given.workers, folder=given.folder,
        band=given.plot is not None or given.report is not None or given.published,
        progress=lambda chunks: output.progress(chunks, "chunks of patients"))
    covered = metrics.coverage(found, window, target=given.target)
    if given.plot is not None:
        from .. import plotting

        with output.writing(given, given.plot, PICTURES) as path:
            plotting.plot_population(found)[0].figure.savefig(path, dpi=200)
    if given.report is not None:
        with output.writing(given, given.report, reporting.ENDINGS) as path:
            # A scenario has no points to show.
            reporting.report(fit=fitted if hasattr(fitted, "study") else None, prediction=found, coverage=covered,
                             path=path, command=output.command(given))
    output.result(given, text=covered.text, table=lambda: covered.table, content=covered.to_dict)
    output.remark("", *covered.verdict, "", *covered.remarks)
    if given.published:
        output.remark("", prediction.beside_published(found).text)


def _varied(pairs):
    """'clearance=0.3' pairs as name to coefficient of variation."""
    found = {}
    for pair in pairs:
        name, equals, value = (part.strip() for part in pair.partition("="))
        try:
            found[name] = float(value)
        except ValueError:
            equals = ""
        if not equals or not name:
            raise PredictionError(f"--vary '{pair}' cannot be read; write NAME=CV, such as clearance=0.3 for 30 %")
    return found


def _people(path):
    if path is None:
        return None
    import pandas as pd

    if Path(path).suffix != ".csv":
        raise RecordError(f"'{path}' is not a .csv; give the people as a .csv with a column per covariate")
    try:
        return pd.read_csv(path)
    except (ValueError, UnicodeDecodeError) as problem:
        raise RecordError(f"{path} cannot be read as a .csv: {problem}") from None
