"""Finished work in a folder: taken over where it is the same work to the last digit, and never otherwise."""

import errno
import os
import subprocess
import sys
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pytest
import sympy

import pkmodels as pk
from pkmodels import catalogue, kept
from pkmodels.environment import t
from pkmodels.errors import WorkError
from pkmodels.model import Curve, Parameter


@dataclass(frozen=True)
class Times:
    """Work that notes what it is asked."""

    factor: float

    def __call__(self, piece):
        BEGUN.append(piece)
        return {"value": np.array([self.factor * piece])}


BEGUN = []
PIECES = (2.0, 3.0, 5.0)


def done(folder, work, pieces=PIECES, asked=None):
    """Answers, and the pieces that were not taken over."""
    BEGUN.clear()
    found = dict(kept.resumed(folder, {"what": "product", **(asked or {})}, work, pieces,
                              [f"piece_{k}" for k in range(len(pieces))]))
    return [found[k]["value"].tolist() for k in range(len(pieces))], list(BEGUN)


def test_finished_pieces_are_taken_over(tmp_path):
    assert done(tmp_path, Times(7.0)) == ([[14.0], [21.0], [35.0]], [2.0, 3.0, 5.0])
    assert done(tmp_path, Times(7.0)) == ([[14.0], [21.0], [35.0]], [])
    assert done(tmp_path, Times(7.0), (2.0, 4.0, 5.0)) == ([[14.0], [28.0], [35.0]], [4.0])


@pytest.mark.parametrize(("work", "asked"), [(Times(7.0 + 1e-15 * 7), None), (Times(7.0), {"seed": 2})])
def test_other_work_is_refused(tmp_path, work, asked):
    done(tmp_path, Times(7.0))
    with pytest.raises(WorkError, match="another product"):
        done(tmp_path, work, asked=asked)


def test_a_file_of_another_job_is_not_taken_over(tmp_path):
    """As where two jobs began in one folder at the same moment, or a file was copied."""
    for factor in (7.0, 11.0):
        done(tmp_path / str(factor), Times(factor))
    os.replace(tmp_path / "7.0" / "piece_1.npz", tmp_path / "11.0" / "piece_1.npz")
    assert done(tmp_path / "11.0", Times(11.0)) == ([[22.0], [33.0], [55.0]], [3.0])


def test_a_file_with_a_wrong_byte_or_cut_off_is_done_again(tmp_path):
    done(tmp_path, Times(7.0))
    path = tmp_path / "piece_1.npz"
    whole = path.read_bytes()
    for place in range(0, len(whole), 3):
        for damaged in (whole[:place], whole[:place] + bytes([whole[place] ^ 65]) + whole[place + 1:]):
            path.write_bytes(damaged)
            assert done(tmp_path, Times(7.0))[0] == [[14.0], [21.0], [35.0]]


def test_a_full_disk_is_said_and_leaves_nothing_half(tmp_path, monkeypatch):
    def full(file, **arrays):
        file.write(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(np, "savez", full)
        with pytest.raises(WorkError, match=r"piece_0.*cannot be written.*No space left on device") as caught:
            done(tmp_path, Times(7.0))
    assert "\n" not in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["manifest.json"]
    assert done(tmp_path, Times(7.0))[1] == [2.0, 3.0, 5.0]


def test_a_manifest_that_cannot_be_read_is_said(tmp_path):
    done(tmp_path, Times(7.0))
    for content in (b"", b"[]", b"\xff\xfe", b'{"sha256": 1}'):
        (tmp_path / "manifest.json").write_bytes(content)
        with pytest.raises(WorkError, match="choose an empty folder"):
            done(tmp_path, Times(7.0))


def test_what_work_is_made_of_is_the_same_in_every_process():
    code = ("from pkmodels import catalogue, kept; "
            "print(kept.digest([catalogue.get_model('gallagher_corrigan'), {'a': {'x', 'y', 'z'}}]))")
    here = kept.digest([catalogue.get_model("gallagher_corrigan"), {"a": {"x", "y", "z"}}])
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True,
                           env={**os.environ, "PYTHONHASHSEED": "7"})
    assert other.stdout.strip() == here


def test_what_differs_has_another_digest():
    a = np.array([1.0, 2.0])
    alike = [a, a.astype(np.float32), a[None], [1.0, 2.0], np.array([1, 2]), np.array(["1", "2"], dtype=object),
             pd.DataFrame({"a": a}), {"a": a}, {"b": a}, {"a", "b"}, Times(1.0), Times(2.0), "1", 1, 1.5, None, np.sin]
    assert len({kept.digest(each) for each in alike}) == len(alike)
    assert kept.digest(np.array(["x"], dtype=object)) == kept.digest(np.array(["x".join(["", ""])], dtype=object))


COMMON = {"patients": 20, "band": False}


def test_people_of_another_table_are_not_taken_over(tmp_path):
    """Twice the weight is another clearance, whatever the table is called and however long it is."""
    job = {**COMMON, "drug": "pembrolizumab", "regimen": "200 mg bolus every 21 days x 2"}
    pk.predict_population(None, **job, table=pd.DataFrame({"weight": np.full(20, 60.0)}), folder=tmp_path)
    with pytest.raises(WorkError, match="another population"):
        pk.predict_population(None, **job, table=pd.DataFrame({"weight": np.full(20, 120.0)}), folder=tmp_path)


def test_draws_of_a_fit_that_is_less_sure_are_not_taken_over(tmp_path):
    """The same best values, five times the standard errors."""
    study = pk.read_study("kakade_2018_goserelin", formulation="D")
    release = pk.fit(study, "weibull").release
    job = {**COMMON, "drug": "goserelin", "regimen": "3.6 mg once", "days": 28, "draws": 3}
    pk.predict_population(release, **job, folder=tmp_path)
    with pytest.raises(WorkError, match="another population"):
        pk.predict_population(replace(release, covariance=25 * release.covariance), **job, folder=tmp_path)


def test_a_model_that_was_changed_under_its_name_is_not_taken_over(tmp_path):
    k = sympy.Symbol("k")
    parameters = (Parameter(k, 0.1, "1/day", (0, sympy.oo), "rate", scale="log"),)
    job = {**COMMON, "drug": "goserelin", "regimen": "3.6 mg once", "days": 28, "values": {"k": (0.1, "1/day")}}
    for law, refused in ((1 - sympy.exp(-k * t), False), (1 - sympy.exp(-((k * t) ** 2)), True)):
        curve = Curve("mine", "Mine", released=law, parameters=parameters)
        if refused:
            with pytest.raises(WorkError, match="another population"):
                pk.predict_population(curve, **job, folder=tmp_path)
        else:
            pk.predict_population(curve, **job, folder=tmp_path)
