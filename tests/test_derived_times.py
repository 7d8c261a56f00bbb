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


def test_what_was_released_is_held_at_the_peak_of_a_parabola():
    """0.4 t - 0.1 t^2 is highest at 2 h, 0.4; mean time int_0^2 (1 - t + t^2/4) dt = 2/3 h; slopes by differences."""
    model = catalogue.get_model("quadratic")
    numbers = np.array([[0.4, -0.1]])
    found = derived.values(model, numbers, 4.0)
    assert found["plateau_share"][0] == pytest.approx(0.4, rel=1e-12)
    assert found["burst_24h"][0] == pytest.approx(0.4, rel=1e-12)
    assert found["mean_release_time"][0] == pytest.approx(2 / 3, rel=1e-9)
    assert np.isnan(found["t50"][0])
    for name in ("plateau_share", "mean_release_time"):
        slopes = derived.value_and_slope(model, numbers, 4.0, name)[1][0]
        for k, step in enumerate((1e-5, 1e-5)):
            ends = [derived.values(model, numbers + sign * step * np.eye(2)[k], 4.0)[name][0] for sign in (1, -1)]
            assert slopes[k] == pytest.approx((ends[0] - ends[1]) / (2 * step), rel=1e-5)


def test_makoid_banakar_ends_at_its_peak():
    """0.2 t^0.8 exp(-0.05 t) is highest at 16 h; the mean time is that of scipy.integrate.quad."""
    model = catalogue.get_model("makoid_banakar")
    numbers = np.array([[5 ** (1 / 0.8), 0.8, 0.05]])
    found = derived.values(model, numbers, 24.0)
    assert found["plateau_share"][0] == pytest.approx(0.8258295070943588, rel=1e-12)
    assert found["mean_release_time"][0] == pytest.approx(3.9337466175784335, rel=1e-8)
