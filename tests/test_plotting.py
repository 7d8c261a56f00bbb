"""Plots: what is drawn is what was computed, labelled with unit and analyte, and nothing hides or is cut off."""

import dataclasses
import subprocess
import sys

import numpy as np
import pytest
from matplotlib.collections import PolyCollection
from matplotlib.colors import same_color
from matplotlib.figure import Figure

import pkmodels as pk
from pkmodels import reporting
from pkmodels.errors import PredictionError
from pkmodels.plotting.canvas import GREEN, plain
from pkmodels.studies import Study


@pytest.fixture(scope="module")
def fit(curve_d):
    return pk.fit(curve_d, "weibull")


@pytest.fixture(scope="module")
def comparison(curve_d):
    return pk.compare(curve_d, ["weibull", "first_order", "higuchi", "gallagher_corrigan", "plga_burst_erosion"])


@pytest.fixture(scope="module")
def prediction(fit):
    return pk.predict(fit, drug="goserelin", regimen="3.6 mg every 28 days x 3", days=84, draws=30)


@pytest.fixture(scope="module")
def coverage(prediction):
    return pk.coverage(prediction, "goserelin")


@pytest.fixture
def plots(fit, comparison, prediction, coverage):
    """Every plot as a function of axes."""
    return {
        "fit": lambda ax=None: pk.plot_fit(fit, ax=ax),
        "residuals": lambda ax=None: pk.plot_residuals(fit, ax=ax),
        "comparison": lambda ax=None: pk.plot_comparison(comparison, ax=ax),
        "release": lambda ax=None: pk.plot_release(prediction, ax=ax),
        "prediction": lambda ax=None: pk.plot_prediction(prediction, "goserelin", ax=ax),
        "log": lambda ax=None: pk.plot_prediction(prediction, "goserelin", ax=ax, log=True),
        "coverage": lambda ax=None: pk.plot_coverage(coverage, ax=ax),
    }


NAMES = ("fit", "residuals", "comparison", "release", "prediction", "log", "coverage")


def line(ax, label):
    return next(each for each in ax.lines if str(each.get_label()).startswith(label))


def band(ax):
    """Lowest and highest drawn value at the times of the one band, in the order of time."""
    [found] = [each for each in ax.collections if isinstance(each, PolyCollection)]
    x, y = found.get_paths()[0].vertices.T
    times = np.unique(x)
    return times, np.array([y[x == t].min() for t in times]), np.array([y[x == t].max() for t in times])


@pytest.mark.parametrize("name", NAMES)
def test_axes_are_taken_and_returned(plots, name):
    ax = Figure().add_subplot()
    assert plots[name](ax) is ax
    assert plots[name]().figure is not ax.figure


@pytest.mark.parametrize("name", NAMES)
def test_nothing_overlaps_or_is_cut_off(plots, name):
    ax = plots[name]()
    figure = ax.figure
    figure.draw_without_rendering()
    assert figure.get_tightbbox().x1 <= figure.get_figwidth()
    assert figure.get_tightbbox().y1 <= figure.get_figheight()
    assert ax.get_legend().get_window_extent().y0 >= ax.get_window_extent().y1 - 1
    for axis in (ax.xaxis, ax.yaxis):
        boxes = [text.get_window_extent() for text in axis.get_ticklabels() if text.get_text()]
        boxes = [box for box in boxes if box.overlaps(figure.bbox)]
        assert not [1 for i, a in enumerate(boxes) for b in boxes[:i] if a.overlaps(b)]


@pytest.mark.parametrize(("name", "x", "y"), [
    ("fit", "time (days)", "goserelin acetate released (% of dose)"),
    ("residuals", "time (days)", "goserelin acetate released,\nmeasured − fitted (% of dose)"),
    ("comparison", "time (days)", "goserelin acetate released (% of dose)"),
    ("release", "time since injection (days)", "goserelin released (% of dose)"),
    ("prediction", "time since the first dose (days)", "goserelin in plasma (ng/mL)"),
    ("coverage", "time with goserelin below, inside and above 0.5–1.2 ng/mL (% of the interval)", ""),
])
def test_every_axis_says_analyte_and_unit(plots, name, x, y):
    ax = plots[name]()
    assert (ax.get_xlabel(), ax.get_ylabel()) == (x, y)
    assert ax.get_title() == ""


def test_no_window_system_is_needed():
    code = ("import io, sys, pkmodels as pk\nfrom pkmodels import plotting\nassert 'matplotlib' not in sys.modules\n"
            "ax = plotting.plot_release(pk.predict('first_order', values={'k': 0.1}, days=30))\n"
            "ax.figure.savefig(io.BytesIO(), format='png')\nassert 'matplotlib.pyplot' not in sys.modules")
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)


class TestFit:
    def test_curve_band_and_points(self, fit):
        ax, curve = pk.plot_fit(fit), fit.curve()
        drawn = line(ax, "fitted: weibull")
        assert np.allclose(drawn.get_xdata(), curve["time"])
        assert np.allclose(drawn.get_ydata(), 100 * curve["released"])
        points = line(ax, "measured, D")
        # Day and share of the first and last sample of batch D, as the data file has them.
        assert np.allclose(points.get_xydata()[[1, -1]], [[1.02, 4.1], [29.87, 78.5]])
        times, low, high = band(ax)
        assert np.allclose(times, curve["time"])
        assert np.allclose(low, 100 * curve["low"])
        assert np.allclose(high, 100 * curve["high"])

    def test_no_band_where_nothing_is_known_of_the_parameters(self):
        study = pk.Study.from_arrays([1, 2], [0.1, 0.2], time_unit="day")
        fit = pk.fit(study, "weibull")
        assert fit.degrees_of_freedom == 0
        assert not pk.plot_fit(fit).collections

    def test_mean_with_standard_deviation(self):
        study = pk.Study.from_arrays([1, 2, 4, 8], [10, 20, 35, 60], time_unit="h", released_unit="percent",
                                     sd=[1, 2, 3, 4], n=6, formulation="F1")
        ax = pk.plot_fit(pk.fit(study, "first_order"))
        [bars] = ax.containers
        assert bars.get_label() == "measured, F1 (mean ± SD, n = 6)"
        segments = bars.lines[2][0].get_segments()
        assert np.allclose([s[:, 1] for s in segments], [[9, 11], [18, 22], [32, 38], [56, 64]])
        assert ax.get_xlabel() == "time (h)"

    def test_every_replicate_is_a_point(self):
        study = pk.Study.from_arrays([1, 2, 4] * 3, [0.1, 0.2, 0.35, 0.11, 0.2, 0.36, 0.1, 0.22, 0.34], time_unit="h",
                                     replicate=np.repeat(["1", "2", "3"], 3))
        points = line(pk.plot_fit(pk.fit(study, "first_order")), "measured (3 replicates)")
        assert len(points.get_xdata()) == 9

    @pytest.mark.parametrize("name", ["<script>$x_1$", "_hidden", "$", "a" * 80, "50 % & more"])
    def test_any_name_can_be_drawn(self, name):
        study = pk.Study.from_arrays([1, 2, 4, 8], [0.1, 0.2, 0.35, 0.6], time_unit="h", formulation=name)
        ax = pk.plot_fit(pk.fit(study, "first_order"))
        ax.figure.draw_without_rendering()
        assert ax.get_legend().get_texts()[0].get_text().startswith("measured, ")


class TestResiduals:
    def test_points_above_the_curve_stand_above_zero(self, fit):
        drawn = line(pk.plot_residuals(fit), "measured − fitted").get_ydata()
        released = fit.curve([29.87])["released"][0]
        assert drawn[-1] == pytest.approx(78.5 - 100 * released)
        assert np.sum(drawn**2) == pytest.approx(1e4 * fit.statistics["ss"])


class TestComparison:
    def test_best_models_first_and_equal_curves_once(self, comparison):
        ax = pk.plot_comparison(comparison)
        curves = [each.get_label().split(",")[0] for each in ax.lines if not each.get_label().startswith("measured")]
        wanted = [f.model.name for f in comparison.fits if f.model.name not in comparison.twins]
        assert curves == wanted
        assert len(curves) < len(comparison.fits)
        drawn = line(ax, comparison.best.model.name)
        assert np.allclose(drawn.get_ydata(), 100 * comparison.best.curve()["released"])

    def test_the_most_that_are_asked_for(self, comparison):
        ax = pk.plot_comparison(comparison, most=2)
        assert len(ax.lines) == 3
        assert "the best 2 of 5 models" in ax.get_legend().get_title().get_text()

    def test_curves_differ_by_more_than_colour(self, comparison):
        curves = pk.plot_comparison(comparison).lines[:-1]
        assert len({str(each.get_linestyle()) + str(each._unscaled_dash_pattern) for each in curves}) == len(curves)


class TestPrediction:
    def test_release_and_its_interval(self, prediction):
        ax = pk.plot_release(prediction)
        drawn = line(ax, "predicted")
        assert np.allclose(drawn.get_ydata(), 100 * prediction["released"])
        _, low, high = band(ax)
        draws = np.sort(prediction["released_draws"].values, axis=0)
        assert np.all(low >= 100 * draws[0] - 1e-9)
        assert np.all(high <= 100 * draws[-1] + 1e-9)

    def test_plasma_interval_window_and_doses(self, prediction):
        ax = pk.plot_prediction(prediction, "goserelin")
        assert np.allclose(line(ax, "predicted").get_xydata().T, [prediction["time"], prediction["plasma"]])
        times, low, high = band(ax)
        assert np.allclose(times, prediction["time"])
        assert np.allclose(low, np.percentile(prediction["plasma_draws"], 2.5, axis=0))
        assert np.allclose(high, np.percentile(prediction["plasma_draws"], 97.5, axis=0))
        [window] = [p for p in ax.patches if same_color(p.get_facecolor()[:3], GREEN)]
        assert (window.get_y(), window.get_y() + window.get_height()) == pytest.approx((0.5, 1.2))
        assert window.get_label() == "window 0.5–1.2 ng/mL"
        assert list(line(ax, "3 doses").get_xdata()) == [0, 28, 56]
        assert ax.get_ylim()[0] == 0

    def test_a_window_in_another_unit_is_drawn_in_that_of_the_prediction(self, prediction):
        ax = pk.plot_prediction(prediction, "500-1200 pg/mL")
        [window] = [p for p in ax.patches if same_color(p.get_facecolor()[:3], GREEN)]
        assert (window.get_y(), window.get_y() + window.get_height()) == pytest.approx((0.5, 1.2))

    def test_a_window_of_another_analyte_is_refused(self, prediction):
        with pytest.raises(PredictionError, match="testosterone"):
            pk.plot_prediction(prediction, "testosterone_castration")

    @pytest.mark.parametrize(("window", "limits"), [("> 0.5 ng/mL", [0.5]), ("< 1.2 ng/mL", [1.2])])
    def test_one_sided_windows_have_one_line(self, prediction, window, limits):
        ax = pk.plot_prediction(prediction, window)
        drawn = [each.get_ydata()[0] for each in ax.lines if same_color(each.get_color(), GREEN)]
        assert drawn == limits

    def test_a_peak_does_not_hide_the_window_and_is_not_hidden_either(self):
        burst = pk.predict("biexponential", values={"f_burst": 0.6, "k_burst": 3.0, "k_sustained": 0.05},
                           drug="goserelin", regimen="10.8 mg once", days=84)
        peak = float(burst["plasma"].max())
        assert peak > 20
        ax = pk.plot_prediction(burst, "goserelin")
        assert 0.7 / ax.get_ylim()[1] > 0.1
        assert f"off the scale: peak up to {peak:.2g} ng/mL" in [text.get_text() for text in ax.texts]
        for whole in (pk.plot_prediction(burst), pk.plot_prediction(burst, "goserelin", log=True)):
            assert whole.get_ylim()[1] > peak
            assert not whole.texts

    def test_logarithmic_axis(self, prediction):
        ax = pk.plot_prediction(prediction, "goserelin", log=True)
        assert ax.get_yscale() == "log"
        assert 0 < ax.get_ylim()[0] < 0.5

    def test_without_draws_or_drug(self):
        bare = pk.predict("first_order", values={"k": 0.1}, days=30)
        assert not pk.plot_release(bare).collections
        with pytest.raises(PredictionError, match="a drug and a regimen"):
            pk.plot_prediction(bare)


class TestCoverage:
    def test_bars_are_the_numbers(self, coverage):
        ax = pk.plot_coverage(coverage)
        widths = {bars.get_label(): [bar.get_width() for bar in bars] for bars in ax.containers}
        for name in ("below", "inside", "above"):
            assert np.allclose(widths[name], coverage.table[f"{name} (%)"])
        assert np.allclose(np.sum(list(widths.values()), axis=0), 100)
        labels = [text.get_text() for text in ax.get_yticklabels()]
        assert labels == [row.replace("-", "–") for row in coverage.rows]
        assert labels[0] == "overall"
        assert ax.get_ylim()[0] > ax.get_ylim()[1]

    def test_interval_over_draws_stands_beside(self, coverage):
        texts = [text.get_text() for text in pk.plot_coverage(coverage).texts]
        low, high = coverage.low.iloc[0, 0], coverage.high.iloc[0, 0]
        assert f"{low:.0f} to {high:.0f} %" in texts

    def test_a_single_dose_is_one_bar(self):
        once = pk.predict("first_order", values={"k": 0.1}, drug="goserelin", regimen="3.6 mg once", days=28)
        ax = pk.plot_coverage(pk.coverage(once, "goserelin"))
        assert [len(bars) for bars in ax.containers] == [1, 1, 1]

    def test_many_doses_keep_a_page(self):
        weekly = pk.predict("first_order", values={"k": 0.3}, drug="goserelin", regimen="0.9 mg every 7 days x 40",
                            days=280)
        ax = pk.plot_coverage(pk.coverage(weekly, "goserelin"))
        assert len(ax.containers[0]) == 41
        assert ax.figure.get_figheight() <= 9
        assert len(ax.get_yticks()) <= 26


def test_signs_that_the_font_lacks_are_squares_and_not_warnings(tmp_path):
    """Formulations and drugs are named in every script; warnings are errors here."""
    study = Study.from_arrays([1, 2, 4, 7, 10], [0.2, 0.35, 0.6, 0.8, 0.9], time_unit="day", formulation="配方甲 é µ",
                              source="数据.csv")
    study = dataclasses.replace(study, conditions={"drug": "药物"})
    fit, ranked = pk.fit(study, "weibull"), pk.compare(study, ["weibull", "first_order"])
    for ax in (pk.plot_fit(fit), pk.plotting.plot_residuals(fit), pk.plotting.plot_comparison(ranked),
               pk.plotting.plot_release(pk.predict(fit, days=10, draws=5))):
        ax.figure.savefig(tmp_path / "plot.png")
    assert plain("配方甲 é µ") == "□□□ é µ"
    assert "配方甲" in reporting.report(fit=fit, comparison=ranked)


def test_a_prediction_is_no_coverage(prediction):
    with pytest.raises(PredictionError, match=r"what coverage\(prediction, window\) returns, not a Dataset"):
        pk.plot_coverage(prediction)
