"""The record inside a report: points, fits, what was asked and the seeds, from which the same report is made again."""

import json
import math
from dataclasses import asdict, replace
from html.parser import HTMLParser

from .. import __version__, fitting, metrics, prediction, shelf
from ..errors import PkmodelsError, RecordError, StudyError
from ..fitting import record as fit_record
from ..prediction import asked
from ..studies import Study
from ..studies.vessel import Vessel
from ..studies.workbook import check_archive
from ..windows import Window

FORMAT = 1
_TEXTS = ("source", "sha256", "citation", "time_unit", "normalised", "notes", "set_aside", "remarks", "conditions",
          "formulation_conditions")
#: Stands for what was never given, for which TOML has no word.
_NOTHING = "(none)"


class _Unwritten(Exception):
    """Why a report has no record."""


def written(fit, predicted, coverage, comparison, response, command, now):
    """The record as text of TOML, and in words why there is none.

    Returns
    -------
    (str, str)
        One of the two is empty.
    """
    import tomli_w

    try:
        found = {"format": FORMAT, "pkmodels": __version__, "command": command, "now": now or ""}
        if fit is not None:
            found |= _fits(fit, comparison)
        if predicted is not None:
            found["prediction"] = _prediction(fit, predicted)
        if coverage is not None:
            found["coverage"] = _coverage(predicted, coverage)
        if response is not None:
            found["response"] = _response(predicted, response)
        return tomli_w.dumps(_plain(found)), ""
    except (_Unwritten, PkmodelsError) as problem:
        return "", str(problem)


def read(path):
    """The text of the record inside a report (.html, .md or .xlsx).

    Raises
    ------
    RecordError
        If the file cannot be read or holds no record.
    """
    path = shelf.as_path(path, RecordError, "report.html")
    try:
        text = _from_workbook(path) if path.suffix.lower() == ".xlsx" else path.read_text(encoding="utf-8")
    except (OSError, ValueError, KeyError, TypeError, SyntaxError, StudyError) as problem:
        raise RecordError(f"{path} cannot be read as a report: {problem}") from None
    if path.suffix.lower() == ".html":
        text = _Record(text).found
    elif path.suffix.lower() == ".md":
        text = text.rpartition("```toml\n")[2].partition("\n```")[0]
    if "format = " not in text[:40]:
        raise RecordError(f"{path.name} holds no record; give a report that pkmodels has written (.html, .md or .xlsx)")
    return text


def pieces(text):
    """What `report` was given, out of the text of a record: fits as they were found, all else computed anew.

    Raises
    ------
    RecordError
        If the record is incomplete or of another format.
    """
    import tomllib

    try:
        found = tomllib.loads(text)
        if found["format"] != FORMAT:
            raise RecordError(f"this record has format {found['format']}, this version reads {FORMAT}")
        return _pieces(found)
    except PkmodelsError:
        raise
    except (KeyError, TypeError, IndexError, ValueError, AttributeError) as problem:
        raise RecordError(f"the record of this report is not complete: {problem}") from problem


def _pieces(found):
    given = {"command": found["command"], "now": found["now"] or None}
    if "fits" in found:
        study = _study(found["study"])
        fits = [replace(fitting.record.fit_of({"format": 1, **one, "data": fitting.record.data_of(study) | {
            "formulation": study.formulations[0]}}), study=study) for one in found["fits"]]
        given["fit"] = fits[found["chosen"]]
        if found["compared"]:
            given["comparison"] = fitting.Comparison.of(fits[:found["compared"]], found["failed"])
    if "prediction" in found:
        wanted = asked.arguments(found["prediction"]["asked"], given.get("fit"))
        many = "patients" in wanted
        if many and isinstance(wanted.get("window"), dict):
            wanted["window"] = _window(wanted["window"])
        predict = prediction.predict_population if many else prediction.predict
        given["prediction"] = predict(wanted.pop("release"), **wanted)
        if not found["prediction"]["draws"] and not many:
            given["prediction"] = _without_draws(given["prediction"])
    if "coverage" in found:
        wanted = json.loads(found["coverage"]["asked"])
        given["coverage"] = metrics.coverage(given["prediction"], _window(wanted.pop("window")), **wanted)
    if "response" in found:
        driven = given["prediction"] if found["response"]["draws"] else _without_draws(given["prediction"])
        wanted = json.loads(found["response"]["asked"])
        wanted["values"] = {n: tuple(v) if isinstance(v, list) else v for n, v in wanted["values"].items()}
        given["response"] = prediction.respond(driven, **wanted)
    return given


def _fits(fit, comparison):
    fits = [] if comparison is None else [*comparison.fits]
    compared = len(fits)
    if not any(fit is one for one in fits):
        fits.append(fit)
    for one in fits:
        if type(one) is not fitting.Fit:
            raise _Unwritten("the fit is one of many curves, which has a record of its own (fit.save)")
        if one.study is not fit.study:
            raise _Unwritten("the fits are of different studies")
    chosen = next(k for k, one in enumerate(fits) if one is fit)
    kept = [{key: value for key, value in fit_record.content(one).items() if key not in ("data", "format")}
            for one in fits]
    return {"compared": compared, "chosen": chosen, "failed": {} if comparison is None else dict(comparison.failed),
            "study": _written_study(fit.study), "fits": kept}


def _prediction(fit, predicted):
    said = json.loads(predicted.attrs.get("asked", '{"reason": "it was changed after it was predicted"}'))
    if "reason" in said:
        raise _Unwritten(said["reason"])
    if said["release"] == asked.FIT:
        if fit is None:
            raise _Unwritten("it was predicted with a fit that was not given to the report")
        if "parameters" in predicted.attrs and not _agree(fit, json.loads(predicted.attrs["parameters"])):
            raise _Unwritten("the prediction is of another fit than the one that was given to the report")
    return {"asked": predicted.attrs["asked"], "draws": _has_draws(predicted)}


def _agree(fit, parameters):
    from .. import units

    return all(math.isclose(units.inside(value, unit), fit.inside[name], rel_tol=1e-9, abs_tol=1e-300)
               for name, (value, unit) in parameters.items())


def _coverage(predicted, coverage):
    if predicted is None:
        raise _Unwritten("the prediction behind the coverage was not given to the report")
    if hasattr(coverage, "target"):
        return {"asked": json.dumps({"window": coverage.window.to_dict(), "target": coverage.target})}
    if "asked" not in coverage.about:
        raise _Unwritten("the coverage does not say what was asked")
    return {"asked": json.dumps(coverage.about["asked"])}


def _response(predicted, response):
    if "asked" not in response.attrs:
        raise _Unwritten("the response does not say what was asked")
    return {"asked": response.attrs["asked"], "draws": _has_draws(response)}


def _has_draws(dataset):
    return any(name.endswith("_draws") for name in dataset.data_vars)


def _without_draws(dataset):
    return dataset.drop_vars([name for name in dataset.data_vars if name.endswith("_draws")])


def _window(said):
    return Window(**said | {"upper": math.inf if said["upper"] is None else said["upper"],
                            "warnings": tuple(said["warnings"]), "citations": tuple(said["citations"])})


def _written_study(study):
    frame = {str(name): [each.item() if hasattr(each, "item") else each for each in study.frame[name]]
             for name in study.frame.columns}
    for name, values in frame.items():
        if not all(isinstance(each, (str, int, float)) for each in values):
            raise _Unwritten(f"the column {name} of the data holds what a text cannot say")
    return {name: getattr(study, name) for name in _TEXTS} | {
        "vessels": {name: asdict(vessel) for name, vessel in study.vessels.items()}, "frame": frame}


def _study(said):
    import pandas as pd

    given = {name: tuple(said[name]) if isinstance(said[name], list) else _filled(said[name]) for name in _TEXTS}
    vessels = {name: Vessel(**_filled(vessel)) for name, vessel in said["vessels"].items()}
    return Study(pd.DataFrame(said["frame"]), **given, vessels=vessels)


def _plain(thing):
    """What TOML can hold; nothing, of which it has no word, by a word of our own."""
    if isinstance(thing, dict):
        return {str(name): _plain(each) for name, each in thing.items()}
    if isinstance(thing, (list, tuple)):
        return [_plain(each) for each in thing]
    if hasattr(thing, "item"):
        return thing.item()
    return _NOTHING if thing is None else thing


def _filled(thing):
    if isinstance(thing, dict):
        return {name: _filled(each) for name, each in thing.items()}
    return None if thing == _NOTHING else thing


def _from_workbook(path):
    import openpyxl

    check_archive(path)
    # A file object, because openpyxl leaves one of its own open where the workbook is damaged.
    with path.open("rb") as file:
        sheet = openpyxl.load_workbook(file, read_only=True)["record"]
        return "\n".join("".join(cell or "" for cell in row) for row in sheet.iter_rows(values_only=True))


class _Record(HTMLParser):
    """The text of the element with the id ``record``."""

    def __init__(self, page):
        super().__init__(convert_charrefs=True)
        self.inside, self.found = False, ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.inside = tag == "pre" and dict(attrs).get("id") == "record"

    def handle_endtag(self, tag):
        self.inside = False

    def handle_data(self, data):
        if self.inside:
            self.found += data
