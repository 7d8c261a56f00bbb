"""Doses, parts of a regimen, and the regimen: values that know their times and their own words."""

import math
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from .. import units
from ..errors import RegimenError

#: More doses than this is a slip of the pen (every 28 min for every 28 days), not a therapy.
MOST_DOSES = 10_000

_NAMES = {"minute": "min", "hour": "h", "day": "day", "week": "week", "second": "s"}


@dataclass(frozen=True, order=True)
class Dose:
    """One dose: when it is given (hours), how much (milligrams), over how long (hours, 0 for at once), of which product
    (empty where there is one only)."""

    time_hour: float
    amount_mg: float
    duration_hour: float = 0.0
    product: str = ""


@dataclass(frozen=True, kw_only=True)
class Part:
    """Doses of one size: at given times, or every ``interval_hour``.

    ``start_hour`` is the time of its first dose; ``count`` is None where it is repeated until
    the end of the prediction; ``times_hour`` is None unless the times were written out. ``steady``: as many
    doses as it takes to steady state were given before ``start_hour``, at the same interval. ``product`` is what is
    injected, where a regimen has several products. ``bolus``: it was said that the dose is given at once, so that it
    needs no carrier.
    """

    amount_mg: float
    duration_hour: float = 0.0
    product: str = ""
    start_hour: float = 0.0
    interval_hour: float | None = None
    count: int | None = 1
    times_hour: tuple | None = None
    steady: bool = False
    bolus: bool = field(default=False, compare=False)
    words: str = field(default="", compare=False)

    def times(self, until):
        """The dose times in hours that are earlier than ``until``."""
        if self.times_hour is not None:
            return tuple(time for time in self.times_hour if time < until)
        if self.interval_hour is None:
            return (self.start_hour,) if self.start_hour < until else ()
        needed = (until - self.start_hour) / self.interval_hour
        if self.count is not None and self.count <= needed:
            needed = self.count
        elif needed > MOST_DOSES:
            raise RegimenError(f"'{self.words}' is more than {MOST_DOSES} doses until {until:g} h; check the interval")
        times = (self.start_hour + i * self.interval_hour for i in range(math.ceil(needed)))
        return tuple(time for time in times if time < until)

    @property
    def last_hour(self):
        """The time of the last dose; infinite where the part has no end."""
        if self.times_hour is not None:
            return self.times_hour[-1]
        if self.count is None:
            return math.inf
        return self.start_hour + (self.count - 1) * (self.interval_hour or 0.0)


@dataclass(frozen=True)
class Regimen:
    """When which dose is given; ``str()`` gives the normalised words, which `read_regimen` reads again.

    Parameters
    ----------
    text : str
        As the user wrote it.
    parts : tuple of Part
        For example a loading part and a maintenance part.
    """

    text: str = field(compare=False)
    parts: tuple

    def _repr_html_(self):
        import html

        return f"<p>regimen: {html.escape(str(self))}</p>"

    def doses(self, until=None):
        """All doses given before a horizon.

        Parameters
        ----------
        until : float, optional
            The horizon in hours. A dose at the horizon itself is not given. May be left out
            where the regimen ends by itself.

        Returns
        -------
        tuple of Dose

        Raises
        ------
        RegimenError
            If the regimen goes on for ever and no horizon is given.
        """
        if until is None:
            if not self.ends:
                raise RegimenError(f"'{self}' goes on for ever; give the horizon in hours, or a number of doses "
                                   f"such as '{self} x 6'")
            until = math.inf
        elif not (isinstance(until, (int, float)) and until > 0) or math.isinf(until):
            raise RegimenError(f"the horizon {until!r} is not possible; give hours above zero, such as 672.0")
        return tuple(sorted((Dose(time, part.amount_mg, part.duration_hour, part.product)
                             for part in self.parts for time in part.times(until)), key=lambda dose: dose.time_hour))

    def earlier(self, count):
        """So many doses before the first one, of a regimen that begins at steady state; their times are below zero.

        Raises
        ------
        RegimenError
            If the regimen does not begin at steady state.
        """
        if not self.steady:
            raise RegimenError(f"'{self}' does not begin at steady state; write '... from steady state'")
        first = self.parts[0]
        return tuple(Dose(first.start_hour - k * first.interval_hour, first.amount_mg, first.duration_hour,
                          first.product) for k in range(count, 0, -1))

    @property
    def steady(self):
        """Whether it begins at steady state."""
        return self.parts[0].steady

    @property
    def lacks_duration(self):
        """Whether a dose has neither a duration nor the word that it is given at once."""
        return any(not part.duration_hour and not part.bolus for part in self.parts)

    @property
    def ends(self):
        """Whether there is a last dose."""
        return all(math.isfinite(part.last_hour) for part in self.parts)

    @cached_property
    def interval_hour(self):
        """The time between doses where it is always the same, else None."""
        if len(self.parts) == 1 and self.parts[0].interval_hour is not None:
            return self.parts[0].interval_hour
        horizon = None if self.ends else self.parts[-1].start_hour + 2.5 * self.parts[-1].interval_hour
        times = [dose.time_hour for dose in self.doses(horizon)]
        gaps = [later - earlier for earlier, later in pairwise(times)]
        regular = gaps and max(gaps) - min(gaps) <= 1e-9 * max(gaps)
        return gaps[0] if regular else None

    @property
    def end_hour(self):
        """The end of the last dosing interval in hours; None if there is no last dose or no interval."""
        if not self.ends:
            return None
        times = [dose.time_hour for dose in self.doses()]
        last = max(self.parts, key=lambda part: part.last_hour)
        if last.interval_hour is not None:
            return times[-1] + last.interval_hour
        return 2 * times[-1] - times[-2] if len(times) > 1 else None

    @property
    def assumptions(self):
        """What was not said in the text and is settled by a rule, as sentences."""
        found = []
        for before, part in pairwise(self.parts):
            if part.interval_hour is not None and " from " not in part.words:
                rule = "one of its own intervals after the dose before it" if before.interval_hour is None else \
                    "when the interval of the dose before it is over"
                found.append(f"'{part.words}' begins {rule}, at {time_words(part.start_hour / 24, 'day')}")
        if self.steady:
            found.append(f"the regimen begins at steady state: '{self.parts[0].words}' was given before time 0 as well")
        if not self.ends:
            found.append(f"'{self.parts[-1].words}' has no number of doses: it goes on until the end of the prediction")
        return tuple(found)

    def __str__(self):
        return " then ".join(part.words for part in self.parts)


def time_words(value, unit):
    """A length of time as a regimen says it: ``"28 days"``."""
    name = _NAMES.get(str(units.unit(unit)), unit)
    return f"{value:.15g} {name}{'s' if name in ('day', 'week') and value != 1 else ''}"


def unit_word(unit):
    """A unit of time as a regimen says it."""
    return _NAMES.get(str(units.unit(unit)), unit)
