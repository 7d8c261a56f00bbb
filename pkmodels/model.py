"""The language: parameters, flows of drug between stores, closed release curves, and models joined to one.

An equation is written once. Right-hand side, Jacobian, parameter sensitivities, LaTeX and the
check of dimensions are derived from it (see `dimensions.py` and `solve/`).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import sympy
from sympy import Expr, Symbol, sympify

from . import units
from .dimensions import Constant, dimension_of
from .environment import SYMBOLS, t
from .errors import ModelError, unknown

SCALES = ("linear", "log", "logit")


@dataclass(frozen=True)
class Parameter:
    """A number of a model: symbol, value, unit, bounds and meaning on one line.

    Parameters
    ----------
    symbol : sympy.Symbol
    value : float
        A typical value in ``unit``; a fit finds its own.
    unit : str
        For example ``"1/day"``; ``"1"`` for a share or an exponent.
    bounds : (float, float)
        What is possible in nature, in ``unit``. An infinite bound on a time or a rate is
        narrowed by a fit to what the sampling times can show.
    meaning : str
    scale : {"linear", "log", "logit"}
        The scale on which neighbouring values are equally far apart.
    source : str, optional
        Where a published value stands.
    """

    symbol: Symbol
    value: float
    unit: str
    bounds: tuple
    meaning: str
    scale: str = field(default="linear", kw_only=True)
    source: str = field(default="", kw_only=True)

    def __post_init__(self):
        low, high = self.bounds
        if not (isinstance(self.symbol, Symbol) and self.name.isidentifier()):
            raise ModelError(f"parameter {self.symbol!r} needs a SymPy symbol that can be typed, such as k_burst")
        if self.symbol in SYMBOLS:
            raise ModelError(f"parameter {self.name} has the name of an environment symbol; choose another")
        units.unit(self.unit)
        if not (low < high and low <= self.value <= high and math.isfinite(self.value)):
            raise ModelError(f"{self.name} = {self.value:g} {self.unit} is not within its bounds {low:g} to {high:g}")
        if self.scale not in SCALES or (self.scale == "log" and low < 0):
            raise ModelError(f"{self.name}: scale '{self.scale}' is not possible; use one of {', '.join(SCALES)}")

    @property
    def name(self):
        """The symbol's name."""
        return self.symbol.name

    def check(self, value, unit=None):
        """Return ``value`` (in ``unit``, else the parameter's own) in this parameter's unit, or refuse it."""
        if not isinstance(value, (int, float)) or not math.isfinite(value):
            raise ModelError(f"{self.name} = {value!r} is not a number; give one in {self.unit_text or 'plain numbers'}")
        if unit is not None and units.dimension(unit) != units.dimension(self.unit):
            raise ModelError(f"{self.name} = {value:g} {'' if unit == '1' else unit}".rstrip() + f" has the wrong unit: "
                             f"{self.name} is given in {self.unit_text or 'plain numbers'} ({self.meaning}), "
                             f"such as {self.value:g} {self.unit_text}".rstrip())
        value = units.convert(float(value), unit or self.unit, self.unit)
        low, high = self.bounds
        if not low <= value <= high:
            side = f"below its bound {low:g}" if value < low else f"above its bound {high:g}"
            raise ModelError(f"{self.name} = {value:g} {self.unit_text} is {side}; give a value such as {self.value:g}")
        return value

    @property
    def unit_text(self):
        """The unit for people: empty for a plain number."""
        return "" if self.unit == "1" else self.unit


@dataclass(frozen=True)
class Flow:
    """Drug that moves from one store to another at ``rate`` (amount per time)."""

    source: Symbol
    target: Symbol
    rate: Expr


@dataclass(frozen=True)
class Also:
    """A quantity that follows from the parameters, such as another author's form of one of them."""

    name: str
    expression: Expr
    unit: str
    meaning: str


@dataclass(frozen=True, eq=False)
class _Definition:
    """What curves and models share: a name, parameters, sources."""

    name: str
    title: str
    parameters: tuple = field(kw_only=True)
    references: tuple = field(default=(), kw_only=True)
    also: tuple = field(default=(), kw_only=True)
    #: Orders that parameters must keep, as (slower, faster) symbols: k_sustained < k_burst.
    ordered: tuple = field(default=(), kw_only=True)
    remarks: str = field(default="", kw_only=True)

    def parameter(self, name):
        """The parameter of that name.

        Raises
        ------
        UnknownName
            With the nearest names.
        """
        for parameter in self.parameters:
            if parameter.name == name:
                return parameter
        raise unknown(f"parameter of {self.name}", name, [p.name for p in self.parameters])

    @property
    def symbols(self):
        """The parameters' symbols, in their order."""
        return tuple(p.symbol for p in self.parameters)

    def values(self, given: Mapping | None = None):
        """All parameter values in the units used inside, by name.

        Parameters
        ----------
        given : mapping, optional
            Name to a number in the parameter's own unit, or to a (number, unit) pair. What is
            not given takes the typical value of the definition.
        """
        given = dict(given or {})
        found = {}
        for name in given:
            self.parameter(name)
        for p in self.parameters:
            wanted = given.get(p.name, p.value)
            value = p.check(*wanted) if isinstance(wanted, tuple) else p.check(wanted)
            found[p.name] = units.inside(value, p.unit)
        for slower, faster in self.ordered:
            if found[slower.name] > found[faster.name] * (1 + 1e-9):
                raise ModelError(f"{self.name}: {slower.name} must not be larger than {faster.name}; exchange the two")
        return found

    def _check_names(self, stores=()):
        declared = [p.name for p in self.parameters]
        twice = {name for name in declared if declared.count(name) > 1}
        if twice:
            raise ModelError(f"{self.name} declares {', '.join(sorted(twice))} twice; give each its own name")
        clash = set(declared) & {s.name for s in stores}
        if clash:
            raise ModelError(f"{self.name}: {', '.join(sorted(clash))} names both a parameter and a store")

    def _check_symbols(self, what, expression, allowed):
        for symbol in sorted(sympify(expression).free_symbols - set(allowed), key=str):
            if isinstance(symbol, Constant):
                continue
            raise ModelError(f"{self.name}: {what} uses '{symbol}', which is not declared; add a Parameter for it")

    def _units(self):
        return {**SYMBOLS, **{p.symbol: p.unit for p in self.parameters}}

    def _check_unused(self, expressions):
        used = set().union(*(sympify(e).free_symbols for e in expressions))
        for p in self.parameters:
            if p.symbol not in used:
                raise ModelError(f"{self.name} declares {p.name} but no equation uses it; remove it")


@dataclass(frozen=True, eq=False)
class Curve(_Definition):
    """A closed form for the released share of dose.

    Parameters
    ----------
    released : sympy.Expr
        The share released at time ``t`` (from `pkmodels.environment`), as the paper writes it.
    clocks : mapping, optional
        In a changing environment ``t`` is replaced by the integral of its pace. ``{t: 1}`` is
        plain time; ``{t: k(T)/k_reference}`` runs faster when it is warm. Several symbols give
        several clocks, one per mechanism.
    kinks : tuple of sympy.Expr
        Times at which the curve bends sharply (the end of a zero-order release, a lag).
    saturates : bool
        Whether the curve levels off by itself; a power of time does not.
    share_unit : str
        ``"1"``: the curve is a share of dose.
    """

    released: Expr = field(kw_only=True)
    clocks: Mapping = field(default_factory=lambda: {t: sympy.Integer(1)}, kw_only=True)
    kinks: tuple = field(default=(), kw_only=True)
    saturates: bool = field(default=True, kw_only=True)
    share_unit: str = field(default="1", kw_only=True)

    def __post_init__(self):
        self._check_names()
        paces = {clock: sympify(pace) for clock, pace in self.clocks.items()}
        object.__setattr__(self, "clocks", paces)
        object.__setattr__(self, "released", sympify(self.released))
        known = self._units() | {clock: "h" for clock in paces}
        allowed = {*self.symbols, *paces}
        self._check_symbols("its released share", self.released, allowed)
        for pace in paces.values():
            self._check_symbols("a clock", pace, {*self.symbols, *SYMBOLS} - {t})
            self._check_dimension("the pace of a clock", pace, "1", known)
        for kink in self.kinks:
            self._check_symbols("a kink", kink, self.symbols)
            self._check_dimension("a kink", kink, "h", known)
        self._check_unused([self.released, *paces.values()])
        self._check_dimension("its released share", self.released, self.share_unit, known)

    def _check_dimension(self, what, expression, wanted, known):
        _require_dimension(self.name, what, expression, wanted, known)

    @property
    def uses_environment(self):
        """Whether temperature, pH or another symbol of the surroundings changes the release."""
        return any(pace.free_symbols & set(SYMBOLS) for pace in self.clocks.values())

    @cached_property
    def latex(self):
        """The equation for typesetting."""
        return r"\mathrm{released}(t) = " + sympy.latex(self.released, symbol_names=_typeset(self.symbols))

    def as_model(self):
        """The same release as a flow from ``held`` to ``released``, for joining and for testing."""
        held, out = sympy.symbols("held released")
        rate = sum(self.released.diff(clock) * pace for clock, pace in self.clocks.items())
        if set(self.clocks) != {t}:
            raise ModelError(f"{self.name} runs on clocks of its own and cannot be written as one flow in t")
        return Model(self.name, self.title, parameters=self.parameters, references=self.references,
                     start={held: 1, out: 0}, flows=(Flow(held, out, rate),), observed=out)


@dataclass(frozen=True, eq=False)
class Model(_Definition):
    """Stores of drug and the flows between them; mass is conserved by construction.

    Parameters
    ----------
    start : mapping
        Store or changing quantity to its value at time 0. The stores of a carrier hold shares
        of the dose and sum to one; a body that drug enters through ``inlet`` starts empty.
    flows : tuple of Flow
    observed : sympy.Expr
        What is measured: the released share, or a concentration.
    changes : mapping, optional
        Quantities that are not drug (eroded share, molecular mass) to their rates of change.
    amount : str
        Unit of the stores, ``"1"`` (shares of dose) or ``"mg"``.
    inlet : sympy.Symbol, optional
        The store that receives drug from outside.
    quantity_units : mapping, optional
        Units of the changing quantities; ``"1"`` where nothing is said.
    """

    start: Mapping = field(kw_only=True)
    flows: tuple = field(kw_only=True)
    observed: Expr = field(kw_only=True)
    changes: Mapping = field(default_factory=dict, kw_only=True)
    amount: str = field(default="1", kw_only=True)
    inlet: Symbol | None = field(default=None, kw_only=True)
    quantity_units: Mapping = field(default_factory=dict, kw_only=True)

    def __post_init__(self):
        for name, value in {"start": {k: sympify(v) for k, v in self.start.items()},
                            "changes": {k: sympify(v) for k, v in self.changes.items()},
                            "observed": sympify(self.observed)}.items():
            object.__setattr__(self, name, value)
        self._check_names(self.states)
        self._check_structure()
        known = self._units()
        known |= dict.fromkeys(self.stores, self.amount)
        known |= {q: self.quantity_units.get(q, "1") for q in self.changes}
        allowed = {*self.symbols, *self.states, *SYMBOLS}
        for flow in self.flows:
            what = f"the flow {flow.source} -> {flow.target}"
            self._check_symbols(what, flow.rate, allowed)
            _require_dimension(self.name, what, flow.rate, f"({self.amount})/h" if self.amount != "1" else "1/h", known)
        for q, rate in self.changes.items():
            self._check_symbols(f"the change of {q}", rate, allowed)
            _require_dimension(self.name, f"the change of {q}", rate * t, known[q], known)
        for state, value in self.start.items():
            self._check_symbols(f"the start of {state}", value, self.symbols)
        self._check_symbols("what is observed", self.observed, allowed)
        dimension_of(self.observed, known, self.name)
        self._check_unused([*(f.rate for f in self.flows), *self.changes.values(), *self.start.values(), self.observed])
        self._check_start()

    def _check_structure(self):
        for flow in self.flows:
            if flow.source == flow.target:
                raise ModelError(f"{self.name}: the flow {flow.source} -> {flow.target} leads nowhere")
        missing = {s for f in self.flows for s in (f.source, f.target)} - set(self.start)
        if missing:
            raise ModelError(f"{self.name}: {', '.join(sorted(map(str, missing)))} has no start value; "
                             f"add it to start, 0 if it begins empty")
        for q in self.changes:
            if q not in self.start:
                raise ModelError(f"{self.name}: the changing quantity {q} has no start value")
        if self.inlet is not None and self.inlet not in self.stores:
            raise ModelError(f"{self.name}: the inlet {self.inlet} is not one of its stores")
        idle = set(self.start) - set(self.stores) - set(self.changes)
        if idle:
            raise ModelError(f"{self.name}: {', '.join(sorted(map(str, idle)))} has a start value but never changes")

    def _check_start(self):
        total = sympy.simplify(sum(self.start[s] for s in self.stores))
        wanted = 0 if self.inlet is not None else 1
        if self.amount == "1" and total != wanted:
            raise ModelError(f"{self.name}: the stores start with {total} of the dose in all; it must be {wanted}")

    @cached_property
    def stores(self):
        """The stores of drug, in order of first appearance in the flows."""
        return tuple(dict.fromkeys(s for f in self.flows for s in (f.source, f.target)))

    @cached_property
    def states(self):
        """Stores and changing quantities: the state vector's symbols."""
        return (*self.stores, *self.changes)

    @cached_property
    def right_hand_side(self):
        """d(state)/dt as a SymPy column matrix, in the order of `states`."""
        rate = {s: sympy.Integer(0) for s in self.states}
        for flow in self.flows:
            rate[flow.source] -= flow.rate
            rate[flow.target] += flow.rate
        return sympy.Matrix([rate[s] if s in self.stores else self.changes[s] for s in self.states])

    @cached_property
    def jacobian(self):
        """d(right-hand side)/d(state)."""
        return self.right_hand_side.jacobian(list(self.states))

    @cached_property
    def parameter_jacobian(self):
        """d(right-hand side)/d(parameter)."""
        return self.right_hand_side.jacobian(list(self.symbols))

    @cached_property
    def is_linear(self):
        """Whether every rate is proportional to stores with a factor that only the surroundings change."""
        if self.changes or (self.jacobian.free_symbols & {t, *self.states}):
            return False
        return sympy.simplify(self.right_hand_side - self.jacobian * sympy.Matrix(self.states)).is_zero_matrix

    @property
    def uses_environment(self):
        """Whether temperature, pH or another symbol of the surroundings changes the model."""
        return bool(self.right_hand_side.free_symbols & (set(SYMBOLS) - {t}))

    @cached_property
    def latex(self):
        """The differential equations for typesetting."""
        names = _typeset((*self.symbols, *self.states))
        lines = (rf"\frac{{d\,{names[s]}}}{{dt}} &= {sympy.latex(rate, symbol_names=names)}"
                 for s, rate in zip(self.states, self.right_hand_side, strict=True))
        return r"\begin{aligned}" + r"\\".join(lines) + r"\end{aligned}"

    def renamed(self, names: Mapping):
        """The same model with symbols exchanged (a store, or a parameter that clashes with another)."""
        def new(expression):
            return sympify(expression).xreplace(names)

        parameters = tuple(replace(p, symbol=names.get(p.symbol, p.symbol)) for p in self.parameters)
        return replace(
            self, parameters=parameters, observed=new(self.observed),
            start={new(k): new(v) for k, v in self.start.items()},
            changes={new(k): new(v) for k, v in self.changes.items()},
            flows=tuple(Flow(new(f.source), new(f.target), new(f.rate)) for f in self.flows),
            inlet=None if self.inlet is None else new(self.inlet),
            quantity_units={new(k): v for k, v in self.quantity_units.items()},
            also=tuple(replace(a, expression=new(a.expression)) for a in self.also),
            ordered=tuple((new(a), new(b)) for a, b in self.ordered))

    def in_amounts(self, dose):
        """A carrier in shares of dose rewritten for a dose in milligrams (``dose`` is its symbol)."""
        shares = {s: s / dose for s in self.stores}
        return replace(
            self, amount="mg",
            parameters=(*self.parameters, Parameter(dose, 1.0, "mg", (0, math.inf), "dose", scale="log")),
            start={k: v * dose if k in self.stores else v for k, v in self.start.items()},
            flows=tuple(Flow(f.source, f.target, sympy.expand(dose * f.rate.xreplace(shares))) for f in self.flows),
            changes={q: rate.xreplace(shares) for q, rate in self.changes.items()},
            observed=self.observed.xreplace(shares) * dose)


def join(first, second, *, name=None):
    """Let what ``first`` releases enter the inlet of ``second``: one store renamed, two lists put together.

    Parameters
    ----------
    first : Curve or Model
        Its observed store is where drug leaves it.
    second : Model
        With an ``inlet``.

    Raises
    ------
    ModelError
        If ``first`` does not end in a store, ``second`` has no inlet, or names clash.
    """
    if isinstance(first, Curve):
        first = first.as_model()
    if second.inlet is None:
        raise ModelError(f"{second.name} has no inlet that {first.name} could feed")
    if first.observed not in first.stores:
        raise ModelError(f"{first.name} does not end in a store; only a store can be joined to {second.name}")
    if first.amount != second.amount:
        first = first.in_amounts(Symbol("dose"))
    first = first.renamed({first.observed: second.inlet})
    shared = (set(first.states) & set(second.states)) - {second.inlet}
    clash = shared | (set(first.symbols) & set(second.symbols))
    if clash:
        raise ModelError(f"{first.name} and {second.name} both use {', '.join(sorted(map(str, clash)))}; "
                         f"rename one of them with renamed()")
    return Model(
        name or f"{first.name}_in_{second.name}", f"{first.title}; {second.title}",
        parameters=(*first.parameters, *second.parameters),
        references=tuple(dict.fromkeys((*first.references, *second.references))),
        start={**{s: v for s, v in second.start.items() if s != second.inlet}, **first.start},
        flows=(*first.flows, *second.flows), observed=second.observed,
        changes={**first.changes, **second.changes}, amount=second.amount, inlet=first.inlet,
        quantity_units={**first.quantity_units, **second.quantity_units})


def _require_dimension(name, what, expression, wanted, known):
    found = dimension_of(expression, known, name)
    if found is not None and found != dict(units.dimension(wanted)):
        raise ModelError(f"{name}: {what} is {expression}, of dimension {_text(found)}; "
                         f"it must be {_text(dict(units.dimension(wanted)))}")


def _text(dimension):
    return " ".join(f"{n[1:-1]}^{p:g}" for n, p in dimension.items()) or "a plain number"


def _typeset(symbols):
    """Words set upright, their index below: k_burst becomes k with an upright 'burst' under it."""
    greek = {"alpha", "beta", "gamma", "delta", "epsilon", "kappa", "lambda", "mu", "sigma", "tau", "theta"}
    names = {}
    for symbol in symbols:
        stem, _, index = symbol.name.partition("_")
        letter = rf"\{stem}" if stem in greek else stem if len(stem) == 1 else rf"\mathrm{{{stem}}}"
        index = index.replace("_", r"\ ")
        names[symbol] = letter + (rf"_{{\mathrm{{{index}}}}}" if index else "")
    return names
