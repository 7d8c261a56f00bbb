"""One drug in the core and in the shell of a sphere."""

from ...model import Curve, Parameter
from ._pieces import CLOCKS, DIFFUSIVITIES, FROM_CORE, FROM_SHELL, MEASURED, f_core

MODEL = Curve(
    name="core_shell_mixed",
    title="Diffusion out of a core and out of its shell",
    released=f_core * FROM_CORE + (1 - f_core) * FROM_SHELL,
    clocks=CLOCKS,
    parameters=(
        Parameter(f_core, 0.6, "1", (0, 1), "share of the dose in the core"),
        *DIFFUSIVITIES, *MEASURED,
    ),
    references=("carr2018", "crank1975"),
    remarks="For two drugs take one such curve each, f_core = 1 for that in the core and 0 for that in the shell. Drug "
            "in the shell also diffuses inwards first.",
)
