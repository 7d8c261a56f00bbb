"""Published covariates: a parameter's number for a person of this weight, albumin, sex."""

import math
from dataclasses import dataclass, replace

from ... import units
from ...errors import RecordError, UnitError, unknown
from .checking import COVARIATE, check, choice, explained

#: form -> (factor on the parameter from covariate x, reference r, coefficient c; how it is written)
_FACTORS = {
    "power": (lambda x, r, c: (x / r) ** c, "({name}/{r:g})^{c:g}"),
    "linear": (lambda x, r, c: 1 + c * (x - r), "1 {c:+g} ({name} - {r:g})"),
    "exponential": (lambda x, r, c: math.exp(c * (x - r)), "exp({c:g} ({name} - {r:g}))"),
    "factor": (lambda x, r, c: c if x else 1.0, "{c:g} where {name}"),
}
FORMS = tuple(_FACTORS)


@dataclass(frozen=True, kw_only=True)
class Covariate:
    """How a parameter follows something that is known of a person.

    Parameters
    ----------
    parameter : str
        Of the body, or ``bioavailability``.
    covariate : str
        Its name, as `Drug.with_covariates` takes it.
    form : {"power", "linear", "exponential", "factor"}
        The factor on the parameter: (x/reference)^coefficient, 1 + coefficient (x - reference),
        exp(coefficient (x - reference)), or the coefficient itself where a yes-or-no covariate is true.
    reference : float
        In ``unit``; where the set's number holds.
    coefficient : float
    unit : str
        Of the covariate; ``"1"`` for yes (1) or no (0).
    low, high : float, optional
        The range that was studied.
    """

    parameter: str
    covariate: str
    form: str
    coefficient: float
    source: str
    evidence: str
    reference: float = 0.0
    unit: str = "1"
    meaning: str = ""
    low: float | None = None
    high: float | None = None

    @property
    def yes_or_no(self):
        """Whether it takes True or False."""
        return self.form == "factor"

    def __str__(self):
        return _FACTORS[self.form][1].format(name=self.covariate, r=self.reference, c=self.coefficient)

    def factor(self, given):
        """What the parameter is multiplied by."""
        return _FACTORS[self.form][0](given, self.reference, self.coefficient)

    def value(self, given):
        """A covariate's value in its unit: a number in that unit, a (number, unit) pair, or text such as "80 kg"."""
        if self.yes_or_no:
            if not isinstance(given, bool):
                raise RecordError(f"{self.covariate} = {given!r} is not possible; it is True or False")
            return given
        example = f"{self.reference:g} {self.unit}" if self.unit != "1" else f"{self.reference:g}"
        if isinstance(given, str):
            number, unit = units.quantity(given, self.unit, example)
        else:
            number, unit = given if isinstance(given, tuple) and len(given) == 2 else (given, self.unit)
        if isinstance(number, bool) and self.unit == "1":
            number = float(number)
        if isinstance(number, bool) or not isinstance(number, (int, float)) or not math.isfinite(number):
            raise RecordError(f"{self.covariate} = {given!r} is not a number; give one such as {example}")
        try:
            found = float(units.convert(number, unit, self.unit))
        except UnitError as problem:
            raise RecordError(f"{self.covariate}: {problem}") from None
        if found < 0 or (found == 0 and self.form == "power"):
            raise RecordError(f"{self.covariate} = {given!r} must be above zero; such as {example}")
        return found


def read_covariate(entry, known, where):
    """A `Covariate` from its table."""
    check(entry, COVARIATE, where)
    choice(entry, "form", FORMS, where)
    if entry["parameter"] not in known:
        raise RecordError(f"{where}: {unknown('parameter', entry['parameter'], known)}")
    if entry["form"] != "factor" and ("reference" not in entry or "unit" not in entry):
        raise RecordError(f"{where}: a covariate of the form {entry['form']} needs its reference and its unit")
    if entry["form"] == "factor" and not entry["coefficient"] > 0:
        raise RecordError(f"{where}: coefficient = {entry['coefficient']:g} must be above zero: the parameter is "
                          f"multiplied by it")
    if entry["form"] == "power" and not entry["reference"] > 0:
        raise RecordError(f"{where}: reference = {entry['reference']:g} must be above zero")
    found = Covariate(**entry)
    explained(lambda: units.unit(found.unit), where)
    return found


def adjusted(drug, given):
    """(parameters, bioavailability, sentences) of a drug for a person with these covariates."""
    known = dict.fromkeys(each.covariate for each in drug.covariates)
    for name in given:
        if not known:
            raise RecordError(f"the set '{drug.set_name}' of {drug.name} has no covariates; leave '{name}' away")
        if name not in known:
            raise unknown(f"covariate of {drug.name}:{drug.set_name}", name, known)
        if name in drug.person:
            raise RecordError(f"{name} has been applied to this {drug.name} already; begin with read_drug again")
    numbers, share, said = dict(drug.parameters), drug.bioavailability, []
    for each in drug.covariates:
        if each.covariate not in given:
            continue
        x = each.value(given[each.covariate])
        factor = each.factor(x)
        person = each.covariate if x is True else f"not {each.covariate}" if x is False else \
            f"{each.covariate} {x:g}" + ("" if each.unit == "1" else f" {each.unit}")
        if not 0 < factor < math.inf:
            raise RecordError(f"{person} makes {each.parameter} {factor:g} times its value ({each}); such a person is "
                              f"far outside what was studied")
        if each.parameter == "bioavailability":
            before, share = f"{share:g}", share * factor
            if share > 1:
                raise RecordError(f"{person} would make the bioavailability {share:g}, above 1")
            after = f"{share:.4g}"
        else:
            old = numbers[each.parameter]
            new = numbers[each.parameter] = replace(
                old, value=old.value * factor, sd=None if old.sd is None else old.sd * factor,
                se=None, source=f"{old.source}; for {person}", evidence="computed")
            before, after = f"{old.value:g}", f"{new.value:.4g} {new.unit}"
        outside = [w for w, limit in (("below", each.low), ("above", each.high))
                   if limit is not None and ((x < limit) if w == "below" else (x > limit))]
        said.append(f"{each.parameter} {before} -> {after} for {person} (factor {each}; {each.source})"
                    + (f"; that is {outside[0]} the range that was studied, {each.low:g} to {each.high:g} {each.unit}"
                       if outside and each.low is not None and each.high is not None else ""))
    return numbers, share, tuple(said)
