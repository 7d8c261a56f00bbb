"""Concentrations: from what was measured in a vessel to what was released."""

import numpy as np

from .. import units
from ..errors import StudyError
from . import checks
from .cells import missing
from .headers import condition_name
from .vessel import find_vessel

CONCENTRATION, CONCENTRATION_SD = "concentration_mg_per_L", "concentration_sd_mg_per_L"


def from_concentrations(frame, grid, layout, chosen, gathered, sidecar):
    """A frame of `records` with the released shares of its concentrations; parameters as in `assemble.convert`.

    Raises
    ------
    StudyError
        If the unit, the vessel or the concentration of a sample is missing.
    """
    column = chosen.values[0]
    unit = column.unit or column.unit_row
    if not unit or units.dimension(unit) != units.dimension("mg/L"):
        raise StudyError(f"{grid.file}: the column '{column.header}' has no unit of concentration; write for example "
                         f"'concentration (ug/mL)'")
    vessel = find_vessel(grid.comments, sidecar.sampling, grid.file, sidecar.file)
    factor = units.factor(unit, "mg/L")
    frame = frame.assign(**{CONCENTRATION: frame["value"] * factor, "sd": frame["sd"] * factor,
                            "sem": frame["sem"] * factor, "sem_of_concentration": frame["sem"] * factor})
    _check_complete(layout, chosen, grid)
    spread = frame["sd"].notna().any() or frame["sem"].notna().any()
    frame = through_vessel(frame, dict.fromkeys(frame["formulation"].unique(), vessel), ("sd", "sem"),
                           tuple(condition_name(c) for c in chosen.conditions))
    gathered.vessels.update(dict.fromkeys(frame["formulation"].unique(), vessel))
    gathered.notes.append(f"released share calculated from concentrations in {unit} ({vessel}; from {vessel.where}); "
                          f"every row counts as a sample taken")
    if spread:
        gathered.notes.append("sd propagated through the sampling, errors of the samples taken as independent")
    return frame


def through_vessel(frame, vessels, spreads=("sd",), conditions=()):
    """Released shares, their spreads and the number of every sample, from measured concentrations.

    Parameters
    ----------
    frame : DataFrame
        With formulation, replicate, time_hour and concentration_mg_per_L; spreads in mg/L.
    vessels : mapping of str to Vessel
        By formulation.
    spreads : sequence of str
        Columns that go through the sampling as independent errors.
    conditions : sequence of str
        Columns that tell vessels apart which share a formulation and the name of a replicate.

    Returns
    -------
    DataFrame
        With released (share of the dose), sample (1 for the first of a vessel) and the spreads as shares; the
        standard deviation of the concentrations is kept beside them.
    """
    frame = frame.assign(released=np.nan, sample=0)
    frame[CONCENTRATION_SD] = frame[spreads[0]]
    keys = ["formulation", "replicate", "time_hour", *conditions]
    for _, part in frame.groupby(checks.curve_ids(frame[keys]), sort=False):
        order = part.sort_values("time_hour", kind="stable").index
        matrix = vessels[part["formulation"].iloc[0]].matrix(len(order))
        frame.loc[order, "released"] = matrix @ frame.loc[order, CONCENTRATION].to_numpy()
        frame.loc[order, "sample"] = np.arange(1, len(order) + 1)
        for kind in spreads:
            frame.loc[order, kind] = np.sqrt(matrix**2 @ frame.loc[order, kind].to_numpy() ** 2)
    return frame


def _check_complete(layout, chosen, grid):
    """A sample that was not measured still took drug away; what follows it cannot be calculated."""
    for column in chosen.values:
        cells = [row.cell(column.index) for row in layout.rows]
        last = max((k for k, cell in enumerate(cells) if not missing(cell)), default=0)
        for row, cell in zip(layout.rows[:last], cells, strict=False):
            if missing(cell):
                raise StudyError(f"{grid.file}, row {row.number}, column '{column.header}': {missing(cell)}: what this "
                                 f"sample took away is needed for all later ones; write its concentration or an "
                                 f"estimate, which your report should mention")
