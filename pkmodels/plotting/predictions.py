"""Plots of predictions: released share, and concentration with its window."""

import numpy as np

from ..errors import PredictionError
from ..windows import read_window
from .canvas import BLUE, GREEN, INK, VERMILION, legend, number, plain, share_axis, surface, time_axis

#: What a window should take up of the height of a linear axis, at least.
VISIBLE = 0.12
#: Change of the released share (% of dose) that is still worth showing.
MOVES = 2.0


def plot_release(prediction, ax=None):
    """Plot the predicted released share with its 95 % interval.

    Parameters
    ----------
    prediction : xarray.Dataset
        From `predict`; intervals where it has draws.
    ax : matplotlib.axes.Axes, optional
        A figure of its own when not given.

    Returns
    -------
    matplotlib.axes.Axes
        Time since the injection, released share in % of dose. What comes after the curve has levelled off is
        left out.
    """
    _require(prediction, "released", "a release (a fit, a record or a model)")
    ax = surface(ax)
    time, unit = _time(prediction)
    released = 100 * prediction["released"].values
    band = _band(prediction, "released")
    if band is not None:
        ax.fill_between(time, 100 * band[0], 100 * band[1], color=BLUE, alpha=0.18, linewidth=0,
                        label=f"95 % interval, {prediction.sizes['draw']} draws")
    ax.plot(time, released, color=BLUE, linewidth=2, label=f"predicted: {plain(prediction.attrs['model'])}")
    highest = max([released.max()] + ([] if band is None else [100 * band[1].max()]))
    share_axis(ax, float(highest), prediction.attrs.get("drug", "drug"))
    time_axis(ax, _levelled(time, [released, *([] if band is None else 100 * band)]), unit, "time since injection")
    legend(ax)
    return ax


def plot_prediction(prediction, window=None, ax=None, *, log=None):
    """Plot the predicted concentration with its 95 % interval, the window and the doses.

    With a site the tissue is drawn beside plasma, and the ratio of their areas is written down.

    Parameters
    ----------
    prediction : xarray.Dataset
        From `predict`, with a drug.
    window : Window or str, optional
        As `pkmodels.read_window` reads it, such as ``"0.5-1.2 ng/mL"``.
    ax : matplotlib.axes.Axes, optional
        A figure of its own when not given.
    log : bool, optional
        A logarithmic axis of concentration; when not given, with a site, whose tissue and plasma are
        far apart. On a linear axis a peak that would make the window too small to see is cut off, and
        said to be.

    Returns
    -------
    matplotlib.axes.Axes
        Time since the first dose, concentration in the prediction's unit.
    """
    _require(prediction, "plasma", "a drug and a regimen")
    plasma = prediction["plasma"]
    unit, analyte = plasma.attrs["units"], plasma.attrs.get("analyte", "drug")
    limits = None
    if window is not None:
        window = read_window(window)
        window.require(analyte)
        window, _ = window.beside(unit, prediction.attrs.get("molar_mass"))
        limits = window.limits(unit)
    ax = surface(ax, size=(7.2, 4.0))
    time, time_unit = _time(prediction)
    values, tissue = plasma.values, prediction.attrs.get("tissue")
    highest = _curve(ax, prediction, "plasma", BLUE, "-", "predicted" if tissue is None else "plasma")
    log = tissue is not None if log is None else log
    top = max(highest, _local(ax, prediction, plain(tissue))) if tissue is not None else highest
    if log:
        _log_axis(ax, time, values, highest, top, limits)
    else:
        _linear_axis(ax, values, top, limits, unit)
    if window is not None:
        _shade(ax, window, limits, "" if tissue is None else " (plasma)")
    _mark_doses(ax, prediction.attrs.get("dose_times", ()))
    time_axis(ax, float(time[-1]), time_unit, "time since the first dose")
    ax.set_ylabel(f"{plain(analyte)} in plasma ({unit})" if tissue is None else
                  f"{plain(analyte)} in plasma\nand {plain(tissue)} ({unit})")
    legend(ax)
    return ax


def _curve(ax, prediction, name, colour, dashes, label):
    """Draw a concentration with its band; returns the highest value drawn."""
    time, _ = _time(prediction)
    values, band = prediction[name].values, _band(prediction, name)
    if band is not None:
        ax.fill_between(time, band[0], band[1], color=colour, alpha=0.22, linewidth=0, zorder=2.1,
                        label=f"95 % interval, {prediction.sizes['draw']} draws"
                              + ("" if label == "predicted" else f", {label}"))
    ax.plot(time, values, color=colour, linestyle=dashes, linewidth=1.6, zorder=2.2, label=label)
    return float(values.max() if band is None else max(band[1].max(), values.max()))


def _local(ax, prediction, tissue):
    """Draw the tissue and write down its ratio to plasma; returns the highest value drawn."""
    highest = _curve(ax, prediction, "local", VERMILION, "--", f"{tissue}, total")
    if "local_free" in prediction:
        ax.plot(_time(prediction)[0], prediction["local_free"].values, color=VERMILION, linestyle=":", linewidth=1.6,
                label=f"{tissue}, unbound")
    ratio = float(prediction["ratio_auc"])
    if np.isfinite(ratio):
        ax.text(0.995, 0.93, f"{tissue} : plasma = {number(ratio)} (areas under the curves, total)",
                transform=ax.transAxes, ha="right", va="top", fontsize="small", color=INK,
                bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 1.5})
    return highest


def _require(prediction, name, what):
    if name not in getattr(prediction, "data_vars", ()):
        raise PredictionError(f"this prediction has no '{name}' to plot; predict with {what}")


def _time(prediction):
    return prediction["time"].values, prediction["time"].attrs.get("units", "day")


def _band(prediction, name):
    """2.5 and 97.5 % quantiles over draws, shape (2, times), or None without draws."""
    draws = prediction.data_vars.get(f"{name}_draws")
    return None if draws is None else np.quantile(draws.transpose("draw", "time").values, [0.025, 0.975], axis=0)


def _levelled(time, curves):
    """A while after the time from which on no curve changes by more than a little."""
    moving = np.max([curve[-1] - curve for curve in curves], axis=0) > MOVES
    last = time[min(np.count_nonzero(moving), len(time) - 1)]
    return float(min(time[-1], 1.2 * last)) if last > 0 else float(time[-1])


def _linear_axis(ax, values, highest, limits, unit):
    top = 1.1 * highest if highest > 0 else 1.0
    if limits is not None:
        lower, upper = limits
        edge = upper if np.isfinite(upper) else lower
        top = max(top, 1.25 * edge)
        most = (upper - lower if np.isfinite(upper) else lower) / VISIBLE
        if top > 1.5 * most:
            top = most
            what, peak = ("peak", values.max()) if values.max() > top else ("interval", highest)
            ax.text(0.995, 0.93, f"off the scale: {what} up to {number(peak)} {unit}", transform=ax.transAxes,
                    ha="right", va="top", fontsize="small", color=VERMILION,
                    bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 1.5})
    ax.set_ylim(0, top)


def _log_axis(ax, time, values, highest, top, limits):
    from matplotlib.ticker import LogLocator, NullLocator

    edges = [edge for edge in limits or () if 0 < edge < np.inf] or [top or 1.0]
    # The rise from nothing takes minutes and would claim most of the axis.
    even = np.interp(np.linspace(time[0], time[-1], 1001), time, values)
    settled = float(np.quantile(even, 0.02))
    ax.set_yscale("log")
    low = min(max(settled, 1e-3 * highest), min(edges) / 1.5) / 1.3
    high = (1.8 if top == highest else 4.0) * max(top, *edges)
    if not low > 0:
        low = 1e-3 * high
    ax.set_ylim(low, high)
    ax.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if high / low < 1e3 else (1,), numticks=12))
    ax.yaxis.set_minor_locator(NullLocator())
    ax.yaxis.set_major_formatter("{x:g}")


def _shade(ax, window, limits, of=""):
    bottom, top = ax.get_ylim()
    lower, upper = max(limits[0], bottom), min(limits[1], top)
    ax.axhspan(lower, upper, color=GREEN, alpha=0.16, linewidth=0, zorder=1.1,
               label=f"window {plain(window.bounds).replace('-', '–')}{of}")
    for limit in limits:
        if bottom < limit < top:
            ax.axhline(limit, color=GREEN, linewidth=1.1, zorder=1.2)


def _mark_doses(ax, times):
    times = np.atleast_1d(times)
    if len(times):
        ax.plot(times, np.full(len(times), 0.985), linestyle="none", marker="v", markersize=6, color=INK, zorder=5,
                transform=ax.get_xaxis_transform(), label="dose" if len(times) == 1 else f"{len(times)} doses")
