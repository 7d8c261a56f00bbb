"""A page taken apart again: headings, paragraphs, lists, tables and figures in their order."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

#: Elements whose text is a block of its own.
TEXTS = {"h1": "heading", "h2": "heading", "h3": "heading", "p": "paragraph", "li": "item", "figcaption": "paragraph",
         "footer": "paragraph", "caption": "caption", "summary": "paragraph"}


@dataclass
class Block:
    """One piece of a page: its kind, depth (of a heading), text, and rows (of a table)."""

    kind: str
    level: int = 0
    text: str = ""
    rows: list = field(default_factory=list)


def blocks(page):
    """The blocks of a page of `report`: kinds heading, paragraph, item, caption, table, figure and code.

    Markdown and workbook are made from the page, so that they cannot say anything else than it does.

    Parameters
    ----------
    page : str
        HTML as the template of this package writes it.
    """
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return reader.found


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.found, self.quiet, self.text, self.table = [], 0, None, None

    def handle_starttag(self, tag, attrs):
        if tag in ("style", "head"):
            self.quiet += 1
        elif tag == "svg":
            label = dict(attrs).get("aria-labelledby", "").removesuffix("-title")
            self.found.append(Block("figure", text=label))
            self.quiet += 1
        elif tag == "table":
            self.table = Block("table")
        elif tag == "tr":
            self.table.rows.append([])
        elif tag in ("th", "td", "pre") or tag in TEXTS:
            self.text = []
        elif tag in ("br", "span") and self.text is not None:
            self.text.append(" ")

    def handle_endtag(self, tag):
        if tag in ("style", "svg", "head"):
            self.quiet -= 1
        elif tag == "table":
            self.found.append(self.table)
            self.table = None
        elif tag == "pre":
            self.found.append(Block("code", text="".join(self.text)))
            self.text = None
        elif tag in ("th", "td"):
            self.table.rows[-1].append(self._said())
        elif tag in TEXTS and (said := self._said()):
            self.found.append(Block(TEXTS[tag], int(tag[1]) if tag in ("h1", "h2", "h3") else 0, said))

    def handle_data(self, data):
        if not self.quiet and self.text is not None:
            self.text.append(data)

    def _said(self):
        said, self.text = " ".join("".join(self.text or ()).split()), None
        return said
