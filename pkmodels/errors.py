"""The exceptions of pkmodels: each says what was given, what is allowed and what to do."""


class PkmodelsError(ValueError):
    """Base of every misuse that a user can mend; the command line prints it in one sentence."""


class ModelError(PkmodelsError):
    """A model definition contradicts itself (undeclared symbol, dimensions, start values)."""


class UnitError(PkmodelsError):
    """A unit is unknown or of the wrong kind."""


class StudyError(PkmodelsError):
    """A data file or table cannot be read without guessing."""


class FitError(PkmodelsError):
    """A fit cannot be made from what was given."""


class RecordError(PkmodelsError):
    """A file of the shelf or a saved record is not what it should be."""


class RegimenError(PkmodelsError):
    """A dosing regimen cannot be understood."""


class PredictionError(PkmodelsError):
    """A prediction or its evaluation cannot be made from what was given."""


class SolveError(PkmodelsError):
    """The equations could not be solved with these values."""


class WorkError(PkmodelsError):
    """Work could not be spread over processes or a cluster."""


class UnknownName(PkmodelsError, KeyError):
    """A name that is on no list; the message holds the nearest ones."""

    def __str__(self):
        return str(self.args[0])


def unknown(kind, name, known):
    """Return an `UnknownName` that lists what `name` may have meant."""
    import difflib  # start-up is light

    near = difflib.get_close_matches(str(name).lower(), [str(k) for k in known], n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else f"known: {', '.join(map(str, known))}"
    return UnknownName(f"there is no {kind} called '{name}'; {hint}")
