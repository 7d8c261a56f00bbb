"""How people differ: the joint covariance of a set's parameters, on the scale on which they vary."""

from dataclasses import dataclass

import numpy as np

from ... import units
from ...errors import RecordError, unknown
from .checking import CORRELATION, check

#: What the set says: people are spread on the logarithm, or on the number itself.
DISTRIBUTIONS = ("log-normal", "normal")
#: What a published cv is: the standard deviation of the logarithm itself, or sd/mean of the log-normal.
CV_MEANS = ("omega", "exact")


@dataclass(frozen=True, eq=False)
class Variability:
    """Variation between people as a multivariate normal.

    Parameters
    ----------
    names : tuple of str
        The parameters that vary.
    scales : tuple of {"log", "logit", "natural"}
        The scale on which each is normal.
    typical : tuple of float
        Their published values in the units used inside (h, mg, L).
    covariance : array (names, names)
        On those scales; a correlation of 1 makes it singular.
    remarks : tuple of str
        How the published numbers were read.
    """

    names: tuple
    scales: tuple
    typical: tuple
    covariance: np.ndarray
    remarks: tuple = ()

    def __bool__(self):
        return bool(self.names)

    @property
    def sd(self):
        """Standard deviations on the scales, by name."""
        return dict(zip(self.names, np.sqrt(np.diag(self.covariance)).tolist(), strict=True))

    def beside(self, other):
        """Both together, independent of each other: a body and a depot, whose covariance no source gives."""
        both = np.zeros((len(self.names) + len(other.names),) * 2)
        both[: len(self.names), : len(self.names)] = self.covariance
        both[len(self.names):, len(self.names):] = other.covariance
        return Variability((*self.names, *other.names), (*self.scales, *other.scales),
                           (*self.typical, *other.typical), both, tuple(dict.fromkeys((*self.remarks, *other.remarks))))

    def individual(self, deviations):
        """Values of people from their deviations.

        Parameters
        ----------
        deviations : array (..., names)
            Of mean zero and this covariance, on the scales.

        Returns
        -------
        dict of str to array (...)
            In the units used inside. On the natural scale a value may come out negative; it is NaN then.
        """
        deviations = np.asarray(deviations, dtype=float)
        found = {}
        for k, (name, scale, value) in enumerate(zip(self.names, self.scales, self.typical, strict=True)):
            move = deviations[..., k]
            if scale == "log":
                found[name] = value * np.exp(move)
            elif scale == "logit":
                found[name] = 1 / (1 + (1 - value) / value * np.exp(-move))
            else:
                found[name] = np.where(value + move > 0, value + move, np.nan)
        return found

    def __repr__(self):
        from tabulate import tabulate

        rows = [[name, scale, f"{value:.4g}", *(f"{c:.4g}" for c in row)] for name, scale, value, row in
                zip(self.names, self.scales, self.typical, self.covariance, strict=True)]
        head = ["parameter", "scale", "typical (h, mg, L)", *self.names]
        return str(tabulate(rows, head, "simple", disable_numparse=True)) if rows else "no variability is given"


def between_people(numbers, correlations, distribution, cv_means, where):
    """The `Variability` of the numbers that vary.

    Parameters
    ----------
    numbers : mapping of str to Number
    correlations : list of dict
        Tables of the card.
    distribution, cv_means : str or None
        What the set says; None where it does not.
    where : str
        For messages.
    """
    varying = {name: number for name, number in numbers.items() if number.varies}
    scales = {name: number.scale or ("natural" if distribution == "normal" else "log")
              for name, number in varying.items()}
    spread = {name: _spread(number, scales[name], cv_means or "exact", f"{where}, {name}")
              for name, number in varying.items()}
    names = tuple(varying)
    matrix = np.diag([spread[name] ** 2 for name in names]) if names else np.zeros((0, 0))
    for k, entry in enumerate(correlations, 1):
        _correlate(matrix, entry, names, spread, f"{where}, [[correlations]] {k}")
    if names and np.linalg.eigvalsh(matrix)[0] < -1e-9 * np.max(matrix):
        raise RecordError(f"{where}: these correlations contradict each other: no people can vary like that "
                          f"(the covariance has a negative eigenvalue)")
    matrix.flags.writeable = False
    said = []
    if any(number.cv is not None for number in varying.values()) and cv_means is None:
        said.append("The source does not say what its coefficient of variation is; it was read as sd/mean of a "
                    "log-normal, omega² = ln(1 + cv²).")
    elif cv_means == "omega" and any(number.cv is not None for number in varying.values()):
        said.append("The published coefficient of variation is the standard deviation of the logarithm (omega).")
    if any(number.sd is not None and scales[name] == "log" for name, number in varying.items()):
        said.append("A standard deviation of the number itself was turned into a log-normal of the same sd/mean.")
    typical = tuple(float(units.inside(number.value, number.unit)) for number in varying.values())
    return Variability(names, tuple(scales.values()), typical, matrix, tuple(said))


def _spread(number, scale, cv_means, where):
    """The standard deviation on the scale."""
    if number.omega2 is not None:
        if scale == "natural":
            raise RecordError(f"{where}: omega2 is a variance of the logarithm, but the set says variability = "
                              f"\"normal\"; give sd or cv")
        return float(np.sqrt(number.omega2))
    if number.value == 0:
        raise RecordError(f"{where}: a value of 0 cannot vary between people")
    share = number.cv if number.cv is not None else number.sd / number.value
    if scale == "logit":
        # To first order: d(share)/share = (1 - share) d(logit).
        return share / (1 - float(units.inside(number.value, number.unit)))
    if scale == "natural":
        return share * float(units.inside(number.value, number.unit))
    return share if cv_means == "omega" and number.cv is not None else float(np.sqrt(np.log1p(share**2)))


def _correlate(matrix, entry, names, spread, where):
    check(entry, CORRELATION, where)
    if len(entry["parameters"]) != 2 or entry["parameters"][0] == entry["parameters"][1]:
        raise RecordError(f"{where}: parameters must be two names, such as [\"clearance\", \"v_central\"]")
    for name in entry["parameters"]:
        if name not in names:
            raise RecordError(f"{where}: {unknown('parameter that varies', name, names)}")
    if not -1 <= entry["value"] <= 1:
        raise RecordError(f"{where}: value = {entry['value']:g} must be between -1 and 1")
    i, j = (names.index(name) for name in entry["parameters"])
    matrix[i, j] = matrix[j, i] = entry["value"] * spread[names[i]] * spread[names[j]]
