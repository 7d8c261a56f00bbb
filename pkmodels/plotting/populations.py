"""The picture of a population: ribbons of its curves, the window, the doses, and how many are inside when."""

import numpy as np

from ..errors import PredictionError
from ..windows import read_window
from .canvas import BLUE, GREEN, GREY, INK, legend, number, plain, surface, time_axis

#: Pairs of quantiles that bound a ribbon, with its depth of colour and its name.
RIBBONS = ((0.025, 0.975, 0.16, "95 % of patients"), (0.25, 0.75, 0.30, "50 % of patients"))


def plot_population(prediction, window=None, figure=None, *, log=False):
    """Plot a population's concentrations as ribbons, and below the share of patients inside the window.

    Parameters
    ----------
    prediction : xarray.Dataset
        From `predict_population`, with its band.
    window : Window or str, optional
        To be shaded; the one of the prediction when not given.
    figure : matplotlib.figure.Figure, optional
        A figure of its own when not given.
    log : bool
        A logarithmic axis of concentration.

    Returns
    -------
    array of matplotlib.axes.Axes
        Concentration in the prediction's unit; and, where the population has a window, per cent of the patients
        who are inside.
    """
    if "plasma_quantiles" not in getattr(prediction, "data_vars", ()):
        raise PredictionError("this is no population with a band of curves; use predict_population with band=True")
    quantiles = prediction["plasma_quantiles"]
    unit, analyte = quantiles.attrs["units"], quantiles.attrs.get("analyte", "drug")
    limits = _limits(prediction, window, unit, analyte)
    attained = "share_inside" in prediction
    if figure is None:
        from matplotlib.figure import Figure

        figure = Figure(figsize=(8.0, 5.2 if attained else 4.0), layout="constrained")
    axes = np.atleast_1d(figure.subplots(2 if attained else 1, 1, sharex=True,
                                         height_ratios=(3, 1.15) if attained else None))
    ax, time = surface(axes[0]), prediction["time"].values
    for low, high, depth, label in RIBBONS:
        edges = [quantiles.sel(quantile=share).values for share in (low, high)]
        ax.fill_between(time, *edges, color=BLUE, alpha=depth, linewidth=0, zorder=2, label=label)
    middle = quantiles.sel(quantile=0.5).values
    ax.plot(time, middle, color=BLUE, linewidth=1.8, zorder=2.2, label="median")
    highest = float(quantiles.sel(quantile=0.975).values.max())
    _concentrations(ax, highest, middle, limits, unit, log)
    bottom, top = ax.get_ylim()
    if limits is not None:
        lower, upper = limits
        words = f"{lower:g}–{upper:g}" if lower > 0 and np.isfinite(upper) else \
            (f"at least {lower:g}" if lower > 0 else f"at most {upper:g}")
        ax.axhspan(max(lower, bottom), min(upper, top), color=GREEN, alpha=0.15, linewidth=0, zorder=1.1,
                   label=f"window {words} {unit}")
        for limit in limits:
            if bottom < limit < top:
                ax.axhline(limit, color=GREEN, linewidth=1.1, zorder=1.2)
    doses = prediction.attrs.get("dose_times", ())
    ax.plot(doses, np.full(len(doses), 0.985), linestyle="none", marker="v", markersize=6, color=INK, zorder=5,
            transform=ax.get_xaxis_transform(), label="dose" if len(doses) == 1 else f"{len(doses)} doses")
    ax.set_ylabel(f"{plain(analyte)} in plasma ({unit})")
    if attained:
        _inside(surface(axes[1]), prediction, time)
    time_axis(axes[-1], float(time[-1]), "day", "time since the first dose")
    _caption(figure, prediction, window, limits)
    legend(ax)
    return axes


def _caption(figure, prediction, window, limits):
    """Who was given what, and whose claim the window is: what a slide must not lose."""
    said = prediction.attrs
    words = f"{said['patients']} patients; {said['regimen']}"
    source = said.get("window_source", "") if window is None else read_window(window).provenance
    if limits is not None and source not in ("", "given by the user"):
        words += f"\nwindow: {plain(source, 110)}"
    figure.supxlabel(words, x=0.99, ha="right", fontsize="small", color=GREY)


def _limits(prediction, window, unit, analyte):
    if window is not None:
        window = read_window(window)
        window.require(analyte)
        return window.limits(unit)
    lower, upper = (float(each) for each in prediction.attrs["window"])
    return None if np.isinf(lower) and np.isinf(upper) else (max(lower, 0.0), upper)


def _concentrations(ax, highest, middle, limits, unit, log):
    edges = [edge for edge in limits or () if 0 < edge < np.inf]
    if log:
        from matplotlib.ticker import LogLocator, NullLocator

        seen = middle[middle > 1e-3 * max(highest, 1e-300)]
        least = min([float(np.quantile(seen, 0.02)) if len(seen) else 1.0, *(edge / 1.5 for edge in edges)])
        ax.set_yscale("log")
        ax.set_ylim(least / 1.3, 1.8 * max([highest, *edges]))
        ax.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        ax.yaxis.set_minor_locator(NullLocator())
        ax.yaxis.set_major_formatter("{x:g}")
        return
    top = max([1.1 * highest, *(1.25 * edge for edge in edges)]) or 1.0
    if edges and max(edges) < 0.12 * top:
        top = max(edges) / 0.2
        ax.text(0.995, 0.93, f"off the scale: up to {number(highest)} {unit}", transform=ax.transAxes, ha="right",
                va="top", fontsize="small", color=INK, bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.85})
    ax.set_ylim(0, top)


def _inside(ax, prediction, time):
    """The share of patients inside against time; with draws their middle and 95 % range."""
    share = 100 * prediction["share_inside"].values
    if share.ndim == 2:
        low, share, high = np.quantile(share, [0.025, 0.5, 0.975], axis=0)
        ax.fill_between(time, low, high, color=GREEN, alpha=0.25, linewidth=0)
        ax.text(0.995, 1.03, f"band: {prediction.sizes['draw']} draws of the release fit", transform=ax.transAxes,
                ha="right", fontsize="small", color=GREY)
    ax.plot(time, share, color=GREEN, linewidth=1.8)
    ax.set_ylim(0, 104)
    ax.set_yticks([0, 50, 100])
    ax.set_ylabel("patients inside\n(%)")
