"""Dosing regimens in plain words, such as ``"3.6 mg every 28 days x 6"``."""

import math
import re
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from .. import units
from ..errors import RegimenError, UnitError

EXAMPLE = "3.6 mg every 28 days x 6"
#: More doses than this is a slip of the pen (every 28 min for every 28 days), not a therapy.
MOST_DOSES = 10_000

_KEYWORDS = re.compile(
    r"\b(over|once|every|at|for)\b|\b(q)(?=\s*\d)|(?<![A-Za-z])([x×*])(?=\s*[-+\d.])", re.IGNORECASE)
_CALENDAR = re.compile(r"\b(months?|mo|mths?|monthly|quarterly|years?|yr|yearly)\b", re.IGNORECASE)
_NAMES = {"minute": "min", "hour": "h", "day": "day", "week": "week", "second": "s"}


@dataclass(frozen=True, order=True)
class Dose:
    """One dose: when it is given (hours), how much (milligrams), over how long (hours, 0 for at once)."""

    time_hour: float
    amount_mg: float
    duration_hour: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Part:
    """Doses of one size: at given times, or every ``interval_hour``.

    ``start_hour`` is the time of its first dose; ``count`` is None where it is repeated until
    the end of the prediction; ``times_hour`` is None unless the times were written out.
    """

    amount_mg: float
    duration_hour: float = 0.0
    start_hour: float = 0.0
    interval_hour: float | None = None
    count: int | None = 1
    times_hour: tuple | None = None
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
        return tuple(Dose(time, part.amount_mg, part.duration_hour)
                     for part in self.parts for time in part.times(until))

    @property
    def ends(self):
        """Whether there is a last dose."""
        return math.isfinite(self.parts[-1].last_hour)

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
        if self.parts[-1].interval_hour is not None:
            return times[-1] + self.parts[-1].interval_hour
        return 2 * times[-1] - times[-2] if len(times) > 1 else None

    @property
    def assumptions(self):
        """What was not said in the text and is settled by a rule, as sentences."""
        found = [f"'{part.words}' begins one of its own intervals after the dose before it, "
                 f"at {_time_words(part.start_hour / 24, 'day')}"
                 for part in self.parts[1:] if part.interval_hour is not None]
        if not self.ends:
            found.append(f"'{self.parts[-1].words}' has no number of doses: it goes on until the end of the prediction")
        return tuple(found)

    def __str__(self):
        return " then ".join(part.words for part in self.parts)


def read_regimen(text):
    """Read a regimen in plain words.

    Parameters
    ----------
    text : str or Regimen
        ``"3.6 mg once"``, ``"3.6 mg every 28 days x 6"``, ``"3.6 mg every 4 weeks for 24 weeks"`` (doses at
        weeks 0, 4, ... 20), ``"7.5 mg at day 0, 28, 60"``, ``"100 mg over 1 h every 3 weeks x 4"``,
        ``"240 mg once then 80 mg every 28 days x 11"`` (the second part begins one of its own intervals
        after the last dose of the first). Without a number of doses, ``"3.6 mg every 28 days"`` goes on
        until the end of the prediction. Times behind ``at`` count from the first dose of the regimen.

    Returns
    -------
    Regimen

    Raises
    ------
    RegimenError
        If it cannot be read without guessing.
    """
    if isinstance(text, Regimen):
        return text
    if not isinstance(text, str) or not text.strip():
        raise RegimenError(f"{text!r} is not a regimen; write for example '{EXAMPLE}'")
    if re.search(r"\d,\d", re.sub(r"\bat\b.*?(?=\bthen\b|$)", "", text, flags=re.IGNORECASE)):
        raise RegimenError(f"'{text}' has a comma inside a number; write a point, for example '3.6 mg', not '3,6 mg'")
    if _CALENDAR.search(text):
        raise RegimenError(f"'{text}': a month may be 28, 30 or 30.4 days and a year 52 weeks or 365 days; "
                           f"write days or weeks, for example '{EXAMPLE}'")
    parts = []
    for piece in re.split(r"[\s,;]*\bthen\b\s*", " ".join(text.split()), flags=re.IGNORECASE):
        parts.append(_part(piece, text, parts))
    for part, following in zip(parts, [*parts[1:], None], strict=True):
        _check_infusion(part, following, text)
    return Regimen(text, tuple(parts))


def _part(piece, text, before):
    pieces = _KEYWORDS.split(piece.strip())
    amount, said = pieces[0].strip(), {}
    for k in range(1, len(pieces), 4):
        word = next(name for name in pieces[k:k + 3] if name).lower()
        word = {"q": "every", "×": "x", "*": "x"}.get(word, word)
        if word in said:
            raise RegimenError(f"'{text}' says '{word}' twice in one part; join parts with 'then', for example "
                               f"'240 mg once then 80 mg every 28 days x 11'")
        said[word] = pieces[k + 3].strip(" ,")
    mg, dose_words = _dose(amount, text)
    duration, over_words = _span(said.pop("over"), "infusion", text) if "over" in said else (0.0, "")
    head = dose_words + (f" over {over_words}" if over_words else "")
    if set(said) not in (set(), {"once"}, {"every"}, {"every", "x"}, {"every", "for"}, {"at"}):
        words = " and ".join(f"'{word}'" for word in said)
        fault = "needs 'every' before it" if len(said) == 1 else "do not go together"
        raise RegimenError(f"'{text}' cannot be read: {words} {fault}; write for example '3.6 mg once', "
                           f"'{EXAMPLE}' or '7.5 mg at day 0, 28, 60'")
    if said.get("once"):
        raise RegimenError(f"'{text}': 'once' is a single dose and nothing can follow it but 'then'; for repeated "
                           f"doses write for example '3.6 mg every 24 h x 7'")
    if "at" in said:
        return _written_out(said["at"], head, mg, duration, text, before)
    if "every" in said:
        return _repeated(said, head, mg, duration, text, before)
    if before:
        raise RegimenError(f"'{text}' does not say when '{piece}' is given; write for example "
                           f"'{piece.replace(' once', '')} at day 28' or '... every 28 days x 11'")
    return Part(amount_mg=mg, duration_hour=duration, words=f"{head} once")


def _dose(amount, text):
    """Milligrams and normalised words of a dose."""
    if not amount:
        raise RegimenError(f"'{text}' has a part without a dose; write for example '{EXAMPLE}'")
    if re.search(r"/\s*(kg|m\s*(2|²|\^2|\*\*2)|lb)\b|/\s*m²", amount, re.IGNORECASE):
        raise RegimenError(f"'{amount}' needs a body weight or surface, which is not supported; "
                           f"multiply it out and give mg, for example '3.6 mg'")
    try:
        value, unit = units.quantity(amount, "mg", "3.6 mg")
    except UnitError as problem:
        raise RegimenError(f"the dose in '{text}' cannot be read: {problem}; a regimen reads like "
                           f"'{EXAMPLE}'") from None
    if not (value > 0 and math.isfinite(value)):
        raise RegimenError(f"the dose '{amount}' must be above zero; write for example '{EXAMPLE}'")
    return units.inside(value, unit), f"{value:.15g} {unit}"


def _span(given, what, text):
    """Hours and normalised words of an interval, an infusion or a duration."""
    counted = given if re.match(r"[-+\d.]", given) else f"1 {given}"
    try:
        value, unit = units.quantity(counted.lower(), "h", "28 days")
    except UnitError as problem:
        raise RegimenError(f"the {what} '{given}' in '{text}' cannot be read: {problem}; a regimen reads like "
                           f"'{EXAMPLE}'") from None
    if not (value > 0 and math.isfinite(value)):
        hint = "; leave 'over' away for a dose given at once" if what == "infusion" else ""
        raise RegimenError(f"the {what} '{given}' in '{text}' must be longer than zero{hint}; "
                           f"write for example '100 mg over 1 h every 3 weeks x 4'")
    return units.inside(value, unit), _time_words(value, unit)


def _time_words(value, unit):
    name = _NAMES.get(str(units.unit(unit)), unit)
    return f"{value:.15g} {name}{'s' if name in ('day', 'week') and value != 1 else ''}"


def _count(given, text):
    found = re.fullmatch(r"\+?(\d+)(?:\s*(?:doses?|times))?", given, re.IGNORECASE)
    if not found or int(found[1]) == 0:
        raise RegimenError(f"'x {given}' in '{text}' is not a number of doses; give a whole number above zero, "
                           f"for example '{EXAMPLE}'")
    if int(found[1]) > MOST_DOSES:
        raise RegimenError(f"'x {given}' in '{text}' is more than {MOST_DOSES} doses; check the number")
    return int(found[1])


def _repeated(said, head, mg, duration, text, before):
    interval, words = _span(said["every"], "interval", text)
    words = f"{head} every {words}"
    count = None
    if "x" in said:
        count = _count(said["x"], text)
    elif "for" in said:
        lasting, _ = _span(said["for"], "duration", text)
        if lasting / interval > MOST_DOSES:
            raise RegimenError(f"'{text}' is more than {MOST_DOSES} doses; check the interval")
        count = max(1, math.ceil(lasting / interval - 1e-9))
    start = 0.0
    if before:
        start = _end(before[-1], text) + interval
    return Part(amount_mg=mg, duration_hour=duration, start_hour=start, interval_hour=interval, count=count,
                words=words if count is None else f"{words} x {count}")


def _written_out(given, head, mg, duration, text, before):
    example = "7.5 mg at day 0, 28, 60"
    found = re.fullmatch(r"([A-Za-z]+)\s+(.*\d)", given) or re.fullmatch(r"(.*\d)\s*([A-Za-z]+)", given)
    if not found:
        raise RegimenError(f"the times '{given}' in '{text}' cannot be read; write for example '{example}'")
    unit, listed = (found[1].lower(), found[2]) if found[1][0].isalpha() else (found[2].lower(), found[1])
    try:
        numbers = [float(each) for each in re.split(r"\s*,\s*(?:and\s+)?|\s+and\s+|\s+", listed)]
        hours = tuple(units.convert(number, unit, "h") for number in numbers)
    except ValueError as problem:
        raise RegimenError(f"the times '{given}' in '{text}' cannot be read: {problem}; "
                           f"write for example '{example}'") from None
    if not before and hours[0] != 0:
        raise RegimenError(f"'{text}' begins at {_time_words(numbers[0], unit)}, but time counts from the first dose; "
                           f"begin with 0, for example '{example}'")
    earlier = _end(before[-1], text) if before else -1.0
    for number, hour in zip(numbers, hours, strict=True):
        if not (math.isfinite(hour) and hour > earlier):
            raise RegimenError(f"'{text}': {_time_words(number, unit)} is not later than the dose before it; "
                               f"give rising times counted from the first dose, for example '{example}'")
        earlier = hour
    name = _NAMES.get(str(units.unit(unit)), unit)
    return Part(amount_mg=mg, duration_hour=duration, start_hour=hours[0], count=len(hours), times_hour=hours,
                words=f"{head} at {name} {', '.join(f'{number:.15g}' for number in numbers)}")


def _end(part, text):
    if math.isinf(part.last_hour):
        raise RegimenError(f"'{text}': '{part.words}' has no end, so nothing can follow it; give a number of doses, "
                           f"for example '{part.words} x 3 then ...'")
    return part.last_hour


def _check_infusion(part, following, text):
    """Two infusions of a regimen must not overlap."""
    gaps = [part.interval_hour] if part.interval_hour is not None and part.count != 1 else []
    if part.times_hour:
        gaps += [later - earlier for earlier, later in pairwise(part.times_hour)]
    if following is not None:
        gaps.append(following.start_hour - part.last_hour)
    if gaps and part.duration_hour > min(gaps) * (1 + 1e-12):
        raise RegimenError(f"'{text}': the infusion of {part.duration_hour:g} h is longer than the {min(gaps):g} h to "
                           f"the next dose; write for example '100 mg over 1 h every 3 weeks x 4'")
