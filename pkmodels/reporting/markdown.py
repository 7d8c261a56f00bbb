"""The report as Markdown, with its plots as files beside it."""

import re

from .blocks import blocks


def write(path, page, plots):
    """Write Markdown to ``path`` and the plots as SVG into the folder ``NAME_plots`` beside it.

    Parameters
    ----------
    path : pathlib.Path
    page : str
        The page of HTML that says the same.
    plots : dict of str to str
        Inline SVG by name.
    """
    folder = path.with_name(f"{path.stem}_plots")
    if plots:
        folder.mkdir(exist_ok=True)
    for name, svg in plots.items():
        alone = str(svg).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" '
                                          'xmlns:xlink="http://www.w3.org/1999/xlink" ', 1)
        (folder / f"{name}.svg").write_text(alone, encoding="utf-8", newline="\n")
    path.write_text(text(page, plots, folder.name), encoding="utf-8", newline="\n")


def text(page, plots, folder):
    """The page as Markdown; plots are taken from ``folder``."""
    said = {re.search(r'id="([^"]+)-title"', svg)[1]: (name, re.search(r"<title[^>]*>(.*?)</title>", svg, re.DOTALL)[1])
            for name, svg in plots.items()}
    parts, listing = [], False
    for block in blocks(page):
        if block.kind != "item" and listing:
            parts.append("")
        listing = block.kind == "item"
        if block.kind == "heading":
            parts += ["#" * block.level + " " + _plain(block.text), ""]
        elif block.kind == "item":
            parts.append(f"- {_plain(block.text)}")
        elif block.kind == "table":
            parts += [*_table(block.rows), ""]
        elif block.kind == "figure":
            name, description = said[block.text]
            parts += [f"![{description.replace('[', '(').replace(']', ')')}](<{folder}/{name}.svg>)", ""]
        elif block.kind == "code":
            # TOML may write a sign by its number, so that no name in the record ends the fence.
            parts += ["```toml", block.text.rstrip("\n").replace("```", 3 * r"\u0060"), "```", ""]
        elif block.kind == "caption":
            parts += [f"**{_plain(block.text)}**", ""]
        else:
            parts += [_plain(block.text), ""]
    return "\n".join(parts).rstrip() + "\n"


def _table(rows):
    """A table of pipes; without a heading of its own an empty one, which Markdown asks for."""
    if len(rows[0]) == 2:
        rows = [["", ""], *rows]
    cells = [[_plain(cell) for cell in row] for row in rows]
    yield f"| {' | '.join(cells[0])} |"
    yield "|" + " --- |" * len(cells[0])
    yield from (f"| {' | '.join(row)} |" for row in cells[1:])


def _plain(words):
    """Text that Markdown leaves as it is; an underscore within a word needs no mark."""
    words = re.sub(r"([\\`*\[\]<>|~$])", r"\\\1", words)
    words = re.sub(r"(?<!\w)_|_(?!\w)", r"\\_", words)
    return re.sub(r"^(#|[-+](?= )|\d+(?=[.)] ))", r"\\\1", words)
