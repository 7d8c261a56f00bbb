"""From a release curve to the answer: is the drug inside its window, for how long, and how sure are we?

    read_study -> fit -> predict -> coverage -> report

Names are loaded on first use, so that ``import pkmodels`` costs next to nothing.
"""

import importlib
import sys

__version__ = "0.1.0"

_HOME = {
    "studies": ("Plasma", "Study", "read_plasma", "read_study"),
    "fitting": ("Batch", "Comparison", "Fit", "GlobalFit", "PlasmaFit", "PopulationFit", "compare", "compare_each",
                "compare_early", "diagnose", "fit", "fit_each", "fit_many", "fit_plasma", "fit_population", "load_fit",
                "mechanism", "screen"),
    "prediction": ("Drug", "Events", "InVivo", "InVivoFit", "LocalRatio", "Regimen", "Site", "absorbed",
                   "beside_published", "disposition", "distance_profile", "embolised", "fit_in_vivo", "lint_events",
                   "local_ratio", "normalised", "predict", "reach", "read_drug", "read_events", "read_regimen",
                   "read_site", "respond"),
    "solve.release": ("Release",),
    "metrics": ("Combination", "Coverage", "Exposure", "MedianEffect", "PopulationCoverage", "Similarity",
                "combination", "coverage", "exposure", "prediction_errors", "similarity"),
    "windows": ("Window", "read_window"),
    "plotting": ("plot_comparison", "plot_coverage", "plot_fit", "plot_population", "plot_prediction", "plot_reach",
                 "plot_release", "plot_residuals", "plot_response", "plot_study", "plot_tornado", "what_moves"),
    "reporting": ("report", "report_again"),
    "app.explorer": ("explore",),
    "references": ("cite",),
    "environment": ("Environment",),
    "effect": ("Effect", "Shown"),
    "model": ("Also", "Curve", "Flow", "Model", "Parameter", "join"),
    "catalogue": ("get_model", "list_models"),
    "errors": ("PkmodelsError",),
    "surroundings": ("read_environment",),
    "exchange": ("boyd_time", "exchange_plateau"),
    "dosimetry": ("absorbed_dose",),
    "scenarios": ("list_scenarios", "read_scenario"),
    "mixtures": ("either", "with_sizes"),
    "solve.acid": ("AcidCriterion", "acid_criterion"),
    "clocks": ("Course",),
    "prediction.population": ("predict_population",),
}
_PLACE = {name: module for module, names in _HOME.items() for name in names}
__all__ = sorted(_PLACE)


def on_first_use(package, places):
    """A module's ``__getattr__`` that loads each name from the module below ``package`` where it lives."""
    def load(name):
        if name not in places:
            raise AttributeError(f"{package} has no '{name}'")
        found = getattr(importlib.import_module(f".{places[name]}", package), name)
        setattr(sys.modules[package], name, found)
        return found

    return load


__getattr__ = on_first_use(__name__, _PLACE)


def __dir__():
    return sorted([*globals(), *_PLACE])
