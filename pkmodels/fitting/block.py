"""One least-squares problem made of several curves, some of whose parameters are common to all."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from sympy import Symbol

from ..definition import Definition
from .bounds import Box


@dataclass(frozen=True, eq=False)
class Block:
    """Residuals and slopes of all curves together, with the interface of `Problem`.

    Parameters
    ----------
    problems : tuple of Problem
        One per curve, all of one model.
    shared : tuple of str
        Parameters with one value for all curves; the others have one per curve.
    """

    problems: tuple
    shared: tuple

    @cached_property
    def names(self):
        """``k`` for a shared parameter, ``k__c0``, ``k__c1``, ... for those of the curves."""
        own = [f"{p.name}__c{i}" for i in range(len(self.problems)) for p in self._parameters
               if p.name not in self.shared]
        return (*(p.name for p in self._parameters if p.name in self.shared), *own)

    @cached_property
    def places(self):
        """Where each curve's parameters stand among all, an index array per curve."""
        at = {name: k for k, name in enumerate(self.names)}
        return tuple(np.array([at[p.name if p.name in self.shared else f"{p.name}__c{i}"] for p in self._parameters])
                     for i in range(len(self.problems)))

    @cached_property
    def model(self):
        """A definition with the parameters of all curves, for scales, bounds and meanings."""
        first = self.problems[0].model
        parameters = {}
        for place in self.places:
            for k, p in zip(place, self._parameters, strict=True):
                parameters[k] = replace(p, symbol=Symbol(self.names[k]))
        ordered = []
        for place in self.places:
            local = {p.symbol: Symbol(self.names[k]) for k, p in zip(place, self._parameters, strict=True)}
            ordered += [(local[slower], local[faster]) for slower, faster in first.ordered]
        return Definition(first.name, first.title, parameters=tuple(parameters[k] for k in range(len(self.names))),
                          ordered=tuple(dict.fromkeys(ordered)))

    @cached_property
    def fixed(self):
        """Names of the parameters that are given."""
        return tuple(name for name in self.names if name in self.problems[0].fixed)

    @cached_property
    def box(self):
        """The bounds of all: those of a shared parameter as wide as the widest curve needs."""
        size = len(self.names)
        low, high, start_low, start_high = (np.full(size, fill) for fill in (np.inf, -np.inf, np.inf, -np.inf))
        by_data = np.zeros((size, 2), dtype=bool)
        for problem, place in zip(self.problems, self.places, strict=True):
            box = problem.box
            low[place], high[place] = np.minimum(low[place], box.lower), np.maximum(high[place], box.upper)
            start_low[place] = np.minimum(start_low[place], box.start_lower)
            start_high[place] = np.maximum(start_high[place], box.start_upper)
            by_data[place] |= box.by_data
        return Box(low, high, start_low, start_high, by_data)

    def difference(self, numbers):
        """Modelled less measured share of all curves, one after the other."""
        return self._joined([p.difference(n) for p, n in self._parts(numbers)])

    def residual(self, numbers):
        """The rows whose squares are summed."""
        return self._joined([p.residual(n) for p, n in self._parts(numbers)])

    def of_points(self, residual):
        """The rows of `residual` that belong to points, without priors: one array per curve."""
        parts, row = [], 0
        for problem in self.problems:
            parts.append(residual[row:row + len(problem.times)])
            row += len(problem.times) + len(problem.priors)
        return parts

    def slope(self, numbers):
        """d residual / d value, zero where a curve does not have the parameter; (..., rows, parameters)."""
        numbers = np.asarray(numbers, dtype=float)
        parts = [p.slope(n) for p, n in self._parts(numbers)]
        found = np.zeros((*numbers.shape[:-1], sum(part.shape[-2] for part in parts), len(self.names)))
        row = 0
        for part, place in zip(parts, self.places, strict=True):
            found[..., row:row + part.shape[-2], place] = part
            row += part.shape[-2]
        return found

    def squares(self, numbers):
        """Sum of squared residuals; infinite where a curve cannot be computed."""
        return sum(p.squares(n) for p, n in self._parts(numbers))

    def in_order(self, numbers):
        """Whether ordered parameters keep their order in every curve."""
        return np.all([p.in_order(n) for p, n in self._parts(numbers)], axis=0)

    @property
    def _parameters(self):
        return self.problems[0].model.parameters

    def _parts(self, numbers):
        numbers = np.asarray(numbers, dtype=float)
        return [(problem, numbers[..., place]) for problem, place in zip(self.problems, self.places, strict=True)]

    @staticmethod
    def _joined(parts):
        return np.concatenate(parts, axis=-1)
