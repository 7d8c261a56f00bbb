"""Prediction: regimen, drug card, and the verb `predict`."""

from .absorbed import Absorbed, absorbed
from .disposition import Disposition, disposition
from .drug import Drug, list_drugs, read_drug
from .events import Events, lint_events, read_events
from .in_vivo import InVivo, fit_in_vivo
from .predicting import horizon_hours
from .regimen import Dose, Regimen, read_regimen
from .responding import respond
from .showing import row_times, table, text, to_dict
from .sources import as_release
from .steady import predict

__all__ = ["Absorbed", "Disposition", "Dose", "Drug", "Events", "InVivo", "Regimen", "absorbed", "as_release",
           "disposition", "fit_in_vivo", "horizon_hours", "lint_events", "list_drugs", "predict", "read_drug",
           "read_events", "read_regimen", "respond", "row_times", "table", "text", "to_dict"]
