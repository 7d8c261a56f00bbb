"""Clocks of a curve: plain ones, and those that run along another one."""

from dataclasses import dataclass

import sympy
from sympy import Expr, Symbol

from .environment import t
from .errors import ModelError


@dataclass(frozen=True)
class Course:
    """A clock that runs faster or slower as another one goes on: diffusion in a polymer that degrades.

    While ``along`` runs at pace 1 and the surroundings are standard, the clock shows ``total``, an
    expression of ``along`` that is 0 at 0; ``pace`` is its factor in other surroundings. So
    ``d(clock)/dt = pace · d(total)/d(along)``, which is integrated exactly where surroundings are steps.
    """

    total: Expr
    along: Symbol
    pace: Expr = sympy.S.One


def courses(clocks):
    """The clocks that run along another one."""
    return {clock: course for clock, course in clocks.items() if isinstance(course, Course)}


def paces(clocks):
    """The factor on each clock that the surroundings decide."""
    return {clock: sympy.sympify(getattr(course, "pace", course)) for clock, course in clocks.items()}


def speeds(clocks):
    """What each clock runs at, d(clock)/dt."""
    return {clock: c.pace * c.total.diff(c.along) if isinstance(c, Course) else c for clock, c in clocks.items()}


def steady(released, clocks):
    """A released share in constant surroundings as one expression of ``t`` (and of ``T`` and ``pH``)."""
    found = {clock: pace * t for clock, pace in clocks.items() if not isinstance(pace, Course)}
    for clock, c in courses(clocks).items():
        pace = clocks[c.along]
        found[clock] = c.pace * c.total.xreplace({c.along: pace * t}) / pace
    return released.xreplace(found)


def latex(released, clocks, tex):
    """A released share and the speeds of its clocks (but plain time's), typeset by ``tex``."""
    lines = [r"\mathrm{released}(t) = " + tex(released)]
    for clock, speed in speeds(clocks).items():
        if (clock, speed) != (t, 1):
            lines.append(rf"\frac{{d\,{tex(clock)}}}{{dt}} = " + tex(speed))
    return r",\quad ".join(lines)


def check(name, clocks):
    """Refuse a course that runs along no plain clock, or that does not begin at 0."""
    plain = [clock for clock, course in clocks.items() if not isinstance(course, Course)]
    for course in courses(clocks).values():
        if course.along not in plain:
            raise ModelError(f"{name}: a clock runs along '{course.along}', which is none of its plain clocks "
                             f"({', '.join(map(str, plain)) or 'it has none'})")
        if sympy.simplify(course.total.subs(course.along, 0)) != 0:
            raise ModelError(f"{name}: the course {course.total} of a clock is not 0 at {course.along} = 0; "
                             f"subtract its value there")
