"""Across: tables whose times run from left to right, turned by a quarter."""

from dataclasses import replace

from . import vocabulary as v
from .cells import is_number, missing, shown
from .grid import Row
from .headers import is_time, is_time_unit
from .written import BRACKET, SPREAD, hours, in_one_unit, is_letter, is_zero, timed

#: So many columns of times make a table that lies on its side.
_ACROSS = 3
#: A table begins within so many rows.
_WITHIN = 300


def upright(grid):
    """The grid with a table whose times run across, one row per unit or product, turned by a quarter."""
    for k, row in enumerate(grid.rows[:_WITHIN]):
        corner, header, times = _header(_trimmed(row.cells))
        if not header:
            continue
        below = grid.rows[k + 1:]
        names = {each.number: _name(each, corner, len(times)) for each in below}
        body = [each for each in below if names[each.number]]
        if not body or any(is_time(cell) or (hours(cell) is not None and not is_letter(cell))
                           for cell in (each.cell(0) for each in below)):
            continue
        turned = [Row(row.number, (header, *(names[each.number] for each in body)))]
        turned += [Row(j + 1 + len(corner), (time, *(each.cell(j + len(corner)) for each in body)))
                   for j, time in enumerate(times)]
        note = (f"times run across in row {row.number}: the table was turned, and below, 'row' counts its columns from "
                f"the left")
        return replace(grid, rows=(*grid.rows[:k], *turned), notes=(*grid.notes, note, *(
            f"row {each.number} has no numbers below the times and was not read: "
            f"'{' | '.join(str(cell) for cell in each.cells if cell != '')}'" for each in below if each not in body)))
    return grid


def _header(cells):
    """(cells above the names, header of the times, times) of a row of times; ((), "", ()) of any other."""
    first = (j for j, cell in enumerate(cells) if j and (timed(cell) or is_zero(cell)))
    named = bool(cells) and (is_time(cells[0]) or is_time_unit(cells[0]))
    width = 1 if named else next(first, 1)
    corner, others = cells[:width], cells[width:]
    if len(others) < _ACROSS or "" in others or all(map(is_letter, others)) or any(map(is_number, corner)):
        return (), "", ()
    unit, times = in_one_unit(others)
    if named and all(map(is_number, others)):
        return corner, corner[0], others
    return (corner, f"time ({unit})", times) if unit else ((), "", ())


def _name(row, corner, count):
    """The name of a row with at most so many numbers behind it; empty for any other row.

    A number is a name below a word such as "Vessel".
    """
    cells = _trimmed(row.cells)
    names, values = cells[:len(corner)], cells[len(corner):]
    if not 0 < len(values) <= count or not all(is_number(cell) or missing(cell) or SPREAD.fullmatch(cell)
                                               or BRACKET.fullmatch(cell) for cell in values):
        return ""
    parts = []
    for above, name in zip(corner, names, strict=True):
        if is_number(name) and not set(v.words(above)) & (v.REPLICATE | v.FORMULATION):
            return ""
        parts.append(f"{above} {shown(name)}" if is_number(name) else name)
    return " ".join(filter(None, parts))


def _trimmed(cells):
    """Cells without the empty ones at the end."""
    filled = [k for k, cell in enumerate(cells) if cell != ""]
    return list(cells[:filled[-1] + 1]) if filled else []
