"""A curve fitted to several people: a closed form, and R's nlme for theophylline and indometacin."""

import csv

import numpy as np
import pytest
from conftest import SHARED
from sympy import oo, symbols

from pkmodels import Plasma, fit_population
from pkmodels.errors import PkmodelsError
from pkmodels.model import Curve, Parameter

LEVEL = Curve("level", "A level", released=symbols("level"), share_unit="mg/L", starts_at_zero=False,
              parameters=(Parameter(symbols("level"), 5.0, "mg/L", (0, oo), "level", scale="log"),))


def test_levels_of_people_are_an_analysis_of_variance():
    """Balanced, one level each: maximum likelihood has the closed form sigma² = SSW/(m (n - 1)),
    variance between people = (SSB/m - sigma²)/n, and everybody's deviation is shrunk."""
    generator = np.random.default_rng(4)
    m, n = 7, 5
    values = 10 + generator.normal(0, 1.5, (m, 1)) + generator.normal(0, 0.4, (m, n))
    data = Plasma.from_arrays(np.tile(np.arange(n), m), values.ravel(), time_unit="h", unit="mg/L",
                              subject=np.repeat([f"p{k}" for k in range(m)], n))
    found = fit_population(data, LEVEL, random=("level",), plain=("level",))
    means = values.mean(axis=1)
    within = ((values - means[:, None]) ** 2).sum() / (m * (n - 1))
    between = (n * ((means - means.mean()) ** 2).sum() / m - within) / n
    # BFGS stops at a gradient of 1e-9 of the likelihood.
    assert found.typical["level"] == pytest.approx(means.mean(), rel=1e-8)
    assert found.residual == pytest.approx(np.sqrt(within), rel=1e-6)
    assert found.variation["level"] == pytest.approx(np.sqrt(between), rel=1e-6)
    shrunk = (means - means.mean()) * n * between / (n * between + within)
    np.testing.assert_allclose(found.effects["level"], shrunk, rtol=1e-6)
    total = n * between + within
    expected = -m / 2 * (n * np.log(2 * np.pi) + (n - 1) * np.log(within) + np.log(total) + n)
    assert found.log_likelihood == pytest.approx(expected, rel=1e-9)


def close(found, centres, variations, residual, likelihood):
    """nlme stops at tolerances of its own (pnlsTol 0.001): its printed values lie on the way of the same rounds, within
    a hundredth of a standard error of where they come to rest."""
    for name, value in centres.items():
        assert found.centre[name] == pytest.approx(value, abs=0.01 * found.centre_error[name]), name
    for name, value in variations.items():
        assert found.variation[name] == pytest.approx(value, rel=1.1e-3), name
    assert found.residual == pytest.approx(residual, rel=1e-4)
    assert found.log_likelihood == pytest.approx(likelihood, abs=0.007)


def test_theophylline(classics):
    path = SHARED / "data" / "pk_classics" / "Theoph.csv"
    if not path.exists():
        pytest.skip("the classic data sets are kept outside the repository and are not here")
    with path.open() as stream:
        dose = {row["Subject"]: f"{row['Dose']} mg" for row in csv.DictReader(stream)}
    found = fit_population(classics("Theoph"), "absorption", random=("k_absorption", "clearance"), dose=dose)
    close(found, {"k_elimination": -2.45465, "k_absorption": 0.46552, "clearance": -3.22720},
          {"k_absorption": 0.64383, "clearance": 0.16692}, 0.70923, -177.0233)
    assert "12 people" in repr(found)
    assert found.table.loc["clearance", "sd between people"] == found.variation["clearance"]


def test_indometacin(classics):
    found = fit_population(classics("Indometh"), "two_exponentials", random=("c_fast", "k_fast", "c_slow"),
                           plain=("c_fast", "c_slow"))
    close(found, {"c_fast": 2.82757, "k_fast": 0.77346, "c_slow": 0.46127, "k_slow": -1.34450},
          {"c_fast": 0.57138, "k_fast": 0.15810, "c_slow": 0.11157}, 0.081495, 54.5948)


@pytest.mark.parametrize(("settings", "said"), [
    ({"random": ()}, "say which parameters"), ({"random": ("ka",)}, "parameter of absorption"),
    ({"random": ("clearance",)}, "needs the dose"), ({"random": ("clearance",), "plain": ("v",)}, "parameter of")])
def test_what_is_refused(settings, said):
    data = Plasma.from_arrays([1, 2] * 3, [2, 1] * 3, time_unit="h", unit="mg/L", subject=list("aabbcc"))
    with pytest.raises(PkmodelsError, match=said):
        fit_population(data, "absorption", **settings)


def test_two_people_are_no_population():
    data = Plasma.from_arrays([1, 2] * 2, [2, 1] * 2, time_unit="h", unit="mg/L", subject=list("aabb"))
    with pytest.raises(PkmodelsError, match="three subjects"):
        fit_population(data, "one_exponential", random=("k_slow",))
