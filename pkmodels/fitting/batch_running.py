"""The fits of a batch: the curves of a study, all models on each, spread over processes and kept."""

import json
from dataclasses import dataclass, replace

import numpy as np

from ..errors import PkmodelsError, UnknownName, unknown
from ..kept import resumed
from ..studies import checks
from . import weighting
from .asked import checked_models, checked_study, saturated
from .compare import Comparison
from .record import content, fit_of
from .shown import WITH_INITIAL, begun


def curves(study):
    """Name and study of every curve: each formulation, and each set of conditions that it was measured under.

    Parameters
    ----------
    study : Study

    Returns
    -------
    list of (str, Study)
    """
    found = []
    formulations = study.formulations
    for formulation in formulations:
        one = study.only(formulation) if len(formulations) > 1 else study
        differing = one.differing_conditions
        # A run whose conditions change on the way is one curve, which `fit` refuses with a reason.
        if not differing or len(set(checks.curve_ids(one.frame))) < one.frame.groupby(
                ["replicate", *differing], dropna=False).ngroups:
            found.append((formulation, one))
            continue
        for values in one.frame[[*differing]].drop_duplicates().itertuples(index=False):
            named = ", ".join(f"{name} {_plain(value)}" for name, value in zip(differing, values, strict=True))
            label = f"{formulation}, {named}" if formulation else named
            found.append((label, one.only(formulation, **dict(zip(differing, values, strict=True)))))
    return found


def run(study, models, spreading, *, weights, errors, unasked=False, **given):
    """Fit models to every curve of a study.

    Parameters
    ----------
    study : Study
    models : sequence
    spreading : mapping
        ``folder``, ``workers``, ``client`` and ``progress`` as `pkmodels.kept.resumed` takes them.
    unasked : bool
        Whether models with as many parameters as a curve has samples are left out, and curves that begin above zero
        get some with an initial share.
    weights, errors, given
        As in `fit`.

    Returns
    -------
    dict of str to Comparison
        By curve, of those that could be fitted.
    dict of (str, str) to str
        Curve and model that could not be fitted, with the reason.
    """
    checked_study(study)
    folder = spreading.pop("folder")
    each = curves(study)
    models = checked_models([*models, *(WITH_INITIAL if unasked and any(begun(one) for _, one in each) else ())])
    if weights not in weighting.WEIGHTS:
        raise unknown("kind of weights", weights, weighting.WEIGHTS)
    weighting.errors_of(study, errors)
    work = _Curve(tuple(models), unasked, {"weights": weights, "errors": errors, **given})
    found = dict(resumed(folder, {"what": "batch of curves", "study": study}, work, [one for _, one in each],
                         [f"curve_{place:06d}" for place in range(len(each))], pack=_packed, unpack=_unpacked,
                         **spreading))
    comparisons, failed = {}, {}
    known = {model.name: model for model in models}  # a fit from another process has a copy
    for place, (label, _) in enumerate(each):
        fits, reasons = found[place]
        failed |= {(label, name): why for name, why in reasons.items()}
        if fits:
            comparisons[label] = Comparison.of([replace(fit, model=known[fit.model.name]) for fit in fits], reasons)
    return comparisons, failed


@dataclass(frozen=True, eq=False)
class _Curve:
    """All models on one curve."""

    models: tuple
    unasked: bool
    given: dict

    def __call__(self, study):
        """Fits, and the reason of each model that could not be fitted."""
        from . import fit

        fits, failed = [], {}
        skipped = WITH_INITIAL if self.unasked and not begun(study) else ()
        for model in self.models:
            if model.name in skipped:
                continue
            if self.unasked and (why := saturated(study, model)):
                failed[model.name] = why
                continue
            try:
                fits.append(fit(study, model, **self.given))
            except UnknownName:
                raise
            except PkmodelsError as problem:
                failed[model.name] = str(problem)
            except (ArithmeticError, ValueError, np.linalg.LinAlgError) as problem:
                # One odd curve must not take the other hundreds with it.
                failed[model.name] = f"the numbers of this fit failed ({type(problem).__name__}: {problem})"
        return fits, failed


def _packed(answer):
    """Fits and reasons as arrays of texts; a fit is its record."""
    fits, failed = answer
    return {"fits": np.array([json.dumps(content(fit)) for fit in fits], dtype=str),
            "failed": np.array(json.dumps(failed))}


def _unpacked(arrays):
    return [fit_of(json.loads(str(text))) for text in arrays["fits"]], json.loads(str(arrays["failed"]))


def _plain(value):
    return f"{value:g}" if isinstance(value, float) else str(value)
