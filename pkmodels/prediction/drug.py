"""Drug cards: what a body does with a drug, each number with its unit and its source.

A card is a TOML file: ``name``, ``analyte`` and remarks at its head; one table ``[sets.NAME]`` per
published set of parameters; and ``[[observed]]`` values to hold a prediction against.
"""

import html
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from .. import catalogue, shelf, units
from ..errors import PkmodelsError, RecordError, unknown
from ..references import cite

EVIDENCE = ("read in source", "computed", "measured", "assumed")
#: What each table of a card may hold; keys with ! are needed.
_CARD = {"name!": "text", "analyte!": "text", "analyte_label": "text", "molar_mass": "table", "citations": "texts",
         "remarks": "texts", "sets!": "tables", "observed": "list"}
_SET = {"title": "text", "population": "text", "body!": "texts", "default": "flag", "citations": "texts",
        "remarks": "texts", "parameters!": "tables", "bioavailability": "table"}
_NUMBER = {"value!": "number", "unit!": "text", "source!": "text", "evidence!": "text", "sd": "number", "cv": "number",
           "se": "number"}
_OBSERVED = {"quantity!": "text", "label!": "text", "sets!": "texts", "unit!": "text", "source!": "text",
             "evidence!": "text", "regimen": "text", "value": "number", "low": "number", "high": "number",
             "sd": "number"}
_WORDS = {"text": "text in quotation marks", "texts": "a list of texts such as [\"...\"]", "flag": "true or false",
          "number": "a number that is not negative", "list": "written as [[observed]] tables",
          "tables": "tables, such as [sets.adults] and in it v_central = { value = 44.1, unit = \"L\", ... }",
          "table": "a number with its source: { value = 1, unit = \"L\", source = \"...\", evidence = \"measured\" }"}


@dataclass(frozen=True, kw_only=True)
class Number:
    """A published number.

    Parameters
    ----------
    value : float
        In ``unit``.
    sd : float, optional
        Standard deviation between people, in ``unit``.
    cv : float, optional
        The same as a share of the value: 0.399 for 39.9 %.
    se : float, optional
        Standard error of the value itself, in ``unit``.
    source : str
        Where it stands, with table or section.
    evidence : {"read in source", "computed", "measured", "assumed"}
    """

    value: float
    unit: str
    source: str
    evidence: str
    sd: float | None = None
    cv: float | None = None
    se: float | None = None

    def __str__(self):
        unit = "" if self.unit == "1" else f" {self.unit}"
        spread = f" ± {self.sd:g}" if self.sd is not None else ""
        return f"{self.value:g}{spread}{unit}" + (f" (cv {100 * self.cv:g} %)" if self.cv is not None else "")


@dataclass(frozen=True, kw_only=True)
class Observed:
    """A published or computed result to hold a prediction against: a value, or a range from ``low`` to ``high``."""

    quantity: str
    label: str
    unit: str
    source: str
    evidence: str
    sets: tuple
    regimen: str = ""
    value: float | None = None
    low: float | None = None
    high: float | None = None
    sd: float | None = None

    def __str__(self):
        number = f"{self.value:g}" if self.value is not None else f"{self.low:g} to {self.high:g}"
        return number + (f" ± {self.sd:g}" if self.sd is not None else "") + f" {self.unit}"


@dataclass(frozen=True, kw_only=True)
class Drug:
    """One parameter set of a drug card; prints itself as a card.

    Parameters
    ----------
    name, analyte, analyte_label : str
    set_name, title, population : str
        The chosen set and the people it was measured in.
    body : tuple of str
        Names of body models, to be joined in this order.
    parameters : mapping of str to Number
    bioavailability : float
        Share of the released drug that reaches the blood.
    bioavailability_source : str
        ``"assumed"`` where the card gives none.
    molar_mass : Number or None
    observed : tuple of Observed
        Those of this set.
    sets : tuple of str
        All sets of the card.
    remarks, citations : tuple of str
    file, sha256 : str
        The card's file name and fingerprint.
    """

    name: str
    analyte: str
    analyte_label: str
    set_name: str
    title: str
    population: str
    body: tuple
    parameters: Mapping
    bioavailability: float
    bioavailability_source: str
    molar_mass: Number | None
    observed: tuple
    sets: tuple
    remarks: tuple
    citations: tuple
    file: str
    sha256: str = field(repr=False)

    @property
    def assumptions(self):
        """What the card assumes, as sentences."""
        if self.bioavailability_source != "assumed":
            return ()
        return (f"bioavailability {self.bioavailability:g}: all released drug is taken to reach the blood (assumed, "
                f"the card of {self.name} gives none)",)

    def _tables(self, form):
        from tabulate import tabulate

        rows = [[name, str(number), number.source, number.evidence] for name, number in self.parameters.items()]
        rows.append(["bioavailability", f"{self.bioavailability:g}", self.bioavailability_source, ""])
        checks = [[each.quantity, str(each), each.label, f"{each.source} ({each.evidence})"] for each in self.observed]
        yield str(tabulate(rows, ["parameter", "value", "source", "evidence"], form, disable_numparse=True))
        if checks:
            yield str(tabulate(checks, ["observed", "value", "what", "source"], form, disable_numparse=True))

    def _head(self):
        others = [name for name in self.sets if name != self.set_name]
        return (f"{self.analyte_label}; body {' -> '.join(self.body)}; set '{self.set_name}'"
                + (f" (also: {', '.join(others)})" if others else ""))

    def __repr__(self):
        remarks = "\n".join(f"- {remark}" for remark in self.remarks)
        return "\n\n".join([f"{self.name}: {self.title}", self._head(), *self._tables("simple"), remarks,
                            cite(self.citations)]).strip()

    def _repr_html_(self):
        remarks = "".join(f"<li>{html.escape(text)}</li>" for text in (*self.remarks, *map(cite, self.citations)))
        return (f"<h4>{html.escape(f'{self.name}: {self.title}')}</h4><p>{html.escape(self._head())}</p>"
                f"{''.join(self._tables('html'))}<ul>{remarks}</ul>")


def list_drugs():
    """The names of the drugs that ship with pkmodels."""
    return shelf.names("data", "drugs/*.toml")


def read_drug(name, population=None):
    """Read a parameter set of a drug card.

    Parameters
    ----------
    name : str, path or Drug
        ``"goserelin"`` (its default set), ``"goserelin:female"``, or the path of a card of your own
        (``"my_drug.toml"``, ``"my_drug.toml:adults"``).
    population : str, optional
        The name of the set, instead of writing it behind the colon.

    Returns
    -------
    Drug

    Raises
    ------
    RecordError
        If the card is not what a card should be; file and key are named.
    UnknownName
        If there is no drug of that name; the nearest are listed.
    """
    if isinstance(name, Drug):
        if population not in (None, name.set_name):
            raise RecordError(f"the drug given is already the set '{name.set_name}'; read '{name.name}:{population}'")
        return name
    text, chosen = str(name), population
    stem, colon, behind = text.rpartition(":")
    if colon and not text.endswith(".toml") and not any(sign in behind for sign in "/\\"):
        if population not in (None, behind):
            raise RecordError(f"'{text}' names the set '{behind}' and population '{population}' another; give one")
        text, chosen = stem, behind
    own = text.endswith(".toml") or isinstance(name, Path) or "/" in text or "\\" in text
    path = Path(text) if own else shelf.find("data", "drugs/*.toml", text, "drug")
    return _drug(shelf.read_toml(path), chosen, path)


def _drug(card, chosen, path):
    file = path.name
    _check(card, _CARD, file)
    for name, entry in card["sets"].items():
        _check(entry, _SET, f"{file}, [sets.{name}]")
    name = _choose(card["sets"], chosen, file)
    entry, place = card["sets"][name], f"{file}, [sets.{name}]"
    body = tuple(entry["body"])
    share, share_source = _bioavailability(entry, place)
    observed = [_observed(each, card["sets"], f"{file}, [[observed]] {k}")
                for k, each in enumerate(card.get("observed", []), 1)]
    cited = tuple(dict.fromkeys((*entry.get("citations", []), *card.get("citations", []))))
    _explained(lambda: cite(cited), f"{place}, citations")
    return Drug(
        name=card["name"], analyte=card["analyte"], analyte_label=card.get("analyte_label", card["analyte"]),
        set_name=name, title=entry.get("title", name), population=entry.get("population", ""), body=body,
        parameters=MappingProxyType(_parameters(entry["parameters"], body, place)),
        bioavailability=share, bioavailability_source=share_source,
        molar_mass=_number(card["molar_mass"], f"{file}, molar_mass", "g/mol") if "molar_mass" in card else None,
        observed=tuple(each for each in observed if name in each.sets), sets=tuple(card["sets"]),
        remarks=(*entry.get("remarks", []), *card.get("remarks", [])), citations=cited, file=file,
        sha256=shelf.sha256(path))


def _choose(sets, chosen, file):
    if chosen is not None:
        if chosen not in sets:
            raise RecordError(f"{file}: there is no population '{chosen}'; known: {', '.join(sets)}")
        return chosen
    defaults = [name for name, entry in sets.items() if entry.get("default")] if len(sets) > 1 else list(sets)
    if len(defaults) != 1:
        raise RecordError(f"{file}: {'several sets say' if defaults else 'no set says'} default = true; "
                          f"choose a population: {', '.join(sets)}")
    return defaults[0]


def _parameters(given, body, place):
    """The numbers of all body models, each checked against the model's own unit and bounds."""
    models = [_explained(lambda name=name: catalogue.get_model(name, "body"), f"{place}, body") for name in body]
    wanted = {p.name: p for model in models for p in model.parameters}
    found = {}
    for name, entry in given.items():
        where = f"{place}, {name}"
        if name not in wanted:
            raise RecordError(f"{where}: {unknown('parameter of ' + ' -> '.join(body), name, wanted)}")
        number = found[name] = _number(entry, where, wanted[name].unit)
        _explained(lambda name=name, number=number: wanted[name].check(number.value, number.unit), where)
        if number.value == 0:
            raise RecordError(f"{where} = 0 {number.unit} must be above zero")
    missing = [name for name in wanted if name not in given]
    if missing:
        raise RecordError(f"{place}: the body {' -> '.join(body)} also needs {', '.join(missing)}")
    return found


def _number(entry, where, kind):
    """A `Number` of the kind of unit that is wanted."""
    _check(entry, _NUMBER, where)
    _explained(lambda: units.factor(entry["unit"], kind), where)
    if entry.get("cv", 0) > 5:
        raise RecordError(f"{where}: cv = {entry['cv']:g} looks like per cent; write {entry['cv'] / 100:g}")
    return Number(**entry)


def _observed(entry, sets, where):
    _check(entry, _OBSERVED, where)
    _explained(lambda: units.unit(entry["unit"]), where)
    if ("value" in entry) == ("low" in entry or "high" in entry) or ("low" in entry) != ("high" in entry):
        raise RecordError(f"{where}: give either value, or low and high")
    for name in entry["sets"]:
        if name not in sets:
            raise RecordError(f"{where}: there is no set '{name}'; known: {', '.join(sets)}")
    return Observed(**{**entry, "sets": tuple(entry["sets"])})


def _bioavailability(entry, place):
    if "bioavailability" not in entry:
        return 1.0, "assumed"
    number = _number(entry["bioavailability"], f"{place}, bioavailability", "1")
    share = float(units.convert(number.value, number.unit, "1"))
    if not 0 < share <= 1:
        raise RecordError(f"{place}, bioavailability = {share:g} must be above 0 and up to 1: more drug than was "
                          f"released cannot arrive. An area under the curve above dose/clearance points to the assay")
    return share, number.source


def _check(entry, schema, where):
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


def _fits(value, kind):
    if kind == "number":
        return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < math.inf
    if kind == "tables":
        return isinstance(value, dict) and all(isinstance(each, dict) for each in value.values())
    if kind == "texts":
        return isinstance(value, list) and all(isinstance(each, str) for each in value)
    return isinstance(value, {"text": str, "flag": bool, "list": list, "table": dict}[kind])


def _explained(action, where):
    """Run ``action``; its complaint is given with file and key."""
    try:
        return action()
    except PkmodelsError as problem:
        raise RecordError(f"{where}: {problem}") from None
