"""The numbers of populations against matrix exponentials and brute force, whatever the rates."""

import subprocess
import sys

import mpmath
import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.linalg import expm

from pkmodels.solve import population_leaps, population_numpy
from pkmodels.solve.inputs import node_times
from pkmodels.solve.population import has_numba, stream
from pkmodels.solve.population_modes import bodies
from pkmodels.solve.population_schedule import boluses, fed
from pkmodels.solve.population_walk import answers_to_feed

needs_numba = pytest.mark.skipif(not has_numba(), reason="numba is not installed (the extra 'fast')")
HOURS = np.arange(0.0, 2161.0)
DOSES, AMOUNTS = np.array([0.0, 720.0, 1440.0]), np.array([100.0, 100.0, 100.0])


def chain(count, seed=3, spread=0.4):
    """Burst and sustained pools, a tissue, two compartments and a sink: matrix, entry, weights (µg/L)."""
    rng = np.random.default_rng(seed)
    burst, sustained, tissue, v, cl, q, v2 = (
        typical * np.exp(spread * rng.standard_normal(count)) for typical in (0.1, 0.004, 0.5, 10, 5, 3, 20))
    return matrices(burst, sustained, tissue, v, cl, q, v2)


def matrices(burst, sustained, tissue, v, cl, q, v2):
    count = len(burst)
    a = np.zeros((6, 6, count))
    a[0, 0], a[1, 1], a[2, 0], a[2, 1], a[2, 2], a[3, 2] = -burst, -sustained, burst, sustained, -tissue, tissue
    a[3, 3], a[4, 3], a[3, 4], a[4, 4], a[5, 3] = -(cl + q) / v, q / v, q / v2, -q / v2, cl / v
    entry = np.repeat([[0.2], [0.8], [0], [0], [0], [0]], count, axis=1)
    weights = np.zeros((6, count))
    weights[3] = 1000 / v
    return a, entry, weights


def hourly(a, entry, weights, patient):
    """Concentrations at every hour by matrix exponentials alone."""
    step = expm(a[..., patient])
    state, found = np.zeros(len(entry)), []
    for hour in HOURS:
        if hour in DOSES:
            state = state + 100 * entry[:, patient]
        found.append(weights[:, patient] @ state)
        state = step @ state
    return np.array(found)


def assert_same(one, other, relative=1e-10, absolute=1e-9):
    for a, b in ((one.each, other.each), (one.whole, other.whole)):
        for name, values in a.items():
            np.testing.assert_allclose(values, b[name], rtol=relative, atol=absolute, err_msg=name)
    np.testing.assert_allclose(one.curves, other.curves, rtol=relative, atol=absolute)


@pytest.fixture(scope="module")
def people():
    return bodies(*chain(40))


@pytest.fixture(scope="module")
def numbers(people):
    return stream(people, boluses(HOURS, DOSES, AMOUNTS), lower=10.0, upper=40.0, fast=False,
                  sampled=np.arange(len(HOURS)))


def test_curves_are_those_of_matrix_exponentials(numbers):
    a, entry, weights = chain(40)
    for patient in (0, 7, 39):
        wanted = hourly(a, entry, weights, patient)
        # The matrix exponential of a stiff body is itself good to about 1e-12 of the highest value.
        np.testing.assert_allclose(numbers.curves[:, patient], wanted, rtol=0, atol=1e-11 * wanted.max())


def test_numbers_of_one_patient_by_brute_force(numbers):
    """A curve of exponentials at 1/100 h, by a way of its own: eigenvectors of LAPACK."""
    a, entry, weights = chain(40)
    values, vectors = np.linalg.eig(a[:5, :5, 5])
    amplitudes = (weights[:5, 5] @ vectors) * np.linalg.solve(vectors, 100 * entry[:5, 5])
    for row, begin in enumerate(DOSES):
        time = np.linspace(0, 720, 72001)
        curve = sum(np.exp(np.outer(time + begin - dose, values)) @ amplitudes for dose in DOSES[:row + 1]).real
        inside = (curve >= 10) & (curve <= 40)
        each = {name: values[row, 5] for name, values in numbers.each.items()}
        assert each["inside"] == pytest.approx(720 * inside.mean(), abs=0.05)  # the count's own error
        assert each["cmax"] == pytest.approx(curve.max(), rel=1e-6)
        assert each["tmax"] == pytest.approx(time[curve.argmax()], abs=0.01)
        assert each["auc"] == pytest.approx(np.trapezoid(curve, time), rel=1e-6)
        assert each["ctrough"] == pytest.approx(curve[-1], rel=1e-9)
        assert each["inside"] + each["below"] + each["above"] == pytest.approx(720, rel=1e-12)


def test_area_over_all_time_is_dose_over_clearance():
    """Mass balance: AUC = dose / clearance, whatever is between depot and blood."""
    found = stream(bodies(*chain(30)), boluses([0.0, 1e5], [0.0], [100.0]), fast=False)
    rng = np.random.default_rng(3)
    drawn = [typical * np.exp(0.4 * rng.standard_normal(30)) for typical in (0.1, 0.004, 0.5, 10, 5, 3, 20)]
    np.testing.assert_allclose(found.each["auc"][0], 1000 * 100 / drawn[4], rtol=1e-12)


@pytest.mark.parametrize("gap", [0.0, 1e-14, 1e-10, 1e-7, 1e-5, 1e-3])
def test_tied_and_nearly_tied_rates(gap):
    """Burst, tissue and a one-compartment body share one rate, up to the gap; 50 digits say what is right."""
    k = 0.1
    a = np.zeros((3, 3, 1))
    a[0, 0], a[1, 0], a[1, 1], a[2, 1], a[2, 2] = -k, k, -k * (1 + gap), k * (1 + gap), -k * (1 - gap)
    entry, weights = np.array([[1.0], [0], [0]]), np.array([[0.0], [0], [1.0]])
    body = bodies(a, entry, weights)
    found = stream(body, boluses(np.linspace(0, 96, 97), [0.0], [1.0]), lower=0.1, upper=0.2, fast=False,
                   sampled=[10, 50])
    with mpmath.workdps(50):
        exact = mpmath.matrix(3, 3)
        for i in range(3):
            for j in range(3):
                exact[i, j] = mpmath.mpf(float(a[i, j, 0]))
        for place, hour in enumerate((10, 50)):
            assert found.curves[place, 0] == pytest.approx(float(mpmath.expm(exact * hour)[2, 0]), rel=1e-10)
    if gap <= 1e-7:
        # Equal rates: C = (k t)²/2 exp(-k t), highest 2/e² at t = 2/k.
        assert found.each["cmax"][0, 0] == pytest.approx(2 * np.exp(-2), rel=1e-9 + 3 * gap)
        assert found.each["tmax"][0, 0] == pytest.approx(20, rel=1e-7 + 3 * gap)


@pytest.mark.parametrize("fast", [False, pytest.param(True, marks=needs_numba)])
def test_slow_rates_that_nearly_tie_beside_a_steep_one(fast):
    """The steep rate rounds the slow ones, three of which nearly tie; the exponentials alone would be off by 1e-8."""
    depot, tissue, out = 0.01649081914828349, 0.01649081908155047, 0.030464882876342525
    there, back, deep, again = 0.08508522101870061, 0.24764630658630774, 3.7111067297256985, 0.01649042272580486
    a = np.zeros((5, 5, 1))
    a[1, 0], a[2, 1], a[3, 2], a[2, 3], a[4, 2], a[2, 4] = depot, tissue, there, back, deep, again
    a[range(5), range(5)] = -a.sum(axis=0)
    a[2, 2] -= out
    entry, weights = np.zeros((2, 5, 1))
    entry[0], weights[2] = 1.0, 1.0
    hours = (10, 100, 400)
    found = stream(bodies(a, entry, weights, fast=fast), boluses(np.arange(501.0), [0.0], [1.0]), fast=fast,
                   sampled=hours)
    with mpmath.workdps(40):
        exact = mpmath.matrix(a[..., 0].tolist())
        for place, hour in enumerate(hours):
            assert found.curves[place, 0] == pytest.approx(float(mpmath.expm(exact * hour)[2, 0]), rel=1e-12, abs=0)


def exchanging(count, seed=5):
    """A depot feeds a store that exchanges with two others and, through one of them, with a fourth; a last is fed."""
    rng = np.random.default_rng(seed)
    a = np.zeros((6, 6, count))
    for i, j in ((1, 0), (2, 1), (1, 2), (3, 1), (1, 3), (4, 3), (3, 4), (5, 2)):
        a[i, j] = np.exp(rng.normal(-1.5, 0.8, count))
    a[range(6), range(6)] = -a.sum(axis=0)
    a[1, 1] -= 0.3
    a[5, 5] -= 0.2
    entry, weights = np.zeros((2, 6, count))
    entry[0], entry[1], weights[3], weights[5] = 0.7, 0.3, 1.0, 2.0
    return a, entry, weights


@pytest.mark.parametrize("fast", [False, pytest.param(True, marks=needs_numba)])
@pytest.mark.parametrize("given", [chain(70), exchanging(70)], ids=["chain", "exchanging"])
def test_exponentials_are_the_matrix_exponential(given, fast):
    a, entry, weights = given
    some = bodies(*given, fast=fast)
    assert some.exact.all()
    for hours in (0.0, 1.0, 10.0, 40.0):
        wanted = np.einsum("ip,pij,jp->p", weights, expm(np.moveaxis(a, -1, 0) * hours), entry)
        size = np.abs(some.amplitudes).sum(axis=0)
        found = (some.amplitudes * np.exp(some.rates * hours)).sum(axis=0)
        np.testing.assert_allclose(found / size, wanted / size, atol=2e-14)


@needs_numba
@pytest.mark.parametrize("given", [chain(70, spread=1.2), exchanging(70)], ids=["chain", "exchanging"])
def test_compiled_exponentials_are_those_of_numpy_whoever_is_beside(given):
    plain, fast = (bodies(*given, fast=way) for way in (False, True))
    np.testing.assert_array_equal(plain.exact, fast.exact)
    sure = plain.exact
    np.testing.assert_allclose(fast.rates[:, sure], plain.rates[:, sure], rtol=1e-12)
    # Amplitudes that cancel by up to 1e5 keep eleven digits of the largest.
    size = np.abs(plain.amplitudes).sum(axis=0)
    np.testing.assert_allclose((fast.amplitudes / size)[:, sure], (plain.amplitudes / size)[:, sure], atol=1e-11)
    few = bodies(*(each[..., 33:50] for each in given), fast=True)
    np.testing.assert_array_equal(few.rates, fast.rates[:, 33:50])
    np.testing.assert_array_equal(few.amplitudes, fast.amplitudes[:, 33:50])


def test_a_body_with_a_cycle_keeps_its_matrix():
    """Drug that goes round in one direction has complex rates; solve_ivp at 1e-11 says what is right."""
    a = np.zeros((3, 3, 1))
    a[0, 0], a[1, 0], a[1, 1], a[2, 1], a[2, 2], a[0, 2] = -1.1, 1.0, -1.0, 1.0, -1.0, 1.0
    entry = weights = np.array([[1.0], [0], [0]])
    body = bodies(a, entry, weights)
    assert not body.exact[0]
    found = stream(body, boluses(np.linspace(0, 24, 49), [0.0], [1.0]), lower=0.2, fast=False, sampled=[5, 48])
    wanted = solve_ivp(lambda t, x: a[..., 0] @ x, (0, 24), [1.0, 0, 0], t_eval=[2.5, 24], rtol=1e-11, atol=1e-13)
    np.testing.assert_allclose(found.curves[:, 0], wanted.y[0], rtol=1e-8)


def test_any_release_is_fed_as_it_is_by_a_bolus(people):
    """First-order release as cumulative mass at the nodes of steps is that of a first-order pool."""
    hours = np.concatenate([[0], np.geomspace(0.01, 24, 60), np.arange(25.0, 721.0)])
    a = np.zeros((1, 1, 3))
    a[0, 0] = -np.array([0.05, 0.3, 2.0])
    one = np.ones((1, 3))
    mass = 100 * -np.expm1(-0.01 * node_times(hours))
    by_mass = stream(bodies(a, one, one), fed(hours, mass, [0.0]), lower=1.0, upper=8.0, fast=False)
    b = np.zeros((2, 2, 3))
    b[0, 0], b[1, 0], b[1, 1] = -0.01, 0.01, a[0, 0]
    pools = stream(bodies(b, np.repeat([[1.0], [0]], 3, axis=1), np.repeat([[0.0], [1]], 3, axis=1)),
                   boluses(hours, [0.0], [100.0]), lower=1.0, upper=8.0, fast=False)
    assert_same(by_mass, pools, relative=1e-8, absolute=1e-6)  # a quartic in each step stands for the exponential


def test_infusion_into_one_compartment():
    """Zero-order input: C = R/CL (1 - exp(-k t)) while it runs (any textbook); crossings follow in closed form."""
    hours = np.array([0.0, 1, 2, 3, 4, 5, 10, 20])
    a, one = np.full((1, 1, 1), -0.3), np.ones((1, 1))
    mass = np.minimum(node_times(hours), 5.0) / 5 * 10
    found = stream(bodies(a, one, one), fed(hours, mass, [0.0]), lower=2.0, upper=4.0, fast=False)
    plateau = 10 / 5 / 0.3
    peak = plateau * -np.expm1(-1.5)
    assert found.each["cmax"][0, 0] == pytest.approx(peak, rel=1e-12)
    assert found.each["tmax"][0, 0] == pytest.approx(5, rel=1e-12)
    up = [-np.log1p(-level / plateau) / 0.3 for level in (2.0, 4.0)]
    down = [5 + np.log(peak / level) / 0.3 for level in (4.0, 2.0)]
    assert found.whole["first_entry"][0] == pytest.approx(up[0], rel=1e-12)
    assert found.each["above"][0, 0] == pytest.approx(down[0] - up[1], rel=1e-12)
    assert found.whole["last_exit"][0] == pytest.approx(down[1], rel=1e-12)
    left = peak * np.exp(-0.3 * 15)  # what has not left after 20 h
    assert found.each["auc"][0, 0] == pytest.approx((10 - left) / 0.3, rel=1e-12)


def test_answers_to_feed_in_high_precision():
    """φ_k(y) by 40 digits on both sides of the switch."""
    for y in (-80.0, -3.0, -1.0, -0.999, -0.1, -1e-9, 0.0):
        with mpmath.workdps(40):
            for k, found in enumerate(answers_to_feed(np.array([y])), 1):
                wanted = mpmath.quad(lambda s, k=k, y=y: mpmath.exp((1 - s) * y) * s ** (k - 1), [0, 1])
                assert found[0] == pytest.approx(float(wanted / mpmath.factorial(k - 1)), rel=1e-14)


def test_numbers_do_not_depend_on_the_block(people, numbers):
    other = stream(people, boluses(HOURS, DOSES, AMOUNTS), lower=10.0, upper=40.0, fast=False, block=7,
                   sampled=np.arange(len(HOURS)))
    for name in numbers.each:
        np.testing.assert_array_equal(numbers.each[name], other.each[name])
    for name in numbers.whole:
        np.testing.assert_array_equal(numbers.whole[name], other.whole[name])


def test_nothing_turns_on_how_fine_the_steps_are(people):
    """Crossings and peaks are solved: steps of 6 h that hold no more than one turn give the same numbers."""
    coarse = np.unique(np.concatenate([[d + h for h in range(25)] for d in DOSES] + [np.arange(0, 2161, 6)]))
    a, b = (stream(people, boluses(hours, DOSES, AMOUNTS), lower=10.0, upper=40.0, fast=False)
            for hours in (HOURS, coarse))
    assert_same(a, b)


@needs_numba
@pytest.mark.parametrize("kept", [False, True])
def test_compiled_numbers_are_those_of_numpy(people, numbers, kept):
    sampled = np.arange(len(HOURS)) if kept else []
    fast = stream(people, boluses(HOURS, DOSES, AMOUNTS), lower=10.0, upper=40.0, fast=True, sampled=sampled)
    for name in numbers.each:
        np.testing.assert_allclose(fast.each[name], numbers.each[name], rtol=1e-10, atol=1e-9, err_msg=name)
    for name in numbers.whole:
        np.testing.assert_allclose(fast.whole[name], numbers.whole[name], rtol=1e-10, err_msg=name)
    if kept:
        np.testing.assert_allclose(fast.curves, numbers.curves, rtol=1e-10, atol=1e-9)


@needs_numba
def test_compiled_numbers_of_a_fed_body_are_those_of_numpy():
    hours = np.concatenate([[0], np.geomspace(0.01, 24, 60), np.arange(25.0, 721.0, 3)])
    a = -np.array([0.05, 0.3, 2.0, 0.02]).reshape(1, 1, 4)
    one = np.ones((1, 4))
    mass = 100 * -np.expm1(-((0.01 * node_times(hours)) ** 0.7))
    for per_patient in (mass, mass * np.array([1, 0.5, 0.9, 0.7])[:, None, None]):
        both = [stream(bodies(a, one, one), fed(hours, per_patient, [0.0]), lower=1.0, upper=8.0, fast=fast,
                       sampled=[3, 100]) for fast in (False, True)]
        assert_same(*both)


@needs_numba
def test_a_second_start_does_not_compile(people):
    """What this process has compiled another one reads from the cache beside the source."""
    stream(people, boluses(HOURS, DOSES, AMOUNTS), lower=10.0, upper=40.0, fast=True)
    code = """
import numpy as np
from pkmodels.solve import population_leaps_fast
from pkmodels.solve.population import stream
from pkmodels.solve.population_modes import bodies
from pkmodels.solve.population_schedule import boluses
rates = -np.array([0.05, 0.1, 0.2, 0.4, 0.8])
matrix = np.zeros((5, 5, 1))
matrix[range(5), range(5), 0], matrix[range(1, 5), range(4), 0] = rates, -rates[:4]
some = bodies(matrix, np.eye(5)[:, :1], np.eye(5)[:, 4:])
stream(some, boluses([0.0, 1.0, 50.0], [0.0, 1.0], [1.0, 1.0]), lower=0.1, upper=0.2, fast=True)
print(sum(population_leaps_fast._walk.stats.cache_misses.values()), some.exact.all())
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["0", "True"]


@needs_numba
def test_compiled_numbers_do_not_depend_on_the_block(people):
    schedule = boluses(HOURS, DOSES, AMOUNTS)
    one, other = (stream(people, schedule, lower=10.0, upper=40.0, fast=True, block=block) for block in (5, 4096))
    for name in one.each:
        np.testing.assert_array_equal(one.each[name], other.each[name])


@pytest.mark.parametrize("spread", [0.4, 1.2])
@pytest.mark.parametrize("doses", [(0.0, 24.0, 48.0), (0.0, 2.0, 700.0), (0.0, 1.0, 1.5)])
def test_leaps_are_the_steps_they_skip(doses, spread):
    """Doses that fall on rising curves, close to each other and far apart; the window is met in many places."""
    hours = np.unique(np.concatenate([np.arange(0.0, 1000.0, 0.25), doses]))
    schedule = boluses(hours, np.array(doses), np.full(3, 100.0))
    some = bodies(*chain(60, seed=8, spread=spread))
    some = some.only(some.exact)
    each, whole, _ = population_numpy.measured(some, schedule, 150.0, 300.0, 24.0, np.array([], dtype=int))
    wanted = dict(zip(population_numpy.EACH, each, strict=True))
    ways = [stream(some, schedule, lower=150.0, upper=300.0, fast=fast)
            for fast in ([False, True] if has_numba() else [False])]
    for found in ways:
        # A value at a step's end that is within 1e-9 of the peak is taken for it by the steps alone.
        # Areas of short intervals are differences of large numbers in the plain form.
        looser = {"tmax": {"rtol": 2e-4, "atol": 2e-4}, "auc": {"rtol": 5e-9, "atol": 1e-6}}
        for name, values in wanted.items():
            limits = looser.get(name, {"rtol": 1e-10, "atol": 1e-9})
            np.testing.assert_allclose(found.each[name], values, **limits, err_msg=name)
        for name, values in zip(population_numpy.WHOLE, whole, strict=True):
            np.testing.assert_allclose(found.whole[name], values, rtol=1e-10, atol=1e-9, err_msg=name)
    if len(ways) == 2:
        assert_same(*ways)


def test_all_zeros_of_a_sum_of_exponentials_are_found():
    """Products of (exp(-x) - exp(-r)) have their zeros at r: five in one leap, close to each other and far apart."""
    wanted = np.array([[0.001, 0.01, 0.3, 0.31, 0.9], [0.2, 0.4, 0.6, 0.8, 1.5], [0.5, 0.50001, 2.0, 3.0, 4.0]])
    powers = np.stack([np.polynomial.polynomial.polyfromroots(np.exp(-each)) for each in wanted], axis=1)
    rates = -np.arange(6.0)[:, None] * np.ones((1, 3)) - 0.01
    for k, found in enumerate(population_leaps._zeros(powers, rates).T):
        inside = wanted[k][wanted[k] < 1]
        # Two zeros 1e-5 apart: the sum between them is 1e-13, and rounding moves them by its square root.
        np.testing.assert_allclose(found[found < 1], inside, rtol=1e-8 if k < 2 else 1e-6)


@needs_numba
def test_a_window_is_not_overlooked_by_a_leap():
    """C = exp(-t) - exp(-2 t) of a bolus, highest 1/4 at log 2; it is c at -log((1 ± sqrt(1 - 4c))/2)."""
    a = np.zeros((2, 2, 1))
    a[0, 0], a[1, 0], a[1, 1] = -2.0, 1.0, -1.0
    some = bodies(a, np.array([[1.0], [0]]), np.array([[0.0], [1]]))
    level = 0.25 * (1 - 1e-6)
    found = stream(some, boluses(np.array([0.0, 5000.0]), [0.0], [1.0]), lower=level, fast=True)
    x = np.sqrt(1 - 4 * level)
    assert found.each["cmax"][0, 0] == pytest.approx(0.25, rel=1e-13)
    assert found.each["tmax"][0, 0] == pytest.approx(np.log(2), rel=1e-9)
    assert found.whole["first_entry"][0] == pytest.approx(-np.log((1 + x) / 2), rel=1e-9)
    # The stay lasts 2 thousandths of an hour: the square root of rounding is left of its digits.
    assert found.each["inside"][0, 0] == pytest.approx(np.log((1 + x) / (1 - x)), rel=1e-7)


@pytest.mark.parametrize("hours", [[0.0, 96.0], [0.0, 1.0, 96.0]])
def test_a_body_with_tied_rates_turns_within_one_long_step(hours):
    """Three stores of one rate k: (k t)²/2 exp(-k t), highest 2/e² at 2/k; it begins with no slope at all."""
    k = 0.1
    a = np.array([[-k, 0, 0], [k, -k, 0], [0, k, -k]])[..., None]
    found = stream(bodies(a, np.array([[1.0], [0], [0]]), np.array([[0.0], [0], [1.0]])),
                   boluses(hours, [0.0], [1.0]), sampled=[len(hours) - 1])
    assert found.each["cmax"][0, 0] == pytest.approx(2 * np.exp(-2), rel=1e-12)
    assert found.each["tmax"][0, 0] == pytest.approx(2 / k, rel=1e-4)  # the first that is as high to 1e-9
    assert found.curves[0, 0] == pytest.approx(9.6**2 / 2 * np.exp(-9.6), rel=1e-12)


@pytest.mark.parametrize("rates", [[1.0, 1.1, 1.2, 1.3, 1.4], [1.0] * 5])
@pytest.mark.parametrize("fast", [False, pytest.param(True, marks=needs_numba)])
def test_a_time_much_shorter_than_a_chain_of_stores_needs(rates, fast):
    """After 1 h of rates of 0.001/h: concentration and area by matrix exponentials of fifty digits."""
    with mpmath.workdps(50):
        exact = mpmath.zeros(6)
        for i, rate in enumerate(rates):
            exact[i, i], exact[i + 1, i] = -mpmath.mpf(rate) / 1000, mpmath.mpf(rate) / 1000
        exact[5, 4] = 1  # the area
        last = mpmath.expm(exact, method="taylor")[:, 0]
        value, area = float(last[4]), float(last[5])
    a = np.array([[float(exact[i, j]) for j in range(5)] for i in range(5)])[..., None]
    entry, weights = np.eye(5)[:, :1], np.eye(5)[:, 4:]
    each = stream(bodies(a, entry, weights, fast, earliest=1.0), boluses([0.0, 1.0], [0.0], [1.0]), fast=fast).each
    assert each["cmax"][0, 0] == pytest.approx(value, rel=1e-12)
    assert each["auc"][0, 0] == pytest.approx(area, rel=1e-11)


@pytest.mark.parametrize("fast", [False, pytest.param(True, marks=needs_numba)])
@pytest.mark.parametrize("hours", [1.0, 672.0, 1e6])
def test_what_has_long_gone_does_not_cancel(hours, fast):
    """A month after a dose nothing is left of one exponential or of two far apart, yet they are as exact as ever."""
    a = np.zeros((2, 2, 2))
    a[0, 0], a[1, 1], a[1, 0, 1] = -3.0, -0.3, 3.0
    entry, weights = np.array([[0.0, 1.0], [1.0, 0.0]]), np.array([[0.0, 0.0], [1.0, 1.0]])
    for who in range(2):
        here = (..., slice(who, who + 1))
        assert bodies(a[here], entry[here], weights[here], fast, earliest=hours).exact.all()


@pytest.mark.parametrize("fast", [False, pytest.param(True, marks=needs_numba)])
@pytest.mark.parametrize("gap", [0.1, 0.03, 0.01, 3e-3, 1e-3, 3e-4, 1e-4, 1e-5, 1e-7])
@pytest.mark.parametrize("stores", [2, 3, 4])
def test_nearly_tied_rates_are_as_exact_as_others(stores, gap, fast):
    """A chain whose rates differ by such shares: highest concentration and area by exponentials of sixty digits."""
    rates, end = [0.1 * (1 + i * gap) for i in range(stores)], 120.0
    with mpmath.workdps(60):
        k = [mpmath.mpf(rate) for rate in rates]
        parts = [mpmath.fprod(k[:-1]) / mpmath.fprod(k[j] - k[i] for j in range(stores) if j != i)
                 for i in range(stores)]
        top = mpmath.findroot(lambda t: sum(a * r * mpmath.exp(-r * t) for a, r in zip(parts, k, strict=True)),
                              (stores - 1) / k[stores // 2])
        highest = float(sum(a * mpmath.exp(-r * top) for a, r in zip(parts, k, strict=True)))
        area = float(sum(a * (1 - mpmath.exp(-r * end)) / r for a, r in zip(parts, k, strict=True)))
    a = (np.diag(-np.array(rates)) + np.diag(rates[:-1], -1))[..., None]
    body = bodies(a, np.eye(stores)[:, :1], np.eye(stores)[:, -1:], fast)
    each = stream(body, boluses(np.linspace(0, end, 121), [0.0], [1.0]), fast=fast).each
    assert each["cmax"][0, 0] == pytest.approx(highest, rel=1e-9)
    assert each["auc"][0, 0] == pytest.approx(area, rel=1e-9)
