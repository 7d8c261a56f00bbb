"""First-order release whose rate itself fades (islatravir implant)."""

from sympy import exp, log, oo, symbols

from ...environment import t
from ...model import Also, Curve, Parameter

f_initial, plateau, k_fading = symbols("f_initial plateau k_fading")
_LEFT = (1 - plateau) / (1 - f_initial)

MODEL = Curve(
    name="fading_first_order",
    title="Initial share, then first-order release at a rate that fades",
    released=1 - (1 - f_initial) * exp(log(_LEFT) * (1 - exp(-k_fading * t))),
    initial=f_initial,
    parameters=(
        Parameter(f_initial, 0.0583, "1", (0, 0.9), "share that is out at once", source="Kim 2024 (p, 56 and 62 mg)"),
        Parameter(plateau, 0.8856, "1", (0, 0.999999), "share that is released in the end",
                  source="Kim 2024: 1 - (1 - 0.0583) exp(-0.011049/0.005241)"),
        Parameter(k_fading, 0.005241, "1/day", (0, oo), "rate at which the release fades", scale="log",
                  source="Kim 2024 (kR)"),
    ),
    ordered=((f_initial, plateau),),
    also=(Also("k_release", -log(_LEFT) * k_fading, "1/day", "rate of release at the beginning"),),
    references=("kim2024",),
    remarks="d(held)/dt = -k_release exp(-k_fading t) held. Values: the 62 mg islatravir implant; the 48, 52 and "
            "54 mg ones begin with 4.12 %. It was taken out after 12 weeks.",
)
