"""Tables: which of the tables of a file hold release, and how their formulations are told apart."""

from dataclasses import dataclass, replace

import pandas as pd

from ..errors import StudyError
from . import vocabulary as v
from .columns import NO_RELEASE
from .grid import letter
from .headers import classify, replicate_of

#: What a title may say of a table that holds no release, whatever its headers say.
_NEVER = {"sd", "sem", "rsd", "remaining", "rate"}
#: What a title says only where the headers say nothing.
_UNLESS_SAID = {"other", "amount", "concentration"}
#: Words that may as well belong to the name of a formulation: "high intensity", "mass ratio 1:2", "SE", "N".
_AMBIGUOUS = {"intensity", "mass", "masse", "max", "range", "factor", "peak", "signal", "limit", "difference", "volume",
              "weight", "gewicht", "se", "n"}


@dataclass(frozen=True, eq=False)
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


def of_release(tables, gathered, sampled):
    """The tables whose sheet or title does not say that they hold something else, such as a spread or a signal.

    Concentrations without a word on how samples were taken give way to the released shares of another table.

    Raises
    ------
    StudyError
        If all of them do.
    """
    others = [each for each in tables if _of_something_else(each)]
    lines = [f"{each.place}: '{each.name}' is not what was released; if it is, give it another name and write "
             f"'% released' into its headers" for each in others]
    if len(others) == len(tables):
        raise StudyError(f"{tables[0].grid.file}: {lines[0]}")
    kept = [each for each in tables if each not in others]
    instead = [each for each in kept if not each.chosen.concentrations]
    for each in kept if instead and not sampled else ():
        if each.chosen.concentrations and not each.grid.comments:
            others.append(each)
            lines.append(f"{each.place} holds concentrations; the released shares of {instead[0].place} are used "
                         f"instead")
    gathered.tables += lines
    return [each for each in tables if each not in others]


def _of_something_else(table):
    title = " ".join(word for word in table.name.split() if not set(v.words(word)) & _AMBIGUOUS)
    read = classify(0, title) if title else None
    # "Mean ± SD" is a table of means; "high concentration" has no unit and is a name.
    if not read or set(v.words(title)) & v.MEAN or (read.role == "concentration" and not read.unit):
        return False
    said = any(column.unit or column.unit_row or column.role in ("concentration", "mean")
               or set(v.words(column.header)) & v.RELEASED for column in table.chosen.values)
    return read.role in _NEVER or (read.role in _UNLESS_SAID and not said)


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
    statistic = roles.isin(_NEVER | {"mean", "n", "other"})
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
    blank = found["formulation"].isin([name for name in found["formulation"].unique() if v.is_blank(name)])
    for name, part in found[blank].groupby("formulation", sort=False):
        gathered.tables.append(f"'{name}' ({len(part)} values, the largest {part['value'].max():g}) set aside: "
                               f"{NO_RELEASE}; to read it all the same, name it by hand (formulation='{name}' or "
                               f"columns=; --formulation '{name}' or --column)")
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
