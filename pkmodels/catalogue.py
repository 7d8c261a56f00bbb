"""The catalogue: every model that stands in a file of `carriers/` or `bodies/`, found by walking the folders."""

import importlib
from functools import lru_cache
from pathlib import Path

from .errors import ModelError, unknown
from .modifiers import modified

_KINDS = {"release": "carriers", "body": "bodies"}


@lru_cache(maxsize=2)
def _places(kind):
    """Model name -> module path, without importing anything."""
    root = Path(__file__).parent
    found = {}
    for path in sorted((root / _KINDS[kind]).rglob("*.py")):
        if path.stem.startswith("_"):
            continue
        if path.stem in found:
            raise ModelError(f"two model files are called {path.name}; a model's name must be its own")
        found[path.stem] = "." + ".".join(path.relative_to(root).with_suffix("").parts)
    return found


def list_models(kind="release"):
    """The names of all models of a kind, ``"release"`` or ``"body"``."""
    return tuple(_places(kind))


def family(name):
    """The family of a release model: the folder it stands in."""
    return _places("release")[name.split("+")[0]].split(".")[-2]


@lru_cache(maxsize=512)
def get_model(name, kind="release"):
    """The model of that name; ``weibull+lag+plateau`` puts modifiers on a curve.

    Raises
    ------
    UnknownName
        With the nearest names.
    """
    base, *modifiers = (part.strip() for part in str(name).split("+"))
    if modifiers and kind == "release":
        return modified(get_model(base), modifiers)
    places = _places(kind)
    if name not in places:
        raise unknown(f"{kind} model", name, places)
    found = importlib.import_module(places[name], __package__).MODEL
    if found.name != name:
        raise ModelError(f"the file {name}.py defines a model called {found.name}; the two must agree")
    return found
