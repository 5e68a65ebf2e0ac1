"""What an appraisal reads from the facts beside the KPIs of its period: people, parts, ratings, cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from salesperf_lib import audit, kpis, scores, stats
from salesperf_lib import facts as conformed
from salesperf_lib.params import Policy
from salesperf_lib.periods import Period

if TYPE_CHECKING:
    from salesperf_lib.facts import Facts

PART = ["person_id", "team_id", "role"]
RATERS = ["rater_id", "item", "n", "shared", "leniency", "se", "calibrated", "mean_before", "mean_after"]


def read_people(facts: Facts, policy: Policy) -> pd.DataFrame:
    """Read the people of the period, with what decides whether they can be assessed.

    Returns
    -------
    DataFrame
        `facts.people` with `excluded_days`, the days of absence that are no duty, and `stays`, whether the
        person is on the roster on the period's last day.
    """
    people = conformed.people(facts, policy.period, policy.assessable.excluded_absence)
    if people.empty:
        return people.assign(stays=[])
    last = pd.Timestamp(policy.period.last)
    roster = conformed.roster_days(facts).select("person_id", "valid_from", "valid_to", "is_open").execute()
    open_end = roster["is_open"].astype(bool) | (pd.to_datetime(roster["valid_to"]) >= last)
    there = roster[open_end & (pd.to_datetime(roster["valid_from"]) <= last)]
    return people.assign(stays=people["person_id"].isin(there["person_id"]))


def part_values(facts: Facts, policy: Policy, people: pd.DataFrame) -> pd.DataFrame:
    """Measure people who changed team or role in each part of the period (§2.2, DATA §1).

    Returns
    -------
    DataFrame
        One row per part and KPI of its role: `scores.PART_VALUES`. Numerators and denominators are those
        of the part's own days; what cannot be told by days (a month's ratings) has no row.
    """
    several = people.loc[people["person_id"].duplicated(keep=False), "person_id"].unique()
    if not len(several):
        return pd.DataFrame(columns=scores.PART_VALUES)
    spells = conformed.spells(facts, policy.period)
    spells = spells[spells["person_id"].isin(several) & spells["role"].isin(list(policy.roles))]
    first, last = pd.to_datetime(spells["first"]), pd.to_datetime(spells["last"])
    covered = last.where(last < pd.Timestamp(facts.last_day), pd.Timestamp(facts.last_day))
    spells = spells.assign(
        period=[_days(start, end) for start, end in zip(first, covered, strict=True)], days=covered >= first
    )
    spells = spells[spells["days"]]
    if spells.empty:
        return pd.DataFrame(columns=scores.PART_VALUES)
    names = sorted({row.kpi for role in policy.roles.values() for row in role.kpis if row.kpi in policy.kpis})
    values = kpis.compute(facts, policy, sorted(set(spells["period"])), ["person"], names)
    values = values[values["channel"] == "all"].rename(columns={"unit_id": "person_id"})
    held = spells[[*PART, "period"]].merge(values, on=["period", "person_id"])
    return _added_up(held)


def _days(first: pd.Timestamp, last: pd.Timestamp) -> str:
    text = f"{first:%Y-%m-%d}" if first == last else f"{first:%Y-%m-%d}..{last:%Y-%m-%d}"
    return Period.parse(text).label


def _added_up(held: pd.DataFrame) -> pd.DataFrame:
    """Add the spells of a part up, and divide once."""
    sums = held.groupby([*PART, "kpi"], sort=True)[["numerator", "denominator", "n"]].sum(min_count=1)
    is_rate = sums["denominator"].notna()
    ratio = sums["numerator"] / sums["denominator"].where(sums["denominator"] > 0)
    value = ratio.where(is_rate, sums["numerator"])
    return sums.assign(value=value).reset_index()[scores.PART_VALUES]


def corrected_ratings(
    facts: Facts, policy: Policy, labels: list[str]
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Correct subjective ratings for the leniency of their raters (§2.2).

    Parameters
    ----------
    facts
        The facts.
    policy
        Method, window and least number of ratings.
    labels
        Periods whose values are corrected: the appraised one first, then quarters that may be carried
        over; each from its own window.

    Returns
    -------
    DataFrame
        The ratings of the window by month, with `corrected` and `calibrated`.
    DataFrame
        One row per rater: `RATERS`.
    DataFrame
        What each rated value is multiplied by: `scores.FACTORS`.
    """
    rules, items = policy.leniency, [name for name, kpi in policy.kpis.items() if kpi.subjective]
    empty = pd.DataFrame(columns=scores.FACTORS)
    start = policy.company.fiscal_start_month
    windows = {label: _window(Period.parse(label, start), rules.window_months) for label in labels}
    asked = {month.label: month for window in windows.values() for month in window}
    rows = kpis.ratings(facts, policy, [asked[name] for name in sorted(asked)])
    rows = rows[rows["item"].isin(items)].reset_index(drop=True)
    if rows.empty or rules.method == "none":
        return rows.assign(calibrated=False), pd.DataFrame(columns=RATERS), empty
    made = {
        label: stats.correct_ratings(
            rows[rows["period"].isin([month.label for month in window])],
            method=rules.method, min_ratings=rules.min_ratings, limit=rules.limit, items=items,
        )
        for label, window in windows.items()
    }  # fmt: skip
    factors = [_factors(one.ratings, Period.parse(label, start)) for label, one in made.items()]
    own = made[labels[0]]
    return own.ratings.reset_index(drop=True), own.raters, pd.concat(factors, ignore_index=True)


def _window(period: Period, count: int) -> list[Period]:
    """List the months from which the leniency in a period is learnt: its own, and `count` up to its end."""
    end = Period.parse(f"{period.last:%Y-%m}")
    months = {month.label: month for month in (*period.months(), *(end.shift(-i) for i in range(count)))}
    return list(months.values())


def _factors(ratings: pd.DataFrame, period: Period) -> pd.DataFrame:
    """Add corrected and given ratings of a period up by person and item."""
    inside = ratings[ratings["period"].isin([month.label for month in period.months()])]
    sums = inside.groupby(["person_id", "item"], sort=True).agg(
        given=("numerator", "sum"), corrected=("corrected", "sum"), calibrated=("calibrated", "all")
    )
    factor = sums["corrected"] / sums["given"].where(sums["given"] > 0)
    rows = sums.assign(factor=factor, period=period.label).reset_index().rename(columns={"item": "kpi"})
    return rows[scores.FACTORS]


def read_cases(policy: Policy) -> pd.DataFrame:
    """Read the case register of the policy's source, as known on its day."""
    stands = policy.grades.veto.stands_while_appealed
    return audit.read_cases(policy.root, policy.source, policy.as_of, stands_while_appealed=stands)


def with_corrections(values: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    """Put in what upheld appeals hold to be right: a person's value of an indicator in a period (§2.6).

    Parameters
    ----------
    values
        KPI values.
    policy
        Whose register, as known on which day.

    Returns
    -------
    DataFrame
        The same rows, corrected; a value that was absent is added.
    """
    upheld = audit.read_corrections(policy.root, policy.source, policy.as_of)
    if upheld.empty:
        return values
    rows = upheld.rename(columns={"person_id": "unit_id"}).assign(level="person", channel="all", reading="")
    rate = rows["numerator"] / rows["denominator"].where(rows["denominator"] > 0)
    rows = rows.assign(value=rate.where(rows["denominator"].notna(), rows["numerator"]))
    key = ["period", "level", "unit_id", "channel", "kpi"]
    before = values.set_index(key)[["n", "reading"]]
    known = before.reindex(pd.MultiIndex.from_frame(rows[key]))
    rows = rows.assign(n=known["n"].to_numpy(), reading=known["reading"].fillna("").to_numpy())
    left = values[~pd.MultiIndex.from_frame(values[key]).isin(pd.MultiIndex.from_frame(rows[key]))]
    return pd.concat([left, rows[list(values.columns)].astype(values.dtypes.to_dict())], ignore_index=True)
