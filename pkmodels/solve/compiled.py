"""Expressions turned into NumPy functions, once per model."""

from functools import lru_cache

import numpy as np
import sympy

from .. import clocks
from ..definition import share, time_unit
from ..dimensions import Constant
from ..environment import SYMBOLS, t
from ..units import inside
from .functions import NUMERIC

#: Time 0 is kept a hair above zero, so that t**n and its derivatives with respect to n exist there.
TIME_ZERO = 1e-200
#: The symbols of the surroundings in the order in which they are passed, time apart.
SURROUNDINGS = tuple(s for s in SYMBOLS if s != t)


def function(arguments, expressions):
    """Compile expressions into a function of ``arguments``; constants of nature are filled in.

    Returns
    -------
    callable
        Gives a tuple with one value per expression.
    """
    expressions = [sympy.sympify(e) for e in expressions]
    constants = {s: inside(s.value, s.unit) for e in expressions for s in e.free_symbols if isinstance(s, Constant)}
    compiled = sympy.lambdify(arguments, [e.xreplace(constants) for e in expressions],
                              modules=[NUMERIC, "scipy"], cse=True)

    def quiet(*values):
        # exp(-huge) is zero and 1/(1 + exp(huge)) is zero: both are right, neither needs a warning.
        with np.errstate(over="ignore", under="ignore", divide="ignore", invalid="ignore"):
            return compiled(*values)

    return quiet


@lru_cache(maxsize=512)
def closed_form(curve):
    """(clocks..., inputs...) -> released share."""
    return function([*curve.clocks, *curve.inputs], [curve.released])


@lru_cache(maxsize=512)
def closed_gradient(curve, left_out=()):
    """(clocks..., inputs...) -> derivatives with respect to each parameter (0 for those left out), then each clock."""
    return function([*curve.clocks, *curve.inputs],
                    [0 if s.name in left_out else curve.released.diff(s) for s in (*curve.symbols, *curve.clocks)])


def _paces(curve):
    return list(clocks.paces(curve.clocks).values())


@lru_cache(maxsize=512)
def on_plain_time(curve):
    """Whether every clock of a curve shows the hours themselves, so that nothing has to be computed for it."""
    return not curve.courses and all(pace == 1 for pace in _paces(curve))


@lru_cache(maxsize=512)
def paces(curve):
    """(surroundings..., parameters...) -> the pace of each clock."""
    return function([*SURROUNDINGS, *curve.symbols], _paces(curve))


@lru_cache(maxsize=512)
def pace_gradients(curve):
    """(surroundings..., parameters...) -> d pace / d parameter, clock by clock; None where no pace has parameters."""
    if not curve.courses and not any(p.free_symbols & set(curve.symbols) for p in _paces(curve)):
        return None
    return function([*SURROUNDINGS, *curve.symbols], [p.diff(s) for p in _paces(curve) for s in curve.symbols])


@lru_cache(maxsize=512)
def course(curve, clock, order):
    """(the clock along, inputs...) -> a course (order 0) or its slope (1), then its derivatives by the parameters and
    by the clock along."""
    c = curve.courses[clock]
    base = c.total if order == 0 else c.total.diff(c.along)
    return function([c.along, *curve.inputs], [base, *(base.diff(s) for s in (*curve.symbols, c.along))])


@lru_cache(maxsize=512)
def course_value(curve, clock, order):
    """(the clock along, inputs...) -> a course (order 0) or its slope (1) alone."""
    c = curve.courses[clock]
    return function([c.along, *curve.inputs], [c.total if order == 0 else c.total.diff(c.along)])


@lru_cache(maxsize=512)
def kinks(curve):
    """(parameters...) -> the hours at which the curve bends sharply."""
    return function(list(curve.symbols), list(curve.kinks))


@lru_cache(maxsize=512)
def peak(curve):
    """(parameters...) -> the hour of the highest share of a law that falls again."""
    return function(list(curve.symbols), [curve.peak])


@lru_cache(maxsize=512)
def inverse(curve):
    """(share, parameters...) -> the hour at which that share is released."""
    return function([share, *curve.symbols], [curve.inverse])


@lru_cache(maxsize=512)
def also(definition):
    """(hours in the time unit, parameters...) -> the further quantities of a definition."""
    return function([time_unit, *definition.symbols], [a.expression for a in definition.also])


@lru_cache(maxsize=512)
def start(model):
    """(parameters...) -> the state at time 0, in the order of ``model.states``."""
    return function(list(model.symbols), [model.start[s] for s in model.states])


@lru_cache(maxsize=512)
def start_gradient(model):
    """(parameters...) -> d start / d parameter as one row after another."""
    return function(list(model.symbols), [model.start[s].diff(p) for s in model.states for p in model.symbols])


@lru_cache(maxsize=512)
def observed(model):
    """(t, surroundings..., states..., parameters...) -> what is observed."""
    return function([t, *SURROUNDINGS, *model.states, *model.symbols], [model.observed])


@lru_cache(maxsize=512)
def observed_gradient(model):
    """The same -> derivatives with respect to each state, then each parameter."""
    return function([t, *SURROUNDINGS, *model.states, *model.symbols],
                    [model.observed.diff(s) for s in (*model.states, *model.symbols)])


@lru_cache(maxsize=512)
def rates(model):
    """(t, surroundings..., states..., parameters...) -> right-hand side."""
    return function([t, *SURROUNDINGS, *model.states, *model.symbols], list(model.right_hand_side))


@lru_cache(maxsize=512)
def jacobian(model):
    """The same -> Jacobian, row by row."""
    return function([t, *SURROUNDINGS, *model.states, *model.symbols], list(model.jacobian))


@lru_cache(maxsize=512)
def parameter_jacobian(model):
    """The same -> d right-hand side / d parameter, row by row."""
    return function([t, *SURROUNDINGS, *model.states, *model.symbols], list(model.parameter_jacobian))


@lru_cache(maxsize=512)
def second_jacobian(model):
    """(t, surroundings..., states..., sensitivities row by row..., parameters...) -> how the rates of the
    sensitivities, ``J S + P``, change with each state, row by row."""
    n, m = len(model.states), len(model.symbols)
    slopes = sympy.Matrix(n, m, sympy.symbols(f"slope:{n * m}"))
    change = model.jacobian * slopes + model.parameter_jacobian
    # A step has no slope but at one point; what steers Newton's steps may leave that out.
    found = [sympy.sympify(each).replace(sympy.DiracDelta, lambda *_: sympy.Integer(0))
             for each in sympy.Matrix(change.reshape(n * m, 1)).jacobian(list(model.states))]
    return function([t, *SURROUNDINGS, *model.states, *slopes, *model.symbols], found)
