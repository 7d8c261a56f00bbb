"""The command line: rows on stdout, remarks on stderr, one sentence and code 2 for what a user can mend."""

import argparse
import io
import json
import os
import shlex
import shutil
import subprocess
import sys

import pytest
from tabulate import tabulate

import pkmodels as pk
from pkmodels.cli import main
from pkmodels.cli.dress import dressed
from pkmodels.cli.parser import parser

CURVE = ["kakade_2018_goserelin", "--formulation", "D"]
BODY = ["--drug", "goserelin", "--regimen", "3.6 mg once"]
CONSTANT = ["--model", "zero_order", "--set", f"k={1 / 28:.15g}/day", *BODY, "--days", "28"]


def test_fit(run):
    code, out, err = run("fit", *CURVE, "--model", "weibull", "--save", "fit.toml")
    assert code == 0
    assert "t_scale" in out
    assert "19.06" in out
    assert "time read as days" in err
    assert "written: fit.toml" in err
    assert "replaced: fit.toml" in run("fit", *CURVE, "--model", "weibull", "--save", "fit.toml")[2]
    code, out, _ = run("show", "fit", "fit.toml")
    assert (code, "19.06" in out) == (0, True)


def test_fit_as_json(run):
    code, out, _ = run("fit", *CURVE, "--model", "weibull", "--json")
    found = json.loads(out)
    assert code == 0
    assert found["model"] == "weibull"
    assert found["n"] == 9
    assert found["parameters"]["t_scale"]["unit"] == "day"
    assert found["parameters"]["beta"]["value"] == pytest.approx(1.319, abs=1e-3)
    assert set(found["statistics"]) >= {"ss", "rmse", "r2", "r2_adj", "aic_lmfit", "aicc", "bic_lmfit", "aic_ddsolver",
                                        "msc"}
    assert any("plateau was not observed" in v for v in found["verdicts"])


def test_weights_errors_and_priors(run):
    _, out, _ = run("fit", *CURVE, "--model", "gallagher_corrigan", "--errors", "auto", "--priors", "public", "--json")
    notes = json.loads(out)["notes"]
    assert any("chosen by restricted likelihood" in note for note in notes)
    assert any("public curves" in note for note in notes)
    _, out, _ = run("compare", *CURVE, "--models", "weibull", "--weights", "1/y", "--json")
    assert json.loads(out)["ranking"][0]["weights"] == "1/y"


def test_compare_as_json(run):
    _, out, err = run("compare", *CURVE, "--models", "weibull,first_order", "--json")
    ranking = json.loads(out)["ranking"]
    assert [r["model"] for r in ranking] == ["weibull", "first_order"]
    assert sum(r["weight"] for r in ranking) == pytest.approx(1)
    assert "Use weibull" in err


def test_exposure_of_data_and_of_a_prediction(run, tmp_path):
    """Theophylline, subject 1: half-life 14.304 h and CL/F 1.4889 L/h; a depot has neither."""
    (tmp_path / "plasma.csv").write_text(
        "time (h),conc (mg/L),dose (mg)\n" + "".join(f"{t},{c},320\n" for t, c in (
            (0, 0.74), (0.25, 2.84), (0.57, 6.57), (1.12, 10.5), (2.02, 9.66), (3.82, 8.58), (5.1, 8.36), (7.03, 7.47),
            (9.05, 6.89), (12.12, 5.94), (24.37, 3.28))))
    code, out, _ = run("exposure", "plasma.csv", "--route", "extravascular", "--json")
    found = json.loads(out)["rows"][0]
    assert code == 0
    assert found["half_life"]["value"] == pytest.approx(14.30437757)
    assert found["clearance_f"] == {"value": pytest.approx(1.488900954), "unit": "L/h", "code": "CLFO"}
    _, out, _ = run("exposure", "plasma.csv", "--route", "extravascular", "--csv", "--cdisc")
    assert "LAMZHL" in out.splitlines()[0]
    code, out, err = run("exposure", *CONSTANT)
    assert code == 0
    assert "release_slope" in out
    assert "flip-flop" in err
    assert run("exposure", "plasma.csv")[0] == 2
    assert run("exposure", *CONSTANT, "--route", "bolus")[0] == 2
    assert run("exposure")[0] == 2


def test_events(run, tmp_path):
    (tmp_path / "dosing.csv").write_text("ID,TIME,AMT,II,ADDL,EVID,CMT\n1,0,3.6,672,5,1,2\n")
    code, out, err = run("events", "dosing.csv", "--time-unit", "h", "--amount-unit", "mg")
    assert (code, out) == (0, "1\t3.6 mg every 28 days x 6\n")
    assert "CMT 2" in err
    code, _, err = run("events", "dosing.csv")
    assert code == 2
    assert "TIME has no unit" in err


def test_in_vivo(run, tmp_path):
    """Concentrations of one compartment fed at first order, 0.1 per day: the closed form."""
    import math

    k, ke = 0.1 / 24, 6.63 / 44.1
    rows = "".join(f"{t},{3600 * k / 44.1 / (ke - k) * (math.exp(-k * t) - math.exp(-ke * t)):.12g}\n"
                   for t in (4, 12, 24, 72, 168, 336, 672))
    (tmp_path / "plasma.csv").write_text("time (h),plasma (ng/mL)\n" + rows)
    code, out, _ = run("invivo", "plasma.csv", "--model", "first_order", "--drug", "goserelin", "--regimen",
                       "3.6 mg once", "--json")
    found = json.loads(out)
    assert code == 0
    assert found["parameters"]["k"]["value"] == pytest.approx(0.1, rel=1e-4)
    assert "disposition from the drug card of goserelin" in found["taken"][0]


def test_predict_without_data_or_drug(run):
    """1 - exp(-0.099 x 30) = 0.9487 and 31 daily rows."""
    code, out, err = run("predict", "--model", "first_order", "--set", "k=0.099/day", "--days", 30)
    assert code == 0
    assert out.splitlines()[-1].split() == ["30", "0.9487"]
    assert len(out.splitlines()) == 2 + 31
    assert "This rests on" in err


def test_predict_concentrations_as_json(run):
    _, out, _ = run("predict", *CONSTANT, "--json", "--every", "7 day")
    found = json.loads(out)
    assert found["time"] == [0, 7, 14, 21, 28]
    assert found["plasma"][-1] == pytest.approx(0.80802, abs=1e-5)
    assert found["units"] == {"time": "day", "released": "1", "plasma": "ng/mL"}
    assert any("bioavailability" in s for s in found["assumptions"])


def test_coverage_of_constant_release(run):
    """Mass balance: 0.808 ng/mL, 0.5 reached at 6.415 h, inside 0.9905 of 28 days."""
    _, out, err = run("coverage", *CONSTANT, "--window", "0.5-1.2 ng/mL", "--json")
    found = json.loads(out)
    assert found["inside"]["value"] == pytest.approx(0.9905, abs=5e-5)
    assert found["inside"]["unit"] == "1"
    assert found["first_entry"]["value"] * 24 == pytest.approx(6.415, abs=5e-4)
    assert found["cmax"]["value"] == pytest.approx(0.80802, abs=5e-6)
    assert found["cmax"]["unit"] == "ng/mL"
    assert set(found) >= {"inside", "below", "above", "first_entry", "last_exit", "longest_gap", "cmax", "tmax", "cmin",
                          "cavg"}
    assert "inside 0.5-1.2 ng/mL" in err


def test_shipped_window_says_what_it_is(run):
    _, _, err = run("coverage", *CONSTANT, "--window", "goserelin")
    assert "not a threshold of efficacy" in err


def test_release_may_be_a_record_a_shipped_record_or_a_data_file(run):
    run("fit", *CURVE, "--model", "weibull", "--save", "fit.toml")
    rows = [run("predict", *source, *BODY, "--days", 28, "--draws", 0, "--csv")[1] for source in (
        ["fit.toml"], [CURVE[0], "--formulation", "D", "--model", "weibull"])]
    assert rows[0] == rows[1]
    assert rows[0].splitlines()[0] == "time_day,released,plasma (ng/mL)"
    code, out, _ = run("predict", "kakade_2018_goserelin_d_weibull_plateau", "--days", 28)
    assert (code, "released low" in out) == (0, True)


def test_tables_to_files(run, tmp_path):
    run("predict", *CONSTANT, "--out", "rows.csv")
    run("predict", *CONSTANT, "--out", "rows.xlsx")
    assert (tmp_path / "rows.csv").read_text().startswith("time_day,released,plasma (ng/mL)")
    assert (tmp_path / "rows.xlsx").stat().st_size > 1000
    code, _, err = run("predict", *CONSTANT, "--out", "rows.pdf")
    assert (code, "must end in .csv or .xlsx" in err) == (2, True)


def test_report(run, tmp_path):
    code, out, _ = run("report", *CURVE, "--model", "weibull", *BODY, "--days", 28, "--window", "goserelin", "--out",
                       "page.html")
    assert (code, out) == (0, "page.html\n")
    page = (tmp_path / "page.html").read_text()
    assert "pkmodels report kakade_2018_goserelin" in page


def test_the_command_in_a_report_makes_the_same_report(run, tmp_path):
    run("report", *CURVE, "--model", "weibull", *BODY, "--days", 28, "--window", "goserelin", "--out", "page.html")
    first = (tmp_path / "page.html").read_bytes()
    import html
    import re
    import shlex

    command = shlex.split(html.unescape(re.search(r"pkmodels report [^<\n]+", first.decode())[0]))
    run(*command[1:])
    assert (tmp_path / "page.html").read_bytes() == first


def test_a_report_ranks_and_is_made_again(run, tmp_path):
    run("report", *CURVE, "--rank", "weibull,first_order", "--out", "page.html")
    page = (tmp_path / "page.html").read_text()
    assert "Models ranked by AICc" in page
    assert "--rank weibull,first_order" in page
    code, out, _ = run("report", "--again", "page.html", "--out", "copy.html")
    assert (code, out) == (0, "page.html comes out the same, byte for byte\n")
    assert (tmp_path / "copy.html").read_text() == page
    assert run("report", "lab.csv", "--again", "page.html")[0] == 2
    assert run("report", "--rank", "--days", 3)[0] == 2


@pytest.mark.parametrize("kind", ["models", "bodies", "drugs", "sites", "windows", "curves", "fits"])
def test_list_and_show(run, kind):
    code, out, _ = run("list", kind, "--json")
    rows = json.loads(out)
    assert (code, bool(rows)) == (0, True)
    single = {"bodies": "body"}.get(kind, kind[:-1])
    for row in rows:
        name = row[single]
        code, out, err = run("show", single, name)
        assert (code, bool(out.strip())) == (0, True), err
        assert isinstance(json.loads(run("show", single, name, "--json")[1]), dict)


def test_cite(run):
    _, out, _ = run("cite", "weibull", "goserelin", "kakade_2018_goserelin")
    assert "Langenbucher" in out
    assert "Kakade" in out
    assert "@article{weibull1951" in run("cite", "weibull", "--bibtex")[1]
    assert run("cite", "wiebull")[0] == 2


def test_demo(run, tmp_path):
    code, out, err = run("demo")
    assert code == 0
    for words in ("1. The curve", "ranked", "gallagher_corrigan", "0.808 ng/mL", "0.9905", "6.4", "2.84 ng/mL",
                  "12 to 15 day", "dose 6 (day 140-168)", "Next, with your own data:  pkmodels compare"):
        assert words in out, words
    assert "not a threshold of efficacy" in err
    assert (tmp_path / "pkmodels_demo.html").exists()


@pytest.mark.parametrize(("arguments", "words"), [
    (["fti"], "did you mean fit?"),
    (["fit"], "the following arguments are required"),
    (["fit", "nowhere.csv", "--model", "weibull"], "nowhere.csv"),
    (["fit", *CURVE, "--model", "wiebull"], "did you mean weibull"),
    (["fit", "kakade_2018_goserelin", "--model", "weibull"], "holds 4 formulations"),
    (["fit", "kakade_2018_goserelin", "--model", "weibull", "--formulation", "E"], "'E'"),
    (["fit", *CURVE, "--model", "weibull", "--fix", "beta"], "write NAME=VALUE"),
    (["predict", "--model", "first_order", "--days", "30"], "first_order needs values for k"),
    (["predict", "--model", "first_order", "--set", "k=0.099", "--days", "30"], "has the wrong unit"),
    (["predict", "--model", "first_order", "--set", "k=0,099/day", "--days", "30"], "decimal point"),
    (["predict", "--model", "first_order", "--set", "k=0.1/day", "--set", "k=0.2/day", "--days", "3"], "given twice"),
    (["predict", "--model", "first_order", "--set", "k=-1/day", "--days", "30"], "below its bound"),
    (["predict", "--model", "first_order", "--set", "k=1/day"], "how long?"),
    (["predict", "--days", "30"], "there is nothing to predict"),
    (["predict", *CONSTANT, "--every", "0 h"], "a time above zero"),
    (["predict", *CONSTANT, "--drug", "gosereline"], "did you mean goserelin"),
    (["predict", *CONSTANT, "--regimen", "3.6 mg every month"], "month"),
    (["predict", "kakade_2018_goserelin", "--days", "3"], "--model which model to fit"),
    (["coverage", "--model", "first_order", "--set", "k=1/day", "--days", "3", "--window", "1-2 ng/mL"],
     "give --drug and --regimen"),
    (["coverage", *CONSTANT, "--window", "goserlin"], "goserelin"),
    (["coverage", *CONSTANT, "--window", "testosterone_castration"], "testosterone"),
    (["show", "drug", "aspirin"], "no drug called 'aspirin'"),
    (["predict", "setup.toml", "--days", "3"], "cannot be opened"),
])
def test_mistakes_are_met_with_one_sentence(run, arguments, words):
    code, out, err = run(*arguments)
    last = err.strip().splitlines()[-1]
    assert code == 2
    assert out == ""
    assert words in last
    assert last.startswith("pkmodels")
    assert "Traceback" not in err


@pytest.mark.parametrize(("arguments", "words"), [
    (["--save", "no/such/folder/fit.toml"], "cannot be written"), (["--save", "fit.txt"], "must end in .toml"),
    (["--out", "lab.csv"], "the file that was read"), (["--save", "lab.toml"], "the settings beside lab.csv"),
])
def test_no_file_is_lost(run, tmp_path, arguments, words):
    (tmp_path / "lab.csv").write_text("time (day),released (%)\n0,0\n1,10\n3,28\n7,50\n14,75\n")
    before = (tmp_path / "lab.csv").read_text()
    code, _, err = run("fit", "lab.csv", "--model", "first_order", *arguments)
    assert (code, words in err) == (2, True)
    assert (tmp_path / "lab.csv").read_text() == before


def test_a_terminal_without_signs_does_not_stop_the_work(tmp_path):
    done = subprocess.run([sys.executable, "-m", "pkmodels", "fit", *CURVE, "--model", "weibull"], capture_output=True,
                          env=dict(os.environ, PYTHONIOENCODING="ascii"), check=False)
    assert done.returncode == 0
    assert b"t_scale" in done.stdout


def test_a_reader_that_leaves_early_is_no_error():
    command = "predict --model first_order --set k=1/day --days 300 --every '1 h' --csv | head -1"
    done = subprocess.run(f"{sys.executable} -m pkmodels {command}", shell=True, capture_output=True, text=True,
                          check=True)
    assert done.stdout.startswith("time_day")
    assert "Traceback" not in done.stderr


def test_too_little_memory_and_an_interruption_are_told(run, monkeypatch):
    for raised, code, words in ((MemoryError("unable to allocate 9 GiB"), 2, "9 GiB"), (KeyboardInterrupt, 130,
                                                                                      "interrupted")):
        def stopped(given, raised=raised):
            raise raised

        monkeypatch.setattr("pkmodels.cli.commands.predict", stopped)
        found, _, err = run("predict", "--model", "weibull", "--days", "3")
        assert found == code
        assert words in err
        assert "Traceback" not in err


class TestComfort:
    """Quiet commands, completion, and examples that can be typed."""

    def test_quiet_prints_the_result_alone(self, capsys):
        assert main(["predict", "--model", "first_order", "--set", "k=0.1/day", "--days", "2", "--quiet"]) == 0
        out, err = capsys.readouterr()
        assert "released" in out
        assert err == ""

    def test_every_example_of_every_help_can_be_typed(self):
        verbs = next(a for a in parser()._actions if isinstance(a, argparse._SubParsersAction)).choices
        for verb, each in verbs.items():
            examples = each.epilog.replace("\\\n", " ").split(":\n", 1)[1].splitlines()
            assert examples, verb
            for line in filter(None, map(str.strip, examples)):
                words = shlex.split(line.split(" > ")[0].removeprefix('eval "$(').removesuffix(')"'))
                assert words[:2] == ["pkmodels", verb]
                assert parser().parse_args(words[1:]).verb == verb

    @pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
    def test_the_shell_completes(self, capsys, tmp_path):
        assert main(["completion", "bash"]) == 0
        script = tmp_path / "completion.sh"
        script.write_text(capsys.readouterr().out)
        ask = ('source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _pkmodels; echo "${COMPREPLY[@]}"')
        for typed, wanted in (("comple", "completion"), ("predict --site pros", "prostate_tumour"),
                              ("fit --interv", "--intervals"), ("show eff", "effect"),
                              ("fit --model gallagher", "gallagher_corrigan"), ("show window gose", "goserelin"),
                              ("report --window testosterone_c", "testosterone_castration")):
            words = ["bash", "-c", ask, str(script), "pkmodels", *typed.split()]
            found = subprocess.run(words, capture_output=True, text=True, check=True)
            assert found.stdout.strip() == wanted

    @pytest.mark.parametrize(("words", "said"), [
        (["fit", "lab.csv"], "pkmodels compare FILE ranks"),
        (["predict", "--model", "first_order", "--set", "k=0.1/day", "--site", "liver"], "give --drug and --regimen"),
        (["predict", "--model", "first_order", "--set", "k=0.1/day"], "--days 28")])
    def test_errors_say_what_to_type(self, words, said, capsys):
        try:
            code = main(words)
        except SystemExit as leaving:
            code = leaving.code
        assert code == 2
        assert said in capsys.readouterr().err

    def test_an_effect_shows_no_empty_equation(self, capsys):
        assert main(["show", "effect", "hpg_agonist"]) == 0
        assert "lh = lh" not in capsys.readouterr().out


def test_models_print_as_html_with_their_equation():
    page = pk.get_model("weibull")._repr_html_()
    assert r"t_{\mathrm{scale}}" in page
    assert "<td>day" in page
    for value in (pk.get_model("one_compartment", "body"), pk.get_model("hpg_agonist", "effect"),
                  pk.read_regimen("3.6 mg once"), pk.read_environment("37 C; 42 C for 30 min at day 1"),
                  pk.disposition("goserelin")):
        assert value._repr_html_().startswith("<")


class TestDryRun:
    """What a command would do, and nothing of it."""

    def test_files_and_words_are_checked_and_nothing_is_written(self, run, tmp_path):
        (tmp_path / "lab.csv").write_text("time (day),released (%)\n0,0\n1,10\n3,28\n7,50\n14,75\n")
        code, out, _ = run("report", "lab.csv", "--model", "weibull", "--drug", "goserelin", "--regimen",
                           "3.6 mg every 28 days x 6", "--window", "goserelin", "--out", "page.html", "--dry-run")
        assert code == 0
        assert out.splitlines() == [
            "read lab.csv: 5 points of 1 formulation (lab)", "would fit weibull: t_scale, beta",
            "would predict goserelin in healthy men (goserelin, male) over 168 days, 6 doses: 3.6 mg every 28 days x 6",
            "held against the window 0.5-1.2 ng/mL goserelin", "would write page.html",
            "nothing was computed, and nothing was written"]
        assert [path.name for path in tmp_path.iterdir()] == ["lab.csv"]

    @pytest.mark.parametrize(("words", "said"), [
        (["compare", *CURVE], "would fit and rank"),
        (["fit", *CURVE, "--model", "weibull", "--fix", "beta=1"], "weibull: t_scale; given: beta"),
        (["predict", "kakade_2018_goserelin_d_weibull_plateau", "--days", "28"], "saved fit of weibull+plateau"),
        (["population", *CONSTANT, "--window", "goserelin"], "in 1000 patients"),
        (["predict", "plga_pnipam:adjuvant by heat", "--days", "5"], "over 5 days")])
    def test_every_verb_says_what_it_would_do(self, run, words, said):
        code, out, err = run(*words, "--dry-run")
        assert code == 0, err
        assert said in out

    @pytest.mark.parametrize(("words", "said"), [
        (["fit", *CURVE, "--model", "wiebull"], "did you mean weibull"),
        (["fit", *CURVE, "--model", "weibull", "--fix", "bta=1"], "did you mean beta"),
        (["coverage", *CONSTANT, "--window", "testosterone_castration"], "testosterone"),
        (["predict", "nowhere.toml", "--days", "3"], "nowhere.toml"),
        (["compare", *CURVE, "--out", "table.pdf"], "must end in .csv or .xlsx"),
        (["report", "--again", "page.html", "--out", "page.pdf"], "must end in .html or .md or .xlsx")])
    def test_mistakes_are_found_beforehand(self, run, words, said):
        code, _, err = run(*words, "--dry-run")
        assert code == 2
        assert said in err


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    encoding = "utf-8"

    def isatty(self):
        return True


class TestTerminal:
    """Tables and sentences are dressed on a terminal, and stay as they are in a pipe."""

    TEXT = ("first  second one\n-----  ----------\na_long_name  x\nb      words that go on\n\n"
            "! a sentence that is much longer than forty signs and is folded")

    @pytest.fixture(autouse=True)
    def narrow(self, monkeypatch):
        monkeypatch.setenv("COLUMNS", "40")
        monkeypatch.delenv("NO_COLOR", raising=False)
        monkeypatch.setenv("TERM", "xterm")

    def test_a_pipe_gets_the_text_as_it_is(self):
        assert dressed(self.TEXT, io.StringIO()) == self.TEXT

    def test_heads_are_bold_and_all_fits(self):
        table = tabulate([("weibull", "a meaning of many words that does not fit into one line", 1.5)],
                         ("model", "meaning", "number"), disable_numparse=True)
        lines = dressed(table, Terminal()).split("\n")
        assert lines[0] == "\033[1mmodel    meaning                  number\033[0m"
        assert lines[1] == "\033[2m───────  ───────────────────────  ──────\033[0m"
        assert lines[2:] == ["weibull  a meaning of many words  1.5", "         that does not fit into",
                             "         one line"]

    def test_a_sentence_behind_a_table_is_no_row(self):
        text = "name  value\n----  -----\ncmax  1.5\n- swing: the lowest concentration is zero"
        assert dressed(text, Terminal()).splitlines()[2:] == ["cmax  1.5", "- swing: the lowest concentration is",
                                                              "  zero"]

    def test_words_are_not_broken(self):
        table = tabulate([("gallagher_corrigan", "x" * 30)], ("model", "meaning"), disable_numparse=True)
        assert "gallagher_corrigan  " + "x" * 30 in dressed(table, Terminal())

    def test_without_colour_and_signs(self, monkeypatch):
        monkeypatch.setenv("NO_COLOR", "1")
        plain = Terminal()
        plain.encoding = "ascii"
        assert dressed("abc  b\n---  ---\n1    2\n\n! mind", plain) == "abc  b\n---  -\n1    2\n\n! mind"

    def test_remarks_are_folded(self):
        lines = dressed("! " + "word " * 20, Terminal()).split("\n")
        assert len(lines) == 3
        assert all(line.startswith("\033[33m") for line in lines)

    def test_without_words_the_help_is_shown(self, capsys):
        with pytest.raises(SystemExit) as left:
            main([])
        assert left.value.code == 0
        assert "pkmodels demo" in capsys.readouterr().out


def test_kinds_of_bootstrap(run):
    words = ("fit", *CURVE, "--model", "weibull", "--json", "--intervals")
    kinds = [run(*words, "bootstrap", *more)[1] for more in ((), ("--resample", "case"), ("--ends", "percentile"))]
    assert len(set(kinds)) == 3
    code, _, err = run(*words, "profile", "--resample", "case")
    assert code == 2
    assert "--intervals bootstrap" in err


def test_a_population_is_reported(run, tmp_path):
    words = ("population", *CURVE, "--model", "weibull", *BODY, "--days", 28, "--window", "goserelin", "--patients", 20)
    code, _, _ = run(*words, "--report", "people.html")
    assert code == 0
    page = (tmp_path / "people.html").read_text()
    assert "pkmodels population kakade_2018_goserelin" in page
    assert "20 patients" in page
    assert run("report", "--again", "people.html")[0] == 0
    # Refused before anything is computed.
    code, _, err = run(*words, "--patients", 5_000_000, "--report", "people.pdf")
    assert code == 2
    assert ".html" in err
    assert "would write people.md" in run(*words, "--report", "people.md", "--dry-run")[1]
