"""First-order release whose rate falls in steps (docetaxel out of the micelle CPC634)."""

from sympy import exp, oo, symbols

from ... import laws
from ...environment import t
from ...model import Curve, Parameter

k_1, k_2, k_3, k_4, k_5, k_6 = RATES = symbols("k_1 k_2 k_3 k_4 k_5 k_6")
t_schedule, k_loss = symbols("t_schedule k_loss")
#: Where the steps begin, in units of t_schedule.
BEGIN = (0, 0.5, 1, 2, 6, 168)


def _released():
    left, total = 1, 0
    for i, k in enumerate(RATES):
        since = laws.since(t, BEGIN[i] * t_schedule) if i else t
        last = i + 1 == len(RATES)
        length = None if last else (BEGIN[i + 1] - BEGIN[i]) * t_schedule
        total += left * k / (k + k_loss) * (1 - exp(-(k + k_loss) * (since if last else laws.until(since, length))))
        left = left if last else left * exp(-(k + k_loss) * length)
    return total


MODEL = Curve(
    name="stepwise_first_order",
    title="First-order release in six steps",
    released=_released(),
    kinks=tuple(begin * t_schedule for begin in BEGIN[1:]),
    parameters=(
        *(Parameter(k, value, "1/h", (0, oo), f"rate of release in step {i} (from {BEGIN[i - 1]} of t_schedule)",
                    scale="log", source="Rietveld 2025, Table 2 (K122 to K126, K12)")
          for i, (k, value) in enumerate(zip(RATES, (0.162, 0.0928, 0.0699, 0.0448, 0.0199, 0.0157), strict=True), 1)),
        Parameter(t_schedule, 1.0, "h", (0, oo), "unit of the steps at 0.5, 1, 2, 6 and 168", scale="log",
                  source="Rietveld 2025, Methods 2.6"),
        Parameter(k_loss, 0.0, "1/h", (0, oo), "rate at which the carrier itself is lost, unreleased"),
    ),
    references=("rietveld2025",),
    remarks="Of CPC634 0.00438 per hour (0.0156 L/h in 3.56 L) is lost with the micelle. Its exchange with a second "
            "volume (0.00034 per hour) is left out.",
)
