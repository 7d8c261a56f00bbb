"""Traps of event tables that population programs fall into without a word, each with row and remedy."""

import math
from dataclasses import asdict, dataclass
from itertools import pairwise

from .doses import MOST_DOSES


@dataclass(frozen=True)
class Finding:
    """One finding: the row of the file, what is there, what to do, and whether it stops the reading."""

    row: int
    name: str
    text: str
    remedy: str
    stops: bool

    def __str__(self):
        return f"row {self.row}: {self.text}; {self.remedy}"

    def to_dict(self):
        """Plain values for JSON."""
        return asdict(self)


def look(table):
    """All findings of a table."""
    found = []
    for row in table.rows:
        found += [Finding(row.number, *each) for each in _of_row(row, table)]
    for name in dict.fromkeys(row.id for row in table.rows):
        rows = [row for row in table.rows if row.id == name]
        found += [Finding(*each) for each in _of_person(rows)]
    found += [Finding(*each) for each in _of_table(table)]
    return tuple(found)


def _of_row(row, table):
    """(name, text, remedy, stops) of what one row shows by itself."""
    amount = f"AMT {row.amount:g} mg"
    if row.time < 0:
        yield ("negative time", f"TIME {row.time:g} h is below zero", "count from the first dose or before it", True)
    if row.amount < 0:
        yield ("negative amount", f"{amount} is below zero", "write the dose as a number above zero", True)
    if row.evid not in (0, 1, 2, 3, 4):
        yield ("unknown event", f"EVID {row.evid} does not exist", "use 0 for an observation and 1 for a dose", True)
    if row.evid in (3, 4):
        yield ("reset", f"EVID {row.evid} empties all compartments, which no regimen can say",
               "give what follows an ID of its own", True)
    if row.evid == 2 and row.amount > 0:
        yield ("dose on another event", f"{amount} with EVID 2 is never given", "set EVID to 1, or AMT to 0", True)
    if row.evid == 0:
        yield from _of_observation(row, amount)
    elif row.evid == 1:
        yield from _of_dose(row, amount, table)
    if row.mdv not in (None, 0, 1):
        yield ("unknown MDV", f"MDV {row.mdv} does not exist", "use 0 where DV was observed and 1 where not", True)


def _of_observation(row, amount):
    if row.amount > 0:
        yield ("dose with EVID 0", f"{amount} with EVID 0 is an observation, so the dose is never given",
               "set EVID to 1 (and MDV to 1), or AMT to 0", True)
    if row.ss or row.addl or row.ii or row.rate:
        yield ("dosing on an observation", "RATE, II, ADDL or SS on an observation have no effect",
               "leave them 0 here, and write them on the dose", False)
    if row.mdv == 0 and row.dv != row.dv:
        yield ("observation without DV", "MDV 0 says that DV was observed, but there is none", "set MDV to 1", False)
    if row.mdv != 1 and row.dv == 0 and row.time > 0:
        yield ("DV of zero", "DV 0 is taken as a measured zero", "if it was below the limit, set MDV to 1 or leave DV "
               "empty", False)


def _of_dose(row, amount, table):
    if row.rate in (-1, -2) or row.rate < 0:
        meaning = {-1: "RATE -1 lets the model estimate the rate", -2: "RATE -2 lets the model estimate the duration"}
        yield ("rate by the model", meaning.get(row.rate, f"RATE {row.rate:g} is below zero"),
               "write the rate itself, or a column DUR with the duration", True)
        return
    if row.amount == 0:
        what = "an infusion at steady state without end" if row.ss and row.rate > 0 else "a dose of nothing"
        yield ("dose of nothing", f"EVID 1 with AMT 0 is {what}", "write AMT, or set EVID to 2", True)
        return
    if row.amount == math.inf or row.addl > MOST_DOSES:
        yield ("beyond measure", f"{amount} with ADDL {row.addl} is no therapy", f"check the row; at most {MOST_DOSES} "
               f"doses can be read", True)
        return
    if row.dur < 0:
        yield ("negative duration", f"DUR {row.dur:g} h is below zero", "write the duration of the infusion", True)
    if row.rate > 0 and row.dur > 0 and abs(row.amount / row.rate - row.dur) > 1e-6 * row.dur:
        yield ("rate against duration", f"RATE says that the dose takes {row.amount / row.rate:g} h and DUR says "
               f"{row.dur:g} h", "keep one of them", True)
    if row.mdv == 0:
        yield ("dose with MDV 0", "MDV 0 makes this dose an observation as well, of "
               + ("nothing" if row.dv != row.dv else f"DV {row.dv:g}"), "set MDV to 1", False)
    if row.ii < 0 or row.addl < 0:
        yield ("negative repeats", f"II {row.ii:g} h and ADDL {row.addl} must not be below zero", "write 0 for none",
               True)
        return
    if row.addl > 0 and not row.ii > 0:
        yield ("ADDL without II", f"ADDL {row.addl} without II gives all {row.addl + 1} doses at once, or none of them",
               "write the interval in II", True)
    if row.ii > 0 and not row.addl and not row.ss:
        yield ("II alone", f"II {row.ii:g} h has no effect without ADDL or SS", "write ADDL, or set II to 0", False)
    if row.ss not in (0, 1):
        yield ("steady state added", f"SS {row.ss} adds a steady state to what is there already, which no regimen can "
               f"say", "use SS 1 on the first dose of a person", True)
    elif row.ss and not row.ii > 0:
        yield ("SS without II", "SS 1 without II is no steady state", "write the dosing interval in II", True)
    if row.ii > 0 and row.duration > row.ii * (1 + 1e-9) and (row.addl or row.ss):
        yield ("infusion over the interval", f"the infusion takes {row.duration:g} h, which is longer than II "
               f"{row.ii:g} h: infusions overlap", "check RATE, DUR and II", False)


def _of_person(rows):
    """(row, name, text, remedy, stops) of what the rows of one person show together."""
    for one, other in pairwise(rows):
        if other.time < one.time:
            yield (other.number, "times not sorted", f"TIME {other.time:g} h of ID {other.id} stands behind "
                   f"{one.time:g} h", "sort each person's rows by TIME", True)
        if one.is_dose and other.is_observation and one.time == other.time:
            yield (other.number, "observation after a dose", f"the observation at {other.time:g} h stands behind the "
                                                             "dose "
                   f"of the same time, so it is one after the dose", "if it is a trough, put it before the dose", False)
    doses = [row for row in rows if row.is_dose and row.amount > 0]
    for k, (one, other) in enumerate(pairwise(doses)):
        if one.time == other.time and (one.amount, one.duration, one.cmt) == (other.amount, other.duration, other.cmt):
            yield (other.number, "dose twice", f"the same dose stands twice at {other.time:g} h and is given twice",
                   "delete one of the rows, or add them up", False)
        end = one.time + one.addl * one.ii
        if one.addl and other.time <= end:
            yield (other.number, "ADDL runs on", f"the doses of row {one.number} run until {end:g} h, beyond this dose "
                                                 "at "
                   f"{other.time:g} h, so both are given", f"lower ADDL of row {one.number}", False)
        if one.ss and not one.addl and other.time - one.time != one.ii:
            yield (one.number, "SS against the next dose", f"II {one.ii:g} h of the steady state is not the "
                   f"{other.time - one.time:g} h to the next dose", "check II; a schedule that is not even has no "
                                                                    "single "
                   "SS row", False)
        if other.ss:
            yield (other.number, "steady state later", f"SS 1 at {other.time:g} h wipes out what row {doses[k].number} "
                                                       "gave",
                   "use SS 1 on the first dose of a person only", True)


def _of_table(table):
    places = dict.fromkeys(row.cmt for row in table.rows if row.is_dose)
    if len(places) > 1:
        row = next(row for row in table.rows if row.is_dose and row.cmt != next(iter(places)))
        yield (row.number, "several places of dosing", f"doses go into the compartments "
               f"{' and '.join(each or 'none' for each in places)}, and a regimen has one way in",
               "read each compartment's doses by themselves", True)
    elif places and next(iter(places)) not in ("", "1"):
        row = next(row for row in table.rows if row.is_dose)
        yield (row.number, "not the first compartment", f"doses go into CMT {row.cmt}, which is the depot of some "
                                                        "models "
               f"and the blood of others", "make sure that it is where this carrier is put", False)
    seen, before = set(), None
    for row in table.rows:
        if row.id != before and row.id in seen:
            yield (row.number, "ID comes back", f"ID {row.id} comes back after other people, so programs take it for "
                   f"somebody new", "put all rows of a person together", True)
            return
        seen.add(row.id)
        before = row.id
