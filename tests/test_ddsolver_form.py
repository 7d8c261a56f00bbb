"""Constants in DDSolver's letters: put into its published equations they draw the fitted curve."""

import math

import numpy as np
import pytest
from scipy import stats
from scipy.optimize import brentq

from pkmodels import catalogue, fitting
from pkmodels.solve import observe
from pkmodels.studies import Study


def after(c, t):
    return max(t - c.get("Tlag", 0), 0)


def whole(c):
    return c.get("Fmax", 100)


#: DDSolver's equations (Zhang et al. 2010), F in per cent: from the constants and a time to F.
EQUATIONS = {
    "zero_order": lambda c, t: c.get("F0", 0) + c["k0"] * after(c, t),
    "first_order": lambda c, t: whole(c) * (1 - math.exp(-c["k1"] * after(c, t))),
    "higuchi": lambda c, t: c.get("F0", 0) + c["kH"] * after(c, t)**0.5,
    "korsmeyer_peppas": lambda c, t: c.get("F0", 0) + c["k"] * after(c, t)**c["n"],
    "hixson_crowell": lambda c, t: 100 * (1 - max(1 - c["k"] * after(c, t), 0)**3),
    "hopfenberg": lambda c, t: 100 * (1 - max(1 - c["k"] * after(c, t), 0)**c["n"]),
    "baker_lonsdale": lambda c, t: 100 * brentq(
        lambda f: 1.5 * (1 - (1 - f)**(2 / 3)) - f - c["k"] * after(c, t), 0, 1),
    "makoid_banakar": lambda c, t: c["k"] * after(c, t)**c["n"] * math.exp(-c["c"] * after(c, t)),
    "peppas_sahlin": lambda c, t: c["k1"] * after(c, t)**c["m"] + c["k2"] * after(c, t)**(2 * c["m"]),
    "peppas_sahlin_half": lambda c, t: c["k1"] * after(c, t)**0.5 + c["k2"] * after(c, t),
    "quadratic": lambda c, t: 100 * (c["k1"] * after(c, t)**2 + c["k2"] * after(c, t)),
    "weibull": lambda c, t: whole(c) * (1 - math.exp(-(after(c, t)**c["beta"]) / c["alpha"])),
    "hill": lambda c, t: whole(c) / (1 + math.exp(-c["alpha"] - c["beta"] * math.log10(t))),
    "ddsolver_logistic_time": lambda c, t: whole(c) / (1 + math.exp(-c["k"] * (t - c["gamma"]))),
    "gompertz": lambda c, t: whole(c) * math.exp(-c["alpha"] * math.exp(-c["beta"] * math.log10(t))),
    "ddsolver_gompertz_time": lambda c, t: whole(c) * math.exp(-c["beta"] * math.exp(-c["k"] * t)),
    "probit": lambda c, t: whole(c) * stats.norm.cdf(c["alpha"] + c["beta"] * math.log10(t)),
}
#: Values by the parameter's name, of a curve over 20 days.
VALUES = {"k": 0.05, "t_lag": 0.7, "f_initial": 0.06, "plateau": 0.93, "t_full": 25, "n": 0.6, "t_end": 30,
          "t_scale": 6, "c": 0.004, "t_fickian": 45, "relaxation": 0.2, "m": 0.45, "k_fickian": 0.15,
          "k_relaxation": 0.01, "k_quadratic": -0.001, "k_linear": 0.05, "beta": 0.8, "t_half": 5, "h": 1.6,
          "t_middle": 6, "b": 1.3, "t_fastest": 4, "sigma": 0.8}
DAYS = np.array([1.0, 2, 3, 5, 8, 12, 16, 20])


@pytest.mark.parametrize("unit", ["day", "h"])
@pytest.mark.parametrize("number", range(301, 341))
def test_the_equation_with_the_constants_is_the_curve(number, unit):
    """All parameters but one are given: what is tested is the translation, not the search."""
    model = catalogue.get_model(str(number))
    given = {p.name: (VALUES[p.name] if p.name != "k" or "logistic" not in model.name else 0.4)
             for p in model.parameters}
    scale = 1.0 if unit == "day" else 24.0
    study = Study.from_arrays(DAYS * scale, observe(model, model.values(given), DAYS * 24), time_unit=unit,
                              source="made")
    found = fitting.fit(study, model, fixed={p.name: (given[p.name], p.unit) for p in model.parameters[1:]}).ddsolver
    assert found.time_unit == unit
    law = EQUATIONS[model.name.split("+")[0]]
    drawn = [law(found.constants, time) for time in DAYS * scale]
    # The one parameter that was fitted is known to about 1e-8.
    assert drawn == pytest.approx(100 * study.released, abs=1e-5)
    assert all(name in found.equation for name in found.constants)


def test_constants_that_ddsolver_printed(ddsolver_profile, golden):
    """Linear in their constants, so DDSolver's numbers are the optimum."""
    reference = golden["dd_exactly_reproducible"]
    assert fitting.fit(ddsolver_profile, "301").ddsolver.constants["k0"] == pytest.approx(
        reference["zero"]["k0"], rel=1e-8)
    assert fitting.fit(ddsolver_profile, "308").ddsolver.constants["kH"] == pytest.approx(
        reference["higuchi"]["kH"], rel=1e-8)
    assert fitting.fit(ddsolver_profile, "303").ddsolver.constants == pytest.approx(
        {"k0": reference["zero_F0"]["k0"], "F0": reference["zero_F0"]["F0"]}, rel=1e-7)


def test_it_is_printed_with_its_logarithm(ddsolver_profile):
    text = fitting.fit(ddsolver_profile, "333").text
    assert "as DDSolver writes it (F in per cent, t in h): F = Fmax exp(alpha + beta log10 t)" in text
    assert fitting.fit(ddsolver_profile, "biexponential").ddsolver is None


def test_times_of_shares(ddsolver_profile):
    """T25 to T90 of a first-order fit are -ln(1 - x)/k."""
    found = fitting.fit(ddsolver_profile, "first_order")
    for name, share in (("t25", 0.25), ("t50", 0.5), ("t75", 0.75), ("t80", 0.8), ("t90", 0.9)):
        assert found.release_times.loc[name, "time"] == pytest.approx(
            -math.log(1 - share) / found.values["k"], rel=1e-12)
    late = fitting.fit(ddsolver_profile, "weibull+plateau", fixed={"plateau": 0.86})
    assert np.isnan(late.release_times.loc["t90", "time"])
    assert "ends at 86 %" in late.release_times.loc["t90", "note"]
    assert "90 % never" in late.text
