"""Studies: what is read out of the files of the lab, the public data sets and the curve that ships."""

import csv
import math
import pickle
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from pkmodels.errors import StudyError, UnitError, UnknownName
from pkmodels.studies import Study, read_study

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
LAB = DATA / "lab_files"
with_data = pytest.mark.skipif(not LAB.is_dir(), reason="the measured data are not beside this checkout")


def value(study, hour, replicate="", formulation=None):
    part = study.frame[np.isclose(study.frame["time_hour"], hour) & (study.frame["replicate"] == replicate)]
    part = part if formulation is None else part[part["formulation"] == formulation]
    assert len(part) == 1
    return part["released"].iloc[0]


# ---------------------------------------------------------------- sheets as labs write them

@with_data
def test_plain_wide_sheet():
    study = read_study(LAB / "01_plain_wide.csv")
    assert study.time_unit == "day"
    assert len(study) == 33
    assert set(study.frame["replicate"]) == {"1", "2", "3"}
    assert value(study, 14 * 24, "2") == pytest.approx(0.8876)
    assert value(study, 0.96, "3") == pytest.approx(0.0146)
    assert "time read as days (from the header 'Time (d)')" in study.notes
    assert any("per cent" in note and "Rep 1 (%)" in note for note in study.notes)
    assert [w for w in study.warnings if "row 12" in w and "101.1 %" in w]
    assert study.set_aside == ()


@with_data
def test_german_sheet():
    study = read_study(LAB / "02_german_semicolon.csv")
    assert study.time_unit == "h"
    assert len(study) == 33
    assert value(study, 0.96, "1") == pytest.approx(0.0146)
    assert value(study, 672, "3") == pytest.approx(0.8817)
    assert any("decimal commas" in note for note in study.notes)
    assert any("falls" in w and "row 12 of replicate 3" in w and "96.58 % to 88.17 %" in w for w in study.warnings)


@with_data
def test_mean_sd_and_n():
    study = read_study(LAB / "03_mean_sd_n.csv")
    assert set(study.frame["replicate"]) == {""}
    assert value(study, 336) == pytest.approx(0.8331)
    assert study.sd[-1] == pytest.approx(0.0211)
    assert set(study.n) == {6.0}
    assert study.mean["n"].tolist() == [6.0] * 11
    assert study.mean["sd"].iloc[-1] == pytest.approx(0.0211)


@with_data
def test_long_sheet_with_conditions_needs_the_unit_of_time():
    with pytest.raises(StudyError, match=r"04_long_tidy\.csv, row 1: the time column 'time' has no unit.*--time-unit"):
        read_study(LAB / "04_long_tidy.csv")
    study = read_study(LAB / "04_long_tidy.csv", time="day")
    assert study.formulations == ("A", "B")
    assert list(study.frame.columns[-2:]) == ["pH", "temperature_degC"]
    assert len(study) == 66
    acid = study.only("A", pH=5.5)
    assert len(acid) == 22
    assert value(acid, 28 * 24, "2") == pytest.approx(0.9823)
    assert any("several conditions" in w and "pH 7.4, 5.5" in w for w in study.warnings)
    assert not any("several conditions" in w for w in acid.warnings)
    assert study.only("A, pH 5.5").frame.equals(acid.frame)
    assert any("fractions" in note and "largest is 1.02" in note for note in study.notes)


@with_data
def test_title_rows_unit_row_and_footer():
    study = read_study(LAB / "05_title_rows_and_blanks.csv")
    assert study.time_unit == "day"
    assert value(study, 21 * 24, "2") == pytest.approx(0.9755)
    assert study.set_aside == ("row 18: text below the table, 'Analyst: see notebook'",)
    assert any("lot 24-017" in note for note in study.notes)
    assert any("row of units" in note for note in study.notes)
    assert study.frame["row"].min() == 6


@with_data
def test_not_detected_is_not_zero():
    study = read_study(LAB / "06_not_detected.csv")
    assert len(study) == 8
    assert (study.released == 0).sum() == 1
    assert [entry.split(",")[0] for entry in study.set_aside] == ["row 3", "row 4", "row 7"]
    assert "'n.d.'" in study.set_aside[0]
    assert "'<LOQ', below the limit of quantification" in study.set_aside[1]
    assert "empty cell" in study.set_aside[2]


@with_data
def test_concentrations_become_released_shares():
    """First sample: 9.8 ug/mL in 10 mL of 1.25 mg; second: 13.1 * 10 + 9.8 * 2 ug of 1250."""
    study = read_study(LAB / "07_concentrations_sampled.csv")
    assert study.released[0] == pytest.approx(98 / 1250)
    assert study.released[1] == pytest.approx(150.6 / 1250)
    assert study.frame["concentration_mg_per_L"].iloc[0] == pytest.approx(9.8)
    assert any("vessel 10 mL" in note and "dose 1.25 mg" in note for note in study.notes)
    assert any("faster than the stated samples explain" in w for w in study.warnings)
    assert any("time zero" in w for w in study.warnings)


@with_data
def test_workbook_with_merged_headers():
    study = read_study(LAB / "08_two_formulations.xlsx")
    assert study.formulations == ("PLGA 50:50", "PLGA 75:25")
    assert study.time_unit == "day"
    assert value(study, 10 * 24, "3", "PLGA 50:50") == pytest.approx(0.8572)
    assert value(study, 28 * 24, "1", "PLGA 75:25") == pytest.approx(0.8416)
    assert any("'readme'" in note for note in study.notes)
    assert any("largest is 102" in note for note in study.notes)
    assert read_study(LAB / "08_two_formulations.xlsx", sheet="release").frame.equals(study.frame)
    with pytest.raises(UnknownName, match="did you mean release"):
        read_study(LAB / "08_two_formulations.xlsx", sheet="relase")


@with_data
@pytest.mark.parametrize("name", sorted(path.name for path in LAB.glob("0*")) if LAB.is_dir() else [])
def test_every_sheet_gives_an_account(name):
    study = read_study(LAB / name, time="day" if name.startswith("04") else None)
    assert name in repr(study)
    assert "<script" not in study._repr_html_()
    assert len(study.to_xarray()["released"]) == len(study)
    assert len(study.sha256) == 64


# ---------------------------------------------------------------- the public data sets

SETS = {"plga_microparticles": ("time_day", "released_fraction", 24.0, 1.0),
        "long_acting_injectables": ("time_day", "released_fraction", 24.0, 1.0),
        "liposomes": ("time_hour", "released_percent", 1.0, 100.0)}


def curves_of(name):
    """Curve to (hours, shares) in the order of the file, read without this package."""
    time_column, released_column, hours, divisor = SETS[name]
    curves = {}
    with (DATA / name / "release.csv").open(newline="") as stream:
        for line in csv.DictReader(stream):
            entry = curves.setdefault(line["curve"], ([], []))
            entry[0].append(float(line[time_column]) * hours)
            entry[1].append(float(line[released_column]) / divisor)
    return curves


@with_data
@pytest.mark.parametrize("name", SETS)
def test_large_sets_are_read_and_warned_about(name):
    curves = curves_of(name)
    study = read_study(DATA / name / "release.csv")
    warnings = study.warnings
    assert study.formulations == tuple(curves)
    assert len(study) == sum(len(times) for times, _ in curves.values())
    for curve in list(curves)[::40]:
        times, shares = curves[curve]
        part = study.only(curve)
        np.testing.assert_allclose(part.times, sorted(times), rtol=1e-12)
        assert sorted(part.released) == pytest.approx(sorted(shares), rel=1e-12)

    def falls(times, shares):
        points = sorted(zip(times, range(len(times)), shares, strict=True))
        return any(b[0] > a[0] and a[2] - b[2] > 0.02 for a, b in pairwise(points))

    expected = {
        "times out of order": sum(times != sorted(times) for times, _ in curves.values()),
        "the same time twice": sum(len(set(times)) < len(times) for times, _ in curves.values()),
        "falls by more than 2 %": sum(falls(*curve) for curve in curves.values()),
        "above 100.5 %": sum(max(shares) > 1.005 for _, shares in curves.values()),
        "no sample at time zero": sum(min(times) > 0 for times, _ in curves.values()),
        "no sample in the first 24 h": sum(
            max(times) > 168 and not any(0 < each <= 24 for each in times) for times, _ in curves.values()),
    }
    for words, count in expected.items():
        found = [w for w in warnings if w.startswith(words)]
        assert len(found) == (count > 0), words
        assert not count or f"in {count} of {len(curves)} curves" in found[0]
    assert len(warnings) < 12
    assert max(len(w) for w in warnings) < 700


# ---------------------------------------------------------------- the curve that ships

def test_the_shipped_curve():
    study = read_study("kakade_2018_goserelin")
    assert study.formulations == ("A", "B", "C", "D")
    assert study.time_unit == "day"
    assert study.citation == "kakade2018; bao2025"
    assert study.conditions["drug"] == "goserelin acetate"
    assert "size_um" not in study.conditions
    d = study.only("D")
    assert d.conditions["size_um"] == 91.6
    assert d.times[1] == pytest.approx(1.02 * 24)
    assert list(d.released) == [0, 0.041, 0.104, 0.154, 0.284, 0.554, 0.694, 0.770, 0.785]
    assert read_study("kakade_2018_goserelin", formulation="D").frame.equals(d.frame)
    assert set(d.sha256) == set(study.sha256)


def test_other_names_are_answered_with_the_nearest():
    with pytest.raises(UnknownName, match="did you mean kakade_2018_goserelin"):
        read_study("kakade_goserelin")
    with pytest.raises(UnknownName, match=r"no formulation in kakade_2018_goserelin\.csv called 'E'"):
        read_study("kakade_2018_goserelin").only("E")


# ---------------------------------------------------------------- the value itself

def small(**more):
    return Study.from_arrays([0, 1, 3, 7, 14], [0, 10, 30, 55, 80], time_unit="day", released_unit="percent", **more)


def test_from_arrays():
    study = small(sd=[0, 1, 1, 2, 2], n=3, formulation="lot 7", source="notebook", citation="bao2025")
    assert study.formulations == ("lot 7",)
    np.testing.assert_allclose(study.times, [0, 24, 72, 168, 336])
    np.testing.assert_allclose(study.released, [0, 0.1, 0.3, 0.55, 0.8])
    np.testing.assert_allclose(study.sd, [0, 0.01, 0.01, 0.02, 0.02])
    assert list(study.n) == [3] * 5
    assert study.frame["row"].tolist() == [1, 2, 3, 4, 5]
    assert study.warnings == ()
    assert study.sha256 == small(sd=[0, 1, 1, 2, 2], n=3, formulation="lot 7").sha256 != small().sha256


def test_missing_values_of_arrays_are_set_aside():
    study = Study.from_arrays([0, 1, 2], [0.0, math.nan, 0.5], time_unit="h")
    assert len(study) == 2
    assert study.set_aside == ("row 2: released is NaN; not used, and not taken as zero",)


def test_mean_over_replicates():
    """1, 2 and 3 %: mean 2 %, standard deviation 1 %."""
    study = Study.from_arrays([0, 0, 0, 5, 5, 5], [0, 0, 0, 1, 2, 3], time_unit="h", released_unit="percent",
                              replicate=["1", "2", "3"] * 2)
    assert study.mean["released"].tolist() == pytest.approx([0, 0.02])
    assert study.mean["sd"].tolist() == pytest.approx([0, 0.01])
    assert study.mean["n"].tolist() == [3, 3]


def test_a_study_is_sorted_and_says_so():
    study = Study.from_arrays([0, 7, 3], [0, 0.5, 0.3], time_unit="day")
    assert study.frame["row"].tolist() == [1, 3, 2]
    assert study.warnings[0].startswith("times out of order (row 3 with 3 day after 7 day)")


def test_a_study_does_not_change():
    study = small()
    study.times[0] = 99
    study.released[0] = 99
    assert study.times[0] == 0
    assert study.released[0] == 0
    with pytest.raises(AttributeError):
        study.time_unit = "h"


def test_shown_in_another_unit():
    study = small().shown_as(time_unit="h", sha256="0" * 64)
    assert (study.time_unit, study.sha256) == ("h", "0" * 64)
    assert "0 to 336 h" in repr(study)


def test_a_study_can_be_sent_to_another_process():
    study = pickle.loads(pickle.dumps(small(formulation="A")))  # written by this very line
    assert study.formulations == ("A",)


def test_to_xarray_has_units_and_meaning():
    dataset = small(formulation="A").to_xarray()
    assert dataset["time"].attrs["units"] == "h"
    assert all(dataset[name].attrs["long_name"] for name in ("released", "sd", "n", "time"))
    assert dataset.attrs["time_unit"] == "day"


def test_the_account_names_what_matters():
    account = repr(small(formulation="A", source="notebook"))
    assert "notebook" in account
    assert "5 points, 0 to 14 day" in account
    assert "last 80 %" in account


def test_a_change_of_ph_during_a_run_is_one_curve(tmp_path):
    (tmp_path / "step.csv").write_text(
        "formulation,pH,time_h,released_percent\nA,7.4,0,0\nA,7.4,4,5\nA,7.4,8,8\nA,5.5,12,40\nA,5.5,24,80\n")
    study = read_study(tmp_path / "step.csv")
    assert study.warnings == ()
    assert study.frame["pH"].tolist() == [7.4, 7.4, 7.4, 5.5, 5.5]


def test_html_escapes_what_the_file_says(tmp_path):
    (tmp_path / "x.csv").write_text("<script>alert(1)</script>,\ntime (h),released (%)\n0,0\n1,50\n2,90\n")
    assert "<script" not in read_study(tmp_path / "x.csv")._repr_html_()


@pytest.mark.parametrize(("arguments", "error", "words"), [
    ({"times": [0], "released": [0]}, StudyError, "one point cannot be fitted"),
    ({"times": [], "released": []}, StudyError, "at least two sampling times"),
    ({"times": [3, 3], "released": [0.1, 0.2]}, StudyError, "one point cannot be fitted"),
    ({"times": [0, -1], "released": [0, 0.1]}, StudyError, "times, row 2: -1 is negative"),
    ({"times": [0, math.inf], "released": [0, 0.1]}, StudyError, "times, row 2: inf is not a time"),
    ({"times": [0, 1], "released": [0, math.inf]}, StudyError, "released, row 2: inf is not a share"),
    ({"times": [0, 1], "released": [0, -0.1]}, StudyError, "below -2 %"),
    ({"times": [0, 1], "released": [0, 50]}, StudyError, "released_unit='percent'"),
    ({"times": [0, 1, 2], "released": [0, 0.5]}, StudyError, "3 numbers, one per time"),
    ({"times": [0, "x"], "released": [0, 0.5]}, StudyError, "times holds something that is not a number"),
    ({"times": [[0, 1]], "released": [0, 0.5]}, StudyError, "one row of numbers"),
    ({"times": [0, 1], "released": [0, 0.5], "sd": [0, -1]}, StudyError, "sd, row 2: -1 is negative"),
    ({"times": [0, 1], "released": [0, 0.5], "replicate": ["1"]}, StudyError, "replicate has 1 entries for 2 times"),
    ({"times": [0, 1], "released": [0, 0.5], "time_unit": "dy"}, UnitError, "min, h, day or week"),
    ({"times": [0, 1], "released": [0, 0.5], "released_unit": "mg"}, UnitError, "'percent' or 'fraction'"),
])
def test_arrays_that_are_no_study(arguments, error, words):
    with pytest.raises(error, match=words):
        Study.from_arrays(arguments.pop("times"), arguments.pop("released"), **{"time_unit": "h", **arguments})
