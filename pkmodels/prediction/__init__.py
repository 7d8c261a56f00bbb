"""Prediction: regimen, drug card, and the verb `predict`."""

from .drug import Drug, list_drugs, read_drug
from .predicting import horizon_hours, predict
from .regimen import Dose, Regimen, read_regimen
from .responding import respond
from .showing import row_times, table, text, to_dict
from .sources import as_release

__all__ = ["Dose", "Drug", "Regimen", "as_release", "horizon_hours", "list_drugs", "predict", "read_drug",
           "read_regimen", "respond", "row_times", "table", "text", "to_dict"]
