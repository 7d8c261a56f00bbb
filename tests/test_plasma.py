"""Concentrations over time: what is read, what is set aside, what is refused."""

import numpy as np
import pytest

from pkmodels import Plasma, read_plasma
from pkmodels.errors import PkmodelsError


def written(tmp_path, text, name="plasma.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_units_subjects_doses_and_blq(tmp_path):
    path = written(tmp_path, "# a study\nSubject,Time (day),Conc (ng/mL),Dose (ug),SD,weight\nA,0,BLQ,3600,,70\n"
                             "A,0.5,2.5,3600,0.1,70\nA,2,<0.1,3600,,70\nB,1,1.5,1800,,60\nB,0.5,n.d.,1800,,60\n")
    data = read_plasma(path)
    assert data.subjects == ("A", "B")
    one = data.only("A").frame
    assert list(one["time_hour"]) == [0, 12, 48]
    # 2.5 ng/mL = 0.0025 mg/L.
    np.testing.assert_allclose(one["concentration"], [np.nan, 0.0025, np.nan])
    assert list(one["below_limit"]) == [True, False, True]
    assert one["sd"].iloc[1] == pytest.approx(1e-4)
    assert list(one["dose_mg"]) == [3.6] * 3
    assert data.set_aside == ("row 7: 'n.d.', not detected or not determined",)
    assert any("'weight'" in note for note in data.notes)
    assert "2 below the limit" in repr(data)
    assert "<li>" in data._repr_html_()
    assert list(data.until("1 day").frame["subject"]) == ["A", "A", "B"]


def test_units_from_the_call_and_a_decimal_comma(tmp_path):
    path = written(tmp_path, "Zeit (min);Plasma\n0;1,5\n30;0,75\n")
    data = read_plasma(path, unit="mg/L")
    assert list(data.frame["concentration"]) == [1.5, 0.75]
    assert data.time_unit == "min"


def test_molar_concentrations(tmp_path):
    path = written(tmp_path, "time (h),conc (nM)\n0,100\n1,50\n")
    assert read_plasma(path).molar
    data = read_plasma(path, molar_mass="250 g/mol")
    assert not data.molar
    # 100 nmol/L x 250 g/mol = 25 ug/L.
    assert data.frame["concentration"].iloc[0] == pytest.approx(0.025, rel=1e-12)


def test_subjects_side_by_side(tmp_path):
    data = read_plasma(written(tmp_path, "Time (h),S1 (ng/mL),S2 (ng/mL),Rat 3 (ng/mL)\n"
                                         "1,10,20,30\n2,8,BLQ,24\n4,4,,9\n"))
    assert data.subjects == ("S1", "S2", "Rat 3")
    np.testing.assert_allclose(data.only("Rat 3").frame["concentration"], [0.03, 0.024, 0.009])
    assert list(data.only("S2").frame["below_limit"]) == [False, True]
    assert any("columns read as subjects: S1, S2, Rat 3" in note for note in data.notes)
    assert any(each.startswith("row 4, S2 (ng/mL)") for each in data.set_aside)


def test_means_with_their_spread(tmp_path):
    """A digitised figure: mean, spread in a unit of its own, number of people."""
    data = read_plasma(written(tmp_path, "time (h),conc (nM),SD (nM),n\n1,10,2,8\n2,8,1.5,8\n"))
    np.testing.assert_allclose(data.frame["concentration"], [1e-8, 8e-9])
    np.testing.assert_allclose(data.frame["sd"], [2e-9, 1.5e-9])
    assert list(data.frame["n"]) == [8, 8]
    assert any("'SD (nM)' read as the standard deviation of 'conc (nM)'" in note for note in data.notes)
    # 100 pg/mL = 0.1 ng/mL, and a standard error of four people is half a standard deviation.
    data = read_plasma(written(tmp_path, "time (h),conc (ng/mL),SEM (pg/mL),n\n1,10,100,4\n2,8,50,4\n"))
    np.testing.assert_allclose(data.frame["sd"], [0.2e-3, 0.1e-3])
    data = read_plasma(written(tmp_path, "time (h),conc (ng/mL),SEM (ng/mL)\n1,10,1\n2,8,1\n"))
    assert data.frame["sd"].isna().all()
    assert any("it needs the number of subjects" in note for note in data.notes)
    data = read_plasma(written(tmp_path, "time (h),conc (ng/mL),SD (%)\n1,10,20\n2,8,10\n"))
    assert data.frame["sd"].isna().all()
    assert any("not used: 'SD (%)'" in note for note in data.notes)


@pytest.mark.parametrize(("text", "settings", "said"), [
    ("time (h),conc (ng/mL),SD (nM)\n0,1,1\n1,2,1\n", {}, "give both in one unit"),
    ("time (h),conc\n0,1\n1,2\n", {}, "has no unit"),
    ("time,conc (ng/mL)\n0,1\n1,2\n", {}, "has no unit"),
    ("time (h),conc (ng/mL)\n0,1\n1,2\n", {"unit": "mg/L"}, "leave one of them away"),
    ("time (h),conc (ng/mL)\n0,1\n1,2\n", {"molar_mass": "250 g/mol"}, "no molar concentration"),
    ("time (h),conc (mL)\n0,1\n1,2\n", {"unit": "mL"}, "not a concentration"),
    ("time (h),plasma (ng/mL),tumour (ng/mL)\n0,1,1\n1,2,2\n", {}, "one row per sample"),
    ("time (h),A (ng/mL),B (nM)\n0,1,1\n1,2,2\n", {}, "one row per sample"),
    ("time (h),A,B\n0,1,1\n1,2,2\n", {}, "no column holds a concentration"),
    ("time (h),conc (ng/mL)\n0,1\n0,2\n", {}, "a second concentration"),
    ("time (h),conc (ng/mL)\n0,-1\n1,2\n", {}, "not possible"),
    ("time (h),conc (ng/mL)\n-1,1\n1,2\n", {}, "a sample before it is at 0"),
    ("time (h),conc (ng/mL)\n0,abc\n1,2\n", {}, "not a number"),
    ("time (h),conc (ng/mL)\n0,n.d.\n1,n.d.\n", {}, "holds no concentrations"),
    ("time (h),conc (ng/mL)\n0,1\n", {"time": "parsec"}, "not a unit of time"),
    ("", {}, "empty"),
])
def test_what_is_refused(tmp_path, text, settings, said):
    with pytest.raises(PkmodelsError, match=said):
        read_plasma(written(tmp_path, text), **settings)


def test_no_such_file_or_subject(tmp_path):
    with pytest.raises(PkmodelsError, match="does not exist"):
        read_plasma(tmp_path / "nowhere.csv")
    data = Plasma.from_arrays([0, 1], [2, 1], time_unit="h", unit="mg/L", subject="anna")
    with pytest.raises(PkmodelsError, match="did you mean anna"):
        data.only("ana")


@pytest.mark.parametrize(("times", "values", "more", "said"), [
    ([0, 1], [1], {}, "one concentration for every time"), ([], [], {}, "no concentrations"),
    ([0, np.nan], [1, 2], {}, "no time"), ([0, 1], [1, np.inf], {}, "not possible"),
    ([0, 1], [1, 2], {"unit": "mg"}, "not a concentration"), ([0, 1], [1, 2], {"time_unit": "mg"}, "unit of time"),
    ([0, 1], [1, 2], {"dose": "0 mg"}, "not possible"),
    ([0, 1], [1, 2], {"subject": ["a"]}, "one entry for every time"),
])
def test_arrays_that_are_refused(times, values, more, said):
    with pytest.raises(PkmodelsError, match=said):
        Plasma.from_arrays(times, values, **{"time_unit": "h", "unit": "mg/L", **more})
