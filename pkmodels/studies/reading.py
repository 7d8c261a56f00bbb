"""Reading: from a file of the lab to a study."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pandas as pd

from .. import shelf
from ..errors import StudyError, unknown
from . import checks
from . import vocabulary as v
from .assemble import Gathered, convert, records
from .blocks import split
from .cells import Problems
from .columns import NoRelease, choose
from .delimited import read_text
from .layout import explain_no_table, find_layout
from .named import only
from .plain import plain
from .settle import Said, released_from, time_from
from .sidecar import Sidecar, read_sidecar
from .sink import sink_remarks, stated_solubility
from .study import Study
from .summaries import without_summaries
from .tables import Table, apart_or_refused, of_release, told_apart, without_blanks, without_statistics
from .workbook import read_sheets

_SIZE_LIMIT = 50 * 1024**2
_KINDS = {b"%PDF": "a PDF document", b"\xd0\xcf\x11\xe0": "an old .xls workbook (or one with a password)",
          b"\x89PNG": "a picture", b"\xff\xd8\xff": "a picture", b"{\\rtf": "an RTF document",
          b"\x1f\x8b": "a gzip archive", b"<html": "a web page", b"<!doctyp": "a web page", b"<?xml": "an XML file"}


def read_study(path, *, time=None, released=None, formulation=None, sheet=None, columns=None):
    """Read measured release from a csv, tsv or xlsx file.

    Parameters
    ----------
    path : str or Path or DataFrame
        A file, or the name of a curve that ships, such as ``"kakade_2018_goserelin"``; or a pandas DataFrame with the
        columns and headers of such a file.
    time : {"min", "h", "day", "week"}, optional
        Unit of the times, where the file does not say it.
    released : {"percent", "fraction"}, optional
        Unit of the released values, where the file does not say it.
    formulation : str, optional
        The one to keep.
    sheet : str, optional
        The one sheet of a workbook to read; all sheets with a table when not given.
    columns : sequence or mapping of str, optional
        Headers of the columns to read, and no others; a mapping says as what: ``{"t1": "time (h)", "x": "released
        (%)"}``. Found by their headers when not given.

    Returns
    -------
    Study
        It says in ``notes`` what was inferred, in ``warnings`` what looks wrong but was kept, and in ``set_aside``
        which cells were not used.

    Raises
    ------
    StudyError
        If the file cannot be read without guessing; the message names file, row and what to write.
    UnitError
        If an argument is not a unit.
    UnknownName
        If there is no such curve, sheet, formulation or toml key.
    """
    asked = (_asked("time", time, time_from), _asked("released", released, released_from))
    if hasattr(path, "to_csv"):
        content = path.to_csv(index=path.index.name is not None).encode()
        path, sidecar, notes = Path("DataFrame"), Sidecar("DataFrame.toml"), ()
        digest, grids = hashlib.sha256(content).hexdigest(), (read_text(content, path.name),)
    else:
        path = locate(shelf.as_path(path, StudyError, "lab.csv"))
        sidecar, digest = read_sidecar(path), shelf.sha256(path)
        grids, notes = grids_of(path, sheet)
    grids = tuple(part for grid in grids for part in split(grid))
    if columns is not None:
        grids, said = only(grids, columns, path.name)
        notes = (*notes, *said)
    gathered = Gathered(Problems(path.name), notes=list(notes))
    by_hand = columns is not None or v.is_blank(str(formulation))
    frame, unit = _tables(path, grids, gathered, sidecar, asked, by_hand)
    _check_names(sidecar, frame)
    study = Study.from_frame(
        frame, time_unit=unit.unit, source=path.name, sha256=digest, citation=sidecar.citation,
        vessels=gathered.vessels, normalised=sidecar.normalised, conditions=sidecar.conditions,
        formulation_conditions=sidecar.formulations,
        notes=tuple(dict.fromkeys((*sidecar.notes, *gathered.notes))),
        set_aside=(*gathered.tables, *gathered.set_aside),
        remarks=tuple(dict.fromkeys((
            *gathered.warnings, *_suspicion(frame, unit),
            *sink_remarks({**(stated_solubility(grids) if gathered.vessels else {}), **sidecar.sampling}, frame,
                          gathered.vessels, sidecar.file)))))
    return study if formulation is None else study.only(formulation)


def _asked(name, value, reader):
    return () if value is None else (Said(reader(value, f"{name}='{value}'"), f"{name}='{value}'"),)


def locate(path):
    """The file of a path, or of the name of a curve that ships."""
    given, path = str(path), Path(path)
    if path.is_dir():
        raise StudyError(f"{given} is a folder; name a file in it")
    if not path.exists():
        if not path.suffix and path.name == given:
            return shelf.find("data", "curves/*.csv", given, "file or shipped curve")
        near = sorted(each.name for each in path.parent.glob(f"*{path.suffix}")) if path.parent.is_dir() else []
        hint = f"; {path.parent} holds {', '.join(near[:5])}" if near else ""
        raise StudyError(f"{given} does not exist{hint}; check the path")
    if not path.is_file():
        raise StudyError(f"{given} is not a file with data; name a .csv or .xlsx file")
    size = path.stat().st_size
    if size > _SIZE_LIMIT:
        raise StudyError(f"{path.name} has {size / 1024**2:.0f} MB; release data are far smaller than "
                         f"{_SIZE_LIMIT // 1024**2} MB, check the file")
    return path


def grids_of(path, sheet):
    """The grids of a file, told apart by its first bytes and not by its ending."""
    try:
        with path.open("rb") as stream:
            head = stream.read(8)
    except OSError as problem:
        raise StudyError(f"{path} cannot be opened ({problem.strerror}); check the permissions") from problem
    for start, kind in _KINDS.items():
        if head.startswith(start) or head.lower().startswith(start):
            raise StudyError(f"{path.name} is {kind}, not a table that can be read; save the data as .xlsx or .csv")
    if head.startswith(b"PK"):
        return read_sheets(path, sheet)
    if sheet is not None:
        raise StudyError(f"{path.name} is a text file and has no sheet '{sheet}'; leave sheet out")
    return (read_text(path.read_bytes(), path.name),), ()


def _tables(path, grids, gathered, sidecar, asked, blanks):
    """The frames of all tables of a file under one another, and the unit of time of the first."""
    found = [(grid, find_layout(grid, gathered.problems)) for grid in map(plain, grids)]
    tables = [(grid, layout) for grid, layout in found if layout]
    if not tables:
        raise explain_no_table(max(grids, key=lambda grid: len(grid.rows)))
    gathered.notes += [f"sheet '{grid.sheet}' holds no table with a time column; not read"
                       for grid, layout in found if not layout]
    read = []
    for grid, layout in tables:
        _describe(grid, layout, gathered)
        try:
            chosen = choose(layout, grid.file)
        except NoRelease as problem:
            if len(tables) == 1 or (grid is tables[-1][0] and not read):
                raise
            gathered.tables.append(f"a table without release ({problem})")
            continue
        gathered.notes += chosen.notes
        gathered.warnings += chosen.warnings
        read.append(Table(grid, layout, chosen, records(grid, layout, chosen, gathered)))
    gathered.problems.check()
    read = [without_statistics(each, gathered) for each in told_apart(of_release(read, gathered, sidecar.sampling))]
    if not blanks:
        read = [without_blanks(each, gathered) for each in read]
    read = [each for each in read if len(each.found)]
    if not read:
        raise StudyError(f"{path.name} holds no release: " + "; ".join(gathered.tables) if gathered.tables else
                         f"{path.name} has a header, but no released value: {len(gathered.set_aside)} cells are empty "
                         f"or not detected; write numbers")
    converted, units = zip(*(convert(each.found, each.grid, each.layout, each.chosen, gathered, sidecar, asked)
                             for each in read), strict=True)
    read = [replace(each, found=frame) for each, frame in zip(read, converted, strict=True)]
    read = without_summaries(read, gathered)
    apart_or_refused(read, path.name)
    frame = pd.concat([each.found for each in read], ignore_index=True)
    if (frame["formulation"] == "").all():
        frame = frame.assign(formulation=path.stem)
        gathered.vessels = dict(zip([path.stem], gathered.vessels.values(), strict=False))
        gathered.notes.append(f"formulation named '{path.stem}' after the file")
    return _typed(frame), units[0]


def _describe(grid, layout, gathered):
    """State titles, comments and footers: nothing in a file is passed over in silence."""
    place = f"sheet '{grid.sheet}', " if grid.sheet else ""
    gathered.notes += [*grid.notes, *layout.notes]
    gathered.notes += [f"{place}row {row} read as a title: '{text}'" for row, text in layout.titles]
    gathered.notes += [f"{place}row {row} read as a comment: '{text}'" for row, text in grid.comments]
    gathered.set_aside += [f"{place}row {row}: {text}" for row, text in layout.footers]


def _typed(frame):
    """Number columns as floats; conditions as floats where all of them are numbers."""
    frame = frame.drop(columns=["time", "value"]).assign(
        **{name: frame[name].astype(float) for name in ("time_hour", "released", "sd", "n")})
    for name in checks.condition_columns(frame):
        cells = frame[name]
        if all(isinstance(cell, float) or cell == "" for cell in cells):
            frame[name] = pd.to_numeric(cells.replace("", None))
        else:
            frame[name] = [f"{cell:g}" if isinstance(cell, float) else cell for cell in cells]
    return frame


def _check_names(sidecar, frame):
    known = tuple(frame["formulation"].unique())
    for name in sidecar.formulations:
        if name not in known:
            raise unknown(f"formulation in the data of {sidecar.file}", name, known)


def _suspicion(frame, unit):
    """Days that are labelled hours, and the reverse; the remedy is where the unit was stated."""
    def remedy(other):
        if unit.where.startswith("time="):
            return f"pass time='{other}' (command line: --time-unit {other})"
        if "header" in unit.where:
            return f"write '{other}' in the header, or take the unit out of it and pass time='{other}'"
        return f"write time_unit = \"{other}\" in {unit.where.split(' (')[0]}" if ".toml" in unit.where else \
            f"write '{other}' in {unit.where}"
    return checks.suspect_unit(frame["time_hour"].to_numpy(), unit.unit, remedy)
