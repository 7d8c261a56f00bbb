"""Verdicts on what a curve does where nothing was measured."""

import re

import numpy as np
import pytest

from pkmodels import fitting, solve
from pkmodels.studies import Study


def made(days, shares):
    return Study.from_arrays(days, shares, time_unit="day", source="made.csv", formulation="x")


@pytest.mark.parametrize("name", ["weibull+lag+plateau", "burst_delayed_weibull"])
def test_a_step_where_there_is_no_sample(name):
    """Points at 10 % until day 10 and at 80 % from day 14 on: whatever rises by 70 % does so between the two."""
    days = np.array([1, 2, 4, 7, 10, 14, 18, 21, 25, 28.0])
    late = days > 10
    first = 0.0 if "lag" in name else 0.1
    shares = np.where(late, 0.8, first)
    found = fitting.fit(made(days, shares), name)
    assert found.statistics["rmse"] < 0.03
    said = [v for v in found.verdicts if "where there is no sample" in v]
    assert len(said) == 1
    rise, begin, end, before, after = map(float, re.match(
        r"the curve rises by (\d+) % of dose between ([\d.]+) and ([\d.]+) day, where there is no sample "
        r"\(none lies between ([\d.]+) and ([\d.]+)\)", said[0]).groups())
    assert (before, after) == (10, 14)
    assert 10 <= begin < end <= 14
    assert 100 * (0.8 - first) / 2 < rise <= 100 * (0.8 - first) + 2
    # What the curve itself says.
    ends = solve.observe(found.model, found.inside, 24 * np.array([begin, end]))
    assert rise == pytest.approx(100 * (ends[1] - ends[0]), abs=1)


DAYS = np.array([0.25, 1, 2, 4, 7, 10, 14, 18, 22, 28, 35, 42.0])
NOISE = 0.008 * np.array([1, -1, 1, 1, -1, -1, 1, -1, 1, -1, 1, -1])


def weibull(days, scale, beta, end=1.0):
    return end * (1 - np.exp(-(days / scale) ** beta))


#: What is the matter: (times, shares, model, reason, remedy), each a curve that has it.
FIRES = {
    "at a bound": (DAYS, np.full(12, 0.5) + NOISE, "weibull", "is at its lower bound", "take one without it"),
    "faster than the samples": (
        DAYS[2:], 0.3 + 0.7 * weibull(DAYS[2:], 20, 1) + NOISE[2:], "biexponential",
        "over before the first sample", "Sample earlier"),
    "hardly determined": (DAYS[:6], weibull(DAYS[:6], 60, 1) + NOISE[:6] / 4, "weibull+plateau",
                          "only known to lie between", "sample where it acts"),
    "indistinguishable": (DAYS[:6], weibull(DAYS[:6], 80, 0.9) + NOISE[:6] / 4, "weibull+plateau",
                          "cannot be told apart (correlation", "Fix one of them"),
    "plateau never observed": (DAYS[:6], weibull(DAYS[:6], 20, 0.9) + NOISE[:6], "weibull",
                               "the plateau was not observed", "Sample until it levels off"),
    "too few points": (DAYS[[1, 4, 7, 9]], weibull(DAYS[[1, 4, 7, 9]], 9, 0.9, 0.9), "weibull+plateau",
                       "4 points for 3 parameters leave 1", "Take a simpler model or more samples"),
    "residual pattern": (DAYS, weibull(DAYS, 9, 2.5), "first_order", "in long stretches",
                         "Take one with another shape"),
    "too far": (DAYS, weibull(DAYS, 9, 2.5), "higuchi", "too far to predict with", "choose a model with another shape"),
    "second phase": (DAYS, 0.3 * weibull(DAYS, 0.6, 1) + 0.7 / (1 + np.exp(-0.6 * (DAYS - 20))) + NOISE, "weibull",
                     "a second phase is present that weibull cannot have", "Take a model with two phases"),
    "better than a figure can be read": (
        DAYS[::3], weibull(DAYS[::3], 9, 0.9) + 0.002 * np.array([1, -1, 1, -1]), "weibull",
        "follows the reading error of a figure", "fewer parameters"),
    "beyond the dose": (DAYS, np.minimum(0.1 * DAYS, 1), "zero_order", "passes 100 % of the dose", "levels off"),
}


@pytest.mark.parametrize(("days", "shares", "model", "reason", "remedy"), FIRES.values(), ids=FIRES)
def test_every_verdict_has_its_reason_and_a_remedy(days, shares, model, reason, remedy):
    said = [v for v in fitting.fit(made(days, shares), model).verdicts if reason in v]
    assert len(said) >= 1
    assert all(remedy in v for v in said)


def test_an_interval_that_is_open_to_one_side():
    """A pool that is empty before the first sample: its rate has a lower limit only."""
    days = DAYS[2:]
    found = fitting.profile(fitting.fit(made(days, 0.3 + 0.7 * weibull(days, 20, 1) + NOISE[2:]), "biexponential"),
                            quantities=["k_burst", "f_burst"])
    low, high = found["k_burst"]
    assert 0 < low < 6
    assert np.isinf(high)
    assert "open:" in found.table.loc["k_burst", "note"]
    assert any("a limit to one side only" in note and "sample where it acts" in note for note in found.notes)
    assert "open:" not in found.table.loc["f_burst", "note"]


def test_no_second_phase_where_a_curve_levels_off():
    shares = np.minimum(weibull(DAYS, 5, 1) + 3 * NOISE, 1)
    assert not any("second phase" in v for v in fitting.fit(made(DAYS, shares), "higuchi").verdicts)


def test_no_step_where_a_curve_only_rises():
    """Twenty and more per cent of the dose between two samples, evenly, are no step; neither is an early burst."""
    days = np.array([1, 4, 8, 12, 16, 60.0])
    for name, shares in (("zero_order", days / 60), ("first_order", 1 - np.exp(-0.15 * days)),
                         ("hixson_crowell", 1 - (1 - days.clip(0, 20) / 20) ** 3), ("higuchi", np.sqrt(days / 60)),
                         ("biexponential", 0.3 + 0.7 * (1 - np.exp(-0.08 * days)))):
        assert not any("no sample" in v for v in fitting.fit(made(days, shares), name).verdicts), name


def test_a_power_law_beyond_sixty_per_cent_is_told_so():
    hours = np.array([1, 2, 4, 8, 16, 24.0])
    study = Study.from_arrays(hours, 0.2 * hours**0.5, time_unit="h", source="made")
    said = " ".join(fitting.fit(study, "korsmeyer_peppas").verdicts)
    # 0.2 root t passes 0.6 at 9 h: two points.
    assert "2 of 6 points lie above 60 %" in said
    assert "exponent says nothing" not in " ".join(fitting.fit(study, "weibull").verdicts)
    assert "exponent says nothing" not in " ".join(fitting.compare_early(study).best.verdicts)
