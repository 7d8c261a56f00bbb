"""Finished pieces of long work in a folder, so that an interrupted run goes on where it was cut off."""

import hashlib
import json
import os
import zipfile
from pathlib import Path

from .errors import WorkError
from .workers import spread


def resumed(folder, fingerprint, work, pieces, names, *, pack=dict, unpack=dict, fits=lambda arrays, piece: True,
            **spreading):
    """Do ``work(piece)`` for every piece that the folder does not hold yet.

    Parameters
    ----------
    folder : path or None
        Finished pieces are kept there as .npz, beside ``manifest.json``; None for none.
    fingerprint : mapping
        All that the answers depend on, as JSON can hold it; a folder of other work is refused.
    work, pieces, spreading
        As `pkmodels.workers.spread` takes them.
    names : sequence of str
        Of the pieces' files.
    pack, unpack : callable
        An answer as named arrays, and back.
    fits : callable
        Whether kept arrays belong to a piece.

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
    folder, todo = _folder(folder, fingerprint), []
    for place, (piece, name) in enumerate(zip(pieces, names, strict=True)):
        arrays = _read(folder / f"{name}.npz")
        if arrays is not None and fits(arrays, piece):
            yield place, unpack(arrays)
        else:
            todo.append(place)
    for k, answer in spread(work, [pieces[place] for place in todo], **spreading):
        _write(folder / f"{names[todo[k]]}.npz", pack(answer))
        yield todo[k], answer


def _folder(folder, fingerprint):
    folder = Path(folder)
    if folder.exists() and not folder.is_dir():
        raise WorkError(f"'{folder}' is a file; give a folder for finished work")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise WorkError(f"the folder '{folder}' cannot be made ({problem.strerror}); choose another place") from problem
    text = json.dumps(fingerprint, sort_keys=True)
    manifest, digest = folder / "manifest.json", hashlib.sha256(text.encode()).hexdigest()
    if manifest.exists():
        try:
            known = json.loads(manifest.read_text(encoding="utf-8"))["sha256"]
        except (ValueError, KeyError, TypeError):
            raise WorkError(f"{manifest} cannot be read; choose an empty folder") from None
        if known != digest:
            raise WorkError(f"'{folder}' holds finished work of another {fingerprint['what']} (other data, settings, "
                            f"seed or version); choose an empty folder")
    elif any(folder.iterdir()):
        raise WorkError(f"'{folder}' is not empty and has no manifest.json; choose an empty folder")
    else:
        manifest.write_text(json.dumps({"sha256": digest, "job": fingerprint}, indent=1), encoding="utf-8")
    return folder


def _write(path, arrays):
    """Written beside its place and moved there: an interruption leaves no half of a piece."""
    import numpy as np

    beside = path.with_suffix(".part")
    with beside.open("wb") as file:
        np.savez(file, **arrays)
    os.replace(beside, path)


def _read(path):
    import numpy as np

    if not path.exists():
        return None
    try:
        with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            return {name: file[name] for name in file.files}
    except (ValueError, OSError, zipfile.BadZipFile, EOFError):
        return None  # not whole: done again
