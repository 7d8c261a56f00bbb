"""What a prediction was asked for, as plain text, so that a report can make it again."""

import json
from pathlib import Path

from .. import catalogue
from ..errors import PkmodelsError
from ..model import Curve, Model
from ..solve.release import Release
from .drug import Drug, read_drug
from .regimen import Regimen, read_regimen
from .site import Site, read_site

#: Stands for the fit that a report holds beside its prediction.
FIT = {"fit": True}


class _Unwritten(Exception):
    """An argument that no text says; why."""


def asked(release, **arguments):
    """The arguments of a prediction as JSON: those that were given, or under ``reason`` why they cannot be written.

    Parameters
    ----------
    release : Fit, Release, Curve, Model, str, path or None
        A fit is not written down, only that it was one.
    arguments : of any kind
        By their names in `predict` or `predict_population`; None where not given.
    """
    try:
        found = {"release": _release(release)}
        for name, value in arguments.items():
            if value is not None:
                found[name] = _plain(name, value)
        return as_json(found)
    except (_Unwritten, PkmodelsError, TypeError, ValueError) as problem:
        return json.dumps({"reason": str(problem)})


def as_json(found):
    """Plain content as JSON; numbers of numpy are numbers."""
    return json.dumps(found, allow_nan=False, default=lambda value: value.tolist())


def arguments(text, fit=None):
    """The arguments that `asked` has written, ready to be given again; ``fit`` stands in for the fit."""
    found = json.loads(text)
    if found["release"] == FIT:
        found["release"] = fit
    if isinstance(found.get("site"), dict):
        given = {name: tuple(pair) for name, pair in found["site"]["given"].items()}
        found["site"] = read_site(found["site"]["name"], **given)
    for name in ("values", "variability"):
        if name in found:
            found[name] = {key: tuple(each) if isinstance(each, list) else each for key, each in found[name].items()}
    return found


def _release(source):
    if source is None or isinstance(source, str):
        return source
    if isinstance(source, Path):
        return str(source)
    from ..fitting import Fit  # loads slowly

    if type(source) is Fit:
        return FIT
    if isinstance(source, (Curve, Model)) and catalogue.knows(source.name) and \
            catalogue.get_model(source.name) is source:
        return source.name
    if isinstance(source, Release) and "scenario" in source.origin:
        return f"{source.origin['scenario']}:{source.origin['release']}"
    raise _Unwritten("it was predicted with a release that was put together in Python")


def _plain(name, value):
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, Drug):
        named = f"{value.name}:{value.set_name}"
        return _same(read_drug(named) == value, named, "a drug card that was changed or made in Python")
    if isinstance(value, Regimen):
        return _same(read_regimen(str(value)) == value, str(value), "a regimen that no sentence says")
    if isinstance(value, Site):
        shipped = read_site(value.name)
        given = {n: [each.value, each.unit] for n, each in value.parameters.items()
                 if shipped.parameters.get(n) != each}
        again = read_site(value.name, **{n: tuple(pair) for n, pair in given.items()})
        return _same(again == value, {"name": value.name, "given": given}, "a tissue that was made in Python")
    if hasattr(value, "limits") and hasattr(value, "to_dict"):
        return value.to_dict()
    if hasattr(value, "columns"):
        raise _Unwritten(f"its {name} is a table")
    if hasattr(value, "tolist"):
        return value.tolist()
    if not isinstance(value, (str, int, float, dict, list, tuple)):
        raise _Unwritten(f"its {name} was made in Python")
    return value


def _same(holds, text, what):
    if not holds:
        raise _Unwritten(f"it was predicted with {what}")
    return text
