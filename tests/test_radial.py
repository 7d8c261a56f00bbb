"""A sphere along its radius: against series, the linear theory of acid and the clocks; the acid criterion."""

import math

import numpy as np
import pytest
from scipy.integrate import quad

import pkmodels as pk
from pkmodels import catalogue, fitting, solve
from pkmodels.errors import SolveError, UnitError
from pkmodels.solve import loops, radial, series
from pkmodels.studies import Study

TAU = np.array([1e-4, 1e-3, 0.01, 0.03, 0.1, 0.3, 1.0])


class TestSphere:
    def test_without_chemistry_is_cranks(self):
        found = radial.sphere(TAU, radius=1.0, diffusivity=1.0)
        assert found.released == pytest.approx(series.sphere_release(TAU), abs=2e-4)  # what the module promises
        assert found.balance < 1e-12
        assert np.all(found.mass == 1)

    @pytest.mark.parametrize("d_water", [math.inf, 20.0])
    def test_compiled_and_numpy_give_the_same_bits(self, monkeypatch, d_water):
        """Water coming in, acid and drug going out, with and without numba."""
        pytest.importorskip("numba", reason="numba is not installed (the extra 'fast')")
        given = {"radius": 60.0, "diffusivity": lambda r, mass, water: 0.8 * water / mass, "k_degradation": 0.1,
                 "d_acid": 8.64, "d_water": d_water, "f_ends": 0.02, "cells": 20}
        compiled = radial.sphere([1.0, 20.0], **given)
        monkeypatch.setattr(loops, "compiled", lambda: None)
        plain = radial.sphere([1.0, 20.0], **given)
        assert np.array_equal(compiled.released, plain.released)
        assert np.array_equal(compiled.mass_profile, plain.mass_profile)

    def test_the_jacobian_is_that_of_the_equations(self):
        """Against differences of the right-hand side; what the diffusivity owes to esters and water is left out."""
        grid = radial._Grid(radial.graded(5), 2.0, lambda r, mass, water: np.ones_like(r), 0.3, 0.7, 4.0, 0.1)
        state = np.random.default_rng(1).uniform(0.2, 1.0, 21)
        band, step = grid.jacobian(0.0, state), 1e-6
        for j in range(21):
            up, down = state.copy(), state.copy()
            up[j], down[j] = state[j] + step, state[j] - step
            expected = (grid.change(0.0, up) - grid.change(0.0, down)) / (2 * step)
            column = np.array([band[4 + i - j, j] if abs(i - j) <= 4 else 0.0 for i in range(21)])
            assert column == pytest.approx(expected, rel=1e-7, abs=1e-7 * np.abs(band).max())

    def test_twice_the_cells_quarter_the_error(self):
        errors = [np.abs(radial.sphere(TAU, radius=1.0, diffusivity=1.0, cells=n).released
                         - series.sphere_release(TAU)).max() for n in (40, 80)]
        assert errors[0] / errors[1] == pytest.approx(4, rel=0.15)

    @pytest.mark.parametrize(("name", "squared"), [("phi2=1", 1.0), ("phi2=pi^2", math.pi**2), ("phi2=15", 15.0)])
    def test_acid_that_makes_acid(self, golden, name, squared):
        expected = golden["ford_versypt_linear_generation"][name]["mean_0.05_0.1_0.5"]
        found = radial.sphere([0.05, 0.1, 0.5], radius=1.0, diffusivity=1.0, k_degradation=squared, d_acid=1.0,
                              f_ends=1e-9)
        # A grid's error in the rate of growth adds up over time: 1e-4 of the slowest mode.
        assert found.acid == pytest.approx(expected, rel=8e-4)

    def test_the_middle_of_a_critical_sphere(self):
        found = radial.sphere([0.5], radius=1.0, diffusivity=1.0, k_degradation=math.pi**2, d_acid=1.0, f_ends=1e-9)
        # Of the series only the first mode is left, 2 at the middle; the second has fallen to 4e-7.
        assert found.acid_profile[0] == pytest.approx(2 * np.sinc(found.radius), rel=2e-3, abs=1e-4)

    def test_acid_that_stays_is_the_clock(self):
        """No diffusion of acid: mass by the logistic law, release on the integral of D = d/M."""
        k, f, d = 0.1, 0.02, 0.002
        days = np.array([1.0, 7, 14, 21, 35])

        def mass(age):
            return f + (1 - f) * np.exp(-k * age / (1 - f))

        clock = [quad(lambda age: d / mass(age), 0, day, epsabs=1e-14)[0] for day in days]
        found = radial.sphere(days, radius=1.0, diffusivity=lambda r, m, w: d / m, k_degradation=k, f_ends=f)
        assert found.mass == pytest.approx(mass(days), abs=1e-7)
        assert found.released == pytest.approx(series.sphere_release(np.array(clock)), abs=3e-4)

    def test_water_comes_in_as_drug_goes_out(self):
        found = radial.sphere(TAU, radius=1.0, diffusivity=1.0, d_water=1.0)
        assert found.water == pytest.approx(series.sphere_release(TAU), abs=3e-4)

    def test_large_spheres_degrade_from_within(self):
        small, large = (radial.sphere([14.0], radius=r, diffusivity=1.0, k_degradation=0.1, d_acid=8.64, f_ends=0.02)
                        for r in (10.0, 300.0))
        assert large.mass[0] < 0.6 * small.mass[0]
        assert large.mass_profile[0, 0] < 0.5 * large.mass_profile[0, -1]
        assert "released" in str(small)

    @pytest.mark.parametrize(("wrong", "said"), [
        ({"radius": 0.0}, "radius = 0"), ({"radius": math.nan}, "radius = nan"), ({"d_acid": -1.0}, "d_acid = -1"),
        ({"f_ends": 0.0}, "f_ends = 0"), ({"k_degradation": math.inf}, "k_degradation = inf"),
        ({"cells": 1}, "cells must be"), ({"times": [1.0, 1.0]}, "rising"), ({"times": []}, "rising"),
    ])
    def test_impossible_values(self, wrong, said):
        given = {"times": [1.0], "radius": 1.0, "diffusivity": 1.0} | wrong
        with pytest.raises(SolveError, match=said):
            radial.sphere(**given)


def test_casalinis_clock_meets_the_published_sphere():
    """Release printed by the authors' public code (fourteen fields along the radius) after a week and more."""
    model = catalogue.get_model("plga_diffusion_casalini")
    # Fitted diffusivity 3.489e-13 cm²/s, radius 53 um; the rate is that of this size's molecular mass.
    values = model.values({"d_start": (3.489e-13, "cm^2/s"), "k_degradation": 0.1134, "radius": 53.0, "beta": 2.5})
    found = solve.observe(model, values, 24 * np.array([7.0, 14, 21, 35]))
    assert found == pytest.approx([0.4981, 0.7529, 0.8835, 0.9759], abs=0.01)


class TestAcidCriterion:
    @pytest.mark.parametrize(("diffusivity", "critical"), [("1e-12 cm^2/s", 29.2), ("1e-10 cm^2/s", 292.0)])
    def test_critical_radius(self, diffusivity, critical):
        found = pk.acid_criterion(radius="53 um", k_degradation="0.1 1/day", d_acid=diffusivity)
        assert found.critical_radius_um == pytest.approx(critical, abs=0.05 * critical / 29.2)
        assert found.number == pytest.approx(math.pi * 53 / found.critical_radius_um)
        assert ("above pi" in str(found)) == (critical < 53)

    def test_units_are_asked_for(self):
        with pytest.raises(UnitError):
            pk.acid_criterion(radius="53", k_degradation="0.1 1/day", d_acid="1e-12 cm^2/s")
        with pytest.raises(UnitError):
            pk.acid_criterion(radius="53 um", k_degradation="0.1 day", d_acid="1e-12 cm^2/s")
        with pytest.raises(SolveError, match="above 0"):
            pk.acid_criterion(radius="53 um", k_degradation="0 1/day", d_acid="1e-12 cm^2/s")

    def test_a_fit_says_so(self):
        model = catalogue.get_model("plga_diffusion_power")
        days = np.array([0.5, 1, 2, 4, 7, 10, 14, 21, 28, 40, 60, 90])
        for radius, caught in ((5.0, False), (200.0, True)):
            values = model.values({"d_start": 0.3, "radius": radius, "k_degradation": 0.05})
            study = Study.from_arrays(days, solve.observe(model, values, 24 * days), time_unit="day", source="made",
                                      formulation="x")
            found = fitting.fit(study, model, fixed={"radius": (radius, "um")})
            assert any("above pi" in v for v in found.verdicts) == caught
            assert found.inside["d_start"] == pytest.approx(values["d_start"], rel=1e-4)
