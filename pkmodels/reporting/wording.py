"""Numbers and sentences as people write them."""

import math
import re

from ..plotting import canvas


def number(value, digits=3):
    """A number for people, a dash where there is none."""
    if value is None or not math.isfinite(value):
        return "–"
    text = f"{value:#.{digits}g}".rstrip(".") if value else "0"
    return (f"{value:.0f}" if "e+" in text and abs(value) < 1e6 else text).replace("-", "−")


def sentence(text, names=()):
    """A verdict as a sentence of its own; the name of a parameter keeps its small letter."""
    text = str(text).strip()
    first = text[:1] if text.split(" ")[0] in names else text[:1].upper()
    # A number and its unit stay on one line.
    rest = re.sub(r"(?<=\d) (?=%|[nmu]g\b|h\b|day|week)", "\N{NO-BREAK SPACE}", text[1:])
    return first + rest + ("" if text.endswith((".", "!", "?")) else ".")


def unit_of(prediction):
    """The unit of a prediction's time, in words."""
    return canvas.WORDS.get(prediction["time"].attrs.get("units"), "days")
