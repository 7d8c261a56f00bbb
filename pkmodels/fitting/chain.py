"""One side of a profile: outward in steps until the cut is passed or a bound reached, then to the crossing."""

from dataclasses import dataclass, field

import numpy as np

#: Steps outward aim at this rise of the height (the root of the likelihood ratio in units of the cut).
RISE = 0.3
#: The crossing is found to this share of the half-width.
CROSSING = 1e-6
#: A crossing that is found less well than this is called rough.
ROUGH = 1e-3


@dataclass
class Chain:
    """One side of a profile on its way; points are (where, height, place, sum of squares)."""

    sign: int
    edge: float
    step: float
    points: list
    tolerance: float
    state: str = "walking"
    failures: int = 0
    inside_points: list = field(default_factory=list)
    bracket: list = field(default_factory=list)
    kept: int = 0

    @property
    def end(self):
        if self.state == "crossed":
            (a, f, *_), (b, g, *_) = self.bracket
            return a + (b - a) * (1 - f) / (g - f) if g > f else b
        return self.edge if self.state == "bound" else self.points[-1][0]

    @property
    def rough(self):
        """Whether the crossing is only known to lie within the last step."""
        (a, f, *_), (b, g, *_) = self.bracket or [(0.0, 1.0), (0.0, 1.0)]
        return bool(min(abs(f - 1), abs(g - 1)) > ROUGH and abs(b - a) > ROUGH * abs(b - self.points[0][0]))

    def check_edge(self):
        if self.sign * (self.edge - self.points[-1][0]) <= self.tolerance:
            self.state = "bound"

    def proposal(self):
        x, _, place, _ = self.points[-1]
        at = x + self.sign * self.step
        at = self.edge if self.sign * (at - self.edge) > 0 else at
        starts = [place, self.points[0][2]]
        if len(self.points) > 1:
            before, _, other, _ = self.points[-2]
            starts.insert(0, place + (place - other) * (at - x) / (x - before))
        return at, starts

    def between(self):
        """Illinois's rule on the height, warm from both ends."""
        (a, f, left, _), (b, g, right, _) = self.bracket
        low, high = f - 1, g - 1
        if self.kept <= -2:
            high /= 2
        elif self.kept >= 2:
            low /= 2
        part = np.clip(-low / (high - low) if high > low and not self.failures else 0.5, 0.01, 0.99)
        return a + (b - a) * part, [left + (right - left) * part, left, right]

    def narrow(self):
        (a, f, *_), (b, g, *_) = self.bracket
        close = min(abs(f - 1), abs(g - 1)) < CROSSING
        return close or abs(b - a) <= 1e-12 * (1 + abs(a)) or self.failures > 8

    def take(self, asked, x, height, place, squares):
        point = (float(x), float(height), place, float(squares))
        if self.state == "crossed":
            (a, *_), (b, *_) = self.bracket
            if not (np.isfinite(squares) and min(a, b) <= x <= max(a, b)):
                self.failures += 3
                return
            self.inside_points.append(point)
            if abs(height - 1) < CROSSING:
                self.bracket = [point, point]
            elif height < 1:
                self.bracket[0], self.kept = point, min(self.kept, 0) - 1
            else:
                self.bracket[1], self.kept = point, max(self.kept, 0) + 1
            return
        before = self.points[-1]
        moved = self.sign * (x - before[0])
        if not np.isfinite(squares) or moved < 0.1 * abs(asked - before[0]):
            self.failures += 1
            self.step /= 4
            if self.failures > 5:
                self.state = "lost" if np.isfinite(squares) else "unsettled"
            return
        self.points.append(point)
        if height >= 1:
            self.state, self.bracket, self.failures = "crossed", [before, point], 0
            return
        self.check_edge()
        self.step *= float(np.clip(RISE / max(height - before[1], 1e-3), 0.5, 3.0))
