"""What a caller gives to a fit: refused in words where it is of the wrong kind."""

from collections.abc import Mapping

import numpy as np

from .. import catalogue
from ..definition import Definition
from ..errors import FitError
from ..studies import Study
from . import measured, weighting


def checked_study(study):
    """A study, or FitError."""
    if not isinstance(study, Study):
        raise FitError(f"a fit needs a study, not {_shown(study)}; read one first, with read_study('lab.csv')")
    return study


def checked_model(model):
    """A model of the catalogue by its name, or a model itself."""
    if isinstance(model, str):
        return catalogue.get_model(model)
    if not isinstance(model, Definition):
        raise FitError(f"{_shown(model)} is not a model; give a name such as 'weibull' (pkmodels list models), or a "
                       f"Curve or Model of your own")
    return model


def checked_models(models):
    """Several models; one name alone counts as one model."""
    if isinstance(models, (str, Definition)):
        models = (models,)
    try:
        return list(dict.fromkeys(checked_model(model) for model in models))
    except TypeError as problem:
        raise FitError(f"{_shown(models)} is no list of models; give names such as ['weibull', "
                       f"'first_order']") from problem


def checked_mapping(value, name, example):
    """A mapping from parameter to something; empty for None."""
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise FitError(f"{name} = {_shown(value)} is not possible; give a mapping such as {name}={example}")
    return dict(value)


def checked_names(value, name):
    """Names of parameters; one alone may stand for itself."""
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, (list, tuple, set, frozenset)) or not all(isinstance(each, str) for each in value):
        raise FitError(f"{name} = {_shown(value)} is not possible; give names of parameters, such as {name}=('beta',)")
    return tuple(value)


def checked_seed(seed):
    """A whole number from 0 on."""
    if not hasattr(seed, "__index__") or isinstance(seed, bool) or seed < 0:
        raise FitError(f"seed = {_shown(seed)} is not possible; give a whole number from 0 on")
    return int(seed)


def _shown(value):
    text = repr(value)
    return text if len(text) <= 60 and "\n" not in text else f"a {type(value).__name__}"


def saturated(study, model):
    """Why a model is not tried unasked: it passes through any points, so nothing can speak for it or against it."""
    wanted, times = len(model.parameters) - len(measured.held(model, {})[0]), weighting.after_start(study).times
    if wanted != len(np.unique(times[times > 0])):
        return None
    return (f"{model.name} has {wanted} parameters to find from {wanted} sampling times after the start, so "
            f"it passes through the points whatever they are; take a simpler model, or name it to have it drawn anyway")
