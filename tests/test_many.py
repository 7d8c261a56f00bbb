"""Many curves at once: shared and own parameters, parameters that depend on size and temperature."""

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import sympy
from scipy.optimize import least_squares
from scipy.stats import f as f_distribution

from pkmodels import fitting, laws, prediction
from pkmodels.dimensions import Constant
from pkmodels.environment import t
from pkmodels.errors import FitError, RecordError, UnknownName
from pkmodels.model import Curve, Parameter
from pkmodels.studies import Study, read_study

DAYS = np.array([0.5, 1, 2, 4, 7, 10, 14, 21, 28.0])
SCIENCE = Path(__file__).resolve().parents[2] / "shared" / "science" / "release.md"


def made(curves, noise=0.0, seed=3, days=DAYS, **columns):
    """A study of curves given as name to shares."""
    generator = np.random.default_rng(seed)
    parts = [pd.DataFrame({"formulation": name, "replicate": "", "time_hour": 24 * days, "sd": np.nan, "n": np.nan,
                           "released": shares + noise * generator.standard_normal(len(days)), "row": 1,
                           **{key: values[name] for key, values in columns.items()}})
             for name, shares in curves.items()]
    return Study.from_frame(pd.concat(parts), time_unit="day", source="made.csv")


def weibull(scale, beta):
    return 1 - np.exp(-((DAYS / scale) ** beta))


@pytest.fixture(scope="module")
def kakade():
    return read_study("kakade_2018_goserelin")


class TestOptimum:
    def test_meets_scipy_on_all_points(self, kakade):
        """The stacked problem written out and given to scipy, with its covariance."""
        names = kakade.formulations
        # Zeros at time 0 are no measurements; each of the four curves begins with one.
        parts = [one.without(one.times == 0) for one in map(kakade.only, names)]

        def miss(p):
            return np.concatenate([1 - np.exp(-((one.times / 24 / p[k]) ** p[-1])) - one.released
                                   for k, one in enumerate(parts)])

        best = least_squares(miss, [25, 20, 23, 19, 1.2], xtol=1e-14, ftol=1e-14, gtol=1e-14)
        variance = 2 * best.cost / (len(best.fun) - 5) * np.linalg.inv(best.jac.T @ best.jac)
        found = fitting.fit_many(kakade, "weibull", shared="beta")
        assert found.table["value"].to_list() == pytest.approx(best.x, rel=1e-5)
        assert found.table["stderr"].to_list() == pytest.approx(np.sqrt(np.diag(variance)), rel=1e-3)
        assert found.statistics["ss"] == pytest.approx(2 * best.cost, rel=1e-9)
        assert found.statistics["free"] == 5

    def test_nothing_shared_is_every_curve_alone(self, kakade):
        found = fitting.fit_many(kakade, "biexponential+plateau", own=("f_burst", "k_burst", "k_sustained", "plateau"))
        for name in kakade.formulations:
            alone = fitting.fit(kakade.only(name), "biexponential+plateau")
            assert found[name].statistics["ss"] == pytest.approx(alone.statistics["ss"], rel=1e-6), name
        assert found.sharing is None

    def test_all_shared_is_one_curve_through_all_points(self, kakade):
        pooled = Study.from_arrays(kakade.times / 24, kakade.released, time_unit="day", formulation="x",
                                   replicate=kakade.frame["formulation"].to_list())
        found = fitting.fit_many(kakade, "weibull+lag", shared=("t_scale", "beta", "t_lag"))
        assert found.statistics["ss"] == pytest.approx(fitting.fit(pooled, "weibull+lag").statistics["ss"], rel=1e-7)

    def test_more_sharing_never_fits_better(self, kakade):
        ss = [fitting.fit_many(kakade, "gallagher_corrigan", shared=shared).statistics["ss"] for shared in (
            (), ("k_burst",), ("k_burst", "k_erosion"), ("k_burst", "k_erosion", "f_burst", "t_middle"))]
        assert ss == sorted(ss)

    def test_does_not_depend_on_the_seed(self, kakade):
        ss = [fitting.fit_many(kakade, "burst_delayed_weibull", shared=("k_burst", "beta"), seed=seed).statistics["ss"]
              for seed in (1, 2)]
        assert max(ss) <= min(ss) * 1.0001

    def test_a_flow_is_fitted_as_its_closed_twin(self, kakade):
        two = Study.from_frame(kakade.frame[kakade.frame["formulation"].isin(["A", "D"])], time_unit="day", source="k")
        flow = fitting.fit_many(two, "plga_burst_erosion", shared="k_erosion")
        curve = fitting.fit_many(two, "gallagher_corrigan", shared="k_erosion")
        assert flow.statistics["ss"] == pytest.approx(curve.statistics["ss"], rel=1e-4)

    def test_known_parameters_are_held(self, kakade):
        found = fitting.fit_many(kakade, "weibull", own="t_scale", fixed={"beta": 1})
        assert found.table.loc[("beta", "all"), "note"] == "given"
        rates = [1 / fitting.fit(kakade.only(n), "first_order").values["k"] for n in kakade.formulations]
        assert found.table.loc["t_scale", "value"].to_list() == pytest.approx(rates, rel=1e-6)

    def test_weights_are_on_one_scale_for_all_curves(self):
        """A curve measured ten times worse counts a hundredth, as in scipy's weighted problem."""
        curves = {"sure": weibull(10, 0.8), "unsure": weibull(10, 0.8) * 0.9}
        study = made(curves)
        sd = np.where(study.frame["formulation"] == "sure", 0.01, 0.1)
        study = Study.from_frame(study.frame.assign(sd=sd), time_unit="day", source="made.csv")
        best = least_squares(lambda p: np.concatenate([(weibull(*p) - curves["sure"]) / 0.01,
                                                       (weibull(*p) - curves["unsure"]) / 0.1]), [10, 1], xtol=1e-14)
        found = fitting.fit_many(study, "weibull", shared=("t_scale", "beta"), weights="1/sd2")
        assert [found.values["t_scale"], found.values["beta"]] == pytest.approx(best.x, rel=1e-6)


class TestSharing:
    def test_numbers_by_hand(self, kakade):
        found = fitting.fit_many(kakade, "weibull", shared="beta").sharing
        own = sum(fitting.fit(kakade.only(n), "weibull").statistics["ss"] for n in kakade.formulations)
        together = fitting.fit_many(kakade, "weibull", shared="beta").statistics["ss"]
        expected = (together - own) / 3 / (own / 24)
        assert found.f == pytest.approx(expected, rel=1e-6)
        assert found.p == pytest.approx(f_distribution.sf(expected, 3, 24), rel=1e-9)

    def test_in_words(self):
        alike = {name: weibull(scale, 0.8) for name, scale in (("A", 5), ("B", 9), ("C", 14))}
        found = fitting.fit_many(made(alike, noise=0.01), "weibull", shared="beta")
        assert "is supported by these data" in found.sharing.text
        unlike = {"A": weibull(5, 0.6), "B": weibull(9, 1.0), "C": weibull(14, 1.6)}
        found = fitting.fit_many(made(unlike, noise=0.01), "weibull", shared="beta")
        assert "is not supported: values of their own fit clearly better" in found.sharing.text
        assert found.sharing.p < 1e-6
        assert found.sharing.text in repr(found)

    def test_the_test_keeps_its_level(self):
        """Where beta is shared in truth it is doubted in 5 % of 25 sets (binomial: at most 4 in 99.3 %)."""
        doubted = 0
        for seed in range(25):
            study = made({"A": weibull(5, 0.8), "B": weibull(12, 0.8)}, noise=0.015, seed=seed)
            doubted += fitting.fit_many(study, "weibull", shared="beta").sharing.p < 0.05
        assert doubted <= 4


size, temperature = sympy.symbols("size temperature")
MICROMETRE = Constant.of("one_micrometre", 1.0, "um")


def arrhenius_model():
    k, energy = sympy.symbols("k energy")
    return Curve(name="warmed", title="First order, quicker when warm",
                 released=laws.first_order(t, k * laws.arrhenius(energy, temperature)),
                 parameters=(Parameter(k, 0.1, "1/day", (0, sympy.oo), "rate at 37 degC", scale="log"),
                             Parameter(energy, 80.0, "kJ/mol", (0, 300), "activation energy")),
                 conditions={temperature: "degC"})


def size_model():
    diffusivity, m = sympy.symbols("diffusivity m")
    return Curve(name="sized", title="Sphere whose diffusivity goes with a power of its radius",
                 released=laws.sphere_release(diffusivity * (size / MICROMETRE) ** m * t / size**2),
                 parameters=(Parameter(diffusivity, 0.01, "um**2/day", (0, sympy.oo), "at 1 um", scale="log"),
                             Parameter(m, 1.0, "1", (-1, 4), "exponent of size")),
                 conditions={size: "um"})


class TestConditions:
    def test_activation_energy_from_three_temperatures(self):
        """Exact curves for 90 kJ/mol; factors from Arrhenius's law with the gas constant 8.31446."""
        kelvin = {"cool": 310.15, "warm": 318.15, "hot": 328.15}
        curves = {n: 1 - np.exp(-0.05 * DAYS * np.exp(-90e3 / 8.31446261815324 * (1 / k - 1 / 310.15)))
                  for n, k in kelvin.items()}
        study = made(curves, temperature_degC={n: k - 273.15 for n, k in kelvin.items()})
        found = fitting.fit_many(study, arrhenius_model())
        assert found.values["energy"] == pytest.approx(90, rel=1e-6)
        assert found.values["k"] == pytest.approx(0.05, rel=1e-6)
        assert found["hot"].conditions == {"temperature": pytest.approx(55)}
        assert found["hot"].residuals == pytest.approx(np.zeros(9), abs=1e-8)
        assert found["hot"].curve([7.0])["released"][0] == pytest.approx(curves["hot"][4], abs=1e-8)
        assert found.to_xarray()["temperature"].to_numpy() == pytest.approx([37, 45, 55])

    def test_units_of_conditions(self):
        curves = {"small": weibull(3, 0.6), "large": weibull(15, 0.6)}
        by_micrometre = fitting.fit_many(made(curves, size_um={"small": 10.0, "large": 25.0}), size_model())
        by_nanometre = fitting.fit_many(made(curves, size_nm={"small": 1e4, "large": 2.5e4}), size_model())
        given = fitting.fit_many(made(curves), size_model(), conditions={"size": {"small": (0.01, "mm"), "large": 25}})
        assert by_nanometre.values == pytest.approx(by_micrometre.values, rel=1e-7)
        assert given.values == pytest.approx(by_micrometre.values, rel=1e-7)

    def test_from_the_toml_beside_the_file(self, kakade):
        found = fitting.fit_many(kakade, size_model())
        assert found["A"].conditions["size"] == pytest.approx(133.6)
        assert "size" in found.to_xarray().coords

    @pytest.mark.parametrize(("columns", "words"), [
        ({}, "small has no size, which the model needs"),
        ({"size": {"small": 1.0, "large": 2.0}}, "has no unit; call it size_um"),
        ({"size_um": {"small": "big", "large": "3 um"}}, "size_um of small"),
    ])
    def test_what_is_missing_is_said(self, columns, words):
        with pytest.raises(FitError, match=words):
            fitting.fit_many(made({"small": weibull(3, 1), "large": weibull(5, 1)}, **columns), size_model())

    def test_diffusivity_grows_with_nearly_the_square_of_size(self):
        """Lidocaine-loaded PLGA microspheres of four radii: diffusivities that another program found one by one."""
        if not SCIENCE.exists():
            pytest.skip("these measurements are kept outside the repository and are not here")
        text = re.search(r"Release % at ([\d,]+) d — (.*)\.\n", SCIENCE.read_text(encoding="utf-8"))
        days = np.array(text[1].split(","), float)
        curves = {radius.strip(): np.array(values.split(), float) / 100
                  for radius, values in (part.split(":") for part in text[2].split(";"))}
        study = made(curves, days=days, size_um={name: float(name) for name in curves})
        alone = fitting.fit_each(study, "crank_sphere").table["t_diffusion (day)"]
        expected = np.array([4.53e-14, 4.39e-13, 9.36e-13, 1.91e-12])
        radii = np.array([float(name) for name in curves]) * 1e-4
        assert radii**2 / (alone.to_numpy() * 86400) == pytest.approx(expected, rel=0.003)
        found = fitting.fit_many(study, size_model())
        slope = np.polyfit(np.log(radii), np.log(expected), 1)[0]
        assert found.values["m"] == pytest.approx(slope, abs=found.stderr["m"])
        assert 1.6 < found.values["m"] < 2.0


class TestResult:
    def test_labelled(self, kakade):
        found = fitting.fit_many(kakade, "weibull", shared="beta")
        data = found.to_xarray()
        assert data["value"].dims == ("curve", "parameter")
        assert np.ptp(data["value"].sel(parameter="beta").to_numpy()) == 0
        assert data["unit"].sel(parameter="t_scale") == "day"
        assert next(iter(found.table.index)) == ("t_scale", "A")
        text = json.dumps(found.to_dict(), allow_nan=False)
        assert json.loads(text)["sharing"]["shared"] == ["beta"]
        assert "fitted to 4 curves" in found._repr_html_() or "4 curves" in found._repr_html_()

    def test_a_curve_of_it_is_a_fit(self, kakade):
        found = fitting.fit_many(kakade, "weibull", shared="beta")
        part = found["C"]
        later = kakade.only("C").without(kakade.only("C").times == 0)
        assert part.residuals == pytest.approx(later.released - (
            1 - np.exp(-((later.times / 24 / part.values["t_scale"]) ** part.values["beta"]))))
        assert part.intervals["beta"] == pytest.approx(found.intervals["beta"])
        assert np.all(np.isfinite(part.curve()["high"]))
        assert float(prediction.predict(part, days=10, draws=20)["released"].max()) < 1
        assert "fitted together with 3 other curves" in repr(part)
        with pytest.raises(RecordError, match="cannot be fitted again from its own points"):
            part.save("x.toml")

    def test_verdicts_name_the_curve(self):
        days = np.array([0, 2, 4, 7, 10, 14, 21, 28.0])
        curves = {name: np.where(days > 0, share + (1 - share) * (1 - np.exp(-0.04 * days)), 0)
                  for name, share in (("A", 0.1), ("B", 0.3))}
        found = fitting.fit_many(made(curves, days=days), "biexponential", own="f_burst")
        assert any(v.startswith("B: the first sample after the start is at 2 day") for v in found.verdicts)
        assert not any("__c" in v for v in found.verdicts)

    @pytest.mark.parametrize(("given", "kind", "words"), [
        ({"shared": "betta"}, UnknownName, "did you mean beta"),
        ({"shared": "beta", "own": "beta"}, FitError, "named as shared and as own"),
        ({"shared": "beta", "errors": "concentrations"}, FitError, "holds released shares"),
    ])
    def test_misuse(self, kakade, given, kind, words):
        with pytest.raises(kind, match=words):
            fitting.fit_many(kakade, "weibull", **given)

    def test_misuse_of_lists_and_curves(self, kakade):
        with pytest.raises(FitError, match="f_burst of biexponential is neither in shared nor in own"):
            fitting.fit_many(kakade, "biexponential", shared="k_burst", own="k_sustained")
        with pytest.raises(FitError, match="holds one curve"):
            fitting.fit_many(kakade.only("A"), "weibull", shared="beta")
        short = made({"A": weibull(3, 1)[:2], "B": weibull(5, 1)[:2]}, days=DAYS[:2])
        with pytest.raises(FitError, match="share more of them"):
            fitting.fit_many(short, "biexponential", shared="k_burst")


class TestPriors:
    def test_a_shared_parameter_is_known_once_and_own_ones_each(self, kakade):
        """The stacked problem with one row for beta and one per curve for its scale, given to scipy."""
        parts = [one.without(one.times == 0) for one in map(kakade.only, kakade.formulations)]

        def miss(p):
            rows = [1 - np.exp(-((one.times / 24 / p[k]) ** p[-1])) - one.released for k, one in enumerate(parts)]
            rows += [0.015 * np.log(p[:4] / 15) / np.log(1.2), 0.015 * np.log(p[-1:] / 0.9) / np.log(1.1)]
            return np.concatenate(rows)

        best = least_squares(miss, [25, 20, 23, 19, 1.2], xtol=1e-14, ftol=1e-14, gtol=1e-14)
        found = fitting.fit_many(kakade, "weibull", shared="beta", priors={"t_scale": (15, 1.2), "beta": (0.9, 1.1)})
        assert found.table["value"].to_list() == pytest.approx(best.x, rel=1e-6)
        assert found.sharing is None
        assert "priors: t_scale = 15 day within a factor of 1.2" in repr(found)

    def test_errors_that_add_up_are_recognised(self):
        """Two curves of 12 points with walks of 1 % per step, and the same points with independent errors."""
        days = np.array([0.25, 0.5, 1, 2, 3, 5, 7, 10, 14, 18, 22, 28.0])
        chosen = []
        for walk in (True, False):
            steps = 0.01 * np.random.default_rng(5).standard_normal((2, 12))
            errors = np.cumsum(steps, axis=1) if walk else steps
            curves = {name: 1 - np.exp(-rate * days) + e for (name, rate), e in zip(
                (("A", 0.1), ("B", 0.2)), errors, strict=True)}
            chosen.append(fitting.fit_many(made(curves, days=days), "first_order", own="k", errors="auto").errors)
        assert chosen == ["increments", "independent"]


class TestRecord:
    @pytest.mark.parametrize("given", [
        {"shared": "beta"}, {"own": "t_scale", "fixed": {"beta": 1}}, {"shared": "beta", "errors": "increments"},
        {"shared": "beta", "priors": "public", "normalised": True},
    ])
    def test_says_and_fits_the_same(self, kakade, tmp_path, given):
        found = fitting.fit_many(kakade, "weibull", **given)
        loaded = fitting.load_fit(found.save(tmp_path / "many.toml"))
        assert repr(loaded) == repr(found)
        assert loaded["B"].release.share(np.array([240.0])) == pytest.approx(
            found["B"].release.share(np.array([240.0])), rel=1e-12)
        again = fitting.fit_many(loaded.study, loaded.model, shared=loaded.shared if "shared" in given else (),
                                 own=given.get("own", ()), fixed=given.get("fixed"), errors=loaded.errors,
                                 priors=given.get("priors"), normalised=loaded.scale > 0, seed=loaded.seed)
        assert again.values == pytest.approx(found.values, rel=1e-7)

    def test_a_changed_record_is_refused(self, kakade, tmp_path):
        path = fitting.fit_many(kakade, "weibull", shared="beta").save(tmp_path / "many.toml")
        path.write_text(re.sub(r"(\[outcome.parameters.beta\]\nvalue = )[\d.]+", r"\g<1>1.5", path.read_text()))
        with pytest.raises(RecordError, match="changed by hand"):
            fitting.load_fit(path)

    def test_concentrations_of_two_vessels(self, tmp_path):
        """The same concentrations twice: shared values are those of one curve, with half its variance."""
        seen = np.array([2.0, 3.5, 4.1, 3.9, 2.2, 1.4])
        days = np.array([1.0, 2, 4, 7, 10, 14])
        studies = [Study.from_concentrations(np.tile(days, n), np.tile(seen, n), time_unit="day", dose="0.2 mg",
                                             concentration_unit="mg/L", vessel_volume="10 mL", replacement="full",
                                             formulation=np.repeat(["A", "B"][:n], 6), source="made") for n in (1, 2)]
        one = fitting.fit(studies[0], "weibull")
        two = fitting.fit_many(studies[1], "weibull", shared=("t_scale", "beta"))
        assert two.errors == "concentrations"
        assert two.values == pytest.approx(one.values, rel=1e-6)
        # n - p is 4 and 10; twice the squares, twice the information.
        assert two.stderr["beta"] == pytest.approx(one.stderr["beta"] * np.sqrt(4 / 10), rel=1e-5)
        loaded = fitting.load_fit(two.save(tmp_path / "two.toml"))
        assert repr(loaded) == repr(two)
