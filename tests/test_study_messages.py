"""What a scientist reads when a file is wrong: the file, the row, what was found and what to do."""

import re
import zipfile
from pathlib import Path

import openpyxl
import pytest

from pkmodels.errors import PkmodelsError, RecordError, StudyError, UnitError, UnknownName
from pkmodels.studies import read_study

GOOD = "time (h),released (%)\n0,0\n4,10\n8,20\n24,40\n"

# Name of the case: (text of lab.csv, arguments, words of the message). All are refused with a StudyError.
REFUSED = {
    "text in a number column": (
        "time (h),released (%)\n0,0\n4,ten\n8,20\n", {}, ["row 3", "'released (%)'", "'ten' is not a number", "n.d."]),
    "text in the time column": (
        "time (h),released (%)\n0,0\nlater,10\n8,20\n", {},
        ["row 3", "'time (h)'", "'later' is not a number; write a number"]),
    "unit in a cell": (
        "time (h),released (%)\n0,0\n4 min,10\n9,20\n", {}, ["row 3", "'4 min'", "put 'min' in the header"]),
    "units of time in cells that the header does not have": (
        "time (h),released (%)\n30 min,1\n60 min,10\n", {}, ["row 2", "'30 min'", "put 'min' in the header"]),
    "per cent per minute": ("time (h),Release (%/min)\n1,0.31\n4,0.51\n", {},
                            ["row 1", "'Release (%/min)' is a rate or an amount per interval"]),
    "a signal beside a factor": ("time (h),Absorbance,Dilution Factor\n0.25,0.31,3\n1,0.51,4\n", {},
                                 ["row 1", "'Absorbance' is the signal of an instrument", "'released (%)'"]),
    "a signal beside what nobody understands": ("time (h),peak area,x\n0.25,0.31,3\n1,0.51,4\n", {},
                                                ["row 1", "'peak area' is the signal of an instrument"]),
    "a footnote mark in a cell": (
        "time (h),released (%)\n0,0\n4,61.0a\n", {}, ["row 3", "'61.0a' is not a number"]),
    "times of day": (
        "time,released (%)\n09:00:00,0\n10:00:00,10\n", {}, ["row 2", "'09:00:00' is a date or a time of day"]),
    "minutes or hours": ("time,released (%)\n00:00,0\n00:30,10\n", {}, ["row 2", "'00:00' is a date or a time of day"]),
    "per cent sign in a cell": ("time (h),released\n0,0 %\n4,10\n", {}, ["row 2", "'0 %'", "write 0 and put '%'"]),
    "time missing": ("time (h),released (%)\n0,0\n,10\n8,20\n", {}, ["row 3", "the time is missing", "write the time"]),
    "many bad cells": (
        "time (h),released (%)\n0,0\n" + "".join(f"{k},x{k}\n" for k in range(1, 18)) + "30,5\n", {},
        ["17 cells cannot be read", "row 3", "row 7", "and 12 more"]),
    "empty file": ("", {}, ["is empty", "time (h),released (%)"]),
    "blank lines only": ("\n\n  \n", {}, ["is empty"]),
    "header only": ("time (h),released (%)\n", {}, ["row 1", "no row of numbers"]),
    "comments only": ("# lot 7\n# nothing else\n", {}, ["is empty"]),
    "one point": ("time (h),released (%)\n4,10\n", {}, ["1 value at 1 time", "one point cannot be fitted"]),
    "one time twice": ("time (h),released (%)\n4,10\n4,12\n", {}, ["2 values at 1 time", "at least two"]),
    "no values": ("time (h),released (%)\n0,n.d.\n4,n.d.\n", {}, ["no released value", "2 cells"]),
    "no time column": (
        "x,released (%)\n0,0\n4,10\n", {}, ["no time column", "row 1", "'x', 'released (%)'", "time (h)"]),
    "no header": ("0,0\n4,10\n8,20\n", {}, ["row 1", "begins with numbers", "header"]),
    "no released column": (
        "time (h),pH\n0,7.4\n4,7.4\n", {}, ["no column with the released share", "'time (h)', 'pH'", "released (%)"]),
    "only blanks between columns": ("time (h) released (%)\n0 0\n4 10\n", {},
                                    ["row 1", "only one column", "commas, semicolons or tabs"]),
    "two time columns": (
        "time (h),time (day),released (%)\n0,0,0\n24,1,4\n", {},
        ["row 1", "2 time columns", "(A)", "(B)", "long form"]),
    "names twice": ("time (h),Rep 1,Rep 1\n0,0,0\n4,10,12\n", {}, ["row 1", "B and C", "both called 'Rep 1'"]),
    "two released columns": (
        "time (h),released (%),dissolved (%)\n0,0,0\n4,10,12\n", {},
        ["'released (%)' and 'dissolved (%)'", "delete one"]),
    "no unit of time": (
        "time,released (%)\n0,0\n4,10\n", {},
        ["row 1", "'time' has no unit", "'time (h)'", "time='h'", "--time-unit h"]),
    "header and argument differ": (GOOD, {"time": "day"}, ["'time (h)'", "in hours", "time='day'", "in days"]),
    "header and unit row differ": (
        "time (h),released (%)\ndays,%\n0,0\n4,10\n", {}, ["hours", "row of units", "days", "make them agree"]),
    "released header and argument differ": (GOOD, {"released": "fraction"}, ["per cent", "released='fraction'"]),
    **{f"in {unit}": (
        f"time (h);{header}\n0;0\n4;10\n8;60\n", {}, ["row 1", f"'{header}' is an amount, not a share", "dose"])
       for unit, header in {
           "ug/mg": "Released (ug/mg)", "µg/mg before a name": "Freisetzung (µg/mg) - Charge 1",
           "mg/g": "Released [mg/g]", "ppm": "Released (ppm)", "arbitrary units": "Released (a.u.)",
           "ug mL-1": "Release (µg mL-1)", "permille": "‰ released", "a bare unit before": "mg released",
           "a bare unit behind": "Released mg", "g/100 mL": "Released (g/100 mL)"}.items()},
    "in mg/g by a row of units": ("Time;Released\nh;mg/g\n0;0\n4;10\n8;60\n", {},
                                  ["row 1", "is an amount, not a share"]),
    "per cent per day": ("time (h);% released per day\n0;0\n4;10\n", {}, ["row 1", "is a rate"]),
    "what is left": ("time (h);drug left (%)\n0;100\n4;90\n", {}, ["row 1", "what remains in the carrier"]),
    "logarithm of time": ("log time (h);released (%)\n0;0\n1;10\n", {}, ["no time column", "log time"]),
    "clock times": ("time (h),released (%)\n0:00,0\n0:30,10\n", {}, ["row 3", "'0:30' is a date or a time of day",
                                                                  "since the start"]),
    "dates": ("time (day),released (%)\n2024-01-01 09:00,0\n05.01.2024,10\n", {},
              ["row 2", "row 3", "'05.01.2024' is a date", "since the start"]),
    "mean and spread in a cell": ("time (h),released (%)\n0,0\n4,10 ± 2\n", {}, ["row 3", "'10 ± 2'", "column 'sd'"]),
    "months": ("time (months),released (%)\n0,0\n4,10\n", {}, ["row 1", "months differ in length", "days"]),
    "seconds": ("time (s),released (%)\n0,0\n4,10\n", {}, ["row 1", "write minutes"]),
    "fraction that is per cent": (
        "time (h),released_fraction\n0,0\n4,10\n", {}, ["'released_fraction'", "largest value is 10", "write '%'"]),
    "largest value tells nothing": (
        "time (h),released\n0,0\n4,0.7\n8,1.2\n", {}, ["no unit", "largest is 1.2", "released='percent'"]),
    "tiny values tell nothing": ("time (h),released\n0,0\n4,0.01\n8,0.02\n", {}, ["no unit", "largest is 0.02"]),
    "decimal commas in a comma file": (
        "Zeit [h],Freisetzung [%]\n0,0\n0,96,1,46\n6,0,7,76\n", {},
        ["row 3", "4 cells, but the header 2", "'0,96,1,46'", "decimal commas", "semicolons"]),
    "separator for thousands": (
        'time (h),released (%)\n0,0\n"1,000",10\n"2,000",20\n', {}, ["row 3", "'1,000'", "1000 or 1.000", "thousands"]),
    "point and comma for thousands": (
        "time (h);released (%)\n0;0\n1.000,5;10\n", {}, ["row 3", "'1.000,5'", "not a plain number"]),
    "comma and point mixed": (
        "time (h);released (%)\n0;0,5\n4;10.5\n", {}, ["row 2", "'0,5'", "row 3", "'10.5'", "throughout"]),
    "infinite": ("time (h),released (%)\n0,0\n4,inf\n8,20\n", {}, ["row 3", "'inf' is not a finite number"]),
    "too large for a number": ("time (h),released (%)\n0,0\n4,1e999\n8,20\n", {}, ["row 3", "inf is too large"]),
    "negative time": (
        "time (h),released (%)\n-4,0\n4,10\n8,20\n", {}, ["row 2", "-4 is negative", "start of the release"]),
    "negative release": ("time (h),released (%)\n0,0\n4,-10\n8,20\n", {}, ["row 3", "-10 % of the dose", "blank"]),
    "negative sd": ("time (h),mean (%),sd\n0,0,0\n4,10,-1\n", {}, ["row 3", "'sd'", "cannot be below 0"]),
    "number without header": (
        "time (h);released (%)\n0;0\n4;10;99\n", {}, ["row 3", "column C", "'99'", "no header"]),
    "second table": (
        GOOD + "\ntime (h),released (%)\n0,0\n4,10\n", {}, ["row 7", "second table", "sheet of its own"]),
    "text between the numbers": (
        "time (h),released (%)\n0,0\n,see notebook\n8,20\n", {}, ["row 3", "text between the numbers", "see notebook"]),
    "what remains": ("time (h),remaining (%)\n0,100\n4,90\n", {}, ["row 1", "'remaining (%)'", "100 % less"]),
    "a rate": ("time (h),release rate (%/h)\n0,10\n4,9\n", {}, ["row 1", "'release rate (%/h)'", "cumulative"]),
    "an amount": ("time (h),released (mg)\n0,0\n4,9\n", {}, ["row 1", "'released (mg)'", "divide by the dose"]),
    "formula": ("time (h),released (%)\n0,0\n4,=B2+10\n", {}, ["row 3", "'=B2+10'", "never run"]),
    "sheet of a text file": (GOOD, {"sheet": "release"}, ["text file", "no sheet 'release'"]),
    "unclosed quotation mark": ('time (h),released (%)\n0,0\n4,"' + "x" * 140_000 + "\n", {}, ["row 3", "quotation"]),
    "concentrations without the vessel": (
        "time (h),concentration (ug/mL)\n1,10\n4,8\n", {},
        ["vessel volume, dose, replacement, sample volume", "# vessel 10 mL, sample 2 mL", "lab.toml", "[sampling]"]),
    "concentrations without the dose": (
        "# vessel 10 mL, sample 2 mL, replaced with fresh medium\ntime (h),concentration (ug/mL)\n1,10\n4,8\n", {},
        ["not the dose"]),
    "concentrations without a unit": (
        "# vessel 10 mL, sample 2 mL, replaced, dose 1 mg\ntime (h),concentration\n1,10\n4,8\n", {},
        ["'concentration'", "no unit of concentration", "ug/mL"]),
    "a sample that was not measured": (
        "# vessel 10 mL, sample 2 mL, replaced, dose 1 mg\ntime (h),concentration (ug/mL)\n1,10\n4,n.d.\n9,8\n", {},
        ["row 4", "'n.d.'", "needed for all later ones"]),
    "concentrations of nothing": (
        "# vessel 10 mL, sample 2 mL, replaced, dose 1 mg\ntime (h),conc A (ug/mL),conc B (ug/mL)\n1,9,\n4,ND,\n5,9,\n",
        {}, ["row 4", "'conc A (ug/mL)'", "needed for all later ones"]),
    "two formulation columns": (
        "formulation,batch,time (h),released (%)\nA,1,0,0\nA,1,4,10\n", {}, ["'formulation' and 'batch'", "keep one"]),
}


def check(message, file, words):
    assert file in message
    for each in words:
        assert each in message, f"'{each}' is missing in: {message}"
    assert not re.search(r"Traceback|KeyError|ValueError|NoneType|\bNone\b", message)


@pytest.mark.parametrize(("text", "arguments", "words"), REFUSED.values(), ids=REFUSED.keys())
def test_refused(tmp_path, text, arguments, words):
    (tmp_path / "lab.csv").write_text(text, encoding="utf-8")
    with pytest.raises(StudyError) as caught:
        read_study(tmp_path / "lab.csv", **arguments)
    check(str(caught.value), "lab.csv", words)


# Name of the case: (text of lab.csv, arguments, words of one warning). All are read.
WARNED = {
    "out of order": ("time (h),released (%)\n0,0\n8,20\n4,10\n24,30\n", {},
                     ["times out of order", "row 4 with 4 h after 8 h", "sorted"]),
    "duplicate times": ("time (h),released (%)\n0,0\n4,10\n4,11\n24,30\n", {},
                        ["same time twice", "rows 3 and 4", "both kept"]),
    "a fall of 15 %": ("time (h),released (%)\n0,0\n4,60\n8,45\n24,70\n", {},
                       ["row 4: 60 % to 45 %", "cumulative release cannot fall", "per interval"]),
    "107 %": ("time (h),released (%)\n0,0\n4,60\n8,107\n", {}, ["above 100.5 %", "row 4: 107 %", "kept"]),
    "130 %": ("time (h),released (%)\n0,0\n4,60\n8,130\n", {}, ["above 110 %", "row 4: 130 %", "check the dose"]),
    "slightly negative": ("time (h),released (%)\n0,-0.5\n4,60\n", {}, ["negative", "row 2: -0.5 %", "blank"]),
    "no time zero": ("time (h),released (%)\n1,5\n4,60\n", {}, ["no sample at time zero", "nothing was added"]),
    "no first day": ("time (day),released (%)\n0,0\n2,5\n9,60\n", {}, ["first 24 h", "burst cannot be seen"]),
    "per interval": ("time (day),released (%)\n0,0\n1,30\n2,20\n3,12\n4,8\n", {},
                     ["falls at most steps", "add them up"]),
    "days labelled hours": ("time (h),released (%)\n0,0\n1,5\n3,9\n7,20\n14,40\n21,70\n28,90\n", {},
                            ["1, 3, 7, 14, 21, 28", "usual sampling days", "hours", "write 'day' in the header",
                             "time='day'"]),
    "days passed as hours": ("time,released (%)\n0,0\n1,5\n7,20\n14,40\n", {"time": "h"},
                             ["1, 7, 14", "pass time='day'", "--time-unit day"]),
    "hours labelled days": ("time (day),released (%)\n0,0\n24,5\n48,9\n72,20\n168,40\n", {},
                            ["24, 48, 72, 168", "usual sampling hours", "time='h'"]),
    "a condition that is blank in places": ("pH,time (h),released (%)\n7.4,0,0\n,0,1\n7.4,5,9\n,5,101\n", {},
                                            ["above 100.5 %", "row 5"]),
    "years": ("time (day),released (%)\n0,0\n1,5\n1344,90\n", {}, ["1344 day", "more than 3 years"]),
    "per cent that is a fraction": ("time (h),released (%)\n0,0\n1,0.2\n4,0.6\n8,0.9\n", {},
                                    ["'released (%)' says per cent", "largest value is 0.9 %", "write 'fraction'"]),
    "one point of one formulation": ("formulation,time (h),released (%)\nA,0,0\nA,5,9\nB,0,0\n", {},
                                     ["only one sampling time", "'B'", "cannot be fitted"]),
}


@pytest.mark.parametrize(("text", "arguments", "words"), WARNED.values(), ids=WARNED.keys())
def test_kept_with_a_warning(tmp_path, text, arguments, words):
    (tmp_path / "lab.csv").write_text(text)
    study = read_study(tmp_path / "lab.csv", **arguments)
    assert len(study) == len(text.splitlines()) - 1
    assert any(all(each in warning for each in words) for warning in study.warnings), study.warnings


@pytest.mark.parametrize("text", [GOOD, "time (h),released (%)\n" + "".join(f"{k},{4 * k}\n" for k in range(22))],
                         ids=["plain", "every hour"])
def test_a_good_file_gives_no_warning(tmp_path, text):
    (tmp_path / "lab.csv").write_text(text)
    assert read_study(tmp_path / "lab.csv").warnings == ()


# ---------------------------------------------------------------- files that are no tables

CONTENTS = {
    "old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), ["old .xls", ".xlsx or .csv"]),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", ["PDF"]),
    "web page": (b"<HTML><table><tr><td>Time (h)</td></tr></table>", ["web page", ".xlsx or .csv"]),
    "Prism": (b'<?xml version="1.0"?><GraphPadPrismFile/>', ["XML file", ".xlsx or .csv"]),
    "picture": (b"\x89PNG\r\n\x1a\n" + bytes(40), ["picture"]),
    "binary": (bytes(range(256)) * 4, ["binary file", ".csv or .xlsx"]),
    "zip that is no workbook": (None, ["not an Excel workbook"]),
    "torn workbook": (b"PK\x03\x04" + bytes(200), ["not an Excel workbook"]),
    "unknown encoding": (b"time (h),released (%)\n0,0\n4,\x81\x8d\x90\n", ["encoding", "CSV UTF-8"]),
}


@pytest.mark.parametrize(("content", "words"), CONTENTS.values(), ids=CONTENTS.keys())
def test_not_a_table(tmp_path, content, words):
    path = tmp_path / "lab.dat"
    if content is None:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("readme.txt", "nothing")
    else:
        path.write_bytes(content)
    with pytest.raises(StudyError) as caught:
        read_study(path)
    check(str(caught.value), "lab.dat", words)


def test_a_folder_and_a_file_that_is_not_there(tmp_path):
    (tmp_path / "lab7.csv").write_text(GOOD)
    with pytest.raises(StudyError, match="is a folder"):
        read_study(tmp_path)
    with pytest.raises(StudyError, match=r"lab8\.csv does not exist; .* holds lab7\.csv"):
        read_study(tmp_path / "lab8.csv")
    with pytest.raises(StudyError, match="does not exist"):
        read_study(tmp_path / "nowhere" / "lab8.csv")


def test_too_large(tmp_path):
    with (tmp_path / "lab.csv").open("wb") as stream:
        stream.truncate(51 * 1024**2)
    with pytest.raises(StudyError, match=r"lab\.csv has 51 MB"):
        read_study(tmp_path / "lab.csv")
    (tmp_path / "rows.csv").write_text("time (h),released (%)\n" + "1,2\n" * 200_001)
    with pytest.raises(StudyError, match=r"rows\.csv has more than 200000 rows"):
        read_study(tmp_path / "rows.csv")


def test_workbook_cells(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "release"
    for row in (["time (h)", "released (%)"], [0, 0], [4, "ten"], [8, "=B2+5"], [True, 20]):
        sheet.append(row)
    book.save(tmp_path / "lab.xlsx")
    with pytest.raises(StudyError) as caught:
        read_study(tmp_path / "lab.xlsx")
    check(str(caught.value), "lab.xlsx", ["3 cells", "sheet 'release', row 3, column 'released (%)': 'ten'",
                                          "row 4", "formula '=B2+5' has no stored value", "row 5", "'True'"])


def test_workbook_without_a_table(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["nothing here"])
    book.save(tmp_path / "lab.xlsx")
    with pytest.raises(StudyError, match=r"lab\.xlsx, sheet 'Sheet': no time column"):
        read_study(tmp_path / "lab.xlsx")


# ---------------------------------------------------------------- the toml beside the file

TOML = {
    "unknown key": ('tme_unit = "h"', UnknownName, ["key in lab.toml", "'tme_unit'", "did you mean time_unit"]),
    "unknown key of sampling": ('[sampling]\nvessel = "10 mL"', UnknownName,
                                ["[sampling]", "did you mean vessel_volume"]),
    "unknown unit of time": ('time_unit = "hh"', UnitError, ["lab.toml", "min, h, day or week"]),
    "unknown unit of release": ('released_unit = "mg"', UnitError, ["lab.toml", "'percent' or 'fraction'"]),
    "other unit of time": ('time_unit = "day"', StudyError,
                           ["lab.csv", "'time (h)'", 'lab.toml (time_unit = "day")', "agree"]),
    "other unit of release": ('released_unit = "fraction"', StudyError, ["lab.csv", "lab.toml", "agree"]),
    "unknown formulation": ("[formulations.B]\nsize_um = 3", UnknownName, ["lab.toml", "'B'"]),
    "a list": ("[conditions]\npH = [7.4, 5.5]", StudyError, ["lab.toml, [conditions]", "pH"]),
    "a number for a text": ("medium = 7", StudyError, ["lab.toml", "medium = 7", "quotation marks"]),
    "a text for a table": ('conditions = "PBS"', StudyError, ["lab.toml", "[conditions]"]),
    "a wrong citation": ("citation = 7", StudyError, ["lab.toml", "citation = 7"]),
    "broken": ("medium = PBS", RecordError, ["lab.toml", "not a TOML file", "line 1"]),
}


@pytest.mark.parametrize(("text", "error", "words"), TOML.values(), ids=TOML.keys())
def test_toml(tmp_path, text, error, words):
    (tmp_path / "lab.csv").write_text(GOOD)
    (tmp_path / "lab.toml").write_text(text)
    with pytest.raises(error) as caught:
        read_study(tmp_path / "lab.csv")
    check(str(caught.value), "lab", words)


@pytest.mark.parametrize(("settings", "words"), [
    ('vessel_volume = "10"', ["vessel_volume = '10'", "10 mL"]),
    ('dose = "2 mL"', ["dose = '2 mL'", "a volume", "1.25 mg"]),
    ('replacement = "half"', ["replacement = 'half'", '"fresh"']),
    ('vessel_volume = "20 mL"', ["vessel volume in row 1 differs", "lab.toml", "agree"]),
])
def test_sampling(tmp_path, settings, words):
    (tmp_path / "lab.csv").write_text(
        "# vessel 10 mL, sample 2 mL, replaced, dose 1 mg\ntime (h),concentration (ug/mL)\n1,10\n4,8\n")
    (tmp_path / "lab.toml").write_text(f"[sampling]\n{settings}\n")
    with pytest.raises(StudyError) as caught:
        read_study(tmp_path / "lab.csv")
    check(str(caught.value), "lab", words)


@pytest.mark.parametrize("arguments", [{"time": "dy"}, {"time": "month"}, {"released": "mg"}])
def test_arguments(tmp_path, arguments):
    (tmp_path / "lab.csv").write_text(GOOD)
    with pytest.raises(UnitError, match=next(iter(arguments))):
        read_study(tmp_path / "lab.csv", **arguments)


def test_any_cell_of_a_file_may_be_wrong(tmp_path):
    """Whatever stands in a cell, the answer is a study or one of our own messages, never a traceback."""
    lines = [line.split(",") for line in GOOD.splitlines()]
    path = Path(tmp_path / "lab.csv")
    cells = ("", "x", "-", "1e5", "time (d)", "%", "=1/0", '"', "#", "\t", ";", "0,5", "∞", "²", "(", "[h]", "n = 3")
    for cell in cells:
        for i, line in enumerate(lines):
            for j in range(len(line)):
                changed = [list(each) for each in lines]
                changed[i][j] = cell
                path.write_text("\n".join(",".join(each) for each in changed), encoding="utf-8")
                try:
                    answer = repr(read_study(path))
                except PkmodelsError as problem:
                    answer = str(problem)
                assert "lab.csv" in answer
