"""Work for `test_workers.py` that a process can load by itself, quickly."""

import os
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path

#: The number from which on the process that gives the work waits for another one, and for how many seconds at most.
WAITS, PATIENCE = 5, 120.0


@dataclass(frozen=True)
class Square:
    """Squares of numbers, with accidents on the way.

    ``home`` is the process that gives the work. It waits after a few numbers until ``folder`` holds the mark ``alive``
    (another process has done a number) or ``killed``, so that others take part however slowly they start.
    """

    home: int
    folder: Path
    waits_for: str = "alive"
    dies: bool = False
    always: bool = False

    def __call__(self, number):
        print("this must not come between the answers")
        killed = self.folder / "killed"
        if os.getpid() != self.home:
            if self.dies and (self.always or not killed.exists()):
                killed.touch()
                os.kill(os.getpid(), signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)
            (self.folder / "alive").touch()
        elif number >= WAITS:
            until = time.monotonic() + PATIENCE
            while not (self.folder / self.waits_for).exists() and time.monotonic() < until:
                time.sleep(0.01)
        time.sleep(0.01)
        return number**2, os.getpid(), os.environ.get("OMP_NUM_THREADS")


def fails_at_twenty(number):
    """Raises what a user's own work may raise."""
    time.sleep(0.005)
    if number == 20:
        raise LookupError("twenty is not to be had")
    return number


class Unpackable:
    """Cannot be sent."""

    def __call__(self, number):
        return number

    def __reduce__(self):
        raise TypeError("this cannot be packed")
