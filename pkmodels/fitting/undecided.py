"""What curves that were fitted together leave open: directions of the parameters in which none of them moves."""

from dataclasses import replace

import numpy as np

#: A direction that moves the measured curves by less than this share of the strongest is not seen in them.
UNSEEN = 1e-6
#: Said of one curve in surroundings other than its own.
ELSEWHERE = ("the measured curves leave the law open: in surroundings of none of them other values of its parameters, "
             "which fit as well, give another release")


def directions(block, numbers, free):
    """Directions of the ``free`` parameters, each in units of its own value, that no measured curve shows.

    Parameters
    ----------
    block : Block
    numbers : array (parameters,)
        The minimum, inside units.
    free : sequence of str
        Names of the block's parameters that were sought and do not lie at a bound.

    Returns
    -------
    array (directions, free)
    """
    places = [block.names.index(name) for name in free]
    slopes = block.slope(numbers)[:, places] * np.abs(numbers[places])
    if not places or not np.all(np.isfinite(slopes)):
        return np.empty((0, len(places)))
    _, singular, rows = np.linalg.svd(slopes, full_matrices=True)
    return rows[np.sum(singular > UNSEEN * singular.max(initial=1e-300)):]


def at(fit, conditions, said):
    """A sentence, or none, on a law with one value of each parameter under conditions (inside units) of any kind."""
    block, numbers = fit.problem
    unseen = directions(block, numbers, fit.free)
    times = fit.study.times
    asked = replace(block.problems[0], times=times, measured=fit.study.released, whitening=None, priors=(),
                    conditions={name: np.full(len(times), value) for name, value in conditions.items()})
    numbers = numbers[block.places[0]]  # in the order of the model's own parameters
    places = [asked.names.index(name) for name in fit.free]
    slopes = asked.slope(numbers)[:, places] * np.abs(numbers[places])
    if len(unseen) and np.linalg.norm(unseen @ slopes.T) > UNSEEN * np.linalg.norm(slopes):
        yield (f"the measured curves do not decide the law at {said}: other values of its parameters fit them as well "
               f"and give another curve there. Measure more conditions, or fix what is known")
