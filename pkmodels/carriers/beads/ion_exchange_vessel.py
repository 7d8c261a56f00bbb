"""An ion-exchange bead in a closed vessel: it stops at an equilibrium with that vessel."""

from sympy import oo, sqrt, symbols

from ...environment import t
from ...laws.responsive import exchange_release
from ...model import Also, Curve, Parameter

k_exchange, beta, loading = symbols("k_exchange beta loading")
held = (1 / loading - 1) / beta + 1

MODEL = Curve(
    name="ion_exchange_vessel",
    title="Ion exchange of a loaded bead with a closed vessel",
    released=exchange_release(k_exchange * t, beta, loading),
    parameters=(
        Parameter(k_exchange, 0.1, "1/h", (0, oo), "rate at which salt takes the place of drug", scale="log"),
        Parameter(beta, 0.056, "1", (1e-6, 1e6), "salt times volume over selectivity times drug in the bead",
                  scale="log"),
        Parameter(loading, 1.0, "1", (0.01, 1), "share of the bead's places that hold drug at first"),
    ),
    also=(
        Also("plateau", 2 / (held + sqrt(held**2 + 4 / beta)), "1", "share released at equilibrium"),
    ),
    references=("debaere2016",),
    closed_vessel="ion_exchange_vessel stops at an equilibrium with the volume and salt of one vessel, which no "
                  "patient has; take bead_in_tissue with the k_exchange and v_exchange of the bead",
    remarks="Exact (mass action, one for one). The plateau belongs to the vessel, not to the bead: more medium, more "
            "salt or a flow release more. Give loading: with beta it decides the same plateau.",
)
