"""Where a curve that is given as polynomials turns and crosses limits, step by step, compiled where numba is there."""

from .population_notes import ABOVE, BELOW, INSIDE, OPTIONS, candidate, change_side, njit


@njit(**OPTIONS)
def look_into(note, start, length, first, last, poly, lower, upper, lasting):
    """What happens within one step, given as a polynomial: at most one turn, crossings before it and after it."""
    slope_first, slope_last = _value(poly, 0.0, 1), _value(poly, 1.0, 1)
    turn, peak = 1.0, last
    if slope_first * slope_last < 0.0:
        turn = _root(poly, 0.0, 1.0, 0.0, 1)
        peak = _value(poly, turn, 0)
    candidate(note, first, start)
    candidate(note, peak, start + turn * length)
    candidate(note, last, start + length)
    for piece in range(2 if turn < 1.0 else 1):
        a, b, ca, cb = (0.0, turn, first, peak) if piece == 0 else (turn, 1.0, peak, last)
        rising = cb > ca
        for order in range(2):
            low = rising == (order == 0)
            level = lower if low else upper
            before, now = (ca >= level, cb >= level) if low else (ca > level, cb > level)
            if before != now:
                x = _root(poly, a, b, level, 0)
                side = (INSIDE if now else BELOW) if low else (ABOVE if now else INSIDE)
                change_side(note, start + x * length, side, lasting)


@njit(**OPTIONS)
def _value(poly, x, order):
    """The polynomial (order 0), its slope (1) or its bend (2)."""
    total = 0.0
    for k in range(len(poly) - 1, order - 1, -1):
        total = total * x + poly[k] * (1 if order == 0 else k if order == 1 else k * (k - 1))
    return total


@njit(**OPTIONS)
def _root(poly, a, b, level, order):
    """Where a polynomial (order 0) or its slope (order 1) is at a level: Newton's steps that fall back on halving."""
    left, x = 0.0, a
    for k in range(80):
        value, slope = _value(poly, x, order) - level, _value(poly, x, order + 1)
        if value == 0.0:
            return x
        if k == 0:
            left, new = value, 0.5 * (a + b)
        else:
            if (value > 0.0) == (left > 0.0):
                a = x
            else:
                b = x
            new = x - value / slope if slope != 0.0 else a
            if not a < new < b:
                new = 0.5 * (a + b)
            if abs(new - x) <= 1e-15:
                return new
        x = new
    return x
