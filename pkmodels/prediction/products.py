"""What is released from: nothing, one carrier, or several products that a regimen names, each dose its own depot."""

from collections.abc import Mapping
from functools import partial

import numpy as np

from ..errors import PredictionError, unknown
from .answers import blocks
from .chain import JUST_AFTER, Depots
from .grid import after_steps, grid, since_dose
from .sources import as_release

EXAMPLE = "{'monthly': fit, 'quarterly': other}, with a regimen such as '3.6 mg of monthly every 28 days x 3 then " \
          "10.8 mg of quarterly every 84 days x 2'"


def releases_of(given, values=None, elsewhere=False):
    """Product to `Release`: empty for a drug in solution, ``{"": release}`` for one carrier.

    Raises
    ------
    PredictionError
    """
    if not isinstance(given, Mapping):
        release = as_release(given, values, elsewhere=elsewhere)
        return {} if release is None else {"": release}
    if values:
        raise PredictionError("values are for one named model; for each of several products give a fit, a record, or a "
                              "pair such as ('first_order', {'k': (0.1, '1/day')})")
    if not given or not all(isinstance(name, str) and name.strip() for name in given):
        raise PredictionError(f"several products are given by their names, such as {EXAMPLE}")
    found = {" ".join(name.split()): as_release(*each) if isinstance(each, tuple) else
             as_release(each, elsewhere=elsewhere) for name, each in given.items()}
    for name, each in found.items():
        if each is None:
            raise PredictionError(f"the product {name} has no release; a drug in solution is predicted by itself")
        if each.origin.get("environment"):
            raise PredictionError(f"the product {name} has surroundings of its own; predict it by itself")
    return found


def check_products(releases, doses, regimen):
    """Every dose must be of a product that has a release, and the regimen must name none where there is one only."""
    named = {dose.product for dose in doses}
    if "" in releases or not releases:
        if named - {""}:
            raise PredictionError(f"'{regimen}' names the product {sorted(named - {''})[0]}, but one release is given "
                                  f"for all doses; give a release for each product, such as {EXAMPLE}")
        return
    if "" in named:
        raise PredictionError(f"there are several products ({', '.join(releases)}), but '{regimen}' does not say which "
                              f"one a dose is of; write for example '3.6 mg of {next(iter(releases))} once'")
    for name in named:
        if name not in releases:
            raise unknown("product", name, list(releases))


def drawn_of(releases, draws, seed):
    """Draws of all releases, (product, parameter) to array, and the largest share that was refused."""
    found, refused = {}, 0.0
    for name, release in releases.items():
        if draws > 0 and release.can_draw:
            some, out = release.draws(int(draws), seed)
            found |= {(name, parameter): numbers for parameter, numbers in some.items()}
            refused = max(refused, out)
    return found or None, refused


def _own(values, name):
    """The drawn values of one product."""
    return {parameter: numbers for (product, parameter), numbers in (values or {}).items() if product == name}


def hours_of(releases, doses, horizon, environment, drawn, shown, site):
    """The hours at which everything is computed: dense after the doses of each product where it bends."""
    starts = [dose.time_hour for dose in doses] or [0.0]
    sudden = (*environment.breakpoints, *(site.breakpoints if site else ()))
    fixed = [*after_steps(horizon, sudden), *([] if shown is None else shown)]
    if not releases:
        ends = [dose.time_hour + dose.duration_hour for dose in doses]
        hours = grid(horizon, starts, since_dose(np.zeros_like, horizon), [*fixed, *after_steps(horizon, ends)])
        return _twice(hours, [dose.time_hour for dose in doses if not dose.duration_hour])
    jumps, since = [], np.empty(0)
    for name, release in releases.items():
        # The surroundings of the first dose stand for those of all: their steps are on the grid anyway.
        own = _own(drawn, name)
        some = {key: values[:: max(1, len(values) // 8)] for key, values in own.items()}

        def share(since, release=release, some=some):
            central = release.share(since, environment)[None]
            return np.concatenate([central, release.share(since, environment, some)]) if some else central

        begins = [dose.time_hour for dose in doses if dose.product == name] or ([0.0] if not doses else [])
        since = since_dose(share, horizon, release.kinks)
        if len(releases) > 1:
            fixed += [begin + each for begin in begins for each in since if 0 < begin + each < horizon]
        jumps += begins if release.share(np.array([JUST_AFTER]))[0] > 0 else []
    return _twice(grid(horizon, starts, since if len(releases) == 1 else (), fixed), jumps)


def _twice(hours, jumps):
    """The hours with those of jumps twice: before and after drug that enters at once."""
    return np.sort(np.concatenate([hours, jumps])) if len(jumps) else hours


class AllDepots:
    """The depots of all products: what `Depots` is for one.

    Parameters
    ----------
    releases : mapping of str to Release
    doses : sequence of Dose
    environment : Environment
    available : float
    stretch : callable
        Release and values to the factor on its share.
    hours : array
    """

    def __init__(self, releases, doses, environment, available, stretch, hours):
        self.doses, self.available, self.hours = doses, available, hours
        self.each = {name: Depots(release, [dose for dose in doses if dose.product == name], environment, available,
                                  partial(stretch, release), hours)
                     for name, release in (releases or {"": None}).items()}

    def mass(self, values=None):
        """Mass at the grid's nodes, as `Depots.mass` gives it."""
        return sum(depots.mass(_own(values, name)) for name, depots in self.each.items())


def released(releases, depots, stretch, hours, environment, drawn, progress):
    """Variables of the released share: name to (dimensions, numbers, attributes).

    Of one carrier the share of a dose since its injection; of several products the share of all drug that has been
    injected so far.
    """
    if len(releases) == 1 and "" in releases:
        release, text = releases[""], "share of the dose released since its injection"
        rows = {"released": stretch(release) * release.share(hours, environment)}
        if drawn:
            parts = [stretch(release, own) * release.share(hours, environment, own)
                     for own in (_own(some, "") for some in blocks(drawn, progress))]
            rows["released_draws"] = np.concatenate(parts)
    else:
        text = "share of all drug injected so far that has been released"
        given = np.sum([np.where(hours >= dose.time_hour, dose.amount_mg, 0.0) for dose in depots.doses], axis=0)
        rows = {"released": _out(depots.mass()) / given / depots.available}
        if drawn:
            rows["released_draws"] = np.concatenate([_out(depots.mass(some)) for some in blocks(drawn, progress)]
                                                    ) / given / depots.available
    return {name: (("draw", "time")[-each.ndim:], each, {"units": "1", "long_name": text})
            for name, each in rows.items()}


def _out(mass):
    """What has been fed by every hour of the grid."""
    return np.concatenate([np.zeros((*mass.shape[:-2], 1)), mass[..., -1]], axis=-1)
