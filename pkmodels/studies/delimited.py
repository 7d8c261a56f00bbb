"""Text tables: encoding, delimiter and cells of csv, tsv and semicolon files."""

import csv
import re
from collections import Counter

from ..errors import StudyError
from .cells import clean
from .grid import ROW_LIMIT, Grid, Row

_DELIMITERS = {"\t": "tabs", ";": "semicolons", ",": "commas"}


def read_text(content, file):
    """The grid of a text file.

    Parameters
    ----------
    content : bytes
    file : str
        Name for messages.

    Returns
    -------
    Grid

    Raises
    ------
    StudyError
        If the file is empty, binary, too long, or in an unknown encoding.
    """
    text, notes = _decode(content, file)
    if not text.strip():
        raise StudyError(f"{file} is empty; write a header such as 'time (h),released (%)' and one row per sample")
    lines = [f"{line}\n" for line in text.split("\n")]
    delimiter = _delimiter(lines)
    rows, comments = _rows(lines, delimiter, file)
    if delimiter != ",":
        notes = (*notes, f"columns separated by {_DELIMITERS[delimiter]}")
    return Grid(file=file, sheet="", rows=rows, comments=comments, notes=notes, delimiter=delimiter)


def _decode(content, file):
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = (("utf-16", ("text read as UTF-16",)),)
    else:
        if b"\0" in content:
            raise StudyError(f"{file} is a binary file, not a table; save the data as .csv or .xlsx")
        encodings = (("utf-8-sig", ()), ("cp1252", ("text read as Windows-1252, because it is not UTF-8",)))
    for encoding, notes in encodings:
        try:
            return content.decode(encoding).replace("\r\n", "\n").replace("\r", "\n"), notes
        except UnicodeDecodeError:
            continue
    raise StudyError(f"{file} is in an encoding that cannot be read; save it as CSV UTF-8")


def _delimiter(lines):
    """The delimiter of the most lines: of each the tab, else the semicolon, else the comma, which may be decimal."""
    found = (next((each for each in _DELIMITERS if each in line), None) for line in lines if _comment(line) is None)
    counts = Counter(each for each in found if each)
    return max(_DELIMITERS, key=lambda each: counts[each]) if counts else ","


def _rows(lines, delimiter, file):
    rows, comments = [], []
    number = 0

    def without_comments():
        for line in lines:
            text = _comment(line)
            if text is None:
                yield line
            else:
                comments.append((number + 1, text))
                yield "\n"

    try:
        for record in csv.reader(without_comments(), delimiter=delimiter):
            number += 1
            cells = tuple(clean(cell) for cell in record)
            if any(cells):
                rows.append(Row(number, cells))
            if len(rows) > ROW_LIMIT:
                raise StudyError(f"{file} has more than {ROW_LIMIT} rows; that is not a release study, or split it")
    except csv.Error as problem:
        raise StudyError(f"{file}, row {number + 1}: the row cannot be read as a table ({problem}); "
                         f"check the quotation marks") from problem
    return tuple(rows), tuple(comments)


def _comment(line):
    """The text of a comment line, None for any other; spreadsheets quote comments that hold a comma."""
    bare = line.strip().lstrip('"')
    # A column of numbers is headed "#" as well.
    return bare.lstrip("#").strip(' ";,\t') if bare.startswith("#") and not re.match(r'#"?[,;\t]', bare) else None
