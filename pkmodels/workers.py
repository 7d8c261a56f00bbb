"""Work spread over processes of this machine or over a cluster: the same code, the same numbers.

This process does its share, so ``workers=2`` starts one more. It is a fresh Python that is told what to do through a
pipe: it neither copies threads of this one nor runs the user's script again, so scripts need no
``if __name__ == "__main__"`` and notebooks work as they are.
"""

import contextlib
import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
import time
import warnings
from collections import Counter, deque

from .errors import WorkError

#: Seconds that the start of a process costs (Python and its libraries): where less would be gained none is started.
START = 3.0
#: Seconds of work that are handed over at a time; handing over takes milliseconds.
PORTION = 0.5
#: How often a piece may take its process with it before it is given up, and a process may fail to start.
ATTEMPTS = 3
#: One thread each, as many processes as asked for: not their product.
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS",
               "VECLIB_MAXIMUM_THREADS")
_BEGIN = "import pickle, sys; sys.path[:] = pickle.load(sys.stdin.buffer); from pkmodels.workers import serve; serve()"


def check(workers, client):
    """Refuse what is no number of processes, or no cluster.

    Raises
    ------
    WorkError
    """
    if isinstance(workers, bool) or not isinstance(workers, int) or workers < 1:
        raise WorkError(f"workers = {workers!r} is not possible; give a whole number from 1 on")
    if client is not None and not all(hasattr(client, each) for each in ("submit", "nthreads", "cancel")):
        raise WorkError(f"client = {client!r} is no cluster; give a dask.distributed.Client, such as "
                        f"Client('tcp://scheduler:8786')")
    if client is not None and workers > 1:
        raise WorkError(f"workers = {workers} are processes of this machine, client is a cluster; give one of them")


def spread(work, pieces, *, workers=1, client=None, progress=None, start=None):
    """Do ``work(piece)`` for every piece.

    The first pieces are done here and timed: where other processes would not pay, none is started. A process that is
    killed loses nothing: its pieces are done again elsewhere.

    Parameters
    ----------
    work : callable
        Whose answer depends on the piece alone; it and the pieces can be pickled.
    pieces : sequence
    workers : int
        Processes on this machine, this one among them.
    client : dask.distributed.Client, optional
        A cluster that does the work, all but the first piece.
    progress : callable, optional
        Wraps a sequence, such as ``tqdm.tqdm``.
    start : float, optional
        Seconds that must be gained before processes are started; `START` when not given.

    Yields
    ------
    int, object
        Place of a piece and its answer, in the order in which they are finished.

    Raises
    ------
    WorkError
        If work cannot be sent to another process, or a piece ends its process again and again.
    """
    check(workers, client)
    pieces = list(pieces)
    answers = _answers(work, pieces, min(workers, len(pieces)), client, START if start is None else start)
    try:
        for _ in progress(range(len(pieces))) if progress else range(len(pieces)):
            yield next(answers)
    finally:
        answers.close()


def _answers(work, pieces, workers, client, start):
    alone = workers <= 1 and client is None
    done, took = 0, float("inf")
    # Of many pieces two, because the first may have compiled something.
    for place in range(len(pieces) if alone else min(len(pieces), 2 if len(pieces) > 8 * workers else 1)):
        begin = time.perf_counter()
        answer = work(pieces[place])
        done, took = place + 1, min(took, time.perf_counter() - begin)
        yield place, answer
    rest = range(done, len(pieces))
    if client is not None and rest:
        yield from _on_cluster(work, pieces, rest, client, took)
    elif took * len(rest) * (1 - 1 / max(workers, 1)) > start:
        team = _Team(work, pieces, rest, workers, _portion(took, len(rest), workers))
        try:
            yield from team.answers()
        finally:
            team.close()
    else:
        for place in rest:
            yield place, work(pieces[place])


def _portion(took, count, workers):
    """Pieces that are handed over at a time: half a second's worth, and enough turns for an even end."""
    return max(1, min(int(PORTION / max(took, 1e-9)), count // (8 * workers)))


class _Team:
    """This process and others, each with a thread here that feeds it."""

    def __init__(self, work, pieces, places, workers, portion):
        self.work, self.pieces, self.portion = work, pieces, portion
        self.todo, self.left, self.lock, self.closed = deque(places), len(places), threading.Lock(), False
        self.found, self.tries, self.processes = queue.SimpleQueue(), Counter(), []
        self.packed = _packed(work)
        self.threads = [threading.Thread(target=self._feed, daemon=True) for _ in range(workers - 1)]
        for thread in self.threads:
            thread.start()

    def answers(self):
        """What comes in from the others, and in between one piece after the other done here."""
        while self.left:
            places = self._take(1)
            if places:
                yield from self._told(places, [self.work(self.pieces[places[0]])])
            while self.left and (not places or not self.found.empty()):
                places = True
                yield from self._told(*self.found.get())

    def _told(self, places, answers):
        if isinstance(answers, BaseException):
            raise answers
        if isinstance(answers, str):
            warnings.warn(answers, stacklevel=4)
        else:
            self.left -= len(places)
            yield from zip(places, answers, strict=True)

    def close(self):
        with self.lock:
            self.closed = True
            for process in self.processes:
                process.kill()
        for thread in self.threads:
            thread.join()
        for process in self.processes:
            process.wait()
            process.stdout.close()
            with contextlib.suppress(OSError):
                process.stdin.close()

    def _take(self, count):
        with self.lock:
            return [self.todo.popleft() for _ in range(min(count, len(self.todo)))]

    def _feed(self):
        """One process: started, fed, and started again where it was killed."""
        process, lost = None, 0
        while self.left and not self.closed:
            places = []
            try:
                if process is None:
                    lost += 1
                    process = self._launch()
                    if process is None or (said := pickle.load(process.stdout)) != "ready":
                        return self.found.put(([], f"{said}; its share is done by the others")) if process else None
                    lost = 0
                places = self._take(self.portion)
                if places:
                    _send(process, [self.pieces[place] for place in places])
                    self.found.put((places, pickle.load(process.stdout)))
                else:
                    time.sleep(0.01)  # pieces of a process that is killed come back
            except WorkError as problem:
                return self.found.put((places, problem))
            except (OSError, EOFError, pickle.UnpicklingError):
                process = None
                if not self.closed and (problem := self._back(places, lost)):
                    return self.found.put(([], problem))
        return None

    def _back(self, places, lost):
        """Pieces of a process that was killed come first again; gives what is wrong when that does not help."""
        self.tries.update(places)
        if any(self.tries[place] >= ATTEMPTS for place in places):
            return WorkError(f"a part of this work ended its process {ATTEMPTS} times; there may be too little memory "
                             f"for so many at once: take fewer workers")
        with self.lock:
            self.todo.extendleft(reversed(places))
        self.found.put(([], []))  # this process may be waiting with nothing to do
        return "a process could not be started: its share of the work is done by the others" * (lost >= ATTEMPTS)

    def _launch(self):
        with self.lock:
            if self.closed:
                return None
            process = subprocess.Popen([sys.executable, "-c", _BEGIN], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                       env={**os.environ, **dict.fromkeys(_ONE_THREAD, "1")})
            self.processes.append(process)
        _send(process, sys.path)
        process.stdin.write(self.packed)
        process.stdin.flush()
        return process


def _packed(work):
    try:
        return pickle.dumps(work, protocol=5)
    except (pickle.PicklingError, AttributeError, TypeError) as problem:
        raise WorkError(_cannot_go(problem)) from problem


def _cannot_go(problem):
    return (f"this work cannot be sent to another process ({problem}); put what you have defined into a module of its "
            f"own and import it, or take workers=1")


def _send(process, thing):
    process.stdin.write(_packed(thing))
    process.stdin.flush()


def serve():
    """What a worker does: pieces in, answers out, until the other end is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interruption is for the process that asked
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing that is printed may come between the answers

    def answer(thing):
        try:
            answers.write(thing)
            answers.flush()
        except OSError:
            os._exit(1)  # nobody is left who could read it

    try:
        work = pickle.load(sys.stdin.buffer)
    except Exception as problem:
        return answer(pickle.dumps(WorkError(_cannot_go(problem))))
    answer(pickle.dumps("ready"))
    while True:
        try:
            pieces = pickle.load(sys.stdin.buffer)
        except EOFError:
            return None
        answer(_done(work, pieces))


def _done(work, pieces):
    """The packed answers to pieces, or the exception that came instead."""
    try:
        return pickle.dumps([work(piece) for piece in pieces], protocol=5)
    except Exception as problem:
        try:
            return pickle.dumps(problem)
        except Exception:
            return pickle.dumps(WorkError(f"a part of this work failed ({type(problem).__name__}: {problem})"))


def _on_cluster(work, pieces, rest, client, took):
    """The same by dask, which keeps its own account of workers that are lost."""
    from distributed import KilledWorker, as_completed

    portion = _portion(took, len(rest), max(1, sum(client.nthreads().values())))
    groups = [rest[begin: begin + portion] for begin in range(0, len(rest), portion)]
    futures = {client.submit(_each, work, [pieces[place] for place in group], pure=False): group
               for group in groups}
    try:
        for future, answers in as_completed(futures, with_results=True):
            yield from zip(futures[future], answers, strict=True)
            future.release()
    except KilledWorker as problem:
        raise WorkError(f"a part of this work ended its worker again and again ({problem}); there may be too little "
                        f"memory for so many at once") from problem
    finally:
        client.cancel([future for future in futures if not future.done()])


def _each(work, pieces):
    return [work(piece) for piece in pieces]
