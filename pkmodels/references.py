"""The bibliography: every source that a model, a drug card or a window names by its id."""

from dataclasses import dataclass
from functools import lru_cache

from . import shelf
from .errors import RecordError, unknown

_BIBTEX = {"article": "article", "book": "book", "label": "misc", "web": "misc", "software": "misc"}
_TEXTS = ("title", "journal", "volume", "issue", "pages", "doi", "note", "checked")
_KEYS = ("kind", "authors", "others", "year", "verified", *_TEXTS)


@dataclass(frozen=True, kw_only=True)
class Reference:
    """A source: prints as a citation line.

    Parameters
    ----------
    id : str
    kind : {"article", "book", "label", "web", "software"}
    authors : tuple of str
        Family name and initials, ``"Higuchi T"``.
    others : bool
        Whether more authors follow ("et al.").
    title, journal, volume, issue, pages, doi : str
        Empty where unknown.
    year : int or None
    verified : bool
        False for a citation that nobody has looked up yet; it says so when printed.
    note, checked : str
        What a reader must know about it, and where the entry was read.
    """

    id: str
    kind: str
    authors: tuple
    others: bool = False
    title: str = ""
    journal: str = ""
    year: int | None = None
    volume: str = ""
    issue: str = ""
    pages: str = ""
    doi: str = ""
    verified: bool = True
    note: str = ""
    checked: str = ""

    def __str__(self):
        authors = ", ".join(self.authors) + (" et al." if self.others else "")
        head = f"{authors} ({self.year})." if self.year else authors.rstrip(".") + "."
        where = self.journal
        if self.volume:
            where += f" {self.volume}" + (f"({self.issue})" if self.issue else "")
        if self.pages:
            where += f":{self.pages.replace('-', '–')}"
        parts = [head, *(f"{text}." for text in (self.title, where) if text)]
        if self.doi:
            parts.append(self.url)
        if not self.verified:
            parts.append("(citation recalled, not verified)")
        return " ".join(parts)

    @property
    def url(self):
        """The address of the work, empty where no DOI is known."""
        return f"https://doi.org/{self.doi}" if self.doi else ""

    @property
    def bibtex(self):
        """The entry for a bibliography in BibTeX."""
        names = [_braced(name) if self.kind in ("label", "web", "software") else _family_first(name)
                 for name in self.authors]
        fields = {
            "author": " and ".join(names + ["others"] * self.others),
            "title": _escaped(self.title),
            "journal": _escaped(self.journal),
            "year": str(self.year or ""),
            "volume": self.volume,
            "number": self.issue,
            "pages": self.pages.replace("-", "--"),
            "doi": self.doi,
            "note": "" if self.verified else "citation recalled, not verified",
        }
        lines = ",\n".join(f"  {key} = {{{value}}}" for key, value in fields.items() if value)
        return f"@{_BIBTEX[self.kind]}{{{self.id},\n{lines}\n}}"


def reference(id):  # noqa: A002 - the field calls it an id
    """The source with that id.

    Raises
    ------
    UnknownName
        With the nearest ids.
    """
    known = _bibliography()
    if id not in known:
        raise unknown("reference", id, known)
    return known[id]


def references():
    """The ids of all sources, sorted."""
    return tuple(sorted(_bibliography()))


def cited_in(text):
    """The sources that a data file names, as `cite` takes them: ids we know, or the words as they stand."""
    parts = [part.strip() for part in text.split(";")]
    return tuple(part if part in _bibliography() or " " in part else f"{part} (as the data file has it)"
                 for part in parts if part)


def cite(ids):
    """Citation lines of one id or several, one line each, each source once, in the order given.

    What has a space in it is not an id but a citation line already, and stands as it is.
    """
    wanted = [ids] if isinstance(ids, str) else list(ids)
    return "\n".join(each if " " in each else str(reference(each)) for each in dict.fromkeys(wanted))


@lru_cache(maxsize=1)
def _bibliography():
    path = shelf.folder("data") / "references.toml"
    return {key: _read(path.name, key, entry) for key, entry in shelf.read_toml(path).items()}


def _read(file, key, entry):
    """A `Reference` from one table of the file, or a message that names file and key."""
    place = f"{file}, [{key}]"
    if not isinstance(entry, dict):
        raise RecordError(f"{place}: a source is a table such as [higuchi1961] with kind and authors")
    for name in entry:
        if name not in _KEYS:
            raise RecordError(f"{place}: {unknown('key', name, _KEYS)}")
    if entry.get("kind") not in _BIBTEX:
        raise RecordError(f"{place}: kind = {entry.get('kind')!r} is not possible; use one of {', '.join(_BIBTEX)}")
    authors = entry.get("authors")
    if not (isinstance(authors, list) and authors and all(isinstance(name, str) and name for name in authors)):
        raise RecordError(f"{place}: authors must be a list of names such as [\"Higuchi T\"]")
    for name in _TEXTS:
        if not isinstance(entry.get(name, ""), str):
            raise RecordError(f"{place}: {name} = {entry[name]!r} must be text in quotation marks")
    if not (entry.get("title") or entry.get("journal")):
        raise RecordError(f"{place}: neither title nor journal is given; a reader could not find the source")
    if "year" in entry and not isinstance(entry["year"], int):
        raise RecordError(f"{place}: year = {entry['year']!r} must be a whole number such as 1961")
    return Reference(id=key, **{**entry, "authors": tuple(authors)})


def _family_first(name):
    family, _, initials = name.rpartition(" ")
    return f"{_escaped(family)}, {initials}" if family else _escaped(name)


def _braced(name):
    return "{" + _escaped(name) + "}"


def _escaped(text):
    for sign in ("&", "%", "_", "#"):
        text = text.replace(sign, f"\\{sign}")
    return text
