"""The numbers of a population's concentration curves, patient by patient, without the curves being kept.

Every patient is a linear body (`saturable` has the others); a schedule says what enters it. The curve is known
exactly, so that peaks, areas and crossings do not depend on how fine the steps are; where a release is fed, as long
as no curve turns twice within a step.
"""

import importlib
import importlib.util
from dataclasses import dataclass

import numpy as np

from . import population_leaps, population_numpy
from .population_numpy import EACH, WHOLE

#: Patients at a time, so that a block stays in the processor's own memory; numbers do not depend on it.
BLOCK, FAST_BLOCK = 256, 4096


@dataclass(frozen=True, eq=False)
class Numbers:
    """What was found.

    Parameters
    ----------
    each : mapping of str to array (intervals, patients)
        ``inside``, ``below``, ``above`` in hours; ``cmax``, ``cmin``, ``ctrough``; ``tmax`` in hours since
        the interval began; ``auc``.
    whole : mapping of str to array (patients,)
        ``first_entry``, ``onset``, ``last_exit``, ``longest_gap``, ``longest_gap_below`` in hours since the
        beginning; NaN where there is none.
    curves : array (points, patients)
        At the points that were asked for.
    """

    each: dict
    whole: dict
    curves: np.ndarray


def stream(bodies, schedule, *, lower=-np.inf, upper=np.inf, sustained=24.0, sampled=(), fast=None, block=None):
    """Walk all patients through a schedule.

    Parameters
    ----------
    bodies : Bodies
    schedule : Schedule
    lower, upper : float
        Of the window, in the unit of the bodies' weights.
    sustained : float
        Hours.
    sampled : sequence of int
        Points of ``schedule.hours`` at which the curves are kept.
    fast : bool, optional
        Whether to take the compiled way, which needs numba; where it is installed when not given.
    block : int, optional
        Patients at a time.

    Returns
    -------
    Numbers
    """
    fast = has_numba() if fast is None else fast
    sampled = np.asarray(sampled, dtype=int)
    each = np.empty((len(EACH), len(schedule.rows) - 1, bodies.count))
    whole = np.empty((len(WHOLE), bodies.count))
    curves = np.empty((len(sampled), bodies.count))
    for exact in (True, False):
        chosen, compiled = np.flatnonzero(bodies.exact == exact), fast and exact
        size = block or (FAST_BLOCK if compiled or schedule.feeds is None else BLOCK)
        for begin in range(0, len(chosen), size):
            here = chosen[begin: begin + size]
            if exact and here[-1] - here[0] == len(here) - 1:
                here = slice(here[0], here[-1] + 1)  # neighbours are copied much quicker so
            some = schedule.only(here)
            if exact and schedule.feeds is None:
                way, terms = _compiled("leaps_fast") if fast else population_leaps, bodies.terms(here)
                each[..., here], whole[..., here] = way.measured(terms, some, lower, upper, sustained)
                if len(sampled):
                    curves[..., here] = way.curves(terms, some, sampled)
            else:
                way, wanted = _compiled("fast") if compiled else population_numpy, sampled
                if schedule.feeds is None:
                    some, places = some.finer()
                    wanted = places[sampled]
                found = way.measured(bodies.only(here), some, lower, upper, sustained, wanted)
                each[..., here], whole[..., here], curves[..., here] = found
    return Numbers(dict(zip(EACH, each, strict=True)), dict(zip(WHOLE, whole, strict=True)), curves)


def saturable(*bodies, **asked):
    """The same for bodies whose elimination saturates (`pkmodels.solve.population_saturable.stream`)."""
    from . import population_saturable  # compiled code loads slowly

    return population_saturable.stream(*bodies, **asked)


def has_numba():
    """Whether the compiled way can be taken."""
    return importlib.util.find_spec("numba") is not None


def _compiled(name):
    """A compiled way: such modules load slowly."""
    return importlib.import_module(f".population_{name}", __package__)
