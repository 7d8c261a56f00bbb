"""Workbooks: the cells of .xlsx sheets, values only; formulas and macros are never run."""

import re
import warnings
import zipfile

from ..errors import StudyError, unknown
from .cells import Percent, clean
from .grid import ROW_LIMIT, Grid, Row, letter

_WIDTH_LIMIT = 1000
_NAMED = 10
_UNPACKED_LIMIT = 500 * 1024**2


def read_sheets(path, sheet=None):
    """The grids of a workbook: of one sheet, or of all that are not hidden.

    Parameters
    ----------
    path : Path
    sheet : str, optional

    Returns
    -------
    (tuple of Grid, tuple of str)
        And notes, such as on hidden sheets.

    Raises
    ------
    StudyError
        If the file is not a workbook, or too large.
    UnknownName
        If there is no such sheet.
    """
    import openpyxl

    check_archive(path)
    with warnings.catch_warnings():
        # openpyxl remarks on styles and validation rules that have no bearing on the values.
        warnings.simplefilter("ignore")
        books = []
        try:
            books = [openpyxl.load_workbook(path, read_only=True, data_only=kept) for kept in (True, False)]
            return _grids(path.name, *books, sheet)
        except StudyError:
            raise
        except KeyError as problem:
            if sheet is not None and books and sheet not in books[0].sheetnames:
                raise unknown(f"sheet in {path.name}", sheet, books[0].sheetnames) from None
            raise _not_a_workbook(path.name) from problem
        except Exception as problem:  # whatever a damaged archive provokes
            raise _not_a_workbook(path.name) from problem
        finally:
            for book in books:
                book.close()


def check_archive(path):
    """Refuse a file that is no zip archive, or that unpacks to more than any workbook of a lab.

    Raises
    ------
    StudyError
    """
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(member.file_size for member in archive.infolist())
    except (zipfile.BadZipFile, OSError) as problem:
        raise _not_a_workbook(path.name) from problem
    if size > _UNPACKED_LIMIT:
        raise StudyError(f"{path.name} unpacks to {size / 1024**2:.0f} MB; that is not a release study")


def _not_a_workbook(file):
    return StudyError(f"{file} is not an Excel workbook that can be opened; save it again as .xlsx, or as .csv")


def _grids(file, values, formulas, wanted):
    if wanted is not None:
        return (_grid(file, values[wanted], formulas[wanted]),), ()
    shown = [each for each in values.worksheets if each.sheet_state == "visible"]
    notes = tuple(f"sheet '{each.title}' is hidden and was not read; name it with sheet='{each.title}'"
                  for each in values.worksheets if each not in shown)
    return tuple(_grid(file, each, formulas[each.title]) for each in shown), notes


def _hidden(values, rows):
    """Notes on rows and columns of a sheet that are filled and hidden: they are read like the others."""
    # openpyxl does not parse these where it reads row by row, and has no public name for the part of the archive.
    text = values.parent._archive.read(values._worksheet_path)
    found = [(kind, dict(re.findall(rb'(\w+)="([^"]*)"', attributes)))
             for kind, attributes in re.findall(rb'<(?:\w+:)?(row|col)\s([^>]*\bhidden="(?:1|true)"[^>]*)>', text)]
    filled, width = {row.number for row in rows}, max((len(row.cells) for row in rows), default=0)
    numbers = [int(each[b"r"]) for kind, each in found if kind == b"row" and int(each[b"r"]) in filled]
    columns = [letter(j) for kind, each in found if kind == b"col"
               for j in range(int(each[b"min"]) - 1, min(int(each[b"max"]), width))]
    return tuple(f"sheet '{values.title}' hides {what} {', '.join(map(str, names[:_NAMED]))}"
                 f"{' and others' * (len(names) > _NAMED)}; read like the others"
                 for what, names in (("row", numbers), ("column", columns)) if names)


def _grid(file, values, formulas):
    file = f"{file}, sheet '{values.title}'"
    # The stored extent of a sheet is often wrong; without it the rows are read as they come.
    values.reset_dimensions()
    formulas.reset_dimensions()
    rows, comments, as_percent = [], [], False
    for number, (row, written) in enumerate(zip(values.iter_rows(), formulas.iter_rows(), strict=False), start=1):
        cells = [_value(cell, source) for cell, source in zip(row, written, strict=False)]
        while cells and cells[-1] == "":
            cells.pop()
        if not cells:
            continue
        if len(cells) > _WIDTH_LIMIT or len(rows) > ROW_LIMIT:
            raise StudyError(f"{file} has more than {_WIDTH_LIMIT} columns or {ROW_LIMIT} rows; "
                             f"that is not a release study, or split it")
        if str(cells[0]).startswith("# ") and not any(cells[1:]):
            comments.append((number, cells[0].lstrip("# ")))
            continue
        as_percent = as_percent or any(_shown_as_percent(cell) for cell in row)
        rows.append(Row(number, tuple(cells)))
    notes = ("cells formatted as percentages were read as they are shown (0.123 as 12.3 %)",) if as_percent else ()
    notes += _hidden(values, rows)
    return Grid(file=file, sheet=values.title, rows=tuple(rows), comments=tuple(comments), notes=notes)


def _value(cell, source):
    if cell.value is None and getattr(source, "data_type", "") == "f":
        return f"={str(source.value).lstrip('=')}"
    value = clean(cell.value)
    return Percent(round(100 * value, 12)) if _shown_as_percent(cell) else value


def _shown_as_percent(cell):
    number = isinstance(cell.value, (int, float)) and not isinstance(cell.value, bool)
    # A sign in quotation marks is printed behind the number as it is.
    return number and "%" in re.sub(r'"[^"]*"|\\.', "", cell.number_format or "")
