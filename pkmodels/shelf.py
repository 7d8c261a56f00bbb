"""The shelf: files that ship with pkmodels (curves, drugs, windows, fit records), and nothing else."""

import hashlib
import tomllib
from functools import lru_cache
from pathlib import Path

from .errors import RecordError, unknown


@lru_cache(maxsize=4)
def folder(name):
    """The folder ``data`` or ``fits``: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parent
    for place in (package / name, package.parent / name):
        if place.is_dir():
            return place
    raise RecordError(f"the folder '{name}' that ships with pkmodels is missing; install pkmodels again")


def names(name, pattern):
    """The names (without ending) of the shipped files that match ``pattern`` below a folder."""
    return tuple(sorted(path.stem for path in folder(name).glob(pattern)))


def find(name, pattern, wanted, kind):
    """The path of the one shipped file whose stem is ``wanted``."""
    paths = {path.stem: path for path in folder(name).glob(pattern)}
    try:
        return paths[wanted]
    except KeyError:
        raise unknown(kind, wanted, sorted(paths)) from None


def read_toml(path):
    """Read a TOML file as a dictionary; a broken file is named with the line that is wrong."""
    path = Path(path)
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as problem:
        raise RecordError(f"{path} cannot be opened ({problem.strerror}); check the path") from problem
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise RecordError(f"{path.name} is not a TOML file: {problem}") from problem


def sha256(path):
    """The SHA-256 of a file, as kept in records and results."""
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def as_path(value, error, example):
    """A path that was given as text or Path.

    Raises
    ------
    PkmodelsError
        Of the kind ``error``, for anything else.
    """
    if not isinstance(value, (str, Path)) or not str(value):
        shown = repr(value) if isinstance(value, (int, float, str, type(None))) else f"a {type(value).__name__}"
        raise error(f"{shown} is not a path; give a text such as '{example}'")
    return Path(value)
