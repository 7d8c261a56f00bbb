"""Every example in the documentation runs, in the order of its page."""

import re
import shlex
from pathlib import Path

import pytest

from pkmodels import catalogue, cli

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted(path for path in (ROOT / "docs").rglob("*.md")
               if "reference" not in path.parts and "```" in path.read_text(encoding="utf-8"))
_BLOCK = re.compile(r"^(?P<indent> *)```(?P<language>\w+)(?: (?P<file>\S+))?\n(?P<text>.*?)^(?P=indent)```$",
                    re.MULTILINE | re.DOTALL)


def blocks(page):
    """(language, file, text) of each fenced block of a page."""
    for found in _BLOCK.finditer(page.read_text(encoding="utf-8")):
        yield found["language"], found["file"], re.sub(f"^{found['indent']}", "", found["text"], flags=re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_examples_run(page, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    names = {}
    for language, file, text in blocks(page):
        if file:
            (tmp_path / file).write_text(text, encoding="utf-8")
        elif language == "python":
            exec(compile(text, str(page.name), "exec"), names)
        elif language == "console":
            for line in text.splitlines():
                assert line.startswith("$ pkmodels "), f"{page.name}: '{line}' is not a command of pkmodels"
                assert cli.main(shlex.split(line)[2:]) == 0, f"{line}\n{capsys.readouterr().err}"


def test_pages_are_there():
    assert len(PAGES) > 5


@pytest.fixture
def written(monkeypatch):
    """The module that writes the reference."""
    monkeypatch.syspath_prepend(str(ROOT / "docs"))
    import generate

    return generate


@pytest.mark.parametrize("kind", ["release", "body", "effect", "degradation"])
def test_every_page_of_a_model_is_complete(written, monkeypatch, tmp_path, kind):
    """Equation, units, limits, citation and a picture."""
    monkeypatch.setattr("pictures.draw", lambda model, kind, path: "what it does")
    for name in catalogue.list_models(kind):
        page = written.model_page(name, kind, tmp_path)
        assert "=" in re.search(r"\$\$\n(.+)\n\$\$", page)[1], name
        assert "Sources:\n\n- " in page, name
        assert f"]({name}.svg)" in page
        for p in catalogue.get_model(name, kind).parameters:
            row = next(line for line in page.splitlines() if line.startswith(f"| `{p.name}`")).split("|")
            assert row[3].strip() == (p.unit_text or "-")
            assert " to " in row[4]


@pytest.mark.parametrize(("kind", "name"), [("release", "weibull"), ("body", "two_compartment"),
                                            ("body", "injection_site"), ("effect", "hpg_agonist"),
                                            ("degradation", "mass_first_order")])
def test_pictures_are_drawn(written, tmp_path, kind, name):
    import pictures

    said = pictures.draw(catalogue.get_model(name, kind), kind, tmp_path / "model.svg")
    assert name in said
    assert (tmp_path / "model.svg").read_text(encoding="utf-8").count("<path") > 10
