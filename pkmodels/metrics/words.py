"""Times and shares in words."""

import math

from .. import units


def span(value, unit):
    """A length of time in the unit that people would choose: ``"24 weeks"``, ``"3.2 days"``, ``"6.4 h"``."""
    if math.isinf(value):
        return "beyond the end"
    hours = float(units.convert(value, unit, "h"))
    days = hours / 24
    if days >= 14 and abs(days / 7 - round(days / 7)) < 1e-6:
        return f"{round(days / 7)} weeks"
    if days >= 2:
        return f"{days:.3g} days"
    if hours >= 1:
        return f"{hours:.3g} h"
    return f"{60 * hours:.2g} min" if hours > 0 else "0 h"


def percent(value):
    """A share of time in per cent; what is not quite all or nothing never reads 100 or 0."""
    if 99.5 <= value < 100 - 1e-9:
        return f"{min(value, 99.99):.4g} %"
    if 1e-9 < value < 0.5:
        return f"{value:.1g} %"
    return f"{value:.0f} %"


def number(value):
    """A number in a table, with three to four significant digits; nothing where there is none."""
    if value is None or math.isnan(value):
        return ""
    return "beyond the end" if math.isinf(value) else f"{value:.4g}"
