"""Columns by hand: which headers of a file are read, and as what."""

from collections.abc import Mapping
from dataclasses import replace

from ..errors import StudyError, unknown
from .cells import is_number
from .headers import classify, is_time, is_time_unit
from .vocabulary import split_unit, time_unit

_HEADER_WITHIN = 200


def only(grids, columns, file):
    """The grids with the columns that were asked for and no others, under the headers that were given for them.

    Parameters
    ----------
    grids : tuple of Grid
    columns : mapping of str to str, or sequence of str
        Header in the file to the header that it is read as; of a sequence, as it stands.
    file : str
        For messages.

    Returns
    -------
    (tuple of Grid, tuple of str)
        And what was left out, as notes.

    Raises
    ------
    StudyError, UnknownName
        If there is no such header, or twice.
    """
    if not isinstance(columns, Mapping):
        if isinstance(columns, str) or not all(isinstance(each, str) for each in columns):
            raise StudyError(f"columns = {columns!r} is not possible; give headers of the file, such as "
                             f"['Time (h)', 'Vessel 1'], or a mapping such as {{'t1': 'time (h)', 'B1': 'released'}}")
        columns = {each: each for each in columns}
    wanted = {_text(header): meaning for header, meaning in columns.items()}
    found, notes = [], []
    for grid in grids:
        at = next((k for k, row in enumerate(grid.rows[:_HEADER_WITHIN])
                   if set(wanted) <= set(map(_text, row.cells))), None)
        if at is not None:
            kept, said = _kept(grid, at, wanted, file)
            found.append(kept)
            notes += said
    if not found:
        known = headers(grids)
        missing = next((each for each in wanted if each not in known), next(iter(wanted), ""))
        raise unknown(f"column in the header of {file}", missing, known)
    return tuple(found), tuple(notes)


def headers(grids):
    """The headers of the first table: the cells of the last row of texts above the first row of numbers."""
    for grid in grids:
        head = ()
        for row in grid.rows[:_HEADER_WITHIN]:
            numbers = sum(is_number(cell) for cell in row.cells if cell != "")
            if numbers > 1 or (numbers and len(row.cells) == 1):
                break
            if sum(cell != "" for cell in row.cells) > 1:
                head = row.cells
        if head:
            return tuple(_text(cell) for cell in head if cell != "")
    return ()


def meaning(time, released):
    """What `only` takes, of a header that holds the times and headers that hold released drug.

    A header that says so already is kept, with its unit; any other is told what it is.
    """
    name, unit = split_unit(time)
    unit = time_unit(unit) or time_unit(name)
    found = {time: time if is_time(time) or is_time_unit(time) else f"time ({unit})" if unit else "time"}
    for header in released:
        says = classify(0, header).role in ("released", "mean")
        found[header] = header if says else f"{classify(0, header).label or header} released"
    return found


def _kept(grid, at, wanted, file):
    head = [_text(cell) for cell in grid.rows[at].cells]
    for each in wanted:
        if head.count(each) > 1:
            raise StudyError(f"{file}, row {grid.rows[at].number}: {head.count(each)} columns are called '{each}'; "
                             f"give them names of their own")
    places = [k for k, each in enumerate(head) if each in wanted]
    rows = []
    for k, row in enumerate(grid.rows):
        cells = tuple(row.cell(place) for place in places)
        if k < at and sum(cell != "" for cell in row.cells) == 1:
            cells = row.cells  # a title
        elif k == at:
            cells = tuple(wanted[head[place]] for place in places)
        if any(cell != "" for cell in cells):
            rows.append(row._replace(cells=cells))
    left = [each for each in head if each and each not in wanted]
    notes = [f"column '{name}' read as '{other}', as asked" for name, other in wanted.items() if name != other]
    notes += [f"columns left out, as asked: {', '.join(repr(each) for each in left)}"] if left else []
    return replace(grid, rows=tuple(rows)), notes


def _text(cell):
    return str(cell).strip()
