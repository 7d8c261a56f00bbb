"""Work spread over processes and a cluster: the same answers, whatever happens to those who do it."""

import os
import subprocess
import sys
import textwrap

import pytest
from chores import Square, Unpackable, fails_at_twenty

import pkmodels as pk
from pkmodels.errors import WorkError
from pkmodels.workers import _BEGIN, spread

NUMBERS = range(60)
SQUARES = {n: n**2 for n in NUMBERS}


def done(work, **settings):
    """Squares by number, and the processes that found them."""
    found = dict(spread(work, NUMBERS, start=0.0, **settings))
    return {place: answer[0] for place, answer in found.items()}, {answer[1] for answer in found.values()}


def test_two_processes_do_what_one_does(tmp_path, capfd):
    squares, processes = done(Square(os.getpid(), tmp_path), workers=2)
    assert squares == SQUARES
    assert os.getpid() in processes
    assert len(processes) == 2


def test_processes_have_one_thread_each(tmp_path, monkeypatch, capfd):
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    answers = dict(spread(Square(os.getpid(), tmp_path), NUMBERS, workers=2, start=0.0)).values()
    assert {threads for _, process, threads in answers if process != os.getpid()} == {"1"}


def test_too_little_work_starts_no_process(tmp_path, capfd):
    (tmp_path / "alive").touch()
    answers = dict(spread(Square(os.getpid(), tmp_path), NUMBERS, workers=2, start=300.0)).values()
    assert {process for _, process, _ in answers} == {os.getpid()}


def test_a_killed_process_loses_nothing(tmp_path, capfd):
    """It ends by a signal in the middle of its first number; its successor goes on."""
    squares, processes = done(Square(os.getpid(), tmp_path, dies=True), workers=2)
    assert (tmp_path / "killed").exists()
    assert squares == SQUARES
    assert len(processes) == 2


def test_work_that_ends_its_process_too_often_is_given_up(tmp_path, monkeypatch, capfd):
    monkeypatch.setattr("pkmodels.workers.ATTEMPTS", 1)
    with pytest.raises(WorkError, match="fewer workers"):
        done(Square(os.getpid(), tmp_path, "killed", dies=True, always=True), workers=2)


def test_what_a_piece_raises_is_raised():
    with pytest.raises(LookupError, match="twenty"):
        dict(spread(fails_at_twenty, NUMBERS, workers=2, start=0.0))


def test_what_cannot_be_sent_is_said():
    with pytest.raises(WorkError, match="module of its own"):
        dict(spread(Unpackable(), NUMBERS, workers=2, start=0.0))


def test_what_another_process_cannot_load_is_done_here(tmp_path, monkeypatch, capfd):
    """As a function that was typed into a notebook."""
    monkeypatch.setattr("pkmodels.workers._BEGIN", f"{_BEGIN}; open({str(tmp_path / 'alive')!r}, 'w').close()")
    work = Square(os.getpid(), tmp_path)
    monkeypatch.setattr(Square, "__module__", "typed_into_a_notebook")
    monkeypatch.setitem(sys.modules, "typed_into_a_notebook", sys.modules["chores"])
    with pytest.warns(UserWarning, match="module of its own"):
        squares, processes = done(work, workers=2)
    assert squares == SQUARES
    assert processes == {os.getpid()}


def test_without_python_the_work_is_done_here(tmp_path, monkeypatch, capfd):
    monkeypatch.setattr("pkmodels.workers.ATTEMPTS", 1)
    monkeypatch.setattr("pkmodels.workers._BEGIN", f"open({str(tmp_path / 'alive')!r}, 'w').close()")
    with pytest.warns(UserWarning, match="could not be started"):
        squares, processes = done(Square(os.getpid(), tmp_path), workers=2)
    assert squares == SQUARES
    assert processes == {os.getpid()}


def test_progress_counts_every_piece():
    seen = []

    def progress(things):
        for each in things:
            yield each
            seen.append(each)

    assert sorted(dict(spread(fails_at_twenty, range(15), workers=2, start=0.0, progress=progress))) == list(range(15))
    assert seen == list(range(15))


def test_an_interruption_leaves_no_process(tmp_path, capfd):
    answers = spread(Square(os.getpid(), tmp_path), NUMBERS, workers=2, start=0.0)
    others = set()
    for _, (_, process, _) in answers:
        others |= {process} - {os.getpid()}
        if others:
            break
    answers.close()
    with pytest.raises(ProcessLookupError):
        os.kill(others.pop(), 0)


@pytest.mark.parametrize(("given", "said"), [
    ({"workers": 0}, "workers = 0"), ({"workers": True}, "workers = True"), ({"workers": 2.0}, "whole number"),
    ({"client": "tcp://here"}, "no cluster"),
])
def test_what_cannot_be_is_refused(given, said):
    with pytest.raises(WorkError, match=said):
        next(spread(abs, NUMBERS, **given))


def test_a_script_needs_no_guard(tmp_path):
    """No `if __name__ == "__main__"`; the script is not run a second time."""
    script = tmp_path / "script.py"
    script.write_text(textwrap.dedent("""
        import math
        from pkmodels.workers import _BEGIN, spread
        print("begun")
        print(sum(dict(spread(math.factorial, [20] * 12, workers=2, start=0.0)).values()) == 12 * math.factorial(20))
        """))
    found = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    assert found.stdout.split() == ["begun", "True"]
    assert not found.stderr


@pytest.fixture(scope="module")
def client():
    """A cluster of two processes on this machine."""
    distributed = pytest.importorskip("distributed", reason="distributed is not installed (the extra 'cluster')")
    with (distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0") as cluster,
          distributed.Client(cluster) as client):
        yield client


def test_a_cluster_does_what_one_does(client, tmp_path, capfd):
    """With a worker that is killed at its first number."""
    squares, processes = done(Square(os.getpid(), tmp_path, dies=True), client=client)
    assert squares == SQUARES
    assert len(processes) >= 2  # this one, which does the first piece
    assert (tmp_path / "killed").exists()
    with pytest.raises(LookupError, match="twenty"):
        dict(spread(fails_at_twenty, NUMBERS, client=client))


def test_a_population_is_the_same_wherever_it_is_predicted(client, monkeypatch):
    """On the cluster, and in two processes of which one is killed as soon as it is seen."""
    job = {"values": {"k": (0.2, "1/day")}, "drug": "goserelin", "regimen": "3.6 mg once", "days": 7, "seed": 3,
           "window": pk.read_window("0.5-1.2 ng/mL"), "patients": 2 * 4096 + 5, "variability": {"clearance": 0.3},
           "band": False}
    alone = pk.predict_population("first_order", **job)
    assert alone.identical(pk.predict_population("first_order", **job, client=client))
    monkeypatch.setattr("pkmodels.workers.START", 0.0)
    started, launch = [], subprocess.Popen

    def noted(*given, **settings):
        process = launch(*given, **settings)
        if not started:
            process.kill()
        started.append(process)
        return process

    monkeypatch.setattr(subprocess, "Popen", noted)
    assert alone.identical(pk.predict_population("first_order", **job, workers=2))
    assert started[0].returncode != 0
