"""Numbers from papers, other programs and closed forms, and what pkmodels gives for them.

One list serves two readers: `test_published.py` checks it, and the documentation prints it as its page on validation.
"""

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

import pkmodels as pk
from pkmodels import catalogue, solve
from pkmodels.solve import functions
from pkmodels.studies import Study

DAY = 24.0


@dataclass(frozen=True)
class Check:
    """A number from outside and how to compute it here.

    ``tolerance`` is absolute and no wider than the printed digits or the method allow; ``why`` says which.
    """

    topic: str
    what: str
    source: str
    expected: float
    tolerance: float
    why: str
    compute: Callable


def _shown(name, values, hours):
    model = catalogue.get_model(name)
    return float(solve.observe(model, model.values(values), np.array([float(hours)]))[0])


def _profile():
    times = np.array([1, 2, 3, 4, 6, 8, 10, 12, 14, 16, 18, 20], float)
    percent = np.array([8, 24, 38, 48, 58, 66, 73, 78, 84, 88, 92, 95], float)
    return Study.from_arrays(times, percent, time_unit="h", released_unit="percent", formulation="example",
                             source="ddsolver_example")


def _docetaxel(hours):
    found = pk.predict(None, drug="docetaxel", regimen="100 mg over 1 h", days=2, concentration_unit="mg/L",
                       times=[h / 24 for h in (1, 2, 4, 8, 24, 48)])
    return float(found.plasma.values[(1, 2, 4, 8, 24, 48).index(hours)])


def _goserelin(measure):
    prediction = pk.predict("zero_order", values={"k": (1 / 28, "1/day")}, drug="goserelin", regimen="3.6 mg once",
                            days=28)
    if measure == "css":
        return float(prediction.plasma.values[-1])
    inside = pk.coverage(prediction, "0.5-1.2 ng/mL")
    if measure == "inside":
        return inside.value("inside") / 100
    return inside.value("first_entry") * DAY


@functools.cache
def _castration():
    """Testosterone and LH under the published depot of triptorelin, 3.75 mg, and the prediction behind them."""
    found = pk.predict("depot:triptorelin", drug="triptorelin", regimen="3.75 mg once", days=28, draws=0)
    return found, pk.respond(found, "hpg_agonist")


def _triptorelin(what):
    plasma, hormone = _castration()
    if what == "cmax":
        return float(plasma.plasma.max())
    if what == "lh":
        return float(hormone.lh.max())
    if what == "castrate":
        return pk.coverage(hormone, "testosterone_castration", variable="testosterone").value("first_entry")
    if what == "flare":
        return float(hormone.testosterone.max())
    return float(np.interp(what, hormone.time.values, hormone.testosterone.values))


def _pulses():
    found = pk.predict("heat_switch", days=5, environment="37 C; 42 C for 30 min at day 1, 2, 3", draws=0, values={
        "t_cold": (100.0, "day"), "t_hot": (0.5, "day"), "t_middle": (39, "degC"), "width": (0.5, "K"),
        "beta": 1.0}, times=[5.0])
    return float(found.released.values[-1])


def _ratio(rate):
    found = pk.predict("first_order", values={"k": (rate, "1/h")}, drug="docetaxel", regimen="10 mg once", days=180,
                       site=pk.read_site("prostate_tumour", volume="20 mL", partition=1.0), draws=0)
    return pk.local_ratio(found).value("auc")


def _leuprolide(hours):
    return float(pk.predict("depot:leuprolide", drug="leuprolide", regimen="11.25 mg once", days=84,
                            times=[hours / DAY]).plasma[0])


@functools.cache
def _blocked():
    """Plasma and testosterone under the published depot of degarelix, 200 mg at 40 mg/mL."""
    found = pk.predict("depot:degarelix", drug="degarelix", regimen="200 mg once", days=28, draws=0)
    return found, pk.respond(found, "hpg_antagonist")


def _degarelix(what):
    plasma, hormone = _blocked()
    if what == "cmax":
        return float(plasma.plasma.max())
    if what == "castrate":
        return DAY * pk.coverage(hormone, "testosterone_castration", variable="testosterone").value("first_entry")
    return float(np.interp(what, hormone.time.values, hormone.testosterone.values))


def _islatravir(hours):
    return float(pk.predict("depot:islatravir", drug="islatravir", regimen="62 mg once", days=84,
                            times=[hours / DAY]).plasma[0])


def _bateman_at_steady_state(day):
    fast, slow, every = 6.63 * DAY / 44.1, 0.1, 28
    left = [math.exp(-rate * day) / -math.expm1(-rate * every) for rate in (slow, fast)]
    return 3.6e3 / 44.1 * slow / (fast - slow) * (left[0] - left[1])


GC = {"f_burst": 0.15, "k_burst": 1.5, "k_erosion": 0.3, "t_middle": 21}
DD = "example profile of DDSolver, printed by it"
EXACT = "closed form"
CHECKS = [
    *(Check("Diffusion", f"sphere: share released at D t/R² = {tau:g}", "Crank 1975, series to 10 digits", share, 1e-9,
            "digits of the reference", lambda tau=tau: float(functions.sphere_release(tau)))
      for tau, share in ((0.0001, 0.033551375), (0.01, 0.3085137501), (0.05, 0.6069397567), (0.5, 0.9956278588))),
    Check("Diffusion", "sphere: D t/R² at half released", "Crank 1975, root of the series", 0.5, 2e-9,
          "digits of the reference", lambda: float(functions.sphere_release(0.0305465243))),
    Check("Erosion", "Baker-Lonsdale: share released at half the time of exhaustion", EXACT, 0.875, 1e-12, "exact",
          lambda: _shown("baker_lonsdale", {"t_end": 2.0}, DAY)),
    *(Check("Burst and erosion", f"Gallagher-Corrigan, normalised: share released on day {day}", "high precision",
            share, 5e-9, "digits of the reference", lambda day=day: _shown("gallagher_corrigan", GC, day * DAY))
      for day, share in ((1, 0.11707521), (14, 0.24134172), (21, 0.57421957), (28, 0.90709742))),
    Check("Empirical", "Weibull: mean release time for a scale of 10 and an exponent of 0.7", "10 Gamma(1 + 1/0.7)",
          10 * math.gamma(1 + 1 / 0.7), 1e-9, "exact", lambda: solve.also(
              catalogue.get_model("weibull"),
              catalogue.get_model("weibull").values({"t_scale": 10, "beta": 0.7}))["mean_release_time"] / DAY),
    Check("Fitting", "zero order: sum of squares (percent²)", DD, 3039.718710, 1e-6, "digits printed",
          lambda: 1e4 * pk.fit(_profile(), "zero_order").statistics["ss"]),
    Check("Fitting", "zero order: AIC of DDSolver", DD, 98.234243, 1e-6, "digits printed",
          lambda: pk.fit(_profile(), "zero_order").statistics["aic_ddsolver"]),
    Check("Fitting", "Higuchi: kH (percent per root hour)", DD, 22.0616397, 1e-7, "digits printed",
          lambda: 100 * pk.fit(_profile(), "higuchi").values["k"]),
    Check("Fitting", "Higuchi: sum of squares (percent²)", DD, 324.382114, 1e-6, "digits printed",
          lambda: 1e4 * pk.fit(_profile(), "higuchi").statistics["ss"]),
    *(Check("Disposition", f"docetaxel, 100 mg over 1 h: concentration at {hours} h (mg/L)",
            "parameters of Ozawa 2007, another program", level, half, "digits of the reference",
            lambda hours=hours: _docetaxel(hours))
      for hours, level, half in ((1, 1.96024, 5e-6), (2, 0.090625, 5e-7), (4, 0.042430, 5e-7), (8, 0.023534, 5e-7),
                                 (24, 0.011653, 5e-7), (48, 0.0043596, 5e-8))),
    Check("Depot to plasma", "goserelin, 3.6 mg evenly in 28 days: level reached (ng/mL)", "dose rate over clearance",
          3.6e6 / 28 / (110.5 * 1440), 1e-6, "28 days are 146 half-lives", lambda: _goserelin("css")),
    Check("Depot to plasma", "the same: hours until 0.5 ng/mL", "R/CL (1 - exp(-k t)) solved for t", 6.415, 5e-4,
          "digits of the reference", lambda: _goserelin("entry")),
    Check("Depot to plasma", "the same: share of 28 days inside 0.5-1.2 ng/mL", "1 - 6.415 h / 672 h", 0.9905, 5e-5,
          "digits of the reference", lambda: _goserelin("inside")),
    *(Check("Layered spheres", f"chitosan in PCL: per cent released on day {day}",
            "Chacin Ruiz 2025, finite elements with its parameters", share, 0.3, "grid of 40 cells; asked for",
            lambda day=day: 100 * _shown("chitosan_pcl", {}, day * DAY))
      for day, share in ((1, 13.3575), (7, 28.4195), (14, 37.6084), (28, 49.4529), (84, 73.1641), (168, 88.2574))),
    *(Check("Degradation", f"critical radius at 0.1 per day and {d} cm²/s (um)", "pi root(D/k)",
            1e4 * math.pi * math.sqrt(d * 86400 / 0.1), 1e-9, "exact",
            lambda d=d: pk.acid_criterion(radius="53 um", k_degradation="0.1 1/day",
                                          d_acid=f"{d} cm^2/s").critical_radius_um) for d in (1e-12, 1e-10)),
    Check("Surroundings", "three pulses of 42 °C for 30 min in five days: share released",
          "exact product of exponentials (a naive integrator: 0.2046)", 0.2958706626, 1e-9, "digits of the reference",
          _pulses),
    *(Check("Beads", f"share out of a closed vessel at beta = {beta}", "(-beta + root(beta² + 4 beta))/2",
            (-beta + math.sqrt(beta**2 + 4 * beta)) / 2, 1e-9, "exact",
            lambda beta=beta: pk.exchange_plateau(volume=f"{beta} L", v_exchange="1 L").share)
      for beta in (0.129, 0.056, 0.0070, 0.0038)),
    *(Check("Tissue", f"docetaxel in 20 mL of prostate tumour, release {rate} per h: local over systemic area",
            "1 + 35.7/0.288", 124.958333333, 1e-6, "areas to 180 days", lambda rate=rate: _ratio(rate))
      for rate in (0.01, 0.5, 5)),
    *(Check("Hormone", f"triptorelin 3.75 mg: {what}", "parameters of Tornoe 2007, another program", value, half, why,
            lambda key=key: _triptorelin(key))
      for what, key, value, half, why in (
          ("highest plasma concentration (ng/mL)", "cmax", 2.9602, 5e-5, "digits of the reference"),
          ("highest LH (IU/L)", "lh", 20.698, 2e-3, "grid of the prediction"),
          ("highest testosterone (ng/mL)", "flare", 9.292, 1e-3, "digits of the reference"),
          ("testosterone on day 7 (ng/mL)", 7, 6.112, 1e-3, "digits of the reference"),
          ("testosterone on day 28 (ng/mL)", 28, 0.208, 1e-3, "digits of the reference"),
          ("day of castration (at most 0.5 ng/mL)", "castrate", 18.63, 0.01, "digits of the reference"))),
    *(Check("Depot to plasma", f"leuprolide, 11.25 mg: concentration after {hours:g} h (ng/mL)",
            "parameters of Lim 2026, another program", level, half, "digits of the reference",
            lambda hours=hours: _leuprolide(hours))
      for hours, level, half in ((0.5, 10.328, 5e-4), (1, 16.310, 5e-4))),
    Check("Depot to plasma", "leuprolide, 11.25 mg: area under the curve (day ng/mL)", "Lim 2026: dose/(CL/F)",
          11250 / 181, 1e-3 * 11250 / 181, "the last 0.4 % by the terminal slope",
          lambda: pk.exposure(pk.predict("depot:leuprolide", drug="leuprolide", regimen="11.25 mg once", days=365)
                              ).value("auc_infinity")),
    *(Check("Hormone", f"degarelix 200 mg: {what}", "parameters of Tornoe 2007, its equations integrated by SciPy",
            value, half, why, lambda key=key: _degarelix(key))
      for what, key, value, half, why in (
          ("highest plasma concentration (ng/mL)", "cmax", 14.8806, 2e-3, "rates on the card have four digits"),
          ("testosterone on day 1 (ng/mL)", 1, 0.57931, 1e-3, "grid of the prediction"),
          ("testosterone on day 28 (ng/mL)", 28, 0.077190, 5e-5, "rates on the card have four digits"),
          ("hours until castration (at most 0.5 ng/mL)", "castrate", 26.102, 0.02, "grid of the prediction"))),
    *(Check("Depot to plasma", f"islatravir implant, 62 mg: concentration after {hours} h (ng/mL)",
            "program of Kim 2024, its equations integrated by SciPy", level, 2e-4 * level,
            "rounding of the volumes on the card", lambda hours=hours: _islatravir(hours))
      for hours, level in ((168, 0.2885788), (672, 0.2284108), (2016, 0.1170215))),
    *(Check("Depot to plasma", f"goserelin, 0.1 per day, every 28 days at steady state: day {day} (ng/mL)",
            "geometric series of Bateman's function", _bateman_at_steady_state(day), 2e-6,
            "earlier doses are left out below 1e-6 of a dose", lambda day=day: float(pk.predict(
                "first_order", values={"k": (0.1, "1/day")}, drug="goserelin", days=28, times=[day],
                regimen="3.6 mg every 28 days from steady state").plasma[0]))
      for day in (1, 14)),
]
