"""Finished pieces of long work in a folder, so that an interrupted run goes on where it was cut off."""

import contextlib
import hashlib
import json
import os
import zipfile
import zlib
from collections.abc import Mapping, Set
from dataclasses import fields, is_dataclass
from pathlib import Path

from . import __version__
from .errors import WorkError
from .workers import spread

#: What NumPy and its archives raise where a file is cut off or damaged, whichever byte it is.
_DAMAGE = (ValueError, OSError, zipfile.BadZipFile, EOFError, zlib.error, NotImplementedError, RuntimeError, KeyError)
#: The array of a kept file that says of which work and which piece it is.
_OF = "of"


def resumed(folder, asked, work, pieces, names, *, pack=dict, unpack=dict, **spreading):
    """Do ``work(piece)`` for every piece that the folder does not hold yet.

    A kept answer is taken over only where work, piece and version of pkmodels were the same to the last digit.

    Parameters
    ----------
    folder : path or None
        Finished pieces are kept there as .npz, beside ``manifest.json``; None for none.
    asked : mapping
        ``what`` it is, in words, and all that makes it another job though the work is the same.
    work, pieces, spreading
        As `pkmodels.workers.spread` takes them; work and pieces of what `digest` takes.
    names : sequence of str
        Of the pieces' files.
    pack, unpack : callable
        An answer as named arrays, and back.

    Yields
    ------
    int, object
        Place of a piece and its answer.

    Raises
    ------
    WorkError
        If the folder holds other work or cannot be used.
    """
    if folder is None:
        yield from spread(work, pieces, **spreading)
        return
    whole = digest([asked, __version__, work])
    folder, todo = _folder(Path(folder), asked["what"], whole), []
    marks = [digest([whole, piece]) for piece in pieces]
    for place, (mark, name) in enumerate(zip(marks, names, strict=True)):
        arrays = _read(folder / f"{name}.npz", mark)
        if arrays is None:
            todo.append(place)
        else:
            yield place, unpack(arrays)
    for k, answer in spread(work, [pieces[place] for place in todo], **spreading):
        _write(folder / f"{names[todo[k]]}.npz", {**pack(answer), _OF: marks[todo[k]]})  # the last: cut off first
        yield todo[k], answer


def digest(thing):
    """A hash of all that a thing is made of, the same in every process.

    Parameters
    ----------
    thing : plain values, arrays, dataclasses, tables (with ``to_csv``), expressions, and lists and mappings of these
    """
    return hashlib.sha256(json.dumps(_spelt(thing), sort_keys=True).encode()).hexdigest()


def _spelt(thing):
    if thing is None or isinstance(thing, (bool, int, float, str)):
        return thing
    if isinstance(thing, Mapping):
        return {"mapping": [[_spelt(key) if isinstance(key, (str, tuple)) else str(key), _spelt(value)]
                            for key, value in thing.items()]}
    if isinstance(thing, (list, tuple)):
        return [_spelt(each) for each in thing]
    if isinstance(thing, Set):
        return sorted(map(str, thing))
    if is_dataclass(thing):
        return {type(thing).__qualname__: [[each.name, _spelt(getattr(thing, each.name))] for each in fields(thing)]}
    if hasattr(thing, "to_csv"):
        return thing.to_csv()
    if hasattr(thing, "tobytes"):
        if thing.dtype.hasobject:  # its bytes are places in memory
            return _spelt(thing.tolist())
        return [str(thing.dtype), list(thing.shape), hashlib.sha256(thing.tobytes()).hexdigest()]
    if callable(thing) and hasattr(thing, "__qualname__"):
        return f"{thing.__module__}.{thing.__qualname__}"
    return f"{type(thing).__qualname__} {thing}"


def _folder(folder, what, whole):
    if folder.exists() and not folder.is_dir():
        raise WorkError(f"'{folder}' is a file; give a folder for finished work")
    manifest = folder / "manifest.json"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        text = manifest.read_text(encoding="utf-8") if manifest.exists() else None
        empty = text is not None or not any(folder.iterdir())
    except OSError as problem:
        raise WorkError(f"the folder '{folder}' cannot be used ({problem.strerror}); choose another place") from problem
    except UnicodeDecodeError:
        text = ""
    if text is not None:
        try:
            known = json.loads(text)["sha256"]
        except (ValueError, KeyError, TypeError):
            raise WorkError(f"{manifest} cannot be read; choose an empty folder") from None
        if known != whole:
            raise WorkError(f"'{folder}' holds finished work of another {what} (other data, settings, seed or "
                            f"version); choose an empty folder")
    elif not empty:
        raise WorkError(f"'{folder}' is not empty and has no manifest.json; choose an empty folder")
    else:
        text = json.dumps({"sha256": whole, "what": what, "version": __version__}, indent=1)
        _put(manifest, lambda file: file.write(text.encode()))
    return folder


def _write(path, arrays):
    import numpy as np

    _put(path, lambda file: np.savez(file, **arrays))


def _put(path, write):
    """Written beside its place and moved there: an interruption leaves no half of a file, nor does another process."""
    beside = path.with_name(f"{path.stem}.{os.getpid()}.part")
    try:
        with beside.open("wb") as file:
            write(file)
        os.replace(beside, path)
    except OSError as problem:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise WorkError(f"'{path}' cannot be written ({problem.strerror or problem}); what was finished is kept: "
                        f"make room or choose another folder") from problem


def _read(path, mark):
    """The arrays of a file; None where there is none, or it is not whole, or of something else: done again."""
    import numpy as np

    if not path.exists():
        return None
    try:
        with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
    except _DAMAGE:
        return None
    return arrays if str(arrays.pop(_OF, "")) == mark else None
