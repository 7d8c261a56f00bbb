"""Measured data, of release and in plasma: read, check and hold.

Names are loaded on first use: pandas loads slowly, and much that reads words of headers holds no data.
"""

from .. import on_first_use

__all__ = ["Plasma", "Study", "read_plasma", "read_study"]

__getattr__ = on_first_use(__name__, {"Plasma": "plasma", "Study": "study", "read_plasma": "plasma_reading",
                                      "read_study": "reading"})
