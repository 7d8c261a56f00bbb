"""The measures of an exposure analysis: name, meaning, kind of unit and the CDISC code (PPTESTCD) per route.

Codes of the CDISC SDTM terminology for pharmacokinetic parameters; ``{EV}`` stands for EV (extravascular), IB
(intravenous bolus) or IC (intravenous infusion).
"""

from dataclasses import dataclass

ROUTES = ("bolus", "infusion", "extravascular", "depot")


@dataclass(frozen=True)
class Measure:
    """One number of an exposure analysis."""

    name: str
    code: str
    kind: str
    label: str
    routes: tuple = ROUTES
    steady: bool = False

    def code_for(self, route):
        """The CDISC code after a route of administration."""
        return self.code.replace("{EV}", {"bolus": "IB", "infusion": "IC"}.get(route, "EV"))


_IV, _EV = ("bolus", "infusion"), ("extravascular", "depot")
MEASURES = (
    Measure("c0", "C0", "concentration", "concentration at time 0, back-extrapolated", ("bolus",)),
    Measure("cmax", "CMAX", "concentration", "highest concentration"),
    Measure("tmax", "TMAX", "time", "time of the highest concentration"),
    Measure("tlag", "TLAG", "time", "time before the first concentration above zero", _EV),
    Measure("clast", "CLST", "concentration", "last concentration above the limit"),
    Measure("tlast", "TLST", "time", "its time"),
    Measure("cmax_per_dose", "CMAXD", "concentration/dose", "highest concentration over dose"),
    Measure("lambda_z", "LAMZ", "rate", "terminal slope, of elimination"),
    Measure("half_life", "LAMZHL", "time", "terminal half-life, of elimination"),
    Measure("release_slope", "", "rate", "terminal slope, of release or absorption and not of elimination", ("depot",)),
    Measure("release_half_life", "", "time", "ln 2 over that slope", ("depot",)),
    Measure("lambda_z_points", "LAMZNPT", "count", "points of the terminal slope"),
    Measure("lambda_z_begin", "LAMZLL", "time", "time of the first of them"),
    Measure("lambda_z_end", "LAMZUL", "time", "time of the last of them"),
    Measure("r2", "R2", "1", "r² of the terminal slope"),
    Measure("r2_adjusted", "R2ADJ", "1", "r² adjusted for the number of points"),
    Measure("correlation", "CORRXY", "1", "correlation of time and log concentration"),
    Measure("auc_last", "AUCLST", "area", "area to the last concentration above the limit"),
    Measure("auc_all", "AUCALL", "area", "area to the last sample"),
    Measure("auc_infinity", "AUCIFO", "area", "area to infinity, from the last concentration observed"),
    Measure("auc_infinity_per_dose", "AUCIFOD", "area/dose", "the same over dose"),
    Measure("auc_infinity_predicted", "AUCIFP", "area", "area to infinity, from the last concentration on the line"),
    Measure("extrapolated", "AUCPEO", "%", "share of the area that is extrapolated (observed)"),
    Measure("extrapolated_predicted", "AUCPEP", "%", "the same (predicted)"),
    Measure("back_extrapolated", "AUCPBEO", "%", "share of the area before the first sample (observed)", ("bolus",)),
    Measure("back_extrapolated_predicted", "AUCPBEP", "%", "the same (predicted)", ("bolus",)),
    Measure("aumc_last", "AUMCLST", "moment", "first moment to the last concentration above the limit"),
    Measure("aumc_infinity", "AUMCIFO", "moment", "first moment to infinity (observed)"),
    Measure("aumc_infinity_predicted", "AUMCIFP", "moment", "first moment to infinity (predicted)"),
    Measure("aumc_extrapolated", "AUMCPEO", "%", "share of the moment that is extrapolated (observed)"),
    Measure("aumc_extrapolated_predicted", "AUMCPEP", "%", "the same (predicted)"),
    Measure("mrt_last", "MRT{EV}LST", "time", "mean residence time to the last concentration"),
    Measure("mrt_infinity", "MRT{EV}IFO", "time", "mean residence time (observed)"),
    Measure("mrt_infinity_predicted", "MRT{EV}IFP", "time", "mean residence time (predicted)"),
    Measure("clearance", "CLO", "clearance", "clearance (observed)", _IV),
    Measure("clearance_predicted", "CLP", "clearance", "clearance (predicted)", _IV),
    Measure("v_z", "VZO", "volume", "volume of the terminal phase (observed)", _IV),
    Measure("v_z_predicted", "VZP", "volume", "the same (predicted)", _IV),
    Measure("v_steady", "VSSO", "volume", "volume at steady state (observed)", _IV),
    Measure("v_steady_predicted", "VSSP", "volume", "the same (predicted)", _IV),
    Measure("clearance_f", "CLFO", "clearance", "clearance over bioavailability (observed)", _EV),
    Measure("clearance_f_predicted", "CLFP", "clearance", "the same (predicted)", _EV),
    Measure("v_z_f", "VZFO", "volume", "terminal volume over bioavailability (observed)", _EV),
    Measure("v_z_f_predicted", "VZFP", "volume", "the same (predicted)", _EV),
    Measure("auc_tau", "AUCTAU", "area", "area over the dosing interval", steady=True),
    Measure("cavg", "CAVG", "concentration", "area over the dosing interval over its length", steady=True),
    Measure("cmin", "CMIN", "concentration", "lowest concentration of the dosing interval", steady=True),
    Measure("ctrough", "CTROUGH", "concentration", "concentration at the end of the dosing interval", steady=True),
    Measure("fluctuation", "FLUCP", "%", "100 (cmax - cmin)/cavg", steady=True),
    Measure("swing", "SWING", "%", "100 (cmax - cmin)/cmin", steady=True),
    Measure("peak_trough", "PTROUGHR", "1", "cmax over ctrough", steady=True),
    Measure("accumulation", "", "1", "area over the dosing interval over that of the first interval", steady=True),
    Measure("accumulation_predicted", "", "1", "1/(1 - exp(-lambda_z tau))", steady=True),
)
BY_NAME = {measure.name: measure for measure in MEASURES}


def unit_of(kind, time_unit, unit):
    """The unit in which a kind of number is shown."""
    return {"concentration": unit, "time": time_unit, "rate": f"1/{time_unit}", "count": "1", "1": "1", "%": "%",
            "area": f"{time_unit}*{unit}", "moment": f"{time_unit}**2*{unit}", "clearance": f"L/{time_unit}",
            "volume": "L", "concentration/dose": f"{unit}/mg", "area/dose": f"{time_unit}*{unit}/mg"}[kind]
