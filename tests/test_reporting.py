"""The report: complete, self-contained, the same every time, and safe whatever a file is called."""

import datetime
import html
import re
import tomllib
import zipfile
from html.parser import HTMLParser

import matplotlib
import openpyxl
import pytest

import pkmodels as pk
from pkmodels.errors import PkmodelsError, RecordError
from pkmodels.reporting import record

VOID = {"meta", "br", "link", "img", "input", "hr"}
#: Sections with the order they must keep.
SECTIONS = ["answer", "fit", "residuals", "parameters", "comparison", "release", "plasma", "coverage", "window",
            "assumptions", "data", "citations", "again"]


@pytest.fixture(scope="module")
def parts(curve_d):
    comparison = pk.compare(curve_d, ["weibull", "first_order", "gallagher_corrigan", "plga_burst_erosion"])
    prediction = pk.predict(comparison.best, drug="goserelin", regimen="3.6 mg every 28 days x 3", days=84, draws=20)
    return {"fit": comparison.best, "comparison": comparison, "prediction": prediction,
            "coverage": pk.coverage(prediction, "goserelin")}


@pytest.fixture(scope="module")
def page(parts):
    return pk.report(**parts, command="pkmodels report kakade_2018_goserelin --formulation D")


class Outline(HTMLParser):
    """Checks that tags close in order and gathers what a page is made of."""

    def __init__(self, page):
        super().__init__()
        self.open, self.tags, self.texts = [], [], []
        self.feed(page)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if not {"style", "svg"} & set(self.open):
            self.texts.append(data)

    def all(self, tag):
        return [attrs for name, attrs in self.tags if name == tag]

    @property
    def text(self):
        return " ".join(" ".join(self.texts).replace("\N{NO-BREAK SPACE}", " ").split())


def sections(page):
    return [attrs["id"] for attrs in Outline(page).all("h2")]


def test_sections_in_order(page):
    assert sections(page) == SECTIONS


def test_the_answer_comes_first(page, parts):
    box = page[page.index('class="answer"'):page.index("</section>")]
    said = Outline(f"<div {box}</div>").text
    for sentence in parts["coverage"].verdict:
        # The page writes ranges with a dash and begins with a capital.
        assert sentence[1:].replace("0.5-1.2", "0.5–1.2").split(" (day")[0] in said
    for verdict in parts["fit"].verdicts[:3]:
        assert verdict[1:] in said


def test_everything_is_told(page, parts):
    told = Outline(page).text
    study, prediction, window = parts["fit"].study, parts["prediction"], parts["coverage"].window
    for sentence in (*parts["fit"].verdicts, *prediction.attrs["assumptions"], *study.notes, *study.warnings,
                     window.provenance, *window.warnings):
        assert sentence[1:] in told
    for text in (study.sha256, study.source, pk.__version__, "Seed of the fit", "Seed of the draws",
                 "pkmodels report kakade_2018_goserelin --formulation D", "Python 3.", "matplotlib 3.",
                 "3.6 mg every 28 days x 3", "healthy men"):
        assert text in told
    for name in parts["fit"].values:
        assert name in told


def test_parameter_table_has_the_numbers(page, parts):
    for name, row in parts["fit"].table.iterrows():
        line = re.search(rf'<tr><th scope="row">{name}</th>.*?</tr>', page)[0]
        numbers = [float(text) for text in re.findall(r"(?<=<td>)(?:± )?([\d.]+)(?=</td>)", line)]
        assert numbers[0] == pytest.approx(row["value"], rel=5e-4)
        assert numbers[1] == pytest.approx(row["stderr"], rel=5e-2)
        assert html.escape(row["meaning"]) in line


def test_coverage_table_has_the_numbers(page, parts):
    line = re.search(r'<tr class="whole"><th scope="row">overall</th>(.*?)</tr>', page)[1]
    inside = float(re.search(r"<td>([\d.]+)", line)[1])
    assert inside == pytest.approx(parts["coverage"].value("inside"), abs=0.05)


def test_citations_are_those_of_data_model_drug_and_window(page, parts):
    told = Outline(page).text
    for each in ("kakade2018", "bao2025", "feng2025", *parts["fit"].model.references):
        assert str(pk.cite(each)).split(" https")[0] in told


def test_equal_results_give_equal_bytes(page, parts, tmp_path):
    again = {"command": "pkmodels report kakade_2018_goserelin --formulation D"}
    # Not even the user's own style of plots changes a byte.
    with matplotlib.rc_context({"lines.linewidth": 7, "font.size": 20, "svg.fonttype": "none"}):
        path = pk.report(**parts, **again, path=str(tmp_path / "page.html"))
    assert path.read_bytes() == page.encode()


def test_date_only_when_given(parts, page):
    dated = pk.report(fit=parts["fit"], now=datetime.datetime(2031, 2, 3, 4, 5))
    assert "2031-02-03 04:05" in Outline(dated).text
    assert "next Tuesday" in pk.report(fit=parts["fit"], now="next Tuesday")
    assert str(datetime.date.today()) not in page


def test_nothing_is_loaded(page):
    outline = Outline(page)
    names = {tag for tag, _ in outline.tags}
    assert not names & {"script", "link", "img", "iframe", "object", "embed", "base", "form", "video", "audio"}
    for tag, attributes in outline.tags:
        for name, value in attributes.items():
            assert not name.startswith("on")
            assert name != "src"
            if name == "href" or name.endswith(":href"):
                assert value.startswith("#") or (tag == "a" and value.startswith("https://doi.org/"))
    assert "@import" not in page
    assert not re.search(r"url\((?!#)", page)


def test_is_accessible(page):
    outline = Outline(page)
    assert outline.all("html") == [{"lang": "en-GB"}]
    ids = [attrs["id"] for _, attrs in outline.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    for _, attrs in outline.tags:
        for name in ("aria-labelledby", "href", "xlink:href"):
            if attrs.get(name, "").startswith("#") or (name == "aria-labelledby" and name in attrs):
                assert attrs[name].removeprefix("#") in ids
    for used in re.findall(r"url\(#([^)]+)\)", page):
        assert used in ids
    plots = outline.all("svg")
    assert len(plots) == 6
    assert all(attrs["role"] == "img" for attrs in plots)
    assert len(re.findall(r"<svg [^>]*><title id=", page)) == 6
    assert len(outline.all("table")) == len(outline.all("caption"))
    assert all("scope" in attrs for attrs in outline.all("th"))
    assert "@media print" in page


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "--><script>alert(1)</script>", "</title><b>",
                                  "\"'&amp;", "$x$ {{ 7 * 7 }} {% raw %}"])
def test_names_of_users_do_nothing(name):
    study = pk.Study.from_arrays([1, 2, 4, 8, 16], [0.1, 0.2, 0.35, 0.6, 0.8], time_unit="h", formulation=name,
                                 source=name, citation=name)
    page = pk.report(comparison=pk.compare(study, ["first_order", "weibull"]), command=name)
    outline = Outline(page)
    assert "script" not in {tag for tag, _ in outline.tags}
    assert not outline.all("b")
    assert " ".join(name.split()) in outline.text
    assert "49" not in re.findall(r"formulation (.*?)</h1>", page)[0]


class TestMissingPieces:
    def test_only_a_fit(self, parts):
        page = pk.report(fit=parts["fit"])
        assert sections(page) == ["answer", "fit", "residuals", "parameters", "data", "citations", "again"]
        assert "follows the 9 points" in page

    def test_only_a_comparison_is_about_its_best(self, parts):
        page = pk.report(comparison=parts["comparison"])
        assert sections(page)[:5] == SECTIONS[:5]
        assert parts["comparison"].best.model.title[1:] in Outline(page).text

    def test_a_comparison_is_about_the_model_that_was_predicted(self, parts):
        other = parts["comparison"]["weibull"]
        page = pk.report(comparison=parts["comparison"], prediction=pk.predict(other, days=28))
        assert other.model.title[1:] in Outline(page).text

    def test_only_a_prediction(self, parts):
        page = pk.report(prediction=parts["prediction"])
        assert sections(page) == ["answer", "release", "plasma", "assumptions", "citations", "again"]
        assert "No window was given" in page
        assert parts["fit"].study.sha256 in page

    def test_only_a_release(self):
        page = pk.report(prediction=pk.predict("first_order", values={"k": 0.1}, days=30))
        assert sections(page)[:2] == ["answer", "release"]
        # 1 - exp(-0.1 * 30)
        assert "95.0 % of the dose is released by 30.0 days" in Outline(page).text

    def test_only_an_infusion(self):
        page = pk.report(prediction=pk.predict(None, drug="docetaxel", regimen="100 mg over 1 h", days=2))
        assert sections(page)[:2] == ["answer", "plasma"]

    def test_only_a_coverage(self, parts):
        page = pk.report(coverage=parts["coverage"])
        assert sections(page) == ["answer", "coverage", "window", "assumptions", "citations", "again"]

    def test_a_saved_fit(self, parts, tmp_path):
        fit = pk.load_fit(parts["fit"].save(tmp_path / "fit.toml"))
        assert "parameters" in sections(pk.report(fit=fit))

    def test_a_parameter_without_error_says_why(self, curve_d):
        fit = pk.fit(curve_d, "weibull", fixed={"beta": 1.0})
        line = re.search(r'<tr><th scope="row">beta</th>.*?</tr>', pk.report(fit=fit))[0]
        assert "given" in line


class TestRefusals:
    def test_nothing_to_report(self):
        with pytest.raises(PkmodelsError, match="give a fit, a prediction, a coverage or a comparison"):
            pk.report()

    def test_pieces_of_different_analyses(self, parts):
        with pytest.raises(PkmodelsError, match=r"the fit has the model 'weibull', but the prediction has 'gallagher"):
            pk.report(fit=parts["comparison"]["weibull"], prediction=parts["prediction"])
        other = pk.predict(parts["fit"], drug="goserelin", regimen="3.6 mg once", days=28, draws=0)
        with pytest.raises(PkmodelsError, match="the coverage has the regimen"):
            pk.report(prediction=other, coverage=parts["coverage"])

    def test_a_place_that_cannot_be_written(self, parts, tmp_path):
        with pytest.raises(RecordError, match="cannot be written"):
            pk.report(fit=parts["fit"], path=tmp_path / "no" / "page.html")


@pytest.fixture(scope="module")
def written(parts, tmp_path_factory):
    folder = tmp_path_factory.mktemp("reports")
    response = pk.respond(parts["prediction"].drop_vars(["plasma_draws", "released_draws"]), "hpg_agonist")
    pieces = {**parts, "response": response}
    page = pk.report(**pieces)
    for k in (1, 2):
        (folder / str(k)).mkdir()
        for name in ("report.html", "report.md", "report.xlsx")[1 - k % 2:]:
            pk.report(**pieces, path=folder / str(k) / name)
    return page, folder


class TestOtherFiles:
    """Markdown and workbook say what the page says, and the same every time."""

    def test_markdown_says_all_of_the_page(self, written):
        page, folder = written
        text = (folder / "1" / "report.md").read_text(encoding="utf-8")
        plain = re.sub(r"[\\*#|]|^- |<[^>]*>", " ", text, flags=re.MULTILINE)
        for words in Outline(page[page.index("<header>"):page.index("</body>")]).text.split():
            assert all(part in plain for part in re.sub(r"[\\*#|]", " ", words).split())
        for name in re.findall(r"\(<([^>]+)>\)", text):
            assert (folder / "1" / name).read_text(encoding="utf-8").startswith("<svg xmlns=")

    def test_workbook_has_text_and_all_digits(self, written, parts):
        import openpyxl

        _, folder = written
        book = openpyxl.load_workbook(folder / "1" / "report.xlsx")
        cells = {str(cell.value) for row in book["report"].iter_rows() for cell in row}
        assert {"The answer", "What the concentration does", "How to make this again"} <= cells
        fitted = {row[0].value: row[1].value for row in book["parameters"].iter_rows(min_row=2)}
        assert fitted == {name: pytest.approx(value, rel=1e-15) for name, value in parts["fit"].values.items()}
        assert "ranking" in book.sheetnames
        assert not [c for sheet in book for row in sheet.iter_rows() for c in row if c.data_type == "f"]

    def test_same_bytes_again(self, written):
        _, folder = written
        names = sorted(p.relative_to(folder / "2") for p in (folder / "2").rglob("*") if p.is_file())
        assert len(names) > 5
        for name in names:
            assert (folder / "1" / name).read_bytes() == (folder / "2" / name).read_bytes(), name

    def test_the_hormone_stands_in_the_page(self, written):
        page, _ = written
        assert "response" in sections(page)
        assert "Testosterone begins at 4.85 ng/mL" in Outline(page).text

    def test_a_population_is_reported(self):
        found = pk.predict_population("first_order", values={"k": (0.1, "1/day")}, drug="goserelin:male", patients=40,
                                      regimen="3.6 mg every 28 days x 2", variability={"clearance": 0.3},
                                      window=pk.read_window("goserelin"))
        page = pk.report(prediction=found, coverage=pk.coverage(found, "goserelin"))
        assert "population" in sections(page)
        assert "40 patients" in Outline(page).text

    def test_refusals(self, parts, tmp_path):
        with pytest.raises(RecordError, match=r"must end in .html, .md or .xlsx"):
            pk.report(**parts, path=tmp_path / "report.docx")


class TestAgain:
    """A report is made again from the record inside it."""

    def test_every_kind_of_file_holds_the_same_record(self, written):
        _, folder = written
        page, text, book = (record.read(folder / "1" / f"report.{ending}") for ending in ("html", "md", "xlsx"))
        assert page == text + "\n" == book + "\n"
        assert tomllib.loads(page)["study"]["sha256"] in page

    def test_it_comes_out_the_same_with_its_plots(self, written, tmp_path):
        _, folder = written
        assert pk.report_again(folder / "1" / "report.md", tmp_path / "report.html") == ""
        assert (tmp_path / "report.html").read_bytes() == (folder / "1" / "report.html").read_bytes()

    def test_a_changed_page_is_found_out(self, parts, tmp_path):
        path = pk.report(fit=parts["fit"], path=tmp_path / "page.html")
        assert pk.report_again(path) == ""
        path.write_text(path.read_text(encoding="utf-8").replace("The answer", "The truth"), encoding="utf-8")
        assert "does not come out the same" in pk.report_again(path)

    def test_a_release_by_hand_and_a_population(self, tmp_path):
        for k, found in enumerate((
            pk.predict("first_order", values={"k": (0.1, "1/day")}, drug="docetaxel", regimen="10 mg once", days=28,
                       site=pk.read_site("prostate_tumour", volume="35 mL"), in_vivo={"scale": 2.0}),
            pk.predict_population("first_order", values={"k": 0.1}, drug="goserelin:male", patients=20,
                                  regimen="3.6 mg once", days=28, variability={"clearance": 0.3},
                                  window=pk.read_window("goserelin")))):
            covered = pk.coverage(found, "goserelin" if k else "1-50 ng/mL")
            path = pk.report(prediction=found, coverage=covered, path=tmp_path / f"{k}.html")
            assert pk.report_again(path) == ""

    def test_what_no_record_can_hold_is_said(self, parts):
        drug = pk.read_drug("pembrolizumab").with_covariates(weight=60)
        found = pk.predict("first_order", values={"k": 0.1}, drug=drug, regimen="200 mg once", days=28)
        assert "holds no record to make it again from: it was predicted with a drug card" in pk.report(prediction=found)
        other = pk.predict(parts["comparison"]["weibull"], days=28)
        assert "a fit that was not given" in pk.report(prediction=other)

    def test_refusals(self, tmp_path):
        (tmp_path / "page.html").write_text("<p>format = 1</p>")
        with pytest.raises(RecordError, match="holds no record"):
            pk.report_again(tmp_path / "page.html")
        with pytest.raises(RecordError, match="cannot be read as a report"):
            pk.report_again(tmp_path / "nowhere.html")
        with pytest.raises(RecordError, match="is not complete"):
            record.pieces("format = 1\n")

    @pytest.mark.parametrize("damage", ["text", "zip of something else", "cut in half", "no such sheet"])
    def test_damaged_workbooks(self, damage, parts, tmp_path):
        path = tmp_path / "report.xlsx"
        if damage == "text":
            path.write_text("format = 1\n")
        elif damage == "zip of something else":
            with zipfile.ZipFile(path, "w") as archive:
                archive.writestr("record", "format = 1\n")
        elif damage == "cut in half":
            pk.report(prediction=parts["prediction"], path=str(path))
            path.write_bytes(path.read_bytes()[:-2000])
        else:
            openpyxl.Workbook().save(path)
        with pytest.raises(RecordError, match=r"report\.xlsx cannot be read as a report"):
            pk.report_again(path)
        path.unlink()  # which a file that was left open forbids on Windows
