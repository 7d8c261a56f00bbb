"""Tissues: the ratio to plasma, what changes in time, limits, balances and messages."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad, solve_ivp
from sympy import symbols

import pkmodels as pk
from pkmodels import prediction
from pkmodels.errors import PkmodelsError, PredictionError, RecordError
from pkmodels.model import Flow, Model, Parameter
from pkmodels.prediction.chain import Body
from pkmodels.prediction.composed import in_contact, takes_back, with_tissue
from pkmodels.solve import inputs, stiff

PROSTATE = {"drug": "docetaxel", "regimen": "10 mg once", "site": "prostate_tumour"}
FIRST = {"release": "first_order", "values": {"k": (0.5, "1/h")}}


def one(drug, volume=5.0, clearance=35.7):
    return drug(["one_compartment"], v_central=(volume, "L"), clearance=(clearance, "L/h"))


class TestTheRatio:
    @pytest.mark.parametrize(("model", "values"), [
        ("first_order", {"k": (0.01, "1/h")}), ("first_order", {"k": (0.5, "1/h")}), ("first_order", {"k": (5, "1/h")}),
        ("weibull", {"t_scale": 0.3, "beta": 0.6}), ("first_order+initial", {"k": (0.5, "1/h"), "f_initial": 0.3}),
        ("zero_order", {"k": (0.2, "1/day")}),
    ])
    def test_is_one_plus_clearance_over_exchange_whatever_the_release(self, model, values):
        """Patient science, case 15: 0.24 mL/mL/min x 20 mL = 0.288 L/h; 1 + 35.7/0.288 = 124.958333."""
        found = pk.predict(model, values=values, days=180, **PROSTATE)
        ratio = pk.local_ratio(found)
        # After half a year less than 1e-9 of the slowest release is left; the areas are integrated exactly.
        assert ratio.value("auc") == pytest.approx(124.958333333, rel=1e-9)
        assert ratio.value("eventual") == pytest.approx(124.958333333, rel=1e-11)
        assert found.attrs["exchange_flow_L_per_h"] == pytest.approx(0.288, rel=1e-12)

    def test_dose_and_several_doses_do_not_change_it(self):
        found = pk.predict(**FIRST, days=200, **PROSTATE | {"regimen": "80 mg every 7 days x 3"})
        assert pk.local_ratio(found).value() == pytest.approx(124.958333333, rel=1e-9)

    def test_local_loss_lowers_the_levels_and_leaves_the_ratio(self):
        """Both areas fall by 1/(1 + CL_loc (Q + CL)/(Q CL)) (patient science, finding 1)."""
        plain = pk.predict(**FIRST, days=180, **PROSTATE, amounts=True)
        lossy = pk.predict(**FIRST, days=180, amounts=True, drug="docetaxel", regimen="10 mg once",
                           site=pk.read_site("prostate_tumour", clearance_local=(0.1, "L/h")))
        assert pk.local_ratio(lossy).value() == pytest.approx(124.958333333, rel=1e-9)
        escaping = 1 / (1 + 0.1 * (0.288 + 35.7) / (0.288 * 35.7))
        ends = [float(each.amounts.sel(store="eliminated")[-1]) for each in (lossy, plain)]
        assert ends[0] / ends[1] == pytest.approx(escaping, rel=1e-9)

    def test_of_total_drug_is_the_partition_times_that_of_free_drug(self):
        site = pk.read_site("prostate_tumour", partition=7, f_unbound=0.05)
        found = pk.predict(**FIRST, days=400, drug="docetaxel", regimen="10 mg once", site=site)
        ratio = pk.local_ratio(found)
        assert ratio.value("auc", "free") == pytest.approx(124.958333333, rel=1e-9)
        assert ratio.value("auc") == pytest.approx(7 * 124.958333333, rel=1e-9)
        assert found.local_free.values == pytest.approx(found.local.values * 0.05 / 7, rel=1e-12)
        with pytest.raises(PredictionError, match="there is no ratio"):
            ratio.value("nonsense")

    def test_a_constant_release_holds_the_ratio_at_its_end(self, drug):
        """Steady: C_s = R/CL, C_t = C_s + R/Q_eff."""
        found = pk.predict("zero_order", values={"k": (1 / 28, "1/day")}, drug=one(drug), regimen="28 mg once", days=28,
                           site="prostate_tumour", concentration_unit="mg/L")
        rate = 1 / 24
        assert float(found.plasma[-1]) == pytest.approx(rate / 35.7, rel=1e-9)
        assert float(found.local[-1]) == pytest.approx(rate / 35.7 + rate / 0.288, rel=1e-9)

    def test_is_told_in_words_with_its_knobs(self):
        said = " ".join(pk.predict(**FIRST, days=10, **PROSTATE).attrs["advice"])
        assert "1 + 35.7/0.288 = 125 times" in said
        assert "whatever the release" in said
        assert "only blood flow, permeability and clearance move the ratio" in said
        assert "cleared slowly" not in said

    def test_a_slowly_cleared_drug_is_warned_of(self, drug):
        """Lenvatinib's clearance of 6.56 L/h in 50 mL of liver tumour (Q 1.041 L/h): 7.3-fold."""
        found = pk.predict(**FIRST, days=10, drug=one(drug, 49.3, 6.56), regimen="10 mg once", site="liver_tumour")
        assert "gains only 7.3-fold over plasma" in " ".join(found.attrs["advice"])
        assert pk.local_ratio(found).value("eventual") == pytest.approx(1 + 6.56 / (0.347 * 60 * 0.05), rel=1e-11)

    @pytest.mark.parametrize(("site", "clearance", "expected"), [
        ("liver_tumour", 62.4, 60.9), ("liver_tumour_embolised", 62.4, 474), ("prostate_tumour", 35.7, 125)])
    def test_examples_of_the_literature(self, drug, site, clearance, expected):
        """Patient science, 4.2: doxorubicin 62.4 L/h in 50 mL of liver tumour, before and after embolisation."""
        body = Body(one(drug, 10, clearance), "ng/mL", pk.read_site(site))
        plasma, tissue = body.area_per_mg()
        # The expected figures are printed with three digits.
        assert tissue / plasma == pytest.approx(expected, rel=2e-3)

    def test_has_an_interval_where_the_release_has_draws(self, curve_d):
        fit = pk.fit(curve_d, "weibull+plateau")
        found = pk.predict(fit, drug="goserelin", regimen="3.6 mg once", days=28, site="prostate_tumour", draws=20)
        assert found.local_draws.dims == found.ratio_draws.dims == ("draw", "time")
        assert found.ratio_auc_draws.dims == ("draw",)
        row = pk.local_ratio(found).table.loc["cmax"]
        assert row["low"] <= row["ratio"] <= row["high"]

    def test_an_infusion_goes_into_the_blood(self, drug):
        """A tissue fed by blood alone ends in balance with it: its area over that of plasma is the partition."""
        found = pk.predict(None, drug=one(drug), regimen="10 mg over 1 h", days=30,
                           site=pk.read_site("prostate_tumour", partition=2))
        assert pk.local_ratio(found).value() == pytest.approx(2, rel=1e-9)
        assert "infused into the blood" in " ".join(found.attrs["assumptions"])


class TestAgainstAnotherIntegration:
    def brute(self, site, flow, volume, hours, rate, clearance=35.7, central=5.0, partition=1.0):
        """dC/dt written out by hand and integrated step by step."""
        def slope(time, state):
            q = flow(time)
            fed = rate(time)
            out = q * (state[0] / (partition * volume) - state[1] / central)
            return [fed - out, out - clearance * state[1] / central]

        found, begin = [[0.0, 0.0]], [0.0, 0.0]
        for a, b in pairwise(hours):
            middle = solve_ivp(slope, (a, b), begin, method="LSODA", rtol=1e-11, atol=1e-14, t_eval=[b])
            begin = middle.y[:, -1]
            found.append(begin)
        return np.array(found)

    def test_a_flow_that_changes_in_steps(self, drug):
        course = {"perfusion": [(0, 0.1), (30, 0.5), (60, 1.0)]}
        site = pk.read_site("prostate_tumour", course=course)
        hours = np.array([0.0, 5, 30, 45, 60, 72, 96])
        found = pk.predict("first_order", values={"k": (0.05, "1/h")}, drug=one(drug), regimen="10 mg once", days=4,
                           site=site, times=hours / 24, concentration_unit="mg/L")

        def flow(time):
            return 0.288 * (0.1 if time < 30 else 0.5 if time < 60 else 1.0)

        state = self.brute(site, flow, 0.02, hours, lambda time: 10 * 0.05 * np.exp(-0.05 * time))
        assert found.local.values == pytest.approx(state[:, 0] / 0.02, rel=1e-7)
        assert found.plasma.values == pytest.approx(state[:, 1] / 5, rel=1e-7)

    def test_a_window_on_permeability_and_volume(self, drug):
        """Renkin-Crone within and outside the window, and a volume that dilutes what is there."""
        course = {"permeability_surface": pk.normalised(0.42, "1 day", "2 day"),
                  "volume": pk.normalised(1.72, "1 day", "2 day")}
        site = pk.read_site("prostate_tumour", permeability_surface=(0.1, "1/min"), course=course)
        found = pk.predict("first_order", values={"k": (0.05, "1/h")}, drug=one(drug), regimen="10 mg once", days=4,
                           site=site, times=[0.5, 1.5, 3.0], concentration_unit="mg/L")
        hours = np.array([0.0, 12, 24, 36, 48, 72])

        def exchange(time):
            ps, volume = (0.042, 0.0344) if 24 <= time < 48 else (0.1, 0.02)
            return 0.24 * 60 * volume * (1 - np.exp(-ps / 0.24)), volume

        def slope(time, state):
            q, volume = exchange(time)
            out = q * (state[0] / volume - state[1] / 5)
            return [10 * 0.05 * np.exp(-0.05 * time) - out, out - 35.7 * state[1] / 5]

        state, got = [0.0, 0.0], {}
        for a, b in pairwise(hours):
            piece = solve_ivp(lambda s, y, a=a, b=b: slope(min(max(s, a), b - 1e-9), y), (a, b), state, method="LSODA",
                              rtol=1e-11, atol=1e-14)
            state = piece.y[:, -1]
            got[b] = (state[0] / exchange(b)[1], state[1] / 5)
        expected = np.array([got[h] for h in (12, 36, 72)])
        assert found.local.values == pytest.approx(expected[:, 0], rel=1e-7)
        assert found.plasma.values == pytest.approx(expected[:, 1], rel=1e-7)

    def test_volume_dilutes_at_its_step(self):
        site = pk.read_site("prostate_tumour", course={"volume": [(0, 1), (24, 2)]})
        found = pk.predict(**FIRST, days=2, drug="docetaxel", regimen="10 mg once", site=site)
        step = int(np.searchsorted(found.time.values, 1.0))
        assert float(found.local[step - 1] / found.local[step]) == pytest.approx(2, rel=2e-2)

    def test_a_recovering_embolisation_keeps_the_flow_of_its_curve(self):
        """The steps' mean is that of 1 - 0.87 exp(-t/14 d) over four weeks, by quadrature."""
        steps = pk.embolised(0.87, "14 day", over="28 day", steps=7)
        total = sum(f * (b - a) for (a, f), (b, _) in pairwise(steps))
        expected = quad(lambda s: 1 - 0.87 * np.exp(-s / 336), 0, 672, epsabs=1e-12)[0]
        assert total == pytest.approx(expected, rel=1e-12)
        assert pk.embolised(0.87, float("inf"), over="1 day") == ((0.0, pytest.approx(0.13)),)


class TestLimits:
    def test_no_flow_keeps_everything_in_the_tissue(self):
        found = pk.predict(**FIRST, days=30, drug="docetaxel", regimen="10 mg once", concentration_unit="mg/L",
                           site=pk.read_site("prostate_tumour", perfusion=0))
        assert np.all(found.plasma == 0)
        assert float(found.local[-1]) == pytest.approx(10 / 0.02, rel=1e-12)
        assert np.isnan(found.ratio_auc)
        assert "no drug in plasma" in pk.local_ratio(found).reasons["auc"]
        assert pk.local_ratio(found).value("eventual") == np.inf

    def test_endless_flow_makes_tissue_and_plasma_one(self, drug):
        """Perfusion of 1e7 per minute: the ratio is one and plasma that of a body with the tissue's volume more."""
        site = pk.read_site("prostate_tumour", perfusion=1e7)
        found = pk.predict(**FIRST, days=2, drug=one(drug), regimen="10 mg once", site=site, times=[0.1, 1.0, 2.0])
        alone = pk.predict(**FIRST, days=2, drug=one(drug, volume=5.02), regimen="10 mg once", times=[0.1, 1.0, 2.0])
        # 1 + CL/Q_eff differs from one by 3e-6.
        assert found.ratio.values == pytest.approx(1, rel=1e-5)
        assert found.plasma.values == pytest.approx(alone.plasma.values, rel=1e-5)

    def test_permeability_from_nothing_to_all(self):
        flow, volume = 14.4, 0.02
        assert prediction.exchange_flow(flow, volume, 0.0) == 0
        assert prediction.exchange_flow(flow, volume, 1e9) == pytest.approx(0.288, rel=1e-12)
        assert prediction.exchange_flow(flow, volume, 1e-6) == pytest.approx(1e-6 * volume, rel=1e-6)
        assert prediction.exchange_flow(0.0, volume, 1.0) == 0
        assert prediction.exchange_flow(1e12, volume, 3.0) == pytest.approx(3.0 * volume, rel=1e-9)

    def test_equal_rates_of_release_and_tissue(self, drug):
        """Release as fast as the tissue empties (14.4/h): the limit of neighbouring rates on both sides."""
        def at(rate):
            return pk.predict("first_order", values={"k": (rate, "1/h")}, drug=one(drug), regimen="10 mg once", days=1,
                              site="prostate_tumour", times=[0.01, 0.1, 1.0]).local.values

        assert at(14.4) == pytest.approx((at(14.4 * 1.001) + at(14.4 * 0.999)) / 2, rel=1e-5)


class TestBalances:
    @pytest.mark.parametrize("release", [("weibull+plateau", {"t_scale": 5, "beta": 0.7, "plateau": 0.8}),
                                         ("first_order+initial", {"k": 0.3, "f_initial": 0.2}),
                                         ("plga_burst_erosion", {"f_burst": 0.2, "k_burst": 3, "k_erosion": 0.5,
                                                                 "eroded_start": 0.01})])
    @pytest.mark.parametrize("name", ["goserelin", "docetaxel"])
    def test_all_of_every_dose_is_somewhere(self, release, name):
        model, values = release
        site = pk.read_site("prostate_tumour", partition=3, clearance_local=1.0,
                            course={"perfusion": pk.embolised(0.9, "5 day", over="20 day", steps=5)})
        found = pk.predict(model, values=values, drug=name, regimen="10 mg every 10 days x 3", site=site, amounts=True,
                           bioavailability=0.9)
        given = 10.0 * np.floor(found.time.values / 10 + 1).clip(max=3)
        # The time of a dose stands twice where drug is out at once: before and after it.
        assert np.abs(found.amounts.sum("store").values / given - 1).max() < 1e-9
        assert set(found.store.values) >= {"carrier", "unavailable", "tissue", "central", "eliminated", "lost_locally"}
        assert float(found.amounts.min()) > -1e-9

    def test_dose_linearity_and_superposition(self):
        site = pk.read_site("prostate_tumour", partition=2)
        times = np.linspace(0, 60, 61)
        given = {"values": {"t_scale": 12, "beta": 0.7}, "drug": "docetaxel", "days": 60, "site": site, "times": times}
        single = pk.predict("weibull", regimen="3.6 mg once", **given)
        double = pk.predict("weibull", regimen="7.2 mg once", **given)
        both = pk.predict("weibull", regimen="3.6 mg at day 0, 28", **given)
        for name in ("plasma", "local"):
            assert double[name].values == pytest.approx(2 * single[name].values, rel=1e-12)
            shifted = np.concatenate([np.zeros(28), single[name].values[: 61 - 28]])
            # Between the two predictions only the grid differs.
            assert both[name].values == pytest.approx(single[name].values + shifted, rel=1e-6, abs=1e-9)


class TestAnyTissue:
    @settings(max_examples=40, deadline=None, derandomize=True)
    @given(perfusion=st.floats(1e-3, 10), volume=st.floats(0.1, 500), partition=st.floats(0.01, 1e4),
           permeability=st.floats(1e-4, 100), loss=st.floats(0, 100), rate=st.floats(1e-3, 20), weaker=st.floats(0, 1))
    def test_keeps_mass_and_its_ratio(self, perfusion, volume, partition, permeability, loss, rate, weaker):
        """Any flow, permeability, partition, loss and release: all mass is somewhere, areas are as 1 + CL/Q_eff."""
        site = pk.read_site("prostate_tumour", perfusion=perfusion, volume=volume, partition=partition,
                            permeability_surface=permeability, clearance_local=loss)
        body = Body(prediction.read_drug("docetaxel"), "mg/L", site)
        exchange = perfusion * 60 * volume / 1000 * -np.expm1(-permeability / perfusion)
        plasma, tissue = body.area_per_mg()
        assert tissue / plasma / partition == pytest.approx(1 + 35.7 / exchange, rel=1e-9)
        changing = site.changed({"perfusion": [(0, weaker), (3, 1)], "volume": [(0, 1), (5, 2)]})
        hours = np.array([0, 0.01, 0.1, 0.5, 1, 2, 3, 3.5, 5, 6, 10, 50])
        mass = -np.expm1(-rate * inputs.node_times(hours))
        states, _ = Body(prediction.read_drug("docetaxel"), "mg/L", changing).states(hours, mass)
        assert states.sum(axis=1)[1:] == pytest.approx(mass[:, -1], rel=1e-9)
        # The course within a step is a polynomial, which may undershoot nothing by its own error.
        assert states.min() > -1e-3


class TestFromVialToBody:
    def test_scale_power_and_shift(self):
        """t_vivo = 2 t_vitro^0.9 + 0.5 days, by hand on a first-order release."""
        found = pk.predict("first_order", values={"k": 0.3}, days=20, times=[0.25, 0.5, 1.0, 7.0],
                           in_vivo={"scale": 2, "power": 0.9, "shift": "12 h"})
        vial = (np.maximum(np.array([0.25, 0.5, 1, 7]) - 0.5, 0) / 2) ** (1 / 0.9)
        assert found.released.values == pytest.approx(1 - np.exp(-0.3 * vial), rel=1e-12)
        assert any("2 x (days in the vial)^0.9 + 0.5 days" in s for s in found.attrs["assumptions"])

    def test_a_plateau_of_its_own(self):
        found = pk.predict("first_order+plateau", values={"k": 1.0, "plateau": 0.64}, days=60, in_vivo={"plateau": 0.9})
        assert float(found.released[-1]) == pytest.approx(0.9, rel=1e-9)
        assert any("90 % of the dose is declared" in s for s in found.attrs["assumptions"])

    def test_a_shift_ahead_gives_a_share_at_once(self):
        found = pk.predict("first_order", values={"k": 0.3}, days=20, drug="goserelin", regimen="3.6 mg once",
                           in_vivo={"shift": "-1 day"}, concentration_unit="mg/L")
        assert found.plasma.values[found.time == 0] == pytest.approx([0, 3.6 / 44.1 * (1 - np.exp(-0.3))], rel=1e-9)

    def test_nothing_declared_is_said_and_is_the_vial(self):
        given = {"values": {"k": 0.3}, "days": 20, "drug": "goserelin", "regimen": "3.6 mg once", "times": [1.0, 10.0]}
        default, same = (pk.predict("first_order", **given, **more) for more in ({}, {"in_vivo": {"scale": 1}}))
        assert same.plasma.values == pytest.approx(default.plasma.values, rel=1e-12)
        assert any("taken to be the release in the vial" in s for s in default.attrs["assumptions"])
        assert any("declared to keep the times of the vial" in s for s in same.attrs["assumptions"])

    def test_draws_run_on_the_time_of_the_body(self, curve_d):
        fit = pk.fit(curve_d, "weibull+plateau")
        slow = pk.predict(fit, days=28, draws=8, in_vivo={"scale": 2}, times=[14.0, 28.0])
        plain = pk.predict(fit, days=28, draws=8, times=[7.0, 14.0])
        assert slow.released_draws.values == pytest.approx(plain.released_draws.values, rel=1e-9)

    @pytest.mark.parametrize(("given", "words"), [
        ({"scale": 0}, "scale = 0 is not possible"), ({"power": -1}, "power = -1"), ({"shift": 12}, "has no unit"),
        ({"shift": "12 mg"}, "wrong unit"), ({"plateau": 1.5}, "plateau = 1.5"), ({"speed": 2}, "setting of in_vivo"),
        ("twice", "cannot be read"), ({"scale": "2 day"}, "wrong unit"), ({"scale": float("nan")}, "nan")])
    def test_what_is_refused(self, given, words):
        with pytest.raises(PkmodelsError) as refused:
            pk.predict("first_order", values={"k": 0.3}, days=20, in_vivo=given)
        assert words in str(refused.value)

    def test_with_changing_surroundings_is_refused(self):
        with pytest.raises(PredictionError, match="cannot be combined"):
            pk.predict("first_order", values={"k": 0.3}, days=5, in_vivo={"scale": 2},
                       environment=pk.Environment(T=[(0, 37), (5, 42)]))


class TestBodiesThatDoNotAnswerInProportion:
    def saturable(self, monkeypatch):
        """Michaelis-Menten elimination, as a scientist would write it."""
        from pkmodels import catalogue

        central, eliminated = symbols("central eliminated")
        v_central, v_max, k_m = symbols("v_central v_max k_m")
        model = Model(name="saturable", title="Saturable", start={central: 0, eliminated: 0}, inlet=central,
                      amount="mg", observed=central / v_central,
                      flows=(Flow(central, eliminated, v_max * (central / v_central) / (k_m + central / v_central)),),
                      parameters=(
                          Parameter(v_central, 10.0, "L", (0, 1e6), "volume"),
                          Parameter(v_max, 1.0, "mg/h", (0, 1e6), "top"),
                          Parameter(k_m, 0.1, "mg/L", (0, 1e6), "half")))
        get = catalogue.get_model
        monkeypatch.setattr(catalogue, "get_model",
                            lambda name, kind="release": model if name == "saturable" else get(name, kind))
        return ["saturable"]

    def card(self, drug, monkeypatch, v_max=0.5):
        return drug(self.saturable(monkeypatch), v_central=(10.0, "L"), v_max=(v_max, "mg/h"), k_m=(0.05, "mg/L"))

    def test_against_step_by_step_integration(self, drug, monkeypatch):
        """First-order release of 20 mg into a body that saturates; LSODA at tight tolerance."""
        hours = np.array([0.5, 2, 10, 24, 48, 72])
        found = pk.predict("first_order", values={"k": (0.2, "1/h")}, drug=self.card(drug, monkeypatch), days=3,
                           regimen="20 mg once", times=hours / 24, concentration_unit="mg/L", amounts=True)

        def slope(time, y):
            return 20 * 0.2 * np.exp(-0.2 * time) - 0.5 * (y / 10) / (0.05 + y / 10)

        path = solve_ivp(slope, (0, 72), [0.0], method="LSODA", rtol=1e-12, atol=1e-13, t_eval=hours)
        assert found.plasma.values == pytest.approx(path.y[0] / 10, rel=1e-7)
        assert found.amounts.sum("store").values == pytest.approx(20, rel=1e-9)
        assert any("does not answer in proportion" in s for s in found.attrs["assumptions"])

    def test_small_doses_are_linear_and_large_ones_are_not(self, drug, monkeypatch):
        """Far below k_m the clearance is v_max/k_m = 10 L/h."""
        card = self.card(drug, monkeypatch)
        given = {"values": {"k": (0.2, "1/h")}, "days": 4, "times": [0.1, 1.0, 4.0]}
        tiny = pk.predict("first_order", drug=card, regimen="0.1 ug once", **given)
        huge = pk.predict("first_order", drug=card, regimen="20 mg once", **given)
        line = pk.predict("first_order", drug=one(drug, 10.0, 10.0), regimen="0.1 ug once", **given)
        # The level is 3e-5 of k_m: so far from a straight line is the law itself.
        assert tiny.plasma.values == pytest.approx(line.plasma.values, rel=5e-5)
        assert huge.plasma.values[1] > 2e5 * tiny.plasma.values[1]

    def test_in_a_tissue_with_a_course_and_several_doses(self, drug, monkeypatch):
        card = self.card(drug, monkeypatch)
        site = pk.read_site("prostate_tumour", course={"perfusion": [(0, 0.2), (36, 1)]})
        found = pk.predict("weibull", values={"t_scale": 1, "beta": 0.6}, drug=card, regimen="10 mg every 2 days x 2",
                           site=site, amounts=True)
        given = np.where(found.time.values < 2, 10, 20.0)
        assert np.abs(found.amounts.sum("store").values / given - 1).max() < 1e-9
        assert "depends on the level" in " ".join(found.attrs["advice"])
        assert "ratio_eventual" not in found.attrs

    def test_the_same_linear_body_by_both_ways(self):
        from pkmodels.solve import fed

        body = Body(prediction.read_drug("docetaxel"), "mg/L", pk.read_site("prostate_tumour"))
        hours = np.unique(np.concatenate([np.arange(0, 2, 1 / 16), np.arange(2, 60, 1.0)]))
        mass = np.array([1 - np.exp(-k * inputs.node_times(hours)) for k in (0.05, 1.0, 30.0)])
        states, areas = body.states(hours, mass)
        _, values, rows = body.pieces[0]
        both = fed.fed_states(body.model, [values[s.name] for s in body.model.symbols], body.entry, hours, np.zeros(3),
                              mass, sums=rows)
        exact = np.concatenate([states, areas], axis=-1)
        # The step's own tolerance is 1e-8 of the largest state.
        assert both == pytest.approx(exact, abs=1e-8, rel=1e-7)
        assert both[..., : len(body.entry)].sum(-1)[:, 1:] == pytest.approx(mass[..., -1], rel=1e-12)


class TestCarriersThatTakeDrugBack:
    def bead(self):
        """A bead that loads again from what it lies in."""
        bound, free = symbols("bound free")
        k_out, k_back = symbols("k_out k_back")
        return Model(name="bead", title="Bead", start={bound: 1, free: 0}, observed=free,
                     flows=(Flow(bound, free, k_out * bound), Flow(free, bound, k_back * free)),
                     parameters=(Parameter(k_out, 0.1, "1/h", (0, 10), "out"),
                                 Parameter(k_back, 0.4, "1/h", (0, 10), "back")))

    def test_are_told_from_those_that_do_not(self):
        assert takes_back(self.bead())
        assert not takes_back(pk.get_model("plga_burst_erosion"))
        assert not takes_back(pk.get_model("weibull"))

    def test_can_be_joined_to_a_tissue_in_both_directions(self):
        """Bead, tissue and blood as one model, against the equations written out by hand."""
        body = with_tissue(pk.get_model("one_compartment", "body"), pk.get_model("tissue", "body"))
        whole = in_contact(self.bead(), body)
        values = whole.values({"k_out": 0.1, "k_back": 0.4, "v_central": 5.0, "clearance": 35.7, "v_tissue": 0.02,
                               "q_exchange": 0.001, "partition": 1, "clearance_local": 0, "dose": 10})
        hours = np.array([0.0, 1, 10, 100])
        found = stiff.states(whole, values, hours, pk.Environment())

        def slope(_, y):
            bound, tissue, blood = y
            out = 0.001 * (tissue / 0.02 - blood / 5)
            return [0.4 * tissue - 0.1 * bound, 0.1 * bound - 0.4 * tissue - out, out - 35.7 * blood / 5]

        path = solve_ivp(slope, (0, 100), [10, 0, 0], method="Radau", rtol=1e-10, atol=1e-12, t_eval=hours)
        names = [s.name for s in whole.states]
        for name, row in zip(("bound", "tissue", "central"), path.y, strict=True):
            assert found[:, names.index(name)] == pytest.approx(row, rel=1e-6, abs=1e-9)
        assert found[:, [names.index(s.name) for s in whole.stores]].sum(1) == pytest.approx(10, rel=1e-9)


class TestCards:
    @pytest.mark.parametrize("name", prediction.list_sites())
    def test_every_site_that_ships(self, name):
        site = pk.read_site(name)
        assert site.parameters["perfusion"].evidence == "read in source"
        assert site.parameters["volume"].evidence == "assumed"
        assert pk.cite(site.citations)
        assert name in repr(site)
        assert "<table" in site._repr_html_()

    def test_a_card_of_ones_own_with_a_course(self, tmp_path):
        path = tmp_path / "mine.toml"
        number = '{{ value = {}, unit = "{}", source = "mine", evidence = "measured" }}'
        path.write_text('name = "mine"\ntissue = "my tissue"\n[parameters]\n'
                        f'perfusion = {number.format(0.1, "1/min")}\nvolume = {number.format(5, "mL")}\n'
                        f'partition = {number.format(1, "1")}\n[course]\nperfusion = [[0, 0.5], [7, 1.0]]\n')
        site = pk.read_site(path)
        assert site.breakpoints == (168.0,)
        assert site.at(0)["q_exchange"] == pytest.approx(0.1 * 60 * 0.005 * 0.5)
        assert site.at(168)["q_exchange"] == pytest.approx(0.1 * 60 * 0.005)

    @pytest.mark.parametrize(("line", "words"), [
        ('perfusion = { value = -1, unit = "1/min", source = "x", evidence = "measured" }', "not possible"),
        ('perfusion = { value = 1, unit = "mg", source = "x", evidence = "measured" }', "wrong unit"),
        ('perfusion = { value = 1, unit = "1/min", evidence = "measured" }', "source is missing"),
        ('perfusion = { value = 1, unit = "1/min", source = "x", evidence = "heard" }', "evidence = 'heard'"),
        ('perfusion = { value = 1, unit = "1/min", source = "x", evidence = "measured", mean = 3 }', "no key called"),
        ('perfusion = 0.24', "must be a number with its source"),
        ('flow = { value = 1, unit = "1/min", source = "x", evidence = "measured" }', "no number of a site"),
        ('', "needs perfusion"),
    ])
    def test_bad_cards_name_file_and_key(self, tmp_path, line, words):
        path = tmp_path / "bad.toml"
        path.write_text('name = "bad"\n[parameters]\n' + line + '\n'
                        'volume = { value = 1, unit = "mL", source = "x", evidence = "measured" }\n'
                        'partition = { value = 1, unit = "1", source = "x", evidence = "measured" }\n')
        with pytest.raises(RecordError) as refused:
            pk.read_site(path)
        assert words in str(refused.value)
        assert "bad.toml" in str(refused.value)

    @pytest.mark.parametrize(("given", "words"), [
        ({"volume": 0}, "must be above 0"), ({"volume": "20 mg"}, "wrong unit"), ({"volume": "much"}, "not a number"),
        ({"flow": 3}, "no number of a site"), ({"partition": float("nan")}, "not possible"),
        ({"f_unbound": 2}, "at most 1"),
        ({"perfusion": True}, "not a number"), ({"volume": (20,)}, "cannot be read"),
        ({"course": {"clearance_local": [(0, 1)]}}, "what may change in time"),
        ({"course": {"permeability_surface": [(0, 1)]}}, "has a course but no value"),
        ({"course": {"perfusion": [(1, 1)]}}, "begin at hour 0"),
        ({"course": {"perfusion": [(0, -1)]}}, "not negative"),
        ({"course": {"volume": [(0, 0)]}}, "not negative"), ({"course": {"perfusion": 3}}, "cannot be read"),
    ])
    def test_bad_numbers_are_refused_in_words(self, given, words):
        with pytest.raises(PkmodelsError) as refused:
            pk.read_site("prostate_tumour", **given)
        assert words in str(refused.value)

    @pytest.mark.parametrize("make", [
        lambda: pk.embolised(1.2, "1 day", over="2 day"), lambda: pk.embolised(0.5, "1 mg", over="2 day"),
        lambda: pk.embolised(0.5, 0, over="2 day"), lambda: pk.embolised(0.5, "1 day", over=float("inf")),
        lambda: pk.normalised(0.5, "3 day", "1 day"), lambda: pk.read_site("prostate"),
        lambda: pk.local_ratio(pk.predict("first_order", values={"k": 1.0}, days=3)),
        lambda: pk.predict("first_order", values={"k": 1.0}, days=3, site="prostate_tumour"),
        lambda: pk.predict(None, drug="docetaxel", regimen="10 mg over 1 h", days=2, in_vivo={"scale": 2}),
        lambda: pk.predict("first_order", values={"k": 1.0}, days=3, in_vivo={"plateau": 0.5}, unreleased="rescaled"),
    ])
    def test_misuse_is_refused(self, make):
        with pytest.raises(PkmodelsError):
            make()

    def test_a_body_measured_in_two_stores_is_refused(self):
        a, b, out, k, v = symbols("a b out k v")
        body = Model(name="odd", title="Odd", start={a: 0, b: 0, out: 0}, inlet=a, amount="mg",
                     flows=(Flow(a, b, k * a), Flow(b, out, k * b)), observed=(a + b) / v,
                     parameters=(Parameter(k, 1.0, "1/h", (0, 9), "rate"), Parameter(v, 1.0, "L", (0, 9), "volume")))
        with pytest.raises(PredictionError, match="not measured in one store"):
            with_tissue(body, pk.get_model("tissue", "body"))
