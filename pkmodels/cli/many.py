"""`pkmodels fit` on many curves: each by itself, or all at once."""

from ..errors import FitError
from . import output


def fit_many(given, study, fixed):
    """Fit one model to every formulation of a study, one by one (``--each``) or at once (``--shared``, ``--own``).

    Parameters
    ----------
    given : argparse.Namespace
    study : Study
    fixed : dict

    Raises
    ------
    FitError
        For options that exclude one another.
    """
    from .. import fitting

    if given.each and (given.shared or given.own):
        raise FitError("--each fits the curves one by one, --shared and --own fit all at once; give one of them")
    if given.formulation is not None:
        raise FitError(f"--formulation {given.formulation} chooses one curve, and --each, --shared and --own are for "
                       f"all of them; leave one of the two away")
    if given.intervals is not None:
        raise FitError("--intervals are of one curve at a time; choose it with --formulation, and leave --each, "
                       "--shared and --own away")
    asked = {"fixed": fixed, "weights": given.weights, "errors": given.errors, "priors": given.priors,
             "normalised": given.normalised, "seed": given.seed,
             "progress": lambda curves: output.progress(curves, "curves")}
    if given.each:
        found = fitting.fit_each(study, given.model, workers=given.workers, folder=given.folder, **asked)
        if given.save is not None:
            for path in found.save(given.save).values():
                output.remark(f"written: {path}")
        output.result(given, text=lambda: found.text_of(), table=lambda: found.table, content=found.to_dict)
        output.remark("", *found.advice)
        return
    alone(given, "--each")
    found = fitting.fit_many(study, given.model, shared=_names(given.shared), own=_names(given.own), **asked)
    if given.save is not None:
        with output.writing(given, given.save, (".toml",)) as path:
            found.save(path)
    output.result(given, text=lambda: found.text, table=lambda: found.table, content=found.to_dict)
    output.remark(*(f"! {verdict}" for verdict in found.verdicts))


def alone(given, what):
    """Refuse to spread what is one piece of work."""
    if given.workers != 1 or given.folder is not None:
        raise FitError(f"--workers and --folder are for {what}; leave them away")


def _names(text):
    return tuple(name.strip() for name in (text or "").split(",") if name.strip())
