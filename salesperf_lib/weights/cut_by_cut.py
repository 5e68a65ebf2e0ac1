"""Who misses which cut, in a block of draws: everybody at once, or each cut among those open at it (§4)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from math import ceil

import numpy as np
from numpy.typing import NDArray

from salesperf_lib.grades import Cohort, cumulative, cuts_of, hundredths
from salesperf_lib.params import Grades
from salesperf_lib.weights.counting import grade_codes
from salesperf_lib.weights.panel import FloatArray, IntArray, Panel
from salesperf_lib.weights.screening import Screen

Misses = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """Whom to score in every draw, and how to judge the scores.

    Parameters
    ----------
    panel
        Those to score; some several times, once for each cut at which they are open.
    stretches
        Pairs of a cut (0 = between the best two grades) and rows of the whole panel.
    judge
        Gives, of scores (draws, people of `panel`), who misses: one array (draws, rows) per stretch.
    """

    panel: Panel
    stretches: tuple[tuple[int, IntArray], ...]
    judge: Callable[[FloatArray], list[Misses]]


def everybody(panel: Panel, cohorts: Sequence[Cohort], rules: Grades, tie_points: FloatArray | None) -> Trial:
    """Grade everybody in every draw, by the rules of published grades."""
    cuts, rows = range(len(rules.thresholds) - 1), np.arange(len(panel))
    judge = partial(_by_codes, cohorts=cohorts, rules=rules, tie_points=tie_points)
    return Trial(panel, tuple((cut, rows) for cut in cuts), judge)


def only_open(panel: Panel, cohorts: Sequence[Cohort], rules: Grades, seen: Screen) -> Trial:
    """Judge each cut of each cohort among those who can be on either side of it.

    Notes
    -----
    With those left out who are always above or always below a cut, the K-th best score of the cohort is
    the (K − those above)-th best of the rest (`screening.screen`). Only where `separable`.
    """
    stretches: list[tuple[int, IntArray]] = []
    marks: list[tuple[int | None, float]] = []
    for cohort in cohorts:
        places = cumulative(len(cohort.rows), rules.distribution.quotas) if cohort.forced else None
        for cut, (_, lowest) in enumerate(rules.thresholds[:-1]):
            above, below = seen.above[cohort.rows, cut], seen.below[cohort.rows, cut]
            rows = cohort.rows[~(above | below)]
            if len(rows):
                stretches.append((cut, rows))
                left = None if places is None else int(places[cut] - above.sum())
                marks.append((left, ceil(round(lowest * 100, 6))))
    whole = np.concatenate([rows for _, rows in stretches]) if stretches else np.zeros(0, np.int64)
    ends = np.cumsum([0, *(len(rows) for _, rows in stretches)]).tolist()
    judge = partial(_by_stretch, ends=ends, marks=tuple(marks))
    return Trial(panel.take(whole), tuple(stretches), judge)


def separable(rules: Grades, tie_points: FloatArray | None) -> bool:
    """Say whether each cut can be judged by itself, with the places that are left at it.

    Not where places depend on everybody's scores, where a KPI breaks ties, or where the places name other
    grades than the thresholds.
    """
    rule = rules.distribution
    if rule.kind == "thresholds":
        return True
    same = [name for name, _ in rule.quotas] == [name for name, _ in rules.thresholds]
    return same and tie_points is None and not (rule.cohort == "team" and rule.team_scale)


def _by_codes(
    scores: FloatArray, cohorts: Sequence[Cohort], rules: Grades, tie_points: FloatArray | None
) -> list[Misses]:
    codes = grade_codes(scores, cohorts, rules, tie_points)
    return [codes > cut for cut in range(len(rules.thresholds) - 1)]


def _by_stretch(
    scores: FloatArray, ends: Sequence[int], marks: Sequence[tuple[int | None, float]]
) -> list[Misses]:
    read = hundredths(scores)
    found: list[Misses] = []
    for number, (places, lowest) in enumerate(marks):
        own = read[:, ends[number] : ends[number + 1]]
        found.append(own < (lowest if places is None else cuts_of(own, np.array([places]))))
    return found
