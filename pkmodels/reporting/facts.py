"""What a report says beside its plots: what was predicted, coverage, sources, what made it."""

import importlib.metadata
import json
import platform

import numpy as np

from .. import __version__, plotting
from ..errors import UnknownName
from ..prediction import local_ratio
from ..prediction import table as prediction_table
from ..prediction.lines import lines
from ..references import reference
from .wording import number, unit_of

#: Libraries whose versions belong to a result.
LIBRARIES = ("numpy", "scipy", "lmfit", "sympy", "pandas", "xarray", "matplotlib")
#: Measures of coverage, in two tables that fit a printed page.
TIMES = ("inside", "below", "above", "first_entry", "onset", "last_exit", "longest_gap")
LEVELS = ("cmax", "tmax", "cmin", "ctrough", "cavg", "fluctuation", "swing")
#: Shares of the patients that a table of a population shows.
QUANTILES = (0.025, 0.25, 0.5, 0.75, 0.975)


def headline(fit, prediction, coverage):
    """The answer in one sentence, and the sentences that belong to it."""
    if coverage is not None:
        return coverage.verdict[0], coverage.verdict[1:]
    if prediction is not None and "plasma" in prediction:
        plasma, times = prediction["plasma"], prediction["time"].values
        peak = int(plasma.values.argmax())
        return (f"{plasma.attrs.get('analyte', 'drug')} in plasma is highest at {number(plasma.values[peak])} "
                f"{plasma.attrs['units']}, {number(times[peak])} {unit_of(prediction)} after the first dose",
                ("no window was given to hold it against",))
    if prediction is not None and prediction.attrs.get("kind") == "population":
        peak = prediction["cmax"]
        return (f"{peak.attrs.get('analyte', 'drug')} in plasma is highest at {number(float(np.median(peak)))} "
                f"{peak.attrs['units']} in the median of {prediction.sizes['patient']} patients",
                ("no window was given to hold it against",))
    if prediction is not None and fit is None:
        return (f"{number(100 * float(prediction['released'][-1]))} % of the dose is released by "
                f"{number(float(prediction['time'][-1]))} {unit_of(prediction)}"), ()
    if fit is None:
        return "", ()
    return (f"{fit.model.name} follows the {fit.points} points to "
            f"{number(100 * fit.statistics['rmse'], 2)} % of the dose (root mean square)"), ()


def about(said, prediction):
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
        if "time" in prediction.coords:
            rows.append(("Until", f"{float(prediction['time'][-1]):.6g} {unit_of(prediction)}"))
        if "patient" in prediction.sizes:
            rows.append(("Patients", str(prediction.sizes["patient"])))
        if "draw" in prediction.sizes:
            rows.append(("Draws of the fit", str(prediction.sizes["draw"])))
    return {"rows": rows, "assumptions": lines(said, "assumptions"),
            "has_plasma": prediction is not None and "plasma" in prediction,
            "regimen": "regimen" in said,
            "people": None if prediction is None else _people(prediction),
            "local": local_ratio(prediction) if prediction is not None and "local" in prediction else None}


def coverage_tables(coverage):
    """Two tables of coverage: (caption, measures, rows) with plain numbers, and reasons for what is missing."""
    if coverage is None or not hasattr(coverage, "rows"):
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


def citations(fit, said, coverage, response=None):
    """Citation lines of everything that was used, each once; an id that is not on the shelf stands as it was given."""
    wanted = [] if fit is None else [*fit.study.citation.split("; "), *fit.model.references]
    wanted += [*lines(said, "citations"), *(() if coverage is None else coverage.window.citations),
               *(() if response is None else lines(response.attrs, "citations"))]
    found = []
    for each in dict.fromkeys(wanted):
        try:
            source = reference(each)
            found.append((str(source).replace(source.url, "").strip() if source.url else str(source), source.doi))
        except UnknownName:
            found.append((each, ""))
    return [pair for pair in found if pair[0]]


def made_with(fit, said, command):
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


def _people(prediction):
    """Quantiles over the patients, as (name, unit, numbers) rows; None where there is one patient."""
    if prediction.attrs.get("kind") != "population":
        return None
    rows = []
    for name in (*TIMES, *LEVELS):
        values = prediction[name].values.ravel() if name in prediction else np.array([])
        # A patient who never enters enters later than all others.
        late = np.where(np.isnan(values), np.inf, values) if name in ("first_entry", "onset") else values
        known = late[~np.isnan(late)]
        if name in ("cmin", "ctrough"):
            # What a sum of exponentials leaves where there is nothing yet is rounding.
            known = np.where(known < 1e-12 * prediction["cmax"].values.max(), 0.0, known)
        if len(known):
            found = np.quantile(known, QUANTILES, method="inverted_cdf")
            rows.append((name.replace("_", " "), prediction[name].attrs["units"], [float(each) for each in found]))
    return {"quantiles": [f"{100 * share:g} %" for share in QUANTILES], "rows": rows}


def shown(response):
    """The names of what a response shows."""
    return [name for name in response.data_vars if not name.endswith("_draws")]


def says_response(response, name):
    """How one quantity runs, in a sentence."""
    series, time = response[name], response["time"].values
    values, unit = series.values, "" if series.attrs["units"] == "1" else f" {series.attrs['units']}"
    high, low = int(values.argmax()), int(values.argmin())
    label = series.attrs.get("analyte") or name.replace("_", " ")
    return (f"{label} begins at {number(values[0])}{unit}, is highest at {number(values[high])}{unit} "
            f"({number(time[high])} {unit_of(response)}), lowest at {number(values[low])}{unit} "
            f"({number(time[low])} {unit_of(response)}) and ends at {number(values[-1])}{unit}")


def response(found):
    """What a page says about a response: effect, sentences, parameters, assumptions; None without one."""
    if found is None:
        return None
    given = json.loads(found.attrs["effect_parameters"])
    return {"effect": found.attrs["effect"], "driven_by": found.attrs["driven_by"],
            "figures": [(name, found[name].attrs.get("analyte") or name.replace("_", " ")) for name in shown(found)],
            "sentences": [says_response(found, name) for name in shown(found)],
            "parameters": [(name, f"{value:g} {'' if unit == '1' else unit}".rstrip())
                           for name, (value, unit) in given.items()],
            "assumptions": [each for each in lines(found.attrs, "assumptions") if "effect" in each.lower()]}


def full_tables(fit, prediction, coverage, comparison):
    """The tables behind a report with all their digits, by the name of their sheet."""
    tables = {}
    if comparison is not None:
        tables["ranking"] = comparison.table
    if fit is not None:
        tables |= {"parameters": fit.table, "data": fit.study.frame}
    if prediction is not None and prediction.attrs.get("kind") == "population":
        each = [name for name in prediction.data_vars if set(prediction[name].dims) <= {"patient", "draw"}]
        tables["patients"] = prediction[each].to_dataframe()
    elif prediction is not None:
        tables["prediction"] = prediction_table(prediction)
    if coverage is not None:
        tables["coverage"] = coverage.full_table if hasattr(coverage, "full_table") else coverage.table
        if not hasattr(coverage, "full_table"):
            tables["attainment"] = coverage.attainment()
    return tables
