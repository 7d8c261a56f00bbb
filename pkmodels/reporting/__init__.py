"""The report: the answer first, then everything it rests on, as a page, as Markdown or as a workbook."""

import re
import tempfile
from pathlib import Path

from .. import __version__
from ..errors import PkmodelsError, RecordError
from ..shelf import as_path
from . import facts, markdown, pictures, record, workbook
from .wording import number, sentence

#: So many remarks on the fit stand in the box at the top; all of them stand beside the fit.
GRAVEST = 3
#: What can be written, by the ending of the file.
ENDINGS = (".html", ".md", ".xlsx")


def report(fit=None, prediction=None, coverage=None, comparison=None, path=None, command="", now=None, *,
           response=None):
    """Write a page of HTML that needs nothing else (no network, no scripts, plots inside), Markdown or a workbook.

    Parameters
    ----------
    fit : Fit, optional
        The best of ``comparison`` when only that is given.
    prediction : xarray.Dataset, optional
        From `predict` or `predict_population`.
    coverage : Coverage or PopulationCoverage, optional
        Its window is shaded in the plot of the prediction.
    comparison : Comparison, optional
    path : str or Path, optional
        Where to write: ``.html``; ``.md``, with its plots as files in the folder ``NAME_plots`` beside it; or
        ``.xlsx``, the same text on a first sheet and the tables with all their digits on the others.
    command : str
        The command line that makes the same report again.
    now : str or datetime, optional
        Printed as the date of the report. Without it the same results give the same bytes.
    response : xarray.Dataset, optional
        From `respond`: what the predicted concentration does, such as testosterone.

    Returns
    -------
    Path or str
        ``path`` where one was given, else the page itself.

    Raises
    ------
    PkmodelsError
        If there is nothing to report, or the pieces do not belong together.
    RecordError
        If the file has another ending or cannot be written.
    """
    if path is not None:
        path = as_path(path, RecordError, "report.html")
        if path.suffix not in ENDINGS:
            raise RecordError(f"'{path}' must end in {', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}")
    said = dict(prediction.attrs) if prediction is not None else dict(coverage.about) if coverage is not None else {}
    if fit is None and comparison is not None:
        fit = next((f for f in comparison.fits if f.model.name == said.get("model")), comparison.best)
    if fit is None and not said:
        raise PkmodelsError("there is nothing to report; give a fit, a prediction, a coverage or a comparison")
    _check_together(fit, said, coverage, response)
    kept, reason = record.written(fit, prediction, coverage, comparison, response, command, _date(now))
    drawn = pictures.plots(fit, prediction, coverage, comparison, response)
    page = _template().render(
        title=_title(fit, said), now=_date(now), fit=fit, comparison=comparison, coverage=coverage,
        prediction=facts.about(said, prediction), headline=facts.headline(fit, prediction, coverage), gravest=GRAVEST,
        plots=drawn, tables=facts.coverage_tables(coverage), response=facts.response(response),
        study=None if fit is None else fit.study, citations=facts.citations(fit, said, coverage, response),
        made_with=facts.made_with(fit, said, command), record=kept, no_record=reason)
    if path is None:
        return page
    try:
        if path.suffix == ".html":
            path.write_text(page, encoding="utf-8", newline="\n")
        elif path.suffix == ".md":
            markdown.write(path, page, drawn)
        else:
            path.write_bytes(workbook.as_bytes(facts.full_tables(fit, prediction, coverage, comparison), page, kept))
    except OSError as problem:
        raise RecordError(f"{path} cannot be written ({problem.strerror}); choose another place") from problem
    return path


def report_again(path, out=None):
    """Make a report again from the record inside it, and say whether it came out the same.

    Measured points and fits are taken from the record; prediction, coverage and response are computed anew.

    Parameters
    ----------
    path : str or Path
        A report that was written by `report`: ``.html``, ``.md`` or ``.xlsx``.
    out : str or Path, optional
        Where to write the new one, with any of these endings.

    Returns
    -------
    str
        Empty where the new report has the same bytes as the old one, else why it may differ.

    Raises
    ------
    RecordError
        If the file holds no record.
    """
    path = as_path(path, RecordError, "report.html")
    found = record.pieces(record.read(path))
    if out is not None:
        report(**found, path=out)
    with tempfile.TemporaryDirectory() as folder:
        new = report(**found, path=Path(folder) / path.name)
        if _same(new, path) and all(_same(plot, path.parent / plot.relative_to(folder))
                                    for plot in Path(folder).glob("*_plots/*")):
            return ""
    return (f"{path.name} does not come out the same: it was changed, or made with other versions of pkmodels (here "
            f"{__version__}) and its libraries, which it lists at its end; compare the new one with it")


def _same(one, other):
    return other.is_file() and one.read_bytes() == other.read_bytes()


def _check_together(fit, said, coverage, response):
    """Refuse pieces of different analyses: the page would contradict itself."""
    pairs = [] if fit is None else [("fit", "model", fit.model.name, said.get("model", fit.model.name))]
    if coverage is not None:
        pairs += [("coverage", name, coverage.about.get(name), said.get(name)) for name in ("model", "drug", "regimen")]
    if response is not None:
        if not said:
            raise PkmodelsError("a response is driven by a prediction; give the prediction as well")
        pairs += [("response", name, response.attrs.get(name), said.get(name)) for name in ("model", "drug", "regimen")]
    for piece, name, its, predicted in pairs:
        if its != predicted:
            raise PkmodelsError(f"the {piece} has the {name} '{its}', but the prediction has '{predicted}'; "
                                f"give the {piece} that belongs to the prediction")


def _template():
    from jinja2 import Environment, PackageLoader, StrictUndefined

    jinja = Environment(loader=PackageLoader("pkmodels", "templates"), autoescape=True, undefined=StrictUndefined,
                        trim_blocks=True, lstrip_blocks=True)
    jinja.filters |= {"number": number, "sentence": sentence, "unit": lambda unit: "" if unit == "1" else unit,
                      "dashed": lambda text: re.sub(r"(?<=\d)-(?=\d)", "–", str(text))}
    return jinja.get_template("report.html.j2")


def _date(now):
    return now if now is None or isinstance(now, str) else now.strftime("%Y-%m-%d %H:%M")


def _title(fit, said):
    drug = said.get("drug", "")
    if fit is None:
        return f"{drug[:1].upper()}{drug[1:]} prediction" if drug else "Prediction"
    drug, formulation = fit.study.conditions.get("drug") or drug or "release", fit.study.formulations[0]
    return drug[:1].upper() + drug[1:] + (f", formulation {formulation}" if formulation else "")
