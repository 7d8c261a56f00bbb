"""The sampling operator: what has been released, from concentrations of which some was taken away.

Every sample takes drug out of the vessel. The concentration of the next one no longer shows what was
released, but the released amount is a linear function of all concentrations so far: M = A c.
"""

import numpy as np

from ..errors import StudyError

REPLACEMENTS = ("fresh", "none", "full")


def sampling_matrix(samples, *, vessel_volume, sample_volume, replacement="fresh"):
    """The lower triangular matrix A that turns measured concentrations c into released amounts M = A c.

    Parameters
    ----------
    samples : int
        Number of samples, in the order in which they were taken.
    vessel_volume : float
        Volume of medium before the first sample, L.
    sample_volume : float
        Volume taken with every sample, L; not used where the whole medium is exchanged.
    replacement : {"fresh", "none", "full"}
        What follows a sample: the same volume of fresh medium, nothing, or an exchange of the whole medium.

    Returns
    -------
    ndarray, shape (samples, samples)
        In L, so that mg/L become mg.

    Raises
    ------
    StudyError
        If a volume is not positive, the sample exceeds the vessel, or the vessel runs dry.

    Notes
    -----
    With replacement M_n = V c_n + V_s Σ_{i<n} c_i; without it M_n = (V − (n − 1) V_s) c_n + V_s Σ_{i<n} c_i;
    with a full exchange M_n = V Σ_{i≤n} c_i: the balance of mass over the vessel. Independent errors of the
    concentrations become correlated errors of the released amounts: Cov(M) = A diag(σ²) Aᵀ.
    """
    _check(samples, vessel_volume, sample_volume, replacement)
    earlier = np.tril(np.ones((samples, samples)), k=-1)
    if replacement == "full":
        return vessel_volume * (earlier + np.eye(samples))
    drawn = np.arange(samples) if replacement == "none" else np.zeros(samples)
    return np.diag(vessel_volume - drawn * sample_volume) + sample_volume * earlier


def released_share(concentrations, *, dose, vessel_volume, sample_volume, replacement="fresh"):
    """The cumulative released share of the dose from measured concentrations.

    Parameters
    ----------
    concentrations : array_like, shape (samples,)
        mg/L, in the order of sampling.
    dose : float
        Drug in the vessel at the start, mg.
    vessel_volume, sample_volume, replacement
        As in `sampling_matrix`.

    Returns
    -------
    ndarray, shape (samples,)

    Raises
    ------
    StudyError
        As `sampling_matrix`, and if the dose is not positive.
    """
    if not dose > 0:
        raise StudyError(f"the dose in the vessel is {dose:g} mg; it must be above 0, such as 1.25 mg")
    measured = np.asarray(concentrations, dtype=float)
    matrix = sampling_matrix(len(measured), vessel_volume=vessel_volume, sample_volume=sample_volume,
                             replacement=replacement)
    return matrix @ measured / dose


def _check(samples, vessel_volume, sample_volume, replacement):
    if replacement not in REPLACEMENTS:
        raise StudyError(f"replacement = '{replacement}' is not possible; write 'fresh' (the volume of the sample is "
                         f"replaced), 'none', or 'full' (the whole medium is exchanged)")
    if not vessel_volume > 0:
        raise StudyError(f"the vessel volume is {vessel_volume:g} L; it must be above 0, such as 10 mL")
    if replacement == "full":
        return
    if not 0 < sample_volume <= vessel_volume:
        raise StudyError(f"a sample of {1000 * sample_volume:g} mL cannot be taken from a vessel of "
                         f"{1000 * vessel_volume:g} mL; check both volumes")
    if replacement == "none" and samples * sample_volume > vessel_volume * (1 + 1e-9):
        raise StudyError(f"{samples} samples of {1000 * sample_volume:g} mL empty a vessel of "
                         f"{1000 * vessel_volume:g} mL when nothing is replaced; check the volumes, or write 'fresh'")
