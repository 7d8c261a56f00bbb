"""Step 1 of the page goes on: how a file is read, where it was misread."""

from pathlib import Path

import streamlit as st

from pkmodels import units
from pkmodels.studies import named, reading

AS_FILE, EVERY = "as the file says", "all with a table"


def corrections(path):
    """Widgets that correct how a file is read; what they say as options of `pkmodels.read_study`.

    Parameters
    ----------
    path : str
        Of a file, or the name of a curve that ships.

    Raises
    ------
    StudyError
        If the file cannot be opened at all.
    """
    time = st.selectbox("Unit of the times", [AS_FILE, *units.TIME_UNITS], key="time")
    released = st.selectbox("Unit of the released share", [AS_FILE, "percent", "fraction"], key="released")
    options = {"time": None if time == AS_FILE else time, "released": None if released == AS_FILE else released}
    place = reading.locate(path)
    grids, _ = reading.grids_of(place, None)
    sheets = [grid.sheet for grid in grids if grid.sheet]
    if len(sheets) > 1:
        sheet = st.selectbox("Sheet", [EVERY, *sheets], key="sheet")
        if sheet != EVERY:
            options["sheet"] = sheet
            grids = tuple(grid for grid in grids if grid.sheet == sheet)
    if st.toggle("Choose the columns by hand", key="by_columns"):
        known = list(dict.fromkeys(named.headers(grids)))
        times = st.selectbox("Times", known, key=f"times of {Path(path).name}")
        shares = st.multiselect("Released drug", [each for each in known if each != times],
                                key=f"released of {Path(path).name}")
        if shares:
            options["columns"] = named.meaning(times, shares)
        else:
            st.info("Choose one or more columns of released drug.")
    return options
