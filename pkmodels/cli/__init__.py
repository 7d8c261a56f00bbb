"""The command line: the same verbs as in Python. Rows go to stdout, remarks to stderr."""

import os
import sys

from ..errors import PkmodelsError
from .parser import parser


def main(arguments=None):
    """Run one command; returns the exit code (0 done, 2 the user can mend it, 1 our fault, 130 interrupted)."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that knows no ± shows a question mark, and the work is not lost.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    arguments = sys.argv[1:] if arguments is None else arguments
    given = parser().parse_args(arguments or ["--help"])
    given.words = arguments
    try:
        from . import commands, output

        output.Remarks.quiet = given.quiet
        if getattr(given, "dry_run", False):
            from .dry import tell

            tell(given)
        else:
            getattr(commands, given.verb)(given)
        sys.stdout.flush()
    except PkmodelsError as problem:
        print(f"pkmodels {given.verb}: {problem}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        # The reader of our output (head, less) has gone; that is no error of the user's.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as problem:
        print(f"pkmodels {given.verb}: {problem.filename or 'output'}: {problem.strerror or problem}; check the place "
              f"and its permissions", file=sys.stderr)
        return 2
    except MemoryError as problem:
        print(f"pkmodels {given.verb}: this needs more memory than there is ({problem}); ask for less at once (fewer "
              f"patients, draws or files), or let other programs go", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("pkmodels: interrupted, nothing was written", file=sys.stderr)
        return 130
    except Exception as problem:
        if os.environ.get("PKMODELS_DEBUG"):
            raise
        print(f"pkmodels {given.verb} failed in a way it should not ({type(problem).__name__}: {problem}); "
              f"please report this with the command, after PKMODELS_DEBUG=1 shows where", file=sys.stderr)
        return 1
    return 0
