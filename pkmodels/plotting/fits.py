"""Plots of fits: the curve over the data, what is left over, several models side by side."""

import numpy as np

from .. import units
from ..errors import unknown
from .canvas import (
    BLUE,
    GREY,
    INK,
    PALE,
    SERIES,
    VIEWS,
    analyte_of,
    legend,
    number,
    plain,
    share_axis,
    surface,
    time_axis,
    view_axis,
)

_POINTS = {"linestyle": "none", "marker": "o", "markersize": 5.5, "markerfacecolor": "white", "markeredgecolor": INK,
           "markeredgewidth": 1.2}


def plot_fit(fit, ax=None, *, time="linear"):
    """Plot the measured points with the fitted curve and its 95 % confidence band.

    Parameters
    ----------
    fit : Fit or GlobalFit
        Of a fit of many curves each is drawn in a colour of its own, without bands.
    ax : matplotlib.axes.Axes, optional
        A figure of its own when not given.
    time : str
        ``"sqrt"`` for a square-root axis of time, on which release by Fick's diffusion begins straight;
        ``"log"`` for a logarithmic one, on which the burst is told apart; points at time 0 are then named and
        not drawn.

    Returns
    -------
    matplotlib.axes.Axes
        Time in the study's unit, released share in % of dose.
    """
    if time not in VIEWS:
        raise unknown("axis of time", time, VIEWS)
    if hasattr(fit, "fits"):
        return _many(fit, surface(ax, size=(6.4, 4.4)))
    ax = surface(ax)
    study = fit.study
    curve = fit.curve() if time == "linear" else fit.curve(_times(study, time))
    if curve["low"].notna().any():
        ax.fill_between(curve["time"], 100 * curve["low"], 100 * curve["high"], color=BLUE, alpha=0.18, linewidth=0,
                        label="95 % band of the curve")
    ax.plot(curve["time"], 100 * curve["released"], color=BLUE, linewidth=2, label=f"fitted: {plain(fit.model.name)}")
    highest = max(_points(ax, study), 100 * float(curve["released"].max()))
    _axes(ax, study, highest, time)
    legend(ax)
    return ax


def _times(study, view):
    """Times that a curve needs to look smooth on such an axis, in the unit that `Fit.curve` takes."""
    last = float(study.times.max())
    if view == "sqrt":
        return units.outside(last * np.linspace(0, 1, 301)**2, study.time_unit)
    return units.outside(np.geomspace(study.times[study.times > 0].min() / 1.5, last, 301), study.time_unit)


def plot_study(study, ax=None, *, time="linear"):
    """Plot what was measured: the points of every formulation, with standard deviations where they are known.

    Parameters
    ----------
    study : Study
    ax : matplotlib.axes.Axes, optional
        A figure of its own when not given.
    time : str
        ``"sqrt"`` or ``"log"`` as in `plot_fit`.

    Returns
    -------
    matplotlib.axes.Axes
        Time in the study's unit, released share in % of dose.
    """
    if time not in VIEWS:
        raise unknown("axis of time", time, VIEWS)
    ax, highest = surface(ax), 0.0
    for k, name in enumerate(study.formulations):
        one, (colour, dashes) = study.only(name), SERIES[k % len(SERIES)]
        mean = one.frame.groupby("time_hour")["released"].mean()
        ax.plot(_in_unit(study, mean.index), 100 * mean.to_numpy(), color=colour, linestyle=dashes, linewidth=1.2)
        highest = max(highest, _points(ax, one, colour if len(study.formulations) > 1 else INK))
    _axes(ax, study, highest, time)
    legend(ax)
    return ax


def _many(fit, ax):
    highest = 0.0
    for k, (label, part) in enumerate(fit.fits.items()):
        colour, dashes = SERIES[k % len(SERIES)]
        curve = part.curve()
        ax.plot(curve["time"], 100 * curve["released"], color=colour, linestyle=dashes, linewidth=1.8,
                label=plain(label))
        times, released = _in_unit(part.study, part.study.times), 100 * part.study.released
        ax.plot(times, released, **_POINTS | {"markeredgecolor": colour}, zorder=4)
        highest = max(highest, 100 * float(curve["released"].max()), float(released.max()))
    _axes(ax, fit.study, highest)
    legend(ax, title=f"measured, and fitted at once: {plain(fit.model.name)}", title_fontsize="small", alignment="left")
    return ax


def plot_residuals(fit, ax=None):
    """Plot what the fit leaves over: measured less fitted share at every point, above zero where more was measured.

    Parameters
    ----------
    fit : Fit
    ax : matplotlib.axes.Axes, optional

    Returns
    -------
    matplotlib.axes.Axes
        Time in the study's unit, difference in % of dose.
    """
    ax = surface(ax, size=(6.4, 2.8))
    study, rmse = fit.study, 100 * fit.statistics["rmse"]
    times, left = _in_unit(study, study.times), 100 * np.asarray(fit.residuals)
    ax.axhspan(-rmse, rmse, color=PALE, alpha=0.7, linewidth=0, label=f"± {number(rmse)} % of dose (root mean square)")
    ax.axhline(0, color=GREY, linewidth=1)
    ax.vlines(times, 0, left, color=BLUE, linewidth=1.2)
    ax.plot(times, left, **_POINTS, label="measured − fitted")
    reach = 1.25 * max(float(np.abs(left).max()), rmse, 0.1)
    ax.set_ylim(-reach, reach)
    ax.set_ylabel(f"{plain(analyte_of(study))} released,\nmeasured − fitted (% of dose)")
    time_axis(ax, float(times.max()), study.time_unit)
    legend(ax)
    return ax


def plot_comparison(comparison, ax=None, *, most=5):
    """Plot the best models of a comparison over the same points.

    Parameters
    ----------
    comparison : Comparison
    ax : matplotlib.axes.Axes, optional
    most : int
        How many models at most, best first.

    Returns
    -------
    matplotlib.axes.Axes
        Time in the study's unit, released share in % of dose.
    """
    ax = surface(ax, size=(6.4, 4.4))
    apart = [(f, w) for f, w in zip(comparison.fits, comparison.weights, strict=True)
             if f.model.name not in comparison.twins]
    shown, study, highest = apart[: max(int(most), 1)], comparison.best.study, 0.0
    for k, (fit, weight) in enumerate(shown):
        colour, dashes = SERIES[k % len(SERIES)]
        curve = fit.curve()
        ax.plot(curve["time"], 100 * curve["released"], color=colour, linestyle=dashes, linewidth=1.8,
                zorder=3 - 0.01 * k, label=f"{plain(fit.model.name)}, {_worth(fit, weight)}")
        highest = max(highest, 100 * float(curve["released"].max()))
    _axes(ax, study, max(highest, _points(ax, study)))
    title = "models with their Akaike weights"
    if len(shown) < len(comparison.fits):
        title = f"the best {len(shown)} of {len(comparison.fits)} {title}"
        title += ", equal curves once" if comparison.twins else ""
    legend(ax, title=title, title_fontsize="small", alignment="left")
    return ax


def _worth(fit, weight):
    """How much a model is worth, in a few signs."""
    if not np.isfinite(weight):
        return f"misses by {number(100 * fit.statistics['rmse'])} %"
    return f"{weight:.2f}" if weight >= 0.005 else "below 0.01"


def _points(ax, study, colour=INK):
    """Draw the measured points (mean ± SD where it is known); returns the highest one in per cent."""
    frame = study.frame
    times, released = _in_unit(study, frame["time_hour"].to_numpy()), 100 * frame["released"].to_numpy()
    count = frame["replicate"].nunique()
    label = "measured" + (f", {plain(study.formulations[0])}" if study.formulations[0] else "")
    spread = 100 * frame["sd"].to_numpy(dtype=float)
    if np.isfinite(spread).any():
        counts = sorted({int(n) for n in frame["n"].dropna()})
        label += " (mean ± SD" + (f", n = {counts[0]})" if len(counts) == 1 else ")")
        ax.errorbar(times, released, yerr=np.nan_to_num(spread), **_POINTS | {"markeredgecolor": colour}, ecolor=colour,
                    elinewidth=1.2, capsize=3, zorder=4, label=label)
        return float(np.max(released + np.nan_to_num(spread)))
    label += f" ({count} replicates)" if count > 1 else ""
    ax.plot(times, released, **_POINTS | {"markeredgecolor": colour} | ({"alpha": 0.75} if count > 1 else {}),
            zorder=4, label=label)
    return float(released.max())


def _axes(ax, study, highest, view="linear"):
    time_axis(ax, float(_in_unit(study, study.times).max()), study.time_unit)
    share_axis(ax, highest, analyte_of(study))
    if view != "linear":
        view_axis(ax, _in_unit(study, study.times), study.time_unit, view)


def _in_unit(study, hours):
    return np.asarray(hours, dtype=float) * units.factor("h", study.time_unit)
