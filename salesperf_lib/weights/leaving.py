"""How far weights can move one way before a person's grade changes, and to which (METHODS §4)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from salesperf_lib.grades.distribution import Cohort
from salesperf_lib.grades.quotas import cumulative
from salesperf_lib.grades.ranking import FloatArray, IntArray, lowest_read_as
from salesperf_lib.params import Grades
from salesperf_lib.weights.linear import SLACK, at_base
from salesperf_lib.weights.panel import Panel
from salesperf_lib.weights.rescoring import scores_of

NO_CHANGE = -1
"""Stands for a grade where the path ends and nothing changes."""

_GRAIN = 1e-12
_CELLS = 32
_BLOCK = 128


@dataclass(frozen=True, slots=True, eq=False)
class Path:
    """Weights that move one way: start + t · way, t from 0 to `limit`.

    Parameters
    ----------
    start, way
        Shape (3,); `way` sums to 0.
    limit
        From 0.
    """

    start: FloatArray
    way: FloatArray
    limit: float


@dataclass(frozen=True, slots=True, eq=False)
class Leaving:
    """Where people leave their grades on a path.

    Parameters
    ----------
    reach
        How far the grade stays, shape (people,); the path's limit where it does not change, NaN where
        scores or places follow no straight line.
    beyond
        Grade after it as a place, 0 = best; `NO_CHANGE` where there is none.
    here
        Grade at the start by unrounded scores.
    """

    reach: FloatArray
    beyond: IntArray
    here: IntArray


def leaving(
    panel: Panel, points: FloatArray, cohorts: tuple[Cohort, ...], rules: Grades, path: Path
) -> Leaving:
    """Follow everybody's score along a path, up to the first change of grade.

    Parameters
    ----------
    panel, cohorts, rules
        The people, who is graded among whom, and the rules of grades.
    points
        As `linear.dimension_points_at_base` gives them.
    path
        How weights move.
    """
    n = len(panel)
    found = Leaving(np.full(n, np.nan), np.full(n, NO_CHANGE), np.full(n, NO_CHANGE))
    rule = rules.distribution
    for cohort in cohorts:
        straight = ~np.isnan(points[cohort.rows]).any(axis=1)
        rows, curved = cohort.rows[straight], cohort.rows[~straight]
        if not cohort.forced:
            _past_marks(found, rows, points, rules, path)
        elif not (rule.cohort == "team" and rule.team_scale):
            _past_colleagues(found, (rows, curved), points, rules, (panel, path))
    return found


def _past_marks(found: Leaving, rows: IntArray, points: FloatArray, rules: Grades, path: Path) -> None:
    """Find where scores meet the thresholds."""
    marks = np.array([lowest_read_as(lowest) for _, lowest in rules.thresholds[:-1]])
    score, slope = points[rows] @ path.start, points[rows] @ path.way
    here = (score[:, None] < marks).sum(axis=1)
    padded = np.array([np.inf, *marks, -np.inf])
    upper, lower = padded[here], padded[here + 1]
    end = score + slope * path.limit
    up, down = end >= upper, end < lower
    goal = np.where(up, upper, lower)
    reach = np.full(len(rows), path.limit)
    np.divide(goal - score, slope, out=reach, where=(up | down) & (slope != 0))
    better, worse = (marks > upper[:, None]).sum(axis=1), (marks >= lower[:, None]).sum(axis=1)
    found.here[rows] = here
    found.reach[rows] = np.clip(reach, 0.0, path.limit)
    found.beyond[rows] = np.where(up, better, np.where(down, worse, NO_CHANGE))


def _past_colleagues(
    found: Leaving,
    members: tuple[IntArray, IntArray],
    points: FloatArray,
    rules: Grades,
    moved: tuple[Panel, Path],
) -> None:
    """Find where ranks leave the places of the grades, in blocks of people."""
    (rows, curved), (panel, path) = members, moved
    names = [name for name, _ in rules.thresholds]
    place = np.array([names.index(name) for name, _ in rules.distribution.quotas], np.int64)
    places = cumulative(len(rows) + len(curved), rules.distribution.quotas)
    score, slope = points[rows] @ path.start, points[rows] @ path.way
    steps = np.linspace(0.0, path.limit, _CELLS + 1)
    weights = at_base(panel, path.start + steps[:, None] * path.way)
    others = scores_of(panel.take(curved), weights) if len(curved) else np.empty((len(steps), 0))
    for start in range(0, len(rows), _BLOCK):
        own = slice(start, start + _BLOCK)
        above, at, rise = _crossings(score, slope, own, path.limit)
        if len(curved):
            line = score[own, None] + steps * slope[own, None]
            more = _crossings_of_curves(line, others, steps)
            above, at, rise = above + more[0], np.hstack([at, more[1]]), np.hstack([rise, more[2]])
        reach, beyond = _first_exit(above, at, rise, places)
        here = np.searchsorted(places, above, "right")
        left = np.isfinite(reach)
        found.here[rows[own]] = place[here]
        found.reach[rows[own]] = np.where(left, reach, path.limit)
        found.beyond[rows[own]] = np.where(left, place[np.searchsorted(places, beyond, "right")], NO_CHANGE)


def _crossings(
    score: FloatArray, slope: FloatArray, own: slice, limit: float
) -> tuple[IntArray, FloatArray, IntArray]:
    """Say how many are above at the start, and where each colleague rises above (+1) or falls level (−1)."""
    gap, change = score - score[own, None], slope - slope[own, None]
    above, ends_above = gap > SLACK, gap + change * limit > SLACK
    rise = ends_above.astype(np.int64) - above
    at = np.full(gap.shape, np.inf)
    np.divide(-gap, change, out=at, where=rise != 0)
    return above.sum(axis=1), np.where(rise != 0, np.clip(at, 0.0, limit), np.inf), rise


def _crossings_of_curves(
    line: FloatArray, others: FloatArray, steps: FloatArray
) -> tuple[IntArray, FloatArray, IntArray]:
    """Do so for colleagues whose scores are known at steps only, as if straight in between."""
    gap = others - line[:, :, None]
    above = gap > SLACK
    rise = above[:, 1:].astype(np.int64) - above[:, :-1]
    part = np.zeros(rise.shape)
    np.divide(gap[:, :-1], gap[:, :-1] - gap[:, 1:], out=part, where=rise != 0)
    at = steps[:-1, None] + np.clip(part, 0.0, 1.0) * np.diff(steps)[:, None]
    at, rise = np.where(rise != 0, at, np.inf).reshape(len(line), -1), rise.reshape(len(line), -1)
    met = (rise != 0).any(axis=0)
    return above[:, 0].sum(axis=1), at[:, met], rise[:, met]


def _first_exit(
    above: IntArray, at: FloatArray, rise: IntArray, places: IntArray
) -> tuple[FloatArray, IntArray]:
    """Walk the ranks from crossing to crossing, up to the first outside the places of the own grade.

    Returns
    -------
    two arrays of shape (people,)
        Where that is, infinite if nowhere; and how many are above from there on.
    """
    here = np.searchsorted(places, above, "right")
    least, most = np.array([0, *places])[here], np.array([*places, np.iinfo(np.int64).max])[here]
    reach, beyond = np.full(len(above), np.inf), above.copy()
    up, down = (rise > 0).sum(axis=1), (rise < 0).sum(axis=1)
    some = np.flatnonzero((above + up >= most) | (above - down < least))
    at, rise, count, row = at[some], rise[some], above[some, None], np.arange(len(some))
    # A colleague who falls level is no longer above there; one who rises is above only after it.
    turn = np.full(rise.shape, np.iinfo(np.int64).max)
    met = rise != 0
    turn[met] = np.round(at[met] / _GRAIN).astype(np.int64) * 2 + (rise[met] > 0)
    order = np.argsort(turn, axis=1, kind="stable")
    walk = count + np.take_along_axis(rise, order, axis=1).cumsum(axis=1)
    out = (walk < least[some, None]) | (walk >= most[some, None])
    first = order[row, out.argmax(axis=1)]
    left = out.any(axis=1)
    total = count[:, 0] + np.where(turn <= turn[row, first][:, None], rise, 0).sum(axis=1)
    reach[some[left]], beyond[some[left]] = at[row, first][left], total[left]
    return reach, beyond
