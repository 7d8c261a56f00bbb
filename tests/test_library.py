"""The drug library against numbers from outside: closed forms, published results, independent integration."""

import itertools
import math
from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from pkmodels import catalogue, predict, solve, units
from pkmodels.environment import Environment
from pkmodels.errors import RecordError, UnknownName
from pkmodels.model import join
from pkmodels.prediction.drug import list_drugs, read_drug
from pkmodels.solve import linear

SETS = [f"{name}:{each}" for name in list_drugs() for each in read_drug(name).sets]


def inside(numbers):
    return {name: units.inside(p.value, p.unit) for name, p in numbers.items()}


def body_of(drug):
    joined = catalogue.get_model(drug.body[0], "body")
    for name in drug.body[1:]:
        joined = join(joined, catalogue.get_model(name, "body"))
    return joined


def matrix_of(drug):
    model = body_of(drug)
    return model, linear.matrix(model, model.values({n: (p.value, p.unit) for n, p in drug.parameters.items()}),
                                Environment().at(0.0))


def plasma(drug, dose, hours, release=None, **other):
    """Concentrations in mg/L at hours."""
    found = predict(release or drug.depot.release, drug=drug, regimen=f"{dose} once", days=max(hours) / 24,
                    times=np.asarray(hours) / 24, concentration_unit="mg/L", draws=0, **other)
    return found.plasma.values


def half_lives(drug):
    model, a = matrix_of(drug)
    held = [k for k, store in enumerate(model.states) if store.name not in ("eliminated", "absorbed")]
    return sorted(math.log(2) / -np.linalg.eigvals(a[np.ix_(held, held)]).real)


class TestEverySet:
    @pytest.mark.parametrize("name", SETS)
    def test_area_is_dose_over_clearance(self, name):
        """The area under a bolus is -w A⁻¹ e over the stores that empty: no matter how many compartments."""
        drug = read_drug(name)
        model, a = matrix_of(drug)
        held = [k for k, store in enumerate(model.states) if store.name not in ("eliminated", "absorbed")]
        entry = np.array([float(store == model.inlet) for store in model.states])[held]
        weights = solve.observed_weights(model, model.values(
            {n: (p.value, p.unit) for n, p in drug.parameters.items()}))[held]
        area = -weights @ np.linalg.solve(a[np.ix_(held, held)], entry)
        p = inside(drug.parameters)
        net = p["clearance"] * (1 - p.get("f_bile", 0))
        if "clearance_to_metabolite" in p:
            net = p["clearance"] / p["clearance_to_metabolite"] * p["clearance_metabolite"] / p["mass_ratio"]
        assert area == pytest.approx(1 / net, rel=1e-9)

    @pytest.mark.parametrize("name", [each for each in SETS if read_drug(each).depot])
    def test_a_published_depot_gives_its_dose(self, name):
        drug = read_drug(name)
        release = drug.depot.release
        late = float(release.eventual())
        lost = {"docetaxel:rietveld_2025", "islatravir:kim_2024"}
        assert (late == pytest.approx(1, abs=1e-6)) is (name not in lost)
        prediction = predict(release, drug=drug, regimen="10 mg once", days=20, draws=0)
        assert np.all(np.isfinite(prediction.plasma))
        assert prediction.plasma.max() > 0


class TestDocetaxel:
    def test_one_hour_infusion(self):
        """100 mg over 1 h with the six published numbers, computed elsewhere."""
        drug = read_drug("docetaxel")
        found = predict(None, drug=drug, regimen="100 mg over 1 h", days=2, concentration_unit="mg/L",
                        times=np.array([1, 2, 4, 8, 24, 48]) / 24, draws=0).plasma.values
        assert found == pytest.approx([1.96024, 0.090625, 0.042430, 0.023534, 0.011653, 0.0043596], rel=2e-4)
        assert 100 / inside(drug.parameters)["clearance"] == pytest.approx(2.80112, rel=1e-5)

    def test_koolens_clearance_follows_the_well_stirred_liver(self):
        p = read_drug("docetaxel:koolen_2010").parameters["clearance"]
        assert p.value == pytest.approx(80 * 113 / 193, rel=1e-4)
        rng = np.random.default_rng(1)
        intrinsic = 113 * np.exp(rng.normal(0, math.sqrt(math.log(1.36)), 200_000))
        # To first order the spread of the logarithm; the tails are cut off by the flow.
        assert np.std(np.log(80 * intrinsic / (80 + intrinsic))) == pytest.approx(math.sqrt(p.omega2), rel=0.05)

    def test_micelles_lose_what_they_do_not_release(self):
        """The published windows integrated by brute force: dE/dt = -(k(t) + loss) E, dR/dt = k(t) E."""
        release = read_drug("docetaxel:rietveld_2025").depot.release
        rates = [0.162, 0.0928, 0.0699, 0.0448, 0.0199, 0.0157]
        edges, hours = [0, 0.5, 1, 2, 6, 168, 1000], np.array([0.25, 0.75, 1.5, 5, 100, 167, 400, 1000])
        held, out, found = 1.0, 0.0, {}
        for k, (a, b) in zip(rates, itertools.pairwise(edges), strict=True):
            total = k + 0.004382
            for hour in hours[(hours > a) & (hours <= b)]:
                found[hour] = out + held * k / total * (1 - math.exp(-total * (hour - a)))
            out += held * k / total * (1 - math.exp(-total * (b - a)))
            held *= math.exp(-total * (b - a))
        assert release.share(hours) == pytest.approx([found[h] for h in hours], rel=1e-12)


class TestGnrh:
    def test_triptorelin_as_published(self):
        """Tornøe's typical man, 3.75 mg: peak 2.9602 ng/mL at 1.77 h, then .02215 .02594 .01929 at 7, 14, 28 days."""
        drug = read_drug("triptorelin")
        peak = plasma(drug, "3.75 mg", [1.77])[0] * 1000
        assert peak == pytest.approx(2.9602, abs=5e-5)
        assert max(plasma(drug, "3.75 mg", np.linspace(0.1, 6, 60))) * 1000 <= peak
        days = plasma(drug, "3.75 mg", [168, 336, 672]) * 1000
        assert days == pytest.approx([0.02215, 0.02594, 0.01929], abs=5e-6)

    def test_leuprolide_as_published(self):
        """Lim's typical child, 11.25 mg; the published delayed share is 6/5.8362 of ours (Stirling's 3!)."""
        drug = read_drug("leuprolide")
        hours = np.array([0.5, 1, 0.1621 * 24, 14 * 24, 28 * 24, 56 * 24, 84 * 24])
        whole = plasma(drug, "11.25 mg", hours)
        model = drug.depot.release.model
        values = {n: (p.value, p.unit) for n, p in drug.depot.parameters.items()}
        immediate = 0.92 * plasma(drug, "11.25 mg", hours, release="first_order",
                                  values={"k": values["k_immediate"]})
        stirling = math.sqrt(2 * math.pi) * 3**3.5 * math.exp(-3)
        published = immediate + (whole - immediate) * 6 / stirling
        expected = [10.328, 16.310, 23.477, 0.05712, 0.01741, 0.03208, 0.02876]
        assert published * 1000 == pytest.approx(expected, rel=3e-4)
        assert model.name == "first_order_and_delayed"

    def test_degarelix_is_bioavailable_by_a_quarter(self):
        drug = read_drug("degarelix")
        found = predict(drug.depot.release, drug=drug, regimen="240 mg once", days=3000, draws=0,
                        concentration_unit="mg/L")
        area = np.trapezoid(found.plasma, found.time * 24)
        # Nothing is left after forty half-lives; the trapezoids err at the steep beginning.
        assert area == pytest.approx(240 * 0.240 / 2.54, rel=2e-4)

    def test_octreotide_waves_by_integration(self):
        """The paper's equations with the true gamma function, integrated without our closed form."""
        drug = read_drug("octreotide")
        shares = np.exp([-5.18, -3.36, -1.54, 0.0])
        shares /= shares.sum()
        times, counts = (118.8832, 299.8832, 805.8832), (3.42, 17.9, 5.08)

        def rhs(t, x):
            rate = sum(f * math.exp((n + 1) * math.log((n + 1) / m) + n * math.log(max(t, 1e-12)) - (n + 1) * t / m
                                    - math.lgamma(n + 1)) for f, m, n in zip(shares[1:], times, counts, strict=True))
            return [30 * rate - 0.27 * x[0], 0.27 * x[0] - 32.7 / 15.3 * x[1]]

        hours = np.array([1.0, 24, 120, 300, 700, 1500])
        exact = solve_ivp(rhs, (0, 1500), [30 * shares[0], 0], t_eval=hours, method="LSODA", rtol=1e-10, atol=1e-13,
                          max_step=5)
        assert plasma(drug, "30 mg", hours) == pytest.approx(exact.y[1] / 15.3, rel=3e-4)

    def test_goserelin_released_evenly(self):
        """3.6 mg over 28 days: level 0.80802 ng/mL, 0.5 reached at 6.415 h, inside 0.5-1.2 for 99.05 % of the time."""
        from pkmodels import coverage

        drug = read_drug("goserelin")
        prediction = predict("zero_order", values={"k": (1 / 28, "1/day")}, drug=drug, regimen="3.6 mg once", days=28,
                             draws=0)
        assert float(prediction.plasma[-1]) == pytest.approx(0.80802, abs=1e-5)
        at = predict("zero_order", values={"k": (1 / 28, "1/day")}, drug=drug, regimen="3.6 mg once", days=28,
                     draws=0, times=[6.415 / 24])
        assert float(at.plasma[0]) == pytest.approx(0.5, abs=3e-5)
        assert float(coverage(prediction, "0.5-1.2 ng/mL").table.loc["overall", "inside (%)"]) == pytest.approx(
            99.05, abs=5e-3)

    def test_goserelin_in_renal_impairment(self):
        """V = clearance x half-life / ln 2: 33.0 L, and 48.4 L with normal kidneys."""
        drug = read_drug("goserelin:renal_impairment")
        assert half_lives(drug)[0] == pytest.approx(12.1, abs=0.05)
        assert 133 * 0.06 * 4.2 / math.log(2) == pytest.approx(48.4, abs=0.05)

    def test_goserelin_three_months_begins_with_four_per_cent(self):
        """10.8 mg, 4.2 % over 1.8 h, clearance 121 mL/min: 8.85 ng/mL at 1.8 h, and about 8 with 4 %."""
        drug = read_drug("goserelin")
        cl = replace(drug.parameters["clearance"], value=121.0)
        drug = replace(drug, parameters=MappingProxyType({**drug.parameters, "clearance": cl}))
        for share, expected in ((0.042, 8.85), (0.04, 8.4)):
            found = plasma(drug, "10.8 mg", [1.8], release="first_and_zero_order", values={
                "f_first": 1 - share, "k_first": (1e-9, "1/h"), "t_zero": (1.8, "h")})[0] * 1000
            assert found == pytest.approx(expected, rel=0.01)
            closed = share * 10.8 / 1.8 / 7.26 * (1 - math.exp(-7.26 / 44.1 * 1.8)) * 1000
            assert found == pytest.approx(closed, rel=1e-6)


class TestOthers:
    def test_apatinib_at_nearly_equal_rates(self):
        """ka 0.0800, ke 0.0841 per hour: the two-exponential form; and its limit D k t exp(-k t)/V at ka = ke."""
        drug = read_drug("apatinib")
        hours = np.array([1.0, 6, 12, 24, 72])
        ka, ke = 0.08, 56.7 / 674
        bateman = 250 / 674 * ka / (ka - ke) * (np.exp(-ke * hours) - np.exp(-ka * hours))
        assert plasma(drug, "250 mg", hours) == pytest.approx(bateman, rel=1e-6)
        limit = 250 / 674 * ke * hours * np.exp(-ke * hours)
        tied = plasma(drug, "250 mg", hours, release="first_order", values={"k": (ke, "1/h")})
        assert tied == pytest.approx(limit, rel=1e-6)
        late = plasma(drug, "250 mg", np.sort([1 / ke, 0.99 / ke, 1.01 / ke]), release="first_order",
                      values={"k": (ke, "1/h")})
        assert np.argmax(late) == 1

    def test_gemcitabine_counts_in_minutes(self):
        assert inside(read_drug("gemcitabine").parameters)["clearance"] == pytest.approx(162)
        fast, slow = half_lives(read_drug("gemcitabine"))
        k, k12, k21 = 2.7 / 15, 0.7 / 15, 0.7 / 15
        total, product = k + k12 + k21, k * k21
        root = math.sqrt(total**2 - 4 * product)
        assert [fast, slow] == pytest.approx([math.log(2) * 2 / (total + root) / 60,
                                              math.log(2) * 2 / (total - root) / 60])

    def test_enzalutamide_accumulates(self):
        """A half-life of 5.8 days, once a day: 8.877 in one compartment, 8.3 measured."""
        observed = {(o.quantity, o.evidence): o.value for o in read_drug("enzalutamide").observed}
        days = observed["half_life", "read in source"]
        assert observed["accumulation", "computed"] == pytest.approx(1 / (1 - 2 ** (-1 / days)), abs=5e-4)
        assert observed["accumulation", "read in source"] == 8.3
        assert half_lives(read_drug("enzalutamide"))[0] == pytest.approx(90.7, rel=1e-3)

    def test_antibodies_stay_for_weeks(self):
        """Terminal half-lives from the published clearances; the papers say about 25 days."""
        assert half_lives(read_drug("nivolumab:bajaj_2017_late"))[-1] / 24 == pytest.approx(25, rel=0.15)
        early, late = (inside(read_drug(f"nivolumab:bajaj_2017{end}").parameters)["clearance"] for end in ("", "_late"))
        assert late / early == pytest.approx(math.exp(-0.295), rel=1e-4)

    def test_sorafenib_returns_with_bile(self):
        """Four transit steps and the gut's, the bile back into it: the five equations integrated."""
        drug = read_drug("sorafenib")
        ka, ke, f, kb = 5 / 1.98, 8.13 / 213, 0.498, 0.857

        def rhs(t, x):
            gut = np.concatenate([[0], x[:4]]) * ka - x[:5] * ka
            gut[4] += kb * x[6]
            return [*gut, ka * x[4] - ke * x[5], f * ke * x[5] - kb * x[6]]

        hours = np.array([1.0, 4, 12, 48, 120])
        exact = solve_ivp(rhs, (0, 120), [400, 0, 0, 0, 0, 0, 0], t_eval=hours, rtol=1e-11, atol=1e-12, method="LSODA")
        assert plasma(drug, "400 mg", hours) == pytest.approx(exact.y[5] / 213, rel=2e-4)

    def test_islatravir_meets_the_authors_own_program(self):
        """Its equations with its numbers, tissue as a concentration: what arrives in blood is 3.5 times what leaves."""
        drug = read_drug("islatravir")
        kr, k62, p = 0.005241 / 24, 0.011049 / 24, 0.0583
        k_in, k_lost, out, p1, back1, p2, back2 = 0.0151, 0.1521, 6.8999, 1.8494, 0.0023, 5.2726, 0.0237

        def rhs(t, x):
            implant, tissue, blood, one, two = x
            given = math.exp(-kr * t) * k62 * implant
            return [-given, given - (k_in + k_lost) * tissue,
                    k_in * tissue - (p1 + p2 + out) * blood + back1 * one + back2 * two,
                    p1 * blood - back1 * one, p2 * blood - back2 * two]

        hours = np.array([1.8, 24, 240, 1000, 2000])
        exact = solve_ivp(rhs, (0, 2000), [62 * (1 - p), 62 * p, 0, 0, 0], t_eval=hours, rtol=1e-10, atol=1e-14,
                          method="LSODA")
        assert plasma(drug, "62 mg", hours) == pytest.approx(exact.y[2], rel=1e-3)

    def test_sn38_is_made_of_a_share_of_irinotecan(self):
        p = inside(read_drug("irinotecan:zhu_2023_sn38").parameters)
        assert p["clearance_to_metabolite"] == pytest.approx(0.216 * 72.1 / 11.2)
        drug = read_drug("irinotecan:zhu_2023_sn38")
        assert drug.analyte == "sn-38"
        assert read_drug("irinotecan").analyte == "irinotecan"

    def test_abiraterone_at_steady_level(self):
        drug = read_drug("abiraterone")
        assert 1e6 / 24 / inside(drug.parameters)["clearance"] == pytest.approx(26.88, abs=0.01)  # ng/mL at 1 g a day


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
