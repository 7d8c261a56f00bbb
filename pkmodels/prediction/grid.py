"""Hours at which a prediction is computed: dense where a release bends, even elsewhere."""

import math

import numpy as np

#: Shortest step after a dose or a bend, 2^-8 h (14 s). Powers of two keep the steps exact.
SHORTEST = -8
#: Hours since something at which release may begin with an infinite rate, before the shortest step: its peak is solved.
SUDDEN = 2.0 ** np.arange(-20, SHORTEST)
#: Even part: about so many steps over the whole horizon.
EVEN_STEPS = 1500
#: Where the released share is off a straight line by more than this, a step is halved, at most so often.
BENT, HALVINGS = 1e-4, 16
#: Points that are closer than this (h, a few microseconds) are one.
NEAR = 1e-9


def since_dose(share, horizon, bends=()):
    """Hours since a dose that its release needs, the even ones apart.

    Parameters
    ----------
    share : callable
        Hours, rising, to released shares, shape (hours,) or (curves, hours).
    horizon : float
        Hours.
    bends : sequence of float
        Hours since the dose at which the release is known to bend sharply.
    """
    step = _even_step(horizon)
    after = _graded(step)
    known = np.concatenate([after, *(bend + after for bend in bends)])
    known = distinct(known[(known >= 0) & (known <= horizon)])
    hours = distinct(np.concatenate([known, np.arange(0.0, horizon, step), [horizon]]))
    even = len(hours) - len(known)
    for _ in range(HALVINGS):
        middle = (hours[:-1] + hours[1:]) / 2
        everything = share(np.concatenate([hours, middle])[order := np.argsort(np.concatenate([hours, middle]))])
        values = np.empty_like(everything)
        values[..., order] = everything
        ends, between = values[..., : len(hours)], values[..., len(hours):]
        off = np.abs(between - (ends[..., 1:] + ends[..., :-1]) / 2)
        bent = np.max(off.reshape(-1, len(middle)), axis=0) > BENT
        bent &= np.diff(hours) > 2.0 ** (SHORTEST - 2)
        if not bent.any() or len(hours) - even > 20 * EVEN_STEPS:
            break
        known = np.concatenate([known, middle[bent], hours[:-1][bent], hours[1:][bent]])
        hours = distinct(np.concatenate([hours, middle[bent]]))
    return distinct(known)


def grid(horizon, starts, since=(), fixed=()):
    """Rising hours from 0 to ``horizon``.

    Parameters
    ----------
    horizon : float
        Hours.
    starts : sequence of float
        Hours of the doses.
    since : array
        Hours since each dose, from `since_dose`.
    fixed : sequence of float
        Further hours that must be on the grid exactly: steps of the surroundings, what was asked for.
    """
    fixed = np.asarray(fixed, dtype=float)
    exact = np.unique(np.concatenate([[0.0, horizon], starts, fixed[(fixed > 0) & (fixed < horizon)]]))
    step = _even_step(horizon)
    hours = np.concatenate([np.arange(0.0, horizon, step), *(start + np.asarray(since) for start in starts)])
    hours = distinct(hours[(hours > 0) & (hours < horizon)])
    # Points closer than a few microseconds to one that must be exact are that one.
    place = np.clip(np.searchsorted(exact, hours), 1, len(exact) - 1)
    apart = np.minimum(np.abs(hours - exact[place - 1]), np.abs(hours - exact[place]))
    return np.sort(np.concatenate([exact, hours[apart > NEAR]]))


def after_steps(horizon, at):
    """Graded hours after given hours (steps of the surroundings), these included."""
    after = _graded(_even_step(horizon))
    return np.concatenate([hour + after for hour in at]) if len(at) else np.empty(0)


def _even_step(horizon):
    return 2.0 ** math.ceil(math.log2(horizon / EVEN_STEPS))


def _graded(step):
    """Hours since something sudden: eight steps per doubling of time, until ``step`` is reached."""
    pieces = [np.arange(9) * 2.0**SHORTEST]
    octave = SHORTEST + 3
    while 2.0 ** (octave - 3) < step:
        pieces.append(2.0**octave + np.arange(9) * 2.0 ** (octave - 3))
        octave += 1
    return np.concatenate(pieces)


def distinct(hours):
    """Sorted hours without those that follow another within a few microseconds."""
    hours = np.unique(hours)
    return hours[np.diff(hours, prepend=-np.inf) > NEAR]
