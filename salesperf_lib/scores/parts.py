"""Parts of a person: every team and role held in the period, weighted by time (§2.2, DATA §1)."""

from __future__ import annotations

import pandas as pd

from salesperf_lib.params import Policy

COLUMNS = ["person_id", "team_id", "role", "share", "duty"]


def parts_of(people: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    """List the parts in which people are scored.

    Parameters
    ----------
    people
        `facts.people` of the period; where it has `excluded_days`, those are no duty.
    policy
        The rules: parts whose role has none are left out.

    Returns
    -------
    DataFrame
        One row per person, team and role, by person, the longest part first: `share`, the part's days of
        those of all the person's parts; `duty`, its days on duty of its days, to pro-rate targets by.
    """
    kept = people[people["role"].isin(list(policy.roles))]
    if kept.empty:
        return pd.DataFrame(columns=COLUMNS)
    days = kept["team_days"].astype(float)
    excluded = kept["excluded_days"].astype(float) if "excluded_days" in kept else 0.0
    whole = days.groupby(kept["person_id"]).transform("sum")
    known = kept.assign(
        share=(days / whole.where(whole > 0)).fillna(1.0),
        duty=((days - excluded) / days.where(days > 0)).clip(lower=0.0).fillna(0.0),
    )
    order = ["person_id", "main", "team_days", "team_id", "role"]
    ordered = known.sort_values(order, ascending=[True, False, False, True, True])
    return ordered[COLUMNS].reset_index(drop=True)
