"""Populations of patients: people, numbers against predict and coverage, targets, chunks, and what is refused."""

import json
from dataclasses import replace

import numpy as np
import pytest
import xarray as xr
from scipy.stats import binomtest

import pkmodels as pk
from pkmodels.errors import PkmodelsError
from pkmodels.metrics.attainment import clopper_pearson
from pkmodels.plotting import plot_population
from pkmodels.prediction import population_dataset
from pkmodels.prediction.people import CHUNK, Variability, people, variability_of

WINDOW = pk.read_window("0.5-1.2 ng/mL")
FIT = "kakade_2018_goserelin_d_weibull_plateau"
COMMON = {"drug": "goserelin", "regimen": "3.6 mg every 28 days x 3", "window": WINDOW, "band": False}


def everyone_alike(**changed):
    """Two patients without variability: both are the card's typical person."""
    return pk.predict_population(FIT, **{**COMMON, "patients": 2, "variability": {"v_central": 0.0}, **changed})


def test_a_typical_patient_is_that_of_predict_and_coverage():
    """Shares agree to 1e-6 and peaks to 2e-5: coverage takes the highest of its points, we solve for the peak."""
    found = everyone_alike()
    prediction = pk.predict(FIT, drug="goserelin", regimen="3.6 mg every 28 days x 3", draws=0)
    covered = pk.coverage(prediction, WINDOW)
    for name in ("inside", "below", "first_entry", "onset", "last_exit", "longest_gap", "longest_gap_below"):
        assert float(found[name][1]) == pytest.approx(covered.value(name), rel=1e-6), name
    assert float(found.above[0]) == 0 == covered.value("above")
    assert float(found.ctrough[0]) == pytest.approx(covered.value("ctrough"), rel=1e-12)
    assert covered.value("cmax") <= float(found.cmax[0]) == pytest.approx(covered.value("cmax"), rel=2e-5)
    np.testing.assert_allclose(found.inside_each[:, 0], covered.numbers[1:, 0], rtol=1e-6)


def test_pools_are_the_release_they_stand_for():
    """A biexponential release goes as two pools; `predict` takes it through its cumulative mass.

    5e-5 in the peak: `coverage` takes the highest of the predicted points.
    """
    values = {"f_burst": 0.2, "k_burst": (1.0, "1/day"), "k_sustained": (0.05, "1/day")}
    found = pk.predict_population("biexponential", values=values, **{**COMMON, "patients": 1,
                                                                     "variability": {"v_central": 0.0}})
    prediction = pk.predict("biexponential", values=values, drug="goserelin", regimen="3.6 mg every 28 days x 3")
    covered = pk.coverage(prediction, WINDOW)
    for name, relative in (("inside", 1e-5), ("cmax", 5e-5), ("ctrough", 1e-7), ("cavg", 1e-6),
                           ("first_entry", 1e-4)):
        assert float(found[name][0]) == pytest.approx(covered.value(name), rel=relative), name


def test_area_is_dose_over_clearance_in_every_patient():
    """Long after the last dose all of the released drug has been cleared: AUC CL = dose."""
    found = pk.predict_population("first_order", values={"k": (1, "1/day")}, drug="goserelin", regimen="3.6 mg once",
                                  days=60, patients=50, variability={"clearance": 0.4})
    np.testing.assert_allclose(found.auc * 24 * found.clearance * 0.06, 3.6 * 1000, rtol=1e-9)  # ng/mL is µg/L


def test_drug_in_solution_over_time():
    """Docetaxel 100 mg over 1 h (Ozawa 2007): 1.96024 mg/L at its end, from an independent integration."""
    found = pk.predict_population(None, drug="docetaxel", regimen="100 mg over 1 h", days=2, patients=3,
                                  variability={"clearance": 0, "v_central": 0}, concentration_unit="mg/L",
                                  times=[1 / 24, 2 / 24, 1.0], keep_curves=True)
    np.testing.assert_allclose(found.plasma[:, 0], [1.96024, 0.090625, 0.011653], rtol=2e-5)
    assert float(found.tmax[0]) == pytest.approx(1 / 24, rel=1e-9)


def test_an_initial_share_is_out_at_once():
    values = {"k": (0.1, "1/day"), "f_initial": 0.3, "plateau": 0.9}
    found = pk.predict_population("first_order+initial+plateau", values=values, drug="goserelin", regimen="3.6 mg once",
                                  days=28, patients=1, variability={"v_central": 0})
    assert float(found.cmax[0]) == pytest.approx(0.3 * 3600 / 44.1, rel=1e-9)  # a bolus of the share into the volume
    assert float(found.tmax[0]) == 0


def test_release_may_differ_between_patients():
    """A rate and, through its cumulative mass, the time scale of a Weibull: both against single predictions."""
    for name, values, varied in (("first_order", {"k": (0.1, "1/day")}, "k"),
                                 ("weibull", {"beta": 0.8, "t_scale": (10, "day")}, "t_scale")):
        found = pk.predict_population(name, values=values, **{**COMMON, "patients": 3,
                                                              "variability": {varied: 0.5, "v_central": 0.0}})
        own = found[varied]
        assert np.ptp(own.values) > 0
        one = pk.predict(name, values={**values, varied: (float(own[2]), own.attrs["units"])}, drug="goserelin",
                         regimen="3.6 mg every 28 days x 3")
        covered = pk.coverage(one, WINDOW)
        assert float(found.inside[2]) == pytest.approx(covered.value("inside"), rel=1e-4)
        assert float(found.cavg[2]) == pytest.approx(covered.value("cavg"), rel=1e-5)


def test_patient_k_is_the_same_however_many_there_are():
    spread = variability_of(pk.read_drug("goserelin"), {"clearance": 0.3})
    many, _ = people(spread, CHUNK + 10, 1)
    few, _ = people(spread, 7, 1)
    late, _ = people(spread, 12, 1, first=CHUNK - 2)
    for name in spread.names:
        np.testing.assert_array_equal(few[name], many[name][:7])
        np.testing.assert_array_equal(late[name], many[name][CHUNK - 2:])
    alone, _ = people(variability_of(pk.read_drug("goserelin")), 7, 1)
    np.testing.assert_allclose(alone["v_central"], few["v_central"], rtol=1e-12)  # what else varies changes nothing


def test_people_have_the_variability_that_was_declared():
    """Moments of 100,000 people: standard errors are 0.3 % of a standard deviation and of a correlation."""
    covariance = np.array([[0.09, 0.03, 0], [0.03, 0.04, 0], [0, 0, 0.25]])
    spread = Variability(("clearance", "v_central", "share"), ("log", "log", "logit"), (5.0, 20.0, 0.3), covariance)
    found, again = people(spread, 100_000, 1)
    logit = np.log(found["share"] / (1 - found["share"]))
    logs = np.array([np.log(found["clearance"]), np.log(found["v_central"]), logit])
    np.testing.assert_allclose(np.cov(logs), covariance, atol=0.004)
    np.testing.assert_allclose(np.median(found["clearance"]), 5.0, rtol=0.01)
    assert again == 0


def test_normal_people_below_zero_are_drawn_again_and_counted():
    spread = Variability(("clearance",), ("natural",), (5.0,), np.array([[25.0]]))
    found, again = people(spread, 5000, 1)
    assert found["clearance"].min() > 0
    assert again / 5000 == pytest.approx(0.1587, abs=0.02)  # what a normal of cv 100 % has below zero


def test_a_card_with_cv_is_read_as_log_normal():
    spread = variability_of(pk.read_drug("docetaxel"))
    assert spread.names == ("clearance", "v_central")
    np.testing.assert_allclose(np.diag(spread.covariance), np.log1p(np.square([0.399, 0.264])), rtol=1e-12)


def test_clopper_pearson_is_that_of_scipy():
    for hits, count in ((0, 10), (3, 10), (10, 10), (437, 1000)):
        wanted = binomtest(hits, count).proportion_ci(method="exact")
        np.testing.assert_allclose(clopper_pearson(hits, count), (wanted.low, wanted.high), rtol=1e-10)


def test_attainment_counts_patients():
    found = pk.predict_population(FIT, **COMMON, patients=200, variability={"clearance": 0.3})
    covered = pk.coverage(found, WINDOW, target=60)
    hits = int((found.inside >= 60).sum())
    assert 0 < hits < 200
    assert covered.attainment().loc["overall", "probability"] == pytest.approx(hits / 200)
    assert covered.attainment(1e-9).loc["overall", "probability"] == pytest.approx(float((found.inside > 0).mean()))
    assert f"{covered.verdict[0]}".startswith(f"{hits / 2:.0f} %")
    assert "Clopper-Pearson" in covered.verdict[0]
    assert json.dumps(covered.to_dict(), allow_nan=False)
    assert pk.coverage(found).window.limits("ng/mL") == (0.5, 1.2)


def test_a_window_by_name_or_by_its_limits_is_read():
    for said in ("goserelin", "0.5-1.2 ng/mL"):
        read = pk.predict_population(FIT, **{**COMMON, "window": pk.read_window(said)}, patients=5)
        assert pk.predict_population(FIT, **{**COMMON, "window": said}, patients=5).identical(read)


def test_draws_of_the_fit_stay_apart_from_people():
    found = pk.predict_population(FIT, **COMMON, patients=20, draws=3)
    assert found.inside.dims == ("draw", "patient")
    assert found.v_central.dims == ("patient",)  # the same people in every draw
    alone = pk.predict_population(FIT, **COMMON, patients=20)
    np.testing.assert_array_equal(alone.v_central, found.v_central)
    assert {"draws low", "draws high"} <= set(pk.coverage(found).attainment(50).columns)


def test_workers_and_chunks_change_nothing(tmp_path):
    """Two chunks: one process, two processes, and a run that lost a chunk and goes on."""
    job = {**COMMON, "patients": CHUNK + 5, "variability": {"clearance": 0.3}, "regimen": "3.6 mg once", "days": 7}
    values = {"k": (0.2, "1/day")}
    one = pk.predict_population("first_order", values=values, **job)
    two = pk.predict_population("first_order", values=values, **job, workers=2, folder=tmp_path / "kept")
    assert one.identical(two)
    first, second = sorted((tmp_path / "kept").glob("*.npz"))
    first.unlink()
    second.write_bytes(second.read_bytes()[:100])  # cut off while it was written
    again = pk.predict_population("first_order", values=values, **job, folder=tmp_path / "kept")
    assert one.identical(again)
    before = first.stat().st_mtime_ns
    pk.predict_population("first_order", values=values, **job, folder=tmp_path / "kept")
    assert first.stat().st_mtime_ns == before  # nothing was done again
    with pytest.raises(PkmodelsError, match="another population"):
        pk.predict_population("first_order", values=values, **{**job, "seed": 2}, folder=tmp_path / "kept")


@pytest.mark.parametrize("kind", ["zarr", "netcdf"])
def test_results_are_stored_in_chunks(tmp_path, monkeypatch, kind):
    """Written and read again; a part of the patients can be read without the rest."""
    module = {"zarr": "zarr", "netcdf": "netCDF4"}[kind]
    pytest.importorskip(module, reason=f"{module} is not installed (the extra 'store')")
    monkeypatch.setattr(population_dataset, "STORED", 30)
    found = pk.predict_population("first_order", **COMMON, values={"k": (0.2, "1/day")}, patients=100)
    path = tmp_path / "people"
    if kind == "zarr":
        found.to_zarr(path, consolidated=False)
        again = xr.open_zarr(path, consolidated=False)
    else:
        found.to_netcdf(path)
        again = xr.open_dataset(path)
    with again:
        assert again.cmax.encoding["preferred_chunks"] == {"patient": 30}
        xr.testing.assert_equal(again.load(), found)
        assert again.attrs["assumptions"] == found.attrs["assumptions"]
        assert pk.coverage(again).text() == pk.coverage(found).text()


def test_the_band_holds_the_curves():
    found = pk.predict_population(FIT, **{**COMMON, "band": True}, patients=50, times=[0, 7, 20], keep_curves=True)
    np.testing.assert_allclose(found.plasma_quantiles.sel(quantile=0.5), np.median(found.plasma, axis=1))
    inside = ((found.plasma >= 0.5) & (found.plasma <= 1.2)).mean("patient")
    np.testing.assert_allclose(found.share_inside, inside)
    axes = plot_population(found)
    assert len(axes) == 2
    axes[0].figure.canvas.draw()


@pytest.mark.parametrize(("changed", "words"), [
    ({"patients": 0}, "patients = 0"), ({"patients": 10**9}, "take fewer"), ({"seed": -1}, "seed = -1"),
    ({"variability": {"clearence": 0.3}}, "clearance"), ({"variability": {"clearance": 30}}, "per cent"),
    ({"variability": {"clearance": -0.1}}, "coefficient of variation"),
    ({"variability": {"clearance": (0.3, "uniform")}}, "log-normal"),
    ({"variability": {"clearance": float("nan")}}, "coefficient of variation"),
    ({"window": (1.2, 0.5)}, "rise"), ({"window": "0.5-1.2"}, "no unit"), ({"window": 0.5}, "or 'goserelin'"),
    ({"window": pk.read_window("< 1 ng/mL of testosterone")}, "testosterone"),
    ({"concentration_unit": "mg"}, "not a mass concentration"), ({"bioavailability": 2}, "bioavailability"),
    ({"regimen": "100 mg over 1 h", "days": 1}, "infusion"), ({"times": [3, 2]}, "rising"), ({"workers": 0}, "workers"),
    ({"patients": 10**6, "band": True}, "band=False"),
    ({"sustained": "0 h"}, "longer than zero"), ({"unreleased": "lost"}, "stays"), ({"drug": None}, "needs a drug"),
])
def test_what_cannot_be_is_refused_in_words(changed, words):
    with pytest.raises(PkmodelsError, match=words):
        pk.predict_population(FIT, **{**COMMON, "patients": 2, **changed})


def test_another_window_than_that_of_the_population_is_refused():
    found = everyone_alike()
    with pytest.raises(PkmodelsError, match="predict it again"):
        pk.coverage(found, "0.1-1.2 ng/mL")


def test_a_table_of_people_needs_covariates_on_the_card():
    import pandas as pd

    drug = pk.read_drug("goserelin")
    if getattr(drug, "covariates", ()):
        pytest.skip("this card has covariates")
    with pytest.raises(PkmodelsError, match="no covariates"):
        everyone_alike(table=pd.DataFrame({"weight": [70.0]}))


def test_command_line(capsys, tmp_path):
    from pkmodels.cli import main

    command = ["population", FIT, "--drug", "goserelin", "--regimen", "3.6 mg once", "--days", "28", "--window",
               "goserelin", "--patients", "50", "--vary", "clearance=0.3", "--plot", str(tmp_path / "p.png")]
    assert main(command) == 0
    shown = capsys.readouterr()
    assert "inside (%)" in shown.out
    assert "of 50 patients" in shown.err
    assert (tmp_path / "p.png").stat().st_size > 10_000
    assert main([*command, "--vary", "clearance"]) == 2
    assert "NAME=CV" in capsys.readouterr().err


def test_the_picture_says_who_was_given_what_and_whose_window_it_is():
    found = pk.predict_population(FIT, **{**COMMON, "patients": 5, "band": True, "window": pk.read_window("goserelin")})
    words = plot_population(found)[0].figure.get_supxlabel()
    assert words.startswith("5 patients; 3.6 mg every 28 days x 3")
    assert "Feng 2025" in words
    own = plot_population(found, "0.5-1.2 ng/mL")[0].figure.get_supxlabel()
    assert "window:" not in own


def test_boluses_in_solution():
    """One compartment in closed form, every patient with a clearance and a volume of their own."""
    found = pk.predict_population(None, drug="goserelin", regimen="10 mg bolus every 24 h x 3", patients=50, days=3,
                                  variability={"clearance": 0.3, "v_central": 0.2}, band=False)
    k = found["clearance"].values * 1.44 / found["v_central"].values  # 1 mL/min is 1.44 L/day
    left = np.exp(-k)  # of each dose when the next one comes
    highest = 1e4 / found["v_central"].values * np.stack([1 + 0 * left, 1 + left, 1 + left + left**2])
    np.testing.assert_allclose(found["cmax_each"].values.reshape(3, -1), highest, rtol=1e-9)
    # The typical patient is that of predict.
    alone = pk.predict(None, drug="goserelin", regimen="10 mg bolus every 24 h x 3", days=3)
    one = pk.predict_population(None, drug="goserelin", regimen="10 mg bolus every 24 h x 3", patients=1, days=3,
                                variability={"clearance": 0, "v_central": 0}, band=False)
    assert float(one["cmax_each"].values.max()) == pytest.approx(float(alone["plasma"].max()), rel=1e-9)
    for text, said in (("10 mg once", "'100 mg bolus'"),
                       ("10 mg bolus once then 5 mg over 1 h at h 24", "mixes doses")):
        with pytest.raises(PkmodelsError, match=said):
            pk.predict_population(None, drug="goserelin", regimen=text, patients=5, days=3)


def test_a_population_takes_for_granted_what_a_prediction_does():
    """All that is said of the release behind one person is said of many, and how the body answers."""
    given = {"drug": "goserelin", "regimen": "3.6 mg every 28 days x 3"}
    one, many = (job(FIT, **given, draws=0, **more).attrs["assumptions"] for job, more in (
        (pk.predict, {}), (pk.predict_population, {"patients": 5, "band": False})))
    shared = [each for each in one if not each.startswith("The body is the average")]
    assert any("extrapolation" in each for each in shared)
    assert set(shared) <= set(many)
    curve = {"values": {"k": (0.2, "1/day")}, "drug": saturable(), "regimen": "3.6 mg once", "days": 7, "patients": 5}
    said = [*pk.predict_population("first_order", **curve, band=False).attrs["assumptions"]]
    assert any("does not answer in proportion" in each for each in said)
    assert not any("doses add up" in each for each in said)


def saturable():
    """The goserelin card as if its elimination saturated."""
    drug = pk.read_drug("goserelin")
    volume = drug.parameters["v_central"]
    return replace(drug, body=("one_compartment_saturable",), parameters={
        "v_central": volume, "rate_max": replace(volume, value=1.0, unit="mg/h"),
        "c_half": replace(volume, value=0.2, unit="mg/L")})
