"""What surrounds a carrier: time, temperature, pH and the like as symbols, and their course as steps.

A law is written with these symbols; an `Environment` says what they are, from when to when.
"""

import html
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from numbers import Real

from sympy import Symbol

from .errors import PredictionError

t = Symbol("t")
T = Symbol("T")
pH = Symbol("pH")
light = Symbol("light")
salt = Symbol("salt")
flow = Symbol("flow")

#: Units of the symbols that every model may use without declaring them.
SYMBOLS = {t: "h", T: "degC", pH: "1", light: "1", salt: "mol/L", flow: "L/h"}
#: Body temperature, blood pH, no light, the sodium of blood, a closed vessel: what holds when nothing else is said.
STANDARD = {"T": 37.0, "pH": 7.4, "light": 0.0, "salt": 0.15, "flow": 0.0}
#: What a carrier may meet: °C; pH; near-infrared light as a multiple of a model's own power; mol/L; L/h.
LIMITS = {"T": (-80.0, 150.0), "pH": (-1.0, 15.0), "light": (0.0, 1000.0), "salt": (0.0, 10.0), "flow": (0.0, 1e6)}
#: In what unit and words a symbol is told.
SAID = {"T": ("°C", "temperature"), "pH": ("", "pH"), "light": ("", "light, relative to full power"),
        "salt": ("mol/L", "salt"), "flow": ("L/h", "flow, of the medium")}


@dataclass(frozen=True)
class Environment:
    """Temperature (°C), pH, light, salt (mol/L) and flow of the medium (L/h) as steps in time.

    Parameters
    ----------
    T, pH, light, salt, flow : float or sequence of (hour, value)
        A constant, or steps: each value holds from its hour to the next step. The first
        step begins at hour 0. Light is a multiple of the power that a model's own numbers
        are for; salt is the counter-ion of an ion exchanger; no flow is a closed vessel.

    Examples
    --------
    A mild hyperthermia of half an hour after one day:

    >>> Environment(T=[(0, 37), (24, 42), (24.5, 37)]).breakpoints
    (24.0, 24.5)

    In words or from a table: `pkmodels.read_environment`.
    """

    T: object = STANDARD["T"]
    pH: object = STANDARD["pH"]
    light: object = STANDARD["light"]
    salt: object = STANDARD["salt"]
    flow: object = STANDARD["flow"]
    _steps: Mapping = field(init=False, repr=False, compare=False)

    def __post_init__(self):
        object.__setattr__(self, "_steps", {name: _as_steps(name, getattr(self, name)) for name in STANDARD})
        for name, steps in self._steps.items():
            if len(steps) == 1:  # one step is a constant, so that equal surroundings are equal
                object.__setattr__(self, name, steps[0][1])

    def __repr__(self):
        shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.changed)
        return f"Environment({shown})"

    def _repr_html_(self):
        return f"<p>{html.escape(str(self))}</p>"

    def __str__(self):
        return "; ".join(_words(name, steps) for name, steps in self._steps.items()
                         if name in ("T", "pH", *self.changed))

    @property
    def steps(self):
        """Name to ((hour, value), ...) for every symbol."""
        return dict(self._steps)

    @property
    def changed(self):
        """The names of what is ever other than the standard."""
        return tuple(name for name, steps in self._steps.items() if steps != ((0.0, STANDARD[name]),))

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


def _words(name, steps):
    unit, said = SAID[name]
    head = "" if name == "T" else f"{said.split(',')[0]} "
    first, *later = (f"{head}{value:g} {unit}".strip() for _, value in steps)
    later = (f"{text} from hour {hour:.10g}" for text, (hour, _) in zip(later, steps[1:], strict=True))
    return "; ".join([first, *later])


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
            raise PredictionError(f"{name} = {value:g} is not possible; give a value from {low:g} to {high:g} "
                                  f"{SAID[name][0]}".rstrip())
    if not steps or steps[0][0] != 0 or any(not b[0] > a[0] for a, b in pairwise(steps)) or steps[-1][0] == math.inf:
        raise PredictionError(
            f"{name} = {course!r} is not a course in time; give a number, or (hour, value) pairs that begin at "
            f"hour 0 and rise, such as [(0, 37), (24, 42), (24.5, 37)]"
        )
    return steps
