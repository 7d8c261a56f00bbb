"""Headers: what each column of a table holds, of which formulation and replicate, in which unit."""

import re
from dataclasses import dataclass, replace

from .. import units
from ..errors import StudyError
from . import vocabulary as v
from .cells import is_number
from .grid import letter
from .vocabulary import words

#: Words that say what a column is rather than whose it is.
_ROLE_WORDS = (v.RELEASED | v.MEAN | v.SPREAD | v.STANDARD_ERROR | v.RELATIVE_SPREAD | v.COUNT | v.CONCENTRATION
               | v.FILLER | {"mw"})


#: The letter of "F1_R1" or "F1:Y1", which names replicates.
_LETTER_OF_REPLICATES = re.compile(r"[\s_:\-]+[rnvy]$", re.IGNORECASE)
#: Roles of columns that go with a column of means.
SPREADS = ("sd", "sem", "rsd", "n")


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of a table.

    Parameters
    ----------
    index : int
        Position from the left, 0-based.
    header : str
        As written, with the text of a merged cell above it.
    role : str
        "time", "released", "mean", "sd", "sem", "rsd", "n", "concentration", "formulation", "replicate", "condition",
        "remaining", "rate", "amount", "other" or "unknown".
    unit : str
        As the header states it, empty where it does not.
    unit_row : str
        As a row beneath the header states it.
    label : str
        What is left of the header when the words of its role are taken away.
    formulation, replicate : str
        What the label means.
    count : float
        From "(n = 3)" in the header; NaN without.
    """

    index: int
    header: str
    role: str
    unit: str = ""
    unit_row: str = ""
    label: str = ""
    formulation: str = ""
    replicate: str = ""
    count: float = float("nan")


def is_time(cell):
    """Whether a cell is the header of a time column that says so: "Time (d)", "Zeit", "t / h"."""
    if not isinstance(cell, str) or not cell or len(cell) > 60 or is_number(cell):
        return False
    name, unit = v.split_unit(cell)
    found = set(words(name))
    if (unit and not v.time_unit(unit)) or found & (v.RELEASED | v.MEAN | v.CONCENTRATION | v.TRANSFORMED):
        return False
    return bool(found & v.TIME_WORDS) or (found == {"t"} and (bool(unit) or name == "t"))


def is_time_unit(cell):
    """Whether a cell is nothing but a unit of time, such as "Days"."""
    return isinstance(cell, str) and bool(v.lone_time_unit(cell))


def classify(index, header, unit_row=""):
    """The column that a header describes, its label not yet interpreted."""
    count = re.search(r"[(\[,]?\s*(?:\bn\s*=|\bmean of)\s*(\d+)\s*[)\]]?", header, re.IGNORECASE)
    name, unit = v.split_unit(v.apart(header.replace(count[0], " ") if count else header))
    name, unit = (header, "") if _alone(header) else (name, unit)
    stated = v.unit(unit_row) if unit_row else ""
    foreign = v.foreign_unit(f"{header} ({unit_row})" if unit_row else header)
    role = _role(name, header, unit or stated, foreign)
    role = "released" if role == "unknown" and v.RELATIVE.search(name) else role
    label = label_of(name, v.OF_SPREAD if role in SPREADS else ())
    label = name if role == "unknown" else "" if _alone(header) else label
    return Column(index=index, header=header, role=role, unit=unit, unit_row=stated, label=label,
                  count=float(count[1]) if count else float("nan"))


def _role(name, header, unit, foreign):
    if is_time(header):
        return "time"
    found = set(words(name))
    plain = found - v.FILLER - v.ARTICLES - {"id"}
    if _alone(header):
        return "sd"
    if plain and plain <= v.FORMULATION:
        return "formulation"
    if (plain and plain <= v.REPLICATE) or header.strip() == "#":
        return "replicate"
    # "drug (%)" and "drug release" are what was released, "drug" alone is its name.
    share_of_drug = (plain <= v.DRUG and unit == "percent") or (bool(plain) and plain <= v.RELEASED)
    if found & v.CONDITION and found <= v.CONDITION | v.CONDITION_DETAIL and not share_of_drug:
        return "condition"
    if "error" in found and found & {"standard", "std"}:
        return "sem"
    relative = found & v.SPREAD and found & {"rel", "relative", "relativa", "relativo"}
    for role, kind in (("remaining", v.REMAINING), ("rate", v.RATE), ("sem", v.STANDARD_ERROR),
                       ("rsd", v.RELATIVE_SPREAD), ("sd", v.SPREAD)):
        if found & kind:
            role = "rsd" if relative else role
            return "other" if role == "rsd" and unit != "percent" else role
    per = re.search(r"\bper\s+(\w+)", name)
    if unit == "rate" or {"non", "cumulative"} <= found or (per and v.time_unit(per[1])):
        return "rate"
    named = re.search(r"\d", name) and words(name)[-1] != "n"
    if plain & v.COUNT and not plain & v.REPLICATE and not named:
        return "n"
    # "Min (%)" is the lowest unit, "in 30 min" and "%/min" are minutes.
    lowest = "min" in found and not re.search(r"(\d|/|\bper)\s*min\b", name, re.IGNORECASE)
    if lowest or found & (v.OTHER | v.TRANSFORMED) or (found & v.BODY and found & v.CONCENTRATION):
        return "other"
    if found & v.CONCENTRATION or _is(unit, "mg/L"):
        return "concentration"
    if _is(unit, "mg"):
        return "amount"
    if not unit and foreign:
        return "amount"
    if unit and unit not in ("percent", "fraction"):
        return "other"
    # "MW" is German for mean; Mw without per cent is a molecular mass.
    if found & v.MEAN or ("mw" in found and unit in ("percent", "fraction")):
        return "mean"
    released = found & v.RELEASED or any(word.endswith("freisetzung") for word in found)
    return "released" if released or unit in ("percent", "fraction") else "unknown"


def _alone(header):
    plain = header.strip(" ()[].:").lower()
    return plain in v.SPREAD_ALONE or plain.rstrip(" ([%") in ("±", "+/-", "+-")


def _is(unit, kind):
    return bool(unit) and unit not in ("percent", "fraction", "rate") and not v.time_unit(unit) \
        and units.dimension(unit) == units.dimension(kind)


def label_of(name, more=()):
    """What is left of a name when the words of roles, and perhaps more, are taken away."""
    name = v.RELATIVE.sub(" ", name)
    kept = [part for part in re.split(r"[\s_]+", name) if not set(words(part)) & _ROLE_WORDS.union(more)
            and part not in v.ARTICLES and not part.lower().endswith("freisetzung")]
    return " ".join(kept).strip(" ()[],;:-_±")


def interpret(columns):
    """Columns whose labels are read together as formulations and replicates."""
    columns = _counted(columns)
    numbered = {c.label: _numbered(c.label) for c in columns}
    implied = _implied_replicates([n for n in numbered.values() if n and n[2] != "stated"])
    result = []
    for column in columns:
        parts = numbered[column.label]
        if column.replicate:
            column = replace(column, formulation=column.label)
        elif parts and (parts[2] == "stated" or parts[0] in implied):
            formulation = "" if parts[2] == "joined" and len(implied) == 1 else _LETTER_OF_REPLICATES.sub("", parts[0])
            column = replace(column, formulation=formulation, replicate=str(parts[1]))
        else:
            column = replace(column, formulation=column.label)
        result.append(column)
    return result


def _counted(columns):
    """Columns of one label with n = 1, n = 2, ... are replicates and not their number."""
    counts = {}
    for column in columns:
        counts.setdefault(column.label, []).append(column.count)
    return [replace(c, replicate=f"{c.count:g}", count=float("nan"))
            if len(counts[c.label]) > 1 and sorted(counts[c.label]) == list(range(1, len(counts[c.label]) + 1)) else c
            for c in columns]


def replicate_of(title):
    """The number in a title such as "Replicate 2" that names nothing else; empty for others."""
    parts = _numbered(title)
    return str(parts[1]) if parts and parts[2] == "stated" and not parts[0] else ""


def _numbered(label):
    """A label as (stem, number, how): how is "stated", "spaced" or "joined"; None without a number."""
    match = re.fullmatch(r"(.*?)([\s_\-]*)(#?)\s*(\d{1,3})", label)
    if not match:
        return None
    stem, gap, sign, number = match[1].strip(" _-,;:("), match[2], match[3], int(match[4])
    *rest, last = re.split(r"[\s_]+", stem)
    last = last.strip(".#").lower()
    if sign or not stem or last in v.REPLICATE:
        return (" ".join(rest) if last in v.REPLICATE else stem), number, "stated"
    if last in v.FORMULATION:
        return None
    return stem, number, "spaced" if gap else "joined"


def _implied_replicates(numbered):
    """Stems whose numbers run 1, 2, ... as replicates do; "PLGA 50" and "PLGA 75" are names instead."""
    stems = {}
    for stem, number, how in numbered:
        stems.setdefault(stem, []).append((number, how))
    counted = {stem: found for stem, found in stems.items()
               if sorted(number for number, _ in found) == list(range(1, len(found) + 1))}
    several = {stem for stem, found in counted.items() if len(found) > 1}
    spaced = {stem for stem in several if all(how == "spaced" for _, how in counted[stem])}
    vessels = {stem for stem in several
               if stem.lower() == "n" or (stem.lower() == "v" and len(counted[stem]) in (6, 12))}
    # "A1 A2 B1 B2" are replicates, "F1 F2 F3" the usual names of formulations, "V1" to "V6" the vessels of a bath.
    return several if len(several) > 1 else spaced | vessels


def condition_name(column):
    """The name of a condition column in the frame: pH, temperature_degC, or the header with underscores."""
    name, unit = v.split_unit(column.header)
    found = set(words(name))
    if "ph" in found:
        return "pH"
    if found & {"temperature", "temp", "temperatur"}:
        return "temperature_K" if unit == "K" else "temperature_degC"
    return "_".join(column.header.split())


def check_names(columns, file, row):
    """Refuse columns that share a name."""
    seen = {}
    for column in columns:
        # "F1, SD, F2, SD": each goes with the column before it.
        name = column.header.lower()
        if column.role in SPREADS and not column.label:
            continue
        if name in seen:
            raise StudyError(f"{file}, row {row}: the columns {letter(seen[name])} and {letter(column.index)} are both "
                             f"called '{column.header}'; give them names of their own, such as 'Rep 1' and 'Rep 2'")
        seen[name] = column.index
