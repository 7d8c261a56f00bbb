"""Lag, initial share and plateau for any curve: ``weibull+lag+plateau`` is a name, not another file."""

from dataclasses import replace

import sympy
from sympy import oo, symbols

from . import laws
from .errors import ModelError, unknown
from .model import Curve, Parameter

_LAG, _INITIAL, _PLATEAU = symbols("t_lag f_initial plateau")


def with_lag(curve):
    """Nothing is released before ``t_lag``."""
    later = {clock: laws.since(clock, _LAG) for clock in curve.clocks}
    return replace(
        curve, name=f"{curve.name}+lag", title=f"{curve.title}, after a lag",
        released=curve.released.xreplace(later), kinks=(_LAG, *(k + _LAG for k in curve.kinks)),
        parameters=(*curve.parameters, Parameter(_LAG, 0.5, "day", (0, oo), "lag before release begins")))


def with_initial(curve):
    """A share ``f_initial`` is out at once; the curve releases the rest (or, if it has no end, adds to it)."""
    rest = 1 - _INITIAL if curve.saturates else sympy.Integer(1)
    return replace(
        curve, name=f"{curve.name}+initial", title=f"{curve.title}, with an initial share",
        released=_INITIAL + rest * curve.released,
        parameters=(*curve.parameters, Parameter(_INITIAL, 0.05, "1", (0, 1), "share released at once")))


def with_plateau(curve):
    """Release ends at the share ``plateau`` of the dose."""
    if not curve.saturates:
        raise ModelError(f"{curve.name} has no end of its own, so a plateau cannot be put on it; "
                         f"take a curve that levels off, such as first_order or weibull")
    return replace(
        curve, name=f"{curve.name}+plateau", title=f"{curve.title}, up to a plateau",
        released=_PLATEAU * curve.released,
        parameters=(*curve.parameters,
                    Parameter(_PLATEAU, 0.9, "1", (0, 1.05), "share of the dose that is released in the end")))


MODIFIERS = {"lag": with_lag, "initial": with_initial, "plateau": with_plateau}


def modified(curve, names):
    """Put modifiers on a curve, in the order given.

    Raises
    ------
    UnknownName, ModelError
        For an unknown modifier, one that does not fit, or a model that is not a curve.
    """
    for name in names:
        if name not in MODIFIERS:
            raise unknown("modifier", name, MODIFIERS)
        if not isinstance(curve, Curve):
            raise ModelError(f"{curve.name} is made of stores and flows; +{name} works on closed curves only")
        if f"+{name}" in curve.name:
            raise ModelError(f"{curve.name} already has +{name}")
        curve = MODIFIERS[name](curve)
    return curve
