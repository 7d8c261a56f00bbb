"""Parameters that no release curve tells: taken from the study or as given, never sought unasked."""

from dataclasses import replace

from .. import clocks
from ..model import Curve
from . import conditions


def held(model, fixed, sought=(), many=False):
    """What a fit holds, and the sentences that say so.

    Parameters
    ----------
    model : Curve or Model
    fixed : mapping
        What the user has given.
    sought : sequence of str
        What is to be sought although one curve does not tell it (with curves of several sizes it can be).
    many : bool
        Whether there are many curves, which may tell what one does not.

    Returns
    -------
    dict
        ``fixed``, and the model's own values of the other parameters that must be measured.
    tuple of str
        Why they are not sought, one sentence per reason.
    """
    taken = {p.name: p.value for p in model.parameters if p.measured and p.name not in (*fixed, *sought)}
    reasons = {}
    for name in taken:
        reasons.setdefault(model.parameter(name).measured, []).append(name)
    said = []
    for reason, names in reasons.items():
        shown = ", ".join(f"{n} = {taken[n]:g} {model.parameter(n).unit_text}".strip() for n in names)
        said.append(f"{shown} {'was' if len(names) == 1 else 'were'} not sought but taken from the model's example: "
                    f"{reason}. Give what you know with fixed={{'{names[0]}': ...}}"
                    + (f", or name {'it' if len(names) == 1 else 'them'} in shared if these curves differ in it"
                       if many else ""))
    return dict(fixed) | taken, tuple(said)


def known_per_curve(model, each, given, kept):
    """The model with those of its measured parameters as conditions whose values the study (or ``given``) holds.

    Parameters
    ----------
    model : Curve or Model
    each : sequence of (str, Study)
        The curves.
    given : mapping
        Condition name to values per curve.
    kept : sequence of str
        Names that stay parameters, because they are sought or fixed.
    """
    if not isinstance(model, Curve):
        return model
    paced = set().union(*(pace.free_symbols for pace in clocks.paces(model.clocks).values()))
    moved = {p.symbol: p.unit for p in model.parameters
             if p.measured and p.name not in kept and p.symbol not in paced
             and (p.name in given or all(conditions.stands_in(one, p.name, p.unit) for _, one in each))}
    if not moved:
        return model
    return replace(
        model, parameters=tuple(p for p in model.parameters if p.symbol not in moved),
        conditions={**model.conditions, **moved},
        also=tuple(a for a in model.also if not a.expression.free_symbols & set(moved)),
        size={symbol: power for symbol, power in model.size.items() if symbol not in moved},
        kinks=tuple(k for k in model.kinks if not k.free_symbols & set(moved)))
