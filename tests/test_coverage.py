"""Windows and coverage against curves whose shares are known in closed form."""

import json
import math
from dataclasses import FrozenInstanceError

import numpy as np
import pytest
import xarray as xr
from scipy.interpolate import PchipInterpolator

from pkmodels import windows
from pkmodels.errors import PredictionError, RecordError, UnitError, UnknownName
from pkmodels.metrics.crossing import Curves
from pkmodels.metrics.result import wilson
from pkmodels.metrics.window_coverage import coverage
from pkmodels.windows import Window, list_windows, read_window

CL, V = 6.63, 44.1
RATE = CL / V
STEADY = 3.6e6 / 672 / (CL * 1000)


def predicted(times, values, *, doses=(0.0,), draws=None, unit="day", concentration="ng/mL", analyte="goserelin",
              name="plasma", **attributes):
    """A prediction as `predict` returns it."""
    series = {"units": concentration, "long_name": "concentration", "analyte": analyte}
    variables = {name: ("time", np.asarray(values, dtype=float), series)}
    if draws is not None:
        variables[f"{name}_draws"] = (("draw", "time"), draws, series)
    return xr.Dataset(variables, coords={"time": ("time", np.asarray(times, dtype=float), {"units": unit})},
                      attrs={"dose_times": list(doses), **attributes})


def constant_release(days=28, points=1500):
    hours = np.unique(np.concatenate([np.linspace(0, 72, points), np.linspace(72, days * 24, points)]))
    return predicted(hours / 24, STEADY * -np.expm1(-RATE * hours))


class TestWindow:
    def test_shipped(self):
        assert {"goserelin", "testosterone_castration"} <= set(list_windows())
        window = read_window("goserelin")
        assert (window.lower, window.upper, window.unit, window.analyte) == (0.5, 1.2, "ng/mL", "goserelin")
        assert window.matrix == "plasma"
        assert "no primary source" in window.provenance
        assert any("not a threshold of efficacy" in warning for warning in window.warnings)
        assert any("0.81 ng/mL" in warning for warning in window.warnings)
        assert window.citations == ("feng2025",)
        for text in (repr(window), window._repr_html_()):
            assert all(each in text for each in (*window.warnings, window.provenance, "Feng W (2025)"))
        assert json.loads(json.dumps(window.to_dict()))["upper"] == 1.2
        assert read_window("> 0.5 ng/mL").to_dict()["upper"] is None

    def test_castration_is_the_same_in_three_units(self):
        """50 ng/dL = 0.5 ng/mL; 1.735 nmol/L needs testosterone's molar mass (288.4 g/mol)."""
        window = read_window("testosterone_castration")
        assert window.limits("ng/dL") == (0.0, 50.0)
        assert window.limits("ug/L") == (0.0, 0.5)
        nmol_per_litre = 0.5e-6 / 288.4 * 1e9
        assert nmol_per_litre == pytest.approx(1.735, rel=1e-3)
        with pytest.raises(UnitError, match="molar mass"):
            window.limits("nmol/L")

    def test_molar_limits_by_the_molar_mass_of_the_card(self):
        """1.5 nmol/L of 1269 g/mol are 1.9035 ng/mL; a window of mass beside a molar prediction the other way round."""
        made = predicted([0, 1, 2], [1, 2, 3])
        made.attrs["molar_mass"] = "1269 g/mol"
        found = coverage(made, "1.5-2 nmol/L of goserelin")
        assert (found.window.lower, found.window.upper, found.window.unit) == (1.9035, 2.538, "ng/mL")
        assert any("1.5-2 nmol/L read as 1.9035-2.538 ng/mL by the molar mass" in note for note in found.notes)
        same = coverage(made, "1.9035-2.538 ng/mL of goserelin")
        assert found.numbers == pytest.approx(same.numbers, nan_ok=True)
        molar = predicted([0, 1, 2], [1, 2, 3], concentration="nmol/L")
        molar.attrs["molar_mass"] = "1.269 kg/mol"
        assert coverage(molar, "> 1.9035 ng/mL").window.bounds == "at least 1.5 nmol/L"

    @pytest.mark.parametrize(("text", "lower", "upper", "analyte"), [
        ("0.5-1.2 ng/mL", 0.5, 1.2, ""),
        ("0.5 – 1.2 ng/mL", 0.5, 1.2, ""),
        ("0.5 to 1.2 ng/mL", 0.5, 1.2, ""),
        ("0.5 ng/mL to 1.2 ng/mL", 0.5, 1.2, ""),
        ("500 pg/mL - 1.2 ng/mL of goserelin", 0.5, 1.2, "goserelin"),
        ("5e-1-1.2e0 ng/mL SN-38", 0.5, 1.2, "SN-38"),
        ("> 0.5 ng/mL", 0.5, math.inf, ""),
        (">=0.5 ng/mL", 0.5, math.inf, ""),
        ("at least 0.5 ng/mL", 0.5, math.inf, ""),
        ("< 2 ng/mL", 0, 2, ""),
        ("below 2 ng/mL of testosterone", 0, 2, "testosterone"),
        ("≤ 2 ng/mL", 0, 2, ""),
        ("0-2 ng/mL", 0, 2, ""),
    ])
    def test_limits_in_words(self, text, lower, upper, analyte):
        window = read_window(text)
        assert (window.lower, window.upper, window.unit, window.analyte) == (lower, upper, "ng/mL", analyte)
        assert window.provenance == "given by the user"
        assert read_window(window) is window

    @pytest.mark.parametrize(("text", "error", "said"), [
        ("0,5-1,2 ng/mL", PredictionError, "write a point"),
        ("1.2-0.5 ng/mL", PredictionError, "not below its upper limit"),
        ("0.5-0.5 ng/mL", PredictionError, "not below its upper limit"),
        ("-1-2 ng/mL", PredictionError, "cannot begin at -1"),
        ("> -1 ng/mL", PredictionError, "cannot begin at -1"),
        ("< 0 ng/mL", PredictionError, "no concentration inside"),
        ("> 0 ng/mL", PredictionError, "without limits"),
        ("0.5-1.2", PredictionError, "has no unit"),
        ("> 0.5", PredictionError, "has no unit"),
        ("0.5 ng/mL", PredictionError, "is one number"),
        ("", PredictionError, "is not a window"),
        (None, PredictionError, "is not a window"),
        ("0.5-1.2-3 ng/mL", PredictionError, "is not a window"),
        ("0.5-1.2 ng", UnitError, "not a concentration"),
        ("0.5-1.2 mg/kg", UnitError, "not a concentration"),
        ("0.5-1.2 foo", UnitError, "not a unit"),
        ("goserlin", UnknownName, "did you mean goserelin"),
    ])
    def test_what_is_refused_and_why(self, text, error, said):
        with pytest.raises(error, match=said):
            read_window(text)

    def test_an_analyte_is_not_exchanged(self):
        assert read_window("0.5-1.2 ng/mL", "goserelin").analyte == "goserelin"
        assert read_window("goserelin", "Goserelin").analyte == "goserelin"
        with pytest.raises(PredictionError, match="for goserelin, but the analyte given is testosterone"):
            read_window("goserelin", "testosterone")

    def test_made_by_hand(self):
        assert str(Window(lower=1, unit="nmol/L", analyte="x")) == "at least 1 nmol/L x"
        for limits in ({"lower": "1"}, {"upper": math.nan}, {"lower": True}):
            with pytest.raises(PredictionError, match="is not a number"):
                Window(**limits, unit="ng/mL")
        with pytest.raises(FrozenInstanceError):
            read_window("goserelin").lower = 0

    @pytest.mark.parametrize(("entry", "said"), [
        ("lower = 2.0\nupper = 1.0\nunit = 'ng/mL'", "not below"),
        ("lowr = 2.0\nunit = 'ng/mL'", "did you mean lower"),
        ("lower = 2.0", "unit"),
    ])
    def test_a_broken_shelf_is_named(self, tmp_path, monkeypatch, entry, said):
        (tmp_path / "windows.toml").write_text(f"[trial]\n{entry}\n")
        monkeypatch.setattr(windows.shelf, "folder", lambda name: tmp_path)
        with pytest.raises(RecordError, match=rf"windows.toml, \[trial\].*{said}"):
            read_window("trial")


class TestClosedForms:
    def test_constant_release_into_one_compartment(self):
        """3.6 mg over 28 days: steady 0.80802 ng/mL, 0.5 reached at 6.415 h, 99.05 % of 28 days inside."""
        found = coverage(constant_release(), "goserelin")
        onset = -math.log(1 - 0.5 / STEADY) / RATE
        assert (STEADY, onset) == (pytest.approx(0.80802, abs=5e-6), pytest.approx(6.415, abs=5e-4))
        assert found.value("first_entry") * 24 == pytest.approx(onset, rel=1e-6)
        assert found.value("onset") == found.value("first_entry")
        assert found.value("inside") == pytest.approx(100 * (1 - onset / 672), rel=1e-8)
        assert found.value("inside") == pytest.approx(99.05, abs=0.005)
        assert found.value("above") == 0
        assert found.value("cmax") == pytest.approx(STEADY)
        assert found.value("ctrough") == pytest.approx(STEADY)
        area = STEADY * (672 + np.expm1(-RATE * 672) / RATE)
        assert found.value("cavg") == pytest.approx(area / 672, rel=1e-7)
        assert found.value("longest_gap") == 0
        assert found.reasons["overall", "last_exit"] == "still inside at the end"
        assert found.reasons["overall", "swing"] == "the lowest concentration is zero"

    def test_sine(self):
        """0.8 + 0.6 sin: below 0.5 for a third of the time (sin < -1/2), above 1.2 where sin > 2/3."""
        times = np.linspace(0, 28, 2001)
        found = coverage(predicted(times, 0.8 + 0.6 * np.sin(2 * np.pi * times / 28)), "0.5-1.2 ng/mL")
        above = (math.pi - 2 * math.asin(2 / 3)) / (2 * math.pi)
        assert found.value("below") == pytest.approx(100 / 3, abs=1e-5)
        assert found.value("above") == pytest.approx(100 * above, abs=1e-5)
        assert found.value("inside") == pytest.approx(100 * (2 / 3 - above), abs=1e-5)
        assert found.value("first_entry") == 0
        assert found.value("longest_gap") == pytest.approx(28 / 3, rel=1e-6)
        assert found.value("longest_gap_below") == pytest.approx(28 / 3, rel=1e-6)
        assert found.value("fluctuation") == pytest.approx(150, rel=1e-5)
        assert found.value("swing") == pytest.approx(600, rel=1e-4)
        assert found.value("cavg") == pytest.approx(0.8, rel=1e-9)
        assert found.value("tmax") == pytest.approx(7, abs=0.02)

    @pytest.mark.parametrize("unit", ["h", "day", "week"])
    def test_decay(self, unit):
        """From 4 with a half-life of 1: inside 0.5-2 from 1 to 3, and never again."""
        times = np.linspace(0, 5, 1001)
        found = coverage(predicted(times, 4 * 0.5**times, unit=unit), "0.5-2 ng/mL", sustained=f"2 {unit}")
        assert found.value("first_entry") == pytest.approx(1, rel=1e-6)
        assert found.value("last_exit") == pytest.approx(3, rel=1e-6)
        assert found.value("inside") == pytest.approx(40, rel=1e-6)
        assert found.value("above") == pytest.approx(20, rel=1e-6)
        assert found.value("longest_gap") == pytest.approx(2, rel=1e-6)
        assert found.units["first_entry"] == unit
        assert f"first entry ({unit})" in found.table.columns

    def test_shares_do_not_depend_on_counting_points(self):
        coarse, fine = (coverage(constant_release(points=n), "goserelin").value("inside") for n in (60, 5000))
        assert coarse == pytest.approx(fine, abs=0.01)

    def test_crossings_are_the_roots_of_the_interpolant(self):
        rng = np.random.default_rng(3)
        times = np.cumsum(rng.uniform(0.1, 1, 60))
        values = rng.uniform(0, 2, 60)
        curve = PchipInterpolator(times, values)
        found = coverage(predicted(times, values, doses=()), "0.7-1.3 ng/mL", sustained="1 min")
        roots = np.sort(np.concatenate([curve.solve(level, extrapolate=False) for level in (0.7, 1.3)]))
        edges = np.concatenate([[times[0]], roots, [times[-1]]])
        middle = curve((edges[1:] + edges[:-1]) / 2)
        kept = (middle >= 0.7) & (middle <= 1.3)
        share = np.diff(edges)[kept].sum() / (edges[-1] - edges[0])
        assert found.value("inside") == pytest.approx(100 * share, rel=1e-9)
        assert found.value("first_entry") + times[0] == pytest.approx(edges[:-1][kept][0], rel=1e-12)
        assert found.value("last_exit") + times[0] == pytest.approx(edges[1:][kept][-1], rel=1e-12)
        assert found.value("cavg") == pytest.approx(curve.integrate(times[0], times[-1]) / (times[-1] - times[0]))


class TestLimits:
    @pytest.mark.parametrize(("level", "text", "side"), [
        (0.5, "0.5-1.2 ng/mL", "inside"),
        (1.2, "0.5-1.2 ng/mL", "inside"),
        (0.5, "> 0.5 ng/mL", "inside"),
        (0.5, "< 0.5 ng/mL", "inside"),
        (500.0, "0.5-1.2 ng/mL", "inside"),
        (0.1 + 0.2, "< 0.3 ng/mL", "inside"),
        (0.499, "0.5-1.2 ng/mL", "below"),
        (1.201, "0.5-1.2 ng/mL", "above"),
        (1e9, "> 0.5 ng/mL", "inside"),
        (0.0, "0.5-1.2 ng/mL", "below"),
        (0.0, "< 0.5 ng/mL", "inside"),
    ])
    def test_constant_curves(self, level, text, side):
        unit = "pg/mL" if level == 500 else "ng/mL"
        found = coverage(predicted([0, 1, 2, 28], [level] * 4, concentration=unit), text)
        assert [found.value(each) for each in ("inside", "below", "above")] == [
            100 if each == side else 0 for each in ("inside", "below", "above")]
        assert found.value("tmax") == 0
        assert level == 0 or (found.value("fluctuation"), found.value("swing")) == (0, 0)
        if side == "inside":
            assert (found.value("first_entry"), found.value("longest_gap")) == (0, 0)
        else:
            assert math.isnan(found.value("first_entry"))
            assert found.reasons["overall", "first_entry"] == "never inside the window"
            assert found.verdict[0].startswith("never inside")
        if level == 0:
            assert found.reasons["overall", "fluctuation"] == "the average concentration is zero"

    def test_touching_a_limit_is_not_a_stay(self):
        found = coverage(predicted([0, 1, 2], [0.0, 0.5, 0.0]), "0.5-1.2 ng/mL")
        assert found.value("inside") == 0
        assert math.isnan(found.value("first_entry"))
        assert "without a stay" in found.verdict[1]

    def test_dipping_to_a_limit_is_no_gap(self):
        found = coverage(predicted([0, 1, 2], [1.0, 0.5, 1.0]), "0.5-1.2 ng/mL")
        assert (found.value("inside"), found.value("longest_gap")) == (100, 0)

    def test_leaping_over_the_window(self):
        """A jump at a dose, given by its time twice, from below to above."""
        found = coverage(predicted([0, 1, 1, 2], [0.1, 0.1, 5, 5], doses=(0, 1)), "0.5-1.2 ng/mL")
        assert [found.value(each) for each in ("inside", "below", "above")] == [0, 50, 50]
        assert "from one side to the other" in found.verdict[1]

    def test_a_bolus_is_a_jump_not_a_ramp(self):
        times = np.concatenate([np.linspace(0, 24, 400), np.linspace(24, 48, 400)])
        once = 2 * 0.5 ** (np.linspace(0, 24, 400) / 6)
        found = coverage(predicted(times, np.concatenate([once, once + once[-1] * 0.5 ** (times[400:] / 6 - 4)]),
                                   doses=(0, 24), unit="h"), "> 1 ng/mL", sustained="1 h")
        assert found.table["inside (%)"].iloc[1] == pytest.approx(25, rel=1e-5)
        assert found.table["first entry (h)"].tolist() == [0, 0, 0]
        second = 6 * math.log2(2 * (1 + 2**-4))
        assert found.table["last exit (h)"].iloc[2] == pytest.approx(second, rel=1e-5)
        assert found.table["ctrough (ng/mL)"].iloc[1] == pytest.approx(2 * 2**-4)

    def test_a_brief_visit_is_an_entry_but_no_onset(self):
        found = coverage(predicted([0, 1, 2, 3, 10], [0, 3, 0, 0.8, 0.8]), "0.5-1.2 ng/mL", sustained="36 h")
        assert found.value("first_entry") < 0.5
        assert 2 < found.value("onset") < 3
        assert any("36 h without a break" in each for each in found.verdict)
        found = coverage(predicted([0, 1, 2], [0, 3, 0]), "0.5-1.2 ng/mL")
        assert found.reasons["overall", "onset"] == "never inside for 24 h without a break"

    def test_above_then_below_is_one_gap(self):
        found = coverage(predicted([0, 1, 1, 2, 2, 3, 3, 4], [1, 1, 5, 5, 0.1, 0.1, 1, 1], doses=()), "0.5-1.2 ng/mL")
        assert found.value("longest_gap") == pytest.approx(2)
        assert found.value("longest_gap_below") == pytest.approx(1)


class TestIntervals:
    def six(self, until=168, **more):
        times = np.linspace(0, until, 8 * until + 1)
        since = times % 28
        return predicted(times, since * np.exp(1 - since / 7) / 7, doses=[28.0 * k for k in range(6)], **more)

    def test_rows(self):
        found = coverage(self.six(), "0.5-1.2 ng/mL")
        assert found.rows == ("overall", *(f"dose {k + 1} (day {28 * k}-{28 * k + 28})" for k in range(6)))
        assert found.spans[0] == (0, 168)
        assert found.notes == ("the window does not say its analyte; it is taken to be of goserelin",)
        # t exp(1 - t/7)/7 is at a half where t/7 = -W(-1/(2e)): 0.231961 and 2.678347.
        share = 100 * 7 * (2.678346990 - 0.231960953) / 28
        assert found.table["inside (%)"].to_numpy() == pytest.approx([share] * 7, abs=2e-4)
        assert found.table["first entry (day)"].to_numpy() == pytest.approx([7 * 0.231960953] * 7, abs=1e-4)
        assert found.table["tmax (day)"].to_numpy()[1:] == pytest.approx([7] * 6, abs=1e-9)

    def test_a_kink_at_a_dose_stays_a_kink(self):
        found = coverage(self.six(), "0.5-1.2 ng/mL")
        alone = coverage(self.six(until=28), "0.5-1.2 ng/mL")
        assert found.table.iloc[1, :10].to_numpy() == pytest.approx(alone.table.iloc[1, :10].to_numpy(), rel=1e-3)

    def test_the_last_interval_is_as_long_as_the_one_before(self):
        times = np.linspace(0, 84, 841)
        found = coverage(predicted(times, np.ones(841), doses=(0, 28)), "goserelin")
        assert found.spans == ((0, 56), (0, 28), (28, 56))
        assert any("goes on for 4 weeks" in note for note in found.notes)

    def test_or_ends_with_the_prediction(self):
        found = coverage(predicted(np.linspace(0, 40, 401), np.ones(401), doses=(0, 28, 56)), "goserelin")
        assert found.spans == ((0, 40), (0, 28), (28, 40))
        assert any("1 of 3 doses" in note for note in found.notes)
        found = coverage(predicted(np.linspace(0, 40, 401), np.ones(401), doses=(0, 28)), "goserelin")
        assert any("ends 16 days before the last dosing interval" in note for note in found.notes)

    def test_a_dose_between_points_is_told(self):
        found = coverage(predicted([0, 10, 20, 30, 40, 56], [1] * 6, doses=(0, 28)), "goserelin")
        assert found.spans == ((0, 56), (0, 28), (28, 56))
        assert any("not among the predicted times" in note for note in found.notes)
        assert found.value("inside") == 100

    def test_a_prediction_that_begins_late_still_counts_from_the_dose(self):
        found = coverage(predicted([7, 14, 28], [1.0, 2.0, 0.5]), "> 0.1 ng/mL")
        assert found.spans[0] == (7, 28)
        assert found.value("tmax") == 14
        assert found.value("first_entry") == 7
        assert any("begins 7 days after the first dose" in note for note in found.notes)

    def test_without_doses_there_is_one_row(self):
        data = predicted([0, 1, 2], [1, 1, 1])
        del data.attrs["dose_times"]
        assert coverage(data, "goserelin").rows == ("overall",)


class TestDraws:
    FACTORS = np.linspace(0.4, 1.6, 200)

    def found(self, text="0.5-1.2 ng/mL"):
        times = np.array([0.0, 14, 28])
        return coverage(predicted(times, np.ones(3), draws=self.FACTORS[:, None] * np.ones(3)), text)

    def test_quantiles_and_probability(self):
        found = self.found()
        inside = (self.FACTORS >= 0.5) & (self.FACTORS <= 1.2)
        assert found.probability_always_inside == pytest.approx(inside.mean())
        low, high = np.quantile(self.FACTORS, [0.025, 0.975])
        assert (found.low["cmax (ng/mL)"].iloc[0], found.high["cmax (ng/mL)"].iloc[0]) == (
            pytest.approx(low), pytest.approx(high))
        assert any("never inside" in note for note in found.notes)
        assert any("of 200 draws" in each for each in found.verdict)
        assert found.draws == 200

    def test_attainment_and_wilson(self):
        found = self.found()
        table = found.attainment(80)
        assert table["probability"].iloc[0] == pytest.approx(found.probability_always_inside)
        # Wilson 1927 for 81 of 263, a textbook case (Newcombe 1998): 0.2553 to 0.3662.
        assert wilson(81 / 263, 263) == (pytest.approx(0.2553, abs=5e-5), pytest.approx(0.3662, abs=5e-5))
        with pytest.raises(PredictionError, match="above 0 and up to 100"):
            found.attainment(0)

    def test_where_no_draw_is_ever_inside(self):
        found = self.found("> 5 ng/mL")
        assert found.probability_always_inside == 0
        assert math.isinf(found.low["first entry (day)"].iloc[0])
        assert "0 %" in found.verdict[0]

    def test_without_draws(self):
        found = coverage(constant_release(), "goserelin")
        assert (found.low, found.high, found.draws) == (None, None, 0)
        assert math.isnan(found.probability_always_inside)
        with pytest.raises(PredictionError, match="has none"):
            found.attainment(80)

    def test_many_draws_are_all_counted(self):
        times = np.linspace(0, 168, 2017)
        base = 0.8 + 0.6 * np.sin(2 * np.pi * times / 28)
        spread = np.exp(np.random.default_rng(1).normal(0, 0.2, (200, 1)))
        data = predicted(times, base, doses=[28.0 * k for k in range(6)], draws=spread * base)
        found = coverage(data, "0.5-1.2 ng/mL")
        # Of each draw the share of many points of its sine that lie inside.
        fine = spread * (0.8 + 0.6 * np.sin(np.linspace(0, 12 * np.pi, 200_001)))
        share = 100 * np.mean((fine >= 0.5) & (fine <= 1.2), axis=1)
        assert found.draws == 200
        assert found.low["inside (%)"].iloc[0] == pytest.approx(np.quantile(share, 0.025), abs=0.05)
        assert found.high["inside (%)"].iloc[0] == pytest.approx(np.quantile(share, 0.975), abs=0.05)


class TestWhatIsSaid:
    def test_a_window_for_another_analyte_is_refused(self):
        with pytest.raises(PredictionError, match="of testosterone is not"):
            coverage(constant_release(), "0.5-1.2 ng/mL of testosterone")
        with pytest.raises(PredictionError, match="testosterone"):
            coverage(constant_release(), "testosterone_castration")

    def test_provenance_and_warnings_are_always_shown(self):
        data = constant_release()
        data.attrs |= {"drug": "goserelin", "regimen": "3.6 mg once", "assumptions": ["bioavailability 1 <assumed>"]}
        found = coverage(data, "goserelin")
        for text in (repr(found), found._repr_html_()):
            assert "no primary source" in text
            assert "not a threshold of efficacy" in text
            assert "Feng W (2025)" in text
            assert "3.6 mg once" in text
            assert "inside 0.5-1.2 ng/mL goserelin for 99 % of 4 weeks" in text
            assert "first inside after 6.41 h" in text
            assert "still inside at the end" in text
        assert "&lt;assumed&gt;" in found._repr_html_()
        assert "given by the user" in repr(coverage(data, "0.5-1.2 ng/mL"))

    def test_tissue_against_a_plasma_window_is_told(self):
        data = predicted([0, 1, 2], [1, 1, 1], name="tissue")
        assert any("held against 'tissue'" in note for note in coverage(data, "goserelin", variable="tissue").notes)

    def test_a_prediction_without_analyte_is_told(self):
        found = coverage(predicted([0, 1, 2], [1, 1, 1], analyte=""), "goserelin")
        assert any("taken to be goserelin" in note for note in found.notes)

    def test_plain_numbers_for_json(self):
        found = TestDraws().found()
        plain = json.loads(json.dumps(found.to_dict(), allow_nan=False))
        wanted = {"inside", "below", "above", "first_entry", "last_exit", "longest_gap", "cmax", "tmax", "cmin", "cavg"}
        for row in (plain["overall"], *plain["intervals"]):
            assert wanted <= set(row)
            assert row["cmax"]["unit"] == "ng/mL"
            assert row["first_entry"]["unit"] == "day"
        assert plain["overall"]["inside"]["value"] == 1.0
        assert plain["inside"] == plain["overall"]["inside"]
        assert plain["overall"]["last_exit"] == {"value": None, "low": None, "high": None, "unit": "day",
                                                 "reason": "still inside at the end"}
        assert plain["window"]["provenance"]
        assert json.dumps(coverage(constant_release(), "> 0.5 ng/mL").to_dict(), allow_nan=False)

    def test_many_doses_print_a_few(self):
        times = np.linspace(0, 280, 2801)
        found = coverage(predicted(times, np.ones(2801), doses=range(0, 280, 28)), "goserelin")
        assert "6 more dosing intervals are in the full table" in repr(found)
        assert len(found.table) == 11

    def test_the_worst_interval_is_named(self):
        times = np.linspace(0, 56, 561)
        found = coverage(predicted(times, np.minimum(times / 28, 1), doses=(0, 28)), "goserelin")
        assert any("least inside in dose 1 (day 0-28): 50 %" in each for each in found.verdict)

    def test_a_coverage_is_a_frozen_value(self):
        found = coverage(constant_release(), "goserelin")
        with pytest.raises(FrozenInstanceError):
            found.unit = "mg/L"
        table = found.table
        table.loc["overall", "inside (%)"] = -1
        assert found.value("inside") > 99
        with pytest.raises(ValueError, match="read-only"):
            found.numbers[0, 0] = 1
        with pytest.raises(UnknownName, match="did you mean inside"):
            found.value("insde")
        with pytest.raises(UnknownName, match="row"):
            found.value("inside", "dose 9")


class TestMisuse:
    def test_a_hole_is_refused(self):
        with pytest.raises(PredictionError, match="2 values that are not numbers, first at 1 day"):
            coverage(predicted([0, 1, 2, 3], [1, np.nan, np.inf, 1]), "goserelin")
        with pytest.raises(PredictionError, match="plasma_draws"):
            coverage(predicted([0, 1], [1, 1], draws=np.array([[1, np.nan]])), "goserelin")

    @pytest.mark.parametrize(("change", "error", "said"), [
        ({"unit": "mg"}, PredictionError, "set prediction.time.attrs"),
        ({"concentration": ""}, PredictionError, "has no unit"),
        ({"concentration": "mg"}, UnitError, "the window is in ng/mL and the prediction in mg"),
        ({"concentration": "nmol/L"}, UnitError, "molar mass"),
        ({"doses": [np.nan]}, PredictionError, "dose_times"),
    ])
    def test_wrong_attributes(self, change, error, said):
        with pytest.raises(error, match=said):
            coverage(predicted([0, 1, 2], [1, 1, 1], **change), "goserelin")

    def test_wrong_shapes_and_names(self):
        with pytest.raises(PredictionError, match="not a DataArray"):
            coverage(constant_release().plasma, "goserelin")
        with pytest.raises(UnknownName, match="did you mean plasma"):
            coverage(constant_release(), "goserelin", variable="plsma")
        with pytest.raises(PredictionError, match="at least two"):
            coverage(predicted([0], [1]), "goserelin")
        with pytest.raises(PredictionError, match="must not fall"):
            coverage(predicted([0, 2, 1], [1, 1, 1]), "goserelin")
        with pytest.raises(PredictionError, match="negative concentrations"):
            coverage(predicted([0, 1], [1, -1]), "goserelin")
        with pytest.raises(PredictionError, match="longer than zero"):
            coverage(constant_release(), "goserelin", sustained="0 h")
        with pytest.raises(PredictionError, match="must have the dimensions"):
            coverage(constant_release().expand_dims(patient=2), "goserelin")
        with pytest.raises(PredictionError, match="no coordinate 'time'"):
            coverage(constant_release().drop_vars("time"), "goserelin")


class TestCurves:
    def test_integral_of_a_straight_line_is_exact(self):
        curves = Curves.through([0, 1, 3], [[0, 1, 3], [2, 2, 2]])
        assert curves.integral(0.5, 2.5) == pytest.approx([3, 4], rel=1e-15)
        assert curves.at(2.0) == pytest.approx([2, 2])
        assert curves.at(3.0, "left") == pytest.approx([3, 2])

    def test_smallest_numbers_do_no_harm(self):
        curves = Curves.through([0, 1, 2, 3], [[1e-320, 3e-320, 2e-320, 0], [0, 0, 0, 0]])
        assert np.all(np.isfinite(curves.cubic))
