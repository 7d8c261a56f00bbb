"""What curves that were fitted together leave open: directions of the parameters in which none of them moves."""

from dataclasses import replace

import numpy as np

from ..environment import SAID
from ..solve import sensitivities

#: A direction that moves the measured curves by less than this share of the strongest is not seen in them.
UNSEEN = 1e-6
#: A share of the slopes by which open parameters move a curve elsewhere, above the rounding of the directions.
CLEARLY = 1e-3
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
    return _unseen(block.slope(numbers)[:, places] * np.abs(numbers[places]))


def _unseen(slopes):
    """Directions of the columns in which no row moves."""
    if not slopes.size or not np.all(np.isfinite(slopes)):
        return np.empty((0, slopes.shape[1]))
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


def alone(fit, environment):
    """A sentence where one curve leaves open what its model releases in other surroundings; else nothing.

    What was given or held to a prior is taken to be known, and what lies at a bound stays there.
    """
    known = {*fit.fixed, *fit.at_bound, *(name for name, *_ in fit.priors)}
    places = [k for k, p in enumerate(fit.model.parameters) if p.name not in known]
    times = np.unique(fit.study.times[fit.study.times > 0])
    size = np.abs([fit.inside[p.name] for p in fit.model.parameters])[places]
    measured = sensitivities(fit.model, fit.inside, times)[:, places] * size
    # Without effect a parameter stays where its search began, which may be so far off that nothing moves there either.
    example = fit.model.values()
    likely = {name: example[name] if name in fit.idle else value for name, value in fit.inside.items()}
    there = sensitivities(fit.model, likely, times, environment)[:, places] * size
    if np.linalg.norm(_unseen(measured) @ there.T) <= CLEARLY * np.linalg.norm(there):
        return ""
    at = " and ".join(SAID[name][1].split(",")[0] for name in environment.changed if name in fit.model.surroundings)
    return (f"the one curve that {fit.model.name} was fitted to does not decide what it releases at another {at}: "
            f"other values of its parameters fit as well and release something else there. Fit curves in several "
            f"surroundings together (fit_many), or give what is known with fixed=...")
