"""What the points of a curve show by themselves, before any model: where they begin, and whether they level off."""

from dataclasses import dataclass

import numpy as np

from .. import catalogue, units
from ..errors import PkmodelsError

#: More than this share of the dose at time 0 is no error of an assay: something was out before the first sample.
BEGUN = 0.03
#: What can begin there; a ranking of such points that names no models tries these too.
WITH_INITIAL = tuple(f"{name}+initial" for name in (
    "zero_order", "first_order", "higuchi", "korsmeyer_peppas", "weibull", "hill", "biexponential"))
#: Points level off that rise by less than this part of their end in the second half of the time,
STEADY = 0.05
#: and leave the rest open where they end below this share of the dose.
WHOLE = 0.95


@dataclass(frozen=True)
class Level:
    """Points that hardly rise in the second half of the time: from ``before`` at ``hour`` to ``end`` (shares)."""

    hour: float
    before: float
    end: float

    def words(self, unit):
        """Such as: level off at 82 % of the dose (80 % at 12 h)."""
        return (f"level off at {100 * self.end:.0f} % of the dose ({100 * self.before:.0f} % at "
                f"{units.outside(self.hour, unit):.4g} {unit})")


def begun(study):
    """Share that is out at time 0 (mean of the replicates), or 0 where that is no more than an error of measurement."""
    first = study.released[study.times == 0]
    share = float(first.mean()) if len(first) else 0.0
    return share if share > BEGUN else 0.0


def ranked(study):
    """The models that a ranking of these points tries when none are named."""
    return (*catalogue.list_ranked(), *(WITH_INITIAL if begun(study) else ()))


def level(study):
    """Where the points level off below the whole dose, or None."""
    times = np.unique(study.times)
    late = times[times >= times[-1] / 2]
    if len(late) < 2:
        return None
    mean = np.array([study.released[study.times == time].mean() for time in late])
    end = float(mean[-1])
    if not 0 < end < WHOLE or np.ptp(mean) > STEADY * end:
        return None
    return Level(float(late[0]), float(mean[0]), end)


def remedy(model, modifier, otherwise):
    """What to take for a model that lacks ``modifier``: it with that on, or else ``otherwise``."""
    name = f"{model.name}+{modifier}"
    try:
        catalogue.get_model(name)
    except PkmodelsError:
        return f"Take {otherwise}"
    return f"Take {name}"
