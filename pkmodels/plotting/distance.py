"""The plot of concentration over distance from a carrier and time."""

import numpy as np

from .. import prediction
from ..errors import PredictionError
from .canvas import INK, legend, plain, surface, time_axis

#: Decades of concentration that the colours tell apart.
DECADES = 4


def plot_reach(profile, level=None, molar_mass=None, ax=None):
    """Plot concentration as colours over time and distance from the surface, and the line of a level.

    Parameters
    ----------
    profile : xarray.Dataset
        From `distance_profile`.
    level : str, optional
        Such as ``"1 uM"``: its line is drawn.
    molar_mass : str or Drug, optional
        Needed with a molar level.
    ax : matplotlib.axes.Axes, optional
        A figure of its own when not given.

    Returns
    -------
    matplotlib.axes.Axes
    """
    from matplotlib.colors import LogNorm

    if "concentration" not in getattr(profile, "data_vars", ()):
        raise PredictionError("this is no profile over distance; make one with distance_profile")
    reached = None if level is None else prediction.reach(profile, level, molar_mass)
    ax = surface(ax, size=(7.2, 4.2))
    values = profile.concentration.transpose("distance", "time").values
    unit, analyte = profile.concentration.attrs["units"], profile.concentration.attrs["analyte"]
    time, away = profile.time.values, profile.distance.values
    top = values[:, 1:].max() if values.shape[1] > 1 else values.max()
    if not top > 0:
        raise PredictionError("nothing is released in this profile, so there is nothing to plot")
    # Even times, so that the colours are not a picture of the grid.
    even = np.linspace(time[0], time[-1], 401)
    shown = np.array([np.interp(even, time, row) for row in values])
    seen = shown[:, 1:][shown[:, 1:] > 0]
    bottom = min(max(top / 10**DECADES, seen.min()), top / 10)
    drawn = ax.pcolormesh(even, away, np.clip(shown, bottom, top), norm=LogNorm(bottom, top), cmap="cividis",
                          shading="gouraud", rasterized=True)
    bar = ax.figure.colorbar(drawn, ax=ax, extend="min" if bottom > shown.min() else "neither")
    bar.set_label(f"{plain(analyte)} in the tissue ({unit})", color=INK)
    if reached is not None:
        line = np.where(reached.reach.values > 0, reached.reach.values, np.nan)
        ax.plot(time, line, color="white", linewidth=3.6)
        ax.plot(time, line, color=INK, linewidth=1.8, label=f"exceeded below this line: {reached.attrs['level_text']}")
    ax.grid(visible=False)
    time_axis(ax, float(time[-1]), profile.time.attrs["units"], "time since injection")
    ax.set_xlim(time[0], time[-1])
    ax.set_ylim(away[0], away[-1])
    ax.set_ylabel("distance from the surface (µm)")
    legend(ax)
    return ax
