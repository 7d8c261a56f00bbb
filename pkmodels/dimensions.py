"""Dimensions of SymPy expressions, so that an equation with mixed-up units never comes to life."""

import sympy

from . import units
from .errors import ModelError


class Constant(sympy.Symbol):
    """A constant of nature with its unit, used in laws like any other symbol."""

    @classmethod
    def of(cls, name, value, unit):
        """Make the constant ``name`` of ``value`` in ``unit``."""
        symbol = cls(name)
        symbol.value, symbol.unit = value, unit
        return symbol


def dimension_of(expression, known, name):
    """The dimension of an expression as {base: power}; None for zero, which fits any dimension.

    Parameters
    ----------
    expression : sympy.Expr
    known : mapping
        Symbol to unit text.
    name : str
        Who is being checked, for messages.

    Raises
    ------
    ModelError
        Where unlike quantities are added or compared, or a function or an exponent has a unit.
    """
    expression = sympy.sympify(expression)
    if expression == 0:
        return None
    if expression.is_Number or expression.is_NumberSymbol or expression in (sympy.oo, -sympy.oo):
        return {}
    if isinstance(expression, Constant):
        return dict(units.dimension(expression.unit))
    if expression.is_Symbol:
        if expression not in known:
            raise ModelError(f"{name} uses '{expression}', which is not declared; add a Parameter for it")
        return dict(units.dimension(known[expression]))
    if isinstance(expression, sympy.Piecewise):
        return _alike(expression, [dimension_of(branch, known, name) for branch, _ in expression.args], name)
    if isinstance(expression, sympy.Heaviside):
        return {}
    parts = [dimension_of(a, known, name) for a in expression.args]
    if expression.is_Mul:
        return None if None in parts else _product(parts)
    if expression.func is sympy.Pow:
        return _power(expression, parts, name)
    if expression.is_Add or isinstance(expression, (sympy.Max, sympy.Min)) or getattr(expression, "same_unit", False):
        return _alike(expression, parts, name)
    for argument, part in zip(expression.args, parts, strict=True):
        if part:
            raise ModelError(f"{name}: {expression.func.__name__}({argument}) is taken of a quantity with a unit; "
                             f"divide {argument} by something of its kind")
    return {}


def _product(parts):
    total = {}
    for part in parts:
        for base, power in part.items():
            total[base] = total.get(base, 0.0) + power
    return {base: power for base, power in total.items() if abs(power) > 1e-12}


def _power(expression, parts, name):
    base, exponent = expression.as_base_exp()
    if parts[1]:
        raise ModelError(f"{name}: the exponent {exponent} has a unit; make it a plain number")
    if not parts[0]:
        return parts[0]
    if not exponent.is_number:
        raise ModelError(f"{name}: {base} has a unit and is raised to {exponent}, which is not a fixed number; "
                         f"divide {base} by a scale of its kind first")
    return {b: p * float(exponent) for b, p in parts[0].items()}


def _alike(expression, parts, name):
    parts = [part for part in parts if part is not None]
    if any(part != parts[0] for part in parts):
        raise ModelError(f"{name}: {expression} adds or compares unlike quantities; check the units of its parameters")
    return parts[0] if parts else None
