"""Is a temperature or a pH that was not measured predicted better by one law than by interpolating its neighbours?

For every formulation of the liposome set (Yanes et al. 2025, not in this repository) that was measured at three
temperatures or pH values or more, each inner condition is left out in turn. One law is fitted to the curves of all
others at once and asked for the one left out; so is the interpolation of the measured curves of its two neighbours at
the same time, linear in the condition. Both errors are root mean squares over the points left out, in % of dose.

Curves of one formulation at one condition can differ by more than conditions do, in something that the set does not
tell. Then no law of the condition can be right about both, and the error of their own mean is given beside: nothing
that says one curve of that condition can do much better. Such series are counted apart. One law is counted for each
kind of condition, the switch; another that is fitted is shown alone.

    python benchmarks/held_out_conditions.py [folder of the set]
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from pkmodels import catalogue, fitting, solve
from pkmodels.environment import Environment
from pkmodels.studies import Study

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data" / "liposomes"
#: Symbol, its column in the set, the column of a study, the laws that follow it, and what else must be alike.
CONDITIONS = {"T": ("media_temp_oC", "T_degC", ("heat_switch", "arrhenius_release"), "media_pH"),
              "pH": ("media_pH", "pH", ("acid_switch",), "media_temp_oC")}
#: With few conditions a law of four unknowns on the condition cannot be fitted: what is held, and why.
FIXED = {"acid_switch": {"cooperativity": 1.0}, "heat_switch": {}, "arrhenius_release": {}}
#: Curves of one condition that differ by more than this share of the dose do not tell what the condition does.
APART = 0.5


def series(folder):
    """(formulation, symbol, {curve: (condition, hours, shares)}) of every series."""
    about, points = pd.read_csv(folder / "formulations.csv"), pd.read_csv(folder / "release.csv")
    for symbol, (column, _, _, other) in CONDITIONS.items():
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


def by_law(law, curves, column, symbol, at, hours):
    """What a law fitted to ``curves`` says of the condition ``at``."""
    found = fitting.fit_many(as_study(curves, column), law, fixed=FIXED[law])
    part = next(iter(found.fits.values()))
    model = catalogue.get_model(law)
    return solve.observe(model, model.values({n: (v, part.units[n]) for n, v in part.values.items()}), hours,
                         Environment(**{symbol: at}))


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
    """Rows of (formulation, symbol, condition, curves left out, how far apart, error of own mean, {way: error}).

    How far curves of one condition are apart in the series is a share of the dose; errors are in % of dose.
    """
    for formulation, symbol, curves in series(folder):
        column, laws = CONDITIONS[symbol][1:3]
        for at in sorted({c for c, _, _ in curves.values()})[1:-1]:
            out = {n: c for n, c in curves.items() if c[0] == at}
            rest = {n: c for n, c in curves.items() if c[0] != at}
            ways = {"neighbours": lambda h, r=rest, a=at: by_neighbours(r, a, h)}
            ways |= {law: lambda h, x=law, r=rest, c=column, s=symbol, a=at: by_law(x, r, c, s, a, h) for law in laws}
            hours, shares = (np.concatenate([c[k] for c in out.values()]) for k in (1, 2))
            ways["own mean"] = lambda h, o=out: mean_of(o.values(), h)
            errors = {way: 100 * float(np.sqrt(np.mean((says(hours) - shares) ** 2))) for way, says in ways.items()}
            yield formulation, symbol, at, len(out), apart(curves), errors.pop("own mean"), errors


def main():
    """Print the table and who wins how often."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    if not folder.exists():
        raise SystemExit(f"{folder} is not here; give the folder of the liposome set")
    won = {True: [], False: []}
    for formulation, symbol, at, count, far, own, errors in compare(folder):
        switch = CONDITIONS[symbol][2][0]
        won[far <= APART].append(errors[switch] < errors["neighbours"])
        said = ", ".join(f"{way} {error:.1f}" for way, error in errors.items())
        print(f"formulation {formulation}, {symbol} {at:g} left out ({count} curves): {said} % of dose"
              + (f"; their own mean {own:.1f}" if count > 1 else "")
              + (f"; curves of one condition are up to {100 * far:.0f} % of dose apart" if far > APART else ""))
    print(f"\nthe switch is better than the neighbours in {sum(won[True])} of {len(won[True])} conditions of series "
          f"whose curves at one condition agree to {100 * APART:.0f} % of dose, and in {sum(won[False])} of "
          f"{len(won[False])} others")


if __name__ == "__main__":
    main()
