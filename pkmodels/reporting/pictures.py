"""The plots of a report as SVG that says what it shows."""

import io
import re
import threading

from .. import plotting, units
from . import facts
from .wording import number, sentence, unit_of

#: The style is matplotlib's own, and a page in the browser has a thread per tab.
_ONE_AT_A_TIME = threading.Lock()


def plots(fit, prediction, coverage, comparison, response):
    """The plots as inline SVG by name."""
    import matplotlib.style

    window = None if coverage is None else coverage.window
    found = {}
    # The style of the page is the same on every machine, whatever the user's matplotlibrc says.
    style = {"svg.hashsalt": "pkmodels", "svg.fonttype": "path"}
    with _ONE_AT_A_TIME, matplotlib.style.context(style, after_reset=True):
        if fit is not None:
            found["fit"] = _svg("fit", plotting.plot_fit(fit), _says_fit(fit))
            found["residuals"] = _svg("residuals", plotting.plot_residuals(fit), _says_residuals(fit))
        if comparison is not None:
            names = ", ".join(f.model.name for f in comparison.fits[:5])
            found["comparison"] = _svg("comparison", plotting.plot_comparison(comparison),
                                       f"Measured points with the curves of the best models: {names}.")
        if prediction is not None and "released" in prediction:
            found["release"] = _svg("release", plotting.plot_release(prediction), _says_release(prediction))
        if prediction is not None and "plasma" in prediction:
            found["plasma"] = _svg("plasma", plotting.plot_prediction(prediction, window),
                                   _says_plasma(prediction, window))
        if prediction is not None and "plasma_quantiles" in prediction:
            found["population"] = _svg("population", plotting.plot_population(prediction, window)[0],
                                       _says_population(prediction))
        if response is not None:
            for name in facts.shown(response):
                found[f"response_{name}"] = _svg(f"response-{name}", plotting.plot_response(response, name),
                                                 facts.says_response(response, name))
        if coverage is not None and hasattr(coverage, "rows"):
            found["coverage"] = _svg("coverage", plotting.plot_coverage(coverage),
                                     " ".join(map(sentence, coverage.verdict)))
    return found


def _svg(name, ax, description):
    """The figure of axes as inline SVG that says what it shows; the same figure gives the same text."""
    from markupsafe import Markup, escape

    buffer = io.StringIO()
    ax.figure.savefig(buffer, format="svg", transparent=True,
                      metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")))
    _, size, inner = re.split(r"<svg ([^>]*)>", buffer.getvalue(), maxsplit=1)
    box = re.search(r'viewBox="([^"]+)"', size)[1]
    inner = re.sub(r"<!--.*?-->\n?|<metadata>.*?</metadata>\n?", "", inner, flags=re.DOTALL)
    # All plots share one page, so their ids must not be the same.
    inner = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>{name}-", inner)
    label = f"{name}-title"
    return Markup(f'<svg role="img" aria-labelledby="{label}" viewBox="{box}"><title id="{label}">'
                  f"{escape(description)}</title>{inner}")


def _says_fit(fit):
    study, last = fit.study, fit.curve().iloc[-1]
    return (f"{len(study.frame)} measured points and the fitted curve of {fit.model.name}, which reaches "
            f"{number(100 * last['released'])} % of the dose at {_when(last['time'], study.time_unit)}.")


def _says_residuals(fit):
    left, unit = 100 * fit.residuals, fit.study.time_unit
    worst = abs(left).argmax()
    return (f"Measured less fitted share at every point; the largest difference is {number(left[worst], 2)} % of the "
            f"dose, at {_when(units.outside(fit.study.times[worst], unit), unit)}.")


def _says_release(prediction):
    return (f"Predicted released share rising to {number(100 * float(prediction['released'][-1]))} % of the dose by "
            f"{number(float(prediction['time'][-1]))} {unit_of(prediction)}.")


def _says_plasma(prediction, window):
    said = sentence(facts.headline(None, prediction, None)[0])
    return said + ("" if window is None else f" The window {window.bounds} is shaded.")


def _says_population(prediction):
    quantiles = prediction["plasma_quantiles"]
    middle = quantiles.sel(quantile=0.5).values
    return (f"Concentration in the median of {prediction.sizes['patient']} patients, at most "
            f"{number(float(middle.max()))} {quantiles.attrs['units']}, with the ranges of half and of 95 % of them.")


def _when(time, unit):
    return f"{time:.4g} {plotting.canvas.WORDS.get(unit, unit)}"
