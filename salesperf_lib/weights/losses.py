"""The smallest change of dimension weights after which a person has a lower grade (METHODS §4)."""

from __future__ import annotations

import numpy as np

from salesperf_lib.grades import Cohort, cohorts_of, lowest_read_as
from salesperf_lib.params import Grades
from salesperf_lib.region import nearest
from salesperf_lib.weights.closest import Lines
from salesperf_lib.weights.linear import SLACK, dimension_points_at_base
from salesperf_lib.weights.panel import FloatArray, Panel
from salesperf_lib.weights.smallest import (
    Change,
    change_to,
    fail_if_no_grade,
    fail_if_no_row,
    no_change,
    places_of,
)
from salesperf_lib.weights.space import WeightSpace

_LEAD = 0.01 + 1e-6
"""Points by which two scores must be apart to be read as different, whatever they are."""


def drop(panel: Panel, space: WeightSpace, person: int, grade: int, rules: Grades) -> Change:
    """Find the smallest admissible change after which a person no longer has a grade or a better one.

    Parameters
    ----------
    panel, space, person, grade, rules
        As for `smallest.lift`.

    Returns
    -------
    Change
        `weights` unrounded, not rounded for show; its reason is empty, ``impossible`` or ``not_linear``.

    Raises
    ------
    DataError
        If there is no such row or grade.

    Notes
    -----
    The mirror image of `smallest.lift`. Thresholds: the projection on {x · w just below the lowest score
    read as the grade's}. Places: of K, at least K people of the cohort must be above, by .01 point, which is
    read as more in any case: two scores that are read as different may be so a little earlier.
    """
    fail_if_no_row(panel, person)
    fail_if_no_grade(rules, grade)
    points = dimension_points_at_base(panel)
    cohort = next(item for item in cohorts_of(panel.people, rules) if person in item.rows)
    rule = rules.distribution
    scaled = cohort.forced and rule.cohort == "team" and bool(rule.team_scale)
    involved = points[cohort.rows] if cohort.forced else points[[person]]
    if scaled or np.isnan(involved).any():
        return no_change("not_linear")
    if cohort.forced:
        places = places_of(rules, len(cohort.rows), grade)
        found = _below_colleagues((panel, space), points, person, cohort, places)
    else:
        mark = lowest_read_as(rules.thresholds[grade][1])
        found = nearest(space.corners, space.centre, -points[person], SLACK - mark)
    return no_change("impossible") if found is None else change_to(found, space, found)


def _below_colleagues(
    world: tuple[Panel, WeightSpace], points: FloatArray, person: int, cohort: Cohort, places: int
) -> FloatArray | None:
    """Find the closest weights under which as many colleagues are above as there are places."""
    others = cohort.rows[cohort.rows != person]
    # Seen from a colleague's side: how far each is ahead. `closest` limits how many are not.
    ahead = points[others] - points[person] - _LEAD
    lines = Lines(*world, person, ahead, others[:0])
    return lines.closest(len(others) - places)
