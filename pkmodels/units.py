"""Units: whatever the user writes at the edges; hours, milligrams and decimetres (so litres) inside.

The registry holds only the units of this field. That makes it quick to load, and a typing
error in a header cannot turn into an exotic unit by accident.
"""

import re
from functools import lru_cache
from numbers import Real

from .errors import UnitError

_DEFINITIONS = """
milli- = 1e-3 = m-
micro- = 1e-6 = µ- = μ- = u-
nano- = 1e-9 = n-
pico- = 1e-12 = p-
femto- = 1e-15 = f-
kilo- = 1e3 = k-
centi- = 1e-2 = c-
deci- = 1e-1 = d-
second = [time] = s = sec = seconds
minute = 60 * second = min = minutes
hour = 60 * minute = h = hr = hours = hrs
day = 24 * hour = d = days
week = 7 * day = wk = weeks
gram = [mass] = g
dalton = 1.66053906660e-24 * gram = Da
meter = [length] = m = metre
liter = 1e-3 * meter ** 3 = L = l = litre
mole = [substance] = mol
molar = mole / liter = M
kelvin = [temperature] = K
degree_Celsius = kelvin; offset: 273.15 = degC = °C
percent = 0.01 = %
newton = 1e3 * gram * meter / second ** 2 = N
joule = newton * meter = J
pascal = newton / meter ** 2 = Pa
international_unit = [activity] = IU
decay = [decay]
becquerel = decay / second = Bq
megabecquerel = 1e6 * becquerel = MBq
gigabecquerel = 1e9 * becquerel = GBq
gray = joule / (1e3 * gram) = Gy
"""

#: The coherent units inside, by dimension. dm, because 1 dm³ is 1 L.
BASE = {
    "[time]": "hour",
    "[mass]": "milligram",
    "[length]": "decimeter",
    "[substance]": "mole",
    "[temperature]": "kelvin",
    "[activity]": "international_unit",
    "[decay]": "decay",
}
_NUMBER_AND_UNIT = r"\s*([-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?)(?![,.\d])\s*(.*?)\s*"
TIME_UNITS = ("min", "h", "day", "week")


@lru_cache(maxsize=1)
def registry():
    """The pint registry of this project."""
    import pint

    ureg = pint.UnitRegistry(None, cache_folder=None, autoconvert_offset_to_baseunit=True)
    for line in _DEFINITIONS.strip().splitlines():
        ureg.define(line)
    return ureg


@lru_cache(maxsize=1024)
def unit(text):
    """Parse a unit such as ``"1/day"`` or ``"ng/mL"``.

    Raises
    ------
    UnitError
        If the text is not a unit of this field.
    """
    ureg = registry()
    cleaned = str(text).strip().replace("²", "**2").replace("³", "**3").replace("·", "*").replace("^", "**")
    # As papers write powers without a raised figure: cm2/s, h-1.
    cleaned = re.sub(r"(?<=[A-Za-zµμ])(-?[1-3])(?![\w.])", r"**\1", cleaned)
    cleaned = re.sub(r"^1\s*/", "dimensionless/", cleaned)
    if cleaned in ("", "1", "-", "dimensionless", "fraction"):
        return ureg.Unit("")
    try:
        return ureg.Unit("percent" if cleaned == "%" else cleaned.replace("dimensionless/", "1/"))
    except Exception as problem:
        raise UnitError(f"'{text}' is not a unit known here; write for example h, day, mg, ng/mL, um or 1/day"
                        ) from problem


@lru_cache(maxsize=1024)
def dimension(text):
    """The dimension of a unit as a sorted tuple of (name, power), e.g. ``(("[time]", -1.0),)``."""
    return tuple(sorted((name, float(power)) for name, power in unit(text).dimensionality.items() if power))


@lru_cache(maxsize=1024)
def _inside(text):
    powers = dimension(text)
    return "*".join(f"{BASE[name]}**{power:g}" for name, power in powers) or ""


def convert(value, given, wanted):
    """Convert numbers between units of one kind; degrees Celsius and kelvin with their offset.

    Raises
    ------
    UnitError
        If the two units are of different kinds.
    """
    if given == wanted:
        return value
    if dimension(given) != dimension(wanted):
        raise UnitError(f"'{given}' cannot be turned into '{wanted}': {_words(given)} is not {_words(wanted)}")
    if _is_celsius(given) or _is_celsius(wanted):
        return registry().Quantity(value, unit(given)).to(unit(wanted)).magnitude
    return value * factor(given, wanted)


@lru_cache(maxsize=4096)
def factor(given, wanted):
    """The number by which a value in ``given`` is multiplied to be in ``wanted`` (no offsets)."""
    if dimension(given) != dimension(wanted):
        raise UnitError(f"'{given}' cannot be turned into '{wanted}': {_words(given)} is not {_words(wanted)}")
    if _is_celsius(given) or _is_celsius(wanted):
        return 1.0
    # Through the exact ratio of whole numbers where there is one: 24, not 23.999999999999996.
    ratio = float((1 * unit(given)).to(unit(wanted)).magnitude)
    return float(round(ratio)) if round(ratio) and abs(ratio / round(ratio) - 1) < 1e-14 else ratio


def inside(value, given):
    """Convert a value to the coherent units used inside (temperatures stay in degrees Celsius)."""
    if _is_celsius(given):
        return value
    return value * factor(given, _inside(given))


def outside(value, wanted):
    """Convert a value from the coherent units used inside back to ``wanted``."""
    if _is_celsius(wanted):
        return value
    return value / factor(wanted, _inside(wanted))


def quantity(text, kind, example):
    """Read a number with its unit, such as ``"3.6 mg"``; returns (number, unit text).

    ``kind`` is a unit of the dimension that is wanted, ``example`` what the message shows.
    """
    match = re.fullmatch(_NUMBER_AND_UNIT, str(text))
    if not match or not match[2]:
        raise UnitError(f"'{text}' is not a number with a unit; write for example '{example}'")
    found = _over_one(match[2])
    if dimension(kind) == dimension("mg") and re.search(r"/\s*(kg|m2|m\^2|m\*\*2|m²)$", found.strip()):
        raise UnitError(f"'{text}' is a dose per body weight or surface; multiply it out, for example '{example}'")
    if dimension(found) != dimension(kind):
        raise UnitError(f"'{text}' is {_words(found)}, wanted is {_words(kind)}; write for example '{example}'")
    return float(match[1]), found


def _over_one(text):
    """The unit that stands after a number: the "/day" of "0.1/day" is "1/day"."""
    return f"1{text}" if text.startswith("/") else text


def is_number(value):
    """Whether this is one real number, Python's or NumPy's, and neither text nor True."""
    return isinstance(value, Real) and not isinstance(value, bool)


def _is_celsius(text):
    return str(text).strip() in ("degC", "°C", "degree_Celsius")


def _words(text):
    """The kind of a unit in words, for messages."""
    known = {
        (): "a number without unit",
        dimension("h"): "a time",
        dimension("1/h"): "a rate (per time)",
        dimension("mg"): "a mass",
        dimension("L"): "a volume",
        dimension("mg/L"): "a mass concentration",
        dimension("mol/L"): "a molar concentration",
        dimension("L/h"): "a flow or clearance",
        dimension("um"): "a length",
        dimension("cm**2/s"): "a diffusion coefficient",
        dimension("K"): "a temperature",
        dimension("mg/h"): "a mass per time",
        dimension("Bq"): "a radioactivity",
    }
    found = known.get(dimension(text))
    return found or "of dimension " + " ".join(f"{name[1:-1]}^{power:g}" for name, power in dimension(text))


def assigned(name, text):
    """Read the value in ``name=value``: "0.099/day", "14 day" or, for a plain number, "0.2"; returns (number, unit)."""
    match = re.fullmatch(_NUMBER_AND_UNIT, str(text))
    if not match:
        raise UnitError(f"{name}='{text}' is not a number with a unit; write for example {name}=0.099/day, with a "
                        f"decimal point")
    found = _over_one(match[2]) or "1"
    unit(found)
    return float(match[1]), found
