"""How far a slider may move a release parameter."""

#: A parameter with a unit moves by so much up and down from its value.
FACTOR = 5.0


def slider_range(parameter, value):
    """(lowest, highest, value) for a slider; shares move over all that is possible.

    Parameters
    ----------
    parameter : Parameter
    value : float
        In the unit of the slider; a share's bounds are those of the parameter.
    """
    low, high = map(float, parameter.bounds)
    if parameter.unit != "1":
        low, high = value / FACTOR, value * FACTOR
    elif not high <= 1.5:
        low, high = max(low, value / FACTOR), min(high, value * FACTOR)
    return low, high, min(max(value, low), high)
