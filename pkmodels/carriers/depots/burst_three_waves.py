"""A burst and three delayed waves of transit compartments (octreotide in PLGA microspheres)."""

from sympy import oo, symbols

from ...environment import t
from ...model import Curve, Parameter
from ._laws import transit

f_initial, f_first, f_second = symbols("f_initial f_first f_second")
t_first, t_second, t_third, n_first, n_second, n_third = symbols("t_first t_second t_third n_first n_second n_third")

MODEL = Curve(
    name="burst_three_waves",
    title="Burst at once, then three waves through transit compartments",
    released=(f_initial + f_first * transit(t, t_first, n_first) + f_second * transit(t, t_second, n_second)
              + (1 - f_initial - f_first - f_second) * transit(t, t_third, n_third)),
    initial=f_initial,
    parameters=(
        Parameter(f_initial, 0.00449, "1", (0, 0.1), "share of the burst", source="Kapralos 2021, from YF1 to YF3"),
        Parameter(f_first, 0.0277, "1", (0, 0.5), "share of the first wave", source="Kapralos 2021, from YF1 to YF3"),
        Parameter(f_second, 0.1709, "1", (0, 0.4), "share of the second wave", source="Kapralos 2021, from YF1 to YF3"),
        Parameter(t_first, 118.9, "h", (0, oo), "mean time of the first wave", scale="log",
                  source="Kapralos 2021, from YMTT1"),
        Parameter(t_second, 299.9, "h", (0, oo), "mean time of the second wave", scale="log",
                  source="Kapralos 2021, MTT1 + 181 h"),
        Parameter(t_third, 805.9, "h", (0, oo), "mean time of the third wave", scale="log",
                  source="Kapralos 2021, MTT2 + 506 h"),
        Parameter(n_first, 3.42, "1", (0, 60), "transit compartments of the first wave", source="Table 2 (N1)"),
        Parameter(n_second, 17.9, "1", (0, 60), "transit compartments of the second wave", source="Table 2 (N2)"),
        Parameter(n_third, 5.08, "1", (0, 60), "transit compartments of the third wave", source="Table 2 (N3)"),
    ),
    ordered=((t_first, t_second), (t_second, t_third)),
    references=("kapralos2021", "savic2007"),
    remarks="Values: octreotide LAR 30 mg in healthy men. The paper uses Stirling's formula for n!, so its waves are "
            "0.5 to 2.5 % larger than here, where the shares add up to the dose. The last share is what is left; the "
            "bounds keep it positive.",
)
