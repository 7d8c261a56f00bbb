"""What makes a fit of many curves, and the least-squares problem that it is."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from ..errors import FitError
from ..studies import Study
from . import bounds, conditions, weighting
from .block import Block
from .problem import Problem


@dataclass(frozen=True, eq=False)
class Recipe:
    """What makes a fit of many curves, and makes it again; the fields are those of `fit_many`.

    ``each`` are the curves' names and studies, ``whole`` all of them in one; ``priors`` are rows of `Problem.priors`,
    ``declared`` what they assume, ``scale`` as in `weighting.whitening`, ``held`` why a parameter
    was not sought, ``base`` the model before what is known of each curve became a condition of it.
    """

    model: object
    whole: Study
    each: list
    conditions: dict
    fixed: dict
    shared: tuple
    weights: str
    errors: str
    priors: tuple
    seed: int
    declared: tuple = ()
    scale: float = 0.0
    held: tuple = ()
    base: object = None

    @cached_property
    def posed(self):
        """The least-squares problem of all curves, and what was done to their points, in sentences."""
        white, notes = self.unscaled
        if self.scale:
            white = weighting.with_scales([one for _, one in self.each], white, self.scale)[0]
            notes = (*notes, weighting.SCALED)
        return Block(_problems(self, white), self.shared), notes

    @cached_property
    def unscaled(self):
        """One whitening per curve without the curves' scales, and what was done, in sentences."""
        return _whitening(self.each, self.whole, self.weights, self.errors)


def _problems(recipe, whites):
    model, found = recipe.model, []
    for k, ((label, one), white) in enumerate(zip(recipe.each, whites, strict=True)):
        known = (conditions.condition_values(model, one, label, recipe.conditions)
                 if getattr(model, "conditions", None) else {})
        times = one.times
        # What is known beforehand of a shared parameter is known once, not once per curve.
        rows = tuple(row for row in recipe.priors if k == 0 or row[0] not in recipe.shared)
        box = bounds.with_fixed(bounds.box(model, times), model, recipe.fixed)
        found.append(Problem(model, times, one.released, box, whitening=white, fixed=tuple(recipe.fixed), priors=rows,
                             conditions={name: np.full(len(times), value) for name, value in known.items()}))
    return tuple(found)


def _whitening(each, whole, weights, errors):
    """One whitening per curve, on one scale for all of them; and what was done, in sentences."""
    if errors == "concentrations":
        if weights != "none":
            raise FitError(f"weights {weights} with errors='concentrations' are for one curve at a time; leave the "
                           f"weights away, or fit each curve alone")
        notes = dict.fromkeys(note for _, one in each for note in weighting.whitening(one, weights, errors)[1])
        plain = [weighting.concentrations(one) for _, one in each]
        scale = np.exp(sum(np.linalg.slogdet(one)[1] for one in plain) / sum(map(len, plain)))
        return [one / scale for one in plain], tuple(notes)
    if errors == "increments" or weights == "none":
        found = [weighting.whitening(one, weights, errors) for _, one in each]
        return [white for white, _ in found], found[0][1]
    if weights == "1/sd2":
        spread = np.concatenate([weighting._spread(one) for _, one in each])
        whole = replace(whole, frame=whole.frame.assign(sd=spread))
    root, notes = weighting.whitening(whole, weights, errors)
    return np.split(root, np.cumsum([len(one) for _, one in each])[:-1]), notes
