"""Numbers out of models. The way is chosen by the structure of the model, not by the user:

closed form, then linear pools (matrix exponential), then a stiff integrator.
"""

import numpy as np

from ..environment import Environment
from ..errors import SolveError
from ..model import Curve
from . import closed, compiled, fed, linear, stiff

_STANDARD = Environment()


def method(model):
    """Which way `solve` takes for a model, in words."""
    if isinstance(model, Curve):
        return "closed form"
    return "linear pools" if model.is_linear else "stiff integrator"


def observe(model, values, times, environment=_STANDARD):
    """What a model shows (released share or concentration) at ``times``.

    Parameters
    ----------
    model : Curve or Model
    values : mapping
        Parameter name to value in the units used inside, as ``model.values(...)`` gives them.
        For closed forms also arrays that broadcast against ``times``.
    times : array
        Hours, any order, not negative.
    environment : Environment

    Returns
    -------
    array of the shape of ``times``
    """
    if isinstance(model, Curve):
        return closed.released(model, values, times, environment)
    ordered, back = np.unique(np.asarray(times, dtype=float), return_inverse=True)
    path = states(model, values, ordered, environment)
    return _observed(model, values, ordered, path, environment)[back].reshape(np.shape(times))


def observe_many(model, values, times):
    """What a model of stores and flows shows for many values at once, in surroundings that do not change.

    Parameters
    ----------
    model : Model
    values : mapping of str to array (rows,)
    times : array
        Hours, rising.

    Returns
    -------
    array (rows, times)
    """
    ordered, back = np.unique(np.asarray(times, dtype=float), return_inverse=True)
    if model.is_linear:
        path = linear.states_of_many(model, values, ordered)
    else:
        try:
            path = fed.free_states(model, [values[s.name] for s in model.symbols], ordered)
        except SolveError:
            # One of them may be too steep for a step that all take together.
            path = np.array([stiff.states(model, {n: float(v[i]) for n, v in values.items()}, ordered, _STANDARD)
                             for i in range(len(next(iter(values.values()))))])
    columns = {name: np.reshape(numbers, (-1, 1)) for name, numbers in values.items()}
    shown = compiled.observed(model)(*_arguments(model, columns, ordered, np.moveaxis(path, -1, 0), _STANDARD))[0]
    return np.broadcast_to(shown, path.shape[:2])[:, back]


def sensitivities(model, values, times, environment=_STANDARD, left_out=()):
    """d observed / d parameter (inside units), shape (times, parameters); exact, not by differences.

    Columns of parameters ``left_out`` (names) may be left uncomputed.
    """
    if isinstance(model, Curve):
        return closed.sensitivities(model, values, times, environment, left_out)
    ordered, back = np.unique(np.asarray(times, dtype=float), return_inverse=True)
    if model.is_linear:
        path, slopes = linear.states_and_sensitivities(model, values, ordered, environment)
    else:
        path, slopes = stiff.states(model, values, ordered, environment, sensitivities=True)
    n = len(model.states)
    found = np.empty((len(ordered), len(model.symbols)))
    for i, (time, state) in enumerate(zip(ordered, path, strict=True)):
        parts = compiled.observed_gradient(model)(*_arguments(model, values, time, state, environment))
        found[i] = np.array(parts[:n], dtype=float) @ slopes[i] + np.array(parts[n:], dtype=float)
    return found[back]


def states(model, values, times, environment=_STANDARD):
    """The state vector at rising ``times`` (hours, from 0), shape (times, states)."""
    if model.is_linear:
        return linear.states(model, values, times, environment)
    return stiff.states(model, values, times, environment)


def observed_weights(model, values):
    """What one unit in each state contributes to what a linear model shows, shape (states,)."""
    surroundings = _STANDARD.at(0.0)
    outside = [surroundings[s.name] for s in compiled.SURROUNDINGS]
    numbers = [values[s.name] for s in model.symbols]
    shown = compiled.observed(model)
    return np.array([shown(0.0, *outside, *row, *numbers)[0] for row in np.eye(len(model.states))], dtype=float)


def kinks(model, values):
    """The hours at which a release bends sharply."""
    if not isinstance(model, Curve) or not model.kinks:
        return ()
    found = compiled.kinks(model)(*[values[s.name] for s in model.symbols])
    return tuple(float(k) for k in found if np.isfinite(k) and k > 0)


def also(definition, values, hours_per_unit=1.0):
    """The further quantities of a definition at these values, in the units used inside, by name.

    What is written with the symbol ``time_unit`` comes in the time unit of ``hours_per_unit`` hours.
    """
    found = compiled.also(definition)(hours_per_unit, *[values[s.name] for s in definition.symbols])
    return {a.name: float(value) for a, value in zip(definition.also, found, strict=True)}


def _observed(model, values, times, path, environment):
    if environment.is_constant or not model.observed.free_symbols & set(compiled.SURROUNDINGS):
        shown = compiled.observed(model)(*_arguments(model, values, times, path.T, environment))[0]
        return np.broadcast_to(np.asarray(shown, dtype=float), np.shape(times))
    return np.array([compiled.observed(model)(*_arguments(model, values, time, state, environment))[0]
                     for time, state in zip(times, path, strict=True)])


def _arguments(model, values, time, state, environment):
    surroundings = environment.at(float(np.max(time)))
    return [time, *(surroundings[s.name] for s in compiled.SURROUNDINGS), *state,
            *(values[s.name] for s in model.symbols)]
