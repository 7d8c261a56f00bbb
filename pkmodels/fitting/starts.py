"""Where the search begins: starts spread over the box, lags put between samples, places crossed with each other."""

from functools import lru_cache
from itertools import combinations

import numpy as np

from .. import units
from .bounds import scaled, unscaled
from .walkers import is_lag

#: What is usual: times so many times beyond the samples, plain numbers within this factor of their typical value.
USUAL, USUAL_NUMBER = 3.0, 4.0
#: How far into each gap between samples a lag is put, and into how many gaps at most.
INTO_GAP, GAPS = (0.002, 0.35, 0.7, 0.999), 30
#: Places of two lags at once.
PAIRS = 160
#: Places that are part the best one, part another start (half as many: part another end, of so many).
CROSSED, ENDS = 64, 24


def _spread(problem, count, seed):
    """Latin hypercubes on the parameters' own scales, inside units, shape (count, parameters).

    One half covers the whole box of starts; the other one what is usual: times that the samples show,
    lags as dense as the samples, and plain numbers within a factor of their typical value.
    """
    box, model = problem.box, problem.model
    low, high = scaled(model, box.start_lower), scaled(model, box.start_upper)
    places = _hypercube(count // 2, len(problem.names), seed)
    wide = unscaled(model, low + places * (high - low))
    places = _hypercube(count - count // 2, len(problem.names), seed + 1)
    usual = np.stack([_usual(problem, k, places[:, k]) for k in range(len(problem.names))], axis=1)
    # In turn, so that every handful of starts holds some of both.
    both = np.empty((count, len(low)))
    both[1::2], both[::2] = wide, usual
    return np.clip(both, box.lower, box.upper)


def _usual(problem, k, places):
    """Places between 0 and 1 as values of one parameter that are usual for these samples."""
    p, box = problem.model.parameters[k], problem.box
    seen = np.unique(problem.times[problem.times > 0])
    if is_lag(p):
        return np.interp(places, np.linspace(0, 1, len(seen) + 1), [0.0, *seen])
    low, high = box.start_lower[k], box.start_upper[k]
    if p.scale == "log":
        power = dict(units.dimension(p.unit)).get("[time]", 0.0)
        typical = units.inside(p.value, p.unit)
        narrow = (sorted(((seen[0] / USUAL) ** power, (seen[-1] * USUAL) ** power)) if power
                  else (typical / USUAL_NUMBER, typical * USUAL_NUMBER))
        narrow = np.clip(narrow, low, high)
        low, high = narrow if narrow[0] < narrow[1] else (low, high)
        return np.exp(np.log(low) + places * (np.log(high) - np.log(low)))
    return low + places * (high - low)


def _around(problem, start, count, seed):
    """The start itself, then starts that differ from it by up to a factor of 30 up and down."""
    places = _hypercube(count - 1, len(problem.names), seed)
    factors = np.concatenate([np.ones((1, len(start))), 30.0 ** (2 * places - 1)])
    return np.clip(start * factors, problem.box.lower, problem.box.upper)


@lru_cache(maxsize=64)
def _hypercube(count, size, seed):
    generator = np.random.default_rng(seed)
    strata = np.stack([generator.permutation(count) for _ in range(size)], axis=1)
    places = (strata + generator.random((count, size))) / count
    places.flags.writeable = False
    return places


def _anew(problem, found, squares, spread, fewer, seed, moved):
    """Places to walk from once more: the best with its lags moved, and crossed with starts and with other ends.

    ``moved`` says whether the best is another one than when this was last asked.
    """
    best = found[np.argmin(squares)]
    ends = found[np.argsort(squares, kind="stable")[:ENDS]]
    count = CROSSED // fewer
    return np.concatenate([_hops(problem, best, spread, seed, moved), _crossed(problem, best, spread, count, seed),
                           _crossed(problem, best, ends, count // 2, seed)])


def _hops(problem, best, starts, seed, moved):
    """The best place with each of its lags moved between every two samples: a lag has a valley in each gap.

    Once with all else as it is or two parts of the release exchanged (unless that was tried before: not ``moved``), and
    twice with about half of it taken from other starts.
    """
    seen = np.unique(np.append(problem.times, 0.0))
    gaps = np.unique(np.linspace(0, len(seen) - 2, min(len(seen) - 1, GAPS)).round().astype(int))
    places = np.concatenate([seen[gaps] + share * np.diff(seen)[gaps] for share in INTO_GAP])
    as_it_is = [best, *_exchanged(problem, best)] if moved else []
    hops = [best[None], *(each[None] for each in as_it_is[1:])]
    lags = [k for k, p in enumerate(problem.model.parameters) if is_lag(p) and p.name not in problem.fixed]
    for k in lags:
        for others in (*(each[None] for each in as_it_is),
                       *(_crossed(problem, best, starts, len(places), seed + j) for j in (1, 2))):
            hops.append(np.resize(others, (len(places), len(best))))
            hops[-1][:, k] = places
    if len(lags) > 1:
        # Two lags have a valley for every pair of gaps: as many as can be walked, drawn anew in every round.
        generator = np.random.default_rng(seed + 1)
        pairs = _crossed(problem, best, starts, PAIRS, seed + 3)
        gap = generator.integers(0, len(seen) - 1, (PAIRS, len(lags)))
        pairs[:, lags] = np.sort(seen[gap] + generator.random(gap.shape) * np.diff(seen)[gap], axis=1)
        hops.append(pairs)
    found = np.clip(np.concatenate(hops), problem.box.lower, problem.box.upper)
    return found[problem.in_order(found)]


def _exchanged(problem, best):
    """The best place with two rates, or two times, exchanged: what is called a burst may be the slow part."""
    free = [k for k, p in enumerate(problem.model.parameters)
            if p.scale == "log" and p.name not in problem.fixed and not is_lag(p)]
    kind = {k: units.dimension(problem.model.parameters[k].unit) for k in free}
    found = []
    for one, other in combinations(free, 2):
        if kind[one] == kind[other]:
            place = best.copy()
            place[[one, other]] = best[[other, one]]
            found += [place] if problem.in_order(place[None])[0] else []
    return found


def _crossed(problem, best, starts, count, seed):
    """The best place with about half of its parameters taken from other starts."""
    generator = np.random.default_rng(seed)
    others = starts[generator.integers(len(starts), size=count)]
    found = np.where(generator.random(others.shape) < 0.5, others, best)
    return np.where(problem.in_order(found)[:, None], found, best)

