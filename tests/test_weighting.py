"""Weights, errors that add up, priors: what they do to a fit."""

import numpy as np
import pytest
from scipy.optimize import curve_fit

from pkmodels import fitting
from pkmodels.errors import FitError, PkmodelsError
from pkmodels.fitting import weighting
from pkmodels.studies import Study

DAYS = np.array([0.5, 1, 2, 4, 7, 10, 14, 21, 28.0])


def study(shares, **given):
    return Study.from_arrays(DAYS, np.asarray(shares), time_unit="day", source="made.csv", formulation="x", **given)


def truth(k=0.12):
    return 1 - np.exp(-k * DAYS)


NOISY = truth() + np.array([1, -2, 1, 2, -1, -2, 1, 2, -1]) * 0.01


def by_scipy(sigma):
    best, covariance = curve_fit(lambda t, k: 1 - np.exp(-k * t), DAYS, NOISY, p0=[0.1], sigma=sigma, ftol=1e-14,
                                 xtol=1e-14, gtol=1e-14)
    return best[0], np.sqrt(covariance[0, 0])


@pytest.mark.parametrize(("weights", "sigma"), [
    ("none", np.ones_like(DAYS)), ("1/y", np.sqrt(NOISY)), ("1/y2", NOISY), ("1/sd2", 0.01 + 0.001 * DAYS),
])
def test_weights_are_those_of_scipy(weights, sigma):
    made = study(NOISY, sd=0.01 + 0.001 * DAYS)
    found = fitting.fit(made, "first_order", weights=weights)
    value, error = by_scipy(sigma)
    assert found.values["k"] == pytest.approx(value, rel=1e-7)
    assert found.stderr["k"] == pytest.approx(error, rel=1e-5)
    assert bool(found.notes) == (weights != "none")


def test_a_standard_deviation_of_zero_does_not_rule_the_fit():
    sd = np.full(len(DAYS), 0.02)
    sd[3] = 0.0
    found = fitting.fit(study(NOISY, sd=sd), "first_order", weights="1/sd2")
    floored = by_scipy(np.where(sd == 0, weighting.SMALLEST_SD, sd))
    assert found.values["k"] == pytest.approx(floored[0], rel=1e-7)
    assert any("a spread of zero is chance" in note for note in found.notes)


def test_pooled_variance_of_replicates():
    """Replicates with a constant and a relative part in known proportion give them back."""
    spread = np.sqrt(0.01**2 + (0.05 * truth()) ** 2)
    shares = np.concatenate([truth() + side * spread / np.sqrt(2) for side in (1, -1)])
    made = Study.from_arrays(np.tile(DAYS, 2), shares, time_unit="day", source="m", formulation="x",
                             replicate=np.repeat(["1", "2"], len(DAYS)))
    white, notes = weighting.whitening(made, "pooled")
    assert "1 % of dose and 5 % of the value" in notes[0]
    variance = 0.01**2 + (0.05 * made.released) ** 2
    assert white / white[0] == pytest.approx(np.sqrt(variance[0] / variance), rel=1e-3)


def test_increments_are_generalised_least_squares():
    """Random-walk errors: fitting the increments is least squares of the differences, done here by scipy."""
    found = fitting.fit(study(NOISY), "first_order", errors="increments")
    best, covariance = curve_fit(lambda t, k: np.diff(1 - np.exp(-k * t), prepend=0), DAYS, np.diff(NOISY, prepend=0),
                                 p0=[0.1], ftol=1e-14, xtol=1e-14, gtol=1e-14)
    assert found.values["k"] == pytest.approx(best[0], rel=1e-7)
    assert found.stderr["k"] == pytest.approx(np.sqrt(covariance[0, 0]), rel=1e-5)
    assert found.statistics["ss"] > 0
    assert found.statistics["wss"] != found.statistics["ss"]


def test_increments_run_within_each_replicate():
    made = Study.from_arrays(np.tile([1.0, 2.0, 4.0], 2), [0.1, 0.2, 0.4, 0.12, 0.21, 0.39], time_unit="day",
                             source="m", formulation="x", replicate=["1"] * 3 + ["2"] * 3)
    matrix, _ = weighting.whitening(made, errors="increments")
    assert np.linalg.det(matrix) == pytest.approx(1)
    by_replicate = dict(zip(zip(made.frame["replicate"], made.times / 24, strict=True), matrix @ made.released,
                            strict=True))
    assert by_replicate["1", 4.0] == pytest.approx(0.2)
    assert by_replicate["2", 2.0] == pytest.approx(0.09)
    assert by_replicate["2", 1.0] == pytest.approx(0.12)


@pytest.mark.parametrize(("walk", "chosen"), [(True, "increments"), (False, "independent")])
def test_auto_takes_the_likelier(walk, chosen):
    days = np.arange(0.5, 30)
    steps = np.random.default_rng(4).standard_normal(len(days)) * 0.01
    shares = 1 - np.exp(-0.05 * days) + (np.cumsum(steps) if walk else steps)
    made = Study.from_arrays(days, shares, time_unit="day", source="m", formulation="x")
    found = fitting.fit(made, "first_order", errors="auto")
    assert found.errors == chosen
    assert any("chosen by restricted likelihood" in note for note in found.notes)


def test_random_walk_errors_need_increments():
    """Of 200 made curves whose errors add up, 95 % intervals hold the truth only when increments are fitted."""
    days = np.array([0.5, 1, 2, 3, 5, 7, 10, 14, 18, 22, 26, 30.0])
    generator = np.random.default_rng(21)
    hits = {"independent": 0, "increments": 0}
    for _ in range(200):
        shares = 1 - np.exp(-0.08 * days) + np.cumsum(0.012 * generator.standard_normal(len(days)))
        made = Study.from_arrays(days, shares, time_unit="day", source="m", formulation="x")
        for errors in hits:
            low, high = fitting.fit(made, "first_order", errors=errors).intervals["k"]
            hits[errors] += low <= 0.08 <= high
    assert 0.90 <= hits["increments"] / 200 <= 0.985
    assert hits["independent"] / 200 < 0.80


class TestPriors:
    def test_a_prior_is_one_more_row(self):
        """A very sure prior decides, a very vague one (a factor of 10^6: 14 on the log scale) hardly matters."""
        made = study(NOISY)
        tight = fitting.fit(made, "first_order", priors={"k": (0.3, 1.0001)})
        loose = fitting.fit(made, "first_order", priors={"k": (0.3, 1e6)})
        free = fitting.fit(made, "first_order")
        assert tight.values["k"] == pytest.approx(0.3, rel=1e-3)
        assert loose.values["k"] == pytest.approx(free.values["k"], rel=1e-5)
        assert "k = 0.3 1/day within a factor of 1e+06" in loose.notes[0]
        assert loose.statistics["n"] == free.statistics["n"]

    def test_public_priors_hold_what_the_data_do_not_show(self, curve_d):
        free = fitting.fit(curve_d, "gallagher_corrigan")
        held = fitting.fit(curve_d, "gallagher_corrigan", priors="public")
        assert held.stderr["k_erosion"] / held.values["k_erosion"] < free.stderr["k_erosion"] / free.values["k_erosion"]
        assert "public curves" in held.notes[0]

    @pytest.mark.parametrize(("given", "words"), [
        ("public", "no public quantiles for first_order"), ({"k": (0.1, 0.5)}, "a factor above 1"),
        ({"q": (1, 2)}, "no parameter of first_order called 'q'"), ({"k": (-1, 2)}, "below its bound"),
    ])
    def test_what_is_no_prior(self, given, words):
        with pytest.raises(PkmodelsError) as refused:
            fitting.fit(study(NOISY), "first_order", priors=given)
        assert words in str(refused.value)


@pytest.mark.parametrize(("given", "words"), [
    ({"weights": "1/x"}, "kind of weights"), ({"errors": "walk"}, "kind of errors"),
    ({"weights": "1/sd2"}, "have none"), ({"weights": "pooled"}, "three times or more"),
    ({"weights": "1/y", "errors": "increments"}, "for independent errors"),
])
def test_what_cannot_be_weighted(given, words):
    with pytest.raises(PkmodelsError) as refused:
        fitting.fit(study(NOISY), "first_order", **given)
    assert words in str(refused.value)
    assert issubclass(FitError, PkmodelsError)
