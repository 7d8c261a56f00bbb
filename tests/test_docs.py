"""Every example in the documentation runs, in the order of its page."""

import re
import shlex
from pathlib import Path

import pytest

from pkmodels import cli

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
