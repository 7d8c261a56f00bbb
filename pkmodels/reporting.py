"""The report: one self-contained page with the answer first, then everything it rests on."""

import importlib.metadata
import io
import json
import math
import platform
import re

from . import __version__, plotting, units
from .errors import PkmodelsError, RecordError, UnknownName
from .prediction import local_ratio
from .prediction.lines import lines
from .references import reference
from .shelf import as_path

#: Libraries whose versions belong to a result.
LIBRARIES = ("numpy", "scipy", "lmfit", "sympy", "pandas", "xarray", "matplotlib")
#: So many remarks on the fit stand in the box at the top; all of them stand beside the fit.
GRAVEST = 3
#: Measures of coverage, in two tables that fit a printed page.
TIMES = ("inside", "below", "above", "first_entry", "onset", "last_exit", "longest_gap")
LEVELS = ("cmax", "tmax", "cmin", "ctrough", "cavg", "fluctuation", "swing")


def report(fit=None, prediction=None, coverage=None, comparison=None, path=None, command="", now=None):
    """Write a page of HTML that needs nothing else: no network, no scripts, plots inside.

    Parameters
    ----------
    fit : Fit, optional
        The best of ``comparison`` when only that is given.
    prediction : xarray.Dataset, optional
    coverage : Coverage, optional
        Its window is shaded in the plot of the prediction.
    comparison : Comparison, optional
    path : str or Path, optional
        Where to write the page.
    command : str
        The command line that makes the same report again.
    now : str or datetime, optional
        Printed as the date of the report. Without it the same results give the same bytes.

    Returns
    -------
    Path or str
        ``path`` where one was given, else the page itself.

    Raises
    ------
    PkmodelsError
        If there is nothing to report, or the pieces do not belong together.
    RecordError
        If the file cannot be written.
    """
    said = dict(prediction.attrs) if prediction is not None else dict(coverage.about) if coverage is not None else {}
    if fit is None and comparison is not None:
        fit = next((f for f in comparison.fits if f.model.name == said.get("model")), comparison.best)
    if fit is None and not said:
        raise PkmodelsError("there is nothing to report; give a fit, a prediction, a coverage or a comparison")
    _check_together(fit, said, coverage)
    page = _template().render(
        title=_title(fit, said), now=_date(now), fit=fit, comparison=comparison, coverage=coverage,
        prediction=_about(said, prediction), headline=_headline(fit, prediction, coverage), gravest=GRAVEST,
        plots=_plots(fit, prediction, coverage, comparison), tables=_coverage_tables(coverage),
        study=None if fit is None else fit.study, citations=_citations(fit, said, coverage),
        made_with=_made_with(fit, said, command))
    if path is None:
        return page
    path = as_path(path, RecordError, "report.html")
    try:
        path.write_text(page, encoding="utf-8", newline="\n")
    except OSError as problem:
        raise RecordError(f"{path} cannot be written ({problem.strerror}); choose another place") from problem
    return path


def _check_together(fit, said, coverage):
    """Refuse pieces of different analyses: the page would contradict itself."""
    pairs = [] if fit is None else [("fit", "model", fit.model.name, said.get("model", fit.model.name))]
    if coverage is not None:
        pairs += [("coverage", name, coverage.about.get(name), said.get(name)) for name in ("model", "drug", "regimen")]
    for piece, name, its, predicted in pairs:
        if its != predicted:
            raise PkmodelsError(f"the {piece} has the {name} '{its}', but the prediction has '{predicted}'; "
                                f"give the {piece} that belongs to the prediction")


def _template():
    from jinja2 import Environment, PackageLoader, StrictUndefined

    jinja = Environment(loader=PackageLoader(__package__, "templates"), autoescape=True, undefined=StrictUndefined,
                        trim_blocks=True, lstrip_blocks=True)
    jinja.filters |= {"number": _number, "sentence": _sentence, "unit": lambda unit: "" if unit == "1" else unit,
                      "dashed": lambda text: re.sub(r"(?<=\d)-(?=\d)", "–", str(text))}
    return jinja.get_template("report.html.j2")


def _number(value, digits=3):
    """A number for people, a dash where there is none."""
    if value is None or not math.isfinite(value):
        return "–"
    text = f"{value:#.{digits}g}".rstrip(".") if value else "0"
    return (f"{value:.0f}" if "e+" in text and abs(value) < 1e6 else text).replace("-", "−")


def _sentence(text, names=()):
    """A verdict as a sentence of its own; the name of a parameter keeps its small letter."""
    text = str(text).strip()
    first = text[:1] if text.split(" ")[0] in names else text[:1].upper()
    # A number and its unit stay on one line.
    rest = re.sub(r"(?<=\d) (?=%|[nmu]g\b|h\b|day|week)", "\N{NO-BREAK SPACE}", text[1:])
    return first + rest + ("" if text.endswith((".", "!", "?")) else ".")


def _date(now):
    return now if now is None or isinstance(now, str) else now.strftime("%Y-%m-%d %H:%M")


def _title(fit, said):
    if fit is not None:
        drug, formulation = plotting.canvas.analyte_of(fit.study), fit.study.formulations[0]
        return drug[:1].upper() + drug[1:] + (f", formulation {formulation}" if formulation else "")
    drug = said.get("drug", "")
    return f"{drug[:1].upper()}{drug[1:]} prediction" if drug else "Prediction"


def _headline(fit, prediction, coverage):
    """The answer in one sentence, and the sentences that belong to it."""
    if coverage is not None:
        return coverage.verdict[0], coverage.verdict[1:]
    if prediction is not None and "plasma" in prediction:
        plasma, times = prediction["plasma"], prediction["time"].values
        peak = int(plasma.values.argmax())
        return (f"{plasma.attrs.get('analyte', 'drug')} in plasma is highest at {_number(plasma.values[peak])} "
                f"{plasma.attrs['units']}, {_number(times[peak])} {_unit(prediction)} after the first dose",
                ("no window was given to hold it against",))
    if prediction is not None and fit is None:
        return (f"{_number(100 * float(prediction['released'][-1]))} % of the dose is released by "
                f"{_number(float(prediction['time'][-1]))} {_unit(prediction)}"), ()
    if fit is None:
        return "", ()
    return (f"{fit.model.name} follows the {fit.points} points to "
            f"{_number(100 * fit.statistics['rmse'], 2)} % of the dose (root mean square)"), ()


def _unit(prediction):
    return plotting.canvas.WORDS.get(prediction["time"].attrs.get("units"), "days")


def _plots(fit, prediction, coverage, comparison):
    """The plots as inline SVG by name."""
    import matplotlib.style

    window = None if coverage is None else coverage.window
    found = {}
    # The style of the page is the same on every machine, whatever the user's matplotlibrc says.
    with matplotlib.style.context({"svg.hashsalt": "pkmodels", "svg.fonttype": "path"}, after_reset=True):
        if fit is not None:
            found["fit"] = _svg("fit", plotting.plot_fit(fit), _says_fit(fit))
            found["residuals"] = _svg("residuals", plotting.plot_residuals(fit), _says_residuals(fit))
        if comparison is not None:
            names = ", ".join(f.model.name for f in comparison.fits[:5])
            found["comparison"] = _svg("comparison", plotting.plot_comparison(comparison),
                                       f"Measured points with the curves of the best models: {names}.")
        if prediction is not None and "released" in prediction:
            found["release"] = _svg("release", plotting.plot_release(prediction), _says_release(prediction))
        if prediction is not None and "plasma" in prediction:
            found["plasma"] = _svg("plasma", plotting.plot_prediction(prediction, window),
                                   _says_plasma(prediction, window))
        if coverage is not None:
            found["coverage"] = _svg("coverage", plotting.plot_coverage(coverage),
                                     " ".join(map(_sentence, coverage.verdict)))
    return found


def _svg(name, ax, description):
    """The figure of axes as inline SVG that says what it shows; the same figure gives the same text."""
    from markupsafe import Markup, escape

    buffer = io.StringIO()
    ax.figure.savefig(buffer, format="svg", transparent=True,
                      metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")))
    _, size, inner = re.split(r"<svg ([^>]*)>", buffer.getvalue(), maxsplit=1)
    box = re.search(r'viewBox="([^"]+)"', size)[1]
    inner = re.sub(r"<!--.*?-->\n?|<metadata>.*?</metadata>\n?", "", inner, flags=re.DOTALL)
    # All plots share one page, so their ids must not be the same.
    inner = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>{name}-", inner)
    label = f"{name}-title"
    return Markup(f'<svg role="img" aria-labelledby="{label}" viewBox="{box}"><title id="{label}">'
                  f"{escape(description)}</title>{inner}")


def _says_fit(fit):
    study, last = fit.study, fit.curve().iloc[-1]
    return (f"{len(study.frame)} measured points and the fitted curve of {fit.model.name}, which reaches "
            f"{_number(100 * last['released'])} % of the dose at {_number(last['time'])} {study.time_unit}.")


def _says_residuals(fit):
    left, unit = 100 * fit.residuals, fit.study.time_unit
    worst = abs(left).argmax()
    return (f"Measured less fitted share at every point; the largest difference is {_number(left[worst], 2)} % of the "
            f"dose, at {_number(units.outside(fit.study.times[worst], unit))} {unit}.")


def _says_release(prediction):
    return (f"Predicted released share rising to {_number(100 * float(prediction['released'][-1]))} % of the dose by "
            f"{_number(float(prediction['time'][-1]))} {_unit(prediction)}.")


def _says_plasma(prediction, window):
    sentence = _sentence(_headline(None, prediction, None)[0])
    return sentence + ("" if window is None else f" The window {window.bounds} is shaded.")


def _about(said, prediction):
    """What was predicted, as (name, text) pairs, and what was taken for granted; None without a prediction."""
    if not said:
        return None
    rows = [(name, said[key]) for name, key in (
        ("Release model", "model"), ("Drug", "drug"), ("Measured in plasma", "analyte"), ("People", "population"),
        ("Body", "body"), ("Regimen", "regimen"),
        ("Tissue", "tissue")) if said.get(key)]
    body = json.loads(said.get("body_parameters", "{}"))
    if body:
        rows.append(("Body parameters", ", ".join(f"{name} = {value}" for name, value in body.items())))
    site = json.loads(said.get("site_parameters", "{}"))
    if site:
        rows.append(("Tissue parameters", ", ".join(f"{name} = {value}" for name, value in site.items())))
    if "fit_of" not in json.loads(said.get("origin", "{}")) and "parameters" in said:
        given = json.loads(said["parameters"])
        rows.append(("Release parameters", ", ".join(f"{n} = {v:g} {'' if u == '1' else u}".rstrip()
                                                     for n, (v, u) in given.items())))
    if "bioavailability" in said:
        rows.append(("Bioavailability", f"{100 * said['bioavailability']:g} % of what is released"))
    if prediction is not None:
        rows.append(("Until", f"{float(prediction['time'][-1]):.6g} {_unit(prediction)}"))
        if "draw" in prediction.sizes:
            rows.append(("Draws of the fit", str(prediction.sizes["draw"])))
    return {"rows": rows, "assumptions": lines(said, "assumptions"),
            "has_plasma": prediction is not None and "plasma" in prediction,
            "local": local_ratio(prediction) if prediction is not None and "local" in prediction else None}


def _coverage_tables(coverage):
    """Two tables of coverage: (caption, measures, rows) with plain numbers, and reasons for what is missing."""
    if coverage is None:
        return None
    plain = coverage.to_dict()
    rows = [row for row in (plain["overall"], *plain["intervals"]) if row["name"] in plotting.bars.distinct(coverage)]
    tables = []
    for caption, names in (("Time inside, below and above the window", TIMES), ("Concentrations", LEVELS)):
        head = [(name.replace("_", " "), _percent(rows[0][name])["unit"]) for name in names]
        tables.append((caption, head, [(row["name"], [_percent(row[name]) for name in names]) for row in rows]))
    reasons = {}
    for row in rows:
        for name in (*TIMES, *LEVELS):
            if "reason" in row[name]:
                reasons.setdefault(row[name]["reason"], []).append(f"{name.replace('_', ' ')} of {row['name']}")
    return {"tables": tables, "reasons": reasons, "draws": plain["draws"], "notes": plain["notes"]}


def _percent(cell):
    """A share of time in per cent, everything else as it is."""
    if cell["unit"] != "1":
        return cell
    return cell | {"unit": "%"} | {k: None if cell[k] is None else 100 * cell[k] for k in ("value", "low", "high")}


def _citations(fit, said, coverage):
    """Citation lines of everything that was used, each once; an id that is not on the shelf stands as it was given."""
    wanted = [] if fit is None else [*fit.study.citation.split("; "), *fit.model.references]
    wanted += [*lines(said, "citations"), *(() if coverage is None else coverage.window.citations)]
    found = []
    for each in dict.fromkeys(wanted):
        try:
            source = reference(each)
            found.append((str(source).replace(source.url, "").strip() if source.url else str(source), source.doi))
        except UnknownName:
            found.append((each, ""))
    return [pair for pair in found if pair[0]]


def _made_with(fit, said, command):
    """What is needed to make the same again, as (name, text) pairs."""
    rows = [("pkmodels", __version__)]
    origin = json.loads(said.get("origin", "{}"))
    source, sha256 = ((fit.study.source, fit.study.sha256) if fit is not None
                      else (origin.get("fit_of", ""), origin.get("sha256", "")))
    if source:
        rows.append(("Data", source))
    if sha256:
        rows.append(("SHA-256 of the data", sha256))
    if fit is not None:
        rows.append(("Seed of the fit", str(fit.seed)))
    if "seed" in said:
        rows.append(("Seed of the draws", str(said["seed"])))
    if command:
        rows.append(("Command", command))
    versions = [f"Python {platform.python_version()}"]
    for name in LIBRARIES:
        try:
            versions.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            continue
    return [*rows, ("Versions", ", ".join(versions))]
