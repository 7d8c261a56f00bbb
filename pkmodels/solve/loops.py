"""Small loops, compiled where numba is loaded already.

Loading numba takes a second, longer than most calls of these loops; whoever predicts a population has loaded it.
The compiled loops do the arithmetic of their NumPy forms in the same order and return the same bits, so that no
number depends on what else a session has done.
"""

import sys

_module = None


def compiled():
    """The module of compiled loops, or None where numba is not loaded."""
    global _module
    if _module is None and sys.modules.get("numba"):
        from . import loops_compiled

        _module = loops_compiled
    return _module
