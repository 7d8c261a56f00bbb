"""Datasets go to netCDF and Zarr files as they are, and what is read from there serves like what was written."""

import html
import importlib.util

import numpy as np
import pytest
import xarray

from pkmodels import fitting, metrics, plotting, prediction, reporting
from pkmodels.prediction.lines import Lines, lines
from pkmodels.studies import Study, read_study

#: scipy's own format is always there; the others where they are installed.
WAYS = {"scipy": "scipy", "netcdf4": "netCDF4", "zarr": "zarr"}


@pytest.fixture(params=WAYS)
def kept(request, tmp_path):
    """Write a dataset to a file and read it again."""
    if importlib.util.find_spec(WAYS[request.param]) is None:
        pytest.skip(f"{request.param} is not installed; nothing of ours needs it")

    def way(dataset):
        if request.param == "zarr":
            dataset.to_zarr(tmp_path / "kept.zarr", consolidated=False)
            return xarray.open_zarr(tmp_path / "kept.zarr", consolidated=False).load()
        dataset.to_netcdf(tmp_path / "kept.nc", engine=request.param)
        with xarray.open_dataset(tmp_path / "kept.nc", engine=request.param) as found:
            return found.load()

    return way


@pytest.fixture(scope="module")
def fit():
    return fitting.fit(read_study("kakade_2018_goserelin", formulation="D"), "weibull")


@pytest.mark.parametrize("given", [
    {"days": 20}, {"drug": "goserelin", "regimen": "3.6 mg once", "days": 28},
    {"drug": "goserelin", "regimen": "3.6 mg every 28 days x 2"},
])
def test_a_prediction(fit, kept, given):
    made = prediction.predict(fit, draws=5, **given)
    found = kept(made)
    assert lines(found.attrs, "assumptions") == list(made.attrs["assumptions"])
    assert lines(found.attrs, "citations") == list(made.attrs["citations"])
    np.testing.assert_array_equal(found["released_draws"], made["released_draws"])
    if "drug" in given:
        np.testing.assert_array_equal(np.ravel(found.attrs["dose_times"]), made.attrs["dose_times"])
        one, other = (metrics.coverage(each, "goserelin") for each in (made, found))
        assert one.to_dict() == other.to_dict()
        plotting.plot_prediction(found)
        page = html.unescape(reporting.report(prediction=found)).replace("\N{NO-BREAK SPACE}", " ")
        assert all(sentence in page for sentence in made.attrs["assumptions"])


def test_a_fit_of_many(kept):
    made = fitting.fit_many(read_study("kakade_2018_goserelin"), "weibull", shared="beta").to_xarray()
    found = kept(made)
    np.testing.assert_array_equal(found["value"], made["value"])
    assert [str(name) for name in found["curve"].values] == ["A", "B", "C", "D"]
    assert found["shared"].values.tolist() == [False, True]


def test_a_study_of_concentrations(kept):
    made = Study.from_concentrations([1, 2, 4], [10, 8, 6], time_unit="h", concentration_unit="ug/mL", dose="0.2 mg",
                                     vessel_volume="10 mL", sample_volume="2 mL", formulation="a").to_xarray()
    found = kept(made)
    np.testing.assert_array_equal(found["concentration_mg_per_L"], [10, 8, 6])
    assert found["sample"].values.tolist() == [1, 2, 3]


def test_lines():
    text = Lines.of(["one\nbroken", "two"])
    assert list(text) == ["one broken", "two"]
    assert isinstance(text, str)
    assert list(Lines.of([])) == []
    assert lines({}, "assumptions") == []
