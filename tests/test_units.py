"""Units at the edges, hours, milligrams and litres inside."""

import pytest

from pkmodels import units
from pkmodels.errors import UnitError


@pytest.mark.parametrize(("value", "given", "wanted", "expected"), [
    (1e-12, "cm**2/s", "um**2/day", 8.64),
    (1e-12, "cm2/s", "um²/day", 8.64),
    (24, "day-1", "1/h", 1),
    (50, "ng/dL", "ng/mL", 0.5),
    (500, "ng/L", "ng/mL", 0.5),
    (110.5, "mL/min", "L/h", 6.63),
    (1, "day", "h", 24),
    (2, "week", "day", 14),
    (37, "degC", "K", 310.15),
    (310.15, "K", "degC", 37),
    (5, "%", "1", 0.05),
    (1, "µg", "ug", 1),
    (3, "µm", "um", 3),
    (1, "kDa", "Da", 1000),
])
def test_conversions(value, given, wanted, expected):
    assert units.convert(value, given, wanted) == pytest.approx(expected, rel=1e-12)


def test_days_are_exactly_24_hours():
    assert units.factor("day", "h") == 24.0


@pytest.mark.parametrize(("value", "unit", "inside"), [
    (1, "ng/mL", 1e-3), (1, "mg/L", 1), (1, "L/h", 1), (24, "1/day", 1), (1, "mL", 1e-3), (37, "degC", 37),
])
def test_inside_and_back(value, unit, inside):
    assert units.inside(value, unit) == pytest.approx(inside, rel=1e-12)
    assert units.outside(units.inside(value, unit), unit) == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize(("given", "wanted", "words"), [
    ("mg", "L", "a mass is not a volume"),
    ("1/day", "day", "a rate (per time) is not a time"),
])
def test_unlike_units_are_refused(given, wanted, words):
    with pytest.raises(UnitError, match="cannot be turned into") as refused:
        units.convert(1, given, wanted)
    assert words in str(refused.value)


@pytest.mark.parametrize("text", ["month", "foo", "mg/", "__import__('os')", "1/0", "3 mg"])
def test_what_is_no_unit_is_refused(text):
    with pytest.raises(UnitError, match="not a unit known here"):
        units.unit(text)


def test_quantities():
    assert units.quantity("3.6 mg", "mg", "3.6 mg") == (3.6, "mg")
    assert units.quantity("0.1/day", "1/h", "0.1/day") == (0.1, "1/day")
    assert units.assigned("k", "0.099/day") == (0.099, "1/day")
    assert units.assigned("f", "0.2") == (0.2, "1")
    with pytest.raises(UnitError, match="a time, wanted is a mass"):
        units.quantity("3.6 h", "mg", "3.6 mg")
    with pytest.raises(UnitError, match="decimal point"):
        units.assigned("k", "0,099/day")
