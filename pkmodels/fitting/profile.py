"""Profile likelihood: how far a quantity can be moved before the best that the others can do gets too bad."""

from dataclasses import dataclass, field

import numpy as np

from .. import units
from ..errors import unknown
from ..solve.inverse import EARLIEST
from ..solve.release import from_scale
from . import derived
from .bounds import scaled, unscaled
from .chain import RISE, Chain
from .result import CONFIDENCE
from .uncertainty import Intervals, informative
from .walking import STEPS, hold, limits, problem_of, settled, walk

LONGEST_WALK, REFINEMENTS = 40, 25
#: How firmly a derived quantity is pulled, against what its standard error would resist with.
PULL, PULLED_STEPS, OVERSHOTS = 1e3, 40, 5
#: A time beyond so many times the last sample is as good as never.
NEVER = 100.0
_ROUGH = "the curve bends too sharply to follow the profile to its crossing: an end is interpolated"

_UNSETTLED = "open: the fits along the profile do not settle, so where it crosses is not known"


@dataclass(frozen=True, eq=False, repr=False)
class Profile(Intervals):
    """Intervals by profile likelihood.

    Attributes
    ----------
    paths : mapping of str to DataFrame
        Of every quantity: ``value`` in its unit, and ``wss``, the least sum of squares with the quantity held there.
    cut : float
        The sum of squares at which intervals end.
    """

    paths: dict = field(default_factory=dict)
    cut: float = float("nan")


def profile(fit, *, quantities=None, progress=None):
    """95 % intervals by profile likelihood.

    A value belongs to the interval while the others, fitted anew, keep
    ``SS <= SS_min (1 + F(1, n - p) / (n - p))``: the F test of one parameter with unknown variance
    (Bates & Watts 1988). Derived quantities are held in the same way, by Lagrange's multiplier.

    Parameters
    ----------
    fit : Fit
    quantities : sequence of str, optional
        Parameters and derived quantities; all when not given.
    progress : callable, optional
        Wraps the sequence of quantities, such as ``tqdm.tqdm``.

    Returns
    -------
    Profile
        One-sided, with a note, where nothing closes an interval.

    Raises
    ------
    UnknownName
        If a quantity does not exist.
    """
    from scipy.special import fdtri

    problem = problem_of(fit)
    free = [p.name for p in fit.model.parameters if p.name not in fit.fixed]
    wanted = list(quantities) if quantities is not None else [*free, *derived.NAMES]
    for name in wanted:
        if name not in (*free, *derived.NAMES):
            raise unknown("parameter to be profiled or derived quantity", name, [*free, *derived.NAMES])
    numbers = np.array([fit.inside[n] for n in problem.names])
    low, high = limits(problem, 1)
    walked = walk(problem, np.clip(scaled(fit.model, numbers), -700, None)[None], low, high, steps=20)
    best, freedom = float(walked.squares[0]), int(informative(problem, numbers).sum()) - len(free)
    if freedom < 1:
        rows = [_row(fit, name, np.nan, np.nan, "as many parameters as points: nothing is left to judge by")
                for name in wanted]
        return Profile(fit, "profile", tuple(rows), settings={"freedom": freedom})
    threshold = float(fdtri(1, freedom, CONFIDENCE))
    setting = _Setting(fit, problem, walked.place[0], best, best / freedom, threshold)
    rows, paths, lowest = [], {}, best
    for name in progress(wanted) if progress else wanted:
        ends, notes, path = setting.parameter(name) if name in free else setting.derived(name)
        rows.append(_row(fit, name, *ends, "; ".join(dict.fromkeys(n for n in notes if n))))
        if path:
            lowest = min(lowest, min(ss for _, ss in path))
            paths[name] = _path(fit, name, path)
    cut = best * (1 + threshold / freedom)
    notes = [f"cut where the likelihood ratio passes F(1, {freedom}) = {threshold:.4g}"]
    if any("open:" in row["note"] for row in rows):
        notes.append("open: these points set a limit to one side only (or to none); hold the parameter where it is "
                     "known, sample where it acts, or report the limit alone")
    if lowest < best * (1 - 1e-4) - 1e-20:
        notes.append(f"on the way a better fit was met (sum of squares {lowest:.4g}, not {best:.4g}): fit again with "
                     f"another seed before these intervals are used")
    return Profile(fit, "profile", tuple(rows), tuple(notes), {"freedom": freedom, "threshold": threshold}, paths, cut)


@dataclass(frozen=True, eq=False)
class _Setting:
    """What all profiles of one fit share; ``centre`` on the parameters' own scales."""

    fit: object
    problem: object
    centre: np.ndarray
    best: float
    variance: float
    threshold: float

    def parameter(self, name):
        k = self.problem.names.index(name)
        p = self.fit.model.parameter(name)

        def evaluate(at, starts):
            low, high = limits(self.problem, len(at))
            hold(self.problem, low, high, k, at)
            found = settled(lambda starts, which, steps: walk(
                self.problem, starts, low[which], high[which], steps=steps), starts, STEPS)
            return at, found.place, found.squares

        low, high = (side[0, k] for side in limits(self.problem, 1))
        width = self._error(np.eye(len(self.centre))[k])
        span = high - low if np.isfinite(high - low) else np.inf
        chains = self._walk(evaluate, self.centre[k], min(width, 0.2 * span) or 0.1, low, high)
        ends, notes = [], []
        for side, chain in enumerate(chains):
            value = units.outside(float(from_scale(chain.end, p)), self.fit.units[name])
            if chain.state == "bound":
                natural = units.outside(units.inside(float(p.bounds[side]), p.unit), self.fit.units[name])
                by_data = self.problem.box.by_data[k][side]
                value = natural if by_data else value
                end = ("lower", "upper")[side]
                notes.append(f"open: the profile never rises towards {'its' if np.isfinite(natural) else 'an infinite'}"
                             f" {end} bound" if by_data else f"reaches its {end} bound")
            elif chain.state in ("lost", "unsettled"):
                value = (-np.inf, np.inf)[side] if p.scale == "linear" else (0.0, np.inf)[side]
                notes.append("open: the profile never rises" if chain.state == "lost" else _UNSETTLED)
            ends.append(value)
            notes += [_ROUGH] * chain.rough
        path = [(float(from_scale(x, p)), ss) for x, ss in self._joined(chains)]
        return ends, notes, path

    def derived(self, name):
        q, last = derived.quantity(name), float(self.fit.study.times.max())
        model = self.fit.model
        value, slope = derived.value_and_slope(model, unscaled(model, self.centre)[None], last, name)
        if not np.isfinite(value[0]):
            why = derived.reason(name, model, unscaled(model, self.centre)[None], last)
            if np.isfinite(q.level) and self._may_end(q.level, last, 1):
                why += "; these points do not exclude that it is reached"
            return (np.nan, np.nan), (why,), ()
        log = q.kind == "time" and value[0] > 0
        by_scale = slope[0] * self._by_scale() / (value[0] if log else 1.0)
        if name == "plateau_share" and self.fit.values.get("plateau", 0.0) > 1 and "plateau" not in self.fit.fixed:
            ends, notes, path = self.parameter("plateau")
            return [min(end, 1.0) for end in ends], [*notes, derived.HELD], [(min(at, 1.0), ss) for at, ss in path]
        if not np.all(np.isfinite(by_scale)) or np.max(np.abs(by_scale), initial=0) < 1e-12:
            shown = self._outside(q, value[0])
            return (shown, shown), ("given by the model, not by the data",), ()
        error = max(self._error(by_scale), 1e-7)
        evaluate = self._pulled(name, last, log, error)
        begin = float(np.log(value[0]) if log else value[0])
        top = np.log(max(NEVER * last, 10 * value[0])) if q.kind == "time" else 1.0
        edges = (np.log(EARLIEST) if log else 0.0, top if log or q.kind == "share" else np.exp(top))
        chains = self._walk(evaluate, begin, error, *edges)
        never = np.isfinite(q.level) and self._may_end(q.level, last, -1)
        ends, notes = [], []
        for side, chain in enumerate(chains):
            end = float(np.exp(chain.end) if log else chain.end)
            far = chain.state == "lost" and side == 1 and end > 10 * last
            if side == 1 and never:
                ends.append(np.inf)
                notes.append("open: the data do not exclude that it is never reached")
                continue
            if chain.state == "unsettled":
                end = (0.0, np.inf)[side] if q.kind == "time" else (0.0, 1.0)[side]
                notes.append(_UNSETTLED)
            elif q.kind == "time" and (chain.state == "bound" or far):
                end = (0.0, np.inf)[side]
                notes.append(f"open: beyond {NEVER:g} times the last sample" if side
                             else "open: the profile never rises downwards")
            elif chain.state in ("bound", "lost"):
                notes.append(f"{('lower', 'upper')[side]} end: as far as the model and its bounds can go")
            ends.append(self._outside(q, end))
            notes += [_ROUGH] * chain.rough
        path = [(float(np.exp(x) if log else x), ss) for x, ss in self._joined(chains)]
        return ends, notes, path

    def _pulled(self, name, last, log, error):
        """A function that fits with a derived quantity pulled to where it is asked to be, and says how far it came."""
        model = self.fit.model
        firm = np.sqrt(PULL * max(self.variance, 1e-30)) / error

        def measure(numbers):
            with np.errstate(divide="ignore", invalid="ignore"):
                found, by = derived.value_and_slope(model, numbers, last, name)
                return (np.log(found), by / found[:, None]) if log else (found, by)

        def evaluate(at, starts):
            def towards(goal):
                def target(numbers, which):
                    found, by = measure(numbers)
                    return np.where(np.isfinite(found), firm * (found - goal[which]), np.inf), np.nan_to_num(firm * by)
                return target

            walked = settled(lambda starts, which, steps: walk(
                self.problem, starts, *limits(self.problem, len(starts)), target=towards(at[which]), steps=steps,
                enough=1e-7), starts, PULLED_STEPS)
            return measure(unscaled(model, walked.place))[0], walked.place, walked.squares

        return evaluate

    def _may_end(self, level, last, sign):
        """Whether curves that end below a level (``sign`` -1) or above it (1) belong to the region of the profile."""
        value, slope = derived.value_and_slope(self.fit.model, unscaled(self.fit.model, self.centre)[None], last,
                                               "plateau_share")
        by_scale = slope[0] * self._by_scale()
        if not np.max(np.abs(by_scale), initial=0) > 1e-12:
            return False
        evaluate = self._pulled("plateau_share", last, False, max(self._error(by_scale), 1e-7))
        # There in a few steps, each from the last: the way may be bent.
        place, goal = self.centre, level + 0.002 * sign
        for at in np.linspace(value[0], goal, 6)[1:]:
            reached, places, squares = evaluate(np.array([at]), place[None])
            place = places[0]
        # A plateau that the points hardly know resists little, but so is the pull: ask for more than is wanted.
        for _ in range(OVERSHOTS):
            if not sign * (reached[0] - level) <= 0:
                break
            goal -= 2 * (reached[0] - level) - 0.001 * sign
            reached, places, squares = evaluate(np.array([goal]), place[None])
            place = places[0]
        return bool(sign * (reached[0] - level) > 0 and self._height(squares[0]) < 1)

    def _outside(self, q, value):
        return float(units.outside(value, self.fit.study.time_unit)) if q.kind == "time" else float(value)

    def _by_scale(self):
        ones = unscaled(self.fit.model, self.centre)
        return np.array([{"log": v, "logit": v * (1 - v), "linear": 1.0}[p.scale]
                         for v, p in zip(ones, self.fit.model.parameters, strict=True)])

    def _error(self, direction):
        """Standard error of a combination of the parameters on their own scales; fixed ones do not vary."""
        slope = self.problem.slope(unscaled(self.fit.model, self.centre)) * self._by_scale()
        slope[:, [n in self.fit.fixed for n in self.problem.names]] = 0.0
        return float(np.sqrt(self.variance * max(direction @ np.linalg.pinv(slope.T @ slope, rcond=1e-13)
                                                 @ direction, 0.0)))

    def _height(self, squares):
        """Root of the likelihood ratio in units of the cut: 1 where the interval ends."""
        return np.sqrt(np.maximum(squares - self.best, 0) / max(self.variance * self.threshold, 1e-300))

    def _walk(self, evaluate, begin, error, low, high):
        """Both sides outward together until they cross the cut or reach a bound, then to the crossings."""
        step = RISE * np.sqrt(self.threshold) * max(error, 1e-9)
        chains = [Chain(sign, edge, step, [(begin, 0.0, self.centre, self.best)], tolerance=1e-9 * (1 + abs(begin)))
                  for sign, edge in ((-1, low), (1, high))]
        for chain in chains:
            chain.check_edge()
        for _ in range(LONGEST_WALK):
            moving = [c for c in chains if c.state == "walking"]
            if not moving:
                break
            self._advance(evaluate, moving, [c.proposal() for c in moving])
        for _ in range(REFINEMENTS):
            moving = [c for c in chains if c.state == "crossed" and not c.narrow()]
            if not moving:
                break
            self._advance(evaluate, moving, [c.between() for c in moving])
        return chains

    def _advance(self, evaluate, chains, proposals):
        at = np.array([x for x, _ in proposals])
        starts = [s for _, s in proposals]
        ways = max(map(len, starts))
        stacked = np.array([s[min(w, len(s) - 1)] for w in range(ways) for s in starts])
        reached, place, squares = evaluate(np.tile(at, ways), stacked)
        squares = np.where(np.isfinite(squares) & np.isfinite(reached), squares, np.inf)
        off = np.abs(reached - np.tile(at, ways)) if ways > 1 else 0.0
        for i, chain in enumerate(chains):
            own = np.arange(ways) * len(chains) + i
            near = off[own] <= 0.5 * abs(at[i] - chain.points[-1][0]) if ways > 1 else np.ones(1, bool)
            pick = own[np.argmin(np.where(near | ~near.any(), squares[own], np.inf))]
            chain.take(at[i], reached[pick], self._height(squares[pick]), place[pick], squares[pick])

    @staticmethod
    def _joined(chains):
        points = {x: ss for c in chains for x, _, _, ss in (*c.points, *c.inside_points)}
        return sorted(points.items())


def _row(fit, name, low, high, note):
    if name in fit.values:
        return {"quantity": name, "value": fit.values[name], "low": float(low), "high": float(high),
                "unit": fit.units[name], "note": note}
    q = derived.quantity(name)
    numbers = np.array([[fit.inside[p.name] for p in fit.model.parameters]])
    last = float(fit.study.times.max())
    value = float(derived.values(fit.model, numbers, last, [name])[name][0])
    unit = fit.study.time_unit if q.kind == "time" else "1"
    note = "; ".join(filter(None, [derived.beyond(name, value, last), note]))
    return {"quantity": name, "value": units.outside(value, unit) if q.kind == "time" else value,
            "low": float(low), "high": float(high), "unit": unit, "note": note}


def _path(fit, name, path):
    import pandas as pd

    unit = fit.units[name] if name in fit.values else (
        fit.study.time_unit if derived.quantity(name).kind == "time" else "1")
    factor = units.inside(1.0, unit) if unit != "1" else 1.0
    return pd.DataFrame({"value": [x / factor for x, _ in path], "wss": [ss for _, ss in path]})
