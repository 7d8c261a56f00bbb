"""Dimensions of SymPy expressions, so that an equation with mixed-up units never comes to life."""

import sympy

from . import units
from .errors import ModelError

#: Stands in for the unit of a temperature that is counted from the melting point of ice.
CELSIUS = "[temperature in degrees Celsius]"


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
        return _of_unit(expression.unit)
    if expression.is_Symbol:
        if expression not in known:
            raise ModelError(f"{name} uses '{expression}', which is not declared; add a Parameter for it")
        return _of_unit(known[expression])
    if isinstance(expression, sympy.Piecewise):
        for _, condition in expression.args:
            for relation in condition.atoms(sympy.core.relational.Relational):
                dimension_of(relation.lhs - relation.rhs, known, name)
        return _alike(expression, [dimension_of(branch, known, name) for branch, _ in expression.args], name)
    if isinstance(expression, sympy.Heaviside):
        dimension_of(expression.args[0], known, name)
        return {}
    if expression.is_Add:
        return _sum(expression, [dimension_of(a, known, name) for a in expression.args], name)
    parts = [dimension_of(a, known, name) for a in expression.args]
    if expression.is_Mul and sum(CELSIUS in (part or {}) for part in parts) > 1:
        raise ModelError(f"{name}: {expression} multiplies or divides degrees Celsius; add ZERO_CELSIUS first")
    if expression.is_Mul:
        return None if None in parts else _product(parts)
    if expression.func is sympy.Pow:
        return _power(expression, parts, name)
    if isinstance(expression, (sympy.Max, sympy.Min)) or getattr(expression, "same_unit", False):
        return _alike(expression, parts, name)
    for argument, part in zip(expression.args, parts, strict=True):
        if part:
            raise ModelError(f"{name}: {expression.func.__name__}({argument}) is taken of a quantity with a unit; "
                             f"divide {argument} by something of its kind")
    return {}


def _of_unit(unit):
    """A temperature in degrees Celsius is a place on a scale, and not the number of kelvins that a difference is."""
    return {CELSIUS: 1.0} if unit in ("degC", "°C") else dict(units.dimension(unit))


def _sum(expression, parts, name):
    """Celsius less Celsius is kelvins; Celsius plus kelvins is Celsius, or absolute with the zero of the scale."""
    places = [k for k, part in enumerate(parts) if part == {CELSIUS: 1.0}]
    if not places:
        return _alike(expression, parts, name)
    count = sum(expression.args[k].as_coeff_Mul()[0] for k in places)
    others = [expression.args[k] for k in range(len(parts)) if k not in places and parts[k] is not None]
    kelvins = dict(units.dimension("K"))
    if all(part in (None, kelvins, {CELSIUS: 1.0}) for part in parts):
        if count == 0:
            return kelvins
        if count == 1:
            return kelvins if "zero_celsius" in [getattr(o, "name", "") for o in others] else {CELSIUS: 1.0}
    raise ModelError(f"{name}: {expression} mixes temperatures; take the difference of two in degC, or add "
                     f"ZERO_CELSIUS to one for its absolute value")


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
