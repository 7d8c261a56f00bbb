"""A fit as DDSolver writes it: its equation and its constants, released share in per cent, time in the study's unit."""

import math
from dataclasses import dataclass

from .. import catalogue
from ..carriers._names import DDSOLVER


@dataclass(frozen=True)
class DDSolverForm:
    """A fitted curve in DDSolver's letters.

    Attributes
    ----------
    equation : str
        F in per cent of the dose, t in ``time_unit``.
    constants : dict of str to float
    time_unit : str
    """

    equation: str
    constants: dict
    time_unit: str

    def __str__(self):
        numbers = ", ".join(f"{name} = {value:.4g}" for name, value in self.constants.items())
        return f"as DDSolver writes it (F in per cent, t in {self.time_unit}): {self.equation}; {numbers}"

    def to_dict(self):
        """Plain numbers and texts."""
        return {"equation": self.equation, "constants": dict(self.constants), "time_unit": self.time_unit}


def _power(v):
    return 100 * v["t_full"] ** -v["n"]


def _sahlin(v, times):
    return 100 * v["t_fickian"] ** (-times * v["m"])


#: Name of a curve: (DDSolver's equation, its constants from our parameters in the study's time unit). ``{whole}`` is
#: 100 or Fmax, ``{t}`` the time after the lag; every logarithm is to the base 10.
_LAWS = {
    "zero_order": ("F = k0 {t}", {"k0": lambda v: 100 * v["k"]}),
    "first_order": ("F = {whole} (1 - exp(-k1 {t}))", {"k1": lambda v: v["k"]}),
    "higuchi": ("F = kH {t}^(1/2)", {"kH": lambda v: 100 * v["k"]}),
    "korsmeyer_peppas": ("F = k {t}^n", {"k": _power, "n": lambda v: v["n"]}),
    "hixson_crowell": ("F = 100 (1 - (1 - k {t})^3)", {"k": lambda v: 1 / v["t_end"]}),
    "hopfenberg": ("F = 100 (1 - (1 - k {t})^n)", {"k": lambda v: 1 / (v["n"] * v["t_scale"]), "n": lambda v: v["n"]}),
    "baker_lonsdale": ("3/2 (1 - (1 - F/100)^(2/3)) - F/100 = k {t}", {"k": lambda v: 1 / (2 * v["t_end"])}),
    "makoid_banakar": ("F = k {t}^n exp(-c {t})", {"k": _power, "n": lambda v: v["n"], "c": lambda v: v["c"]}),
    "peppas_sahlin": ("F = k1 {t}^m + k2 {t}^(2m)",
                      {"k1": lambda v: _sahlin(v, 1), "k2": lambda v: v["relaxation"] * _sahlin(v, 2),
                       "m": lambda v: v["m"]}),
    "peppas_sahlin_half": ("F = k1 {t}^(1/2) + k2 {t}",
                           {"k1": lambda v: 100 * v["k_fickian"], "k2": lambda v: 100 * v["k_relaxation"]}),
    "quadratic": ("F = 100 (k1 {t}^2 + k2 {t})", {"k1": lambda v: v["k_quadratic"], "k2": lambda v: v["k_linear"]}),
    "weibull": ("F = {whole} (1 - exp(-{t}^beta/alpha))",
                {"alpha": lambda v: v["t_scale"] ** v["beta"], "beta": lambda v: v["beta"]}),
    "hill": ("F = {whole} exp(alpha + beta log10 {t})/(1 + exp(alpha + beta log10 {t}))",
             {"alpha": lambda v: -v["h"] * math.log(v["t_half"]), "beta": lambda v: v["h"] * math.log(10)}),
    "ddsolver_logistic_time": ("F = {whole}/(1 + exp(-k (t - gamma)))",
                               {"k": lambda v: v["k"], "gamma": lambda v: v["t_middle"]}),
    "gompertz": ("F = {whole} exp(-alpha exp(-beta log10 {t}))",
                 {"alpha": lambda v: v["t_scale"] ** v["b"], "beta": lambda v: v["b"] * math.log(10)}),
    "ddsolver_gompertz_time": ("F = {whole} exp(-exp(-k (t - gamma))), which is {whole} exp(-beta exp(-k t))",
                               {"k": lambda v: v["k"], "gamma": lambda v: v["t_fastest"],
                                "beta": lambda v: math.exp(v["k"] * v["t_fastest"])}),
    "probit": ("F = {whole} Phi(alpha + beta log10 {t}), Phi the normal distribution function",
               {"alpha": lambda v: -math.log(v["t_half"]) / v["sigma"], "beta": lambda v: math.log(10) / v["sigma"]}),
}
_MODIFIERS = {"lag": ("Tlag", lambda v: v["t_lag"]), "initial": ("F0", lambda v: 100 * v["f_initial"]),
              "plateau": ("Fmax", lambda v: 100 * v["plateau"])}


def ddsolver_form(fit):
    """A fit in DDSolver's letters; None for a model that DDSolver does not have.

    Parameters
    ----------
    fit : Fit

    Returns
    -------
    DDSolverForm or None
    """
    name = fit.model.name
    if name not in DDSOLVER.values() or fit.model is not catalogue.get_model(name):
        return None
    base, *modifiers = name.split("+")
    equation, constants = _LAWS[base]
    equation = equation.format(whole="Fmax" if "plateau" in modifiers else "100",
                               t="(t - Tlag)" if "lag" in modifiers else "t")
    if "initial" in modifiers:
        equation = equation.replace("F = ", "F = F0 + ", 1)
    values = dict(fit.values)
    found = {}
    for name, of in [*constants.items(), *(_MODIFIERS[modifier] for modifier in modifiers)]:
        try:
            found[name] = float(of(values))
        except (OverflowError, ZeroDivisionError):
            found[name] = math.inf
    return DDSolverForm(equation, found, fit.study.time_unit)
