"""Numbers of responsive carriers against closed forms, published values and independent integration."""

import math
from itertools import pairwise

import mpmath
import numpy as np
import pytest
from scipy.integrate import quad, solve_ivp
from scipy.linalg import expm
from sympy import symbols

import pkmodels as pk
from pkmodels import catalogue, dosimetry, exchange, laws, solve
from pkmodels.environment import Environment, pH, t
from pkmodels.errors import PkmodelsError, PredictionError
from pkmodels.laws.responsive import acid_cleavage, acid_share, obstruction
from pkmodels.model import Curve, Parameter
from pkmodels.solve import compiled
from pkmodels.solve.functions import NUMERIC
from pkmodels.solve.release import Release


def values(name, **given):
    return catalogue.get_model(name).values(given)


def shown(name, times, environment=None, **given):
    return solve.observe(catalogue.get_model(name), values(name, **given), np.asarray(times, float),
                         environment or Environment())


class TestPulses:
    """k(T) = .01 + 1.99/(1 + exp(-(T - 39)/.5)) per day, 42 °C for 30 min at days 1, 2, 3; F after 5 days."""

    EXACT, NAIVE = 0.2958706626, 0.20464187
    WORDS = "37 C; 42 C for 30 min at day 1, 2, 3"

    def test_exact_product_of_exponentials(self):
        # first order: far below 1/t_cold = .01/d, far above 1/t_hot = 2/d
        found = shown("heat_switch", [120.0], pk.read_environment(self.WORDS), t_cold=100.0, t_hot=0.5, t_middle=39.0,
                      width=0.5, beta=1.0)[0]
        assert found == pytest.approx(self.EXACT, abs=5e-11)
        assert abs(found - self.NAIVE) > 0.09

    @pytest.mark.parametrize("method", ["RK45", "LSODA"])
    def test_an_integrator_that_is_not_stopped_misses_them(self, method):
        """What the number above guards against: the same law on an adaptive integrator's own steps."""
        def rate(time, f):
            warm = any(day <= time < day + 0.5 / 24 for day in (1, 2, 3))
            k = 0.01 + 1.99 / (1 + math.exp(-((42 if warm else 37) - 39) / 0.5))
            return k * (1 - f)

        naive = solve_ivp(rate, (0, 5), [0.0], method=method, rtol=1e-8).y[0, -1]
        assert naive == pytest.approx(self.NAIVE, abs=1e-6)
        assert naive != pytest.approx(self.EXACT, abs=0.09)

    def test_prediction_sees_them(self):
        found = pk.predict("heat_switch", values={"t_cold": 100.0, "t_hot": 0.5, "t_middle": 39.0, "width": 0.5,
                                                  "beta": 1.0}, days=5, environment=self.WORDS, times=[5.0])
        assert float(found.released[-1]) == pytest.approx(self.EXACT, abs=5e-11)

    def test_stiff_models_stop_at_them(self):
        course = pk.read_environment(self.WORDS + "; light 1 for 10 min at day 1, 2, 3")
        model = catalogue.get_model("pda_light")
        found = solve.observe(model, model.values(), np.array([120.0]), course)[0]
        k, ea, full, tau = (model.values()[n] for n in ("k_off", "activation_energy", "warming_full", "t_warming"))
        gas = compiled.function([], [laws.GAS_CONSTANT])()[0]

        def pace(hour):
            base = course.at(hour)["T"]
            warm = sum(full * (1 - math.exp(-min(hour - d, 1 / 6) / tau)) * math.exp(-max(hour - d - 1 / 6, 0) / tau)
                       for d in (24, 48, 72) if hour > d)
            return math.exp(-ea / gas * (1 / (base + warm + 273.15) - 1 / 310.15))

        edges = sorted({0.0, 120.0, *course.breakpoints, *(d + x for d in (24, 48, 72) for x in (0.3, 1, 2))})
        theta = sum(quad(pace, a + 1e-13, b - 1e-13, epsabs=1e-13, epsrel=1e-12)[0]
                    for a, b in pairwise(edges))
        assert found == pytest.approx(-math.expm1(-k * theta), abs=1e-8)


class TestSwitches:
    @pytest.mark.parametrize(("acidity", "share"), [(5.0, .969), (5.5, .909), (6.5, .5), (6.8, .334), (7.4, .112)])
    def test_henderson_hasselbalch(self, acidity, share):
        assert float(compiled.function([pH], [acid_share(6.5)])(acidity)[0]) == pytest.approx(share, abs=5e-4)

    def test_contrast_of_one_group_has_a_limit(self):
        """The ratio of the shares at 6.5 and 7.4 nears 10^0.9 from below, whatever the pKa."""
        share = compiled.function([pH], [acid_share(6.5)])
        assert share(6.5)[0] / share(7.4)[0] == pytest.approx(4.47, abs=0.01)
        for pka in (3.0, 5.0, 6.5, 8.0):
            share = compiled.function([pH], [acid_share(pka)])
            assert share(6.5)[0] / share(7.4)[0] < 10**0.9
        steep = compiled.function([pH], [acid_share(6.5, 2)])
        assert steep(6.5)[0] / steep(7.4)[0] > 10**0.9

    def test_linker(self):
        factor = compiled.function([pH], [acid_cleavage()])
        assert factor(5.0)[0] == pytest.approx(251.19, abs=0.01)
        assert factor(6.4)[0] == pytest.approx(10)

    def test_either_sign(self):
        closing = {"t_cold": 1.0, "t_hot": 20.0, "t_middle": 32.0}
        cold, warm = (shown("heat_switch", [24.0], Environment(T=at), **closing)[0] for at in (25, 37))
        assert cold > 4 * warm

    def test_far_below_and_far_above(self):
        for at, scale in ((-10, 20.0), (90, 0.5)):
            assert shown("heat_switch", [30.0], Environment(T=at))[0] == pytest.approx(
                shown("weibull", [30.0], t_scale=scale, beta=0.9)[0], rel=1e-9)

    @pytest.mark.parametrize(("at", "factor"), [(45, 2.18), (50, 3.48), (55, 5.48), (60, 8.51)])
    def test_arrhenius_of_80_kilojoules(self, at, factor):
        fast = shown("arrhenius_release", [24.0], Environment(T=at), activation_energy=80.0, beta=1.0)[0]
        slow = shown("arrhenius_release", [24.0], activation_energy=80.0, beta=1.0)[0]
        assert math.log1p(-fast) / math.log1p(-slow) == pytest.approx(factor, abs=0.006)


class TestGel:
    @pytest.mark.parametrize(("at", "swelling"), [(25, .936), (30, .815), (32, .266), (33, .156), (37, .115)])
    def test_swelling_by_flory_and_rehner(self, at, swelling):
        chi = 0.45 + 0.45 / (1 + math.exp(-(at - 32.5) / 0.9))
        p = float(NUMERIC["polymer_share"](chi, 1 / 80, 0.07))
        assert 0.07 / p == pytest.approx(swelling, abs=6e-4)
        exact = mpmath.findroot(lambda x: mpmath.log(1 - x) + x + chi * x**2 + mpmath.mpf("0.07") / 80 * (
            mpmath.cbrt(x / mpmath.mpf("0.07")) - x / mpmath.mpf("0.14")), p)
        assert p == pytest.approx(float(exact), rel=1e-13)

    def test_arrays_and_numbers_agree(self):
        chi = np.array([0.45, 0.6, 0.9])
        assert NUMERIC["polymer_share"](chi, 0.0125, 0.07) == pytest.approx(
            [NUMERIC["polymer_share"](c, 0.0125, 0.07) for c in chi])

    @pytest.mark.parametrize(("p", "factor"), [(.02, .92), (.07, .755), (.2, .444), (.5, .111)])
    def test_obstruction(self, p, factor):
        assert obstruction(p) == pytest.approx(factor, abs=5e-3)

    def test_it_shuts_when_it_is_warm_after_a_squeeze(self):
        model = catalogue.get_model("thermogel")
        given = model.values()
        cold = solve.observe(model, given, np.array([48.0]), Environment(T=20))[0]
        warm = solve.observe(model, given, np.array([2.0, 6.0, 48.0]), Environment(T=40))
        assert warm[-1] < cold
        assert warm[0] > 10 * (warm[2] - warm[1]) / 42 * 2, "the first hours squeeze"
        none = solve.observe(model, given | {"f_squeezed": 0.0}, np.array([2.0]), Environment(T=40))[0]
        assert warm[0] - none > 0.1

    def test_squeezed_water_alone(self):
        """Without diffusion the drug left is volume^f: dM/M = f dV/V."""
        model = catalogue.get_model("thermogel")
        given = model.values() | {"k_gel": 1e-300, "f_squeezed": 0.4}
        found = solve.observe(model, given, np.array([200.0]), Environment(T=37))[0]
        p = float(NUMERIC["polymer_share"](0.45 + 0.45 / (1 + math.exp(-4.5 / 0.9)), 1 / 80, 0.07))
        # The corner at rest is rounded off within a millionth of the volume.
        assert found == pytest.approx(1 - (0.07 / p) ** 0.4, abs=2e-5)


class TestPolydopamine:
    def test_reversible_is_biexponential(self):
        k_off, k_on, k_out = 0.3 / 24, 1.0 / 24, 2.0 / 24
        given = {"acid_gain": 0.0}
        total, product = k_off + k_on + k_out, k_off * k_out
        fast, slow = ((total + s * math.sqrt(total**2 - 4 * product)) / 2 for s in (1, -1))
        hours = np.array([1.0, 10, 100, 500])
        exact = 1 - (fast * np.exp(-slow * hours) - slow * np.exp(-fast * hours)) / (fast - slow)
        assert shown("pda_reversible", hours, **given) == pytest.approx(exact, abs=1e-12)

    def test_slow_limit(self):
        model = catalogue.get_model("pda_reversible")
        given = values("pda_reversible", k_off=1e-5, acid_gain=0.0)
        found = solve.observe(model, given, np.array([24 * 1e5]))[0]
        assert found == pytest.approx(-math.expm1(-solve.also(model, given)["k_slow"] * 24e5), rel=1e-4)

    def test_acid_loosens(self):
        neutral, acid = (shown("pda_reversible", [24.0], Environment(pH=at))[0] for at in (7.4, 5.0))
        assert acid > 2 * neutral

    def test_irreversible_plateau(self):
        assert shown("pda_irreversible", [1e6], k_off=0.3, k_fixed=0.1)[0] == pytest.approx(0.75, abs=1e-12)

    def test_membrane_of_fifty_nanometres(self):
        """Radius 25 um, 50 nm, 1e-14 cm2/s: .207 per day, half-life 3.3 d."""
        model = catalogue.get_model("shell_membrane")
        also = solve.also(model, model.values())
        assert also["k"] * 24 == pytest.approx(3 * 1e-14 * 86400 / (25e-4 * 50e-7), rel=1e-12)
        assert also["k"] * 24 == pytest.approx(0.207, abs=5e-4)
        assert also["half_life"] / 24 == pytest.approx(3.3, abs=0.05)
        # A lag of a week would need 6.9e-18 cm2/s, and then nothing would come out afterwards.
        slow = model.values({"diffusivity": (6.9e-18, "cm**2/s")})
        assert solve.also(model, slow)["lag"] / 24 == pytest.approx(7, rel=0.01)
        assert solve.also(model, slow)["half_life"] / 24 > 1000

    def test_transit_chain_is_whole_steps_in_a_row(self):
        n, step = 4, 10.0
        steps = np.diag([-1 / step] * n) + np.diag([1 / step] * (n - 1), -1)
        hours = np.array([5.0, 40, 120])
        left = [expm(steps * h)[:, 0].sum() for h in hours]
        found = shown("transit_chain", hours, n=4.0, t_mean=n * step / 24)
        assert found == pytest.approx(1 - np.array(left), abs=1e-13)

    @pytest.mark.parametrize(("n", "x"), [(0.3, 0.01), (9.39, 4.0), (9.39, 12.0), (150.0, 140.0)])
    def test_chain_of_any_length(self, n, x):
        with mpmath.workdps(30):
            assert NUMERIC["gamma_share"](x, n) == pytest.approx(
                float(mpmath.gammainc(n, 0, x, regularized=True)), rel=1e-12)
            slope = mpmath.diff(lambda m: mpmath.gammainc(m, 0, x, regularized=True), n)
            assert NUMERIC["gamma_share_slope"](x, n) == pytest.approx(float(slope), rel=1e-7)

    def test_late_release(self):
        """Five per cent at 7 d and ninety-five at 21 d: n = 9.39, mean 13.2 d."""
        found = shown("transit_chain", [7 * 24.0, 21 * 24.0], n=9.39, t_mean=13.2)
        assert found == pytest.approx([0.05, 0.95], abs=2e-3)


#: Plateaus of doxorubicin at 6 h (de Baere 2016, abstract), and the beta that each means.
PLATEAUS = {"LifePearl": (0.30, 0.129), "DC Bead": (0.21, 0.056), "HepaSphere": (0.08, 0.0070),
            "Tandem": (0.06, 0.0038)}
DOSE = {"activity": "2 GBq", "tumour": "300 g", "normal": "1.2 kg", "lung": "1 kg", "tumour_to_normal": 3.0,
        "lung_shunt": 0.05}


class TestBeads:
    @pytest.mark.parametrize("product", PLATEAUS)
    def test_published_plateaus_and_back(self, product):
        share, beta = PLATEAUS[product]
        assert exchange.beta_of_plateau(share) == pytest.approx(beta, rel=0.01)
        assert shown("ion_exchange_vessel", [1e7], beta=exchange.beta_of_plateau(share))[0] == pytest.approx(share)

    def test_plateaus(self, golden):
        for beta, share in golden["ion_exchange_plateau_phi_beta"].items():
            given = values("ion_exchange_vessel", beta=float(beta))
            ending = Release(catalogue.get_model("ion_exchange_vessel"), given).eventual()
            assert ending == pytest.approx(share, abs=1e-6)
            vessel = pk.exchange_plateau(volume=f"{beta} L", v_exchange="1 L")
            assert vessel.share == pytest.approx(share, abs=1e-6)

    def test_exact_kinetics(self):
        """Mass action integrated by another program's method, half loaded."""
        k, beta, loading = 0.2, 0.3, 0.5
        path = solve_ivp(lambda _, f: k * (1 - f - f * (f + 1 / loading - 1) / beta), (0, 40), [0.0], method="DOP853",
                         rtol=1e-12, atol=1e-14, t_eval=[0.5, 3, 40])
        assert shown("ion_exchange_vessel", [0.5, 3, 40], k_exchange=k, beta=beta, loading=loading) == pytest.approx(
            path.y[0], abs=1e-11)

    def test_a_closed_vessel_without_film_is_the_exact_curve(self):
        hours = np.array([0.5, 3.0, 40.0])
        found = shown("bead_in_flow", hours, v_medium=0.3, v_exchange=1.0, q_film=1e9, k_exchange=0.2)
        assert found == pytest.approx(shown("ion_exchange_vessel", hours, beta=0.3, k_exchange=0.2), abs=1e-7)

    def test_more_medium_salt_or_flow_release_more(self):
        same = {"v_exchange": 1.0, "k_exchange": 0.2}
        still = shown("bead_in_flow", [1e4], v_medium=0.1, **same)[0]
        assert shown("bead_in_flow", [1e4], v_medium=0.9, **same)[0] == pytest.approx(
            pk.exchange_plateau(volume="0.9 L", v_exchange="1 L").share, abs=1e-7)
        salty = shown("bead_in_flow", [1e4], Environment(salt=1.5), v_medium=0.1, **same)[0]
        vessel = pk.exchange_plateau(volume="0.1 L", v_exchange="1 L", salt="1.5 M")
        assert salty == pytest.approx(vessel.share, abs=1e-7)
        assert still < 0.3 < 0.5 < salty
        flowing = shown("bead_in_flow", [1e4], Environment(flow=0.06), v_medium=0.1, **same)[0]
        assert flowing == pytest.approx(1, abs=1e-6)

    def test_perfect_washing_is_first_order(self):
        found = shown("bead_in_flow", [5.0], Environment(flow=1e5), k_exchange=0.2, q_film=1e9)[0]
        assert found == pytest.approx(-math.expm1(-1), rel=1e-3)

    def test_a_film_slows_and_does_not_move_the_plateau(self):
        open_, behind = (shown("bead_in_flow", [2.0, 1e5], q_film=q, v_exchange=0.1) for q in (1e9, 1e-3))
        assert behind[0] < 0.75 * open_[0]
        assert behind[1] == pytest.approx(open_[1], abs=1e-8)

    def test_tissue_holds_it_back(self):
        same = {"k_exchange": 0.4, "v_exchange": 1.0}
        vessel = shown("bead_in_flow", [24.0], Environment(flow=10.0), v_medium=0.5, **same)[0]
        tissue = shown("bead_in_tissue", [24.0], **same)[0]
        assert vessel > 0.99
        assert tissue < 0.3
        assert Release(catalogue.get_model("bead_in_tissue"), values("bead_in_tissue", **same)).eventual() > 0.999

    def test_a_vessel_is_never_carried_into_a_patient(self):
        given = {"k_exchange": 0.1, "beta": 0.056, "loading": 1.0}
        with pytest.raises(PredictionError, match="bead_in_tissue"):
            pk.predict("ion_exchange_vessel", values=given, drug="docetaxel", regimen="60 mg once", days=14)
        alone = pk.predict("ion_exchange_vessel", values=given, days=14)
        assert float(alone.released[-1]) == pytest.approx(0.2103, abs=1e-4)
        tissue = {"k_exchange": 0.1, "v_exchange": 1.0, "loading": 1.0, "v_tissue": 5.0, "q_tissue": 2.0}
        found = pk.predict("bead_in_tissue", values=tissue, drug="docetaxel", regimen="60 mg once", days=14)
        assert float(found.plasma.max()) > 0
        body = catalogue.get_model("one_compartment", "body")
        with pytest.raises(PkmodelsError, match="bead_in_tissue"):
            pk.join(catalogue.get_model("ion_exchange_vessel"), body)
        assert pk.join(catalogue.get_model("bead_in_tissue"), body).observed == body.observed
        verdict = pk.exchange_plateau(volume="200 mL", v_exchange="3.57 L").verdict
        assert "must not be carried into a patient" in verdict
        assert "21 %" in verdict

    def test_boyd(self, golden):
        for share, time in golden["boyd_Bt_at_F"].items():
            assert pk.boyd_time(float(share)) == pytest.approx(time, abs=6e-7)
        assert pk.boyd_time(0.0) == 0.0
        # Put into the series (200 terms leave nothing from 0.05 on), it gives the share back.
        n = np.arange(1, 201) ** 2.0
        for share in (0.05, 0.5, 0.506, 0.6, 0.85, 0.999):
            left = 6 / np.pi**2 * np.sum(np.exp(-n * pk.boyd_time(share)) / n)
            assert 1 - left == pytest.approx(share, abs=1e-13)
        assert pk.boyd_time(1e-9) == pytest.approx(np.pi**3 / 36 * 1e-18, rel=1e-8)
        assert pk.boyd_time(1 - 1e-9) == pytest.approx(-np.log(np.pi**2 / 6 * 1e-9), rel=1e-7)
        assert exchange.vermeulen_share(1.3985) - 0.85 == pytest.approx(0.02, abs=0.005)

    @pytest.mark.parametrize(("wrong", "said"), [
        ({"volume": "200"}, "number with a unit"), ({"volume": "0 mL"}, "not above zero"), ({"loading": 0}, "loading"),
        ({"loading": 1.5}, "loading"), ({"salt": "3 mL"}, "volume"), ({"v_exchange": "-1 L"}, "not above zero")])
    def test_wrong_vessels_say_how(self, wrong, said):
        with pytest.raises(PkmodelsError, match=said):
            pk.exchange_plateau(**({"volume": "200 mL", "v_exchange": "1 L"} | wrong))

    @pytest.mark.parametrize("share", [1.0, -0.1, float("nan"), "0.5"])
    def test_wrong_shares(self, share):
        with pytest.raises(PkmodelsError, match="share below 1"):
            pk.boyd_time(share)


class TestOthers:
    def test_swelling_gel(self):
        """Swollen from the start it is first order with the hindered rate; dry it is by quadrature."""
        same = {"p_dry": 0.1, "p_swollen": 0.1, "size_ratio": 0.3, "hindrance": 2.0, "k_gel": 0.3}
        rate = 0.3 * 0.7 * math.exp(-2 / 9)
        assert shown("swelling_gel", [3.0], **same)[0] == pytest.approx(-math.expm1(-3 * rate), rel=1e-8)

        def pace(hour):
            p = 0.1 + 0.7 * math.exp(-0.2 * hour)
            return 0.3 * max(0, 1 - 0.3 * (p / 0.1) ** (1 / 3)) * math.exp(-p / (1 - p))

        theta = quad(pace, 0, 8, epsabs=1e-13)[0]
        assert shown("swelling_gel", [8.0])[0] == pytest.approx(-math.expm1(-theta), rel=1e-8)

    def test_magnesium_in_ninety_days(self):
        found = shown("hixson_crowell", [30 * 24.0, 60 * 24.0], t_end=90.0)
        assert found == pytest.approx([0.7037, 0.9630], abs=5e-5)

    def test_mesh_against_the_series_on_an_integrated_diffusivity(self):
        """The integral of max(0, 1 - ratio exp(-k t)) by quadrature, put into Crank's sphere."""
        k, ratio = 0.1 / 24, 2.0
        for hour in (300.0, 900.0, 2400.0):
            begin = math.log(ratio) / k
            x = quad(lambda s: max(0.0, 1 - ratio * math.exp(-k * s)), begin, hour, epsabs=1e-12)[0] / 2400
            assert shown("opening_mesh", [hour])[0] == pytest.approx(
                shown("crank_sphere", [x * 2400], t_diffusion=100.0)[0], abs=1e-10)

    def test_a_mesh_that_is_open_is_a_plain_sphere(self):
        assert shown("opening_mesh", [500.0], size_ratio=0.01, k_opening=50.0)[0] == pytest.approx(
            shown("crank_sphere", [500.0], t_diffusion=100.0)[0], rel=1e-5)

    def test_lipid_with_quick_exchange_is_first_order(self):
        found = shown("lipid_partition", [6.0], partition=5.0, k_exchange=1e5, k_leak=1.0)[0]
        assert found == pytest.approx(-math.expm1(-1), rel=1e-4)

    def test_janus_of_two_drugs(self):
        hydrophilic, hydrophobic = (shown("janus", [48.0], f_first=f)[0] for f in (1.0, 0.0))
        assert hydrophilic == pytest.approx(shown("weibull", [48.0], t_scale=1.0, beta=0.8)[0], rel=1e-12)
        assert hydrophobic == pytest.approx(shown("weibull", [48.0], t_scale=12.0, beta=1.2)[0], rel=1e-12)

    def test_decay(self):
        assert shown("radioactive_decay", [64.2, 2 * 64.2]) == pytest.approx([0.5, 0.75], rel=1e-12)

    def test_any_curve_takes_a_clock(self):
        """Acid on the clock of Korsmeyer's law: the pieces are put together by time, not by rate."""
        base, pka = catalogue.get_model("korsmeyer_peppas"), symbols("pka")
        warped = Curve("warped", "x", released=base.released, saturates=False, parameters=(
            *base.parameters, Parameter(pka, 6.5, "1", (0, 14), "pKa")), clocks={t: acid_share(pka)},
            references=base.references)
        course = Environment(pH=[(0, 6.5), (10, 3.5)])
        found = solve.observe(warped, warped.values(), np.array([30.0]), course)[0]
        assert found == pytest.approx((((10 * 0.5 + 20 / (1 + 10**-3)) / 720) ** 0.5), rel=1e-12)


class TestAbsorbedDose:
    def test_partition(self):
        """A = D (r m_tumour + m_normal)/(49.67 (1 - L)), as clinics write it for the normal tissue."""
        found = pk.absorbed_dose("Y-90", **DOSE)
        assert found.gray["normal"] * (3 * 0.3 + 1.2) / (49.67 * 0.95) == pytest.approx(2, rel=1e-12)
        assert found.gray["tumour"] == pytest.approx(3 * found.gray["normal"], rel=1e-12)
        assert found.gray["lung"] == pytest.approx(49.67 * 2 * 0.05, rel=1e-12)
        assert sum(found.activity_gbq.values()) == pytest.approx(2, rel=1e-14)

    def test_constants_are_half_life_times_energy(self):
        """0.94 MeV per decay over the life of the nuclide, within two hundredths (the mean energy is rounded)."""
        energy = 0.94e6 * 1.602176634e-19 * 1e9 * 64.2 * 3600 / math.log(2)
        assert dosimetry.NUCLIDES["Y-90"].gray_kg_per_gbq == pytest.approx(energy, rel=0.02)

    def test_whole_liver_of_holmium(self):
        """3780 MBq per kg of liver are given for 60 Gy."""
        found = pk.absorbed_dose("Ho-166", **(DOSE | {
            "activity": "3780 MBq", "tumour": "0.5 kg", "normal": "0.5 kg", "tumour_to_normal": 1.0, "lung_shunt": 0}))
        assert found.gray["normal"] == pytest.approx(60, rel=0.01)

    def test_time(self):
        found = pk.absorbed_dose("Y-90", **DOSE)
        assert found.after("64.2 h")["tumour"] == pytest.approx(found.gray["tumour"] / 2, rel=1e-12)
        total = quad(lambda h: found.rate(f"{h:.15g} h")["tumour"], 0, 2000, epsrel=1e-10)[0]
        assert total == pytest.approx(found.gray["tumour"], rel=1e-6)
        assert "134.8 Gy" in str(found)
        assert "134.8" in found._repr_html_()

    @pytest.mark.parametrize(("wrong", "said"), [
        ({"activity": "2 g"}, "radioactivity"), ({"activity": "0 GBq"}, "above zero"), ({"lung_shunt": 1}, "below 1"),
        ({"lung_shunt": float("nan")}, "below 1"), ({"tumour_to_normal": 0}, "ratio"), ({"tumour": "300"}, "unit"),
        ({"lung": "-1 kg"}, "above zero")])
    def test_wrong_input_says_how(self, wrong, said):
        with pytest.raises(PkmodelsError, match=said):
            pk.absorbed_dose("Y-90", **(DOSE | wrong))

    def test_unknown_nuclide(self):
        with pytest.raises(PkmodelsError, match="Y-90"):
            pk.absorbed_dose("Y90", **DOSE)
