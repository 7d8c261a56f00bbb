"""What a fit must not depend on: the unit of time, of release, and the order of rows, columns and replicates."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pkmodels import fitting
from pkmodels.studies import Study, read_study

QUICK = settings(deadline=None, max_examples=6, derandomize=True,
                 suppress_health_check=[HealthCheck.function_scoped_fixture])
HOURS = np.array([6.0, 24, 48, 96, 168, 240, 336, 504])
MODELS = ["first_order", "weibull", "weibull+plateau", "biexponential"]
#: Names of times and rates among the parameters of these models; everything else is a plain number.
TIMES, RATES = {"t_scale"}, {"k", "k_burst", "k_sustained"}
#: The optimum is found to parts in 1e7 and better; what is left is where the last step ends.
SAME = 1e-5


def noisy(seed, replicates=1):
    """Shares of a curve with two phases and errors of 1 %, (replicates, times)."""
    errors = 0.01 * np.random.default_rng(seed).standard_normal((replicates, len(HOURS)))
    return np.maximum(0.25 * (1 - np.exp(-HOURS / 12)) + 0.65 * (1 - np.exp(-HOURS / 200)) + errors, 0.0)


def study_of(shares, time_unit="h", factor=1.0, **given_):
    return Study.from_arrays(HOURS * factor, shares, time_unit=time_unit, source="made", formulation="x", **given_)


def same(found, other, tolerance=SAME):
    assert found.statistics["ss"] == pytest.approx(other.statistics["ss"], rel=1e-7)
    assert found.inside == pytest.approx(other.inside, rel=tolerance)


@pytest.mark.parametrize("model", MODELS)
@QUICK
@given(seed=st.integers(0, 10**6), stretch=st.floats(0.02, 50))
def test_a_slower_clock_gives_slower_rates(model, seed, stretch):
    """t -> λ t: times go with λ, rates with 1/λ, shares and sums of squares stay."""
    one = fitting.fit(study_of(noisy(seed)[0]), model)
    other = fitting.fit(study_of(noisy(seed)[0], factor=stretch), model)
    assert other.statistics["ss"] == pytest.approx(one.statistics["ss"], rel=1e-7)
    if set(one.free) != set(one.values):
        # A process over before the first sample, or one that is not there: its rate is a bound, or nothing.
        return
    for name, value in one.values.items():
        factor = stretch if name in TIMES else 1 / stretch if name in RATES else 1.0
        assert other.values[name] == pytest.approx(value * factor, rel=1e-4), name
        assert other.stderr[name] == pytest.approx(one.stderr[name] * factor, rel=1e-3), name


@pytest.mark.parametrize(("unit", "hours"), [("min", 1 / 60), ("day", 24.0), ("week", 168.0)])
@QUICK
@given(seed=st.integers(0, 10**6))
def test_files_in_other_units_of_time(tmp_path, unit, hours, seed):
    """The same curve written in hours and in minutes, days or weeks."""
    fits = []
    for name, scale in (("h", 1.0), (unit, hours)):
        path = tmp_path / f"{name}.csv"
        pd.DataFrame({f"time ({name})": HOURS / scale, "released (%)": 100 * noisy(seed)[0]}).to_csv(path, index=False)
        fits.append(fitting.fit(read_study(path, time=name), "weibull+plateau"))
    same(*fits)
    # Also what is shown in these units: 1 hour is so much of the other.
    assert fits[1].values["t_scale"] * hours == pytest.approx(fits[0].values["t_scale"], rel=SAME)


@QUICK
@given(seed=st.integers(0, 10**6))
def test_per_cent_are_hundredths(tmp_path, seed):
    fits = []
    for unit, scale in (("%", 100), ("fraction", 1)):
        path = tmp_path / f"{scale}.csv"
        pd.DataFrame({"time (h)": HOURS, f"released ({unit})": scale * noisy(seed)[0]}).to_csv(path, index=False)
        fits.append(fitting.fit(read_study(path), "weibull"))
    same(*fits)


@QUICK
@given(seed=st.integers(0, 10**6), order=st.permutations(range(len(HOURS) * 3)))
def test_the_order_of_rows_and_the_names_of_replicates_say_nothing(seed, order):
    times = np.tile(HOURS, 3)
    shares = noisy(seed, 3).ravel()
    names = np.repeat(["1", "2", "3"], len(HOURS))
    other_names = np.repeat(["c", "a", "b"], len(HOURS))
    for errors in ("independent", "increments"):
        fits = [fitting.fit(Study.from_arrays(times[k], shares[k], time_unit="h", replicate=list(who[k])), "weibull",
                            errors=errors)
                for k, who in ((np.arange(len(times)), names), (np.array(order), other_names))]
        same(*fits)
        assert fits[0].stderr == pytest.approx(fits[1].stderr, rel=1e-4)


@QUICK
@given(seed=st.integers(0, 10**6), order=st.permutations(range(len(HOURS))))
def test_rows_of_concentrations_in_any_order(seed, order):
    seen = 50 * np.diff(noisy(seed)[0], prepend=0.0)
    order = np.array(order)
    fits = [fitting.fit(Study.from_concentrations(
        HOURS[k], seen[k], time_unit="h", concentration_unit="mg/L", vessel_volume="20 mL", dose="1 mg",
        replacement="full"), "weibull+plateau") for k in (np.arange(len(HOURS)), order)]
    same(*fits)


@QUICK
@given(seed=st.integers(0, 10**6), order=st.permutations(["time (h)", "vial 1 (%)", "vial 2 (%)", "vial 3 (%)"]))
def test_the_order_of_columns_says_nothing(tmp_path, seed, order):
    table = pd.DataFrame({"time (h)": HOURS, **{f"vial {k + 1} (%)": 100 * row
                                                for k, row in enumerate(noisy(seed, 3))}})
    fits = []
    for name, frame in (("one", table), ("other", table[list(order)])):
        frame.to_csv(tmp_path / f"{name}.csv", index=False)
        study = read_study(tmp_path / f"{name}.csv")
        fits.append(fitting.fit(study.only(study.formulations[0]), "weibull"))
    same(*fits)


@settings(QUICK, max_examples=3)
@given(seed=st.integers(0, 10**6), stretch=st.floats(0.05, 20), order=st.permutations(range(len(HOURS))))
def test_compare_chooses_the_same(seed, stretch, order):
    shares, order = noisy(seed)[0], np.array(order)
    studies = [study_of(shares), study_of(shares, factor=stretch), study_of(100 * shares, released_unit="percent"),
               study_of(shares, "day", 1 / 24),
               Study.from_arrays(HOURS[order], shares[order], time_unit="h", source="made", formulation="x")]
    names = ["first_order", "weibull", "weibull+plateau", "biexponential+plateau", "higuchi"]
    found = [fitting.compare(one, names) for one in studies]
    for other in found[1:]:
        assert other.best.model.name == found[0].best.model.name
        assert [f.model.name for f in other.fits] == [f.model.name for f in found[0].fits]
        assert other.weights == pytest.approx(found[0].weights, abs=1e-5)
