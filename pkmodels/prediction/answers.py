"""What body and tissue show when the depots feed them: the variables of a prediction."""

import numpy as np

from .ratio import ratios

#: Draws are computed in blocks of this many, so that memory stays small.
BLOCK = 100


def concentrations(body, depots, drawn, unit, progress):
    """Variables of plasma and tissue: name to (dimensions, numbers, attributes).

    Parameters
    ----------
    body : Body
    depots : Depots
    drawn : mapping or None
        Drawn values of the release.
    unit : str
        Of concentrations.
    progress : callable or None
    """
    analyte = body.drug.analyte
    tissue = body.site.tissue if body.site else ""
    texts = {"plasma": (unit, f"{analyte} in plasma"), "local": (unit, f"{analyte} in the {tissue}, total"),
             "local_free": (unit, f"{analyte} in the {tissue}, unbound"),
             "ratio": ("1", f"{analyte} in the {tissue} over plasma, total"),
             "ratio_auc": ("1", f"area under {analyte} in the {tissue} over plasma"),
             "ratio_cmax": ("1", f"highest {analyte} in the {tissue} over highest in plasma"),
             "ratio_end": ("1", f"{analyte} in the {tissue} over plasma at the end")}
    found = {}

    def keep(answers, ending=""):
        for name, numbers in answers.items():
            over = "time" if name in ("plasma", "local", "local_free", "ratio") else None
            dims = (*(("draw",) if ending else ()), *((over,) if over else ()))
            attributes = {"units": texts[name][0], "long_name": texts[name][1], "analyte": analyte}
            found[name + ending] = (dims, numbers, attributes)

    keep(_answers(body, depots.hours, depots.mass()))
    if drawn:
        parts = [_answers(body, depots.hours, depots.mass(some)) for some in blocks(drawn, progress)]
        keep({name: np.concatenate([part[name] for part in parts]) for name in parts[0]}, "_draws")
    return found


def amounts(body, depots):
    """Where the drug is at every time, in mg; the stores sum to what has been given.

    Returns
    -------
    (dimensions, numbers, attributes), list of store names
    """
    mass = depots.mass()
    states, _ = body.states(depots.hours, mass)
    kept = [i for i, s in enumerate(body.model.states) if s in body.model.stores]
    fed = np.append(0.0, mass[:, -1])
    given = np.sum([np.where(depots.hours >= d.time_hour, d.amount_mg, 0.0) for d in depots.doses], axis=0)
    out = fed / depots.available
    names = ["carrier", "unavailable", *(body.model.states[i].name for i in kept)]
    numbers = np.vstack([given - out, out - fed, states[:, kept].T])
    return (("store", "time"), numbers, {"units": "mg", "long_name": "amount of drug"}), names


def _answers(body, hours, mass):
    states, areas = body.states(hours, mass)
    shown = body.concentrations(hours, states)
    found = {"plasma": shown[0]}
    if body.site is not None:
        found["local"] = shown[1]
        here = body.site.at(0.0)
        if "f_unbound" in here:
            found["local_free"] = shown[1] * here["f_unbound"] / here["partition"]
        found |= ratios(shown[0], shown[1], areas)
    return found


def blocks(drawn, progress):
    """The drawn values in blocks."""
    count = len(next(iter(drawn.values())))
    begins = range(0, count, BLOCK)
    for begin in progress(begins) if progress else begins:
        yield {name: numbers[begin: begin + BLOCK] for name, numbers in drawn.items()}
