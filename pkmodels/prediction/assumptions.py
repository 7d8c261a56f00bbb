"""What a prediction takes for granted, in sentences: they stand wherever it is shown."""

import numpy as np

from .. import units
from ..environment import Environment


def assumptions(*, release, drug, available, unreleased, horizon, environment, draws, refused):
    """The sentences, as a list."""
    said = []
    if release is not None:
        said += _of_release(release, drug, unreleased, horizon, environment)
    if drug is not None:
        said += _of_body(drug, available, draws)
    if draws:
        where = "its bootstrap" if release.sampled is not None else "its parameters' standard errors"
        said.append(f"The interval is that of the release fit alone: {draws} draws from {where}.")
        if refused > 0.05:
            said.append(f"{100 * refused:.0f} % of the draws lay outside the parameters' bounds and were drawn again: "
                        f"the standard errors are too wide for these bounds, so read the interval with care.")
    elif release is not None and not release.can_draw:
        said.append("No interval: the release was given without a fit, or its fit has no standard errors.")
    return said


def _of_release(release, drug, unreleased, horizon, environment):
    if drug is not None:
        yield "Release in the body is taken to be the release in the vial: same times, same extent."
    eventual = float(release.eventual())
    if eventual >= 0.995:
        yield "The model releases the whole dose in the end; no share stays in the carrier."
    elif unreleased == "stays":
        yield f"The curve ends at {100 * eventual:.1f} % of the dose; the rest is taken to stay in the carrier."
    else:
        yield f"The curve ends at {100 * eventual:.1f} % of the dose; it was stretched to release all of it."
    if "assumed" in release.origin:
        kind = "a scenario, in which nothing was measured" if release.model.is_scenario else "the model's example"
        yield f"Not given, and taken from {kind}: {release.origin['assumed']}."
    for verdict in release.origin.get("verdicts", ()):
        yield f"Of the fit behind it: {verdict}."
    for name, (low, high) in release.spread.items():
        p = release.model.parameter(name)
        low, high = (units.outside(v, p.unit) for v in (low, high))
        yield (f"{name} is only known to be fast ({p.meaning}): draws spread it from {low:.3g} to {high:.3g} {p.unit}. "
               f"The first concentrations and their peak depend on it.")
    until = release.measured_until
    if np.isfinite(until) and horizon > until * 1.001:
        share = float(release.share(np.array([until]))[0])
        yield (f"The release was measured until day {until / 24:.4g} after injection, when the curve stands at "
               f"{100 * share:.0f} % of the dose; what is later is the model's extrapolation.")
    if environment != Environment():
        yield f"The carrier sits at {environment.T} °C and pH {environment.pH}."
        if not release.model.uses_environment:
            yield "This model does not depend on its surroundings: temperature and pH have no effect here."


def _of_body(drug, available, draws):
    yield f"Of what is released {100 * available:.4g} % reaches the blood (bioavailability)."
    yield "The body answers in proportion to the dose, and doses add up (linear kinetics of the drug card)."
    average = f"The body is the average of its source ({drug.title})"
    yield f"{average}; variation between people is not in the interval." if draws else f"{average}."
