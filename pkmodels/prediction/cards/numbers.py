"""The values of a card: published numbers, results to hold a prediction against, a published depot."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ... import units

EVIDENCE = ("read in source", "computed", "measured", "assumed")


@dataclass(frozen=True, kw_only=True)
class Number:
    """A published number.

    Parameters
    ----------
    value : float
        In ``unit``.
    sd : float, optional
        Standard deviation between people, in ``unit``.
    cv : float, optional
        The same as a share of the value, 0.399 for 39.9 %; the set's ``cv_means`` says of what.
    omega2 : float, optional
        The same as a variance on the scale on which people vary (of the logarithm, or of the logit).
    scale : {"", "logit"}
        ``"logit"`` for a share that varies on the logit scale; else the set's ``variability`` says.
    se : float, optional
        Standard error of the value itself, in ``unit``.
    source : str
        Where it stands, with table or section.
    evidence : {"read in source", "computed", "measured", "assumed"}
    """

    value: float
    unit: str
    source: str
    evidence: str
    sd: float | None = None
    cv: float | None = None
    omega2: float | None = None
    scale: str = ""
    se: float | None = None

    @property
    def varies(self):
        """Whether a spread between people is given."""
        return any(each is not None for each in (self.sd, self.cv, self.omega2))

    def __str__(self):
        unit = "" if self.unit == "1" else f" {self.unit}"
        spread = f" ± {self.sd:g}" if self.sd is not None else ""
        if self.cv is not None:
            unit += f" (cv {100 * self.cv:g} %)"
        if self.omega2 is not None:
            unit += f" (omega² {self.omega2:g}{' of the logit' if self.scale else ''})"
        return f"{self.value:g}{spread}{unit}"


@dataclass(frozen=True, kw_only=True)
class Observed:
    """A published or computed result to hold a prediction against: a value, or a range from ``low`` to ``high``."""

    quantity: str
    label: str
    unit: str
    source: str
    evidence: str
    sets: tuple
    regimen: str = ""
    value: float | None = None
    low: float | None = None
    high: float | None = None
    sd: float | None = None

    def __str__(self):
        number = f"{self.value:g}" if self.value is not None else f"{self.low:g} to {self.high:g}"
        return number + (f" ± {self.sd:g}" if self.sd is not None else "") + f" {self.unit}"


@dataclass(frozen=True, kw_only=True)
class Depot:
    """The published input of a depot or a tablet: a release model with its values.

    Parameters
    ----------
    model : str
        A release model of the catalogue.
    label : str
        Which product it describes.
    parameters : mapping of str to Number
    variability : Variability
        How these parameters differ between people.
    observed : Number or None
        How long after its injection people were watched; what is later is extrapolation.
    """

    model: str
    label: str
    parameters: Mapping
    variability: object = field(compare=False, repr=False)
    observed: Number | None = None

    @property
    def release(self):
        """What `predict` takes as a release."""
        from ... import catalogue
        from ...solve.release import Release

        model = catalogue.get_model(self.model)
        values = model.values({name: (p.value, p.unit) for name, p in self.parameters.items()})
        until = float("nan") if self.observed is None else float(units.inside(self.observed.value, self.observed.unit))
        return Release(model, values, origin={"given": f"published: {self.label}"}, measured_until=until)
