"""Measured release data: read, check and hold."""

from .reading import read_study
from .study import Study

__all__ = ["Study", "read_study"]
