"""The toml file beside a data file: what a table cannot say about itself."""

from dataclasses import dataclass, field

from .. import shelf
from ..errors import StudyError, unknown
from .settle import Said, released_from, time_from

_TEXTS = ("title", "licence", "drug", "carrier", "medium")
_KEYS = (*_TEXTS, "citation", "note", "time_unit", "released_unit", "conditions", "formulations", "sampling",
         "normalised")
_SAMPLING = ("vessel_volume", "sample_volume", "replacement", "dose", "solubility")


@dataclass(frozen=True)
class Sidecar:
    """What the toml file says; empty where there is none.

    Parameters
    ----------
    file : str
    citation : str
        Ids or text; several ids stand apart by "; ".
    notes : tuple of str
    time, released : tuple of Said
        At most one unit each.
    conditions : dict
        Name to text or number, of the whole study.
    formulations : dict
        Formulation to such a mapping of its own.
    sampling : dict
    normalised : bool
        Whether the shares are of the total recovered.
    """

    file: str
    citation: str = ""
    notes: tuple = ()
    time: tuple = ()
    released: tuple = ()
    conditions: dict = field(default_factory=dict)
    formulations: dict = field(default_factory=dict)
    sampling: dict = field(default_factory=dict)
    normalised: bool = False


def read_sidecar(path):
    """Read the toml file with the stem of a data file.

    Parameters
    ----------
    path : Path
        Of the data file.

    Returns
    -------
    Sidecar

    Raises
    ------
    UnknownName, StudyError, UnitError, RecordError
        For an unknown key, a value of the wrong kind, an unknown unit, or a broken file.
    """
    path = path.with_suffix(".toml")
    if not path.is_file():
        return Sidecar(path.name)
    content = shelf.read_toml(path)
    _check_keys(content, _KEYS, path.name)
    for key in (*_TEXTS, "note", "time_unit", "released_unit"):
        if not isinstance(content.get(key, ""), str):
            raise StudyError(f"{path.name}: {key} = {content[key]!r} must be text in quotation marks")
    if not isinstance(content.get("normalised", False), bool):
        raise StudyError(f"{path.name}: normalised = {content['normalised']!r} must be true (shares of the total "
                         f"recovered) or false (shares of the dose)")
    tables = {key: _table(content, key, path.name) for key in ("conditions", "formulations", "sampling")}
    _check_keys(tables["sampling"], _SAMPLING, f"{path.name}, [sampling]")
    for name in tables["formulations"]:
        own = _table(tables["formulations"], name, f"{path.name}, [formulations]")
        _plain(own, f"{path.name}, [formulations.{name}]")
    conditions = {key: content[key] for key in _TEXTS if key in content}
    return Sidecar(
        file=path.name, citation=_citation(content.get("citation", ""), path.name),
        notes=((content["note"],) if "note" in content else ()) + (
            (f"shares of the total recovered, not of the dose ({path.name})",) if content.get("normalised") else ()),
        normalised=content.get("normalised", False),
        time=_said(content, "time_unit", time_from, path.name),
        released=_said(content, "released_unit", released_from, path.name),
        conditions={**conditions, **_plain(tables["conditions"], f"{path.name}, [conditions]"),
                    **{key: str(value) for key, value in tables["sampling"].items()}},
        formulations=tables["formulations"],
        sampling={key: str(value) for key, value in tables["sampling"].items()})


def _said(content, key, reader, file):
    if key not in content:
        return ()
    where = f"{file} ({key} = \"{content[key]}\")"
    return (Said(reader(content[key], where), where),)


def _check_keys(content, allowed, file):
    for key in content:
        if key not in allowed:
            raise unknown(f"key in {file}", key, allowed)


def _table(content, key, file):
    table = content.get(key, {})
    if not isinstance(table, dict):
        raise StudyError(f"{file}: {key} must be a table such as [{key}]")
    return table


def _plain(table, place):
    for key, value in table.items():
        if isinstance(value, bool) or not isinstance(value, (str, int, float)):
            raise StudyError(f"{place}: {key} = {value!r} must be a number or text")
    return table


def _citation(value, file):
    ids = [value] if isinstance(value, str) else value
    if not isinstance(ids, list) or not all(isinstance(each, str) for each in ids):
        raise StudyError(f"{file}: citation = {value!r} must be text, or a list of ids such as [\"kakade2018\"]")
    return "; ".join(ids)
