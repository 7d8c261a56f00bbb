"""Reading: the many ways in which a lab writes the same small table."""

import numpy as np
import openpyxl
import pandas as pd
import pytest

from pkmodels.errors import StudyError, UnknownName
from pkmodels.studies import named, read_study, reading

HOURS = [0.0, 24.0, 72.0, 168.0]
SHARES = [0.0, 0.2, 0.45, 0.8]

# Each text holds the table above: one formulation, no replicates.
SAME = {
    "comma": "Time (h),Released (%)\n0,0\n24,20\n72,45\n168,80\n",
    "days": "time_day,released_fraction\n0,0\n1,0.2\n3,0.45\n7,0.8\n",
    "underscore letter": "time_d,released_percent\n0,0\n1,20\n3,45\n7,80\n",
    "german": "Zeit [Tage];Freisetzung [%]\n0;0,0\n1;20,0\n3;45,0\n7;80,0\n",
    "german words": "Stunden\tkumulierte Wirkstofffreisetzung in Prozent\n0\t0\n24\t20\n72\t45\n168\t80\n",
    "slash": "t / d;Release / %\n0;0\n1;20\n3;45\n7;80\n",
    "comma and unit": "Time, h;Released, %\n0;0\n24;20\n72;45\n168;80\n",
    "comma and unit in a comma file": "Time, h,Released, %\n0,0\n24,20\n72,45\n168,80\n",
    "in": "Time in days,Fraction released\n0,0\n1,0.2\n3,0.45\n7,0.8\n",
    "per cent first": "Hours,% released\n0,0\n24,20\n72,45\n168,80\n",
    "unit row": "Time,Cumulative release\nh,%\n0,0\n24,20\n72,45\n168,80\n",
    "blank rows and columns": "\n,Time (h),,Released (%)\n,,,\n,0,,0\n,24,,20\n\n,72,,45\n,168,,80\n",
    "minutes": "time [min],released [%]\n0,0\n1440,20\n4320,45\n10080,80\n",
    "weeks": "Time (weeks),released (%)\n0,0\n0.14285714285714285,20\n0.42857142857142855,45\n1,80\n",
    "quoted decimal commas": 'Time (h),Released (%)\n0,0\n24,"20,0"\n72,"45,0"\n168,"80,0"\n',
    "comment rows": "# lot 7\nTime (h),Released (%)\n0,0\n# flask topped up\n24,20\n72,45\n168,80\n",
    "largest value tells per cent": "Time (h),Released\n0,0\n24,20\n72,45\n168,80\n",
    "largest value tells fractions": "Time (h),Released\n0,0\n24,0.2\n72,0.45\n168,0.8\n",
    "minus sign and nbsp": "Time (h),Released (%)\n\u22120,0\n24,20\u00a0\n72,45\n168,80\n",
    "exponents": "Time (h),Released (%)\n0,0\n2.4e1,2.0E+01\n72,45\n168,80\n",
    "released beside interval and cumulative": "Time (h),Released per interval (%),Cumulative release (%)\n"
                                               "0,0,0\n24,20,20\n72,25,45\n168,35,80\n",
    "remaining is left aside": "Time (h),released (%),remaining (%)\n0,0,100\n24,20,80\n72,45,55\n168,80,20\n",
    "a remark beside the table": "Time (h),released (%)\n0,0\n24,20\n72,45,leaked?\n168,80\n",
}


@pytest.mark.parametrize("text", SAME.values(), ids=SAME.keys())
@pytest.mark.parametrize("encode", ["utf-8", "utf-8-sig", "utf-16", "crlf"])
def test_the_same_table(tmp_path, text, encode):
    path = tmp_path / "lab.csv"
    path.write_bytes(text.replace("\n", "\r\n").encode() if encode == "crlf" else text.encode(encode))
    study = read_study(path)
    np.testing.assert_allclose(study.times, HOURS, rtol=1e-12)
    np.testing.assert_allclose(study.released, SHARES, rtol=1e-12)
    assert study.formulations == ("lab",)
    assert set(study.frame["replicate"]) == {""}
    assert len(study.notes) >= 2


def labels(study):
    found = study.frame.groupby("formulation", sort=False)["replicate"]
    return {name: sorted(set(replicates)) for name, replicates in found}


# Header of the columns beside the time, and what the columns are.
WIDE = {
    "Rep 1 (%);Rep 2 (%)": {"lab": ["1", "2"]},
    "Flask 1;Flask 2": {"lab": ["1", "2"]},
    "unit01;unit02": {"lab": ["1", "2"]},
    "1;2": {"lab": ["1", "2"]},
    "#1;#2": {"lab": ["1", "2"]},
    "Freisetzung [%] 1;Freisetzung [%] 2": {"lab": ["1", "2"]},
    "A 1;A 2": {"A": ["1", "2"]},
    "A 1;A 2;B 1;B 2": {"A": ["1", "2"], "B": ["1", "2"]},
    "A1;A2;B1;B2": {"A": ["1", "2"], "B": ["1", "2"]},
    "F1;F2;F3": {"F1": [""], "F2": [""], "F3": [""]},
    "Batch 1;Batch 2": {"Batch 1": [""], "Batch 2": [""]},
    "PLGA 50;PLGA 75": {"PLGA 50": [""], "PLGA 75": [""]},
    "PLGA 50:50;PLGA 75:25": {"PLGA 50:50": [""], "PLGA 75:25": [""]},
    "PLGA 50 rep 1;PLGA 50 rep 2": {"PLGA 50": ["1", "2"]},
    "pH 5.5;pH 7.4": {"pH 5.5": [""], "pH 7.4": [""]},
    "released A (%);released B (%)": {"A": [""], "B": [""]},
    "R (%);S (%)": {"R": [""], "S": [""]},
    "LA (%);DE (%)": {"LA": [""], "DE": [""]},
    "libéré de A (%);libéré de B (%)": {"A": [""], "B": [""]},
}


@pytest.mark.parametrize(("header", "expected"), WIDE.items(), ids=WIDE.keys())
def test_columns_as_formulations_and_replicates(tmp_path, header, expected):
    number = header.count(";") + 1
    rows = [";".join(["Time (h)", header])] + [";".join([str(t), *[str(t)] * number]) for t in (0, 24, 80)]
    (tmp_path / "lab.csv").write_text("\n".join(rows))
    study = read_study(tmp_path / "lab.csv")
    assert labels(study) == expected
    np.testing.assert_allclose(study.released * 100, study.times)


@pytest.mark.parametrize("header", ["% Drug Release", "Drug release (%)", "Drug (%)", "% CDR"])
def test_headers_that_speak_of_the_drug(header):
    study = read_study(pd.DataFrame({"Time (hrs)": [0, 24, 80], header: [0, 24, 80]}))
    np.testing.assert_allclose(study.released * 100, study.times)


@pytest.mark.parametrize("units", ["days;%", "(days);(%)", "[d];[%]"])
def test_units_in_a_row_of_their_own(tmp_path, units):
    (tmp_path / "lab.csv").write_text(f"Time;Release\n{units}\n0;0\n1;10.1\n7;41\n")
    study = read_study(tmp_path / "lab.csv")
    assert study.time_unit == "day"
    np.testing.assert_allclose(study.released, [0, 0.101, 0.41])


@pytest.mark.parametrize("text", [
    ";A;;B;\nTime (h);1;2;1;2\n0;0;0;0;0\n24;20;21;30;31\n",
    "Time (h);A;;B;\n;1;2;1;2\n0;0;0;0;0\n24;20;21;30;31\n",
    "Time (h);A;;B;\n;#1;#2;#1;#2\nh;%;%;%;%\n0;0;0;0;0\n24;20;21;30;31\n",
])
def test_merged_headers(tmp_path, text):
    (tmp_path / "lab.csv").write_text(text)
    study = read_study(tmp_path / "lab.csv")
    assert labels(study) == {"A": ["1", "2"], "B": ["1", "2"]}
    assert study.only("B").released.tolist() == [0, 0, 0.30, 0.31]


def test_long_form_with_conditions(tmp_path):
    (tmp_path / "lab.csv").write_text(
        "Batch,Replicate,pH,Temperature (K),medium,peak area,time (h),released (%)\n"
        "X,1,7.4,310.15,PBS,17,0,0\n,1,7.4,310.15,PBS,18,5,10\nY,1,7.4,310.15,PBS,19,0,0\nY,1,7.4,310.15,PBS,12,5,12\n")
    study = read_study(tmp_path / "lab.csv")
    assert study.formulations == ("X", "Y")
    assert study.frame["temperature_degC"].tolist() == pytest.approx([37] * 4)
    assert set(study.frame["medium"]) == {"PBS"}
    assert "peak area" in " ".join(study.notes)
    assert "blank cells in 'Batch' read as what stands above them" in study.notes


def test_columns_that_nobody_understands_are_named(tmp_path):
    (tmp_path / "lab.csv").write_text("time (h),released (%),kappa,zeta\n0,0,4,8\n5,10,5,8\n9,20,6,8\n")
    study = read_study(tmp_path / "lab.csv")
    assert study.frame["zeta"].tolist() == [8, 8, 8]
    assert "kappa" not in study.frame
    assert any("'kappa' was not understood" in w for w in study.warnings)


def test_mean_sd_and_standard_error(tmp_path):
    """A standard error of 2 % of four vessels is a standard deviation of 4 %."""
    (tmp_path / "sd.csv").write_text("time (h),mean (%),SD (%)\n0,0,0\n5,10,1.5\n")
    assert read_study(tmp_path / "sd.csv").sd.tolist() == [0, 0.015]
    (tmp_path / "sem.csv").write_text("time (h),mean (n = 4) (%),SEM\n0,0,0\n5,10,2\n")
    study = read_study(tmp_path / "sem.csv")
    assert study.sd.tolist() == [0, 0.04]
    assert study.n.tolist() == [4, 4]
    (tmp_path / "alone.csv").write_text("time (h),mean (%),SEM\n0,0,0\n5,10,2\n")
    assert any("standard error was not used" in w for w in read_study(tmp_path / "alone.csv").warnings)


def test_two_formulations_with_their_spread(tmp_path):
    (tmp_path / "lab.csv").write_text("time (h),mean A (%),SD A,mean B (%),SD B\n0,0,0,0,0\n5,10,1,20,2\n")
    study = read_study(tmp_path / "lab.csv")
    assert study.only("B").sd.tolist() == [0, 0.02]


def test_mean_beside_its_replicates_is_left_aside(tmp_path):
    (tmp_path / "lab.csv").write_text("time (h),Rep 1 (%),Rep 2 (%),Mean (%),SD\n0,0,0,0,0\n5,10,12,11,1.41\n")
    study = read_study(tmp_path / "lab.csv")
    assert labels(study) == {"lab": ["1", "2"]}
    assert any("Mean (%)" in note for note in study.notes)
    assert any("SD" in note for note in study.notes)


def test_summary_rows_below_the_table(tmp_path):
    (tmp_path / "lab.csv").write_text("time (h),released (%)\n0,0\n5,10\nf2,62\nMean,5\nsee notebook 4,\n")
    study = read_study(tmp_path / "lab.csv")
    assert len(study) == 2
    assert [entry.split(":")[0] for entry in study.set_aside] == ["row 4", "row 5", "row 6"]


@pytest.mark.parametrize(
    "cell", ["n.d.", "ND", "<LOQ", "< LOQ", "BLQ", "BLOQ", "-", "–", "---", "NaN", "", " ", "n.a.", "<0.5",
             "n.n."])
def test_missing_values_are_never_zero(tmp_path, cell):
    (tmp_path / "lab.csv").write_text(f"time (h),released (%)\n0,0\n4,{cell}\n8,20\n", encoding="utf-8")
    study = read_study(tmp_path / "lab.csv")
    assert study.times.tolist() == [0, 8]
    assert len(study.set_aside) == 1
    assert study.set_aside[0].startswith("row 3, column 'released (%)'")


def test_windows_encoding_is_stated(tmp_path):
    (tmp_path / "lab.csv").write_bytes("Gefäß µ\nZeit (h);Freisetzung (%)\n0;0\n5;10\n".encode("cp1252"))
    study = read_study(tmp_path / "lab.csv")
    assert any("Windows-1252" in note for note in study.notes)
    assert any("Gefäß µ" in note for note in study.notes)


def test_arguments_settle_what_the_file_leaves_open(tmp_path):
    (tmp_path / "lab.csv").write_text("time,released\n0,0\n1,0.02\n2,0.03\n3,0.04\n")
    study = read_study(tmp_path / "lab.csv", time="days", released="%")
    assert study.time_unit == "day"
    assert study.released[-1] == pytest.approx(0.0004)
    assert any("hundredth" in w for w in study.warnings)


def test_a_toml_beside_the_file(tmp_path):
    (tmp_path / "lab.csv").write_text("time,A,B\n0,0,0\n2,30,20\n")
    (tmp_path / "lab.toml").write_text(
        'title = "Two lots"\ncitation = "own"\ntime_unit = "week"\nreleased_unit = "percent"\nmedium = "PBS"\n'
        '[conditions]\ntemperature_degC = 37\n[formulations.B]\nsize_um = 40.5\n')
    study = read_study(tmp_path / "lab.csv")
    assert study.time_unit == "week"
    assert study.times.tolist() == [0, 336, 0, 336]
    assert study.conditions == {"title": "Two lots", "medium": "PBS", "temperature_degC": 37}
    assert study.only("B").conditions["size_um"] == 40.5
    assert any('lab.toml (time_unit = "week")' in note for note in study.notes)


# ---------------------------------------------------------------- workbooks

def workbook(path, sheets, **formats):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    for cell, style in formats.items():
        sheet[cell].number_format = style
    book.save(path)
    return path


TABLE = [["Time (d)", "Released (%)"], [0, 0], [1, 20], [3, 45], [7, 80]]


def test_every_sheet_with_a_table_is_a_group_of_formulations(tmp_path):
    path = workbook(tmp_path / "lab.xlsx", {"lot 1": TABLE, "notes": [["written by", "hand"]],
                                            "lot 2": [["Time (h)", "A", "B"], [0, 0, 0], [24, 10, 20]]})
    study = read_study(path)
    assert study.formulations == ("lot 1", "lot 2 A", "lot 2 B")
    assert study.only("lot 2 B").times.tolist() == [0, 24]
    assert any("'notes'" in note for note in study.notes)
    assert read_study(path, sheet="lot 1").formulations == ("lab",)


def test_hidden_sheets_are_named_and_not_read(tmp_path):
    path = workbook(tmp_path / "lab.xlsx", {"release": TABLE, "old": TABLE})
    book = openpyxl.load_workbook(path)
    book["old"].sheet_state = "hidden"
    book.save(path)
    study = read_study(path)
    assert len(study) == 4
    assert any("'old' is hidden" in note for note in study.notes)


def test_cells_formatted_as_percentages(tmp_path):
    path = workbook(tmp_path / "lab.xlsx", {"release": [["Time (d)", "Released (%)"], [0, 0], [1, 0.2], [7, 0.8]]},
                    B2="0.0%", B3="0.0%", B4="0.0%")
    study = read_study(path)
    assert study.released.tolist() == [0, 0.2, 0.8]
    assert any("formatted as percentages" in note for note in study.notes)


def test_text_numbers_and_gaps_in_a_workbook(tmp_path):
    path = workbook(tmp_path / "lab.xlsx", {"release": [[], ["Title"], [], ["Zeit (h)", None, "Freisetzung (%)"],
                                                        ["0", None, "0"], [], ["6", None, "12,5"], [24, None, 30]]})
    study = read_study(path)
    assert study.released.tolist() == [0, 0.125, 0.30]
    assert study.frame["row"].tolist() == [5, 7, 8]


class TestColumnsByHand:
    """Two columns of time, and headers that say nothing: the reader says which is what."""

    TEXT = "Batch 17;;;\nZeit (h);Tage (d);B1;Extinktion\n0;0;0;0\n24;1;20;0,3\n72;3;45;0,5\n168;7;80;0,8\n"

    @pytest.fixture
    def lab(self, tmp_path):
        (tmp_path / "lab.csv").write_text(self.TEXT)
        return tmp_path / "lab.csv"

    @pytest.mark.parametrize("columns", [["Zeit (h)", "B1"], {"Tage (d)": "time (day)", "B1": "released (%)"}])
    def test_reads_these_and_says_what_was_left(self, lab, columns):
        study = read_study(lab, columns=columns)
        assert study.times == pytest.approx(HOURS)
        assert study.released == pytest.approx(SHARES)
        assert any("left out, as asked" in note and "'Extinktion'" in note for note in study.notes)
        assert any("'Batch 17'" in note for note in study.notes)

    def test_headers_and_what_they_mean(self, lab):
        grids, _ = reading.grids_of(lab, None)
        assert named.headers(grids) == ("Zeit (h)", "Tage (d)", "B1", "Extinktion")
        assert named.meaning("Tage (d)", ["B1", "Cum. release (%)"]) == {
            "Tage (d)": "time (day)", "B1": "B1 released", "Cum. release (%)": "Cum. release (%)"}
        assert named.meaning("x", ["y"]) == {"x": "time", "y": "y released"}

    def test_refusals(self, lab):
        with pytest.raises(UnknownName, match=r"header of lab\.csv called 'B2'"):
            read_study(lab, columns=["Zeit (h)", "B2"])
        with pytest.raises(StudyError, match="columns = 'B1' is not possible"):
            read_study(lab, columns="B1")
        lab.write_text("t (h),B1,B1\n0,0,0\n1,2,3\n")
        with pytest.raises(StudyError, match="2 columns are called 'B1'"):
            read_study(lab, columns=["t (h)", "B1"])


def test_shares_of_what_came_out_in_the_end_are_told_apart(tmp_path):
    path = tmp_path / "relative.csv"
    for header in ("Mt/Minf", "M_t / M∞", "Mt/M(infinity)"):
        path.write_text(f"Time (h),{header}\n0,0\n1,0.2\n4,0.5\n24,1\n", encoding="utf-8")
        study = read_study(path)
        assert any("not of the dose" in each for each in study.warnings), header
        assert study.formulations == ("relative",)  # after the file, not after the header
    path.write_text("sqrt time (h^0.5),released (%)\n0,0\n1,10\n2,20\n", encoding="utf-8")
    with pytest.raises(StudyError, match="squares of roots"):
        read_study(path)


def test_a_note_on_many_columns_stays_short(tmp_path):
    path = tmp_path / "lab.csv"
    names = [f"lot {k}x (%)" for k in range(100)]
    path.write_text(f"time (h),{','.join(names)}\n" + "".join(
        f"{time}{f',{time}' * 100}\n" for time in (0, 4, 8)))
    study = read_study(path)
    assert len(study.formulations) == 100
    note = next(note for note in study.notes if note.startswith("columns read as"))
    assert note.endswith("; and 76 more")


class TestStatisticsBesideTheRelease:
    """Columns that are no curve: statistics, other measurements, transformed values."""

    @pytest.mark.parametrize("header", [
        "Min (%)", "Max (%)", "Range (%)", "95% CI", "Upper limit (%)", "Predicted (%)", "Difference (%)", "Median (%)",
        "log % released", "log released (%)", "Water uptake (%)", "Swelling (%)", "Degradation (%)", "Recovery (%)",
        "Encapsulation efficiency (%)", "Humidity (%)", "Hemolysis (%)", "increment (%)"])
    @pytest.mark.parametrize("first", ["Released (%)", "Mean (%)", "F1 (%)"])
    def test_are_no_formulation(self, tmp_path, first, header):
        (tmp_path / "lab.csv").write_text(f"Time (h),{first},{header}\n0,0,1\n5,40,2\n9,80,3\n")
        study = read_study(tmp_path / "lab.csv")
        np.testing.assert_allclose(study.released, [0, 0.4, 0.8])
        assert any(repr(header) in note for note in study.notes)

    @pytest.mark.parametrize("header", ["RSD (%)", "%RSD", "CV (%)", "% CV", "VK (%)", "DPR (%)", "rel. SD (%)"])
    @pytest.mark.parametrize("first", ["Mean (%)", "Released (%)", "F1 (%)"])
    def test_relative_standard_deviation(self, tmp_path, first, header):
        """12 % of 10 % are 1.2 % of the dose, 7.5 % of 20 % are 1.5 %."""
        (tmp_path / "lab.csv").write_text(f"Time (h),{first},{header}\n1,10,12\n2,20,7.5\n")
        study = read_study(tmp_path / "lab.csv")
        np.testing.assert_allclose(study.sd, [0.012, 0.015])
        assert f"sd calculated from '{header}' and the mean" in study.notes

    @pytest.mark.parametrize("header", ["±", "+/-", "SD", "± (%)", "Std. deviation", "Écart type", "DE", "Dev. st."])
    def test_one_spread_goes_with_the_one_curve(self, tmp_path, header):
        (tmp_path / "lab.csv").write_text(f"Time (h),F1 (%),{header}\n1,10,2\n2,20,3\n", encoding="utf-8")
        assert read_study(tmp_path / "lab.csv").sd.tolist() == [0.02, 0.03]

    def test_a_spread_behind_every_curve(self, tmp_path):
        (tmp_path / "lab.csv").write_text("Time (h),F1 (%),SD,n,F2 (%),SD,n\n1,10,2,6,30,4,12\n2,20,3,6,50,5,12\n")
        study = read_study(tmp_path / "lab.csv")
        assert study.only("F1").sd.tolist() == [0.02, 0.03]
        assert study.only("F2").sd.tolist() == [0.04, 0.05]
        assert study.only("F2").n.tolist() == [12, 12]

    @pytest.mark.parametrize("header", ["F1,F2,SD1,SD2", "F1,SD1,F2,SD2", "Mean1,SD1,Mean2,SD2",
                                        "Mean 1,SD 1,Mean 2,SD 2", "F1,F2,SD F1,SD F2", "F 1,F 2,SEM 1,SD 1,SD 2"])
    def test_spreads_with_the_numbers_of_their_means(self, tmp_path, header):
        """A replicate has no spread: these are two formulations."""
        cells = {"F": (20, 60), "M": (20, 60), "S": (1, 2)}
        names = header.split(",")
        rows = [",".join([t, *(str(cells[name[0]][k] + 10 * ("2" in name and name[0] != "S")) for name in names)])
                for k, t in enumerate(("1", "4"))]
        (tmp_path / "lab.csv").write_text("\n".join([f"Time (h),{header}", *rows]))
        study = read_study(tmp_path / "lab.csv")
        first, second = study.formulations
        assert study.only(first).released.tolist() == [0.2, 0.6]
        assert study.only(second).released.tolist() == [0.3, 0.7]
        assert study.only(second).sd.tolist() == [0.01, 0.02]
        assert str(study).count("with standard deviations") == 2

    def test_spread_and_count_below_merged_names(self, tmp_path):
        (tmp_path / "lab.csv").write_text(
            "Time (h),F1,,,F2,,\n,Mean,SD,n,Mean,SD,n\n1,10,2,6,30,4,12\n2,20,3,6,50,5,12\n")
        study = read_study(tmp_path / "lab.csv").only("F2")
        assert study.sd.tolist() == [0.04, 0.05]
        assert study.n.tolist() == [12, 12]

    def test_one_spread_of_two_curves_is_not_given_to_either(self, tmp_path):
        (tmp_path / "lab.csv").write_text("Time (h),F1 (%),F2 (%),SD\n1,10,30,4\n2,20,50,5\n")
        study = read_study(tmp_path / "lab.csv")
        assert np.isnan(study.sd).all()
        assert any("'SD'" in note for note in study.notes)

    @pytest.mark.parametrize("mean", ["Mean", "Mean (%)", "Average"])
    def test_units_of_a_bath_and_their_mean(self, tmp_path, mean):
        (tmp_path / "lab.csv").write_text(
            f"Time (min),V1,V2,V3,{mean},SD,%RSD\n5,12,14,13,13.0,1,7.7\n9,30,31,35,32,2.6,8\n")
        study = read_study(tmp_path / "lab.csv")
        assert labels(study) == {"lab": ["1", "2", "3"]}
        assert study.released.tolist() == pytest.approx([0.12, 0.14, 0.13, 0.30, 0.31, 0.35])

    def test_numbered_columns_of_another_mean_stay_apart(self, tmp_path):
        (tmp_path / "lab.csv").write_text("Time (min),x1,x2,Mean (%)\n5,12,14,40\n9,30,31,60\n")
        assert read_study(tmp_path / "lab.csv").released.tolist() == [0.4, 0.6]

    def test_six_vessels(self, tmp_path):
        names = ",".join(f"V{k}" for k in range(1, 7))
        (tmp_path / "lab.csv").write_text(f"Time (min),{names}\n5,1,2,3,4,5,6\n9,11,12,13,14,15,16\n")
        assert labels(read_study(tmp_path / "lab.csv")) == {"lab": list("123456")}


@pytest.mark.parametrize(("header", "unit"), [
    ("Temps (h);Libération cumulée (%);Écart type", "h"), ("Tiempo (min);Disuelto (%);DE", "min"),
    ("Tempo (giorni);Rilascio (%);Dev. st.", "day"), ("Tempo (dias);% dissolvida;Desvio padrão", "day"),
    ("Zeit [Std];Freigesetzt [%] MW;Freigesetzt [%] SD", "h"), ("Zeit (h);MW (%);SD (%)", "h"),
    ("Temps (jours);% libéré;Écart-type", "day")])
@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_headers_in_other_languages(tmp_path, header, unit, encoding):
    (tmp_path / "lab.csv").write_text(f"{header}\n1;10,5;1\n2;20;2\n", encoding=encoding)
    study = read_study(tmp_path / "lab.csv")
    assert (study.time_unit, labels(study)) == (unit, {"lab": [""]})
    np.testing.assert_allclose(study.released, [0.105, 0.2])
    np.testing.assert_allclose(study.sd, [0.01, 0.02])


def test_the_unit_of_time_beneath_a_merged_header(tmp_path):
    (tmp_path / "lab.csv").write_text("Time;Dissolved (%);\n(min);#1;#2\n5;1;2\n9;11;12\n")
    study = read_study(tmp_path / "lab.csv")
    assert study.time_unit == "min"
    assert labels(study) == {"lab": ["1", "2"]}
