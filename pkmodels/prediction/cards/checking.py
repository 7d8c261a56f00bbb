"""What each table of a card may hold, and one sentence for whatever else it holds."""

import math

from ... import units
from ...errors import PkmodelsError, RecordError, unknown
from .numbers import EVIDENCE

#: Keys with ! are needed.
CARD = {"name!": "text", "analyte!": "text", "analyte_label": "text", "molar_mass": "table", "citations": "texts",
        "remarks": "texts", "sets!": "tables", "observed": "list"}
SET = {"title": "text", "population": "text", "body!": "texts", "default": "flag", "citations": "texts",
       "remarks": "texts", "parameters!": "tables", "bioavailability": "table", "apparent": "flag",
       "analyte": "text", "analyte_label": "text", "molar_mass": "table", "matrix": "text", "assay": "text",
       "fraction_unbound": "table", "variability": "text", "cv_means": "text", "correlations": "list",
       "covariates": "list", "residual": "tables", "depot": "table"}
NUMBER = {"value!": "number", "unit!": "text", "source!": "text", "evidence!": "text", "sd": "number", "cv": "number",
          "omega2": "number", "scale": "text", "se": "number"}
DEPOT = {"model!": "text", "label!": "text", "parameters!": "tables", "correlations": "list", "observed": "table"}
CORRELATION = {"parameters!": "texts", "value!": "real", "source!": "text", "evidence!": "text"}
COVARIATE = {"parameter!": "text", "covariate!": "text", "form!": "text", "reference": "real", "unit": "text",
             "coefficient!": "real", "source!": "text", "evidence!": "text", "meaning": "text", "low": "number",
             "high": "number"}
OBSERVED = {"quantity!": "text", "label!": "text", "sets!": "texts", "unit!": "text", "source!": "text",
            "evidence!": "text", "regimen": "text", "value": "number", "low": "number", "high": "number",
            "sd": "number"}
_WORDS = {"text": "text in quotation marks", "texts": "a list of texts such as [\"...\"]", "flag": "true or false",
          "number": "a number that is not negative", "real": "a number",
          "list": "written as tables in double brackets, such as [[observed]]",
          "tables": "tables, such as [sets.adults] and in it v_central = { value = 44.1, unit = \"L\", ... }",
          "table": "a number with its source: { value = 1, unit = \"L\", source = \"...\", evidence = \"measured\" }"}


def check(entry, schema, where):
    """Refuse a table with an unknown key, without a needed one, or with a value of the wrong kind."""
    if not isinstance(entry, dict):
        raise RecordError(f"{where} must be {_WORDS['table']}")
    kinds = {key.rstrip("!"): kind for key, kind in schema.items()}
    for key in entry:
        if key not in kinds:
            raise RecordError(f"{where}: {unknown('key', key, kinds)}")
    missing = [key[:-1] for key in schema if key.endswith("!") and entry.get(key[:-1]) in (None, "", [], {})]
    if missing:
        raise RecordError(f"{where}: {missing[0]} is missing; it must be {_WORDS[kinds[missing[0]]]}")
    for key, value in entry.items():
        if not _fits(value, kinds[key]):
            raise RecordError(f"{where}: {key} = {value!r} must be {_WORDS[kinds[key]]}")
    if "evidence" in kinds and entry["evidence"] not in EVIDENCE:
        raise RecordError(f"{where}: evidence = '{entry['evidence']}' is not possible; use {' or '.join(EVIDENCE)}")


def choice(entry, key, possible, where):
    """The text under ``key``, one of ``possible``; None where the card does not say."""
    if key in entry and entry[key] not in possible:
        raise RecordError(f"{where}: {key} = '{entry[key]}' is not possible; use {' or '.join(possible)}")
    return entry.get(key)


def explained(action, where):
    """Run ``action``; its complaint is given with file and key."""
    try:
        return action()
    except PkmodelsError as problem:
        raise RecordError(f"{where}: {problem}") from None


def same_kind(given, wanted, where):
    """Refuse a unit that is of another kind."""
    explained(lambda: units.factor(given, wanted), where)


def _fits(value, kind):
    if kind in ("number", "real"):
        lowest = 0 if kind == "number" else -math.inf
        return isinstance(value, (int, float)) and not isinstance(value, bool) and lowest <= value < math.inf \
            and value > -math.inf
    if kind == "tables":
        return isinstance(value, dict) and all(isinstance(each, dict) for each in value.values())
    if kind == "texts":
        return isinstance(value, list) and all(isinstance(each, str) for each in value)
    if kind == "list":
        return isinstance(value, list) and all(isinstance(each, dict) for each in value)
    return isinstance(value, {"text": str, "flag": bool, "table": dict}[kind])
