"""A grid: the cells of one sheet with the row numbers that a spreadsheet shows."""

from dataclasses import dataclass
from typing import NamedTuple

ROW_LIMIT = 200_000


class Row(NamedTuple):
    """One row that holds something."""

    number: int
    cells: tuple

    def cell(self, index):
        """The cell of a column, empty beyond the end of the row."""
        return self.cells[index] if index < len(self.cells) else ""


@dataclass(frozen=True)
class Grid:
    """The cells of one sheet or text file.

    Parameters
    ----------
    file : str
        Name of the file, with the sheet, as messages show it.
    sheet : str
        Empty for a text file.
    rows : tuple of Row
        Without blank rows and comments; a cell is a float or stripped text.
    comments : tuple of (int, str)
        Row and text, without the sign #.
    notes : tuple of str
        How the cells were got out of the file.
    delimiter : str
        Empty for a sheet.
    title : str
        Of one of several tables in a sheet, as it stands above it; empty without.
    """

    file: str
    sheet: str
    rows: tuple
    comments: tuple = ()
    notes: tuple = ()
    delimiter: str = ""
    title: str = ""


def letter(index):
    """The letters of a column as a spreadsheet shows them: A, B, ..., Z, AA."""
    text = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        text = chr(65 + rest) + text
    return text
