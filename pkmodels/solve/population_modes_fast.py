"""The same exponentials as `population_modes`, compiled, patients side by side (see there for the mathematics).

Arrays hold `LANES` patients in their last dimension; loops over them become vectors. No lane's arithmetic depends on
its neighbours.
"""

import math

import numpy as np
from numba import njit

from .population_notes import OPTIONS
from .population_roots import LANES, exponential


def exponentials(matrix, entry, weights, flows, group, links, sweeps, losing, slower):
    """Rates and amplitudes (n, patients), and whether they are exact (patients,).

    Parameters
    ----------
    matrix, entry, weights
        As `pkmodels.solve.population_modes.bodies`, stores in groups, each group before those it feeds.
    flows : array of bool (n, n)
        Which elements of the matrix are not zero in all patients.
    group : array (n,)
        The group of each store.
    links : list of pairs
        Stores of one group that exchange drug, the first of each pair known before the second.
    sweeps : int
        The most of Jacobi's rotations.
    losing, slower : float
        As `population_modes.LOSING` and `population_modes.SLOWER`.
    """
    rates, amplitudes = np.empty(entry.shape), np.empty(entry.shape)
    exact = np.empty(entry.shape[1], dtype=np.bool_)
    _blocks(matrix, np.ascontiguousarray(entry), np.ascontiguousarray(weights), flows, group.astype(np.int64),
            np.array(links, dtype=np.int64).reshape(-1, 2), sweeps, losing, slower, rates, amplitudes, exact)
    return rates, amplitudes, exact


@njit(**OPTIONS)
def _blocks(matrix, entry, weights, flows, group, links, sweeps, losing, slower, rates, amplitudes, exact):
    n, count = entry.shape
    a, s, turned, between, fed = (np.empty((n, n, LANES)), np.empty((n, n, LANES)), np.empty((n, n, LANES)),
                                  np.empty((n, n, LANES)), np.empty((n, n, LANES)))
    b, w, scale, rate, share, seen = (np.empty((n, LANES)), np.empty((n, LANES)), np.empty((n, LANES)),
                                      np.empty((n, LANES)), np.empty((n, LANES)), np.empty((n, LANES)))
    total, steepest, kept = np.empty(LANES), np.empty(LANES), np.empty(LANES)
    for offset in range(0, count, LANES):
        used = min(LANES, count - offset)
        for i in range(n):
            for p in range(LANES):  # lanes that are not used repeat the first patient
                who = offset + (p if p < used else 0)
                b[i, p], w[i, p] = entry[i, who], weights[i, who]
            for j in range(n):
                if flows[i, j]:
                    for p in range(LANES):
                        a[i, j, p] = matrix[i, j, offset + (p if p < used else 0)]
                else:
                    a[i, j] = 0.0
        _symmetric(a, flows, group, links, scale, s)
        _rotate(s, turned, group, sweeps)
        for i in range(n):
            rate[i] = s[i, i]
        _couple(a, b, w, flows, group, scale, turned, between, share, seen)
        _substitute(rate, between, group, fed, share, seen)
        _judge(rate, seen, losing, slower, total, steepest, kept)
        for i in range(n):
            rates[i, offset: offset + used], amplitudes[i, offset: offset + used] = rate[i, :used], seen[i, :used]
        for p in range(used):
            exact[offset + p] = kept[p] == 1.0


@njit(**OPTIONS)
def _symmetric(a, flows, group, links, scale, s):
    """The matrices of the groups in units in which they are symmetric."""
    n = len(a)
    scale[:] = 1.0
    for k in range(len(links)):
        i, j = links[k]
        for p in range(LANES):
            scale[j, p] = scale[i, p] * math.sqrt(a[j, i, p] / a[i, j, p])
    s[:] = 0.0
    for i in range(n):
        for j in range(n):
            if group[i] == group[j] and flows[i, j]:
                for p in range(LANES):
                    s[i, j, p] = 0.5 * (a[i, j, p] * scale[j, p] / scale[i, p] + a[j, i, p] * scale[i, p] / scale[j, p])


@njit(**OPTIONS)
def _rotate(a, vectors, group, sweeps):
    """Jacobi's rotations: eigenvalues come onto the diagonal, eigenvectors into columns."""
    n = len(a)
    vectors[:] = 0.0
    for i in range(n):
        vectors[i, i] = 1.0
    cosine, sine = np.empty(LANES), np.empty(LANES)
    for _ in range(sweeps):
        turned = 0.0
        for i in range(n - 1):
            for j in range(i + 1, n):
                some = 0.0
                for p in range(LANES):
                    some += 0.0 if a[i, j, p] == 0.0 else 1.0
                if some == 0.0:
                    continue
                turned += some
                for p in range(LANES):
                    off = a[i, j, p]
                    theta = (a[j, j, p] - a[i, i, p]) / (2.0 * off)
                    tangent = math.copysign(1.0, theta) / (abs(theta) + math.sqrt(theta * theta + 1.0))
                    tangent = 0.0 if off == 0.0 else tangent
                    cosine[p] = 1.0 / math.sqrt(1.0 + tangent * tangent)
                    sine[p] = tangent * cosine[p]
                    a[i, i, p] -= tangent * off
                    a[j, j, p] += tangent * off
                    a[i, j, p] = a[j, i, p] = 0.0
                for k in range(n):
                    if group[k] != group[i]:
                        continue
                    if k != i and k != j:
                        _turn(a[k, i], a[k, j], cosine, sine)
                        a[i, k], a[j, k] = a[k, i], a[k, j]
                    _turn(vectors[k, i], vectors[k, j], cosine, sine)
        if turned == 0.0:
            break


@njit(**OPTIONS)
def _turn(first, second, cosine, sine):
    for p in range(LANES):
        one, other = first[p], second[p]
        first[p], second[p] = cosine[p] * one - sine[p] * other, sine[p] * one + cosine[p] * other


@njit(**OPTIONS)
def _couple(a, b, w, flows, group, scale, turned, between, share, seen):
    """How each group's eigenvectors feed those of later groups, what enters them and what they show."""
    n = len(a)
    between[:], share[:], seen[:] = 0.0, 0.0, 0.0
    for i in range(n):
        for k in range(n):
            if group[k] != group[i]:
                continue
            for p in range(LANES):
                share[i, p] += turned[k, i, p] / scale[k, p] * b[k, p]
                seen[i, p] += turned[k, i, p] * scale[k, p] * w[k, p]
            for m in range(n):
                if not flows[k, m] or group[m] == group[i]:
                    continue
                for j in range(n):
                    if group[j] == group[m]:
                        for p in range(LANES):
                            between[i, j, p] += (turned[k, i, p] / scale[k, p] * a[k, m, p]
                                                 * scale[m, p] * turned[m, j, p])


@njit(**OPTIONS)
def _substitute(rate, between, group, vectors, share, seen):
    """As `population_modes._amplitudes`; the amplitudes come into ``seen``."""
    n = len(rate)
    vectors[:] = 0.0
    for i in range(n):
        vectors[i, i] = 1.0
        for j in range(i + 1, n):
            if group[j] == group[i]:
                continue
            for k in range(i, j):
                if group[k] < group[j]:
                    for p in range(LANES):
                        vectors[j, i, p] += between[j, k, p] * vectors[k, i, p]
            for p in range(LANES):
                vectors[j, i, p] /= rate[i, p] - rate[j, p]
    for j in range(n):
        for i in range(j):
            if group[i] < group[j]:
                for p in range(LANES):
                    share[j, p] -= vectors[j, i, p] * share[i, p]
    for i in range(n):  # a later row is not yet changed where it is needed
        for j in range(i + 1, n):
            if group[j] > group[i]:
                for p in range(LANES):
                    seen[i, p] += seen[j, p] * vectors[j, i, p]
    for i in range(n):
        for p in range(LANES):
            seen[i, p] *= share[i, p]


@njit(**OPTIONS)
def _judge(rate, amplitude, losing, slower, total, steepest, kept):
    """1 where the rates are negative and the exponentials are not much larger than what they add up to."""
    n = len(rate)
    for p in range(LANES):
        total[p], steepest[p], kept[p] = 0.0, 0.0, 0.0
        for i in range(n):
            total[p] += abs(amplitude[i, p])
            steepest[p] = max(steepest[p], abs(rate[i, p]))
    for k in range(n):  # most patients are told at the first of these times
        left = 0.0
        for p in range(LANES):
            shown = 0.0
            for i in range(n):
                shown += amplitude[i, p] * exponential(rate[i, p] / -rate[k, p])
            lost = total[p] * min(steepest[p] / abs(rate[k, p]), slower)
            kept[p] = 1.0 if lost < losing * abs(shown) else kept[p]
            left += 1.0 - kept[p]
        if left == 0.0:
            break
    for p in range(LANES):
        for i in range(n):
            kept[p] = kept[p] if rate[i, p] < 0.0 else 0.0
