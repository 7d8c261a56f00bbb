"""Drug bound in polydopamine: it comes off, may bind again, and leaves; acid and warmth loosen it."""

from sympy import oo, symbols

from ... import laws
from ...laws.responsive import acid_share
from ...model import Also, Flow, Model, Parameter

bound, free, released = symbols("bound free released")
k_off, k_on, k_out, acid_gain, pka, activation_energy = symbols("k_off k_on k_out acid_gain pka activation_energy")
loosened = k_off * (1 + acid_gain * acid_share(pka)) * laws.arrhenius(activation_energy)

MODEL = Model(
    name="pda_reversible",
    title="Reversible binding in a layer of polydopamine",
    start={bound: 1, free: 0, released: 0},
    flows=(
        Flow(bound, free, loosened * bound),
        Flow(free, bound, k_on * free),
        Flow(free, released, k_out * free),
    ),
    observed=released,
    parameters=(
        Parameter(k_off, 0.3, "1/day", (0, oo), "rate of coming off at 37 °C in the alkaline", scale="log"),
        Parameter(k_on, 1.0, "1/day", (0, oo), "rate of binding again", scale="log"),
        Parameter(k_out, 2.0, "1/day", (0, oo), "rate of leaving the layer", scale="log"),
        Parameter(acid_gain, 4.0, "1", (0, 1000), "by how much of itself acid raises k_off"),
        Parameter(pka, 6.5, "1", (0, 14), "pH at which half of that is reached"),
        Parameter(activation_energy, 50.0, "kJ/mol", (0, 300), "activation energy of coming off"),
    ),
    also=(Also("k_slow", k_out * k_off / (k_on + k_out), "1/day", "rate in the long run when coming off is slow"),),
    references=("menichetti2024", "ball2012"),
    remarks="Exact (two exponentials). That acid and light loosen polydopamine is measured; these numbers are assumed.",
)
