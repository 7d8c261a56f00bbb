"""Effects: steady states in closed form, a published model recomputed, and what is refused."""

import numpy as np
import pytest
import xarray as xr
from scipy.integrate import solve_ivp
from scipy.linalg import expm
from sympy import symbols

import pkmodels
from pkmodels import catalogue, coverage, references, respond
from pkmodels.definition import Parameter
from pkmodels.effect import Effect, Shown, concentration
from pkmodels.errors import ModelError, PkmodelsError, PredictionError
from pkmodels.metrics.measures import NAMES as NAMES_OF_MEASURES
from pkmodels.metrics.two_drugs import MedianEffect, combination

NAMES = catalogue.list_models("effect")


def prediction(hours, plasma, analyte="drug x", doses=(0.0,), unit="ng/mL"):
    plasma = np.asarray(plasma, dtype=float)
    return xr.Dataset(
        {"plasma": ("time", plasma, {"units": unit, "analyte": analyte, "long_name": f"{analyte} in plasma"})},
        coords={"time": ("time", np.asarray(hours) / 24, {"units": "day"})}, attrs={"dose_times": list(doses)})


@pytest.fixture(scope="module")
def triptorelin():
    """3.75 mg under the skin: burst of order zero, the rest through two first-order steps (Tornoe 2007), by expm."""
    clearance, v, q, v2, burst, over = 63.2, 640, 76.3, 698, 0.605, 1.77
    k1, k2 = np.log(2) / (11.3 * 24), np.log(2) / (7.92 * 24)
    matrix = np.zeros((5, 5))
    matrix[:4, :4] = [[-k1, 0, 0, 0], [k1, -k2, 0, 0], [0, k2, -(clearance + q) / v, q / v2], [0, 0, q / v, -q / v2]]
    fed = matrix.copy()
    fed[2, 4] = 3.75 * burst / over
    start = np.array([3.75 * (1 - burst), 0, 0, 0, 1])
    hours = np.unique([*np.linspace(0, 4, 160), over, *np.linspace(4, 72, 137), *np.linspace(72, 672, 400)])
    at_end = expm(fed * over) @ start
    burst_hours, later = hours[hours <= over, None, None], hours[hours > over, None, None]
    states = np.concatenate([expm(fed * burst_hours) @ start, expm(matrix * (later - over)) @ at_end])
    plasma = 1000 / v * states[:, 2]
    return prediction(hours, plasma, "triptorelin", (0.0, over / 24))


class TestAxis:
    def test_triptorelin_flares_then_castrates(self, triptorelin):
        # Typical values of the paper solved once by another program: LH 20.698 IU/L at 1.89 h, testosterone 9.292
        # ng/mL at 39.9 h, at most 0.5 ng/mL from day 18.63; the points of this grid allow the last digits shown.
        found = respond(triptorelin, "hpg_agonist")
        hours, t = found.time.values * 24, found.testosterone.values
        assert triptorelin.plasma.values.max() == pytest.approx(2.9602, abs=5e-5)
        assert found.lh.values.max() == pytest.approx(20.698, abs=2e-3)
        assert hours[found.lh.values.argmax()] == pytest.approx(1.89, abs=0.02)
        assert t.max() == pytest.approx(9.292, abs=1e-3)
        assert hours[t.argmax()] == pytest.approx(39.9, abs=0.3)
        weeks = np.interp(np.array([7, 14, 21, 28]) * 24, hours, t)
        assert weeks == pytest.approx([6.112, 1.296, 0.355, 0.208], abs=1e-3)
        one_dose = found.assign_attrs(dose_times=[0.0])
        inside = coverage(one_dose, "testosterone_castration", variable="testosterone")
        assert inside.numbers[0, NAMES_OF_MEASURES.index("first_entry")] == pytest.approx(18.63, abs=0.01)

    def test_antagonist_never_flares(self):
        hours = np.linspace(0, 28 * 24, 1200)
        found = respond(prediction(hours, np.where(hours > 0, 20.0, 0), "degarelix"), "hpg_antagonist")
        assert found.testosterone.values.max() == pytest.approx(3.21, rel=1e-9)
        assert found.testosterone.values[-1] < 0.5

    @pytest.mark.parametrize("name", ["hpg_agonist", "hpg_antagonist"])
    def test_without_drug_nothing_moves(self, name):
        hours = np.linspace(0, 3000, 50)
        found = respond(prediction(hours, 0 * hours), name)
        assert np.ptp(found.testosterone.values) < 1e-9 * found.testosterone.values[0]

    def test_repeated_doses_are_beyond_what_was_measured(self):
        hours = np.linspace(0, 100, 30)
        said = [" ".join(respond(prediction(hours, 0 * hours + 1, "triptorelin", doses), "hpg_agonist").assumptions)
                for doses in ((0.0,), (0.0, 2.0))]
        assert "repeated doses" not in said[0]
        assert "do not read it beyond then" in said[1]

    def test_another_agonist_is_an_assumption_that_shows(self, triptorelin):
        as_goserelin = triptorelin.copy()
        as_goserelin["plasma"] = as_goserelin.plasma.assign_attrs(analyte="goserelin")
        found = respond(as_goserelin, "hpg_agonist")
        said = " ".join(found.attrs["assumptions"])
        assert "measured with triptorelin" in said
        assert "relative_potency" in said
        # A thousandfold weaker drug stays far below its half effect: neither flare nor castration.
        weaker = respond(as_goserelin, "hpg_agonist", values={"relative_potency": 0.001})
        assert np.ptp(weaker.testosterone.values) < 1e-3
        assert "0.001 times" in " ".join(weaker.attrs["assumptions"])


#: Response at a constant concentration c with ec50 = c: half the largest effect (Dayneka 1993).
STEADY = {"indirect_inhibition_of_production": ("inhibition_max", 0.8, 3.0 * (1 - 0.4)),
          "indirect_inhibition_of_loss": ("inhibition_max", 0.8, 3.0 / (1 - 0.4)),
          "indirect_stimulation_of_production": ("stimulation_max", 4.0, 3.0 * (1 + 2)),
          "indirect_stimulation_of_loss": ("stimulation_max", 4.0, 3.0 / (1 + 2))}


class TestIndirect:
    @pytest.mark.parametrize("name", STEADY)
    def test_steady_state(self, name):
        largest, value, expected = STEADY[name]
        hours = np.linspace(0, 600, 40)
        found = respond(prediction(hours, 0 * hours + 7), name,
                        values={"baseline": 3.0, "ec50": (7, "ng/mL"), largest: value, "k_out": 0.2})
        assert found.response.values[0] == 3.0
        assert found.response.values[-1] == pytest.approx(expected, rel=1e-6)

    def test_agrees_with_another_integrator(self):
        hours = np.linspace(0, 72, 400)
        plasma = 40 * (np.exp(-0.1 * hours) - np.exp(-0.9 * hours))
        found = respond(prediction(hours, plasma), "indirect_inhibition_of_production",
                        values={"baseline": 5, "k_out": 0.3, "inhibition_max": 0.9, "ec50": 4, "exponent": 2})

        def rate(t, y):
            c = 40 * (np.exp(-0.1 * t) - np.exp(-0.9 * t))
            return 1.5 * (1 - 0.9 * c**2 / (16 + c**2)) - 0.3 * y

        exact = solve_ivp(rate, (0, 72), [5.0], t_eval=hours, rtol=1e-11, atol=1e-12, method="DOP853").y[0]
        # Between 400 points the concentration is a cubic, not the exponential itself.
        assert found.response.values == pytest.approx(exact, rel=2e-5)

    def test_stiff_effect_follows_the_concentration(self):
        hours = np.linspace(0, 48, 200)
        plasma = 10 * np.exp(-0.1 * hours)
        found = respond(prediction(hours, plasma), "effect_compartment", values={"k_effect": 1e6})
        assert found.at_effect.values[1:] == pytest.approx(plasma[1:], rel=1e-5)

    def test_effect_compartment_is_bateman(self):
        hours = np.linspace(0, 100, 800)
        found = respond(prediction(hours, 10 * np.exp(-0.05 * hours)), "effect_compartment", values={"k_effect": 0.4})
        bateman = 10 * 0.4 / 0.35 * (np.exp(-0.05 * hours) - np.exp(-0.4 * hours))
        assert found.at_effect.values == pytest.approx(bateman, rel=1e-5, abs=1e-7)

    def test_direct_is_hill(self):
        hours = np.linspace(0, 10, 5)
        found = respond(prediction(hours, [0, 1, 2, 4, 8]), "direct", values={"ec50": 2, "exponent": 2, "baseline": 1})
        assert found.response.values == pytest.approx([1, 1.2, 1.5, 1.8, 1 + 16 / 17], rel=1e-12)

    def test_draws_are_answered_one_by_one(self):
        hours = np.linspace(0, 48, 100)
        plasma = 10 * np.exp(-0.1 * hours)
        given = prediction(hours, plasma)
        given["plasma_draws"] = (("draw", "time"), np.stack([plasma, 2 * plasma]))
        found = respond(given, "indirect_stimulation_of_loss")
        twice = respond(prediction(hours, 2 * plasma), "indirect_stimulation_of_loss")
        assert found.response_draws.values[0] == pytest.approx(found.response.values, rel=1e-6)
        assert found.response_draws.values[1] == pytest.approx(twice.response.values, rel=1e-6)

    def test_psa_halves_in_85_days_without_testosterone(self):
        hours = np.linspace(0, 85.26 * 24, 200)
        none = prediction(hours, 0 * hours, "testosterone")
        found = respond(none, "psa_turnover", values={"f_independent": 0.0})
        assert found.psa.values[-1] == pytest.approx(10.0, rel=1e-3)


@pytest.mark.parametrize("name", NAMES)
class TestEveryEffect:
    def test_declares_itself(self, name):
        effect = catalogue.get_model(name, "effect")
        assert effect.name == name
        assert effect.latex
        for key in effect.references:
            assert references.cite([key])

    def test_runs_with_its_own_values_and_a_unit_does_not_matter(self, name):
        hours = np.linspace(0, 240, 60)
        plasma = 5 * np.exp(-0.02 * hours)
        found = respond(prediction(hours, plasma), name)
        again = respond(prediction(hours, plasma * 1e-3, unit="mg/L"), name)
        for each in found.data_vars:
            assert np.all(np.isfinite(found[each].values))
            assert again[each].values == pytest.approx(found[each].values, rel=1e-9, abs=1e-12)


class TestRefusals:
    def test_messages(self):
        hours = np.linspace(0, 10, 5)
        good = prediction(hours, hours)
        cases = [
            (lambda: respond(good, "hpg_agonists"), "hpg_agonist"),
            (lambda: respond(good, 3), "is not an effect"),
            (lambda: respond(good, "direct", variable="local"), "there is no 'local'"),
            (lambda: respond(good, "direct", values={"ec50": -1}), "below its bound"),
            (lambda: respond(good, "direct", values={"ec50": (1, "mg")}), "wrong unit"),
            (lambda: respond(prediction(hours, hours, unit="1"), "direct"), "is driven by a concentration"),
            (lambda: respond(prediction(hours, -hours), "direct"), "negative"),
            (lambda: respond(prediction(hours, hours).assign_attrs(times="asked"), "direct"), "whole course"),
        ]
        for call, expected in cases:
            with pytest.raises(PkmodelsError, match=expected):
                call()

    def test_an_effect_with_mixed_units_is_not_born(self):
        r, k = symbols("r k")
        with pytest.raises(ModelError, match="unlike quantities"):
            Effect(name="wrong", title="wrong", changes={r: k * concentration - r}, start={r: 0},
                   shown=(Shown("r", r, "1", "r"),), parameters=(Parameter(k, 1.0, "1/h", (0, 2), "rate"),))

    def test_effects_are_public(self):
        assert "hpg_agonist" in pkmodels.list_models("effect")


class TestCombination:
    def test_a_drug_with_itself_adds_up(self):
        # 1 + 2 of a drug whose half-effect is 3 is 3 of it: effect one half, index one by definition.
        drug = MedianEffect("3 umol/L", 1.7)
        found = combination(0.5, ("1 umol/L", drug), ("2 umol/L", drug))
        assert found.index == pytest.approx(1.0, rel=1e-12)

    def test_bliss_of_two_halves(self):
        found = combination(0.75, ("3 ng/mL", MedianEffect("3 ng/mL")), ("5 ug/L", MedianEffect("5 ng/mL")))
        assert found.expected == pytest.approx(0.75)
        assert found.excess == pytest.approx(0.0, abs=1e-12)
        # Loewe: each alone would need three times its median: 1/3 + 1/3.
        assert found.index == pytest.approx(2 / 3)
        assert "disagree" in found.verdict

    @pytest.mark.parametrize("effect", [0, 1, -0.1, float("nan"), "half"])
    def test_impossible_effects(self, effect):
        with pytest.raises(PredictionError, match="share between 0 and 1"):
            combination(effect, ("1 ng/mL", MedianEffect("1 ng/mL")), ("1 ng/mL", MedianEffect("1 ng/mL")))
