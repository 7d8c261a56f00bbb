"""Small loops, compiled where numba is loaded already.

Loading numba takes a second, longer than most calls of these loops; whoever predicts a population has loaded it.
The compiled loops do the arithmetic of their NumPy forms in the same order and return the same bits, so that no
number depends on what else a session has done.
"""

import sys


def compiled():
    """The module of compiled loops, or None where numba is not loaded."""
    if "numba" not in sys.modules:
        return None
    from . import loops_compiled

    return loops_compiled
