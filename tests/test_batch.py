"""Many curves one by one: a row for each, a reason for each that cannot be fitted."""

import json

import numpy as np
import pandas as pd
import pytest

from pkmodels import catalogue, fitting
from pkmodels.cli import main
from pkmodels.errors import FitError, UnknownName, WorkError
from pkmodels.studies import Study, read_study

DAYS = np.array([0, 0.5, 1, 2, 4, 7, 10, 14, 21.0])


@pytest.fixture(scope="module")
def study():
    """First order at three rates, and a curve of two points."""
    parts = [pd.DataFrame({"formulation": name, "replicate": "", "time_hour": 24 * DAYS,
                           "released": 1 - np.exp(-rate * DAYS), "sd": np.nan, "n": np.nan, "row": 1})
             for name, rate in (("slow", 0.05), ("middle", 0.2), ("fast", 0.9))]
    short = parts[0].iloc[:2].assign(formulation="short")
    return Study.from_frame(pd.concat([*parts, short]), time_unit="day", source="made.csv")


def test_one_model_on_every_curve(study):
    found = fitting.fit_each(study, "first_order")
    assert found.table["k (1/day)"].to_list() == pytest.approx([0.05, 0.2, 0.9, 0.05], rel=1e-6)
    assert found.table.loc[("middle", "first_order"), "points"] == 9
    assert "k = 0.2" in found.table.loc[("middle", "first_order"), "parameters"]
    assert not found.failed


def test_two_processes_and_a_run_that_was_cut_off_fit_the_same(study, tmp_path, monkeypatch):
    monkeypatch.setattr("pkmodels.workers.START", 0.0)
    alone = fitting.compare_each(study, ["first_order", "weibull"])
    together = fitting.compare_each(study, ["first_order", "weibull"], workers=2, folder=tmp_path / "kept")
    pd.testing.assert_frame_equal(alone.table, together.table, check_exact=True)
    assert together.failed == alone.failed
    assert all(fit.model is catalogue.get_model(fit.model.name) for fit in together["fast"].fits)
    kept = sorted((tmp_path / "kept").glob("*.npz"))
    assert len(kept) == 4
    kept[1].unlink()
    kept[2].write_bytes(kept[2].read_bytes()[:100])  # cut off while it was written
    begun = []
    again = fitting.compare_each(study, ["first_order", "weibull"], folder=tmp_path / "kept",
                                 progress=lambda things: (begun.append(k) or k for k in things))
    pd.testing.assert_frame_equal(alone.table, again.table, check_exact=True)
    assert len(begun) == 2  # the others were not fitted again
    with pytest.raises(WorkError, match="another batch of curves"):
        fitting.fit_each(study, "first_order", folder=tmp_path / "kept")


def test_a_curve_that_cannot_be_fitted_is_named(study):
    found = fitting.compare_each(study, ["weibull", "first_order"])
    assert "weibull has 2 parameters to find" in found.failed["short", "weibull"]
    assert found.table.loc[("short", "weibull"), "reason"]
    assert found["short"].best.model.name == "first_order"
    assert found.best.index.get_level_values("curve").to_list() == ["slow", "middle", "fast", "short"]
    assert any("1 fit could not be made" in sentence for sentence in found.advice)
    assert "not fitted: weibull has" in repr(found)
    with pytest.raises(FitError, match="short could not be fitted: weibull has 2 parameters"):
        fitting.fit_each(study, "weibull")["short"]


def test_nothing_fits(study):
    found = fitting.fit_each(study.only("short"), "weibull")
    assert found.advice == ("none of the curves could be fitted",)
    assert list(found.table.index) == [("short", "weibull")]
    assert "short" in repr(found)


def test_a_wrong_name_is_said_at_once(study):
    with pytest.raises(UnknownName, match="did you mean weibull"):
        fitting.fit_each(study, "wiebull")
    with pytest.raises(UnknownName, match="kind of weights"):
        fitting.compare_each(study, ["weibull"], weights="1/x")
    with pytest.raises(UnknownName, match="there is no curve called 'fst'; did you mean fast"):
        fitting.fit_each(study, "first_order")["fst"]


def test_conditions_make_curves():
    frame = pd.DataFrame({"formulation": "A", "replicate": "", "time_hour": np.tile(24 * DAYS, 2), "sd": np.nan,
                          "n": np.nan, "row": 1, "pH": np.repeat([5.5, 7.4], len(DAYS)),
                          "released": np.concatenate([1 - np.exp(-0.5 * DAYS), 1 - np.exp(-0.1 * DAYS)])})
    found = fitting.fit_each(Study.from_frame(frame, time_unit="day", source="m"), "first_order")
    assert found.table["k (1/day)"].to_dict() == pytest.approx({("A, pH 5.5", "first_order"): 0.5,
                                                               ("A, pH 7.4", "first_order"): 0.1})
    # The same run with a change of pH on the way is one curve, and none that a fit could take.
    later = frame.assign(time_hour=frame["time_hour"] + 24 * 30 * (frame["pH"] == 7.4))
    refused = fitting.fit_each(Study.from_frame(later, time_unit="day", source="m"), "first_order")
    assert "measured at pH 5.5 and 7.4" in refused.failed["A", "first_order"]


def test_every_curve_alone_says_the_same(study):
    found = fitting.compare_each(study, ["first_order", "biexponential"])
    alone = fitting.compare(study.only("fast"), ["first_order", "biexponential"])
    assert repr(found["fast"]) == repr(alone)


def test_json_is_plain(study):
    text = json.dumps(fitting.compare_each(study, ["weibull", "first_order"]).to_dict(), allow_nan=False)
    curves = json.loads(text)["curves"]
    assert [each["curve"] for each in curves] == ["slow", "middle", "fast", "short"]
    assert "weibull" in curves[3]["failed"]


class TestCommandLine:
    def test_rows_and_a_workbook(self, capsys, tmp_path):
        out = tmp_path / "table.xlsx"
        code = main(["batch", "kakade_2018_goserelin", "--models", "weibull,first_order", "--out", str(out)])
        found = capsys.readouterr()
        assert code == 0
        table = pd.read_excel(out)
        curves = table["curve"].ffill().astype(str)
        assert set(table["model"]) == {"weibull", "first_order"}
        assert len(table) == 2 * curves.nunique()
        assert all(curve in found.out for curve in curves)
        assert "chosen: " in found.err

    def test_csv_of_the_best(self, capsys):
        assert main(["batch", "kakade_2018_goserelin", "--models", "weibull,first_order", "--best", "--csv"]) == 0
        lines = capsys.readouterr().out.splitlines()
        assert lines[0].startswith("curve,model,rank,points,rmse_percent")
        chosen = fitting.compare_each(read_study("kakade_2018_goserelin"), ["weibull", "first_order"]).comparisons
        assert [line.split(",")[:2] for line in lines[1:]] == [[c, f.best.model.name] for c, f in chosen.items()]

    def test_an_unknown_model(self, capsys):
        assert main(["batch", "kakade_2018_goserelin", "--models", "wiebull"]) == 2
        assert "did you mean weibull" in capsys.readouterr().err


class TestFitOfManyOnTheCommandLine:
    """The verb ``fit`` on all formulations of a file."""

    @pytest.fixture
    def lab(self, tmp_path):
        rows = ["time (day),slow,fast", *(f"{t},{100 - 100 * np.exp(-0.1 * t):.4f},{100 - 100 * np.exp(-0.4 * t):.4f}"
                                          for t in (1, 2, 4, 7, 10, 14))]
        (tmp_path / "lab.csv").write_text("\n".join(rows).replace("slow", "slow (%)").replace("fast", "fast (%)"))
        return tmp_path / "lab.csv"

    def test_each_with_records(self, lab, capsys):
        code = main(["fit", str(lab), "--model", "first_order", "--each", "--save", str(lab.parent / "fits"),
                     "--errors", "auto", "--csv"])
        assert code in (0, None)
        assert "k (1/day)" in capsys.readouterr().out
        found = sorted(path.name for path in (lab.parent / "fits").iterdir())
        assert found == ["fast_first_order.toml", "slow_first_order.toml"]
        assert fitting.load_fit(lab.parent / "fits" / found[0]).values["k"] == pytest.approx(0.4, rel=1e-4)

    def test_shared_with_a_record_to_predict_from(self, lab, capsys):
        record = lab.parent / "many.toml"
        main(["fit", str(lab), "--model", "weibull", "--shared", "beta", "--save", str(record), "--json"])
        content = json.loads(capsys.readouterr().out)
        assert {(row["parameter"], row["curve"]) for row in content["parameters"]} == {
            ("t_scale", "slow"), ("t_scale", "fast"), ("beta", "all")}
        main(["predict", str(record), "--formulation", "slow", "--days", "10", "--every", "10 day", "--draws", "0",
              "--json"])
        # 1 - exp(-0.1 x 10)
        assert json.loads(capsys.readouterr().out)["released"][-1] == pytest.approx(0.63212, abs=1e-4)
        main(["predict", str(record), "--days", "10"])
        assert "choose one with --formulation" in capsys.readouterr().err

    @pytest.mark.parametrize(("options", "words"), [
        (["--each", "--shared", "k"], "one by one"), (["--each", "--formulation", "slow"], "chooses one curve"),
        (["--shared", "k", "--intervals", "profile"], "one curve at a time"),
        (["--workers", "2"], "are for --each and --intervals bootstrap"), (["--each", "--workers", "0"], "workers = 0"),
        (["--shared", "k", "--folder", "kept"], "are for --each; leave them away"),
        (["--shared", "kk"], "did you mean k"), (["--shared", "k", "--save", "x.txt"], "must end in .toml"),
    ])
    def test_misuse(self, lab, capsys, options, words):
        assert main(["fit", str(lab), "--model", "first_order", *options]) == 2
        assert words in capsys.readouterr().err
