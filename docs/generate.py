"""Pages written from the catalogue: one per release model, body, effect, drug and window."""

import html
from pathlib import Path

import pictures
from tabulate import tabulate

from pkmodels import catalogue, prediction, references
from pkmodels.effect import Effect
from pkmodels.model import Curve
from pkmodels.solve import method
from pkmodels.windows import list_windows, read_window

KINDS = {"release": ("models", "Release models"), "body": ("bodies", "Bodies"), "effect": ("effects", "Effects"),
         "degradation": ("degradation", "Degradation of the polymer")}


def everything(docs):
    """Write all pages below ``docs/reference``, and the page of published checks."""
    root = Path(docs) / "reference"
    contents = []
    for kind, (folder, title) in KINDS.items():
        place = root / folder
        names = sorted(catalogue.list_models(kind), key=lambda name: (_family(name, kind), name))
        for name in names:
            _write(place / f"{name}.md", model_page(name, kind, place))
        _write(place / "index.md", _index(title, names, kind))
        contents.append(f"{folder}/index")
    for folder, title, names, read in (
        ("drugs", "Drugs", prediction.list_drugs(), _drug), ("sites", "Tissues", prediction.list_sites(), _site),
        ("windows", "Windows", list_windows(), _window)):
        for name in names:
            _write(root / folder / f"{name}.md", read(name))
        rows = "\n".join(names)
        _write(root / folder / "index.md", f"# {title}\n\n```{{toctree}}\n:maxdepth: 1\n\n{rows}\n```\n")
        contents.append(f"{folder}/index")
    _write(root / "index.md", "# Reference\n\nWritten from the catalogue: what stands here is what runs.\n\n"
           "```{toctree}\n:maxdepth: 2\n\n" + "\n".join(contents) + "\n```\n")
    validation(docs)


def validation(docs):
    """The page of published checks, computed anew."""
    from published import CHECKS

    lines = ["# Validation", "",
             "Numbers from papers, other programs and closed forms, and what pkmodels gives for them. This page is "
             "computed while the documentation is built; the tests hold each line to its tolerance.", ""]
    for topic in dict.fromkeys(check.topic for check in CHECKS):
        rows = []
        for check in (c for c in CHECKS if c.topic == topic):
            found = check.compute()
            rows.append((_plain(check.what), _plain(check.source), f"{check.expected:.10g}", f"{found:.10g}",
                         f"{found - check.expected:.1e}", f"{check.tolerance:.0e} ({_plain(check.why)})"))
        lines += [f"## {topic}", "", _table(rows, ("what", "source", "published", "pkmodels", "difference",
                                                   "tolerance")), ""]
    _write(Path(docs) / "validation.md", "\n".join(lines))


def model_page(name, kind, place):
    """Equation, parameters with units, limits, citation and a plot."""
    model = catalogue.get_model(name, kind)
    lines = [f"# {name}", "", f"**{_plain(model.title)}**", ""]
    lines += ["$$", model.latex, "$$", ""]
    solved = "driven by a concentration" if isinstance(model, Effect) else f"solved as {method(model)}"
    lines += [f"Family *{_family(name, kind)}*; {solved}.", ""]
    rows = [(f"`{p.name}`", f"{p.value:g}", p.unit_text or "-", f"{_bound(p.bounds[0])} to {_bound(p.bounds[1])}",
             _plain(p.meaning) + (f" ({_plain(p.source)})" if p.source else "")) for p in model.parameters]
    lines += [_table(rows, ("parameter", "typical", "unit", "bounds", "meaning")), ""]
    if model.also:
        rows = [(f"`{a.name}`", f"`{a.expression}`", a.unit, _plain(a.meaning)) for a in model.also]
        lines += ["Printed beside them:", "", _table(rows, ("quantity", "expression", "unit", "meaning")), ""]
    if kind == "release":
        lines += _release_lines(name, model)
    said = pictures.draw(model, kind, place / f"{name}.svg")
    lines += [f"![{said}]({name}.svg)", "", *([] if kind == "release" else [f"*{_plain(said)}.*", ""])]
    if model.remarks:
        lines += [_plain(model.remarks), ""]
    lines += _citations(model.references)
    return "\n".join(lines)


def _release_lines(name, model):
    lines = []
    aliases = catalogue.aliases(name)
    if aliases:
        lines += ["Also called " + ", ".join(f"`{a}`" for a in aliases) + ".", ""]
    numbers = [str(d.number) for d in catalogue.list_ddsolver() if d.model.split("+")[0] == name]
    if numbers:
        lines += [f"DDSolver: {', '.join(numbers)}.", ""]
    for where, other in catalogue.same_as(name):
        lines += [f"The same curve as `{other}` where {where}.", ""]
    if isinstance(model, Curve) and model.inverse is not None:
        lines += ["The time of a given released share has a closed form.", ""]
    if isinstance(model, Curve) and not model.saturates:
        lines += ["It does not level off by itself: a prediction holds it at the whole dose.", ""]
    return lines


def _drug(name):
    cards = [prediction.read_drug(name)]
    cards += [prediction.read_drug(f"{name}:{other}") for other in cards[0].sets if other != cards[0].set_name]
    lines = [f"# {name}", ""]
    for card in cards:
        lines += [f"## {card.set_name}", "", f"{_plain(card.title)}. Body: "
                  + " → ".join(f"[{b}](../bodies/{b}.md)" for b in card.body) + ".", ""]
        rows = [(f"`{key}`", str(number), _plain(number.source), number.evidence)
                for key, number in card.parameters.items()]
        lines += [_table(rows, ("parameter", "value", "source", "evidence")), ""]
        lines += [f"- {_plain(remark)}" for remark in card.remarks] + [""]
        lines += _citations(card.citations)
    return "\n".join(lines)


def _site(name):
    site = prediction.read_site(name)
    rows = [(f"`{key}`", str(number), _plain(number.source), number.evidence)
            for key, number in site.parameters.items()]
    return "\n".join([f"# {name}", "", f"{_plain(site.title)}.", "",
                      _table(rows, ("parameter", "value", "source", "evidence")), "",
                      *(f"- {_plain(remark)}" for remark in site.remarks), "", *_citations(site.citations)])


def _window(name):
    window = read_window(name)
    return "\n".join([f"# {name}", "", *(f"- {_plain(line.lstrip('! '))}" for line in window.lines()), ""])


def _index(title, names, kind):
    lines = [f"# {title}", ""]
    families = dict.fromkeys(_family(name, kind) for name in names)
    for family in families:
        inside = [name for name in names if _family(name, kind) == family]
        lines += [f"## {family}", "", "```{toctree}", ":maxdepth: 1", "", *inside, "```", ""]
    return "\n".join(lines)


def _family(name, kind):
    return catalogue.family(name) if kind == "release" else KINDS[kind][1].lower()


def _citations(keys):
    return ["Sources:", "", *(f"- {_plain(references.cite([key]))}" for key in keys), ""] if keys else []


def _table(rows, head):
    return str(tabulate([[str(cell).replace("|", r"\|") for cell in row] for row in rows], head, "github",
                        disable_numparse=True))


def _bound(value):
    value = float(value)
    return "∞" if value == float("inf") else "-∞" if value == float("-inf") else f"{value:g}"


def _plain(text):
    """Text of the catalogue with nothing in it that Markdown would read as its own."""
    escaped = html.escape(str(text), quote=False)
    return "".join("\\" + sign if sign in "*_[]$`\\" else sign for sign in escaped)


def _write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    everything(Path(__file__).parent)
