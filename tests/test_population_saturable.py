"""Populations whose elimination saturates: against scipy's integrators and closed forms."""

import dataclasses

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.special import lambertw

import pkmodels as pk
from pkmodels.errors import PkmodelsError
from pkmodels.prediction.drug import read_drug
from pkmodels.solve.inputs import node_times
from pkmodels.solve.population import has_numba, saturable, stream
from pkmodels.solve.population_modes import bodies
from pkmodels.solve.population_schedule import boluses, fed

HOURS, DOSES, DOSE = np.arange(0.0, 721.0), np.array([0.0, 360.0]), 100.0


def depots(count, seed=4):
    """Two pools, a tissue, two compartments: matrix without what saturates, entry, weights, rate_max, half."""
    rng = np.random.default_rng(seed)
    burst, sustained, tissue, v, cl, q, v2, top, half = (
        typical * np.exp(0.3 * rng.standard_normal(count)) for typical in (0.1, 0.01, 0.5, 10, 1, 3, 20, 1.5, 2.0))
    a = np.zeros((5, 5, count))
    a[0, 0], a[1, 1], a[2, 0], a[2, 1], a[2, 2], a[3, 2] = -burst, -sustained, burst, sustained, -tissue, tissue
    a[3, 3], a[4, 3], a[3, 4], a[4, 4] = -(cl + q) / v, q / v, q / v2, -q / v2
    entry = np.repeat([[0.2], [0.8], [0], [0], [0]], count, axis=1)
    weights = np.zeros((5, count))
    weights[3] = 1000 / v
    return a, entry, weights, 3, top, half


@pytest.fixture(scope="module")
def found():
    return saturable(*depots(4), boluses(HOURS, DOSES, [DOSE] * 2), lower=50.0, upper=150.0,
                     sampled=np.arange(0, 720, 5))


@pytest.mark.parametrize("patient", [0, 3])
def test_against_an_independent_integration(found, patient):
    """Radau of scipy at 1e-11 with events where the slope is zero and where limits are crossed."""
    a, entry, weights, place, top, half = depots(4)
    m, w = a[..., patient], weights[:, patient]

    def change(_, x):
        flow = m @ x
        flow[place] -= top[patient] * x[place] / (half[patient] + x[place])
        return flow

    events = [lambda t, x: w @ change(t, x), lambda t, x: w @ x - 50.0, lambda t, x: w @ x - 150.0]
    x, highest, crossings = np.zeros(5), [], []
    for row, dose in enumerate(DOSES):
        run = solve_ivp(change, (dose, dose + 360), x + DOSE * entry[:, patient], method="Radau", rtol=1e-11,
                        atol=1e-12, events=events, dense_output=True)
        x = run.y[:, -1]
        highest.append(max(w @ y for y in run.y_events[0]))
        crossings += [*run.t_events[1], *run.t_events[2]]
        hours = HOURS[5 * np.arange(72) + int(dose)]
        np.testing.assert_allclose(found.curves[72 * row: 72 * row + 72, patient], w @ run.sol(hours), rtol=1e-6,
                                   atol=1e-6)
        assert found.each["ctrough"][row, patient] == pytest.approx(w @ x, rel=1e-6)
    np.testing.assert_allclose(found.each["cmax"][:, patient], highest, rtol=1e-6)
    assert found.whole["first_entry"][patient] == pytest.approx(min(crossings), rel=1e-5)


def test_what_never_saturates_is_linear():
    """With a half of 1e9 mg the elimination is proportional: the exact modal way says what is right."""
    a, entry, weights, place, top, _ = depots(6)
    large = np.full(6, 1e9)
    linear = a.copy()
    linear[place, place] -= top
    schedule = boluses(HOURS, DOSES, [DOSE] * 2)
    one = saturable(a, entry, weights, place, top * large, large, schedule, lower=50.0, upper=150.0)
    other = stream(bodies(linear, entry, weights), schedule, lower=50.0, upper=150.0, fast=False)
    for name in ("cmax", "auc", "ctrough"):
        np.testing.assert_allclose(one.each[name], other.each[name], rtol=1e-6, err_msg=name)
    for name in ("inside", "below", "above"):  # shares of 360 h
        np.testing.assert_allclose(one.each[name], other.each[name], atol=360e-6, err_msg=name)


def test_a_bolus_into_one_compartment_is_lamberts_function():
    """x = K W(x0/K exp((x0 - V t)/K)) solves dx/dt = -V x / (K + x)."""
    hours, top, half = np.linspace(0, 100, 201), 2.0, 10.0
    one = np.ones((1, 1))
    found = saturable(np.zeros((1, 1, 1)), one, one, 0, np.array([top]), np.array([half]),
                      boluses(hours, [0.0], [DOSE]), lower=20.0, sampled=np.arange(200))
    wanted = half * lambertw(DOSE / half * np.exp((DOSE - top * hours[:200]) / half)).real
    np.testing.assert_allclose(found.curves[:, 0], wanted, rtol=2e-6)
    # From 100 to 20 mg: t = (x0 - x + K log(x0/x)) / V.
    # Crossings are as good as the curve between steps, which is allowed to be off by 6e-7.
    assert found.whole["last_exit"][0] == pytest.approx((80 + half * np.log(5)) / top, rel=6e-7)


def test_a_fed_release_is_that_of_its_pool():
    hours, top, half = np.concatenate([[0], np.geomspace(0.01, 24, 60), np.arange(25.0, 361.0)]), 0.5, 3.0
    one = np.ones((1, 1))
    mass = 100 * -np.expm1(-0.01 * node_times(hours))
    by_mass = saturable(np.zeros((1, 1, 1)), one, one, 0, top, half, fed(hours, mass, [0.0]), lower=1.0)
    a = np.zeros((2, 2, 1))
    a[0, 0], a[1, 0] = -0.01, 0.01
    pools = saturable(a, np.array([[1.0], [0]]), np.array([[0.0], [1]]), 1, top, half,
                      boluses(hours, [0.0], [100.0]), lower=1.0)
    for name in ("cmax", "auc", "inside"):
        assert by_mass.each[name][0, 0] == pytest.approx(pools.each[name][0, 0], rel=2e-6), name


@pytest.mark.skipif(not has_numba(), reason="numba is not installed (the extra 'fast')")
def test_compiled_and_plain_lines_give_the_same_numbers(monkeypatch):
    """The Python lines behind the compiled ones, on one patient."""
    from pkmodels.solve import population_notes, population_polynomials, population_saturable

    found = saturable(*depots(4), boluses(HOURS, DOSES, [DOSE] * 2), lower=50.0, upper=150.0, fast=False)
    for module in (population_notes, population_polynomials, population_saturable):
        for name, value in list(vars(module).items()):
            if hasattr(value, "py_func"):
                monkeypatch.setattr(module, name, value.py_func)
    a, entry, weights, place, top, half = (v if np.ndim(v) == 0 else v[..., :1] for v in depots(4))
    plain = saturable(a, entry, weights, place, top, half, boluses(HOURS, DOSES, [DOSE] * 2), lower=50.0,
                      upper=150.0, fast=False)
    for name, values in plain.each.items():
        np.testing.assert_allclose(values[:, 0], found.each[name][:, 0], rtol=1e-10, atol=1e-9, err_msg=name)


needs_numba = pytest.mark.skipif(not has_numba(), reason="numba is not installed (the extra 'fast')")


@needs_numba
def test_side_by_side_is_one_by_one(found):
    """Extrapolated steps, patients side by side, against Dormand's and Prince's, patient by patient."""
    plain = saturable(*depots(4), boluses(HOURS, DOSES, [DOSE] * 2), lower=50.0, upper=150.0, fast=False)
    for name in ("cmax", "cmin", "ctrough", "auc"):
        np.testing.assert_allclose(found.each[name], plain.each[name], rtol=1e-6, err_msg=name)
    for name in ("inside", "below", "above"):  # shares of 360 h
        np.testing.assert_allclose(found.each[name], plain.each[name], rtol=0, atol=360e-6, err_msg=name)


@needs_numba
def test_side_by_side_numbers_do_not_depend_on_the_neighbours(found):
    """More patients than lanes, in another order, and one alone: the same to the last digit."""
    given, schedule = depots(4), boluses(HOURS, DOSES, [DOSE] * 2)
    many = [v if np.ndim(v) == 0 else np.concatenate([v] * 11, axis=-1)[..., ::-1] for v in given]
    alone = [v if np.ndim(v) == 0 else v[..., :1] for v in given]
    crowd, single = (saturable(*each, schedule, lower=50.0, upper=150.0) for each in (many, alone))
    for name, values in found.each.items():
        np.testing.assert_array_equal(crowd.each[name], np.concatenate([values] * 11, axis=-1)[:, ::-1], err_msg=name)
        np.testing.assert_array_equal(single.each[name], values[:, :1], err_msg=name)


@needs_numba
def test_tied_rates_of_a_saturable_body_go_one_by_one():
    """A tissue as quick as the burst: among others the same numbers as without patients side by side."""
    a, entry, weights, place, top, half = depots(3)
    a[0, 0, 1] = a[2, 2, 1] = -0.5
    a[2, 0, 1] = a[3, 2, 1] = 0.5
    schedule = boluses(HOURS, DOSES, [DOSE] * 2)
    both = [saturable(a, entry, weights, place, top, half, schedule, lower=50.0, fast=fast) for fast in (None, False)]
    np.testing.assert_array_equal(both[0].each["cmax"][:, 1], both[1].each["cmax"][:, 1])
    np.testing.assert_allclose(both[0].each["cmax"], both[1].each["cmax"], rtol=1e-6)


@pytest.fixture
def card():
    """A linear card of the shelf as if its elimination saturated."""
    drug = read_drug("goserelin")
    volume = drug.parameters["v_central"]
    return dataclasses.replace(drug, body=("one_compartment_saturable",), parameters={
        "v_central": volume, "rate_max": dataclasses.replace(volume, value=0.2, unit="mg/h"),
        "c_half": dataclasses.replace(volume, value=0.02, unit="mg/L")})


def test_a_card_that_saturates_is_predicted_and_its_typical_patient_is_that_of_predict(card):
    given = {"drug": card, "regimen": "3.6 mg every 28 days x 2", "values": {"k": (0.1, "1/day")}}
    found = pk.predict_population("first_order", patients=3, band=False, variability=dict.fromkeys(card.parameters, 0),
                                  times=[1.0, 10.0, 40.0], keep_curves=True, **given)
    single = pk.predict("first_order", **given)
    # Straight lines between the points of the other grid.
    wanted = np.interp([1.0, 10.0, 40.0], single.time, single.plasma.squeeze())
    np.testing.assert_allclose(found.plasma[:, 1], wanted, rtol=1e-3)


def test_what_saturates_otherwise_is_refused(card):
    other = dataclasses.replace(card, body=("target_mediated",))
    with pytest.raises(PkmodelsError, match="saturable"):
        pk.predict_population("first_order", values={"k": (0.1, "1/day")}, drug=other, regimen="3.6 mg once", days=28,
                              patients=2, variability={"v_central": 0})
