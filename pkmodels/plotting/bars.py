"""The plot of coverage: shares of time below, inside and above the window."""

import numpy as np

from ..errors import PredictionError
from .canvas import GREEN, INK, ORANGE, legend, plain, surface

#: The pale blue keeps below and above apart when they are printed in grey.
PALE_BLUE = "#b9ddf3"

#: A share is written into its bar from so many per cent on.
LEGIBLE = 7
#: More bars than this are drawn without numbers, and only some of them are named.
MOST_NAMED = 26


def plot_coverage(coverage, ax=None):
    """Plot the share of time below, inside and above the window: one bar overall and one per dosing interval.

    Parameters
    ----------
    coverage : Coverage
    ax : matplotlib.axes.Axes, optional
        A figure of its own when not given.

    Returns
    -------
    matplotlib.axes.Axes
        Share of the interval's time in per cent; where there are draws the 95 % interval of
        the share inside stands at the right.
    """
    if not hasattr(coverage, "rows"):
        raise PredictionError(f"plot_coverage draws what coverage(prediction, window) returns, not a "
                              f"{type(coverage).__name__}; a population is drawn by plot_population")
    rows = distinct(coverage)
    ax = surface(ax, size=(7.2, 1.5 + 0.34 * len(rows) if len(rows) <= MOST_NAMED else 7.0))
    places = np.arange(len(rows), dtype=float)
    places[1:] += 0.35  # a gap sets the whole apart from its parts
    left = np.zeros(len(rows))
    for name, colour in (("below", PALE_BLUE), ("inside", GREEN), ("above", ORANGE)):
        shares = np.array([coverage.value(name, row) for row in rows])
        ax.barh(places, shares, left=left, height=0.72, color=colour, edgecolor="white", linewidth=0.8, label=name)
        if len(rows) <= MOST_NAMED:
            for place, share, start in zip(places, shares, left, strict=True):
                if share >= LEGIBLE:
                    ax.text(start + share / 2, place, f"{share:.0f}", ha="center", va="center", fontsize="small",
                            color="black", fontweight="bold" if name == "inside" else "normal")
        left += shares
    ax.set(xlim=(0, 100), ylim=(places[-1] + 0.6, -0.6))
    ax.grid(visible=False)
    ax.tick_params(left=False)
    ax.spines["left"].set_visible(False)
    kept = slice(None, None, 1 + len(rows) // MOST_NAMED)
    ax.set_yticks(places[kept], [row.replace("-", "–") for row in rows[kept]])
    if coverage.draws and len(rows) <= MOST_NAMED:
        _intervals(ax, coverage, places)
    analyte = plain(coverage.about.get("analyte") or "drug")
    ax.set_xlabel(f"time with {analyte} below, inside and above {coverage.window.bounds.replace('-', '–')} "
                  f"(% of the interval)")
    legend(ax)
    return ax


def distinct(coverage):
    """The rows worth showing: with a single dose its interval is the whole."""
    return coverage.rows[:1] if len(coverage.rows) == 2 and coverage.spans[0] == coverage.spans[1] else coverage.rows


def _intervals(ax, coverage, places):
    column = next(k for k, c in enumerate(coverage.low.columns) if c.startswith("inside"))
    ax.text(1.015, 1.02, "inside,\n95 % interval", transform=ax.transAxes, fontsize="small", color=INK, va="bottom")
    for place, low, high in zip(places, coverage.low.iloc[:, column], coverage.high.iloc[:, column], strict=False):
        ax.text(101.5, place, f"{low:.0f} to {high:.0f} %", va="center", fontsize="small", color=INK)
