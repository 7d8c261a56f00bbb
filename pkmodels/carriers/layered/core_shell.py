"""A drug in the core of a sphere, which must cross a shell."""

from ...model import Curve
from ._pieces import CLOCKS, DIFFUSIVITIES, FROM_CORE, MEAN_TIME, MEASURED

MODEL = Curve(
    name="core_shell",
    title="Diffusion out of a core through a shell",
    released=FROM_CORE,
    clocks=CLOCKS,
    parameters=(*DIFFUSIVITIES, *MEASURED),
    also=(MEAN_TIME,),
    references=("carr2018", "crank1975"),
    remarks="The surface is a perfect sink. Where one layer is much slower than the other, the curve shows that one "
            "alone. A shell slows release down; it does not delay it by more than thickness²/(6 d_shell).",
)
