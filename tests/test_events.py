"""Event tables: the same doses as plain words, and the traps that population programs pass over in silence."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkmodels import lint_events, predict, read_events, read_regimen
from pkmodels.cli import main
from pkmodels.errors import PkmodelsError, RegimenError

UNITS = {"time": "h", "amount": "mg"}


def table(*rows, columns="ID TIME AMT RATE II ADDL SS EVID MDV CMT DV"):
    return pd.DataFrame(rows, columns=columns.split())


def simple(*rows, columns="TIME AMT II ADDL"):
    return pd.DataFrame(rows, columns=columns.split())


@pytest.mark.parametrize(("rows", "words"), [
    (simple((0, 3.6, 672, 5)), "3.6 mg every 28 days x 6"),
    (simple((0, 3.6, 0, 0)), "3.6 mg once"),
    (simple((0, 240, 0, 0), (672, 80, 672, 10)), "240 mg once then 80 mg every 28 days x 11"),
    (simple((0, 3.6, 672, 2), (2016, 10.8, 2016, 3)), "3.6 mg every 4 weeks x 3 then 10.8 mg every 12 weeks x 4"),
    (simple((0, 5, 0, 0), (0, 7, 0, 0)), "5 mg once then 7 mg at day 0"),
    (simple((0, 7.5, 0, 0), (672, 7.5, 0, 0), (1440, 7.5, 0, 0)), "7.5 mg at day 0, 28, 60"),
    (simple((0, 100, 100, 504, 3), columns="TIME AMT RATE II ADDL"), "100 mg over 1 h every 3 weeks x 4"),
    (simple((0, 100, 1.5, 504, 3), columns="TIME AMT DUR II ADDL"), "100 mg over 90 min every 3 weeks x 4"),
])
def test_the_same_doses_as_plain_words(rows, words):
    regimen = read_events(rows, **UNITS).regimen
    assert regimen.doses() == read_regimen(words).doses()
    assert read_regimen(str(regimen)).doses() == regimen.doses()


AMOUNTS = st.floats(0.01, 1e4, allow_nan=False).map(lambda x: float(f"{x:.6g}"))
HOURS = st.one_of(st.integers(1, 3000).map(float), st.floats(0.1, 3000).map(lambda x: float(f"{x:.6g}")))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(AMOUNTS, HOURS, st.integers(0, 6), HOURS), min_size=1, max_size=5), st.booleans())
def test_events_and_words_are_the_same_doses(rows, infused):
    """Every row begins some time after the last dose of the row before; doses by hand as the expected ones."""
    events, expected, time = [], [], 0.0
    for amount, interval, repeats, pause in rows:
        duration = 0.0625 * min(interval, pause) if infused else 0.0
        events.append((time, amount, duration, interval if repeats else 0, repeats))
        expected += [(time + k * interval, amount, duration) for k in range(repeats + 1)]
        time += repeats * interval + pause
    regimen = read_events(pd.DataFrame(events, columns=["TIME", "AMT", "DUR", "II", "ADDL"]), **UNITS).regimen
    for doses in (regimen.doses(), read_regimen(str(regimen)).doses()):
        assert [dose.amount_mg for dose in doses] == [each[1] for each in expected]
        np.testing.assert_allclose([d.time_hour for d in doses], [each[0] for each in expected], rtol=1e-12)
        np.testing.assert_allclose([d.duration_hour for d in doses], [each[2] for each in expected], rtol=1e-12)


def test_doses_that_run_into_each_other():
    """ADDL of the first row goes on beyond the second row: every dose is given, in order of time."""
    events = read_events(simple((0, 10, 24, 3), (36, 5, 0, 0)), **UNITS)
    assert [(dose.time_hour, dose.amount_mg) for dose in events.regimen.doses()] == [
        (0, 10), (24, 10), (36, 5), (48, 10), (72, 10)]
    assert any(finding.name == "ADDL runs on" and finding.row == 2 for finding in events.findings)
    assert read_regimen(str(events.regimen)).doses() == events.regimen.doses()


def test_people_units_and_observations(tmp_path):
    path = tmp_path / "dosing.csv"
    path.write_text("# a comment\nid,Time (day),AMT (ug),evid,mdv,dv\n1,1,3600,1,1,.\n1,1.5,.,0,0,2.5\n1,0.5,.,0,1,.\n"
                    "2,0,3600,1,1,.\n2,2,.,0,0,1.5\n2,28,3600,1,1,.\n".replace("1,0.5,.,0,1,.\n", ""))
    events = read_events(path, concentration="ng/mL")
    assert events.of(1).doses()[0].amount_mg == pytest.approx(3.6)
    assert [dose.time_hour for dose in events.of(2).doses()] == [0, 672]
    assert events.plasma.subjects == ("1", "2")
    # The clock of person 1 begins with the dose on day 1.
    assert list(events.plasma.only("1").frame["time_hour"] if len(events.plasma.only("1")) else []) == [12.0]


def test_different_people_are_not_one_regimen():
    events = read_events(table((1, 0, 5, 0, 0, 0, 0, 1, 1, 1, "."), (2, 0, 6, 0, 0, 0, 0, 1, 1, 1, ".")), **UNITS)
    with pytest.raises(RegimenError, match="2 different regimens"):
        _ = events.regimen
    assert str(events.of("2")) == "6 mg once"
    assert "ID 1: 5 mg once" in repr(events)
    assert events.to_dict()["regimens"]["2"]["doses"][0]["amount_mg"] == 6


DOSE = (1, 0, 100, 0, 0, 0, 0, 1, 1, 1, ".")


def changed(row=DOSE, **cells):
    return tuple(cells.get(name, value) for name, value in zip(table(row).columns, row, strict=True))


@pytest.mark.parametrize(("rows", "row", "said"), [
    ([changed(EVID=0, MDV=0, DV=1.0)], 1, "never given"),
    ([changed(RATE=-2)], 1, "estimate the duration"),
    ([changed(RATE=-1)], 1, "estimate the rate"),
    ([changed(ADDL=3)], 1, "without II"),
    ([DOSE, changed(TIME=24), changed(TIME=12)], 3, "sort each person's rows"),
    ([DOSE, changed(TIME=24, EVID=3, AMT=0)], 2, "empties all compartments"),
    ([DOSE, changed(TIME=24, EVID=4)], 2, "empties all compartments"),
    ([DOSE, changed(TIME=24, CMT=2)], 2, "one way in"),
    ([changed(SS=1)], 1, "no steady state"),
    ([changed(SS=2, II=24)], 1, "use SS 1"),
    ([DOSE, changed(TIME=24, SS=1, II=24)], 2, "wipes out"),
    ([changed(AMT=0)], 1, "dose of nothing"),
    ([changed(AMT=-5)], 1, "below zero"),
    ([changed(TIME=-5)], 1, "below zero"),
    ([changed(EVID=7)], 1, "does not exist"),
    ([changed(ADDL=10**9, II=1)], 1, "no therapy"),
    ([changed(AMT=math.inf)], 1, "no therapy"),
    ([DOSE, changed(ID=2), changed(TIME=24)], 3, "somebody new"),
])
def test_what_stops_the_reading(rows, row, said):
    with pytest.raises(RegimenError, match=said) as caught:
        read_events(table(*rows), **UNITS)
    assert f"row {row}" in str(caught.value)
    finding = lint_events(table(*rows), **UNITS)[0]
    assert finding.stops
    assert finding.row == row
    assert finding.remedy


@pytest.mark.parametrize(("rows", "row", "name"), [
    ([changed(MDV=0, DV=3.0)], 1, "dose with MDV 0"),
    ([changed(II=24)], 1, "II alone"),
    ([changed(CMT=2)], 1, "not the first compartment"),
    ([DOSE, DOSE], 2, "dose twice"),
    ([DOSE, changed(TIME=0, AMT=0, EVID=0, MDV=0, DV=1.0)], 2, "observation after a dose"),
    ([DOSE, changed(TIME=4, AMT=0, EVID=0, MDV=0)], 2, "observation without DV"),
    ([DOSE, changed(TIME=4, AMT=0, EVID=0, MDV=0, DV=0.0)], 2, "DV of zero"),
    ([DOSE, changed(TIME=4, AMT=0, EVID=0, MDV=0, DV=1.0, II=24)], 2, "dosing on an observation"),
    ([changed(SS=1, II=24), changed(TIME=36)], 1, "SS against the next dose"),
    ([changed(RATE=2, II=24, ADDL=1)], 1, "infusion over the interval"),
])
def test_what_is_remarked(rows, row, name):
    events = read_events(table(*rows), **UNITS)
    assert (row, name) in [(finding.row, finding.name) for finding in events.findings]


def test_a_clean_table_has_no_findings():
    rows = [DOSE, changed(TIME=4, AMT=0, EVID=0, MDV=0, DV=1.0), changed(TIME=24),
            changed(TIME=30, AMT=0, EVID=0, MDV=1)]
    assert lint_events(table(*rows), **UNITS) == ()


@pytest.mark.parametrize(("frame", "units", "said"), [
    (simple((0, 5, 0, 0)), {"amount": "mg"}, "TIME has no unit"),
    (simple((0, 5, 0, 0)), {"time": "h"}, "AMT has no unit"),
    (simple((0, 5, 0, 0)), {"time": "h", "amount": "mL"}, "one of mass"),
    (pd.DataFrame({"TIME (h)": [0], "AMT": [5]}), {"time": "day", "amount": "mg"}, "leave one away"),
    (pd.DataFrame({"TIME": [0]}), UNITS, "no column AMT"),
    (pd.DataFrame({"TIME": ["08:30"], "AMT": [5]}), UNITS, "clock time"),
    (pd.DataFrame({"TIME": [0], "AMT": [5], "ADDL": [1.5], "II": [24]}), UNITS, "not a whole number"),
    (pd.DataFrame({"TIME": [0.0, 1.0], "AMT": [0, 0]}), UNITS, "no dose"),
    (pd.DataFrame({"TIME": [], "AMT": []}), UNITS, "no rows"),
    ("nowhere.csv", UNITS, "does not exist"),
])
def test_tables_that_cannot_be_read(frame, units, said):
    with pytest.raises(RegimenError, match=said):
        read_events(frame, **units)


def test_steady_state_of_infusions_is_the_geometric_sum():
    """One compartment, 1 mg over 2 h every 12 h: at steady state, c(end of infusion) =
    R/CL (1 - e^(-2k)) / (1 - e^(-12k)); the same from an event table with SS 1."""
    k = 6.63 / 44.1
    peak = 0.5 / 6.63 * -math.expm1(-2 * k) / -math.expm1(-12 * k) * 1000
    words = predict(None, drug="goserelin", regimen="1 mg over 2 h every 12 h x 2 from steady state", days=1,
                    times=[0, 2 / 24, 0.5])
    regimen = read_events(pd.DataFrame({"TIME": [0], "AMT": [1], "RATE": [0.5], "II": [12], "ADDL": [1], "SS": [1]}),
                          **UNITS).regimen
    events = predict(None, drug="goserelin", regimen=regimen, days=1, times=[0, 2 / 24, 0.5])
    trough = peak * math.exp(-10 * k)
    # Doses before those that are counted are less than 1e-6 of a dose.
    np.testing.assert_allclose(words["plasma"], [trough, peak, trough], rtol=2e-6)
    np.testing.assert_allclose(events["plasma"], words["plasma"], rtol=1e-12)
    assert any("stand for the steady state" in each for each in words.attrs["assumptions"])


def test_steady_state_of_a_depot_is_dose_over_clearance():
    """Constant release over 28 d, given every 28 d: constant dose/(CL tau), from the first hour."""
    found = predict("zero_order", values={"k": (1 / 28, "1/day")}, drug="goserelin",
                    regimen="3.6 mg every 28 days x 2 from steady state")
    np.testing.assert_allclose(found["plasma"], 3.6 / (28 * 24) / 6.63 * 1000, rtol=1e-6)
    assert found["time"].values[0] == 0
    assert found["time"].values[-1] == pytest.approx(56)
    assert found.attrs["dose_times"] == [0, 28]
    assert found["released"].values[0] < 1e-100
    np.testing.assert_allclose(found["released"], np.minimum(found["time"] / 28, 1), atol=1e-9)


def test_changing_surroundings_have_no_steady_state():
    from pkmodels import Environment

    with pytest.raises(PkmodelsError, match="surroundings"):
        predict("first_order", values={"k": (0.1, "1/day")}, drug="goserelin",
                environment=Environment(T=[(0, 37), (24, 39)]), regimen="3.6 mg every 28 days x 2 from steady state")


def test_coverage_and_exposure_of_a_prediction_at_steady_state():
    from pkmodels import coverage, exposure

    found = predict("first_order", values={"k": (0.1, "1/day")}, drug="goserelin",
                    regimen="3.6 mg every 28 days x 2 from steady state")
    rows = exposure(found)
    # Both intervals hold dose/clearance, and nothing accumulates any more.
    for row in rows.rows:
        assert rows.value("auc_tau", row) == pytest.approx(3600 / 6.63 / 24, rel=1e-4)
        assert rows.value("accumulation", row) == pytest.approx(1, rel=1e-5)
    assert coverage(found, "0.5-1.2 ng/mL").rows[1:] == ("dose 1 (day 0-28)", "dose 2 (day 28-56)")


@pytest.mark.parametrize(("text", "said"), [
    ("3.6 mg once from steady state", "do not go together"),
    ("3.6 mg from day 3", "needs 'every'"),
    ("3.6 mg every 28 days x 2 from day 3", "the first part begins at 0"),
    ("1 mg once then 3.6 mg every 28 days x 2 from steady state", "only the first part"),
    ("1 mg every 7 days x 3 then 3.6 mg every 28 days x 2 from day 3", "earlier than the dose before it"),
    ("1 mg every 7 days x 3 then 3.6 mg every 28 days x 2 from soon", "cannot be read"),
])
def test_starts_that_are_refused(text, said):
    with pytest.raises(RegimenError, match=said):
        read_regimen(text)


def test_a_start_of_ones_own():
    regimen = read_regimen("3.6 mg every 28 days x 3 then 10.8 mg every 84 days x 2 from day 70")
    assert [dose.time_hour / 24 for dose in regimen.doses()] == [0, 28, 56, 70, 154]
    assert read_regimen(str(regimen)) == regimen
    assert not regimen.assumptions


def test_units_of_an_event_table_on_the_command_line(tmp_path, capsys):
    path = tmp_path / "events.csv"
    path.write_text("ID,TIME,EVID,AMT,RATE\n1,0,1,10,10\n", encoding="utf-8")
    words = ["predict", "--drug", "goserelin", "--days", "1", "--every", "1 h", "--csv", "--regimen"]
    assert main([*words, str(path)]) == 2
    assert "--event-time-unit h" in capsys.readouterr().err
    assert main([*words, str(path), "--event-time-unit", "h", "--event-amount-unit", "mg"]) == 0
    table = capsys.readouterr().out
    assert main([*words, "10 mg over 1 h once"]) == 0
    assert capsys.readouterr().out == table
    assert main([*words, "10 mg over 1 h once", "--event-time-unit", "h"]) == 2
    assert "about an event table" in capsys.readouterr().err
