"""Intervals: against closed forms, lmfit, scipy and simulation."""

import importlib
import json
import math
import tomllib
import warnings
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from pkmodels import catalogue, fitting, solve
from pkmodels.cli import main
from pkmodels.errors import FitError, PkmodelsError
from pkmodels.fitting import derived, walking
from pkmodels.fitting.bootstrap import ends_of
from pkmodels.prediction import predict
from pkmodels.studies import Study

DAYS = np.array([0.5, 1, 2, 4, 7, 10, 14, 18, 24, 30.0])
NOISE = 0.01 * np.array([1, -1.5, 0.5, 1, -0.5, -1, 1.5, -0.5, 0.3, -0.8])


def made(shares, days=DAYS, **given):
    return Study.from_arrays(days, np.asarray(shares, float), time_unit="day", source="made.csv", formulation="x",
                             **given)


def numbers(model, **given):
    inside = model.values(given)
    return np.array([[inside[p.name] for p in model.parameters]])


@pytest.fixture(scope="module")
def weibull():
    return fitting.fit(made(1 - np.exp(-((DAYS / 12) ** 0.8)) + NOISE), "weibull")


@pytest.fixture(scope="module")
def resampled(weibull):
    return fitting.bootstrap(weibull, seed=3)


class TestDerived:
    def test_weibull_in_closed_form(self):
        """t50 = t_scale ln(2)^(1/beta), t80 = t_scale ln(5)^(1/beta), mean t_scale Gamma(1 + 1/beta)."""
        model = catalogue.get_model("weibull")
        found = derived.values(model, numbers(model, t_scale=10.0, beta=0.7), 30 * 24)
        assert found["t50"][0] / 24 == pytest.approx(10 * math.log(2) ** (1 / 0.7), rel=1e-9)
        assert found["t80"][0] / 24 == pytest.approx(10 * math.log(5) ** (1 / 0.7), rel=1e-9)
        assert found["mean_release_time"][0] / 24 == pytest.approx(10 * math.gamma(1 + 1 / 0.7), rel=1e-6)
        assert found["burst_24h"][0] == pytest.approx(1 - math.exp(-(0.1**0.7)), rel=1e-12)
        assert found["plateau_share"][0] == 1

    @pytest.mark.parametrize(("name", "given", "days"), [
        ("zero_order", {"k": 0.04}, 0.5 / 0.04), ("higuchi", {"k": 0.15}, 1 / (3 * 0.15**2)),
        ("korsmeyer_peppas", {"t_full": 30.0, "n": 0.6}, 30 * 0.6 / 1.6),
        ("first_order+lag", {"k": 0.1, "t_lag": 2.0}, 12),
        ("biexponential", {"f_burst": 0.3, "k_burst": 2.0, "k_sustained": 0.1}, 0.15 + 7),
        ("first_order+plateau", {"k": 0.1, "plateau": 0.6}, 10),
        ("zero_order+initial", {"k": 0.04, "f_initial": 0.2}, 0.8**2 / 0.04 / 2),
    ])
    def test_mean_release_time_in_closed_form(self, name, given, days):
        model = catalogue.get_model(name)
        found = derived.values(model, numbers(model, **given), 30 * 24, ["mean_release_time"])["mean_release_time"][0]
        assert found / 24 == pytest.approx(days, rel=1e-6)

    @pytest.mark.parametrize("name", ["weibull", "biexponential", "crank_sphere"])
    def test_mean_release_time_is_the_one_of_the_card(self, name):
        model = catalogue.get_model(name)
        given = numbers(model)
        found = derived.values(model, given, 720.0, ["mean_release_time"])["mean_release_time"][0]
        assert found == pytest.approx(solve.also(model, model.values())["mean_release_time"], rel=1e-6)

    def test_a_flow_and_its_curve_agree(self):
        curve, flow = catalogue.get_model("first_order"), catalogue.get_model("first_order").as_model()
        given = numbers(curve, k=0.1)
        a, b = (derived.values(m, given, 40 * 24) for m in (curve, flow))
        for name in derived.NAMES:
            assert b[name][0] == pytest.approx(a[name][0], rel=1e-5), name
        for name in ("burst_24h", "t50", "mean_release_time"):
            slopes = [derived.value_and_slope(m, given, 40 * 24, name)[1][0, 0] for m in (curve, flow)]
            assert slopes[1] == pytest.approx(slopes[0], rel=1e-4), name

    def test_standard_error_of_t50_by_hand(self, weibull):
        """The delta method, with derivatives written out."""
        scale, beta = weibull.values["t_scale"], weibull.values["beta"]
        power = math.log(2) ** (1 / beta)
        slope = np.array([power, -scale * power * math.log(math.log(2)) / beta**2])
        row = weibull.derived.loc["t50"]
        assert row["value"] == pytest.approx(scale * power, rel=1e-9)
        assert row["stderr"] == pytest.approx(math.sqrt(slope @ weibull.covariance @ slope), rel=1e-6)
        assert row["unit"] == "day"

    def test_standard_error_of_the_mean_time_by_hand(self, weibull):
        from scipy.special import digamma

        scale, beta = weibull.values["t_scale"], weibull.values["beta"]
        mean = math.gamma(1 + 1 / beta)
        slope = np.array([mean, -scale * mean * digamma(1 + 1 / beta) / beta**2])
        assert weibull.derived.loc["mean_release_time", "stderr"] == pytest.approx(
            math.sqrt(slope @ weibull.covariance @ slope), rel=1e-5)

    def test_never_reached_is_said(self):
        found = fitting.fit(made(0.6 * (1 - np.exp(-0.3 * DAYS)) + NOISE), "first_order+plateau")
        row = found.derived.loc["t80"]
        assert np.isnan(row["value"])
        assert "never reached: the curve ends at 59.9 % of the dose, below 80 %" in row["note"]
        assert "never reached" in fitting.profile(found, quantities=["t80"]).table.loc["t80", "note"]


class TestProfile:
    @pytest.mark.parametrize(("name", "shape"), [("zero_order", DAYS), ("higuchi", np.sqrt(DAYS))])
    def test_of_a_straight_line_is_students_interval(self, name, shape):
        shares = 0.03 * shape + NOISE
        found = fitting.profile(fitting.fit(made(shares), name))
        k = shape @ shares / (shape @ shape)
        error = math.sqrt(np.sum((shares - k * shape) ** 2) / (len(DAYS) - 1) / (shape @ shape))
        half = stats.t.ppf(0.975, len(DAYS) - 1) * error
        assert found["k"] == pytest.approx((k - half, k + half), rel=1e-6)
        if name == "zero_order":
            assert found["t50"] == pytest.approx((0.5 / (k + half), 0.5 / (k - half)), rel=1e-5)
            assert found["burst_24h"] == pytest.approx((k - half, k + half), rel=1e-5)

    def test_agrees_with_lmfit(self, weibull):
        import lmfit

        shares = weibull.study.released
        minimizer = lmfit.Minimizer(lambda p: 1 - np.exp(-((DAYS / p["t_scale"]) ** p["beta"])) - shares,
                                    lmfit.create_params(t_scale={"value": 12, "min": 0}, beta={"value": 0.8, "min": 0}))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            rows = lmfit.conf_interval(minimizer, minimizer.minimize(), sigmas=[0.95])
        found = fitting.profile(weibull)
        for name in ("t_scale", "beta"):
            assert found[name] == pytest.approx((rows[name][0][1], rows[name][2][1]), rel=1e-3)

    def test_t50_is_the_scale_of_another_way_to_write_the_curve(self, weibull):
        """Held shape: t50 is t_scale times a constant, and so are the ends of its interval."""
        held = fitting.fit(weibull.study, "weibull", fixed={"beta": 0.8})
        found = fitting.profile(held, quantities=["t_scale", "t50", "mean_release_time"])
        for name, factor in (("t50", math.log(2) ** 1.25), ("mean_release_time", math.gamma(2.25))):
            assert found[name] == pytest.approx([factor * end for end in found["t_scale"]], rel=1e-5)

    def test_burst_before_the_first_sample_is_open_above(self):
        days = np.array([2, 4, 7, 10, 14, 21, 28.0])
        shares = 0.3 + 0.7 * (1 - np.exp(-0.04 * days)) + 0.005 * np.array([1, -1, -1, 1, 1, -1, 0])
        found = fitting.profile(fitting.fit(made(shares, days), "biexponential"))
        low, high = found["k_burst"]
        assert 0.2 < low < 3
        assert high == math.inf
        assert "open: the profile never rises" in found.table.loc["k_burst", "note"]
        assert all(np.isfinite(found["f_burst"]))
        json.dumps(found.to_dict(), allow_nan=False)

    def test_at_a_bound_one_side_is_left(self):
        found = fitting.fit(made(1.2 * (1 - np.exp(-0.5 * DAYS))), "first_order+plateau")
        assert found.at_bound == {"plateau": "upper"}
        profile = fitting.profile(found, quantities=["plateau", "k"])
        low, high = profile["plateau"]
        assert low < high == pytest.approx(1.05)
        assert "reaches its upper bound" in profile.table.loc["plateau", "note"]

    def test_a_share_that_may_never_be_reached_is_open(self):
        """Where a plateau just below 80 % fits nearly as well, t80 has no upper end."""
        found = fitting.fit(made(0.82 * (1 - np.exp(-0.12 * DAYS)) + NOISE), "first_order+plateau")
        profile = fitting.profile(found, quantities=["plateau", "t80", "t50"])
        assert profile["plateau"][0] < 0.8 < found.values["plateau"]
        assert profile["t80"][1] == math.inf
        assert "never reached" in profile.table.loc["t80", "note"]
        assert np.isfinite(profile["t50"]).all()

    def test_every_end_is_on_the_cut(self, weibull):
        """Held at the end of its interval, a fit of the others has just the sum of squares of the cut."""
        found = fitting.profile(weibull)
        for name in ("t_scale", "beta"):
            for end in found[name]:
                again = fitting.fit(weibull.study, "weibull", fixed={name: (end, weibull.units[name])})
                assert again.statistics["ss"] == pytest.approx(found.cut, rel=1e-5)
        assert found.paths["beta"]["wss"].min() == pytest.approx(weibull.statistics["ss"], rel=1e-8)

    def test_a_sample_at_time_zero_adds_nothing(self, weibull):
        """The curve begins at zero whatever its parameters: the sample there is no evidence of small errors."""
        days = np.concatenate([[0.0], DAYS])
        more = fitting.fit(made(np.concatenate([[0.0], weibull.study.released]), days), "weibull")
        with_zero, without = (fitting.profile(f, quantities=["beta"]) for f in (more, weibull))
        assert with_zero["beta"] == pytest.approx(without["beta"], rel=1e-6)
        assert fitting.bootstrap(more, seed=3)["beta"] == pytest.approx(fitting.bootstrap(weibull, seed=3)["beta"],
                                                                       rel=1e-6)

    def test_as_many_parameters_as_points(self):
        found = fitting.profile(fitting.fit(made([0.1, 0.3, 0.8], [1.0, 3.0, 9.0]), "weibull+plateau"))
        assert np.isnan(found["beta"]).all()
        assert "nothing is left to judge by" in repr(found)

    def test_fits_that_do_not_settle_close_nothing(self, weibull, monkeypatch):
        """Walkers that never arrive give no sum of squares to judge by: the interval is open, and says why."""
        module = importlib.import_module("pkmodels.fitting.profile")

        def lost(*given, **settings):
            found = walking.walk(*given, **settings)
            return replace(found, arrived=np.zeros_like(found.arrived))

        monkeypatch.setattr(module, "walk", lost)
        found = module.profile(weibull, quantities=["beta", "t50"])
        assert found["beta"] == (0.0, np.inf)
        assert found["t50"] == (0.0, np.inf)
        assert all("do not settle" in found.table.loc[name, "note"] for name in ("beta", "t50"))

    def test_two_rates_that_become_one(self):
        """One process fitted with two: whatever the profile meets, every quantity has ends or says why not."""
        days = np.array([0.25, 1, 2, 4, 7, 10, 14, 18, 22, 28, 35, 42.0])
        noise = 0.008 * np.array([1, -1, 1, 1, -1, -1, 1, -1, 1, -1, 1, -1])
        found = fitting.profile(fitting.fit(made(1 - np.exp(-days / 9) + noise, days), "biexponential"))
        for row in found.rows:
            assert row["note"] or (np.isfinite(row["low"]) and np.isfinite(row["high"])), row["quantity"]

    def test_a_plateau_above_the_dose_is_not_known_exactly(self):
        """A curve that has only begun to bend: its plateau is anywhere from 0.9 up, and no share is above 1."""
        days = np.array([0.25, 1, 2, 4, 7, 10, 14, 18, 22, 28, 35, 42.0])
        noise = 0.008 * np.array([1, -1, 1, 1, -1, -1, 1, -1, 1, -1, 1, -1])
        fit = fitting.fit(made(days / 60 + noise, days), "weibull+plateau")
        assert fit.values["plateau"] > 1
        found = fitting.profile(fit, quantities=["plateau", "plateau_share"])
        assert found["plateau_share"] == (found["plateau"][0], 1.0)
        assert 0.8 < found["plateau"][0] < 0.95
        assert "held at 100 % of the dose" in found.table.loc["plateau_share", "note"]
        assert np.isnan(fit.derived.loc["plateau_share", "low"])

    def test_flows_too(self):
        shares = 1 - np.exp(-0.1 * DAYS) + NOISE
        curve = catalogue.get_model("first_order")
        a, b = (fitting.profile(fitting.fit(made(shares), m), quantities=["k"])
                for m in (curve, curve.as_model()))
        assert b["k"] == pytest.approx(a["k"], rel=1e-4)


class TestBootstrap:
    def test_two_processes_and_a_run_that_was_cut_off_draw_the_same(self, weibull, tmp_path, monkeypatch):
        monkeypatch.setattr("pkmodels.workers.START", 0.0)
        alone = fitting.bootstrap(weibull, count=1200, ends="percentile")
        together = fitting.bootstrap(weibull, count=1200, ends="percentile", workers=2, folder=tmp_path)
        first, _, _ = sorted(tmp_path.glob("*.npz"))
        first.unlink()
        again = fitting.bootstrap(weibull, count=1200, ends="percentile", folder=tmp_path)
        assert first.exists()
        for found in (together, again):
            np.testing.assert_array_equal(found.draws["beta"], alone.draws["beta"])
        with pytest.raises(PkmodelsError, match="another bootstrap"):
            fitting.bootstrap(weibull, count=1200, seed=2, folder=tmp_path)

    def test_is_repeated_by_its_seed(self, weibull, resampled):
        again = fitting.bootstrap(weibull, seed=3)
        assert all(np.array_equal(again.draws[n], resampled.draws[n]) for n in again.draws)
        assert fitting.bootstrap(weibull, seed=4)["beta"] != resampled["beta"]
        assert resampled.settings["seed"] == 3
        assert "seed 3" in repr(resampled)

    def test_spread_of_a_straight_line(self):
        """Widened residuals of a line through the origin: the standard deviation of k is its standard error."""
        shares = 0.03 * DAYS + NOISE
        fit = fitting.fit(made(shares), "zero_order")
        drawn = fitting.bootstrap(fit, count=3000).draws["k"] * 24
        assert drawn.std() == pytest.approx(fit.stderr["k"] * np.sqrt(1 - NOISE.mean() ** 2 / NOISE.var()), rel=0.08)

    def test_a_skew_of_the_residuals_stays_on_its_side(self):
        """k of a line through the origin is a sum of residuals times days: its skewness is theirs times a constant."""
        noise = 0.01 * np.array([-1, -0.8, -0.9, -1, -0.7, -0.9, 5, -1, -0.8, 1.1])
        fit = fitting.fit(made(0.03 * DAYS + noise), "zero_order")
        left = 0.03 * DAYS + noise - fit.values["k"] * DAYS
        expected = stats.skew(left) * np.sum(DAYS**3) / np.sum(DAYS**2) ** 1.5
        assert expected > 0.5
        drawn = fitting.bootstrap(fit, count=20_000, ends="percentile").draws["k"]
        assert stats.skew(drawn) == pytest.approx(expected, abs=0.1)  # four standard errors, root(6/20000) each

    def test_case_resampling_is_that_of_scipy(self):
        """Ratio estimate of a line through the origin by scipy's BCa bootstrap of pairs."""
        shares = 0.03 * DAYS + NOISE
        fit = fitting.fit(made(shares), "zero_order")
        for ends, method in (("bca", "BCa"), ("percentile", "percentile")):
            found = fitting.bootstrap(fit, kind="case", count=8000, ends=ends)["k"]
            expected = stats.bootstrap(
                (DAYS, shares), lambda x, y, axis=-1: np.sum(x * y, axis=axis) / np.sum(x * x, axis=axis), paired=True,
                vectorized=True, n_resamples=8000, method=method, random_state=np.random.default_rng(1))
            interval = expected.confidence_interval
            width = interval.high - interval.low
            assert found == pytest.approx((interval.low, interval.high), abs=0.06 * width)

    def test_corrected_ends_are_those_of_scipy(self):
        """The same draws and the same jackknife give scipy's ends of a variance."""
        sample = np.array([1.2, 0.4, 2.2, 3.9, 0.1, 0.8, 1.5, 6.1, 0.3, 2.0])
        expected = stats.bootstrap((sample,), np.var, method="BCa", n_resamples=2000, axis=0,
                                   random_state=np.random.default_rng(5))
        draws = expected.bootstrap_distribution
        without = np.array([np.var(np.delete(sample, k)) for k in range(len(sample))])
        low, high = ends_of(draws, np.var(sample), without)
        assert (low, high) == pytest.approx(tuple(expected.confidence_interval), rel=1e-9)

    @pytest.mark.parametrize(("kind", "said"), [("residual", "88 to 91"), ("case", "89 to 95"),
                                                ("replicate", "84 to 88")])
    def test_says_that_it_is_too_narrow(self, kind, said):
        """With the shares that benchmarks/interval_coverage.py found; silent where points and replicates abound."""
        def notes(vessels):
            noise = 0.02 * np.random.default_rng(2).standard_normal((vessels, len(DAYS)))
            study = made((1 - np.exp(-DAYS / 9) + noise).ravel(), np.tile(DAYS, vessels),
                         replicate=np.repeat([f"v{k}" for k in range(vessels)], len(DAYS)))
            return " ".join(fitting.bootstrap(fitting.fit(study, "weibull"), kind=kind, count=40).notes)

        few, many = notes(3 if kind == "replicate" else 1), notes(20)
        assert said in few
        assert "likely too narrow" in few
        assert "Prefer profile likelihood" in few
        assert "narrow" not in many

    def test_replicates_are_kept_whole(self):
        """A line through the origin at shared times: k is the mean of the replicates' own k."""
        own = np.array([0.026, 0.029, 0.030, 0.033])
        study = made(np.concatenate([k * DAYS for k in own]), np.tile(DAYS, 4), replicate=np.repeat(list("abcd"), 10))
        drawn = fitting.bootstrap(fitting.fit(study, "zero_order"), kind="replicate", count=4000).draws["k"] * 24
        assert drawn.mean() == pytest.approx(own.mean(), rel=2e-3)
        assert drawn.std() == pytest.approx(own.std() / 2, rel=0.05)
        assert len(np.unique(np.round(drawn, 9))) <= 35

    def test_increments_are_resampled_as_increments(self):
        """The ends of resampled random walks spread more than their beginnings."""
        fit = fitting.fit(made(1 - np.exp(-0.05 * DAYS) + np.cumsum(NOISE)), "first_order", errors="increments")
        found = fitting.bootstrap(fit)
        assert np.log(found.draws["k"]).std() == pytest.approx(fit.stderr["k"] / fit.values["k"], rel=0.25)

    def test_band_holds_the_curve(self, weibull, resampled):
        band = resampled.curve([0.0, 1.0, 12.0, 30.0])
        assert (band["low"] <= band["released"]).all()
        assert (band["released"] <= band["high"]).all()
        plain = weibull.curve([1.0, 12.0, 30.0])
        assert (band["high"] - band["low"])[1:].to_numpy() == pytest.approx(
            (plain["high"] - plain["low"]).to_numpy(), rel=0.35)

    def test_draws_serve_a_prediction(self, resampled):
        release = resampled.release
        drawn, refused = release.draws(50, seed=1)
        assert refused == 0
        assert drawn["beta"].shape == (50, 1)
        assert set(drawn["beta"].ravel()) <= set(resampled.draws["beta"])
        pairs = set(zip(resampled.draws["t_scale"], resampled.draws["beta"], strict=True))
        assert set(zip(drawn["t_scale"].ravel(), drawn["beta"].ravel(), strict=True)) <= pairs
        found = predict(release, days=30, draws=20)
        assert found.sizes["draw"] == 20
        assert any("draws from its bootstrap" in s for s in found.attrs["assumptions"])

    def test_what_fails_is_counted(self):
        """Five points and three parameters: many resamples of points hold fewer than three different times."""
        days = np.array([1, 3, 7, 14, 28.0])
        found = fitting.bootstrap(fitting.fit(made(0.9 * (1 - np.exp(-0.15 * days)) + NOISE[:5], days),
                                              "weibull+plateau"), kind="case", count=400)
        # At most two different times of five: 5 + 10 (2^5 - 2) of 5^5 resamples.
        assert found.failed >= 0.5 * 400 * (5 + 10 * 30) / 5**5
        assert len(found.draws["beta"]) == 400 - found.failed
        assert f"{found.failed} of these could not be fitted" in repr(found)

    @pytest.mark.parametrize(("given", "words"), [
        ({"kind": "replicate"}, "needs 3 or more"), ({"kind": "pair"}, "kind of bootstrap"),
        ({"ends": "bc"}, "kind of ends"), ({"count": 3}, "whole number from 40"),
    ])
    def test_what_is_refused(self, weibull, given, words):
        with pytest.raises(PkmodelsError) as refused:
            fitting.bootstrap(weibull, **given)
        assert words in str(refused.value)

    def test_no_points_to_spare(self):
        with pytest.raises(FitError, match="leave nothing to resample"):
            fitting.bootstrap(fitting.fit(made([0.1, 0.3, 0.8], [1.0, 3.0, 9.0]), "weibull+plateau"))


@pytest.mark.parametrize("method", ["standard", "profile", "bootstrap"])
def test_one_shape_of_result(weibull, method):
    found = weibull.intervals_by(method)
    assert found.method == method
    assert {"value", "low", "high", "unit", "method", "note"} <= set(found.table.columns)
    assert list(found.table.index) == ["t_scale", "beta", *derived.NAMES]
    assert f"{found['beta'][0]:.3g} to" in repr(found)
    content = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert content["quantities"]["t50"]["unit"] == "day"
    # All three agree where the curve is nearly straight.
    assert found["t50"] == pytest.approx(weibull.intervals_by("standard")["t50"], rel=0.05)


def test_unknown_names(weibull):
    for ask in (lambda: weibull.intervals_by("profil"), lambda: fitting.profile(weibull, quantities=["beeta"]),
                lambda: weibull.intervals_by("standard")["bta"]):
        with pytest.raises(PkmodelsError, match="did you mean"):
            ask()


def test_priors_come_back_from_a_record(weibull, tmp_path):
    fit = fitting.fit(weibull.study, "weibull", priors={"beta": (0.8, 1.1)})
    back = fitting.load_fit(fit.save(tmp_path / "fit.toml"))
    assert back.priors == fit.priors
    assert fitting.profile(back, quantities=["beta"])["beta"] == pytest.approx(
        fitting.profile(fit, quantities=["beta"])["beta"], rel=1e-9)
    assert tomllib.loads((tmp_path / "fit.toml").read_text())["recipe"]["priors"]


@pytest.mark.parametrize("method", ["standard", "profile", "bootstrap"])
def test_on_the_command_line(capsys, method):
    words = ["fit", "kakade_2018_goserelin", "--formulation", "D", "--model", "weibull", "--intervals", method]
    assert main(words) in (0, None)
    assert "t50" in capsys.readouterr().out
    assert main([*words, "--json"]) in (0, None)
    content = json.loads(capsys.readouterr().out)
    assert content["intervals"]["method"] == method
    assert content["intervals"]["quantities"]["t50"]["low"] < content["intervals"]["quantities"]["t50"]["high"]


@pytest.mark.parametrize(("walk", "most", "least"), [(False, 4, 0), (True, 40, 12)])
def test_errors_that_add_up_are_noticed(walk, most, least):
    """Of 40 made curves with independent errors hardly one is suspected, of those with added errors many."""
    generator = np.random.default_rng(8)
    said = 0
    for _ in range(40):
        steps = 0.01 * generator.standard_normal(len(DAYS))
        fit = fitting.fit(made(1 - np.exp(-0.08 * DAYS) + (np.cumsum(steps) if walk else steps)), "first_order")
        said += any("errors='increments'" in v for v in fit.verdicts)
    assert least <= said <= most
    kept = fitting.fit(fit.study, "first_order", errors="increments")
    assert not any("errors='increments'" in v for v in kept.verdicts)
