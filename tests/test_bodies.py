"""Bodies that are not chains of compartments: closed forms, limits, mass."""

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.special import lambertw
from sympy import Symbol

from pkmodels import catalogue, solve
from pkmodels.model import Parameter, join

DOSE = Symbol("bolus")


def after_bolus(name, mg, values, hours):
    """States, by name, of a body whose inlet holds a dose at time 0."""
    model = catalogue.get_model(name, "body")
    model = replace(model, start={**model.start, model.inlet: DOSE},
                    parameters=(*model.parameters, Parameter(DOSE, 1.0, "mg", (0, math.inf), "bolus")))
    values = {**values, "bolus": mg}
    path = solve.states(model, model.values(values), np.asarray(hours, dtype=float))
    return model, dict(zip((s.name for s in model.states), path.T, strict=True))


def test_saturable_elimination_against_lamberts_function():
    """C + Km ln C falls by the same amount every hour: C = Km W(C0/Km exp((C0 - Vmax t/V)/Km))."""
    hours = np.array([0.0, 1, 5, 20, 40])
    c0, km, vmax, v = 10.0, 2.0, 10.0, 20.0
    exact = km * lambertw(c0 / km * np.exp((c0 - vmax / v * hours) / km)).real
    _, found = after_bolus("one_compartment_saturable", 200, {"v_central": v, "rate_max": vmax, "c_half": km}, hours)
    # The integrator's own tolerance.
    assert found["central"] / v == pytest.approx(exact, rel=1e-6)
    assert found["central"] + found["eliminated"] == pytest.approx(200 * np.ones(5), rel=1e-9)


@pytest.mark.parametrize("factor", [1e-6, 1e-5])
def test_saturable_elimination_is_linear_at_low_doses(factor):
    hours = np.array([0.0, 1, 10])
    _, found = after_bolus("one_compartment_saturable", factor, {}, hours)
    assert found["central"] / factor == pytest.approx(np.exp(-10 / 2 / 20 * hours), rel=1e-5)


def test_two_compartments_beside_an_integration_by_hand():
    hours = np.array([0.0, 10, 100, 500])
    _, found = after_bolus("two_compartment_saturable", 100, {}, hours)

    def rhs(t, x):
        out = 0.01 / 3 * x[0] + 0.1 * x[0] / (3 + x[0])
        return [-out - 0.03 / 3 * x[0] + 0.03 / 3 * x[1], 0.03 / 3 * (x[0] - x[1])]

    exact = solve_ivp(rhs, (0, 500), [100, 0], t_eval=hours, rtol=1e-11, atol=1e-12, method="Radau").y
    assert found["central"] == pytest.approx(exact[0], rel=1e-6)
    assert found["peripheral"] == pytest.approx(exact[1], rel=1e-6, abs=1e-9)


def test_a_target_takes_drug_along():
    """Free drug solves C² + (Km + R - Ct) C - Km Ct = 0; drug and target are kept by their own balances."""
    hours = np.array([0.0, 5, 50, 300])
    model, found = after_bolus("target_mediated", 30, {}, hours)
    total = found["central"] / 3
    free = solve.observe(model, model.values({"bolus": 30}), hours)
    assert free**2 + (0.1 + found["target"] - total) * free == pytest.approx(0.1 * total, rel=1e-9)
    assert found["central"] + found["eliminated"] == pytest.approx(30 * np.ones(4), rel=1e-9)

    def rhs(t, x):
        gap = x[0] / 3 - x[1] - 0.1
        c = (gap + math.sqrt(gap**2 + 0.4 * x[0] / 3)) / 2
        bound = x[0] / 3 - c
        return [-0.01 * c - 0.05 * 3 * bound, 0.02 * (1 - x[1]) - (0.05 - 0.02) * bound]

    exact = solve_ivp(rhs, (0, 300), [30, 1], t_eval=hours, rtol=1e-11, atol=1e-13, method="Radau").y
    assert found["central"] == pytest.approx(exact[0], rel=1e-6)
    assert found["target"] == pytest.approx(exact[1], rel=1e-6)


def test_without_target_or_with_plenty_of_drug_the_body_is_linear():
    hours = np.array([0.0, 10, 100])
    _, found = after_bolus("target_mediated", 30, {"target_start": 1e-9}, hours)
    assert found["central"] == pytest.approx(30 * np.exp(-0.01 / 3 * hours), rel=1e-6)
    _, found = after_bolus("target_mediated", 1e6, {}, hours)
    assert found["central"] == pytest.approx(1e6 * np.exp(-0.01 / 3 * hours), rel=1e-5)


def test_transit_absorption_is_the_erlang_distribution():
    hours = np.array([0.0, 0.5, 2, 6])
    _, found = after_bolus("transit_absorption", 1, {"t_transit": 2}, hours)
    x = 2 * hours
    assert found["absorbed"] == pytest.approx(1 - np.exp(-x) * (1 + x + x**2 / 2 + x**3 / 6), abs=1e-12)


def test_bile_brings_back_what_it_took():
    """Dose over area is what leaves for good: a share f of each passage comes back, 1/(1 - f) passages in all."""
    hours = np.arange(0, 4000, 2.0**-3)  # powers of two make the steps alike
    _, found = after_bolus("enterohepatic", 400, {"f_bile": 0.75}, hours)
    area = np.trapezoid(found["central"] / 200, hours)
    assert area == pytest.approx(400 / (8 * 0.25), rel=1e-4)  # trapezoids of an eighth of an hour
    assert found["eliminated"][-1] == pytest.approx(400, rel=1e-9)


def test_a_tumour_without_flow_is_not_there():
    hours = np.array([0.0, 1, 5, 24])
    shared = {"v_central": 70, "clearance": 20, "q_peripheral": 25, "v_peripheral": 90}
    _, plain = after_bolus("two_compartment", 100, shared, hours)
    _, found = after_bolus("tumour_two_compartment", 100, {**shared, "q_tumour": 1e-12}, hours)
    assert found["central"] == pytest.approx(plain["central"], rel=1e-9)
    _, found = after_bolus("tumour_two_compartment", 100, shared, np.array([0.0, 1, 1000, 1001]))
    inside, cells = found["interstitium"][-1] / 0.002, found["cells"][-1] / 0.008
    assert cells / inside == pytest.approx(3, rel=0.05)  # the partition, as both fall together at the end


def test_a_metabolite_has_the_area_of_its_share():
    hours = np.concatenate([np.arange(0, 64, 2.0**-7), np.arange(64, 3000, 0.5)])
    model, _ = after_bolus("parent_metabolite", 100, {}, hours)
    area = np.trapezoid(solve.observe(model, model.values({"bolus": 100}), hours), hours)
    assert area == pytest.approx(0.67 * 100 * 1.4 / 20 / 43, rel=1e-4)  # trapezoids


@pytest.mark.parametrize("name", ["one_compartment_saturable", "two_compartment_saturable", "target_mediated"])
def test_a_carrier_feeds_a_body_that_is_not_linear(name):
    """Joined to a release the dose is kept to 1e-9 and doses do not add up."""
    joined = join(catalogue.get_model("first_order"), catalogue.get_model(name, "body"))
    hours = np.array([0.0, 10, 200, 2000])
    peaks = []
    for dose in (1.0, 100.0):
        values = joined.values({"dose": dose, "k": (0.5, "1/h")})
        path = solve.states(joined, values, hours)
        held = path[:, [k for k, s in enumerate(joined.states) if s.name != "target"]].sum(axis=1)
        assert held == pytest.approx(dose * np.ones(4), rel=1e-9)
        peaks.append(solve.observe(joined, values, hours)[1] / dose)
    assert abs(peaks[1] / peaks[0] - 1) > 0.05
