"""Summaries: means that stand in one table and whose replicates stand in another are read once."""

import re
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

import pandas as pd

from . import vocabulary as v

#: Words that say what kind of table it is, not of which formulation.
_KIND = v.MEAN | v.SPREAD | v.STANDARD_ERROR | {
    "raw", "data", "summary", "individual", "single", "replicates", "units", "rohdaten", "einzelwerte", "means",
    "zusammenfassung", "averages", "mittelwerte", "statistics", "values", "sheet", "tabelle", "table", "and", "of"}
#: What the sums of floating-point numbers differ by, as a share of the dose.
_NOTHING = 1e-9


class _Curve(NamedTuple):
    """One formulation of one table, as the number of the table, its name and its points."""

    table: int
    name: str
    points: pd.DataFrame


def without_summaries(tables, gathered):
    """The tables without the curves that are the means of replicates of another table.

    A mean may differ from that of the replicates by what printing rounds off both. One that stands as their summary
    and differs by more is kept, and the difference is said.

    Parameters
    ----------
    tables : sequence of Table
        With hours and shares of the dose.
    gathered : Gathered
        Takes up what is set aside.

    Returns
    -------
    list of Table
        Those that still hold something; one that is left alone loses the prefix of its names.
    """
    if len(tables) == 1:
        return tables
    curves = [_Curve(k, name, points) for k, table in enumerate(tables)
              for name, points in table.found.groupby("formulation", sort=False)]
    kept = list(tables)
    for curve in curves:
        found = _nearest(curve, curves)
        if not found:
            continue
        source, gap = found
        if (gap["gap"] <= gap["rounding"]).all():
            gathered.tables.append(
                f"'{curve.name}' ({len(gap)} values of {tables[curve.table].place}): the means of the replicates of "
                f"{tables[source.table].place}, which are read instead")
            left = kept[curve.table].found
            kept[curve.table] = replace(kept[curve.table], found=left[left["formulation"] != curve.name])
        elif _key(curve.name) == _key(source.name) and _is_summary(curve, tables[curve.table]):
            worst = gap.loc[gap["gap"].idxmax()]
            gathered.warnings.append(
                f"'{curve.name}' ({tables[curve.table].place}) has the times of {tables[source.table].place}, but is "
                f"not the mean of its replicates: they differ by up to {100 * worst['gap']:.3g} % of the dose (row "
                f"{worst['row']:.0f} has {100 * worst['released']:.4g} %, the replicates {100 * worst['mean']:.4g} %); "
                f"both are read, as two formulations")
    kept = [table for table in kept if len(table.found)]
    return [_alone(kept[0], gathered)] if len(kept) == 1 < len(tables) else kept


def _nearest(curve, curves):
    """The replicates of another table whose means are nearest to a curve, and how near; None without."""
    points = curve.points
    if (points["replicate"] != "").any() or points["time_hour"].duplicated().any():
        return None
    found = []
    for other in curves:
        if other.table == curve.table or other.points["replicate"].nunique() < 2:
            continue
        means = other.points.groupby("time_hour")["released"].mean()
        if not points["time_hour"].isin(means.index).all() or (points["released"] != 0).sum() < 2:
            continue
        means = means[points["time_hour"]].to_numpy()
        gap = points.assign(mean=means, gap=(points["released"] - means).abs(),
                            rounding=_rounding(points) + _rounding(other.points) + _NOTHING)
        found.append((other, gap))
    return min(found, key=lambda each: each[1]["gap"].max(), default=None)


def _rounding(points):
    """Half of the last printed digit, as a share of the dose."""
    largest = points.loc[points["released"].abs().idxmax()]
    digits = max(-Decimal(repr(float(value))).normalize().as_tuple().exponent for value in points["value"])
    return 0.5 * 10.0 ** -max(digits, 0) * abs(largest["released"] / largest["value"])


def _key(name):
    """The words of a name that may tell formulations apart."""
    return {re.sub(r"^(sheet|tabelle|table)\d+$", "", word) for word in v.words(name)} - _KIND - {""}


def _is_summary(curve, table):
    mean = any(column.role == "mean" for column in table.chosen.values)
    return mean or curve.points["sd"].notna().any() or bool(set(v.words(table.prefix)) & _KIND)


def _alone(table, gathered):
    """A table without the prefix that told it from others."""
    names = {name: name.removeprefix(table.prefix).strip() for name in table.formulations()}
    gathered.vessels = {names.get(name, name): vessel for name, vessel in gathered.vessels.items()}
    return replace(table, prefix="", found=table.found.assign(formulation=table.found["formulation"].map(names)))
