"""Columns: which of them make the curves of a table, and what is left aside."""

import re
from dataclasses import dataclass, replace

from ..errors import StudyError
from .cells import is_number, shown
from .headers import SPREADS, interpret, label_of
from .vocabulary import DILUTION, RELATIVE, REPLICATE, SAMPLE, SIGNAL, is_blank, words

#: So many columns are named in a note.
SHOWN = 24
#: What a column of samples says where these are replicates: 1, S1, Rep 2, Probe 3.
_NUMBERED = re.compile(r"((s|n|v|r|rep\w*|samples?|probe|#)[\s_.#-]*)?\d{1,3}", re.IGNORECASE)
#: A mean may be rounded to this share of the highest value.
_ROUNDED = 0.01
NO_RELEASE = "a blank or placebo releases no drug"
_REFUSED = {
    "remaining": "is what remains in the carrier; write the released share, 100 % less what remains",
    "rate": "is a rate or an amount per interval; write the cumulative released share",
    "amount": "is an amount, not a share; divide by the dose and write the released share of the dose",
}


class NoRelease(StudyError):
    """A table without a column that holds what was released."""


@dataclass(frozen=True)
class Chosen:
    """The columns of a table by what they are used for.

    Parameters
    ----------
    time : Column
    values : tuple of Column
        One per formulation and replicate that stands in columns.
    spreads : dict
        (role, formulation) to the column "sd", "sem", "rsd" or "n" that goes with a value column.
    formulation, replicate : Column or None
        Of a long table.
    conditions, unknown : tuple of Column
    concentrations : bool
        Whether the values are concentrations.
    notes, warnings : tuple of str
    """

    time: object
    values: tuple
    spreads: dict
    formulation: object
    replicate: object
    conditions: tuple
    unknown: tuple
    concentrations: bool
    notes: tuple
    warnings: tuple


def choose(layout, file):
    """Sort the columns of a layout by use.

    Raises
    ------
    StudyError
        If no column holds what was released, or two columns hold the same curve.
    """
    by_role = {}
    for column in layout.columns:
        by_role.setdefault(column.role, []).append(column)
    notes, warnings = [], []
    values, unknown = _values(by_role, layout, file, notes)
    _leave([column for column in unknown if is_blank(column.header)], NO_RELEASE, notes)
    unknown = [column for column in unknown if not is_blank(column.header)]
    spreads = [column for role in SPREADS for column in by_role.get(role, [])]
    # What has a spread of its own is no replicate: "Mean 1, SD 1, Mean 2, SD 2".
    values = [replace(c, formulation=c.label) for c in values] if _share_numbers(values, spreads) else interpret(values)
    values = _without_means(values, layout, notes)
    values = _one_each(values, file, layout.header_row, notes)
    spreads = _spreads(by_role, values, notes)
    _settle_samples(by_role, layout, notes)
    for role in ("formulation", "replicate"):
        if len(by_role.get(role, [])) > 1:
            names = " and ".join(f"'{column.header}'" for column in by_role[role])
            raise StudyError(f"{file}: the columns {names} both name the {role}; keep one of them")
    unused = [f"'{c.header}'" for role in ("remaining", "rate", "amount", "other") for c in by_role.get(role, [])]
    if unused:
        notes.append(f"columns not used: {', '.join(unused)}")
    _describe(values, notes)
    warnings += _diluted(by_role, values, layout)
    warnings += [f"'{column.header}' is the share of what came out in the end, not of the dose: a prediction takes it "
                 f"for the dose and is too high where release was incomplete; multiply by the share that came out"
                 for column in values if RELATIVE.search(column.header)]
    return Chosen(
        time=by_role["time"][0], values=tuple(values), spreads=spreads,
        formulation=by_role.get("formulation", [None])[0], replicate=by_role.get("replicate", [None])[0],
        conditions=tuple(by_role.get("condition", ())), unknown=tuple(unknown),
        concentrations=values[0].role == "concentration", notes=tuple(notes), warnings=tuple(warnings))


def _values(by_role, layout, file, notes):
    """(value columns, columns nobody understands)."""
    def numbers(column):
        return any(is_number(row.cell(column.index)) for row in layout.rows)

    unknown = by_role.get("unknown", [])
    flasks = [c for c in unknown if set(words(c.label.rstrip("0123456789 "))) & REPLICATE and numbers(c)]
    if "released" in by_role or flasks:
        values = sorted(by_role.get("released", []) + flasks, key=lambda column: column.index)
        _leave(by_role.get("mean", []), "the replicates or the released column are used instead", notes)
        _leave(by_role.get("concentration", []), "the released column is used instead", notes)
        return values, [c for c in unknown if c not in flasks]
    if "mean" in by_role:
        units = _averaged(by_role["mean"], unknown, layout)
        if units:
            _leave(by_role["mean"], "it is the mean of the columns beside it", notes)
            return units, [c for c in unknown if c.index not in {each.index for each in units}]
        return by_role["mean"], unknown
    if "concentration" in by_role:
        return by_role["concentration"], unknown
    values = [column for column in unknown if numbers(column)]
    # Beside a signal, a column that nobody understands may be anything.
    signals = [c for c in by_role.get("other", []) if set(words(c.header)) & SIGNAL]
    if values and not signals:
        return values, [column for column in unknown if column not in values]
    for role, reason in _REFUSED.items():
        for column in by_role.get(role, []):
            raise NoRelease(f"{file}, row {layout.header_row}: the column '{column.header}' {reason}")
    for column in signals:
        named = (f"; if '{values[0].header}' is one of them, name it and the times by hand (columns=, --column)"
                 if values else "")
        raise NoRelease(f"{file}, row {layout.header_row}: the column '{column.header}' is the signal of an "
                        f"instrument; write the released share calculated from it ('released (%)'), or the "
                        f"concentration with its unit, and say how samples were taken{named}")
    headers = ", ".join(f"'{column.header}'" for column in layout.columns)
    raise NoRelease(f"{file}: no column with the released share was found; the headers in row {layout.header_row} are "
                    f"{headers}; write 'released (%)' or 'released_fraction' above the values")


def _averaged(means, unknown, layout):
    """Numbered columns ("V1" to "V6") as replicates, if every column of means is their mean in every row."""
    numbered = [(c, re.fullmatch(r"(.*?)[\s_\-]*(\d{1,2})", c.label)) for c in unknown]
    numbered = [(c, match[1], match[2]) for c, match in numbered if match]
    # One mean without a name is that of all.
    stems = {stem for _, stem, _ in numbered}
    named = len(means) > 1 or len(stems) != 1
    units = []
    for mean in means:
        own = [(c, number) for c, stem, number in numbered if not named or stem == mean.label]
        if len(own) < 2 or not _is_mean(mean, [c for c, _ in own], layout):
            return []
        units += [replace(c, label=f"{mean.label} {number}".strip(), role="released") for c, number in own]
    return units


def _is_mean(column, others, layout):
    """Whether a column is the mean of others in every row in which all are numbers, of which there must be one."""
    rows = [[row.cell(c.index) for c in (column, *others)] for row in layout.rows]
    rows = [[float(str(cell).replace(",", ".")) for cell in cells] for cells in rows if all(map(is_number, cells))]
    return bool(rows) and all(abs(mean - sum(values) / len(values)) <= _ROUNDED * max(map(abs, values))
                              for mean, *values in rows)


def _without_means(values, layout, notes):
    """Without a column that has no number and is the mean of numbered ones of its name: it is no replicate."""
    means = [column for column in values if not column.replicate and (
        others := [c for c in values if c.replicate and c.formulation == column.formulation])
        and len(others) > 1 and _is_mean(column, others, layout)]
    _leave(means, "it is the mean of the columns beside it", notes)
    return [column for column in values if column not in means]


def _settle_samples(by_role, layout, notes):
    """A column such as "Sample" holds formulations where another one holds replicates, or where it does not number."""
    samples = [c for c in by_role.get("replicate", []) if set(words(c.header)) & SAMPLE]
    if by_role.get("formulation") or len(samples) != 1:
        return
    names = {shown(row.cell(samples[0].index)) for row in layout.rows} - {""}
    if len(by_role["replicate"]) > 1 or not all(map(_NUMBERED.fullmatch, names)):
        others = [c for c in by_role.pop("replicate") if c not in samples]
        by_role |= {"formulation": samples} | ({"replicate": others} if others else {})
        notes.append(f"formulations read from the column '{samples[0].header}'")


def _diluted(by_role, values, layout):
    """Warnings on factors of dilution beside concentrations."""
    return [f"'{column.header}' was not used: the concentrations are taken as those in the vessel; if they are those "
            f"of the diluted samples, multiply them first" for column in by_role.get("other", [])
            if values[0].role == "concentration" and set(words(column.header)) & DILUTION
            and any(is_number(cell) and float(str(cell).replace(",", ".")) != 1
                    for cell in (row.cell(column.index) for row in layout.rows))]


def _leave(columns, reason, notes):
    if columns:
        notes.append(f"not used: {', '.join(repr(column.header) for column in columns)} ({reason})")


def _one_each(values, file, row, notes):
    """One column per formulation and replicate; a cumulative column goes before one that does not say so."""
    kept = {}
    for column in values:
        key = (column.formulation, column.replicate)
        other = kept.setdefault(key, column)
        if other is column:
            continue
        cumulative = [c for c in (other, column) if any(word.startswith(("cum", "kum")) for word in words(c.header))]
        if len(cumulative) != 1:
            raise StudyError(f"{file}, row {row}: the columns '{other.header}' and '{column.header}' may hold the same "
                             f"curve; delete one of them, or name them 'Rep 1' and 'Rep 2'")
        _leave([c for c in (other, column) if c is not cumulative[0]], "the cumulative column is used instead", notes)
        kept[key] = cumulative[0]
    return list(kept.values())


def _spreads(by_role, values, notes):
    """Columns of sd, standard error and n, each with the one value column it goes with."""
    curves = [column.formulation for column in values]
    spreads, alone = {}, []
    for role in SPREADS:
        for column, formulation in zip(by_role.get(role, []), _of(by_role.get(role, []), values), strict=True):
            key = (role, formulation)
            if curves.count(formulation) == 1 and key not in spreads:
                spreads[key] = column
            else:
                alone.append(column)
    _leave(alone, "no single column of means goes with it", notes)
    return spreads


def _of(spreads, values):
    """Whose each spread is: of the name it bears, or without names of the value column before it, one behind each."""
    if any(column.label for column in spreads) or len(spreads) != len(values):
        key = _number_of if _share_numbers(values, spreads) else label_of
        if key is _number_of:
            spreads = [replace(column, label=_number_of(column.label)) for column in spreads]
        named = {key(value.formulation): value.formulation for value in values}
        return [named.get(column.label, column.label) for column in spreads]
    before = [[value for value in values if value.index < column.index] for column in spreads]
    if [len(each) for each in before] != list(range(1, len(values) + 1)):
        return [column.label for column in spreads]
    return [each[-1].formulation for each in before]


def _number_of(label):
    """The number at the end of a label; empty without, and behind a word for a replicate."""
    match = re.fullmatch(r"(.*?)[\s_\-]*(\d+)", label)
    return match[2] if match and not set(words(match[1])) & REPLICATE else ""


def _share_numbers(values, spreads):
    """Whether every value column has a number of its own that spreads bear as well, and nothing else beside it."""
    numbers = [_number_of(column.label) for column in values]
    of_spreads = {column.label for column in spreads if column.label}
    return len(values) > 1 and all(numbers) and len(set(numbers)) == len(numbers) and of_spreads == set(numbers)


def _describe(values, notes):
    """Say which formulations and replicates the headers were read as."""
    if not any(column.formulation or column.replicate for column in values):
        return
    read = {}
    for column in values:
        read.setdefault(column.formulation, []).append(column.replicate)
    parts = []
    for formulation, replicates in read.items():
        of = f" of '{formulation}'" if formulation else ""
        parts.append(f"replicates {', '.join(replicates)}{of}" if any(replicates) else f"formulation '{formulation}'")
    more = [f"and {len(parts) - SHOWN} more"] if len(parts) > SHOWN else []
    notes.append("columns read as " + "; ".join([*parts[:SHOWN], *more]))
