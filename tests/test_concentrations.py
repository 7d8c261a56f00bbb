"""Fits to what was measured: concentrations through the sampling operator, a curve's own scale, and the sink."""

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import curve_fit

from pkmodels import fitting
from pkmodels.cli import main
from pkmodels.errors import FitError, StudyError
from pkmodels.fitting import weighting
from pkmodels.studies import Study, read_study
from pkmodels.studies.sampling import sampling_matrix

DAYS = np.array([0.25, 0.5, 1, 2, 3, 5, 7, 10, 14, 18, 22, 28.0])
LAB = Path(__file__).resolve().parents[2] / "shared" / "data" / "lab_files"
RATE, PLATEAU = 0.15, 0.85


def sampler(replacement, sample="0.5 mL"):
    """1 mg in 10 mL; concentrations (mg/L) that a release of shares leaves, emptied step by step."""
    taken = {"fresh": 0.0005, "none": 0.0005, "full": 0.010}[replacement]

    def concentrations(shares):
        inside, volume, found = 0.0, 0.010, []
        for more in np.diff(shares, prepend=0.0):
            inside += more
            found.append(inside / volume)
            inside -= taken * found[-1]
            volume -= taken if replacement == "none" else 0.0
        return np.array(found)

    return concentrations


def measured(concentrations, replacement, **given):
    return Study.from_concentrations(
        DAYS, concentrations, time_unit="day", concentration_unit="mg/L", vessel_volume="10 mL", dose="1 mg",
        sample_volume=None if replacement == "full" else "0.5 mL", replacement=replacement, source="made", **given)


def released(t, k, plateau):
    return plateau * (1 - np.exp(-k * t))


NOISE = np.array([1, -2, 1, 2, -1, -2, 1, 2, -1, 1, -1, -1]) * 0.6


@pytest.mark.parametrize("replacement", ["fresh", "none", "full"])
class TestOptimum:
    def test_is_scipys_on_the_concentrations(self, replacement):
        """The vessel emptied step by step is the function that scipy fits to the concentrations themselves."""
        vessel = sampler(replacement)
        seen = vessel(released(DAYS, RATE, PLATEAU)) + NOISE
        best, covariance = curve_fit(lambda t, k, p: vessel(released(t, k, p)), DAYS, seen, p0=[0.1, 0.8], ftol=1e-15,
                                     xtol=1e-15, gtol=1e-15)
        found = fitting.fit(measured(seen, replacement), "first_order+plateau")
        assert found.errors == "concentrations"
        assert [found.values["k"], found.values["plateau"]] == pytest.approx(best, rel=1e-6)
        # scipy takes its slopes by differences, which are good to some 1e-8 of the step.
        assert list(found.stderr.values()) == pytest.approx(np.sqrt(np.diag(covariance)), rel=1e-4)

    def test_exact_concentrations_give_the_truth(self, replacement):
        found = fitting.fit(measured(sampler(replacement)(released(DAYS, RATE, PLATEAU)), replacement),
                            "first_order+plateau")
        assert found.values == pytest.approx({"k": RATE, "plateau": PLATEAU}, rel=1e-6)

    def test_a_record_fits_again(self, replacement, tmp_path):
        found = fitting.fit(measured(sampler(replacement)(released(DAYS, RATE, PLATEAU)) + NOISE, replacement),
                            "first_order+plateau")
        loaded = fitting.load_fit(found.save(tmp_path / "fit.toml"))
        again = fitting.fit(loaded.study, loaded.model, weights=loaded.weights, errors=loaded.errors, seed=loaded.seed)
        assert again.values == pytest.approx(found.values, rel=1e-9)
        assert again.stderr == pytest.approx(found.stderr, rel=1e-9)
        assert str(loaded.study.vessel) == str(found.study.vessel)
        assert loaded.intervals_by("profile")["k"] == pytest.approx(found.intervals_by("profile")["k"], rel=1e-6)


def test_what_was_fitted_is_said():
    found = fitting.fit(measured(sampler("full")(released(DAYS, RATE, PLATEAU)) + NOISE, "full"), "first_order")
    assert "fitted to the measured concentrations (vessel 10 mL, the whole medium exchanged" in repr(found)
    content = found.to_dict()
    assert content["errors"] == "concentrations"
    assert content["data"]["vessel"] == "vessel 10 mL, the whole medium exchanged at every sample, dose 1 mg"
    np.testing.assert_allclose(found.residuals, found.study.released - released(DAYS, found.values["k"], 1), atol=1e-12)


def test_it_can_be_switched_off():
    study = measured(sampler("full")(released(DAYS, RATE, PLATEAU)) + NOISE, "full")
    plain = Study.from_arrays(DAYS, study.released, time_unit="day")
    found = fitting.fit(study, "first_order+plateau", errors="independent")
    assert found.values == pytest.approx(fitting.fit(plain, "first_order+plateau").values, rel=1e-9)
    assert found.errors == "independent"


def test_shares_have_no_concentrations_to_fit():
    with pytest.raises(FitError, match="holds released shares; leave errors away"):
        fitting.fit(Study.from_arrays(DAYS, released(DAYS, 0.1, 1), time_unit="day"), "weibull",
                    errors="concentrations")


@pytest.mark.parametrize("replacement", ["fresh", "full"])
def test_a_sample_that_is_left_out_still_took_drug_away(replacement):
    """Generalised least squares on the shares that are left: their covariance is a part of A Aᵀ."""
    study = measured(sampler(replacement)(released(DAYS, RATE, PLATEAU)) + NOISE, replacement)
    left = np.arange(12) != 5
    whole = sampling_matrix(12, vessel_volume=0.010, sample_volume=0.0005, replacement=replacement)
    covariance = (whole @ whole.T)[np.ix_(left, left)]
    white = weighting.concentrations(study.without(~left))
    np.testing.assert_allclose(white.T @ white, np.linalg.inv(covariance), rtol=1e-8, atol=1e-8 * np.abs(white).max())


def test_a_blank_at_time_zero_changes_nothing():
    seen = sampler("full")(released(DAYS, RATE, PLATEAU)) + NOISE
    blank = Study.from_concentrations([0, *DAYS], [0, *seen], time_unit="day", concentration_unit="mg/L",
                                      vessel_volume="10 mL", dose="1 mg", replacement="full")
    found, without = (fitting.fit(s, "first_order+plateau") for s in (blank, measured(seen, "full")))
    assert found.values == pytest.approx(without.values, rel=1e-9)
    assert found.stderr == pytest.approx(without.stderr, rel=1e-9)


def test_weights_are_by_the_concentrations():
    """Errors in proportion to the concentration: scipy's weighted fit of the concentrations."""
    vessel = sampler("full")
    seen = vessel(released(DAYS, RATE, PLATEAU)) * (1 + NOISE / 30)
    best, _ = curve_fit(lambda t, k, p: vessel(released(t, k, p)), DAYS, seen, p0=[0.1, 0.8], sigma=seen, ftol=1e-15,
                        xtol=1e-15, gtol=1e-15)
    found = fitting.fit(measured(seen, "full"), "first_order+plateau", weights="1/y2")
    assert [found.values["k"], found.values["plateau"]] == pytest.approx(best, rel=1e-6)
    assert any("of what was in the vessel" in note for note in found.notes)


def test_intervals_hold_the_truth_as_often_as_they_say():
    """50 vessels whose medium is exchanged at every sample, errors of 1 mg/L (1 % of the dose) in each concentration.

    Of 95 % intervals 47.5 ± 1.5 hold the truth; fewer than 42 has a probability below 1e-3. The released shares taken
    as independent hold it in about 50 and 35 % (``benchmarks/concentration_coverage.py`` has the figures).
    """
    exact = sampler("full")(released(DAYS, RATE, PLATEAU))
    held = {"concentrations": np.zeros(2), "independent": np.zeros(2)}
    for seed in range(50):
        study = measured(exact + np.random.default_rng(seed).standard_normal(12), "full")
        for errors, count in held.items():
            found = fitting.fit(study, "first_order+plateau", errors=errors)
            count += [found.intervals[n][0] <= truth <= found.intervals[n][1]
                      for n, truth in (("k", RATE), ("plateau", PLATEAU))]
    assert held["concentrations"].min() >= 42
    assert held["independent"].max() < 35


def test_shares_alone_auto_tells_added_errors_from_independent_ones():
    """Of 25 curves with errors that add up most are recognised, and of 25 with independent ones few are taken so."""
    taken = {}
    for walk in (True, False):
        chosen = []
        for seed in range(25):
            errors = 0.01 * np.random.default_rng(seed).standard_normal(12)
            shares = np.maximum(released(DAYS, 0.1, 1) + (np.cumsum(errors) if walk else errors), -0.019)
            study = Study.from_arrays(DAYS, shares, time_unit="day")
            chosen.append(fitting.fit(study, "first_order", errors="auto").errors == "increments")
        taken[walk] = np.mean(chosen)
    assert taken[True] > 0.85
    assert taken[False] < 0.25


def test_lab_sheet_of_concentrations(capsys):
    if not LAB.is_dir():
        pytest.skip("the lab sheets are kept outside the repository and are not here")
    study = read_study(LAB / "07_concentrations_sampled.csv")
    assert str(study.vessel) == "vessel 10 mL, samples of 2 mL replaced with fresh medium, dose 1.25 mg"
    main(["fit", str(LAB / "07_concentrations_sampled.csv"), "--model", "weibull+plateau", "--json"])
    content = json.loads(capsys.readouterr().out)
    assert content["errors"] == "concentrations"
    # scipy's fit of the concentrations, with the balance of the vessel written out.
    seen, hours = study.frame["concentration_mg_per_L"].to_numpy(), study.times

    def vessel(t, scale, beta, plateau):
        inside, found = 0.0, []
        for more in np.diff(plateau * (1 - np.exp(-((t / scale) ** beta))), prepend=0.0) * 1.25:
            inside += more
            found.append(inside / 0.010)
            inside *= 1 - 2 / 10
        return np.array(found)

    best, _ = curve_fit(vessel, hours, seen, p0=[20, 0.5, 0.3], xtol=1e-14, ftol=1e-14)
    assert [content["parameters"][n]["value"] for n in ("t_scale", "beta", "plateau")] == pytest.approx(best, rel=1e-4)


class TestScale:
    def test_is_generalised_least_squares_along_the_curve(self):
        """A model that is linear in its only parameter, by hand: weights from I + scale² y yᵀ."""
        times, shares = np.array([1.0, 2, 4, 8]), np.array([0.11, 0.19, 0.42, 0.79])
        found = fitting.fit(Study.from_arrays(times, shares, time_unit="day"), "zero_order", normalised=True)
        inverse = np.linalg.inv(np.eye(4) + found.scale**2 * np.outer(shares, shares))
        slope = times @ inverse @ shares / (times @ inverse @ times)
        assert found.values["k"] == pytest.approx(slope, rel=1e-9)
        # The spread of the points that it is held against is the fit's own.
        missed = shares - slope * times
        assert found.scale == pytest.approx(0.03 / np.sqrt(missed @ inverse @ missed / 3), rel=1e-2)

    def test_intervals_know_of_it(self):
        """40 curves whose scale has an error of 3 %: of 95 % intervals of the plateau 38 ± 1.4 hold the truth."""
        held = {True: 0, False: 0}
        for seed in range(40):
            generator = np.random.default_rng(seed)
            shares = generator.normal(1, 0.03) * released(DAYS, RATE, PLATEAU) + generator.normal(0, 0.01, 12)
            study = Study.from_arrays(DAYS, np.maximum(shares, -0.019), time_unit="day")
            for normalised in held:
                low, high = fitting.fit(study, "first_order+plateau", normalised=normalised).intervals["plateau"]
                held[normalised] += low <= PLATEAU <= high
        assert held[True] >= 34
        assert held[False] < 26

    def test_the_study_may_say_it(self, tmp_path):
        (tmp_path / "lab.csv").write_text("time (day),released (%)\n1,20\n2,37\n4,61\n8,85\n16,98\n30,100\n")
        (tmp_path / "lab.toml").write_text("normalised = true\n")
        study = read_study(tmp_path / "lab.csv")
        assert any("total recovered" in note for note in study.notes)
        found = fitting.fit(study, "weibull")
        assert found.scale > 0
        assert any("scale of each curve taken as 1 ± 0.03" in note for note in found.notes)
        assert fitting.fit(study, "weibull", normalised=False).scale == 0
        loaded = fitting.load_fit(found.save(tmp_path / "fit.toml"))
        assert loaded.scale == found.scale
        assert loaded.intervals_by("profile")["beta"] == pytest.approx(found.intervals_by("profile")["beta"], rel=1e-6)

    def test_what_it_must_be(self, tmp_path):
        (tmp_path / "lab.csv").write_text("time (day),released (%)\n1,20\n2,37\n")
        (tmp_path / "lab.toml").write_text('normalised = "yes"\n')
        with pytest.raises(StudyError, match="must be true"):
            read_study(tmp_path / "lab.csv")


class TestSink:
    """10 mL for 1.25 mg: at 250 mg/L the dose needs 5 mL (2 times); at 375 mg/L 3.33 mL (3 times)."""

    @staticmethod
    def read(folder, solubility, data="time (h),released (%)\n1,20\n4,40\n24,80\n"):
        (folder / "lab.csv").write_text(data)
        (folder / "lab.toml").write_text(f'[sampling]\nvessel_volume = "10 mL"\ndose = "1.25 mg"\n'
                                         f'solubility = "{solubility}"\n')
        return read_study(folder / "lab.csv")

    def test_below_three_times_the_saturation_volume(self, tmp_path):
        warned = [w for w in self.read(tmp_path, "250 ug/mL").warnings if w.startswith("no sink")]
        assert "10 mL, 2 times the volume that dissolves the whole dose (5 mL)" in warned[0]
        # 80 % of 1.25 mg in 10 mL are 100 mg/L.
        assert "up to 40 % of the solubility" in warned[0]

    @pytest.mark.parametrize("solubility", ["375 ug/mL", "10 mg/mL"])
    def test_enough_is_enough(self, tmp_path, solubility):
        assert not [w for w in self.read(tmp_path, solubility).warnings if w.startswith("no sink")]

    def test_more_than_the_solubility_was_measured(self, tmp_path):
        study = self.read(tmp_path, "20 ug/mL", "# sample 2 mL, replaced\ntime (h),conc (ug/mL)\n1,10\n4,25\n24,30\n")
        assert "150 % of the solubility" in "".join(study.warnings)
        assert "More than the solubility was measured" in "".join(study.warnings)

    def test_a_comment_may_say_it(self, tmp_path):
        """2 mg in a vessel of 10 mL: 0.3 mg/mL dissolve them in 6.7 mL, three times which are 20 mL; 0.7 are enough."""
        path = tmp_path / "lab.csv"
        for solubility, warned in (("0.3 mg/mL", 1), ("0.7 mg/mL", 0)):
            path.write_text(f"# vessel 10 mL, sample 1 mL, replaced, dose in vessel 2 mg, solubility {solubility}\n"
                            "time (h),concentration (ug/mL)\n1,20\n4,40\n24,80\n")
            said = [w for w in read_study(path).warnings if w.startswith("no sink")]
            assert len(said) == warned
            assert all("1.5 times the volume that dissolves the whole dose (6.67 mL)" in w for w in said)

    @pytest.mark.parametrize(("solubility", "words"), [("50", "number with a unit"), ("50 mg", "wanted is"),
                                                       ("0 mg/L", "above 0")])
    def test_what_cannot_be_a_solubility(self, tmp_path, solubility, words):
        with pytest.raises(StudyError, match=words):
            self.read(tmp_path, solubility)

    def test_a_solubility_needs_a_vessel(self, tmp_path):
        (tmp_path / "lab.csv").write_text("time (h),released (%)\n1,20\n4,40\n24,80\n")
        (tmp_path / "lab.toml").write_text('[sampling]\nsolubility = "50 ug/mL"\n')
        with pytest.raises(StudyError, match="not vessel_volume and dose"):
            read_study(tmp_path / "lab.csv")


@pytest.mark.parametrize(("changed", "words"), [
    ({"vessel_volume": "10"}, "number with a unit"), ({"vessel_volume": "10 mg"}, "wanted is"),
    ({"dose": "0 mg"}, "above 0"), ({"sample_volume": None}, "volume of the samples"),
    ({"replacement": "half"}, "not possible"), ({"sample_volume": "11 mL"}, "cannot be taken"),
    ({"concentrations": [1, np.nan, 2]}, "row 2"), ({"concentrations": [1, 2]}, "3 numbers, one per time"),
])
def test_vessels_that_cannot_be(changed, words):
    given = {"times": [1, 2, 3], "concentrations": [1, 2, 3], "time_unit": "h", "concentration_unit": "mg/L",
             "vessel_volume": "10 mL", "sample_volume": "1 mL", "dose": "1 mg", **changed}
    with pytest.raises(StudyError, match=words):
        Study.from_concentrations(**given)
