"""Dosing regimens in plain words, such as ``"3.6 mg every 28 days x 6"``."""

import math
import re
from dataclasses import replace
from itertools import pairwise

from .. import units
from ..errors import RegimenError, UnitError
from .doses import MOST_DOSES, Dose, Part, Regimen, time_words, unit_word

__all__ = ["Dose", "Part", "Regimen", "read_regimen"]

EXAMPLE = "3.6 mg every 28 days x 6"
#: A product behind its dose, whose name may be a word of the calendar.
_NAMED = re.compile(r"\bof\s.*?(?=\s(?:over|once|every|at|q\s*\d|then)\b|$)", re.IGNORECASE)

_KEYWORDS = re.compile(
    r"\b(over|once|every|at|for|from)\b|\b(q)(?=\s*\d)|(?<![A-Za-z])([x×*])(?=\s*[-+\d.])", re.IGNORECASE)
_CALENDAR = re.compile(r"\b(months?|mo|mths?|monthly|quarterly|years?|yr|yearly)\b", re.IGNORECASE)


def read_regimen(text):
    """Read a regimen in plain words.

    Parameters
    ----------
    text : str or Regimen
        ``"3.6 mg once"``, ``"3.6 mg every 28 days x 6"``, ``"3.6 mg every 4 weeks for 24 weeks"`` (doses at
        weeks 0, 4, ... 20), ``"7.5 mg at day 0, 28, 60"``, ``"100 mg over 1 h every 3 weeks x 4"``,
        ``"10 mg bolus every 24 h x 3"`` (drug in solution, at once),
        ``"240 mg once then 80 mg every 28 days x 11"``, ``"3.6 mg every 4 weeks x 3 then 10.8 mg every 12 weeks
        x 4"``. A part begins when the interval of the dose before it is over, here at week 12; after doses without
        an interval (``once``, ``at``) one of its own intervals later; or where ``from`` says: ``"... then 10.8 mg
        every 12 weeks x 4 from week 8"``. Without a number of doses, ``"3.6 mg every 28 days"`` goes on until the
        end of the prediction. Times behind ``at`` and ``from`` count from the first dose of the regimen.
        ``"3.6 mg every 28 days x 2 from steady state"``: the same doses were given for long before.
        ``"3.6 mg of monthly every 28 days x 3 then 10.8 mg of quarterly every 84 days x 2"``: several products, whose
        releases `predict` takes by these names.

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
    if _CALENDAR.search(_NAMED.sub("", text)):
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
    bolus = re.search(r"\s*\bbolus$", amount, re.IGNORECASE)
    amount, product = _product(amount[: bolus.start()] if bolus else amount, text)
    mg, dose_words = _dose(amount, text)
    dose_words += f" of {product}" if product else ""
    if bolus and "over" in said:
        raise RegimenError(f"'{text}': a bolus is given at once and 'over' says how long an infusion takes; keep one")
    duration, over_words = _span(said.pop("over"), "infusion", text) if "over" in said else (0.0, "")
    head = dose_words + (" bolus" if bolus else f" over {over_words}" if over_words else "")
    return replace(_timed(piece, said, head, mg, duration, text, before), bolus=bool(bolus), product=product)


def _timed(piece, said, head, mg, duration, text, before):
    """The part with its times; ``said`` holds what follows each of its words."""
    if set(said) - {"from"} not in (set(), {"once"}, {"every"}, {"every", "x"}, {"every", "for"}, {"at"}) or (
            "from" in said and "every" not in said):
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


def _product(amount, text):
    """The amount, and the product behind 'of' where there is one."""
    amount, of, product = (each.strip() for each in re.fullmatch(r"(.*?)(?:\s+(of)\b(.*))?", amount).groups(default=""))
    if of and not re.fullmatch(r"\w[\w .+:/-]*", product):
        raise RegimenError(f"'{text}': the product in '{amount} of {product}' cannot be read; write for example "
                           f"'3.6 mg of monthly every 28 days x 3'")
    return amount, product


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
    return units.inside(value, unit), time_words(value, unit)


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
    words = words if count is None else f"{words} x {count}"
    part = Part(amount_mg=mg, duration_hour=duration, interval_hour=interval, count=count, words=words)
    if "from" in said:
        return _from(said["from"], part, text, before)
    if before:
        pause = before[-1].interval_hour
        part = replace(part, start_hour=_end(before[-1], text) + (interval if pause is None else pause))
    return part


def _from(given, part, text, before):
    """The part at the start that the user wrote, or at steady state."""
    if re.fullmatch(r"(the )?steady[ -]?state", given, re.IGNORECASE):
        if before:
            raise RegimenError(f"'{text}': only the first part can begin at steady state; write for example "
                               f"'3.6 mg every 28 days x 3 from steady state then 10.8 mg every 84 days x 4'")
        return replace(part, steady=True, words=f"{part.words} from steady state")
    numbers, hours, unit = _times(given, "start", "10.8 mg every 84 days x 4 from day 84", text)
    if len(hours) != 1 or (not before and hours[0] != 0):
        raise RegimenError(f"'{text}': 'from {given}' cannot be read; time counts from the first dose of the regimen, "
                           "so "
                           f"the first part begins at 0; write for example '{EXAMPLE} then 10.8 mg every 84 days x 4 "
                           f"from day 168'")
    if before and hours[0] < _end(before[-1], text):
        raise RegimenError(f"'{text}': {time_words(numbers[0], unit)} is earlier than the dose before it; "
                           f"time counts from the first dose of the regimen")
    return replace(part, start_hour=hours[0], words=f"{part.words} from {unit_word(unit)} {numbers[0]:.15g}")


def _written_out(given, head, mg, duration, text, before):
    example = "7.5 mg at day 0, 28, 60"
    numbers, hours, unit = _times(given, "times", example, text)
    if not before and hours[0] != 0:
        raise RegimenError(f"'{text}' begins at {time_words(numbers[0], unit)}, but time counts from the first dose; "
                           f"begin with 0, for example '{example}'")
    earlier = math.nextafter(_end(before[-1], text), -math.inf) if before else -1.0
    for number, hour in zip(numbers, hours, strict=True):
        if not (math.isfinite(hour) and hour > earlier):
            raise RegimenError(f"'{text}': {time_words(number, unit)} is not later than the dose before it; "
                               f"give rising times counted from the first dose, for example '{example}'")
        earlier = hour
    return Part(amount_mg=mg, duration_hour=duration, start_hour=hours[0], count=len(hours), times_hour=hours,
                words=f"{head} at {unit_word(unit)} {', '.join(f'{number:.15g}' for number in numbers)}")


def _times(given, what, example, text):
    """Numbers, hours and unit of "day 0, 28" or "0 and 28 days"."""
    found = re.fullmatch(r"([A-Za-z]+)\s+(.*\d)", given) or re.fullmatch(r"(.*\d)\s*([A-Za-z]+)", given)
    if not found:
        raise RegimenError(f"the {what} '{given}' in '{text}' cannot be read; write for example '{example}'")
    unit, listed = (found[1].lower(), found[2]) if found[1][0].isalpha() else (found[2].lower(), found[1])
    try:
        numbers = [float(each) for each in re.split(r"\s*,\s*(?:and\s+)?|\s+and\s+|\s+", listed)]
        hours = tuple(units.convert(number, unit, "h") for number in numbers)
    except ValueError as problem:
        raise RegimenError(f"the {what} '{given}' in '{text}' cannot be read: {problem}; "
                           f"write for example '{example}'") from None
    return numbers, hours, unit


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
