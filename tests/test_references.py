"""The bibliography: every id that anything names resolves, and recalled citations say so."""

import re
import tomllib

import pytest

from pkmodels import catalogue, references, shelf
from pkmodels.errors import RecordError, UnknownName
from pkmodels.references import cite, reference


def test_every_reference_prints_and_gives_bibtex():
    for name in references.references():
        found = reference(name)
        assert found.id == name
        assert str(found).startswith(found.authors[0])
        assert found.bibtex.startswith("@")
        assert found.bibtex.count("{") == found.bibtex.count("}")
        assert "  " not in str(found)


def test_a_citation_line():
    assert str(reference("gallagher2000")) == (
        "Gallagher KM, Corrigan OI (2000). Mechanistic aspects of the release of levamisole hydrochloride from "
        "biodegradable polymers. Journal of Controlled Release 69(2):261–272.")
    assert str(reference("bao2025")) == (
        "Bao et al. (2025). Scientific Data 12:364. https://doi.org/10.1038/s41597-025-04621-9")
    assert str(reference("crank1975")) == "Crank J (1975). The Mathematics of Diffusion."


def test_bibtex():
    assert reference("higuchi1961").bibtex == """@article{higuchi1961,
  author = {Higuchi, T},
  title = {Rate of release of medicaments from ointment bases containing drugs in suspension},
  journal = {Journal of Pharmaceutical Sciences},
  year = {1961},
  volume = {50},
  number = {10},
  pages = {874--875},
  doi = {10.1002/jps.2600501018}
}"""
    assert "author = {{AstraZeneca}}" in reference("zoladex_label").bibtex
    assert "author = {Bannigan, P and others}" in reference("bannigan2023").bibtex


def test_recalled_citations_say_so():
    assert not reference("gibaldi1967").verified
    assert str(reference("gibaldi1967")).endswith("(citation recalled, not verified)")
    assert "not verified" in reference("gibaldi1967").bibtex
    assert "not verified" not in str(reference("wagner1969"))


def test_cite_gives_each_source_once_in_order():
    lines = cite(["wagner1969", "crank1975", "wagner1969", "Own data, laboratory book 7"]).splitlines()
    assert [line.split()[0] for line in lines] == ["Wagner", "Crank", "Own"]
    assert cite("crank1975") == str(reference("crank1975"))
    assert cite([]) == ""


def test_an_unknown_id_names_the_nearest():
    with pytest.raises(UnknownName, match="did you mean higuchi1961"):
        reference("higuchi1963")


def test_every_model_cites_what_exists():
    for kind in ("release", "body"):
        for name in catalogue.list_models(kind):
            cite(catalogue.get_model(name, kind).references)


def test_every_shipped_file_cites_what_exists():
    def ids(value):
        if isinstance(value, dict):
            for key, each in value.items():
                if key in ("citation", "citations") and not isinstance(each, dict):
                    yield from [each] if isinstance(each, str) else each
                else:
                    yield from ids(each)
        elif isinstance(value, list):
            for each in value:
                yield from ids(each)

    cited = set()
    for path in shelf.folder("data").rglob("*.toml"):
        cited |= set(ids(tomllib.loads(path.read_text(encoding="utf-8"))))
    assert {"feng2025", "ozawa2007"} <= cited
    for each in cited:
        for word in each.split() if re.fullmatch(r"[a-z_0-9 ]+", each) else ():
            reference(word)


@pytest.mark.parametrize(("entry", "said"), [
    ("title = 'x'", "kind = None"),
    ("kind = 'paper'\nauthors = ['A B']\ntitle = 'x'", "use one of article"),
    ("kind = 'article'\ntitle = 'x'", "authors must be a list"),
    ("kind = 'article'\nauthors = ['A B']", "neither title nor journal"),
    ("kind = 'article'\nauthors = ['A B']\ntitle = 'x'\nyear = '1961'", "whole number"),
    ("kind = 'article'\nauthors = ['A B']\ntitle = 'x'\npages = 5", "text in quotation marks"),
    ("kind = 'article'\nauthors = ['A B']\ntitel = 'x'", "did you mean title"),
])
def test_a_broken_entry_is_named(tmp_path, monkeypatch, entry, said):
    (tmp_path / "references.toml").write_text(f"[smith1999]\n{entry}\n")
    monkeypatch.setattr(shelf, "folder", lambda name: tmp_path)
    references._bibliography.cache_clear()
    try:
        with pytest.raises(RecordError, match=rf"references.toml, \[smith1999\].*{said}"):
            reference("smith1999")
    finally:
        references._bibliography.cache_clear()
