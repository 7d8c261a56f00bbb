"""The tornado: which single change moves coverage most."""

import html
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from .. import metrics, prediction, units
from ..errors import PkmodelsError, PredictionError
from ..windows import read_window
from .canvas import BLUE, INK, VERMILION, legend, plain, surface

#: More rows than this are not drawn; the smallest are left out, and the plot says so.
MOST = 14


@dataclass(frozen=True)
class Moved:
    """What moves coverage: one row per number that was changed by itself.

    Parameters
    ----------
    base : float
        Per cent of the time inside with nothing changed.
    rows : tuple of (name, low text, high text, inside at low, inside at high)
        Largest movement first; NaN where the change is not possible.
    skipped : mapping of str to str
        What could not be changed, with the reason.
    about : str
        What was predicted and held against which window.
    inside : str
        What is inside what, such as ``"goserelin inside 0.5-1.2 ng/mL"``.
    """

    base: float
    rows: tuple
    skipped: dict
    about: str
    inside: str = "inside the window"

    @property
    def table(self):
        """The rows as a DataFrame."""
        import pandas as pd

        return pd.DataFrame(self.rows, columns=["changed", "from", "to", "inside, from (%)", "inside, to (%)"]
                            ).set_index("changed")

    def _text(self, form):
        from tabulate import tabulate

        return tabulate(self.table.reset_index(), list(self.table.reset_index().columns), form, showindex=False,
                        floatfmt=".1f")

    def __repr__(self):
        left = "".join(f"\n{name}: {why}" for name, why in self.skipped.items())
        return f"{self.about}: inside for {self.base:.1f} % of the time\n\n{self._text('simple')}{left}"

    def _repr_html_(self):
        left = "".join(f"<li>{html.escape(name)}: {html.escape(why)}</li>" for name, why in self.skipped.items())
        return (f"<p>{html.escape(self.about)}: inside for {self.base:.1f} % of the time</p>{self._text('html')}"
                + (f"<ul>{left}</ul>" if left else ""))


def what_moves(release, *, drug, dose, interval, doses, window, by=25.0, values=None, days=None,
               bioavailability=None):
    """Change one number after the other and see how the share of time inside a window moves.

    Parameters
    ----------
    release : Fit, Curve, Model or str
        Parameters of a fit move over their 95 % interval where it is known and no wider than possible, those of a
        named model by ``by``.
    drug : str or Drug
        Its body's parameters move by ``by``.
    dose : str
        Such as ``"3.6 mg"``; moves by ``by``.
    interval : str
        Between doses, such as ``"28 days"``; moves by ``by``.
    doses : int
    window : Window or str
    by : float
        Per cent, above 0 and below 100.
    values : mapping, optional
        Of a named model, as `predict` takes them.
    days : float, optional
        The same for all predictions. When not given each lasts until the end of its own last interval.
    bioavailability : float, optional

    Returns
    -------
    Moved

    Raises
    ------
    PkmodelsError
        If the prediction itself is not possible. A change that is not possible is left out, with its reason.
    """
    if not 0 < by < 100:
        raise PredictionError(f"by={by!r} % is not possible; give a number above 0 and below 100")
    if not isinstance(doses, int) or doses < 1:
        raise PredictionError(f"doses={doses!r} is not possible; give a whole number from 1 on")
    amount, between = units.quantity(dose, "mg", "3.6 mg"), units.quantity(interval, "h", "28 days")
    drug = prediction.read_drug(drug) if isinstance(drug, str) else drug
    window = read_window(window)
    given, ranges = _release(release, values, by)
    model = release.model if hasattr(release, "model") else release
    body = {name: (number.value, number.unit) for name, number in drug.parameters.items()}
    every = units.convert(between[0], between[1], "day")

    def inside(mass=amount[0], step=every, carrier=given, card=drug, share=bioavailability):
        regimen = prediction.read_regimen(f"{mass:.12g} {amount[1]} every {step:.12g} days x {doses}")
        found = prediction.predict(model, values=carrier, drug=card, regimen=regimen,
                                   days=step * doses if days is None else days, bioavailability=share)
        return metrics.coverage(found, window).value("inside")

    base, low, high = inside(), 1 - by / 100, 1 + by / 100
    asked = {"dose": [(_amount(amount[0] * f, amount[1]), {"mass": amount[0] * f}) for f in (low, high)],
             "days between doses": [(_amount(every * f, "day"), {"step": every * f}) for f in (low, high)]}
    if doses == 1:
        del asked["days between doses"]
    for name, pair in ranges.items():
        asked[name] = [(_amount(each, given[name][1]), {"carrier": given | {name: (each, given[name][1])}})
                       for each in pair]
    for name, (value, unit) in body.items():
        label = f"{name} (body)" if name in asked else name
        asked[label] = [(_amount(value * f, unit), {"card": (name, value * f)}) for f in (low, high)]
    rows, skipped = [], {}
    for name, changes in asked.items():
        try:
            found = [inside(**_with_card(change, drug)) for _, change in changes]
        except PkmodelsError as problem:
            skipped[name] = str(problem)
            continue
        rows.append((name, changes[0][0], changes[1][0], *found))
    rows.sort(key=lambda row: -max(abs(row[3] - base), abs(row[4] - base)))
    about = f"{getattr(model, 'name', model)}, {dose} {drug.name} every {interval} x {doses}, {window}"
    return Moved(base, tuple(rows), skipped, about, f"{window.analyte or drug.analyte} inside {window.bounds}")


def _with_card(change, drug):
    if "card" not in change:
        return change
    name, value = change["card"]
    moved = dict(drug.parameters) | {name: replace(drug.parameters[name], value=value)}
    return change | {"card": replace(drug, parameters=MappingProxyType(moved))}


def _amount(value, unit):
    return f"{value:.3g} {'' if unit == '1' else unit}".rstrip()


def _release(release, values, by):
    """Values of the release with units, and the range over which each is moved."""
    low, high = 1 - by / 100, 1 + by / 100
    if hasattr(release, "table") and hasattr(release, "values"):
        given = {name: (float(value), release.units[name]) for name, value in release.values.items()}
        bounds = {name: (float(row.low), float(row.high)) for name, row in release.table.iterrows()}
    else:
        if not values:
            raise PredictionError("a named model needs its values, such as "
                                  "values={'t_scale': (14, 'day'), 'beta': 0.9}")
        given = {name: (pair if isinstance(pair, tuple) else (pair, "1")) for name, pair in values.items()}
        bounds = {}
    ranges = {}
    for name, (value, _) in given.items():
        pair = bounds.get(name, (np.nan, np.nan))
        ranges[name] = pair if np.all(np.isfinite(pair)) else (value * low, value * high)
    return given, ranges


def plot_tornado(moved, ax=None):
    """Plot what moves coverage: a bar from the lower to the higher value of each number, largest at the top.

    Parameters
    ----------
    moved : Moved
        From `what_moves`.
    ax : matplotlib.axes.Axes, optional
        A figure of its own when not given.

    Returns
    -------
    matplotlib.axes.Axes
        Share of the time inside the window in per cent.
    """
    if not isinstance(moved, Moved):
        raise PredictionError("this is no list of changes; make one with what_moves(...)")
    rows = moved.rows[:MOST]
    ax = surface(ax, size=(7.2, 1.6 + 0.36 * len(rows)))
    places = np.arange(len(rows))
    values = np.array([[row[3], row[4]] for row in rows]).reshape(-1, 2)
    for k, (label, colour) in enumerate((("with the lower value", BLUE), ("with the higher value", VERMILION))):
        ax.barh(places + (0.19 if k else -0.19), values[:, k] - moved.base, left=moved.base, height=0.36,
                color=colour, label=label, hatch="" if k else "///", edgecolor="white", linewidth=0)
    ax.axvline(moved.base, color=INK, linewidth=1.2)
    reach = max(float(np.abs(values - moved.base).max()) if len(rows) else 0.0, 1.0)
    ax.set_xlim(moved.base - 1.08 * reach, moved.base + 1.08 * reach)
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.set_yticks(places, [f"{row[0]}: {row[1]} to {row[2]}" for row in rows])
    ax.tick_params(left=False)
    ax.spines["left"].set_visible(False)
    ax.grid(visible=False)
    more = "" if len(rows) == len(moved.rows) else f"; {len(moved.rows) - len(rows)} smaller ones not shown"
    ax.set_xlabel(f"time with {plain(moved.inside, 60).replace('-', '–')} (%)\n{moved.base:.0f} % with nothing "
                  f"changed{more}")
    legend(ax)
    return ax
