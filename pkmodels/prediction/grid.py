"""Hours at which a prediction is computed: dense after every dose, even afterwards."""

import math

import numpy as np

#: Shortest step after a dose, 2^-6 h (about a minute). Powers of two keep the steps exact.
SHORTEST = -6
#: Even part: about so many steps over the whole horizon.
EVEN_STEPS = 1500


def grid(horizon, starts, bends=(), extra=None):
    """Rising hours from 0 to ``horizon``.

    Parameters
    ----------
    horizon : float
        Hours.
    starts : sequence of float
        Hours of the doses; after each the steps begin at a minute and grow with the time since.
    bends : sequence of float
        Hours since a dose at which its release bends sharply.
    extra : array, optional
        Further hours that must be on the grid.
    """
    step = 2.0 ** math.ceil(math.log2(horizon / EVEN_STEPS))
    pieces = [np.arange(0.0, horizon, step), [horizon]]
    after = _after_dose(step)
    for start in starts:
        pieces += [start + after, start + np.asarray(bends, dtype=float)]
    exact = np.unique(np.concatenate([[0.0, horizon], [] if extra is None else extra]))
    hours = np.unique(np.concatenate(pieces))
    hours = hours[(hours > 0) & (hours < horizon)]
    # Points closer than a few microseconds to one that was asked for, or to each other, are one.
    place = np.clip(np.searchsorted(exact, hours), 1, len(exact) - 1)
    apart = np.minimum(np.abs(hours - exact[place - 1]), np.abs(hours - exact[place]))
    hours = hours[apart > 1e-9]
    return np.sort(np.concatenate([exact, hours[np.diff(hours, prepend=-1.0) > 1e-9]]))


def _after_dose(step):
    """Hours since a dose: eight steps per doubling of time, until ``step`` is reached."""
    pieces = [np.arange(9) * 2.0**SHORTEST]
    octave = SHORTEST + 3
    while 2.0 ** (octave - 3) < step:
        pieces.append(2.0**octave + np.arange(9) * 2.0 ** (octave - 3))
        octave += 1
    return np.concatenate(pieces)
