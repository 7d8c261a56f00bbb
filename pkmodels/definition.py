"""What every model declares: its parameters with units, bounds and meaning, and its sources."""

import html
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import sympy
from sympy import Expr, Symbol, sympify

from . import units
from .dimensions import Constant, dimension_of
from .environment import SYMBOLS
from .errors import ModelError, unknown
from .references import cite

SCALES = ("linear", "log", "logit")

#: The released share in the `inverse` of a curve.
share = Symbol("share")
#: The study's time unit in an `Also`: for constants whose value depends on it, such as a logarithm of a time.
time_unit = Symbol("time_unit")


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
    measured : str, optional
        Why one release curve cannot tell this parameter (``"one curve shows D/R^2 only"``). A fit does not seek it:
        it holds the value that it is given and says so.
    """

    symbol: Symbol
    value: float
    unit: str
    bounds: tuple
    meaning: str
    scale: str = field(default="linear", kw_only=True)
    source: str = field(default="", kw_only=True)
    measured: str = field(default="", kw_only=True)

    def __post_init__(self):
        low, high = self.bounds
        if not (isinstance(self.symbol, Symbol) and self.name.isidentifier()):
            raise ModelError(f"parameter {self.symbol!r} needs a SymPy symbol that can be typed, such as k_burst")
        if self.symbol in (*SYMBOLS, share, time_unit):
            raise ModelError(f"parameter {self.name} has the name of an environment symbol or a reserved one; "
                             f"choose another")
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
            raise ModelError(f"{self.name} = {value!r} is not a number; such as "
                             f"{self.value:g} {self.unit_text}".rstrip())
        if unit is not None and units.dimension(unit) != units.dimension(self.unit):
            given = f"{value:g}" if unit == "1" else f"{value:g} {unit}"
            raise ModelError(f"{self.name} = {given} has the wrong unit: it is given in "
                             f"{self.unit_text or 'plain numbers'} ({self.meaning}), such as "
                             f"{self.value:g} {self.unit_text}".rstrip())
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
class Also:
    """A quantity that follows from the parameters, such as another author's form of one of them.

    In ``unit`` the word time stands for the study's time unit. With the symbol ``time_unit`` in
    ``expression`` the number is in that unit already, as constants are whose unit is a power.
    """

    name: str
    expression: Expr
    unit: str
    meaning: str


@dataclass(frozen=True, eq=False)
class Definition:
    """What curves and models share: a name, parameters, sources."""

    name: str
    title: str
    parameters: tuple = field(kw_only=True)
    references: tuple = field(default=(), kw_only=True)
    also: tuple = field(default=(), kw_only=True)
    #: Orders that parameters must keep, as (slower, faster) symbols: k_sustained < k_burst.
    ordered: tuple = field(default=(), kw_only=True)
    remarks: str = field(default="", kw_only=True)
    #: For a model of a vessel that must not be carried into a patient: why, and what to take instead.
    closed_vessel: str = field(default="", kw_only=True)

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

    def _repr_html_(self):
        from tabulate import tabulate

        rows = [(p.name, f"{p.value:g}", p.unit_text, f"{float(p.bounds[0]):g} to {float(p.bounds[1]):g}", p.meaning)
                for p in self.parameters]
        table = tabulate(rows, ("parameter", "typical", "unit", "bounds", "meaning"), "html", disable_numparse=True)
        equations = f"<p>$$ {html.escape(self.latex)} $$</p>"
        below = "".join(f"<p>{html.escape(each)}</p>" for each in (self.remarks, cite(self.references)) if each)
        return f"<h4>{html.escape(f'{self.title} ({self.name})')}</h4>{equations}{table}{below}"

    @property
    def is_scenario(self):
        """Whether all values are assumed: a place to start from, and nothing that was measured."""
        return self.title.startswith("Scenario:")

    @cached_property
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


def require_dimension(name, what, expression, wanted, known):
    found = dimension_of(expression, known, name)
    if found is not None and found != dict(units.dimension(wanted)):
        raise ModelError(f"{name}: {what} is {expression}, of dimension {_text(found)}; "
                         f"it must be {_text(dict(units.dimension(wanted)))}")


def _text(dimension):
    return " ".join(f"{n[1:-1]}^{p:g}" for n, p in dimension.items()) or "a plain number"


def tex(expression, names):
    """An expression for typesetting; words that are multiplied stand apart."""
    return sympy.latex(expression, symbol_names=names, mul_symbol=r"\, ")


def typeset(symbols):
    """Words set upright, their index below: k_burst becomes k with an upright 'burst' under it."""
    greek = {"alpha", "beta", "gamma", "delta", "epsilon", "kappa", "lambda", "mu", "sigma", "tau", "theta"}
    names = {}
    for symbol in symbols:
        stem, _, index = symbol.name.partition("_")
        letter = rf"\{stem}" if stem in greek else stem if len(stem) == 1 else rf"\mathrm{{{stem}}}"
        index = index.replace("_", r"\ ")
        names[symbol] = letter + (rf"_{{\mathrm{{{index}}}}}" if index else "")
    return names
