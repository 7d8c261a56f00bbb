"""Predictions that begin at steady state: the same doses were given before time 0, as many as matter."""

import functools
import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from ..errors import PredictionError
from ..solve import linear
from ..surroundings import read_environment
from . import predicting
from .asked import asked
from .chain import Body
from .disposition import linear_body
from .doses import Regimen
from .drug import Drug, read_drug
from .in_vivo import carried, read_in_vivo
from .lines import lines, storable
from .regimen import read_regimen
from .site import read_site
from .sources import as_release

#: What all doses before those that are counted would add to the first concentration, as a share of it, at most.
LEFT_OUT = 1e-6
MOST = 400


@functools.wraps(predicting.predict)
def predict(release, **given):
    said = asked(release, **{name: each for name, each in given.items() if name != "progress"})
    return _predict(release, **given).assign_attrs(asked=said)


def _predict(release, *, drug=None, regimen=None, days=None, **settings):
    regimen = read_regimen(regimen) if isinstance(regimen, str) else regimen
    if not getattr(regimen, "steady", False):
        found = predicting.predict(release, drug=drug, regimen=regimen, days=days, **settings)
        return found if regimen is None else found.assign_attrs(_amounts(regimen, found))
    if isinstance(release, Mapping):
        raise PredictionError(f"'{regimen}' begins at steady state, which is that of one product; give a regimen of "
                              f"several products from its first dose on")
    if not isinstance(drug, (str, Path, Drug)):
        return predicting.predict(release, drug=drug, regimen=regimen, days=days, **settings)
    release = as_release(release, settings.pop("values", None))
    surroundings = settings.get("environment")
    if surroundings is None:
        surroundings = {} if release is None else release.origin.get("environment", {})
    settings["environment"] = surroundings = read_environment(surroundings)
    if not surroundings.is_constant:
        raise PredictionError(f"'{regimen}' begins at steady state, for which the surroundings must have been the same "
                              "for long; give surroundings that do not change, or a regimen that begins with its first "
                              "dose")
    site = read_site(settings["site"]) if settings.get("site") is not None else None
    if site is not None and site.breakpoints:
        raise PredictionError(f"'{regimen}' begins at steady state, for which the {site.tissue} must have been the "
                              f"same for long; give a site that does not change, or a regimen that begins with its "
                              f"first dose")
    horizon = predicting.horizon_hours(days, regimen)
    drug = read_drug(drug) if not isinstance(drug, Drug) else drug
    body = _matrix(drug, site, release is None)
    count, left = _doses_before(carried(release, read_in_vivo(settings.get("in_vivo"))), *body, regimen.parts[0],
                                surroundings)
    lead = count * regimen.parts[0].interval_hour
    times = settings.pop("times", None)
    later = None if times is None else predicting.asked_hours(times, horizon) / 24 + lead / 24
    found = predicting.predict(release, drug=drug, regimen=_longer(regimen, count, lead), days=(horizon + lead) / 24,
                               times=later, **settings)
    found = _cropped(found, regimen, lead, count, left, times)
    if times is None or release is None:
        return found
    # Times that were asked for lie behind the earlier doses, where the first of them has long released its drug.
    alone = {name: each for name, each in settings.items() if name in (
        "environment", "in_vivo", "unreleased", "draws", "seed")}
    own = predicting.predict(release, days=horizon / 24, times=times, **alone)
    return found.assign({name: own[name] for name in ("released", "released_draws") if name in own})


def _matrix(drug, site, into_blood):
    """Matrix and entry of the body, with its tissue where there is one, of the states that drug leaves again."""
    if site is None:
        matrix, entry, _ = linear_body(drug)
    else:
        linear_body(drug)
        body = Body(drug, "ng/mL", site, into_blood=into_blood)
        matrix, entry = body.matrix, body.entry
    leaves = np.diag(matrix) < 0
    if np.any(entry[~leaves]):
        raise PredictionError(f"there is no steady state: drug cannot leave the {site.tissue if site else 'body'}; "
                              f"give a regimen that begins with its first dose")
    return matrix[np.ix_(leaves, leaves)], entry[leaves]


def _doses_before(release, matrix, entry, part, environment):
    """How many earlier doses matter, and what those before them would still add (a share of one dose)."""
    slowest = -np.linalg.eigvals(matrix).real.max()
    eventual = 1.0 if release is None else float(release.eventual())
    # Of all doses before the last one that is counted, each one interval older: a geometric sum.
    together = -1 / math.expm1(-slowest * part.interval_hour)
    for count in range(1, MOST + 1):
        since = count * part.interval_hour
        out = eventual if release is None else float(release.share(np.array([since]), environment)[0])
        inside, held = max(eventual - out, 0.0), float(np.sum(linear.exponentials(matrix, [since])[0] @ entry))
        still = together * max(held, math.exp(-slowest * since))
        if inside / max(eventual, 1e-300) < LEFT_OUT and still < LEFT_OUT:
            return count, 0.0
    return MOST, inside / max(eventual, 1e-300) + still


def _longer(regimen, count, lead):
    """The regimen with its earlier doses in front, on a clock that begins with them."""
    first, *others = regimen.parts
    total = None if first.count is None else first.count + count
    whole = replace(first, start_hour=0.0, count=total, steady=False,
                    words=first.words.replace(" from steady state", ""))
    moved = [replace(part, start_hour=part.start_hour + lead,
                     times_hour=None if part.times_hour is None else tuple(t + lead for t in part.times_hour))
             for part in others]
    return Regimen(regimen.text, (whole, *moved))


def _cropped(found, regimen, lead, count, left, times):
    """The prediction from time 0 on."""
    days = found["time"].values - lead / 24
    room = 1e-9 * (abs(days[-1]) + lead / 24)
    first = int(np.searchsorted(days, -room))
    kept = found.isel(time=slice(first, None))
    shown = np.maximum(days[first:], 0.0) if times is None else np.asarray(times, dtype=float)
    kept = kept.assign_coords(time=("time", shown, found["time"].attrs))
    # The released share of a dose at time 0 is that of the first dose of all.
    length = len(kept["time"])
    for name in ("plasma", "local"):
        if "highest_at" in kept.get(name, found).attrs:
            kept[name].attrs["highest_at"] -= lead / 24
    for name in ("released", "released_draws"):
        if name in found and times is None:
            early = np.searchsorted(found["time"].values, shown + room, side="right") - 1
            kept[name] = (found[name].dims, found[name].values[..., early[:length]], found[name].attrs)
    said = [f"{count} earlier doses, every {regimen.parts[0].interval_hour / 24:g} days, stand for the steady state at "
            f"which the prediction begins; "
            + (f"doses before them would add less than {LEFT_OUT:g} of a dose (by the central curve)." if not left else
               f"doses before them may still add {100 * left:.2g} % of a dose: release or elimination is that slow.")]
    if "ratio_auc" in found:
        said.append("The ratio by area counts from the first of these earlier doses; at steady state it is the "
                    "eventual one.")
    doses = [day - lead / 24 for day in found.attrs["dose_times"]]
    attributes = {**found.attrs, "dose_times": [max(day, 0.0) for day in doses if day > -1e-9],
                  "regimen": str(regimen), "assumptions": storable([*lines(found.attrs, "assumptions"), *said])}
    if "last_interval_end" in attributes:
        attributes["last_interval_end"] -= lead / 24
    return kept.assign_attrs(attributes | _amounts(regimen, kept.assign_attrs(attributes)))


def _amounts(regimen, found):
    """Amount and duration of every dose that the prediction holds, for exposure analysis."""
    horizon = max(found.attrs["dose_times"], default=0.0) * 24
    doses = regimen.doses(horizon + 1e-6)[: len(found.attrs["dose_times"])]
    return {"dose_amounts_mg": [dose.amount_mg for dose in doses],
            "dose_durations_hour": [dose.duration_hour for dose in doses]}
