"""How text looks on a terminal: headings bold, wide tables and long sentences folded to its width.

In a pipe and in a file the text stays as it is, to the sign.
"""

import os
import re
import shutil
import textwrap

#: The line below the head of a table.
_RULE = re.compile(r"-{2,}(?:  -{2,})*")
_BOLD, _DIM, _WARN, _END = "\033[1m", "\033[2m", "\033[33m", "\033[0m"


def dressed(text, stream):
    """The text as it looks best on a stream.

    Parameters
    ----------
    text : str
        Sentences and tables, a table with its head above a line of hyphens.
    stream : file
        Standard output or error.
    """
    if not stream.isatty():
        return text
    width = max(shutil.get_terminal_size().columns, 40)
    lines, folded, k = text.split("\n"), [], 0
    rules = {n for n, line in enumerate(lines) if n and _RULE.fullmatch(line.rstrip()) and lines[n - 1].strip()}
    while k < len(lines):
        if k + 1 in rules:
            end = next((n for n in range(k + 2, len(lines)) if not _is_row(lines[n], lines[k + 1])), len(lines))
            folded += _table(lines[k:end], width, _painter(stream), _line(stream))
            k = end
        else:
            folded += _sentence(lines[k], width, _painter(stream))
            k += 1
    return "\n".join(folded)


def _is_row(line, rule):
    """Whether a line is a row below this rule: nothing stands between the columns."""
    gaps = re.finditer(" +", rule.rstrip())
    return bool(line.strip()) and not any(line[gap.start():gap.end()].strip() for gap in gaps)


def _painter(stream):
    """What puts colour around words, or nothing where colour is not wanted (NO_COLOR, TERM=dumb)."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return lambda words, _: words
    return lambda words, colour: f"{colour}{words}{_END}" if words else words


def _line(stream):
    """The sign that lines are drawn with, if the terminal knows it."""
    try:
        "─".encode(stream.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return "-"
    return "─"


def _table(lines, width, paint, sign):
    starts = [found.start() for found in re.finditer("-+", lines[1])]
    rows = [[line[a:b].rstrip() for a, b in zip(starts, [*starts[1:], None], strict=True)]
            for line in [lines[0], *lines[2:]]]
    columns = [[row[k].strip() for row in rows] for k in range(len(starts))]
    room = _room([max(map(len, cells)) for cells in columns],
                 [max((len(word) for cell in cells for word in cell.split()), default=0) for cells in columns], width)
    head, *body = rows
    found = [paint(line, _BOLD) for line in _folded(head, room)]
    found.append(paint("  ".join(sign * size for size in room), _DIM))
    for row in body:
        found += _folded(row, room)
    return found


def _room(sizes, least, width):
    """Widths of the columns: the widest give way until the table fits, none below its longest word."""
    sizes = list(sizes)
    while sum(sizes) + 2 * (len(sizes) - 1) > width:
        spare = [(size, k) for k, (size, word) in enumerate(zip(sizes, least, strict=True)) if size > word]
        if not spare:
            break
        sizes[max(spare)[1]] -= 1
    return sizes


def _folded(row, room):
    cells = [textwrap.wrap(cell.strip(), size, break_on_hyphens=False) if len(cell) > size else [cell]
             for cell, size in zip(row, room, strict=True)]
    for line in range(max(map(len, cells))):
        parts = [(cell[line] if line < len(cell) else "").ljust(size) for cell, size in zip(cells, room, strict=True)]
        yield "  ".join(parts).rstrip()


def _sentence(line, width, paint):
    lead = re.match(r"\s*(?:[-!]\s+)?", line)[0]
    wrapped = [line] if len(line) <= width else textwrap.wrap(
        line, width, subsequent_indent=" " * len(lead), break_on_hyphens=False, break_long_words=False)
    return [paint(part, _WARN) for part in wrapped] if lead.strip() == "!" else wrapped
