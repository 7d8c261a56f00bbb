"""Drug cards: what a body does with a drug, each number with its unit and its source.

A card is a TOML file: ``name``, ``analyte`` and remarks at its head; one table ``[sets.NAME]`` per
publication (author_year) or population; and ``[[observed]]`` values to hold a prediction against.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

from .. import shelf, units
from ..errors import RecordError
from .cards import reading, showing
from .cards.covariates import adjusted
from .cards.numbers import Depot, Number, Observed

__all__ = ["Depot", "Drug", "Number", "Observed", "list_drugs", "read_drug"]


@dataclass(frozen=True, kw_only=True)
class Drug:
    """One parameter set of a drug card; prints itself as a card.

    Parameters
    ----------
    name, analyte, analyte_label : str
    matrix, assay : str
        What was measured, in what and how; empty where the card does not say.
    set_name, title, population : str
        The chosen set and the people it was measured in.
    body : tuple of str
        Names of body models, to be joined in this order.
    parameters : mapping of str to Number
    bioavailability : float
        Share of the released drug that reaches the blood.
    bioavailability_source : str
        ``"assumed"`` where the card gives none, ``"apparent"`` where the parameters are apparent.
    bioavailability_number : Number or None
        As published, with its variability.
    apparent : bool
        Whether clearance and volumes are divided by a bioavailability (CL/F, V/F), which must not
        be applied again.
    fraction_unbound : Number or None
        Share of the drug in plasma that is not bound to protein.
    covariates : tuple of Covariate
    residual : mapping of str to Number
        Standard deviations of the residual error: ``proportional`` (a share), ``additive``.
    depot : Depot or None
        The published input of a depot or tablet that was fitted together with this set.
    molar_mass : Number or None
    observed : tuple of Observed
        Those of this set.
    sets : tuple of str
        All sets of the card.
    shelf : tuple of (name, population, source)
        The same with the people and the source of each.
    remarks, citations : tuple of str
    person : mapping
        Covariates that were applied.
    adjustments : tuple of str
        What they changed, in sentences.
    file, sha256 : str
        The card's file name and fingerprint.
    """

    name: str
    analyte: str
    analyte_label: str
    set_name: str
    title: str
    population: str
    body: tuple
    parameters: Mapping
    bioavailability: float
    bioavailability_source: str
    molar_mass: Number | None
    observed: tuple
    sets: tuple
    remarks: tuple
    citations: tuple
    file: str
    sha256: str = field(repr=False)
    matrix: str = ""
    assay: str = ""
    bioavailability_number: Number | None = None
    apparent: bool = False
    fraction_unbound: Number | None = None
    covariates: tuple = ()
    residual: Mapping = field(default_factory=dict)
    depot: Depot | None = None
    shelf: tuple = ()
    person: Mapping = field(default_factory=dict)
    adjustments: tuple = ()
    #: How the card words the variability: (distribution, cv_means, correlation tables, place).
    spread: tuple = field(default=(None, None, (), ""), repr=False)

    @cached_property
    def variability(self):
        """How people differ in the body's parameters and in bioavailability: a `Variability`.

        Its ``names``, ``scales`` ("log", "logit" or "natural"), ``typical`` values (h, mg, L) and
        ``covariance`` on those scales; ``individual(deviations)`` makes people of deviations. It is
        false where the card gives no spread. ``drug.depot.variability`` is the depot's own.
        """
        from .cards.variability import between_people

        numbers = dict(self.parameters)
        if self.bioavailability_number is not None:
            numbers["bioavailability"] = self.bioavailability_number
        distribution, cv_means, correlations, where = self.spread
        return between_people(numbers, correlations, distribution, cv_means, where)

    @property
    def molar_mass_text(self):
        """Its molar mass as text in g/mol, such as ``"1269 g/mol"``; None where the card gives none."""
        if self.molar_mass is None:
            return None
        return f"{float(units.convert(self.molar_mass.value, self.molar_mass.unit, 'g/mol')):.10g} g/mol"

    def with_covariates(self, **known):
        """The same drug in a person of whom something is known.

        Parameters
        ----------
        **known
            Covariates of this set by name: a number in the card's unit, text such as ``"80 kg"``, a
            (number, unit) pair, or True and False. Those that are not given stay at their reference.

        Returns
        -------
        Drug
            With changed numbers, ``person`` and ``adjustments`` (a sentence per change).

        Raises
        ------
        UnknownName
            For a covariate that this set does not have.
        RecordError
            For a value that is not possible, or one that was applied before.

        Examples
        --------
        >>> read_drug("pembrolizumab").with_covariates(weight=60, albumin="32 g/L").adjustments  # doctest: +SKIP
        """
        numbers, share, said = adjusted(self, known)
        number = self.bioavailability_number
        if number is not None and share != self.bioavailability:
            number = replace(number, value=share, unit="1", evidence="computed")
        return replace(self, parameters=MappingProxyType(numbers), bioavailability=share,
                       bioavailability_number=number, person=MappingProxyType({**self.person, **known}),
                       adjustments=(*self.adjustments, *said))

    @property
    def assumptions(self):
        """What the card assumes, as sentences."""
        if self.apparent or self.bioavailability_source != "assumed":
            return self.conditions
        return (f"bioavailability {self.bioavailability:g}: all released drug is taken to reach the blood (assumed, "
                f"the card of {self.name} gives none)", *self.conditions)

    @property
    def conditions(self):
        """Under what conditions the numbers hold, as sentences: apparent parameters, covariates that were applied."""
        apparent = (f"Clearance and volumes of {self.name} are apparent: they hold the unknown bioavailability of the "
                    f"route and product of their source, so one that is given here is relative to that.",)
        return (*(apparent if self.apparent else ()), *(f"{said}." for said in self.adjustments))

    def to_dict(self):
        """Plain numbers and texts, as the command line prints with ``--json``."""
        return showing.plain(self)

    def __repr__(self):
        return showing.text(self)

    def _repr_html_(self):
        return showing.page(self)


def list_drugs():
    """The names of the drugs that ship with pkmodels."""
    return shelf.names("data", "drugs/*.toml")


def read_drug(name, population=None):
    """Read a parameter set of a drug card.

    Parameters
    ----------
    name : str, path or Drug
        ``"goserelin"`` (its default set), ``"goserelin:female"``, or the path of a card of your own
        (``"my_drug.toml"``, ``"my_drug.toml:adults"``).
    population : str, optional
        The name of the set, instead of writing it behind the colon.

    Returns
    -------
    Drug

    Raises
    ------
    RecordError
        If the card is not what a card should be (file and key are named), or if the drug's numbers
        were looked for and not found (it says what is missing).
    UnknownName
        If there is no drug of that name; the nearest are listed.
    """
    if isinstance(name, Drug):
        if population not in (None, name.set_name):
            raise RecordError(f"the drug given is already the set '{name.set_name}'; read '{name.name}:{population}'")
        return name
    text, chosen = str(name), population
    stem, colon, behind = text.rpartition(":")
    if colon and not text.endswith(".toml") and not any(sign in behind for sign in "/\\"):
        if population not in (None, behind):
            raise RecordError(f"'{text}' names the set '{behind}' and population '{population}' another; give one")
        text, chosen = stem, behind
    own = text.endswith(".toml") or isinstance(name, Path) or "/" in text or "\\" in text
    if not own:
        reading.refuse_what_was_not_found(text)
    path = Path(text) if own else shelf.find("data", "drugs/*.toml", text, "drug")
    return Drug(**reading.fields(shelf.read_toml(path), chosen, path.name), sha256=shelf.sha256(path))
