"""Two ways to walk a block of patients through a schedule, with one interface.

`Exponentials` multiplies amplitudes, `Matrices` multiplies states with matrix exponentials. The first is
quick; the second holds whatever the rates are, tied ones and cycles included. Within a step of length h,
x runs from 0 to 1 and every value is exact for the schedule, so peaks and crossings are solved in x.
"""

from itertools import pairwise

import numpy as np

from .population_schedule import Schedule

#: Below this |λ h x| the answers to a feed are summed as a series; above, the recurrence keeps its digits.
_SMALL = 1.0
_TERMS = 18
#: Taylor's terms of a matrix exponential whose matrix is not larger than a half: the next is 2e-17.
_MATRIX_TERMS = 14


class Exponentials:
    """A block of patients as sums of exponentials.

    Parameters
    ----------
    bodies : Bodies
    schedule : Schedule
    """

    def __init__(self, bodies, schedule: Schedule):
        self.rates, self.amplitudes, self.schedule = bodies.rates, bodies.amplitudes, schedule
        self.lengths, self.which = schedule.lengths

    def walk(self):
        """Concentrations at the beginning and the end of every step, each (steps, patients)."""
        schedule, decay = self.schedule, np.exp(self.rates * self.lengths[:, None, None])
        self.states = np.empty((schedule.steps, *self.rates.shape))
        self.ended, state = {}, np.zeros_like(self.rates)
        answers = None
        if schedule.feeds is not None:
            answers = self.amplitudes * np.stack(answers_to_feed(self.rates * self.lengths[:, None, None]), axis=1)
        ends = {*(schedule.jumping - 1), *(schedule.rows[1:] - 1)}
        jumping = {*schedule.jumping}
        for k, length in enumerate(self.which):
            if k in jumping:
                state = state + schedule.jumps[k] * self.amplitudes
            self.states[k] = state
            state = decay[length] * state
            if answers is not None:
                state += (schedule.feeds[k][:, None] * answers[length]).sum(axis=0)
            if k in ends:
                self.ended[k] = state
        begin = self.states.sum(axis=1)
        end = np.concatenate([begin[1:], state.sum(axis=0)[None]])
        for k, at_end in self.ended.items():
            end[k] = at_end.sum(axis=0)
        return begin, end

    def within(self, step, patient):
        """A function of x to value and first two derivatives by x, for pairs of step and patient."""
        state, amplitudes = self.states[step, :, patient].T, self.amplitudes[:, patient]
        theta = self.rates[:, patient] * self.lengths[self.which[step]]
        feeds = _fed_to(self.schedule, step, patient)

        def at(x, some=slice(None)):
            at_x = theta[:, some] * x
            part = state[:, some] * np.exp(at_x)
            if feeds is None:
                return part.sum(axis=0), (theta[:, some] * part).sum(axis=0), (theta[:, some]**2 * part).sum(axis=0)
            q, own = feeds[:, some], amplitudes[:, some]
            for j, answer in enumerate(answers_to_feed(at_x)):
                part = part + own * (q[j] * x ** (j + 1)) * answer
            rate, bend = q[0] + x * (q[1] + x * (q[2] / 2 + x * q[3] / 6)), q[1] + x * (q[2] + x * q[3] / 2)
            first = theta[:, some] * part + own * rate
            second = theta[:, some] * first + own * bend
            return part.sum(axis=0), first.sum(axis=0), second.sum(axis=0)

        return at

    def areas(self):
        """Areas under the curve in every interval, (intervals, patients): from dz/dt = λ z + a·input."""
        schedule, found = self.schedule, []
        for begin, end, entered in zip(schedule.rows[:-1], schedule.rows[1:], schedule.entered, strict=True):
            gained = self.ended[end - 1] - self.states[begin] - self.amplitudes * entered
            found.append((gained / self.rates).sum(axis=0))
        return np.array(found)


class Matrices:
    """A block of patients as matrices; the same interface, for any rates."""

    def __init__(self, bodies, schedule: Schedule):
        self.schedule = schedule
        self.lengths, self.which = schedule.lengths
        n, count = bodies.entry.shape
        self.n, feeds = n + 1, 0 if schedule.feeds is None else 4
        # The state, the area under what it shows (in units in which it is as quick), then the feed and its derivatives.
        matrix, self.weights = np.moveaxis(bodies.matrix, -1, 0), np.zeros((count, n + 1))
        self.weights[:, :n] = bodies.weights.T
        self.unit = np.abs(self.weights).max(axis=1) / np.abs(matrix).max(axis=(1, 2))
        self.entry = np.concatenate([bodies.entry.T, np.zeros((count, 1))], axis=1)
        chain = np.zeros((len(self.lengths), count, n + 1 + feeds, n + 1 + feeds))
        chain[..., :n, :n] = matrix * self.lengths[:, None, None, None]
        chain[..., n, :n] = bodies.weights.T / self.unit[:, None] * self.lengths[:, None, None]
        if feeds:
            chain[..., :n, n + 1] = bodies.entry.T
            chain[..., n + 1: -1, n + 2:] = np.eye(feeds - 1)
        self.chain = chain

    def walk(self):
        """Concentrations at the beginning and the end of every step, each (steps, patients)."""
        schedule, n = self.schedule, self.n
        forward, jumping = expm(self.chain), {*schedule.jumping}
        self.states = np.zeros((*self.chain.shape[1:3], schedule.steps))
        self.ended = np.zeros((len(self.entry), n, schedule.steps))
        # Runs of equal steps into which nothing enters but at their begin; a feed is new in every step.
        other = np.flatnonzero(np.diff(self.which)) + 1 if schedule.feeds is None else np.arange(schedule.steps)
        state = np.zeros((len(self.entry), n))
        for k, until in pairwise(np.unique([0, *other, *schedule.jumping, schedule.steps])):
            if k in jumping:
                state = state + schedule.jumps[k][:, None] * self.entry
            power, run = forward[self.which[k]], slice(k, until)
            if schedule.feeds is None:
                path = _repeated(power, state, until - k)
                self.states[..., run], self.ended[..., run] = path[..., :-1], path[..., 1:]
            else:
                self.states[:, :n, k], self.states[:, n:, k] = state, schedule.feeds[k].T
                self.ended[..., run] = np.matmul(power, self.states[..., run])[:, :n]
            state = self.ended[..., until - 1]
        shown = self.weights[:, None]
        return tuple(np.matmul(shown, each)[:, 0].T for each in (self.states[:, :n], self.ended))

    def within(self, step, patient):
        """A function of x to value and first two derivatives by x, for pairs of step and patient."""
        chain, state = self.chain[self.which[step], patient], self.states[patient, :, step]
        rows = np.zeros_like(state)
        rows[:, :self.n] = self.weights[patient]
        first = np.einsum("ei,eij->ej", rows, chain)
        three = np.stack([rows, first, np.einsum("ei,eij->ej", first, chain)])

        def at(x, some=slice(None)):
            now = np.einsum("eij,ej->ei", expm(chain[some] * np.reshape(x, (-1, 1, 1))), state[some])
            return tuple(np.einsum("dei,ei->de", three[:, some], now))

        return at

    def areas(self):
        """Areas under the curve in every interval, (intervals, patients)."""
        rows, last = self.schedule.rows, self.n - 1
        return np.array([(self.ended[:, last, end - 1] - self.states[:, last, begin]) * self.unit
                         for begin, end in pairwise(rows)])


def _repeated(power, state, steps):
    """States (patients, n, steps + 1) after no step, one, two, ...: twice as many each time."""
    found = np.empty((*state.shape, steps + 1))
    found[..., 0], filled = state, 1
    while filled <= steps:
        more = min(filled, steps + 1 - filled)
        found[..., filled: filled + more] = np.matmul(power, found[..., :more])
        filled += more
        if filled <= steps:
            power = np.matmul(power, power)
    return found


def _fed_to(schedule, step, patient):
    """The feeds (4, pairs) of pairs of step and patient, or None."""
    if schedule.feeds is None:
        return None
    return schedule.feeds[step, :, patient if schedule.feeds.shape[2] > 1 else 0].T


def expm(matrices):
    """Exponentials of many small matrices (..., n, n): Taylor's series of a part of each, squared again.

    The parts are halved until the sum of an exponential's terms cannot cancel (Golub and Van Loan, Matrix
    Computations, 4th ed., 9.3); all at once, which for small matrices is quicker than one by one.
    """
    size = np.abs(matrices).sum(axis=-1).max(axis=-1)
    with np.errstate(divide="ignore"):
        halvings = np.clip(np.ceil(np.log2(2 * size)), 0, None).astype(int)
    part = matrices / np.exp2(halvings)[..., None, None]
    found = one = np.eye(matrices.shape[-1])
    for k in range(_MATRIX_TERMS, 0, -1):
        found = one + np.matmul(part, found) / k
    found = np.broadcast_to(found, matrices.shape).copy()
    for k in range(halvings.max(initial=0)):
        some = halvings > k
        found[some] = np.matmul(found[some], found[some])
    return found


def answers_to_feed(y):
    """φ_1(y) to φ_4(y), where φ_k(y) = ∫ exp((1 - s) y) s^(k-1) ds / (k-1)! from 0 to 1.

    φ_k = y φ_(k+1) + 1/k!: run downwards from a series where |y| is small and upwards where it is not.
    """
    y = np.asarray(y, dtype=float)
    small = np.abs(y) < _SMALL
    near, far = np.where(small, y, 0.0), np.where(small, -1.0, y)
    fourth = np.zeros_like(near)
    for j in range(_TERMS, -1, -1):
        fourth = fourth * near / (j + 5) + 1.0  # Σ y^j 4!/(j + 4)!
    fourth = fourth / 24
    third = near * fourth + 1 / 6
    second = near * third + 1 / 2
    first = near * second + 1.0
    up = [np.expm1(far) / far]
    for factorial in (1.0, 2.0, 6.0):
        up.append((up[-1] - 1 / factorial) / far)
    return [np.where(small, a, b) for a, b in zip((first, second, third, fourth), up, strict=True)]
