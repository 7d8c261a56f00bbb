"""Tables as a workbook: the same tables give the same bytes."""

import datetime
import io
import math
import re
import zipfile

from .blocks import blocks

#: Written into every workbook instead of the time of the clock.
ALWAYS = datetime.datetime(2000, 1, 1)

#: Signs that one cell may hold.
LONGEST = 32000


def as_bytes(tables, page=None, record=""):
    """A workbook with the text of a page on its first sheet, a sheet per table, and the record on the last.

    Text that begins like a formula stays text. What is not a number stays empty.

    Parameters
    ----------
    tables : dict of str to pandas.DataFrame
        By the name of the sheet.
    page : str, optional
        A page of `report`.
    record : str
        Its record, a line to a row.

    Returns
    -------
    bytes
    """
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    if page is not None:
        _text(book.create_sheet("report"), page)
    for name, table in tables.items():
        sheet = book.create_sheet(name)
        frame = table.reset_index() if table.index.name or table.index.nlevels > 1 or table.index.dtype == object \
            else table
        _row(sheet, 1, ["" if each == "index" else each for each in frame.columns], bold=True)
        for k, row in enumerate(frame.itertuples(index=False), 2):
            _row(sheet, k, row)
        sheet.freeze_panes = "A2"
    if record:
        sheet = book.create_sheet("record")
        for k, line in enumerate(record.splitlines(), 1):
            _row(sheet, k, [line[start:start + LONGEST] for start in range(0, len(line), LONGEST)])
    book.properties.created = ALWAYS
    memory = io.BytesIO()
    book.save(memory)
    return _timeless(memory.getvalue())


def _text(sheet, page):
    """Headings, sentences and tables of a page, one below the other."""
    line = 1
    for block in blocks(page):
        if block.kind in ("figure", "code"):
            continue
        if block.kind == "table":
            for row in block.rows:
                _row(sheet, line, row)
                line += 1
            line += 1
            continue
        if block.kind == "heading" and line > 1:
            line += 1
        _row(sheet, line, [block.text], bold=block.kind in ("heading", "caption"))
        line += 1
    sheet.column_dimensions["A"].width = 32


def _row(sheet, line, values, bold=False):
    from openpyxl.styles import Font

    for column, value in enumerate(values, 1):
        value = value.item() if hasattr(value, "item") else value
        if value is None or (isinstance(value, float) and math.isnan(value)):
            continue
        if isinstance(value, float) and math.isinf(value):
            value = "∞" if value > 0 else "-∞"
        if not isinstance(value, (int, float, str)):
            value = str(value)
        cell = sheet.cell(line, column)
        if isinstance(value, str):
            from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

            cell.value = ILLEGAL_CHARACTERS_RE.sub("\N{WHITE SQUARE}", value)
            cell.data_type = "s"
        else:
            cell.value = value
        if bold:
            cell.font = Font(bold=True)


def _timeless(content):
    """The same workbook without the time at which it was written."""
    memory = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "docProps/core.xml":
                part = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>2000-01-01T00:00:00Z", part)
            entry = zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, part)
    return memory.getvalue()
