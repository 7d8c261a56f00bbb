"""The first 60 % of release: power laws fitted and ranked apart, and what the exponent says of the mechanism."""

import math
from dataclasses import dataclass, replace

import numpy as np

from ..errors import FitError, unknown

#: Share of the dose up to which the power law is held to speak of a mechanism.
LIMIT = 0.6
POWER_LAWS = ("korsmeyer_peppas", "peppas_sahlin")
#: Exponent of diffusion, and of transport ruled by relaxation (case II), by geometry.
EXPONENTS = {"slab": (0.5, 1.0), "cylinder": (0.45, 0.89), "sphere": (0.43, 0.85)}


@dataclass(frozen=True)
class Mechanism:
    """What a release exponent is compatible with.

    ``n``, ``low`` and ``high`` are the exponent and its 95 % interval (NaN where unknown); ``words`` names the
    mechanisms that lie within it.
    """

    n: float
    low: float
    high: float
    geometry: str
    words: str

    def __repr__(self):
        diffusion, relaxation = EXPONENTS[self.geometry]
        sure = f" (95 % interval {self.low:.2f} to {self.high:.2f})" if math.isfinite(self.low) else ""
        return (f"n = {self.n:.2f}{sure}: {self.words}. For a {self.geometry}, diffusion has n = {diffusion:g} and "
                f"relaxation (case II) {relaxation:g}, as commonly given; many sizes, and a burst, lower n "
                f"without another mechanism")


def first_part(study, limit=LIMIT):
    """The points of a curve before release first passes ``limit`` (share of the dose).

    Raises
    ------
    FitError
        If fewer than three sampling times remain.
    """
    times, released = study.times, study.released
    seen = np.unique(times)
    mean = np.array([released[times == time].mean() for time in seen])
    beyond = seen[mean > limit]
    kept = times < beyond[0] if len(beyond) else np.ones(len(times), dtype=bool)
    left = len(np.unique(times[kept & (times > 0)]))
    if left < 3:
        raise FitError(f"{study.source} formulation {study.formulations[0]} has {left} sampling times after the start "
                       f"up to {100 * limit:g} % of the dose; a power law needs three, sample earlier")
    return replace(study.without(~kept), notes=(*study.notes, f"only points up to {100 * limit:g} % of the dose"))


def beyond_mechanism(model, study):
    """Verdict on a power law that was fitted to more than the part of a curve of which it speaks."""
    above = int(np.sum(study.released > LIMIT))
    if model.name.split("+")[0] in POWER_LAWS and above:
        yield (f"{above} of {len(study.times)} points lie above {100 * LIMIT:g} % of the dose, where the exponent says "
               f"nothing of a mechanism: take it from the first part alone (compare_early and mechanism in Python), or "
               f"delete the later rows")


def compare_early(study, models=("korsmeyer_peppas", "higuchi", "zero_order"), *, limit=LIMIT, **given):
    """Rank power laws over the first part of a curve; AICc compares only fits to the same points.

    Parameters
    ----------
    study : Study
        Of one formulation.
    models : sequence of str
    limit : float
        Share of the dose.
    given
        As in `compare`.

    Returns
    -------
    Comparison
    """
    from . import compare

    return compare(first_part(study, limit), models, **given)


def mechanism(fit, geometry):
    """What the exponent of a Korsmeyer-Peppas fit speaks for.

    Parameters
    ----------
    fit : Fit
        Of ``korsmeyer_peppas`` to points up to 60 % of the dose (see `compare_early`).
    geometry : {"slab", "cylinder", "sphere"}
        Of the carrier.

    Returns
    -------
    Mechanism

    Raises
    ------
    FitError
        If the fit is of another model, or holds points beyond 60 % of the dose.
    UnknownName
        For another geometry.
    """
    if geometry not in EXPONENTS:
        raise unknown("geometry", geometry, EXPONENTS)
    if fit.model.name.split("+")[0] != "korsmeyer_peppas":
        raise FitError(f"{fit.model.name} has no release exponent; fit korsmeyer_peppas to the first 60 % of release")
    if fit.study.released.max() > LIMIT + 0.02:
        raise FitError(f"this fit reaches {100 * fit.study.released.max():.0f} % of the dose, and the exponent speaks "
                       f"of a mechanism up to {100 * LIMIT:g} % only; take compare_early(study)['korsmeyer_peppas']")
    n = fit.values["n"]
    low, high = fit.intervals["n"]
    diffusion, relaxation = EXPONENTS[geometry]
    if not math.isfinite(low):
        low = high = math.nan
    first, last = (n, n) if math.isnan(low) else (low, high)
    if first <= diffusion <= last and not first <= relaxation <= last:
        words = "compatible with diffusion (Fickian)"
    elif first <= relaxation <= last and not first <= diffusion <= last:
        words = "compatible with relaxation or erosion at a constant rate (case II)"
    elif first <= diffusion and relaxation <= last:
        words = "these points do not decide between diffusion and relaxation"
    elif n < diffusion:
        words = "less than diffusion alone would give (a burst, many sizes, or a share that is bound)"
    elif n < relaxation:
        words = "diffusion and relaxation together (anomalous transport)"
    else:
        words = "quicker than case II (erosion that speeds up, or a lag)"
    return Mechanism(n, low, high, geometry, words)
