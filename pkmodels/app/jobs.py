"""Work that takes a while: in a thread of its own, with progress, and given up when nobody looks any more."""

import threading
import time

#: Seconds without a look after which a job is given up: its page was closed or loaded anew.
ABANDONED = 20.0


class Cancelled(Exception):
    """The job was asked to stop, or nobody waits for it."""


class Job:
    """One piece of work.

    Parameters
    ----------
    work : callable
        Called with ``progress``, which wraps a sequence and is where the work can be stopped.
    """

    def __init__(self, work):
        self.done, self.total, self.current = 0, 0, ""
        self.result = self.problem = None
        self._stop = threading.Event()
        self._seen = time.monotonic()
        self._thread = threading.Thread(target=self._run, args=(work,), daemon=True)
        self._thread.start()

    @property
    def running(self):
        """Whether it still works."""
        return self._thread.is_alive()

    def look(self):
        """Say that somebody still waits."""
        self._seen = time.monotonic()

    def cancel(self):
        """Ask it to stop; it does so before the next model."""
        self._stop.set()

    def _progress(self, things):
        things = list(things)
        self.total = len(things)
        for k, thing in enumerate(things):
            if self._stop.is_set() or time.monotonic() - self._seen > ABANDONED:
                raise Cancelled
            self.done, self.current = k, getattr(thing, "name", str(thing))
            yield thing
        self.done = self.total

    def _run(self, work):
        try:
            self.result = work(self._progress)
        except Exception as problem:
            self.problem = problem
