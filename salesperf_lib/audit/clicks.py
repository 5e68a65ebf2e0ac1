"""Find clicks that nobody is behind: few arrive, and those who arrive do not stay (§3.2)."""

from __future__ import annotations

# pyright: reportArgumentType=false, reportAttributeAccessIssue=false, reportOperatorIssue=false
# Ibis types every column as the most general one; the tests run these expressions.
from typing import TYPE_CHECKING

import pandas as pd

from salesperf_lib.audit.signals import Limits, Signal
from salesperf_lib.periods import add_months

if TYPE_CHECKING:
    from salesperf_lib.facts import Facts
    from salesperf_lib.periods import Period

HISTORY_MONTHS = 12
SUMS = ("clicks", "visits", "dwell_seconds", "days")


def clicks_without_dwell(facts: Facts, span: Period, limits: Limits) -> list[Signal]:
    """Report channels whose clicks arrive, and whose visits stay, much less than usual.

    Parameters
    ----------
    facts
        Facts with clicks, visits and dwell in ``traffic``.
    span
        Judged month by month.
    limits
        How many clicks are judged, and how much less is a signal.

    Returns
    -------
    list of Signal
        One per team and channel: the worst month's figures, the clicks of all months concerned.

    Notes
    -----
    Arrival = visits / clicks, dwell = seconds / visit. Usual is the median of the channel's own last twelve
    months (that outlasts half a year of fraud); of the other channels in the same month where it has too few.
    Both must fall: a slow page loses arrivals, a dull one loses dwell, only fake clicks lose both.
    """
    if not facts.has("traffic", *("clicks", "visits", "dwell_seconds")):
        return []
    months = _by_month(facts, span)
    judged = months[months["month"] >= pd.Timestamp(span.first.replace(day=1))]
    found: list[pd.Series] = []
    for _, row in judged[judged["clicks"] >= limits.min_clicks].iterrows():
        usual = _usual(months, row, limits)
        bounds = usual * limits.least_share_of_usual
        if row["arrival"] < bounds["arrival"] and row["dwell"] < bounds["dwell"]:
            found.append(pd.concat([row, usual.add_prefix("usual_")]))
    if not found:
        return []
    frame = pd.DataFrame(found)
    return [
        _signal(str(team), str(channel), rows)
        for (team, channel), rows in frame.groupby(["team_id", "channel"])
    ]


def _by_month(facts: Facts, span: Period) -> pd.DataFrame:
    """Sum traffic by team, channel and month, with the year before as history."""
    traffic = facts.table("traffic")
    if "team_id" not in traffic.columns:
        traffic = traffic.mutate(team_id=traffic.channel.substr(0, 0))
    first = add_months(span.first.replace(day=1), -HISTORY_MONTHS)
    rows = traffic.filter(traffic.date.between(first, span.last), traffic.clicks > 0)
    rows = rows.mutate(month=rows.date.truncate("M"), team_id=rows.team_id.fill_null(""))
    sums = rows.group_by("team_id", "channel", "month").aggregate(
        clicks=rows.clicks.sum(),
        visits=rows.visits.sum(),
        dwell_seconds=rows.dwell_seconds.sum(),
        days=rows.count(),
    )
    frame = pd.DataFrame(facts.con.to_pandas(sums.order_by("team_id", "channel", "month")))
    frame["month"] = pd.to_datetime(frame["month"])
    frame["arrival"] = frame["visits"] / frame["clicks"]
    frame["dwell"] = frame["dwell_seconds"] / frame["visits"].where(frame["visits"] > 0)
    frame["dwell"] = frame["dwell"].fillna(0.0)
    return frame


def _usual(months: pd.DataFrame, row: pd.Series, limits: Limits) -> pd.Series:
    """Give the usual arrival and dwell: the channel's own history, else its peers of the month."""
    of_team = months["team_id"] == row["team_id"]
    start = row["month"] - pd.DateOffset(months=HISTORY_MONTHS)
    own = months[
        of_team
        & (months["channel"] == row["channel"])
        & months["month"].between(start, row["month"], inclusive="left")
    ]
    if len(own) >= limits.min_history_months:
        return own[["arrival", "dwell"]].median()
    other = months["channel"] != row["channel"]
    peers = months[other & (months["month"] == row["month"])]
    return peers[["arrival", "dwell"]].median()  # NaN without peers, and NaN is no signal


def _signal(team: str, channel: str, rows: pd.DataFrame) -> Signal:
    worst = rows.loc[rows["dwell"].idxmin()]
    return Signal(
        rule="clicks_without_dwell",
        subject=channel,
        team=team,
        observed=f"{worst['arrival']:.0%} of clicks arrive, {worst['dwell']:.1f} s a visit",
        expected=f"{worst['usual_arrival']:.0%}, {worst['usual_dwell']:.1f} s",
        n_rows=int(rows["days"].sum()),
        examples=tuple(f"{month:%Y-%m}" for month in rows["month"].sort_values()),
        evidence=f"traffic: {channel}",
    )
