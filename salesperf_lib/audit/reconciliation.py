"""Compare the copies of each order in CRM, ERP and ad platforms (§3.2).

UNION of the systems, then one GROUP BY order id with a count and a sum per system: the cheapest complete
comparison, and symmetric in the systems. Flags, not classes: an order that is both doubled and edited is
reported as both.
"""

from __future__ import annotations

# pyright: reportArgumentType=false, reportAttributeAccessIssue=false, reportOperatorIssue=false
# Ibis types every column as the most general one; the tests run these expressions.
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import ibis
import pandas as pd

from salesperf_lib.audit.signals import Limits, Signal

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from salesperf_lib.facts import Facts
    from salesperf_lib.periods import Period

COLUMNS = {
    "order_id": "string",
    "date": "date",
    "person_id": "string",
    "channel": "string",
    "amount": "int64",
}


def reconcile(facts: Facts, span: Period, limits: Limits, scale: int) -> list[Signal]:
    """Report the orders of a period whose copies are missing, doubled, late, or differ in amount.

    Parameters
    ----------
    facts
        Facts with ``order_copies``.
    span
        An order belongs to the day of its earliest copy.
    limits
        Tolerances.
    scale
        Minor units in a major one, for what is reported.

    Returns
    -------
    list of Signal
        One per rule, team and system; amounts per team.

    Notes
    -----
    A system is expected to hold an order if its own records name the order's channel: an ad platform does not
    know orders of organic traffic. A system whose records name no channel, or every one, is expected to hold
    all.
    """
    if not facts.has("order_copies", "system", "order_id", "date"):
        return []
    copies = _copies(facts)
    covered = _covered_channels(copies)
    if len(covered) < 2:
        return []
    compared = _with_team(facts, _by_order(copies, covered), span)
    flagged = _flagged(compared, covered, limits)
    rows = facts.con.to_pandas(flagged.order_by("order_id"))
    return [*_signals(rows, sorted(covered), limits, scale), *_without_id(facts, copies, span)]


def _copies(facts: Facts) -> ir.Table:
    """Give the copies with every column that the comparison reads, absent ones as NULL."""
    copies = facts.table("order_copies")
    absent = {name: ibis.null(kind) for name, kind in COLUMNS.items() if name not in copies.columns}
    return copies.mutate(**absent) if absent else copies


def _covered_channels(copies: ir.Table) -> Mapping[str, frozenset[str] | None]:
    """Tell for each system which channels its records name; None if it is expected to hold every order."""
    named = copies.select("system", "channel").distinct().execute()
    every = frozenset(named["channel"].dropna())
    found: dict[str, frozenset[str] | None] = {}
    for system, rows in named.groupby("system"):
        own = frozenset(rows["channel"].dropna())
        found[str(system)] = own if own and own != every else None
    return found


def _by_order(copies: ir.Table, covered: Mapping[str, frozenset[str] | None]) -> ir.Table:
    """Summarise each order in one pass: count, sum, largest amount and first day per system."""
    copies = copies.drop_null("order_id")
    measures = {
        "day": copies.date.min(),
        "channel": copies.channel.max(),
        "person_id": copies.person_id.max(),
    }
    for system in covered:
        own = copies.system == system
        measures[f"n_{system}"] = copies.count(where=own)
        measures[f"sum_{system}"] = copies.amount.sum(where=own)
        measures[f"one_{system}"] = copies.amount.max(where=own)
        measures[f"day_{system}"] = copies.date.min(where=own)
    return copies.group_by("order_id").aggregate(**measures)


def _with_team(facts: Facts, orders: ir.Table, span: Period) -> ir.Table:
    """Keep the orders of the period and add their team: the order's own, else its person's on its day."""
    orders = orders.filter(orders.day.between(span.first, span.last))
    sources: list[ir.Table] = []
    if facts.has("orders", "order_id", "team_id"):
        known = facts.table("orders")
        sources.append(known.group_by("order_id").aggregate(team=known.team_id.max()))
    if facts.has("roster"):
        sources.append(_team_of_person(facts, orders))
    for number, teams in enumerate(sources):
        renamed = teams.rename({f"order_{number}": "order_id", f"team_{number}": "team"})
        orders = orders.left_join(renamed, orders.order_id == renamed[f"order_{number}"])
    teams = [ibis._[f"team_{number}"] for number in range(len(sources))]
    return orders.mutate(team_id=ibis.coalesce(*teams) if teams else ibis.null("string"))


def _team_of_person(facts: Facts, orders: ir.Table) -> ir.Table:
    from salesperf_lib.facts import roster_days

    roster = roster_days(facts).select("team_id", "valid_from", "valid_to", member="person_id")
    on_duty = [
        orders.person_id == roster.member,
        orders.day >= roster.valid_from,
        orders.day <= roster.valid_to,
    ]
    joined = orders.select("order_id", "person_id", "day").inner_join(roster, on_duty)
    return joined.group_by("order_id").aggregate(team=joined.team_id.max())


def _flagged(orders: ir.Table, covered: Mapping[str, frozenset[str] | None], limits: Limits) -> ir.Table:
    """Flag each order and keep those with a flag."""
    flags: dict[str, ir.BooleanValue] = {}
    for system, channels in covered.items():
        wanted = ibis.literal(True) if channels is None else orders.channel.isin(sorted(channels))  # noqa: FBT003
        flags[f"missing_{system}"] = (orders[f"n_{system}"] == 0) & wanted.fill_null(False)  # noqa: FBT003
        flags[f"doubled_{system}"] = orders[f"n_{system}"] > 1
    days = [orders[f"day_{system}"] for system in covered]
    lag = ibis.greatest(*days).delta(ibis.least(*days), unit="day")
    flags["late"] = (lag > limits.lag_days).fill_null(False)  # noqa: FBT003
    spreads = [_spread(orders, f"{part}_", covered) for part in ("sum", "one")]
    flags["differs"] = (ibis.least(*spreads) > limits.amount_tolerance).fill_null(False)  # noqa: FBT003
    flagged = orders.mutate(lag=lag, **flags)
    return flagged.filter(ibis.or_(*(flagged[name] for name in flags)))


def _spread(orders: ir.Table, prefix: str, covered: Mapping[str, frozenset[str] | None]) -> ir.NumericValue:
    """Give the largest difference between systems; those without the order take no part.

    An amount differs if both the sums and the single amounts do: a record held twice is doubled, not edited,
    and an order in two instalments is neither.
    """
    amounts = [orders[f"{prefix}{system}"] for system in covered]
    return ibis.greatest(*amounts) - ibis.least(*amounts)


def _signals(rows: pd.DataFrame, systems: list[str], limits: Limits, scale: int) -> Iterator[Signal]:
    missing = rows[[f"missing_{system}" for system in systems]].sum(axis=1)
    held = (rows[[f"n_{system}" for system in systems]] > 0).sum(axis=1)
    alone = (held == 1) & (missing >= 2)
    for system in systems:
        others = ", ".join(name for name in systems if name != system)
        lost = rows[rows[f"missing_{system}"] & ~alone]
        yield from _by_team(lost, "missing_in_system", system, "no record", f"a record, as {others} have")
        mine = rows[alone & (rows[f"n_{system}"] > 0)]
        yield from _by_team(
            mine, "only_in_system", system, f"a record in {system} alone", f"records in {others}"
        )
        twice = rows[rows[f"doubled_{system}"]]
        yield from _by_team(twice, "doubled_in_system", system, "more than one record", "one record")
    yield from _by_team(
        rows[rows["late"]], "late_copy", "", "copies days apart", f"at most {limits.lag_days} days"
    )
    for team, part in _teams(rows[rows["differs"]]):
        apart = _apart(part, systems, scale)
        yield _signal(part, "amount_differs", "", team, observed=apart, expected="equal amounts")


def _by_team(rows: pd.DataFrame, rule: str, system: str, observed: str, expected: str) -> Iterator[Signal]:
    for team, part in _teams(rows):
        yield _signal(part, rule, system, team, observed=observed, expected=expected)


def _teams(rows: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    for team, part in rows.assign(team_id=rows["team_id"].fillna("")).groupby("team_id", sort=True):
        yield str(team), part


def _signal(
    rows: pd.DataFrame, rule: str, subject: str, team: str, *, observed: str, expected: str
) -> Signal:
    evidence = f"order_copies: {subject}" if subject else "order_copies"
    return Signal(rule, subject, team, observed, expected, len(rows), tuple(rows["order_id"][:3]), evidence)


def _apart(rows: pd.DataFrame, systems: list[str], scale: int) -> str:
    """Write how far the amounts lie apart, in major units, and which system mostly has the highest."""
    amounts = rows[[f"one_{system}" for system in systems]].astype("float64").set_axis(systems, axis=1)
    total = (amounts.max(axis=1) - amounts.min(axis=1)).sum() / scale
    return f"{total:,.2f} apart in all, mostly highest in {amounts.idxmax(axis=1).mode().iloc[0]}"


def _without_id(facts: Facts, copies: ir.Table, span: Period) -> list[Signal]:
    """Count copies that name no order, or no day: they cannot be compared."""
    inside = copies.date.between(span.first, span.last)
    lost = copies.filter(copies.order_id.isnull() & inside | copies.date.isnull())  # noqa: PD003 (Ibis)
    counts = facts.con.to_pandas(lost.group_by("system").aggregate(n=lost.count()).order_by("system"))
    return [
        Signal(
            "copy_without_id",
            row.system,
            "",
            "no order id or no day",
            "both",
            int(row.n),
            (),
            "order_copies",
            "info",
        )
        for row in counts.itertuples(index=False)
    ]
