"""Regimens in plain words: what is read, what is refused, and that the words come back."""

import math
from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from pkmodels import predict, read_events
from pkmodels.errors import PkmodelsError, RegimenError
from pkmodels.prediction.regimen import Dose, Regimen, read_regimen

DAY = 24.0


def times(text, until=None):
    return [dose.time_hour / DAY for dose in read_regimen(text).doses(until)]


@pytest.mark.parametrize(("text", "days", "amount"), [
    ("3.6 mg once", [0], 3.6),
    ("3.6 mg", [0], 3.6),
    ("3.6 mg every 28 days x 6", [0, 28, 56, 84, 112, 140], 3.6),
    ("10.8 mg every 12 weeks x 4", [0, 84, 168, 252], 10.8),
    ("3.6 mg q 28 d x 6", [0, 28, 56, 84, 112, 140], 3.6),
    ("3.6mg q28d x6", [0, 28, 56, 84, 112, 140], 3.6),
    ("3.6 mg Every 28 Days × 2 doses", [0, 28], 3.6),
    ("3.6 mg every 4 weeks for 24 weeks", [0, 28, 56, 84, 112, 140], 3.6),
    ("3.6 mg every 4 weeks for 25 weeks", [0, 28, 56, 84, 112, 140, 168], 3.6),
    ("7.5 mg at day 0, 28, 60", [0, 28, 60], 7.5),
    ("7.5 mg at 0, 28 and 60 days", [0, 28, 60], 7.5),
    ("3600 ug every week x 2", [0, 7], 3.6),
    ("0.0036 g at hour 0,12", [0, 0.5], 3.6),
])
def test_plain_words(text, days, amount):
    regimen = read_regimen(text)
    assert times(text) == days
    assert [dose.amount_mg for dose in regimen.doses()] == pytest.approx([amount] * len(days))
    assert {dose.duration_hour for dose in regimen.doses()} == {0.0}


def test_infusion():
    assert read_regimen("100 mg over 1 h").doses() == (Dose(0.0, 100.0, 1.0),)
    assert read_regimen("100 mg over 90 min every 3 weeks x 2").doses() == (Dose(0, 100, 1.5), Dose(504, 100, 1.5))


def test_a_part_begins_when_the_interval_before_it_is_over():
    doses = read_regimen("240 mg once then 80 mg every 28 days x 11").doses()
    assert [dose.amount_mg for dose in doses] == [240.0] + [80.0] * 11
    assert [dose.time_hour / DAY for dose in doses] == [28.0 * k for k in range(12)]
    doses = read_regimen("2 mg every 7 days x 3 then 3.6 mg every 28 days x 2 then 1 mg at day 100").doses()
    assert [dose.time_hour / DAY for dose in doses] == [0, 7, 14, 21, 49, 100]


def test_without_a_number_of_doses_it_goes_on_until_the_horizon():
    regimen = read_regimen("3.6 mg every 28 days")
    assert times("3.6 mg every 28 days", 84 * DAY) == [0, 28, 56]
    assert times("3.6 mg every 28 days", 84 * DAY + 1) == [0, 28, 56, 84]
    assert not regimen.ends
    assert "until the end of the prediction" in regimen.assumptions[0]
    with pytest.raises(RegimenError, match="horizon"):
        regimen.doses()


def test_doses_after_the_horizon_are_not_given():
    assert times("3.6 mg every 28 days x 6", 60 * DAY) == [0, 28, 56]
    assert times("7.5 mg at day 0, 28, 60", 60 * DAY) == [0, 28]


@pytest.mark.parametrize(("text", "interval", "end"), [
    ("3.6 mg once", None, None),
    ("3.6 mg every 28 days x 6", 672.0, 4032.0),
    ("3.6 mg every 28 days x 1", 672.0, 672.0),
    ("3.6 mg every 28 days", 672.0, None),
    ("240 mg once then 80 mg every 28 days x 11", 672.0, 8064.0),
    ("240 mg once then 80 mg every 28 days", 672.0, None),
    ("2 mg every 7 days x 3 then 3.6 mg every 28 days x 2", None, 77 * DAY),
    ("7.5 mg at day 0, 28, 56", 672.0, 84 * DAY),
    ("7.5 mg at day 0, 28, 60", None, 92 * DAY),
])
def test_interval_and_end(text, interval, end):
    regimen = read_regimen(text)
    assert regimen.interval_hour == interval
    assert regimen.end_hour == end


@pytest.mark.parametrize("text", [
    "3.6 mg", "3600 ug q 28 d x 6", "3.6 mg every 4 weeks for 24 weeks", "7.5 mg at days 0, 28 and 60",
    "100 mg over 90 min every 3 wk x 4", "240 mg once, then 80 mg every 28 days", "1 mg every day x 3",
])
def test_normalised_words_are_read_again(text):
    regimen = read_regimen(text)
    again = read_regimen(str(regimen))
    assert again == regimen
    assert str(again) == str(regimen)
    assert regimen.text == text
    assert read_regimen(regimen) is regimen


def test_normalised_words():
    assert str(read_regimen("3.6mg q28d x6")) == "3.6 mg every 28 days x 6"
    assert str(read_regimen("3.6 mg")) == "3.6 mg once"
    assert str(read_regimen("3.6 mg every 4 weeks for 24 weeks")) == "3.6 mg every 4 weeks x 6"


@pytest.mark.parametrize(("text", "said"), [
    ("", "is not a regimen"),
    (None, "is not a regimen"),
    ("once a month", "write days or weeks"),
    ("3.6 mg every month x 3", "28, 30 or 30.4 days"),
    ("3.6 mg every 3 months", "write days or weeks"),
    ("abc", "cannot be read"),
    ("3.6 every 28 days", "not a number with a unit"),
    ("3.6 mg every 28", "not a number with a unit"),
    ("3,6 mg once", "write a point"),
    ("0 mg once", "must be above zero"),
    ("-1 mg once", "must be above zero"),
    ("1e999 mg once", "must be above zero"),
    ("3.6 umol once", "wanted is a mass"),
    ("2 mg/kg every 3 weeks x 2", "body weight"),
    ("75 mg/m2 over 1 h", "body weight or surface"),
    ("75 mg/m² over 1 h", "body weight or surface"),
    ("3.6 mg every 28 days x 0", "whole number above zero"),
    ("3.6 mg every 28 days x -2", "whole number above zero"),
    ("3.6 mg every 28 days x 2.5", "whole number above zero"),
    ("3.6 mg every 0 days x 2", "longer than zero"),
    ("3.6 mg every other day", "cannot be read"),
    ("3.6 mg x 6", "needs 'every' before it"),
    ("3.6 mg once daily", "'once' is a single dose"),
    ("3.6 mg once every 28 days", "do not go together"),
    ("3.6 mg every 28 days x 6 for 3 weeks", "do not go together"),
    ("3.6 mg every 28 days every 3 days", "twice"),
    ("100 mg over 0 h", "leave 'over' away"),
    ("100 mg over 4 weeks every 3 weeks x 2", "longer than the 504 h"),
    ("100 mg over 2 days at day 0, 1", "longer than the 24 h"),
    ("100 mg over 2 days then 5 mg every 1 day x 3", "longer than the 24 h"),
    ("7.5 mg at day 0, 28, 28", "not later than the dose before"),
    ("7.5 mg at day 3, 28", "begin with 0"),
    ("7.5 mg at 0, 28", "cannot be read"),
    ("7.5 mg at fortnight 0, 2", "not a unit"),
    ("3.6 mg once then 1 mg", "does not say when"),
    ("3.6 mg every 28 days then 1 mg every 2 days", "has no end"),
    ("3.6 mg once then", "a part without a dose"),
    ("3.6 mg every 1 day x 20000", "more than 10000 doses"),
    ("3.6 mg every 1 s for 52 weeks", "more than 10000 doses"),
])
def test_what_is_refused_and_why(text, said):
    with pytest.raises(RegimenError, match="(?s)" + said.replace("(", r"\(")) as caught:
        read_regimen(text)
    assert any(advice in str(caught.value) for advice in ("for example", "check", "give", "reads like"))


def test_a_slip_in_an_open_interval_is_caught_at_the_horizon():
    with pytest.raises(RegimenError, match="more than 10000 doses"):
        read_regimen("3.6 mg every 1 min").doses(1000 * DAY)


@pytest.mark.parametrize("until", [0, -1.0, math.inf, math.nan, "24"])
def test_impossible_horizons(until):
    with pytest.raises(RegimenError, match="horizon"):
        read_regimen("3.6 mg every 28 days").doses(until)


def test_a_regimen_is_a_frozen_value():
    regimen = read_regimen("3.6 mg once")
    assert isinstance(regimen, Regimen)
    with pytest.raises(FrozenInstanceError):
        regimen.text = "7 mg"
    assert hash(regimen) == hash(read_regimen("3.6 mg"))


def test_a_bolus_is_drug_in_solution_at_once():
    """One compartment in closed form: each dose adds dose/V exp(-k t)."""
    found = predict(None, drug="goserelin", regimen="10 mg bolus every 24 h x 3", days=3)
    t = found["time"].values * 24
    k = 6.63 / 44.1  # 110.5 mL/min and 44.1 L, goserelin in men
    after = np.flatnonzero(np.append(np.diff(t) > 0, True))  # of a time that stands twice, the moment after
    exact = sum(np.where(t >= given, 1e4 / 44.1 * np.exp(-k * (t - given)), 0.0) for given in (0, 24, 48))
    np.testing.assert_allclose(found["plasma"].values[after], exact[after], rtol=1e-9)
    assert any("no carrier was named" in each for each in found.attrs["assumptions"])
    assert str(read_regimen("10 mg Bolus q24h x 3")) == "10 mg bolus every 24 h x 3"


def test_rows_of_an_event_table_without_rate_are_boluses(tmp_path):
    path = tmp_path / "events.csv"
    path.write_text("ID,TIME (h),EVID,AMT (mg)\n1,0,1,10\n1,36,1,5\n", encoding="utf-8")
    table = predict(None, drug="goserelin", regimen=read_events(path).regimen, days=3)
    words = predict(None, drug="goserelin", regimen="10 mg bolus once then 5 mg bolus at h 36", days=3)
    np.testing.assert_array_equal(table["plasma"], words["plasma"])


@pytest.mark.parametrize(("text", "said"), [
    ("10 mg bolus over 1 h", "a bolus is given at once"), ("10 mg every 24 h x 3", "'100 mg bolus'"),
])
def test_boluses_that_are_refused(text, said):
    with pytest.raises(PkmodelsError, match=said):
        predict(None, drug="goserelin", regimen=text, days=3)
