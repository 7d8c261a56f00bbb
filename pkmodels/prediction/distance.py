"""How far drug gets from a bead or a depot, and for how long."""

import math

import numpy as np

from .. import __version__, units
from ..environment import Environment
from ..errors import PredictionError
from ..solve import around_sphere
from .assumptions import too_much
from .grid import since_dose
from .in_vivo import carried, read_in_vivo
from .predicting import horizon_hours
from .sources import as_release

#: Points of the map that is made when none are asked for.
TIMES, DISTANCES = 120, 81
#: Steps before each time, the shortest in hours.
STEPS, SHORTEST, EVEN = 320, 1e-5, 161
_EXAMPLES = {"dose": ("mg", "10 mg"), "radius": ("um", "150 um"), "diffusion": ("cm**2/s", "1e-6 cm**2/s"),
             "loss": ("1/h", "0.5 1/h"), "spread_over": ("mL", "20 mL"), "molar_mass": ("g/mol", "543.5 g/mol")}


def distance_profile(release, *, dose, radius, diffusion, loss=None, carriers=1, spread_over=None, days, values=None,
                     in_vivo=None, times=None, distances=None, analyte="drug", concentration_unit="ng/mL"):
    """Concentration in the tissue around one of ``carriers`` equal spheres, over distance and time.

    Diffusion and first-order loss (blood that carries drug off, metabolism) around a sphere whose
    released drug crosses its surface. Alone, or among neighbours that share the tissue evenly: then
    each has a cell of radius b = (3 V/(4 pi n))^(1/3) whose wall no drug crosses.

    Parameters
    ----------
    release : Fit, Release, str or path
        As in `predict`.
    dose : str
        Of all carriers together, such as ``"10 mg"``.
    radius : str
        Of one carrier, such as ``"150 um"``.
    diffusion : str
        Apparent diffusion coefficient in the tissue, such as ``"1e-6 cm**2/s"``. None ships: it
        differs between drugs and tissues.
    loss : str, optional
        First-order rate at which tissue loses drug, such as ``"0.5 1/h"``; none when not given.
    carriers : int
    spread_over : str, optional
        The volume of tissue that they share evenly, such as ``"20 mL"``; one carrier alone in endless
        tissue when not given.
    days : float
    values, in_vivo
        As in `predict`.
    times : array, optional
        Days.
    distances : array, optional
        From the surface, in um.
    analyte, concentration_unit : str

    Returns
    -------
    xarray.Dataset
        ``concentration(time, distance)``; attributes hold what was given, the penetration depth
        √(D/k), the cell's radius and the assumptions.

    Raises
    ------
    PredictionError, UnitError
    """
    given = {"dose": dose, "radius": radius, "diffusion": diffusion, "loss": loss, "spread_over": spread_over}
    number = {name: _quantity(name, text) for name, text in given.items() if text is not None}
    loss_rate, wall = number.get("loss", 0.0), _wall(number, carriers)
    release = carried(as_release(release, values), read_in_vivo(in_vivo))
    if release is None:
        raise PredictionError("a profile over distance needs a carrier; give a fit, a record or a model")
    if units.dimension(concentration_unit) != units.dimension("mg/L"):
        raise PredictionError(f"'{concentration_unit}' is not a mass concentration; write for example ng/mL")
    horizon = horizon_hours(days, None)
    hours = _times(times, horizon)
    away = _distances(distances, number, loss_rate, wall, horizon)
    place = {"radius": number["radius"], "diffusion": number["diffusion"], "loss": loss_rate, "wall": wall}
    per_carrier = number["dose"] / carriers
    found = per_carrier * _convolved(release, hours, away, place) / units.inside(1.0, concentration_unit)
    return _dataset(found, hours, away, given, place, release, carriers, analyte, concentration_unit)


def reach(profile, level, molar_mass=None):
    """How far the concentration stays above a level at each time, and how long at each distance.

    Parameters
    ----------
    profile : xarray.Dataset
        From `distance_profile`.
    level : str
        Such as ``"1 uM"`` or ``"500 ng/mL"``.
    molar_mass : str, Drug or Number, optional
        Such as ``"543.5 g/mol"``; needed with a molar level.

    Returns
    -------
    xarray.Dataset
        ``reach(time)`` in um from the surface (0 where even the surface is below, up to the edge of
        the map), ``time_above(distance)`` in days; the attribute ``sentences`` says it in words.

    Raises
    ------
    PredictionError, UnitError
    """
    import xarray as xr

    if "concentration" not in getattr(profile, "data_vars", ()):
        raise PredictionError("reach needs a profile over distance; make one with distance_profile")
    unit = profile.concentration.attrs["units"]
    limit = _level(level, unit, molar_mass)
    values = profile.concentration.transpose("time", "distance").values
    away, days = profile.distance.values, profile.time.values
    far = np.array([_last_above(away, row, limit) for row in values])
    lasting = np.array([_time_above(days, column, limit) for column in values.T])
    words = f"{level}" + (f" ({limit:.4g} {unit})" if level.split()[-1] != unit else "")
    edge = far.max() >= away[-1]
    wall = profile.attrs.get("cell_radius_um", np.inf) - profile.attrs.get("radius_um", 0)
    whole = edge and away[-1] >= wall * (1 - 1e-6)
    said = []
    if far.max() == 0:
        said.append(f"{words} is never reached, not even at the surface.")
    else:
        when = days[int(far.argmax())]
        where = f"in the whole cell, {far.max():.3g} um from the surface" if whole else \
            f"up to {'at least ' if edge else ''}{far.max():.3g} um from the surface"
        said.append(f"{words} is exceeded {where} (first on day {when:.3g}).")
        said.append(f"At the surface it is exceeded for {lasting[0]:.3g} of {days[-1]:.3g} days, "
                    f"at {far.max() / 2:.3g} um for {np.interp(far.max() / 2, away, lasting):.3g} days.")
    if edge and not whole:
        said.append("The map ends before the level does: ask for larger distances.")
    return xr.Dataset(
        {"reach": ("time", far, {"units": "um", "long_name": f"distance up to which {words} is exceeded"}),
         "time_above": ("distance", lasting, {"units": "day", "long_name": f"time above {words}"})},
        coords={"time": profile.time, "distance": profile.distance},
        attrs={"level": limit, "level_unit": unit, "level_text": words, "sentences": said})


def _convolved(release, hours, away, place):
    """Concentration (times, distances) per milligram of dose, from exact mass increments of the release.

    Each time has steps of its own: short just before it, where the tissue near the carrier follows
    the release at once, and short wherever the release bends.
    """
    last = float(hours[-1])
    bends = since_dose(lambda since: release.share(since, Environment())[None], last, release.kinks)
    before = np.geomspace(min(SHORTEST, last / 2), last, STEPS)
    moments = [np.unique(np.concatenate([np.linspace(0, hour, EVEN), hour - before[before < hour],
                                         bends[bends < hour]])) for hour in hours]
    shares = release.share(np.concatenate(moments), Environment())
    at_once = float(release.share(np.array([1e-150]))[0])
    found = at_once * around_sphere.impulse_response(away, hours, **place)
    for j, (hour, source) in enumerate(zip(hours, moments, strict=True)):
        out, shares = shares[: len(source)].copy(), shares[len(source):]
        if hour > 0:
            out[0] = at_once
            # What is released evenly within a step answers as the difference of two steps of the rate.
            change = np.diff(np.diff(out) / np.diff(source), prepend=0.0, append=0.0)
            found[j] += change @ around_sphere.step_response(away, hour - source, **place)
    return np.maximum(found, 0.0)


def _quantity(name, text):
    """A number in the units used inside, above zero."""
    kind, example = _EXAMPLES[name]
    try:
        value, unit = units.quantity(text, kind, example)
    except ValueError as problem:
        if name == "diffusion":
            raise PredictionError(f"diffusion: {problem}. No value ships with pkmodels: it differs between drugs and "
                                  f"tissues") from None
        raise PredictionError(f"{name}: {problem}") from None
    if not (value > 0 or (value == 0 and name == "loss")) or not math.isfinite(value):
        raise PredictionError(f"{name} = {text} is not possible; give a value above zero, such as {example}")
    return units.inside(value, unit)


def _wall(number, carriers):
    if isinstance(carriers, bool) or not isinstance(carriers, int) or carriers < 1:
        raise PredictionError(f"carriers = {carriers!r} is not possible; give a whole number from 1 on")
    if "spread_over" not in number:
        if carriers > 1:
            raise PredictionError(f"{carriers} carriers share a tissue; say over which volume they are spread, such as "
                                  f"spread_over='20 mL'")
        return None
    wall = around_sphere.cell_radius(carriers, number["spread_over"])
    if wall <= number["radius"] * (1 + 1e-6):
        raise PredictionError(f"{carriers} carriers of this radius fill the volume: each has room up to "
                              f"{units.outside(wall, 'um'):.3g} um, its own radius is "
                              f"{units.outside(number['radius'], 'um'):.3g} um")
    return float(wall)


def _times(times, horizon):
    if times is None:
        even = np.linspace(0, horizon, TIMES // 2 + 1)[1:]
        early = np.geomspace(min(1 / 60, horizon / 1e3), horizon, TIMES // 2)
        return np.unique(np.concatenate([[0.0], even, early]))
    hours = np.asarray(times, dtype=float) * 24
    if hours.ndim != 1 or not len(hours) or not np.all(np.isfinite(hours)) or hours[0] < 0 or \
            np.any(np.diff(hours) <= 0) or hours[-1] > horizon * (1 + 1e-12) or hours[-1] == 0:
        raise PredictionError("times must be rising numbers of days between 0 and 'days'")
    return hours


def _distances(distances, number, loss, wall, horizon):
    if distances is not None:
        away = units.inside(np.asarray(distances, dtype=float), "um")
        room = math.inf if wall is None else (wall - number["radius"]) * (1 + 1e-9)
        if away.ndim != 1 or not len(away) or not np.all(np.isfinite(away)) or away[0] < 0 or \
                np.any(np.diff(away) <= 0) or away[-1] > room:
            limit = "" if wall is None else f", up to the wall of the cell at {units.outside(room, 'um'):.5g} um"
            raise PredictionError(f"distances must be rising numbers of um from the surface{limit}")
        return away
    if wall is not None:
        return np.linspace(0, wall - number["radius"], DISTANCES)
    spread = 4 * math.sqrt(number["diffusion"] * horizon)
    decay = 8 * math.sqrt(number["diffusion"] / loss) if loss else math.inf
    return np.linspace(0, min(spread, decay, 20 * number["radius"] + 0.05), DISTANCES)


def _level(text, unit, molar_mass):
    value, given = units.quantity(text, unit if units.dimension(unit) == _dimension(text) else "mol/L", "1 uM")
    if not value > 0:
        raise PredictionError(f"the level {text} must be above zero")
    if units.dimension(given) == units.dimension(unit):
        return float(units.convert(value, given, unit))
    if molar_mass is None:
        raise PredictionError(f"'{text}' counts molecules and the profile is in {unit}; give the molar mass, such as "
                              f"molar_mass='543.5 g/mol'")
    molar_mass = getattr(molar_mass, "molar_mass", molar_mass)
    if molar_mass is None:
        raise PredictionError("the card of this drug has no molar mass; give it, such as molar_mass='543.5 g/mol'")
    if hasattr(molar_mass, "value"):
        molar_mass = f"{molar_mass.value:.15g} {molar_mass.unit}"
    return float(units.inside(value, given) * _quantity("molar_mass", molar_mass) / units.inside(1.0, unit))


def _dimension(text):
    words = str(text).split(None, 1)
    try:
        return units.dimension(words[1]) if len(words) == 2 else None
    except ValueError:
        return None


def _last_above(away, row, limit):
    """The largest distance at which a falling curve is still above; log-linear between points."""
    above = np.flatnonzero(row >= limit)
    if not len(above):
        return 0.0
    k = above[-1]
    if k == len(away) - 1:
        return float(away[-1])
    if row[k + 1] <= 0:
        return float(away[k])
    part = math.log(row[k] / limit) / math.log(row[k] / row[k + 1])
    return float(away[k] + part * (away[k + 1] - away[k]))


def _time_above(days, column, limit):
    """Time above, the curve taken as straight between points."""
    a, b, span = column[:-1] - limit, column[1:] - limit, np.diff(days)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where((a >= 0) & (b >= 0), 1.0, np.where((a < 0) & (b < 0), 0.0,
                         np.maximum(a, b) / np.abs(a - b)))
    return float(np.sum(share * span))


def _dataset(found, hours, away, given, place, release, carriers, analyte, unit):
    import xarray as xr

    said = {"dose": given["dose"], "radius_um": units.outside(place["radius"], "um"), "carriers": carriers,
            "diffusion_cm2_per_s": units.outside(place["diffusion"], "cm**2/s"), "loss_per_h": place["loss"],
            "model": release.model.name, "analyte": analyte, "pkmodels_version": __version__,
            "citations": list(release.model.references)}
    assumed = ["The tissue around the carrier is alike everywhere: one diffusion coefficient and one rate of loss, as "
               "you gave them.", "Drug in the blood that comes back from the body is left out."]
    if place["loss"]:
        said["penetration_um"] = units.outside(math.sqrt(place["diffusion"] / place["loss"]), "um")
    else:
        assumed.append("No loss was given: without blood flow or metabolism drug only spreads.")
    if place["wall"] is not None:
        said["cell_radius_um"] = units.outside(place["wall"], "um")
        assumed.append(f"{carriers} carriers share the tissue evenly; no drug crosses the middle between two, "
                       f"{said['cell_radius_um']:.4g} um from the centre of each.")
    assumed += too_much(found[1:] if len(found) > 1 else found, unit, "tissue around the carrier")
    return xr.Dataset(
        {"concentration": (("time", "distance"), found,
                           {"units": unit, "long_name": f"{analyte} in the tissue", "analyte": analyte})},
        coords={"time": ("time", hours / 24, {"units": "day", "long_name": "time since injection"}),
                "distance": ("distance", units.outside(away, "um"),
                             {"units": "um", "long_name": "distance from the surface"})},
        attrs=said | {"assumptions": assumed})
