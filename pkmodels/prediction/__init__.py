"""Prediction: regimen, drug card, and the verb `predict`."""

from .drug import Drug, list_drugs, read_drug
from .population import predict_population
from .predicting import horizon_hours, predict
from .regimen import Dose, Regimen, read_regimen
from .showing import row_times, table, text, to_dict
from .sources import as_release

__all__ = ["Dose", "Drug", "Regimen", "as_release", "horizon_hours", "list_drugs", "predict", "predict_population",
           "read_drug", "read_regimen", "row_times", "table", "text", "to_dict"]
