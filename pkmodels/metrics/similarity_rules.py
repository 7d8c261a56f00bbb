"""The rules of agencies for the similarity of release profiles, read from ``data/similarity_rules.toml``."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from .. import shelf
from ..errors import RecordError, unknown

#: Which mean has to exceed the bound for the last point that still counts.
READINGS = {
    "any": "up to the first point at which any product exceeds {bound:g} %",
    "both": "up to the first point at which both products exceed {bound:g} %",
    "reference": "up to the first point at which the reference exceeds {bound:g} %",
}
#: Means that differ by less are equal: they come from sums of decimal fractions.
_DIGITS = 9


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What an agency asks before two release profiles count as similar.

    Parameters
    ----------
    name, title : str
    units : int
        Of each product.
    least_points : int
    bound : float
        Above which a product counts as released, per cent.
    late_points : tuple of {"any", "both", "reference"}
        Whose mean ends the points that count; with several readings f2 must pass in each. The first one governs.
    exemption : {"means", "units"}
        What must exceed the bound within ``exemption_minutes`` for f2 not to be needed.
    exemption_minutes : float
    early_limit, late_limit : float
        Largest coefficient of variation at early and at other points, per cent.
    limits_excluded : bool
        Whether the limits themselves fail ("less than").
    early_points, early_minutes, early_share : float or None
        Early is: so many first points, or up to so many minutes, or that share of the points.
    f2_least : float
    silent : tuple of str
        Where the agency's own rule is not on file, and what stands in for it.
    """

    name: str
    title: str
    units: int
    least_points: int
    bound: float
    late_points: tuple
    exemption: str
    exemption_minutes: float
    early_limit: float
    late_limit: float
    f2_least: float
    limits_excluded: bool = False
    early_points: int | None = None
    early_minutes: float | None = None
    early_share: float | None = None
    silent: tuple = ()

    def counted(self, reference, test, *, reading=None, decimals=None):
        """Which points count for f2, by mean profiles in per cent (shape (..., points)); a boolean array."""
        above = {"reference": self.above(reference, decimals)}
        above["any"] = above["reference"] | self.above(test, decimals)
        above["both"] = above["reference"] & self.above(test, decimals)
        reached = above[reading or self.late_points[0]]
        # A point counts as long as none before it has reached the bound.
        before = np.cumsum(reached, axis=-1) - reached
        return before == 0

    def above(self, percent, decimals=None):
        """Whether values in per cent exceed the bound, after rounding to ``decimals`` (None: not rounded)."""
        return np.round(percent, _DIGITS if decimals is None else decimals) > self.bound

    def early(self, hours):
        """Which points are early, a boolean array."""
        hours = np.asarray(hours, dtype=float)
        if self.early_minutes is not None:
            return np.round(60 * hours, _DIGITS) <= self.early_minutes
        first = self.early_points
        if first is None:
            first = int(np.floor(round(self.early_share * len(hours), _DIGITS)))
        return np.arange(len(hours)) < first

    def limits(self, hours):
        """The limit of the coefficient of variation at each point, per cent."""
        return np.where(self.early(hours), self.early_limit, self.late_limit)

    def too_varied(self, variation, hours):
        """Whether coefficients of variation (per cent) break the limits; NaN does not."""
        limits = self.limits(hours)
        rounded = np.round(variation, _DIGITS)
        return rounded >= limits if self.limits_excluded else rounded > limits

    def described(self, reading=None):
        """Which points count, in words."""
        return READINGS[reading or self.late_points[0]].format(bound=self.bound)


@lru_cache(maxsize=1)
def rule_sets():
    """Name to `Rules` of all agencies on file."""
    path = shelf.folder("data") / "similarity_rules.toml"
    entries = dict(shelf.read_toml(path))
    common = entries.pop("common", {})
    found = {}
    for name, entry in entries.items():
        given = {key: tuple(value) if isinstance(value, list) else value for key, value in {**common, **entry}.items()}
        try:
            found[name] = Rules(name=name, **given)
        except TypeError as problem:
            raise RecordError(f"similarity_rules.toml, [{name}]: {problem}") from None
    return found


def read_rules(rules):
    """The rules of an agency by name (``"ema"``), or the given `Rules`.

    Raises
    ------
    UnknownName
        If there is no such agency; the message lists those on file.
    """
    if isinstance(rules, Rules):
        return rules
    known = rule_sets()
    name = str(rules).strip().lower()
    if name not in known:
        raise unknown("set of rules", rules, known)
    return known[name]
