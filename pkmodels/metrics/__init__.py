"""Questions to a prediction or to two products: how long inside a window, and are two release profiles alike?"""

from .population_coverage import PopulationCoverage
from .result import Coverage
from .similarity import similarity
from .similarity_result import Similarity
from .similarity_rules import read_rules
from .window import Window, list_windows, read_window
from .window_coverage import coverage

__all__ = ["Coverage", "PopulationCoverage", "Similarity", "Window", "coverage", "list_windows", "read_rules",
           "read_window", "similarity"]
