"""Bodies put together: what a drug card names, and a tissue that exchanges with its blood."""

from dataclasses import replace
from functools import lru_cache, reduce

from sympy import Symbol

from .. import catalogue
from ..errors import PredictionError
from ..model import Flow, Model, join


def body_of(drug):
    """The body models of a card, joined in their order."""
    return _joined(tuple(catalogue.get_model(name, "body") for name in drug.body))


@lru_cache(maxsize=64)
def _joined(models):
    """Joined once: the functions that are compiled from a model belong to that very model."""
    return reduce(join, models)


@lru_cache(maxsize=64)
def with_tissue(body, tissue, *, into_blood=False):
    """A body with a tissue that takes drug from its blood and gives it back.

    Parameters
    ----------
    body : Model
        It must measure one store: there the blood of the tissue comes from and goes to.
    tissue : Model
        With a store ``blood`` and a parameter ``v_blood``, which become those of the body.
    into_blood : bool
        Whether drug enters the body as before; into the tissue when not.

    Raises
    ------
    PredictionError, ModelError
        If the body measures several stores, or names clash.
    """
    measured = [s for s in body.stores if s in body.observed.free_symbols]
    if len(measured) != 1:
        raise PredictionError(f"the body {body.name} is not measured in one store but in {len(measured)}; a tissue "
                              f"needs one blood to exchange with")
    clash = ({s.name for s in (*body.states, *body.symbols)} & {s.name for s in (*tissue.states, *tissue.symbols)})
    if clash:
        raise PredictionError(f"the body {body.name} and the tissue both use {', '.join(sorted(clash))}; "
                              f"rename one of them with renamed()")
    blood, volume = Symbol("blood"), Symbol("v_blood")
    place = {blood: measured[0]}
    flows = tuple(Flow(place.get(f.source, f.source), place.get(f.target, f.target),
                       f.rate.xreplace({blood: volume * body.observed})) for f in tissue.flows)
    return Model(
        f"{body.name}_with_{tissue.name}", f"{body.title}; {tissue.title}", amount="mg",
        parameters=(*body.parameters, *(p for p in tissue.parameters if p.symbol != volume)),
        references=tuple(dict.fromkeys((*body.references, *tissue.references))),
        start={**body.start, **{s: v for s, v in tissue.start.items() if s != blood}},
        flows=(*body.flows, *flows), observed=body.observed, changes=dict(body.changes),
        inlet=body.inlet if into_blood else tissue.inlet, quantity_units=dict(body.quantity_units))


def in_contact(carrier, body):
    """A carrier that takes drug back from what it lies in, joined to a body; its dose is the parameter ``dose``.

    `join` renames the store that the carrier releases into to the inlet of the body, so flows in both
    directions stay what they are: a bead in a tissue loads and unloads as in its vial.
    """
    return replace(join(carrier, body), observed=body.observed)


def takes_back(carrier):
    """Whether a release model depends on the drug that it has released: in a body it would release otherwise."""
    if not isinstance(carrier, Model) or carrier.observed not in carrier.stores:
        return False
    return any(f.source == carrier.observed or carrier.observed in f.rate.free_symbols for f in carrier.flows) or any(
        carrier.observed in rate.free_symbols for rate in carrier.changes.values())
