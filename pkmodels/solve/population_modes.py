"""Many linear bodies at once: each turned into a sum of exponentials where that is exact to rounding.

A body is a matrix A (1/h), an entry b and weights w; after one milligram at time 0 it shows
``w exp(A t) b = Σ a_i exp(λ_i t)``. The stores are sorted into groups that exchange drug both ways
(a central compartment with its peripheral ones); drug passes from group to group one way. A group
without cycles is a symmetric matrix in other units (its rotation is Jacobi's), so its rates are
real; from group to group the eigenvectors follow by substitution (Golub and Van Loan, Matrix
Computations, 4th ed., 7.6 and 8.5).
"""

from dataclasses import dataclass

import numpy as np

from .population import has_numba

#: Where the exponentials lose more than this factor (five or six of sixteen digits), a body keeps its matrix. A rate is
#: known to rounding of the steepest one, so what cancels loses the more the slower it is, which counts up to `SLOWER`.
LOSING, SLOWER = 4e5, 100.0
_SWEEPS = 12
#: So many patients at a time, for the processor's memory; the numbers do not depend on it.
_BLOCK = 4096


@dataclass(frozen=True, eq=False)
class Bodies:
    """Linear bodies of many patients.

    Parameters
    ----------
    matrix : array (n, n, patients)
        1/h; stores that nothing of what is shown depends on are left out.
    entry : array (n, patients)
        What of one milligram goes where.
    weights : array (n, patients)
        Concentration per milligram in each store.
    rates, amplitudes : array (n, patients)
        Of the sum of exponentials; NaN where ``exact`` is False.
    exact : array of bool (patients,)
        Whether the sum of exponentials is exact to about 1e-12; tied rates are not.
    """

    matrix: np.ndarray
    entry: np.ndarray
    weights: np.ndarray
    rates: np.ndarray
    amplitudes: np.ndarray
    exact: np.ndarray

    @property
    def count(self):
        """How many patients."""
        return len(self.exact)

    def only(self, chosen):
        """Some of the patients (an index, a slice or a mask)."""
        return Bodies(*(each[..., chosen] for each in (self.matrix, self.entry, self.weights, self.rates,
                                                       self.amplitudes, self.exact)))

    def terms(self, chosen):
        """The exponentials alone of some of the patients, which is quicker."""
        return Bodies(None, None, None, self.rates[:, chosen], self.amplitudes[:, chosen], self.exact[chosen])


def bodies(matrix, entry, weights, fast=None, earliest=None):
    """Bodies with their exponentials.

    Parameters
    ----------
    matrix : array (n, n, patients)
        1/h. All patients share one structure: an element that is zero in all of them is no flow.
    entry, weights : array (n, patients)
    fast : bool, optional
        Whether to take the compiled way, which needs numba; where it is installed when not given.
    earliest : float, optional
        Hours after a dose at which the curve matters already, such as the first interval's length: slow exponentials
        that hardly differ yet cancel.

    Returns
    -------
    Bodies
    """
    matrix, entry, weights = (np.asarray(each, dtype=float) for each in (matrix, entry, weights))
    flows, *seen = ((each != 0).any(axis=-1) for each in (matrix, entry, weights))
    groups = _groups(flows, *seen)
    order = [k for each in groups for k in each]
    matrix, entry, weights = matrix[np.ix_(order, order)], entry[order], weights[order]
    flows, group = flows[np.ix_(order, order)], np.repeat(np.arange(len(groups)), [len(each) for each in groups])
    links = _links(flows, group)
    if links is None:
        nothing = np.full(entry.shape, np.nan)
        return Bodies(matrix, entry, weights, nothing, nothing, np.zeros(entry.shape[1], dtype=bool))
    if has_numba() if fast is None else fast:
        from . import population_modes_fast  # compiled code loads slowly

        rates, amplitudes, exact = population_modes_fast.exponentials(matrix, entry, weights, flows, group, links,
                                                                      _SWEEPS, LOSING, SLOWER)
        return Bodies(matrix, entry, weights, rates, amplitudes, exact & ~_begins_late(rates, amplitudes, earliest))
    rates, amplitudes = np.empty_like(entry), np.empty_like(entry)
    exact = np.empty(matrix.shape[-1], dtype=bool)
    for begin in range(0, len(exact), _BLOCK):
        here = (..., slice(begin, begin + _BLOCK))
        with np.errstate(all="ignore"):
            rates[here], amplitudes[here] = _exponentials(matrix[here], entry[here], weights[here], group, links)
            exact[here] = ~_cancels(rates[here], amplitudes[here])
    return Bodies(matrix, entry, weights, rates, amplitudes, exact & ~_begins_late(rates, amplitudes, earliest))


def _groups(flows, entered, shown):
    """The stores that matter, in groups that exchange both ways, each before those it feeds."""
    n = len(flows)
    reach = flows.T | np.eye(n, dtype=bool)  # reach[i, j]: drug in i may come to j
    for k in range(n):
        reach |= reach[:, [k]] & reach[[k], :]
    matters = reach[entered].any(axis=0) & reach[:, shown].any(axis=1)
    left, groups = list(np.flatnonzero(matters)), []
    while left:
        first = next(k for k in left if not any(reach[j, k] and not reach[k, j] for j in left))
        group = [k for k in left if reach[first, k] and reach[k, first]]
        groups.append(group)
        left = [k for k in left if k not in group]
    return groups


def _links(flows, group):
    """Pairs of stores that exchange drug, the first of each known before the second; None where a group has a cycle."""
    flows = flows & np.equal.outer(group, group)
    if np.count_nonzero(np.triu(flows | flows.T, 1)) != len(group) - len(np.unique(group)):
        return None
    known, found = set(), []
    for first in range(len(group)):
        todo = [] if first in known else [first]
        known.add(first)
        while todo:
            i = todo.pop()
            for j in set(np.flatnonzero(flows[i]).tolist()) - known:
                known.add(j)
                found.append((i, j))
                todo.append(j)
    return found


def _exponentials(matrix, entry, weights, group, links):
    """Rates and amplitudes, each (n, patients)."""
    basis, inverse = np.zeros_like(matrix), np.zeros_like(matrix)
    rates, scale = np.empty_like(entry), np.ones_like(entry)
    for i, j in links:  # units in which a group is symmetric
        scale[j] = scale[i] * np.sqrt(matrix[j, i] / matrix[i, j])
    for each in range(len(np.unique(group))):
        own = group == each
        here, units = np.ix_(*[np.flatnonzero(own)] * 2), scale[own]
        symmetric = matrix[here] * units[None] / units[:, None]
        rates[own], turned = _rotated((symmetric + symmetric.swapaxes(0, 1)) / 2)
        basis[here] = units[:, None] * turned
        inverse[here] = turned.swapaxes(0, 1) / units[None]
    own = np.equal.outer(group, group)
    between = _product(inverse, _product(np.where(own[..., None], 0.0, matrix), basis))
    return rates, _amplitudes(rates, between, _product(inverse, entry[:, None])[:, 0],
                              _product(weights[None], basis)[0], group)


def _product(a, b):
    """The product of small matrices, patients last; elements that are zero in all cost nothing."""
    found = np.zeros((a.shape[0], b.shape[1], a.shape[-1]))
    some_a, some_b = a.any(axis=-1), b.any(axis=-1)
    for i, k in zip(*np.nonzero(some_a), strict=True):
        for j in np.flatnonzero(some_b[k]):
            found[i, j] += a[i, k] * b[k, j]
    return found


def _rotated(symmetric):
    """Eigenvalues (n, patients) and orthogonal eigenvectors (n, n, patients) by Jacobi's rotations."""
    a = symmetric.copy()
    n = len(a)
    vectors = np.zeros_like(a)
    vectors[np.arange(n), np.arange(n)] = 1.0
    for _ in range(_SWEEPS if n > 2 else n - 1):
        for p in range(n - 1):
            for q in range(p + 1, n):
                off = a[p, q]
                theta = (a[q, q] - a[p, p]) / (2 * off)
                tangent = np.where(off == 0, 0.0, np.copysign(1.0, theta) / (np.abs(theta) + np.hypot(theta, 1.0)))
                cosine = 1 / np.sqrt(1 + tangent**2)
                sine = tangent * cosine
                a[p, p], a[q, q] = a[p, p] - tangent * off, a[q, q] + tangent * off
                a[p, q] = a[q, p] = 0.0
                for k in range(n):
                    if k not in (p, q):
                        kp, kq = a[k, p], a[k, q]
                        a[k, p], a[k, q] = cosine * kp - sine * kq, sine * kp + cosine * kq
                        a[p, k], a[q, k] = a[k, p], a[k, q]
                vp, vq = vectors[:, p].copy(), vectors[:, q].copy()
                vectors[:, p], vectors[:, q] = cosine * vp - sine * vq, sine * vp + cosine * vq
        if n > 2 and not a[~np.eye(n, dtype=bool)].any():
            break
    return a[np.arange(n), np.arange(n)], vectors


def _amplitudes(rates, coupling, spread, seen, group):
    """Amplitudes after one milligram: the eigenvectors of a triangular matrix by substitution.

    That matrix has the ``rates`` on its diagonal and the ``coupling`` of later groups to earlier ones
    below; ``spread`` is what enters each of its places and ``seen`` what each place shows.
    """
    n = len(rates)
    vectors = np.zeros_like(coupling)  # column i belongs to rate i, and is one at i
    for i in range(n):
        vectors[i, i] = 1.0
        for j in range(i + 1, n):
            if group[j] > group[i]:
                fed = sum(coupling[j, k] * vectors[k, i] for k in range(i, j) if group[k] < group[j])
                vectors[j, i] = fed / (rates[i] - rates[j])
    share = spread.copy()
    for j in range(n):
        for i in range(j):
            if group[i] < group[j]:
                share[j] -= vectors[j, i] * share[i]
    return share * _product(seen[None], vectors)[0]


def _cancels(rates, amplitudes):
    """Whether the exponentials are much larger than what they add up to, (patients,)."""
    total, steepest = np.sum(np.abs(amplitudes), axis=0), np.max(np.abs(rates), axis=0)
    cancels = np.ones(rates.shape[1], dtype=bool)
    for rate in rates:  # most patients are told at the first of these times
        some = np.flatnonzero(cancels)
        shown = np.abs(np.sum(amplitudes[:, some] * np.exp(rates[:, some] / -rate[some]), axis=0))
        lost = total[some] * np.minimum(steepest[some] / np.abs(rate[some]), SLOWER)
        cancels[some] = ~(lost < LOSING * shown)
    return cancels | ~np.all(rates < 0, axis=0)


def _begins_late(rates, amplitudes, earliest):
    """Whether the exponentials cancel at a time, since next to nothing is shown there yet, (patients,)."""
    if earliest is None:
        return np.zeros(rates.shape[1], dtype=bool)
    with np.errstate(all="ignore"):
        parts = amplitudes * np.exp(rates * earliest)
        return np.sum(np.abs(parts), axis=0) > LOSING * np.abs(np.sum(parts, axis=0))
