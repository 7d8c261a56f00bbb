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
        r"the curve rises by (\d+) % of dose between day ([\d.]+) and ([\d.]+), where there is no sample "
        r"\(none lies between ([\d.]+) and ([\d.]+)\)", said[0]).groups())
    assert (before, after) == (10, 14)
    assert 10 <= begin < end <= 14
    assert 100 * (0.8 - first) / 2 < rise <= 100 * (0.8 - first) + 2
    # What the curve itself says.
    ends = solve.observe(found.model, found.inside, 24 * np.array([begin, end]))
    assert rise == pytest.approx(100 * (ends[1] - ends[0]), abs=1)


def test_no_step_where_a_curve_only_rises():
    """Twenty and more per cent of the dose between two samples, evenly, are no step; neither is an early burst."""
    days = np.array([1, 4, 8, 12, 16, 60.0])
    for name, shares in (("zero_order", days / 60), ("first_order", 1 - np.exp(-0.15 * days)),
                         ("hixson_crowell", 1 - (1 - days.clip(0, 20) / 20) ** 3), ("higuchi", np.sqrt(days / 60)),
                         ("biexponential", 0.3 + 0.7 * (1 - np.exp(-0.08 * days)))):
        assert not any("no sample" in v for v in fitting.fit(made(days, shares), name).verdicts), name
