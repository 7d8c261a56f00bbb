"""What surrounds a carrier: time, temperature and pH as symbols, and their course as steps.

A law is written with these symbols; an `Environment` says what they are, from when to when.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from numbers import Real

from sympy import Symbol

from .errors import PredictionError

t = Symbol("t")
T = Symbol("T")
pH = Symbol("pH")

#: Units of the symbols that every model may use without declaring them.
SYMBOLS = {t: "h", T: "degC", pH: "1"}
#: Body temperature and blood pH: what holds when nothing else is said.
STANDARD = {"T": 37.0, "pH": 7.4}
#: What a carrier may meet: °C, and pH.
LIMITS = {"T": (-80.0, 150.0), "pH": (-1.0, 15.0)}


@dataclass(frozen=True)
class Environment:
    """Temperature (°C) and pH as steps in time.

    Parameters
    ----------
    T, pH : float or sequence of (hour, value)
        A constant, or steps: each value holds from its hour to the next step. The first
        step begins at hour 0.

    Examples
    --------
    A mild hyperthermia of half an hour after one day:

    >>> Environment(T=[(0, 37), (24, 42), (24.5, 37)]).breakpoints
    (24.0, 24.5)
    """

    T: object = STANDARD["T"]
    pH: object = STANDARD["pH"]
    _steps: Mapping = field(init=False, repr=False, compare=False)

    def __post_init__(self):
        object.__setattr__(self, "_steps", {name: _as_steps(name, getattr(self, name)) for name in STANDARD})

    @property
    def breakpoints(self):
        """The hours at which anything changes."""
        return tuple(sorted({hour for steps in self._steps.values() for hour, _ in steps[1:]}))

    @property
    def is_constant(self):
        """Whether nothing changes in time."""
        return not self.breakpoints

    def at(self, hour):
        """The values that hold at an hour, by name; at a step the value that begins there."""
        return {name: [value for start, value in steps if start <= hour or start == 0][-1]
                for name, steps in self._steps.items()}

    def segments(self, start, end):
        """Pieces of constant environment between two hours: a list of (from, to, values)."""
        edges = [start, *(b for b in self.breakpoints if start < b < end), end]
        return [(a, b, self.at(a)) for a, b in pairwise(edges)]

    def shifted(self, hours):
        """This environment as seen by a depot that was injected at ``hours``."""
        if self.is_constant or hours == 0:
            return self
        moved = {}
        for name, steps in self._steps.items():
            now = [value for hour, value in steps if hour <= hours][-1]
            moved[name] = [(0.0, now), *((hour - hours, value) for hour, value in steps if hour > hours)]
        return Environment(**moved)


def _as_steps(name, course):
    if isinstance(course, Real) and not isinstance(course, bool):
        course = [(0.0, course)]
    try:
        steps = tuple((float(hour), float(value)) for hour, value in course)
    except (TypeError, ValueError):
        steps = ()
    low, high = LIMITS[name]
    for _, value in steps:
        if not low <= value <= high:
            raise PredictionError(f"{name} = {value:g} is not possible; give a value from {low:g} to {high:g}"
                                  + (" (in degrees Celsius)" if name == "T" else ""))
    if not steps or steps[0][0] != 0 or any(b[0] <= a[0] for a, b in pairwise(steps)):
        raise PredictionError(
            f"{name} = {course!r} is not a course in time; give a number, or (hour, value) pairs that begin at "
            f"hour 0 and rise, such as [(0, 37), (24, 42), (24.5, 37)]"
        )
    return steps
