"""Curves between their points: where they cross a level, what they enclose, where they peak.

Between two points runs a monotone cubic (Fritsch and Carlson's kind), fitted separately between
doses because the curve has a kink at each. A monotone piece crosses a level at most once, so the
crossings are roots of a cubic and no result depends on counting grid points.
"""

from dataclasses import dataclass

import numpy as np

#: Two times, or a value and a limit, that differ by less than this share are equal.
ROUNDING = 1e-12
BELOW, INSIDE, ABOVE = -1, 0, 1


@dataclass(frozen=True, eq=False)
class Curves:
    """Curves on one grid of times, as pieces of cubic polynomials.

    Parameters
    ----------
    left, right : ndarray, shape (pieces,)
        Where each piece begins and ends; the pieces follow each other without gap.
    cubic : ndarray, shape (4, pieces, curves)
        Coefficients of the time since ``left``, highest power first.
    last : ndarray, shape (pieces, curves)
        Values at ``right``.
    """

    left: np.ndarray
    right: np.ndarray
    cubic: np.ndarray
    last: np.ndarray

    @classmethod
    def through(cls, times, values, breaks=()):
        """Curves through points.

        Parameters
        ----------
        times : array, shape (points,)
            Not falling; a time that stands twice is a jump.
        values : array, shape (curves, points)
        breaks : sequence of float
            Times of kinks (doses). Those that are not among ``times`` cannot be honoured.
        """
        from scipy.interpolate import PchipInterpolator

        times, values = np.asarray(times, dtype=float), np.atleast_2d(np.asarray(values, dtype=float)).T
        on_grid = on(times, breaks)
        ends = {int(np.argmin(np.abs(times - each))) for each in np.asarray(breaks, dtype=float)[on_grid]}
        starts = sorted({0, *(k for k in ends if 0 < k < len(times) - 1)})
        pieces = []
        for begin, end in zip(starts, [*starts[1:], len(times) - 1], strict=True):
            jumps = begin + 1 + np.flatnonzero(np.diff(times[begin:end + 1]) == 0)
            for part in np.split(np.arange(begin, end + 1), jumps - begin):
                if len(part) > 1:
                    # Slopes of values near the smallest number overflow to 0, which is what they are.
                    with np.errstate(over="ignore", under="ignore"):
                        pieces.append((part, PchipInterpolator(times[part], values[part]).c))
        index = np.concatenate([part[:-1] for part, _ in pieces])
        return cls(times[index], times[index + 1], np.concatenate([c for _, c in pieces], axis=1), values[index + 1])

    @property
    def first(self):
        """Values at the left ends, shape (pieces, curves)."""
        return self.cubic[3]

    def at(self, time, side="right"):
        """The values at one time, shape (curves,); at a jump the value on the given side."""
        k, since = self._piece(time, side)
        return self.last[k] if time >= self.right[k] else _cubic(self.cubic[:, k], since)

    def integral(self, begin, end):
        """The exact areas under the curves between two times, shape (curves,)."""
        width = np.clip(self.right, begin, end) - self.left
        start = np.clip(self.left, begin, end) - self.left
        inside = np.flatnonzero(width > start)
        return (_area(self.cubic[:, inside], width[inside]) - _area(self.cubic[:, inside], start[inside])).sum(axis=0)

    def corners(self, begin, end):
        """Times (corners,) and values (corners, curves) between which all curves are monotone."""
        times = np.stack([self.left, self.right], axis=1).ravel()
        values = np.stack([self.first, self.last], axis=1).reshape(len(times), -1)
        kept = (times > begin) & (times < end)
        return (np.concatenate([[begin], times[kept], [end]]),
                np.concatenate([[self.at(begin)], values[kept], [self.at(end, "left")]]))

    def crossings(self, level):
        """Where the curves cross a level: arrays of times and of curve numbers, in no order.

        A curve that only touches the level, but for rounding, does not cross it.
        """
        low, high = np.minimum(self.first, self.last), np.maximum(self.first, self.last)
        piece, curve = np.nonzero((low < level * (1 - ROUNDING)) & (high > level * (1 + ROUNDING)))
        c = self.cubic[:, piece, curve]
        rising = self.last[piece, curve] > level
        begin, end = np.zeros(len(piece)), (self.right - self.left)[piece]
        # Halving finds the one root of a monotone cubic to the last digit, whatever its shape.
        for _ in range(60):
            middle = (begin + end) / 2
            before = (_cubic(c, middle) < level) == rising
            begin, end = np.where(before, middle, begin), np.where(before, end, middle)
        return self.left[piece] + (begin + end) / 2, curve

    def stays(self, lower, upper):
        """For each curve, when it is on which side of a window.

        Returns
        -------
        list of (edges, sides)
            ``sides[i]`` (-1 below, 0 inside, 1 above) holds from ``edges[i]`` to ``edges[i + 1]``.
            The limits belong to the window.
        """
        times, curves = map(np.concatenate, zip(*(self.crossings(level) for level in (lower, upper)), strict=True))
        found = []
        for k in range(self.cubic.shape[2]):
            edges = np.unique(np.concatenate([self.left, self.right[-1:], times[curves == k]]))
            edges = np.append(edges[:-1][np.diff(edges) > ROUNDING * (edges[-1] - edges[0])], edges[-1])
            middle = (edges[:-1] + edges[1:]) / 2
            piece = np.clip(np.searchsorted(self.left, middle, "right") - 1, 0, len(self.left) - 1)
            values = _cubic(self.cubic[:, piece, k], middle - self.left[piece])
            below, above = (values < lower * (1 - ROUNDING)) & (lower > 0), values > upper * (1 + ROUNDING)
            sides = np.where(below, BELOW, np.where(above, ABOVE, INSIDE))
            kept = np.append(True, np.diff(sides) != 0)
            found.append((np.append(edges[:-1][kept], edges[-1]), sides[kept]))
        return found

    def _piece(self, time, side):
        k = int(np.clip(np.searchsorted(self.left, time, side) - 1, 0, len(self.left) - 1))
        return k, time - self.left[k]


def on(times, wanted):
    """Which of the wanted times stand on a grid, but for rounding."""
    times, wanted = np.asarray(times, dtype=float), np.atleast_1d(np.asarray(wanted, dtype=float))
    near = ROUNDING * 1e3 * max(1.0, float(np.abs(times).max()))
    return np.array([bool(np.abs(times - each).min() <= near) for each in wanted], dtype=bool)


def _cubic(c, since):
    return ((c[0] * since + c[1]) * since + c[2]) * since + c[3]


def _area(c, since):
    since = since[:, None]
    return (((c[0] / 4 * since + c[1] / 3) * since + c[2] / 2) * since + c[3]) * since
