"""Questions to a prediction or to two products: how long inside a window, and are two release profiles alike?"""

from .exposure import exposure
from .exposure_result import Exposure
from .population_coverage import PopulationCoverage
from .prediction_error import prediction_errors
from .result import Coverage
from .similarity import similarity
from .similarity_result import Similarity
from .similarity_rules import read_rules
from .two_drugs import Combination, MedianEffect, combination
from .window_coverage import coverage

__all__ = ["Combination", "Coverage", "Exposure", "MedianEffect", "PopulationCoverage", "Similarity",
           "combination", "coverage", "exposure", "prediction_errors", "read_rules", "similarity"]
