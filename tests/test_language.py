"""The language: what may come to life, what is derived from it, how models are joined."""

import numpy as np
import pytest
import sympy
from sympy import exp, symbols

from pkmodels import catalogue, laws, solve
from pkmodels.dimensions import Constant
from pkmodels.environment import Environment, T, t
from pkmodels.errors import ModelError, PredictionError, UnknownName
from pkmodels.model import Curve, Flow, Model, Parameter, join

held, out, k, f = symbols("held out k f")
WIDTH = Constant.of("width_of_the_switch", 1.0, "K")
RATE = Parameter(k, 2.0, "1/day", (0, 50), "a rate")


def a_model(**changed):
    given = {"start": {held: 1, out: 0}, "flows": (Flow(held, out, k * held),), "observed": out, "parameters": (RATE,)}
    return Model("trial", "Trial", **(given | changed))


@pytest.mark.parametrize(("changed", "words"), [
    ({"flows": (Flow(held, out, k * f * held),)}, "uses 'f', which is not declared"),
    ({"flows": (Flow(held, out, k * t * held),)}, "it must be time"),
    ({"flows": (Flow(held, out, exp(k) * held),)}, "is taken of a quantity with a unit"),
    ({"flows": (Flow(held, out, (k + t) * held),)}, "adds or compares unlike quantities"),
    ({"flows": (Flow(held, held, k * held),)}, "leads nowhere"),
    ({"start": {held: 1}}, "out has no start value"),
    ({"start": {held: 0.9, out: 0}}, "the stores start with 0.9"),
    ({"start": {held: 1, out: 0, f: 1}}, "f has a start value but never changes"),
    ({"inlet": f}, "the inlet f is not one of its stores"),
    ({"parameters": (RATE, Parameter(f, 0.1, "1", (0, 1), "a share"))}, "declares f but no equation uses it"),
    ({"parameters": (RATE, RATE)}, "declares k twice"),
    ({"parameters": (Parameter(held, 0.1, "1", (0, 1), "a share"),)}, "names both a parameter and a store"),
    ({"observed": out + k}, "adds or compares unlike quantities"),
])
def test_a_wrong_model_never_comes_to_life(changed, words):
    with pytest.raises(ModelError) as refused:
        a_model(**changed)
    assert words in str(refused.value)


@pytest.mark.parametrize(("made", "words"), [
    (lambda: Parameter(k, 60, "1/day", (0, 50), "a rate"), "not within its bounds"),
    (lambda: Parameter(t, 1, "1", (0, 50), "a rate"), "environment symbol"),
    (lambda: Parameter(k, 1, "1", (0, 50), "a rate", scale="cubic"), "scale 'cubic'"),
    (lambda: Curve("c", "C", released=1 - exp(-k), parameters=(RATE,)), "exp"),
    (lambda: Curve("c", "C", released=(t * k) ** (k * t) + k, parameters=(RATE,)), "unlike"),
    (lambda: Curve("c", "C", released=1 - exp(-k * t), parameters=(RATE,), clocks={t: k}), "the pace of a clock"),
])
def test_a_wrong_parameter_or_curve_never_comes_to_life(made, words):
    with pytest.raises(ModelError) as refused:
        made()
    assert words in str(refused.value)


@pytest.mark.parametrize(("given", "words"), [
    ({"k": -0.3}, "k = -0.3 1/day is below its bound 0; give a value such as 2"),
    ({"k": (3, "day")}, "has the wrong unit"),
    ({"k": float("nan")}, "is not a number"),
])
def test_values_are_checked(given, words):
    with pytest.raises(ModelError) as refused:
        a_model().values(given)
    assert words in str(refused.value)


def test_a_misspelt_parameter_is_met_with_the_nearest():
    with pytest.raises(UnknownName, match="did you mean f_burst"):
        catalogue.get_model("biexponential").values({"f_brust": 0.1})


def test_values_are_taken_in_any_unit():
    assert a_model().values({"k": (1, "1/h")})["k"] == pytest.approx(1)
    assert a_model().values({"k": 24})["k"] == pytest.approx(1)


def test_rates_that_must_keep_an_order_are_refused_in_the_other():
    with pytest.raises(ModelError, match="k_sustained must not be larger than k_burst"):
        catalogue.get_model("biexponential").values({"k_burst": 0.01, "k_sustained": 1.0})


def test_derived_equations():
    model = catalogue.get_model("plga_burst_erosion")
    assert sum(model.right_hand_side[:3]) == 0
    eroded, k_erosion = symbols("eroded k_erosion")
    place = model.states.index(eroded)
    assert sympy.simplify(model.jacobian[place, place] - k_erosion * (1 - 2 * eroded)) == 0
    assert not model.is_linear
    assert a_model().is_linear
    assert r"\mathrm{matrix}" in model.latex


@pytest.mark.parametrize(("name", "kind", "expected"), [
    ("weibull", "release", "closed form"), ("three_compartment", "body", "linear pools"),
    ("plga_burst_erosion", "release", "stiff integrator"),
])
def test_the_solver_is_chosen_by_structure(name, kind, expected):
    assert solve.method(catalogue.get_model(name, kind)) == expected


def test_joined_chain_keeps_mass_and_meets_the_two_step_solution():
    """One first-order pool into a site into a body is the known sum of three exponentials."""
    carrier = catalogue.get_model("first_order").as_model()
    body = join(catalogue.get_model("injection_site", "body"), catalogue.get_model("one_compartment", "body"))
    chain = join(carrier, body)
    a, b, c, volume, dose = 0.02, 0.5, 0.15, 40.0, 3.6
    values = chain.values({"k": (a, "1/h"), "k_absorption": (b, "1/h"), "clearance": (c * volume, "L/h"),
                           "v_central": volume, "dose": dose})
    times = np.array([0.0, 1.0, 10.0, 100.0, 300.0])
    expected = dose / volume * a * b * (
        np.exp(-a * times) / ((b - a) * (c - a)) + np.exp(-b * times) / ((a - b) * (c - b))
        + np.exp(-c * times) / ((a - c) * (b - c)))
    assert solve.observe(chain, values, times) == pytest.approx(expected, rel=1e-6, abs=1e-10)
    states = solve.states(chain, values, times)
    stores = [chain.states.index(s) for s in chain.stores]
    assert states[:, stores].sum(axis=1) == pytest.approx(dose, rel=1e-9)


def test_what_cannot_be_joined():
    one = catalogue.get_model("one_compartment", "body")
    with pytest.raises(ModelError, match="has no inlet"):
        join(one, a_model())
    with pytest.raises(ModelError, match="does not end in a store"):
        join(one, one)
    with pytest.raises(ModelError, match="both use"):
        join(a_model().renamed({out: symbols("central")}), one.renamed({symbols("clearance"): k}))


def test_three_short_pulses_of_heat_are_seen(golden):
    """An integrator that is not stopped at the steps gives 0.2046 here."""
    low, high, middle, width = symbols("low high middle width")
    clock = symbols("clock")
    parameters = (
        Parameter(low, 0.01, "1/day", (0, 1), "rate when cool"),
        Parameter(high, 2.0, "1/day", (0, 10), "rate when warm"),
        Parameter(middle, 39.0, "degC", (0, 100), "temperature of the switch"),
        Parameter(width, 0.5, "K", (0, 10), "width of the switch"),
    )
    law = laws.boltzmann(low, high, middle, width)
    pools = Model("pools", "Pools", start={held: 1, out: 0}, flows=(Flow(held, out, law * held),), observed=out,
                  parameters=parameters)
    curve = Curve("curve", "Curve", released=1 - exp(-low * clock), clocks={clock: law / low}, parameters=parameters)
    rate = symbols("rate")
    slow = Model("slow", "Stiff", start={held: 1, out: 0, rate: 0}, observed=out, parameters=parameters,
                 flows=(Flow(held, out, law * held * (1 + rate)),), changes={rate: law * rate})
    pulses = Environment(T=[(0, 37), (24, 42), (24.5, 37), (48, 42), (48.5, 37), (72, 42), (72.5, 37)])
    expected = golden["pulse_hyperthermia"]["exact"]
    for model in (pools, curve, slow):
        found = solve.observe(model, model.values(), np.array([120.0]), pulses)[0]
        assert found == pytest.approx(expected, abs=2e-8 if model is slow else 1e-10)
    by_pools, by_clock = (solve.sensitivities(m, m.values(), np.array([120.0]), pulses) for m in (pools, curve))
    assert by_clock == pytest.approx(by_pools, rel=1e-9)


def gated(expression, unit):
    cool = symbols("cool")
    return a_model(flows=(Flow(held, out, k * expression(cool) * held),),
                   parameters=(RATE, Parameter(cool, 30.0, unit, (-300, 400), "a temperature")))


@pytest.mark.parametrize(("expression", "unit"), [
    (lambda cool: exp((T - cool) / WIDTH), "K"), (lambda cool: T / cool, "degC"), (lambda cool: exp(-cool / T), "K"),
    (lambda cool: T / cool, "K"), (lambda cool: sympy.Piecewise((1, t < cool), (2, True)), "K"),
    (lambda cool: sympy.Heaviside(t - cool), "K"), (lambda cool: exp((T + cool) / WIDTH), "degC"),
])
def test_temperatures_are_not_mixed_up(expression, unit):
    """37 °C less 310.15 K is not zero, and Celsius over kelvin means nothing."""
    with pytest.raises(ModelError):
        gated(expression, unit)


def test_differences_of_temperature_and_absolute_ones_are_fine():
    assert gated(lambda cool: exp((T - cool) / WIDTH), "degC").uses_environment
    assert gated(lambda cool: laws.boltzmann(1, 2, cool, WIDTH), "degC").uses_environment
    energy = symbols("energy")
    warm = a_model(flows=(Flow(held, out, k * laws.arrhenius(energy) * held),),
                   parameters=(RATE, Parameter(energy, 80.0, "kJ/mol", (0, 200), "activation energy")))
    assert warm.uses_environment


def test_a_start_has_the_unit_of_its_store():
    with pytest.raises(ModelError, match="the start of held"):
        a_model(start={held: k, out: 1 - k})


def test_environment():
    course = Environment(T=[(0, 37), (24, 42), (24.5, 37)])
    assert course.breakpoints == (24.0, 24.5)
    assert course.at(24.2)["T"] == 42
    assert course.shifted(24.25).at(0.1)["T"] == 42
    assert course.shifted(24.25).breakpoints == (0.25,)
    assert course.shifted(30).is_constant
    with pytest.raises(PredictionError, match="begin at hour 0"):
        Environment(T=[(1, 37), (2, 42)])
    with pytest.raises(PredictionError, match="not a course"):
        Environment(pH="acid")
    for wrong in (float("nan"), 310.15, float("inf")):
        with pytest.raises(PredictionError, match="from -80 to 150"):
            Environment(T=wrong)
    assert Environment(T=np.int64(40)).at(0)["T"] == 40


def test_arrhenius_acceleration():
    """Release science §2.7: 37 to 45, 50, 55 and 60 °C at 80 and 100 kJ/mol."""
    energy = symbols("energy")
    warm = sympy.lambdify((energy, T), laws.arrhenius(energy).xreplace(
        {c: sympy.Float(c.value) for c in (laws.GAS_CONSTANT, laws.ZERO_CELSIUS, laws.BODY_TEMPERATURE)}))
    for joule, expected in ((80e3, [2.18, 3.48, 5.48, 8.51]), (100e3, [2.65, 4.76, 8.39, 14.5])):
        assert [warm(joule, at) for at in (45, 50, 55, 60)] == pytest.approx(expected, rel=4e-3)


def test_acid_switch_is_henderson_hasselbalch():
    found = [float(laws.acid_switch(0, 1, 6.5, acidity=ph)) for ph in (5.0, 5.5, 6.5, 6.8, 7.4)]
    assert found == pytest.approx([0.969, 0.909, 0.5, 0.334, 0.112], abs=6e-4)
