"""Curves fitted to plasma: the values of R's nls for theophylline and indometacin."""

import math

import numpy as np
import pytest
from test_exposure import INDOMETH_1, THEOPH_1

from pkmodels import Plasma, fit_plasma
from pkmodels.errors import PkmodelsError


def plasma(times, values, **more):
    return Plasma.from_arrays(times, values, time_unit="h", unit="mg/L", **more)


def test_theophylline_subject_1():
    """nls, SSfol: logarithms of the rates and of the clearance (per kg), their standard errors, residual error."""
    found = fit_plasma(plasma(*THEOPH_1), "absorption", dose="4.02 mg")
    for name, value, error in (("k_elimination", -2.91961, 0.17089), ("k_absorption", 0.57516, 0.17282),
                               ("clearance", -3.91586, 0.12727)):
        # Printed to five decimals; the standard error of a logarithm is that of the number over the number.
        assert math.log(found.values[name]) == pytest.approx(value, abs=1e-5)
        assert found.stderr[name] / found.values[name] == pytest.approx(error, abs=1e-5)
    assert found.statistics["rse"] == pytest.approx(0.73195, abs=5e-6)
    assert found.statistics["freedom"] == 8
    assert "flip-flop" in repr(found)


@pytest.mark.parametrize(("subject", "dose", "elimination", "absorption", "clearance"), [
    ("2", 4.40, -2.28611, 0.66406, -3.10632), ("3", 4.53, -2.50807, 0.89754, -3.22996),
    ("4", 4.40, -2.43649, 0.15826, -3.28609), ("5", 5.86, -2.42549, 0.38629, -3.13260),
    ("6", 4.00, -2.30733, 0.15162, -2.97324)])
def test_theophylline_of_others(classics, subject, dose, elimination, absorption, clearance):
    found = fit_plasma(classics("Theoph").only(subject), "absorption", dose=f"{dose} mg")
    logs = [math.log(found.values[name]) for name in ("k_elimination", "k_absorption", "clearance")]
    assert logs == pytest.approx([elimination, absorption, clearance], abs=1.1e-5)


def test_indometacin_subject_1():
    """nls, SSbiexp."""
    found = fit_plasma(plasma(*INDOMETH_1), "two_exponentials")
    assert found.values["c_fast"] == pytest.approx(2.02928, abs=1e-5)
    assert math.log(found.values["k_fast"]) == pytest.approx(0.57939, abs=1e-5)
    assert found.values["c_slow"] == pytest.approx(0.19155, abs=1e-5)
    assert math.log(found.values["k_slow"]) == pytest.approx(-1.78778, abs=1e-5)
    assert found.statistics["rse"] == pytest.approx(0.041026, abs=5e-7)
    assert found.statistics["freedom"] == 7


def test_a_curve_finds_its_own_values():
    """Three exponentials without noise, in ng/mL, weighted."""
    t = np.geomspace(0.1, 100, 16)
    c = 3 * np.exp(-2 * t) + 0.5 * np.exp(-0.3 * t) + 0.05 * np.exp(-0.02 * t)
    found = fit_plasma(Plasma.from_arrays(t, 1000 * c, time_unit="h", unit="ng/mL"), "three_exponentials",
                       weights="1/y2")
    assert list(found.values.values()) == pytest.approx([3, 2, 0.5, 0.3, 0.05, 0.02], rel=1e-6)
    np.testing.assert_allclose(found.predict(t), 1000 * c, rtol=1e-6)


def test_equal_rates_are_no_hole():
    """Bateman's limit: c = D k t e^(-kt) / V, at the peak 1/k."""
    from pkmodels.fitting.plasma_curves import ABSORPTION
    from pkmodels.solve import observe, sensitivities

    for apart in (0.0, 1e-14, 1e-8, 1e-4):
        values = {"k_absorption": 0.5 * (1 + apart), "k_elimination": 0.5, "clearance": 5.0, "dose": 100.0}
        c = observe(ABSORPTION, values, np.array([2.0]))
        assert c[0] == pytest.approx(100 / 10 * math.exp(-1), rel=apart + 1e-14)
        assert np.isfinite(sensitivities(ABSORPTION, values, np.array([0.0, 2.0]))).all()


@pytest.mark.parametrize(("data", "settings", "said"), [
    (plasma(*THEOPH_1), {"curve": "absorption"}, "needs the dose"),
    (plasma(*THEOPH_1), {"curve": "absorbtion"}, "did you mean absorption"),
    (plasma(*THEOPH_1), {"curve": "absorption", "dose": "4 h"}, "wanted is a mass"),
    (plasma(*THEOPH_1), {"curve": "one_exponential", "weights": "1/sd"}, "kind of weights"),
    (plasma([0, 1], [2, 1]), {"curve": "one_exponential"}, "simpler curve"),
    (plasma([0, 1, 0, 1], [2, 1, 2, 1], subject=["a", "a", "b", "b"]), {"curve": "one_exponential"}, "choose one"),
    ([1, 2], {"curve": "one_exponential"}, "read_plasma"),
])
def test_what_is_refused(data, settings, said):
    with pytest.raises(PkmodelsError, match=said):
        fit_plasma(data, **settings)
