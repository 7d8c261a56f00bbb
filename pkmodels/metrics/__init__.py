"""Questions to a prediction: how long is it inside its window, and what are peak, trough and average?"""

from .result import Coverage
from .window import Window, list_windows, read_window
from .window_coverage import coverage

__all__ = ["Coverage", "Window", "coverage", "list_windows", "read_window"]
