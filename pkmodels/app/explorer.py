"""Sliders in Jupyter: release, blood and window answer while they are moved."""

from .. import catalogue, metrics, plotting, prediction
from ..environment import STANDARD
from ..errors import PkmodelsError, PredictionError
from ..windows import read_window
from .ranges import AROUND, around, slider_range, surroundings


def explore(release, *, drug=None, dose=3.6, interval=28, doses=6, window=None, days=None):
    """Explore a release model or a fit with sliders.

    Parameters
    ----------
    release : str, Curve, Model or Fit
        A named model begins at its typical values, a fit at its own. Of one that answers temperature or pH these
        have sliders too: what holds at first, and what holds later, from a day on.
    drug : str or Drug, optional
        Such as ``"goserelin"``; without one only the release is shown.
    dose : float
        Milligrams, where the slider begins.
    interval : float
        Days between doses, where the slider begins.
    doses : int
    window : str or Window, optional
        Held against the plasma concentration.
    days : float, optional
        How long to show a release without a drug; 60 when not given.

    Returns
    -------
    ipywidgets.VBox
        To be shown by Jupyter; its ``controls`` are the sliders by name.

    Raises
    ------
    PkmodelsError
        If ipywidgets is not installed, or the model, drug or window is not possible.
    """
    try:
        import ipywidgets
    except ImportError:
        raise PkmodelsError('the sliders need ipywidgets, which is not installed; python -m pip install "pkmodels[app]"'
                            ) from None
    model, values = _start(release)
    if window is not None and drug is None:
        raise PredictionError("a window is about concentrations; give a drug as well")
    window = None if window is None else read_window(window)
    controls = _release_sliders(ipywidgets, model, values)
    if drug is not None:
        drug = prediction.read_drug(drug)
        controls |= {"dose": _slider(ipywidgets, "dose (mg)", dose / 10, dose * 10, dose),
                     "interval": ipywidgets.IntSlider(int(interval), 1, max(180, int(interval)),
                                                      description="interval (days)", continuous_update=False),
                     "doses": ipywidgets.IntSlider(doses, 1, max(24, doses), description="doses",
                                                   continuous_update=False)}
    shown = ipywidgets.Output()

    def draw(**moved):
        with shown:
            shown.clear_output(wait=True)
            try:
                _draw(model, values, drug, window, days, moved)
            except PkmodelsError as problem:
                print(problem)

    for control in controls.values():
        control.style.description_width = "140px"
        control.observe(lambda _: draw(**{name: c.value for name, c in controls.items()}), "value")
    draw(**{name: c.value for name, c in controls.items()})
    box = ipywidgets.HBox([ipywidgets.VBox(list(controls.values())), shown])
    box.controls = controls
    return box


def _start(release):
    """The model and its values by name as (number, unit) pairs."""
    if isinstance(release, str):
        release = catalogue.get_model(release)
    if hasattr(release, "study"):
        return release.model, {name: (float(v), release.units[name]) for name, v in release.values.items()}
    if not hasattr(release, "parameters"):
        raise PredictionError(f"{release!r} cannot be explored; give a fit, a release model or its name")
    return release, {p.name: (p.value, p.unit) for p in release.parameters}


def _release_sliders(ipywidgets, model, values):
    controls = {}
    for p in model.parameters:
        value, unit = values[p.name]
        low, high, value = slider_range(p, value)
        label = p.name if unit == "1" else f"{p.name} ({unit})"
        controls[p.name] = _slider(ipywidgets, label, low, high, value)
    for name in around(model):
        label, low, high = AROUND[name]
        controls[name] = _slider(ipywidgets, label, low, high, STANDARD[name])
        controls[f"{name}_later"] = _slider(ipywidgets, f"{label} later", low, high, STANDARD[name])
    if around(model):
        controls["change"] = _slider(ipywidgets, "later from day", 0.1, 30.0, 2.0)
    return controls


def _slider(ipywidgets, label, low, high, value):
    return ipywidgets.FloatSlider(value, min=low, max=high, step=(high - low) / 200, description=label,
                                  readout_format=".3g", continuous_update=False)


def _draw(model, values, drug, window, days, moved):
    from IPython.display import display

    asked = {p.name: (moved[p.name], values[p.name][1]) for p in model.parameters}
    said = surroundings({name: moved[name] for name in around(model)},
                        {name: moved[f"{name}_later"] for name in around(model)}, moved.get("change"))
    if drug is None:
        found = prediction.predict(model, values=asked, days=days or 60, environment=said)
        display(plotting.plot_release(found).figure)
        return
    regimen = f"{moved['dose']:.6g} mg every {moved['interval']} days x {moved['doses']}"
    found = prediction.predict(model, values=asked, drug=drug, regimen=regimen, environment=said)
    display(plotting.plot_release(found).figure)
    display(plotting.plot_prediction(found, window).figure)
    if window is not None:
        covered = metrics.coverage(found, window)
        display(plotting.plot_coverage(covered).figure)
        print(f"{regimen}: {covered.verdict[0]}")
