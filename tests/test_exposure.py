"""Exposure analysis: closed forms, and the results of a commercial program for theophylline and indometacin."""

import csv
import math

import numpy as np
import pytest
from conftest import SHARED

from pkmodels import Plasma, exposure, predict
from pkmodels.errors import PkmodelsError, PredictionError
from pkmodels.solve import areas

#: Theophylline, subject 1 of R's data set Theoph (h, mg/L), and indometacin, subject 1 of Indometh.
THEOPH_1 = ([0, 0.25, 0.57, 1.12, 2.02, 3.82, 5.1, 7.03, 9.05, 12.12, 24.37],
            [0.74, 2.84, 6.57, 10.5, 9.66, 8.58, 8.36, 7.47, 6.89, 5.94, 3.28])
INDOMETH_1 = ([0.25, 0.5, 0.75, 1, 1.25, 2, 3, 4, 5, 6, 8],
              [1.5, 0.94, 0.78, 0.48, 0.37, 0.19, 0.12, 0.11, 0.08, 0.07, 0.05])
PROGRAM = {
    "Rsq": "r2", "Rsq_adjusted": "r2_adjusted", "Corr_XY": "correlation", "No_points_lambda_z": "lambda_z_points",
    "Lambda_z": "lambda_z", "Lambda_z_lower": "lambda_z_begin", "Lambda_z_upper": "lambda_z_end",
    "HL_Lambda_z": "half_life", "Tlag": "tlag", "Tmax": "tmax", "Cmax": "cmax", "Cmax_D": "cmax_per_dose", "C0": "c0",
    "Tlast": "tlast", "Clast": "clast", "AUClast": "auc_last", "AUCall": "auc_all", "AUCINF_obs": "auc_infinity",
    "AUCINF_D_obs": "auc_infinity_per_dose", "AUC_%Extrap_obs": "extrapolated",
    "AUC_%Back_Ext_obs": "back_extrapolated", "Vz_obs": "v_z", "Cl_obs": "clearance",
    "AUCINF_pred": "auc_infinity_predicted", "AUC_%Extrap_pred": "extrapolated_predicted",
    "AUC_%Back_Ext_pred": "back_extrapolated_predicted", "Vz_pred": "v_z_predicted", "Cl_pred": "clearance_predicted",
    "AUMClast": "aumc_last", "AUMCINF_obs": "aumc_infinity", "AUMC_%Extrap_obs": "aumc_extrapolated",
    "AUMCINF_pred": "aumc_infinity_predicted", "AUMC_%Extrap_pred": "aumc_extrapolated_predicted",
    "MRTlast": "mrt_last", "MRTINF_obs": "mrt_infinity", "MRTINF_pred": "mrt_infinity_predicted",
    "Vss_obs": "v_steady", "Vss_pred": "v_steady_predicted", "Vz_F_obs": "v_z_f", "Cl_F_obs": "clearance_f",
    "Vz_F_pred": "v_z_f_predicted", "Cl_F_pred": "clearance_f_predicted"}


def plasma(times, values, **more):
    return Plasma.from_arrays(times, values, time_unit="h", unit="mg/L", **more)


def check(found, expected, row=None, rel=1e-6):
    for name, value in expected.items():
        assert found.value(name, row) == pytest.approx(value, rel=rel), name


def test_theophylline_by_straight_lines():
    """Printed by a commercial program to ten digits (320 mg by mouth, linear trapezoids)."""
    found = exposure(plasma(*THEOPH_1), dose="320 mg", route="extravascular", method="linear")
    check(found, {"lambda_z": 0.048456997, "lambda_z_points": 3, "lambda_z_begin": 9.05, "lambda_z_end": 24.37,
                  "half_life": 14.30437757, "auc_last": 148.92305, "auc_infinity": 216.611933,
                  "extrapolated": 31.24891694, "clearance_f": 1.477296267, "v_z_f": 30.48674823,
                  "mrt_infinity": 20.80003053}, rel=1e-8)


def test_theophylline_by_exponentials_where_it_falls():
    found = exposure(plasma(*THEOPH_1), dose="320 mg", route="extravascular")
    check(found, {"auc_last": 147.2347485, "auc_infinity": 214.9236316, "clearance_f": 1.488900954,
                  "v_z_f": 30.72623247, "aumc_last": 1499.129085, "mrt_infinity": 21.14980455}, rel=1e-8)


def test_indometacin_bolus():
    found = exposure(plasma(*INDOMETH_1), dose="25 mg", route="bolus", method="linear")
    check(found, {"c0": 2.3936170, "auc_last": 2.0404521, "auc_infinity": 2.3562672, "lambda_z": 0.1583205,
                  "clearance": 10.610002, "v_steady": 35.088982, "back_extrapolated": 20.6556421}, rel=1e-6)


def test_indometacin_infusion():
    found = exposure(plasma(*INDOMETH_1), dose="25 mg", route="infusion", duration="15 min")
    check(found, {"auc_last": 1.71936529, "clearance": 12.28392335, "mrt_infinity": 3.71635913,
                  "v_steady": 45.65147075}, rel=1e-8)


@pytest.mark.parametrize(("file", "data", "settings"), [
    ("Indometh_Linear", "Indometh", {"dose": "25 mg", "route": "bolus", "method": "linear"}),
    ("Indometh_Log_Infusion", "Indometh", {"dose": "25 mg", "route": "infusion", "duration": "0.25 h"}),
    ("Theoph_Log", "Theoph", {"dose": "320 mg", "route": "extravascular"})])
def test_every_number_of_the_reference_files(classics, file, data, settings):
    """Their digits are full for indometacin and nine for theophylline."""
    path = SHARED / "data" / "nca_reference" / f"Final_Parameters_Pivoted_{file}.csv"
    if not path.exists():
        pytest.skip("the reference results are kept outside the repository and are not here")
    found = exposure(classics(data), **settings)
    compared = 0
    with path.open() as stream:
        for row in csv.DictReader(stream):
            for name, text in row.items():
                if name in PROGRAM and text:
                    assert found.value(PROGRAM[name], row["Subject"]) == pytest.approx(float(text), rel=2e-7, abs=1e-12)
                    compared += 1
    assert compared == len(found.rows) * (37 if "Linear" in file else 34 if "Infusion" in file else 33)


def test_summary_of_theophylline(classics):
    """PKNCA's summary of the twelve subjects: geometric mean [cv], median, mean (sd); its AUC of 0 to 24 h goes to
    the last sample within 24 h."""
    data = classics("Theoph")
    found = exposure(data, route="extravascular")
    early = exposure(data.until("24 h"), route="extravascular")
    rows, early_rows = found.summary, early.summary.loc["auc_last (h*mg/L)"]
    assert early_rows["geometric mean"] == pytest.approx(74.6, abs=0.05)
    assert early_rows["geometric cv (%)"] == pytest.approx(24.3, abs=0.05)
    for name, mean, cv in (("cmax (mg/L)", 8.65, 17.0), ("auc_infinity (h*mg/L)", 115, 28.4),
                           ("auc_last (h*mg/L)", 98.7, 22.5)):
        # Printed to three digits.
        assert rows.loc[name, "geometric mean"] == pytest.approx(mean, rel=5e-3)
        assert rows.loc[name, "geometric cv (%)"] == pytest.approx(cv, abs=0.05)
    assert rows.loc["tmax (h)", "median"] == pytest.approx(1.14, abs=0.005)
    assert rows.loc["half_life (h)", "mean"] == pytest.approx(8.18, abs=0.005)
    assert rows.loc["half_life (h)", "sd"] == pytest.approx(2.12, abs=0.005)
    assert early.value("auc_last", "1") == pytest.approx(92.365442, abs=1e-6)
    assert found.value("auc_last", "6") == pytest.approx(71.697015, abs=1e-6)
    assert found.value("lambda_z", "6") == pytest.approx(0.0877957, abs=5e-8)


def test_a_bolus_in_one_compartment_has_its_closed_form():
    """c = D/V e^(-kt): log trapezoids are exact; AUC = D/CL, AUMC = D/(V k²), MRT = 1/k, Vss = Vz = V."""
    dose, v, k = 100.0, 20.0, 0.25
    times = np.array([0, 0.5, 1, 2, 4, 7, 12, 20.0])
    found = exposure(plasma(times, dose / v * np.exp(-k * times)), dose="0.1 g", route="bolus", interval="8 h",
                     spans=("1 h to 3 h", "0 h to 40 h"))
    check(found,
          {"auc_infinity": dose / (v * k), "clearance": v * k, "v_z": v, "v_steady": v, "mrt_infinity": 1 / k,
           "lambda_z": k, "c0": dose / v, "aumc_infinity": dose / v / k**2,
           "auc 1 to 3 h": dose / v / k * (math.exp(-k) - math.exp(-3 * k)),
           "auc 0 to 40 h": dose / v / k * -math.expm1(-40 * k),
           "accumulation_predicted": 1 / (1 - math.exp(-8 * k)), "ctrough": dose / v * math.exp(-8 * k),
           "peak_trough": math.exp(8 * k), "auc_tau": dose / v / k * -math.expm1(-8 * k)}, rel=1e-12)


def test_accumulation_of_a_slow_drug():
    """Half-life 5.8 d given daily: 1/(1 - 2^(-1/5.8)) = 8.88 (enzalutamide; 8.3 was reported)."""
    times = np.arange(0, 40, 2.0)
    data = Plasma.from_arrays(times, 2 ** (-times / 5.8), time_unit="day", unit="mg/L")
    found = exposure(data, route="bolus", interval="1 day")
    assert found.value("accumulation_predicted") == pytest.approx(8.88, abs=5e-3)


def test_pieces_near_a_plateau_lose_no_digits():
    """ln(c1/c2) of 1e-9 to 0.02: against the series by high precision."""
    from mpmath import exp, log, mp, mpf

    mp.dps = 40
    for drop in (1e-12, 1e-9, 1e-5, 5e-3, 1.5e-2, 0.5):
        times, values = np.array([1.0, 3.0]), np.array([2.0, 2.0 * math.exp(-drop)])
        (area,), (moment,) = areas.pieces(times, values, "log")
        x = log(mpf(values[0]) / mpf(values[1])) / 2
        expected = mpf(values[0]) * (1 - exp(-2 * x)) / x
        assert area == pytest.approx(float(expected), rel=1e-14)
        expected = mpf(values[0]) * ((1 / x + 1 / x**2) - exp(-2 * x) * (3 / x + 1 / x**2))
        assert moment == pytest.approx(float(expected), rel=1e-12)


def test_units_of_the_user():
    """The same data in min, ng/mL and ug: 1 mg/L = 1000 ng/mL."""
    times, values = map(np.array, THEOPH_1)
    one = exposure(plasma(times, values), dose="320 mg", route="extravascular")
    other = exposure(Plasma.from_arrays(times * 60, values * 1000, time_unit="min", unit="ng/mL"), dose="320000 ug",
                     route="extravascular")
    assert other.units["auc_last"] == "min*ng/mL"
    assert other.value("auc_last") == pytest.approx(one.value("auc_last") * 60_000, rel=1e-12)
    assert other.value("clearance_f") == pytest.approx(one.value("clearance_f") / 60, rel=1e-12)
    assert other.value("v_z_f") == pytest.approx(one.value("v_z_f"), rel=1e-12)


def test_molar_concentrations_need_a_molar_mass_for_clearance():
    times, values = THEOPH_1
    molar = Plasma.from_arrays(times, values, time_unit="h", unit="uM")
    found = exposure(molar, dose="320 mg", route="extravascular")
    assert np.isnan(found.value("clearance_f"))
    assert "molar mass" in found.reason("clearance_f")
    assert found.value("auc_last") == pytest.approx(147.2347485, rel=1e-8)
    mass = Plasma.from_arrays(times, values, time_unit="h", unit="uM", molar_mass="180.16 g/mol")
    assert exposure(mass, dose="320 mg", route="extravascular").value("cmax") == pytest.approx(10.5 * 0.18016)


def test_codes_follow_the_route():
    codes = {route: set(exposure(plasma(*INDOMETH_1), dose="25 mg", route=route, **more).cdisc.columns)
             for route, more in (("bolus", {}), ("infusion", {"duration": "15 min"}), ("extravascular", {}))}
    assert {"C0", "CLO", "VSSO", "MRTIBIFO", "LAMZHL", "AUCIFO"} <= codes["bolus"]
    assert {"CLO", "MRTICIFO"} <= codes["infusion"]
    assert {"CLFO", "VZFO", "MRTEVIFO", "TLAG"} <= codes["extravascular"]
    assert not {"C0", "CLO"} & codes["extravascular"]


def test_a_depot_has_no_elimination_slope():
    found = exposure(plasma(*THEOPH_1), dose="320 mg", route="depot")
    for name in ("lambda_z", "half_life", "clearance_f", "v_z_f", "v_z_f_predicted"):
        assert np.isnan(found.value(name))
        assert "flip-flop" in found.reason(name)
    assert found.value("release_slope") == pytest.approx(0.048456997, rel=1e-8)
    assert "flip-flop" in repr(found)
    assert "LAMZ" in found.cdisc.columns
    assert np.isnan(found.cdisc["LAMZ"].iloc[0])


def test_a_prediction_with_a_release_is_a_depot():
    """Constant release of 3.6 mg over 28 d and CL 6.63 L/h: area to 28 d from dR/CL less what is still in the body."""
    predicted = predict("zero_order", values={"k": (1 / 28, "1/day")}, drug="goserelin", regimen="3.6 mg once", days=28)
    found = exposure(predicted)
    assert found.route == "depot"
    assert np.isnan(found.value("lambda_z"))
    rate, k, end = 3.6 / 28 / 24, 6.63 / 44.1, 28 * 24.0
    expected = rate / 6.63 * (end - -math.expm1(-k * end) / k) * 1000 / 24
    # Released mass and body are exact; trapezoids over some 1500 points miss 3e-6.
    assert found.value("auc_last") == pytest.approx(expected, rel=1e-5)
    assert found.units["auc_last"] == "day*ng/mL"


def test_a_level_end_has_no_slope():
    """An even release is level until it ends: rounding in the fifteenth digit is no fall, and tells no area."""
    found = exposure(predict("zero_order", values={"k": (0.0357, "1/day")}, drug="goserelin", regimen="3.6 mg once",
                             days=28))
    assert math.isnan(found.value("auc_infinity"))
    assert math.isnan(found.value("release_half_life"))
    assert "do not fall" in found.reason("auc_infinity")
    level = [2.0 * (1 - 1e-12 * hour) for hour in range(9)]
    assert "do not fall" in exposure(plasma(range(9), level), route="extravascular", dose="1 mg").reason("half_life")


def test_intervals_of_a_prediction_with_several_doses():
    """Bolus-like doses of a linear body: the areas of all intervals accumulate as 1/(1 - e^(-k tau)) says."""
    predicted = predict("first_order", values={"k": (5, "1/h")}, drug="goserelin", regimen="1 mg every 12 h x 12")
    found = exposure(predicted)
    assert found.rows == tuple(f"dose {k}" for k in range(1, 13))
    k = 6.63 / 44.1
    # Area over an interval at steady state is dose/clearance.
    assert found.value("auc_tau", "dose 12") == pytest.approx(1000 / 6.63 / 24, rel=2e-4)
    first = 1000 / 6.63 / 24 * (1 - (5 * math.exp(-k * 12) - k * math.exp(-60)) / (5 - k))
    assert found.value("auc_tau", "dose 1") == pytest.approx(first, rel=2e-4)
    assert found.value("accumulation", "dose 12") == pytest.approx(1000 / 6.63 / 24 / first, rel=4e-4)
    assert np.isnan(found.value("half_life", "dose 3"))


def test_an_infusion_that_is_predicted():
    """One compartment: AUC = D/CL and CL comes back; MRT less half the infusion is V/CL."""
    predicted = predict(None, drug="goserelin", regimen="1 mg over 2 h", days=4)
    found = exposure(predicted, dose="1 mg")
    assert found.route == "infusion"
    check(found, {"clearance": 6.63 / 1.0 * 24, "lambda_z": 6.63 / 44.1 * 24}, rel=1e-4)


def test_blq():
    times = [0, 0.5, 1, 2, 4, 8, 12]
    values = [np.nan, 1.0, 2.0, np.nan, 1.0, 0.5, np.nan]
    data = plasma(times, values)
    dropped = exposure(data, route="extravascular", method="linear")
    # 0-0.5: 0.25; 0.5-1: 0.75; 1-4: 4.5; 4-8: 3; then to the sample at 12 h, which is 0: 1.
    assert dropped.value("auc_last") == pytest.approx(8.5, rel=1e-15)
    assert dropped.value("auc_all") == pytest.approx(9.5, rel=1e-15)
    assert dropped.value("tlast") == 8
    zero = exposure(data, route="extravascular", method="linear", blq="zero")
    # 1-2: 1; 2-4: 1; 4-8: 3.
    assert zero.value("auc_last") == pytest.approx(6.0, rel=1e-15)
    assert any("below the limit" in note for note in zero.notes)
    nothing = exposure(plasma([1, 2, 3], [np.nan] * 3), route="bolus")
    assert np.isnan(nothing.numbers).all()
    assert "above the limit" in nothing.reason("cmax")


def test_chosen_points():
    data = plasma(*THEOPH_1)
    t, y = np.array(THEOPH_1[0]), np.log(THEOPH_1[1])
    four = exposure(data, route="extravascular", terminal="last 4")
    assert four.value("lambda_z") == pytest.approx(-np.polyfit(t[-4:], y[-4:], 1)[0], rel=1e-10)
    some = exposure(data, route="extravascular", terminal="5 h to 12.2 h")
    assert some.value("lambda_z_points") == 4
    assert some.value("lambda_z") == pytest.approx(-np.polyfit(t[6:10], y[6:10], 1)[0], rel=1e-10)
    # The extrapolated area begins at the last sample, on the line through the chosen points.
    line = np.poly1d(np.polyfit(t[6:10], y[6:10], 1))
    expected = some.value("auc_last") + math.exp(line(t[-1])) / some.value("lambda_z")
    assert some.value("auc_infinity_predicted") == pytest.approx(expected, rel=1e-9)
    rising = exposure(plasma([0, 1, 2, 3, 4, 5], [4.5, 1, 2, 3, 3.5, 4.0]), terminal="last 4", route="bolus",
                      dose="1 mg")
    assert np.isnan(rising.value("clearance"))
    assert "do not fall" in rising.reason("clearance")


@pytest.mark.parametrize(("settings", "said"), [
    ({}, "say how the drug was given"),
    ({"route": "oral"}, "say how the drug was given"),
    ({"route": "infusion"}, "needs its duration"),
    ({"route": "bolus", "duration": "1 h"}, "leave it away"),
    ({"route": "bolus", "dose": "0 mg"}, "not possible"),
    ({"route": "bolus", "dose": "3 h"}, "wanted is a mass"),
    ({"route": "bolus", "method": "spline"}, "no method called"),
    ({"route": "bolus", "blq": "half"}, "no rule for BLQ"),
    ({"route": "bolus", "terminal": "last 2"}, "last 4"),
    ({"route": "bolus", "terminal": "some"}, "last 4"),
    ({"route": "bolus", "interval": "0 h"}, "longer than zero"),
    ({"route": "bolus", "interval": "24 mg"}, "wanted is a time"),
    ({"route": "bolus", "spans": ("3 h to 1 h",)}, "0 h to 24 h"),
])
def test_what_is_refused(settings, said):
    with pytest.raises(PkmodelsError, match=said):
        exposure(plasma(*INDOMETH_1), **settings)


def test_a_table_is_no_plasma():
    with pytest.raises(PredictionError, match="read_plasma"):
        exposure([1, 2, 3], route="bolus")


def test_it_prints_itself_and_is_ready_for_json():
    import json

    found = exposure(plasma(*THEOPH_1), route="extravascular")
    assert "no dose was given" in repr(found)
    assert "<table>" in found._repr_html_()
    content = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert content["rows"][0]["clearance_f"] == {"value": None, "unit": "L/h", "code": "CLFO",
                                                 "reason": "no dose was given"}
    assert {"row", "measure", "PPTESTCD", "value", "unit", "reason"} == set(found.long.columns)


@pytest.mark.parametrize("k", [0.1, 1.0])
def test_the_slope_of_release_is_that_of_release(k):
    """First-order release slower than elimination (3.6 per day): the end falls with k, also where it is far down."""
    found = exposure(predict("first_order", values={"k": (k, "1/day")}, drug="goserelin", regimen="3.6 mg once",
                             days=60))
    # 1 % : elimination still bends the line where the best r² lets it begin.
    assert found.value("release_slope") == pytest.approx(k, rel=0.01)


def test_where_the_release_is_over_no_slope_of_release_is_given():
    """Zero order, over at day 10; and a release faster than elimination: what falls then is the drug's own."""
    for model, rate in (("zero_order", 0.1), ("first_order", 10.0)):
        found = exposure(predict(model, values={"k": (rate, "1/day")}, drug="goserelin", regimen="3.6 mg once",
                                 days=60))
        assert np.isnan(found.value("release_slope"))
        assert any("the release is over by then" in each for each in found.remarks)
        # 3.6 mg over 159.12 L/day.
        assert found.value("auc_infinity") == pytest.approx(3.6e6 / 159120, rel=1e-3)


def test_a_predicted_bolus_has_its_own_route():
    """Goserelin 10 mg at once: 10 mg / 44.1 L, half-life ln 2 x 44.1 / 6.63 h."""
    found = exposure(predict(None, drug="goserelin", regimen="10 mg bolus once", days=3))
    assert found.value("c0") == pytest.approx(1e4 / 44.1, rel=1e-9)
    assert found.value("half_life") * 24 == pytest.approx(np.log(2) * 44.1 / 6.63, rel=1e-6)
    several = exposure(predict(None, drug="goserelin", regimen="10 mg bolus every 6 h x 2", days=0.5))
    # The second peak stands on what six hours have left of the first.
    assert several.value("cmax", "dose 2") == pytest.approx(1e4 / 44.1 * (1 + np.exp(-6 * 6.63 / 44.1)), rel=1e-9)
