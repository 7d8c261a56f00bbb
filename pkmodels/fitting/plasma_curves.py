"""Closed concentration curves after one dose, for fitting to plasma; they describe and do not explain."""

from sympy import exp, log, oo, symbols

from ..environment import t
from ..errors import unknown
from ..laws import mean_decay
from ..model import Also, Curve, Parameter

dose = symbols("dose")
k_absorption, k_elimination, clearance = symbols("k_absorption k_elimination clearance")
c_fast, k_fast, c_middle, k_middle, c_slow, k_slow = symbols("c_fast k_fast c_middle k_middle c_slow k_slow")

_FAST = (Parameter(c_fast, 1.0, "mg/L", (0, oo), "concentration of the fast phase at time 0", scale="log"),
         Parameter(k_fast, 1.0, "1/h", (0, oo), "its rate", scale="log"))
_SLOW = (Parameter(c_slow, 0.1, "mg/L", (0, oo), "concentration of the slow phase at time 0", scale="log"),
         Parameter(k_slow, 0.1, "1/h", (0, oo), "its rate", scale="log"))

#: The course of one compartment with absorption, symmetric in its two rates: the curve cannot tell which is which.
ABSORPTION = Curve(
    name="absorption",
    title="One compartment with first-order absorption",
    released=dose * k_absorption * k_elimination / clearance * t * exp(-k_elimination * t)
    * mean_decay((k_absorption - k_elimination) * t),
    conditions={dose: "mg"},
    share_unit="mg/L",
    parameters=(
        Parameter(k_absorption, 1.0, "1/h", (0, oo), "absorption rate, the faster of the two", scale="log"),
        Parameter(k_elimination, 0.1, "1/h", (0, oo), "elimination rate, the slower of the two", scale="log"),
        Parameter(clearance, 5.0, "L/h", (0, oo), "clearance over bioavailability", scale="log"),
    ),
    ordered=((k_elimination, k_absorption),),
    also=(Also("half_life", log(2) / k_elimination, "h", "elimination half-life"),
          Also("v_over_f", clearance / k_elimination, "L", "volume over bioavailability")),
)
ONE_EXPONENTIAL = Curve(
    name="one_exponential", title="One exponential", released=c_slow * exp(-k_slow * t), share_unit="mg/L",
    parameters=_SLOW, starts_at_zero=False)
TWO_EXPONENTIALS = Curve(
    name="two_exponentials", title="Two exponentials", released=c_fast * exp(-k_fast * t) + c_slow * exp(-k_slow * t),
    share_unit="mg/L", parameters=(*_FAST, *_SLOW), ordered=((k_slow, k_fast),), starts_at_zero=False)
THREE_EXPONENTIALS = Curve(
    name="three_exponentials", title="Three exponentials",
    released=c_fast * exp(-k_fast * t) + c_middle * exp(-k_middle * t) + c_slow * exp(-k_slow * t), share_unit="mg/L",
    parameters=(
        *_FAST,
        Parameter(c_middle, 0.3, "mg/L", (0, oo), "concentration of the middle phase at time 0", scale="log"),
        Parameter(k_middle, 0.3, "1/h", (0, oo), "its rate", scale="log"),
        *_SLOW),
    ordered=((k_slow, k_middle), (k_middle, k_fast)), starts_at_zero=False)
CURVES = {curve.name: curve for curve in (ABSORPTION, ONE_EXPONENTIAL, TWO_EXPONENTIALS, THREE_EXPONENTIALS)}


def plasma_curve(name):
    """The curve of a name, or the curve itself.

    Raises
    ------
    UnknownName
        If there is none.
    """
    if isinstance(name, Curve):
        return name
    if name not in CURVES:
        raise unknown("curve for plasma", name, list(CURVES))
    return CURVES[name]
