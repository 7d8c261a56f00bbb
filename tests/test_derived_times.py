"""Times of shares behind fits are those of the inverse: in closed form where there is one."""

import numpy as np
import pytest

from pkmodels import catalogue
from pkmodels.fitting import derived
from pkmodels.model import Curve
from pkmodels.solve.inverse import time_of_share

LAST = 28 * 24.0


@pytest.mark.parametrize("name", [n for n in catalogue.list_models("release")
                                  if isinstance(catalogue.get_model(n), Curve)])
def test_many_at_once_are_as_one_by_one(name):
    """Every closed curve of the catalogue at three sets of values; a search is good to parts in 1e9 and better."""
    model = catalogue.get_model(name)
    generator = np.random.default_rng(3)
    sets = []
    for _ in range(3):
        given = {p.name: p.value for p in model.parameters}
        for p in model.parameters:
            low, high = (float(bound) for bound in p.bounds)
            given[p.name] = float(np.clip(p.value * generator.uniform(0.9, 1.1), low, high))
        sets.append(model.values(given))
    numbers = np.array([[values[p.name] for p in model.parameters] for values in sets])
    for quantity, level in (("t50", 0.5), ("t80", 0.8)):
        found = derived.values(model, numbers, LAST, [quantity])[quantity]
        expected = [time_of_share(model, values, level) for values in sets]
        late = np.array(expected) > derived.END
        assert found[~late] == pytest.approx(np.array(expected)[~late], rel=1e-8, nan_ok=True)


def test_closed_forms_are_exact():
    """Weibull's t50 = t_scale ln(2)^(1/beta), written out; a share beyond the plateau is never reached."""
    model = catalogue.get_model("weibull+plateau")
    numbers = np.array([[200.0, 0.8, 1.0], [200.0, 0.8, 0.7], [50.0, 1.7, 0.49]])
    found = derived.values(model, numbers, LAST, ["t50", "t80"])
    assert found["t50"][:2] == pytest.approx([200 * np.log(2) ** 1.25, 200 * np.log(1 / (1 - 5 / 7)) ** 1.25],
                                             rel=1e-14)
    assert np.isnan(found["t50"][2])
    assert np.isnan(found["t80"][1])


def test_a_parabola_that_is_back_at_zero_has_no_mean_time():
    """0.4 t - 0.1 t^2 passes (1, 0.3), (2, 0.4), (3, 0.3) and (4, 0): nothing is out at the end."""
    from pkmodels import Study, fit
    found = fit(Study.from_arrays([1.0, 2, 3, 4], [0.3, 0.4, 0.3, 0.0], time_unit="h"), "quadratic")
    row = next(each for each in found.intervals_by("profile").rows if each["quantity"] == "mean_release_time")
    assert np.isnan(row["value"])
