"""What Python users give by mistake: refused with a sentence that says what to give, not by a traceback from inside."""

import numpy as np
import pandas as pd
import pytest

import pkmodels as pk
from pkmodels import fitting, prediction, reporting
from pkmodels.errors import FitError, PkmodelsError, PredictionError, RecordError, StudyError
from pkmodels.studies import Study, read_study


@pytest.fixture(scope="module")
def both():
    return read_study("kakade_2018_goserelin")


@pytest.fixture(scope="module")
def one(both):
    return both.only("D")


@pytest.fixture(scope="module")
def fit(one):
    return pk.fit(one, "weibull")


@pytest.mark.parametrize("path", [5, None, [1, 2], ""])
def test_paths_of_data(path):
    with pytest.raises(StudyError, match=r"is not a path; give a text such as 'lab.csv'"):
        read_study(path)


@pytest.mark.parametrize("path", [5, None, ""])
def test_paths_of_records_and_pages(fit, path):
    with pytest.raises(RecordError, match="is not a path"):
        fitting.load_fit(path)
    with pytest.raises(RecordError, match="is not a path"):
        fit.save(path)
    if path is not None:
        with pytest.raises(RecordError, match="is not a path"):
            reporting.report(fit=fit, path=path)


@pytest.mark.parametrize(("given", "words"), [
    ({"model": 5}, "5 is not a model; give a name such as 'weibull'"), ({"model": None}, "None is not a model"),
    ({"fixed": ["beta"]}, r"fixed = \['beta'\] is not possible; give a mapping"),
    ({"priors": ["beta"]}, r"priors = \['beta'\] is not possible; give a mapping"),
    ({"priors": {"beta": 3}}, "the prior of beta is 3; give two numbers"),
    ({"priors": {"beta": (1, 2, 3)}}, "give two numbers"), ({"priors": {"beta": (1, "x")}}, "give two numbers"),
    ({"priors": "publik"}, "give 'public', or a mapping"), ({"seed": "a"}, "whole number from 0 on"),
    ({"seed": -1}, "whole number from 0 on"), ({"seed": 1.5}, "whole number from 0 on"),
])
def test_fit(one, given, words):
    with pytest.raises(FitError, match=words):
        pk.fit(one, **{"model": "weibull", **given})


@pytest.mark.parametrize("study", ["lab.csv", None, pd.DataFrame({"a": [1]}), np.zeros(3)])
def test_studies(study):
    for way in (lambda: pk.fit(study, "weibull"), lambda: pk.compare(study), lambda: fitting.fit_each(study, "weibull"),
                lambda: fitting.fit_many(study, "weibull")):
        with pytest.raises(FitError, match="a fit needs a study, not"):
            way()


@pytest.mark.parametrize(("models", "words"), [(5, "no list of models"), ([], "no models to compare"),
                                               ([5], "5 is not a model")])
def test_compare(one, models, words):
    with pytest.raises(FitError, match=words):
        pk.compare(one, models)


def test_one_name_is_one_model(one):
    assert [f.model.name for f in pk.compare(one, "weibull").fits] == ["weibull"]


@pytest.mark.parametrize(("given", "words"), [
    ({"shared": 5}, "shared = 5 is not possible"), ({"own": [1]}, r"own = \[1\] is not possible"),
    ({"shared": "beta", "conditions": 5}, "conditions = 5 is not possible"),
])
def test_fit_many(both, given, words):
    with pytest.raises(FitError, match=words):
        fitting.fit_many(both, "weibull", **given)


@pytest.mark.parametrize(("given", "words"), [
    ({"drug": 5}, "drug = 5 is not possible; give a name"),
    ({"regimen": 5}, "regimen = 5 is not possible; give a text"),
    ({"environment": 37}, "surroundings cannot be read from int; give words"),
    ({"environment": {"heat": 3}}, "'?heat'?"),
    ({"seed": "a"}, "seed = 'a' is not possible"), ({"times": "a"}, "times must be rising numbers"),
])
def test_predict(fit, given, words):
    with pytest.raises(PredictionError, match=words):
        pk.predict(fit, **{"drug": "goserelin", "regimen": "3.6 mg once", "days": 3, **given})


def test_what_cannot_be_released_from(both):
    with pytest.raises(PredictionError, match="a int cannot be released from"):
        pk.predict(5, days=3)
    with pytest.raises(PredictionError, match="values = 5 is not possible"):
        pk.predict("weibull", values=5, days=3)
    several = fitting.fit_many(both, "weibull", shared="beta")
    with pytest.raises(PredictionError, match=r"a fit of 4 curves; choose one, such as fit\['A'\]"):
        prediction.as_release(several)


@pytest.mark.parametrize("given", [5, None, "weibull"])
def test_diagnose(given):
    with pytest.raises(FitError, match="diagnose needs a fit"):
        fitting.diagnose(given)


class TestDataFrame:
    """A table in Python is read as the same table in a file."""

    TABLE = pd.DataFrame({"time (h)": [1, 4, 24], "A (%)": [10.25, 1 / 3, np.nan], "B (%)": [20, 40, 60.0]})

    def test_like_a_file(self, tmp_path):
        self.TABLE.to_csv(tmp_path / "lab.csv", index=False)
        found, other = read_study(self.TABLE), read_study(tmp_path / "lab.csv")
        pd.testing.assert_frame_equal(found.frame, other.frame)
        assert found.formulations == ("A", "B")
        assert "DataFrame" in repr(found)
        assert any("not used, and not taken as zero" in each for each in found.set_aside)

    def test_times_in_a_named_index(self):
        assert read_study(self.TABLE.set_index("time (h)")).times.max() == 24

    def test_what_is_no_study(self):
        with pytest.raises(PkmodelsError, match="time"):
            read_study(pd.DataFrame({"a": [1, 2], "b": [3, 4]}))

    def test_of_nothing(self):
        with pytest.raises(PkmodelsError):
            read_study(pd.DataFrame())

    def test_the_unit_may_be_said_in_the_call(self):
        table = self.TABLE.rename(columns={"time (h)": "time"})
        assert read_study(table, time="day").times.max() == 24 * 24

    def test_a_record_of_it(self, tmp_path):
        found = pk.fit(read_study(self.TABLE, formulation="B"), "first_order")
        assert fitting.load_fit(found.save(tmp_path / "fit.toml")).study.sha256 == found.study.sha256


def test_studies_of_arrays_still_say_what_is_wrong():
    with pytest.raises(StudyError, match="give numbers"):
        Study.from_arrays(["a"], [1], time_unit="h")
