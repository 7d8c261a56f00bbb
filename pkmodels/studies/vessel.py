"""The vessel: how samples were taken, from a comment in the data file or the toml beside it."""

import re
from dataclasses import dataclass

from .. import units
from ..errors import StudyError, UnitError
from .sampling import REPLACEMENTS, sampling_matrix

EXAMPLE = "# vessel 10 mL, sample 2 mL, replaced with fresh medium, dose in vessel 1.25 mg"
_SETTINGS = ('vessel_volume = "10 mL", sample_volume = "2 mL", replacement = "fresh" (or "none", "full"), '
             'dose = "1.25 mg"')
_AMOUNT = r"[^\w.]*(?:volume|in(?:\s+the)?\s+vessel|of|is|\s|[:=])*\s*(\d+(?:\.\d+)?\s*[A-Za-zµμ]+)"
_KINDS = {"vessel_volume": ("vessel", "mL", "10 mL"), "sample_volume": ("samples?", "mL", "2 mL"),
          "dose": ("dose", "mg", "1.25 mg")}


@dataclass(frozen=True, kw_only=True)
class Vessel:
    """How the samples were taken.

    Parameters
    ----------
    vessel_volume, sample_volume : float
        L; the sample volume is not needed where the whole medium is exchanged.
    dose : float
        Drug in the vessel at the start, mg.
    replacement : {"fresh", "none", "full"}
    where : str
        What states it, for the notes.
    """

    vessel_volume: float
    sample_volume: float
    dose: float
    replacement: str
    where: str

    @classmethod
    def of(cls, *, vessel_volume, dose, sample_volume=None, replacement="fresh", where="the call"):
        """A vessel of texts with units, such as ``vessel_volume="10 mL"``, ``dose="1.25 mg"``.

        Raises
        ------
        StudyError
            If a text is no volume or mass, the replacement is unknown, or the volume of the sample is missing.
        """
        said = {"vessel_volume": vessel_volume, "sample_volume": sample_volume, "dose": dose}
        if sample_volume is None and replacement != "full":
            raise StudyError(f"{where} does not say the volume of the samples; give sample_volume='2 mL', or "
                             f"replacement='full' where the whole medium is exchanged")
        numbers = {name: said_number(name, str(value), where) for name, value in said.items() if value is not None}
        return cls(**{"sample_volume": 0.0, **numbers}, replacement=said_number("replacement", replacement, where),
                   where=where)

    def matrix(self, samples):
        """The sampling operator over the dose: shares of dose per mg/L."""
        return sampling_matrix(samples, vessel_volume=self.vessel_volume, sample_volume=self.sample_volume,
                               replacement=self.replacement) / self.dose

    def __str__(self):
        taken = {"fresh": f"samples of {1000 * self.sample_volume:g} mL replaced with fresh medium",
                 "none": f"samples of {1000 * self.sample_volume:g} mL not replaced",
                 "full": "the whole medium exchanged at every sample"}[self.replacement]
        return f"vessel {1000 * self.vessel_volume:g} mL, {taken}, dose {self.dose:g} mg"


def find_vessel(comments, settings, file, beside):
    """The sampling of a file of concentrations.

    Parameters
    ----------
    comments : sequence of (int, str)
        Row and text of the comment lines.
    settings : mapping
        The table ``[sampling]`` of the toml file, as texts.
    file, beside : str
        Name of the data file and of the toml file, for messages.

    Returns
    -------
    Vessel

    Raises
    ------
    StudyError
        If something is missing or stated twice differently, saying what to write.
    """
    from_comments = {}
    for row, text in comments:
        for name, value in _from_comment(text).items():
            from_comments.setdefault(name, (value, f"row {row}"))
    said = {name: [] for name in ("vessel_volume", "sample_volume", "dose", "replacement")}
    for name, (value, where) in from_comments.items():
        said[name].append((said_number(name, value, f"{file}, {where}"), where))
    for name, value in settings.items():
        if name not in said:
            continue
        said[name].append((said_number(name, value, f"{beside}, [sampling]"), beside))
    found = {name: _agreed(name, values, file) for name, values in said.items() if values}
    needed = ["vessel_volume", "dose", "replacement"] + ["sample_volume"] * (found.get("replacement") != "full")
    missing = [name.replace("_", " ") for name in needed if name not in found]
    if missing:
        raise StudyError(f"{file} holds concentrations, but not the {', '.join(missing)}; write a line '{EXAMPLE}' "
                         f"above the header, or a file {beside} with [sampling] {_SETTINGS}")
    where = " and ".join(dict.fromkeys(where for values in said.values() for _, where in values))
    return Vessel(**{"sample_volume": 0.0, **found}, where=where)


def _from_comment(text):
    found = {}
    for name, (word, unit, _) in _KINDS.items():
        amounts = (match[1] for match in re.finditer(rf"\b{word}\b{_AMOUNT}", text, re.IGNORECASE))
        # "dose in the vessel 1 mg" is no volume of the vessel.
        fitting = [amount for amount in amounts if _is_of_kind(amount, unit)]
        found.update({name: fitting[0]} if fitting else {})
    lowered = text.lower()
    if re.search(r"\b(full|whole|complete)\w*\b.*\b(exchang|replac)", lowered) or "full exchange" in lowered:
        found["replacement"] = "full"
    elif re.search(r"\b(not|without|no|never)\s+(being\s+)?replac", lowered):
        found["replacement"] = "none"
    elif "replaced" in lowered or "fresh medium" in lowered:
        found["replacement"] = "fresh"
    return found


def _is_of_kind(amount, unit):
    try:
        return bool(units.quantity(amount, unit, unit))
    except UnitError:
        return False


def said_number(name, value, place):
    """Litres, milligrams, or the word for the replacement."""
    if name == "replacement":
        if value not in REPLACEMENTS:
            raise StudyError(f"{place}: replacement = '{value}' is not possible; write \"fresh\", \"none\" or \"full\"")
        return value
    _, unit, example = _KINDS[name]
    try:
        number, given = units.quantity(value, unit, example)
    except UnitError as problem:
        raise StudyError(f"{place}: {name} = '{value}': {problem}") from problem
    if not number > 0:
        raise StudyError(f"{place}: {name} = '{value}' must be above 0, such as {example}")
    return float(units.convert(number, given, {"mL": "L", "mg": "mg"}[unit]))


def _agreed(name, values, file):
    (first, here), *others = values
    for other, there in others:
        if other != first:
            raise StudyError(f"{file}: the {name.replace('_', ' ')} in {here} differs from that in {there}; "
                             f"make them agree")
    return first
