"""What all plots share: a surface to draw on, colours, axes of time and of released share."""

import numpy as np

#: How time may be drawn.
VIEWS = ("linear", "sqrt", "log")
#: Colours that people with any kind of colour vision tell apart (Okabe and Ito).
BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"
INK, GREY, PALE = "#1f2328", "#5b636d", "#dfe3e8"
#: Curves also differ by dashes, for those who print in grey.
SERIES = ((BLUE, "-"), (VERMILION, "--"), (GREEN, "-."), (PURPLE, ":"), (ORANGE, (0, (5, 1, 1, 1, 1, 1))),
          (SKY, (0, (8, 3))))
#: Steps between marks on an axis of time that read well, by unit.
STEPS = {
    "min": (1, 2, 5, 10, 15, 30, 60, 120, 240, 480, 1440),
    "h": (0.25, 0.5, 1, 2, 3, 4, 6, 12, 24, 48, 72, 168, 336, 672),
    "day": (0.25, 0.5, 1, 2, 7, 14, 28, 56, 84, 168, 364),
    "week": (0.5, 1, 2, 4, 8, 12, 26, 52),
}
#: The most marks on an axis of time.
MARKS = 8
WORDS = {"min": "min", "h": "h", "day": "days", "week": "weeks"}


def surface(ax, size=(6.4, 4.0)):
    """The axes to draw on: those given, or those of a new figure, in the style of all plots.

    Parameters
    ----------
    ax : matplotlib.axes.Axes or None
    size : (float, float)
        Of a new figure, inches.
    """
    if ax is None:
        from matplotlib.figure import Figure

        ax = Figure(figsize=size, layout="constrained").add_subplot()
    ax.spines[["top", "right"]].set_visible(False)
    ax.spines[["left", "bottom"]].set_color(GREY)
    ax.tick_params(colors=GREY, labelcolor=INK)
    ax.grid(axis="y", color=PALE, linewidth=0.8)
    ax.set_axisbelow(True)
    return ax


def time_axis(ax, last, unit, text="time"):
    """An axis of time from 0 to ``last``, with marks at whole days, weeks or months."""
    ax.set_xlim(-0.015 * last, 1.015 * last)
    steps = [step for step in STEPS.get(unit, ()) if last / step <= MARKS]
    if steps:
        from matplotlib.ticker import MultipleLocator

        ax.xaxis.set_major_locator(MultipleLocator(steps[0]))
        ax.xaxis.set_major_formatter("{x:g}")
    ax.set_xlabel(f"{text} ({WORDS.get(unit, unit)})")


def view_axis(ax, times, unit, view):
    """Turn an axis of time into one of its square root or logarithm, with marks at times that read well.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    times : array
        The measured times, in ``unit``.
    unit : str
    view : {"sqrt", "log"}
    """
    from matplotlib.ticker import FixedLocator, LogLocator, NullLocator

    last, first = float(times.max()), float(times[times > 0].min())
    if view == "log":
        ax.set_xscale("log")
        ax.set_xlim(first / 1.5, last * 1.15)
        ax.xaxis.set_major_locator(LogLocator(subs=(1, 3) if last / first < 1e4 else (1,)))
        ax.xaxis.set_minor_locator(NullLocator())
        if (times == 0).any():
            ax.text(0.01, 0.97, "time 0 is not on this axis", transform=ax.transAxes, va="top", fontsize="small",
                    color=GREY)
        text = "log scale"
    else:
        ax.set_xscale("function", functions=(lambda x: np.sqrt(np.maximum(x, 0)), np.square))
        ax.set_xlim(0, 1.03 * last)
        step = next((each for each in STEPS.get(unit, ()) if last / each <= 36), last / 16)
        ax.xaxis.set_major_locator(FixedLocator([step * k**2 for k in range(MARKS + 1) if step * k**2 <= 1.03 * last]))
        text = "square-root scale"
    ax.xaxis.set_major_formatter("{x:g}")
    ax.set_xlabel(f"time ({WORDS.get(unit, unit)}, {text})")


def share_axis(ax, highest, analyte):
    """An axis of the released share in per cent: up to 100 %, or closer where little is released."""
    top = 104.0 if 40 < highest <= 102 else 1.08 * highest
    ax.set_ylim(-0.02 * top, top)
    ax.set_ylabel(f"{plain(analyte)} released (% of dose)")


def legend(ax, **more):
    """A legend above the axes, where it hides nothing, in as many columns as there is room for."""
    handles, labels = ax.get_legend_handles_labels()
    if not handles:
        return
    # What was measured comes first, bands last.
    pairs = sorted(zip(handles, labels, strict=True),
                   key=lambda pair: (hasattr(pair[0], "get_facecolor"), "measured" not in pair[1]))
    handles, labels = zip(*pairs, strict=True)
    # A figure that is laid out when it is drawn will give its axes somewhat more room than they have now.
    room = ax.bbox.width * (1.12 if ax.figure.get_layout_engine() else 1.0)
    for columns in range(len(labels), 0, -1):
        drawn = ax.legend(handles, labels, loc="lower left", bbox_to_anchor=(-0.01, 1.0), ncols=columns, frameon=False,
                          borderaxespad=0.2, handlelength=2.4, labelcolor=INK, fontsize="small", columnspacing=1.6,
                          **more)
        if drawn.get_window_extent().width <= room:
            break


def plain(text, longest=32):
    """Text of the user for a plot: shortened, and a dollar sign is a dollar sign, not the beginning of a formula.

    A sign that the fonts in use do not have (``matplotlib.rcParams["font.family"]``) is drawn as an empty square.
    """
    text = _drawable(str(text).lstrip("_"))
    return (text if len(text) <= longest else text[: longest - 1] + "…").replace("$", r"\$")


def _drawable(text):
    if text.isascii():
        return text
    import matplotlib
    from matplotlib import font_manager

    families = matplotlib.rcParams["font.family"]
    listed = [name for family in families for name in matplotlib.rcParams.get(f"font.{family}", [family])]
    installed = {font.name: font.fname for font in reversed(font_manager.fontManager.ttflist)}
    own = installed.get("DejaVu Sans")
    files = [installed[name] for name in listed if name in installed] or [own]
    # Of generic families matplotlib takes the first that is installed, and falls back to later ones only if named.
    files = files if len(families) > 1 else files[:1]
    fonts = [font_manager.get_font(file) for file in files]
    return "".join(sign if any(font.get_char_index(ord(sign)) for font in fonts) else "\N{WHITE SQUARE}"
                   for sign in text)


def analyte_of(study):
    """What a study measures: its drug where the file says it."""
    return str(study.conditions.get("drug") or "drug")


def number(value):
    """A number on a plot, with two or three digits."""
    return f"{value:.2g}" if abs(value) < 100 else f"{value:.0f}"
