"""Plain cells: what labs write with a unit, a spread or across the sheet, put into columns of plain numbers."""

import re
from dataclasses import replace

from . import vocabulary as v
from .cells import clean, is_number, missing
from .grid import Row
from .headers import is_time

_NUMBER = r"[-+]?\d+(?:[.,]\d+)?"
_TIMED = re.compile(rf"(?:X(?=\d))?({_NUMBER})[\s\-_.]*([A-Za-zµ]+)\.?")
_SPREAD = re.compile(rf"({_NUMBER})\s*%?\s*(?:±|\+/-|\+-)\s*(\d+(?:[.,]\d+)?)\s*%?")
#: Behind ±: SE, SEM or EE (error estándar); SD, DE (desviación estándar), DS or DP.
_OF_SPREAD = re.compile(
    r"\(?\s*(?:mean\s*)?(?:±|\+/-)\s*\(?(s\.?e\.?m?\.?|s\.?d\.?|(?:e\.?e|d\.?[esp])\.?(?!\w))?\)?\s*\)?", re.IGNORECASE)
_CLOCK = re.compile(r"(\d{1,3}):(\d{2})(?::(\d{2}))?")
_THOUSANDS = re.compile(r"[1-9]\d{0,2},\d{3}")
_IN_HOURS = {"second": 1 / 3600, "min": 1 / 60, "h": 1.0, "day": 24.0, "week": 168.0}
#: So many columns of times make a table that lies on its side.
_ACROSS = 3
#: A column shows within so many rows whether its cells are plain; it keeps long files quick.
_WITHIN = 300


def plain(grid):
    """A grid with its table upright and its cells plain numbers; every change is noted.

    Parameters
    ----------
    grid : Grid

    Returns
    -------
    Grid
        The one given where there was nothing to change.
    """
    grid = _upright(grid)
    for j in reversed(range(max((len(row.cells) for row in grid.rows), default=0))):
        for change in (_times_with_units, _times_of_a_clock, _per_cents, _means_with_spread):
            changed = change(grid, j)
            if changed:
                grid = changed
                break
    return grid


def _upright(grid):
    """A table whose times run across, one row per unit or product, turned by a quarter."""
    for k, row in enumerate(grid.rows[:_WITHIN]):
        first, *others = _trimmed(row.cells) or [""]
        if len(others) < _ACROSS or is_number(first) or "" in others:
            continue
        unit, times = _in_one_unit(others)
        if is_time(first) and all(map(is_number, others)):
            header, times = first, others
        elif unit:
            header = f"time ({unit})"
        else:
            continue
        below = grid.rows[k + 1:]
        body = [each for each in below if _labelled(each, len(others))]
        if not body or any(is_time(each.cell(0)) or _hours(each.cell(0)) is not None for each in below):
            continue
        turned = [Row(row.number, (header, *(each.cell(0) for each in body)))]
        turned += [Row(j + 2, (time, *(each.cell(j + 1) for each in body))) for j, time in enumerate(times)]
        note = (f"times run across in row {row.number}: the table was turned, and below, 'row' counts its columns from "
                f"the left")
        return replace(grid, rows=(*grid.rows[:k], *turned), notes=(*grid.notes, note, *(
            f"row {each.number} has no numbers below the times and was not read: "
            f"'{' | '.join(str(cell) for cell in each.cells if cell != '')}'" for each in below if each not in body)))
    return grid


def _labelled(row, count):
    """Whether a row is a name and at most so many numbers."""
    first, *values = _trimmed(row.cells) or [""]
    return (bool(first) and not is_number(first) and 0 < len(values) <= count
            and all(is_number(cell) or missing(cell) for cell in values))


def _trimmed(cells):
    """Cells without the empty ones at the end."""
    filled = [k for k, cell in enumerate(cells) if cell != ""]
    return list(cells[:filled[-1] + 1]) if filled else []


def _in_one_unit(cells):
    """(unit, numbers) of texts such as "30 min" and 0, in hours if they have several units; ("", []) of others."""
    found = [("", 0.0) if _zero(cell) else _timed(cell) for cell in cells]
    if None in found:
        return "", []
    units = {unit for unit, _ in found if unit}
    if len(units) == 1 and units != {"second"}:
        return units.pop(), [number for _, number in found]
    return ("h", [number * _IN_HOURS[unit or "h"] for unit, number in found]) if units else ("", [])


def _zero(cell):
    return is_number(cell) and float(str(cell).replace(",", ".")) == 0


def _times_with_units(grid, j):
    """Times such as 0, 30 min, 2 h, 1 d below a header without a unit."""
    found = _span(grid, j, lambda cell: 0.0 if _zero(cell) else _hours(cell),
                  lambda cell: isinstance(cell, str) and _hours(cell) is not None)
    if not found:
        return None
    unit, times = _in_one_unit([row.cell(j) for row in grid.rows[found[0] + 1:found[1] + 1]])
    return _times(grid, j, found, times, unit, "with the units in their cells")


def _times_of_a_clock(grid, j):
    """Times since the start as 0:30:00, or as 00:30 below a header that says hh:mm; times of day are not these."""
    said = any(re.search(r"h+:m+", cell.lower()) for cell in _column(grid, j)[:_WITHIN] if isinstance(cell, str))

    def read(cell):
        match = _CLOCK.fullmatch(cell) if isinstance(cell, str) else None
        if not match or (match[3] is None and not said):
            return None
        return int(match[1]) + int(match[2]) / 60 + int(match[3] or 0) / 3600

    found = _span(grid, j, read, lambda cell: read(cell) is not None)
    times = [read(row.cell(j)) for row in grid.rows[found[0] + 1:found[1] + 1]] if found else []
    return _times(grid, j, found, times, "h", "as hours, minutes and seconds") if said or times[:1] == [0] else None


def _times(grid, j, found, times, unit, how):
    """The grid with plain times below a header of times that states no other unit; None where it is none."""
    if not found:
        return None
    at, last = found
    header = grid.rows[at].cell(j)
    bare = re.sub(r"\s*[(\[]?\s*h+:m+(:s+)?\s*[)\]]?", "", header, flags=re.IGNORECASE)
    stated = v.split_unit(bare)[1]
    if not is_time(bare) or stated not in ("", unit):
        return None
    plainly = iter(times)
    return _with(grid, at, last, j, bare if stated else f"{bare} ({unit})", lambda cell: (next(plainly),),
                 f"times in '{header}' read {how}")


def _per_cents(grid, j):
    """Cells such as 21 %."""
    def read(cell):
        match = re.fullmatch(rf"({_NUMBER})\s*%", cell) if isinstance(cell, str) else None
        return match[1] if match else cell if _zero(cell) or missing(cell) else None

    found = _span(grid, j, read, lambda cell: read(cell) not in (None, cell))
    if not found:
        return None
    at, last = found
    header = grid.rows[at].cell(j)
    named = header if v.split_unit(header)[1] else f"{header} (%)"
    return _with(grid, at, last, j, named, lambda cell: (read(cell),), f"per cent signs in cells of '{header}' read")


def _means_with_spread(grid, j):
    """Cells such as 10.1 ± 1.2, as a column of means and one of their spread."""
    def read(cell):
        match = _SPREAD.fullmatch(cell) if isinstance(cell, str) else None
        if match:
            return match[1], match[2]
        return (cell, "") if is_number(cell) or missing(cell) else None

    found = _span(grid, j, read, lambda cell: isinstance(cell, str) and _SPREAD.fullmatch(cell))
    if not found:
        return None
    at, last = found
    header = grid.rows[at].cell(j)
    said = _OF_SPREAD.search(header)
    kind = "SEM" if said and said[1] and said[1].lower().startswith(("se", "s.e", "ee", "e.e")) else "SD"
    spread = "standard errors" if kind == "SEM" else "standard deviations"
    note = f"'{header}' read as means and, behind ±, their {spread}"
    if not (said and said[1]):
        note += " (the header does not say which spread it is)"
    bare = re.sub(r"\s+", " ", _OF_SPREAD.sub(" ", header)).strip() if said else header
    return _with(grid, at, last, j, (bare or "mean", kind), read, note)


def _span(grid, j, read, telling):
    """(row of the header, last row) of a column whose cells can all be read and of which two or more are telling."""
    cells = _column(grid, j)
    if not any(map(telling, cells[:_WITHIN])):
        return None
    marked = [k for k, cell in enumerate(cells) if telling(cell)]
    if len(marked) < 2:
        return None
    begin = marked[0]
    while begin > 0 and cells[begin - 1] != "" and read(cells[begin - 1]) is not None:
        begin -= 1
    header = begin - 1
    if header < 0 or not cells[header] or is_number(cells[header]):
        return None
    return (header, marked[-1]) if all(read(cell) is not None for cell in cells[begin:marked[-1] + 1]) else None


def _with(grid, at, last, j, header, read, note):
    """The grid with a column put in the place of another, between its header and its last row."""
    headers = (header,) if isinstance(header, str) else header
    rows = []
    for k, row in enumerate(grid.rows):
        cells = (*row.cells, *[""] * (j + 1 - len(row.cells)))
        new = headers if k == at else read(cells[j]) if at < k <= last else (cells[j], *[""] * (len(headers) - 1))
        rows.append(Row(row.number, (*cells[:j], *map(clean, new), *cells[j + 1:])))
    return replace(grid, rows=tuple(rows), notes=(*grid.notes, note))


def _column(grid, j):
    return [row.cell(j) for row in grid.rows]


def _timed(cell):
    """(unit, number) of a text such as "30 min" or "X5.min"; None for anything else."""
    match = _TIMED.fullmatch(cell) if isinstance(cell, str) else None
    unit = v.time_unit(match[2]) if match else ""
    if unit not in _IN_HOURS or _THOUSANDS.fullmatch(match[1]):
        return None
    return unit, float(match[1].replace(",", "."))


def _hours(cell):
    found = _timed(cell)
    return found and found[1] * _IN_HOURS[found[0]]
