"""From rows to units: one aggregation to the finest grain, then a sum per level."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

import ibis
import pandas as pd

from salesperf_lib.kpis.scope import Scope

if TYPE_CHECKING:
    import ibis.expr.types as ir

COMPANY, ALL, UNASSIGNED = "company", "all", "unassigned"
ALL_CHANNELS = f"'{ALL}'"
KEY = ["period", "level", "unit_id", "channel"]
DIMENSIONS = ("team_id", "person_id", "channel")
NEEDED: Mapping[str, str] = {
    "group": "team_id",
    "team": "team_id",
    "person": "person_id",
    "channel": "channel",
}


def roll_up(scope: Scope, rows: ir.Table, measures: Sequence[str], levels: Collection[str]) -> pd.DataFrame:
    """Add rows up to units; parts and their `unassigned` rest add up to the whole exactly.

    Parameters
    ----------
    scope
        Tells who is a person and which teams make a group.
    rows
        `period`, the dimensions that the facts have, and the measures.
    measures
        Columns to add.
    levels
        Levels wanted; the company is always there.

    Returns
    -------
    pandas.DataFrame
        One row per period, level, unit and channel: the measures as float64.

    Notes
    -----
    The levels are read from the finest sums in the engine's own SQL: the same five short queries for every
    stream are not worth compiling each time.
    """
    wanted = {NEEDED[level] for level in levels if level in NEEDED}
    wanted |= {"team_id"} if "person" in levels else set()
    kept = [name for name in DIMENSIONS if name in rows.columns and name in wanted]
    base = rows.group_by("period", *kept).agg(**{name: rows[name].sum() for name in measures})
    name, con = ibis.util.gen_name("sums"), scope.facts.con
    con.con.register(name, con.to_pyarrow(base))
    try:
        return con.con.execute(" union all ".join(_parts(scope, name, kept, measures, levels))).df()
    finally:
        con.con.unregister(name)


def _parts(
    scope: Scope, base: str, kept: Collection[str], measures: Sequence[str], levels: Collection[str]
) -> list[str]:
    """Write the sums of each level."""
    by_channel = "channel" in levels and "channel" in kept
    each = f"coalesce(channel, '{UNASSIGNED}')"
    parts = [_sums(base, measures, "company", f"'{COMPANY}'")]
    if "team" in levels and "team_id" in kept:
        team = f"coalesce(team_id, '{UNASSIGNED}')"
        channels = (ALL_CHANNELS, each) if by_channel else (ALL_CHANNELS,)
        parts += [_sums(base, measures, "team", team, channel) for channel in channels]
    if "group" in levels and "team_id" in kept and scope.groups:
        tree = ", ".join(f"({_text(team)}, {_text(group)})" for team, group in scope.groups)
        source = f"{base} join (values {tree}) tree (member, group_id) on team_id = member"
        parts.append(_sums(source, measures, "group", "group_id"))
    if "person" in levels and "person_id" in kept and scope.facts.has("roster"):
        # Others' facts stay with the team: persons are those whom the roster knows.
        known = "(select distinct person_id as known from roster)"
        team = "team_id" if "team_id" in kept else "null"
        rest = f"coalesce('{UNASSIGNED}:' || {team}, '{UNASSIGNED}')"
        source = f"{base} left join {known} on person_id = known"
        parts.append(_sums(source, measures, "person", f"coalesce(known, {rest})"))
    if by_channel:
        parts.append(_sums(base, measures, "channel", f"'{COMPANY}'", each))
    return parts


def _sums(source: str, measures: Sequence[str], level: str, unit: str, channel: str = ALL_CHANNELS) -> str:
    added = ", ".join(f'sum("{name}")::double as "{name}"' for name in measures)
    columns = f"period, '{level}' as level, {unit} as unit_id, {channel} as channel"
    return f"select {columns}, {added} from {source} group by 1, 2, 3, 4"  # noqa: S608 - our own names


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
