"""PLGA under a gate of PNIPAM: erosion that a gate lets through, and a way of its own in acid."""

from sympy import oo, symbols

from ... import laws
from ...environment import t
from ...laws.responsive import acid_share, hot_share
from ...model import Curve, Parameter

k_cold, k_hot, k_acid, activation_energy, t_middle, width, pka = symbols(
    "k_cold k_hot k_acid activation_energy t_middle width pka")
gate = k_cold / k_hot + (1 - k_cold / k_hot) * hot_share(t_middle, width)

MODEL = Curve(
    name="acid_and_heat",
    title="PLGA whose release a thermosensitive gate lets through, and acid besides",
    released=laws.first_order(t, k_hot),
    clocks={t: laws.arrhenius(activation_energy) * gate + k_acid / k_hot * acid_share(pka)},
    parameters=(
        Parameter(k_cold, 0.01, "1/day", (0, oo), "rate through the gate below its transition, as at 37 °C",
                  scale="log"),
        Parameter(k_hot, 0.5, "1/day", (0, oo), "rate through the gate above its transition, as at 37 °C", scale="log"),
        Parameter(k_acid, 0.4, "1/day", (0, oo), "rate of release in acid, whatever the gate", scale="log"),
        Parameter(activation_energy, 80.0, "kJ/mol", (0, 300), "activation energy of the release from PLGA"),
        Parameter(t_middle, 40.0, "degC", (20, 60), "transition temperature of the gate"),
        Parameter(width, 0.8, "K", (0.05, 10), "width of the transition", scale="log"),
        Parameter(pka, 6.0, "1", (0, 14), "pH at which half of the groups are acid"),
    ),
    references=("wagner1969", "friesen2022"),
    remarks="One temperature and one pH show a single rate: fix what is known, or fit curves over both. A gate that "
            "shuts when it is warm has k_cold above k_hot.",
)
