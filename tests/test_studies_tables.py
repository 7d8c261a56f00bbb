"""Which tables and curves of a file are release: several tables, summaries of replicates, blanks."""

import numpy as np
import openpyxl
import pytest

from pkmodels import read_study
from pkmodels.errors import StudyError

RAW = [["Time (h)", "Rep 1", "Rep 2", "Rep 3"], [0, 0, 0, 0], [1, 20.1, 22.3, 21.2], [4, 60.4, 62.9, 61.1],
       [8, 85.2, 86.3, 84.0]]
#: The means of the rows above are 21.2, 61.466... and 85.166...
SUMMARY = [["Time (h)", "Mean (%)", "SD"], [0, 0, 0], [1, 21.2, 1.1], [4, 61.5, 1.29], [8, 85.2, 1.15]]


def lab(folder, text, **reading):
    (folder / "lab.csv").write_text(text, encoding="utf-8")
    return read_study(folder / "lab.csv", **reading)


def book(folder, **sheets):
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name.replace("_", " "))
        for row in rows:
            sheet.append(row)
    made.save(folder / "lab.xlsx")
    return folder / "lab.xlsx"


def lines(*tables):
    return "".join(",".join(map(str, row)) + "\n" for table in tables for row in table)


class TestSeveralTables:
    def test_side_by_side_with_times_of_their_own(self, tmp_path):
        study = lab(tmp_path, "F1,,,,F2,,\nTime (h),Released (%),SD,,Time (h),Released (%),SD\n"
                              "0,0,0,,0,0,0\n1,20,1,,2,30,2\n4,60,2,,6,70,3\n,,,,12,90,1\n")
        assert study.formulations == ("F1", "F2")
        assert study.only("F1").times.tolist() == [0, 1, 4]
        assert study.only("F2").times.tolist() == [0, 2, 6, 12]
        np.testing.assert_allclose(study.only("F2").sd, [0, 0.02, 0.03, 0.01])

    def test_names_of_their_own_need_no_title(self, tmp_path):
        study = lab(tmp_path, "time (h),released A (%),time (day),released B (%)\n0,0,0,0\n4,1,1,2\n")
        assert study.only("A").times.tolist() == [0, 4]
        assert study.only("B").times.tolist() == [0, 24]

    def test_below_each_other(self, tmp_path):
        study = lab(tmp_path, "F1\nTime (h),Released (%)\n0,0\n4,60\nn = 3\n\nF2\nTime (day),Released\n0,0\n1,0.7\n")
        assert study.formulations == ("F1", "F2")
        np.testing.assert_allclose(study.only("F2").released, [0, 0.7])
        assert study.only("F2").times.tolist() == [0, 24]

    def test_titles_that_number_replicates(self, tmp_path):
        study = lab(tmp_path, "Replicate 1\nTime (h),F1 (%),F2 (%)\n1,20,30\n4,60,70\n\n"
                              "Replicate 2\nTime (h),F1 (%),F2 (%)\n1,22,32\n4,62,72\n")
        assert study.formulations == ("F1", "F2")
        assert study.only("F2").released.tolist() == [0.3, 0.32, 0.7, 0.72]
        assert list(study.only("F2").frame["replicate"]) == ["1", "2", "1", "2"]

    def test_digitised_curves(self, tmp_path):
        text = "PLGA 50:50,,PLGA 75:25,\nX,Y,X,Y\n0.5,10.5,0.4,4.5\n7.1,60.2,7.0,30.1\n,,14.2,55\n"
        study = lab(tmp_path, text, time="day")
        assert study.formulations == ("PLGA 50:50", "PLGA 75:25")
        np.testing.assert_allclose(study.only("PLGA 75:25").times, [9.6, 168, 340.8])
        with pytest.raises(StudyError, match="no unit"):
            lab(tmp_path, text)

    def test_tables_of_something_else_are_set_aside(self, tmp_path):
        rows = "Time (h),Rep 1,Rep 2\n0,0,0\n1,0.2,0.3\n4,0.6,0.7\n\n"
        study = lab(tmp_path, f"Absorbance\n{rows}% released\n{rows.replace('0.', '3')}SD\n{rows}")
        np.testing.assert_allclose(study.released, [0, 0, 0.32, 0.33, 0.36, 0.37])
        assert [line for line in study.set_aside if "'Absorbance' is not what was released" in line]
        assert [line for line in study.set_aside if "'SD' is not what was released" in line]

    def test_sheets_of_something_else(self, tmp_path):
        path = book(tmp_path, Peak_area=[["Time (h)", "area"], [0, 0], [1, 5000]], Release=RAW)
        assert read_study(path).released.max() == 0.863

    @pytest.mark.parametrize("names", [("High intensity", "Low intensity"), ("SE", "LE"), ("High concentration", "Low"),
                                       ("Mean ± SD, lot 1", "Mean ± SD, lot 2"), ("Low molecular weight", "High")])
    def test_names_that_sound_like_something_else(self, tmp_path, names):
        rows = [["Time (h)", "F1"], [1, 20], [4, 60]]
        study = read_study(book(tmp_path, **dict.fromkeys(names, rows)))
        assert study.formulations == tuple(f"{name} F1" for name in names)

    def test_a_file_of_something_else_is_refused(self, tmp_path):
        rows = [["Time (h)", "V1"], [1, 0.2], [4, 0.6]]
        with pytest.raises(StudyError, match="'Absorbance' is not what was released"):
            read_study(book(tmp_path, Absorbance=rows))
        assert read_study(book(tmp_path, Absorbance=[["Time (h)", "released"], *rows[1:]])).released.max() == 0.6

    @pytest.mark.parametrize("text", [
        "Time (h),F1 (%)\n1,20\n4,60\n\nTime (h),Plasma conc (ng/mL)\n1,5\n4,3\n",
        "Time (h),F1 (%),,Time (h),Plasma conc (ng/mL)\n1,20,,1,5\n4,60,,4,3\n",
        "Time (h),F1 (%),,Parameter,Value\n1,20,,k,0.2\n4,60,,n,0.45\n",
        "Time (h),F1 (%)\n1,20\n4,60\n\nParameter,Value\nk (1/h),0.2\nLag time (h),0.5\nT50,3.1\n"])
    def test_what_stands_beside_and_below_is_no_release(self, tmp_path, text):
        study = lab(tmp_path, text)
        assert study.formulations == ("F1",)
        assert study.released.tolist() == [0.2, 0.6]
        assert any(word in str(study) for word in ("Plasma", "Parameter"))

    def test_concentrations_give_way_to_shares(self, tmp_path):
        rows = [["Time (h)", "V1 (ug/mL)"], [1, 2], [4, 6]]
        study = read_study(book(tmp_path, Conc=rows, Percent=[["Time (h)", "F1 (%)"], [1, 20], [4, 60]]))
        assert study.formulations == ("F1",)
        assert "sheet 'Conc' holds concentrations" in study.set_aside[0]

    def test_tables_that_nothing_tells_apart_are_refused(self, tmp_path):
        with pytest.raises(StudyError, match="row 1: a second table begins here"):
            lab(tmp_path, "Time (h),Released (%),Time (h),Released (%)\n0,0,0,0\n4,1,4,2\n")

    def test_a_vessel_for_each_table(self, tmp_path):
        """100 ug/mL are 1 mg in 10 mL and 2 mg in 20 mL."""
        table = "time (h),conc (ug/mL)\n1,50\n4,100\n"
        study = lab(tmp_path, f"# vessel 10 mL, full exchange, dose 10 mg\nA\n{table}\n"
                              f"# vessel 20 mL, full exchange, dose 10 mg\nB\n{table}")
        np.testing.assert_allclose(study.only("A").released, [0.05, 0.15])
        np.testing.assert_allclose(study.only("B").released, [0.1, 0.3])


class TestSummaries:
    def test_in_a_sheet_of_its_own(self, tmp_path):
        study = read_study(book(tmp_path, Raw=RAW, Summary=SUMMARY))
        assert study.formulations == ("lab",)
        assert list(study.frame["replicate"].unique()) == ["1", "2", "3"]
        assert study.set_aside == ("'Summary' (4 values of the table at A1 of sheet 'Summary'): the means of the "
                                   "replicates of the table at A1 of sheet 'Raw', which are read instead",)

    def test_below_the_replicates(self, tmp_path):
        study = lab(tmp_path, lines([["Raw"]], RAW, [[""], ["Mean"]], SUMMARY))
        assert list(study.frame["replicate"].unique()) == ["1", "2", "3"]

    def test_of_two_formulations_in_fractions(self, tmp_path):
        raw = [["Time (h)", "A Rep 1", "A Rep 2", "B Rep 1", "B Rep 2"], [1, 20, 22, 30, 31], [4, 60, 63, 70, 72]]
        means = [["Time (h)", "A", "B"], [1, 0.21, 0.305], [4, 0.615, 0.71]]
        study = read_study(book(tmp_path, Raw_data=raw, Mean=means))
        assert study.formulations == ("A", "B")
        assert len(study.set_aside) == 2

    def test_that_does_not_agree_is_kept_and_said(self, tmp_path):
        other = [*SUMMARY[:2], [1, 24.2, 1.1], *SUMMARY[3:]]
        study = read_study(book(tmp_path, Raw=RAW, Summary=other))
        assert study.formulations == ("Raw", "Summary")
        assert any("differ by up to 3 % of the dose (row 3 has 24.2 %, the replicates 21.2 %)" in each
                   for each in study.warnings)

    def test_another_digit_is_another_curve(self, tmp_path):
        """61.466... is printed as 61.5, or 61.4 where the replicates are rounded as well, and never as 61.3."""
        for printed, formulations in ((61.5, 1), (61.3, 2)):
            rows = [*SUMMARY[:3], [4, printed, 1.29], SUMMARY[4]]
            assert len(read_study(book(tmp_path, Raw=RAW, Summary=rows)).formulations) == formulations

    def test_beside_the_replicates_of_several_formulations(self, tmp_path):
        study = lab(tmp_path, "Time (h),F1-1,F1-2,F1 avg,F1 SD,F2-1,F2-2,F2 avg,F2 SD\n"
                              "1,20,22,21,1.4,30,32,31,1.4\n4,60,62,61,1.4,70,72,71,1.4\n")
        assert study.only("F2").released.tolist() == [0.3, 0.32, 0.7, 0.72]
        assert "not used: 'F1 avg', 'F2 avg' (it is the mean of the columns beside it)" in study.notes

    def test_rows_among_the_replicates_of_a_long_table(self, tmp_path):
        rows = "".join(f"F1,{name},{t},{x}\n" for t, values in ((1, (20, 22, 21, 1.4)), (4, (60, 62, 61, 1.4)))
                       for name, x in zip(("1", "2", "Mean", "SD"), values, strict=True))
        study = lab(tmp_path, f"formulation,replicate,time (h),released (%)\n{rows}")
        assert study.released.tolist() == [0.2, 0.22, 0.6, 0.62]
        assert [line for line in study.set_aside if line.startswith("'SD' in the column 'replicate' (2 rows)")]

    def test_means_alone_in_a_long_table_are_the_curve(self, tmp_path):
        study = lab(tmp_path, "replicate,time (h),released (%)\nmean,1,20\nmean,4,60\nsd,1,2\nsd,4,3\n")
        assert study.released.tolist() == [0.2, 0.6]
        assert list(study.frame["replicate"]) == ["", ""]


class TestBlanks:
    @pytest.mark.parametrize("name", ["Placebo (%)", "Blank", "Blank (%)", "Placebo 2 (%)", "Leerwert (%)", "Blanc (%)",
                                      "Blanco (%)", "Blank microspheres (%)", "% released placebo"])
    def test_are_set_aside(self, tmp_path, name):
        study = lab(tmp_path, f"Time (h),F1 (%),{name}\n1,20,0.5\n4,60,0.8\n")
        assert study.formulations == ("F1",)
        assert "releases no drug" in str(study)

    @pytest.mark.parametrize("name", ["Control (%)", "F2 - blank (%)", "Blank-corrected F2 (%)",
                                      "Placebo-controlled F2 (%)", "Blanket coat (%)"])
    def test_others_are_release(self, tmp_path, name):
        assert len(lab(tmp_path, f"Time (h),F1 (%),{name}\n1,20,50\n4,60,80\n").formulations) == 2

    @pytest.mark.parametrize("text", [
        "formulation,time (h),released (%)\nF1,1,20\nF1,4,60\nPlacebo,1,0.5\nPlacebo,4,0.8\n",
        "Time (h),1,4,8\nF1,20,60,80\nPlacebo,0.5,0.8,0.7\n",
        "Time (h),F1 (%),SD,Placebo (%),SD\n1,20,1,0.5,0.1\n4,60,2,0.8,0.1\n",
        "Time (h),F1 (%),Placebo (%)\n1,20,-5\n4,60,0.8\n"])
    def test_wherever_the_name_stands(self, tmp_path, text):
        study = lab(tmp_path, text)
        assert study.formulations == ("F1",)
        assert any(line.startswith("'Placebo' (") for line in study.set_aside)

    def test_can_be_read_by_name(self, tmp_path):
        text = "Time (h),F1 (%),Placebo (%)\n1,20,0.5\n4,60,0.8\n"
        np.testing.assert_allclose(lab(tmp_path, text, formulation="Placebo").released, [0.005, 0.008])
        np.testing.assert_allclose(lab(tmp_path, text, columns=["Time (h)", "Placebo (%)"]).released, [0.005, 0.008])

    def test_alone_are_refused(self, tmp_path):
        with pytest.raises(StudyError, match=r"holds no release: 'Placebo' .*formulation='Placebo'"):
            lab(tmp_path, "Time (h),Placebo (%)\n1,0.5\n4,0.8\n")

    def test_a_sample_that_was_not_measured_matters_for_the_drug_alone(self, tmp_path):
        study = lab(tmp_path, "# vessel 10 mL, sample 2 mL, replaced, dose 1 mg\n"
                              "time (h),F1 (ug/mL),Blank (ug/mL)\n1,10,n.d.\n4,8,0.1\n")
        np.testing.assert_allclose(study.released, [0.1, 0.1])
