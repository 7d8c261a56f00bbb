"""Measured data, of release and in plasma: read, check and hold."""

from .plasma import Plasma
from .plasma_reading import read_plasma
from .reading import read_study
from .study import Study

__all__ = ["Plasma", "Study", "read_plasma", "read_study"]
