"""Event tables as population programs read them (ID, TIME, AMT, RATE, II, ADDL, SS, EVID, CMT, DV), as regimens."""

import html
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from ..errors import RegimenError, unknown
from .doses import Dose, Part, Regimen, time_words
from .event_lint import Finding, look
from .event_table import read_table

_SHOWN = 5


@dataclass(frozen=True, eq=False, repr=False)
class Events:
    """Regimens and observations of an event table; prints itself.

    Parameters
    ----------
    regimens : dict of str to Regimen
        By ID; times count from the first dose of each.
    origins_hour : dict of str to float
        The time of that first dose in the table.
    plasma : Plasma or None
        The observations, where the table has any and their unit was given.
    findings : tuple of Finding
        What a population program would do in silence, though perhaps not as meant.
    notes : tuple of str
    source : str
    """

    regimens: dict
    origins_hour: dict
    plasma: object
    findings: tuple
    notes: tuple
    source: str

    @property
    def regimen(self):
        """The one regimen of the table.

        Raises
        ------
        RegimenError
            If people were dosed differently.
        """
        if len(set(self.regimens.values())) > 1:
            raise RegimenError(f"{self.source} holds {len(set(self.regimens.values()))} different regimens of "
                               f"{len(self.regimens)} people; choose one with events.of(ID)")
        return next(iter(self.regimens.values()))

    def of(self, name):
        """The regimen of one ID."""
        if str(name) not in self.regimens:
            raise unknown(f"ID in {self.source}", name, list(self.regimens))
        return self.regimens[str(name)]

    def to_dict(self):
        """Plain numbers and texts for JSON."""
        return {"source": self.source, "regimens": {
            name: {"words": str(each), "first_dose_hour": self.origins_hour[name],
                   "doses": [{"time_hour": d.time_hour, "amount_mg": d.amount_mg, "duration_hour": d.duration_hour}
                             for d in each.doses()]} for name, each in self.regimens.items()},
            "findings": [each.to_dict() for each in self.findings], "notes": list(self.notes)}

    def _lines(self):
        yield f"{self.source}: {len(self.regimens)} people" if len(self.regimens) != 1 else f"{self.source}: one person"
        alike = {}
        for name, each in self.regimens.items():
            alike.setdefault(str(each), []).append(name)
        for words, names in list(alike.items())[:_SHOWN]:
            who = ", ".join(names[:6]) + (", ..." if len(names) > 6 else "")
            yield f"  ID {who}: {words}"
        if len(alike) > _SHOWN:
            yield f"  and {len(alike) - _SHOWN} more regimens"
        yield from (f"  note: {each}" for each in self.notes)
        yield from (f"  mind: {each}" for each in self.findings)

    def __repr__(self):
        return "\n".join(self._lines())

    def _repr_html_(self):
        return "<br>".join(html.escape(line) for line in self._lines())


def lint_events(table, *, time=None, amount=None):
    """What is wrong or risky in an event table, row by row.

    Parameters
    ----------
    table : str, Path or DataFrame
    time, amount : str
        Units of TIME, II and DUR, and of AMT, where the headers do not say them, such as ``"h"`` and ``"mg"``.

    Returns
    -------
    tuple of Finding
        Those that stop `read_events` first.
    """
    read = read_table(table, time=time, amount=amount)
    return tuple(sorted(look(read), key=lambda each: (not each.stops, each.row)))


def read_events(table, *, time=None, amount=None, concentration=None):
    """Read an event table as regimens.

    Parameters
    ----------
    table : str, Path or DataFrame
        With the columns TIME and AMT, and as far as needed ID, RATE, DUR, II, ADDL, SS, EVID, MDV, CMT, DV. A point
        or an empty cell is nothing. Case does not matter; units may stand in the headers: ``"TIME (h)"``.
    time : {"min", "h", "day", "week"}
        Unit of TIME, II and DUR, where the header does not say it.
    amount : str
        Unit of AMT, such as ``"mg"``; RATE is in it per unit of time.
    concentration : str, optional
        Unit of DV, to have the observations as `Plasma`.

    Returns
    -------
    Events

    Raises
    ------
    RegimenError
        If the table contradicts itself or holds what is not supported; row and remedy are named.
    """
    read = read_table(table, time=time, amount=amount)
    findings = look(read)
    stops = [each for each in findings if each.stops]
    if stops:
        more = f"\n  and {len(stops) - _SHOWN} more" if len(stops) > _SHOWN else ""
        listed = str(stops[0]) if len(stops) == 1 else "\n  ".join(["", *map(str, stops[:_SHOWN])])
        raise RegimenError(f"{read.source}: {listed}{more}")
    regimens, origins, notes = {}, {}, list(read.notes)
    for name in dict.fromkeys(row.id for row in read.rows):
        doses = [row for row in read.rows if row.id == name and row.is_dose]
        if not doses:
            notes.append(f"ID {name} has no dose and is left out")
            continue
        origin = origins[name] = doses[0].time
        regimens[name] = _regimen(doses, origin)
        if origin:
            notes.append(f"ID {name}: time counts from the first dose, at {origin:g} h of the table")
    if not regimens:
        raise RegimenError(f"{read.source} holds no dose; a dose is a row with AMT above 0 and EVID 1")
    plasma = None if concentration is None else _observations(read, origins, concentration, notes)
    found = sorted((each for each in findings), key=lambda each: each.row)
    return Events(regimens, origins, plasma, tuple(found), tuple(notes), read.source)


def _regimen(rows, origin):
    """Parts for runs of equal doses, in words that give the same doses again."""
    if rows[0].ss:
        parts = [_repeating(rows[0], 0.0, steady=True)]
        rows = rows[1:]
    else:
        parts = []
    several = [row for row in rows if row.addl]
    if several and _in_turn(rows):
        single = []
        for row in rows:
            if row.addl:
                parts += _runs(single, not parts)
                parts.append(_repeating(row, row.time - origin))
                single = []
            else:
                single.append(Dose(row.time - origin, row.amount, row.duration))
        parts += _runs(single, not parts)
    else:
        doses = [Dose(row.time - origin + k * row.ii, row.amount, row.duration)
                 for row in rows for k in range(row.addl + 1)]
        parts += _runs(sorted(doses, key=lambda dose: dose.time_hour), not parts)
    # A row without RATE and DUR is a bolus by the convention of these tables, or a carrier where there is one.
    parts = [replace(part, bolus=not part.duration_hour) for part in parts]
    return Regimen(" then ".join(part.words for part in parts), tuple(parts))


def _in_turn(rows):
    """Whether every row's doses are over before the next row's begin."""
    return all(one.time + one.addl * one.ii < other.time for one, other in pairwise(rows))


def _runs(doses, begins):
    """Parts for doses in time order, equal ones together; ``begins``: whether nothing was given before them."""
    parts, run = [], []
    for dose in [*doses, None]:
        same = run and dose is not None and (dose.amount_mg, dose.duration_hour) == (
            run[0].amount_mg, run[0].duration_hour) and dose.time_hour > run[-1].time_hour
        if run and not same:
            parts.append(_listed(run, first=not parts and begins))
            run = []
        if dose is not None:
            run.append(dose)
    return parts


def _listed(run, first):
    times = tuple(dose.time_hour for dose in run)
    gaps = np.diff(times)
    if len(run) > 2 and np.all(gaps == gaps[0]):
        return _part(run[0], float(gaps[0]), len(run), times[0])
    if times == (0.0,) and first:
        return Part(amount_mg=run[0].amount_mg, duration_hour=run[0].duration_hour, words=f"{_head(run[0])} once")
    unit, per = _unit(times)
    listed = ", ".join(_exact(time / per) for time in times)
    return Part(amount_mg=run[0].amount_mg, duration_hour=run[0].duration_hour, start_hour=times[0], count=len(times),
                times_hour=times, words=f"{_head(run[0])} at {unit} {listed}")


def _repeating(row, start, steady=False):
    return _part(Dose(start, row.amount, row.duration), row.ii, row.addl + 1, start, steady)


def _part(dose, interval, count, start, steady=False):
    unit, per = _unit((interval,))
    words = f"{_head(dose)} every {_exact_span(interval / per, unit)} x {count}"
    if steady:
        words += " from steady state"
    elif start:
        unit, per = _unit((start,))
        words += f" from {unit} {_exact(start / per)}"
    return Part(amount_mg=dose.amount_mg, duration_hour=dose.duration_hour, start_hour=start, interval_hour=interval,
                count=count, steady=steady, words=words)


def _head(dose):
    over = ""
    if dose.duration_hour:
        unit, per = _unit((dose.duration_hour,))
        over = f" over {_exact_span(dose.duration_hour / per, unit)}"
    return f"{_exact(dose.amount_mg)} mg{over}"


def _unit(hours):
    """Days where they are whole, else hours."""
    days = all(hour % 24 == 0 for hour in hours)
    return ("day", 24.0) if days else ("h", 1.0)


def _exact(number):
    """A number in as many digits as it takes to read it back unchanged."""
    return repr(float(number)).removesuffix(".0")


def _exact_span(number, unit):
    return time_words(number, unit).replace(f"{number:.15g}", _exact(number), 1)


def _observations(read, origins, unit, notes):
    """The observations as plasma, on the clock of each regimen."""
    rows = [row for row in read.rows if row.is_observation and row.id in origins and np.isfinite(row.dv)]
    early = [row for row in rows if row.time < origins[row.id]]
    if early:
        notes.append(f"{len(early)} observations before the first dose are left out")
    kept = [row for row in rows if row.time >= origins[row.id]]
    if not kept:
        return None
    from ..studies import Plasma  # loads slowly

    return Plasma.from_arrays(
        [row.time - origins[row.id] for row in kept], [row.dv for row in kept], time_unit="h", unit=unit,
        subject=[row.id for row in kept], source=read.source)


__all__ = ["Events", "Finding", "lint_events", "read_events"]
