"""Measured data, of release and in plasma: read, check and hold.

Names are loaded on first use: pandas loads slowly, and much that reads words of headers holds no data.
"""

import importlib

_HOME = {"Plasma": "plasma", "Study": "study", "read_plasma": "plasma_reading", "read_study": "reading"}

__all__ = ["Plasma", "Study", "read_plasma", "read_study"]


def __getattr__(name):
    if name not in _HOME:
        raise AttributeError(f"pkmodels.studies has no '{name}'")
    found = getattr(importlib.import_module(f".{_HOME[name]}", __name__), name)
    globals()[name] = found
    return found
