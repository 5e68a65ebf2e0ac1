"""The weights closest to those in force under which few enough colleagues are above a person (METHODS §4).

The region falls into cells between the lines on which the person is equal to a colleague. Inside a cell
nothing changes, so the closest weights are those in force or lie on a line.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from salesperf_lib.grades.ranking import FloatArray, IntArray
from salesperf_lib.region import nearest, spread
from salesperf_lib.weights.linear import SLACK, at_base, chords
from salesperf_lib.weights.panel import Panel
from salesperf_lib.weights.rescoring import scores_of
from salesperf_lib.weights.space import WeightSpace

_TRIED = 2048
_LED = 128
_HALVINGS = 40


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """The lines on which a person is equal to colleagues.

    Parameters
    ----------
    panel, space
        The people and the admissible weightings.
    person
        Row in the panel.
    gaps
        Own points less those of each colleague with a line gaps · w = 0, shape (m, 3).
    curved
        Rows of the colleagues whose scores are no straight lines.
    """

    panel: Panel
    space: WeightSpace
    person: int
    gaps: FloatArray
    curved: IntArray

    def closest(self, room: int) -> FloatArray | None:
        """Find the closest weights under which at most so many colleagues are above.

        Returns
        -------
        array of shape (3,), or None
            None if there are none; with `curved` colleagues: if none are found on the lines and at 2048
            places spread over the region.
        """
        corners, centre = self.space.corners, self.space.centre
        at = self.gaps @ corners.T
        room -= int((at.max(axis=1) < -SLACK).sum())
        gaps = self.gaps[(at.max(axis=1) >= -SLACK) & (at.min(axis=1) < -SLACK)]
        start = nearest(corners, centre)
        if room < 0 or start is None:
            return None
        if self._above(gaps, start[None])[0] <= room:
            return start
        near, far = chords(corners, gaps)
        length = np.linalg.norm(far - near, axis=1)
        way = np.divide(far - near, length[:, None], out=np.zeros_like(near), where=length[:, None] > 0)
        foot = np.clip(((centre - near) * way).sum(axis=1), 0.0, length)
        distance = np.linalg.norm(near + foot[:, None] * way - centre, axis=1)
        best = self._tried(gaps, room, start) if len(self.curved) else None
        least = np.inf if best is None else float(np.linalg.norm(best - centre))
        for line in np.argsort(distance, kind="stable"):
            if distance[line] >= least:
                break
            found = self._on_line(near[line], way[line], (foot[line], length[line]), gaps, room)
            if found is not None and (away := float(np.linalg.norm(found - centre))) < least:
                best, least = found, away
        return best

    def _on_line(
        self, start: FloatArray, way: FloatArray, marks: tuple[float, float], gaps: FloatArray, room: int
    ) -> FloatArray | None:
        """Find the place on a chord that is closest to its foot and leaves at most `room` above."""
        foot, length = marks
        value, slope = gaps @ start, gaps @ way
        level = np.abs(slope) * max(length, 1.0) <= SLACK
        up, down = ~level & (slope > 0), ~level & (slope < 0)
        # The one is above before these places, the other after them.
        before = np.sort((-SLACK - value[up]) / slope[up])
        after = np.sort((-SLACK - value[down]) / slope[down])
        meets = -value[~level] / slope[~level]
        places = np.concatenate([[foot, 0.0, length], meets[(meets >= 0) & (meets <= length)]])
        places = places[np.argsort(np.abs(places - foot), kind="stable")]
        above = (
            len(before) - np.searchsorted(before, places, "right") + np.searchsorted(after, places, "left")
        )
        points = start + places[above + (value[level] < -SLACK).sum() <= room, None] * way
        if not len(self.curved):
            return points[0] if len(points) else None
        return next(iter(points[self._above(gaps, points) <= room]), None)

    def _tried(self, gaps: FloatArray, room: int, bad: FloatArray) -> FloatArray | None:
        """Take the closest of many places, and lead them straight towards one where it does not hold."""
        points = spread(self.space.corners, _TRIED)
        points = points[self._above(gaps, points) <= room]
        if not len(points):
            return None
        good = points[np.argsort(np.linalg.norm(points - self.space.centre, axis=1), kind="stable")[:_LED]]
        low = np.broadcast_to(bad, good.shape)
        for _ in range(_HALVINGS):
            middle = (good + low) / 2
            holds = (self._above(gaps, middle) <= room)[:, None]
            good, low = np.where(holds, middle, good), np.where(holds, low, middle)
        return good[np.linalg.norm(good - self.space.centre, axis=1).argmin()]

    def _above(self, gaps: FloatArray, weights: FloatArray) -> IntArray:
        """Count the colleagues strictly above under each scheme."""
        above = (gaps @ weights.T < -SLACK).sum(axis=0)
        if not len(self.curved) or not len(weights):
            return above
        rows = np.sort(np.append(self.curved, self.person))
        scores = scores_of(self.panel.take(rows), at_base(self.panel, weights))
        own = scores[:, np.searchsorted(rows, self.person)]
        return above + (scores > own[:, None] + SLACK).sum(axis=1)
