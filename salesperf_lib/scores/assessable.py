"""Who can be assessed in a period is a rule, not a judgement made afterwards (§2.2)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from salesperf_lib.params import Policy

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


def reasons(lines: pd.DataFrame, status: pd.Series) -> np.ndarray:
    """Say for every line whether its person is assessed, and else why not.

    Returns
    -------
    array
        ``scored``, the person's status, or ``no_dimension`` where a whole dimension of the person
        has no points.
    """
    own = lines["person_id"].map(status).fillna(ASSESSED)
    keys = [lines["person_id"], lines["dimension"]]
    empty = ~lines["points"].notna().groupby(keys).transform("any")
    lacking = empty.groupby(lines["person_id"]).transform("any")
    return np.where((own == ASSESSED) & lacking, "no_dimension", own.to_numpy(object))
