"""How often everybody has each grade, counted over blocks of weightings (§4)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from salesperf_lib.grades import Cohort, codes_of, hundredths
from salesperf_lib.params import Grades
from salesperf_lib.weights.panel import FloatArray, IntArray

_BYTE = 255


def grade_codes(
    scores: FloatArray, cohorts: Sequence[Cohort], rules: Grades, tie_points: FloatArray | None = None
) -> NDArray[np.int8]:
    """Grade unrounded scores, shape (draws, people), by the rules of published grades: 0 = best."""
    return codes_of(hundredths(scores), cohorts, rules, tie_points)


def count_grades(
    scores: FloatArray, cohorts: Sequence[Cohort], rules: Grades, tie_points: FloatArray | None = None
) -> IntArray:
    """Count how often everybody has each grade.

    Parameters
    ----------
    scores
        Unrounded, shape (draws, people), in float64.
    cohorts, rules, tie_points
        As for `grades.codes_of`.

    Returns
    -------
    array of shape (people, grades)
        Best grade first; rows sum to the number of draws.
    """
    return tally(grade_codes(scores, cohorts, rules, tie_points), len(rules.thresholds))


def tally(codes: NDArray[np.int8], grades: int) -> IntArray:
    """Count codes by column, shape (people, grades)."""
    found = np.stack([hits(codes == grade) for grade in range(grades - 1)], axis=1)
    return np.concatenate([found, len(codes) - found.sum(axis=1, keepdims=True)], axis=1)


def hits(told: NDArray[np.bool_]) -> IntArray:
    """Count by column, in bytes, which add up many at a time; shape (columns,)."""
    found = np.zeros(told.shape[1], np.int64)
    for start in range(0, len(told), _BYTE):
        found += np.add.reduce(told[start : start + _BYTE].view(np.uint8), axis=0, dtype=np.uint8)
    return found
