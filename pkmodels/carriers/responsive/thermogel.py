"""A gel that collapses when it is warm: Flory-Rehner swelling, a skin that closes, water that is squeezed out."""

from sympy import Rational, oo, symbols

from ...laws import since
from ...laws.responsive import hot_share, obstruction, polymer_share
from ...model import Flow, Model, Parameter

gel, released, skin, volume = symbols("gel released skin volume")
k_gel, chi_cold, chi_hot, t_middle, width, crosslinks, p_made = symbols(
    "k_gel chi_cold chi_hot t_middle width crosslinks p_made")
f_skin, t_skin, f_squeezed, t_collapse = symbols("f_skin t_skin f_squeezed t_collapse")
hot = hot_share(t_middle, width)
polymer = polymer_share(chi_cold + (chi_hot - chi_cold) * hot, crosslinks, p_made)
excess = since(volume - p_made / polymer, 0)
# Only what shrinks squeezes; rounded off within a millionth of the volume, since a corner at rest stalls integrators.
shrinking = excess**2 / (excess + Rational(1, 10**6)) / t_collapse

MODEL = Model(
    name="thermogel",
    title="Thermosensitive gel: swelling, skin and squeeze",
    start={gel: 1, released: 0, skin: 1, volume: 1},
    flows=(
        Flow(gel, released, (k_gel * skin * obstruction(polymer) + f_squeezed * shrinking / volume) * gel),
    ),
    changes={
        skin: (1 - (1 - f_skin) * hot - skin) / t_skin,
        volume: (p_made / polymer - volume) / t_collapse,
    },
    observed=released,
    parameters=(
        Parameter(k_gel, 0.5, "1/h", (0, oo), "rate out of a gel that obstructs nothing", scale="log"),
        Parameter(chi_cold, 0.45, "1", (0, 2), "interaction parameter far below the transition"),
        Parameter(chi_hot, 0.9, "1", (0, 2), "interaction parameter far above it"),
        Parameter(t_middle, 32.5, "degC", (10, 60), "temperature of the transition"),
        Parameter(width, 0.9, "K", (0.05, 10), "width of the transition", scale="log"),
        Parameter(crosslinks, 0.0125, "1", (1e-5, 0.5), "crosslinks, 1 over the segments of a strand", scale="log"),
        Parameter(p_made, 0.07, "1", (0.005, 0.5), "volume share of polymer when the gel was made", scale="log"),
        Parameter(f_skin, 0.2, "1", (1e-4, 1), "permeability of the skin of a collapsed gel", scale="log"),
        Parameter(t_skin, 1.0, "h", (0, oo), "time in which the skin forms or opens", scale="log"),
        Parameter(f_squeezed, 0.3, "1", (0, 1), "share of the drug in the water that is squeezed out with it"),
        Parameter(t_collapse, 0.5, "h", (0, oo), "time in which the gel shrinks or swells", scale="log"),
    ),
    references=("friesen2022",),
    remarks="It begins as it was made, swollen, so warm surroundings squeeze it at once. The radius is taken as fixed. "
            "Skin, obstruction and k_gel cannot be told apart at one temperature: give what was measured on the gel.",
)
