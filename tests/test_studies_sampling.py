"""The sampling operator: numbers from balances written out by hand, and from a vessel emptied step by step."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkmodels.errors import StudyError
from pkmodels.studies import read_study
from pkmodels.studies.sampling import released_share, sampling_matrix

# 10, 8 and 6 mg/L in a vessel of 10 mL, samples of 2 mL; mg, calculated by hand.
BY_HAND = {
    "fresh": (0.100, 0.080 + 0.020, 0.060 + 0.020 + 0.016),
    "none": (0.100, 0.064 + 0.020, 0.036 + 0.020 + 0.016),
    "full": (0.100, 0.100 + 0.080, 0.100 + 0.080 + 0.060),
}


@pytest.mark.parametrize(("replacement", "expected"), BY_HAND.items())
def test_three_samples_by_hand(replacement, expected):
    matrix = sampling_matrix(3, vessel_volume=0.010, sample_volume=0.002, replacement=replacement)
    np.testing.assert_allclose(matrix @ [10.0, 8.0, 6.0], expected, rtol=1e-12)


def test_drug_that_is_all_released_at_once_stays_all_released():
    """With replacement the concentration falls as a geometric series, and the amount released does not."""
    number = np.arange(12)
    concentrations = 1.25 / 0.010 * (1 - 0.2) ** number
    share = released_share(concentrations, dose=1.25, vessel_volume=0.010, sample_volume=0.002)
    np.testing.assert_allclose(share, 1.0, rtol=1e-12)


def test_without_replacement_the_concentration_of_a_closed_vessel_is_constant():
    share = released_share([125.0] * 5, dose=1.25, vessel_volume=0.010, sample_volume=0.002, replacement="none")
    np.testing.assert_allclose(share, 1.0, rtol=1e-12)


@pytest.mark.parametrize(("sample_volume", "apparent"), [(1, 0.375), (2, 0.163), (8, 0.018)])
def test_what_ignoring_the_samples_costs(sample_volume, apparent):
    """A vessel of 10 mL sampled daily for 14 days, first-order release of 0.2 per day: 0.939 looks like far less."""
    in_vessel, concentrations = 0.0, []
    for day in range(1, 15):
        in_vessel += np.exp(-0.2 * (day - 1)) - np.exp(-0.2 * day)
        concentrations.append(in_vessel / 10)
        in_vessel -= sample_volume * concentrations[-1]
    assert 10 * concentrations[-1] == pytest.approx(apparent, abs=5e-4)
    share = released_share(concentrations, dose=1, vessel_volume=10, sample_volume=sample_volume)
    assert share[-1] == pytest.approx(0.939, abs=5e-4)


@settings(deadline=None, max_examples=40)
@given(samples=st.integers(1, 30), part=st.floats(0.001, 0.03), replacement=st.sampled_from(["fresh", "none", "full"]))
def test_the_matrix_is_lower_triangular_and_can_be_inverted(samples, part, replacement):
    matrix = sampling_matrix(samples, vessel_volume=1.0, sample_volume=part, replacement=replacement)
    np.testing.assert_array_equal(matrix, np.tril(matrix))
    assert np.all(np.diag(matrix) > 0)


@pytest.mark.parametrize(("settings_", "words"), [
    ({"vessel_volume": 0.0, "sample_volume": 0.002}, "vessel volume is 0 L"),
    ({"vessel_volume": 0.010, "sample_volume": 0.012}, "12 mL cannot be taken from a vessel of 10 mL"),
    ({"vessel_volume": 0.010, "sample_volume": 0.004, "replacement": "none"}, "empty a vessel"),
    ({"vessel_volume": 0.010, "sample_volume": 0.002, "replacement": "half"}, "'fresh'"),
])
def test_impossible_samples_are_refused(settings_, words):
    with pytest.raises(StudyError, match=words):
        sampling_matrix(3, **settings_)


def test_a_dose_of_nothing_is_refused():
    with pytest.raises(StudyError, match="dose"):
        released_share([1.0], dose=0, vessel_volume=1, sample_volume=0.1)


SETTINGS = """[sampling]
vessel_volume = "10 mL"
sample_volume = "2 mL"
replacement = "{}"
dose = "0.2 mg"
"""


@pytest.mark.parametrize(("replacement", "expected"), BY_HAND.items())
def test_concentrations_with_a_toml_beside_them(tmp_path, replacement, expected):
    (tmp_path / "lab.csv").write_text("time (h),conc. (ug/mL)\n1,10\n4,8\n24,6\n")
    (tmp_path / "lab.toml").write_text(SETTINGS.format(replacement))
    study = read_study(tmp_path / "lab.csv")
    np.testing.assert_allclose(study.released, np.array(expected) / 0.2, rtol=1e-12)
    np.testing.assert_allclose(study.frame["concentration_mg_per_L"], [10, 8, 6])
    assert study.conditions["vessel_volume"] == "10 mL"


@pytest.mark.parametrize(("comment", "share"), [
    ("# Vessel volume: 10 mL; sample volume: 2 mL, not replaced; dose: 0.2 mg", 0.36),
    ("# dose in the vessel 200 ug, vessel 0.01 L, samples 2 mL, replaced by fresh buffer", 0.48),
    ('"# vessel 10 mL, whole medium exchanged, dose 0.2 mg"', 1.20),
])
def test_the_comment_line_in_other_words(tmp_path, comment, share):
    (tmp_path / "lab.csv").write_text(f"{comment}\ntime (h),concentration_mg_per_L\n1,10\n4,8\n24,6\n")
    assert read_study(tmp_path / "lab.csv").released[-1] == pytest.approx(share, rel=1e-12)


def test_spread_of_concentrations_goes_through_the_matrix(tmp_path):
    """Var(M3) = 10² 0.3² + 2² 0.5² + 2² 0.4² in µg², over a dose of 200 µg."""
    (tmp_path / "lab.csv").write_text(
        "# vessel 10 mL, sample 2 mL, replaced, dose 0.2 mg\n"
        "time (h),mean concentration (ug/mL),sd,n\n1,10,0.5,3\n4,8,0.4,3\n24,6,0.3,3\n")
    study = read_study(tmp_path / "lab.csv")
    assert study.sd[-1] == pytest.approx(np.sqrt(9 + 1 + 0.64) / 200, rel=1e-12)
    assert list(study.n) == [3, 3, 3]
    assert any("independent" in note for note in study.notes)
