"""Columns that may name formulations or number replicates, and means beside what they are the means of."""

import pytest

from pkmodels import read_study


def lab(folder, text):
    (folder / "lab.csv").write_text(text)
    return read_study(folder / "lab.csv")


LONG = "{first}time (h),released (%)\n{a}0,0\n{a}4,40\n{a}8,60\n{b}0,0\n{b}4,20\n{b}8,30\n"


@pytest.mark.parametrize(("first", "a", "b", "formulations", "replicates"), [
    ("Sample,", "PLGA 50:50,", "PLGA 75:25,", ("PLGA 50:50", "PLGA 75:25"), {""}),
    ("Sample,", "A,", "B,", ("A", "B"), {""}), ("Probe,", "MS-1,", "MS-2,", ("MS-1", "MS-2"), {""}),
    ("Sample,", "1,", "2,", ("lab",), {"1", "2"}), ("Sample,", "S1,", "S2,", ("lab",), {"S1", "S2"}),
    ("Sample,Vessel,", "1,1,", "2,1,", ("1", "2"), {"1"}), ("Vessel,Sample,", "1,F1,", "1,F2,", ("F1", "F2"), {"1"})])
def test_samples_are_formulations_unless_they_number(tmp_path, first, a, b, formulations, replicates):
    """Two formulations that are taken for replicates of one would be fitted as their mean."""
    study = lab(tmp_path, LONG.format(first=first, a=a, b=b))
    assert (study.formulations, set(study.frame["replicate"])) == (formulations, replicates)


def test_a_title_above_a_column_of_names_is_no_part_of_its_header(tmp_path):
    assert lab(tmp_path, "In vitro release\n" + LONG.format(first="Batch,", a="A,", b="B,")).formulations == ("A", "B")


def test_a_mean_beside_numbered_means_is_no_replicate(tmp_path):
    study = lab(tmp_path, "t (h),Mean release (%) rep 1,Mean release (%) rep 2,Mean,SD\n0,0,0,0,0\n4,10,12,11,1.41\n"
                          "8,20,,20,0\n12,30,31,30.5,0.71\n")
    assert set(study.frame["replicate"]) == {"1", "2"}
    assert any("'Mean' (it is the mean of the columns beside it)" in note for note in study.notes)


def test_a_number_behind_the_unit_is_a_replicate(tmp_path):
    study = lab(tmp_path, '"Time, h";"Release, % 1";"Release, % 2"\n0;0;0\n4;10;12\n8;20;22\n')
    assert set(study.frame["replicate"]) == {"1", "2"}


def test_commas_of_titles_and_decimals_do_not_cut_a_table_of_tabs(tmp_path):
    study = lab(tmp_path, "Batch 7, 37 C, PBS\nTime, h\tReleased (%)\n0,5\t10,5\n1,5\t20,5\n2,5\t30,5\n")
    assert study.frame["time_hour"].tolist() == [0.5, 1.5, 2.5]
    assert study.frame["released"].tolist() == [0.105, 0.205, 0.305]


def test_replicates_far_apart_are_doubted(tmp_path):
    """Standard deviations of 22 and 23 % of the dose; the same table of one batch has 1 %."""
    study = lab(tmp_path, "Time (h),Sample 1 (%),Sample 2 (%)\n0,0,0\n4,15,46.1\n24,60,92.5\n")
    doubt = "replicates lie far apart ('lab': standard deviation 22 % of the dose"
    assert any(doubt in each for each in study.warnings)
    assert not lab(tmp_path, "Time (h),Sample 1 (%),Sample 2 (%)\n0,0,0\n4,45,46.4\n24,92,93.4\n").warnings
