"""Blocks: the tables of one sheet, side by side or below each other, each as a grid of its own."""

import math
from dataclasses import replace
from functools import lru_cache

from .cells import is_number
from .headers import is_time, is_time_unit
from .vocabulary import split_unit

#: A header of tables side by side stands within so many rows.
_HEADER_WITHIN = 200
#: So many rows of what is left aside are written out.
_SAID = 3
#: So many rows may stand between a header and its numbers: units, and the lower of two header rows.
_BENEATH = 3


@lru_cache(maxsize=4096)
def _named(text):
    return is_time(text) or is_time_unit(text)


def _names_time(cell):
    return isinstance(cell, str) and cell[:1].isalpha() and _named(cell)


def split(grid):
    """The tables of a grid, with what stands above each as its title.

    Cells of the other tables are left empty, so that rows and columns keep the numbers that a spreadsheet shows.

    Parameters
    ----------
    grid : Grid

    Returns
    -------
    tuple of Grid
        The one given where it holds no more than one table.
    """
    grid = _without_parameters(_digitised(grid))
    return tuple(part for below in _below(grid) for part in _beside(below))


def _digitised(grid):
    """X and Y above pairs of columns, as programs that digitise figures write them, are times and what was released."""
    for k, row in enumerate(grid.rows[:_HEADER_WITHIN]):
        filled = [(j, cell.lower()) for j, cell in enumerate(row.cells) if isinstance(cell, str) and cell]
        pairs = [(j, j + 1) for j, _ in filled[::2]]
        if filled and filled == [pair for j, i in pairs for pair in ((j, "x"), (i, "y"))]:
            cells = tuple({"x": "time", "y": "released"}.get(str(cell).lower(), cell) for cell in row.cells)
            return replace(grid, rows=(*grid.rows[:k], row._replace(cells=cells), *grid.rows[k + 1:]),
                           notes=(*grid.notes, "'X' read as the times and 'Y' as what was released"))
    return grid


def _without_parameters(grid):
    """The grid without names and numbers behind an empty column, such as the constants of a fit beside a table."""
    width = max((len(row.cells) for row in grid.rows), default=0)
    for gap in range(1, width - 2):
        if any(row.cell(gap) != "" for row in grid.rows):
            continue
        beside = [row for row in grid.rows if any(cell != "" for cell in row.cells[gap + 1:])]
        pairs = [row for row in beside if isinstance(row.cell(gap + 1), str) and row.cell(gap + 1)
                 and not is_number(row.cell(gap + 1))]
        texts = [cell for row in pairs for cell in row.cells[gap + 1:]]
        if len(pairs) < len(beside) or len(pairs) < 2 or any(map(_names_time, texts)):
            continue
        if not sum(is_number(row.cell(gap + 2)) for row in pairs) * 2 >= len(pairs):
            continue
        said = "; ".join(" | ".join(str(cell) for cell in row.cells[gap + 1:] if cell != "") for row in pairs[:_SAID])
        rows = tuple(row._replace(cells=row.cells[:gap]) for row in grid.rows)
        return replace(grid, rows=tuple(row for row in rows if any(cell != "" for cell in row.cells)), notes=(
            *grid.notes, f"names and numbers beside the table were not used ({said}{'; ...' * (len(pairs) > _SAID)})"))
    return grid


def _below(grid):
    """Tables below each other: a header of times after rows of numbers begins the next."""
    rows, starts, numbers, begun = grid.rows, [0], False, False
    for k, row in enumerate(rows):
        if (numbers or not begun) and _begins(rows, k):
            starts += [_title_above(rows, k)] if begun else []
            numbers, begun = False, True
        elif begun and not numbers:
            numbers = any(map(is_number, row.cells))
    if len(starts) == 1:
        return (grid,)
    parts, after = [], 0
    for start, end in zip(starts, [*starts[1:], len(rows)], strict=True):
        last = rows[end - 1].number if end < len(rows) else math.inf
        own = tuple(comment for comment in grid.comments if after < comment[0] <= last)
        parts.append(replace(grid, rows=rows[start:end], notes=() if parts else grid.notes,
                             comments=own or (parts and parts[0].comments) or ()))
        after = last
    return tuple(replace(part, title=_title(part)) for part in parts)


def _begins(rows, k):
    """Whether a row is the header of a table: a time column with numbers beneath, or times that run across."""
    for j, cell in enumerate(rows[k].cells):
        if not _names_time(cell):
            continue
        others = [each for each in rows[k].cells[j + 1:] if each != ""]
        if any(is_number(row.cell(j)) for row in rows[k + 1:k + 1 + _BENEATH]):
            return any(not is_number(each) for each in others)
        if len(others) > 2 and all(map(is_number, others)):
            return True
    return False


def _title_above(rows, k):
    """The first of the rows of text that stand directly above a header."""
    while rows[k - 1].number == rows[k].number - 1 and not any(map(is_number, rows[k - 1].cells)):
        k -= 1
    return k


def _title(grid):
    """The text that stands alone in the last row above the header; empty without."""
    at = next((k for k, row in enumerate(grid.rows) if any(map(_names_time, row.cells))), 0)
    for row in reversed(grid.rows[:at]):
        texts = [cell for cell in row.cells if cell != ""]
        if len(texts) == 1:
            return str(texts[0])
    return ""


def _beside(grid):
    """Tables side by side: a row of headers that names the time more than once."""
    for k, row in enumerate(grid.rows[:_HEADER_WITHIN]):
        times = [j for j, cell in enumerate(row.cells) if _names_time(cell)]
        if len(times) < 2 or len({split_unit(row.cells[j])[0].lower() for j in times}) > 1:
            continue
        spans = list(zip(times, [*times[1:], max(len(each.cells) for each in grid.rows)], strict=True))
        if not all(any(cell != "" and not _names_time(cell) for cell in row.cells[j + 1:end]) for j, end in spans):
            return (grid,)
        return tuple(_part(grid, k, j, end, first=j == times[0]) for j, end in spans)
    return (grid,)


def _part(grid, at, begin, end, first):
    """The cells of some columns; a title of the whole sheet stays with the first table."""
    title, rows = grid.title, []
    for k, row in enumerate(grid.rows):
        cells = row.cells
        alone = k < at and sum(cell != "" for cell in cells) == 1 and not any(cells[begin:end])
        if not (alone and first):
            cells = ("",) * begin + cells[begin:end]
        if any(cell != "" for cell in cells):
            rows.append(row._replace(cells=cells))
    above = [row for row in grid.rows[:at] if sum(cell != "" for cell in row.cells) > 1]
    if above and above[-1].cell(begin) != "":
        title = str(above[-1].cell(begin))
    return replace(grid, rows=tuple(rows), title=title, notes=grid.notes if first else ())
