"""The language of effects: what a concentration does, without changing the concentration."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import sympy
from sympy import Expr, Symbol, sympify

from .definition import Definition, require_dimension, tex, typeset
from .environment import t
from .errors import ModelError

#: The concentration that drives an effect.
concentration = Symbol("concentration")


@dataclass(frozen=True)
class Shown:
    """What an effect shows: a name, its expression, unit, what it is called, and perhaps its molar mass."""

    name: str
    expression: Expr
    unit: str
    analyte: str
    molar_mass: str = ""


@dataclass(frozen=True, eq=False)
class Effect(Definition):
    """A response to a concentration: direct, or through quantities that change in time.

    Parameters
    ----------
    shown : tuple of Shown
        What is measured; expressions of the parameters, the changing quantities and `concentration`.
    changes : mapping, optional
        Changing quantity to its rate of change; none for a direct effect.
    start : mapping, optional
        Changing quantity to its value before the drug: the steady state without it.
    quantity_units : mapping, optional
        Units of the changing quantities; ``"1"`` where nothing is said.
    driver_unit : str
        A unit of what drives it; ``"mg/L"`` for a mass concentration.
    measured_with : str
        The analyte whose concentrations its parameters belong to; empty for a general law.
    repeated : str
        What to mind under more than one dose, as a sentence; empty where nothing speaks against it.
    """

    shown: tuple = field(kw_only=True)
    changes: Mapping = field(default_factory=dict, kw_only=True)
    start: Mapping = field(default_factory=dict, kw_only=True)
    quantity_units: Mapping = field(default_factory=dict, kw_only=True)
    driver_unit: str = field(default="mg/L", kw_only=True)
    measured_with: str = field(default="", kw_only=True)
    repeated: str = field(default="", kw_only=True)

    def __post_init__(self):
        object.__setattr__(self, "changes", {q: sympify(rate) for q, rate in self.changes.items()})
        object.__setattr__(self, "start", {q: sympify(value) for q, value in self.start.items()})
        self._check_names(self.changes)
        if set(self.start) != set(self.changes):
            raise ModelError(f"{self.name}: every changing quantity needs a start value, and nothing else has one")
        if concentration in self.symbols:
            raise ModelError(f"{self.name}: 'concentration' is what drives it and cannot be a parameter")
        known = self._units() | {concentration: self.driver_unit}
        known |= {q: self.quantity_units.get(q, "1") for q in self.changes}
        allowed = {*self.symbols, *self.changes, concentration}
        for q, rate in self.changes.items():
            self._check_symbols(f"the change of {q}", rate, allowed)
            require_dimension(self.name, f"the change of {q}", rate * t, known[q], known)
            self._check_symbols(f"the start of {q}", self.start[q], self.symbols)
            require_dimension(self.name, f"the start of {q}", self.start[q], known[q], known)
        for each in self.shown:
            self._check_symbols(f"what it shows as {each.name}", each.expression, allowed)
            require_dimension(self.name, f"what it shows as {each.name}", each.expression, each.unit, known)
        self._check_unused([*self.changes.values(), *self.start.values(), *(s.expression for s in self.shown)])

    @property
    def quantities(self):
        """The changing quantities, in order."""
        return tuple(self.changes)

    @cached_property
    def jacobian(self):
        """d(rate of change)/d(changing quantity)."""
        return sympy.Matrix([[rate.diff(q) for q in self.changes] for rate in self.changes.values()])

    @cached_property
    def latex(self):
        """The equations for typesetting."""
        names = typeset((*self.symbols, *self.changes, concentration))
        lines = [rf"\frac{{d\,{names[q]}}}{{dt}} &= {tex(rate, names)}"
                 for q, rate in self.changes.items()]
        lines += [rf"\mathrm{{{s.name.replace('_', ' ')}}} &= {tex(s.expression, names)}"
                  for s in self.shown if s.expression not in self.changes]
        return r"\begin{aligned}" + r"\\".join(lines) + r"\end{aligned}"
