"""Who can be assessed in a period is a rule, not a judgement made afterwards (§2.2)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from salesperf_lib.params import Policy
from salesperf_lib.scores.weighting import empty_parts

ASSESSED = "scored"


def person_status(people: pd.DataFrame, policy: Policy) -> pd.Series:
    """Say for every person whether the rules let them be assessed.

    Parameters
    ----------
    people
        One row per person × team × role: `facts.people`. Where the columns are given,
        `excluded_days` are the days of absence that do not count as days on duty, and `stays` says
        whether the person is on the roster on the period's last day.
    policy
        The rules.

    Returns
    -------
    Series
        By person_id: ``scored``, or the first of these that holds: ``left``, ``probation``,
        ``few_days``.
    """
    if people.empty:
        return pd.Series(dtype=object)
    rules = policy.assessable
    days = (people["team_days"] - people.get("excluded_days", 0.0)).groupby(people["person_id"]).sum()
    main = people[people["main"].astype(bool)].set_index("person_id")
    status = pd.Series(ASSESSED, index=days.index, dtype=object)
    status = status.where(days >= rules.min_days_on_duty, "few_days")
    if not rules.probation_assessed:
        status = status.mask(
            (main["status"] == "probation").reindex(days.index, fill_value=False), "probation"
        )
    if "stays" in people and not rules.leavers_assessed:
        status = status.where(people.groupby("person_id")["stays"].any(), "left")
    return status


def reasons(lines: pd.DataFrame, status: pd.Series, policy: Policy | None = None) -> np.ndarray:
    """Say for every line whether its person is assessed, and else why not.

    Returns
    -------
    array
        ``scored``, the person's status, ``no_required`` where an indicator without which the rules do
        not assess anybody has no points, or ``no_dimension`` where a whole dimension of the person has
        no points in any part.
    """
    person = lines["person_id"]
    own = person.map(status).astype(object).fillna(ASSESSED)
    lacking = empty_parts(lines).groupby(person).transform("all")
    curves = policy.curves if policy is not None else {}
    required = {kpi for kpi, curve in curves.items() if curve.missing == "not_assessable"}
    missing = lines["kpi"].isin(required) & lines["points"].isna()
    absent = missing.groupby(person).transform("any")
    found = np.where((own == ASSESSED) & lacking, "no_dimension", own.to_numpy(object))
    return np.where((found == ASSESSED) & absent, "no_required", found)
