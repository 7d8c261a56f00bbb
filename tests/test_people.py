"""How people differ, and what is known of one: spreads, correlations, covariates, apparent parameters."""

import math

import numpy as np
import pytest

from pkmodels import predict, units
from pkmodels.errors import RecordError, UnknownName
from pkmodels.prediction.drug import read_drug


def inside(numbers):
    return {name: units.inside(p.value, p.unit) for name, p in numbers.items()}


class TestVariability:
    def test_a_published_cv_is_read_as_the_set_says(self):
        exact, omega = (read_drug(n).variability for n in ("olaparib", "lenvatinib"))
        assert exact.sd["clearance"] == pytest.approx(math.sqrt(math.log(1 + 0.55**2)))
        assert omega.sd["clearance"] == pytest.approx(0.255)
        unsaid = read_drug("docetaxel").variability
        assert unsaid.sd["clearance"] ** 2 == pytest.approx(0.1478, abs=1e-4)  # as the transcription has it
        assert "does not say" in unsaid.remarks[0]
        assert "omega" in omega.remarks[0]
        assert not exact.remarks

    def test_covariance_and_correlation(self):
        found = read_drug("leuprolide").variability
        assert found.names == ("clearance", "v_central")
        assert found.covariance == pytest.approx(np.array([[0.163, 0.127], [0.127, 0.323]]), rel=1e-3)
        sorafenib = read_drug("sorafenib").variability
        i, j = (sorafenib.names.index(n) for n in ("clearance", "v_central"))
        assert sorafenib.covariance[i, j] == pytest.approx(0.0864, abs=1e-4)  # as the transcription has it
        with pytest.raises(ValueError, match="read-only"):
            found.covariance[0, 0] = 1

    def test_one_random_effect_for_two_parameters(self):
        found = read_drug("pembrolizumab").variability
        assert np.linalg.eigvalsh(found.covariance)[:2] == pytest.approx([0, 0], abs=1e-12)

    def test_individuals(self):
        found = read_drug("degarelix").variability
        assert dict(zip(found.names, found.scales, strict=True)) == {
            "clearance": "log", "v_central": "log", "bioavailability": "logit"}
        assert found.sd["bioavailability"] == pytest.approx(0.232 / (1 - 0.240))
        at_rest = found.individual(np.zeros(3))
        assert at_rest == pytest.approx({"clearance": 2.54, "v_central": 13.2, "bioavailability": 0.24})
        moved = found.individual(np.array([[math.log(2), 0, 50.0], [0, 0, -50.0]]))
        assert moved["clearance"] == pytest.approx([5.08, 2.54])
        assert np.all((moved["bioavailability"] >= 0) & (moved["bioavailability"] <= 1))

    def test_a_sample_has_the_published_cv(self):
        found = read_drug("gemcitabine").variability
        people = found.individual(np.random.default_rng(3).multivariate_normal(
            np.zeros(len(found.names)), found.covariance, 100_000))
        # A hundred thousand people: the standard error of a cv is below half a per cent of it.
        assert np.std(people["clearance"]) / np.mean(people["clearance"]) == pytest.approx(0.31, rel=0.02)
        assert np.median(people["clearance"]) == pytest.approx(162, rel=0.01)

    def test_without_any_spread(self):
        found = read_drug("islatravir").variability
        assert not found
        assert found.covariance.shape == (0, 0)

    def test_contradicting_correlations_are_refused(self, tmp_path):
        tables = "".join(f'[[sets.a.correlations]]\nparameters = ["{a}", "{b}"]\nvalue = {r}\nsource = "x"\n'
                         f'evidence = "measured"\n' for a, b, r in (
                             ("clearance", "v_central", 0.9), ("v_central", "v_peripheral", 0.9),
                             ("clearance", "v_peripheral", -0.9)))
        numbers = "".join(f'{n} = {{ value = 1, cv = 0.3, unit = "{u}", source = "x", evidence = "measured" }}\n'
                          for n, u in (("clearance", "L/h"), ("v_central", "L"), ("q_peripheral", "L/h"),
                                       ("v_peripheral", "L")))
        path = tmp_path / "odd.toml"
        path.write_text(f'name = "odd"\nanalyte = "odd"\n[sets.a]\nbody = ["two_compartment"]\n'
                        f'[sets.a.parameters]\n{numbers}{tables}')
        with pytest.raises(RecordError, match="contradict each other"):
            read_drug(path)


class TestCovariates:
    def test_pembrolizumab_in_a_light_woman_with_low_albumin(self):
        """0.22 (60/76.8)^0.595 (32/39.6)^-0.907 0.848 L/day, by the paper's equation."""
        drug = read_drug("pembrolizumab").with_covariates(weight=60, albumin="32 g/L", female=True)
        expected = 0.22 * (60 / 76.8) ** 0.595 * (32 / 39.6) ** -0.907 * (1 - 0.152)
        assert drug.parameters["clearance"].value == pytest.approx(expected)
        assert drug.parameters["v_peripheral"].value == pytest.approx(4.06 * (60 / 76.8) ** 0.489)
        assert drug.parameters["clearance"].evidence == "computed"
        assert len(drug.adjustments) == 8
        assert any("clearance 0.22 ->" in said and "weight 60 kg" in said for said in drug.adjustments)
        assert drug.variability.covariance == pytest.approx(read_drug("pembrolizumab").variability.covariance)
        assert dict(zip(drug.variability.names, drug.variability.typical, strict=True))["clearance"] == pytest.approx(
            expected / 24)
        assert set(drug.person) == {"weight", "albumin", "female"}

    def test_references_change_nothing(self):
        drug = read_drug("lenvatinib")
        same = drug.with_covariates(weight=(75000, "g"), cyp3a4_inducer=False)
        assert inside(same.parameters) == pytest.approx(inside(drug.parameters))

    def test_yes_and_no_in_an_exponential(self):
        drug = read_drug("nivolumab").with_covariates(male=True)
        assert drug.parameters["clearance"].value == pytest.approx(9.4 * math.exp(0.165))
        assert read_drug("nivolumab").with_covariates(male=False).parameters["clearance"].value == pytest.approx(9.4)

    def test_a_prediction_says_for_whom_it_is(self):
        drug = read_drug("cisplatin").with_covariates(body_surface=2.0)
        found = predict(None, drug=drug, regimen="40 mg over 0.5 h", days=1, draws=0)
        assert "body_surface 2 m^2" in "".join(read_drug(drug).assumptions)
        plain = predict(None, drug="cisplatin", regimen="40 mg over 0.5 h", days=1, draws=0)
        assert float(found.plasma.max()) < float(plain.plasma.max())

    def test_outside_what_was_studied_is_said(self):
        drug = read_drug("cisplatin").with_covariates(creatinine_clearance=20)
        assert "below the range that was studied, 44 to 155 mL/min" in drug.adjustments[0]

    @pytest.mark.parametrize(("given", "kind", "said"), [
        ({"wieght": 70}, UnknownName, "did you mean weight"),
        ({"weight": -70}, RecordError, "must be above zero"),
        ({"weight": 0}, RecordError, "must be above zero"),
        ({"weight": float("nan")}, RecordError, "not a number"),
        ({"weight": True}, RecordError, "not a number"),
        ({"weight": "70 L"}, Exception, "a volume, wanted is a mass"),
        ({"weight": (70, "L")}, RecordError, "a volume is not a mass"),
        ({"female": 1}, RecordError, "True or False"),
    ])
    def test_a_wrong_covariate_gives_one_sentence(self, given, kind, said):
        with pytest.raises(kind, match=said):
            read_drug("pembrolizumab").with_covariates(**given)

    def test_not_twice_and_not_where_there_are_none(self):
        drug = read_drug("pembrolizumab").with_covariates(weight=60)
        with pytest.raises(RecordError, match="applied to this pembrolizumab already"):
            drug.with_covariates(weight=60)
        with pytest.raises(RecordError, match="has no covariates"):
            read_drug("goserelin").with_covariates(weight=60)
        assert drug.with_covariates(female=True).parameters["clearance"].value == pytest.approx(
            drug.parameters["clearance"].value * 0.848)


class TestApparent:
    def test_bioavailability_is_not_applied_twice(self, tmp_path):
        drug = read_drug("triptorelin")
        assert drug.apparent
        assert drug.bioavailability == 1
        assert "apparent" in drug.assumptions[0]
        text = ('name = "t"\nanalyte = "t"\n[sets.a]\nbody = ["one_compartment"]\napparent = true\n'
                'bioavailability = { value = 0.5, unit = "1", source = "x", evidence = "measured" }\n'
                '[sets.a.parameters]\nclearance = { value = 1, unit = "L/h", source = "x", evidence = "measured" }\n'
                'v_central = { value = 1, unit = "L", source = "x", evidence = "measured" }\n')
        (tmp_path / "t.toml").write_text(text)
        with pytest.raises(RecordError, match="hold the bioavailability already"):
            read_drug(tmp_path / "t.toml")
