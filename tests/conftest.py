"""What several tests share."""

import json
from pathlib import Path

import numpy as np
import pytest

from pkmodels import prediction
from pkmodels.cli import main
from pkmodels.studies import Study, read_plasma, read_study

SHARED = Path(__file__).resolve().parents[2] / "shared"
CARD = """
name = "trial"
analyte = "trial"
[sets.people]
body = {body}
[sets.people.parameters]
{parameters}
"""


@pytest.fixture
def drug(tmp_path):
    """Makes a drug card with the given body and parameters."""
    def make(body, **parameters):
        lines = "\n".join(f'{n} = {{value = {v!r}, unit = "{u}", source = "invented", evidence = "assumed"}}'
                          for n, (v, u) in parameters.items())
        path = tmp_path / "trial.toml"
        path.write_text(CARD.format(body=json.dumps(body), parameters=lines))
        return prediction.read_drug(path)
    return make


@pytest.fixture
def run(capsys, tmp_path, monkeypatch):
    """Runs one command in an empty folder; returns code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)

    def go(*arguments):
        try:
            code = main(list(map(str, arguments)))
        except SystemExit as leaving:
            code = leaving.code
        found = capsys.readouterr()
        return code, found.out, found.err
    return go


@pytest.fixture(scope="session")
def golden():
    """Reference numbers kept outside the repository."""
    path = SHARED / "science" / "golden_values.json"
    if not path.exists():
        pytest.skip("the reference numbers are kept outside the repository and are not here")
    return json.loads(path.read_text())


@pytest.fixture(scope="session")
def curve_d():
    """Goserelin microspheres, formulation D (Kakade 2018)."""
    return read_study("kakade_2018_goserelin", formulation="D")


@pytest.fixture(scope="session")
def ddsolver_profile():
    """The example profile of DDSolver's papers and pages: hours and per cent."""
    times = [1, 2, 3, 4, 6, 8, 10, 12, 14, 16, 18, 20]
    percent = [8, 24, 38, 48, 58, 66, 73, 78, 84, 88, 92, 95]
    return Study.from_arrays(np.array(times, float), np.array(percent, float), time_unit="h",
                             released_unit="percent", formulation="example", source="ddsolver_example")


@pytest.fixture(scope="session")
def classics():
    """Reads one of the classic data sets, which are kept outside the repository: ``classics("Theoph")``."""
    def read(name):
        path = SHARED / "data" / "pk_classics" / f"{name}.csv"
        if not path.exists():
            pytest.skip("the classic data sets are kept outside the repository and are not here")
        return read_plasma(path, time="h", unit="mg/L")
    return read
