"""Published depots: their special functions in high precision, their limits, their mean times."""

import math

import mpmath
import numpy as np
import pytest

from pkmodels import catalogue, fitting, solve
from pkmodels.solve import depots
from pkmodels.studies import Study


def shown(name, values, hours):
    model = catalogue.get_model(name)
    return solve.observe(model, model.values(values), np.asarray(hours, dtype=float))


@pytest.mark.parametrize("shape", [1.0, 4.42, 6.08, 18.9, 61.0])
@pytest.mark.parametrize("x", [0.01, 1.0, 5.0, 20.0, 80.0])
def test_the_gamma_function_of_a_transit_chain(x, shape):
    with mpmath.workdps(40):
        exact = mpmath.gammainc(shape, 0, x, regularized=True)
        rate = mpmath.mpf(x) ** (mpmath.mpf(shape) - 1) * mpmath.exp(-x) / mpmath.gamma(shape)
        slope = mpmath.diff(lambda a: mpmath.gammainc(a, 0, x, regularized=True), shape)
    assert depots.gamma_share(x, shape) == pytest.approx(float(exact), rel=1e-12, abs=1e-300)
    assert depots.gamma_share_rate(x, shape) == pytest.approx(float(rate), rel=1e-12, abs=1e-300)
    assert depots.gamma_share_slope(x, shape) == pytest.approx(float(slope), abs=1e-10)


@pytest.mark.parametrize(("x", "y"), [(1.0, 2.0), (2.0, 1.0), (0.5, 0.5), (0.5, 0.5 + 1e-9), (1.0, 1.001),
                                      (1e-8, 3e-8), (800.0, 0.1), (0.1, 800.0)])
def test_two_steps_in_a_row(x, y):
    """The closed form in 60 digits; tied rates are its limit 1 - (1 + x) exp(-x)."""
    with mpmath.workdps(60):
        a, b = mpmath.mpf(x), mpmath.mpf(y)
        if a == b:
            exact, rate = 1 - (1 + a) * mpmath.exp(-a), a * mpmath.exp(-a) / 2
        else:
            def form(u):
                return 1 - (b * mpmath.exp(-u) - u * mpmath.exp(-b)) / (b - u)

            exact, rate = form(a), mpmath.diff(form, a)
    # Beside one, a share as small as 1e-16 has lost its digits.
    assert depots.two_steps(x, y) == pytest.approx(float(exact), rel=1e-12, abs=1e-16)
    assert depots.two_steps_rate(x, y) == pytest.approx(float(rate), rel=1e-10, abs=1e-16)


def test_a_chain_of_whole_compartments_is_the_erlang_distribution():
    hours = np.array([0.0, 1, 5, 10, 40])
    x = 0.4 * hours
    erlang = 1 - np.exp(-x) * (1 + x + x**2 / 2 + x**3 / 6)
    assert shown("transit", {"t_transit": 10, "n": 3}, hours) == pytest.approx(erlang, abs=1e-14)
    assert shown("transit", {"t_transit": 10, "n": 0}, hours) == pytest.approx(1 - np.exp(-hours / 10), abs=1e-14)


def test_mean_time_of_the_octreotide_waves():
    """The shares times their mean transit times: 0.0277 118.9 + 0.1709 299.9 + 0.79691 805.9 h."""
    hours = np.linspace(0, 10_000, 200_001)
    held = 1 - shown("burst_three_waves", {}, hours)
    assert np.trapezoid(held, hours) == pytest.approx(0.0277 * 118.9 + 0.1709 * 299.9 + 0.79691 * 805.9, rel=1e-6)


def test_a_rate_that_does_not_fade_is_first_order():
    hours = np.array([0.0, 10, 100, 400])
    almost = 1 - 1e-6
    k = -math.log(1 - almost) * 1e-6  # per hour; after 400 h next to nothing of it has faded
    found = shown("fading_first_order", {"f_initial": 0, "plateau": almost, "k_fading": (1e-6, "1/h")}, hours)
    assert found == pytest.approx(1 - np.exp(-k * hours), rel=3e-4)


def test_published_depots_are_not_tried_unasked():
    hours = np.geomspace(1, 500, 12)
    study = Study.from_arrays(hours, 1 - np.exp(-hours / 50), time_unit="h", source="made", formulation="a")
    assert not {"transit", "burst_three_waves"} & set(catalogue.list_ranked())
    assert {"transit", "burst_three_waves"} <= set(catalogue.list_models())
    assert fitting.fit(study, "transit").inside["t_transit"] == pytest.approx(50, rel=1e-3)


def test_a_fit_of_a_published_depot_can_be_kept(tmp_path):
    hours = np.geomspace(1, 500, 12)
    study = Study.from_arrays(hours, shown("transit", {"t_transit": 60, "n": 2}, hours), time_unit="h", source="made",
                              formulation="a")
    fitted = fitting.fit(study, "transit")
    fitted.save(tmp_path / "kept.toml")
    assert fitting.load_fit(tmp_path / "kept.toml").inside == pytest.approx(fitted.inside, rel=1e-6)
