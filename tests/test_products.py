"""Several products in one regimen: sums of single predictions, closed forms, mass, and what is refused."""

import math

import numpy as np
import pytest

import pkmodels as pk
from pkmodels.cli import main
from pkmodels.errors import PkmodelsError

MONTHLY = ("first_order", {"k": (0.2, "1/day")})
QUARTERLY = ("zero_order", {"k": (1 / 84, "1/day")})
BOTH = {"monthly": MONTHLY, "quarterly": QUARTERLY}
WORDS = "3.6 mg of monthly every 28 days x 2 then 10.8 mg of quarterly every 84 days x 2"
FIT = "kakade_2018_goserelin_d_weibull_plateau"
CL, V = 6.63, 44.1


def bateman(days, dose, per_day):
    """ng/mL of one compartment fed at first order."""
    t, ka, k = np.maximum(days, 0) * 24, per_day / 24, CL / V
    return 1000 * dose * ka / V / (k - ka) * (np.exp(-ka * t) - np.exp(-k * t))


def even(days, dose, over):
    """ng/mL of one compartment fed evenly over so many days."""
    t, k, rate = np.maximum(days, 0) * 24, CL / V, dose / over / 24
    return 1000 * rate / CL * -np.expm1(-k * np.minimum(t, 24 * over)) * np.exp(-k * np.maximum(t - 24 * over, 0))


def test_words_say_which_dose_is_of_which_product():
    regimen = pk.read_regimen(WORDS)
    assert [(dose.time_hour / 24, dose.amount_mg, dose.product) for dose in regimen.doses()] == [
        (0, 3.6, "monthly"), (28, 3.6, "monthly"), (56, 10.8, "quarterly"), (140, 10.8, "quarterly")]
    assert pk.read_regimen(str(regimen)) == regimen


def test_each_dose_is_released_by_its_own_product():
    """Two months at first order, then evenly: the sum of four closed forms."""
    days = np.array([0.5, 10.0, 28.2, 55.0, 56.1, 60.0, 139.0, 141.0, 200.0])
    found = pk.predict(BOTH, drug="goserelin", regimen=WORDS, times=days)
    exact = (bateman(days, 3.6, 0.2) + bateman(days - 28, 3.6, 0.2) + even(days - 56, 10.8, 84)
             + even(days - 140, 10.8, 84))
    # The mass is fed along polynomials between the points of the grid.
    np.testing.assert_allclose(found.plasma, exact, rtol=2e-6)
    given = 3.6 * (1 + (days >= 28)) + 10.8 * ((days >= 56) * 1.0 + (days >= 140))
    out = 3.6 * (-np.expm1(-0.2 * days) - np.expm1(-0.2 * np.maximum(days - 28, 0))) + 10.8 * (
        np.clip((days - 56) / 84, 0, 1) + np.clip((days - 140) / 84, 0, 1))
    np.testing.assert_allclose(found.released, out / given, rtol=1e-9)
    assert "monthly: Release in the body is taken" in str(found.attrs["assumptions"])


def test_a_loading_product_and_a_depot_on_the_same_day():
    """What is out at once jumps by dose over volume; the areas of both together are dose over clearance."""
    fast = ("first_order+initial", {"k": (2, "1/h"), "f_initial": 0.5})
    found = pk.predict({"fast": fast, "slow": MONTHLY}, drug="goserelin", days=120,
                       regimen="1 mg of fast once then 3.6 mg of slow every 28 days x 1 from day 0")
    assert float(found.plasma[1]) == pytest.approx(1000 * 0.5 / V, rel=1e-9)
    assert float(found.plasma[0]) == 0
    # Trapezoids of a curve that falls.
    assert np.trapezoid(found.plasma, found.time) * 24 == pytest.approx(1000 * 4.6 / CL, rel=1e-3)


def test_one_product_alone_is_as_without_a_name():
    one = pk.predict(FIT, drug="goserelin", regimen="3.6 mg every 28 days x 2", draws=20)
    named = pk.predict({"depot": FIT}, drug="goserelin", regimen="3.6 mg of depot every 28 days x 2", draws=20)
    np.testing.assert_allclose(named.plasma, one.plasma, rtol=1e-12)
    np.testing.assert_allclose(named.plasma_draws, one.plasma_draws, rtol=1e-12)


def test_in_a_tissue_mass_is_kept_and_the_ratio_is_one():
    found = pk.predict(BOTH, drug="docetaxel", regimen=WORDS, site="prostate_tumour", amounts=True, days=400)
    given = 3.6 * (1.0 + (found.time.values >= 28)) + 10.8 * ((found.time.values >= 56) * 1.0
                                                              + (found.time.values >= 140))
    np.testing.assert_allclose(found.amounts.sum("store"), given, rtol=1e-9)
    assert pk.local_ratio(found).value("auc") == pytest.approx(1 + 35.7 / 0.288, rel=1e-5)


def test_draws_of_a_fit_beside_a_product_without_any():
    found = pk.predict({"monthly": FIT, "quarterly": QUARTERLY}, drug="goserelin", regimen=WORDS, draws=30)
    alone = pk.predict(FIT, drug="goserelin", regimen="3.6 mg every 28 days x 2", days=56, draws=30)
    for one, other in zip(found.plasma_draws.values, alone.plasma_draws.values, strict=True):
        # Straight lines between the points of two grids.
        assert np.interp(20, found.time, one) == pytest.approx(np.interp(20, alone.time, other), rel=1e-4)
    assert "The release of quarterly has no interval" in str(found.attrs["assumptions"])


def test_doses_of_different_size_from_one_release_are_said():
    found = pk.predict(MONTHLY[0], values=MONTHLY[1], drug="goserelin",
                       regimen="3.6 mg every 28 days x 2 then 10.8 mg every 84 days x 1")
    assert "taken to be of one product" in str(found.attrs["assumptions"])
    assert "of one product" not in str(pk.predict(MONTHLY[0], values=MONTHLY[1], drug="goserelin",
                                                  regimen="3.6 mg every 28 days x 2").attrs["assumptions"])


def test_the_last_interval_is_as_long_as_the_regimen_says():
    """A monthly dose, then one of three months: what follows it counts for 84 days, not for another 28."""
    found = pk.predict("zero_order", values={"k": (1 / 84, "1/day")}, drug="goserelin",
                       regimen="3.6 mg every 28 days x 2 then 10.8 mg every 84 days x 1")
    covered = pk.coverage(found, "0.5-1.2 ng/mL")
    assert covered.rows[-1] == "dose 3 (day 56-140)"
    assert covered.value("cavg") == pytest.approx(np.trapezoid(found.plasma, found.time) / 140, rel=1e-5)
    people = pk.predict_population("zero_order", values={"k": (1 / 84, "1/day")}, drug="goserelin", patients=1,
                                   regimen="3.6 mg every 28 days x 2 then 10.8 mg every 84 days x 1",
                                   variability={"v_central": 0}, window=(0.5, 1.2))
    # Peaks are solved in one and read off points in the other.
    assert float(people.inside[0]) == pytest.approx(covered.value("inside"), rel=1e-5)
    third = pk.exposure(found).value("auc_tau", "dose 3")
    late = found.sel(time=slice(56, None))
    assert third == pytest.approx(float(late.plasma.integrate("time")), rel=1e-6)
    # Cut short, the interval ends with the prediction; without later doses the one before it counts as before.
    short = pk.predict("zero_order", values={"k": (1 / 84, "1/day")}, drug="goserelin", days=56,
                       regimen="3.6 mg every 28 days x 2 then 10.8 mg every 84 days x 1")
    assert pk.coverage(short, "0.5-1.2 ng/mL").rows[-1] == "dose 2 (day 28-56)"
    steady = pk.predict("zero_order", values={"k": (1 / 28, "1/day")}, drug="goserelin",
                        regimen="3.6 mg every 28 days x 1 from steady state then 10.8 mg every 84 days x 1")
    assert pk.coverage(steady, "0.5-1.2 ng/mL").rows[-1] == "dose 2 (day 28-112)"


def test_coverage_and_exposure_of_several_products():
    found = pk.predict(BOTH, drug="goserelin", regimen=WORDS)
    covered = pk.coverage(found, "0.5-1.2 ng/mL")
    assert len(covered.rows) == 5
    assert pk.exposure(found).value("auc_tau", "dose 2") > 0
    assert math.isfinite(covered.value("inside"))


@pytest.mark.parametrize(("given", "said"), [
    ({"release": MONTHLY[0], "values": MONTHLY[1], "regimen": WORDS}, "one release is given for all doses"),
    ({"release": BOTH, "regimen": "3.6 mg every 28 days x 2"}, "does not say which one a dose is of"),
    ({"release": {"monthly": MONTHLY}, "regimen": WORDS}, "no product called 'quarterly'"),
    ({"release": {}, "regimen": WORDS}, "given by their names"),
    ({"release": {"monthly": None, "quarterly": QUARTERLY}, "regimen": WORDS}, "monthly has no release"),
    ({"release": BOTH, "values": {"k": 1}, "regimen": WORDS}, "for each of several products"),
    ({"release": BOTH, "regimen": "3.6 mg of monthly every 28 days x 2 from steady state"}, "that of one product"),
    ({"release": BOTH, "regimen": "3.6 mg of every 28 days x 2"}, "cannot be read"),
])
def test_what_is_refused(given, said):
    with pytest.raises(PkmodelsError, match=said):
        pk.predict(given.pop("release"), drug="goserelin", **given)


def test_a_population_has_one_product():
    with pytest.raises(PkmodelsError, match="predict alone"):
        pk.predict_population(BOTH, drug="goserelin", regimen=WORDS, patients=3)


def test_on_the_command_line(capsys):
    run = ["predict", "--product", f"monthly={FIT}", "--product", "other=depot:triptorelin", "--drug", "goserelin",
           "--regimen", "3.6 mg of monthly every 28 days x 2 then 3.75 mg of other every 28 days x 1", "--every",
           "28 days"]
    assert main(run) == 0
    out = capsys.readouterr()
    assert "monthly: Release in the body is taken" in out.err
    assert "other: The release is the one that was fitted to concentrations in people" in out.err
    for more, said in ((["--model", "weibull"], "leave the source, --model and --set away"),
                       (["--product", "monthly"], "NAME=FIT.toml")):
        assert main([*run, *more]) == 2
        assert said in capsys.readouterr().err
