"""Is a temperature or a pH that was not measured predicted better by one law than by interpolating its neighbours?

For every formulation of the liposome set (Yanes et al. 2025, not in this repository) that was measured at three
temperatures or pH values or more, each inner condition is left out in turn. One law is fitted to the curves of all
others at once and asked for the one left out; so is the interpolation of the measured curves of its two neighbours at
the same time, linear in the condition. Both errors are root mean squares over the points left out, in % of dose.

A law may have no more unknowns on the condition than there are conditions left, or it is not decided between them (as
`GlobalFit.at` says): three temperatures decide the two speeds of a switch and where it lies, two its foot alone, a rate
that rises by one energy; two pH values the two speeds, with one proton half-way between.

Curves of one formulation at one condition can differ by more than conditions do, in something that the set does not
tell (stirring, for one). Then no law of the condition can be right about both. Two bounds are given beside: the error
of the mean of the curves left out, and that of the one curve of the law's shape that comes nearest to them.

    python benchmarks/held_out_conditions.py [folder of the set]
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from pkmodels import fitting
from pkmodels.studies import Study

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data" / "liposomes"
#: Symbol, its column in the set, the column of a study, and what else must be alike.
CONDITIONS = {"T": ("media_temp_oC", "T_degC", "media_pH"), "pH": ("media_pH", "pH", "media_temp_oC")}
#: Curves of one condition that differ by more than this share of the dose do not tell what the condition does.
APART = 0.5


def series(folder):
    """(formulation, symbol, {curve: (condition, hours, shares)}) of every series."""
    about, points = pd.read_csv(folder / "formulations.csv"), pd.read_csv(folder / "release.csv")
    for symbol, (column, _, other) in CONDITIONS.items():
        groups = about.dropna(subset=[column]).assign(other=lambda a, o=other: a[o].fillna(-1))
        for (formulation, _, _), group in groups.groupby(["formulation_ID", "release_method", "other"]):
            if group[column].nunique() < 3:
                continue
            curves = {}
            for _, row in group.iterrows():
                one = points[points.curve == row.curve].sort_values("time_hour")
                one = one[one.time_hour > 0].groupby("time_hour", as_index=False).mean()
                curves[int(row.curve)] = (row[column], one.time_hour.to_numpy(), one.released_percent.to_numpy() / 100)
            yield int(formulation), symbol, curves


def as_study(curves, column):
    """One study of the curves, their condition in a column."""
    parts = [pd.DataFrame({"formulation": f"curve {name}", "replicate": "", "time_hour": hours, "sd": np.nan,
                           "n": np.nan, "released": shares, "row": 1, column: at})
             for name, (at, hours, shares) in curves.items()]
    return Study.from_frame(pd.concat(parts, ignore_index=True), time_unit="h", source="liposomes")


def law_of(symbol, conditions):
    """The law, and what of it is held, that these conditions decide."""
    if symbol == "pH":
        held = {"cooperativity": 1.0} | ({"pka": (conditions[0] + conditions[-1]) / 2} if len(conditions) < 3 else {})
        return "acid_switch", held
    return ("heat_switch", {"width": 1.0}) if len(conditions) > 2 else ("arrhenius_release", {})


def by_law(curves, symbol, at, hours):
    """(name of the law, what it says of the condition ``at``) after a fit to ``curves``."""
    law, held = law_of(symbol, sorted({c for c, _, _ in curves.values()}))
    found = fitting.fit_many(as_study(curves, CONDITIONS[symbol][1]), law, fixed=held)
    return law, found.at(**{symbol: at}).share(hours)


def nearest(hours, shares):
    """Error of the one curve of the laws' shape (Weibull's) that comes nearest to these points."""
    study = Study.from_arrays(hours, shares, time_unit="h", source="liposomes", formulation="left out")
    return fitting.fit(study, "weibull").statistics["rmse"]


def by_neighbours(curves, at, hours):
    """Linear interpolation between the mean measured curves just below and just above ``at``."""
    conditions = sorted({c for c, _, _ in curves.values()})
    low, high = max(c for c in conditions if c < at), min(c for c in conditions if c > at)

    def mean(condition):
        rows = [np.interp(hours, np.append(0, h), np.append(0, s)) for c, h, s in curves.values() if c == condition]
        return np.mean(rows, axis=0)

    return mean(low) + (at - low) / (high - low) * (mean(high) - mean(low))


def mean_of(curves, hours):
    """Mean of measured curves at ``hours``, as far as each goes."""
    rows = [np.interp(hours, np.append(0, h), np.append(0, s), right=np.nan) for _, h, s in curves]
    return np.nanmean(rows, axis=0)


def apart(curves):
    """The largest difference between two curves of one condition at the same time, as a share of the dose."""
    most = 0.0
    for name, (at, hours, shares) in curves.items():
        for other, (there, h, s) in curves.items():
            if name != other and at == there:
                far = np.abs(np.interp(hours, h, s, left=np.nan, right=np.nan) - shares)
                most = max(most, float(np.max(far[np.isfinite(far)], initial=0.0)))
    return most


def compare(folder=FOLDER):
    """Rows of (formulation, symbol, condition, curves left out, how far apart, law, {what: error}).

    How far curves of one condition are apart in the series is a share of the dose; errors are in % of dose.
    """
    for formulation, symbol, curves in series(folder):
        for at in sorted({c for c, _, _ in curves.values()})[1:-1]:
            out = {n: c for n, c in curves.items() if c[0] == at}
            rest = {n: c for n, c in curves.items() if c[0] != at}
            hours, shares = (np.concatenate([c[k] for c in out.values()]) for k in (1, 2))
            law, said = by_law(rest, symbol, at, hours)
            ways = {"law": said, "neighbours": by_neighbours(rest, at, hours), "own mean": mean_of(out.values(), hours)}
            errors = {way: 100 * float(np.sqrt(np.mean((one - shares) ** 2))) for way, one in ways.items()}
            yield formulation, symbol, at, len(out), apart(curves), law, errors | {
                "nearest": 100 * nearest(hours, shares)}


def main():
    """Print the table and who wins how often."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    if not folder.exists():
        raise SystemExit(f"{folder} is not here; give the folder of the liposome set")
    won = {True: [], False: []}
    for formulation, symbol, at, count, far, law, errors in compare(folder):
        won[far <= APART].append(errors["law"] < errors["neighbours"])
        print(f"formulation {formulation}, {symbol} {at:g} left out ({count} curves): neighbours "
              f"{errors['neighbours']:.1f}, {law} {errors['law']:.1f} % of dose; no curve of its shape below "
              f"{errors['nearest']:.1f}" + (f", their own mean {errors['own mean']:.1f}" if count > 1 else "")
              + (f"; curves of one condition are up to {100 * far:.0f} % of dose apart" if far > APART else ""))
    print(f"\nthe law is better than the neighbours in {sum(won[True])} of {len(won[True])} conditions of series "
          f"whose curves at one condition agree to {100 * APART:.0f} % of dose, and in {sum(won[False])} of "
          f"{len(won[False])} others")


if __name__ == "__main__":
    main()
