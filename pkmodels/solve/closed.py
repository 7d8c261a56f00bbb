"""Closed curves on their clocks: values and sensitivities without integration."""

import numpy as np

from . import compiled, courses, tape

#: A share at time zero below this is rounding and not a dose that is out at once.
HARDLY_ANY = 1e-18


def clock_times(curve, values, times, environment):
    """What each clock of a curve shows at ``times`` (hours): the integral of its pace.

    Exact: the surroundings are constant between breakpoints.
    """
    return [theta for theta, _ in _clocks(curve, values, np.asarray(times, dtype=float), environment, gradient=False)]


def released(curve, values, times, environment):
    """Released share, shape of ``times`` broadcast against the parameter values."""
    asked = np.asarray(times, dtype=float)
    times = _off_zero(asked)
    written, inputs = tape.plain(curve), [values[s.name] for s in curve.inputs]
    if written is not None:
        share = written.numbers((written.value,), inputs, times)[0]
    else:
        share = compiled.closed_form(curve)(*clock_times(curve, values, times, environment), *inputs)[0]
    share = np.broadcast_to(share, np.broadcast_shapes(np.shape(share), times.shape)).astype(float)
    # What the hair above zero lets out is no release.
    return np.where((asked == 0) & (np.abs(share) < HARDLY_ANY), 0.0, share)


def sensitivities(curve, values, times, environment, left_out=()):
    """d released / d parameter, shape (..., times, parameters); the leading axes are those of the values.

    Parameters ``left_out`` (a tuple of names) are taken as known: their columns are not to be used.
    """
    times = _off_zero(np.asarray(times, dtype=float))
    written = tape.plain(curve)
    if written is not None:
        inputs = [values[s.name] for s in curve.symbols]
        shape = np.broadcast_shapes(times.shape, *(np.shape(each) for each in inputs))
        found = np.empty((*shape, len(inputs)))
        for k, column in enumerate(written.numbers(written.slopes, inputs, times)):
            found[..., k] = column
        return found
    clocks = _clocks(curve, values, times, environment, gradient=True)
    parameters = [values[s.name] for s in curve.symbols]
    inputs = [values[s.name] for s in curve.inputs]
    parts = compiled.closed_gradient(curve, tuple(left_out))(*[theta for theta, _ in clocks], *inputs)
    shape = np.broadcast_shapes(times.shape, *(np.shape(each) for each in inputs))
    direct, by_clock = parts[: len(parameters)], parts[len(parameters):]
    columns = []
    for j, column in enumerate(direct):
        through_clocks = sum(by_clock[k] * slope[j] for k, (_, slope) in enumerate(clocks) if slope is not None)
        columns.append(np.broadcast_to(column + through_clocks, shape))
    return np.stack(columns, axis=-1).astype(float)


def _off_zero(times):
    """The same times with zero a hair above itself."""
    return np.where(times == 0, compiled.TIME_ZERO, times)


def _clocks(curve, values, times, environment, gradient):
    """(clock, its derivatives by parameter or None) per clock."""
    if compiled.on_plain_time(curve):
        return [(_off_zero(times), None)] * len(curve.clocks)
    inputs = [values[s.name] for s in curve.inputs]
    parameters = inputs[: len(curve.symbols)]
    slopes = compiled.pace_gradients(curve) if gradient else None

    def at(surroundings):
        outside = [surroundings[s.name] for s in compiled.SURROUNDINGS]
        return compiled.paces(curve)(*outside, *parameters), slopes and slopes(*outside, *parameters)

    if environment.is_constant or not curve.uses_environment:
        pieces = [(times, *at(environment.at(0.0)), np.inf)]
    else:
        pieces = [(np.clip(times - a, 0, b - a), *at(surroundings), b - a)
                  for a, b, surroundings in environment.segments(0.0, float(np.max(times)))]
    count, shown = len(parameters), {}
    for k, clock in enumerate(curve.clocks):
        if clock in curve.courses:
            continue
        theta = sum(spent * pace[k] for spent, pace, _, _ in pieces)
        slope = [sum(spent * by[k * count + j] for spent, _, by, _ in pieces) for j in range(count)] if slopes else None
        shown[clock] = (_off_zero(theta), slope)
    for clock in curve.courses:
        theta, slope = courses.along(curve, clock, inputs, pieces, gradient)
        shown[clock] = (_off_zero(theta), slope)
    return [shown[clock] for clock in curve.clocks]
