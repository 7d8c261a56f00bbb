"""A release fitted to plasma in one stage: what a fixed linear body makes of it, without deconvolution in between."""

from dataclasses import dataclass, field, replace

import numpy as np

from .. import units
from ..errors import FitError
from ..solve import inputs
from ..solve.release import Release, scale_slope
from . import bounds, polish, search
from .problem import Problem

#: Hours after a dose that are as good as none: what is out at once enters there.
JUST_AFTER = 1e-150
#: Steps per doubling of time after a dose, from a minute on.
PER_OCTAVE = 6


@dataclass(frozen=True, eq=False)
class Convolved(Problem):
    """Residuals of concentrations: the released shares at ``nodes`` times a fixed matrix.

    Parameters
    ----------
    nodes : array (nodes,)
        Hours since a dose at which the released share is asked for.
    response : array (points, nodes)
        Concentration at every sample per share at every node, mg/L.
    """

    nodes: np.ndarray = field(default_factory=lambda: np.empty(0))
    response: np.ndarray = field(default_factory=lambda: np.empty((0, 0)))

    def _observed(self, numbers):
        return self._plain()._observed(numbers) @ self.response.T

    def _sensitivities(self, numbers):
        return np.einsum("nt,...tk->...nk", self.response, self._plain()._sensitivities(numbers))

    def _plain(self):
        return Problem(self.model, self.nodes, np.zeros(len(self.nodes)), self.box)


@dataclass(frozen=True, eq=False)
class Convolution:
    """What `fit_release` found: lmfit's minimum, the release ready to be predicted with, and concentrations."""

    polished: polish.Polished
    release: Release
    predicted: np.ndarray
    statistics: dict


def response(a, entry, weights, doses, hours):
    """Nodes and matrix that turn a released share into concentrations of a linear body.

    Parameters
    ----------
    a, entry, weights : array (n, n), (n,), (n,)
        Of the body: its matrix (1/h), where drug enters, and concentration per milligram in every state.
    doses : sequence of (float, float)
        Hours and milligrams that can arrive.
    hours : array (points,)
        Of the samples, rising.

    Returns
    -------
    array (nodes,), array (points, nodes)
    """
    end = float(hours[-1])
    starts = [start for start, _ in doses if start < end]
    octaves = max(1, int(np.ceil(np.log2(end * 64)))) if end > 0 else 1
    graded = np.concatenate([[0.0], 2.0 ** (np.arange(octaves * PER_OCTAVE + 1) / PER_OCTAVE - 6)])
    after = np.concatenate([start + graded for start in starts])
    grid = np.unique(np.concatenate([[0.0, end], hours, starts, after[after < end]]))
    exact = np.isin(grid, np.concatenate([[0.0, end], hours, starts]))
    grid = np.sort(np.concatenate([grid[exact | (np.diff(grid, append=np.inf) > 1e-9)], starts]))
    nodes = inputs.node_times(grid)
    steps, per = nodes.shape
    unit = np.eye(steps * per).reshape(steps * per, steps, per)
    states = inputs.fed_states(a, entry, grid, np.zeros(steps * per), unit)
    places = np.searchsorted(grid, hours, side="right") - 1
    concentrations = (states @ weights)[:, places].T
    since, columns = [], []
    for start, amount in doses:
        age = nodes - start
        at_once = (np.diff(grid)[:, None] == 0) & (age == 0)
        age = np.where(at_once, JUST_AFTER, age).ravel()
        kept = age > 0
        since.append(age[kept])
        columns.append(amount * concentrations[:, kept])
    return np.concatenate(since), np.concatenate(columns, axis=1)


def fit_release(model, body, doses, hours, measured, *, fixed=None, weights="1/y2", seed=1, shown_units=None):
    """Fit the parameters of a release model to concentrations.

    Parameters
    ----------
    model : Curve or Model
    body : (array, array, array)
        As in `response`.
    doses : sequence of (float, float)
    hours, measured : array (points,)
        Rising hours, and mg/L above zero.
    fixed : mapping, optional
        As in `pkmodels.fit`.
    weights : {"none", "1/y", "1/y2"}
    seed : int
    shown_units : mapping, optional
        Parameter name to the unit of the values that come back.

    Returns
    -------
    Convolution

    Raises
    ------
    FitError
        If there are too few points, or nothing follows them.
    """
    fixed = dict(fixed or {})
    free = len(model.parameters) - len(fixed)
    if len(np.unique(hours)) <= free:
        raise FitError(f"{model.name} has {free} parameters to find, and there are {len(np.unique(hours))} sampling "
                       "times; "
                       f"take a simpler model, or fix what is known from the vial")
    nodes, matrix = response(*body, doses, hours)
    # Shares of the dose of the size of one, so that tolerances mean the same as in every other fit.
    scale = 1 / (measured if weights == "1/y2" else np.sqrt(measured * np.mean(measured)) if weights == "1/y" else
                 np.full(len(measured), np.mean(measured)))
    box = bounds.with_fixed(_of_a_dose(bounds.box(model, hours), model), model, fixed)
    problem = Convolved(model, hours[hours > 0], measured, box, whitening=scale, fixed=tuple(fixed), nodes=nodes,
                        response=matrix)
    found, _ = search.search(problem, seed)
    if not len(found):
        raise FitError(f"no values of {model.name} within its bounds follow these concentrations; look at the data "
                       "first")
    units_shown = dict(shown_units or {p.name: p.unit for p in model.parameters})
    polished = polish.polish(problem, found[0], units_shown)
    return _described(model, problem, polished, units_shown, len(measured) - len(polished.free))


def _of_a_dose(box, model):
    """The box without what only an assay can do: a vial may show more than the dose, a body is given no more."""
    whole = np.array([1.0 if p.name == "plateau" else np.inf for p in model.parameters])
    return replace(box, upper=np.minimum(box.upper, whole), start_upper=np.minimum(box.start_upper, whole))


def _described(model, problem, polished, units_shown, freedom):
    inside = {name: units.inside(value, units_shown[name]) for name, value in polished.values.items()}
    parameters = [model.parameter(name) for name in polished.free]
    slopes = np.array([scale_slope(inside[p.name], p) * units.inside(1.0, units_shown[p.name]) for p in parameters])
    known = polished.covariance.size > 0 and np.isfinite(polished.covariance).all() and freedom > 0
    release = Release(model, inside, polished.free, polished.covariance * np.outer(slopes, slopes) if known else None,
                      freedom=float(freedom), measured_until=float(problem.times.max()))
    wss = float(np.sum(polished.residual**2))
    numbers = np.array([inside[name] for name in problem.names])
    return Convolution(polished, release, problem._observed(numbers[None])[0],
                       {"n": len(problem.measured), "freedom": freedom, "wss": wss,
                        "relative_rmse": float(np.sqrt(np.mean((polished.difference / problem.measured) ** 2)))})
