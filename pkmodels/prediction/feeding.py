"""What many patients' bodies are fed by the depots of a regimen: pools of drug where a release is one, else masses."""

from dataclasses import dataclass

import numpy as np
import sympy

from .. import catalogue, units
from ..environment import Environment, t
from ..errors import PredictionError
from ..model import Curve, join
from ..solve import compiled
from ..solve.compiled import SURROUNDINGS


@dataclass(frozen=True, eq=False)
class Pools:
    """A release that is a sum of first-order pools: released = Σ shares_j (1 - exp(-rates_j t)) + at_once.

    Parameters
    ----------
    shares, rates : list of sympy.Expr
    at_once : sympy.Expr
    """

    shares: list
    rates: list
    at_once: object

    @classmethod
    def of(cls, model):
        """The pools of a release model, or None where it is not made of such."""
        if not isinstance(model, Curve) or set(model.clocks) != {t} or model.uses_environment or model.peak is not None:
            return None
        shares, constant = {}, sympy.Integer(0)
        for term in sympy.Add.make_args(sympy.expand(model.released)):
            if t not in term.free_symbols:
                constant += term
                continue
            factor, power = term.as_independent(t)
            if not isinstance(power, sympy.exp) or t in (rate := sympy.simplify(-power.args[0] / t)).free_symbols:
                return None
            shares[rate] = shares.get(rate, 0) - factor
        return cls([*shares.values()], [*shares], constant - sum(shares.values()))

    def numbers(self, symbols, values):
        """Shares and rates, each (pools, people), and what is out at once, (people,)."""
        count = max(np.size(v) for v in values.values())
        found = compiled.function(symbols, [*self.shares, *self.rates, self.at_once])(
            *[np.ravel(values[s.name]) for s in symbols])
        found = np.array([np.broadcast_to(np.asarray(each, dtype=float), count) for each in found])
        n = len(self.shares)
        return found[:n], found[n: -1], found[-1]

    def hold(self, symbols, values):
        """Whether they are pools with these values: no share is negative and no more than the dose comes out."""
        shares, rates, at_once = self.numbers(symbols, values)
        total = shares.sum(axis=0) + at_once
        slack = 1e-12
        return bool((shares >= -slack).all() and (rates > 0).all() and (at_once >= -slack).all()
                    and (total <= 1 + slack).all())


def joined_body(drug):
    """The body of a drug card as one model.

    Raises
    ------
    PredictionError
        If it is neither linear nor saturable at one place, or does not show a concentration in proportion to the
        amounts.
    """
    joined = catalogue.get_model(drug.body[0], "body")
    for name in drug.body[1:]:
        joined = join(joined, catalogue.get_model(name, "body"))
    if not joined.is_linear and saturated_store(joined) is None:
        raise PredictionError(f"the body of {drug.name} is not linear; populations are predicted with linear bodies "
                              f"and with one_compartment_saturable and two_compartment_saturable")
    if joined.observed_dimension != dict(units.dimension("mg/L")) or not joined.observes_linearly:
        raise PredictionError(f"the body {' -> '.join(drug.body)} of {drug.name} does not end in a concentration "
                              f"that is in proportion to the amounts; end it with one such as one_compartment")
    return joined


def saturated_store(model):
    """The index of the one store whose elimination saturates, ``rate_max x / (c_half v_central + x)``, or None.

    The rest of the body must be linear: without that elimination nothing but proportions is left.
    """
    by_name = {str(state): state for state in model.states}
    symbols = {s.name: s for s in model.symbols}
    if "central" not in by_name or not {"rate_max", "c_half", "v_central"} <= {*symbols}:
        return None
    central, place = by_name["central"], list(model.states).index(by_name["central"])
    gone = symbols["rate_max"] * central / (symbols["c_half"] * symbols["v_central"] + central)
    rest = model.right_hand_side.subs(symbols["rate_max"], 0)
    lost = sympy.simplify(model.right_hand_side - rest)
    if model.changes or rest.jacobian(list(model.states)).free_symbols & {t, *model.states}:
        return None
    others = [k for k in range(len(lost)) if k != place and lost[k] != 0]
    into_sink = all(rest.jacobian([model.states[k]]).is_zero_matrix for k in others)
    return place if into_sink and sympy.simplify(lost[place] + gone) == 0 else None


def body_arrays(model, values):
    """Matrix (n, n, people), entry (n, people) and weights (n, people) of a linear body.

    ``values`` maps parameter names to a number or an array (people,), in the units used inside.
    """
    arguments = [np.asarray(values[s.name], dtype=float) for s in model.symbols]
    count, n = max(map(np.size, arguments)), len(model.states)
    surroundings = Environment().at(0.0)
    outside = [surroundings[s.name] for s in SURROUNDINGS]

    def people(expressions):
        return np.array([np.broadcast_to(np.asarray(each, dtype=float), count) for each in expressions])

    matrix = people(compiled.jacobian(model)(0.0, *outside, *np.zeros(n), *arguments)).reshape(n, n, count)
    weights = np.array([people(compiled.observed(model)(0.0, *outside, *row, *arguments))[0] for row in np.eye(n)])
    entry = np.zeros((n, count))
    entry[model.states.index(model.inlet)] = 1.0
    return matrix, entry, weights


def with_pools(matrix, entry, weights, shares, rates, at_once):
    """The same bodies with depot pools in front: a dose enters the pools and, what is out at once, the body."""
    n, k = len(entry), len(rates)
    count = matrix.shape[-1]
    inlet = int(np.flatnonzero(entry.any(axis=1))[0])
    joined = np.zeros((n + k, n + k, count))
    joined[:n, :n] = matrix
    joined[n + np.arange(k), n + np.arange(k)] = -rates
    joined[inlet, n:] = rates
    return (joined, np.concatenate([entry * at_once, np.broadcast_to(shares, (k, count))]),
            np.concatenate([weights, np.zeros((k, count))]))
