"""A release that is ready to be predicted with: a model, its values, and how sure they are."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from .. import units
from ..environment import Environment
from ..errors import PredictionError
from ..model import Curve
from . import compiled, kinks, observe, observe_many

#: Widest standard deviation of a draw on a parameter's own scale (a factor of twenty up or down).
WIDEST = 3.0
#: A release counts as finished at so many times the measured span (or typical time) of the model.
_LONG = 1e6


@dataclass(frozen=True, eq=False)
class Release:
    """A release model with values.

    Parameters
    ----------
    model : Curve or Model
    values : mapping
        Parameter name to value in the units used inside.
    free : tuple of str
        The parameters that a fit has determined, in the order of ``covariance``.
    covariance : array or None
        Of the free parameters on their own scale (log, logit, linear) in the units used inside.
    freedom : float
        Points less parameters of the fit: the fewer, the wider the draws (Student's t).
    spread : mapping of str to (float, float)
        Parameters that the data leave open on one side, with the range over which draws are spread.
    plausible : callable, optional
        Values, arrays (draws, 1), to whether their curve is one that the measured points allow, (draws,).
    measured_until : float
        Last sampling time in hours; NaN where there are no data.
    origin : mapping
        Where the values come from (data file and hash, fit, given by hand) for results to carry.
    undecided : callable, optional
        An `Environment` to a sentence where the measured points leave open what is released in it; empty where not.
    sampled : mapping of str to array (samples,), optional
        Sets of values that are as plausible as the fit allows (of a bootstrap), drawn from instead of ``covariance``.
    """

    model: object
    values: Mapping
    free: tuple = ()
    covariance: np.ndarray | None = None
    freedom: float = float("inf")
    spread: Mapping = field(default_factory=dict)
    plausible: Callable | None = None
    measured_until: float = float("nan")
    origin: Mapping = field(default_factory=dict)
    sampled: Mapping | None = None
    undecided: Callable | None = None

    def _repr_html_(self):
        import html

        from tabulate import tabulate

        rows = [(p.name, f"{units.outside(self.values[p.name], p.unit):.4g}", p.unit_text, p.meaning)
                for p in self.model.parameters]
        table = tabulate(rows, ("parameter", "value", "unit", "meaning"), "html", disable_numparse=True)
        return f"<h4>{html.escape(f'release: {self.model.title} ({self.model.name})')}</h4>{table}"

    def share(self, times, environment=None, values=None):
        """Released share at rising ``times`` (hours since injection), between 0 and 1 and never falling.

        ``values`` may hold arrays of shape (draws, 1), which gives (draws, times).
        """
        environment = environment or Environment()
        times = np.asarray(times, dtype=float)
        flat = times.ravel()
        order = np.argsort(flat, kind="stable")
        values = values or self.values
        if isinstance(self.model, Curve):
            rising = flat[order]
            if self.model.peak is not None:
                rising = np.minimum(rising, self._end(values))
            share = observe(self.model, values, rising, environment)
        else:
            share = self._integrated(values, flat[order], environment)
        # Some curves pass 1 or fall as they are written; drug does neither.
        share = np.maximum.accumulate(np.clip(share, 0.0, 1.0), axis=-1)
        back = np.empty_like(order)
        back[order] = np.arange(len(order))
        return share[..., back].reshape(*share.shape[:-1], *times.shape)

    def eventual(self, values=None):
        """The share of dose that this release ever gives up."""
        values = values or self.values
        if isinstance(self.model, Curve):
            return observe(self.model, values, self._end(values)).clip(0, 1)[..., 0]
        span = self.measured_until if np.isfinite(self.measured_until) else 24 * 365.0
        return self._integrated(values, np.array([100 * span]), Environment()).clip(0, 1)[..., 0]

    def _end(self, values):
        """Hours by which a curve has given all it will: long after, or at the peak of a law that falls again."""
        late = np.array([_LONG * 24 * 365.0])
        if self.model.peak is None:
            return late
        peak = np.asarray(compiled.peak(self.model)(*[np.float64(values[s.name]) for s in self.model.symbols])[0])
        return np.where(peak > 0, np.minimum(peak, late), late)

    @property
    def kinks(self):
        """Hours since injection at which the release bends sharply."""
        return kinks(self.model, self.values)

    @property
    def can_draw(self):
        """Whether anything is known of the uncertainty of the values."""
        return self.sampled is not None or (self.covariance is not None and bool(self.free))

    def draws(self, count, seed):
        """Values that are as plausible as the fit allows.

        Parameters
        ----------
        count : int
        seed : int

        Returns
        -------
        dict of str to array (count, 1), and the share of proposals that fell outside the bounds
        """
        if self.sampled is not None:
            size = len(next(iter(self.sampled.values())))
            which = np.random.default_rng(seed).integers(0, size, count)
            return {name: np.asarray(numbers)[which, None] for name, numbers in self.sampled.items()}, 0.0
        if not self.can_draw:
            raise PredictionError("this release was given by hand, without a fit, so nothing is known of its "
                                  "uncertainty; fit a curve to have an interval")
        generator = np.random.default_rng(seed)
        parameters = [self.model.parameter(name) for name in self.free]
        centre = np.array([to_scale(self.values[p.name], p) for p in parameters])
        root = _root(_capped(self.covariance))
        kept, tried = [], 0
        while sum(map(len, kept)) < count:
            if tried > 200 * count:
                raise PredictionError("the fit is too uncertain to draw from: nearly every draw leaves the bounds of "
                                      "its parameters; fix a parameter or take a simpler model")
            wider = 1.0 if np.isinf(self.freedom) else np.sqrt(self.freedom / generator.chisquare(self.freedom, count))
            proposals = centre + generator.standard_normal((count, len(centre))) @ root.T * np.reshape(wider, (-1, 1))
            tried += count
            kept.append(proposals[self._possible(proposals, parameters)])
        chosen = np.concatenate(kept)[:count]
        found = {name: np.full((count, 1), value) for name, value in self.values.items()}
        for k, p in enumerate(parameters):
            found[p.name] = from_scale(chosen[:, k : k + 1], p)
        for name, (low, high) in self.spread.items():
            found[name] = np.exp(generator.uniform(np.log(low), np.log(high), (count, 1)))
        return found, 1 - sum(map(len, kept)) / tried

    def _possible(self, proposals, parameters):
        fine = np.all(np.isfinite(proposals), axis=1)
        drawn = {p.name: from_scale(proposals[:, k], p) for k, p in enumerate(parameters)}
        for p in parameters:
            low, high = (units.inside(b, p.unit) for b in p.bounds)
            fine &= (drawn[p.name] >= low) & (drawn[p.name] <= high)
        for slower, faster in self.model.ordered:
            value = {**self.values, **drawn}
            fine &= np.broadcast_to(value[slower.name] <= value[faster.name], fine.shape)
        if self.plausible is not None and fine.any():
            some = {n: np.broadcast_to(np.reshape(drawn.get(n, v), (-1, 1)), (len(fine), 1))[fine]
                    for n, v in self.values.items()}
            fine[fine] = self.plausible(some)
        return fine

    def _integrated(self, values, times, environment):
        # No integrator can step a few microseconds; nothing happens in them either.
        times = np.where(times < 1e-9, 0.0, times)
        arrays = {name: np.ravel(value) for name, value in values.items()}
        count = max(map(len, arrays.values()))
        alike = environment == Environment() or not self.model.uses_environment
        if count > 1 and alike:
            return observe_many(self.model, {n: np.broadcast_to(a, count) for n, a in arrays.items()}, times)
        rows = [observe(self.model, {n: float(a[min(i, len(a) - 1)]) for n, a in arrays.items()}, times, environment)
                for i in range(count)]
        return np.array(rows) if any(np.ndim(v) for v in values.values()) else rows[0]


def to_scale(value, parameter):
    """A value (inside units) on the parameter's own scale."""
    if parameter.scale == "log":
        return np.log(value)
    if parameter.scale == "logit":
        return np.log(value / (1 - value))
    return value


def from_scale(value, parameter):
    """Back from the parameter's own scale."""
    if parameter.scale == "log":
        return np.exp(np.clip(value, -700, 700))
    if parameter.scale == "logit":
        return 1 / (1 + np.exp(-value))
    return value


def scale_slope(value, parameter):
    """d(own scale)/d(value), for carrying standard errors over."""
    if parameter.scale == "log":
        return 1 / value
    if parameter.scale == "logit":
        return 1 / (value * (1 - value))
    return 1.0


def _capped(covariance):
    """The same correlations with no standard deviation above `WIDEST`: a linear picture is not believed further."""
    sd = np.sqrt(np.maximum(np.diag(covariance), 0))
    shrink = np.where(sd > WIDEST, WIDEST / np.where(sd > 0, sd, 1), 1.0)
    return covariance * np.outer(shrink, shrink)


def _root(covariance):
    """A square root of a covariance that may be singular."""
    values, vectors = np.linalg.eigh((covariance + covariance.T) / 2)
    return vectors * np.sqrt(np.clip(values, 0, None))
