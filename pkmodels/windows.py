"""Windows of concentration: limits with unit, analyte and the source of the claim."""

import html
import math
import re
from dataclasses import dataclass, replace

from . import shelf, units
from .errors import PredictionError, RecordError, UnitError, UnknownName, unknown
from .references import cite

EXAMPLE = "0.5-1.2 ng/mL"
_KINDS = ("ng/mL", "nmol/L", "IU/L")
_KEYS = ("title", "lower", "upper", "unit", "analyte", "matrix", "citations", "provenance", "warnings")
_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_UNIT = r"(?P<unit>[A-Za-zµμ%°]\S*)(?:\s+(?:of\s+)?(?P<analyte>[A-Za-z][\w -]*))?"
_RANGE = re.compile(rf"(?P<lower>{_NUMBER})\s*(?P<first>[A-Za-zµμ%°][^\s–-]*)??\s*(?:-|–|—|\bto\b)\s*"
                    rf"(?P<upper>{_NUMBER})\s*{_UNIT}", re.IGNORECASE)
_LIMIT = re.compile(rf"(?P<sign>>=|<=|>|<|≥|≤|above|below|at least|at most)\s*(?P<limit>{_NUMBER})\s*{_UNIT}",
                    re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, repr=False)
class Window:
    """Limits between which a concentration should be; the limits themselves are inside.

    Parameters
    ----------
    lower, upper : float
        In ``unit``; 0 and infinity where there is no such limit.
    unit : str
        Of a concentration, such as ``"ng/mL"``.
    analyte : str
        What is measured; empty where nobody said it.
    matrix : str
        Where it is measured, such as ``"plasma"``; empty where nobody said it.
    name : str
        Of a shipped window.
    provenance : str
        Whose claim it is.
    warnings, citations : tuple of str
    """

    lower: float = 0.0
    upper: float = math.inf
    unit: str
    analyte: str = ""
    matrix: str = ""
    name: str = ""
    provenance: str = "given by the user"
    warnings: tuple = ()
    citations: tuple = ()

    def __post_init__(self):
        for limit in (self.lower, self.upper):
            if not isinstance(limit, (int, float)) or isinstance(limit, bool) or math.isnan(limit):
                raise PredictionError(f"the limit {limit!r} of a window is not a number; write for example '{EXAMPLE}'")
        if units.dimension(self.unit) not in map(units.dimension, _KINDS):
            raise UnitError(f"'{self.unit}' is not a concentration; write for example '{EXAMPLE}' or '< 1.735 nmol/L'")
        if self.lower < 0 or math.isinf(self.lower):
            raise PredictionError(f"a window cannot begin at {self.lower:g} {self.unit}; write for example '{EXAMPLE}'")
        if self.lower == 0 and math.isinf(self.upper):
            raise PredictionError(f"a window without limits holds every concentration; write for example '{EXAMPLE}'")
        if self.lower >= self.upper:
            raise PredictionError(f"the lower limit {self.lower:g} {self.unit} of the window is not below its upper "
                                  f"limit {self.upper:g} {self.unit}; write the lower one first, as in '{EXAMPLE}'")

    def limits(self, unit):
        """The limits (lower, upper) in another unit of concentration."""
        if units.dimension(unit) != units.dimension(self.unit):
            raise UnitError(f"the window is in {self.unit} and the prediction in {unit}; between mass and molar "
                            f"concentrations only a molar mass converts: give the window in {unit}")
        return _converted(self.lower, self.unit, unit), _converted(self.upper, self.unit, unit)

    def beside(self, unit, molar_mass=None):
        """This window in the unit of a prediction, and what was done to it, in a sentence or nothing.

        Parameters
        ----------
        unit : str
            Of the prediction's concentrations.
        molar_mass : str, optional
            Of its analyte, such as ``"1269 g/mol"``; converts between mass and moles.

        Returns
        -------
        Window, tuple of str

        Raises
        ------
        UnitError
            If one of them is molar, the other is not, and no molar mass is known.
        """
        kinds = {units.dimension(unit), units.dimension(self.unit)}
        if kinds != {units.dimension("mg/L"), units.dimension("mol/L")} or molar_mass is None:
            self.limits(unit)
            return self, ()
        mass, given = units.quantity(molar_mass, "g/mol", "1269 g/mol")
        mass = float(units.convert(mass, given, "g/mol"))
        molar = units.dimension(self.unit) == units.dimension("mol/L")
        middle, other = ("mol/L", "g/L") if molar else ("g/L", "mol/L")
        factor = units.factor(self.unit, middle) * (mass if molar else 1 / mass) * units.factor(other, unit)
        # To 10 digits: 1.5 nmol/L of 1269 g/mol are 1.9035 ng/mL and not 1.9034999999999997.
        low, high = (float(f"{limit * factor:.10g}") for limit in (self.lower, self.upper))
        found = replace(self, lower=low, upper=high, unit=unit)
        return found, (f"window of {self.bounds} read as {found.bounds} by the molar mass of what is measured, "
                       f"{mass:g} g/mol",)

    def require(self, analyte):
        """Refuse a prediction of another analyte than the window's."""
        if analyte and self.analyte and _same(analyte) != _same(self.analyte):
            raise PredictionError(f"{self.bounds} of {self.analyte} is not {self.bounds} of {analyte}: the window is "
                                  f"for {self.analyte} and the prediction is of {analyte}; give a window of {analyte}")

    @property
    def bounds(self):
        """The limits in words, without the analyte."""
        if math.isinf(self.upper):
            return f"at least {self.lower:g} {self.unit}"
        if self.lower == 0:
            return f"at most {self.upper:g} {self.unit}"
        return f"{self.lower:g}-{self.upper:g} {self.unit}"

    def to_dict(self):
        """As plain numbers and texts, ready for JSON; an infinite limit is None."""
        return {"lower": self.lower, "upper": self.upper if math.isfinite(self.upper) else None, "unit": self.unit,
                "analyte": self.analyte, "matrix": self.matrix, "name": self.name, "provenance": self.provenance,
                "warnings": list(self.warnings), "citations": list(self.citations)}

    def lines(self):
        """The window, whose claim it is, its warnings and its sources, as lines of text."""
        yield f"window: {self}{f' in {self.matrix}' if self.matrix else ''}; {self.provenance}"
        yield from (f"! {warning}" for warning in self.warnings)
        if self.citations:
            yield from cite(self.citations).splitlines()

    def __str__(self):
        return f"{self.bounds} {self.analyte}".strip()

    def __repr__(self):
        return "\n".join(self.lines())

    def _repr_html_(self):
        return f"<p>{'<br>'.join(html.escape(line) for line in self.lines())}</p>"


def list_windows():
    """The names of the windows that ship with pkmodels."""
    return tuple(sorted(_shipped()))


def read_window(text, analyte=None):
    """Read a window.

    Parameters
    ----------
    text : str or Window
        The name of a shipped window (``"goserelin"``), or limits: ``"0.5-1.2 ng/mL"``,
        ``"0.5 to 1.2 ng/mL of goserelin"``, ``"> 0.5 ng/mL"``, ``"< 2 ng/mL"``.
    analyte : str, optional
        What is measured; needed where another analyte could be meant.

    Returns
    -------
    Window

    Raises
    ------
    PredictionError, UnitError, UnknownName
        If it cannot be read without guessing.
    """
    if isinstance(text, Window):
        window = text
    elif not isinstance(text, str) or not text.strip():
        raise PredictionError(f"{text!r} is not a window; write for example '{EXAMPLE}'")
    elif re.match(r"[-+.\d<>≥≤]|(above|below|at least|at most)\b", text.strip(), re.IGNORECASE):
        window = _from_limits(" ".join(text.split()))
    else:
        window = _from_shelf(text.strip())
    if analyte and window.analyte and _same(analyte) != _same(window.analyte):
        raise PredictionError(f"the window '{text}' is for {window.analyte}, but the analyte given is {analyte}; "
                              f"{window.bounds} of one is not {window.bounds} of the other")
    return replace(window, analyte=analyte) if analyte and not window.analyte else window


def _from_limits(text):
    if re.search(r"\d,\d", text):
        raise PredictionError(f"'{text}' has a comma inside a number; write a point, for example '{EXAMPLE}', "
                              f"because 1,200 could be 1.2 or 1200")
    if found := _RANGE.fullmatch(text):
        lower, upper, unit = float(found["lower"]), float(found["upper"]), found["unit"]
        if found["first"]:
            lower = _converted(lower, found["first"], unit)
    elif found := _LIMIT.fullmatch(text):
        limit, unit = float(found["limit"]), found["unit"]
        over = found["sign"].lower() in (">", ">=", "≥", "above", "at least")
        lower, upper = (limit, math.inf) if over else (0.0, limit)
        if not over and limit <= 0:
            raise PredictionError(f"'{text}' leaves no concentration inside; write for example '< 2 ng/mL'")
    elif re.fullmatch(rf"(?:[<>≥≤]=?\s*)?{_NUMBER}(?:\s*(?:-|–|—|to)\s*{_NUMBER})?", text):
        raise PredictionError(f"'{text}' has no unit; write for example '{EXAMPLE}'")
    elif re.fullmatch(rf"{_NUMBER}\s*{_UNIT}", text):
        raise PredictionError(f"'{text}' is one number; write a range such as '{EXAMPLE}', or '> {text}' or '< {text}'")
    else:
        raise PredictionError(f"'{text}' is not a window; write for example '{EXAMPLE}', '> 0.5 ng/mL' or '< 2 ng/mL'")
    return Window(lower=lower, upper=upper, unit=unit, analyte=(found["analyte"] or "").strip())


def _shipped():
    return shelf.read_toml(shelf.folder("data") / "windows.toml")


def _from_shelf(name):
    known = _shipped()
    if name not in known:
        raise UnknownName(f"{unknown('window', name, known)}; or write its limits, for example '{EXAMPLE}'")
    entry = dict(known[name])
    for key in entry:
        if key not in _KEYS:
            raise RecordError(f"windows.toml, [{name}]: {unknown('key', key, _KEYS)}")
    entry.pop("title", None)
    try:
        return Window(name=name, **{**entry, "warnings": tuple(entry.get("warnings", ())),
                                    "citations": tuple(entry.get("citations", ()))})
    except (TypeError, PredictionError, UnitError) as problem:
        raise RecordError(f"windows.toml, [{name}]: {problem}") from None


def _converted(value, given, wanted):
    """By the whole number of the two factors, so that 500 pg/mL is exactly 0.5 ng/mL."""
    ratio = units.factor(wanted, given)
    return float(value / ratio if ratio >= 1 else value * units.factor(given, wanted))


def _same(analyte):
    return " ".join(analyte.lower().split())
