"""Doing a population chunk by chunk: in this process or several, going on where an earlier run was cut off."""

from dataclasses import replace

import numpy as np

from ..kept import resumed
from .people import CHUNK


def run(job, patients, folder, **spreading):
    """All numbers of all patients: a dict of arrays, patients last.

    Parameters
    ----------
    job : Job
    patients : int
    folder : path or None
        Where finished chunks are kept.
    spreading
        ``workers``, ``client`` and ``progress`` of `pkmodels.workers.spread`.
    """
    chunks = [(first, min(CHUNK, patients - first)) for first in range(0, patients, CHUNK)]
    # Draws need what the fit knows of its uncertainty; a worker gets the draws themselves.
    bare = job.release and replace(job.release, plausible=None, undecided=None, sampled=None, covariance=None, free=())
    found = dict(resumed(folder, {"what": "population"}, replace(job, release=bare), chunks,
                         [f"patients_{first:09d}" for first, _ in chunks], **spreading))
    parts = [found[place] for place in range(len(chunks))]
    return {name: np.concatenate([part[name] for part in parts], axis=-1) for name in parts[0]}
