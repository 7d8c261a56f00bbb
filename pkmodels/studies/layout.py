"""Layout: where in a grid the header, its units, the numbers and the footer stand."""

from dataclasses import dataclass, replace

from ..errors import StudyError
from . import vocabulary as v
from .cells import is_number, missing, shown
from .grid import letter
from .headers import check_names, classify, is_time, is_time_unit

_SUMMARY = {"mean", "average", "mittelwert", "sd", "std", "stdev", "n", "sum", "summe", "rsd", "cv", "auc", "f2", "min",
            "max", "total"}
#: A header further down than this belongs to something else; it also keeps long files quick.
_HEADER_WITHIN = 200


@dataclass(frozen=True)
class Layout:
    """One table of a grid.

    Parameters
    ----------
    header_row : int
    columns : tuple of Column
        Of all columns that have a header.
    rows : tuple of Row
        With the numbers.
    titles, footers : tuple of (int, str)
        Row and text above the table, and below or beside it.
    notes : tuple of str
    """

    header_row: int
    columns: tuple
    rows: tuple
    titles: tuple
    footers: tuple
    notes: tuple = ()


def find_layout(grid, problems):
    """The table of a grid, or None where nothing looks like one.

    Parameters
    ----------
    grid : Grid
    problems : Problems
        Gathers the cells that cannot be read.

    Raises
    ------
    StudyError
        If there is a header without numbers, two time columns, or a name twice.
    """
    found = _find_header(grid)
    if not found:
        return None
    at, time = found
    rows = grid.rows
    start = _first_data(rows, at, time)
    if start is None:
        raise StudyError(f"{grid.file}: there is a header in row {rows[at].number}, but no row of numbers below it; "
                         f"write one row per sampling time")
    last = max((k for k in range(start, len(rows)) if is_number(rows[k].cell(time))), default=start)
    header, group, unit_row, title_end = _header_rows(rows, at, start, time)
    notes = []
    if len(header) > max(len(_trim(rows[k].cells)) for k in range(start, last + 1)):
        header, joined = _join_units(header, max(len(_trim(rows[k].cells)) for k in range(start, last + 1)))
        notes += [f"header cells joined: {joined}"] if joined else []
    columns = tuple(classify(k, _joined(group, header, k), unit_row.get(k, ""))
                    for k in range(len(header)) if _joined(group, header, k))
    # A header such as "Days" is the unit of time and nothing else.
    columns = tuple(replace(c, role="time", unit=v.time_unit(c.unit) or v.lone_time_unit(c.header))
                    if c.index == time else c
                    for c in columns)
    check_names(columns, grid.file, rows[at].number)
    body, footers = _body(rows, start, last, time, len(header), problems, grid)
    numbering = _row_numbers(header, columns, body, time)
    notes += [f"column {letter(j)} numbers the rows and was not used" for j in numbering]
    names = {c.index: c.header for c in columns if c.role != "time"}
    footers += _check_shape(grid, body, {c.index for c in columns} | set(numbering), len(header), names, problems)
    columns = tuple(c for c in columns if c.index not in numbering)
    titles = tuple((row.number, _line(row)) for row in rows[:title_end])
    return Layout(rows[at].number, columns, tuple(body), titles, tuple(footers), tuple(notes))


def explain_no_table(grid):
    """The error for a grid in which no time column was found."""
    first = next((k for k, row in enumerate(grid.rows) if any(is_number(cell) for cell in row.cells)), None)
    if not grid.rows:
        return StudyError(f"{grid.file} is empty; write a header such as 'time (h)', 'released (%)' and one row per "
                          f"sample")
    if first == 0:
        return StudyError(f"{grid.file}, row {grid.rows[0].number}: the table begins with numbers; write a header row "
                          f"above it, such as 'time (h)', 'released (%)'")
    if not grid.sheet and max(len(row.cells) for row in grid.rows) == 1:
        return StudyError(f"{grid.file}, row {grid.rows[0].number}: no time column was found, there is only one column "
                          f"('{shown(grid.rows[0].cells[0])}'); separate columns with commas, semicolons or tabs")
    row = grid.rows[first - 1 if first else 0]
    headers = ", ".join(f"'{shown(cell)}'" for cell in row.cells if cell != "")
    for cell in row.cells:
        found = set(v.words(str(cell)))
        if found & v.TRANSFORMED and found & v.TIME_WORDS:
            return StudyError(f"{grid.file}, row {row.number}: no time column was found; '{shown(cell)}' holds "
                              f"transformed times. Write the times themselves (the squares of roots, the exponentials "
                              f"of logarithms) below 'time (h)'")
    return StudyError(f"{grid.file}: no time column was found; the headers in row {row.number} are {headers}; "
                      f"write 'time (h)', 'time (day)' or the like above the sampling times")


def _find_header(grid):
    """(row index, column index) of the time header nearest above the first numbers."""
    for test in (is_time, is_time_unit):
        found = [(k, j) for k, row in enumerate(grid.rows[:_HEADER_WITHIN]) for j, cell in enumerate(row.cells)
                 if test(cell) and (len(_trim(row.cells)) > 1 or _is_number_below(grid.rows, k, j))]
        usable = [(k, j) for k, j in found if _first_data(grid.rows, k, j) is not None] or found[:1]
        if usable:
            start = _first_data(grid.rows, *usable[0])
            near = [pair for pair in usable if start is None or pair[0] < start]
            _check_one_time(grid, [j for k, j in near if k == near[-1][0]], near[-1][0])
            return near[-1]
    return None


def _check_one_time(grid, indices, at):
    if len(indices) > 1:
        row = grid.rows[at]
        names = " and ".join(f"'{row.cell(j)}' ({letter(j)})" for j in indices)
        raise StudyError(f"{grid.file}, row {row.number}: there are {len(indices)} time columns, {names}; "
                         f"keep one time column per table, or write long form with a column 'formulation'")


def _is_number_below(rows, at, column):
    return at + 1 < len(rows) and is_number(rows[at + 1].cell(column))


def _first_data(rows, at, time):
    """The first row below the header that holds a time, or whose other cells show that it should."""
    for k in range(at + 1, len(rows)):
        cell = rows[k].cell(time)
        if is_number(cell):
            return k
        others = [each for j, each in enumerate(rows[k].cells) if j != time]
        if cell and not v.unit(cell) and not is_time(cell) and any(is_number(each) for each in others):
            return k
    return None


def _header_rows(rows, at, start, time):
    """Header cells, the group above each, the unit beneath each, and where the titles end."""
    header, group, unit_row = list(map(shown, rows[at].cells)), {}, {}
    beneath = rows[at + 1:start]
    if at and _only(rows[at], time) and rows[at - 1].cell(time) == "":
        # The other names stand in the row above that of the times.
        at = at - 1
        header = [header[time] if j == time else shown(cell) for j, cell in enumerate(rows[at].cells)]
    above = at
    for row in beneath:
        if any(row.cells) and all(v.unit(shown(cell)) for cell in row.cells if cell != ""):
            unit_row |= {j: shown(cell) for j, cell in enumerate(row.cells) if cell != ""}
        else:
            width = max(len(header), len(row.cells))
            header, group = _two_rows(header + [""] * (width - len(header)), row, time)
            own = shown(row.cell(time))
            unit_row |= {time: own} if v.unit(own) else {}
    repeated = len(set(filter(None, header))) < sum(map(bool, header))
    beside = bool(at) and rows[at - 1].number == rows[at].number - 1
    if not group and beside and _is_group(rows[at - 1], time, repeated):
        above = at - 1
        group = _filled([shown(cell) for cell in rows[above].cells], time, len(header))
    return _trim(header), group, unit_row, above


def _two_rows(upper, row, time):
    """Header and group where the time column is named in the upper of two header rows."""
    group = _filled(upper, time)
    header = []
    for j, above in enumerate(upper):
        own = "" if j == time else shown(row.cell(j))
        group[j] = group.get(j, "") if own else ""
        header.append(own or above)
    return header, group


def _is_group(row, time, repeated):
    """A row of merged names: nothing above the time column, unless names below repeat themselves; text behind it."""
    texts = [cell for cell in row.cells[time + 1:] if isinstance(cell, str) and cell]
    return bool(texts) and (row.cell(time) == "" or (repeated and len(texts) > 1))


def _only(row, column):
    return all((cell != "") == (j == column) for j, cell in enumerate(row.cells)) and len(row.cells) > column


def _filled(cells, time, width=0):
    """The text of merged cells in every column behind that of the times that they span."""
    group, last = {}, ""
    for j in range(time + 1, max(len(cells), width)):
        last = group[j] = (cells[j] if j < len(cells) else "") or last
    return group


def _joined(group, header, index):
    return f"{group.get(index, '')} {header[index]}".strip() if header[index] else ""


def _join_units(header, width):
    """Header cells with their units put back: "Time", "h" from a header "Time, h" that a comma has cut."""
    result, joined = [], []
    for cell in header:
        if result and v.unit(cell) and not v.split_unit(result[-1])[1]:
            result[-1] = f"{result[-1]} ({cell})"
            joined.append(result[-1])
        else:
            result.append(cell)
    return (result, ", ".join(joined)) if len(result) == width else (header, "")


def _body(rows, start, last, time, width, problems, grid):
    """The rows of numbers, and the text rows set aside below them."""
    body, footers = [], []
    for k in range(start, len(rows)):
        row = rows[k]
        cell = row.cell(time)
        numbers = any(is_number(each) for j, each in enumerate(row.cells[:width]) if j != time)
        text_only = not numbers and not is_number(cell)
        summary = isinstance(cell, str) and cell.lower().split("(")[0].strip(" .:") in _SUMMARY
        # A name and a number further down, such as "T50", belong to no time.
        apart = row.number > rows[last].number + (k - last) and str(cell)[:1].isalpha()
        if k > last and (text_only or summary or apart):
            footers.append((row.number, f"text below the table, '{_line(row)}'"))
        elif text_only and any(is_time(each) for each in row.cells):
            problems.add(row.number, "", f"a second table begins here ('{_line(row)}'); put it into a file or sheet of "
                                         f"its own", _place(grid))
        elif text_only and missing(cell) == "empty cell":
            problems.add(row.number, "", f"text between the numbers ('{_line(row)}'); move it above the header or "
                                         f"below the table", _place(grid))
        else:
            body.append(row)
    return body, footers


def _row_numbers(header, columns, body, time):
    """Columns without a name, or with one of numbers or replicates, that run 0, 1, 2, ... or 1, 2, 3, ... down."""
    replicates = {c.index for c in columns if c.role == "replicate"}
    found = []
    for j in range(max(len(row.cells) for row in body) if len(body) > 2 else 0):
        name = header[j] if j < len(header) else ""
        if j == time or not (j in replicates or set(v.words(name)) <= v.NUMBERING):
            continue
        cells = [shown(row.cell(j)) for row in body]
        if cells in ([str(k) for k in range(begin, begin + len(body))] for begin in (0, 1)):
            found.append(j)
    return found


def _check_shape(grid, body, known, width, names, problems):
    """Refuse numbers beyond the header or beneath an empty header cell; returns the texts that stand there."""
    beside = []
    for row in body:
        for j, cell in enumerate(row.cells):
            if j in known or cell == "":
                continue
            if not is_number(cell):
                beside.append((row.number, f"text beside the table, '{cell}'"))
            elif j >= width and grid.delimiter == ",":
                whole = ",".join(map(shown, row.cells))
                problems.add(row.number, "", f"the row has {len(row.cells)} cells, but the header {width}: '{whole}' "
                                             f"looks like decimal commas in a file separated by commas; write decimal "
                                             f"points, or separate the columns with semicolons")
            else:
                left = max((column for column in known if column < j), default=None)
                such = f", such as '{names[left]} rep 2' or '{names[left]} SD'" if left in names else ""
                problems.add(row.number, "", f"column {letter(j)} holds '{shown(cell)}' but has no header; write one"
                                             f"{such}, or delete the cell", _place(grid))
    return beside


def _place(grid):
    return f"sheet '{grid.sheet}', " if grid.sheet else ""


def _trim(cells):
    cells = list(cells)
    while cells and cells[-1] == "":
        cells.pop()
    return cells


def _line(row):
    return " | ".join(shown(cell) for cell in row.cells if cell != "")
