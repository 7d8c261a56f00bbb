"""Fitting: optimum, standard errors, bounds, records, comparison, verdicts."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import curve_fit

from pkmodels import catalogue, fitting, shelf, solve
from pkmodels.errors import FitError, ModelError, PkmodelsError, RecordError
from pkmodels.fitting import bounds, polish
from pkmodels.fitting.problem import Problem
from pkmodels.fitting.statistics import akaike_weights, runs_probability, statistics
from pkmodels.studies import Study, read_study


def made(days, shares, **given):
    return Study.from_arrays(np.asarray(days, float), np.asarray(shares, float), time_unit="day", source="made.csv",
                             formulation="x", **given)


class TestOptimum:
    def test_weibull_meets_scipy(self, curve_d):
        """scipy's own least squares on the same points, from a good start, with its covariance."""
        days, shares = curve_d.times[1:] / 24, curve_d.released[1:]
        best, covariance = curve_fit(lambda t, scale, beta: 1 - np.exp(-((t / scale) ** beta)), days, shares,
                                     p0=[19, 1.3], ftol=1e-14, xtol=1e-14, gtol=1e-14)
        found = fitting.fit(curve_d, "weibull")
        assert [found.values["t_scale"], found.values["beta"]] == pytest.approx(best, rel=1e-6)
        assert [found.stderr["t_scale"], found.stderr["beta"]] == pytest.approx(np.sqrt(np.diag(covariance)), rel=1e-4)

    def test_flow_and_curve_of_one_process_find_one_optimum(self, curve_d):
        flow = fitting.fit(curve_d, "plga_burst_erosion")
        curve = fitting.fit(curve_d, "gallagher_corrigan")
        assert flow.statistics["ss"] == pytest.approx(curve.statistics["ss"], rel=1e-5)

    def test_a_richer_model_never_fits_worse(self, curve_d):
        ss = {name: fitting.fit(curve_d, name).statistics["ss"] for name in (
            "first_order", "weibull", "weibull+lag", "weibull+plateau", "weibull+lag+plateau", "biexponential")}
        assert ss["weibull"] <= ss["first_order"] * (1 + 1e-9)
        assert ss["biexponential"] <= ss["first_order"] * (1 + 1e-9)
        assert ss["weibull+lag"] <= ss["weibull"] * (1 + 1e-9)
        assert ss["weibull+plateau"] <= ss["weibull"] * (1 + 1e-9)
        assert ss["weibull+lag+plateau"] <= min(ss["weibull+lag"], ss["weibull+plateau"]) * (1 + 1e-9)

    def test_does_not_depend_on_the_seed(self, curve_d):
        for name in ("double_weibull", "burst_delayed_weibull", "gallagher_corrigan+plateau"):
            ss = [fitting.fit(curve_d, name, seed=seed).statistics["ss"] for seed in (1, 2, 3)]
            assert max(ss) <= min(ss) * 1.0001, name

    def test_what_is_called_a_burst_may_be_the_slow_part(self):
        """Written to four digits; the curve that they came from has the slower of its rates under the burst's name."""
        hours = np.array([0, 0.74, 1.49, 5.67, 11.76, 23.6, 47.6, 71.7, 95.7, 119.4, 143.4, 167.5])
        squares = np.arange(1.0, 200)[:, None] ** 2
        x = np.pi**2 * np.maximum(hours - 11.56, 0) / 3.33
        sphere = 1 - 6 / np.pi**2 * np.sum(np.exp(-squares * x) / squares, axis=0)
        early = 0.7557 * -np.expm1(-0.4763 * np.maximum(hours - 0.0449, 0))
        sphere[hours < 11.56] = 0  # the series ends
        shares = 0.8866 * -np.expm1(-0.00050065 * hours) + 0.1134 * (early + 0.2443 * sphere)
        study = Study.from_arrays(hours, shares.round(4), time_unit="h", source="made", formulation="x")
        found = fitting.fit(study, "lao_venkatraman_peppas")
        assert found.statistics["ss"] <= np.sum((shares.round(4) - shares) ** 2)

    @pytest.mark.parametrize("lag", [0.93 * (1 - 1e-6), 3.93 * (1 - 1e-4), 7.0])
    def test_release_that_begins_a_hair_before_a_sample(self, lag):
        """Made without errors, so that the least sum of squares is nothing; the lag is steep next to a sample."""
        hours = np.array([0.04, 0.93, 1.89, 3.93, 7.94, 11.95, 24.05, 48.03])
        late = np.maximum(hours - lag, 0)
        shares = 0.1 * (1 - np.exp(-0.5 * hours)) + 0.9 * (1 - np.exp(-((late / 700) ** 0.3)))
        study = Study.from_arrays(hours, shares, time_unit="h", source="made", formulation="x")
        # A millionth of the dose per point: the walk ends when a step gains a share of 1e-16.
        assert fitting.fit(study, "burst_delayed_weibull").statistics["ss"] < 8e-12

    def test_ordered_parameters_that_meet_at_a_bound(self):
        """All is out before the first sample: both times would be earlier than can be seen, and neither has room."""
        days = np.array([1, 2, 4, 7, 10, 14.0])
        found = fitting.fit(made(days, np.ones(6)), "double_weibull")
        assert found.statistics["rmse"] < 1e-6

    @pytest.mark.parametrize("side", ["lower", "upper"])
    @pytest.mark.parametrize("name", ["biexponential", "double_weibull", "double_sigmoid", "lao_venkatraman_peppas"])
    def test_last_steps_from_a_bound_that_an_ordered_pair_shares(self, name, side):
        """lmfit refuses a parameter whose bounds are one number; the pair keeps its order and is said to be there."""
        model, hours = catalogue.get_model(name), 24 * np.array([1, 2, 4, 7, 10, 14.0])
        box = bounds.box(model, hours)
        problem = Problem(model, hours, np.ones(6), box)
        start = np.clip([model.values()[p.name] for p in model.parameters], box.start_lower, box.start_upper)
        slow, fast = (problem.names.index(s.name) for s in model.ordered[0])
        start[[slow, fast]] = getattr(box, side)[slow]
        found = polish.polish(problem, start, {p.name: p.unit for p in model.parameters})
        slower, faster = problem.names[slow], problem.names[fast]
        assert found.values[slower] <= found.values[faster]
        assert {slower, faster} & set(found.at_bound)
        if found.values[slower] == found.values[faster]:
            assert found.at_bound[slower] == found.at_bound[faster] == "merged"

    def test_time_unit_does_not_matter(self, curve_d):
        in_minutes = Study.from_arrays(curve_d.times * 60, curve_d.released, time_unit="min", source="m",
                                       formulation="D")
        by_day, by_minute = (fitting.fit(s, "gallagher_corrigan+plateau") for s in (curve_d, in_minutes))
        assert by_minute.statistics["ss"] == pytest.approx(by_day.statistics["ss"], rel=1e-9)
        assert by_minute.units["k_burst"] == "1/min"
        assert by_minute.values["k_burst"] * 1440 == pytest.approx(by_day.values["k_burst"], rel=1e-5)
        assert by_minute.stderr["k_burst"] * 1440 == pytest.approx(by_day.stderr["k_burst"], rel=1e-4)

    def test_order_of_points_does_not_matter(self, curve_d):
        order = np.random.default_rng(5).permutation(len(curve_d.times))
        shuffled = Study.from_arrays(curve_d.times[order] / 24, curve_d.released[order], time_unit="day", source="s",
                                     formulation="D")
        assert fitting.fit(shuffled, "weibull").values == fitting.fit(curve_d, "weibull").values

    def test_minutes_of_a_tablet(self):
        """A quick release in minutes: nothing of the days of a depot is left in the bounds."""
        minutes = np.array([0, 5, 10, 15, 20, 30, 45, 60.0])
        study = Study.from_arrays(minutes, 1 - np.exp(-0.11 * minutes), time_unit="min", source="t", formulation="x")
        found = fitting.fit(study, "first_order")
        assert found.values["k"] == pytest.approx(0.11, rel=1e-8)
        assert found.units["k"] == "1/min"

    def test_known_parameters_are_held(self, curve_d):
        found = fitting.fit(curve_d, "weibull", fixed={"beta": 1})
        free = fitting.fit(curve_d, "first_order")
        assert found.values["beta"] == 1
        assert 1 / found.values["t_scale"] == pytest.approx(free.values["k"], rel=1e-7)
        assert found.statistics["free"] == 1
        assert found.table.loc["beta", "note"] == "given"

    def test_within_bounds_always(self):
        """A curve above 100 % would like a plateau of 1.2; the bound is 1.05 and is said."""
        days = np.array([0, 1, 2, 4, 7, 10, 14, 21])
        found = fitting.fit(made(days, 1.2 * (1 - np.exp(-0.5 * days))), "first_order+plateau")
        assert found.values["plateau"] == pytest.approx(1.05)
        assert found.at_bound == {"plateau": "upper"}
        assert np.isnan(found.stderr["plateau"])
        assert np.isfinite(found.stderr["k"])
        assert any("plateau = 1.05 is at its upper bound" in v for v in found.verdicts)


class TestTimeZero:
    def test_a_zero_at_time_0_changes_nothing_but_its_count(self):
        days = np.array([0.25, 1, 2, 4, 7, 10, 14, 21.0])
        shares = 1 - np.exp(-((days / 9) ** 0.8)) + 0.01 * np.array([1, -1, 1, 1, -1, -1, 1, -1])
        without, with_zeros = (fitting.fit(s, "weibull") for s in (
            made(days, shares), made([0, 0, *days], [0, 0, *shares], replicate=["1", "2", *["1"] * 8])))
        assert with_zeros.values == pytest.approx(without.values)
        assert with_zeros.stderr == pytest.approx(without.stderr)
        assert with_zeros.statistics["aicc"] == pytest.approx(without.statistics["aicc"])
        assert (with_zeros.points, with_zeros.statistics["n"]) == (10, 8)

    def test_an_initial_share_is_not_pulled_down_by_it(self):
        days = np.array([0, 1 / 24, 0.25, 1, 3, 7, 10, 14, 21, 28])
        shares = np.where(days > 0, 0.2 + 0.8 * (1 - np.exp(-days / 10)), 0)
        found = fitting.fit(made(days, shares), "first_order+initial")
        assert found.values["f_initial"] == pytest.approx(0.2, abs=1e-6)


class TestStandardErrors:
    def test_sensitivities_give_the_covariance_that_lmfit_reports(self, curve_d):
        found = fitting.fit(curve_d, "weibull+plateau")
        slope = solve.sensitivities(found.model, found.inside, curve_d.times)
        assert found.statistics["n"] == len(curve_d.times) - 1
        variance = found.statistics["ss"] / (found.statistics["n"] - 3)
        inside = variance * np.linalg.inv(slope.T @ slope)
        assert found.stderr["t_scale"] * 24 == pytest.approx(np.sqrt(inside[0, 0]), rel=1e-4)
        assert found.lmfit.params["beta"].stderr == pytest.approx(found.stderr["beta"])

    def test_simulated_curves_lie_within_the_intervals(self):
        """Of 300 made curves with known noise about 95 % of the intervals hold the truth (binomial: 92 to 98 %)."""
        days = np.array([0.5, 1, 2, 4, 7, 10, 14, 18, 24, 30.0])
        generator = np.random.default_rng(11)
        hits = 0
        for _ in range(300):
            shares = 1 - np.exp(-((days / 12) ** 0.8)) + 0.01 * generator.standard_normal(len(days))
            low, high = fitting.fit(made(days, shares), "weibull").intervals["t_scale"]
            hits += low <= 12 <= high
        assert 0.92 <= hits / 300 <= 0.98


class TestStatistics:
    def test_definitions_by_hand(self):
        measured, residual = np.array([0.2, 0.4, 0.9]), np.array([0.1, -0.1, 0.1])
        s = statistics(measured, residual, 1)
        assert s["ss"] == pytest.approx(0.03)
        assert s["rmse"] == pytest.approx(0.1)
        assert s["r2"] == pytest.approx(1 - 0.03 / 0.26)
        assert s["r2_adj"] == pytest.approx(1 - 0.03 / 0.26 * 2 / 2)
        assert s["aic_ddsolver"] == pytest.approx(3 * np.log(300) + 2)
        assert np.isnan(s["aicc"])

    def test_lmfit_says_the_same_aic_and_bic(self, curve_d):
        found = fitting.fit(curve_d, "weibull")
        assert found.statistics["aic_lmfit"] == pytest.approx(found.lmfit.aic, rel=1e-9)
        assert found.statistics["bic_lmfit"] == pytest.approx(found.lmfit.bic, rel=1e-9)

    def test_akaike_weights(self):
        assert akaike_weights([0, 2 * np.log(3)]) == pytest.approx([0.75, 0.25])
        assert akaike_weights([0, float("nan")]) == pytest.approx([1, 0])

    def test_runs(self):
        """Eight signs, four of each, in two runs: 2 of 70 arrangements."""
        assert runs_probability(np.array([1, 1, 1, 1, -1, -1, -1, -1.0])) == pytest.approx(2 / 70)
        assert runs_probability(np.array([1, -1, 1, -1.0])) == pytest.approx(1)


class TestVerdicts:
    def test_plateau_not_observed(self, curve_d):
        assert any("plateau was not observed" in v for v in fitting.fit(curve_d, "weibull").verdicts)

    def test_too_far_off(self, curve_d):
        assert any("too far to predict with" in v for v in fitting.fit(curve_d, "crank_sphere").verdicts)

    def test_pattern_in_the_residuals(self, curve_d):
        assert any("in long stretches" in v for v in fitting.fit(curve_d, "higuchi").verdicts)

    def test_burst_before_the_first_sample(self):
        days = np.array([0, 2, 4, 7, 10, 14, 21, 28.0])
        shares = np.where(days > 0, 0.3 + 0.7 * (1 - np.exp(-0.04 * days)), 0)
        found = fitting.fit(made(days, shares), "biexponential")
        assert found.values["f_burst"] == pytest.approx(0.3, abs=1e-4)
        assert any("k_burst" in v and ("before the first sample" in v or "not identifiable" in v or "only known" in v)
                   for v in found.verdicts)
        assert any("burst within the first day cannot be told" in v for v in found.verdicts)

    def test_a_pool_that_is_not_there(self, curve_d):
        found = fitting.fit(curve_d, "biexponential")
        # Either the pool is empty, or both pools have one rate: the curve is first order in both cases.
        assert found.statistics["ss"] == pytest.approx(fitting.fit(curve_d, "first_order").statistics["ss"], rel=1e-6)
        assert any("has no effect at these values" in v for v in found.verdicts)
        assert any("f_burst = " in v or "have become equal" in v for v in found.verdicts)
        assert found.idle

    def test_beyond_the_dose(self):
        days = np.array([0, 1, 2, 4, 6, 8, 10.0])
        found = fitting.fit(made(days, np.minimum(0.2 * days, 1)), "zero_order")
        assert any("passes 100 % of the dose" in v for v in found.verdicts)

    def test_as_many_parameters_as_times(self):
        """Two times and two parameters: a perfect curve that says nothing of itself, with or without replicates."""
        for days, shares in (([0, 7, 28], [0, 0.3, 0.7]), ([0, 7, 7, 28, 28], [0, 0.3, 0.31, 0.7, 0.71])):
            found = fitting.fit(made(days, shares), "weibull")
            assert np.isnan(found.stderr["beta"])
            assert any("as many parameters as sampling times (2)" in v for v in found.verdicts)
            assert found.release.covariance is None

    def test_few_points(self):
        found = fitting.fit(made([1, 2, 4, 8], [0.2, 0.4, 0.6, 0.9]), "weibull+plateau")
        assert any("leave 1 to judge the fit by" in v for v in found.verdicts)

    def test_a_lag_has_a_local_standard_error(self):
        days = np.array([0.5, 1, 2, 4, 7, 10, 14, 21, 28.0])
        noise = 0.01 * np.array([0, 0, 0, 1, -1, 1, 1, -1, 0.5])
        shares = 1 - np.exp(-0.1 * np.maximum(days - 2.8, 0)) + noise
        found = fitting.fit(made(days, shares), "first_order+lag")
        assert 2 < found.values["t_lag"] < 4
        assert any("standard error of t_lag is a local one, good between the samples at 2 and 4 day" in v
                   for v in found.verdicts)

    def test_a_good_fit_is_told_so(self):
        days = np.array([0, 0.25, 1, 2, 4, 7, 10, 14, 21, 28, 35.0])
        noise = 0.012 * np.array([0, 1, -1, 1, -1, -1, 1, -1, 1, 1, -1])
        found = fitting.fit(made(days, 1 - np.exp(-0.15 * days) + noise * (days > 0)), "first_order")
        assert found.verdicts == ()
        assert "nothing speaks against this fit" in repr(found)

    def test_slow_burst_is_called_none(self, curve_d):
        assert any("burst is none" in v for v in fitting.fit(curve_d, "gallagher_corrigan").verdicts)


class TestComparison:
    def test_ranks_and_weighs(self, curve_d):
        found = fitting.compare(curve_d)
        aicc = [f.statistics["aicc"] for f in found.fits if np.isfinite(f.statistics["aicc"])]
        assert aicc == pytest.approx(sorted(aicc), abs=2e-3)
        assert sum(found.weights) == pytest.approx(1)
        # Eight samples after the start are as many as the parameters of this one.
        assert set(found.failed) == {"triple_weibull"}
        assert {*found.table.index, *found.failed} == set(catalogue.list_ranked())
        assert found.advice.startswith(f"Use {found.best.model.name}")

    def test_one_curve_under_two_names_counts_once(self, curve_d):
        found = fitting.compare(curve_d, ["gallagher_corrigan", "plga_burst_erosion", "weibull"])
        assert found.twins == {"plga_burst_erosion": "gallagher_corrigan"}
        weights, alone = ({f.model.name: w for f, w in zip(c.fits, c.weights, strict=True)} for c in (
            found, fitting.compare(curve_d, ["gallagher_corrigan", "weibull"])))
        assert weights["plga_burst_erosion"] == 0
        assert weights["gallagher_corrigan"] == pytest.approx(alone["gallagher_corrigan"], rel=1e-6)

    def test_another_form_of_a_law_carries_no_weight(self, curve_d):
        """DDSolver's logistic in time is asked for by name; it is no second hypothesis beside the normalised one."""
        found = fitting.compare(curve_d, ["ddsolver_logistic_time", "logistic_time", "weibull"])
        assert found.twins == {"ddsolver_logistic_time": "logistic_time"}
        weights = {f.model.name: w for f, w in zip(found.fits, found.weights, strict=True)}
        assert weights["ddsolver_logistic_time"] == 0
        assert weights["logistic_time"] + weights["weibull"] == pytest.approx(1)
        assert fitting.compare(curve_d, ["ddsolver_logistic_time", "weibull"]).twins == {}

    def test_without_aicc_the_fewest_parameters_are_chosen(self):
        """Four points on a logistic curve: four parameters pass through them all and are no better for it."""
        days = np.array([1, 5, 9, 14.0])
        off = np.array([0.004, -0.006, 0.005, -0.002])
        found = fitting.compare(made(days, 1 / (1 + np.exp(-0.5 * (days - 6))) + off),
                                ["gallagher_corrigan", "logistic_time"])
        assert found["gallagher_corrigan"].statistics["ss"] < found["logistic_time"].statistics["ss"]
        assert found.best.model.name == "logistic_time"
        assert "fewest parameters" in found.advice

    def test_the_three_criteria_called_aic_are_told_apart(self, curve_d):
        found = fitting.compare(curve_d, ["weibull"])
        s = found.best.statistics
        n, p, wss = s["n"], s["free"], s["wss"]
        assert s["aic_lmfit"] == pytest.approx(n * np.log(wss / n) + 2 * p)
        # Nine points with the zero at time 0, which DDSolver counts; shares in per cent.
        assert s["aic_ddsolver"] == pytest.approx(9 * np.log(1e4 * wss) + 2 * p)
        assert s["aicc"] == pytest.approx(n * np.log(wss / n) + 6 + 24 / (n - 4))
        assert set(found.to_dict()["meaning"]) <= set(s)
        assert "the variance counts" in found.text
        assert "lmfit's AIC" in found.best.text
        assert "DDSolver's AIC" in found.best.text

    def test_what_misses_the_points_is_not_advised(self, curve_d):
        """With eight points AICc forgives a Weibull that misses them by more than 3 % of dose; the advice does not."""
        found = fitting.compare(curve_d, ["gallagher_corrigan", "weibull"])
        assert found.fits[0].model.name == "weibull"
        assert found.best.model.name == "gallagher_corrigan"
        assert "too far to predict with" in found.advice

    def test_models_with_too_few_points_are_named(self):
        found = fitting.compare(made([0, 1, 3, 7], [0, 0.2, 0.5, 0.8]))
        assert "double_weibull has 5 parameters" in found.failed["double_weibull"]
        assert found.best.model.name

    def test_as_many_parameters_as_points_are_not_tried_unasked(self):
        """Eight parameters go through eight points in many ways; asked for by name they are drawn and it is said."""
        days = np.array([0.25, 1, 3, 7, 12, 18, 25, 30])
        study = made(days, [0.05, 0.11, 0.16, 0.33, 0.35, 0.62, 0.81, 0.83])
        found = fitting.compare(study)
        assert "triple_weibull" not in [f.model.name for f in found.fits]
        assert "8 parameters to find from 8 sampling times" in found.failed["triple_weibull"]
        asked = fitting.compare(study, ["triple_weibull", "weibull"])
        assert any("as many parameters as sampling times (8)" in v for v in asked["triple_weibull"].verdicts)
        # One more sample, and it is tried.
        more = fitting.compare(made([*days, 36], [*study.released, 0.84]))
        assert "triple_weibull" in [f.model.name for f in more.fits]

    def test_json_is_plain(self, curve_d):
        found = fitting.compare(curve_d, ["weibull", "first_order"])
        text = json.dumps(found.to_dict(), allow_nan=False)
        first = json.loads(text)["ranking"][0]
        assert {"model", "n", "parameters", "statistics", "verdicts", "weight"} <= set(first)
        assert {"ss", "rmse", "r2", "r2_adj", "aic_lmfit", "aicc", "bic_lmfit",
                "aic_ddsolver"} <= set(first["statistics"])
        assert {"value", "stderr", "unit"} <= set(first["parameters"]["t_scale"])


class TestRecords:
    def test_comes_back_as_it_went(self, curve_d, tmp_path):
        fit = fitting.fit(curve_d, "weibull+plateau")
        back = fitting.load_fit(fit.save(tmp_path / "fit.toml"))
        assert repr(back) == repr(fit)
        assert back.to_dict() == fit.to_dict()
        assert np.array_equal(back.covariance, fit.covariance)
        assert np.array_equal(back.study.times, fit.study.times)

    def test_with_a_parameter_at_its_bound(self, curve_d, tmp_path):
        fit = fitting.fit(curve_d, "biexponential")
        back = fitting.load_fit(fit.save(tmp_path / "fit.toml"))
        assert back.to_dict() == fit.to_dict()

    @pytest.mark.parametrize("name", shelf.names("fits", "*.toml"))
    def test_every_record_that_ships_fits_again(self, name):
        record = fitting.load_fit(name)
        study = read_study(record.study.source.removesuffix(".csv"), formulation=record.study.formulations[0])
        assert study.sha256 == record.study.sha256
        again = fitting.fit(study, record.model.name, seed=record.seed)
        assert again.statistics["ss"] == pytest.approx(record.statistics["ss"], rel=1e-6)
        for parameter in record.free:
            # A few parts in a hundred thousand of a standard error: other machines round otherwise.
            assert again.values[parameter] == pytest.approx(
                record.values[parameter], abs=1e-3 * record.stderr[parameter]), parameter
        assert set(again.verdicts) == set(record.verdicts)

    def test_records_ship(self):
        assert shelf.names("fits", "*.toml")

    @pytest.mark.parametrize(("change", "words"), [
        (lambda text: "nonsense", "is not a TOML file"),
        (lambda text: text.replace("[recipe]", "[receipt]"), "not a complete fit record"),
        (lambda text: text.replace("format = 1", "format = 9"), "has format 9"),
        (lambda text: text.replace('model = "weibull"', 'model = "wiebull"'), "did you mean weibull"),
        (lambda text: text.replace('model = "weibull"', 'model = "first_order"'), "disagree about"),
        (lambda text: re.sub(r"value = 1\.\d+", "value = -4.0", text), "below its bound"),
        (lambda text: re.sub(r"value = 1\.\d+", "value = 1.7", text), "another sum of squares"),
    ])
    def test_a_broken_record_is_refused(self, curve_d, tmp_path, change, words):
        path = fitting.fit(curve_d, "weibull").save(tmp_path / "fit.toml")
        path.write_text(change(path.read_text()))
        with pytest.raises(PkmodelsError) as refused:
            fitting.load_fit(path)
        assert words in str(refused.value)

    def test_a_model_outside_the_catalogue_is_not_saved(self, curve_d, tmp_path):
        own = replace(catalogue.get_model("first_order"), released=catalogue.get_model("first_order").released**2)
        with pytest.raises(RecordError, match="not a model of the catalogue"):
            fitting.fit(curve_d, own).save(tmp_path / "fit.toml")

    def test_a_missing_record_is_named(self):
        with pytest.raises(RecordError, match=r"nowhere\.toml cannot be opened"):
            fitting.load_fit("nowhere.toml")


def test_curves_under_different_conditions_are_not_pooled(tmp_path):
    path = tmp_path / "two.csv"
    rows = [f"{day},{share},{ph}" for ph, rate in ((5.5, 20), (7.4, 10))
            for day, share in ((0, 0), (1, rate), (3, 2 * rate))]
    path.write_text("\n".join(["time (day),released (%),pH", *rows]))
    with pytest.raises(FitError, match=r"at pH 5.5 and 7.4.*choose one, such as 'two, pH 5.5'"):
        fitting.fit(read_study(path), "first_order")
    assert fitting.fit(read_study(path, formulation="two, pH 5.5"), "first_order").points == 3


@pytest.mark.parametrize(("make", "error", "words"), [
    (lambda d: fitting.fit(read_study("kakade_2018_goserelin"), "weibull"), FitError,
     "holds 4 formulations (A, B, C, D)"),
    (lambda d: fitting.fit(d, "wiebull"), PkmodelsError, "did you mean weibull"),
    (lambda d: fitting.fit(d, "weibull+plaeau"), PkmodelsError, "did you mean plateau"),
    (lambda d: fitting.fit(d, "zero_order+plateau"), ModelError, "has no end of its own"),
    (lambda d: fitting.fit(d, "plga_burst_erosion+lag"), ModelError, "closed curves only"),
    (lambda d: fitting.fit(d, "weibull", fixed={"bta": 1}), PkmodelsError, "did you mean beta"),
    (lambda d: fitting.fit(d, "weibull", fixed={"beta": 1, "t_scale": 3}), ModelError, "nothing to fit"),
    (lambda d: fitting.fit(made([0, 1, 2, 4], [0, 0, 0, 0]), "weibull"), FitError, "nothing was released in made"),
    (lambda d: fitting.fit(made([0, 1, 2], [0, 0.1, 0.2]), "double_weibull"), FitError, "has 2 sampling times"),
])
def test_what_cannot_be_fitted_is_refused_in_words(curve_d, make, error, words):
    with pytest.raises(error) as refused:
        make(curve_d)
    assert words in str(refused.value)
