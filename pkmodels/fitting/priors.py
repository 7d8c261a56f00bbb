"""Prior knowledge of parameters as further rows of a fit; off unless asked for, and always declared."""

import math

from .. import units
from ..errors import FitError
from ..solve.release import to_scale
from .asked import checked_mapping

#: Medians and quartiles over public curves of PLGA microparticles and long-acting injectables, as this
#: project fitted them (Bannigan et al. 2023, 10.1038/s41467-022-35343-w): name -> unit, lower quartile, median, upper.
PUBLIC = {
    "biexponential": {"f_burst": ("1", 0.004, 0.17, 0.32), "k_burst": ("1/day", 0.12, 0.83, 2.1),
                      "k_sustained": ("1/day", 0.017, 0.032, 0.087)},
    "gallagher_corrigan": {"f_burst": ("1", 0.21, 0.33, 0.51), "k_burst": ("1/day", 0.17, 0.55, 1.3),
                           "k_erosion": ("1/day", 0.03, 0.11, 0.24)},
    "weibull": {"t_scale": ("day", 5.5, 15.5, 30.0), "beta": ("1", 0.65, 0.83, 1.4)},
}
#: Half the distance between quartiles in standard deviations.
_QUARTILE = 0.6745


def priors(model, given):
    """Rows for `Problem.priors`, and what was assumed, in sentences.

    Parameters
    ----------
    model : Curve or Model
    given : None, "public" or mapping
        Name to (centre, width): a width in the parameter's unit, or for a parameter on a log scale a
        factor (2: within half and double). ``"public"`` takes the spread over published curves.

    Raises
    ------
    FitError
        If there are no public quantiles for this model, or a width is not possible.
    """
    if not given:
        return (), ()
    if given == "public":
        base = model.name.split("+")[0]
        if base not in PUBLIC:
            raise FitError(f"there are no public quantiles for {model.name}, only for {', '.join(PUBLIC)}; give your "
                           f"own, such as {{'{model.parameters[0].name}': (centre, width)}}")
        rows = [_public(model.parameter(name), *numbers) for name, numbers in PUBLIC[base].items()]
        return tuple(rows), (f"priors from public curves of depots on {', '.join(PUBLIC[base])}",)
    rows, said = [], []
    example = f"{{'{model.parameters[0].name}': (centre, width)}}"
    if isinstance(given, str):
        raise FitError(f"priors = '{given}' is not possible; give 'public', or a mapping such as {example}")
    for name, pair in checked_mapping(given, "priors", example).items():
        p = model.parameter(name)
        try:
            centre, width = pair
            width = float(width)
        except (TypeError, ValueError) as problem:
            raise FitError(f"the prior of {name} is {pair!r}; give two numbers, centre and width, such as {example}"
                           ) from problem
        p.check(centre)
        log = p.scale == "log"
        if not width > (1 if log else 0):
            wanted = "a factor above 1, such as 2" if log else f"a width above 0 {p.unit_text}".strip()
            raise FitError(f"the prior of {name} has the width {width:g}; give {wanted}")
        rows.append((name, float(to_scale(units.inside(centre, p.unit), p)),
                     math.log(width) if log else units.inside(width, p.unit)))
        said.append(f"{name} = {centre:g} {p.unit_text} {'within a factor of' if log else '±'} {width:g}")
    return tuple(rows), (f"priors: {'; '.join(said)}",)


def _public(p, unit, low, middle, high):
    low, middle, high = (to_scale(units.inside(v, unit), p) for v in (low, middle, high))
    return p.name, float(middle), float((high - low) / 2 / _QUARTILE)
