"""A prediction as rows: at even times, as table, text and plain dictionary."""

import numpy as np

from ..errors import PredictionError
from .lines import Lines
from .ratio import local_ratio

#: Steps between rows in days that read well, and the most rows that are shown without being asked for.
STEPS = (1 / 24, 2 / 24, 4 / 24, 0.5, 1, 2, 7, 14, 28, 91, 365)
MOST_ROWS = 32
MOST_ASKED = 100_000


def row_times(days, step=None):
    """Even times in days from 0 to ``days``; the step is chosen so that the rows fit a page when not given."""
    if step is None:
        step = next((s for s in STEPS if days / s <= MOST_ROWS), days / MOST_ROWS)
    elif days / step > MOST_ASKED:
        raise PredictionError(f"a step of {step:g} day over {days:g} days makes more than {MOST_ASKED} rows; "
                              f"take a longer step")
    times = np.arange(0, days / step + 1e-9) * step
    return times if times[-1] >= days * (1 - 1e-9) else np.append(times, days)


def shown(prediction):
    """The variables over time that a table shows."""
    first = [name for name in ("released", "plasma", "local", "local_free", "ratio") if name in prediction]
    return [*first, *(name for name, each in prediction.data_vars.items()
                      if each.dims == ("time",) and name not in first)]


def table(prediction):
    """One row per time: released share, concentrations, and 95 % intervals where there are draws (a DataFrame)."""
    import pandas as pd

    columns = {f"time_{prediction.time.attrs['units']}": prediction.time.values}
    for name in shown(prediction):
        unit = prediction[name].attrs["units"]
        label = name.replace("_", " ") + ("" if unit == "1" else f" ({unit})")
        columns[label] = prediction[name].values
        if f"{name}_draws" in prediction:
            low, high = np.quantile(prediction[f"{name}_draws"].values, [0.025, 0.975], axis=0)
            columns[f"{label} low"], columns[f"{label} high"] = low, high
    return pd.DataFrame(columns).set_index(next(iter(columns)))


def text(prediction):
    """The rows for people."""
    from tabulate import tabulate

    rows = table(prediction)
    lines = [[f"{time:.4g}", *("" if np.isnan(v) else f"{v:.4g}" for v in row)]
             for time, row in zip(rows.index, rows.to_numpy(), strict=True)]
    head = [rows.index.name.replace("_", " (") + ")", *rows.columns]
    found = tabulate(lines, headers=head, disable_numparse=True, stralign="right")
    said = prediction.attrs
    day = prediction.time.attrs["units"]
    notes = [f"highest {name} until {day} {prediction.time.values[-1]:.4g}: {highest['value']:.4g} {highest['unit']}, "
             f"at {day} {highest['time']:.4g}"
             for name, highest in highests(prediction).items()]
    if "released" in prediction and len(np.atleast_1d(said.get("dose_times", []))) > 1:
        notes.append(f"released: {prediction['released'].attrs['long_name']}")
    found = "\n".join([found, *([""] if notes else []), *notes])
    return f"{said['analyte']}; local is the {said['tissue']}, ratio is local over plasma\n\n{found}" \
        if "local" in prediction else found


def highests(prediction):
    """Where only some times are held, the highest concentrations between them: name to value, unit and time."""
    return {name: {"value": each.attrs["highest"], "unit": each.attrs["units"], "time": each.attrs["highest_at"]}
            for name, each in prediction.data_vars.items() if "highest" in each.attrs}


def to_dict(prediction):
    """Plain numbers and texts, as the command line prints with ``--json``."""
    found = {"time": prediction.time.values.tolist(), "units": {"time": prediction.time.attrs["units"]}}
    for name in shown(prediction):
        found[name] = prediction[name].values.tolist()
        found["units"][name] = prediction[name].attrs["units"]
        if f"{name}_draws" in prediction:
            low, high = np.quantile(prediction[f"{name}_draws"].values, [0.025, 0.975], axis=0)
            found[f"{name}_low"], found[f"{name}_high"] = low.tolist(), high.tolist()
    found |= {"highest": highests(prediction)} if highests(prediction) else {}
    if "local" in prediction:
        found["local_ratio"] = local_ratio(prediction).to_dict()
    return found | {name: list(value) if isinstance(value, Lines) else value
                    for name, value in prediction.attrs.items()}
