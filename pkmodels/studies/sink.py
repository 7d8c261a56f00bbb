"""Sink: whether the medium could have dissolved what was released."""

import re

from .. import units
from ..errors import StudyError, UnitError
from .concentrations import CONCENTRATION
from .vessel import Vessel, said_number

#: So many times the volume that dissolves the whole dose is commonly asked of a vessel.
SINK = 3.0
_COMMENT = re.compile(r"\bsolubility\b(?:of|in|is|the|drug|medium|\s|[:=~])*"
                      r"(\d+(?:\.\d+)?\s*[A-Za-zµμ]+\s*/\s*[A-Za-zµμ]+)", re.IGNORECASE)


def stated_solubility(grids):
    """The solubility that a comment line states, as the table ``[sampling]`` would; empty where none does."""
    found = (_COMMENT.search(text) for grid in grids for _, text in grid.comments)
    return next(({"solubility": match[1]} for match in found if match), {})


def sink_remarks(sampling, frame, vessels, file):
    """A warning where the vessel was too small for the solubility; nothing where that is not given.

    Parameters
    ----------
    sampling : mapping
        The table ``[sampling]`` of the toml file, as texts; ``solubility`` and, where the data file does not say them,
        ``vessel_volume`` and ``dose``.
    frame : DataFrame
        Of the study.
    vessels : mapping of str to Vessel
    file : str
        Name of the toml file.

    Returns
    -------
    tuple of str

    Raises
    ------
    StudyError
        If the solubility cannot be read, or the volume or the dose to hold it against is missing.
    """
    if "solubility" not in sampling:
        return ()
    solubility = _solubility(sampling["solubility"], file)
    said = []
    for vessel in dict.fromkeys(vessels.values()) or (_stated(sampling, file),):
        enough = vessel.dose / solubility
        if vessel.vessel_volume >= SINK * enough * (1 - 1e-9):
            continue
        highest = _highest(frame, vessel) / solubility
        said.append(
            f"no sink: the vessel holds {1000 * vessel.vessel_volume:g} mL, {vessel.vessel_volume / enough:.2g} times "
            f"the volume that dissolves the whole dose ({1000 * enough:.3g} mL), and {SINK:g} times are commonly asked "
            f"for. The medium reached up to {100 * highest:.3g} % of the solubility, which slows the release; a fit "
            f"does not correct for it, so its rates are those of this vessel" + (
                ". More than the solubility was measured: check it, the dose and the volume" if highest > 1 else ""))
    return tuple(said)


def _solubility(text, file):
    try:
        number, unit = units.quantity(text, "mg/L", "50 ug/mL")
    except UnitError as problem:
        raise StudyError(f"{file}, [sampling]: solubility = '{text}': {problem}") from problem
    if not number > 0:
        raise StudyError(f"{file}, [sampling]: solubility = '{text}' must be above 0, such as \"50 ug/mL\"")
    return float(units.convert(number, unit, "mg/L"))


def _stated(sampling, file):
    missing = [name for name in ("vessel_volume", "dose") if name not in sampling]
    if missing:
        raise StudyError(f"{file}, [sampling]: solubility is given, but not {' and '.join(missing)}; write them too, "
                         f"such as vessel_volume = \"10 mL\", dose = \"1.25 mg\"")
    volume, dose = (said_number(name, sampling[name], f"{file}, [sampling]") for name in ("vessel_volume", "dose"))
    return Vessel(vessel_volume=volume, sample_volume=0.0, dose=dose, replacement="none", where=file)


def _highest(frame, vessel):
    """mg/L; where shares were given, as if all that is released were in the vessel at once."""
    if CONCENTRATION in frame:
        return float(frame[CONCENTRATION].max())
    return float(frame["released"].max()) * vessel.dose / vessel.vessel_volume
