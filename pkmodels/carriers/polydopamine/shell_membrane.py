"""A core behind a thin shell: first order with the shell's resistance."""

from sympy import log, symbols

from ... import laws
from ...environment import t
from ...model import Also, Curve, Parameter, share

diffusivity, partition, radius, thickness = symbols("diffusivity partition radius thickness")
rate = 3 * diffusivity * partition / (radius * thickness)

MODEL = Curve(
    name="shell_membrane",
    title="Release from a well-stirred core through a thin shell",
    released=laws.first_order(t, rate),
    inverse=-log(1 - share) / rate,
    parameters=(
        Parameter(diffusivity, 1.0, "nm**2/s", (1e-8, 1e7), "diffusivity in the shell (1 nm^2/s is 1e-14 cm^2/s)",
                  scale="log"),
        Parameter(partition, 1.0, "1", (1e-6, 1e6), "partition, shell over core", scale="log"),
        Parameter(radius, 25.0, "um", (0.01, 1e5), "radius of the core", scale="log"),
        Parameter(thickness, 50.0, "nm", (0.1, 1e6), "thickness of the shell", scale="log"),
    ),
    also=(
        Also("k", rate, "1/day", "rate of release, 3 D K/(R thickness)"),
        Also("half_life", log(2) / rate, "day", "time in which half is released"),
        Also("lag", thickness**2 / (6 * diffusivity), "day", "time in which the shell fills, thickness squared/(6 D)"),
    ),
    references=("ball2012", "crank1975"),
    remarks="Only 3 D K/(R thickness) is in the curve: give radius, thickness and partition (fixed). A thin shell "
            "slows but does not delay: see the lag beside the half-life. Layers from 2 g/L dopamine end at 40 nm.",
)
