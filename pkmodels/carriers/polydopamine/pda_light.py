"""Polydopamine under near-infrared light: each pulse warms the layer, and warmth loosens the drug."""

from sympy import oo, symbols

from ... import laws
from ...environment import T, light
from ...model import Flow, Model, Parameter

bound, released, warming = symbols("bound released warming")
k_off, activation_energy, warming_full, t_warming = symbols("k_off activation_energy warming_full t_warming")

MODEL = Model(
    name="pda_light",
    title="Desorption from polydopamine that near-infrared light warms",
    start={bound: 1, released: 0, warming: 0},
    flows=(
        Flow(bound, released, k_off * laws.arrhenius(activation_energy, T + warming) * bound),
    ),
    changes={warming: (warming_full * light - warming) / t_warming},
    quantity_units={warming: "K"},
    observed=released,
    parameters=(
        Parameter(k_off, 0.05, "1/day", (0, oo), "rate of coming off at 37 °C", scale="log"),
        Parameter(activation_energy, 120.0, "kJ/mol", (0, 400), "activation energy of coming off"),
        Parameter(warming_full, 12.0, "K", (0, 60), "warming at full light in the long run"),
        Parameter(t_warming, 3.0, "min", (0, oo), "time constant of warming and cooling", scale="log"),
    ),
    references=("menichetti2024",),
    remarks="A pulse brings the layer to T + warming_full (1 - exp(-t/t_warming)), and it cools as slowly afterwards. "
            "In the dark only k_off matters. Light is relative to the power for which warming_full holds.",
)
