"""Absorbed dose of radioactive microspheres: activity shared out between tumour, other tissue and lung."""

import math
from dataclasses import dataclass

from . import units
from .errors import PkmodelsError, unknown


@dataclass(frozen=True)
class Nuclide:
    """A nuclide: half-life (h) and dose constant, Gy kg per GBq that decays in full and is absorbed where it is."""

    name: str
    half_life_h: float
    gray_kg_per_gbq: float
    citations: tuple


NUCLIDES = {
    "Y-90": Nuclide("Y-90", 64.2, 49.67, ("eanm_microspheres", "vanroekel_thesis", "cvir2013_partition")),
    "Ho-166": Nuclide("Ho-166", 26.8, 16.0, ("eanm_microspheres", "vanroekel_thesis")),
}


@dataclass(frozen=True)
class AbsorbedDose:
    """Activity (GBq) and dose (Gy) of each part, when all has decayed; prints itself as a table."""

    nuclide: Nuclide
    activity_gbq: dict
    mass_kg: dict
    gray: dict

    def after(self, time):
        """Doses in Gy by a time such as ``"3 days"``: the share of decays that has happened."""
        hours = _number(time, "h", "3 days", allow_zero=True)
        share = -math.expm1(-math.log(2) * hours / self.nuclide.half_life_h)
        return {part: dose * share for part, dose in self.gray.items()}

    def rate(self, time):
        """Dose rates in Gy/h at a time such as ``"3 days"``."""
        hours = _number(time, "h", "3 days", allow_zero=True)
        decay = math.log(2) / self.nuclide.half_life_h
        return {part: dose * decay * math.exp(-decay * hours) for part, dose in self.gray.items()}

    @property
    def remarks(self):
        """What the numbers rest on."""
        return ("Spheres stay where they lodge, every decay is absorbed there, and the dose is even within each part: "
                "the dose between spheres is not.",
                f"{self.nuclide.gray_kg_per_gbq:g} Gy kg/GBq for {self.nuclide.name}; tumour and tissue are told "
                f"apart by a ratio that imaging gives, and which the patient's perfusion decides.")

    def __str__(self):
        rows = [f"{part:>7}: {self.activity_gbq[part]:8.4g} GBq in {self.mass_kg[part]:.4g} kg, {dose:8.4g} Gy"
                for part, dose in self.gray.items()]
        return "\n".join([f"{self.nuclide.name}, all decays", *rows, *self.remarks])

    def _repr_html_(self):
        rows = "".join(f"<tr><td>{part}</td><td>{self.activity_gbq[part]:.4g}</td><td>{self.mass_kg[part]:.4g}</td>"
                       f"<td>{dose:.4g}</td></tr>" for part, dose in self.gray.items())
        head = "<tr><th></th><th>GBq</th><th>kg</th><th>Gy</th></tr>"
        return f"<p>{self.nuclide.name}</p><table>{head}{rows}</table><p>{' '.join(self.remarks)}</p>"


def absorbed_dose(nuclide, *, activity, tumour, normal, lung, tumour_to_normal, lung_shunt):
    """Dose to tumour, normal tissue and lung by the partition model (MIRD).

    Parameters
    ----------
    nuclide : {"Y-90", "Ho-166"}
    activity : str
        Such as ``"2 GBq"``.
    tumour, normal, lung : str
        Masses, such as ``"300 g"`` and ``"1.2 kg"``; ``normal`` is the tissue around the tumour that the spheres reach.
    tumour_to_normal : float
        Activity per mass in tumour over that in normal tissue.
    lung_shunt : float
        Share of the activity that passes to the lung, below 1.

    Returns
    -------
    AbsorbedDose

    Notes
    -----
    A_lung = L A; A_tumour : A_normal = r m_tumour : m_normal; dose = constant times activity over mass.
    """
    if not isinstance(nuclide, str) or nuclide not in NUCLIDES:
        raise unknown("nuclide", nuclide, NUCLIDES)
    found = NUCLIDES[nuclide]
    total = _number(activity, "GBq", "2 GBq")
    mass = {"tumour": _number(tumour, "kg", "300 g"), "normal": _number(normal, "kg", "1.2 kg"),
            "lung": _number(lung, "kg", "1 kg")}
    if not units.is_number(tumour_to_normal) or not 0 < tumour_to_normal < math.inf:
        raise PkmodelsError(f"tumour_to_normal = {tumour_to_normal!r} is not possible; give a ratio, say 3")
    if not units.is_number(lung_shunt) or not 0 <= lung_shunt < 1:
        raise PkmodelsError(f"lung_shunt = {lung_shunt!r} is not possible; give a share from 0 to below 1, say 0.05")
    lung_shunt = float(lung_shunt)
    pull, liver = float(tumour_to_normal) * mass["tumour"], total * (1 - lung_shunt)
    in_tumour = liver * pull / (pull + mass["normal"])
    parts = {"tumour": in_tumour, "normal": liver - in_tumour, "lung": total * lung_shunt}
    gray = {part: found.gray_kg_per_gbq * parts[part] / mass[part] for part in parts}
    return AbsorbedDose(found, parts, mass, gray)


def _number(text, unit, example, allow_zero=False):
    number, said = units.quantity(text, unit, example)
    if not (number > 0 or (allow_zero and number == 0)):
        raise PkmodelsError(f"'{text}' is {'below' if allow_zero else 'not above'} zero; write for example '{example}'")
    return units.convert(number, said, unit)
