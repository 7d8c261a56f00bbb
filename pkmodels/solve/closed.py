"""Closed curves on their clocks: values and sensitivities without integration."""

import numpy as np

from . import compiled


def clock_times(curve, values, times, environment):
    """What each clock of a curve shows at ``times`` (hours): the integral of its pace.

    Exact: the surroundings are constant between breakpoints.
    """
    return [theta for theta, _ in _clocks(curve, values, np.asarray(times, dtype=float), environment, gradient=False)]


def released(curve, values, times, environment):
    """Released share, shape of ``times`` broadcast against the parameter values."""
    times = np.maximum(np.asarray(times, dtype=float), compiled.TIME_ZERO)
    clocks = clock_times(curve, values, times, environment)
    parameters = [values[s.name] for s in curve.symbols]
    share = compiled.closed_form(curve)(*clocks, *parameters)[0]
    return np.broadcast_to(share, np.broadcast_shapes(np.shape(share), times.shape)).astype(float)


def sensitivities(curve, values, times, environment):
    """d released / d parameter, shape (times, parameters)."""
    times = np.maximum(np.asarray(times, dtype=float), compiled.TIME_ZERO)
    clocks = _clocks(curve, values, times, environment, gradient=True)
    parameters = [values[s.name] for s in curve.symbols]
    parts = compiled.closed_gradient(curve)(*[theta for theta, _ in clocks], *parameters)
    columns = np.stack([np.broadcast_to(p, times.shape) for p in parts], axis=-1).astype(float)
    direct, by_clock = columns[:, : len(parameters)], columns[:, len(parameters):]
    for k, (_, slope) in enumerate(clocks):
        if slope is not None:
            direct = direct + by_clock[:, k, None] * slope
    return direct


def _clocks(curve, values, times, environment, gradient):
    """(clock, d clock / d parameter or None) per clock."""
    parameters = [values[s.name] for s in curve.symbols]
    slopes = compiled.pace_gradients(curve) if gradient else None

    def at(surroundings):
        outside = [surroundings[s.name] for s in compiled.SURROUNDINGS]
        pace = compiled.paces(curve)(*outside, *parameters)
        slope = np.reshape(slopes(*outside, *parameters), (len(curve.clocks), -1)) if slopes else None
        return pace, slope

    if environment.is_constant or not curve.uses_environment:
        pieces = [(np.asarray(times), at(environment.at(0.0)))]
    else:
        pieces = [(np.clip(times - a, 0, b - a), at(surroundings))
                  for a, b, surroundings in environment.segments(0.0, float(np.max(times)) or 1.0)]
    shown = []
    for k in range(len(curve.clocks)):
        theta = sum(spent * pace[k] for spent, (pace, _) in pieces)
        slope = sum(spent[:, None] * slope[k] for spent, (_, slope) in pieces) if slopes else None
        shown.append((np.maximum(theta, compiled.TIME_ZERO), slope))
    return shown
