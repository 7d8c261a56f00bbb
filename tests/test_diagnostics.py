"""Diagnostics against closed forms of linear regression, scipy, and curves whose truth is known."""

import json

import numpy as np
import pytest
from scipy.optimize import least_squares
from scipy.special import expit
from scipy.stats import shapiro

from pkmodels import fitting, solve
from pkmodels.cli import main
from pkmodels.errors import FitError, UnknownName
from pkmodels.fitting import diagnostics, early
from pkmodels.studies import Study

DAYS = np.array([0, 1, 2, 4, 7, 10, 14, 21, 28.0])


def made(days, shares, **given):
    return Study.from_arrays(np.asarray(days, float), np.asarray(shares, float), time_unit="day", source="made.csv",
                             formulation="x", **given)


@pytest.fixture(scope="module")
def line():
    """Nearly zero order; every diagnostic of a line through the origin has a closed form."""
    noise = np.array([0, 1, -1, 2, -2, 1, 1, -1, 0.5]) / 100
    study = made(DAYS, 0.03 * DAYS + noise)
    return study, fitting.fit(study, "zero_order")


class TestLeftOut:
    def test_leave_one_out_is_press(self, line):
        """Allen's PRESS: e/(1 - h) with h = t²/Σt²."""
        study, fit = line
        t, y = DAYS[1:], study.released[1:]
        slope = t @ y / (t @ t)
        expected = (slope * t - y) / (1 - t**2 / (t @ t))
        assert diagnostics.leave_one_out(fit) == pytest.approx(expected, abs=1e-9)

    def test_last_third(self, line):
        """Eight times after the start: the first six make the line, the last two are predicted."""
        study, fit = line
        t, y = DAYS[1:7], study.released[1:7]
        slope = t @ y / (t @ t)
        assert diagnostics.last_third(fit) == pytest.approx(slope * DAYS[7:] - study.released[7:], abs=1e-9)

    def test_errors_that_add_up(self, line):
        """Increments with one error each: the slope is the last value over the last time, whoever lies between."""
        study, _ = line
        fit = fitting.fit(study, "zero_order", errors="increments")
        found = diagnostics.leave_one_out(fit)
        kept = np.delete(np.arange(9), 3)
        steps, gains = np.diff(DAYS[kept]), np.diff(study.released[kept])
        slope = steps @ gains / (steps @ steps)
        assert found[2] == pytest.approx(slope * DAYS[3] - study.released[3], abs=1e-8)

    def test_known_parameters_stay_known(self, curve_d):
        fit = fitting.fit(curve_d, "weibull", fixed={"beta": 1})
        free = fitting.fit(curve_d, "first_order")
        assert diagnostics.leave_one_out(fit) == pytest.approx(diagnostics.leave_one_out(free), abs=1e-6)

    def test_too_few_points(self):
        fit = fitting.fit(made([1, 2, 4], [0.2, 0.4, 0.6]), "biexponential")
        found = fitting.diagnose(fit)
        assert np.isnan(found.leave_one_out)
        assert np.isnan(found.last_third)
        assert "leave-one-out too few points" in repr(found)

    def test_priors_stay(self):
        """A straight line whose slope is held by a prior: each point left out, by hand.

        Beside the points stands the row 0.015 (ln k - ln 0.05)/ln 1.1, as a prior is weighed against points of 1.5 %.
        """
        days, shares = np.array([1.0, 2, 4, 6, 8]), np.array([0.11, 0.19, 0.43, 0.58, 0.83])
        fit = fitting.fit(made(days, shares), "zero_order", priors={"k": (0.05, 1.1)})
        found = diagnostics.leave_one_out(fit)
        for left in range(5):
            kept = np.arange(5) != left
            best = least_squares(lambda p, kept=kept: np.append(
                p[0] * days[kept] - shares[kept], 0.015 * np.log(p[0] / 0.05) / np.log(1.1)), [0.1], xtol=1e-15,
                ftol=1e-15, gtol=1e-15)
            assert found[left] == pytest.approx(best.x[0] * days[left] - shares[left], abs=1e-7)


class TestResiduals:
    def test_normality_is_scipys(self, line):
        _, fit = line
        assert diagnostics.normality(fit) == pytest.approx(shapiro(fit.residuals[1:]).pvalue)

    def test_nothing_below_eight_points(self):
        fit = fitting.fit(made([0, 1, 2, 4, 7, 10, 14, 21], 0.03 * DAYS[:-1]), "zero_order")
        assert np.isnan(diagnostics.normality(fit))

    def test_a_stray_point(self):
        days = np.linspace(1, 40, 20)
        noise = 0.004 * np.resize([1, -1, 0.5, -0.5], 20)
        noise[9] = 0.12
        found = fitting.diagnose(fitting.fit(made(days, 1 - np.exp(-0.08 * days) + noise), "first_order"))
        assert any("look for a stray point" in sentence for sentence in found.sentences)

    def test_runs(self, curve_d):
        """Higuchi's law misses S-shaped release first above, then below."""
        found = fitting.diagnose(fitting.fit(curve_d, "higuchi"))
        assert found.runs < 0.05
        assert any("change side too rarely" in sentence for sentence in found.sentences)


class TestSecondPhase:
    NOISE = 0.006 * np.array([0, 1, -1, 1, 1, -1, -1, 1, -1, 1, -1, 1])
    TIMES = np.array([0, 0.5, 1, 2, 4, 7, 10, 14, 18, 22, 26, 32.0])

    def test_a_late_rise_is_found(self):
        shares = 0.25 * (1 - np.exp(-2 * self.TIMES)) + 0.75 * expit(0.6 * (self.TIMES - 18)) + self.NOISE
        study = made(self.TIMES, np.maximum(shares, 0))
        said = diagnostics.second_phase(fitting.fit(study, "weibull"))
        assert said.startswith("a second phase is present that weibull cannot have")
        assert diagnostics.second_phase(fitting.fit(study, "gallagher_corrigan")) == ""
        assert said in fitting.diagnose(fitting.fit(study, "weibull")).sentences

    def test_none_where_there_is_none(self):
        study = made(self.TIMES, np.maximum(1 - np.exp(-0.1 * self.TIMES) + self.NOISE, 0))
        for name in ("first_order", "weibull", "higuchi"):
            assert diagnostics.second_phase(fitting.fit(study, name)) == ""


class TestAveraged:
    def test_by_hand(self, curve_d):
        found = fitting.compare(curve_d, ["weibull", "first_order"])
        times = np.array([5.0, 20.0])
        shares = np.array([solve.observe(f.model, f.inside, times * 24) for f in found.fits])
        weight = np.array(found.weights)
        mean = weight[0] * shares[0] + weight[1] * shares[1]
        table = found.averaged(times)
        assert table["released"].to_numpy() == pytest.approx(mean)
        # Of two values the standard deviation is their distance times the root of the product of weights.
        assert table["spread"].to_numpy() == pytest.approx(np.sqrt(weight.prod()) * np.abs(shares[0] - shares[1]))
        assert table["lowest"].to_numpy() == pytest.approx(shares.min(axis=0))
        assert table["highest"].to_numpy() == pytest.approx(shares.max(axis=0))

    def test_twins_count_once_and_no_curve_passes_the_dose(self, curve_d):
        found = fitting.compare(curve_d, ["gallagher_corrigan", "plga_burst_erosion", "zero_order"])
        table = found.averaged([0, 10, 60, 365])
        assert table["highest"].max() <= 1
        assert table["released"].is_monotonic_increasing

    def test_without_weights(self):
        found = fitting.compare(made([1, 3, 7], [0.2, 0.5, 0.8]), ["weibull"])
        with pytest.raises(FitError, match="too few points for AICc"):
            found.averaged()


class TestMechanism:
    @pytest.mark.parametrize(("n", "geometry", "words"), [
        (0.5, "slab", "compatible with diffusion"), (0.45, "cylinder", "compatible with diffusion"),
        (0.43, "sphere", "compatible with diffusion"), (0.85, "sphere", "case II"), (1.0, "slab", "case II"),
        (0.65, "sphere", "anomalous"), (0.3, "cylinder", "less than diffusion"), (1.5, "slab", "quicker than case II"),
    ])
    def test_words(self, n, geometry, words):
        days = np.array([0.5, 1, 2, 3, 5, 7, 10, 14.0])
        noise = 0.001 * np.array([1, -1, 1, -1, 1, -1, 1, -1])
        study = made(days, 0.58 * (days / 14) ** n + noise)
        found = fitting.mechanism(fitting.fit(study, "korsmeyer_peppas"), geometry)
        assert words in found.words
        assert "as commonly given" in repr(found)

    def test_fitted_to_the_first_part_only(self):
        """A sphere's early release goes with the root of time, 6 sqrt(tau/pi) less 3 tau (Crank)."""
        tau = np.array([0, 0.0005, 0.001, 0.002, 0.004, 0.008, 0.016, 0.03, 0.06, 0.1, 0.2])
        study = made(400 * tau, solve.observe(*_sphere(), 400 * 24 * tau))
        found = fitting.compare_early(study)
        assert found.best.study.released.max() <= 0.6
        assert {f.model.name for f in found.fits} == {"korsmeyer_peppas", "higuchi", "zero_order"}
        assert 0.43 < found["korsmeyer_peppas"].values["n"] < 0.4915
        whole = fitting.fit(study, "korsmeyer_peppas")
        with pytest.raises(FitError, match="up to 60 % only"):
            fitting.mechanism(whole, "sphere")

    def test_misuse(self, curve_d):
        with pytest.raises(FitError, match="weibull has no release exponent"):
            fitting.mechanism(fitting.fit(curve_d, "weibull"), "sphere")
        with pytest.raises(UnknownName, match="geometry called 'spheer'; did you mean sphere"):
            fitting.mechanism(fitting.compare_early(curve_d)["korsmeyer_peppas"], "spheer")
        with pytest.raises(FitError, match="has 2 sampling times after the start up to 60 %"):
            early.first_part(made([0, 1, 2, 3, 4], [0, 0.2, 0.5, 0.9, 1]))


def _sphere():
    from pkmodels import catalogue

    model = catalogue.get_model("crank_sphere")
    return model, model.values({"t_diffusion": 400.0})


class TestCommandLine:
    ARGUMENTS = ("compare", "kakade_2018_goserelin", "--formulation", "D", "--models", "weibull,zero_order",
                 "--diagnostics")

    def test_two_columns_more(self, capsys):
        assert main([*self.ARGUMENTS]) == 0
        assert "leave-one-out (%)    last third (%)" in capsys.readouterr().out

    def test_json_and_csv(self, capsys):
        assert main([*self.ARGUMENTS, "--json"]) == 0
        found = json.loads(capsys.readouterr().out)["diagnostics"]
        assert found["best"]["model"] == "weibull"
        assert {"leave_one_out_percent", "last_third_percent"} <= set(found["models"][0])
        assert main([*self.ARGUMENTS, "--csv"]) == 0
        assert "leave_one_out_percent" in capsys.readouterr().out
