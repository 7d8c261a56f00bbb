"""The catalogue: every model that stands in a file of `carriers/`, `bodies/`, `effects/` or `degradation/`."""

import importlib
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from .carriers._names import ALIASES, DDSOLVER, DDSOLVER_CHECKED, SAME_CURVES
from .errors import ModelError, UnknownName, unknown
from .modifiers import modified

_KINDS = {"release": "carriers", "body": "bodies", "effect": "effects", "degradation": "degradation"}

#: Families of release curves for any carrier; the others belong to one kind of carrier and need to be asked for.
_PLAIN = ("burst", "diffusion", "dissolution", "empirical", "plga", "sigmoid")


@lru_cache(maxsize=4)
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
    """The names of all models of a kind: ``"release"``, ``"body"``, ``"effect"`` or ``"degradation"``; no aliases."""
    return tuple(_places(kind))


@lru_cache(maxsize=1)
def list_ranked():
    """The release models that a ranking tries when none are named: every curve that one study can decide, once.

    Left out, and taken when they are asked for by name: carriers of one kind, models with a quantity that must be
    measured (a radius, a rate of degradation), flows that always draw the curve of a closed form, and laws that have
    released something at time 0 as they are published.
    """
    return tuple(name for name in list_models() if family(name) in _PLAIN and not _spare(get_model(name)))


def _spare(model):
    measured = any(p.measured for p in model.parameters)
    return measured or not getattr(model, "starts_at_zero", True) or any(
        where == "always" for where, _ in same_as(model.name) if not hasattr(model, "released"))


def resolve(name):
    """The name under which the catalogue keeps a release model.

    Takes aliases (``logistic``), DDSolver's numbers (``331``, ``ddsolver:331``) and names (``Weibull_4``), modifiers
    (``logistic+plateau``), capitals, blanks and hyphens (``Korsmeyer-Peppas``).

    Raises
    ------
    UnknownName
        With the nearest names.
    """
    base, *modifiers = (re.sub(r"[\s\-–]+", "_", part.strip().lower()) for part in str(name).split("+"))
    number = base.removeprefix("ddsolver:").strip("_")
    if number.isdecimal() and number.isascii():
        base = ddsolver(number).model
    elif base in ALIASES:
        base = ALIASES[base]
    elif base not in _places("release"):
        raise unknown("release model", base, [*_places("release"), *ALIASES])
    return "+".join([base, *modifiers])


def aliases(name):
    """Other names of a curve: ``hill`` is also ``logistic``."""
    return tuple(alias for alias, base in ALIASES.items() if base == name)


def same_as(name):
    """Where a curve is another one in disguise: pairs of (condition, other curve)."""
    name = resolve(name)
    return (*((where, other) for one, where, other in SAME_CURVES if one == name),
            *((where, one) for one, where, other in SAME_CURVES if other == name))


@dataclass(frozen=True)
class DDSolverModel:
    """A model of DDSolver: its number there, its name here, and how sure the number is."""

    number: int
    model: str
    checked: bool

    @property
    def remark(self):
        """What to mind when the two are compared."""
        notes = [] if self.checked else ["number as commonly listed; not checked against the program"]
        if "+lag" in self.model or "+initial" in self.model:
            notes.append("DDSolver lets a lag or an initial share become negative; here neither does")
        if self.number in (337, 338):
            notes.append("337 and 338 are one curve with other constants, beta = exp(k gamma)")
        return "; ".join(notes)


def ddsolver(number):
    """The model of that number in DDSolver, 301 to 340.

    Raises
    ------
    UnknownName
        For any other number.
    """
    if int(number) not in DDSOLVER:
        raise unknown("DDSolver model", number, ["301 to 340"])
    return DDSolverModel(int(number), DDSOLVER[int(number)], int(number) in DDSOLVER_CHECKED)


def list_ddsolver():
    """All forty models of DDSolver, in the order of their numbers."""
    return tuple(ddsolver(number) for number in DDSOLVER)


def family(name):
    """The family of a release model: the folder it stands in."""
    return _places("release")[resolve(name).split("+")[0]].split(".")[-2]


def knows(name):
    """Whether a release model goes by this name."""
    try:
        return bool(resolve(name))
    except UnknownName:
        return False


def get_model(name, kind="release"):
    """The model of that name; ``weibull+lag+plateau`` puts modifiers on a curve, ``ddsolver:331`` is the same one.

    Raises
    ------
    UnknownName
        With the nearest names.
    """
    return _model(resolve(name) if kind == "release" else str(name), kind)


@lru_cache(maxsize=512)
def _model(name, kind):
    base, *modifiers = name.split("+")
    if modifiers and kind == "release":
        return modified(_model(base, kind), modifiers)
    places = _places(kind)
    if name not in places:
        raise unknown(f"{kind} model", name, places)
    found = importlib.import_module(places[name], __package__).MODEL
    if found.name != name:
        raise ModelError(f"the file {name}.py defines a model called {found.name}; the two must agree")
    return found
