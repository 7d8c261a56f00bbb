"""Doing a population chunk by chunk: in this process or several, going on where an earlier run was cut off."""

import hashlib
import json
import os
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np

from ..errors import PredictionError
from ..workers import spread
from .people import CHUNK


def run(job, patients, workers, client, folder, fingerprint, progress):
    """All numbers of all patients: a dict of arrays, patients last.

    Parameters
    ----------
    job : Job
    patients, workers : int
    client : dask.distributed.Client or None
        A cluster instead of processes on this machine.
    folder : path or None
        Finished chunks are kept there as .npz, beside ``manifest.json`` with the fingerprint of the job.
    fingerprint : str
        What the numbers depend on; a folder of another job is refused.
    progress : callable or None
        Wraps the chunks.
    """
    chunks = [(first, min(CHUNK, patients - first)) for first in range(0, patients, CHUNK)]
    folder = None if folder is None else _folder(folder, fingerprint)
    done = {first: _kept(folder, first, count) for first, count in chunks} if folder else {}
    done = {first: numbers for first, numbers in done.items() if numbers is not None}
    todo = [chunk for chunk in chunks if chunk[0] not in done]
    # Draws need what the fit knows of its uncertainty; a worker gets the draws themselves.
    bare = job.release and replace(job.release, plausible=None, sampled=None, covariance=None, free=())
    for place, numbers in spread(replace(job, release=bare), todo, workers=workers, client=client, progress=progress):
        done[todo[place][0]] = numbers
        if folder:
            _keep(folder, todo[place][0], numbers)
    parts = [done[first] for first, _ in chunks]
    return {name: np.concatenate([part[name] for part in parts], axis=-1) for name in parts[0]}


def _folder(folder, fingerprint):
    folder = Path(folder)
    if folder.exists() and not folder.is_dir():
        raise PredictionError(f"'{folder}' is a file; give a folder for finished chunks")
    folder.mkdir(parents=True, exist_ok=True)
    manifest, digest = folder / "manifest.json", hashlib.sha256(fingerprint.encode()).hexdigest()
    if manifest.exists():
        try:
            known = json.loads(manifest.read_text(encoding="utf-8"))["sha256"]
        except (ValueError, KeyError, TypeError):
            raise PredictionError(f"{manifest} cannot be read; choose an empty folder") from None
        if known != digest:
            raise PredictionError(f"'{folder}' holds chunks of another population (other drug, regimen, window, seed "
                                  f"or version); choose an empty folder")
    elif any(folder.iterdir()):
        raise PredictionError(f"'{folder}' is not empty and has no manifest.json; choose an empty folder")
    else:
        manifest.write_text(json.dumps({"sha256": digest, "chunk": CHUNK, "job": json.loads(fingerprint)}, indent=1),
                            encoding="utf-8")
    return folder


def _keep(folder, first, numbers):
    """Written beside its place and moved there: an interruption leaves no half of a chunk."""
    path = folder / f"patients_{first:09d}.npz"
    beside = path.with_suffix(".part")
    with beside.open("wb") as file:
        np.savez(file, **numbers)
    os.replace(beside, path)


def _kept(folder, first, count):
    path = folder / f"patients_{first:09d}.npz"
    if not path.exists():
        return None
    try:
        with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            found = {name: file[name] for name in file.files}
    except (ValueError, OSError, zipfile.BadZipFile, EOFError):
        return None  # not whole: computed again
    # The last chunk of a smaller population is a part of this one.
    return found if found["cmax"].shape[-1] == count else None
