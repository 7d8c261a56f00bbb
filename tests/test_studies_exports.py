"""Tables as instruments and programs write them: numbered rows, stacked headers, formats of a workbook."""

import datetime

import numpy as np
import openpyxl
import pytest

from pkmodels import read_study
from pkmodels.errors import StudyError


def lab(folder, text):
    (folder / "lab.csv").write_text(text, encoding="utf-8")
    return read_study(folder / "lab.csv")


def curves(study):
    return {name: list(part["replicate"].unique()) for name, part in study.frame.groupby("formulation", sort=False)}


@pytest.mark.parametrize(("name", "begin"), [
    ("", 0), ("", 1), ("#", 1), ("S.No", 1), ("Sr. No.", 1), ("No.", 1), ("Unnamed: 0", 0), ("Sample", 1)])
def test_numbers_of_rows_are_no_curve(tmp_path, name, begin):
    rows = "".join(f"{begin + k},{t},{x}\n" for k, (t, x) in enumerate(((0, 0), (1, 20), (4, 60))))
    study = lab(tmp_path, f"{name},Time (h),F1 (%)\n{rows}")
    assert curves(study) == {"F1": [""]}
    assert "column A numbers the rows and was not used" in study.notes


def test_numbers_that_repeat_are_replicates(tmp_path):
    assert curves(lab(tmp_path, "No.,Time (h),F1 (%)\n1,1,20\n1,4,60\n2,1,21\n2,4,61\n")) == {"F1": ["1", "2"]}


@pytest.mark.parametrize(("header", "expected"), [
    ("n1,n2,n3", {"lab": ["1", "2", "3"]}), ("n=1,n=2,n=3", {"lab": ["1", "2", "3"]}),
    ("F1 (n=1) %,F1 (n=2) %,F1 (n=3) %", {"F1": ["1", "2", "3"]}),
    ("F1 (n=3),F2 (n=3),F3 (n=6)", {"F1": [""], "F2": [""], "F3": [""]}),
    ("F1_R1,F1_R2,F2_R1,F2_R2", {"F1": ["1", "2"], "F2": ["1", "2"]}),
    ("F1:Y1,F1:Y2,F2:Y1,F2:Y2", {"F1": ["1", "2"], "F2": ["1", "2"]}),
    ("%CDR F1,%CDR F2,% Rel. F3", {"F1": [""], "F2": [""], "F3": [""]})])
def test_names_of_columns(tmp_path, header, expected):
    count = header.count(",") + 1
    study = lab(tmp_path, f"Time (h),{header}\n1{',10' * count}\n4{',30' * count}\n")
    assert curves(study) == expected


@pytest.mark.parametrize("header", ["No. of days", "Number of days", "Days", "Incubation (days)", "Elapsed days"])
def test_a_unit_is_the_header_of_the_times(tmp_path, header):
    assert lab(tmp_path, f"{header},F1 (%)\n1,15\n7,60\n").times.tolist() == [24, 168]


@pytest.mark.parametrize("head", [
    ",F1,F1,F2,F2\n,mean,std,mean,std\ntime_h,,,,\n", "X,F1,,F2,\nTime (h),Mean,SD,Mean,SD\n",
    "Report 7,,,,\n,F1,,F2,\nTime (h),Mean,SD,Mean,SD\n"])
def test_stacked_headers(tmp_path, head):
    study = lab(tmp_path, f"{head}1,20,1,30,2\n4,60,2,70,3\n")
    assert curves(study) == {"F1": [""], "F2": [""]}
    assert study.only("F2").sd.tolist() == [0.02, 0.03]


def test_a_title_is_no_name_of_the_columns_below_it(tmp_path):
    """An instrument writes the name of the test above its first column, which is not that of the times."""
    rows = "".join(f"{vessel},{t},{x}\n" for vessel in (1, 2) for t, x in ((60, 12.1), (120, 25.3)))
    study = lab(tmp_path, f"Test: ER tablets\nVessel,Time (min),% Dissolved\n{rows}")
    assert curves(study) == {"lab": ["1", "2"]}


def test_replicates_below_one_name_ask_for_theirs(tmp_path):
    with pytest.raises(StudyError, match="C holds '21' but has no header; write one, such as 'F1 rep 2' or 'F1 SD'"):
        lab(tmp_path, "Time (h),F1,,F2\n1,20,21,30\n4,60,61,70\n")


def test_merged_cells_of_a_condition(tmp_path):
    study = lab(tmp_path, "Temperature (°C),Time (h),F1 (%)\n37,1,20\n,4,60\n42,1,40\n,4,90\n")
    assert study.only("F1", temperature_degC=42).released.tolist() == [0.4, 0.9]


def test_a_column_that_tells_curves_apart_is_kept(tmp_path):
    study = lab(tmp_path, "Sonication,Time (h),Released (%)\n5 min,1,15\n5 min,4,20\n10 min,1,30\n10 min,4,40\n")
    assert study.only("lab", Sonication="10 min").released.tolist() == [0.3, 0.4]
    assert any("choose one before a fit" in each for each in study.warnings)


def test_dates_of_a_spreadsheet_are_no_times(tmp_path):
    with pytest.raises(StudyError, match=r"from 45352\.4, are dates as a spreadsheet counts them"):
        lab(tmp_path, "Time (h),F1 (%)\n45352.375,0\n45353.375,20\n45355.375,60\n")


def test_a_factor_of_dilution_is_said(tmp_path):
    text = "# vessel 10 mL, full exchange, dose 1 mg\ntime (h),conc (ug/mL),Dilution factor\n1,2,{0}\n4,6,{0}\n"
    assert any("'Dilution factor' was not used" in each for each in lab(tmp_path, text.format(10)).warnings)
    assert not any("Dilution" in each for each in lab(tmp_path, text.format(1)).warnings)


def test_fractions_beside_per_cents_are_said(tmp_path):
    study = lab(tmp_path, "Time (h),F1,F2\n1,0.2,30\n4,0.6,70\n")
    assert any("'F1' reaches 0.6 and 'F2' 70; both are read as per cent" in each for each in study.warnings)


@pytest.mark.parametrize("cell", ["(<LOQ)", "(n.d.)", "[LOQ]"])
def test_missing_in_brackets(tmp_path, cell):
    assert lab(tmp_path, f"Time (h),F1 (%)\n1,{cell}\n4,20\n8,60\n").released.tolist() == [0.2, 0.6]


def test_apostrophes_before_numbers(tmp_path):
    assert lab(tmp_path, "Time (h),F1 (%)\n'1,'20.5\n'4,60\n").released.tolist() == [0.205, 0.6]


def test_the_unit_in_a_title(tmp_path):
    """Without the title, 1.2 may be a fraction or a per cent."""
    rows = "Time (h),F1,F2\n1,0.4,0.5\n4,0.9,1.2\n"
    study = lab(tmp_path, f"Cumulative release (%)\n{rows}")
    assert study.released.max() == 0.012
    assert any("from the title 'Cumulative release (%)' in row 1" in note for note in study.notes)
    with pytest.raises(StudyError, match="no unit"):
        lab(tmp_path, f"Release of particles with 5 % of drug\n{rows}")


def test_a_title_that_the_values_contradict_is_asked_about(tmp_path):
    with pytest.raises(StudyError, match=r"title 'Release \(%\)' in row 1 says per cent, .* pass released='percent'"):
        lab(tmp_path, "Release (%)\nTime (h),F1,F2\n1,0.2,0.3\n4,0.6,0.7\n")


class TestWorkbooks:
    @pytest.fixture
    def sheet(self):
        book = openpyxl.Workbook()
        for row in (["Time (h)", "F1 (%)", "SD (%)"], [0, 0, 0], [1, 0.2, 0.01], [4, 0.6, 0.02]):
            book.active.append(row)
        return book.active

    def read(self, sheet, folder):
        sheet.parent.save(folder / "lab.xlsx")
        return read_study(folder / "lab.xlsx")

    def test_percentages_throughout(self, sheet, tmp_path):
        for cell in (*sheet["B"][1:], *sheet["C"][1:]):
            cell.number_format = "0.0%"
        study = self.read(sheet, tmp_path)
        np.testing.assert_allclose(study.released, [0, 0.2, 0.6])
        np.testing.assert_allclose(study.sd, [0, 0.01, 0.02])

    @pytest.mark.parametrize("cells", [("B3", "B4"), ("B3",)])
    def test_percentages_among_plain_numbers_are_refused(self, sheet, tmp_path, cells):
        for name in cells:
            sheet[name].number_format = "0%"
        with pytest.raises(StudyError, match=r"0\.01 is not formatted as a percentage, other cells of the table are"):
            self.read(sheet, tmp_path)

    def test_times_of_more_than_a_day(self, sheet, tmp_path):
        for cell, hours in zip(sheet["A"], ("Time", 0, 1, 30), strict=True):
            cell.value = hours if hours == "Time" else datetime.timedelta(hours=hours)
        sheet.delete_cols(3)
        assert self.read(sheet, tmp_path).times.tolist() == [0, 1, 30]

    def test_a_percent_sign_that_is_only_printed(self, sheet, tmp_path):
        for cell, value in zip(sheet["B"][1:], (0, 20, 60), strict=True):
            cell.value, cell.number_format = value, '0.0"%"'
        assert self.read(sheet, tmp_path).released.tolist() == [0, 0.2, 0.6]

    def test_hidden_rows_and_columns_are_read_and_said(self, sheet, tmp_path):
        sheet.row_dimensions[3].hidden = True
        sheet.row_dimensions[99].hidden = True
        sheet.column_dimensions["C"].hidden = True
        study = self.read(sheet, tmp_path)
        assert len(study) == 3
        assert {"sheet 'Sheet' hides row 3; read like the others",
                "sheet 'Sheet' hides column C; read like the others"} <= set(study.notes)
