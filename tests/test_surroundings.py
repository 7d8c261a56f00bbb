"""What surrounds a carrier: words, tables and numbers are read strictly and mean the same."""

import pandas as pd
import pytest

from pkmodels import read_environment
from pkmodels.cli import main
from pkmodels.environment import Environment
from pkmodels.errors import PredictionError

PULSES = [(0, 37), (24, 42), (24.5, 37), (48, 42), (48.5, 37), (72, 42), (72.5, 37)]


@pytest.mark.parametrize(("words", "meant"), [
    ("37 C; 42 C for 30 min at day 1, 2, 3", Environment(T=PULSES)),
    ("T 37 °C; 42 degC for 0.5 h at 24, 48 and 72 h", Environment(T=PULSES)),
    ("310.15 K", Environment(T=37)),
    ("-20 C", Environment(T=-20)),
    ("pH 7.4; pH 5 from day 2", Environment(pH=[(0, 7.4), (48, 5)])),
    ("pH 7.4; pH 5 from 24 h to 36 h", Environment(pH=[(0, 7.4), (24, 5), (36, 7.4)])),
    ("NIR 1 for 10 min at 1 h", Environment(light=[(0, 0), (1, 1), (1 + 1 / 6, 0)])),
    ("salt 150 mM; flow 2 mL/min", Environment(flow=0.12)),
    ("37 C; 40 C from day 1; 42 C from 30 h to 31 h", Environment(T=[(0, 37), (24, 40), (30, 42), (31, 40)])),
    ("37 C; 40 C for 1 h at 5, 6 h", Environment(T=[(0, 37), (5, 40), (7, 37)])),
])
def test_words(words, meant):
    found = read_environment(words)
    assert {n: [pytest.approx(step) for step in steps] for n, steps in meant.steps.items()} == {
        n: list(steps) for n, steps in found.steps.items()}
    again = read_environment(str(found))
    assert again == found or again.breakpoints == pytest.approx(found.breakpoints)


@pytest.mark.parametrize(("words", "said"), [
    ("", "empty part"), ("37 C;", "empty part"), ("37", "does not say of what"), ("37 F", "does not say of what"),
    ("42 C for 30 min at day 1", "rest of the time"), ("pH 5 from day 2", "at the start"), ("pH 7,4", "cannot be read"),
    ("37 C for a while", "not a time"), ("37 C at day 1", "not a time"), ("37 C; 38 C", "already has a value"),
    ("37 C; 42 C for 2 days at day 1, 2", "overlap"), ("37 C; 42 C from day 2 to day 1", "exchange the two"),
    ("37 C; 42 C for 0 h at day 1", "lasts no time"), ("pH 77", "from -1 to 15"), ("500 C", "from -80 to 150 °C"),
    ("pH 7 mM", "cannot be turned"), ("salt 0.15", "has no unit"), ("37 C; 42 C for 1 h at day -1", "before the start"),
    ("37 C; 42 C for 1 h at day one", "not a time"), ("37 C; 42 C for 1 h at 3 mg", "not a time"),
    ("salt -1 M", "from 0 to 10"), ("37 C; 42 C from day 1, 2", "not one time"),
    ("warmth 37 C", "does not say of what"),
])
def test_wrong_words_say_how(words, said):
    with pytest.raises(PredictionError, match=said):
        read_environment(words)


def test_tables(tmp_path):
    frame = pd.DataFrame({"time_day": [0, 1, 2], "T_degC": [37, 42, 37], "pH": [7.4, None, 5], "salt_mM": 100,
                          "flow_mL_per_min": [0, 0, 1]})
    found = read_environment(frame)
    assert found.steps["T"] == ((0, 37), (24, 42), (48, 37))
    assert found.steps["pH"] == ((0, 7.4), (48, 5))
    assert found.at(50)["salt"] == pytest.approx(0.1)
    assert found.at(50)["flow"] == pytest.approx(0.06)
    frame.to_csv(tmp_path / "course.csv", index=False)
    assert read_environment(tmp_path / "course.csv") == found
    assert read_environment(str(tmp_path / "course.csv")) == found


@pytest.mark.parametrize(("columns", "said"), [
    ({"time": [0], "pH": [7]}, "has no unit"), ({"time_h": [0], "T": [37]}, "T_degC"),
    ({"time_h": [1], "pH": [7]}, "begin at hour 0"), ({"time_h": [0, 0], "pH": [7, 6]}, "rise"),
    ({"time_h": [0], "pH": ["acid"]}, "not a number"), ({"time_h": [0]}, "at least one of"),
    ({"time_h": [0], "weather": [1]}, "not known"), ({"time_h": [0, None], "pH": [7, 6]}, "without a time"),
    ({"time_h": [0], "pH": [None]}, "is empty"), ({"time_h": [0], "T_degC": [37], "temp_degC": [37]}, "two columns"),
])
def test_wrong_tables_say_how(columns, said):
    with pytest.raises(PredictionError, match=said):
        read_environment(pd.DataFrame(columns))


@pytest.mark.parametrize(("given", "said"), [
    (5, "give words"), ({"weather": 1}, "use T, pH"), ({"T": "warm"}, "not a course"),
    ("missing.csv", "cannot be read"),
    ({"T": [(0, 37), (float("inf"), 40)]}, "not a course"), ({"T": float("nan")}, "not possible")])
def test_wrong_kinds_say_how(given, said):
    with pytest.raises(PredictionError, match=said):
        read_environment(given)


def test_command_line(capsys):
    words = ["predict", "--model", "first_order", "--set", "k=0.1/day", "--days", "2", "--environment"]
    assert main([*words, "37 C; 42 C for 1 h at day 1; pH 6"]) == 0
    said = capsys.readouterr().err
    assert "42 °C from hour 24; 37 °C from hour 25; pH 6" in said
    assert "does not depend on its surroundings" in said
    assert main([*words, "37"]) != 0
    assert "does not say of what" in capsys.readouterr().err
