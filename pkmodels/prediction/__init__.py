"""Prediction: regimen, drug card, and the verb `predict`."""

from .course import embolised, normalised
from .distance import distance_profile, reach
from .drug import Drug, list_drugs, read_drug
from .in_vivo import InVivo, read_in_vivo
from .predicting import horizon_hours, predict
from .ratio import LocalRatio, local_ratio
from .regimen import Dose, Regimen, read_regimen
from .showing import row_times, table, text, to_dict
from .site import Site, exchange_flow, list_sites, read_site
from .sources import as_release

__all__ = ["Dose", "Drug", "InVivo", "LocalRatio", "Regimen", "Site", "as_release", "distance_profile", "embolised",
           "exchange_flow", "horizon_hours", "list_drugs", "list_sites", "local_ratio", "normalised", "predict",
           "reach", "read_drug", "read_in_vivo", "read_regimen", "read_site", "row_times", "table", "text", "to_dict"]
