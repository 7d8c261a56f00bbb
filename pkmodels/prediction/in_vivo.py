"""From vial to body: what is declared about how release in the body differs from release in the vial."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from .. import units
from ..errors import PredictionError, unknown


@dataclass(frozen=True, kw_only=True)
class InVivo:
    """Time in the body as a function of time in the vial, ``t_vivo = scale t_vitro^power + shift``.

    Parameters
    ----------
    scale : float
        Days in the body per (day in the vial)^power; 2 for half as fast. With a power other than 1
        it depends on the unit of time, which is the day.
    power : float
    shift : float
        Hours by which the body lags behind; below zero the body is ahead, and what the vial releases
        in that time is out at once.
    plateau : float, optional
        The share of the dose that is released in the end in the body; that of the vial when not given.
    """

    scale: float = 1.0
    power: float = 1.0
    shift: float = 0.0
    plateau: float | None = None

    def __post_init__(self):
        for name in ("scale", "power"):
            value = getattr(self, name)
            if not _number(value) or not value > 0:
                raise PredictionError(f"in_vivo: {name} = {value!r} is not possible; give a number above zero, 1 for "
                                      f"no change (t_vivo = scale t_vitro^power + shift)")
        if not _number(self.shift):
            raise PredictionError(f"in_vivo: shift = {self.shift!r} is not a time; write for example '12 h'")
        if self.plateau is not None and not (_number(self.plateau) and 0 < self.plateau <= 1):
            raise PredictionError(f"in_vivo: plateau = {self.plateau!r} is not possible; give the share released in "
                                  f"the end, above 0 and up to 1")

    @property
    def keeps_time(self):
        """Whether times in body and vial are the same."""
        return (self.scale, self.power, self.shift) == (1.0, 1.0, 0.0)

    def body_time(self, vial):
        """Hours in the body at hours in the vial."""
        return 24 * self.scale * (np.asarray(vial, dtype=float) / 24) ** self.power + self.shift

    def vial_time(self, body):
        """Hours in the vial at hours in the body; 0 before release begins."""
        return 24 * (np.maximum(np.asarray(body, dtype=float) - self.shift, 0) / (24 * self.scale)) ** (1 / self.power)

    @property
    def assumptions(self):
        """What is declared, as sentences."""
        if self.keeps_time:
            yield "Release in the body is declared to keep the times of the vial."
        else:
            power = "" if self.power == 1 else f"^{self.power:g}"
            shift = "" if self.shift == 0 else f" {'+' if self.shift > 0 else '-'} {abs(self.shift) / 24:.4g} days"
            yield (f"Release in the body is declared to run on its own time: days in the body = {self.scale:g} x "
                   f"(days in the vial){power}{shift}.")
        if self.plateau is not None:
            yield f"In the body {100 * self.plateau:.4g} % of the dose is declared to be released in the end."


def read_in_vivo(given):
    """`InVivo` from a mapping such as ``{"scale": 0.5, "shift": "12 h"}``; None stays None.

    Raises
    ------
    PredictionError
    """
    if given is None or isinstance(given, InVivo):
        return given
    if not isinstance(given, Mapping):
        raise PredictionError(f"in_vivo = {given!r} cannot be read; write for example "
                              f"{{'scale': 0.5, 'power': 1, 'shift': '12 h', 'plateau': 0.9}}")
    known = ("scale", "power", "shift", "plateau")
    found = {}
    for name, value in given.items():
        if name not in known:
            raise unknown("setting of in_vivo", name, known)
        if isinstance(value, str):
            number, unit = units.assigned(name, value)
            value = (number, unit)
        if isinstance(value, (tuple, list)):
            number, unit = value
            wanted = "h" if name == "shift" else "1"
            if units.dimension(unit) != units.dimension(wanted) or (name != "shift" and unit != "1"):
                raise PredictionError(f"in_vivo: {name} = {number:g} {unit} has the wrong unit; "
                                      f"{'write a time such as 12 h' if name == 'shift' else 'write a plain number'}")
            value = units.inside(number, unit)
        elif name == "shift" and value != 0:
            raise PredictionError(f"in_vivo: shift = {value!r} has no unit; write for example '12 h'")
        found[name] = value
    return InVivo(**found)


class Carried:
    """A release as it is declared to run in the body; everything else is that of the vial."""

    def __init__(self, release, in_vivo):
        self._release, self.in_vivo = release, in_vivo

    def __getattr__(self, name):
        return getattr(self._release, name)

    def share(self, times, environment=None, values=None):
        """Released share at hours in the body."""
        if environment is not None and not self.in_vivo.keeps_time and not environment.is_constant:
            raise PredictionError("a time scale between vial and body and surroundings that change cannot be combined; "
                                  "give one of them")
        times = np.asarray(times, dtype=float)
        share = self._release.share(self.in_vivo.vial_time(times), environment, values)
        factor = self._factor(values)
        return np.where(times > self.in_vivo.shift, share, 0.0) * factor.reshape(*factor.shape[:-1], *[1] * times.ndim)

    def eventual(self, values=None):
        """The share of dose released in the end."""
        return self._release.eventual(values) * np.squeeze(self._factor(values), axis=-1)

    def _factor(self, values):
        if self.in_vivo.plateau is None:
            return np.ones(1)
        eventual = np.asarray(self._release.eventual(values))[..., None]
        with np.errstate(divide="ignore"):
            return np.where(eventual > 0, self.in_vivo.plateau / eventual, 0.0)

    @property
    def kinks(self):
        """Hours in the body at which the release bends sharply."""
        moved = [float(self.in_vivo.body_time(k)) for k in self._release.kinks]
        return tuple(k for k in (*moved, self.in_vivo.shift) if k > 0)

    @property
    def measured_until(self):
        """Hours in the body that the last sample stands for."""
        return float(self.in_vivo.body_time(self._release.measured_until))


def carried(release, in_vivo):
    """The release in the body: that of the vial where nothing else is declared."""
    return release if release is None or in_vivo is None else Carried(release, in_vivo)


def _number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
