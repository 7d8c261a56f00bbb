"""Plots: every one takes axes and returns them, and needs no window system.

Without ``ax`` a figure of its own is made; ``plot_fit(fit).figure.savefig("fit.png", dpi=200)`` keeps it.
"""

from .bars import plot_coverage
from .distance import plot_reach
from .fits import plot_comparison, plot_fit, plot_residuals, plot_study
from .populations import plot_population
from .predictions import plot_prediction, plot_release
from .responses import plot_response
from .tornado import Moved, plot_tornado, what_moves

__all__ = ["Moved", "plot_comparison", "plot_coverage", "plot_fit", "plot_population", "plot_prediction", "plot_reach",
           "plot_release", "plot_residuals", "plot_response", "plot_study", "plot_tornado", "what_moves"]
