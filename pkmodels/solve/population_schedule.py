"""What is fed to every patient and when: the steps of a population's clock."""

import math
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from .inputs import NODES

#: Hours after an entry, some per octave from a few milliseconds on: between two of them a curve turns once at most.
_AFTER = np.concatenate([2.0**k * (1 + np.arange(8) / 8) for k in range(-20, 20)])
#: Mass within a step as a polynomial of the elapsed share x: its rate is Σ q_j x^j / j!, j = 0 to 3.
_FACTORIALS = np.array([math.factorial(k) for k in range(1, len(NODES) + 1)], dtype=float)
_TO_RATES = _FACTORIALS[:, None] * np.linalg.inv(NODES[:, None] ** np.arange(1, len(NODES) + 1))


@dataclass(frozen=True, eq=False)
class Schedule:
    """Steps of time with what enters the bodies in each.

    Parameters
    ----------
    hours : array (steps + 1,)
        Rising.
    jumps : array (steps, patients)
        Milligrams that enter at once at the beginning of a step. Here and below the axis of patients has
        length 1 where all of them are fed alike.
    feeds : array (steps, 4, patients) or None
        What enters during a step of length h: ``(q0 + q1 x + q2 x²/2 + q3 x³/6) / h`` mg/h, with x from
        0 to 1. None where nothing enters but the jumps.
    rows : array (intervals + 1,)
        The steps at which dosing intervals begin, and the end of what is counted.
    """

    hours: np.ndarray
    jumps: np.ndarray
    feeds: np.ndarray | None
    rows: np.ndarray

    @property
    def steps(self):
        """How many."""
        return len(self.jumps)

    @cached_property
    def lengths(self):
        """The distinct lengths of steps in hours, and which of them each step has."""
        lengths = np.diff(self.hours)
        digits = 10.0 ** (12 - np.floor(np.log10(lengths)))  # thirteen: alike but for rounding is one
        return np.unique(np.rint(lengths * digits) / digits, return_inverse=True)

    @cached_property
    def jumping(self):
        """The steps at whose beginning something enters at once."""
        return np.flatnonzero(self.jumps.any(axis=1))

    @cached_property
    def entered(self):
        """Milligrams that enter in every interval after its first moment and before its end, (intervals, patients)."""
        entered = self.jumps.copy()
        entered[self.rows[:-1]] = 0.0
        if self.feeds is not None:
            entered = entered + np.einsum("kjp,j->kp", self.feeds, 1 / _FACTORIALS)
        return np.add.reduceat(entered[:self.rows[-1]], self.rows[:-1])

    def finer(self):
        """The same without feeds, with steps that grow from a few milliseconds after every entry on; and the places of
        the old hours among the new."""
        marks = self.hours[np.unique(np.concatenate([[0], self.jumping, self.rows, [self.steps]]))]
        added = np.concatenate([begin + _AFTER[end - begin > _AFTER] for begin, end in pairwise(marks)])
        place = np.clip(np.searchsorted(self.hours, added), 1, self.steps)
        apart = np.minimum(added - self.hours[place - 1], self.hours[place] - added)
        hours = np.sort(np.concatenate([self.hours, added[apart > 1e-12 * self.hours[-1]]]))
        places = np.searchsorted(hours, self.hours)
        jumps = np.zeros((len(hours) - 1, self.jumps.shape[1]))
        jumps[places[:-1]] = self.jumps
        return Schedule(hours, jumps, None, places[self.rows]), places

    def only(self, chosen):
        """The schedule of some of the patients."""
        if self.jumps.shape[1] == 1:
            return self
        feeds = None if self.feeds is None else self.feeds[..., chosen]
        return Schedule(self.hours, np.ascontiguousarray(self.jumps[:, chosen]), feeds, self.rows)


def boluses(hours, times, milligrams, until=None):
    """A schedule of doses that enter at once.

    Parameters
    ----------
    hours : array (steps + 1,)
        Rising; every dose time must be one of them.
    times, milligrams : array (doses,)
    until : float, optional
        Where the last interval ends, one of the hours; at their end when not given.
    """
    hours = np.asarray(hours, dtype=float)
    jumps = np.zeros((len(hours) - 1, 1))
    np.add.at(jumps[:, 0], np.searchsorted(hours, times), milligrams)
    return Schedule(hours, jumps, None, _rows(hours, times, until))


def fed(hours, mass, starts, until=None):
    """A schedule of any release.

    Parameters
    ----------
    hours : array (points,)
        Not falling; a time that stands twice is a moment before and after a jump.
    mass : array (points - 1, nodes), or (patients, points - 1, nodes)
        Milligrams fed until the nodes of each step (`pkmodels.solve.inputs.node_times`).
    starts : array
        The hours at which dosing intervals begin.
    until : float, optional
        Where the last one ends, one of the hours; at their end when not given.
    """
    hours, mass = np.asarray(hours, dtype=float), np.asarray(mass, dtype=float)
    mass = mass if mass.ndim == 3 else mass[None]
    before = np.concatenate([np.zeros((len(mass), 1)), mass[:, :-1, -1]], axis=1)
    rise = mass - before[..., None]
    lasting = np.diff(hours) > 0
    kept = np.append(hours[:-1][lasting], hours[-1])
    # Steps without length hand what enters in them to the step that follows.
    jumps = np.zeros((len(kept), len(mass)))
    np.add.at(jumps, np.cumsum(lasting)[~lasting], rise[:, ~lasting, -1].T)
    feeds = np.einsum("pkj,ij->kip", rise[:, lasting], _TO_RATES)
    return Schedule(kept, jumps[:-1], feeds, _rows(kept, starts, until))


def _rows(hours, starts, until):
    last = len(hours) - 1 if until is None else int(np.searchsorted(hours, until))
    return np.append(np.unique(np.searchsorted(hours, starts)), last)
