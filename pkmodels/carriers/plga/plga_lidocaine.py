"""Lidocaine in PLGA spheres of 7 to 53 um radius."""

from dataclasses import replace

from .plga_diffusion import MODEL as PLGA_DIFFUSION

#: Of one fit to four radii, with the rate of degradation of each size from its molecular masses.
VALUES = {"d_start": 2.623, "f_polymer": 0.3818, "k_degradation": 0.1087, "radius": 24.0, "size_exponent": 1.792}

MODEL = replace(
    PLGA_DIFFUSION, name="plga_lidocaine", title="Lidocaine in PLGA spheres of 7 to 53 um radius",
    parameters=tuple(replace(p, value=VALUES.get(p.name, p.value)) for p in PLGA_DIFFUSION.parameters),
    remarks="The values are this project's fit to curves of four radii (root mean square 3.5 % of the dose), of which "
            "only a digitised copy was read; k_degradation is the mean of four. Activation energies are assumed.")
