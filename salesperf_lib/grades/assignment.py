"""Composite → A, B, C, D, everybody's rank, and how certain the grade is (§2.3); vetoes last (§3.2)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from salesperf_lib.errors import DataError, Problem
from salesperf_lib.grades.certainty import probabilities
from salesperf_lib.grades.contested import contested_shares
from salesperf_lib.grades.distribution import PROMOTE, Cohort, codes_of, cohorts_of
from salesperf_lib.grades.ranking import FloatArray, rank, round_half_up
from salesperf_lib.params import Grades, Policy

if TYPE_CHECKING:
    from pandera.pandas import DataFrameSchema

VETO = "veto"
"""Reason of a grade that a confirmed case gives."""

CERTAINTY = ["p_a", "p_b", "p_c", "p_d"]
COLUMNS = [
    "period", "person_id", "team_id", "role", "cohort", "score", "rank", "team_rank", "grade",
    *CERTAINTY, "contested", "vetoed", "reason",
]  # fmt: skip
TEXT = ["period", "person_id", "team_id", "role", "cohort", "reason"]


def assign(
    composites: pd.DataFrame,
    policy: Policy,
    lines: pd.DataFrame | None = None,
    vetoed: Collection[str] = frozenset(),
) -> pd.DataFrame:
    """Give everybody a grade and a rank, or the reason why not.

    Parameters
    ----------
    composites
        One row per person: `scores.composites`.
    policy
        Thresholds, distribution, certainty, the grade of a veto, and the admissible weights.
    lines
        The score frame behind the composites: it makes grades certain or contested, and breaks ties
        by a KPI's points. Without it `p_a` … `p_d` are NaN and nothing is contested.
    vetoed
        person_id of those whom a confirmed case vetoes in the period (`audit.cases`).

    Returns
    -------
    DataFrame
        One row per person, nobody dropped, in the order given: the grade frame of DATA §6 with score,
        team_id, role and `team_rank`. `cohort` names among whom a grade was given: ``company``,
        ``role:<role>``, ``team:<team>``, or ``thresholds``; empty without a grade of one's own.
        People who are not assessed have neither grade nor rank, and their `reason` is the status that
        says why. A vetoed person keeps the score, has the veto's grade and no rank, and the reason
        ``veto``; a case gives no grade to whom the rules do not assess.

    Raises
    ------
    DataError
        If the rules break ties by a KPI and the score frame is not given.

    Notes
    -----
    Scores count as they are read: two decimals, half away from zero. Competition ranking: equal scores
    share the best rank of the tie, the next has as many before them as there are people (1, 2, 2, 4);
    over the whole company, and within the team. The veto comes last: who is vetoed or not assessed is
    out before quotas, ranks and certainties of all others are counted. So without the case everything
    is, bit for bit, what it was before.

    A grade says where a score lies among thresholds or people. It never says whether somebody can do
    the job: no rank alone can.
    """
    composites = composites.reset_index(drop=True)
    everybody = composites["person_id"].astype(str)
    out = everybody.isin([str(name) for name in vetoed])
    scored = composites["score"].notna()
    people = composites[scored & ~out].astype({"person_id": str}).sort_values("person_id")
    rounded = round_half_up(people["score"].astype(float))
    found = composites.assign(
        rank=rank(rounded).reindex(composites.index),
        team_rank=_team_ranks(rounded, people["team_id"]).reindex(composites.index),
        vetoed=out,
        reason=composites["status"].where(~scored, "").mask(scored & out, VETO),
        **{name: values.reindex(composites.index) for name, values in _graded(people, policy, lines).items()},
    )
    found["grade"] = found["grade"].mask(scored & out, policy.grades.veto.grade).astype("str")
    found["contested"] = found["contested"].eq(True)  # noqa: FBT003
    found["cohort"] = found["cohort"].fillna("")
    found = found[COLUMNS].astype(dict.fromkeys(TEXT, str)).reset_index(drop=True)
    return schema(policy).validate(found)


def _graded(people: pd.DataFrame, policy: Policy, lines: pd.DataFrame | None) -> dict[str, pd.Series]:
    """Grade those who are assessed and not vetoed: cohort, grade, certainty and contested."""
    rules = policy.grades
    names = np.array([name for name, _ in rules.thresholds], dtype=object)
    cohorts = cohorts_of(people, rules)
    tie = tie_points(people, cohorts, rules, lines)
    scores = people["score"].to_numpy(float)
    codes = codes_of(round_half_up(scores)[None, :], cohorts, rules, tie)[0]
    label = np.full(len(people), "", dtype=object)
    for cohort in cohorts:
        label[cohort.rows] = cohort.label
    found = {"cohort": label, "grade": names[codes], "contested": np.zeros(len(people), bool)}
    chances = np.full((len(people), len(CERTAINTY)), np.nan)
    if lines is not None and len(people):
        chances[:, :] = 0.0
        of_grades = probabilities(people, lines, policy, cohorts, tie)
        chances[:, [CERTAINTY.index(f"p_{name.lower()}") for name in names]] = of_grades
        shares = contested_shares(people, lines, policy, cohorts, tie)
        found["contested"] = shares[np.arange(len(people)), codes] < rules.certainty.contested_below
    columns = found | dict(zip(CERTAINTY, chances.T, strict=True))
    return {name: pd.Series(values, index=people.index) for name, values in columns.items()}


def tie_points(
    people: pd.DataFrame, cohorts: Sequence[Cohort], rules: Grades, lines: pd.DataFrame | None
) -> FloatArray | None:
    """Look up the points of the KPI that breaks ties.

    Parameters
    ----------
    people
        Those who are graded, one row each: person_id.
    cohorts, rules
        Who is graded among whom, and how.
    lines
        The score frame.

    Returns
    -------
    array of shape (1, people), or None
        None where ties are promoted.

    Raises
    ------
    DataError
        If the score frame is needed and not given.
    """
    kpi = rules.distribution.tie
    if kpi == PROMOTE or not any(cohort.forced for cohort in cohorts):
        return None
    if lines is None:
        raise DataError(
            Problem(f"ties broken by {kpi}", "no score frame", "its lines", "give `lines`, or promote ties")
        )
    own = lines[(lines["kpi"] == kpi) & lines["points"].notna() & (lines["weight"] > 0)]
    person = own["person_id"].astype(str)
    # A person with several parts has the points of each by its weight.
    total = (own["points"] * own["weight"]).groupby(person).sum() / own["weight"].groupby(person).sum()
    return total.reindex(people["person_id"]).to_numpy(float)[None, :]


def _team_ranks(rounded: pd.Series, team: pd.Series) -> pd.Series:
    found = rounded.groupby(team).rank(method="min", ascending=False)
    return found.astype("Int64")


def schema(policy: Policy) -> DataFrameSchema:
    """Give the pandera schema of the grade frame."""
    import pandera.pandas as pa

    grades = [name for name, _ in policy.grades.thresholds]
    place = pa.Column("Int64", pa.Check.ge(1), nullable=True)
    return pa.DataFrameSchema(
        {
            **{name: pa.Column(str) for name in TEXT},
            "score": pa.Column(float, nullable=True),
            "rank": place,
            "team_rank": place,
            "grade": pa.Column("str", pa.Check.isin(grades), nullable=True),
            **{name: pa.Column(float, pa.Check.in_range(0, 1), nullable=True) for name in CERTAINTY},
            "contested": pa.Column(bool),
            "vetoed": pa.Column(bool),
        },
        strict=True,
        unique=["period", "person_id"],
    )
