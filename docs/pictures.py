"""A picture for every page of the reference: what the model does at its typical values."""

from dataclasses import replace

import numpy as np
from matplotlib.figure import Figure
from sympy import Symbol

import pkmodels as pk
from pkmodels import solve, units
from pkmodels.solve.release import Release

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7")
DASHES = ("-", "--", "-.", ":")
#: How long an effect is followed, in days, and how fast the concentration falls that drives it, per day.
FOLLOWED, FALLS = 42.0, 0.25


def draw(model, kind, path):
    """Draw one model.

    Parameters
    ----------
    model : Curve, Model or Effect
    kind : {"release", "body", "effect", "degradation"}
    path : Path
        Of an SVG.

    Returns
    -------
    str
        What the picture shows, for those who cannot see it.
    """
    hours, curves, label, said = {"release": _release, "degradation": _degradation, "body": _body,
                                  "effect": _effect}[kind](model)
    unit, length = ("days", 24.0) if hours[-1] > 96 else ("h", 1.0)
    figure = Figure(figsize=(5, 2.8), layout="constrained")
    ax = figure.subplots()
    for k, (name, values) in enumerate(curves.items()):
        ax.plot(hours / length, values, color=COLOURS[k % 4], linestyle=DASHES[k % 4], linewidth=2, label=name)
    ax.set(xlabel=f"time ({unit})", ylabel=label, xlim=(0, hours[-1] / length))
    ax.set_ylim(min(0.0, *(1.05 * values.min() for values in curves.values())))
    if len(curves) > 1:
        ax.legend(frameon=False, fontsize="small")
    ax.spines[["top", "right"]].set_visible(False)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Date": None})
    return said


def _span(share, eventual):
    """Hours until almost all of a course is over, from a day to ten years."""
    end = 24.0
    while float(share(np.array([end]))[0]) < 0.95 * eventual and end < 24 * 3650:
        end *= 1.5
    return np.linspace(0, end, 300)


def _release(model):
    release = Release(model, model.values())
    hours = _span(release.share, float(release.eventual()))
    return hours, {model.name: 100 * release.share(hours)}, "released (% of dose)", \
        f"Released share of {model.name} over time at typical values"


def _degradation(model):
    release = Release(model, model.values())
    hours = _span(release.share, float(release.eventual()))
    return hours, {model.name: 100 - 100 * release.share(hours)}, "molecular mass\n(% of that at the start)", \
        f"Molecular mass by {model.name} over time at typical values"


def _body(model):
    """What 1 mg at once makes of what the body shows."""
    dose = Symbol("dose")
    given = replace(model, start={**model.start, model.inlet: dose},
                    parameters=(*model.parameters, pk.Parameter(dose, 1.0, "mg", (0, 10), "the dose")))

    def shown(hours):
        return solve.observe(given, given.values(), hours)

    hours, absorbs = np.linspace(0, 2.0, 400), model.observed.is_Symbol  # what stands before a body shows an amount

    def over(values):
        return values[-1] >= 0.97 if absorbs else values[-1] <= 0.03 * values.max()

    while not over(shown(hours)) and hours[-1] < 24 * 90:
        hours = hours * 1.5
    if absorbs:
        return hours, {model.name: 100 * shown(hours)}, "passed on (% of the dose)", \
            f"Share of the dose that has left {model.name} over time at typical values"
    return hours, {model.name: 1000 * shown(hours)}, "concentration (ng/mL)\nafter 1 mg at once", \
        f"Concentration in {model.name} after 1 mg at once, at typical values"


def _effect(effect):
    """What a concentration that jumps up and falls again does."""
    import xarray as xr

    levels = [units.inside(p.value, p.unit) for p in effect.parameters
              if p.value > 0 and units.dimension(p.unit) == units.dimension(effect.driver_unit)]
    highest = 10 * levels[0] if levels else units.inside(1.0, effect.driver_unit)
    days = np.concatenate([[0.0], np.geomspace(0.01, FOLLOWED, 399)])
    driving = units.outside(highest * np.exp(-FALLS * days), effect.driver_unit)
    driving[0] = 0.0
    found = xr.Dataset({"plasma": ("time", driving, {"units": effect.driver_unit})},
                       coords={"time": ("time", days, {"units": "day"})}, attrs={"assumptions": "", "citations": ""})
    response = pk.respond(found, effect)
    first = next(iter(response.data_vars))
    unit = response[first].attrs["units"]
    curves = {response[name].attrs["analyte"]: response[name].values for name in response.data_vars
              if response[name].attrs["units"] == unit}
    label = response[first].attrs["analyte"] if len(curves) == 1 else "effect"
    jump = f"{units.outside(highest, effect.driver_unit):.3g} {effect.driver_unit}"
    return 24 * days, curves, label + ("" if unit == "1" else f" ({unit})"), \
        f"What a concentration that jumps to {jump} and falls by half every {np.log(2) / FALLS:.2g} days does by " \
        f"{effect.name}"
