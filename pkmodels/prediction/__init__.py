"""Prediction: regimen, drug card, and the verb `predict`."""

from .absorbed import Absorbed, absorbed
from .beside import Beside, beside_published
from .course import embolised, normalised
from .disposition import Disposition, disposition
from .distance import distance_profile, reach
from .drug import Drug, list_drugs, read_drug
from .events import Events, lint_events, read_events
from .in_vivo import InVivo, read_in_vivo
from .in_vivo_fit import InVivoFit, fit_in_vivo
from .population import predict_population
from .predicting import horizon_hours
from .ratio import LocalRatio, local_ratio
from .regimen import Dose, Regimen, read_regimen
from .responding import respond
from .showing import row_times, table, text, to_dict
from .site import Site, exchange_flow, list_sites, read_site
from .sources import as_release
from .steady import predict

__all__ = ["Absorbed", "Beside", "Disposition", "Dose", "Drug", "Events", "InVivo", "InVivoFit", "LocalRatio",
           "Regimen", "Site", "absorbed", "as_release", "beside_published", "disposition", "distance_profile",
           "embolised", "exchange_flow", "fit_in_vivo", "horizon_hours", "lint_events", "list_drugs", "list_sites",
           "local_ratio", "normalised", "predict", "predict_population", "reach", "read_drug", "read_events",
           "read_in_vivo", "read_regimen", "read_site", "respond", "row_times", "table", "text", "to_dict"]
