"""One least-squares problem: model, points, bounds, and how the errors of the points hang together."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from ..errors import SolveError
from ..model import Curve
from ..solve import observe, sensitivities
from .bounds import Box

#: What a walker that cannot be computed is taken to be off by.
FAR_OFF = 1e6


@dataclass(frozen=True, eq=False)
class Problem:
    """Residuals and their slopes for any number of walkers at once.

    Parameters
    ----------
    model : Curve or Model
    times, measured : array (points,)
        Hours and released shares.
    box : Box
    whitening : array (points,) or (points, points), optional
        Square roots of weights, or a matrix that makes the errors of the points independent.
    fixed : tuple of str
        Parameters that are held at their start.
    priors : tuple of (str, float, float)
        Name, centre and width on the parameter's own scale (inside units); each is one more row.
    noise : float
        Standard deviation of a point (share of dose) against which a prior is weighed.
    conditions : mapping of str to array (points,)
        What differs from point to point and is not time (size, temperature), inside units.
    """

    model: object
    times: np.ndarray
    measured: np.ndarray
    box: Box
    whitening: np.ndarray | None = None
    fixed: tuple = ()
    priors: tuple = ()
    noise: float = 0.015
    conditions: Mapping = field(default_factory=dict)

    @cached_property
    def names(self):
        """Parameter names in the model's order."""
        return tuple(p.name for p in self.model.parameters)

    def difference(self, numbers):
        """Modelled less measured share, plain; ``numbers`` (..., parameters) give (..., points)."""
        return self._observed(np.asarray(numbers, dtype=float)) - self.measured

    def residual(self, numbers):
        """The rows whose squares are summed: whitened differences, then priors; (..., rows)."""
        numbers = np.asarray(numbers, dtype=float)
        rows = self._whitened(self.difference(numbers))
        prior = [self.noise * (self._scaled(numbers, k) - centre) / width for k, centre, width in self._priors]
        return np.concatenate([rows, np.stack(prior, axis=-1)], axis=-1) if prior else rows

    def slope(self, numbers):
        """d residual / d value (inside units), (..., rows, parameters)."""
        numbers = np.asarray(numbers, dtype=float)
        columns = self._sensitivities(numbers)
        rows = np.moveaxis(self._whitened(np.moveaxis(columns, -1, -2)), -1, -2)
        if not self._priors:
            return rows
        prior = np.zeros((*numbers.shape[:-1], len(self._priors), len(self.names)))
        for row, (k, _, width) in enumerate(self._priors):
            log = self.model.parameters[k].scale == "log"
            prior[..., row, k] = self.noise / width / (numbers[..., k] if log else 1.0)
        return np.concatenate([rows, prior], axis=-2)

    def squares(self, numbers):
        """Sum of squared residuals; infinite where the model cannot be computed."""
        with np.errstate(over="ignore", invalid="ignore"):
            total = np.sum(self.residual(numbers) ** 2, axis=-1)
        return np.where(np.isfinite(total), total, np.inf)

    def in_order(self, numbers):
        """Whether ordered parameters keep their order, per walker."""
        fine = np.ones(np.shape(numbers)[:-1], dtype=bool)
        for slower, faster in self.model.ordered:
            slow, fast = (numbers[..., self.names.index(s.name)] for s in (slower, faster))
            fine &= slow <= fast
        return fine

    @cached_property
    def _priors(self):
        return [(self.names.index(name), centre, width) for name, centre, width in self.priors]

    def _scaled(self, numbers, k):
        return np.log(numbers[..., k]) if self.model.parameters[k].scale == "log" else numbers[..., k]

    def _whitened(self, rows):
        if self.whitening is None:
            return rows
        return rows * self.whitening if self.whitening.ndim == 1 else rows @ self.whitening.T

    def _values(self, numbers):
        found = {name: numbers[..., k, None] for k, name in enumerate(self.names)}
        return found | dict(self.conditions)

    def _observed(self, numbers):
        if isinstance(self.model, Curve):
            return observe(self.model, self._values(numbers), self.times)
        return self._one_by_one(lambda values: observe(self.model, values, self.times), numbers,
                                np.full(len(self.times), np.nan))

    def _sensitivities(self, numbers):
        if isinstance(self.model, Curve):
            columns = sensitivities(self.model, self._values(numbers), self.times, left_out=self.fixed)
            if self.fixed:
                columns[..., [self.names.index(name) for name in self.fixed]] = 0.0
        else:
            columns = self._one_by_one(lambda values: sensitivities(self.model, values, self.times), numbers,
                                       np.full((len(self.times), len(self.names)), np.nan))
        return np.where(np.isfinite(columns), columns, 0.0)

    def _one_by_one(self, solve, numbers, failed):
        rows = []
        for one in numbers.reshape(-1, len(self.names)):
            try:
                rows.append(solve(dict(zip(self.names, map(float, one), strict=True))))
            except SolveError:
                rows.append(failed)
        return np.array(rows).reshape(*numbers.shape[:-1], *failed.shape)
