"""How far a slider may move, and what sliders of the surroundings say in words."""

from ..environment import STANDARD

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


#: Sliders of the surroundings: symbol to (label, lowest, highest).
AROUND = {"T": ("temperature (°C)", 20.0, 60.0), "pH": ("pH", 1.0, 9.0)}


def around(model):
    """The symbols of the surroundings that a model follows and that have sliders, such as ("T", "pH")."""
    return tuple(name for name in AROUND if name in model.surroundings)


def surroundings(values, later, day):
    """Surroundings that change once, in the words of `pkmodels.read_environment`; None where they are the usual ones.

    Parameters
    ----------
    values, later : mapping of str to float
        By symbol, before and from ``day`` on.
    day : float
    """
    parts = []
    for name, value in values.items():
        said = "{} C" if name == "T" else f"{name} {{}}"
        if value != STANDARD[name] or later[name] != value:
            parts.append(said.format(f"{value:g}"))
        if later[name] != value:
            parts.append(f"{said.format(f'{later[name]:g}')} from day {day:g}")
    return "; ".join(parts) or None
