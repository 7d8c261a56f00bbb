"""A closed curve and its derivatives as one list of small steps, made from the curve's SymPy expression.

Derivatives are taken step by step while the list is made (those of the laws by their own ``fdiff``), equal steps
are kept once, and what depends on the parameters alone or on time alone is told apart. So nothing is differentiated,
simplified or compiled by SymPy, and one interpreter serves every model: `Tape.run` here, in NumPy, and the compiled
one of `tape_fast`.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import sympy
from scipy import special

from ..dimensions import Constant
from ..environment import t
from ..units import inside
from .compiled import on_plain_time
from .functions import NUMERIC

#: What a step depends on.
FIXED, TIME, PLACE, BOTH = 0, 1, 2, 3
#: Steps that need no law; every other one is called as in `functions.NUMERIC`.
PLAIN = {"add": np.add, "subtract": np.subtract, "multiply": np.multiply, "exp": np.exp, "log": np.log,
         "reciprocal": np.reciprocal, "sqrt": np.sqrt, "erf": special.erf, "erfc": special.erfc}
#: Coordinates of a parameter: itself, its logarithm, its logit, or the logarithm of what is left until a fixed time.
ITSELF, LOG, LOGIT, LEFT = "itself", "log", "logit", "left"
_NUMERIC = {**NUMERIC, **PLAIN}
_POSITIVE_LAWS = {"since"}


class Unwritable(Exception):
    """A curve that holds something a tape has no step for."""


@dataclass(frozen=True)
class Step:
    """One step: a function's name and the numbers of the steps that it takes; ``value`` of a constant or an input."""

    name: str
    arguments: tuple
    value: float
    depends: int
    positive: bool
    inputs: frozenset


class Tape:
    """A curve as steps.

    Attributes
    ----------
    steps : list of Step
    value : int
        The step that is the released share.
    slopes : tuple of int
        Its derivatives by the parameters' coordinates.
    amplitudes : tuple of int
        The parameters (by number) in which the share is linear, one by one; their coordinate is the parameter itself.
    mixed : dict of (int, int) to int
        Second derivatives by two amplitudes.
    coordinates : tuple of str
    """

    def __init__(self, curve, coordinates):
        self.curve, self.steps, self._known = curve, [], {}
        self.coordinates = coordinates
        count = len(curve.symbols)
        self.inputs = [self._input(k) for k in range(2 * count)]
        self._symbols = {t: self._step("time", (), 0.0, TIME, True)}
        for k, (p, kind) in enumerate(zip(curve.parameters, coordinates, strict=True)):
            place = self.inputs[k]
            self._symbols[p.symbol] = {
                ITSELF: lambda u: u, LOG: lambda u: self._call("exp", u),
                LOGIT: lambda u: self._call("logistic", u),
                LEFT: lambda u, k=k: self._subtract(self.inputs[count + k], self._call("exp", u))}[kind](place)
        self.value = self._written(sympy.sympify(curve.released), self._symbols)
        self._slopes_known = {}
        self.slopes = tuple(self._slope(self.value, k) for k in range(count))
        self.amplitudes = tuple(k for k in range(count) if coordinates[k] == ITSELF
                                and k not in self.steps[self.slopes[k]].inputs)
        self.mixed = {(a, b): self._slope(self.slopes[a], b) for i, a in enumerate(self.amplitudes)
                      for b in self.amplitudes[i + 1:]}

    # -- making steps -------------------------------------------------------------------------------------------------

    def _step(self, name, arguments, value=0.0, depends=None, positive=False, inputs=frozenset()):
        key = (name, arguments, value)
        if key not in self._known:
            parts = [self.steps[a] for a in arguments]
            if depends is None:
                depends = int(np.bitwise_or.reduce([p.depends for p in parts]))
                inputs = frozenset().union(*(p.inputs for p in parts))
            self._known[key] = len(self.steps)
            self.steps.append(Step(name, arguments, value, depends, positive, inputs))
        return self._known[key]

    def _number(self, value):
        return self._step("number", (), float(value), FIXED, float(value) > 0)

    def _input(self, k):
        return self._step("input", (), float(k), PLACE, False, frozenset({k}))

    def _is(self, step, number):
        return self.steps[step].name == "number" and self.steps[step].value == number

    def _add(self, a, b):
        if self._is(a, 0):
            return b
        if self._is(b, 0):
            return a
        one, other = self.steps[a], self.steps[b]
        if one.name == other.name == "number":
            return self._number(one.value + other.value)
        if other.name == "multiply" and self._is(other.arguments[0], -1):
            return self._subtract(a, other.arguments[1])
        if one.name == "multiply" and self._is(one.arguments[0], -1):
            return self._subtract(b, one.arguments[1])
        return self._step("add", tuple(sorted((a, b))), positive=one.positive and other.positive)

    def _subtract(self, a, b):
        return self._multiply(self._number(-1), b) if self._is(a, 0) else self._step("subtract", (a, b))

    def _multiply(self, a, b):
        if self._is(a, 0) or self._is(b, 0):
            return self._number(0)
        if self._is(a, 1):
            return b
        if self._is(b, 1):
            return a
        if self.steps[b].name == "number":
            a, b = b, a
        one, other = self.steps[a], self.steps[b]
        if one.name == other.name == "number":
            return self._number(one.value * other.value)
        if one.name == "number" and other.name == "multiply" and self.steps[other.arguments[0]].name == "number":
            return self._multiply(self._number(one.value * self.steps[other.arguments[0]].value), other.arguments[1])
        ordered = (a, b) if one.name == "number" else tuple(sorted((a, b)))
        return self._step("multiply", ordered, positive=one.positive and other.positive)

    def _call(self, name, *arguments):
        if name == "log":
            return self._log(arguments[0])
        if name == "reciprocal" and self.steps[arguments[0]].name == "number":
            return self._number(1 / self.steps[arguments[0]].value)
        positive = name in ("exp", *_POSITIVE_LAWS) or (
            name in ("reciprocal", "sqrt", "until") and all(self.steps[a].positive for a in arguments))
        return self._step(name, arguments, positive=positive)

    def _log(self, a):
        """The logarithm of a product of positive numbers is a sum, of which some is known before time comes in."""
        step = self.steps[a]
        if step.name == "exp":
            return step.arguments[0]
        if step.name == "number" and step.value > 0:
            return self._number(np.log(step.value))
        parts = [self.steps[x] for x in step.arguments]
        if step.name == "multiply" and all(p.positive and p.depends != BOTH for p in parts):
            return self._add(*(self._log(x) for x in step.arguments))
        if step.name == "reciprocal" and step.positive and step.depends != BOTH:
            return self._multiply(self._number(-1), self._log(step.arguments[0]))
        return self._step("log", (a,))

    # -- out of SymPy -------------------------------------------------------------------------------------------------

    def _written(self, expression, symbols):
        """The step that an expression is."""
        if expression in symbols:
            return symbols[expression]
        if isinstance(expression, Constant):
            return self._number(inside(expression.value, expression.unit))
        if expression.is_number:
            return self._number(expression)
        if isinstance(expression, (sympy.Add, sympy.Mul)):
            return self._gathered(expression, symbols)
        if isinstance(expression, sympy.Pow):
            return self._power(*expression.args, symbols)
        name = type(expression).__name__
        if isinstance(expression, sympy.Function) and (name in NUMERIC or name in PLAIN):
            return self._call(name, *(self._written(a, symbols) for a in expression.args))
        raise Unwritable(f"{expression} has no step")

    def _gathered(self, expression, symbols):
        """A sum or product: what is known first (numbers, parameters, times) is put together first."""
        join = self._add if isinstance(expression, sympy.Add) else self._multiply
        parts = sorted((self._written(a, symbols) for a in expression.args),
                       key=lambda s: ((FIXED, PLACE, TIME, BOTH).index(self.steps[s].depends), s))
        found = parts[0]
        for part in parts[1:]:
            found = join(found, part)
        return found

    def _power(self, base, exponent, symbols):
        base = self._written(base, symbols)
        if exponent.is_Integer and 0 < abs(int(exponent)) <= 6:
            found = base
            for _ in range(abs(int(exponent)) - 1):
                found = self._multiply(found, base)
            return found if exponent > 0 else self._call("reciprocal", found)
        if exponent == sympy.Rational(1, 2):
            return self._call("sqrt", base)
        return self._call("exp", self._multiply(self._written(exponent, symbols), self._call("log", base)))

    # -- derivatives --------------------------------------------------------------------------------------------------

    def _slope(self, which, k):
        """The step that is the derivative of step ``which`` by the coordinate of parameter ``k``."""
        step = self.steps[which]
        if k not in step.inputs:
            return self._number(0)
        if (which, k) not in self._slopes_known:
            self._slopes_known[which, k] = self._derived(which, step, k)
        return self._slopes_known[which, k]

    def _derived(self, which, step, k):
        if step.name == "input":
            return self._number(1)
        moved = [self._slope(a, k) for a in step.arguments]
        if step.name in ("add", "subtract"):
            return (self._add if step.name == "add" else self._subtract)(*moved)
        if step.name == "multiply":
            a, b = step.arguments
            return self._add(self._multiply(moved[0], b), self._multiply(a, moved[1]))
        found = self._number(0)
        for i, by in enumerate(moved):
            if not self._is(by, 0):
                found = self._add(found, self._multiply(self._partial(which, step, i), by))
        return found

    def _partial(self, which, step, i):
        a = step.arguments[0]
        if step.name == "exp":
            return which
        if step.name == "log":
            return self._call("reciprocal", a)
        if step.name == "reciprocal":
            return self._multiply(self._number(-1), self._multiply(which, which))
        if step.name == "sqrt":
            return self._multiply(self._number(0.5), self._call("reciprocal", which))
        if step.name == "Heaviside":
            return self._number(0)
        slope, dummies = _law_slope(step.name, len(step.arguments), i)
        return self._written(slope, dict(zip(dummies, step.arguments, strict=True)))

    # -- numbers ------------------------------------------------------------------------------------------------------

    def run(self, wanted, place, hours, edges=None):
        """The values of some steps for many places at once.

        Parameters
        ----------
        wanted : sequence of int
        place : array (walkers, parameters)
            On the tape's own coordinates.
        hours : array (points,)
        edges : array (walkers, parameters), optional
            The times that `LEFT` coordinates are counted from.

        Returns
        -------
        list of arrays that broadcast to (walkers, points)
        """
        inputs = [place[:, k, None] for k in range(place.shape[1])]
        if edges is not None:
            inputs += [edges[:, k, None] for k in range(place.shape[1])]
        return self.numbers(tuple(wanted), inputs, hours)

    def numbers(self, wanted, inputs, hours):
        """As `run`, for inputs of any shape that broadcast with the hours."""
        given, calls = self._program(wanted)
        known = {number: hours if name == "time" else inputs[int(value)] if name == "input" else value
                 for number, name, value in given}
        with np.errstate(all="ignore"):
            for number, function, arguments in calls:
                known[number] = function(*[known[a] for a in arguments])
        return [known[number] for number in wanted]

    @lru_cache(maxsize=4096)  # noqa: B019  tapes live as long as the process
    def _program(self, wanted):
        """What these need that is given, and what is called, in order."""
        steps = [(number, self.steps[number]) for number in self.order(wanted)]
        return ([(number, step.name, step.value) for number, step in steps if not step.arguments],
                [(number, _NUMERIC[step.name], step.arguments) for number, step in steps if step.arguments])

    @lru_cache(maxsize=4096)  # noqa: B019  tapes live as long as the process
    def order(self, wanted):
        """The steps that these need, each after what it takes."""
        needed, ahead = set(), list(wanted)
        while ahead:
            number = ahead.pop()
            if number not in needed:
                needed.add(number)
                ahead.extend(self.steps[number].arguments)
        return tuple(sorted(needed))


@lru_cache(maxsize=256)
def _law_slope(name, count, i):
    """The derivative of a law by its argument ``i``, as SymPy has it, and the symbols that stand for the arguments."""
    law = _LAWS.get(name)
    dummies = tuple(sympy.Symbol(f"argument_{j}") for j in range(count))
    try:
        return law(*dummies).fdiff(i + 1), dummies
    except (TypeError, AttributeError, sympy.core.function.ArgumentIndexError) as problem:
        raise Unwritable(f"{name} has no derivative") from problem


def _all_laws():
    from .. import laws

    found = {"exp": sympy.exp, "erf": sympy.erf, "erfc": sympy.erfc}
    return found | {name: law for name in NUMERIC if isinstance(law := getattr(laws, name, None), type)}


_LAWS = _all_laws()


@lru_cache(maxsize=512)
def of(curve, left=()):
    """The tape of a curve on plain time, or None where it has no tape.

    A parameter in which the share is linear is its own coordinate, those named in ``left`` are counted back from a
    time, the others are on their own scale.
    """
    known = plain(curve)
    if known is None:
        return None
    own = {"linear": ITSELF, "log": LOG, "logit": LOGIT}
    return Tape(curve, tuple(LEFT if p.name in left else ITSELF if k in known.amplitudes else own[p.scale]
                             for k, p in enumerate(curve.parameters)))


@lru_cache(maxsize=512)
def plain(curve):
    """The tape of a curve on plain time whose coordinates are the parameters themselves, or None."""
    if curve.conditions or not on_plain_time(curve):
        return None
    try:
        return Tape(curve, (ITSELF,) * len(curve.symbols))
    except Unwritable:
        return None
