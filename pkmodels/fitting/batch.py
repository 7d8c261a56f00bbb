"""Every formulation of a study, fitted one by one: a table, and a reason for each that could not be fitted."""

import html
import math
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from .. import catalogue
from ..errors import FitError, RecordError, unknown
from .batch_running import run


@dataclass(frozen=True, eq=False)
class Batch:
    """Fits of many curves.

    Attributes
    ----------
    source : str
        Name of the data file.
    comparisons : mapping of str to Comparison
        Curve (``"A"``, or ``"A, pH 5.5"`` where a formulation was measured under several conditions) to its fits.
    failed : mapping of (str, str) to str
        Curve and model that could not be fitted, with the reason.
    """

    source: str
    comparisons: dict
    failed: dict

    def __getitem__(self, curve):
        if curve not in self.comparisons:
            why = "; ".join(sorted({reason for (name, _), reason in self.failed.items() if name == curve}))
            raise (FitError(f"{curve} could not be fitted: {why}") if why else unknown("curve", curve, self.curves))
        return self.comparisons[curve]

    def save(self, folder):
        """Write the best fit of every curve as a TOML record into a folder.

        Parameters
        ----------
        folder : str or Path
            Made if it does not exist.

        Returns
        -------
        dict of str to Path
            By curve.

        Raises
        ------
        RecordError
            If the folder or a file cannot be written.
        """
        folder = Path(folder)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            raise RecordError(f"{folder} cannot be made ({problem.strerror}); choose another place") from problem
        written = {}
        for curve, comparison in self.comparisons.items():
            stem = re.sub(r"[^\w.-]+", "_", f"{curve} {comparison.best.model.name}").strip("_").lower()
            taken = {path.stem for path in written.values()}
            name = next(n for n in (stem, *(f"{stem}_{k}" for k in range(2, 10**6))) if n not in taken)
            written[curve] = comparison.best.save(folder / f"{name}.toml")
        return written

    @property
    def curves(self):
        """The names of all curves, fitted or not, in the order of the study."""
        return tuple(dict.fromkeys([*self.comparisons, *(curve for curve, _ in self.failed)]))

    @cached_property
    def table(self):
        """One row per curve and model (a pandas DataFrame), the best of each curve first, failures with a reason.

        ``rmse_percent`` is in per cent of the dose; ``parameters`` is text, and where one model only was fitted
        each parameter has columns of its own as well.
        """
        import pandas as pd

        rows = [row for curve in self.curves for row in self._rows_of(curve)]
        return pd.DataFrame(rows, columns=list(dict.fromkeys([*_COLUMNS[:-2], *(n for r in rows for n in r
                                                               if n not in _COLUMNS), *_COLUMNS[-2:]]))
                            ).set_index(["curve", "model"])

    @property
    def best(self):
        """The rows of `table` that hold the chosen model of every curve that could be fitted (`Comparison.best`)."""
        chosen = {(curve, found.best.model.name) for curve, found in self.comparisons.items()}
        return self.table[[row in chosen for row in self.table.index]]

    def to_dict(self):
        """Plain numbers and texts, as the command line prints with ``--json``."""
        return {"source": self.source,
                "curves": [{"curve": curve, "ranking": self.comparisons[curve].to_dict()["ranking"]
                            if curve in self.comparisons else [],
                            "failed": {model: why for (name, model), why in self.failed.items() if name == curve}}
                           for curve in self.curves]}

    def text_of(self, *, best=False):
        """The table for people, or its chosen models only."""
        from tabulate import tabulate

        return tabulate(self._shown(self.best if best else self.table), headers=_HEADERS, disable_numparse=True)

    @property
    def advice(self):
        """What stands out over all curves, as sentences."""
        fits = [found.best for found in self.comparisons.values()]
        if not fits:
            return ("none of the curves could be fitted",)
        rmse = np.array([100 * fit.statistics["rmse"] for fit in fits])
        said = [f"{len(fits)} of {len(self.curves)} curves fitted; the chosen model misses the points by "
                f"{np.median(rmse):.2f} % of dose in the middle (median), by {rmse.max():.2f} % at worst "
                f"({[*self.comparisons][int(rmse.argmax())]})"]
        names = [fit.model.name for fit in fits]
        counts = sorted(((names.count(name), name) for name in dict.fromkeys(names)), key=lambda pair: -pair[0])
        if any(len(found.fits) > 1 for found in self.comparisons.values()):
            said.append("chosen: " + ", ".join(f"{name} {count} times" for count, name in counts))
        if self.failed:
            said.append(f"{len(self.failed)} fit{'s' * (len(self.failed) > 1)} could not be made; the column 'reason' "
                        f"says why")
        return tuple(said)

    def __repr__(self):
        return "\n".join([self.text_of(), "", *self.advice])

    def _repr_html_(self):
        from tabulate import tabulate

        return (tabulate(self._shown(self.table), headers=_HEADERS, tablefmt="html", disable_numparse=True)
                + "".join(f"<p>{html.escape(sentence)}</p>" for sentence in self.advice))

    def _rows_of(self, curve):
        ranked = self.comparisons.get(curve)
        alone = len({fit.model.name for each in self.comparisons.values() for fit in each.fits}) == 1
        for rank, (fit, weight) in enumerate(zip(ranked.fits, ranked.weights, strict=True) if ranked else (), start=1):
            s = fit.statistics
            yield {"curve": curve, "model": fit.model.name, "rank": rank, "points": fit.points,
                   "rmse_percent": 100 * s["rmse"], "r2_adj": s["r2_adj"], "aicc": s["aicc"], "weight": weight,
                   "remarks": len(fit.verdicts), **(_columns(fit) if alone else {}), "parameters": _parameters(fit),
                   "reason": ""}
        for (name, model), why in self.failed.items():
            if name == curve:
                yield {"curve": curve, "model": model, "reason": why}

    @staticmethod
    def _shown(table):
        for (curve, model), row in table.iterrows():
            fitted = not row["reason"]
            aicc = f"{row['aicc']:.2f}" if fitted and math.isfinite(row["aicc"]) else "" if not fitted else "too few"
            yield (curve, model, f"{row['rmse_percent']:.2f}" if fitted else "", aicc,
                   f"{row['weight']:.3f}" if fitted else "", (int(row["remarks"]) or "") if fitted else "",
                   row["parameters"] if fitted else f"not fitted: {row['reason']}")


_COLUMNS = ("curve", "model", "rank", "points", "rmse_percent", "r2_adj", "aicc", "weight", "remarks", "parameters",
            "reason")
_HEADERS = ("curve", "model", "RMSE (% of dose)", "AICc", "weight", "remarks", "parameters")


def fit_each(study, model, *, fixed=None, weights="none", errors=None, priors=None, normalised=None, seed=1,
             workers=1, client=None, folder=None, progress=None):
    """Fit one release model to every formulation of a study.

    Parameters
    ----------
    study : Study
        Of any number of formulations and conditions.
    model : str or Curve or Model
    fixed, weights, errors, priors, normalised, seed
        As in `fit`.
    workers : int
        Processes on this machine that share the curves; the fits are the same whatever the number.
    client : dask.distributed.Client, optional
        A cluster to do the work instead (the extra ``cluster``).
    folder : path, optional
        Where the fits of finished curves are kept; a run that was interrupted goes on from there.
    progress : callable, optional
        Wraps the sequence of curves, such as ``tqdm.tqdm``.

    Returns
    -------
    Batch
        A curve that cannot be fitted is named with its reason.

    Raises
    ------
    UnknownName
        If there is no such model, parameter or kind of weights.
    """
    spreading = {"workers": workers, "client": client, "folder": folder, "progress": progress}
    return _batch(study, [model], spreading, fixed=fixed, weights=weights, errors=errors, priors=priors,
                 normalised=normalised, seed=seed)


def compare_each(study, models=None, *, weights="none", errors=None, normalised=None, seed=1, workers=1, client=None,
                 folder=None, progress=None):
    """Fit several models to every formulation of a study and rank them curve by curve.

    Parameters
    ----------
    study : Study
    models : sequence of str, optional
        Those of `catalogue.list_ranked` when not given, save those with as many parameters as a curve has samples; and
        some with an initial share for curves that begin above zero.
    weights, errors, normalised, seed, workers, client, folder, progress
        As in `fit_each`.

    Returns
    -------
    Batch
    """
    unasked = models is None
    spreading = {"workers": workers, "client": client, "folder": folder, "progress": progress}
    return _batch(study, catalogue.list_ranked() if unasked else models, spreading, unasked=unasked, weights=weights,
                 errors=errors, normalised=normalised, seed=seed)


def _batch(study, models, spreading, **asked):
    comparisons, failed = run(study, models, spreading, **asked)
    return Batch(study.source, comparisons, failed)


def _columns(fit):
    """A column per parameter, one for its standard error, with the unit in the name."""
    found = {}
    for name, value in fit.values.items():
        unit = "" if fit.units[name] == "1" else f" ({fit.units[name]})"
        found |= {f"{name}{unit}": value, f"{name}_stderr{unit}": fit.stderr[name]}
    return found


def _parameters(fit):
    said = []
    for name, value in fit.values.items():
        error = fit.stderr[name]
        sure = f" ± {error:.2g}" if math.isfinite(error) else ""
        said.append(f"{name} = {value:.4g}{sure} {'' if fit.units[name] == '1' else fit.units[name]}".strip())
    return "; ".join(said)
