"""Predictions beside the published values of their drug's card."""

import re

import numpy as np
import pytest

import pkmodels as pk
from pkmodels.cli import main
from pkmodels.errors import PkmodelsError

#: Made so that healthy men reach the label's 2.84 ng/mL on day 12 to 15; the values themselves are assumed.
HUMP = {"f_burst": 0.01, "k_burst": (0.3, "1/day"), "k_erosion": (0.509, "1/day"), "t_middle": (13, "day")}
MONTHS = {"values": HUMP, "regimen": "3.6 mg every 28 days x 3"}


def row(found, quantity):
    return found.table.set_index("quantity").loc[quantity]


def test_men_on_the_monthly_depot():
    """Zoladex label: 2.84 ng/mL on day 12 to 15; dose over interval and clearance 0.808 ng/mL."""
    found = pk.beside_published(pk.predict("gallagher_corrigan", drug="goserelin", **MONTHS))
    assert len(found) == 3
    assert row(found, "cmax")["predicted/published"] == pytest.approx(1, rel=0.01)
    assert row(found, "tmax")["published"] == "12 to 15 day"
    assert 12 <= row(found, "tmax")["predicted"] <= 15
    # The last of three intervals is at the steady level of dose over clearance within a thousandth.
    assert row(found, "cavg")["predicted"] == pytest.approx(3.6e6 / 28 / 1440 / 110.5, rel=1e-3)
    assert np.isnan(row(found, "cmax")["low"])
    assert "Zoladex label" in repr(found)


@pytest.mark.parametrize(("people", "clearance", "quantities"), [
    ("female", 163.9, {"cmax", "tmax", "cavg"}), ("prostate_cancer", 121, {"cmax", "tmax", "cavg"}),
    ("renal_impairment", 31.5, {"cavg"})])
def test_others_are_beside_their_own_values(people, clearance, quantities):
    found = pk.beside_published(pk.predict("gallagher_corrigan", drug=f"goserelin:{people}", **MONTHS))
    assert set(found.table["quantity"]) == quantities
    assert row(found, "cavg")["predicted"] == pytest.approx(3.6e6 / 28 / 1440 / clearance, rel=2e-3)


def test_three_months_by_their_own_dose():
    """10.8 mg, 4 % of it evenly over 1.8 h: about 8 ng/mL at 2 h, 8.85 at 1.8 h on the label."""
    given = {"f_first": 0.96, "k_first": (0.012, "1/day"), "t_zero": (1.8, "h")}
    found = pk.beside_published(pk.predict("first_and_zero_order", values=given, drug="goserelin:prostate_cancer",
                                           regimen="10.8 mg once", days=84))
    # One compartment after an even input: R/CL (1 - exp(-k T)), and the depot beside it adds little by then.
    burst = 1e3 * 0.04 * 10.8 / 1.8 / 7.26 * -np.expm1(-7.26 / 44.1 * 1.8)
    assert burst <= row(found, "cmax")["predicted"] <= 1.04 * burst
    assert row(found, "cmax")["predicted/published"] == pytest.approx(1, rel=0.05)
    assert row(found, "tmax")["unit"] == "h"
    assert row(found, "tmax")["predicted"] == pytest.approx(1.8, abs=1e-6)


def test_a_population_shows_how_patients_spread():
    """Clearance 121 +/- 42.4 mL/min of the label: the band of peaks holds 2.84 ng/mL."""
    people = pk.predict_population("gallagher_corrigan", drug="goserelin:prostate_cancer", patients=400, band=False,
                                   **MONTHS)
    found = pk.beside_published(people)
    peak = row(found, "cmax")
    assert found.among == "patients"
    assert peak["low"] < 2.84 < peak["high"]
    np.testing.assert_allclose([peak["low"], peak["predicted"], peak["high"]],
                               np.quantile(people.cmax_each.isel(interval=0), [0.025, 0.5, 0.975]), rtol=1e-12)


def test_concentrations_at_a_time_and_draws():
    """Leuprolide, 7.5 mg: 20 ng/mL at 4 h and 0.36 at 4 weeks are on the card."""
    release = "kakade_2018_goserelin_d_weibull_plateau"
    given = pk.predict(release, drug="leuprolide:label_iv", regimen="7.5 mg once", days=28, draws=40)
    found = pk.beside_published(given)
    early = row(found, "concentration at 4 h")
    assert early["published"] == "20 ng/mL"
    assert early["predicted"] == pytest.approx(np.interp(4 / 24, given.time, given.plasma), rel=1e-12)
    assert early["low"] < early["predicted"] < early["high"]
    assert found.among == "draws of the fit"
    short = pk.predict(release, drug="leuprolide:label_iv", regimen="7.5 mg once", days=7, draws=0)
    assert set(pk.beside_published(short).table["quantity"]) == {"concentration at 4 h"}


def test_units_of_the_prediction_do_not_matter():
    one = pk.beside_published(pk.predict("gallagher_corrigan", drug="goserelin", **MONTHS))
    other = pk.beside_published(pk.predict("gallagher_corrigan", drug="goserelin", concentration_unit="ug/mL",
                                           **MONTHS))
    np.testing.assert_allclose(other.table["predicted/published"], one.table["predicted/published"], rtol=1e-9)


def test_another_dose_has_nothing_beside_it():
    found = pk.beside_published(pk.predict("first_order", values={"k": 0.1}, drug="goserelin", regimen="5 mg once",
                                           days=28))
    assert len(found) == 0
    assert re.fullmatch(r"- the card of .* holds no published value of '5 mg once'", repr(found))


@pytest.mark.parametrize(("make", "said"), [
    (lambda: pk.predict("first_order", values={"k": 0.1}, days=3), "a prediction of plasma is needed"),
    (lambda: [1, 2], "a prediction of plasma is needed"),
    (lambda: pk.predict("gallagher_corrigan", drug="goserelin", times=[1.0, 2.0], **MONTHS), "without 'times'")])
def test_what_is_refused(make, said):
    with pytest.raises(PkmodelsError, match=said):
        pk.beside_published(make())


def test_on_the_command_line(capsys):
    assert main(["predict", "--model", "first_order", "--set", "k=0.1/day", "--drug", "goserelin", "--regimen",
                 "3.6 mg every 28 days x 2", "--published"]) == 0
    assert "2.84 ng/mL" in capsys.readouterr().err
    assert main(["population", "--model", "first_order", "--set", "k=0.1/day", "--drug", "goserelin:prostate_cancer",
                 "--regimen", "3.6 mg every 28 days x 2", "--patients", "20", "--window", "goserelin",
                 "--published"]) == 0
    assert "predicted (95 % of patients)" in capsys.readouterr().err
