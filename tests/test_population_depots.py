"""Populations of a published depot: it varies between people as its card says, and whose release it is is told."""

import math

import numpy as np
import pytest
from scipy.linalg import expm

import pkmodels as pk

TIMES = [0.02, 1.77 / 24, 1.0, 7.0, 14.0, 28.0]


def depot(release="depot:triptorelin", drug="triptorelin", **more):
    return pk.predict_population(release, drug=drug, regimen="3.75 mg once", days=28,
                                 **{"patients": 2000, "band": False, **more})


def test_a_published_depot_varies_as_published():
    """Tornoe 2007, Table 3: half-lives of release 34.0 and 61.6 %, 6.6 % of the burst by CV = (1 - Fr) omega."""
    found = depot()
    for name, omega, middle in (("clearance", math.sqrt(math.log1p(0.216**2)), 63.2),
                                ("k_slower", math.sqrt(math.log1p(0.340**2)), 24 * math.log(2) / (11.3 * 24)),
                                ("k_faster", math.sqrt(math.log1p(0.616**2)), 24 * math.log(2) / (7.92 * 24))):
        logs = np.log(found[name].values)
        # 2000 people know a standard deviation to 1/root(4000) of it, a median to 1.25 omega/root(2000).
        assert np.std(logs) == pytest.approx(omega, rel=0.06), name
        assert np.median(logs) == pytest.approx(math.log(middle), abs=4 * 1.25 * omega / math.sqrt(2000)), name
    logit = np.log(found.f_burst / (1 - found.f_burst))
    assert float(logit.std()) == pytest.approx(0.066 / 0.395, rel=0.06)
    said = " ".join(found.attrs["assumptions"])
    assert "fitted to concentrations in people" in said
    assert "taken to be the release in the vial" not in said
    assert "k_faster 61.6 %" in said


def test_each_patients_curve_is_that_of_their_own_depot():
    """Zero order into the blood, the rest through two steps, two compartments: by a matrix exponential."""
    found = depot(patients=3, keep_curves=True, times=TIMES)
    for k in range(3):
        cl, v = float(found.clearance[k]), float(found.v_central[k])
        burst, slow, fast = (float(found[name][k]) for name in ("f_burst", "k_slower", "k_faster"))
        a = np.zeros((5, 5))
        a[:4, :4] = [[-slow / 24, 0, 0, 0], [slow / 24, -fast / 24, 0, 0],
                     [0, fast / 24, -(cl + 76.3) / v, 76.3 / 698], [0, 0, 76.3 / v, -76.3 / 698]]
        fed = a.copy()
        fed[2, 4] = 3.75 * burst / 1.77
        start = np.array([3.75 * (1 - burst), 0, 0, 0, 1])
        exact = [(expm(a * max(24 * day - 1.77, 0)) @ expm(fed * min(24 * day, 1.77)) @ start)[2] / v * 1000
                 for day in TIMES]
        # The mass is fed along polynomials between the points of the grid.
        np.testing.assert_allclose(found.plasma[:, k], exact, rtol=2e-5)


def test_a_depot_of_another_card_does_not_lend_its_people():
    found = depot(drug="goserelin", patients=5)
    said = " ".join(found.attrs["assumptions"])
    assert "k_slower" not in found
    assert "how it varies between patients is left out" in said


def test_declared_variability_takes_the_place_of_the_depots():
    found = depot(patients=500, variability={"k_faster": 0.0, "k_slower": 0.1})
    assert "k_faster" not in found
    assert float(np.log(found.k_slower).std()) == pytest.approx(0.1, rel=0.15)


def test_an_infusion_has_no_fit_to_be_uncertain_of():
    found = pk.predict_population(None, drug="docetaxel", regimen="100 mg over 1 h", days=1, patients=2)
    assert "release" not in " ".join(found.attrs["assumptions"]).replace("released", "")


def test_peaks_where_release_ends_at_each_patients_own_time():
    """A constant release of 1/k days into one compartment is highest at its end: k dose/CL (1 - exp(-CL/V/k))."""
    found = pk.predict_population("zero_order", values={"k": (0.1, "1/day")}, drug="goserelin", regimen="3.6 mg once",
                                  days=60, patients=30, variability={"k": 0.5, "v_central": 1.5}, band=False)
    k, clearance, volume = found.k.values / 24, 110.5 * 0.06, found.v_central.values
    ends = np.flatnonzero(1 / k < 60 * 24)
    assert len(ends) > 25
    highest = 3600 * k / clearance * -np.expm1(-clearance / volume / k)
    np.testing.assert_allclose(found.cmax[ends], highest[ends], rtol=1e-9)
    np.testing.assert_allclose(found.auc[ends] * 24, 3600 / clearance, rtol=1e-9)


def test_release_begins_after_each_patients_own_lag():
    """First order in and out: highest ln(k/e)/(k - e) after the lag, dose/V (k/e)^(-e/(k - e))."""
    found = pk.predict_population("first_order+lag", values={"k": (1.0, "1/day"), "t_lag": (5.0, "day")},
                                  drug="goserelin", regimen="3.6 mg once", days=60, patients=30, band=False,
                                  variability={"t_lag": 0.5, "v_central": 1.0})
    k, volume = 1 / 24, found.v_central.values
    out = 110.5 * 0.06 / volume
    later = np.log(k / out) / (k - out)
    np.testing.assert_allclose(found.cmax, 3600 / volume * np.exp(-out * later), rtol=1e-6)
    np.testing.assert_allclose(found.tmax * 24, found.t_lag * 24 + later, rtol=1e-4)


def test_a_release_that_is_all_but_at_once_makes_no_peak_of_its_own():
    """Of t^0.08 two thirds are out within a second: no more than what is out can be there, nor less than has left."""
    found = pk.predict_population("weibull", values={"t_scale": (200.0, "h"), "beta": 0.08}, drug="goserelin",
                                  regimen="3.6 mg once", days=10, patients=1, variability={"v_central": 0}, band=False)
    def released(hours):
        return -np.expm1(-((hours / 200) ** 0.08))

    # Given at once it would be the highest at a time t: what is out by then, less what has left since the start.
    hours, rate = np.geomspace(1e-9, 10, 20001), 110.5 * 0.06 / 44.1
    least = 3600 / 44.1 * (released(hours) * np.exp(-rate * hours)).max()
    parts, middle = np.diff(released(hours), prepend=0), np.append(0, (hours[1:] + hours[:-1]) / 2)
    curve = [np.sum(parts[:n] * np.exp(-rate * (hours[n - 1] - middle[:n]))) for n in range(12000, 20001, 5)]
    assert least < float(found.cmax[0]) == pytest.approx(3600 / 44.1 * max(curve), rel=1e-5)
