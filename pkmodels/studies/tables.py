"""Tables: which of the tables of a file hold release, and how their formulations are told apart."""

from dataclasses import dataclass, replace

import pandas as pd

from ..errors import StudyError
from . import vocabulary as v
from .columns import NO_RELEASE
from .grid import letter
from .headers import classify, replicate_of

#: What no table of release holds, whatever its headers say; and what decides where they say nothing.
_NEVER = {"sd", "sem", "rsd", "n", "remaining", "rate"}
_UNLESS_SAID = {"other", "amount", "concentration"}


@dataclass(frozen=True)
class Table:
    """One table of a file.

    Parameters
    ----------
    grid : Grid
    layout : Layout
    chosen : Chosen
    found : DataFrame
        Of `records`; later with hours and shares of the dose.
    prefix : str
        With which the names of its formulations begin, to tell them from those of other tables.
    """

    grid: object
    layout: object
    chosen: object
    found: pd.DataFrame
    prefix: str = ""

    @property
    def place(self):
        """Where its header begins, as a spreadsheet shows it."""
        of = f" of sheet '{self.grid.sheet}'" if self.grid.sheet else ""
        return f"the table at {letter(self.chosen.time.index)}{self.layout.header_row}{of}"

    @property
    def name(self):
        """What stands above it, or the name of its sheet."""
        return self.grid.title or self.grid.sheet

    def formulations(self):
        return set(self.found["formulation"])


def of_release(tables, gathered):
    """The tables whose sheet or title does not say that they hold something else, such as a spread or a signal."""
    kept = []
    for each in tables:
        role = classify(0, each.name).role if each.name else ""
        said = any(column.unit or column.role in ("concentration", "mean") for column in each.chosen.values)
        if role in _NEVER or (role in _UNLESS_SAID and not said):
            gathered.tables.append(f"{each.place}: '{each.name}' is not what was released; if it is, put it into a "
                                   f"file of its own")
        else:
            kept.append(each)
    return kept if len(tables) > 1 and kept else tables


def told_apart(tables):
    """The tables with names that begin with the sheet, and with the title where that is needed.

    A title such as "Replicate 2" names the replicates of its table instead.
    """
    several = len({each.grid.sheet for each in tables}) > 1
    result = []
    for each in tables:
        others = [other for other in tables if other is not each and other.grid.sheet == each.grid.sheet]
        shared = any(each.formulations() & other.formulations() for other in others)
        number = replicate_of(each.grid.title) if shared else ""
        title = each.grid.title if shared and not number else ""
        prefix = " ".join(filter(None, (each.grid.sheet if several else "", title)))
        names = {"formulation": prefix, "replicate": number}
        result.append(replace(each, prefix=prefix, found=each.found.assign(**{
            column: [" ".join(filter(None, (before, name))) for name in each.found[column]]
            for column, before in names.items()})))
    return result


def without_statistics(table, gathered):
    """The table without rows of means and spreads that stand among the replicates of a long table."""
    if not table.chosen.replicate:
        return table
    found = table.found
    roles = found["replicate"].map({name: classify(0, name).role for name in found["replicate"].unique()})
    statistic = roles.isin(_NEVER | {"mean", "other"})
    counted = found["formulation"].isin(found["formulation"][~statistic])
    # A mean without replicates beside it is the curve.
    dropped = statistic & (counted | (roles != "mean"))
    for name, part in found[dropped].groupby("replicate", sort=False):
        gathered.tables.append(f"'{name}' in the column '{table.chosen.replicate.header}' ({len(part)} rows): no "
                               f"replicate")
    return replace(table, found=found[~dropped].assign(replicate=found["replicate"].where(~statistic, "")))


def without_blanks(table, gathered):
    """The table without what a blank or placebo gave: it is no release of the drug."""
    found = table.found
    blank = found["formulation"].map(v.is_blank).astype(bool)
    for name, part in found[blank].groupby("formulation", sort=False):
        gathered.tables.append(f"'{name}' ({len(part)} values, the largest {part['value'].max():g}): {NO_RELEASE}; to "
                               f"read it all the same, name it by hand (formulation='{name}' or columns=; "
                               f"--formulation '{name}' or --column)")
    values = tuple(column for column in table.chosen.values if not v.is_blank(column.formulation))
    return replace(table, found=found[~blank], chosen=replace(table.chosen, values=values))


def apart_or_refused(tables, file):
    """Refuse two tables of a sheet whose curves would run together under one name."""
    seen = {}
    for each in tables:
        for curve in set(zip(each.found["formulation"], each.found["replicate"], strict=True)):
            other = seen.setdefault(curve, each)
            if other is not each:
                raise StudyError(f"{file}, row {each.layout.header_row}: a second table begins here, with the names of "
                                 f"{other.place}; write a name alone in the row above each table, such as 'F1' and "
                                 f"'F2', or put it into a file or sheet of its own")
