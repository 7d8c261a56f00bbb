"""Release curves against numbers from outside: series, high precision, other programs."""

import math

import mpmath
import numpy as np
import pytest

from pkmodels import catalogue, fitting, solve
from pkmodels.solve import functions, loops


def shown(name, values, hours):
    model = catalogue.get_model(name)
    return solve.observe(model, model.values(values), np.asarray(hours, dtype=float))


def test_sphere_against_the_reference_values(golden):
    for tau, expected in golden["crank_sphere_F_vs_tau"].items():
        assert functions.sphere_release(float(tau)) == pytest.approx(expected, abs=1e-9)
    for share, tau in golden["crank_sphere_tau_at_F"].items():
        assert functions.sphere_release(tau) == pytest.approx(float(share), abs=2e-9)


@pytest.mark.parametrize("tau", [1e-5, 1e-3, 0.02, 0.0499, 0.0501, 0.1, 0.5, 2.0])
def test_sphere_against_the_series_in_high_precision(tau):
    with mpmath.workdps(40):
        x = mpmath.mpf(tau)
        terms = int(math.sqrt(60 / (math.pi**2 * tau))) + 10
        exact = 1 - 6 / mpmath.pi**2 * mpmath.fsum(mpmath.exp(-(n**2) * mpmath.pi**2 * x) / n**2
                                                   for n in range(1, terms))
        # What a cut series leaves out at short times is nothing at 60 e-foldings.
        rate = 6 * mpmath.fsum(mpmath.exp(-(n**2) * mpmath.pi**2 * x) for n in range(1, terms))
    assert functions.sphere_release(tau) == pytest.approx(float(exact), abs=1e-9)
    assert functions.sphere_release_rate(tau) == pytest.approx(float(rate), rel=2e-7)


def test_sphere_joins_smoothly_at_its_switch():
    below, above = functions.SPHERE_SWITCH * (1 - 1e-12), functions.SPHERE_SWITCH * (1 + 1e-12)
    assert functions.sphere_release(below) == pytest.approx(functions.sphere_release(above), abs=1e-9)


def test_sphere_mean_release_time_is_a_fifteenth():
    """MRT = R²/(15 D), a closed form for the sphere."""
    with mpmath.workdps(20):
        area = mpmath.quad(lambda x: 1 - float(functions.sphere_release(float(x))), [0, 0.05, 0.5, 4])
    assert float(area) == pytest.approx(1 / 15, abs=1e-8)
    model = catalogue.get_model("crank_sphere")
    assert solve.also(model, model.values({"t_diffusion": 15}))["mean_release_time"] == pytest.approx(24)


def test_gallagher_corrigan_normalised(golden):
    values = {"f_burst": 0.15, "k_burst": 1.5, "k_erosion": 0.3, "t_middle": 21}
    expected = golden["gallagher_corrigan_norm_fB.15_kb1.5_k.3_tm21"]
    hours = [24 * float(day) for day in expected]
    assert shown("gallagher_corrigan", values, hours) == pytest.approx(list(expected.values()), abs=5e-9)
    assert shown("gallagher_corrigan", values, [0.0])[0] == pytest.approx(0, abs=1e-15)


def test_plga_flows_are_the_gallagher_corrigan_curve():
    hours = np.array([0, 24, 336, 504, 672.0])
    values = {"f_burst": 0.15, "k_burst": 1.5, "k_erosion": 0.3}
    closed = shown("gallagher_corrigan", values | {"t_middle": 21}, hours)
    flows = shown("plga_burst_erosion", values | {"eroded_start": 1 / (1 + math.exp(0.3 * 21))}, hours)
    assert flows == pytest.approx(closed, abs=1e-7)


def test_weibull_mean_release_time(golden):
    model = catalogue.get_model("weibull")
    for beta, key in ((0.7, "td10_b0.7"), (2.0, "td10_b2")):
        found = solve.also(model, model.values({"t_scale": 10, "beta": beta}))["mean_release_time"] / 24
        assert found == pytest.approx(golden["weibull_MDT"][key], rel=1e-12)


def test_mean_release_time_follows_a_modifier_or_is_not_given():
    """With a lag the mean is later by the lag; where a share stays behind there is no mean of all of it."""
    lagged = catalogue.get_model("weibull+lag")
    found = solve.also(lagged, lagged.values({"t_scale": 10, "beta": 2, "t_lag": 3}))["mean_release_time"] / 24
    assert found == pytest.approx(8.862269254528 + 3, rel=1e-12)
    assert "mean_release_time" not in [a.name for a in catalogue.get_model("weibull+plateau").also]


def test_initial_share_and_plateau_are_shares_of_the_dose():
    both = {"k": 0.5, "f_initial": 0.1, "plateau": 0.7}
    assert shown("first_order+plateau+initial", both, [0.0, 1e6]) == pytest.approx([0.1, 0.7])
    assert shown("higuchi+initial", {"k": 0.1, "f_initial": 0.2}, [0.0, 24.0]) == pytest.approx([0.2, 0.3])


def test_weibull_releases_63_per_cent_at_its_time_scale():
    for beta in (0.3, 1, 4):
        assert shown("weibull", {"t_scale": 10, "beta": beta}, [240.0])[0] == pytest.approx(1 - math.exp(-1))


def test_nested_limits():
    hours = np.array([1.0, 24.0, 240.0])
    first = shown("first_order", {"k": 0.1}, hours)
    assert shown("weibull", {"t_scale": 10, "beta": 1}, hours) == pytest.approx(first)
    assert shown("biexponential", {"f_burst": 1, "k_burst": 0.1, "k_sustained": 0.01}, hours) == pytest.approx(first)
    higuchi = shown("higuchi", {"k": 0.1}, hours)
    assert shown("korsmeyer_peppas", {"t_full": 100, "n": 0.5}, hours) == pytest.approx(higuchi)
    lagged = shown("first_order+lag", {"k": 0.1, "t_lag": 2}, hours + 48)
    assert lagged == pytest.approx(first)


class TestDDSolverExample:
    """Printed by DDSolver for its example profile (per cent), and least-squares optima known for it."""

    @pytest.mark.parametrize(("name", "key", "parameter", "to_percent"), [
        ("zero_order", "zero", "k0", lambda v: 100 * v["k"]), ("higuchi", "higuchi", "kH", lambda v: 100 * v["k"]),
    ])
    def test_linear_models_are_equal(self, ddsolver_profile, golden, name, key, parameter, to_percent):
        published = golden["dd_exactly_reproducible"][key]
        found = fitting.fit(ddsolver_profile, name)
        assert to_percent(found.values) == pytest.approx(published[parameter], rel=1e-9)
        assert 1e4 * found.statistics["ss"] == pytest.approx(published["SS"], rel=1e-9)
        assert found.statistics["aic_ddsolver"] == pytest.approx(published["AIC"], rel=1e-9)
        if "MSC" in published:
            assert found.statistics["msc"] == pytest.approx(published["MSC"], rel=1e-9)

    @pytest.mark.parametrize(("name", "ss"), [
        ("first_order", 92.022578), ("korsmeyer_peppas", 312.83786), ("weibull", 84.050166),
        ("first_order+plateau", 86.227082),
    ])
    def test_never_above_the_known_optimum(self, ddsolver_profile, name, ss):
        found = fitting.fit(ddsolver_profile, name)
        assert 1e4 * found.statistics["ss"] <= ss * 1.0001 or "plateau" in found.at_bound

    def test_power_law_is_least_squares_and_not_the_log_log_line(self, ddsolver_profile, golden):
        known = golden["dd_not_converged_only_upper_bounds"]["KP_all_points"]
        found = fitting.fit(ddsolver_profile, "korsmeyer_peppas")
        assert found.values["n"] == pytest.approx(known["optimum_n"], abs=1e-5)
        assert 100 * found.also.loc["k", "value"] == pytest.approx(known["optimum_k"], rel=1e-5)


def test_a_sphere_is_the_same_compiled_or_not(monkeypatch):
    """To the last bit, and within 1e-12 of the series with as many terms as it takes."""
    pytest.importorskip("numba", reason="numba is not installed (the extra 'fast')")
    x = np.concatenate([[0.0, 1e-300, np.nan, np.inf], np.geomspace(1e-8, 5, 2001)]).reshape(5, -1)
    compiled = functions.sphere_release(x), functions.sphere_release_rate(x), functions.sphere_release(0.3)
    monkeypatch.setattr(loops, "compiled", lambda: None)
    plain = functions.sphere_release(x), functions.sphere_release_rate(x), functions.sphere_release(0.3)
    for one, other in zip(compiled, plain, strict=True):
        assert np.array_equal(one, other, equal_nan=True)
    with mpmath.workdps(30):
        for tau in (0.02, 0.0399999, 0.04, 0.05, 0.2, 1.5):
            exact = 1 - 6 / mpmath.pi**2 * mpmath.nsum(lambda n, t=tau: mpmath.exp(-(n * mpmath.pi) ** 2 * t) / n**2,
                                                       [1, mpmath.inf])
            assert functions.sphere_release(tau) == pytest.approx(float(exact), abs=1e-12)
