"""Lidocaine in PLGA spheres of four radii: release and molecular mass, fitted at once.

The numbers are those of a digitised copy of a figure (Siepmann et al. 2005, by recollection), kept as test values.
"""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import least_squares

import pkmodels as pk
from pkmodels import catalogue, fitting
from pkmodels.studies import Study

RADII = (7.2, 24.0, 37.0, 53.0)
DAYS = np.array([1.0, 3, 7, 10, 12, 14, 19, 21, 28, 35])
RELEASED = np.array([[27.14, 38.44, 60.05, 70.35, 75.63, 78.39, 85.68, 88.19, 95.48, 99.75],
                     [16.08, 28.89, 57.54, 66.33, 72.36, 76.38, 86.68, 88.44, 95.48, 97.24],
                     [14.32, 25.63, 51.01, 64.07, 69.60, 73.12, 85.18, 87.44, 94.72, 96.73],
                     [14.32, 25.13, 50.50, 64.07, 69.60, 74.37, 83.92, 86.18, 93.97, 99.75]]) / 100
MASS_DAYS = np.array([0.0, 1, 3, 7, 14, 21, 28])
MASS = np.array([[31.83, 26.95, 20.15, 14.22, 8.634, 3.924, 2.006],
                 [30.78, 25.81, 19.10, 11.77, 5.233, 2.267, 1.221],
                 [30.0, 24.07, 18.23, 11.16, 5.494, 2.529, 1.308],
                 [32.44, 26.34, 17.53, 9.942, 5.233, 2.267, 1.308]])
#: Slopes of ln(mass), 1/day.
RATES = [-np.polyfit(MASS_DAYS, np.log(m), 1)[0] for m in MASS]


def study(*kinds):
    parts = []
    for kind in kinds:
        for k, radius in enumerate(RADII):
            days, shares = (DAYS, RELEASED[k]) if kind == "release" else (MASS_DAYS[1:], 1 - MASS[k, 1:] / MASS[k, 0])
            parts.append(pd.DataFrame({
                "formulation": f"{kind} {radius:g} um", "replicate": "", "time_hour": 24 * days, "released": shares,
                "sd": np.nan, "n": np.nan, "row": 1, "radius_um": radius, "observed": int(kind == "mass")}))
    return Study.from_frame(pd.concat(parts), time_unit="day", source="lidocaine.csv")


def rmse(fit, kind):
    return np.sqrt(np.mean([part.statistics["rmse"] ** 2 for label, part in fit.fits.items() if kind in label]))


def test_masses_fall_as_reported():
    assert pytest.approx([0.0954, 0.1158, 0.1101, 0.1134], abs=5e-5) == RATES


def test_one_size_law_with_the_rates_of_the_masses():
    """D = (R/25 um)^m (D0 + kM/Mw) with each size's own rate of mass loss: reported m = 1.79 ± 0.04, RMSE 0.0355."""
    model = catalogue.get_model("plga_diffusion")
    names = {f"release {r:g} um": (k, "1/day") for r, k in zip(RADII, RATES, strict=True)}
    data = study("release")
    from dataclasses import replace
    known = replace(model, parameters=tuple(replace(p, measured="known from the masses") if p.name == "k_degradation"
                                            else p for p in model.parameters))
    found = fitting.fit_many(data, known, shared=("d_start", "f_polymer", "size_exponent"),
                             conditions={"k_degradation": names})

    def miss(p):
        """The same by scipy and Crank's sum, written out."""
        n = np.arange(1, 400)[:, None] ** 2
        rows = []
        for radius, k, share in zip(RADII, RATES, RELEASED, strict=True):
            path = np.exp(p[0]) * ((1 - p[1]) * DAYS + p[1] * np.expm1(k * DAYS) / k)
            tau = (radius / 25) ** p[2] * path / radius**2
            rows.append(1 - 6 / np.pi**2 * np.sum(np.exp(-n * np.pi**2 * tau) / n, axis=0) - share)
        return np.concatenate(rows)

    best = least_squares(miss, [1.0, 0.4, 1.8], xtol=1e-14, ftol=1e-14, gtol=1e-14)
    values = {name: found.values[name] for name in ("d_start", "f_polymer", "size_exponent")}
    # The sum of 399 terms leaves 1e-4 of the dose at the shortest times.
    assert list(values.values()) == pytest.approx([np.exp(best.x[0]), best.x[1], best.x[2]], rel=2e-3)
    assert values["size_exponent"] == pytest.approx(1.79, abs=0.01)
    assert found.stderr["size_exponent"] == pytest.approx(0.04, abs=0.006)
    assert found.statistics["rmse"] == pytest.approx(0.0355, abs=5e-4)


def test_release_and_masses_with_one_rate():
    both = pk.either(catalogue.get_model("plga_diffusion"), catalogue.get_model("mass_first_order", "degradation"))
    found = fitting.fit_many(study("release", "mass"), both,
                             shared=("d_start", "f_polymer", "k_degradation", "size_exponent"))
    assert found.values["size_exponent"] == pytest.approx(1.79, abs=0.1)
    assert rmse(found, "release") <= 0.04
    assert rmse(found, "mass") <= 0.06
    # Shares of the mass weigh its early fall, logarithms its late one: 0.137 here, 0.109 by the slopes.
    assert 0.10 < found.values["k_degradation"] < 0.15


def test_without_masses_the_rate_is_found_but_not_the_law():
    found = fitting.fit_many(study("release"), "plga_diffusion",
                             shared=("d_start", "f_polymer", "k_degradation", "size_exponent"))
    assert found.statistics["rmse"] <= 0.04
    assert found.values["size_exponent"] == pytest.approx(1.79, abs=0.1)
    assert any("f_polymer" in v for v in found.verdicts)


def test_one_size_says_what_it_cannot_tell():
    one = study("release").only("release 24 um")
    found = fitting.fit(one, "plga_diffusion", fixed={"radius": (24, "um")})
    said = " ".join(found.verdicts)
    assert "size_exponent = 0 was not sought" in said
    assert "ea_degradation = 95 kJ/mol, ea_diffusion = 95 kJ/mol were not sought" in said
    assert "radius =" not in said
    without = fitting.fit(one, "plga_diffusion")
    assert any("radius = 25 um was not sought" in v and "D/R^2 only" in v for v in without.verdicts)
    # Diffusivity and squared radius change together.
    assert without.inside["d_start"] / found.inside["d_start"] == pytest.approx((25 / 24) ** 2, rel=1e-3)


def test_the_carrier_follows_its_curves():
    model = catalogue.get_model("plga_lidocaine")
    from pkmodels import solve
    for radius, rate, share in zip(RADII, RATES, RELEASED, strict=True):
        shown = solve.observe(model, model.values({"radius": radius, "k_degradation": rate}), 24 * DAYS)
        assert np.sqrt(np.mean((shown - share) ** 2)) < 0.045
