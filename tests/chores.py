"""Work for `test_workers.py` that a process can load by itself, quickly."""

import os
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Square:
    """Squares of numbers, with accidents on the way.

    ``home`` is the process that gives the work; others end by a signal at the numbers ``deadly``: once each where
    ``marks`` is a folder, else always.
    """

    home: int
    deadly: tuple = ()
    marks: str = ""
    seconds: float = 0.005

    def __call__(self, number):
        time.sleep(self.seconds)
        print("this must not come between the answers")
        if number in self.deadly and os.getpid() != self.home:
            mark = Path(self.marks) / f"{number}"
            if not self.marks or not mark.exists():
                if self.marks:
                    mark.touch()
                os.kill(os.getpid(), signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)
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
