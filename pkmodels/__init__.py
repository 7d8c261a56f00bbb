"""From a release curve to the answer: is the drug inside its window, for how long, and how sure are we?

    read_study -> fit -> predict -> coverage -> report

Names are loaded on first use, so that ``import pkmodels`` costs next to nothing.
"""

import importlib

__version__ = "0.1.0"

_HOME = {
    "studies": ("Study", "read_study"),
    "fitting": ("Batch", "Comparison", "Fit", "GlobalFit", "compare", "compare_each", "compare_early", "diagnose",
                "fit", "fit_each", "fit_many", "load_fit", "mechanism"),
    "prediction": ("Drug", "Regimen", "predict", "read_drug", "read_regimen"),
    "solve.release": ("Release",),
    "metrics": ("Coverage", "PopulationCoverage", "Similarity", "Window", "coverage", "read_window", "similarity"),
    "plotting": ("plot_comparison", "plot_coverage", "plot_fit", "plot_population", "plot_prediction",
                 "plot_release", "plot_residuals"),
    "prediction.population": ("predict_population",),
    "reporting": ("report",),
    "references": ("cite",),
    "environment": ("Environment",),
    "model": ("Also", "Curve", "Flow", "Model", "Parameter", "join"),
    "catalogue": ("get_model", "list_models"),
    "errors": ("PkmodelsError",),
}
_PLACE = {name: module for module, names in _HOME.items() for name in names}
__all__ = sorted(_PLACE)


def __getattr__(name):
    if name not in _PLACE:
        raise AttributeError(f"pkmodels has no '{name}'")
    found = getattr(importlib.import_module(f".{_PLACE[name]}", __name__), name)
    globals()[name] = found
    return found


def __dir__():
    return sorted([*globals(), *_PLACE])
