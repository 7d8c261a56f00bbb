"""Spheres of many sizes, and what the diffusion carriers do where they become simpler ones."""

import numpy as np
import pytest
from scipy.integrate import quad

import pkmodels as pk
from pkmodels import catalogue, mixtures, solve, units
from pkmodels.errors import FitError, ModelError, PredictionError
from pkmodels.solve import series

HOURS = np.geomspace(1, 3000, 30)


def shown(model, **values):
    model = catalogue.get_model(model) if isinstance(model, str) else model
    return solve.observe(model, model.values(values), HOURS)


class TestSizes:
    def test_golden_population(self, golden):
        table = golden["psd_lognormal_volweighted_F_at_tau_.001_.01_.03_.1_.3"]
        model = catalogue.get_model("crank_sphere+sizes")
        tau = np.array([0.001, 0.01, 0.03, 0.1, 0.3])
        # Fifteen nodes: 3e-4 at the widest spread of the table, far less below.
        for spread, close in (("0.1", 1e-6), ("0.3", 1e-6), ("0.8", 3e-4)):
            found = solve.observe(model, {"t_diffusion": 1.0, "sigma_sizes": float(spread)}, tau)
            assert found == pytest.approx(table[spread], abs=close)

    @pytest.mark.parametrize(("nodes", "spread", "bound"), [(7, 0.5, 4e-4), (15, 0.8, 3e-4)])
    def test_quadrature_against_integration(self, nodes, spread, bound):
        model = mixtures.log_normal_sizes(catalogue.get_model("crank_sphere"), nodes)
        for tau in (1e-3, 0.03, 0.3, 1.0):
            exact = quad(lambda z, tau=tau: np.exp(-z * z / 2) / np.sqrt(2 * np.pi)
                         * series.sphere_release(tau * np.exp(-2 * spread * z)), -9, 9, epsabs=1e-11, limit=200)[0]
            found = solve.observe(model, {"t_diffusion": 1.0, "sigma_sizes": spread}, np.array([tau]))[0]
            assert found == pytest.approx(exact, abs=bound)

    @pytest.mark.parametrize("name", ["crank_sphere", "fick_sphere_film", "plga_diffusion", "plga_pores"])
    def test_no_spread_is_one_size(self, name):
        assert shown(f"{name}+sizes", sigma_sizes=0.0) == pytest.approx(shown(name), abs=1e-13)

    def test_number_median(self):
        """Sampled: the median of volume lies 3 sigma² above that of number in the logarithm."""
        sigma = 0.4
        radii = np.exp(sigma * np.random.default_rng(5).standard_normal(400000))
        order = np.argsort(radii)
        volume = np.cumsum(radii[order] ** 3)
        median = radii[order][np.searchsorted(volume, volume[-1] / 2)]
        model = catalogue.get_model("crank_sphere+sizes")
        told = solve.also(model, model.values({"sigma_sizes": sigma}))["number_median_over_volume_median"]
        assert told == pytest.approx(1 / median, rel=0.02)  # of a sample
        assert told == pytest.approx(np.exp(-0.48))

    def test_histogram(self):
        crank = catalogue.get_model("crank_sphere")
        radii, numbers = np.array([10.0, 20, 30]), np.array([5.0, 3, 1])
        model = pk.with_sizes(crank, radii, numbers, weighting="number")
        weights = numbers * radii**3 / np.sum(numbers * radii**3)
        mean = np.sum(weights * radii)
        assert solve.also(model, model.values())["mean_radius"] == pytest.approx(mean)
        hours = units.inside(400.0, "day")
        exact = sum(w * series.sphere_release(HOURS / hours / (r / mean) ** 2)
                    for w, r in zip(weights, radii, strict=True))
        assert shown(model, t_diffusion=400.0) == pytest.approx(exact, abs=1e-13)

    def test_a_fine_histogram_is_the_log_normal(self):
        sigma = 0.3
        z = np.linspace(-6, 6, 121)
        radii, shares = 25 * np.exp(sigma * z), np.exp(-z * z / 2)
        model = pk.with_sizes(catalogue.get_model("plga_diffusion"), radii, shares)
        # Its radius is the mean of volume, exp(sigma²/2) above the median.
        found = shown(model, radius=25 * np.exp(sigma**2 / 2))
        assert found == pytest.approx(shown("plga_diffusion+sizes", sigma_sizes=sigma), abs=2e-6)

    @pytest.mark.parametrize(("radii", "shares", "said"), [
        ([1, 2], [1], "one share per radius"), ([], [], "one share per radius"), ([0, 1], [1, 1], "above 0"),
        ([1, 2], [0, 0], "above 0"), ([1, 2], [1, -1], "0 or more"), ([1, float("nan")], [1, 1], "above 0"),
        (["a"], [1], "lists of numbers"),
    ])
    def test_no_histogram(self, radii, shares, said):
        with pytest.raises(ModelError, match=said):
            pk.with_sizes(catalogue.get_model("crank_sphere"), radii, shares)

    def test_curves_that_do_not_know_their_size(self):
        with pytest.raises(ModelError, match="does not say how it changes with the size"):
            catalogue.get_model("weibull+sizes")
        with pytest.raises(ModelError, match="'volume' or 'number'"):
            pk.with_sizes(catalogue.get_model("crank_sphere"), [1], [1], weighting="surface")


class TestSpheres:
    def test_units_of_diffusivity(self):
        """1e-12 cm²/s is 8.64 um²/day."""
        assert units.convert(1e-12, "cm^2/s", "um^2/day") == pytest.approx(8.64, rel=1e-12)
        reached = 8.64 * HOURS / 24 / 25**2
        found = shown("plga_diffusion", f_polymer=0.0, d_start=(1e-12, "cm^2/s"))
        assert found == pytest.approx(series.sphere_release(reached), abs=1e-12)

    @pytest.mark.parametrize(("name", "still"), [("plga_diffusion", {"f_polymer": 0.0}),
                                                 ("plga_diffusion_casalini", {"beta": 0.0}),
                                                 ("plga_diffusion_film", {"f_polymer": 0.0, "biot": 1000.0}),
                                                 ("plga_diffusion_bath", {"f_polymer": 0.0, "plateau": 0.999})])
    def test_a_polymer_that_does_not_matter_is_plain_diffusion(self, name, still):
        exact = series.sphere_release(2.0 * HOURS / 24 / 25**2)
        # A Biot number of 1000 and a bath of 1000 spheres' volumes are not quite a perfect sink.
        close = 3e-3 if name.endswith(("film", "bath")) else 1e-9
        assert shown(name, **still) == pytest.approx(exact, abs=close)

    def test_one_law_within_another(self):
        whole = shown("plga_diffusion_power", power=1.0)
        assert shown("plga_diffusion", f_polymer=1.0) == pytest.approx(whole, abs=1e-12)
        assert shown("plga_burst_diffusion", f_burst=0.0) == pytest.approx(shown("plga_diffusion_power"), abs=1e-12)
        assert shown("core_shell_mixed", f_core=1.0) == pytest.approx(shown("core_shell"), abs=1e-13)

    @pytest.mark.parametrize("exponent", [0.0, 1.79, 2.0])
    def test_size(self, exponent):
        """Time to a share goes as radius to the power of 2 less the exponent; with 2 size does not matter."""
        small, large = (catalogue.get_model("plga_diffusion_power").values(
            {"radius": r, "size_exponent": exponent, "power": 0.01, "k_degradation": 1e-9}) for r in (10.0, 40.0))
        model = catalogue.get_model("plga_diffusion_power")
        slower = 4 ** (2 - exponent)
        # A power and a rate next to nothing leave the diffusivity constant to 1e-9.
        assert solve.observe(model, large, HOURS * slower) == pytest.approx(
            solve.observe(model, small, HOURS), abs=1e-8)

    def test_pores_that_never_open_release_the_burst(self):
        model = catalogue.get_model("plga_pores")
        values = model.values({"k_degradation": 1e-5, "f_burst": 0.2})
        assert solve.observe(model, values, np.array([24.0 * 100]))[0] == pytest.approx(0.2, abs=1e-9)

    def test_scenarios_say_that_they_are(self):
        names = [n for n in catalogue.list_models() if catalogue.get_model(n).title.startswith("Scenario")]
        assert {"plga_goserelin", "plga_one_month", "plga_three_months", "plga_sorafenib", "plga_cisplatin_sorafenib",
                "plga_magnetite", "docetaxel_core"} <= set(names)
        for name in names:
            assert "assumed" in catalogue.get_model(name).remarks

    def test_a_scenario_is_predicted_as_it_is_and_says_so(self):
        found = pk.predict("plga_one_month", days=30)
        assert float(found["released"][-1]) > 0.9
        assert any("a scenario, in which nothing was measured: f_burst = 0.1" in a for a in found.attrs["assumptions"])
        with pytest.raises(PredictionError, match="needs values for f_burst"):
            pk.predict("plga_pores", days=30)
        given = {"f_burst": 0.1, "k_burst": 2.0, "d_start": 5.0, "k_degradation": 0.1, "t_width": 3.0}
        found = pk.predict("plga_pores", values=given, days=30)
        assert any("the model's example: mass_start = 30 kDa" in a and "radius = 25 um" in a
                   for a in found.attrs["assumptions"])

    def test_a_curve_with_conditions_is_not_fitted_alone(self, curve_d):
        both = pk.either(catalogue.get_model("plga_diffusion"),
                         catalogue.get_model("mass_first_order", "degradation"))
        with pytest.raises(FitError, match="needs observed for each curve; take fit_many"):
            pk.fit(curve_d, both)

    @pytest.mark.parametrize(("name", "day", "low", "high"), [
        ("plga_goserelin", 1, 0.09, 0.13), ("plga_goserelin", 30, 0.4, 0.8), ("plga_goserelin", 90, 0.99, 1),
        ("plga_one_month", 30, 0.9, 1), ("plga_three_months", 30, 0, 0.4), ("plga_three_months", 90, 0.9, 1),
        ("docetaxel_core", 1, 0.26, 0.30), ("docetaxel_core", 7, 0.88, 0.92)])
    def test_scenarios_do_what_they_tell(self, name, day, low, high):
        model = catalogue.get_model(name)
        assert low <= solve.observe(model, model.values(), np.array([24.0 * day]))[0] <= high


def test_a_film_hinders_small_spheres_most():
    """Biot's number h R/(D K) goes with the radius: D t/R² and Biot's number of 50 um are those of a fourfold D."""
    model = catalogue.get_model("plga_diffusion_film")
    days = np.array([1.0, 5, 20])
    large = solve.observe(model, model.values({"radius": 50.0, "biot": 2.0, "d_start": 4.0}), 24 * days)
    small = solve.observe(model, model.values({"radius": 25.0, "biot": 4.0, "d_start": 1.0}), 24 * days)
    assert large == pytest.approx(small, rel=1e-12)
