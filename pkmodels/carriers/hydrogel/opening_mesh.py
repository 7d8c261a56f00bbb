"""Drug in a degrading hydrogel: the mesh opens, and diffusion begins once it is wider than the drug."""

from sympy import Min, exp, log, oo, symbols

from ...environment import t
from ...laws import since, sphere_release
from ...model import Also, Curve, Parameter

t_diffusion, size_ratio, k_opening = symbols("t_diffusion size_ratio k_opening")
t_open = since(log(size_ratio), 0) / k_opening
ratio = Min(size_ratio, 1)
since_open = since(t, t_open)

MODEL = Curve(
    name="opening_mesh",
    title="Sphere of hydrogel whose mesh opens by degradation",
    released=sphere_release((since_open - ratio / k_opening * (1 - exp(-k_opening * since_open))) / t_diffusion),
    kinks=(t_open,),
    parameters=(
        Parameter(t_diffusion, 100.0, "day", (0, oo), "radius squared over the diffusivity in the open mesh",
                  scale="log"),
        Parameter(size_ratio, 2.0, "1", (0.01, 100), "radius of the drug over the mesh at first", scale="log"),
        Parameter(k_opening, 0.1, "1/day", (0, oo), "rate at which the mesh widens", scale="log"),
    ),
    also=(Also("t_open", t_open, "day", "time at which the mesh lets the drug pass"),),
    references=("crank1975",),
    remarks="The diffusivity is that of the open mesh times 1 - drug/mesh, with a mesh that grows as exp(k t): an "
            "obstruction law taken from memory of the field, not from a source that was read. The series runs on the "
            "integral of the diffusivity, so no grid is needed.",
)
