"""The plot of what a concentration does: a hormone, or another response."""

import numpy as np

from ..errors import PredictionError, unknown
from ..windows import read_window
from .canvas import BLUE, GREY, legend, plain, surface, time_axis
from .predictions import _mark_doses, _shade


def plot_response(response, name=None, window=None, ax=None):
    """Plot one quantity of a response, with its 95 % interval, the value before the drug and the doses.

    Parameters
    ----------
    response : xarray.Dataset
        From `respond`.
    name : str, optional
        Which quantity, such as ``"testosterone"``; the first when not given.
    window : Window or str, optional
        To be shaded, such as ``"testosterone_castration"``.
    ax : matplotlib.axes.Axes, optional
        A figure of its own when not given.

    Returns
    -------
    matplotlib.axes.Axes
        Time since the first dose, the quantity in its unit.

    Raises
    ------
    PredictionError
        If this is no response.
    """
    if "effect" not in getattr(response, "attrs", {}):
        raise PredictionError("this is no response; make one with respond(prediction, 'hpg_agonist')")
    known = [each for each in response.data_vars if not each.endswith("_draws")]
    name = known[0] if name is None else name
    if name not in known:
        raise unknown("quantity of this response", name, known)
    series, time = response[name], response["time"].values
    unit, label = series.attrs["units"], series.attrs.get("analyte") or name.replace("_", " ")
    ax = surface(ax, size=(7.2, 3.6))
    highest = float(series.values.max())
    if f"{name}_draws" in response:
        low, high = np.quantile(response[f"{name}_draws"].transpose("draw", "time").values, [0.025, 0.975], axis=0)
        ax.fill_between(time, low, high, color=BLUE, alpha=0.22, linewidth=0,
                        label=f"95 % interval, {response.sizes['draw']} draws")
        highest = max(highest, float(high.max()))
    ax.axhline(float(series.values[0]), color=GREY, linewidth=1, linestyle=(0, (4, 3)), label="before the drug")
    ax.plot(time, series.values, color=BLUE, linewidth=1.8, label=f"predicted: {plain(response.attrs['effect'])}")
    limits = None
    if window is not None:
        window = read_window(window)
        window.require(label)
        limits = window.limits(unit)
        highest = max([highest, *(1.1 * each for each in limits if np.isfinite(each))])
    ax.set_ylim(0, 1.1 * highest if highest > 0 else 1.0)
    if limits is not None:
        _shade(ax, window, limits)
    _mark_doses(ax, response.attrs.get("dose_times", ()))
    time_axis(ax, float(time[-1]), response["time"].attrs.get("units", "day"), "time since the first dose")
    ax.set_ylabel(plain(label) + ("" if unit == "1" else f" ({unit})"))
    legend(ax)
    return ax
