"""The answer of `coverage` in sentences."""

import numpy as np

from . import words
from .measures import NAMES
from .result import ALL, quantile


def verdict(window, rows, spans, numbers, drawn, time_unit, unit, sustained):
    """Sentences that a reader can act on.

    Parameters
    ----------
    window : Window
    rows : sequence of str
    spans : sequence of (begin, end)
    numbers : ndarray, shape (rows, measures)
    drawn : ndarray, shape (rows, measures, draws), or None
    time_unit, unit : str
    sustained : str
        In words, how long a stay must last to be an onset.

    Returns
    -------
    tuple of str
    """
    overall = dict(zip(NAMES, numbers[0], strict=True))
    length = words.span(spans[0][1] - spans[0][0], time_unit)
    low, high = (None, None) if drawn is None else (quantile(drawn[0], q) for q in (0.025, 0.975))

    def interval(name, form):
        if low is None or np.isnan(low[NAMES.index(name)]):
            return ""
        return f" (95 % interval {form(low[NAMES.index(name)])} to {form(high[NAMES.index(name)])})"

    def time(value):
        return words.span(value, time_unit)

    share = words.percent(overall["inside"])
    said = [f"inside {window} for {share}{interval('inside', words.percent)} of {length}"]
    if overall["inside"] == 0:
        said[0] = f"never inside {window} within {length}{_at_best(interval('inside', words.percent))}"
        said.append(_how_far(window, overall, unit))
    else:
        said.append(f"first inside after {time(overall['first_entry'])}{interval('first_entry', time)}"
                    if overall["first_entry"] > 0 else "inside from the start")
        if overall["onset"] != overall["first_entry"]:
            said.append(f"inside for {sustained} without a break first after {time(overall['onset'])}"
                        if np.isfinite(overall["onset"]) else f"never inside for {sustained} without a break")
        if np.isfinite(overall["last_exit"]):
            said.append(f"last inside after {time(overall['last_exit'])}{interval('last_exit', time)}")
    for side in ("below", "above"):
        if overall[side] > 0:
            said.append(f"{side} for {words.percent(overall[side])}{interval(side, words.percent)} of the time"
                        + (f", highest {overall['cmax']:.3g} {unit} after {time(overall['tmax'])}"
                           if side == "above" else ""))
    if overall["longest_gap"] > 0:
        below = "all of it below" if overall["longest_gap_below"] == overall["longest_gap"] else "below or above"
        said.append(f"longest time outside after the first entry: {time(overall['longest_gap'])} ({below})")
    said += _worst(rows, numbers)
    if drawn is not None:
        always = np.mean(drawn[0, 0] >= ALL)
        said.append(f"always inside in {100 * always:.3g} % of {drawn.shape[2]} draws of the parameters")
    return tuple(said)


def _at_best(text):
    return text.replace("95 % interval", "95 % interval of the share of time inside")


def _how_far(window, overall, unit):
    lower, upper = window.limits(unit)
    highest, lowest = overall["cmax"], overall["cmin"]
    if highest < lower:
        return f"the highest concentration is {highest:.3g} {unit}, {highest / lower:.2g} of the lower limit"
    if lowest > upper:
        return f"the lowest concentration is {lowest:.3g} {unit}, {lowest / upper:.2g} of the upper limit"
    return "it passes from one side to the other without a stay inside"


def _worst(rows, numbers):
    """The interval that is least inside, where intervals differ."""
    inside = numbers[1:, NAMES.index("inside")]
    if len(inside) < 2 or inside.max() - inside.min() < 0.5:
        return []
    k = int(inside.argmin())
    return [f"least inside in {rows[1 + k]}: {words.percent(inside[k])}; "
            f"most in {rows[1 + int(inside.argmax())]}: {words.percent(inside.max())}"]
