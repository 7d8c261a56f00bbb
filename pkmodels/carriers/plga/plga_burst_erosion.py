"""PLGA: drug at the surface is washed out, the matrix erodes autocatalytically."""

from sympy import oo, symbols

from ...model import Flow, Model, Parameter

surface, matrix, released, eroded = symbols("surface matrix released eroded")
f_burst, k_burst, k_erosion, eroded_start = symbols("f_burst k_burst k_erosion eroded_start")

MODEL = Model(
    name="plga_burst_erosion",
    title="Burst from the surface, autocatalytic erosion of the matrix",
    start={surface: f_burst, matrix: 1 - f_burst, released: 0, eroded: eroded_start},
    flows=(
        Flow(surface, released, k_burst * surface),
        Flow(matrix, released, k_erosion * eroded * matrix),
    ),
    changes={eroded: k_erosion * eroded * (1 - eroded)},
    observed=released,
    parameters=(
        Parameter(f_burst, 0.2, "1", (0, 1), "share of the drug at the surface"),
        Parameter(k_burst, 2.0, "1/day", (0, oo), "wash-out rate of the surface share", scale="log"),
        Parameter(k_erosion, 0.3, "1/day", (0, oo), "autocatalytic rate of erosion", scale="log"),
        Parameter(eroded_start, 0.01, "1", (1e-8, 0.9), "share of the matrix that is eroded at the start", scale="log"),
    ),
    references=("gallagher2000", "prout_tompkins1944"),
    remarks="The matrix gives up its drug as it erodes, dE/dt = k E (1 - E): for a constant rate this is the "
            "Gallagher-Corrigan curve with eroded_start = 1/(1 + exp(k_erosion t_middle)).",
)
