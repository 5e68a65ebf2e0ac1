"""Composite → A, B, C, D by thresholds, and everybody's rank (§2.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from salesperf_lib.params import Policy

if TYPE_CHECKING:
    from pandera.pandas import DataFrameSchema

SCORE_DIGITS = 2
"""A score is graded and ranked as a reader sees it: 99.995 is shown as 100.00, and is one."""

COHORT = "company"
CERTAINTY = ["p_a", "p_b", "p_c", "p_d"]
COLUMNS = [
    "period", "person_id", "team_id", "role", "cohort", "score", "rank", "team_rank", "grade",
    *CERTAINTY, "contested", "vetoed", "reason",
]  # fmt: skip


def assign(composites: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    """Give everybody a grade and a rank, or the reason why not.

    Parameters
    ----------
    composites
        One row per person: `scores.composites`.
    policy
        The thresholds.

    Returns
    -------
    DataFrame
        One row per person, nobody dropped: the grade frame of DATA §6 with score, team_id, role and
        `team_rank`. People who are not assessed have neither grade nor rank, and their `reason`
        is the status that says why; else it is empty. `p_a` … `p_d` are NaN until the certainty of
        grades is computed.

    Notes
    -----
    A grade is the first whose lowest score is reached by the score rounded to two decimals, half
    away from zero. Competition ranking: equal scores share the best rank of the tie, the next has as
    many before them as there are people (1, 2, 2, 4); over the whole company, and within the team.
    """
    rounded = round_half_up(composites["score"])
    grade = pd.Series(pd.NA, index=composites.index, dtype="str")
    for name, lowest in reversed(policy.grades.thresholds):
        grade = grade.mask(rounded >= lowest, name)
    found = composites.assign(
        cohort=COHORT,
        rank=_rank(rounded),
        team_rank=rounded.groupby(composites["team_id"], group_keys=False).apply(_rank)
        if len(composites)
        else _rank(rounded),
        grade=grade,
        contested=False,
        vetoed=False,
        reason=composites["status"].where(composites["score"].isna(), ""),
        **dict.fromkeys(CERTAINTY, np.nan),
    )
    text = dict.fromkeys(["period", "person_id", "team_id", "role", "cohort", "reason"], str)
    return schema(policy).validate(found[COLUMNS].astype(text).reset_index(drop=True))


def round_half_up(score: pd.Series) -> pd.Series:
    """Round scores to what a reader sees: half away from zero, free of binary noise."""
    scale = 10**SCORE_DIGITS
    return np.floor(np.round(score * scale, 6) + 0.5) / scale


def _rank(score: pd.Series) -> pd.Series:
    return score.rank(method="min", ascending=False).astype("Int64")


def schema(policy: Policy) -> DataFrameSchema:
    """Give the pandera schema of the grade frame."""
    import pandera.pandas as pa

    grades = [name for name, _ in policy.grades.thresholds]
    place = pa.Column("Int64", pa.Check.ge(1), nullable=True)
    return pa.DataFrameSchema(
        {
            **{
                name: pa.Column(str)
                for name in ("period", "person_id", "team_id", "role", "cohort", "reason")
            },
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
