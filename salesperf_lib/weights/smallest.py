"""The smallest change of dimension weights that flips two people or lifts one to a grade (METHODS §4)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from salesperf_lib.errors import DataError, Problem
from salesperf_lib.grades.distribution import Cohort, codes_of, cohorts_of
from salesperf_lib.grades.quotas import cumulative
from salesperf_lib.grades.ranking import FloatArray, IntArray, lowest_read_as, round_half_up
from salesperf_lib.params import DIMENSIONS, Grades
from salesperf_lib.region import TOLERANCE, nearest
from salesperf_lib.weights.closest import Lines
from salesperf_lib.weights.linear import at_base, dimension_points_at_base
from salesperf_lib.weights.panel import Panel
from salesperf_lib.weights.rescoring import score_once
from salesperf_lib.weights.space import WeightSpace

MOVES = ["person_id", "grade", "wanted", "reason", "distance", "moved", *DIMENSIONS]
_UNIT = 10_000
"""Weights are shown to a hundredth of a percent."""
_STEPS = 5


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """A change of the dimension weights, or why there is none.

    Parameters
    ----------
    weights
        The admissible weights closest to those in force, shape (3,); None if there are none.
    distance
        Euclidean, from the weights in force; NaN if there are none.
    moved
        Share of weight that moves: Σ|change| / 2.
    reason
        Empty; ``already`` (nothing need change), ``impossible`` (no admissible weights do it), or
        ``not_linear``: somebody whom it hangs on lacks a dimension, or places are scaled.
    shown
        Weights with four decimals that sum to 1 and do it as read, close by; unrounded where none do.
    """

    weights: FloatArray | None
    distance: float
    moved: float
    reason: str
    shown: FloatArray | None


@dataclass(frozen=True, slots=True, eq=False)
class _Field:
    """The people by their points on the dimensions, and who is graded among whom."""

    panel: Panel
    rules: Grades
    points: FloatArray
    cohorts: tuple[Cohort, ...]

    def codes(self, weights: FloatArray) -> IntArray:
        """Grade everybody as an appraisal under these weights would."""
        return codes_of(_read(self.panel, weights)[None], self.cohorts, self.rules)[0].astype(np.int64)


def flip(panel: Panel, space: WeightSpace, below: int, above: int) -> Change:
    """Find the smallest admissible change after which one scores at least as much as another.

    Parameters
    ----------
    panel
        The people.
    space
        The admissible weightings; sub-weights stay as decided.
    below, above
        Their rows in the panel.

    Raises
    ------
    DataError
        If a row is not one of the panel.

    Notes
    -----
    The projection of the weights in force on {(x_below − x_above) · w ≥ 0} within the region. Unrounded
    scores must be equal there; as read (hundredths) they can be so a little earlier.
    """
    fail_if_no_row(panel, below, above)
    points = dimension_points_at_base(panel)
    apart = points[below] - points[above]
    if np.isnan(apart).any():
        return no_change("not_linear")

    def holds(weights: FloatArray) -> bool:
        read = _read(panel, weights)
        return bool(read[below] >= read[above])

    if holds(space.centre):
        return _change(space.centre, space, holds, "already")
    found = nearest(space.corners, space.centre, apart, 0.0)
    return no_change("impossible") if found is None else _change(found, space, holds)


def lift(panel: Panel, space: WeightSpace, person: int, grade: int, rules: Grades) -> Change:
    """Find the smallest admissible change that gives a person a grade or a better one.

    Parameters
    ----------
    panel
        The people.
    space
        The admissible weightings; sub-weights stay as decided.
    person
        Row in the panel.
    grade
        Place of the grade in the thresholds, 0 = best.
    rules
        The rules of grades.

    Raises
    ------
    DataError
        If there is no such row or grade.

    Notes
    -----
    Thresholds: the projection on {x · w ≥ the lowest score read as the grade's}. Places: of K, fewer than
    K people of the cohort may be strictly above. The region falls into cells between the lines on which
    the person is equal to a colleague, so that the closest weights lie on such a line: where it comes
    closest, crosses another or leaves the region. Lines are walked in the order of their distance, until
    the next is further away than what is found. Unrounded scores, so as read a place may be reached a
    little earlier. A tie counts as promoted, also where points of a KPI break ties. Of colleagues whose
    scores are no straight lines only the rank is counted, on the lines and at places spread over the
    region: with them the change does it, but a smaller one may exist, and where none is found the reason
    is ``not_linear``.
    """
    fail_if_no_row(panel, person)
    fail_if_no_grade(rules, grade)
    field = _field(panel, rules)
    return _lift(field, space, person, grade, int(field.codes(space.centre)[person]))


def lowest_moves(panel: Panel, space: WeightSpace, rules: Grades, codes: IntArray) -> pd.DataFrame:
    """Find, for everybody who has not the best grade, the smallest change that gives the next better one.

    Parameters
    ----------
    panel, space, rules
        As for `lift`.
    codes
        Grades in force, shape (people,), 0 = best.

    Returns
    -------
    DataFrame
        One row per person, in the order of the panel: person_id, `grade` now and `wanted` as places,
        `reason`, `distance` and `moved` as in `Change`, and the weights that are shown, by dimension.

    Raises
    ------
    DataError
        If there is not one grade for every person.
    """
    if len(codes) != len(panel):
        raise DataError(Problem("codes", f"{len(codes)} grades for {len(panel)} people", "one for each"))
    field = _field(panel, rules)
    now = field.codes(space.centre) if len(panel) else codes
    rows: list[list[object]] = []
    for person in np.flatnonzero(np.asarray(codes) > 0).tolist():
        wanted = int(codes[person]) - 1
        found = _lift(field, space, person, wanted, int(now[person]))
        shown = np.full(len(DIMENSIONS), np.nan) if found.shown is None else found.shown
        name = panel.people["person_id"].iloc[person]
        rows.append([name, wanted + 1, wanted, found.reason, found.distance, found.moved, *shown.tolist()])
    return pd.DataFrame(rows, columns=MOVES)


def _field(panel: Panel, rules: Grades) -> _Field:
    return _Field(panel, rules, dimension_points_at_base(panel), cohorts_of(panel.people, rules))


def _lift(field: _Field, space: WeightSpace, person: int, grade: int, now: int) -> Change:
    own = field.points[person]
    cohort = next(item for item in field.cohorts if person in item.rows)
    rule = field.rules.distribution
    if np.isnan(own).any() or (cohort.forced and rule.cohort == "team" and rule.team_scale):
        return no_change("not_linear")

    def holds(weights: FloatArray) -> bool:
        return bool(field.codes(weights)[person] <= grade)

    if now <= grade:
        return _change(space.centre, space, holds, "already")
    if not cohort.forced:
        found = nearest(space.corners, space.centre, own, lowest_read_as(field.rules.thresholds[grade][1]))
        return no_change("impossible") if found is None else _change(found, space, holds)
    others = cohort.rows[cohort.rows != person]
    curved = others[np.isnan(field.points[others]).any(axis=1)]
    gaps = own - field.points[np.setdiff1d(others, curved)]
    search = Lines(field.panel, space, person, gaps, curved)
    found = search.closest(places_of(field.rules, len(cohort.rows), grade) - 1)
    if found is None:
        return no_change("not_linear" if len(curved) else "impossible")
    return _change(found, space, holds)


def places_of(rules: Grades, people: int, grade: int) -> int:
    """Count the places of a grade and all better ones in a cohort of so many people."""
    names = [name for name, _ in rules.thresholds]
    reached = [names.index(name) <= grade for name, _ in rules.distribution.quotas]
    counts = np.append(cumulative(people, rules.distribution.quotas), people)
    return int(counts[reached].max(initial=0))


def _read(panel: Panel, weights: FloatArray) -> FloatArray:
    return round_half_up(score_once(panel, at_base(panel, weights)))


def no_change(reason: str) -> Change:
    """Say why there is no change."""
    return Change(None, np.nan, np.nan, reason, None)


def _change(
    found: FloatArray, space: WeightSpace, holds: Callable[[FloatArray], bool], reason: str = ""
) -> Change:
    shown = _shown(found, None if reason else space.corners, holds)
    return change_to(found, space, shown, reason)


def change_to(found: FloatArray, space: WeightSpace, shown: FloatArray, reason: str = "") -> Change:
    """Measure a change from the weights in force."""
    step = found - space.centre
    return Change(found, float(np.linalg.norm(step)), float(np.abs(step).sum() / 2), reason, shown)


def _shown(
    weights: FloatArray, corners: FloatArray | None, holds: Callable[[FloatArray], bool]
) -> FloatArray:
    """Find the closest weights with four decimals that are admissible and do it as read."""
    steps = np.arange(-_STEPS, _STEPS + 1)
    first, second = np.meshgrid(*(np.round(weights[:2] * _UNIT)[:, None] + steps))
    units = np.stack([first.ravel(), second.ravel(), _UNIT - first.ravel() - second.ravel()], axis=1)
    near = units[units.min(axis=1) >= 0] / _UNIT
    for point in near[np.argsort(np.linalg.norm(near - weights, axis=1), kind="stable")]:
        inside = point if corners is None else nearest(corners, point)
        if inside is not None and np.abs(inside - point).max() <= TOLERANCE and holds(point):
            return point
    return weights


def fail_if_no_row(panel: Panel, *rows: int) -> None:
    """Refuse rows that the panel has not."""
    wrong = [row for row in rows if not 0 <= row < len(panel)]
    if wrong:
        raise DataError(Problem("panel", f"row {wrong[0]}", f"rows 0 to {len(panel) - 1}"))


def fail_if_no_grade(rules: Grades, grade: int) -> None:
    """Refuse places that the thresholds have not."""
    if not 0 <= grade < len(rules.thresholds):
        raise DataError(Problem("grades", f"place {grade}", f"places 0 to {len(rules.thresholds) - 1}"))
