"""Tapes against SymPy's derivatives, the engine against closed forms, NIST and lmfit, and both of its ways."""

import math
import warnings

import numpy as np
import pytest
from scipy.optimize import lsq_linear
from sympy import exp, oo, symbols
from test_nist import FOLDER, MODELS, B, digits, read

from pkmodels import catalogue
from pkmodels.environment import t
from pkmodels.errors import FitError
from pkmodels.fitting import bootstrap, bounds, fit, screen
from pkmodels.fitting.problem import Problem
from pkmodels.fitting.search import search
from pkmodels.fitting.walkers import walkers_of
from pkmodels.laws import first_order
from pkmodels.model import Curve, Parameter
from pkmodels.solve import compiled, screening, series, tape
from pkmodels.studies import Study

HOURS = 24 * np.array([0.1, 0.25, 0.5, 1, 2, 3, 5, 7, 9, 11, 14, 17, 20, 24, 28])
CURVES = [name for name in catalogue.list_ranked() if isinstance(catalogue.get_model(name), Curve)]


@pytest.fixture(scope="module")
def study():
    """A burst and a sigmoid with noise of two per cent."""
    days = HOURS / 24
    shares = 0.25 * -np.expm1(-1.2 * days) + 0.7 / (1 + np.exp(-0.4 * (days - 12)))
    return Study.from_arrays(HOURS, np.clip(shares + 0.02 * np.random.default_rng(3).standard_normal(15), 0, None),
                             time_unit="h", formulation="one")


def values_of(curve, count=20):
    """Values spread over the box of starts, (count, parameters), and their places on the tape."""
    box = bounds.box(curve, HOURS)
    low, high = (np.clip(bounds.scaled(curve, side), -20, 20) for side in (box.start_lower, box.start_upper))
    places = low + np.random.default_rng(5).random((count, len(low))) * (high - low)
    numbers = np.clip(bounds.unscaled(curve, places), box.lower, box.upper)
    written = tape.of(curve)
    for k, kind in enumerate(written.coordinates):
        places[:, k] = numbers[:, k] if kind == tape.ITSELF else np.log(numbers[:, k])
    return written, numbers, places


@pytest.mark.parametrize("name", CURVES)
def test_a_tape_gives_the_curve_and_the_derivatives_that_sympy_gives(name):
    curve = catalogue.get_model(name)
    written, numbers, places = values_of(curve)
    columns = [numbers[:, k, None] for k in range(numbers.shape[1])]
    wanted = compiled.closed_form(curve)(HOURS, *columns)[0]
    slopes = compiled.closed_gradient(curve)(HOURS, *columns)
    value, *found = written.run((written.value, *written.slopes), places, HOURS)
    # Of hopfenberg's law with n = 1e5 the last five digits are rounding in either form.
    near = {"rtol": 1e-9, "atol": 1e-9} if name == "hopfenberg" else {"rtol": 1e-11, "atol": 1e-13}
    np.testing.assert_allclose(value + 0 * wanted, wanted, **near)
    for k, slope in enumerate(found):
        by = 1.0 if written.coordinates[k] == tape.ITSELF else columns[k]
        np.testing.assert_allclose(slope + 0 * wanted, slopes[k] * by + 0 * wanted, **near)


def test_what_is_linear_is_found_and_what_is_not_is_not():
    told = {name: [catalogue.get_model(name).parameters[k].name for k in tape.of(catalogue.get_model(name)).amplitudes]
            for name in ("weibull+plateau", "biexponential", "zero_order", "fick_sphere_bath", "triple_weibull",
                         "hill")}
    assert told == {"weibull+plateau": ["plateau"], "biexponential": ["f_burst"], "zero_order": ["k"],
                    "fick_sphere_bath": [], "triple_weibull": ["f_first", "f_second"], "hill": []}


def test_a_curve_that_has_no_tape_is_searched_without_one(study):
    assert tape.of(catalogue.get_model("plga_diffusion")) is None
    assert tape.of(catalogue.get_model("transit")) is None  # a law without a derivative by one of its arguments
    curve = catalogue.get_model("transit")
    assert walkers_of(Problem(curve, study.times, study.released, bounds.box(curve, study.times))) is None
    assert screen(study, ["transit"]).found[0].ss == pytest.approx(fit(study, "transit").statistics["ss"], rel=1e-6)


@pytest.mark.parametrize("name", CURVES)
def test_compiled_and_numpy_ways_agree(name, study):
    pytest.importorskip("numba", reason="numba is not installed (the extra 'fast')")
    curve = catalogue.get_model(name)
    problem = Problem(curve, study.times, study.released, bounds.box(curve, study.times))
    walkers = walkers_of(problem)
    _, _, places = values_of(curve, 12)
    judged, walked = ([screening.descend(walkers.job, places, *walkers.sides, steps=steps, fast=fast)
                       for fast in (False, True)] for steps in (0, 60))
    # Twelve digits of each residual; a sum of squares that is small beside them loses some.
    np.testing.assert_allclose(judged[0].squares, judged[1].squares, rtol=1e-7 if name == "hopfenberg" else 1e-9)
    # Rounding may send a walker from a ridge to another side: the best ends are the same.
    np.testing.assert_allclose(np.sort(walked[0].squares)[:4], np.sort(walked[1].squares)[:4], rtol=1e-6)
    best = [np.argmin(each.squares) for each in walked]
    assert walked[0].squares[best[0]] == pytest.approx(walked[1].squares[best[1]], rel=1e-8)


@pytest.mark.parametrize("name", ["weibull", "crank_sphere", "biexponential", "double_weibull"])
def test_scouts_are_the_same_both_ways_and_no_worse_than_their_starts(name, study):
    pytest.importorskip("numba", reason="numba is not installed (the extra 'fast')")
    curve = catalogue.get_model(name)
    walkers = walkers_of(Problem(curve, study.times, study.released, bounds.box(curve, study.times)))
    low, high = walkers.sides
    _, _, places = values_of(curve, 41)
    plain, compiled_ = (screening.hunt(walkers.job, places, low, high, scouts=12, walkers=5, steps=3, fast=fast)
                        for fast in (False, True))
    np.testing.assert_allclose(plain, compiled_, rtol=1e-6, atol=1e-9)
    squares = screening.descend(walkers.job, compiled_, low, high, steps=0).squares
    assert len(squares) == 5
    assert np.all(np.diff(squares) >= -1e-12)
    assert squares[0] <= screening.descend(walkers.job, places, low, high, steps=0).squares.min() * (1 + 1e-12)


@pytest.mark.parametrize("fast", [False, True])
@pytest.mark.parametrize("name", ["weibull", "double_weibull", "hill"])
def test_walkers_that_give_up_leave_the_best_end_as_it_is(name, fast, study):
    if fast:
        pytest.importorskip("numba", reason="numba is not installed (the extra 'fast')")
    curve = catalogue.get_model(name)
    walkers = walkers_of(Problem(curve, study.times, study.released, bounds.box(curve, study.times)))
    places = values_of(curve, 12)[2]
    whole, less = (screening.descend(walkers.job, places, *walkers.sides, steps=1000, enough=1e-16, patience=patience,
                                     fast=fast) for patience in (0.0, 0.005))
    assert less.squares.min() == pytest.approx(whole.squares.min(), rel=1e-10)
    assert less.arrived[np.argmin(less.squares)]
    assert np.sum(less.arrived) < np.sum(whole.arrived)


def test_a_job_on_other_values_is_the_job_of_those_values(study):
    curve = catalogue.get_model("weibull")
    box = bounds.box(curve, study.times)
    other = study.released**2
    one, wanted = (walkers_of(Problem(curve, study.times, values, box)) for values in (study.released, other))
    places = values_of(curve, 6)[2]
    found, asked = (screening.descend(job, places, *one.sides, steps=60) for job in (one.job.on(other), wanted.job))
    np.testing.assert_array_equal(found.squares, asked.squares)
    assert not np.array_equal(found.squares, screening.descend(one.job, places, *one.sides, steps=60).squares)


@pytest.mark.parametrize("law", ["sphere_release", "sphere_release_rate", "slab_release", "slab_release_rate",
                                 "cylinder_release", "cylinder_release_rate"])
def test_compiled_laws_of_one_number(law):
    laws = pytest.importorskip("pkmodels.solve.screening_laws", exc_type=ImportError,
                               reason="numba is not installed (the extra 'fast')")
    x = np.concatenate([np.geomspace(1e-9, 3, 60), [0.004, 0.0125, 0.05]])
    np.testing.assert_allclose([getattr(laws, law)(one) for one in x], getattr(series, law)(x), rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("law", ["film_release", "film_release_rate", "film_release_slope", "bath_release",
                                 "bath_release_rate", "bath_release_slope"])
@pytest.mark.parametrize("number", [0.02, 1.0, 30.0, 900.0])
def test_compiled_laws_of_two_numbers(law, number):
    laws = pytest.importorskip("pkmodels.solve.screening_laws", exc_type=ImportError,
                               reason="numba is not installed (the extra 'fast')")
    x, roots = np.concatenate([np.geomspace(1e-7, 3, 40), [0.04]]), np.full(len(series._ROOTS) + 2, np.nan)
    laws.find_roots(laws.FILM if law.startswith("film") else laws.BATH, number, roots)
    # The short-time form adds and subtracts terms as large as the Biot number's square.
    np.testing.assert_allclose([getattr(laws, law)(one, number, roots) for one in x],
                               getattr(series, law)(x, np.array(number)), rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("name", ["quadratic", "peppas_sahlin_half", "zero_order", "higuchi"])
@pytest.mark.parametrize("shape", [lambda d: 0.05 * d - 0.0009 * d**2, lambda d: 0.001 * d**2, lambda d: 0.2 * d**0.5])
def test_linear_models_have_their_closed_form(name, shape):
    days = HOURS / 24
    shares = shape(days) + 0.01 * np.sin(7 * days)
    made = Study.from_arrays(HOURS, np.maximum(shares, 0.0), time_unit="h", formulation="one")
    curve = catalogue.get_model(name)
    powers = {"quadratic": (1, 2), "peppas_sahlin_half": (0.5, 1), "zero_order": (1,), "higuchi": (0.5,)}[name]
    columns = np.stack([HOURS**p for p in powers], axis=1)
    box, size = bounds.box(curve, HOURS), np.linalg.norm(columns, axis=0)
    wanted = lsq_linear(columns / size, made.released, (box.lower * size, box.upper * size), method="bvls", tol=1e-15)
    assert screen(made, [name]).found[0].ss == pytest.approx(2 * wanted.cost, rel=1e-12)


@pytest.mark.skipif(not FOLDER.exists(), reason="the NIST problems are kept outside the repository and are not here")
@pytest.mark.parametrize("name", ["Misra1a", "Misra1c", "BoxBOD", "DanWood", "Chwirut2", "Kirby2", "Lanczos3", "MGH17",
                                  "Gauss1", "Rat42"])
@pytest.mark.parametrize("fast", [False, True])
def test_certified_values_with_amplitudes_projected_out(name, fast):
    if fast:
        pytest.importorskip("numba", reason="numba is not installed (the extra 'fast')")
    (_, two, values, deviations), squares, data = read(name)
    wanted = [b for b in B if MODELS[name].has(b)]
    curve = Curve(name.lower(), name, released=MODELS[name], saturates=False,
                  parameters=tuple(Parameter(b, v, "1", (-oo, oo), "a number")
                                   for b, v in zip(wanted, values, strict=True)))
    written = tape.of(curve)
    assert written.amplitudes or name in ("Chwirut2",)
    open_ = np.full(len(wanted), np.inf)
    found = screening.descend(screening.Job(written, data[:, 1], data[:, 0]), two[None], -open_, open_, steps=2000,
                              enough=1e-16, fast=fast)
    assert found.arrived[0]
    assert found.squares[0] == pytest.approx(squares, rel=1e-8)
    assert min(digits(a, b) for a, b in zip(found.place[0], values, strict=True)) >= 5
    scale = squares / (len(data) - len(wanted))
    errors = np.sqrt(np.diag(np.linalg.inv(found.normal[0])) * scale)
    assert min(digits(a, b) for a, b in zip(errors, deviations, strict=True)) >= 4


def test_screened_values_stand_within_bounds_and_in_order(study):
    falling = Study.from_arrays(HOURS, np.linspace(0.9, 0.4, 15), time_unit="h", formulation="one")
    for one in (study, falling):
        for row in screen(one).found:
            curve = catalogue.get_model(row.model)
            box = bounds.box(curve, HOURS)
            inside = curve.values({n: (v, row.units[n]) for n, v in row.values.items()})
            numbers = np.array([inside[p.name] for p in curve.parameters])
            assert np.all(numbers >= box.lower * (1 - 1e-12))
            assert np.all(numbers <= box.upper * (1 + 1e-12))


def test_screened_optima_and_errors_are_those_of_fits(study):
    for row in screen(study).found:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            fitted = fit(study, row.model)
        assert row.ss == pytest.approx(fitted.statistics["ss"], rel=1e-9), row.model
        assert row.aicc == pytest.approx(fitted.statistics["aicc"], abs=1e-6)
        for name in row.free:
            if math.isfinite(row.stderr[name]) and math.isfinite(fitted.stderr[name]):
                # lmfit stops where a step changes 1e-14 of the squares; J'J is that much (its root) apart.
                assert row.stderr[name] == pytest.approx(fitted.stderr[name], rel=1e-5), (row.model, name)


def test_a_quick_search_finds_what_a_thorough_one_finds(study):
    for name in ("biexponential", "gallagher_corrigan", "double_weibull", "burst_delayed_weibull", "triple_weibull"):
        curve = catalogue.get_model(name)
        problem = Problem(curve, study.times, study.released, bounds.box(curve, study.times))
        assert screen(study, [name]).found[0].ss <= search(problem, 1)[1][0] * 1.0001, name


def test_published_sums_of_squares(golden, ddsolver_profile):
    known = golden["dd_exactly_reproducible"] | {
        name: {"SS": golden["dd_not_converged_only_upper_bounds"][name]["optimum_SS"]}
        for name in ("first", "KP_all_points")}
    for model, name in {"zero_order": "zero", "higuchi": "higuchi", "first_order": "first",
                        "korsmeyer_peppas": "KP_all_points"}.items():
        found = screen(ddsolver_profile, [model]).found[0]
        assert 1e4 * found.ss == pytest.approx(known[name]["SS"], rel=1e-6), model


def test_many_curves_at_once_and_what_cannot_be_screened():
    days = HOURS / 24
    curves = {"slow": 1 - np.exp(-0.05 * days), "fast": 1 - np.exp(-0.8 * days)}
    made = Study.from_arrays(np.tile(HOURS, 2), np.concatenate(list(curves.values())), time_unit="h",
                             formulation=np.repeat(list(curves), 15))
    screened = screen(made, ["first_order", "weibull", "zero_order", "triple_weibull"])
    assert screened["slow", "first_order"].values["k"] == pytest.approx(0.05 / 24, rel=1e-9)
    assert screened["fast", "first_order"].values["k"] == pytest.approx(0.8 / 24, rel=1e-9)
    assert screened["slow", "first_order"].units["k"] == "1/h"
    assert screened.table.loc[("fast", "first_order"), "rmse_percent"] < 1e-6
    few = Study.from_arrays([1, 2, 3], [0.1, 0.2, 0.3], time_unit="day", formulation="few")
    told = screen(few, ["double_weibull", "weibull"])
    assert [row.model for row in told.found] == ["weibull"]
    assert "5 parameters" in told.failed["few", "double_weibull"]
    with pytest.raises(FitError, match="5 parameters"):
        told["few", "double_weibull"]


def test_a_bound_is_let_go_once_its_parameter_wants_back():
    k, f = symbols("k f")
    curve = Curve("part", "A part of first order", released=f * first_order(t, k), parameters=(
        Parameter(f, 0.5, "1", (0, 1), "share"), Parameter(k, 0.1, "1/h", (1e-3, 1e3), "rate", scale="log")))
    hours = np.linspace(1, 20, 12)
    job = screening.Job(tape.of(curve), hours, 0.6 * -np.expm1(-0.2 * hours))
    for fast in (False, None):
        # Begun with the rate at its bound and so slow that the best share is above 1 as well.
        low, high = np.array([0.0, math.log(0.02)]), np.array([1.0, math.log(50)])
        begun = screening.descend(job, low[None], low, high, steps=0, fast=fast)
        assert begun.place[0, 0] == 1.0
        found = screening.descend(job, begun.place, low, high, steps=200, enough=1e-16, fast=fast)
        np.testing.assert_allclose([found.place[0, 0], math.exp(found.place[0, 1])], [0.6, 0.2], rtol=1e-7)


def test_equal_steps_are_kept_once():
    k, m = symbols("k m")
    curve = Curve("two", "Two", released=exp(-k * t) * (1 - exp(-k * t)) * m, saturates=False, parameters=(
        Parameter(k, 0.1, "1/h", (0, oo), "rate", scale="log"), Parameter(m, 0.1, "1", (0, 1), "share")))
    assert sum(step.name == "exp" and step.depends == tape.BOTH for step in tape.of(curve).steps) == 1


def test_resamples_are_fitted_on_the_tape_as_they_are_one_by_one(study):
    fitted = fit(study, "gallagher_corrigan")
    found = bootstrap(fitted, count=60, ends="percentile", seed=4)
    again = bootstrap(fitted, count=60, ends="percentile", seed=4)
    assert found.failed <= 3
    np.testing.assert_array_equal(found.draws["k_burst"], again.draws["k_burst"])
