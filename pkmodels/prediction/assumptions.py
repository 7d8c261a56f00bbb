"""What a prediction takes for granted, in sentences: they stand wherever it is shown."""

import numpy as np

from .. import units
from ..environment import SAID, Environment
from .composed import takes_back

#: What no tissue holds, mg/L: a tenth of a gram per millilitre.
MOST = 1e5


def assumptions(*, releases, drug, available, unreleased, horizon, environment, draws, refused, in_vivo=None, site=None,
                linear=True, doses=()):
    """The sentences, as a list."""
    said = []
    for name, release in releases.items():
        said += [f"{name}: {each}" if name else each
                 for each in of_release(release, drug, unreleased, horizon, environment, in_vivo)]
    if drug is not None:
        said += of_doses(doses, bool(releases)) if "" in releases or not releases else ()
        said += of_body(drug, available, linear, "released" if releases else "given", site if releases else None)
        average = f"The body is the average of its source ({drug.title})"
        said.append(f"{average}; variation between people is not in the interval." if draws else f"{average}.")
    if site is not None:
        said += _of_site(site, None if not releases else next(iter(releases.values())), drug)
    still = [name for name, release in releases.items() if not release.can_draw]
    if draws:
        where = "its bootstrap" if any(each.sampled is not None for each in releases.values()) else \
            "its parameters' standard errors"
        said.append(f"The interval is that of the release fit alone: {draws} draws from {where}.")
        if still:
            said.append(f"The release of {', '.join(still)} has no interval; it is the same in all draws.")
        if refused > 0.05:
            said.append(f"{100 * refused:.0f} % of the draws lay outside the parameters' bounds or too far from the "
                        f"points and were drawn again: the standard errors are wider than what the points allow, so "
                        f"read the interval with care.")
    elif still:
        said.append("No interval: the release was given without a fit, or its fit has no standard errors.")
    return said


def of_release(release, drug, unreleased, horizon, environment=None, in_vivo=None):
    """What is taken for granted of a release: whose it is, its end, its fit, and from when on it is extrapolation."""
    environment = Environment() if environment is None else environment
    published = str(release.origin.get("given", "")).startswith("published")
    if in_vivo is not None:
        yield from in_vivo.assumptions
    elif published:
        yield f"The release is the one that was fitted to concentrations in people ({release.origin['given']})."
    elif drug is not None:
        yield "Release in the body is taken to be the release in the vial: same times, same extent."
    if release.model.closed_vessel:
        yield f"Not to be carried into a patient: {release.model.closed_vessel}."
    eventual = float(release.eventual())
    if eventual >= 0.995 and release.model.closed_vessel:
        pass  # said above; the whole dose of a vessel, or of decays, is no dose of a patient
    elif eventual >= 0.995:
        yield "The model releases the whole dose in the end; no share stays in the carrier."
    elif unreleased == "stays":
        yield f"The curve ends at {100 * eventual:.1f} % of the dose; the rest is taken to stay in the carrier."
    else:
        yield f"The curve ends at {100 * eventual:.1f} % of the dose; it was stretched to release all of it."
    if "scenario" in release.origin:
        kinds = sorted({value["evidence"] for value in release.origin["given_as"].values()})
        yield (f"The release is the scenario {release.origin['scenario']}, a place to start from and no finding: its "
               f"values are {' and '.join(kinds)} (pkmodels show scenario {release.origin['scenario']}).")
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
        how = "watched in people" if published else "measured"
        yield (f"The release was {how} until day {until / 24:.4g} after injection, when the curve stands at "
               f"{100 * share:.0f} % of the dose; what is later is the model's extrapolation.")
    if drug is not None and takes_back(release.model):
        yield (f"{release.model.name} takes drug back from what it lies in: its release here is that into its own "
               f"medium, not into this body.")
    if "taken_at" in release.origin:
        yield (f"The release is that at {release.origin['taken_at']} all the time, as the fit of many curves has it; "
               f"give surroundings, or take at(...) of that fit, for other conditions.")
    if environment != Environment():
        yield f"Around the carrier: {environment}."
        felt = release.model.surroundings
        if not felt and "taken_at" not in release.origin:
            yield "This model does not depend on its surroundings: temperature, pH and the like have no effect here."
        for name in environment.changed:
            if felt and name not in felt:
                yield f"This model does not depend on {SAID[name][1].split(',')[0]}; it has no effect here."


def of_doses(doses, carrier):
    """What is taken for granted of doses in one carrier, or of drug in solution."""
    if not carrier and not all(dose.duration_hour for dose in doses):
        yield "Doses without a duration enter the body at once, as drug in solution: no carrier was named."
    if carrier and len({dose.amount_mg for dose in doses}) > 1:
        yield ("Doses of different size are taken to be of one product, each released by the same shares at the same "
               "times; give a release for each product where they are not.")


def of_body(drug, available, linear, what, site=None):
    """How much arrives, and how the body answers; ``what``: "released" or "given"."""
    if site is None:
        yield f"Of what is {what} {100 * available:.4g} % reaches the blood (bioavailability)."
    else:
        yield (f"Of what is released {100 * available:.4g} % enters the {site.tissue}"
               + (f"; the bioavailability on the card ({drug.bioavailability:g}) is that of another route and not used."
                  if drug.bioavailability != available else "."))
    yield from drug.conditions
    if linear:
        yield "The body answers in proportion to the dose, and doses add up (linear kinetics of the drug card)."
    else:
        yield "The body does not answer in proportion to the dose: doses do not simply add up."


def _of_site(site, release, drug):
    if release is None:
        yield f"The drug is infused into the blood, not into the {site.tissue}."
    yield f"The {site.tissue} is well mixed: one concentration everywhere, also far from the carrier."
    yield from site.assumptions
    yield f"The {site.tissue} comes on top of the volumes on the card of {drug.name}."


def too_much(concentrations, unit, tissue):
    """A warning where more drug than can be would stand in a tissue, as a list of one sentence or none."""
    highest = float(np.max(concentrations)) * units.inside(1.0, unit)
    if highest < MOST:
        return []
    return [f"The {tissue} would hold {highest / 1e6:.3g} g/mL of drug: more than there is room for, and it would fall "
            f"out of solution long before. Dose, volume or exchange is not what it should be."]
