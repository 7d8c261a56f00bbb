"""Scenarios: carriers as reviews and papers describe them, with what is measured and what is assumed.

A scenario names models of the catalogue and gives every parameter a value with its evidence. It is a
place to start from, and not a finding.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from . import catalogue, references, shelf, units
from .errors import RecordError, unknown
from .solve.release import Release
from .surroundings import read_environment

#: Typed in from a source; computed from what was measured; what a claim would need; a guess.
EVIDENCE = ("measured", "computed", "claimed", "assumed")
_KEYS = ("title", "rows", "claim", "measured", "assumed", "citations", "environment", "remarks", "releases")


@dataclass(frozen=True, eq=False)
class Scenario:
    """A carrier with one release or more (one for each drug); prints itself with its evidence.

    Attributes
    ----------
    name, title : str
    rows : tuple of int
        Systems of the two founding reviews that it stands for, numbered 1 to 24.
    claim, measured, assumed : str
        What is said of it, what of that was measured, and what these values take for granted.
    releases : mapping of str to Release
    evidence : mapping of str to mapping
        Release and parameter to (evidence, source).
    environment : Environment
    words : str
        The surroundings as they are written.
    """

    name: str
    title: str
    rows: tuple
    claim: str
    measured: str
    assumed: str
    releases: Mapping
    evidence: Mapping
    environment: object
    words: str = ""
    citations: tuple = ()
    remarks: tuple = ()

    def release(self, drug=None):
        """The release of one drug; its name may be left away where there is only one.

        Raises
        ------
        UnknownName, RecordError
            With the names that there are.
        """
        if drug is None and len(self.releases) == 1:
            return next(iter(self.releases.values()))
        if drug is None:
            raise RecordError(f"{self.name} has several releases; say which: "
                              + ", ".join(f"'{self.name}:{each}'" for each in self.releases))
        if drug not in self.releases:
            raise unknown(f"release of {self.name}", drug, self.releases)
        return self.releases[drug]

    @property
    def models(self):
        """Names of the models, each once."""
        return tuple(dict.fromkeys(r.model.name for r in self.releases.values()))

    @property
    def standing(self):
        """``"measured"``, ``"partly measured"`` or, without data, ``"scenario"``: what its values rest on."""
        found = {kind in ("measured", "computed") for one in self.evidence.values() for kind, _ in one.values()}
        return "partly measured" if len(found) > 1 else "measured" if found == {True} else "scenario"

    def __str__(self):
        lines = [f"{self.title} ({self.name}); {self.standing}"]
        lines += [f"claimed: {self.claim}"] if self.claim else []
        lines += [f"measured: {self.measured}", f"assumed: {self.assumed}"]
        lines += [f"surroundings: {self.environment}"] if self.words else []
        for drug, release in self.releases.items():
            lines.append(f"  {drug}: {release.model.name}")
            for p in release.model.parameters:
                kind, source = self.evidence[drug][p.name]
                value = f"{units.outside(release.values[p.name], p.unit):.4g} {p.unit_text}".rstrip()
                lines.append(f"    {p.name} = {value} ({kind}{f': {source}' if source else ''})")
        return "\n".join([*lines, *self.remarks, references.cite(self.citations)]).rstrip()

    __repr__ = __str__

    def _repr_html_(self):
        from html import escape

        return f"<pre>{escape(str(self))}</pre>"

    def to_dict(self):
        """Plain content for JSON."""
        return {"name": self.name, "title": self.title, "rows": list(self.rows), "standing": self.standing,
                "claim": self.claim, "measured": self.measured, "assumed": self.assumed, "environment": self.words,
                "releases": {drug: {"model": r.model.name, "parameters": r.origin["given_as"]}
                             for drug, r in self.releases.items()},
                "remarks": list(self.remarks), "citations": list(self.citations)}


def list_scenarios():
    """The names of all scenarios that ship."""
    return shelf.names("data", "scenarios/*.toml")


def read_scenario(name):
    """The scenario of that name.

    Raises
    ------
    UnknownName
        With the nearest names.
    RecordError
        If its file is not as it must be.
    """
    path = shelf.find("data", "scenarios/*.toml", name, "scenario")
    content = shelf.read_toml(path)
    for key in content:
        if key not in _KEYS:
            raise RecordError(f"{path.name}: {unknown('key', key, _KEYS)}")
    releases, evidence = {}, {}
    around = {"environment": content["environment"]} if "environment" in content else {}
    around["citation"] = "; ".join(content["citations"])
    for drug, given in content["releases"].items():
        model = catalogue.get_model(given["model"])
        values = {key: value for key, value in given.items() if key != "model"}
        missing = [p.name for p in model.parameters if p.name not in values]
        if missing:
            raise RecordError(f"{path.name}, {drug}: {', '.join(missing)} of {model.name} has no value")
        for key, value in values.items():
            if value.get("evidence") not in EVIDENCE:
                raise RecordError(f"{path.name}, {drug}, {key}: evidence must be one of {', '.join(EVIDENCE)}")
        inside = model.values({key: (value["value"], value["unit"]) for key, value in values.items()})
        origin = {"scenario": name, "release": drug, "given_as": values, **around}
        releases[drug] = Release(model, inside, origin=origin)
        evidence[drug] = {key: (value["evidence"], value.get("source", "")) for key, value in values.items()}
    words = content.get("environment", "")
    return Scenario(
        name=name, title=content["title"], rows=tuple(content["rows"]), claim=content.get("claim", ""),
        measured=content["measured"], assumed=content["assumed"], releases=releases, evidence=evidence,
        environment=read_environment(words or {}), words=words, citations=tuple(content["citations"]),
        remarks=tuple(content.get("remarks", ())))


def table():
    """All scenarios as a Markdown table, in the order of the reviews' rows."""
    found = sorted(map(read_scenario, list_scenarios()), key=lambda s: (s.rows or (99,), s.name))
    lines = ["| row | scenario | mechanism | what is measured | what is assumed | values | sources |",
             "|---|---|---|---|---|---|---|"]
    for one in found:
        sources = ", ".join(dict.fromkeys(one.citations))
        cells = (", ".join(map(str, one.rows)) or "-", f"`{one.name}`: {one.title}", ", ".join(one.models),
                 one.measured, one.assumed, one.standing, sources)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)
