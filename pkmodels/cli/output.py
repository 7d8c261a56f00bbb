"""Rows to stdout, remarks to stderr, tables to files."""

import json
import math
import shlex
import sys
from contextlib import contextmanager
from pathlib import Path

from ..errors import RecordError
from .dress import dressed


class Remarks:
    """Whether remarks are printed: ``--quiet`` switches them off for one command."""

    quiet = False


def remark(*sentences):
    """Print remarks to stderr, one to a line, unless the command is to be quiet."""
    if not Remarks.quiet:
        for sentence in sentences:
            print(dressed(str(sentence), sys.stderr), file=sys.stderr)


def remarks(sentences, mark="!"):
    """Print remarks that begin with a mark."""
    remark(*(f"{mark} {s}" for s in sentences))


def assumptions(predicted):
    """Print what a prediction rests on."""
    if predicted.attrs["assumptions"]:
        remark("", "This rests on:", *(f"  - {s}" for s in predicted.attrs["assumptions"]))


def command(given):
    """The command line as it was typed."""
    return shlex.join(["pkmodels", *given.words])


def show(text):
    """Print text for people: dressed on a terminal, as it is in a pipe."""
    print(dressed(text, sys.stdout))


def progress(things, label=None):
    """A progress bar on stderr that shows itself after two seconds, and not at all in a pipe."""
    from tqdm import tqdm

    return tqdm(things, desc=label, delay=2, disable=True if Remarks.quiet else None, leave=False, file=sys.stderr)


def result(given, *, text, table, content):
    """Print a result as text, csv or JSON, and write its table to ``--out``.

    Parameters
    ----------
    given : argparse.Namespace
    text : callable
        Makes the text for people.
    table : callable
        Makes the DataFrame.
    content : callable
        Makes the dictionary for JSON.
    """
    # Files first: a reader that leaves early must not cost the file that was asked for.
    if getattr(given, "out", None):
        with writing(given, given.out, (".csv", ".xlsx")) as path:
            write_table(table(), path)
    if given.json:
        as_json(content())
    elif getattr(given, "csv", False):
        print(table().to_csv(lineterminator="\n"), end="")
    else:
        show(text())


def as_json(content):
    """Print plain content as JSON; what cannot be computed is null."""
    print(json.dumps(_plain(content), indent=2, ensure_ascii=False, allow_nan=False))


@contextmanager
def writing(given, path, endings):
    """A path to write to; said to be written once it is.

    A path that may be written: of a known ending, and not a file that the command has read.

    Raises
    ------
    RecordError
        Before anything is written.
    """
    path = Path(path)
    check(given, path, endings)
    done = "replaced" if path.exists() else "written"
    yield path
    remark(f"{done}: {path}")


def check(given, path, endings):
    """Refuse a path of another ending, and one that the command has read.

    Raises
    ------
    RecordError
    """
    if path.suffix not in endings:
        raise RecordError(f"'{path}' must end in {' or '.join(endings)}")
    for name in ("data", "source", "reference", "test"):
        read = getattr(given, name, None)
        if not read:
            continue
        for taken in (Path(read), Path(read).with_suffix(".toml")):
            if _same(path, taken):
                what = "the file that was read" if taken == Path(read) else f"the settings beside {read}"
                raise RecordError(f"'{path}' would take the place of {what}; choose another name")


def _same(path, taken):
    try:
        return path.resolve() == taken.resolve()
    except OSError:
        return False


def write_table(table, path):
    """Write a DataFrame as .csv or .xlsx.

    Raises
    ------
    RecordError
        For a place that cannot be written.
    """
    try:
        if path.suffix == ".csv":
            table.to_csv(path, lineterminator="\n")
        else:
            table.to_excel(path)
    except OSError as problem:
        raise RecordError(f"{path} cannot be written ({problem.strerror}); choose another place") from problem


def _plain(thing):
    if isinstance(thing, dict):
        return {str(k): _plain(v) for k, v in thing.items()}
    if isinstance(thing, (list, tuple)):
        return [_plain(v) for v in thing]
    if hasattr(thing, "tolist"):
        return _plain(thing.tolist())
    if isinstance(thing, float) and not math.isfinite(thing):
        return None
    return thing
