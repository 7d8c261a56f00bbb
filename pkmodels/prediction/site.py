"""Site cards: the tissue that a carrier lies in, each number with its unit and its source.

A card is a TOML file: ``name`` and remarks at its head, one table ``[parameters]``, and where
blood flow, permeability or volume change in time a table ``[course]``.
"""

import html
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from .. import catalogue, shelf, units
from ..errors import PkmodelsError, PredictionError, RecordError, unknown
from ..references import cite
from .course import steps

EVIDENCE = ("read in source", "computed", "measured", "assumed")
#: What a tissue must or may be told: unit, bounds, meaning; those marked True are needed.
PARAMETERS = {
    "perfusion": ("1/min", (0.0, math.inf), True, "blood flow per volume of tissue (mL/mL/min)"),
    "volume": ("mL", (0.0, math.inf), True, "volume of the tissue"),
    "partition": ("1", (0.0, math.inf), True, "total concentration in tissue over that in plasma at rest"),
    "permeability_surface": ("1/min", (0.0, math.inf), False, "permeability times surface of the capillaries per "
                                                             "volume of tissue (mL/mL/min); without it blood leaves "
                                                             "in balance with the tissue"),
    "clearance_local": ("mL/min", (0.0, math.inf), False, "loss within the tissue"),
    "f_unbound": ("1", (0.0, 1.0), False, "unbound share of the drug in plasma"),
}
_ABOVE_ZERO = ("volume", "partition", "f_unbound")
_HEAD = {"name": str, "title": str, "tissue": str, "citations": list, "remarks": list, "parameters": dict,
         "course": dict}
_KEYS = {"value": (int, float), "unit": str, "source": str, "evidence": str, "sd": (int, float), "low": (int, float),
         "high": (int, float)}


@dataclass(frozen=True, kw_only=True)
class SiteNumber:
    """A number of a tissue.

    Parameters
    ----------
    value : float
        In ``unit``.
    sd, low, high : float, optional
        Spread that was published beside it, in ``unit``.
    source : str
    evidence : {"read in source", "computed", "measured", "assumed"}
    """

    value: float
    unit: str
    source: str
    evidence: str
    sd: float | None = None
    low: float | None = None
    high: float | None = None

    def __str__(self):
        spread = f" ± {self.sd:g}" if self.sd is not None else ""
        spread += f" ({self.low:g} to {self.high:g})" if self.low is not None else ""
        return f"{self.value:g}{spread}" + ("" if self.unit == "1" else f" {self.unit}")

    @property
    def inside(self):
        """The value in hours and litres."""
        return units.inside(self.value, self.unit)


@dataclass(frozen=True, kw_only=True)
class Site:
    """A well-mixed tissue that drug is released into; prints itself as a card.

    Parameters
    ----------
    name, title, tissue : str
        ``tissue`` is what stands on axes: "prostate tumour".
    parameters : mapping of str to SiteNumber
        See `PARAMETERS`; what is not there is not in play.
    course : mapping of str to tuple of (hour, factor)
        ``perfusion``, ``permeability_surface`` or ``volume`` as steps of a factor on its value, the
        first at hour 0 since the first dose.
    remarks, citations : tuple of str
    file, sha256 : str
        Empty for a tissue that was made in Python.
    """

    name: str
    title: str
    parameters: Mapping
    tissue: str = "tissue"
    course: Mapping = field(default_factory=dict)
    remarks: tuple = ()
    citations: tuple = ()
    file: str = ""
    sha256: str = field(default="", repr=False)

    def __post_init__(self):
        for name, (_, _, needed, meaning) in PARAMETERS.items():
            if needed and name not in self.parameters:
                raise RecordError(f"the site {self.name} needs {name}: {meaning}")
        object.__setattr__(self, "parameters", MappingProxyType(dict(self.parameters)))
        course = {name: steps(name, given) for name, given in dict(self.course).items()}
        for name in course:
            if name not in self.parameters:
                raise PredictionError(f"{name} has a course but no value; give {name} as well: {PARAMETERS[name][3]}")
        object.__setattr__(self, "course", MappingProxyType(course))

    @property
    def breakpoints(self):
        """The hours since the first dose at which anything changes."""
        return tuple(sorted({hour for course in self.course.values() for hour, _ in course[1:]}))

    def at(self, hour):
        """What holds from an hour on, by name, in hours and litres, with ``q_exchange`` (L/h)."""
        found = {name: number.inside for name, number in self.parameters.items()}
        for name, course in self.course.items():
            found[name] *= [factor for start, factor in course if start <= hour or start == 0][-1]
        found["q_exchange"] = exchange_flow(found["perfusion"], found["volume"], found.get("permeability_surface"))
        return found

    def changed(self, course=None, **given):
        """The same tissue with other numbers.

        Parameters
        ----------
        course : mapping, optional
            ``{"perfusion": [(0, 0.13), (672, 1)]}``: (hour, factor) steps of ``perfusion``,
            ``permeability_surface`` or ``volume``; see `embolised` and `normalised`.
        given : number, (number, unit) or "20 mL"
            Any of `PARAMETERS`; a plain number is in the unit listed there.

        Raises
        ------
        PredictionError, UnknownName
        """
        numbers = dict(self.parameters)
        for name, value in given.items():
            if name not in PARAMETERS:
                raise unknown("number of a site", name, PARAMETERS)
            numbers[name] = _given(name, value)
        return replace(self, parameters=numbers, course={**self.course, **dict(course or {})})

    @property
    def assumptions(self):
        """What is assumed of the tissue, as sentences."""
        for name, number in self.parameters.items():
            if number.evidence == "assumed":
                yield f"{name} of the {self.tissue} is {number}: assumed ({number.source})."
            elif number.evidence == "given":
                yield f"{name} of the {self.tissue} is {number}, as you gave it."
        if "permeability_surface" not in self.parameters:
            yield (f"Blood leaves the {self.tissue} in balance with it (no permeability was given): the highest "
                   f"exchange that this blood flow allows.")
        yield "Blood and plasma are taken to carry the drug in the same concentration: perfusion is measured in blood."
        for name, course in self.course.items():
            low, high = min(f for _, f in course), max(f for _, f in course)
            yield (f"{name} of the {self.tissue} changes in {len(course)} steps between {low:.3g} and {high:.3g} of "
                   f"its value, until day {course[-1][0] / 24:.4g}.")

    def _table(self, form):
        from tabulate import tabulate

        rows = [[name, str(number), number.source, number.evidence] for name, number in self.parameters.items()]
        rows += [[f"course of {name}", ", ".join(f"x {f:.3g} from day {h / 24:.4g}" for h, f in course[:6])
                  + (" ..." if len(course) > 6 else ""), "", ""] for name, course in self.course.items()]
        return str(tabulate(rows, ["parameter", "value", "source", "evidence"], form, disable_numparse=True))

    def __repr__(self):
        remarks = "\n".join(f"- {remark}" for remark in self.remarks)
        return "\n\n".join([f"{self.name}: {self.title}", self._table("simple"), remarks, cite(self.citations)]).strip()

    def _repr_html_(self):
        remarks = "".join(f"<li>{html.escape(text)}</li>" for text in (*self.remarks, *map(cite, self.citations)))
        return f"<h4>{html.escape(f'{self.name}: {self.title}')}</h4>{self._table('html')}<ul>{remarks}</ul>"


def exchange_flow(perfusion, volume, permeability_surface=None):
    """Flow of blood that is cleared of drug in one passage, Q (1 - exp(-PS/Q)), in L/h (Crone 1963).

    Parameters
    ----------
    perfusion, permeability_surface : float
        1/h, per volume of tissue; None for a permeability that holds nothing back.
    volume : float
        L
    """
    if permeability_surface is None or perfusion == 0:
        return perfusion * volume
    return -perfusion * volume * math.expm1(-permeability_surface / perfusion)


def list_sites():
    """The names of the sites that ship with pkmodels."""
    return shelf.names("data", "sites/*.toml")


def read_site(name, course=None, **given):
    """Read a site card, with other numbers where they are given.

    Parameters
    ----------
    name : str, path or Site
        ``"prostate_tumour"``, or the path of a card of your own (``"my_site.toml"``).
    course : mapping, optional
        See `Site.changed`.
    given
        Numbers that replace those of the card, such as ``volume="35 mL"``; see `PARAMETERS`.

    Returns
    -------
    Site

    Raises
    ------
    RecordError
        If the card is not what a card should be; file and key are named.
    UnknownName
        If there is no site of that name.
    """
    if not isinstance(name, (Site, str, Path)):
        raise PredictionError(f"{name!r} is no site; give a name such as 'prostate_tumour', a card's path or a Site")
    if not isinstance(name, Site):
        own = str(name).endswith(".toml") or isinstance(name, Path) or "/" in str(name) or "\\" in str(name)
        path = Path(name) if own else shelf.find("data", "sites/*.toml", str(name), "site")
        name = _site(shelf.read_toml(path), path)
    return name.changed(course, **given) if given or course else name


def _site(card, path):
    file = path.name
    for key, value in card.items():
        if key not in _HEAD:
            raise RecordError(f"{file}: {unknown('key', key, _HEAD)}")
        if not isinstance(value, _HEAD[key]):
            raise RecordError(f"{file}: {key} = {value!r} is not of the right kind; see a card that ships")
    if not card.get("name") or not card.get("parameters"):
        raise RecordError(f"{file}: a site needs a name and a table [parameters]")
    numbers = {name: _number(f"{file}, {name}", name, entry) for name, entry in card["parameters"].items()}
    _explained(lambda: cite(card.get("citations", ())), f"{file}, citations")
    course = dict(card.get("course", {}))
    per_hour = units.factor(course.pop("time_unit", "day"), "h") if course else 1.0
    course = _explained(lambda: {n: [(h * per_hour, f) for h, f in given] for n, given in course.items()},
                        f"{file}, [course]")
    return _explained(lambda: Site(
        name=card["name"], title=card.get("title", card["name"]), tissue=card.get("tissue", "tissue"),
        parameters=numbers, course=course, remarks=tuple(card.get("remarks", ())),
        citations=tuple(dict.fromkeys((*card.get("citations", ()), *catalogue.get_model("tissue", "body").references))),
        file=file, sha256=shelf.sha256(path)), file)


def _number(where, name, entry):
    if name not in PARAMETERS:
        raise RecordError(f"{where}: {unknown('number of a site', name, PARAMETERS)}")
    if not isinstance(entry, dict):
        raise RecordError(f"{where} must be a number with its source: {{ value = 0.24, unit = \"1/min\", "
                          f"source = \"...\", evidence = \"measured\" }}")
    for key, value in entry.items():
        if key not in _KEYS:
            raise RecordError(f"{where}: {unknown('key', key, _KEYS)}")
        if not isinstance(value, _KEYS[key]) or isinstance(value, bool):
            raise RecordError(f"{where}: {key} = {value!r} is not of the right kind")
    missing = [key for key in ("value", "unit", "source", "evidence") if key not in entry]
    if missing:
        raise RecordError(f"{where}: {missing[0]} is missing")
    if entry["evidence"] not in EVIDENCE:
        raise RecordError(f"{where}: evidence = '{entry['evidence']}' is not possible; use {' or '.join(EVIDENCE)}")
    if ("low" in entry) != ("high" in entry):
        raise RecordError(f"{where}: give both low and high, or neither")
    return _explained(lambda: _checked(name, SiteNumber(**entry)), where)


def _given(name, value):
    """A `SiteNumber` from what a user writes."""
    unit = PARAMETERS[name][0]
    try:
        if isinstance(value, str):
            value, unit = units.assigned(name, value)
        elif isinstance(value, (tuple, list)):
            value, unit = value
    except (TypeError, ValueError) as problem:
        if isinstance(problem, PkmodelsError):
            raise
        raise PredictionError(f"{name} = {value!r} cannot be read; write a number in {unit}, or such as "
                              f"(20, '{unit}')") from None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise PredictionError(f"{name} = {value!r} is not a number; {name} is {PARAMETERS[name][3]}")
    return _checked(name, SiteNumber(value=float(value), unit=unit, source="given by hand", evidence="given"))


def _checked(name, number):
    """The number, if its unit is of the right kind and its value possible."""
    unit, (low, high), _, meaning = PARAMETERS[name]
    if units.dimension(number.unit) != units.dimension(unit):
        raise PredictionError(f"{name} = {number} has the wrong unit: {name} is the {meaning}; write it in "
                              f"{unit if unit != '1' else 'plain numbers'}")
    least = number.value > 0 if name in _ABOVE_ZERO else number.value >= low
    if not (math.isfinite(number.value) and least and number.inside <= high):
        bounds = "above 0" if name in _ABOVE_ZERO else "not negative"
        raise PredictionError(f"{name} = {number} is not possible; it must be {bounds}"
                              + (f" and at most {high:g}" if math.isfinite(high) else ""))
    return number


def _explained(action, where):
    """Run ``action``; its complaint is given with file and key."""
    try:
        return action()
    except PkmodelsError as problem:
        raise RecordError(f"{where}: {problem}") from None
    except (TypeError, ValueError):
        raise RecordError(f"{where} cannot be read; write steps such as perfusion = [[0, 0.13], [28, 1]]") from None
