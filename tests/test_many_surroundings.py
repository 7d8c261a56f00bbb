"""Curves at several temperatures, pH values or thicknesses fitted at once by one law."""

import numpy as np
import pandas as pd
import pytest

import pkmodels as pk
from pkmodels import catalogue, fitting, solve
from pkmodels.environment import Environment
from pkmodels.errors import FitError, ModelError, PredictionError
from pkmodels.modifiers import varied
from pkmodels.studies import Study

HOURS = np.array([2.0, 6, 12, 24, 48, 96, 168, 336])


def made(model, column, conditions, around, **given):
    """A study without noise, one curve per condition."""
    model = catalogue.get_model(model)
    parts = []
    for at in conditions:
        values = model.values(given | ({} if around else {column.split("_")[0]: at}))
        shares = solve.observe(model, values, HOURS, Environment(**around(at)) if around else Environment())
        parts.append(pd.DataFrame({"formulation": f"at {at:g}", "replicate": "", "time_hour": HOURS, "sd": np.nan,
                                   "n": np.nan, "released": shares, "row": 1, column: at}))
    return Study.from_frame(pd.concat(parts, ignore_index=True), time_unit="day", source="made")


@pytest.mark.parametrize("column", ["T_degC", "temperature_degC"])
def test_temperatures(column):
    given = {"t_cold": 18.0, "t_hot": 0.4, "t_middle": 39.5, "width": 0.8, "beta": 0.8}
    study = made("heat_switch", column, [25.0, 37, 39, 40, 42, 45], lambda at: {"T": at}, **given)
    found = fitting.fit_many(study, "heat_switch")
    part = next(iter(found.fits.values()))
    assert {n: part.values[n] for n in given} == {n: pytest.approx(v, rel=1e-4) for n, v in given.items()}
    # Each curve is drawn at its own temperature, and the law goes on to others.
    last = found.fits["at 45"]
    assert last.release.share(HOURS) == pytest.approx(last.study.released, abs=1e-6)
    law = pk.predict("heat_switch", values=dict(part.values), days=2, environment="25 C; 45 C from day 1", times=[1.0])
    assert float(law.released[0]) == pytest.approx(study.only("at 25").released[3], abs=1e-6)


def test_ph():
    given = {"t_acid": 0.5, "t_neutral": 8.0, "pka": 6.2, "cooperativity": 1.5, "beta": 1.1}
    study = made("acid_switch", "pH", [4.5, 5.5, 6.0, 6.5, 7.4], lambda at: {"pH": at}, **given)
    part = next(iter(fitting.fit_many(study, "acid_switch").fits.values()))
    assert {n: part.values[n] for n in given} == {n: pytest.approx(v, rel=1e-4) for n, v in given.items()}


def test_a_known_thickness_of_each_curve():
    study = made("shell_membrane", "thickness_nm", [20.0, 50.0, 100.0], None, diffusivity=2.0)
    found = fitting.fit_many(study, "shell_membrane", fixed={"radius": 25.0, "partition": 1.0},
                             conditions={"thickness": {}})
    assert next(iter(found.fits.values())).values["diffusivity"] == pytest.approx(2.0, rel=1e-5)


def test_what_is_missing_is_said():
    nowhere = made("weibull", "size_um", [20.0, 50.0], lambda at: {})
    said = " ".join(fitting.fit_many(nowhere, "heat_switch").verdicts)
    assert "taken to be at temperature 37 °C" in said
    half = pd.concat([made("weibull", "T_degC", [25.0], lambda at: {}).frame, nowhere.frame], ignore_index=True)
    half = Study.from_frame(half, time_unit="day", source="made")
    with pytest.raises(FitError, match="at 20"):
        fitting.fit_many(half, "heat_switch")
    with pytest.raises(ModelError, match="stores and flows"):
        fitting.fit_many(made("weibull", "T_degC", [25.0, 42.0], lambda at: {}), "pda_light")


def test_a_curve_without_surroundings_is_left_alone():
    model = catalogue.get_model("weibull")
    assert varied(model) is model


def test_one_curve_says_in_which_surroundings_it_was_taken():
    study = made("acid_linker", "pH", [7.4, 7.4001], lambda at: {"pH": at})
    found = fitting.fit(study.only("at 7.4"), "acid_linker")
    assert any("pH 7.4, which acid_linker follows" in s for s in found.verdicts)
    assert not any("follows" in s for s in fitting.fit(study.only("at 7.4"), "first_order").verdicts)


def test_the_law_at_a_temperature_that_was_not_measured():
    """Without noise the law found at 45 to 55 °C is the one that made the curves, also at 37 °C."""
    given = {"t_scale": 30.0, "activation_energy": 95.0, "beta": 1.1}
    study = made("arrhenius_release", "T_degC", [45.0, 50.0, 55.0], lambda at: {"T": at}, **given)
    found = fitting.fit_many(study, "arrhenius_release")
    days = np.array([2.0, 15, 60])
    expected = 1 - np.exp(-(days / 30) ** 1.1)  # 37 °C is the temperature of t_scale
    for at in (37, "37 degC", "310.15 K"):
        cool = pk.predict(found.at(T=at), days=60, times=days)
        assert cool.released.values == pytest.approx(expected, abs=1e-5)
    said = " ".join(cool.attrs["assumptions"].splitlines())
    assert "T = 37 lies outside the 45 to 55 degC that were measured" in said
    assert "extrapolat" not in " ".join(found.at(T=52).origin["verdicts"])
    # One of its curves says at which temperature it was taken, and follows others when they are asked for.
    hot = pk.predict(found["at 45"], days=10, times=[2.0], draws=0)
    assert "that at T = 45 °C all the time" in hot.attrs["assumptions"]
    cold = pk.predict(found["at 45"], days=10, environment="37 C", times=[2.0], draws=0)
    assert float(cold.released[0]) == pytest.approx(expected[0], abs=1e-5)
    assert "all the time" not in cold.attrs["assumptions"]


@pytest.mark.parametrize(("given", "words"), [
    ({}, "at which T"), ({"T": "warm"}, "T = 'warm'"), ({"pH": 7}, "pH"), ({"T": float("nan")}, "nan"),
    ({"T": "5 mg"}, "temperature"), ({"T": None}, "None")])
def test_conditions_of_the_law_that_cannot_be(given, words):
    found = fitting.fit_many(made("arrhenius_release", "T_degC", [45.0, 50.0], lambda at: {"T": at}, t_scale=30.0),
                             "arrhenius_release")
    with pytest.raises(FitError, match=words):
        found.at(**given)


def test_a_law_needs_one_value_of_each_parameter():
    study = made("arrhenius_release", "T_degC", [45.0, 50.0], lambda at: {"T": at}, t_scale=30.0)
    with pytest.raises(FitError, match="a value for each curve"):
        fitting.fit_many(study, "arrhenius_release", own=("beta",)).at(T=37)
    with pytest.raises(FitError, match="no condition"):
        fitting.fit_many(made("weibull", "run", [1.0, 2.0], lambda at: {}), "weibull", own=("t_scale",)).at(T=37)


def test_two_temperatures_do_not_decide_a_switch():
    """Four unknowns over two temperatures: at these it is right, between them it is one of many, and says so."""
    given = {"t_cold": 18.0, "t_hot": 0.4, "t_middle": 40.0, "width": 1.0, "beta": 0.8}
    found = fitting.fit_many(made("heat_switch", "T_degC", [37.0, 42.0], lambda at: {"T": at}, **given), "heat_switch")
    for at in (37, 39, 42, 45):
        told = any("do not decide the law at T" in v for v in found.at(T=at).origin["verdicts"])
        assert told == (at in (39, 45))
    elsewhere = pk.predict(found["at 37"], days=2, environment="39 C", times=[1.0], draws=0)
    assert "leave the law open" in elsewhere.attrs["assumptions"]
    here = pk.predict(found["at 37"], days=2, times=[1.0], draws=0)
    assert "leave the law open" not in here.attrs["assumptions"]
    four = fitting.fit_many(made("heat_switch", "T_degC", [25.0, 39, 41, 50], lambda at: {"T": at}, **given),
                            "heat_switch")
    assert not any("do not decide" in v for v in four.at(T=40).origin["verdicts"])
    held = fitting.fit_many(made("heat_switch", "T_degC", [37.0, 42.0], lambda at: {"T": at}, **given), "heat_switch",
                            fixed={"t_middle": 40.0, "width": 1.0})
    assert not any("do not decide" in v for v in held.at(T=39).origin["verdicts"])


@pytest.mark.parametrize(("name", "elsewhere", "what"), [
    ("arrhenius_release", "42 C", "temperature"), ("acid_switch", "37 C; pH 5", "pH"),
    ("heat_switch", "37 C; 42 C from day 1", "temperature")])
def test_one_curve_is_not_carried_to_other_surroundings(name, elsewhere, what):
    """Its activation energy, pKa or transition would be wherever the search began."""
    model = catalogue.get_model(name)
    shares = solve.observe(model, model.values(), HOURS) + 0.005 * np.cos(HOURS)
    study = Study.from_arrays(HOURS, shares, time_unit="h", source="made", formulation="x")
    found = fitting.fit(study, name)
    with pytest.raises(PredictionError, match=f"does not decide what it releases at another {what}"):
        pk.predict(found, days=5, environment=elsewhere, draws=0)
    same = pk.predict(found, days=14, environment="37 C; pH 7.4", times=HOURS / 24, draws=0)
    assert same.released.values == pytest.approx(shares, abs=0.02)


def test_one_curve_measured_elsewhere_says_so():
    """A file that tells 45 °C is no measurement at 37 °C, whatever the model."""
    hot = made("weibull", "temperature_degC", [45.0, 46.0], lambda at: {}).only("at 45")
    law, plain = fitting.fit(hot, "arrhenius_release", fixed={"activation_energy": 95.0}), fitting.fit(hot, "weibull")
    assert any("measured at temperature 45 °C, but one curve is fitted as if it were at temperature 37 °C" in v
               for v in law.verdicts)
    assert "measured at temperature 45 °C: a release at temperature 37 °C" in str(
        pk.predict(plain, days=5, draws=0).attrs["assumptions"])
    body = made("weibull", "temperature_degC", [37.0, 37.5], lambda at: {}).only("at 37")
    assert not any("measured at" in v for v in fitting.fit(body, "weibull").verdicts)


def test_one_curve_and_what_is_known_besides():
    """With an activation energy from elsewhere 42 °C is time that runs faster by Arrhenius' factor, 1.64."""
    model = catalogue.get_model("arrhenius_release")
    shares = solve.observe(model, model.values(), HOURS)
    study = Study.from_arrays(HOURS, shares, time_unit="h", source="made", formulation="x")
    found = fitting.fit(study, model, fixed={"activation_energy": 80.0})
    warm = pk.predict(found, days=5, environment="42 C", times=[3.0], draws=0)
    factor = np.exp(-80e3 / 8.31446261815324 * (1 / 315.15 - 1 / 310.15))
    assert float(warm.released[0]) == pytest.approx(1 - np.exp(-((3 * factor / 14) ** 0.9)), rel=1e-6)
    # A law without anything to decide (tenfold per unit of pH) needs no second curve.
    linker = catalogue.get_model("acid_linker")
    study = Study.from_arrays(HOURS, solve.observe(linker, linker.values(), HOURS), time_unit="h", source="made",
                              formulation="x")
    acid = pk.predict(fitting.fit(study, linker), days=1, environment="pH 6.4", times=[1.0], draws=0)
    assert float(acid.released[0]) == pytest.approx(1 - np.exp(-0.2), rel=1e-6)


GIVEN = {"d_start": 1.0, "k_degradation": 0.08, "ea_degradation": 80.0, "ea_diffusion": 110.0}


@pytest.fixture(scope="module")
def found():
    study = made("plga_diffusion_power", "T_degC", [25.0, 37, 50], lambda at: {"T": at}, **GIVEN)
    return fitting.fit_many(study, "plga_diffusion_power", shared=tuple(GIVEN))


class TestKept:
    """A fit over temperatures and radii is a value like any other: kept, drawn, carried elsewhere."""

    def test_activation_energies_are_found(self, found):
        assert {n: found.values[n] for n in GIVEN} == {n: pytest.approx(v, rel=1e-4) for n, v in GIVEN.items()}

    def test_record(self, found, tmp_path):
        loaded = fitting.load_fit(found.save(tmp_path / "many.toml"))
        assert repr(loaded) == repr(found)
        assert loaded["at 50"].conditions == {"T": 50.0}
        again = fitting.fit_many(loaded.study, "plga_diffusion_power", shared=tuple(GIVEN))
        assert again.values == pytest.approx(found.values, rel=1e-6)

    def test_record_of_a_known_thickness(self, tmp_path):
        study = made("shell_membrane", "thickness_nm", [20.0, 50.0], None, diffusivity=2.0)
        first = fitting.fit_many(study, "shell_membrane", fixed={"radius": 25.0, "partition": 1.0},
                                 conditions={"thickness": {}})
        assert repr(fitting.load_fit(first.save(tmp_path / "many.toml"))) == repr(first)

    def test_one_curve_in_other_surroundings(self, found):
        """Alone it stays at its own temperature; asked for another it follows the law."""
        law = {n: found.values[n] for n in GIVEN}
        for words, at in ((None, "25 C"), ("50 C", "50 C"), ("25 C; 50 C from day 3", "25 C; 50 C from day 3")):
            shown = pk.predict(found["at 25"], environment=words, days=11, times=[10.0], draws=0)
            wanted = pk.predict("plga_diffusion_power", values=law, environment=at, days=11, times=[10.0])
            assert float(shown.released[0]) == pytest.approx(float(wanted.released[0]), rel=1e-4)
            assert "does not depend" not in str(shown.attrs["assumptions"])

    def test_plot(self, found):
        ax = pk.plot_fit(found)
        assert len(ax.get_legend().get_texts()) == 3

    def test_it_says_that_many_curves_may_tell(self, found):
        assert any("size_exponent = 0" in v and "name it in shared" in v for v in found.verdicts)
