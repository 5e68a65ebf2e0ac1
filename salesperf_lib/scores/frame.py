"""The score frame: one explained line per person and KPI, and the composites they add up to (§2.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from salesperf_lib.params import DIMENSIONS, Policy
from salesperf_lib.scores.assessable import ASSESSED, person_status, reasons
from salesperf_lib.scores.lines import base_lines, carry, measure, phase_of_targets
from salesperf_lib.scores.weighting import redistribute

if TYPE_CHECKING:
    from pandera.pandas import DataFrameSchema

KEY = ["period", "person_id", "team_id", "role", "kpi"]
COLUMNS = [
    *KEY, "scored_at", "value_period", "numerator", "denominator", "n", "value_raw", "value", "target",
    "attainment", "points", "dimension", "weight_base", "weight", "contribution", "status", "reason",
]  # fmt: skip
COMPOSITE = ["period", "person_id", "team_id", "role", "score", "status"]
LINE_STATUS = ("scored", "redistributed", "carried", "low_n", "no_data", "no_target")


def score(
    kpi_values: pd.DataFrame, targets: pd.DataFrame, people: pd.DataFrame, policy: Policy
) -> pd.DataFrame:
    """Score everybody on every KPI of their role.

    Parameters
    ----------
    kpi_values
        KPI values (DATA §6) of the period, and of earlier quarters for dimensions that are
        assessed by the quarter.
    targets
        Target frame of the year. The phase of a month decides which KPIs are emphasised in it.
    people
        `facts.people` of the period. A person is scored in the part (team and role) that holds most
        of the period.
    policy
        The rules.

    Returns
    -------
    DataFrame
        One row per person × KPI of the role, the score frame of DATA §6. `status`: ``scored``;
        ``redistributed`` (scored, with weight taken over from lines that could not be);
        ``carried`` (the dimension's last assessed quarter, named in `value_period`); and without
        points ``low_n``, ``no_data``, ``no_target``. `reason` repeats on all lines of a person:
        ``scored``, or why the person is not assessed (``left``, ``probation``, ``few_days``,
        ``no_dimension``); then nothing counts: weight and contribution are NaN.

    Raises
    ------
    ParamError
        If a KPI of a role has no curve.
    """
    lines = base_lines(people, policy, phase_of_targets(targets, policy))
    if lines.empty:
        return pd.DataFrame(columns=COLUMNS)
    lines = measure(lines, kpi_values, targets, policy, policy.period.label)
    lines = redistribute(carry(lines, kpi_values, targets, policy))
    moved = (lines["status"] == "scored") & (lines["weight"] != lines["weight_base"])
    lines["status"] = lines["status"].mask(moved, "redistributed")
    lines["reason"] = reasons(lines, person_status(people, policy))
    assessed = lines["reason"] == ASSESSED
    lines[["weight", "contribution"]] = lines[["weight", "contribution"]].where(assessed, np.nan)
    return schema().validate(lines[COLUMNS].reset_index(drop=True))


def composites(score_frame: pd.DataFrame, people: pd.DataFrame | None = None) -> pd.DataFrame:
    """Add the lines up: a person's score is the sum of the contributions, exactly.

    Parameters
    ----------
    score_frame
        What `score` returns.
    people
        `facts.people`: adds those whose role has no rules, so that nobody is forgotten.

    Returns
    -------
    DataFrame
        One row per person: period, person_id, team_id, role, score, status. The score is NaN for
        people who are not assessed, and `status` says why (``no_rules``: the role is not in
        params/roles.yaml).
    """
    keys = ["period", "person_id", "team_id", "role"]
    found = score_frame.groupby(keys, sort=True).agg(
        score=("contribution", lambda parts: parts.sum(min_count=1)), status=("reason", "first")
    )
    found = found.reset_index()
    if people is not None:
        main = people[people["main"].astype(bool) & ~people["person_id"].isin(found["person_id"])]
        label = found["period"].iloc[0] if len(found) else ""
        rest = main[["person_id", "team_id", "role"]].assign(period=label, score=np.nan, status="no_rules")
        found = pd.concat([part for part in (found, rest[COMPOSITE]) if len(part)]) if len(rest) else found
    return found.astype({"score": float})[COMPOSITE].sort_values("person_id", ignore_index=True)


def schema() -> DataFrameSchema:
    """Give the pandera schema of the score frame."""
    import pandera.pandas as pa

    number = pa.Column(float, nullable=True)
    return pa.DataFrameSchema(
        {
            **dict.fromkeys((*KEY, "scored_at", "value_period", "reason"), pa.Column(str)),
            **dict.fromkeys(
                ("numerator", "denominator", "value_raw", "value", "target", "attainment"), number
            ),
            "n": pa.Column("Int64", nullable=True),
            "points": pa.Column(float, pa.Check.ge(0), nullable=True),
            "dimension": pa.Column(str, pa.Check.isin(DIMENSIONS)),
            "weight_base": pa.Column(float, pa.Check.in_range(0, 1)),
            "weight": pa.Column(float, pa.Check.in_range(0, 1), nullable=True),
            "contribution": pa.Column(float, nullable=True),
            "status": pa.Column(str, pa.Check.isin(LINE_STATUS)),
        },
        strict=True,
        unique=["period", "person_id", "kpi"],
    )
