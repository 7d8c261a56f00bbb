"""Two drugs together: Loewe's combination index and Bliss's excess, in words."""

import math
from dataclasses import dataclass

from .. import units
from ..errors import PredictionError

#: An index within this share of one, or an excess within this of nothing, is called additive.
BAND = 0.1


@dataclass(frozen=True)
class MedianEffect:
    """A drug alone: the concentration of half the effect, and Hill's exponent.

    Parameters
    ----------
    concentration : str
        With its unit, such as ``"1.5 umol/L"`` or ``"20 ng/mL"``.
    exponent : float
    """

    concentration: str
    exponent: float = 1.0

    def needed(self, effect, unit):
        """The concentration of this drug alone for an effect between 0 and 1, in ``unit``."""
        number, given = _read(self.concentration)
        if not (isinstance(self.exponent, (int, float)) and 0 < self.exponent < 50):
            raise PredictionError(f"the exponent {self.exponent!r} is not possible; give a number above 0, such as 1.2")
        odds = effect / (1 - effect)
        return units.convert(number, given, unit) * odds ** (1 / self.exponent)


@dataclass(frozen=True)
class Combination:
    """What two drugs do together.

    Parameters
    ----------
    index : float
        Loewe's index: 1 where they add up, below 1 synergy, above 1 antagonism.
    excess : float
        Effect beyond Bliss's expectation of independence, as a share.
    expected : float
        That expectation.
    verdict : str
    """

    index: float
    excess: float
    expected: float
    verdict: str

    def __str__(self):
        return f"combination index {self.index:.3g}; Bliss excess {100 * self.excess:+.3g} %: {self.verdict}"


def combination(effect, first, second):
    """Judge the effect of two drugs given together.

    Loewe's index is ``d1/D1 + d2/D2`` with ``D = D50 (effect/(1 - effect))^(1/exponent)``, the
    concentration of each alone for the same effect (Chou and Talalay's median-effect form). Bliss
    expects ``e1 + e2 - e1 e2`` of two drugs that act independently.

    Parameters
    ----------
    effect : float
        Observed together, as a share between 0 and 1.
    first, second : (str, MedianEffect)
        The concentration given, with its unit, and what the drug does alone.

    Returns
    -------
    Combination

    Raises
    ------
    PredictionError, UnitError
        If a number is not possible, or units do not fit.
    """
    if not (isinstance(effect, (int, float)) and 0 < effect < 1):
        raise PredictionError(f"the effect {effect!r} is not a share between 0 and 1; an effect of 0 or 1 says nothing "
                              f"about how much of a drug was needed")
    parts, alone = [], []
    for given, drug in (first, second):
        number, unit = _read(given)
        needed = drug.needed(effect, unit)
        parts.append(number / needed)
        alone.append(1 / (1 + (drug.needed(0.5, unit) / number) ** drug.exponent) if number else 0.0)
    index = math.fsum(parts)
    expected = alone[0] + alone[1] - alone[0] * alone[1]
    excess = effect - expected
    by_loewe = "synergy" if index < 1 - BAND else "antagonism" if index > 1 + BAND else "additive"
    by_bliss = "synergy" if excess > BAND else "antagonism" if excess < -BAND else "independent"
    agree = by_loewe == by_bliss or {by_loewe, by_bliss} == {"additive", "independent"}
    verdict = by_loewe if agree else f"{by_loewe} by Loewe, {by_bliss} by Bliss: the two references disagree"
    return Combination(index, excess, expected, verdict)


def _read(text):
    kind = "mol/L" if "mol" in str(text) or str(text).rstrip().endswith("M") else "mg/L"
    number, unit = units.quantity(text, kind, "1.5 umol/L")
    if number < 0:
        raise PredictionError(f"'{text}' is a negative concentration")
    return number, unit
