"""Lag, initial share, plateau and sizes for any curve: ``weibull+lag+plateau`` is a name, not another file."""

from dataclasses import replace

from sympy import oo, symbols, sympify

from . import laws
from .dimensions import Constant
from .environment import STANDARD, SYMBOLS, t
from .errors import ModelError, unknown
from .mixtures import SIGMA, log_normal_sizes
from .model import Curve, Parameter, share

_LAG, _INITIAL, _PLATEAU = symbols("t_lag f_initial plateau")
_PARAMETERS = {
    "lag": Parameter(_LAG, 0.5, "day", (0, oo), "lag before release begins"),
    "initial": Parameter(_INITIAL, 0.05, "1", (0, 1), "share of the dose that is released at once"),
    "plateau": Parameter(_PLATEAU, 0.9, "1", (0, 1.05), "share of the dose that is released in the end"),
    "sizes": SIGMA,
}
_WORDS = {"lag": "after a lag", "initial": "with an initial share", "plateau": "up to a plateau",
          "sizes": "out of spheres of many sizes"}
MODIFIERS = tuple(_PARAMETERS)


def varied(curve, names=(), around=None):
    """The curve with what differs from curve to curve, and not in time, as conditions.

    Temperature, pH and whatever else surrounds it leave its clocks and become conditions (those named in ``around``;
    all when not given), the others stand at their standard; so do the parameters ``names``, such as a radius that was
    measured. A fit of many curves then takes them from the study.

    Raises
    ------
    ModelError, UnknownName
        For stores and flows, or a name that is no parameter.
    """
    if not isinstance(curve, Curve):
        if not names and not (curve.surroundings if around is None else around):
            return curve
        raise ModelError(f"{curve.name} is made of stores and flows; only a closed curve can be fitted over several "
                         f"temperatures or sizes at once")
    moved = {curve.parameter(name).symbol: curve.parameter(name).unit for name in names}
    felt = {s: unit for s, unit in SYMBOLS.items() if s.name in curve.surroundings}
    around = {s: unit for s, unit in felt.items() if around is None or s.name in around}
    if not moved and not around:
        return curve
    # The name holds the value, because SymPy keeps one symbol per name.
    still = {s: Constant.of(f"{s.name}={STANDARD[s.name]:g}", STANDARD[s.name], unit)
             for s, unit in felt.items() if s not in around}
    return replace(
        curve, released=curve.steady.xreplace(still), clocks={t: sympify(1)}, also=(), inverse=None, peak=None,
        kinks=(),
        conditions={**curve.conditions, **around, **moved},
        parameters=tuple(p for p in curve.parameters if p.symbol not in moved),
        ordered=tuple(pair for pair in curve.ordered if not {*pair} & {*moved}))


def modified(curve, names):
    """Put modifiers on a curve; their order does not matter.

    ``lag``: nothing is released before ``t_lag``. ``initial``: the share ``f_initial`` is out at
    once. ``plateau``: release ends at the share ``plateau``. ``sizes``: the spheres have
    log-normal sizes (see `mixtures.log_normal_sizes`). A curve that levels off goes from
    the one to the other; a curve without an end (a power of time) is added to the initial share.

    Raises
    ------
    UnknownName, ModelError
        For an unknown modifier, one that does not fit, or a model that is not a curve.
    """
    for name in names:
        if name not in MODIFIERS:
            raise unknown("modifier", name, MODIFIERS)
        if not isinstance(curve, Curve):
            raise ModelError(f"{curve.name} is made of stores and flows; +{name} works on closed curves only")
        if names.count(name) > 1 or _PARAMETERS[name].name in [p.name for p in curve.parameters]:
            raise ModelError(f"{curve.name} would have +{name} twice; once is enough")
    if "plateau" in names and not curve.saturates:
        raise ModelError(f"{curve.name} has no end of its own, so a plateau cannot be put on it; "
                         f"take a curve that levels off, such as first_order or weibull")
    chosen = [name for name in MODIFIERS if name in names]
    if not chosen:
        return curve
    whole = curve
    if "sizes" in chosen:
        curve = log_normal_sizes(curve)
    if not curve.starts_at_zero and {"lag", "initial"} & {*chosen}:
        raise ModelError(f"{curve.name} has released something at time 0 by its own law, so neither a lag nor an "
                         f"initial share fits it; take {curve.name.removeprefix('ddsolver_')}, which begins at zero")
    if "lag" in chosen and curve.courses:
        raise ModelError(f"{curve.name} runs on a clock of its own, along which the polymer degrades, so a lag in time "
                         f"does not fit it; leave +lag away")
    released, kinks, lag = curve.released, curve.kinks, 0
    if "lag" in chosen:
        released = released.xreplace({clock: laws.since(clock, _LAG) for clock in curve.clocks})
        kinks, lag = (_LAG, *(kink + _LAG for kink in kinks)), _LAG
    begin = _INITIAL if "initial" in chosen else 0
    end = _PLATEAU if "plateau" in chosen else 1
    span = end - begin if curve.saturates else 1
    also = tuple(a for a in curve.also if a.name != "mean_release_time")
    if chosen == ["lag"]:
        also = tuple(replace(a, expression=a.expression + _LAG) if a.name == "mean_release_time" else a
                     for a in curve.also)
    both = "initial" in chosen and "plateau" in chosen
    peak = None if curve.peak is None else curve.peak + lag
    inverse = None if curve.inverse is None else curve.inverse.xreplace({share: (share - begin) / span}) + lag
    return replace(
        curve, name="+".join([whole.name, *chosen]), title=", ".join([whole.title, *(_WORDS[n] for n in chosen)]),
        released=begin + span * released, kinks=kinks, also=also,
        initial=sympify(begin), peak=peak, inverse=inverse,
        parameters=(*curve.parameters, *(_PARAMETERS[n] for n in chosen if n != "sizes")),
        ordered=(*curve.ordered, *(((_INITIAL, _PLATEAU),) if both else ())))
