"""From a release curve to the answer: is the drug inside its window, for how long, and how sure?"""

__version__ = "0.1.0"
