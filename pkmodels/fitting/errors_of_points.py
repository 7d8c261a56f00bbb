"""Which error model the points make likelier: independent errors, or errors that add up from sample to sample."""

from dataclasses import replace

import numpy as np

from .walking import problem_of
from .weighting import CLEARLY


def likeliest(fits):
    """The fit whose error model the points make likeliest, which says so in its notes.

    Parameters
    ----------
    fits : sequence of Fit or GlobalFit
        Of one model to one study, differing in ``errors``; where the first is that of measured concentrations,
        another one must be clearly likelier.

    Returns
    -------
    Fit
    """
    first, *others = fits
    free = [name for name in first.free if all(name in each.free for each in others)]
    deviances = [deviance(each, free) for each in fits]
    best = int(np.argmin(deviances[1:])) + 1
    gain = deviances[0] - deviances[best]
    chosen = fits[best] if gain > (CLEARLY if first.errors == "concentrations" else 0.0) else first
    said = (f"errors chosen by restricted likelihood: {chosen.errors} (2 ln of the ratio "
            f"{abs(gain):.1f} to {(first if chosen is not first else fits[best]).errors})")
    return replace(chosen, notes=(*chosen.notes, said))


def deviance(fit, free):
    """Minus twice the log of the restricted likelihood, up to what all error models of one curve have in common.

    ``(n - p) ln(wss/(n - p)) + ln det(JᵀJ)`` with J the whitened slopes (Patterson and Thompson 1971). A smooth walk
    of errors is easily taken for another curve, so the plain likelihood favours independent errors where they are
    not; the second term counts what the parameters have taken away. Whitening has determinant one.

    Parameters
    ----------
    fit : Fit or GlobalFit
    free : sequence of str
        Parameters that are free in all fits that are compared.
    """
    problem, numbers = _posed(fit)
    # A slope by the logarithm where the scale is one: the same measure at both optima, whatever the units.
    by = np.array([value if p.scale == "log" else 1.0
                   for value, p in zip(numbers, problem.model.parameters, strict=True)])
    slope = (problem.slope(numbers) * by)[:, [k for k, name in enumerate(_shown(fit, problem)) if name in free]]
    spare = max(fit.statistics["n"] - fit.statistics["free"], 1)
    sizes = np.maximum(np.linalg.svd(slope, compute_uv=False), 1e-12) if free else np.ones(1)
    return spare * np.log(max(fit.statistics["wss"], 1e-200) / spare) + 2 * float(np.sum(np.log(sizes)))


def _posed(fit):
    if hasattr(fit, "problem"):
        return fit.problem
    problem = problem_of(fit)
    return problem, np.array([fit.inside[name] for name in problem.names])


def _shown(fit, problem):
    return fit._keys(problem.names) if hasattr(fit, "problem") else problem.names
