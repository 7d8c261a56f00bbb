"""Peppas and Sahlin: diffusion and relaxation of the polymer, added."""

from sympy import oo, sqrt, symbols

from ...environment import t
from ...model import Also, Curve, Parameter, share, time_unit

t_fickian, relaxation, m = symbols("t_fickian relaxation m")
diffused = (t / t_fickian) ** m

MODEL = Curve(
    name="peppas_sahlin",
    title="Diffusion and relaxation of the polymer, added",
    released=diffused + relaxation * diffused**2,
    saturates=False,
    peak=t_fickian * (-1 / (2 * relaxation)) ** (1 / m),
    inverse=t_fickian * (2 * share / (1 + sqrt(1 + 4 * relaxation * share))) ** (1 / m),
    parameters=(
        Parameter(t_fickian, 60.0, "day", (0, oo), "time at which diffusion alone would reach the dose", scale="log"),
        Parameter(relaxation, 0.5, "1", (-10, 100), "share that relaxation adds at that time, k2/k1^2"),
        Parameter(m, 0.45, "1", (0.2, 1.5), "Fickian exponent of the shape"),
    ),
    also=(
        Also("k1", (t_fickian / time_unit) ** -m, "1/time**m", "Fickian constant, k1 t^m + k2 t^(2m)"),
        Also("k2", relaxation * (t_fickian / time_unit) ** (-2 * m), "1/time**(2m)", "constant of relaxation"),
    ),
    references=("peppas1989",),
    remarks="Give m (fixed) where the shape is known (about 0.43 for a sphere): with m free k2 is hardly identifiable. "
            "With negative relaxation the law falls in the end; a prediction holds its highest share.",
)
