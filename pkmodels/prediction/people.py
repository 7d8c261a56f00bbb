"""People: how patients differ, drawn so that patient k is the same however many there are."""

import math
import zlib
from collections.abc import Mapping

import numpy as np

from .. import units
from ..errors import PredictionError, unknown
from .cards.variability import Variability

#: Patients are drawn in chunks of this many, each with a seed of its own.
CHUNK = 4096
#: How often a person who cannot be (a share above 1, a volume below zero) is drawn again.
_ATTEMPTS = 1000


def variability_of(drug, given=None, typical=None, depot=None):
    """How people differ: the card's variability, and what the user declares on top of it or instead.

    Parameters
    ----------
    drug : Drug
        Whose card says how people vary (`Drug.variability`), as far as it does.
    given : mapping, optional
        Name to the coefficient of variation of a log-normal, ``{"clearance": 0.3}``; with a distribution,
        ``{"clearance": (0.3, "normal")}``. It takes the place of the card's own; 0 for none. Correlations
        of the card are kept.
    typical : mapping, optional
        Values (units used inside) of further parameters that may vary, such as those of the release.
    depot : Depot, optional
        The published depot of the card where it is the release: its parameters vary as published, too.

    Returns
    -------
    Variability

    Raises
    ------
    PredictionError, UnknownName
        For a name that is no parameter or a number that is no coefficient of variation.
    """
    if not isinstance(given, Mapping | None):
        raise PredictionError(f"variability = {given!r} is not possible; give parameters and their coefficients of "
                              f"variation, such as {{'clearance': 0.3}}")
    values = {name: units.inside(p.value, p.unit) for name, p in drug.parameters.items()}
    values |= {"bioavailability": drug.bioavailability, **(typical or {})}
    card = drug.variability if depot is None else drug.variability.beside(depot.variability)
    names, scales = list(card.names), list(card.scales)
    covariance, remarks = np.array(card.covariance, dtype=float), []
    if names:
        said = ", ".join(f"{name} {_spread(scale, math.sqrt(v), values[name])}" for name, scale, v in
                         zip(names, scales, np.diag(covariance), strict=True))
        remarks = [f"Between patients, from the card of {drug.name}: {said}.", *card.remarks]
    for name, what in (given or {}).items():
        if name not in values:
            raise unknown("parameter that may vary", name, values)
        cv, scale = _declared(name, what)
        spread = math.sqrt(math.log1p(cv**2)) if scale == "log" else cv * values[name]
        if name in names:
            k = names.index(name)
            before = math.sqrt(covariance[k, k])
            covariance[k], covariance[:, k] = covariance[k] * spread / before, covariance[:, k] * spread / before
            covariance[k, k], scales[k] = spread**2, scale
        else:
            names, scales = [*names, name], [*scales, scale]
            covariance = np.pad(covariance, (0, 1))
            covariance[-1, -1] = spread**2
        how = "log-normal" if scale == "log" else "normal"
        remarks.append(f"{name[0].upper()}{name[1:]} varies between patients with a coefficient of variation of "
                       f"{100 * cv:g} % ({how}), as declared by the user"
                       + (" instead of the card's." if name in card.names else "."))
    kept = [k for k in range(len(names)) if covariance[k, k] > 0]
    everything = (*drug.parameters, *(depot.parameters if depot else ()))
    still = [name for name in everything if name not in [names[k] for k in kept]]
    if still:
        remarks.append(f"No variation between patients is given for {', '.join(still)}: all patients have the card's "
                       f"value, so the true spread is wider.")
    return Variability(tuple(names[k] for k in kept), tuple(scales[k] for k in kept),
                       tuple(float(values[names[k]]) for k in kept), covariance[np.ix_(kept, kept)], tuple(remarks))


def people(variability, count, seed, first=0, allowed=None):
    """The parameters of patients ``first`` to ``first + count``.

    Parameters
    ----------
    variability : Variability
    count, seed, first : int
    allowed : mapping of str to (float, float), optional
        Bounds, in the units used inside, within which a person is possible.

    Returns
    -------
    dict of str to array (count,)
        Only of what varies.
    int
        How many of them had to be drawn again.
    """
    found, again = [], 0
    for chunk in range(first // CHUNK, -(-(first + count) // CHUNK)):
        drawn, redrawn = _chunk(variability, seed, chunk, allowed or {})
        begin, end = max(first - chunk * CHUNK, 0), min(first + count - chunk * CHUNK, CHUNK)
        found.append(drawn[:, begin:end])
        again += int(redrawn[begin:end].sum())
    together = np.concatenate(found, axis=1) if found else np.empty((len(variability.names), 0))
    return dict(zip(variability.names, together, strict=True)), again


def _chunk(variability, seed, chunk, allowed):
    """All people of one chunk, (names, CHUNK), and which of them were drawn again."""
    names = variability.names
    values, vectors = np.linalg.eigh(variability.covariance) if names else (np.empty(0), np.empty((0, 0)))
    root = (vectors * np.sqrt(np.clip(values, 0, None))) @ vectors.T  # symmetric: no name comes first
    drawn, wrong = np.empty((len(names), CHUNK)), np.ones(CHUNK, dtype=bool)
    again = np.zeros(CHUNK, dtype=bool)
    for attempt in range(_ATTEMPTS):
        # Every name has a stream of its own: a further name that varies leaves the others' draws as they are.
        normal = np.array([np.random.default_rng([seed, chunk, attempt, zlib.crc32(name.encode())])
                           .standard_normal(CHUNK) for name in names]).reshape(len(names), CHUNK)
        new = variability.individual((root @ normal).T)
        fine = np.ones(CHUNK, dtype=bool)
        for k, name in enumerate(names):
            drawn[k, wrong] = new[name][wrong]
            low, high = allowed.get(name, (0.0, np.inf))
            fine &= (drawn[k] > 0) & (drawn[k] >= low) & (drawn[k] <= high)
        wrong = ~fine
        if not wrong.any():
            return drawn, again
        again |= wrong
    raise PredictionError(f"with this variability ({', '.join(names)}) hardly anyone is possible: nearly every patient "
                          f"drawn is beyond the bounds of a parameter; give a smaller variability")


def _declared(name, what):
    """(coefficient of variation, scale) of what a user has declared."""
    cv, how = what if isinstance(what, tuple) and len(what) == 2 else (what, "log-normal")
    if how not in ("log-normal", "normal"):
        raise PredictionError(f"variability of {name}: {how!r} is not possible; choose 'log-normal' or 'normal', as in "
                              f"{{'{name}': (0.3, 'normal')}}")
    if isinstance(cv, bool) or not isinstance(cv, (int, float)) or not 0 <= cv < math.inf:
        raise PredictionError(f"variability of {name} = {cv!r} is not possible; give a coefficient of variation from 0 "
                              f"on, such as 0.3 for 30 %")
    if cv > 5:
        raise PredictionError(f"variability of {name} = {cv:g} looks like per cent; write {cv / 100:g} for {cv:g} %")
    return float(cv), "log" if how == "log-normal" else "natural"


def _spread(scale, sd, typical):
    """A spread in words."""
    if scale == "log":
        return f"{100 * math.sqrt(math.expm1(sd**2)):.3g} % (log-normal)"
    if scale == "logit":
        return f"standard deviation {sd:.3g} of the logit"
    return f"{100 * sd / typical:.3g} % (normal)"
