"""Predictions against closed forms, published cases and mass balance."""

import json
from dataclasses import replace

import numpy as np
import pytest
from scipy.integrate import quad
from sympy import symbols

import pkmodels as pk
from pkmodels import fitting, laws, metrics, prediction
from pkmodels.dimensions import Constant
from pkmodels.environment import Environment
from pkmodels.errors import PkmodelsError, PredictionError
from pkmodels.model import Flow, Model, Parameter
from pkmodels.solve import inputs
from pkmodels.studies import Study


def one_compartment(drug, volume=44.1, clearance=6.63):
    return drug(["one_compartment"], v_central=(volume, "L"), clearance=(clearance, "L/h"))


def plasma(found):
    return found.plasma.values


class TestAgainstClosedForms:
    def test_constant_release(self):
        """3.6 mg over 28 days: C = R/CL (1 - exp(-k t)), steady at 0.80802 ng/mL."""
        found = prediction.predict("zero_order", values={"k": (1 / 28, "1/day")}, drug="goserelin",
                                   regimen="3.6 mg once", days=28)
        hours = found.time.values * 24
        steady = 3.6 / (28 * 24) / 6.63 * 1000
        assert steady == pytest.approx(0.80802, abs=5e-6)
        assert plasma(found) == pytest.approx(steady * (1 - np.exp(-6.63 / 44.1 * hours)), rel=1e-11, abs=1e-13)

    @pytest.mark.parametrize("ratio", [1.0, 1 + 1e-9, 1.0001, 0.05, 30])
    def test_bateman_and_its_limit_of_equal_rates(self, drug, ratio):
        elimination, volume, dose = 0.15, 40.0, 5.0
        release = ratio * elimination
        found = prediction.predict("first_order", values={"k": (release, "1/h")}, regimen="5 mg once", days=4,
                                   drug=one_compartment(drug, volume, elimination * volume))
        hours = found.time.values * 24
        # The Bateman function as sinh(x)/x, which keeps its digits when the rates are equal.
        half = (release - elimination) * hours / 2
        bell = np.where(np.abs(half) < 1e-8, 1.0, np.sinh(half) / np.where(half == 0, 1, half))
        expected = dose / volume * release * hours * np.exp(-(elimination + release) / 2 * hours) * bell * 1000
        assert plasma(found) == pytest.approx(expected, rel=1e-9, abs=1e-9)

    def test_site_then_body_is_the_bateman_function_of_an_infusion(self, drug):
        """A short infusion into a site, absorbed and eliminated: convolution by quadrature."""
        card = drug(["injection_site", "one_compartment"], k_absorption=(0.7, "1/h"), v_central=(20.0, "L"),
                    clearance=(4.0, "L/h"))
        found = prediction.predict(None, drug=card, regimen="10 mg over 2 h", days=1, times=[0.05, 0.1, 0.5, 1.0])

        def answer(lag):
            return 0.7 / (0.7 - 0.2) * (np.exp(-0.2 * lag) - np.exp(-0.7 * lag)) / 20 * 1000

        expected = [quad(lambda s, at=at: 5 * answer(at - s), 0, min(2, at))[0] for at in found.time.values * 24]
        assert plasma(found) == pytest.approx(expected, rel=1e-9)

    def test_docetaxel_three_compartments(self):
        """Ozawa 2007, 100 mg over 1 h: six concentrations computed independently (patient science, case 22)."""
        found = prediction.predict(None, drug="docetaxel", regimen="100 mg over 1 h", days=10,
                                   times=np.array([1, 2, 4, 8, 24, 48]) / 24, concentration_unit="mg/L")
        expected = [1.96024, 0.090625, 0.042430, 0.023534, 0.011653, 0.0043596]
        assert plasma(found) == pytest.approx(expected, rel=3e-5)
        by_model = prediction.predict("zero_order", values={"k": (1, "1/h")}, drug="docetaxel", regimen="100 mg once",
                                      days=10, times=np.array([1, 2, 4, 8, 24, 48]) / 24, concentration_unit="mg/L")
        assert plasma(by_model) == pytest.approx(plasma(found), rel=1e-9)

    def test_sphere_by_quadrature(self, drug):
        """A release that begins infinitely steeply: C = (F * answer)' by integration by parts, adaptively."""
        card = one_compartment(drug)
        found = prediction.predict("crank_sphere", values={"t_diffusion": (400, "day")}, drug=card,
                                   regimen="3.6 mg once", days=28, times=[0.01, 0.1, 1.0, 7.0, 28.0])
        from pkmodels.solve.functions import sphere_release

        k = 6.63 / 44.1

        def share(hour):
            return float(sphere_release(hour / 24 / 400))

        for day, value in zip(found.time.values, plasma(found), strict=True):
            end = day * 24
            lost = quad(lambda s, end=end: k * np.exp(-k * (end - s)) * share(s), 0, end, limit=2000,
                        points=[p for p in (end - 100, end - 10) if p > 0], epsabs=1e-12)[0]
            assert value == pytest.approx(3.6 / 44.1 * 1000 * (share(end) - lost), rel=2e-5)


class TestTheGridSeesIt:
    """What happens suddenly, late or briefly is seen, however long the horizon."""

    @pytest.mark.parametrize("days", [28, 90, 365])
    def test_a_steep_release_after_a_lag(self, days):
        """Burst, then a Weibull of shape 0.5 from day 7.3: the peak by adaptive convolution is 8.161 ng/mL."""
        found = prediction.predict(
            "burst_delayed_weibull", drug="docetaxel", regimen="3.6 mg once", days=days,
            values={"f_burst": 0.1, "k_burst": 3, "t_lag": 7.3, "t_scale": 5, "beta": 0.5})
        # The slope after the lag is infinite; the first minute is resolved to a few per cent.
        assert plasma(found).max() == pytest.approx(8.161, rel=0.03)

    @pytest.mark.parametrize("days", [40, 1095])
    def test_a_sudden_erosion(self, days):
        """A sigmoid of a day's width at day 20, plasma almost in step with it: R/CL at its steepest."""
        found = prediction.predict("gallagher_corrigan", drug="goserelin", regimen="3.6 mg once", days=days,
                                   values={"f_burst": 0, "k_burst": 1, "k_erosion": 5, "t_middle": 20})
        short = prediction.predict("gallagher_corrigan", drug="goserelin", regimen="3.6 mg once", days=25,
                                   times=np.linspace(15, 25, 4001),
                                   values={"f_burst": 0, "k_burst": 1, "k_erosion": 5, "t_middle": 20})
        assert plasma(found).max() == pytest.approx(plasma(short).max(), rel=2e-3)

    def test_what_is_out_at_once_is_a_jump(self, drug):
        """A share of 0.2 released at once is a bolus: D f / V, and the trough before the second dose is kept."""
        card = one_compartment(drug, volume=40.0, clearance=6.0)
        found = prediction.predict("first_order+initial", values={"k": 0.1, "f_initial": 0.2}, drug=card,
                                   regimen="10 mg every 7 days x 2")
        days = found.time.values
        assert np.sum(days == 0) == 2
        assert plasma(found)[days == 0] == pytest.approx([0, 10 * 0.2 / 40 * 1000])
        before, after = plasma(found)[days == 7]
        assert after - before == pytest.approx(10 * 0.2 / 40 * 1000)

    def test_a_short_pulse_of_heat_in_a_long_prediction(self, drug):
        symbol, held, out = symbols("k_cool"), *symbols("held out")
        law = laws.boltzmann(symbol, 200 * symbol, Constant.of("switch", 39.0, "degC"), Constant.of("width", 1.0, "K"))
        carrier = Model("gate", "Gate", start={held: 1, out: 0}, flows=(Flow(held, out, law * held),), observed=out,
                        parameters=(Parameter(symbol, 0.01, "1/day", (0, 1), "rate when cool"),))
        pulse = Environment(T=[(0, 37), (100, 42), (100.5, 37)])
        given = {"values": {"k_cool": 0.01}, "drug": one_compartment(drug), "regimen": "3.6 mg once"}
        peaks = [plasma(prediction.predict(carrier, environment=pulse, days=days, **given)).max() for days in (10, 365)]
        assert peaks[1] == pytest.approx(peaks[0], rel=1e-3)
        assert peaks[0] > 1.5


class TestBalances:
    def test_area_is_dose_over_clearance(self, drug):
        card = one_compartment(drug)
        for model, values in (("first_order", {"k": 0.5}), ("weibull", {"t_scale": 3, "beta": 0.6}),
                              ("plga_burst_erosion", {"f_burst": 0.2, "k_burst": 3, "k_erosion": 1.0,
                                                      "eroded_start": 0.01})):
            found = prediction.predict(model, values=values, drug=card, regimen="3.6 mg once", days=400)
            area = np.trapezoid(plasma(found), found.time.values * 24) / 1000
            # The trapezoid over this grid is good to a thousandth.
            assert area == pytest.approx(3.6 / 6.63, rel=2e-3)

    def test_dose_linearity_and_superposition(self, drug):
        card = one_compartment(drug)
        times = np.linspace(0, 60, 61)
        given = {"values": {"t_scale": 12, "beta": 0.7}, "drug": card, "days": 60}
        single = prediction.predict("weibull", regimen="3.6 mg once", times=times, **given)
        double = prediction.predict("weibull", regimen="7.2 mg once", times=times, **given)
        assert plasma(double) == pytest.approx(2 * plasma(single), rel=1e-12)
        both = prediction.predict("weibull", regimen="3.6 mg at day 0, 28", times=times, **given)
        shifted = np.concatenate([np.zeros(28), plasma(single)[: 61 - 28]])
        assert plasma(both) == pytest.approx(plasma(single) + shifted, rel=1e-6, abs=1e-9)

    def test_depots_of_flows_add_up_like_those_of_curves(self, drug):
        """The PLGA flows and the Gallagher-Corrigan curve are one release; so are three doses of either."""
        given = {"drug": one_compartment(drug), "regimen": "3.6 mg every 10 days x 3", "times": np.linspace(0, 30, 61)}
        same = {"f_burst": 0.15, "k_burst": 1.5, "k_erosion": 0.3}
        flows = prediction.predict("plga_burst_erosion", values=same | {"eroded_start": 1 / (1 + np.exp(0.3 * 14))},
                                   **given)
        curve = prediction.predict("gallagher_corrigan", values=same | {"t_middle": 14}, **given)
        assert plasma(flows) == pytest.approx(plasma(curve), rel=1e-5, abs=1e-6)

    def test_all_mass_is_somewhere(self):
        a = np.array([[-0.5, 0, 0], [0.5, -0.2, 0], [0, 0.2, 0]])
        hours = np.linspace(0, 50, 26)
        mass = np.sqrt(inputs.node_times(hours) / 50)
        states = inputs.fed_states(a, np.array([1.0, 0, 0]), hours, np.zeros(()), mass)
        assert states.sum(axis=1) == pytest.approx(np.sqrt(hours / 50), rel=1e-12, abs=1e-14)

    def test_unreleased_share_stays_or_is_stretched(self, drug):
        card = one_compartment(drug)
        given = {"values": {"k": 0.5, "plateau": 0.64}, "drug": card, "regimen": "3.6 mg once", "days": 30}
        stays = prediction.predict("first_order+plateau", **given)
        stretched = prediction.predict("first_order+plateau", unreleased="rescaled", **given)
        assert plasma(stretched) == pytest.approx(plasma(stays) / 0.64, rel=1e-9)
        assert any("64.0 % of the dose; the rest is taken to stay" in s for s in stays.attrs["assumptions"])
        assert any("stretched" in s for s in stretched.attrs["assumptions"])
        half = prediction.predict("first_order+plateau", bioavailability=0.5, **given)
        assert plasma(half) == pytest.approx(plasma(stays) / 2, rel=1e-12)
        assert any("50 % reaches the blood" in s for s in half.attrs["assumptions"])

    def test_grid_of_reporting_does_not_matter(self, drug):
        given = {"values": {"k": (0.2, "1/day**0.5")}, "drug": one_compartment(drug), "regimen": "3.6 mg once"}
        few = prediction.predict("higuchi", days=28, times=[1.0, 13.0, 28.0], **given)
        many = prediction.predict("higuchi", days=28, times=np.linspace(0, 28, 281), **given)
        assert plasma(few) == pytest.approx(plasma(many)[[10, 130, 280]], rel=1e-7)


class TestIntervals:
    def test_draws_are_seeded_and_lie_around_the_fit(self, curve_d):
        fit = fitting.fit(curve_d, "weibull+plateau")
        one, again = (prediction.predict(fit, days=28, draws=100, seed=7) for _ in range(2))
        other = prediction.predict(fit, days=28, draws=100, seed=8)
        assert np.array_equal(one.released_draws, again.released_draws)
        assert not np.array_equal(one.released_draws, other.released_draws)
        low, high = np.quantile(one.released_draws, [0.1, 0.9], axis=0)
        # At the last sample the release is well known; the fit lies within the central draws.
        assert low[-1] < one.released.values[-1] < high[-1]
        assert 0.01 < high[-1] - low[-1] < 0.2
        assert one.released_draws.values.max() <= 1

    def test_draws_have_the_spread_of_the_intervals(self, curve_d):
        """Student's t, as the intervals of the parameters: 2.5 and 97.5 % of many draws are their ends."""
        fit = fitting.fit(curve_d, "weibull")
        values, refused = fit.release.draws(6000, 3)
        assert refused < 0.01
        for name in ("t_scale", "beta"):
            drawn = np.quantile(values[name], [0.025, 0.975]) / (24 if name == "t_scale" else 1)
            # The tail quantiles of 6000 draws scatter by about 3 % of the half-width.
            half = np.log(fit.intervals[name][1] / fit.values[name])
            assert np.log(drawn / np.array(fit.intervals[name])) == pytest.approx(0, abs=0.12 * half)

    def test_a_burst_that_is_only_known_to_be_fast_is_spread(self):
        """First sample at 3 days: rates from 2 to 1000 a day fit alike, and the peak hangs on them."""
        study = Study.from_arrays([0, 3, 7, 14, 21, 28.0], [0, 0.45, 0.55, 0.70, 0.85, 0.95], time_unit="day",
                                  source="made", formulation="x")
        fit = fitting.fit(study, "biexponential")
        assert fit.at_bound.get("k_burst") == "upper"
        given = {"drug": "goserelin", "regimen": "3.6 mg once", "days": 28}
        found = prediction.predict(fit, **given)
        fixed = [fitting.fit(study, "biexponential", fixed={"k_burst": k}) for k in (2, 4, 20, 200)]
        peaks = [plasma(prediction.predict(one, draws=0, **given)).max() for one in fixed]
        low, high = np.quantile(found.plasma_draws.values.max(axis=1), [0.025, 0.975])
        assert low < peaks[0]
        assert high > peaks[-1]
        assert any("only known to be fast" in s for s in found.attrs["assumptions"])

    def test_what_is_wrong_with_a_fit_is_said_of_its_prediction(self, curve_d):
        found = prediction.predict(fitting.fit(curve_d, "crank_sphere"), days=28, draws=0)
        assert any("too far to predict with" in s for s in found.attrs["assumptions"])

    def test_a_release_by_hand_has_no_interval_and_says_so(self):
        found = prediction.predict("first_order", values={"k": 0.1}, days=10)
        assert "released_draws" not in found
        assert any("No interval" in s for s in found.attrs["assumptions"])

    def test_attributes_tell_where_it_came_from(self, curve_d):
        fit = fitting.fit(curve_d, "weibull")
        found = prediction.predict(fit, drug="goserelin", regimen="3.6 mg every 28 days x 2", draws=10)
        assert list(found.attrs["citations"])[:2] == ["weibull1951", "langenbucher1972"]
        assert {"kakade2018", "bao2025", "zoladex_label"} <= set(found.attrs["citations"])
        assert json.loads(found.attrs["origin"])["sha256"] == curve_d.sha256
        assert found.plasma.attrs["units"] == "ng/mL"
        assert found.plasma.attrs["analyte"] == "goserelin"
        assert float(found.time[-1]) == 56
        assert any("measured until day 29.87" in s for s in found.attrs["assumptions"])


@pytest.mark.parametrize(("given", "words"), [
    ({"release": "first_order", "days": 30}, "first_order needs values for k (such as 0.1 1/day)"),
    ({"release": "frist_order", "days": 30}, "did you mean first_order"),
    ({"release": "first_order", "values": {"k": 0.1}}, "how long"),
    ({"release": "first_order", "values": {"k": 0.1}, "days": -1}, "days = -1 is not possible"),
    ({"release": "first_order", "values": {"k": 0.1}, "days": float("nan")}, "days = nan"),
    ({"release": "first_order", "values": {"k": 0.1}, "days": 5, "drug": "goserelin"}, "a regimen"),
    ({"release": "first_order", "values": {"k": 0.1}, "days": 5, "regimen": "3.6 mg once"}, "a drug"),
    ({"release": "first_order", "values": {"k": 0.1}, "days": 5, "unreleased": "lost"}, "'stays' or 'rescaled'"),
    ({"release": "first_order", "values": {"k": 0.1}, "days": 5, "draws": 1.5}, "whole number"),
    ({"release": "first_order", "values": {"k": 0.1}, "days": 5, "times": [0, 6]}, "rising numbers of days"),
    ({"release": "first_order", "values": {"k": (0.1, "mg")}, "days": 5}, "wrong unit"),
    ({"release": None, "days": 5}, "nothing to predict"),
    ({"release": None, "drug": "goserelin", "regimen": "3.6 mg once", "days": 5}, "needs its duration"),
    ({"release": "first_order", "values": {"k": 0.1}, "drug": "goserelin", "regimen": "3.6 mg over 1 h", "days": 5},
     "a carrier is injected at once"),
    ({"release": "first_order", "values": {"k": 0.1}, "drug": "goserelin", "regimen": "3.6 mg once", "days": 5,
      "bioavailability": 1.4}, "bioavailability = 1.4"),
    ({"release": "first_order", "values": {"k": 0.1}, "drug": "goserelin", "regimen": "3.6 mg once", "days": 5,
      "concentration_unit": "mg"}, "not a mass concentration"),
])
def test_what_cannot_be_predicted_is_refused_in_words(given, words):
    with pytest.raises(PkmodelsError) as refused:
        prediction.predict(**given)
    assert words in str(refused.value)


def test_changing_surroundings_reach_each_depot_at_its_own_time(drug):
    """A model that does not follow temperature says that the change has no effect."""
    course = Environment(T=[(0, 37), (24, 42), (48, 37)])
    found = prediction.predict("first_order", values={"k": 0.1}, days=3, environment=course)
    assert any("no effect here" in s for s in found.attrs["assumptions"])
    with pytest.raises(PredictionError):
        Environment(T=[])


def test_coverage_of_a_few_asked_times_is_warned_of():
    found = prediction.predict("biexponential", values={"f_burst": 0.2, "k_burst": 2, "k_sustained": 0.05},
                               drug="goserelin", regimen="3.6 mg once", days=28, times=np.arange(0, 29, 7.0))
    assert "peaks and crossings between them are missed" in metrics.coverage(found, "goserelin").verdict[0]


def test_a_card_must_end_in_a_concentration(drug):
    card = drug(["injection_site"], k_absorption=(1.0, "1/h"))
    with pytest.raises(PredictionError, match="does not end in a concentration"):
        prediction.predict("first_order", values={"k": 0.1}, drug=card, regimen="3.6 mg once", days=3)


def test_rows_say_the_peak_between_them():
    """Docetaxel, 100 mg over 1 h: 1.96024 mg/L at its end (case of tests/published.py), between rows of 2 days."""
    found = prediction.predict(None, drug="docetaxel", regimen="100 mg over 1 h once", days=20,
                               times=np.arange(0.0, 21.0, 2.0))
    assert found["plasma"].attrs["highest"] == pytest.approx(1960.24, rel=1e-5)
    assert found["plasma"].attrs["highest_at"] == pytest.approx(1 / 24, rel=1e-9)
    assert "highest plasma until day 20: 1960 ng/mL, at day 0.04167" in prediction.text(found)


def test_released_from_steady_state_is_that_of_a_dose_at_time_0():
    given = {"values": {"k": (0.1, "1/day")}, "drug": "goserelin", "days": 28, "draws": 0}
    for times in (None, [0.0, 7.0, 28.0]):
        found = prediction.predict("first_order", times=times, **given,
                                   regimen="3.6 mg every 28 days x 1 from steady state")
        np.testing.assert_allclose(found["released"], -np.expm1(-0.1 * found["time"]), atol=1e-12)
        top = found["plasma"].attrs.get("highest_at", 1.0)
        assert 0 <= top <= 28


def test_a_published_depot_says_until_when_it_was_watched():
    given = {"drug": "islatravir", "regimen": "62 mg once"}
    short, long = (prediction.predict("depot:islatravir", days=days, **given).attrs for days in (84, 112))
    assert not any("extrapolation" in s for s in short["assumptions"])
    said = long["assumptions"]
    assert any("watched in people until day 84" in s for s in said)


def test_peak_minutes_after_a_release_of_infinite_rate():
    """Higuchi into one compartment is Dawson's integral: C = D k F(sqrt(λ t)) / (V sqrt(λ)), highest F 0.5410442246."""
    drug = pk.read_drug("goserelin")
    volume, flow = drug.parameters["v_central"], drug.parameters["clearance"]
    fast = replace(drug, bioavailability=1.0, parameters={"v_central": replace(volume, value=10.0, unit="L"),
                                                          "clearance": replace(flow, value=120.0, unit="L/h")})
    asked = {"values": {"k": (0.1, "1/day^0.5")}, "drug": fast, "regimen": "10 mg every 28 days x 1"}

    def highest(v, cl):
        return 1e7 / (1000 * v) * 0.1 / np.sqrt(24) / np.sqrt(cl / v) * 0.5410442246  # ng/mL

    found = pk.predict("higuchi", **asked, draws=0)
    assert float(found.plasma.max()) == pytest.approx(highest(10, 120), rel=1e-3)
    someone = pk.predict_population("higuchi", **asked, patients=1, band=False).isel(patient=0)
    v, cl = float(someone.v_central), 120.0  # the card says how volumes vary
    assert float(someone.cmax) == pytest.approx(highest(v, cl), rel=1e-7)
    assert float(someone.tmax) * 24 == pytest.approx(0.9241388730**2 * v / cl, rel=1e-3)
