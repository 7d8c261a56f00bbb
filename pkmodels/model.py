"""The language: closed release curves, flows of drug between stores, and models joined to one.

An equation is written once. Right-hand side, Jacobian, parameter sensitivities, LaTeX and the
check of dimensions are derived from it (see `dimensions.py` and `solve/`).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import sympy
from sympy import Expr, Symbol, sympify

from . import clocks
from .clocks import Course
from .definition import Also, Definition, Parameter, require_dimension, share, tex, time_unit, typeset
from .dimensions import dimension_of
from .environment import SYMBOLS, t
from .errors import ModelError

__all__ = ["Also", "Course", "Curve", "Flow", "Model", "Parameter", "join", "share", "time_unit"]


@dataclass(frozen=True)
class Flow:
    """Drug that moves from one store to another at ``rate`` (amount per time)."""

    source: Symbol
    target: Symbol
    rate: Expr


@dataclass(frozen=True, eq=False)
class Curve(Definition):
    """A closed form for the released share of dose.

    Parameters
    ----------
    released : sympy.Expr
        The share released at time ``t`` (from `pkmodels.environment`), as the paper writes it.
    clocks : mapping, optional
        In a changing environment ``t`` is replaced by the integral of its pace. ``{t: 1}`` is
        plain time; ``{t: k(T)/k_reference}`` runs faster when it is warm. Several symbols give
        several clocks, one per mechanism. A `Course` is a clock that runs along another one.
    kinks : tuple of sympy.Expr
        Times at which the curve bends sharply (the end of a zero-order release, a lag).
    initial : sympy.Expr
        The share that is out at once.
    saturates : bool
        Whether the curve levels off by itself; a power of time does not.
    share_unit : str
        ``"1"``: the curve is a share of dose.
    conditions : mapping
        Symbols of what differs from curve to curve (size, polymer mass) to their units; a fit of
        several curves takes their values from the study.
    starts_at_zero : bool
        False for a law that, as published, has released something at time 0.
    peak : sympy.Expr, optional
        For a law that falls again as it is written: the time of its highest share; NaN or far
        off where it does not fall.
    inverse : sympy.Expr, optional
        The time at which ``share`` (a symbol of this module) is released, where it has a closed form.
    size : mapping
        Which parameters change with the radius of the spheres, and with what power of it:
        ``{radius: 1}``, or ``{t_diffusion: 2}``. With it a curve can be had of spheres of many sizes.
    """

    released: Expr = field(kw_only=True)
    clocks: Mapping = field(default_factory=lambda: {t: sympy.Integer(1)}, kw_only=True)
    kinks: tuple = field(default=(), kw_only=True)
    initial: Expr = field(default=sympy.Integer(0), kw_only=True)
    saturates: bool = field(default=True, kw_only=True)
    share_unit: str = field(default="1", kw_only=True)
    conditions: Mapping = field(default_factory=dict, kw_only=True)
    starts_at_zero: bool = field(default=True, kw_only=True)
    peak: Expr | None = field(default=None, kw_only=True)
    inverse: Expr | None = field(default=None, kw_only=True)
    size: Mapping = field(default_factory=dict, kw_only=True)

    def __post_init__(self):
        self._check_names()
        paces = clocks.paces(self.clocks)
        object.__setattr__(self, "clocks", {clock: course if isinstance(course, Course) else paces[clock]
                                            for clock, course in self.clocks.items()})
        clocks.check(self.name, self.clocks)
        object.__setattr__(self, "released", sympify(self.released))
        known = self._units() | dict.fromkeys(paces, "h") | dict(self.conditions)
        allowed = {*self.symbols, *paces, *self.conditions}
        self._check_symbols("its released share", self.released, allowed)
        for pace in paces.values():
            self._check_symbols("a clock", pace, {*self.symbols, *SYMBOLS} - {t})
            self._check_dimension("the pace of a clock", pace, "1", known)
        for course in self.courses.values():
            self._check_symbols("the course of a clock", course.total, {*self.inputs, course.along})
            self._check_dimension("the course of a clock", course.total, "h", known)
        for symbol in self.size:
            self._check_symbols("its size", symbol, self.symbols)
        for kink in self.kinks:
            self._check_symbols("a kink", kink, self.symbols)
            self._check_dimension("a kink", kink, "h", known)
        self._check_unused([self.released, *paces.values(), *(c.total for c in self.courses.values())])
        self._check_dimension("its released share", self.released, self.share_unit, known)
        self._check_time("its peak", self.peak, self.symbols, known)
        self._check_time("its inverse", self.inverse, {*self.symbols, share}, known | {share: self.share_unit})

    def _check_time(self, what, expression, allowed, known):
        if expression is None:
            return
        if set(self.clocks) != {t}:
            raise ModelError(f"{self.name} runs on clocks of its own, so {what} cannot be told in t; leave it out")
        self._check_symbols(what, expression, allowed)
        self._check_dimension(what, expression, "h", known)

    def _check_dimension(self, what, expression, wanted, known):
        require_dimension(self.name, what, expression, wanted, known)

    @cached_property
    def inputs(self):
        """Parameters and conditions: everything but time that the curve must be told."""
        return (*self.symbols, *self.conditions)

    @property
    def uses_environment(self):
        """Whether temperature, pH or another symbol of the surroundings changes the release."""
        return bool(self.surroundings)

    @cached_property
    def surroundings(self):
        """The names of the symbols of the surroundings that the release follows, such as ``{"T", "pH"}``."""
        paces = clocks.paces(self.clocks).values()
        return frozenset(s.name for pace in paces for s in pace.free_symbols & set(SYMBOLS))

    @cached_property
    def courses(self):
        """The clocks that run along another one."""
        return clocks.courses(self.clocks)

    @cached_property
    def speeds(self):
        """What each clock runs at, d(clock)/dt."""
        return clocks.speeds(self.clocks)

    @cached_property
    def steady(self):
        """The released share in constant surroundings as one expression of ``t`` (and of ``T`` and ``pH``)."""
        return clocks.steady(self.released, self.clocks)

    @cached_property
    def latex(self):
        """The equation for typesetting, with those of its clocks."""
        names = typeset((*self.symbols, *self.clocks)) | ({t: r"\tau"} if self.speeds.get(t, 1) != 1 else {})
        return clocks.latex(self.released, self.clocks, lambda each: tex(each, names))

    def as_model(self):
        """The same release as a flow from ``held`` to ``released``, for joining and for testing."""
        held, out = sympy.symbols("held released")
        rate = sum(self.released.diff(clock) * pace for clock, pace in self.clocks.items())
        if set(self.clocks) != {t}:
            raise ModelError(f"{self.name} runs on clocks of its own and cannot be written as one flow in t")
        return Model(self.name, self.title, parameters=self.parameters, references=self.references,
                     start={held: 1 - self.initial, out: self.initial}, flows=(Flow(held, out, rate),), observed=out)


@dataclass(frozen=True, eq=False)
class Model(Definition):
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
            require_dimension(self.name, what, flow.rate, f"({self.amount})/h" if self.amount != "1" else "1/h", known)
        for q, rate in self.changes.items():
            self._check_symbols(f"the change of {q}", rate, allowed)
            require_dimension(self.name, f"the change of {q}", rate * t, known[q], known)
        for state, value in self.start.items():
            self._check_symbols(f"the start of {state}", value, self.symbols)
            require_dimension(self.name, f"the start of {state}", value, known[state], known)
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

    @cached_property
    def observed_dimension(self):
        """The dimension of what is observed."""
        known = self._units() | dict.fromkeys(self.stores, self.amount)
        known |= {q: self.quantity_units.get(q, "1") for q in self.changes}
        return dimension_of(self.observed, known, self.name)

    @cached_property
    def observes_linearly(self):
        """Whether what is observed is a fixed sum of the states."""
        slopes = [self.observed.diff(s) for s in self.states]
        rest = self.observed - sum(slope * s for slope, s in zip(slopes, self.states, strict=True))
        moving = {*self.states, *SYMBOLS}
        return sympy.simplify(rest) == 0 and not any(slope.free_symbols & moving for slope in slopes)

    @property
    def uses_environment(self):
        """Whether temperature, pH or another symbol of the surroundings changes the model."""
        return bool(self.surroundings)

    @cached_property
    def surroundings(self):
        """The names of the symbols of the surroundings that the rates follow, such as ``{"T", "pH"}``."""
        return frozenset(s.name for s in self.right_hand_side.free_symbols & (set(SYMBOLS) - {t}))

    @cached_property
    def latex(self):
        """The differential equations for typesetting."""
        names = typeset((*self.symbols, *self.states))
        lines = (rf"\frac{{d\,{names[s]}}}{{dt}} &= {tex(rate, names)}"
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
    if first.closed_vessel:
        raise ModelError(f"{first.name} cannot be joined to {second.name}: {first.closed_vessel}")
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
