"""Result sheets that DDSolver 1.0 printed: its statistics from its own constants, and whether its fits are optima.

The sheets were made with the program by M. A. Ege and published in the repository maliege/egepharmtech
(ddsolver_reference_cases.json). DDSolver stops early on most non-linear models, so its sum of squares is an upper
bound.
"""

from dataclasses import dataclass

import numpy as np
import pytest
from test_ddsolver_form import EQUATIONS

from pkmodels import catalogue, fitting, solve
from pkmodels.fitting.statistics import statistics
from pkmodels.studies import Study

HALF_HOURS = (30, 60, 120, 180, 240, 300, 360)
LONGER = (5, 15, *HALF_HOURS)
HOURS = (1, 2, 3, 4, 6, 8, 10, 12, 14, 16, 18, 20)
EXAMPLE = (8, 24, 38, 48, 58, 66, 73, 78, 84, 88, 92, 95)
NEVER = np.nan


@dataclass(frozen=True)
class Sheet:
    """One result sheet as printed: constants, R, R², adjusted R², MSE, SS, AIC, MSC and T25 to T90 (NaN: none)."""

    number: str
    unit: str
    times: tuple
    percent: tuple
    constants: dict
    r: float
    r2: float
    r2_adj: float
    mse: float
    ss: float
    aic: float
    msc: float
    reached: tuple = ()

    @property
    def study(self):
        return Study.from_arrays(np.array(self.times, float), np.array(self.percent, float), time_unit=self.unit,
                                 released_unit="percent", source="sheet")


SHEETS = {
    "zero order, F0": Sheet(
        "303", "min", HALF_HOURS, (17.65432, 18.55725, 19.25683, 21.38979, 24.64523, 26.7784, 30.63503),
        {"k0": 0.0385025028328612, "F0": 15.606945906515577}, 0.9818820540331924, 0.964092368032441,
        0.9569108416389293, 1.0023634205469967, 5.011817102734984, 15.282589811468277, 2.7553768450277056,
        (243.95957151823438, 893.2680102066136, 1542.5764488949926, 1672.4381366326686, 1932.1615121080201)),
    "first order, Fmax, too low a start": Sheet(
        "306", "min", HALF_HOURS, (17.65432, 18.55725, 19.25683, 21.38979, 24.64523, 26.7784, 30.63503),
        {"k1": 0.010788435508029999, "Fmax": 32.1667815}, 0.8292525831623417, -0.3309792064543897,
        -0.5971750477452678, 37.15435401766046, 185.7717700883023, 40.57163214420875, -0.8573434882209333,
        (139.17473195331442, NEVER, NEVER, NEVER, NEVER)),
    "first order, Fmax, a curve of few per cent": Sheet(
        "306", "min", HALF_HOURS, (1.69863, 1.67098, 1.11704, 1.79715, 4.87738, 4.43281, 5.45713),
        {"k1": 0.006465527208152345, "Fmax": 5.729986500000001}, 0.7873249633667954, 0.5297678409674862,
        0.43572140916098345, 1.8872165050171699, 9.43608252508585, 19.71178635094039, 0.18310017941693824,
        (NEVER,) * 5),
    "first order, Fmax, a burst": Sheet(
        "306", "min", LONGER, (61.8753, 62.78451, 63.11678, 68.76548, 72.87462, 82.06326, 83.97306, 84.48056, 85.69382),
        {"k1": 0.015366141433673704, "Fmax": 89.97851100000001}, 0.9474490551776522, -6.434786940308749,
        -7.496899360352856, 882.5696956326564, 6177.987869428594, 82.55873118968975, -2.4506143676324115,
        (21.183864623655676, 52.79326588909774, 116.68214228950578, 143.11575901154146, NEVER)),
    "first order, Fmax, another burst": Sheet(
        "306", "min", LONGER, (65.39, 76.39, 79.29, 81.39, 83.03, 85.79, 86.98, 88.97, 90.98),
        {"k1": 0.015201185252122789, "Fmax": 95.52900000000001}, 0.9329319827958628, -18.20594307215182,
        -20.949649225316364, 1329.3865414848226, 9305.705790393758, 86.2454471517409, -3.39966421059001,
        (19.959357676610338, 48.7514867067905, 101.14943803201797, 119.51177441709945, 187.44741621759934)),
    "zero order": Sheet(
        "301", "h", HOURS, EXAMPLE, {"k0": 5.8348387096774195}, 0.9434493370131972, 0.6499901693009804,
        0.6499901693009804, 276.338064516129, 3039.718709677419, 98.23424312489306, 0.883127370514979,
        (4.284608580274215, 8.56921716054843, 12.853825740822645, 13.710747456877488, 15.424590888987174)),
    "Higuchi": Sheet(
        "308", "h", HOURS, EXAMPLE, {"kH": 22.061639702642335}, 0.9843917501628684, 0.9626488699726719,
        0.9626488699726719, 29.48928308278812, 324.3821139106693, 71.38306621772992, 3.1207254461119063,
        (1.2841165461340736, 5.136466184536294, 11.55704891520666, 13.149353432412914, 16.64215043789759)),
    "first order": Sheet(
        "304", "h", HOURS, EXAMPLE, {"k1": 0.1385409892914214}, 0.9947377955401092, 0.9893921848321581,
        0.9893921848321581, 8.375030799483481, 92.1253387943183, 56.277800336636055, 4.379497602869728,
        (2.076512329839372, 5.003192081311821, 10.006384162623641, 11.617052257715894, 16.620244339027714)),
    "first order, Tlag": Sheet(
        "305", "h", HOURS, EXAMPLE, {"k1": 0.13975777973883444, "Tlag": 0.11837681362402164}, 0.9948069415805606,
        0.9888188454796139, 0.9877007300275752, 9.71045999580471, 97.1045999580471, 58.909464971014444,
        4.16019221667153,
        (2.1768101472772377, 5.078008984764909, 10.037641155905796, 11.634286092103252, 16.593918263244138)),
    "Korsmeyer-Peppas": Sheet(
        "311", "h", HOURS, EXAMPLE, {"k": 13.182982303394, "n": 0.7218763625788577}, 0.9682125685198476,
        0.8714770855657363, 0.85862479412231, 111.61786708901022, 1116.1786708901022, 88.21199475388734,
        1.7183147347654548,
        (2.4266405916332916, 6.338929479209239, 11.116073331263019, 12.15567272751522, 14.30999566737291)),
    "Korsmeyer-Peppas, F0": Sheet(
        "313", "h", HOURS, EXAMPLE, {"k": 9.68547329786057, "n": 0.8321009679958558, "F0": 3.2}, 0.9588421054167016,
        0.7981501892869953, 0.7532946757952165, 194.77759141913418, 1752.9983227722078, 95.62899513774099,
        1.1002313694443173,
        (2.651117384378883, 6.639966012126412, 11.10581706694016, 12.041666835164948, 13.949906232721004)),
    "Korsmeyer-Peppas, beyond 100 %, a value at time 0": Sheet(
        "311", "min", (0, 5, 10, 15, 30, 45, 60, 90, 120, 180, 240),
        (0.609, 17.665, 28.473, 34.252, 40.318, 50.467, 60.662, 71.865, 82.483, 97.328, 114.48),
        {"k": 9.17807691574492, "n": 0.4565022540585818}, 0.9985811278651042, 0.9970599455873258, 0.9967332728748064,
        3.9593268450107937, 35.63394160509714, 43.30628459471192, 5.465690826454154,
        (8.980702973105995, 40.995625423315644, 99.65008893836044, 114.78273346812671, 148.56952267517767)),
    "Korsmeyer-Peppas, a zero at time 0": Sheet(
        "311", "min", (0, 15, 30, 45, 60, 90, 120, 150, 180),
        (0, 1.36, 2.567333, 3.4517, 4.211, 5.717167, 6.491067, 7.6067, 8.084333),
        {"k": 0.21807552104537786, "n": 0.7117095731419069}, 0.9954954432865446, 0.9883065315333268,
        0.9866360360380878, 0.10500505033734997, 0.7350353523614498, 1.2294698577246246, 3.638603366717378,
        (782.5318506827163, 2072.380468987108, 3663.4443447452622, 4011.1771909773893, 4733.088167833536)),
    "Korsmeyer-Peppas, one of six units": Sheet(
        "311", "min", (5, 10, 15, 20, 30, 45, 60), (12.03, 22.63, 30.61, 33.02, 40.13, 42.55, 45.86),
        {"k": 6.426931428354942, "n": 0.5148691086320166}, 0.9519597138839327, 0.8724919707949489, 0.8469903649539386,
        21.878469562852565, 109.39234781426282, 36.864586584818184, 1.4881473707806097,
        (13.989386687334836, 53.76151982155323, 118.16347039138091, 133.94354207678046, 168.3729482315619)),
}
#: From DDSolver's constants to our parameters, in the unit of time of the sheet.
OURS = {"k0": lambda c: {"k": c["k0"] / 100}, "kH": lambda c: {"k": c["kH"] / 100}, "k1": lambda c: {"k": c["k1"]},
        "k": lambda c: {"t_full": (c["k"] / 100) ** (-1 / c["n"])}, "n": lambda c: {"n": c["n"]},
        "F0": lambda c: {"f_initial": c["F0"] / 100}, "Tlag": lambda c: {"t_lag": c["Tlag"]},
        "Fmax": lambda c: {"plateau": c["Fmax"] / 100}}
each_sheet = pytest.mark.parametrize("sheet", SHEETS.values(), ids=SHEETS)


@each_sheet
def test_statistics_as_printed(sheet):
    """All of DDSolver's set from DDSolver's constants, by its own equation, to the digits that a double holds."""
    law = EQUATIONS[catalogue.resolve(sheet.number).split("+")[0]]
    zeros = sum(time == 0 and value == 0 for time, value in zip(sheet.times, sheet.percent, strict=True))
    times, measured = sheet.times[zeros:], np.array(sheet.percent[zeros:]) / 100
    drawn = np.array([law(sheet.constants, time) for time in times]) / 100
    found = statistics(measured, drawn - measured, len(sheet.constants), zeros=zeros)
    assert 1e4 * found["ss"] == pytest.approx(sheet.ss, rel=1e-9)
    assert 1e4 * found["mse_root"] ** 2 == pytest.approx(sheet.mse, rel=1e-9)
    assert (found["r"], found["r2"], found["r2_adj"]) == pytest.approx((sheet.r, sheet.r2, sheet.r2_adj), rel=1e-9)
    assert (found["aic_ddsolver"], found["msc"]) == pytest.approx((sheet.aic, sheet.msc), rel=1e-9)


@each_sheet
def test_times_as_printed(sheet):
    """T25, T50, T75, T80 and T90; "Non Calc" where a share is never reached."""
    model = catalogue.get_model(sheet.number)
    ours = {name: value for c in sheet.constants for name, value in OURS[c](sheet.constants).items()}
    values = model.values({p.name: (ours[p.name], p.unit.replace("day", sheet.unit)) for p in model.parameters})
    hours = {"min": 1 / 60, "h": 1.0}[sheet.unit]
    found = [reached.hours / hours for reached in solve.inverse.times_of_shares(model, values).values()]
    assert found == pytest.approx(list(sheet.reached), rel=1e-9, nan_ok=True)


@each_sheet
def test_never_above(sheet):
    """Our sum of squares is never above DDSolver's, whose constants all lie within our bounds in these sheets."""
    assert 1e4 * fitting.fit(sheet.study, sheet.number).statistics["ss"] <= sheet.ss * (1 + 1e-9)


@pytest.mark.parametrize(("number", "plain", "theirs"), [
    ("302", "301", 954.473947180585), ("310", "308", 268.98915771)])
def test_what_ddsolver_returns_beyond_the_bounds(number, plain, theirs):
    """DDSolver returns a lag of -5.9 h and an initial share of -6 %; here both stop at zero and the bound is said."""
    study = SHEETS["zero order"].study
    found = fitting.fit(study, number)
    name = {"302": "t_lag", "310": "f_initial"}[number]
    assert found.at_bound[name] == "lower"
    assert found.values[name] == 0
    assert 1e4 * found.statistics["ss"] > theirs
    assert found.statistics["ss"] == pytest.approx(fitting.fit(study, plain).statistics["ss"], rel=1e-9)
    assert any(f"{name} = 0" in v and "at its lower bound" in v for v in found.verdicts)
