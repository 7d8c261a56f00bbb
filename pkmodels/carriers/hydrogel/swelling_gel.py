"""A dry gel that swells: the mesh widens and the drug gets out."""

from sympy import Rational, exp, oo, symbols

from ...laws import since
from ...model import Flow, Model, Parameter

gel, released, polymer = symbols("gel released polymer")
k_gel, p_dry, p_swollen, k_swelling, size_ratio, hindrance = symbols(
    "k_gel p_dry p_swollen k_swelling size_ratio hindrance")
#: Drug over mesh: the mesh goes with the inverse cube root of the share of polymer.
ratio = size_ratio * (polymer / p_swollen) ** Rational(1, 3)

MODEL = Model(
    name="swelling_gel",
    title="Release from a gel that swells",
    start={gel: 1, released: 0, polymer: p_dry},
    flows=(
        Flow(gel, released, k_gel * since(1 - ratio, 0) * exp(-hindrance * polymer / (1 - polymer)) * gel),
    ),
    changes={polymer: k_swelling * (p_swollen - polymer)},
    observed=released,
    parameters=(
        Parameter(k_gel, 0.3, "1/h", (0, oo), "rate out of a mesh that does not hinder", scale="log"),
        Parameter(p_dry, 0.8, "1", (0.01, 0.95), "volume share of polymer at first"),
        Parameter(p_swollen, 0.1, "1", (0.005, 0.9), "volume share of polymer when it has swollen"),
        Parameter(k_swelling, 0.2, "1/h", (0, oo), "rate of swelling", scale="log"),
        Parameter(size_ratio, 0.3, "1", (0, 0.99), "radius of the drug over the mesh of the swollen gel"),
        Parameter(hindrance, 1.0, "1", (0, 10), "how much free volume the drug needs"),
    ),
    references=("crank1975",),
    remarks="The diffusivity goes as (1 - drug/mesh) exp(-Y p/(1 - p)), a law of the field taken from memory and not "
            "from a source that was read. The gel is one well-stirred pool; its growth is not in the rate. Give what "
            "was measured on the gel: one curve shows little more than two rates.",
)
