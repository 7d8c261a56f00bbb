"""How blood flow, permeability or volume of a tissue change in time: steps of a factor."""

import math
from itertools import pairwise

from .. import units
from ..errors import PredictionError

#: What may change in time, as factors on the value of the card.
COURSES = ("perfusion", "permeability_surface", "volume")


def embolised(share, recovers, *, over, steps=24):
    """Steps of a blood flow that embolisation cuts by ``share`` and that recovers.

    ``1 - share exp(-t / recovers)``; each step has the mean of that curve, so the flow over the
    whole time is exact.

    Parameters
    ----------
    share : float
        From 0 to 1; 0.87 leaves 13 % of the flow.
    recovers : str or float
        Time constant, such as ``"14 day"``; a number is in hours. ``math.inf`` for never.
    over : str or float
        How long, likewise.
    steps : int

    Returns
    -------
    tuple of (hour, factor)
    """
    recovers, over = _hours("recovers", recovers), _hours("over", over)
    if not 0 <= share <= 1:
        raise PredictionError(f"share = {share!r} is not possible; give the part of the blood flow that is lost, "
                              f"from 0 to 1")
    if not (isinstance(steps, int) and steps > 0 and math.isfinite(over)):
        raise PredictionError("give a whole number of steps above zero, and a time that ends")
    if math.isinf(recovers):
        return ((0.0, 1 - share),)
    edges = [over * k / steps for k in range(steps + 1)]
    means = ((a, 1 - share * recovers * (math.exp(-a / recovers) - math.exp(-b / recovers)) / (b - a))
             for a, b in pairwise(edges))
    return (*means, (over, 1 - share * math.exp(-over / recovers)))


def normalised(factor, begins, ends):
    """Steps of something that is ``factor`` times its value between two times, and 1 outside.

    For vascular normalisation: whether it raises or lowers permeability and volume differs between
    studies, so the factor is the user's.

    Parameters
    ----------
    factor : float
    begins, ends : str or float
        Times such as ``"3 day"``; a number is in hours.

    Returns
    -------
    tuple of (hour, factor)
    """
    begins, ends = _hours("begins", begins), _hours("ends", ends)
    if not begins < ends:
        raise PredictionError(f"the window ends at {ends:g} h, before it begins at {begins:g} h; exchange the two")
    return (((0.0, 1.0),) if begins > 0 else ()) + ((begins, float(factor)), (ends, 1.0))


def steps(name, given):
    """A course as a tuple of (hour, factor), or its refusal."""
    if name not in COURSES:
        raise PredictionError(f"a course of '{name}' is not possible; what may change in time is {', '.join(COURSES)}")
    try:
        found = tuple((float(hour), float(factor)) for hour, factor in given)
    except (TypeError, ValueError):
        found = ()
    rising = found and found[0][0] == 0 and all(a[0] < b[0] < math.inf for a, b in pairwise(found))
    low_enough = all(0 <= factor < math.inf and (factor > 0 or name != "volume") for _, factor in found)
    if not (rising and low_enough):
        raise PredictionError(f"the course of {name} cannot be read; give (hour, factor) steps that begin at hour 0 "
                              f"and rise, with factors that are not negative, such as [(0, 0.13), (336, 1)]")
    return found


def _hours(name, given):
    if isinstance(given, str):
        value, unit = units.quantity(given, "h", "14 day")
        given = units.inside(value, unit)
    if isinstance(given, bool) or not isinstance(given, (int, float)) or not given >= 0 or \
            (given == 0 and name in ("recovers", "over")):
        raise PredictionError(f"{name} = {given!r} is not a time; write for example '14 day'")
    return float(given)
