"""What a population is predicted with: checked, in the units used inside, and what it takes for granted in words."""

import math

import numpy as np

from .. import units
from ..environment import Environment
from ..errors import PredictionError
from ..surroundings import read_environment
from ..windows import Window
from .assumptions import of_body, of_doses, of_release
from .grid import SUDDEN, grid, since_dose
from .predicting import asked_hours

#: The most patients times draws of one call, the most values of curves that are kept or that a band is made of, and
#: times of a band.
MOST, MOST_CURVES, MOST_OF_BAND, BAND_TIMES = 10_000_000, 20_000_000, 200_000_000, 241


def check(patients, draws, unreleased, seed, unit):
    """Refuse settings that are not possible."""
    for name, value, least in (("patients", patients, 1), ("draws", draws, 0), ("seed", seed, 0)):
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
            raise PredictionError(f"{name} = {value!r} is not possible; give a whole number from {least} on")
    if patients * max(1, draws) > MOST:
        raise PredictionError(f"{patients} patients x {max(1, draws)} draws are more than {MOST}; take fewer: "
                              f"quantiles of 10000 patients are known to about one per cent of them")
    if unreleased not in ("stays", "rescaled"):
        raise PredictionError(f"unreleased = {unreleased!r} is not possible; choose 'stays' or 'rescaled'")
    if units.dimension(unit) != units.dimension("mg/L"):
        raise PredictionError(f"'{unit}' is not a mass concentration; write for example ng/mL")


def check_curves(rows, shown, keep):
    """Refuse more curves than memory can hold."""
    if keep and rows * len(shown) > MOST_CURVES:
        raise PredictionError(f"{rows} patients (times draws) x {len(shown)} times are too many curves to keep; give "
                              f"fewer times, or leave keep_curves away: bands and numbers need none")
    if rows * len(shown) > MOST_OF_BAND:
        raise PredictionError(f"{rows} patients (times draws) x {len(shown)} times are too many values for a band "
                              f"({rows * len(shown) / 6e7:.0f} GB); take band=False, or give fewer times")


def doses_of(release, regimen, horizon):
    """The doses within the horizon; they must fit the release."""
    if regimen.steady:
        raise PredictionError(f"'{regimen}' begins at steady state; every patient comes to it in a time of their own, "
                              f"so a population begins with its first dose: give as many doses as that takes, and read "
                              f"the last interval (such as inside_each)")
    doses = regimen.doses(horizon)
    if not doses:
        raise PredictionError(f"no dose of '{regimen}' falls within the predicted time; predict for longer")
    if len(doses) > 500:
        raise PredictionError(f"'{regimen}' gives {len(doses)} doses within the predicted time; at most 500 can be "
                              f"predicted at once. Predict a shorter time: at steady state the doses are alike")
    if release is not None and any(dose.duration_hour for dose in doses):
        raise PredictionError(f"'{regimen}' is an infusion, but a carrier is injected at once; leave 'over ...' away, "
                              f"or give None as the release for a drug in solution")
    if release is None and len({dose.duration_hour > 0 for dose in doses}) > 1:
        raise PredictionError(f"'{regimen}' mixes doses given at once and infusions, which a population does not "
                              f"follow together; write the first as a short infusion, such as 'over 1 min'")
    if release is None and regimen.lacks_duration:
        raise PredictionError(f"'{regimen}' without a carrier needs its duration, such as '100 mg over 1 h', or the "
                              f"word that it is given at once, '100 mg bolus'; or give a release: a fit, a record or a "
                              f"model")
    return doses


def typical_values(release, drug, bioavailability):
    """Values of everything that may vary, in the units used inside, and the bioavailability."""
    share = drug.bioavailability if bioavailability is None else bioavailability
    if isinstance(share, bool) or not isinstance(share, (int, float)) or not 0 < share <= 1:
        raise PredictionError(f"bioavailability = {share!r} is not possible; give a share above 0 and up to 1")
    found = {name: float(units.inside(p.value, p.unit)) for name, p in drug.parameters.items()}
    found["bioavailability"] = float(share)
    if release is not None:
        clash = sorted({*release.values} & {*found})
        if clash:
            raise PredictionError(f"release and body both have {', '.join(clash)}; they cannot be told apart here")
        found |= {name: float(value) for name, value in release.values.items()}
    return found, float(share)


def depot_of(release, drug):
    """The published depot of a drug card where the release is that very one, else None."""
    own = drug.depot is not None and release is not None and drug.depot.release
    return drug.depot if own and (release.origin.get("given"), release.values) == (
        own.origin["given"], own.values) else None


def allowed_values(release, typical):
    """Bounds, in the units used inside, within which a person is possible."""
    found = {"bioavailability": (0.0, 1.0)}
    for p in release.model.parameters if release is not None else ():
        low, high = (float(units.inside(float(b), p.unit)) for b in p.bounds)
        found[p.name] = (min(low, typical[p.name]), max(high, typical[p.name]))
    return found


def check_release(release):
    """Refuse a release that runs otherwise in the surroundings of a population, which are those of `Environment`."""
    if release is None:
        return
    if release.model.closed_vessel:
        raise PredictionError(f"this release cannot be carried into a patient: {release.model.closed_vessel}")
    own = read_environment(release.origin.get("environment", {}))
    if own != Environment() and release.model.surroundings:
        raise PredictionError(f"this release has surroundings of its own ({own}), and populations are predicted at "
                              f"{Environment()}; predict it with predict, or give its model with values")


def window_limits(window, unit, drug):
    """The limits in a unit of concentration, minus infinity and infinity where there is none."""
    if window is None:
        return -np.inf, np.inf
    if isinstance(window, Window):
        window.require(drug.analyte)
        window, _ = window.beside(unit, drug.molar_mass_text)
        lower, upper = window.limits(unit)
    elif np.ndim(window) != 1 or len(window) != 2:
        raise PredictionError(f"window = {window!r} is not possible; give a window such as '0.5-1.2 ng/mL' or "
                              f"'goserelin', or limits such as (0.5, 1.2)")
    else:
        lower, upper = (float(each) for each in window)
    if not (0 <= lower < upper) or (lower == 0 and math.isinf(upper)):
        raise PredictionError(f"the window from {lower:g} to {upper:g} {unit} holds nothing or everything; give limits "
                              f"that rise, such as (0.5, 1.2)")
    return (lower if lower > 0 else -np.inf), upper


def lasting_hours(sustained):
    """How long a stay must last to be the onset."""
    amount, given = units.quantity(sustained, "h", "24 h")
    if not amount > 0:
        raise PredictionError(f"sustained = '{sustained}' must be longer than zero; write for example '24 h'")
    return float(units.convert(amount, given, "h"))


def shown_hours(times, horizon, wanted):
    """Hours at which curves are shown."""
    if times is None:
        return np.linspace(0.0, horizon, BAND_TIMES) if wanted else np.empty(0)
    return asked_hours(times, horizon)


def counted_until(regimen, horizon, doses):
    """The end of the time that counts: that of the last dosing interval, or of the prediction."""
    natural = regimen.end_hour if regimen.ends else None
    return horizon if natural is None or not math.isfinite(natural) or (len(doses) == 1 and natural <= 0) \
        else min(horizon, natural)


def steps(release, doses, end, horizon, drawn, shown):
    """The hours of the steps: dense after doses and where a release bends."""
    starts = [dose.time_hour for dose in doses]
    fixed = [*shown[(shown > 0) & (shown < horizon)], end]
    if release is None:
        stops = [dose.time_hour + dose.duration_hour for dose in doses]
        return grid(horizon, starts, since_dose(np.zeros_like, horizon), [*fixed, *stops])
    some = None
    if drawn[0]:
        chosen = drawn[:: max(1, len(drawn) // 8)]
        some = {name: np.array([[each[name]] for each in chosen]) for name in chosen[0]}

    def share(since):
        central = release.share(since)[None]
        return np.concatenate([central, release.share(since, None, some)]) if some else central

    since = [since_dose(share, horizon, release.kinks), *(bend + SUDDEN for bend in (0.0, *release.kinks))]
    return grid(horizon, starts, np.concatenate(since), fixed)


def assumptions(release, drug, spread, share, draws, patients, found, people_said, regimen, *, doses, unreleased,
                horizon, linear):
    """What the prediction takes for granted, in sentences: what that of one person does, and what is about people."""
    said = []
    if release is not None:
        said += of_release(release, drug, unreleased, horizon)
        if str(release.origin.get("given", "")).startswith("published") and depot_of(release, drug) is None:
            said.append(f"That depot was not fitted together with the card of {drug.name} ({drug.set_name}): how it "
                        f"varies between patients is left out, so the true spread is wider.")
    said += of_doses(doses, release is not None)
    said += of_body(drug, share, linear, "given" if release is None else "released")
    said += spread.remarks
    if not spread.names:
        said.append("Nothing varies between patients: the card gives no spread and none was declared.")
    said += people_said
    again = int(found["again"].sum())
    if again > 0.01 * patients:
        said.append(f"{100 * again / patients:.1f} % of the patients were drawn again, because a parameter was beyond "
                    f"its bounds; the spread is a little narrower than declared.")
    if release is None:
        pass
    elif draws:
        said.append(f"The uncertainty of the release fit is in {draws} draws of its parameters, each with the same "
                    f"{patients} patients.")
    else:
        said.append("The release is taken at its best values: the uncertainty of its fit is not in the spread.")
    return [*said, *regimen.assumptions]
