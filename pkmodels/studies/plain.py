"""Plain cells: what labs write with a unit, a spread or across the sheet, put into columns of plain numbers."""

import re
from dataclasses import replace

from . import vocabulary as v
from .across import upright
from .cells import clean, is_number, missing
from .grid import Row
from .headers import is_time, is_time_unit
from .written import BRACKET, NUMBER, SPREAD, hours, in_one_unit, is_zero

#: SE, SEM or EE (error estándar); SD, DE (desviación estándar), DS or DP.
_KIND = r"(s\.?e\.?m?\.?|s\.?d\.?|(?:e\.?e|d\.?[esp])\.?)(?!\w)"
#: Behind ±, or in brackets at the end: "mean (SD)".
_OF_SPREAD = re.compile(
    rf"\(?\s*(?:mean\s*)?(?:±|\+/-)\s*\(?(?:{_KIND})?\)?\s*\)?|(?:mean\s*)?[(\[]\s*{_KIND}\s*[)\]]", re.IGNORECASE)
_COUNT = re.compile(r"\bn\s*=\s*(\d+)", re.IGNORECASE)
#: Behind a number they point to a footnote.
_MARKS = "*†‡§¶#"
_CLOCK = re.compile(r"(\d{1,3}):(\d{2})(?::(\d{2}))?")
_IN_WORDS = {"SD": "standard deviations", "SEM": "standard errors"}
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
    grid = upright(_without_marks(grid))
    for j in reversed(range(max((len(row.cells) for row in grid.rows), default=0))):
        for change in (_times_with_units, _times_of_a_clock, _per_cents, _means_with_spread):
            changed = change(grid, j)
            if changed:
                grid = changed
                break
    return grid


def _without_marks(grid):
    """Numbers without the marks behind them that point to a footnote, such as 20* or 20 ± 2†."""
    marked = []

    def bare(row, cell):
        if not isinstance(cell, str) or not cell or cell[-1] not in _MARKS:
            return cell
        text = cell.rstrip(_MARKS + " ")
        if not (is_number(text) or SPREAD.fullmatch(text) or BRACKET.fullmatch(text)):
            return cell
        marked.append(f"row {row.number}: '{cell}'")
        return text

    rows = tuple(row._replace(cells=tuple(bare(row, cell) for cell in row.cells))
                 if any(mark in str(cell) for cell in row.cells for mark in _MARKS) else row for row in grid.rows)
    if not marked:
        return grid
    more = f", and {len(marked) - 1} more" if len(marked) > 1 else ""
    return replace(grid, rows=rows, notes=(*grid.notes, f"marks behind numbers left out ({marked[0]}{more})"))


def _times_with_units(grid, j):
    """Times such as 0, 30 min, 2 h, 1 d below a header without a unit."""
    found = _span(grid, j, lambda cell: 0.0 if is_zero(cell) else hours(cell),
                  lambda cell: isinstance(cell, str) and hours(cell) is not None)
    if not found:
        return None
    cells = [row.cell(j) for row in grid.rows[found[0] + 1:found[1] + 1]]
    unit, times = in_one_unit(cells)
    return _times(grid, j, found, times, unit, f"with the units in their cells ('{cells[-1]}' as {times[-1]:g} {unit})")


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
    # In the first column times with units need no header that says so.
    bare = re.sub(r"\s*[(\[]?\s*h+:m+(:s+)?\s*[)\]]?", "", header, flags=re.IGNORECASE) or "time" * (j == 0)
    stated = v.lone_time_unit(bare) or v.split_unit(bare)[1]
    if not (is_time(bare) or is_time_unit(bare)) or stated not in ("", unit):
        return None
    plainly = iter(times)
    return _with(grid, at, last, j, bare if stated else f"{bare} ({unit})", lambda cell: (next(plainly),),
                 f"times in '{header}' read {how}")


def _per_cents(grid, j):
    """Cells such as 21 %."""
    def read(cell):
        match = re.fullmatch(rf"({NUMBER})\s*%", cell) if isinstance(cell, str) else None
        return match[1] if match else cell if is_zero(cell) or missing(cell) else None

    found = _span(grid, j, read, lambda cell: read(cell) not in (None, cell))
    if not found:
        return None
    at, last = found
    header = grid.rows[at].cell(j)
    named = header if v.split_unit(header)[1] else f"{header} (%)"
    return _with(grid, at, last, j, named, lambda cell: (read(cell),), f"per cent signs in cells of '{header}' read")


def _means_with_spread(grid, j):
    """Cells such as 10.1 ± 1.2, or 10.1 (1.2) where the file says what is in brackets: means, and their spread."""
    def split(cell):
        match = (SPREAD.fullmatch(cell) or BRACKET.fullmatch(cell)) if isinstance(cell, str) else None
        return match and (match[1], match[2])

    def read(cell):
        return split(cell) or ((cell, "") if is_number(cell) or missing(cell) else None)

    found = _span(grid, j, read, split)
    if not found:
        return None
    at, last = found
    header = grid.rows[at].cell(j)
    kind, count, where = _kind_of_spread(grid, header)
    bare = re.sub(r"\s+", " ", _OF_SPREAD.sub(" ", header)).strip() or "mean"
    cells = [row.cell(j) for row in grid.rows[at + 1:last + 1]]
    if kind:
        note = f"'{header}' read as means and their {_IN_WORDS[kind]} (from {where})"
    elif any(isinstance(cell, str) and BRACKET.fullmatch(cell) for cell in cells):
        return None
    else:
        other = f"{bare} ± SEM (n = 3)"
        note = (f"'{header}' read as means and, behind ±, standard deviations, though nothing says which spread it is; "
                f"for the standard error of, say, 3 vessels write '{other}' into the header, or name it so by hand "
                f"(columns=, --column '{header}={other}')")
    named = bare if not count or _COUNT.search(bare) else f"{bare} (n = {count})"
    return _with(grid, at, last, j, (named, f"{bare} {kind or 'SD'}"), read, note)


def _kind_of_spread(grid, header):
    """("SD", "SEM" or "", number of replicates or "", where it is said) of a header, or of the texts around a table."""
    texts = [cell for row in grid.rows for cell in row.cells if isinstance(cell, str) and len(cell) > 3
             and not cell[0].isdigit() and sum(each != "" for each in row.cells) == 1]
    for text, where in [(header, "the header"), *((text, f"'{text}'") for text in texts)]:
        said = _OF_SPREAD.search(text)
        name = said and (said[1] or said[2])
        if name:
            count = _COUNT.search(text)
            kind = "SEM" if name.lower().startswith(("se", "s.e", "ee", "e.e")) else "SD"
            return kind, count[1] if count else "", where
    return "", "", ""


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
    if header < 0 or is_number(cells[header]) or (cells[header] == "" and (j or len(grid.rows[header].cells) < 2)):
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
