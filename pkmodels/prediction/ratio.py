"""Local to systemic: how much more drug stands in the tissue than in plasma, and what decides it."""

import math
from dataclasses import dataclass

import numpy as np

from ..errors import PredictionError

#: Below this ratio a local depot gains little over the blood.
LITTLE = 10.0
#: The measures in a few words.
WORDS = {"auc": "areas under the curves (AUC)", "cmax": "highest concentrations", "end": "concentrations at the end",
         "eventual": "areas when all is gone"}
_MEANINGS = {
    "auc": "area under the curve in the tissue over that in plasma, until the end of the prediction",
    "cmax": "highest concentration in the tissue over highest in plasma",
    "end": "concentration in the tissue over that in plasma at the end of the prediction",
    "eventual": "area under the curve in the tissue over that in plasma when all drug is gone",
}


@dataclass(frozen=True)
class LocalRatio:
    """How many times more drug stands in the tissue than in plasma; prints itself.

    Parameters
    ----------
    rows : tuple of (measure, kind, value, low, high)
        ``kind`` is ``"total"`` or ``"free"``; low and high are the 95 % interval over the draws,
        NaN without draws.
    sentences : tuple of str
        What decides the ratio, and what it is not changed by.
    reasons : mapping of str to str
        Why a measure is NaN.
    analyte, tissue : str
    """

    rows: tuple
    sentences: tuple
    reasons: dict
    analyte: str
    tissue: str

    def value(self, measure="auc", kind="total"):
        """One number: ``auc``, ``cmax``, ``end`` or ``eventual``; ``total`` or ``free``."""
        for name, its, value, *_ in self.rows:
            if (name, its) == (measure, kind):
                return value
        raise PredictionError(f"there is no ratio '{measure}' of '{kind}'; there are "
                              f"{', '.join(f'{name} ({its})' for name, its, *_ in self.rows)}")

    @property
    def lines(self):
        """The rows with their measures in words."""
        return tuple((WORDS[name], *rest) for name, *rest in self.rows)

    @property
    def table(self):
        """One row per measure (a DataFrame)."""
        import pandas as pd

        return pd.DataFrame(self.rows, columns=["measure", "kind", "ratio", "low", "high"]).set_index("measure")

    @property
    def text(self):
        """Rows and sentences for people."""
        from tabulate import tabulate

        shown = [[name, kind, f"{value:.4g}",
                  "" if math.isnan(low) else f"{low:.4g} to {high:.4g}", _MEANINGS[name]]
                 for name, kind, value, low, high in self.rows]
        head = [f"{self.analyte}, {self.tissue}:plasma", "", "ratio", "95 % interval", "meaning"]
        why = [f"{name}: {reason}" for name, reason in self.reasons.items()]
        return "\n".join([tabulate(shown, headers=head, disable_numparse=True), "", *why, *self.sentences])

    def to_dict(self):
        """Plain numbers and texts."""
        return {"rows": [dict(zip(("measure", "kind", "ratio", "low", "high"), row, strict=True)) for row in self.rows],
                "sentences": list(self.sentences), "reasons": dict(self.reasons)}

    def __repr__(self):
        return self.text

    def _repr_html_(self):
        import html

        from tabulate import tabulate

        shown = [[_MEANINGS[name], kind, f"{value:.4g}", "" if math.isnan(low) else f"{low:.4g} to {high:.4g}"]
                 for name, kind, value, low, high in self.rows]
        head = [f"{self.analyte}, {self.tissue} over plasma", "drug", "ratio", "95 % interval"]
        return (tabulate(shown, head, "html", disable_numparse=True)
                + "".join(f"<p>{html.escape(each)}</p>" for each in self.sentences))


def local_ratio(prediction):
    """The local to systemic ratio of a prediction with a site.

    Parameters
    ----------
    prediction : xarray.Dataset
        From `predict` with ``site``.

    Returns
    -------
    LocalRatio
        Of total drug, and of free drug where the partition is known.

    Raises
    ------
    PredictionError
        Without a site.
    """
    if "local" not in getattr(prediction, "data_vars", ()):
        raise PredictionError("this prediction has no tissue; predict with a site, such as site='prostate_tumour'")
    rows, reasons, said = [], {}, prediction.attrs
    partition = said.get("partition")
    for kind, over in (("total", 1.0), *((("free", partition),) if partition is not None else ())):
        for name in ("auc", "cmax", "end"):
            value = float(prediction[f"ratio_{name}"]) / over
            drawn = prediction.get(f"ratio_{name}_draws")
            low, high = (math.nan,) * 2 if drawn is None else np.nanquantile(drawn.values / over, [0.025, 0.975])
            rows.append((name, kind, value, float(low), float(high)))
            if math.isnan(value):
                reasons[name] = "there is no drug in plasma to compare with"
        if "ratio_eventual" in said:
            # Neither release nor dose can change it, so its draws are all one number.
            rows.append(("eventual", kind, said["ratio_eventual"] / over, math.nan, math.nan))
    return LocalRatio(tuple(rows), tuple(said.get("advice", ())), reasons, said["analyte"], said["tissue"])


def ratios(plasma, local, areas):
    """Local over plasma: over time, by area, by peak and at the end; NaN where plasma holds nothing."""
    with np.errstate(divide="ignore", invalid="ignore"):
        over_time = np.where(plasma > 0, local / np.where(plasma > 0, plasma, 1.0), np.nan)
        area = np.where(areas[..., -1, 0] > 0, areas[..., -1, 1] / areas[..., -1, 0], np.nan)
        peak = np.where(plasma.max(-1) > 0, local.max(-1) / plasma.max(-1), np.nan)
    return {"ratio": over_time, "ratio_auc": area, "ratio_cmax": peak, "ratio_end": over_time[..., -1]}


def eventual_ratio(body):
    """Area under the tissue over that under plasma when all is gone; None where no one number holds."""
    if body.site is None or not body.is_linear or body.site.breakpoints:
        return None
    in_plasma, in_tissue = body.area_per_mg()
    return float(in_tissue / in_plasma) if in_plasma > 0 else math.inf


def advice(body, clearance, into_blood):
    """What decides the ratio, in sentences.

    Parameters
    ----------
    body : Body
        With a site.
    clearance : float or None
        Of the body without the tissue, L/h; None where it is not linear.
    into_blood : bool
    """
    site = body.site
    if clearance is None:
        return ["The body does not answer in proportion to the dose, so the ratio of tissue to plasma depends on the "
                "level: compare predictions at the doses you mean to give."]
    first = site.at(0.0)
    if into_blood:
        return ["The drug is infused into the blood: the tissue receives what its blood brings, and the ratio says "
                "what a depot in the tissue has to beat."]
    flows = [site.at(hour)["q_exchange"] for hour in (0.0, *site.breakpoints)]
    said = []
    if min(flows) == max(flows):
        flow = flows[0]
        free = math.inf if flow == 0 else 1 + clearance / flow
        said.append(
            f"In a body that answers in proportion, the {site.tissue} holds 1 + clearance/exchange = 1 + "
            f"{clearance:.4g}/{flow:.4g} = {free:.4g} times the concentration of plasma (free drug, by area or at "
            f"steady level), whatever the release." if flow else
            f"No blood exchanges with the {site.tissue}: nothing reaches the plasma, and the ratio has no end.")
    else:
        low, high = (1 + clearance / f if f else math.inf for f in (max(flows), min(flows)))
        free = high
        said.append(f"Blood flow changes, so the ratio does too: between {low:.4g} and {high:.4g} times the plasma "
                    f"(free drug, 1 + clearance/exchange), in step with the flow; the ratio of areas then also "
                    "depends on when drug is released.")
    if first["partition"] != 1:
        said.append(f"Total drug in the tissue is {first['partition']:g} times the free figure (its partition).")
    said.append("What moves what: dose and speed of release move the level in tissue and plasma together; the length "
                "of release moves how long; only blood flow, permeability and clearance move the ratio. Loss in the "
                "tissue lowers both levels and leaves the ratio.")
    if free < LITTLE:
        said.append(f"{body.drug.name} is cleared slowly for this blood flow: a depot in the {site.tissue} gains only "
                    f"{free:.2g}-fold over plasma. Local delivery pays for drugs that the body clears fast.")
    return said
