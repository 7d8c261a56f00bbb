"""Fall of molecular mass, and diffusivities that follow it, in constant and in changing surroundings."""

import numpy as np
import pytest
import sympy
from scipy.integrate import quad, solve_ivp

from pkmodels import catalogue, fitting, laws, mixtures, solve
from pkmodels.environment import Environment, T, pH, t
from pkmodels.errors import ModelError
from pkmodels.model import Course, Curve, Parameter
from pkmodels.solve import compiled, functions
from pkmodels.studies import Study

DAY = 24.0
GAS = 8.31446261815324


def number(expression, **values):
    return float(expression.subs({sympy.Symbol(k): v for k, v in values.items()}))


class TestMass:
    def test_autocatalysis_meets_the_golden_ends(self, golden):
        # C0 = 0.06, E0 = 17, k = 0.0065: Mn/Mn(0) = C0/C.
        for time, ends in golden["autocat_logistic_C0.06_E0 17_k.0065"].items():
            mass = laws.autocatalytic_mass(float(time), 0.0065 * 17, 0.06 / 17.06)
            assert 0.06 / float(mass) == pytest.approx(ends, abs=6e-9)

    @pytest.mark.parametrize(("law", "change", "arguments"), [
        # Chain ends over all groups, y: dy/dt as the chemistry states it; the mass is y(0)/y.
        (laws.autocatalytic_mass, lambda y, k, f: k / (1 - f) * y * (1 - y), (0.1, 0.03)),
        (laws.half_order_mass, lambda y, k: k * np.sqrt(y / 0.03) * 0.03, (0.1,)),
        (laws.mixed_mass, lambda y, k, a, f: (k * f / (1 - f) + a * y) * (1 - y), (0.1, 0.4, 0.03)),
        (laws.first_order_mass, lambda y, k: k * y, (0.1,)),
    ])
    def test_closed_forms_solve_their_kinetics(self, law, change, arguments):
        times = np.array([1.0, 5, 20, 60])
        solved = solve_ivp(lambda _, y: change(y, *arguments), (0, 60), [0.03], t_eval=times, method="Radau",
                           rtol=1e-11, atol=1e-14)
        shown = [float(law(time, *arguments)) for time in times]
        # The integrator's own error.
        assert shown == pytest.approx(0.03 / solved.y[0], rel=1e-8)

    def test_few_ends_are_first_order(self):
        # The difference is of first order in the share of ends.
        assert float(laws.autocatalytic_mass(7, 0.1, 1e-9)) == pytest.approx(np.exp(-0.7), abs=2e-9)

    def test_mixed_without_water_is_autocatalysis(self):
        with_acid = float(laws.mixed_mass(9.0, sympy.Float(1e-14), 0.2, 0.04))
        assert with_acid == pytest.approx(float(laws.autocatalytic_mass(9.0, 0.2 * 0.96, 0.04)), rel=1e-10)

    def test_hydrolysis_is_v_shaped(self):
        rate = laws.hydrolysis_rate(1e-3, 20.0, 300.0)
        assert [number(rate, pH=a) for a in (2, 7, 12)] == pytest.approx(
            [1e-3 + 0.2 + 3e-10, 1e-3 + 2e-6 + 3e-5, 1e-3 + 2e-11 + 3.0])
        relative = laws.hydrolysis(20.0 * 10**-7.4 / 1e-3, 300.0 * 10**-6.6 / 1e-3)
        for acidity in (2.0, 5.0, 7.4, 9.0):
            assert number(relative, pH=acidity) == pytest.approx(
                number(rate, pH=acidity) / number(rate, pH=7.4), rel=1e-12)

    def test_acceleration_by_heat(self):
        """Factors of 45, 50, 55 and 60 °C over 37 °C for 80, 100 and 130 kJ/mol, as tabulated."""
        for energy, factors in {80e3: (2.18, 3.48, 5.48, 8.51), 100e3: (2.65, 4.76, 8.39, 14.5),
                                130e3: (3.55, 7.6, 15.9, 32.0)}.items():
            for celsius, factor in zip((45, 50, 55, 60), factors, strict=True):
                exact = np.exp(-energy / GAS * (1 / (celsius + 273.15) - 1 / 310.15))
                assert exact == pytest.approx(factor, rel=0.016)  # the table gives two digits where it gives 32
                model = catalogue.get_model("mass_first_order", "degradation")
                warm = solve.observe(model, model.values({"ea_degradation": energy / 1e3}), np.array([24.0]),
                                     Environment(T=celsius))
                assert warm[0] == pytest.approx(1 - np.exp(-0.1 * exact), rel=1e-9)

    def test_another_polymer(self):
        model = catalogue.get_model("mass_by_polymer", "degradation")
        values = model.values({"glycolide": 0.25, "by_glycolide": 4.0, "acid_end": 0.0, "by_end": 0.7,
                               "mass_start": 60.0, "by_mass": -0.5})
        rate = 0.1 * np.exp(-0.25 * 4 - 0.7 - 0.5 * np.log(2))
        assert solve.observe(model, values, np.array([240.0]))[0] == pytest.approx(1 - np.exp(-10 * rate), rel=1e-12)


@pytest.mark.parametrize("name", catalogue.list_models("degradation"))
class TestEveryDegradation:
    def test_rises_from_nothing_and_stays_below_all(self, name):
        model = catalogue.get_model(name, "degradation")
        lost = solve.observe(model, model.values(), np.concatenate([[0], np.geomspace(0.1, 1e5, 60)]))
        assert lost[0] == pytest.approx(0, abs=1e-13)
        assert np.all(np.diff(lost) >= 0)
        assert 0.9 < lost[-1] <= 1

    def test_recovers_its_own_parameters(self, name):
        model = catalogue.get_model(name, "degradation")
        hours = np.geomspace(2, 3000, 30)
        study = Study.from_arrays(hours, solve.observe(model, model.values(), hours), time_unit="h", source="made",
                                  formulation="x")
        found = fitting.fit(study, model)
        for p in model.parameters:
            assert found.inside[p.name] == pytest.approx(model.values()[p.name], rel=1e-4)
        assert {p.name for p in model.parameters if p.measured} == set(found.fixed)
        assert any("ea_degradation" in v and "one temperature" in v for v in found.verdicts)

    def test_cites_what_exists(self, name):
        assert catalogue.get_model(name, "degradation").references


class TestCourses:
    """∫ D(age)/D(0), in closed form, against quadrature of the diffusivity as the paper writes it."""

    LAWS = (
        (laws.reciprocal_course, (0.3,), lambda m, f: 1 - f + f / m),
        (laws.power_course, (1.7,), lambda m, a: m**-a),
        (laws.casalini_course, (2.5,), lambda m, b: np.exp(b * np.sqrt(1 - m))),
    )

    @pytest.mark.parametrize(("course", "extra", "diffusivity"), LAWS)
    @pytest.mark.parametrize("age", [0.01, 1.0, 30.0])
    def test_closed_forms(self, course, extra, diffusivity, age):
        closed = sympy.lambdify([], course(sympy.Float(age), 0.1, *extra), modules=[functions.NUMERIC, "scipy"])()
        exact = quad(lambda s: diffusivity(np.exp(-0.1 * s), *extra), 0, age, epsabs=0, epsrel=1e-12)[0]
        assert float(closed) == pytest.approx(exact, rel=1e-10)

    @pytest.mark.parametrize("age", [0.1, 10.0, 13.2, 60.0])
    def test_pores(self, age):
        from scipy.stats import norm
        closed = sympy.lambdify([], laws.pore_course(sympy.Float(age), 13.2, 3.0),
                                modules=[functions.NUMERIC, "scipy"])()
        exact = quad(lambda s: norm.cdf((s - 13.2) / 3.0), 0, age, epsabs=1e-14, epsrel=1e-12)[0]
        assert float(closed) == pytest.approx(exact, rel=1e-9)

    def test_onset_of_pores(self):
        """ln(30/8)/0.1 and so on: 13.2, 20.2 and 25.3 days for 30, 60 and 100 kDa."""
        model = catalogue.get_model("plga_pores")
        for mass, days in ((30.0, 13.2), (60.0, 20.2), (100.0, 25.3)):
            found = solve.also(model, model.values({"mass_start": mass, "k_degradation": 0.1}))
            assert found["t_open"] / DAY == pytest.approx(days, abs=0.06)

    @pytest.mark.parametrize("name", ["plga_diffusion", "plga_diffusion_power", "plga_diffusion_casalini",
                                      "plga_pores"])
    def test_steps_of_temperature_and_ph_are_exact(self, name):
        """Both clocks integrated numerically from their rates, from breakpoint to breakpoint."""
        model = catalogue.get_model(name)
        values = model.values({"acid_ratio": 0.01, "base_ratio": 0.002, "ea_diffusion": 40.0})
        # A freezer in between: the polymer all but stops, and the difference of two ages loses its digits.
        around = Environment(T=[(0, 37), (10, 45), (30, -70), (200, 42), (300, 37)], pH=[(0, 7.4), (20, 5), (250, 8)])
        clocks = list(model.clocks)
        age, path = (next(c for c in clocks if c.name == n) for n in ("age", "path"))
        rates = compiled.function([age, T, pH, *model.symbols], [model.speeds[age], model.speeds[path]])
        numbers = [values[s.name] for s in model.symbols]
        state, shown, ends = np.zeros(2), [], (5.0, 100.0, 260.0, 900.0)
        for begin, end, here in around.segments(0.0, 900.0):
            inner = [e for e in ends if begin < e <= end]
            stops = sorted({*inner, end})
            solved = solve_ivp(lambda _, y, here=here: rates(y[0], here["T"], here["pH"], *numbers), (begin, end),
                               state, t_eval=stops, method="DOP853", rtol=1e-12, atol=1e-16)
            state = solved.y[:, -1]
            shown += [solved.y[:, stops.index(e)] for e in inner]
        found = solve.closed.clock_times(model, values, np.array(ends), around)
        assert np.array(found[clocks.index(age)]) == pytest.approx(np.array(shown)[:, 0], rel=1e-9)
        # Casalini's diffusivity has a root at the start, which the integrator here passes with less accuracy.
        assert np.array(found[clocks.index(path)]) == pytest.approx(np.array(shown)[:, 1], rel=2e-7)

    @pytest.mark.parametrize("name", ["plga_diffusion", "plga_diffusion_casalini", "plga_pores"])
    def test_sensitivities_in_changing_surroundings(self, name):
        model = catalogue.get_model(name)
        values = model.values({"acid_ratio": 0.01, "base_ratio": 0.002})
        around = Environment(T=[(0, 37), (10, 45), (30, 4), (200, 42)], pH=[(0, 7.4), (20, 5)])
        times = np.array([5.0, 25.0, 150.0, 400.0])
        found = solve.sensitivities(model, values, times, around)
        for k, p in enumerate(model.parameters):
            step = 1e-5 * values[p.name]
            if step:
                up, down = (solve.observe(model, values | {p.name: values[p.name] + s}, times, around)
                            for s in (step, -step))
                assert found[:, k] == pytest.approx((up - down) / (2 * step), rel=1e-5, abs=1e-12), p.name

    @pytest.mark.parametrize("name", ["plga_pores", "plga_goserelin", "plga_three_months"])
    def test_in_deep_cold_nothing_runs_backwards(self, name):
        """At -80 °C an age of 1e-12 days is a difference of nothing but rounding; it was a root of a negative."""
        model = catalogue.get_model(name)
        shown = solve.observe(model, model.values(), np.geomspace(1e-6, 1e8, 400), Environment(T=-80))
        assert np.all(np.isfinite(shown))
        assert np.all(np.diff(shown) >= -1e-3)  # the same rounding, under the root of short times

    @pytest.mark.parametrize("name", ["plga_diffusion", "plga_diffusion_power", "plga_burst_diffusion"])
    def test_a_step_after_all_is_over(self, name):
        """exp(k t) has long left the range of numbers when the temperature changes: all stays released."""
        model = catalogue.get_model(name)
        course = Environment(T=[(0, 37), (24 * 800, 45), (24 * 900, 4)])
        found = solve.observe(model, model.values({"k_degradation": 1.0}), 24 * np.array([1.0, 790, 850, 950]), course)
        assert 0 < found[0] < 1
        assert found[1:] == pytest.approx([1, 1, 1], abs=1e-12)

    def test_a_course_must_begin_at_nothing(self):
        age, path = sympy.symbols("age path")
        k = Parameter(sympy.Symbol("k"), 1.0, "1/h", (0, 5), "rate")
        with pytest.raises(ModelError, match="is not 0 at age = 0"):
            Curve("wrong", "wrong", released=laws.first_order(path, k.symbol), parameters=(k,),
                  clocks={age: 1, path: Course(age + 1 / k.symbol, along=age)})
        with pytest.raises(ModelError, match="none of its plain clocks"):
            Curve("wrong", "wrong", released=laws.first_order(path, k.symbol), parameters=(k,),
                  clocks={t: 1, path: Course(age, along=age)})

    def test_no_lag_along_an_age(self):
        with pytest.raises(ModelError, match="clock of its own"):
            catalogue.get_model("plga_diffusion+lag")


class TestEither:
    def test_shares_what_has_one_name(self):
        both = mixtures.either(catalogue.get_model("plga_diffusion"),
                               catalogue.get_model("mass_first_order", "degradation"))
        names = [p.name for p in both.parameters]
        assert names.count("k_degradation") == 1
        values = both.values() | {"observed": np.array([0.0, 1.0])}
        release = catalogue.get_model("plga_diffusion")
        shown = solve.observe(both, values, np.array([100.0, 100.0]))
        assert shown == pytest.approx([solve.observe(release, release.values(), np.array([100.0]))[0],
                                       1 - np.exp(-0.1 * 100 / 24)])

    def test_refuses_what_does_not_fit(self):
        mass = catalogue.get_model("mass_first_order", "degradation")
        other = Curve("other", "other", released=laws.first_order(t, sympy.Symbol("k_degradation")),
                      parameters=(Parameter(sympy.Symbol("k_degradation"), 1.0, "1/h", (0, 2), "rate"),))
        with pytest.raises(ModelError, match="differ in unit or bounds"):
            mixtures.either(other, mass)
        with pytest.raises(ModelError, match="already"):
            mixtures.either(mixtures.either(catalogue.get_model("plga_diffusion"), mass), mass)
