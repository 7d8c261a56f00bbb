"""Concentration around a bead: closed forms, a finite-volume solution of its own, balances, messages."""

import mpmath
import numpy as np
import pytest
from scipy.integrate import quad, solve_ivp
from scipy.sparse import diags
from scipy.special import erfc

import pkmodels as pk
from pkmodels.errors import PkmodelsError
from pkmodels.solve import around_sphere

#: A bead of 100 um radius (1e-3 dm), D = 1e-6 cm²/s = 3.6e-5 dm²/h.
RADIUS, D = 1e-3, 3.6e-5
BEAD = {"dose": "10 ug", "radius": "100 um", "diffusion": "1e-6 cm**2/s"}


def finite_volumes(rate, loss, wall, hours, cells=1500):
    """Spherical shells, fluxes between them, solved as a stiff system: nothing shared with the code under test."""
    # Shells grow with distance; the first are much thinner than the bead.
    edges = RADIUS + (wall - RADIUS) * np.linspace(0, 1, cells + 1) ** 1.6
    volume = 4 / 3 * np.pi * np.diff(edges**3)
    middle = (edges[1:] + edges[:-1]) / 2
    conductance = 4 * np.pi * edges[1:-1] ** 2 * D / np.diff(middle)

    def slope(time, c):
        flux = conductance * (c[:-1] - c[1:])
        change = -loss * c * volume
        change[:-1] -= flux
        change[1:] += flux
        change[0] += rate(time)
        return change / volume

    exchange = diags([conductance, conductance], [1, -1]) - diags(
        np.append(conductance, 0) + np.append(0, conductance) + loss * volume)
    path = solve_ivp(slope, (0, hours[-1]), np.zeros(cells), method="BDF", jac=(diags(1 / volume) @ exchange).tocsc(),
                     t_eval=hours, rtol=1e-8, atol=1e-9)
    return middle - RADIUS, path.y.T


class TestOneBead:
    @pytest.mark.parametrize("loss", [0.0, 0.3, 36.0, 36.0 * (1 + 1e-9), 36.0 * 1.0002, 900.0])
    @pytest.mark.parametrize("time", [0.01, 1.0, 50.0])
    def test_step_by_inverse_laplace_transform(self, loss, time):
        """36 per hour is where loss and curvature weigh alike (phi R = 1) and the formula needs its limit."""
        mpmath.mp.dps = 25
        for x in (0.0, 5e-4, 3e-3):
            def transform(s, x=x):
                p = mpmath.sqrt((s + loss) / D)
                return mpmath.exp(-p * x) / (s * (p + 1 / RADIUS)) / (4 * mpmath.pi * RADIUS * D * (RADIUS + x))

            expected = float(mpmath.invertlaplace(transform, time, method="talbot", degree=30))
            found = around_sphere.step_response(x, time, RADIUS, D, loss).item()
            assert found == pytest.approx(expected, rel=2e-8, abs=1e-9)

    def test_without_loss_the_constant_surface_form_for_late_times(self):
        """C = C_R (R/r) erfc((r - R)/(2 √(D t))) holds where the surface has settled."""
        time, x = 5e4, np.array([0.0, 1e-3, 1e-2])
        level = around_sphere.step_response(0.0, time, RADIUS, D, 0.0).item()
        expected = level * RADIUS / (RADIUS + x) * erfc(x / (2 * np.sqrt(D * time)))
        # Between a held surface and a constant flux a term of R/√(pi D t) remains, 4e-4 here.
        assert around_sphere.step_response(x, time, RADIUS, D, 0.0)[0] == pytest.approx(expected, rel=1e-3)

    def test_goes_to_the_steady_profile(self):
        """C_R (R/r) exp(-phi (r - R)), C_R = M/(4 pi R D (1 + phi R)); flux through the surface is what is released."""
        x, loss = np.linspace(0, 5e-3, 11), 2.0
        phi = np.sqrt(loss / D)
        expected = (RADIUS / (RADIUS + x)) * np.exp(-phi * x) / (4 * np.pi * RADIUS * D * (1 + phi * RADIUS))
        assert around_sphere.steady(x, RADIUS, D, loss) == pytest.approx(expected, rel=1e-13)
        assert around_sphere.step_response(x, 1e3, RADIUS, D, loss)[0] == pytest.approx(expected, rel=1e-10)
        inside = quad(lambda r: loss * 4 * np.pi * r**2 * float(around_sphere.steady(r - RADIUS, RADIUS, D, loss)),
                      RADIUS, RADIUS + 40 / phi, epsabs=1e-13, limit=200)[0]
        assert inside == pytest.approx(1, rel=1e-9)

    @pytest.mark.parametrize("wall", [None, 4e-3])
    def test_impulse_is_the_slope_of_the_step(self, wall):
        x, h = np.array([0.0, 3e-4, 2e-3]), 1e-4
        # The difference is good to (loss h)²/6, 2e-6 at most; much later than 1/loss it drowns in rounding.
        for loss, time in ((0.0, 0.7), (0.5, 0.7), (36.0, 0.1)):
            ahead, behind = (around_sphere.step_response(x, time + s * h, RADIUS, D, loss, wall) for s in (1, -1))
            found = around_sphere.impulse_response(x, time, RADIUS, D, loss, wall)
            assert found == pytest.approx((ahead - behind) / (2 * h), rel=5e-6)

    @pytest.mark.parametrize("loss", [0.0, 0.4])
    def test_all_mass_is_in_the_tissue_or_lost(self, loss):
        time = 3.0
        held = quad(lambda r: 4 * np.pi * r**2 *
                    around_sphere.impulse_response(r - RADIUS, time, RADIUS, D, loss).item(),
                    RADIUS, RADIUS + 16 * np.sqrt(D * time), epsabs=1e-13, limit=300)[0]
        assert held == pytest.approx(np.exp(-loss * time), rel=1e-9)


class TestACell:
    WALL = 5e-3

    @pytest.mark.parametrize("loss", [0.0, 0.4])
    def test_all_mass_is_in_the_cell_or_lost(self, loss):
        for time in (1e-3, 0.02, 0.5, 30.0):
            held = quad(lambda r, time=time: 4 * np.pi * r**2 *
                        around_sphere.step_response(r - RADIUS, time, RADIUS, D, loss, self.WALL).item(),
                        RADIUS, self.WALL, epsabs=1e-13, limit=300)[0]
            expected = time if loss == 0 else -np.expm1(-loss * time) / loss
            assert held == pytest.approx(expected, rel=1e-8)

    def test_early_and_late_form_meet(self):
        x, switch = np.linspace(0, 4e-3, 9), around_sphere._EARLY * 16e-6 / D
        early, late = (around_sphere.step_response(x, switch * f, RADIUS, D, 0.3, self.WALL)[0]
                       for f in (1 - 1e-9, 1 + 1e-9))
        assert late == pytest.approx(early, rel=1e-7, abs=1e-12 * early.max())

    def test_goes_to_its_steady_profile_and_to_endless_tissue(self):
        x, loss = np.linspace(0, 3e-3, 7), 2.0
        steady = around_sphere.steady(x, RADIUS, D, loss, self.WALL)
        assert around_sphere.step_response(x, 500.0, RADIUS, D, loss, self.WALL)[0] == pytest.approx(steady, rel=1e-12)
        far = around_sphere.steady(x, RADIUS, D, loss, 0.1)
        assert far == pytest.approx(around_sphere.steady(x, RADIUS, D, loss), rel=1e-9)

    def test_radius_from_the_number_of_carriers(self):
        assert around_sphere.cell_radius(1000, 0.02) == pytest.approx((3 * 0.02 / (4 * np.pi * 1000)) ** (1 / 3))


class TestProfiles:
    @pytest.mark.parametrize(("loss", "spread"), [(None, None), ("0.5 1/h", None), ("0.5 1/h", "3 uL"), (None, "3 uL")])
    def test_against_finite_volumes(self, loss, spread):
        """A first-order release of 0.3 per hour, over a day; 1500 shells are good to a few 1e-4."""
        rate_of_loss = 0.5 if loss else 0.0
        wall = (3 * 3e-6 / (4 * np.pi)) ** (1 / 3) if spread else RADIUS + 0.12
        hours = np.array([0.5, 4.0, 24.0])
        x, shells = finite_volumes(lambda t: 0.01 * 0.3 * np.exp(-0.3 * t), rate_of_loss, wall, hours)
        asked = np.array([50.0, 200.0, 500.0])
        found = pk.distance_profile("first_order", values={"k": (0.3, "1/h")}, **BEAD, loss=loss, spread_over=spread,
                                    days=1, times=hours / 24, distances=asked, concentration_unit="mg/L")
        expected = np.array([np.interp(asked / 1e5, x, row) for row in shells])
        assert found.concentration.values == pytest.approx(expected, rel=1e-3)

    def test_what_is_out_at_once_spreads_from_the_beginning(self):
        found = pk.distance_profile("first_order+initial", values={"k": (1e-13, "1/h"), "f_initial": 0.4}, **BEAD,
                                    days=1, times=[0.1, 1.0], distances=[0, 300], concentration_unit="mg/L")
        expected = 0.004 * around_sphere.impulse_response(np.array([0, 3e-3]), np.array([2.4, 24.0]), RADIUS, D, 0)
        assert found.concentration.values == pytest.approx(expected, rel=1e-6)

    def test_dose_and_number_of_carriers(self):
        given = {"values": {"k": (0.3, "1/h")}, "days": 1, "times": [0.2, 1.0], "distances": [0, 100.0],
                 "radius": "100 um", "diffusion": "1e-6 cm**2/s", "spread_over": "1 mL"}
        ten = pk.distance_profile("first_order", dose="10 mg", carriers=1000, **given)
        twenty = pk.distance_profile("first_order", dose="20 mg", carriers=1000, **given)
        assert twenty.concentration.values == pytest.approx(2 * ten.concentration.values, rel=1e-12)
        assert ten.attrs["cell_radius_um"] == pytest.approx(1e4 * (3 / (4 * np.pi * 1000)) ** (1 / 3), rel=1e-9)

    def test_a_late_uniform_cell_holds_dose_over_volume(self):
        found = pk.distance_profile("first_order", values={"k": (3, "1/h")}, dose="10 mg", radius="100 um",
                                    carriers=10000, diffusion="1e-6 cm**2/s", spread_over="20 mL", days=10,
                                    concentration_unit="mg/L")
        room = 0.02 - 10000 * 4 / 3 * np.pi * RADIUS**3
        assert found.concentration.values[-1] == pytest.approx(10 / room, rel=1e-6)


class TestReach:
    def profile(self, **more):
        return pk.distance_profile("zero_order", values={"k": (1 / 28, "1/day")}, **BEAD, loss="2 1/h", days=28, **more)

    def test_of_a_constant_release_by_the_steady_profile(self):
        """1 uM of 543.5 g/mol is 543.5 ng/mL; the distance by root-finding on the closed form."""
        from scipy.optimize import brentq

        found = pk.reach(self.profile(), "1 uM", molar_mass="543.5 g/mol")
        rate, phi = 0.01 / 672, np.sqrt(2 / D)

        def level(x):
            return rate * np.exp(-phi * x) / (4 * np.pi * D * (RADIUS + x) * (1 + phi * RADIUS)) - 0.5435

        assert float(found.reach[-1]) == pytest.approx(brentq(level, 0, 0.1) * 1e5, rel=2e-3)
        assert float(found.time_above[0]) == pytest.approx(28, rel=2e-3)
        assert "1 uM (543.5 ng/mL) is exceeded up to" in found.attrs["sentences"][0]

    def test_a_level_in_mass_needs_no_molar_mass(self):
        profile = self.profile()
        by_mass, by_mole = pk.reach(profile, "543.5 ng/mL"), pk.reach(profile, "1 uM", pk.read_drug("goserelin"))
        assert by_mole.attrs["level"] == pytest.approx(1269)
        assert by_mass.attrs["level"] == 543.5
        with pytest.raises(PkmodelsError, match="give the molar mass"):
            pk.reach(profile, "1 uM")

    def test_a_level_that_is_never_reached_and_one_beyond_the_map(self):
        profile = self.profile(distances=[0, 20, 50.0])
        assert "never reached" in pk.reach(profile, "1 g/mL").attrs["sentences"][0]
        assert "ask for larger distances" in pk.reach(profile, "1 pg/mL").attrs["sentences"][-1]

    def test_plot(self):
        axes = pk.plot_reach(self.profile(), "1 uM", molar_mass="543.5 g/mol")
        assert "µm" in axes.get_ylabel()
        assert "days" in axes.get_xlabel()


@pytest.mark.parametrize(("given", "words"), [
    ({"radius": "0 um"}, "above zero"), ({"radius": "3 mg"}, "wanted is a length"),
    ({"radius": "100"}, "number with a unit"),
    ({"diffusion": "1e-6 cm"}, "No value ships"), ({"loss": "-1 1/h"}, "above zero"), ({"dose": "10 um"}, "dose"),
    ({"carriers": 0}, "whole number"), ({"carriers": 100}, "spread_over"),
    ({"carriers": 100, "spread_over": "0.1 uL"}, "fill the volume"), ({"days": -1}, "days = -1"),
    ({"times": [3, 1]}, "rising"), ({"distances": [-5, 1]}, "rising"),
    ({"concentration_unit": "um"}, "mass concentration"),
    ({"distances": [0, 9000.0], "spread_over": "1 mL"}, "wall of the cell"), ({"times": [float("nan")]}, "rising"),
])
def test_what_is_refused(given, words):
    with pytest.raises(PkmodelsError) as refused:
        pk.distance_profile("first_order", **{"values": {"k": 1.0}, "days": 5, **BEAD, **given})
    assert words in str(refused.value)
