"""Who is graded among whom, and the grades of one score per person or of thousands of draws (§2.3)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from salesperf_lib.grades.cuts import Read, cuts_of
from salesperf_lib.grades.quotas import cumulative, team_factors, team_places
from salesperf_lib.grades.ranking import FloatArray, IntArray
from salesperf_lib.params import Grades

THRESHOLDS = "thresholds"
"""The cohort of people who are graded by the thresholds, by rule or because theirs is too small."""

PROMOTE = "promote"


@dataclass(frozen=True, slots=True)
class Cohort:
    """People who share the places of the grades, or are graded by the thresholds.

    Parameters
    ----------
    label
        ``thresholds``, ``company``, ``role:<role>`` or ``team:<team>``.
    rows
        Their rows, in the order of the people given to `cohorts_of`.
    """

    label: str
    rows: IntArray

    @property
    def forced(self) -> bool:
        """Say whether its grades follow places instead of thresholds."""
        return self.label != THRESHOLDS


def cohorts_of(people: pd.DataFrame, rules: Grades) -> tuple[Cohort, ...]:
    """Say who is graded among whom.

    Parameters
    ----------
    people
        Those who are graded, one row each: team_id, role. Whoever is vetoed or not assessed is left
        out beforehand.
    rules
        The rules of grades.

    Returns
    -------
    tuple of Cohort
        Every row is in exactly one. A cohort with fewer than `min_cohort` people is graded by the
        thresholds: nine people cannot carry 10/70/20, and one person alone is never a distribution.
    """
    rule, everybody = rules.distribution, np.arange(len(people))
    if rule.kind == "thresholds" or people.empty:
        return (Cohort(THRESHOLDS, everybody),)
    least = max(rule.min_cohort, 2)
    if rule.cohort == "company":
        return (Cohort("company" if len(people) >= least else THRESHOLDS, everybody),)
    key = people["role" if rule.cohort == "role" else "team_id"].to_numpy(str)
    whole = [(f"{rule.cohort}:{name}", everybody[key == name]) for name in np.unique(key)]
    large = [Cohort(label, rows) for label, rows in whole if len(rows) >= least]
    small = [rows for _, rows in whole if len(rows) < least]
    return (*large, *([Cohort(THRESHOLDS, np.sort(np.concatenate(small)))] if small else []))


def codes_of(
    rounded: Read, cohorts: Sequence[Cohort], rules: Grades, tie_points: FloatArray | None = None
) -> NDArray[np.int8]:
    """Grade everybody, in every draw.

    Parameters
    ----------
    rounded
        Scores as they are read, shape (draws, people), without gaps: in points (`round_half_up`), or as
        whole numbers of hundredths (`hundredths`), which thousands of draws are graded faster by.
    cohorts
        Who is graded among whom: `cohorts_of`.
    rules
        The rules of grades.
    tie_points
        Points of the KPI that breaks ties, shape (1 or draws, people), NaN where a person has none.

    Returns
    -------
    array of shape (draws, people)
        Place of the grade in the thresholds, 0 = best.

    Notes
    -----
    Thresholds: the first grade whose lowest score is reached. Forced: with K_g the places of grade g
    and all better ones, the K_g-th best score of the cohort is the cut; whoever reaches it has g or
    better. So a tie at the cut is promoted whole, and the next grade has so many places fewer. A KPI
    may break ties first: then the more points the better, and who is still equal is promoted. A tie in
    which somebody has no points of that KPI is promoted whole: absent is not zero.
    """
    found = np.zeros(rounded.shape, np.int8)
    forced = [cohort for cohort in cohorts if cohort.forced]
    places = _places(rounded, forced, rules)
    for cohort in cohorts:
        # Everybody at once is a view; only some are copied.
        rows = slice(None) if len(cohort.rows) == rounded.shape[1] else cohort.rows
        scores = rounded[:, rows]
        if not cohort.forced:
            for _, lowest in rules.thresholds[:-1]:
                found[:, rows] += scores < _cut(lowest, scores)
            continue
        if tie_points is not None:
            scores = _with_tie_break(scores, tie_points[:, rows])
        found[:, rows] = _by_places(scores, places[cohort.label])
    return _in_thresholds(found, forced, rules)


def _cut(lowest: float, scores: Read) -> float:
    """Give a threshold in the unit of the scores."""
    return lowest if scores.dtype.kind == "f" else math.ceil(round(lowest * 100, 6))


def _places(rounded: Read, forced: Sequence[Cohort], rules: Grades) -> dict[str, IntArray]:
    """Count each cohort's places of each grade and all better ones: (grades − 1,) or (draws, grades − 1)."""
    rule = rules.distribution
    if not (forced and rule.cohort == "team" and rule.team_scale):
        return {cohort.label: cumulative(len(cohort.rows), rule.quotas) for cohort in forced}
    # Rounded: teams with the same scores have the same mean, in whatever order they are added.
    means = np.stack([np.round(rounded[:, cohort.rows].mean(axis=1), 9) for cohort in forced], axis=1)
    factors = team_factors(means, rounded.mean(axis=1), rule.team_scale)
    sizes = np.array([len(cohort.rows) for cohort in forced])
    shared = team_places(means, factors, sizes, cumulative(int(sizes.sum()), rule.quotas))
    return {cohort.label: shared[:, number] for number, cohort in enumerate(forced)}


def _by_places(scores: Read, places: IntArray) -> NDArray[np.int8]:
    """Count the cuts that each score misses."""
    missed = np.zeros(scores.shape, np.int8)
    for cut in cuts_of(scores, places).T:
        missed += scores < cut[:, None]
    return missed


def _with_tie_break(scores: Read, points: FloatArray) -> FloatArray:
    """Put the tie-break's points behind the score: whole hundredths, then a fraction of one."""
    exact = scores.astype(np.float64)
    whole = np.round(exact * 100) if scores.dtype.kind == "f" else exact
    points = np.broadcast_to(points, scores.shape)
    missing = np.isnan(points)
    most = float(np.nanmax(points)) if not missing.all() else 0.0
    behind = np.round(np.where(missing, 0.0, points), 6) / (2.0 * (max(most, 0.0) + 1.0))
    if missing.any():
        draw = np.arange(len(scores))[:, None] * (whole.max() + 1.0)
        behind = np.where(np.isin(whole + draw, (whole + draw)[missing]), 0.0, behind)
    return whole + behind


def _in_thresholds(found: NDArray[np.int8], forced: Sequence[Cohort], rules: Grades) -> NDArray[np.int8]:
    """Read places among the quotas as places among the thresholds, which may name more grades."""
    names = [name for name, _ in rules.thresholds]
    quotas = [name for name, _ in rules.distribution.quotas]
    if not forced or quotas == names:
        return found
    place = np.array([names.index(name) for name in quotas], np.int8)
    for cohort in forced:
        found[:, cohort.rows] = place[found[:, cohort.rows]]
    return found
